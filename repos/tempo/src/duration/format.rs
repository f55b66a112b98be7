//! From durations to text.

use std::fmt;
use std::time::Duration;

use super::{Rounding, Unit, round_to};

/// Shows a duration in full, so that [`parse`](super::parse) gives it back.
///
/// ```
/// use std::time::Duration;
/// use tempo::Human;
///
/// assert_eq!(Human(Duration::from_secs(5_400)).to_string(), "1h30m");
/// assert_eq!(Human(Duration::ZERO).to_string(), "0s");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Human(pub Duration);

impl fmt::Display for Human {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format_units(self.0, Unit::ALL.len()))
    }
}

/// Writes the largest `count` units that are not zero and drops the rest.
///
/// At least one unit is written, and zero is `0s`.
///
/// ```
/// use std::time::Duration;
/// use tempo::duration::format_units;
///
/// let duration = Duration::from_millis(3_723_004);
/// assert_eq!(format_units(duration, 2), "1h2m");
/// assert_eq!(format_units(duration, 8), "1h2m3s4ms");
/// ```
pub fn format_units(duration: Duration, count: usize) -> String {
    let mut rest = duration.as_nanos();
    let mut text = String::new();
    let mut written = 0;
    for unit in Unit::ALL {
        let size = u128::from(unit.nanos());
        let amount = rest / size;
        rest %= size;
        if amount > 0 && written < count.max(1) {
            text.push_str(&amount.to_string());
            text.push_str(unit.symbol());
            written += 1;
        }
    }
    if text.is_empty() {
        text.push_str("0s");
    }
    text
}

/// Rounds to a multiple of `unit` and writes the result in full.
///
/// ```
/// use std::time::Duration;
/// use tempo::{Rounding, Unit, duration::format_rounded};
///
/// let duration = Duration::from_millis(59_600);
/// assert_eq!(format_rounded(duration, Unit::Second, Rounding::HalfUp), "1m");
/// assert_eq!(format_rounded(duration, Unit::Second, Rounding::Down), "59s");
/// ```
pub fn format_rounded(duration: Duration, unit: Unit, mode: Rounding) -> String {
    let step = Duration::from_nanos(unit.nanos());
    let rounded = round_to(duration, step, mode);
    if rounded.is_zero() {
        return format!("0{unit}");
    }
    Human(rounded).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_parts_are_left_out() {
        assert_eq!(format_units(Duration::from_secs(86_403), 8), "1d3s");
        assert_eq!(format_units(Duration::from_secs(86_403), 0), "1d");
    }

    #[test]
    fn width_is_honoured() {
        assert_eq!(format!("{:>6}", Human(Duration::from_secs(90))), " 1m30s");
    }

    #[test]
    fn zero_keeps_the_unit_that_was_asked_for() {
        let short = Duration::from_micros(3);
        assert_eq!(format_rounded(short, Unit::Milli, Rounding::Down), "0ms");
    }
}
