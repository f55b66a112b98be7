//! How much may be done in a stretch of time.
//!
//! A [`Limiter`] hands out permits. [`TokenBucket`] allows bursts and refills evenly,
//! [`SlidingWindow`] never lets more through in any window, and [`Strictest`] joins two limiters.

mod bucket;
mod window;

pub use self::bucket::TokenBucket;
pub use self::window::SlidingWindow;

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;

use crate::clock::Moment;
use crate::duration::{Human, parse};
use crate::error::{ParseError, ParseErrorKind};

/// Hands out permits.
pub trait Limiter {
    /// Permits that could be taken at once.
    fn available(&self, now: Moment) -> u32;

    /// Takes `permits`, or none at all if there are not enough.
    fn try_acquire(&mut self, now: Moment, permits: u32) -> bool;
}

/// A number of permits in a stretch of time, written as `100/1m`.
///
/// ```
/// use std::time::Duration;
/// use tempo::Rate;
///
/// let rate: Rate = "100/1m".parse()?;
/// assert_eq!(rate.permits(), 100);
/// assert_eq!(rate.period(), Duration::from_secs(60));
/// assert_eq!(rate.to_string(), "100/1m");
/// # Ok::<(), tempo::ParseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    permits: NonZeroU32,
    period: Duration,
}

impl Rate {
    /// A rate, or none if there are no permits or the period holds less than a nanosecond for each.
    pub fn new(permits: u32, period: Duration) -> Option<Self> {
        let permits = NonZeroU32::new(permits)?;
        let rate = Self { permits, period };
        (!rate.interval().is_zero()).then_some(rate)
    }

    /// Permits in a period.
    pub fn permits(self) -> u32 {
        self.permits.get()
    }

    /// The stretch of time in which they may be used.
    pub fn period(self) -> Duration {
        self.period
    }

    /// Time between two permits that are spread evenly.
    pub fn interval(self) -> Duration {
        self.period / self.permits.get()
    }
}

impl FromStr for Rate {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let (permits, period) = text
            .split_once('/')
            .ok_or_else(|| ParseError::new(ParseErrorKind::ExpectedUnit, text.len()))?;
        let start = permits.len() + 1;
        let permits = permits
            .trim()
            .parse()
            .map_err(|_| ParseError::new(ParseErrorKind::ExpectedNumber, 0))?;
        let period = parse(period).map_err(|error| error.shifted(start))?;
        Self::new(permits, period).ok_or_else(|| ParseError::new(ParseErrorKind::Overflow, 0))
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.permits, Human(self.period))
    }
}

/// Two limiters in one: a permit is given when both give it.
///
/// ```
/// use tempo::{Limiter, Moment, SlidingWindow, Strictest, TokenBucket};
///
/// let steady = TokenBucket::new("10/1s".parse()?);
/// let daily = SlidingWindow::new("6/1d".parse()?);
/// let mut both = Strictest::new(steady, daily);
/// assert!(both.try_acquire(Moment::ORIGIN, 5));
/// assert_eq!(both.available(Moment::ORIGIN), 1);
/// # Ok::<(), tempo::ParseError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Strictest<A, B> {
    first: A,
    second: B,
}

impl<A: Limiter, B: Limiter> Strictest<A, B> {
    /// Joins two limiters.
    pub fn new(first: A, second: B) -> Self {
        Self { first, second }
    }
}

impl<A: Limiter, B: Limiter> Limiter for Strictest<A, B> {
    fn available(&self, now: Moment) -> u32 {
        self.first.available(now).min(self.second.available(now))
    }

    fn try_acquire(&mut self, now: Moment, permits: u32) -> bool {
        // Neither may give its permits if the other does not.
        self.available(now) >= permits
            && self.first.try_acquire(now, permits)
            && self.second.try_acquire(now, permits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read() {
        let rate: Rate = " 5 / 1m30s".parse().unwrap();
        assert_eq!(rate.interval(), Duration::from_secs(18));
        assert_eq!(Rate::new(0, Duration::from_secs(1)), None);
        assert_eq!(Rate::new(2, Duration::from_nanos(1)), None);
    }

    #[test]
    fn errors_point_at_their_place() {
        let refused = |text: &str| text.parse::<Rate>().unwrap_err();
        assert_eq!(*refused("5").kind(), ParseErrorKind::ExpectedUnit);
        assert_eq!(*refused("x/1s").kind(), ParseErrorKind::ExpectedNumber);
        assert_eq!(refused("5/1q").offset(), 3);
        assert_eq!(*refused("0/1s").kind(), ParseErrorKind::Overflow);
    }
}
