//! How long to wait before the next attempt.
//!
//! A [`Policy`] maps the number of failed attempts to a delay, or to none when it is time to give
//! up. Policies are values: they hold no state, and [`Jittered`] spreads the delays of any of them.

mod jitter;

pub use self::jitter::Jittered;

use std::fmt;
use std::time::Duration;

use crate::duration::Human;

/// Says how long to wait after a failure.
pub trait Policy {
    /// The delay after the attempt with this number, counted from 0. None: give up.
    fn delay(&self, attempt: u32) -> Option<Duration>;

    /// All delays in order.
    ///
    /// ```
    /// use std::time::Duration;
    /// use tempo::{Linear, Policy};
    ///
    /// let policy = Linear::new(Duration::from_secs(1)).retries(3);
    /// let total: Duration = policy.delays().sum();
    /// assert_eq!(total, Duration::from_secs(6));
    /// ```
    fn delays(&self) -> Delays<'_, Self>
    where
        Self: Sized,
    {
        Delays {
            policy: self,
            attempt: 0,
        }
    }
}

/// The delays of a policy in order, made by [`Policy::delays`].
#[derive(Debug)]
pub struct Delays<'a, P> {
    policy: &'a P,
    attempt: u32,
}

impl<P: Policy> Iterator for Delays<'_, P> {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        let delay = self.policy.delay(self.attempt)?;
        self.attempt = self.attempt.saturating_add(1);
        Some(delay)
    }
}

/// The same delay each time, without end unless told otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Constant {
    delay: Duration,
    retries: u32,
}

impl Constant {
    /// Waits for `delay` each time.
    pub fn new(delay: Duration) -> Self {
        Self {
            delay,
            retries: u32::MAX,
        }
    }

    /// Gives up after so many retries.
    #[must_use]
    pub fn retries(self, retries: u32) -> Self {
        Self { retries, ..self }
    }
}

impl Policy for Constant {
    fn delay(&self, attempt: u32) -> Option<Duration> {
        (attempt < self.retries).then_some(self.delay)
    }
}

/// A delay that grows by the same amount each time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Linear {
    step: Duration,
    retries: u32,
}

impl Linear {
    /// Waits for `step`, then twice as long, three times as long, and so on.
    pub fn new(step: Duration) -> Self {
        Self {
            step,
            retries: u32::MAX,
        }
    }

    /// Gives up after so many retries.
    #[must_use]
    pub fn retries(self, retries: u32) -> Self {
        Self { retries, ..self }
    }
}

impl Policy for Linear {
    fn delay(&self, attempt: u32) -> Option<Duration> {
        let times = attempt.saturating_add(1);
        (attempt < self.retries).then(|| self.step.saturating_mul(times))
    }
}

/// A delay that is multiplied each time, up to a maximum.
///
/// ```
/// use std::time::Duration;
/// use tempo::{Exponential, Policy};
///
/// let policy = Exponential::new(Duration::from_millis(100)).max(Duration::from_secs(1));
/// let millis: Vec<_> = policy.delays().take(5).map(|delay| delay.as_millis()).collect();
/// assert_eq!(millis, [100, 200, 400, 800, 1000]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exponential {
    first: Duration,
    factor: u32,
    max: Duration,
    retries: u32,
}

impl Exponential {
    /// Starts with `first` and doubles it each time.
    pub fn new(first: Duration) -> Self {
        Self {
            first,
            factor: 2,
            max: Duration::MAX,
            retries: u32::MAX,
        }
    }

    /// Multiplies by `factor` instead of 2.
    #[must_use]
    pub fn factor(self, factor: u32) -> Self {
        Self { factor, ..self }
    }

    /// Never waits longer than `max`.
    #[must_use]
    pub fn max(self, max: Duration) -> Self {
        Self { max, ..self }
    }

    /// Gives up after so many retries.
    #[must_use]
    pub fn retries(self, retries: u32) -> Self {
        Self { retries, ..self }
    }
}

impl Policy for Exponential {
    fn delay(&self, attempt: u32) -> Option<Duration> {
        if attempt >= self.retries {
            return None;
        }
        let delay = self
            .factor
            .checked_pow(attempt)
            .map_or(Duration::MAX, |times| self.first.saturating_mul(times));
        Some(delay.min(self.max))
    }
}

impl fmt::Display for Exponential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} x{}", Human(self.first), self.factor)?;
        if self.max < Duration::MAX {
            write!(f, " up to {}", Human(self.max))?;
        }
        if self.retries < u32::MAX {
            write!(f, ", {} times", self.retries)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn late_attempts_wait_for_the_maximum() {
        let hour = Duration::from_secs(3_600);
        let policy = Exponential::new(Duration::from_secs(1)).max(hour);
        assert_eq!(policy.delay(12), Some(hour));
        assert_eq!(policy.delay(u32::MAX - 1), Some(hour));
    }

    #[test]
    fn no_retries_means_no_delay() {
        let policy = Constant::new(Duration::from_secs(1)).retries(0);
        assert_eq!(policy.delays().count(), 0);
    }

    #[test]
    fn a_policy_is_shown_in_one_line() {
        let policy = Exponential::new(Duration::from_millis(250)).factor(3);
        assert_eq!(policy.to_string(), "250ms x3");
        let policy = policy.max(Duration::from_secs(60)).retries(4);
        assert_eq!(policy.to_string(), "250ms x3 up to 1m, 4 times");
    }
}
