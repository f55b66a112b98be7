//! Durations as people write them.
//!
//! [`parse`] reads what [`Human`] writes: numbers with units, from large to small, such as
//! `1h30m` or `2s 500ms`. [`round_to`] rounds to a multiple of a step.

mod format;
mod parse;
mod round;
mod unit;

pub use self::format::{Human, format_rounded, format_units};
pub use self::parse::parse;
pub use self::round::{Rounding, round_to};
pub use self::unit::Unit;

use std::time::Duration;

/// Nanoseconds of the largest [`Duration`] that this crate handles: about 584 years.
pub(crate) const MAX_NANOS: u128 = u64::MAX as u128;

/// A duration from nanoseconds, or none if there are more than [`MAX_NANOS`].
pub(crate) fn from_nanos(nanos: u128) -> Option<Duration> {
    u64::try_from(nanos).ok().map(Duration::from_nanos)
}
