//! Timers on a wheel whose hand is moved over several turns at once.

use std::time::Duration;

use tempo::{Moment, Wheel};

fn at(millis: u64) -> Moment {
    Moment::ORIGIN + Duration::from_millis(millis)
}

fn wheel() -> Wheel<u64> {
    Wheel::new(Duration::from_millis(1), 8)
}

#[test]
fn a_timer_several_turns_away_fires_after_one_long_pause() {
    let mut wheel = wheel();
    wheel.insert(at(35), 35);
    assert_eq!(wheel.advance(at(40)), [35]);
    assert!(wheel.is_empty());
}

#[test]
fn a_timer_is_neither_early_nor_late_after_a_pause() {
    let mut wheel = wheel();
    wheel.insert(at(21), 21);
    assert_eq!(wheel.advance(at(20)), []);
    assert_eq!(wheel.advance(at(21)), [21]);
}

#[test]
fn timers_of_different_turns_fire_in_order_of_their_ticks() {
    let mut wheel = wheel();
    for deadline in [33, 4, 12, 25, 2, 20, 41] {
        wheel.insert(at(deadline), deadline);
    }
    assert_eq!(wheel.advance(at(40)), [2, 4, 12, 20, 25, 33]);
    assert_eq!(wheel.advance(at(41)), [41]);
}

#[test]
fn timers_of_one_tick_keep_their_order_over_turns() {
    let mut wheel = Wheel::new(Duration::from_millis(1), 4);
    for (deadline, name) in [(10, 'b'), (6, 'a'), (10, 'c'), (10, 'd')] {
        wheel.insert(at(deadline), name);
    }
    assert_eq!(wheel.advance(at(30)), ['a', 'b', 'c', 'd']);
}

#[test]
fn a_pause_of_a_year_costs_no_more_than_a_turn() {
    let mut wheel = Wheel::new(Duration::from_nanos(1), 8);
    let year = Duration::from_secs(365 * 86_400);
    wheel.insert(Moment::ORIGIN + year, "anniversary");
    assert_eq!(wheel.advance(Moment::ORIGIN + year), ["anniversary"]);
}

#[test]
fn a_pause_without_timers_changes_nothing() {
    let mut wheel = wheel();
    assert_eq!(wheel.advance(at(1_000)), []);
    wheel.insert(at(1_003), 3);
    assert_eq!(wheel.advance(at(1_002)), []);
    assert_eq!(wheel.advance(at(1_003)), [3]);
}
