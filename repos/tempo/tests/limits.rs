//! Limiters over a clock that is moved by hand.

use std::time::Duration;

use tempo::{Clock, Limiter, ManualClock, SlidingWindow, Strictest, TokenBucket};

fn granted(limiter: &mut impl Limiter, clock: &ManualClock, steps: u32, step: Duration) -> u32 {
    let mut granted = 0;
    for _ in 0..steps {
        while limiter.try_acquire(clock.now(), 1) {
            granted += 1;
        }
        clock.advance(step);
    }
    granted
}

#[test]
fn a_bucket_gives_its_burst_and_then_its_rate() {
    let mut bucket = TokenBucket::new("10/1s".parse().unwrap()).burst(50);
    let clock = ManualClock::new();
    let total = granted(&mut bucket, &clock, 101, Duration::from_millis(100));
    assert_eq!(total, 150);
}

#[test]
fn a_window_gives_no_more_than_its_permits_in_any_period() {
    let mut window = SlidingWindow::new("10/1s".parse().unwrap());
    let clock = ManualClock::new();
    clock.advance(Duration::from_millis(950));
    let total = granted(&mut window, &clock, 10, Duration::from_millis(100));
    assert_eq!(total, 10);
    assert_eq!(granted(&mut window, &clock, 1, Duration::ZERO), 10);
}

#[test]
fn the_stricter_limiter_decides() {
    let bucket = TokenBucket::new("1/1s".parse().unwrap()).burst(3);
    let window = SlidingWindow::new("5/1m".parse().unwrap());
    let mut both = Strictest::new(bucket, window);
    let clock = ManualClock::new();
    assert_eq!(granted(&mut both, &clock, 59, Duration::from_secs(1)), 5);
    assert_eq!(granted(&mut both, &clock, 5, Duration::from_secs(1)), 5);
}

#[test]
fn more_than_the_capacity_is_never_given() {
    let mut bucket = TokenBucket::new("5/1s".parse().unwrap());
    let mut window = SlidingWindow::new("5/1s".parse().unwrap());
    let clock = ManualClock::new();
    clock.advance(Duration::from_secs(3_600));
    assert!(!bucket.try_acquire(clock.now(), 6));
    assert!(!window.try_acquire(clock.now(), 6));
    assert_eq!(bucket.available(clock.now()), 5);
}
