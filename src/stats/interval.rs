//! Intervals for proportions.
//!
//! In: counts. Out: a [`Share`] with a 95 % interval. Wilson's score interval is used because it keeps its promise
//! near 0 and 1 and for small counts, where the textbook `p ± 1.96·√(p(1−p)/n)` collapses.
//!
//! Invariant: every interval lies in 0..=1 and holds its own point estimate.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Quantile of the standard normal at 0.975: two-sided 95 %.
pub const Z95: f64 = 1.959_963_984_540_054;

/// Quantile of the standard normal at 0.95: two-sided 90 %.
pub const Z90: f64 = 1.644_853_626_951_472_2;

/// A proportion with the counts that it rests on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Share {
    /// How many.
    pub count: u64,
    /// Of how many.
    pub n: u64,
    /// `count ÷ n`, in 0..=1; null where `n` is 0 or the count could not be taken.
    pub value: Option<f64>,
    /// 95 % interval, in 0..=1; null where `value` is null.
    pub interval: Option<[f64; 2]>,
}

impl Share {
    /// A share of independent trials, with Wilson's interval.
    pub fn independent(count: u64, n: u64) -> Self {
        Self::with_effective_n(count, n, n as f64)
    }

    /// A share of trials that come in clusters (the samples of one task), given as `(count, n)` each.
    ///
    /// Wilson's interval at the effective number of trials `n ÷ deff`. With `p = Σc ÷ N`, m clusters that hold a trial
    /// and N trials, the design effect is the variance of a ratio estimate under cluster sampling over that of N
    /// independent trials: `deff = [m÷(m−1) · Σ(cᵢ − p·nᵢ)² ÷ N²] ÷ [p(1−p)÷(N−1)]` (Kish, *Survey Sampling*, 1965,
    /// chapters 5 and 8; Wilson's interval at an effective n: Dean and Pagano 2015). It is held between 1 and
    /// `Σnᵢ² ÷ N`, the value when all trials of a cluster agree, which also serves where p is 0 or 1 and nothing can be
    /// estimated. With one trial a cluster it is exactly 1, and this is [`Share::independent`].
    pub fn clustered(clusters: impl Iterator<Item = (u64, u64)> + Clone) -> Self {
        let (mut count, mut n, mut held, mut squares) = (0_u64, 0_u64, 0_u64, 0.0_f64);
        for (c, k) in clusters.clone().filter(|&(_, k)| k > 0) {
            count += c.min(k);
            n += k;
            held += 1;
            squares += (k as f64).powi(2);
        }
        if n == held {
            return Self::independent(count, n);
        }
        let total = n as f64;
        let p = count as f64 / total;
        let largest = squares / total;
        let independent = p * (1.0 - p) / (total - 1.0);
        let effect = if count == 0 || count == n || held < 2 {
            largest
        } else {
            let m = held as f64;
            let spread: f64 =
                clusters.filter(|&(_, k)| k > 0).map(|(c, k)| (c.min(k) as f64 - p * k as f64).powi(2)).sum();
            (m / (m - 1.0) * spread / (total * total) / independent).clamp(1.0, largest.max(1.0))
        };
        Self::with_effective_n(count, n, total / effect)
    }

    /// A share that could not be taken.
    pub fn unknown() -> Self {
        Self::default()
    }

    fn with_effective_n(count: u64, n: u64, effective: f64) -> Self {
        if n == 0 {
            return Self::default();
        }
        let value = count as f64 / n as f64;
        Self { count, n, value: Some(value), interval: Some(wilson(value, effective, Z95)) }
    }
}

/// Wilson's score interval without continuity correction (Wilson 1927):
/// `(p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) ÷ (1 + z²/n)`.
///
/// `p` in 0..=1, `n` > 0 trials (may be an effective number), `z` the normal quantile. Assumes independent trials
/// with one chance of success.
pub fn wilson(p: f64, n: f64, z: f64) -> [f64; 2] {
    let z2 = z * z;
    let scale = 1.0 + z2 / n;
    let middle = (p + z2 / (2.0 * n)) / scale;
    let half = z * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt() / scale;
    // At p = 0 and p = 1 the bounds are 0 and 1 exactly; rounding would leave 1e-17.
    [(middle - half).clamp(0.0, p), (middle + half).clamp(p, 1.0)]
}

#[cfg(test)]
#[allow(clippy::unreadable_literal, reason = "reference values stand as they were printed")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn close(found: [f64; 2], expected: [f64; 2]) {
        for (f, e) in found.iter().zip(expected) {
            assert!((f - e).abs() < 1e-12, "{found:?} is not {expected:?}");
        }
    }

    /// Expected values: scipy 1.17.1, `binomtest(count, n).proportion_ci(method="wilson")`.
    #[test]
    fn wilson_equals_scipy() {
        for (count, n, expected) in [
            (0, 12, [0.0, 0.24249400665524085]),
            (12, 12, [0.7575059933447592, 1.0]),
            (11, 12, [0.6461200888588831, 0.985134905595083]),
            (6, 12, [0.2537815976337061, 0.7462184023662939]),
            (1, 2, [0.09453120573423074, 0.9054687942657693]),
            (37, 120, [0.23272736988916295, 0.3958299772380067]),
            (0, 1, [0.0, 0.7934506856227626]),
            (81234, 100000, [0.8099080884345036, 0.8147479156623278]),
        ] {
            close(Share::independent(count, n).interval.unwrap(), expected);
        }
    }

    #[test]
    fn no_trials_give_no_share() {
        assert_eq!(Share::independent(0, 0), Share::unknown());
        assert_eq!(Share::clustered([(0, 0), (0, 0)].into_iter()), Share::unknown());
    }

    #[test]
    fn one_trial_a_cluster_is_the_plain_interval() {
        let clusters = [(1, 1), (0, 1), (0, 0), (1, 1)];
        assert_eq!(Share::clustered(clusters.into_iter()), Share::independent(2, 3));
    }

    #[test]
    fn samples_that_always_agree_count_once() {
        // Ten tasks of four samples each, six tasks solved by all four: no more is known than from ten trials.
        let clusters = (0..10).map(|task| (if task < 6 { 4 } else { 0 }, 4));
        let share = Share::clustered(clusters);
        assert_eq!((share.count, share.n), (24, 40));
        close(share.interval.unwrap(), Share::independent(6, 10).interval.unwrap());
        // All solved: nothing shows whether samples agree, so the careful answer is taken.
        let share = Share::clustered((0..10).map(|_| (4, 4)));
        close(share.interval.unwrap(), Share::independent(10, 10).interval.unwrap());
    }

    #[test]
    fn samples_that_differ_within_tasks_count_more() {
        let agree = Share::clustered((0..10).map(|task| (if task < 5 { 4 } else { 0 }, 4)));
        let differ = Share::clustered((0..10).map(|_| (2, 4)));
        let width = |share: Share| share.interval.map(|[low, high]| high - low).unwrap();
        assert!(width(differ) < width(agree));
        close(differ.interval.unwrap(), Share::independent(20, 40).interval.unwrap());
    }

    proptest! {
        #[test]
        fn intervals_hold_their_estimate(clusters in prop::collection::vec((0_u64..6, 0_u64..6), 0..20)) {
            let share = Share::clustered(clusters.iter().map(|&(c, n)| (c.min(n), n)));
            if let (Some(value), Some([low, high])) = (share.value, share.interval) {
                prop_assert!(0.0 <= low && low <= value && value <= high && high <= 1.0);
            } else {
                prop_assert_eq!(share.n, 0);
            }
        }
    }
}
