//! Timers on a wheel.

use std::time::Duration;

use tempo::{Moment, Wheel};

fn at(millis: u64) -> Moment {
    Moment::ORIGIN + Duration::from_millis(millis)
}

#[test]
fn timers_fire_in_order_of_their_ticks() {
    let mut wheel = Wheel::new(Duration::from_millis(10), 16);
    for (deadline, name) in [(70, "d"), (20, "a"), (50, "c"), (20, "b")] {
        wheel.insert(at(deadline), name);
    }
    assert_eq!(wheel.advance(at(19)), [""; 0]);
    assert_eq!(wheel.advance(at(60)), ["a", "b", "c"]);
    assert_eq!(wheel.advance(at(70)), ["d"]);
}

#[test]
fn every_timer_fires_at_its_tick() {
    let mut wheel = Wheel::new(Duration::from_millis(1), 8);
    for deadline in 1..100 {
        wheel.insert(at(deadline), deadline);
    }
    for now in 1..100 {
        assert_eq!(wheel.advance(at(now)), [now]);
    }
    assert!(wheel.is_empty());
}

#[test]
fn a_wheel_of_one_slot_works() {
    let mut wheel = Wheel::new(Duration::from_millis(1), 1);
    wheel.insert(at(3), 'x');
    assert_eq!(wheel.advance(at(1)), []);
    assert_eq!(wheel.advance(at(2)), []);
    assert_eq!(wheel.advance(at(3)), ['x']);
}
