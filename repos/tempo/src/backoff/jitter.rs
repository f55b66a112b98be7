//! Random spread, so that those who failed together do not all come back together.

use std::time::Duration;

use super::Policy;
use crate::duration::from_nanos;

/// Shortens each delay of a policy by a random share.
///
/// The same seed gives the same delays.
///
/// ```
/// use std::time::Duration;
/// use tempo::{Constant, Jittered, Policy};
///
/// let second = Duration::from_secs(1);
/// let policy = Jittered::new(Constant::new(second), 7).percent(20);
/// let delay = policy.delay(0).unwrap();
/// assert!(delay > Duration::from_millis(800) && delay <= second);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Jittered<P> {
    policy: P,
    seed: u64,
    percent: u8,
}

impl<P: Policy> Jittered<P> {
    /// Delays between nothing and those of `policy`.
    pub fn new(policy: P, seed: u64) -> Self {
        Self {
            policy,
            seed,
            percent: 100,
        }
    }

    /// Takes off at most this share of each delay. More than 100 is 100.
    #[must_use]
    pub fn percent(self, percent: u8) -> Self {
        Self {
            percent: percent.min(100),
            ..self
        }
    }
}

impl<P: Policy> Policy for Jittered<P> {
    fn delay(&self, attempt: u32) -> Option<Duration> {
        let delay = self.policy.delay(attempt)?;
        let widest = delay.as_nanos() * u128::from(self.percent) / 100;
        let share = u128::from(scrambled(self.seed.wrapping_add(u64::from(attempt))) >> 32);
        let cut = (widest >> 32) * share + (((widest & 0xffff_ffff) * share) >> 32);
        from_nanos(cut).map_or(Some(Duration::ZERO), |cut| Some(delay.saturating_sub(cut)))
    }
}

/// Spreads neighbouring numbers over all of `u64`: the finaliser of splitmix64.
fn scrambled(seed: u64) -> u64 {
    let mut z = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backoff::Constant;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn the_same_seed_gives_the_same_delays() {
        let delays = |seed| -> Vec<_> {
            let policy = Jittered::new(Constant::new(SECOND).retries(20), seed);
            policy.delays().collect()
        };
        assert_eq!(delays(1), delays(1));
        assert_ne!(delays(1), delays(2));
    }

    #[test]
    fn delays_keep_within_the_share() {
        let policy = Jittered::new(Constant::new(SECOND), 3).percent(10);
        for delay in policy.delays().take(1_000) {
            assert!(delay > SECOND * 9 / 10 && delay <= SECOND);
        }
    }

    #[test]
    fn no_share_leaves_delays_alone() {
        let policy = Jittered::new(Constant::new(SECOND), 3).percent(0);
        assert_eq!(policy.delay(5), Some(SECOND));
    }
}
