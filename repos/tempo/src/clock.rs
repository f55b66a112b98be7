//! Moments, and clocks that tell them.

use std::cell::Cell;
use std::fmt;
use std::ops::{Add, Sub};
use std::time::Duration;

use crate::duration::Human;

/// A point in time, as nanoseconds since a clock's origin.
///
/// Arithmetic saturates: a moment far in the future stays the last one that can be told, about
/// 584 years after the origin.
///
/// ```
/// use std::time::Duration;
/// use tempo::Moment;
///
/// let later = Moment::ORIGIN + Duration::from_secs(3);
/// assert_eq!(later - Moment::ORIGIN, Duration::from_secs(3));
/// assert_eq!(Moment::ORIGIN - later, Duration::ZERO);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Moment(u64);

impl Moment {
    /// The moment at which a clock starts.
    pub const ORIGIN: Self = Self(0);

    /// The moment this many nanoseconds after the origin.
    pub fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// Nanoseconds since the origin.
    pub fn as_nanos(self) -> u64 {
        self.0
    }
}

impl Add<Duration> for Moment {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        Self(self.0.saturating_add(nanos))
    }
}

impl Sub for Moment {
    type Output = Duration;

    fn sub(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "+{}", Human(Duration::from_nanos(self.0)))
    }
}

/// Something that tells the time.
pub trait Clock {
    /// The present moment. Never earlier than one told before.
    fn now(&self) -> Moment;
}

/// A clock that stands still until it is moved.
#[derive(Debug, Default)]
pub struct ManualClock {
    now: Cell<Moment>,
}

impl ManualClock {
    /// A clock at the origin.
    pub fn new() -> Self {
        Self::default()
    }

    /// Moves the clock forward and tells the new moment.
    pub fn advance(&self, by: Duration) -> Moment {
        self.now.set(self.now.get() + by);
        self.now.get()
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Moment {
        self.now.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_saturate() {
        let last = Moment::from_nanos(u64::MAX);
        assert_eq!(last + Duration::from_secs(1), last);
        assert_eq!(Moment::ORIGIN + Duration::MAX, last);
    }

    #[test]
    fn moments_are_shown_as_time_since_the_origin() {
        let moment = Moment::ORIGIN + Duration::from_millis(61_500);
        assert_eq!(moment.to_string(), "+1m1s500ms");
    }

    #[test]
    fn a_manual_clock_moves_only_when_told() {
        let clock = ManualClock::new();
        assert_eq!(clock.now(), Moment::ORIGIN);
        let told = clock.advance(Duration::from_secs(2));
        assert_eq!(clock.now(), told);
        assert_eq!(told.as_nanos(), 2_000_000_000);
    }
}
