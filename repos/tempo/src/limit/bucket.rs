//! A bucket of tokens that refills evenly.

use std::time::Duration;

use super::{Limiter, Rate};
use crate::clock::Moment;

/// Holds up to a capacity of permits and gets one more after each interval of its rate.
///
/// Instead of a count the bucket keeps the moment at which it will be full again, so nothing is
/// lost to rounding however often it is asked.
///
/// ```
/// use std::time::Duration;
/// use tempo::{Limiter, Moment, TokenBucket};
///
/// let mut bucket = TokenBucket::new("4/1s".parse()?).burst(8);
/// assert!(bucket.try_acquire(Moment::ORIGIN, 8));
/// let later = Moment::ORIGIN + Duration::from_millis(750);
/// assert_eq!(bucket.available(later), 3);
/// # Ok::<(), tempo::ParseError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenBucket {
    interval: Duration,
    capacity: u32,
    full_at: Moment,
}

impl TokenBucket {
    /// A full bucket that holds the permits of one period.
    pub fn new(rate: Rate) -> Self {
        Self {
            interval: rate.interval(),
            capacity: rate.permits(),
            full_at: Moment::ORIGIN,
        }
    }

    /// Holds so many permits instead, at least one.
    #[must_use]
    pub fn burst(self, capacity: u32) -> Self {
        Self {
            capacity: capacity.max(1),
            ..self
        }
    }

    /// Permits that it holds when full.
    pub fn capacity(&self) -> u32 {
        self.capacity
    }

    /// Time in which so many permits are refilled.
    fn refill_time(&self, permits: u32) -> Duration {
        self.interval.saturating_mul(permits)
    }
}

impl Limiter for TokenBucket {
    fn available(&self, now: Moment) -> u32 {
        let missing_time = (self.full_at - now).as_nanos();
        let missing = missing_time.div_ceil(self.interval.as_nanos());
        let missing = u32::try_from(missing).unwrap_or(u32::MAX);
        self.capacity.saturating_sub(missing)
    }

    fn try_acquire(&mut self, now: Moment, permits: u32) -> bool {
        if self.available(now) < permits {
            return false;
        }
        self.full_at = self.full_at.max(now) + self.refill_time(permits);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(rate: &str) -> TokenBucket {
        TokenBucket::new(rate.parse().unwrap())
    }

    fn at(millis: u64) -> Moment {
        Moment::ORIGIN + Duration::from_millis(millis)
    }

    #[test]
    fn a_refused_request_costs_nothing() {
        let mut bucket = bucket("3/3s");
        assert!(bucket.try_acquire(at(0), 2));
        assert!(!bucket.try_acquire(at(0), 2));
        assert_eq!(bucket.available(at(0)), 1);
    }

    #[test]
    fn asking_often_does_not_slow_the_refill() {
        let mut bucket = bucket("1/1s");
        assert!(bucket.try_acquire(at(0), 1));
        for millis in 1..1_000 {
            assert!(!bucket.try_acquire(at(millis), 1));
        }
        assert!(bucket.try_acquire(at(1_000), 1));
    }

    #[test]
    fn a_bucket_never_overflows() {
        let bucket = bucket("5/1s").burst(2);
        assert_eq!(bucket.available(at(100_000)), bucket.capacity());
    }
}
