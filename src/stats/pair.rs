//! Two sides on the same tasks: is the difference more than chance?
//!
//! In: the discordant counts of paired yes-or-no results, `b` (only the first side succeeds) and `c` (only the second),
//! and the number of pairs n. Out: a p-value, an interval for the difference of the two proportions, and the smallest
//! difference that could have been seen.
//!
//! Assumes one result a side and pair, and pairs independent of each other. Several samples a task need a test
//! stratified by task instead.

use super::binomial;
use super::interval::Z95;

/// Two-sided exact McNemar test with mid-p (Fagerland, Lydersen and Laake 2013):
/// `2·P(X < min(b, c)) + P(X = min(b, c))` for X binomial(b + c, ½), at most 1. In 0..=1; 1 without discordant pairs.
pub fn mcnemar_mid_p(b: u64, c: u64) -> f64 {
    let n = b + c;
    let least = b.min(c);
    if b == c {
        return 1.0;
    }
    let at = binomial::pmf(n, least, 0.5);
    let (mut below, mut term) = (0.0, at);
    for k in (1..=least).rev() {
        // P(k − 1) = P(k) · k ÷ (n − k + 1), which falls at least geometrically below the middle.
        term *= k as f64 / (n - k + 1) as f64;
        below += term;
        if term < below * 1e-17 {
            break;
        }
    }
    (2.0 * below + at).min(1.0)
}

/// Tango's 95 % score interval for `(b − c) ÷ n`, the difference of two paired proportions (Tango 1998, *Statistics in
/// Medicine* 17:891). `None` where n is 0 or `b + c` is over n. Bounds in −1..=1, found by bisection to 1e-12.
pub fn tango(b: u64, c: u64, n: u64) -> Option<[f64; 2]> {
    tango_at(b, c, n, Z95)
}

/// [`tango`] at the normal quantile `z`.
pub fn tango_at(b: u64, c: u64, n: u64, z: f64) -> Option<[f64; 2]> {
    b.checked_add(c).filter(|&discordant| n > 0 && discordant <= n)?;
    let (b, c, n) = (b as f64, c as f64, n as f64);
    let estimate = (b - c) / n;
    let score = |difference: f64| tango_score(b, c, n, difference);
    let bound = |end: f64, sign: f64| {
        let (mut inside, mut outside) = (estimate, end);
        // The score falls as the difference rises; at either end it is unbounded or its side is all there is.
        if score(end).is_some_and(|score| sign * score < z) {
            return end;
        }
        while (inside - outside).abs() > 1e-13 {
            let middle = f64::midpoint(inside, outside);
            if score(middle).is_some_and(|score| sign * score >= z) {
                outside = middle;
            } else {
                inside = middle;
            }
            if middle.to_bits() == inside.to_bits() && (inside - outside).abs() < 1e-12 {
                break;
            }
        }
        f64::midpoint(inside, outside)
    };
    Some([bound(-1.0, 1.0), bound(1.0, -1.0)])
}

/// Interval for the mean of the differences d of n tasks, each a difference of two means of several yes-or-no results and
/// so in −1..=1: Wald's interval after one task more that rises and one that falls, both by the root mean square of those
/// that differ (by 1 where none does). `sum` is Σd, `squares` Σd², `differ` the number of d that are not 0, `z` the normal
/// quantile. With one result a side it is the adjusted interval of Bonett and Price (2012, *Journal of Educational and
/// Behavioral Statistics* 37:479); Tango's rests on differences of −1, 0 and 1 and covers too little here. Bounds within
/// −1..=1. `None` without tasks.
pub fn adjusted_wald(sum: f64, squares: f64, differ: u64, n: u64, z: f64) -> Option<[f64; 2]> {
    if n == 0 || differ > n {
        return None;
    }
    let step = if differ == 0 { 1.0 } else { squares / differ as f64 };
    let more = n as f64 + 2.0;
    let mean = sum / more;
    let half = z * (((squares + 2.0 * step) / more - mean * mean).max(0.0) / more).sqrt();
    Some([(mean - half).max(-1.0), (mean + half).min(1.0)])
}

/// `(b − c − nΔ) ÷ √(n·(2q + Δ(1 − Δ)))` with q the maximum-likelihood chance of a pair in c when the difference is Δ.
/// `None` where the variance is 0 and the score has no value.
fn tango_score(b: f64, c: f64, n: f64, difference: f64) -> Option<f64> {
    let linear = -b - c + (2.0 * n - b + c) * difference;
    let constant = -c * difference * (1.0 - difference);
    let q = ((linear * linear - 8.0 * n * constant).max(0.0).sqrt() - linear) / (4.0 * n);
    let variance = n * (2.0 * q + difference * (1.0 - difference));
    let distance = b - c - n * difference;
    if variance > 0.0 {
        Some(distance / variance.sqrt())
    } else if distance == 0.0 {
        None
    } else {
        Some(distance.signum() * f64::INFINITY)
    }
}

/// Quantile of the standard normal at 0.8.
const Z80: f64 = 0.841_621_233_572_914_2;

