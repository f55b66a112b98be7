//! The parts together: a client that retries under a rate limit, over a day of virtual time.

use std::time::Duration;

use tempo::{
    Clock, DateTime, Exponential, Limiter, ManualClock, Policy, Schedule, TokenBucket, Wheel,
};

#[test]
fn a_client_backs_off_until_the_server_is_back() {
    let clock = ManualClock::new();
    let policy = Exponential::new(Duration::from_secs(1)).max(Duration::from_secs(60));
    let mut bucket = TokenBucket::new("30/1m".parse().unwrap());
    let back_at = clock.now() + Duration::from_secs(200);

    let mut attempts = 0;
    for delay in policy.delays() {
        assert!(bucket.try_acquire(clock.now(), 1));
        attempts += 1;
        if clock.now() >= back_at {
            break;
        }
        clock.advance(delay);
    }
    // 1 + 2 + 4 + 8 + 16 + 32 + 60 + 60 = 183 s, and one more minute.
    assert_eq!(attempts, 10);
}

#[test]
fn a_schedule_sets_timers() {
    let schedule: Schedule = "0 */8 * * *".parse().unwrap();
    let midnight = DateTime::new(2024, 5, 1, 0, 0).unwrap();
    let clock = ManualClock::new();
    let mut wheel = Wheel::new(Duration::from_secs(60), 60);

    let minute_of_day = |time: DateTime| u64::from(time.hour() * 60 + time.minute());
    let eight = schedule.next_after(midnight).unwrap();
    let deadline = clock.now() + Duration::from_secs(60 * minute_of_day(eight));
    wheel.insert(deadline, eight);

    let mut fired = Vec::new();
    for _ in 0..24 {
        let now = clock.advance(Duration::from_secs(3_600));
        fired.extend(wheel.advance(now));
    }
    assert_eq!(fired, [eight]);
}
