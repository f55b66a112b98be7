//! Rounding to multiples of a step.

use std::time::Duration;

use tempo::Rounding;
use tempo::duration::round_to;

fn seconds(millis: u64, mode: Rounding) -> u64 {
    round_to(Duration::from_millis(millis), Duration::from_secs(1), mode).as_secs()
}

#[test]
fn down_and_up() {
    for (millis, down, up) in [(0, 0, 0), (1, 0, 1), (999, 0, 1), (1_000, 1, 1)] {
        assert_eq!(seconds(millis, Rounding::Down), down);
        assert_eq!(seconds(millis, Rounding::Up), up);
    }
}

#[test]
fn half_up() {
    for (millis, expected) in [(499, 0), (500, 1), (1_499, 1), (1_500, 2), (2_500, 3)] {
        assert_eq!(seconds(millis, Rounding::HalfUp), expected);
    }
}

#[test]
fn a_step_of_zero_changes_nothing() {
    let duration = Duration::from_nanos(12_345);
    assert_eq!(
        round_to(duration, Duration::ZERO, Rounding::HalfEven),
        duration
    );
}