/// The smallest true difference that n pairs show with 80 % power in a two-sided test at 5 %, as a fraction:
/// `(z₀.₉₇₅ + z₀.₈)·√(ψ ÷ n)` with ψ = `(b + c) ÷ n`, the observed share of discordant pairs (the normal approximation
/// of Connor 1987 with ψ in place of ψ − Δ²). `None` without pairs, or without discordant ones.
pub fn minimum_detectable(b: u64, c: u64, n: u64) -> Option<f64> {
    let discordant = b.checked_add(c).filter(|&sum| sum > 0 && sum <= n)?;
    Some(detectable(discordant as f64, n as f64).min(1.0))
}

/// The same from the sum of squared differences of n pairs: `(z₀.₉₇₅ + z₀.₈)·√(Σd²) ÷ n`, in the unit of d.
pub fn detectable(squares: f64, n: f64) -> f64 {
    (Z95 + Z80) * squares.sqrt() / n
}

#[cfg(test)]
#[allow(clippy::unreadable_literal, reason = "reference values stand as they were printed")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Expected values: scipy 1.17.1, `2·binom.cdf(m − 1, n, .5) + binom.pmf(m, n, .5)` with m the smaller count.
    #[test]
    fn mid_p_equals_scipy() {
        for (b, c, expected) in [
            (0, 1, 0.5000000000000001),
            (0, 5, 0.031249999999999976),
            (1, 9, 0.011718750000000002),
            (3, 12, 0.02127075195312499),
            (10, 25, 0.011330984183587137),
            (40, 41, 0.9121566075526043),
            (150, 230, 3.9069166530403746e-05),
            (5000, 5400, 8.760347563992174e-05),
            (100, 1400, 4.9003307408277756e-294),
            (499000, 501500, 0.012441255431197442),
        ] {
            let found = mcnemar_mid_p(b, c);
            assert!((found - expected).abs() <= 1e-9 * expected, "{b} {c}: {found} is not {expected}");
            assert_eq!(found.to_bits(), mcnemar_mid_p(c, b).to_bits());
        }
    }

    /// Expected values: the likelihood maximised numerically under the difference (scipy 1.17.1 `minimize_scalar`), the
    /// score then solved with `brentq`; no closed form is shared with the code above.
    #[test]
    fn tango_equals_a_numerical_solution() {
        for (b, c, n, expected) in [
            (9, 1, 40, [0.055140975, 0.357071845]),
            (12, 3, 44, [0.035492328, 0.369609412]),
            (20, 10, 200, [-0.003882936, 0.106839600]),
            (5, 5, 30, [-0.215471556, 0.215471556]),
            (1, 40, 100, [-0.490446491, -0.292461021]),
            (250, 300, 2000, [-0.048007230, -0.002022680]),
            (7, 2, 9, [-0.094822062, 0.873549786]),
            (0, 3, 20, [-0.360418865, 0.035293932]),
            (0, 0, 30, [-0.113513393, 0.113513393]),
        ] {
            let found = tango(b, c, n).unwrap();
            for (found, expected) in found.iter().zip::<[f64; 2]>(expected) {
                assert!((found - expected).abs() < 1e-6, "{b} {c} {n}: {found} is not {expected}");
            }
        }
    }

    /// By hand, for 20 tasks of which one loses half and four win a quarter: mean 0.5/22, step 0.1.
    #[test]
    fn several_samples_are_one_task_up_and_one_down_wider() {
        let [low, high] = adjusted_wald(0.5, 0.5, 5, 20, 2.0).unwrap();
        let half = 2.0 * ((0.7 / 22.0 - (0.5_f64 / 22.0).powi(2)) / 22.0).sqrt();
        assert!((low - (0.5 / 22.0 - half)).abs() < 1e-12 && (high - (0.5 / 22.0 + half)).abs() < 1e-12);
        let [low, high] = adjusted_wald(0.0, 0.0, 0, 30, Z95).unwrap();
        assert!(low < -0.08 && high > 0.08, "no difference seen is not none: {low} {high}");
        assert_eq!((adjusted_wald(0.0, 0.0, 0, 0, Z95), adjusted_wald(1.0, 1.0, 2, 1, Z95)), (None, None));
    }

    #[test]
    fn detectable_differences_of_the_design() {
        // 20 % discordance: 12.5 points on 100 tasks, 8.9 on 200, 5.6 on 500.
        for (n, points) in [(100, 12.5), (200, 8.9), (500, 5.6)] {
            let found = minimum_detectable(n / 10, n / 10, n).unwrap() * 100.0;
            assert!((found - points).abs() < 0.05, "{n}: {found}");
        }
        assert_eq!((minimum_detectable(0, 0, 10), minimum_detectable(6, 6, 10)), (None, None));
    }

    proptest! {
        #[test]
        fn intervals_hold_their_estimate(b in 0_u64..60, c in 0_u64..60, rest in 0_u64..60) {
            let n = b + c + rest;
            let Some([low, high]) = tango(b, c, n) else { prop_assert_eq!(n, 0); return Ok(()) };
            let estimate = (b as f64 - c as f64) / n as f64;
            prop_assert!(-1.0 <= low && low <= estimate + 1e-9 && estimate <= high + 1e-9 && high <= 1.0);
            let [mirrored_low, mirrored_high] = tango(c, b, n).unwrap();
            prop_assert!((low + mirrored_high).abs() < 1e-6 && (high + mirrored_low).abs() < 1e-6);
        }

        #[test]
        fn p_values_are_probabilities(b in 0_u64..5000, c in 0_u64..5000) {
            let p = mcnemar_mid_p(b, c);
            prop_assert!((0.0..=1.0).contains(&p));
        }
    }
}
