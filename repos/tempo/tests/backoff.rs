//! Delays between attempts.

use std::time::Duration;

use tempo::{Constant, Exponential, Jittered, Linear, Policy};

fn seconds(policy: &impl Policy) -> Vec<u64> {
    policy.delays().take(6).map(|d| d.as_secs()).collect()
}

#[test]
fn policies_grow_as_they_say() {
    let second = Duration::from_secs(1);
    assert_eq!(seconds(&Constant::new(second).retries(2)), [1, 1]);
    assert_eq!(seconds(&Linear::new(second).retries(4)), [1, 2, 3, 4]);
    let exponential = Exponential::new(second).factor(3).max(second * 30);
    assert_eq!(seconds(&exponential), [1, 3, 9, 27, 30, 30]);
}

#[test]
fn jitter_keeps_the_number_of_retries() {
    let policy = Exponential::new(Duration::from_secs(1)).retries(5);
    assert_eq!(Jittered::new(policy, 11).delays().count(), 5);
}

#[test]
fn jitter_never_lengthens() {
    let plain = Exponential::new(Duration::from_millis(10)).retries(30);
    let jittered = Jittered::new(plain, 5);
    for (short, full) in jittered.delays().zip(plain.delays()) {
        assert!(short <= full);
    }
}
