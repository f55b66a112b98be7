//! A window that slides with time.

use std::collections::VecDeque;
use std::time::Duration;

use super::{Limiter, Rate};
use crate::clock::Moment;

/// Never lets more than its rate's permits through in any stretch of one period.
///
/// It remembers each grant until it has left the window, so it costs memory where a
/// [`TokenBucket`](super::TokenBucket) costs none.
///
/// ```
/// use std::time::Duration;
/// use tempo::{Limiter, Moment, SlidingWindow};
///
/// let mut window = SlidingWindow::new("2/1s".parse()?);
/// assert!(window.try_acquire(Moment::ORIGIN, 2));
/// let later = Moment::ORIGIN + Duration::from_millis(999);
/// assert!(!window.try_acquire(later, 1));
/// assert!(window.try_acquire(later + Duration::from_millis(1), 2));
/// # Ok::<(), tempo::ParseError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlidingWindow {
    permits: u32,
    period: Duration,
    /// Permits taken and when, oldest first.
    grants: VecDeque<Grant>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Grant {
    at: Moment,
    permits: u32,
}

impl SlidingWindow {
    /// A window from which nothing has been taken.
    pub fn new(rate: Rate) -> Self {
        Self {
            permits: rate.permits(),
            period: rate.period(),
            grants: VecDeque::new(),
        }
    }

    /// Grants that are still inside the window.
    fn live(&self, now: Moment) -> impl Iterator<Item = &Grant> {
        let period = self.period;
        self.grants
            .iter()
            .filter(move |grant| grant.at + period > now)
    }

    fn forget_expired(&mut self, now: Moment) {
        while let Some(oldest) = self.grants.front() {
            if oldest.at + self.period > now {
                break;
            }
            self.grants.pop_front();
        }
    }
}

impl Limiter for SlidingWindow {
    fn available(&self, now: Moment) -> u32 {
        let taken = self.live(now).map(|grant| grant.permits).sum();
        self.permits.saturating_sub(taken)
    }

    fn try_acquire(&mut self, now: Moment, permits: u32) -> bool {
        self.forget_expired(now);
        if self.available(now) < permits {
            return false;
        }
        if permits > 0 {
            self.grants.push_back(Grant { at: now, permits });
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> Moment {
        Moment::ORIGIN + Duration::from_millis(millis)
    }

    #[test]
    fn permits_come_back_in_the_order_of_their_grants() {
        let mut window = SlidingWindow::new("3/1s".parse().unwrap());
        assert!(window.try_acquire(at(0), 1));
        assert!(window.try_acquire(at(400), 2));
        assert_eq!(window.available(at(999)), 0);
        assert_eq!(window.available(at(1_000)), 1);
        assert_eq!(window.available(at(1_400)), 3);
    }

    #[test]
    fn expired_grants_are_forgotten() {
        let mut window = SlidingWindow::new("3/1s".parse().unwrap());
        for second in 0..100 {
            assert!(window.try_acquire(at(second * 1_000), 3));
            assert_eq!(window.grants.len(), 1);
        }
    }

    #[test]
    fn nothing_is_always_granted() {
        let mut window = SlidingWindow::new("1/1s".parse().unwrap());
        assert!(window.try_acquire(at(0), 1));
        assert!(window.try_acquire(at(0), 0));
    }
}
