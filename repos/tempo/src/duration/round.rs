//! Rounding to a multiple of a step.

use std::time::Duration;

use super::{MAX_NANOS, from_nanos};

/// Which of the two neighbouring multiples is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rounding {
    /// The smaller one.
    Down,
    /// The larger one.
    Up,
    /// The nearer one; the larger one if both are as near.
    HalfUp,
    /// The nearer one; the even multiple if both are as near, so that errors cancel out in sums.
    HalfEven,
}

/// Rounds to a multiple of `step`.
///
/// A step of zero leaves the duration as it is. A result that cannot be told becomes the largest
/// duration of this crate, about 584 years.
///
/// ```
/// use std::time::Duration;
/// use tempo::{Rounding, duration::round_to};
///
/// let step = Duration::from_secs(60);
/// assert_eq!(round_to(Duration::from_secs(89), step, Rounding::HalfUp), step);
/// assert_eq!(round_to(Duration::from_secs(61), step, Rounding::Up), step * 2);
/// ```
pub fn round_to(duration: Duration, step: Duration, mode: Rounding) -> Duration {
    if step.is_zero() {
        return duration;
    }
    let nanos = duration.as_nanos();
    let step = step.as_nanos();
    let quotient = nanos / step;
    let rest = nanos % step;
    let half = step / 2;
    let up = match mode {
        Rounding::Down => false,
        Rounding::Up => rest > 0,
        Rounding::HalfUp => rest >= step - rest,
        Rounding::HalfEven => rest > half || (rest == half && nanos % 2 == 1),
    };
    let multiple = if up { quotient + 1 } else { quotient };
    from_nanos((multiple * step).min(MAX_NANOS)).unwrap_or(Duration::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn millis(value: u64, mode: Rounding) -> Duration {
        round_to(Duration::from_millis(value), SECOND, mode)
    }

    #[test]
    fn multiples_stay() {
        for mode in [
            Rounding::Down,
            Rounding::Up,
            Rounding::HalfUp,
            Rounding::HalfEven,
        ] {
            assert_eq!(millis(4_000, mode), Duration::from_secs(4));
            assert_eq!(millis(0, mode), Duration::ZERO);
        }
    }

    #[test]
    fn the_nearer_multiple_is_taken() {
        for mode in [Rounding::HalfUp, Rounding::HalfEven] {
            assert_eq!(millis(2_499, mode), Duration::from_secs(2));
            assert_eq!(millis(2_501, mode), Duration::from_secs(3));
        }
    }

    #[test]
    fn large_values_saturate() {
        let large = Duration::from_nanos(u64::MAX);
        assert_eq!(round_to(large, SECOND, Rounding::Up), large);
    }
}
