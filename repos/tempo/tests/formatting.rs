//! Writing durations, and reading them back.

use std::time::Duration;

use tempo::duration::{format_rounded, format_units, parse};
use tempo::{Human, Rounding, Unit};

#[test]
fn what_is_written_is_read_back() {
    let mut nanos: u64 = 1;
    while nanos < u64::MAX / 7 {
        let duration = Duration::from_nanos(nanos);
        assert_eq!(parse(&Human(duration).to_string()), Ok(duration));
        nanos = nanos * 7 + 3;
    }
}

#[test]
fn the_largest_units_are_kept() {
    let duration = Duration::from_secs(8 * 86_400 + 5);
    let cases = [(1, "1w"), (2, "1w1d"), (3, "1w1d5s"), (4, "1w1d5s")];
    for (count, expected) in cases {
        assert_eq!(format_units(duration, count), expected);
    }
}

#[test]
fn rounding_carries_into_larger_units() {
    let duration = Duration::from_millis(3_599_999);
    let text = format_rounded(duration, Unit::Second, Rounding::HalfUp);
    assert_eq!(text, "1h");
}
