//! The binomial distribution, and the exact interval that rests on it.
//!
//! In: counts and a chance. Out: probabilities to about 1e-13 relative for any number of trials, since nothing is summed
//! that cancels.
//!
//! Invariant: probabilities and bounds lie in 0..=1.

/// P(X = k) for X binomial(n, p), by Loader's saddle-point form, which keeps its precision for any n
/// (C. Loader, *Fast and accurate computation of binomial probabilities*, 2000). 0 where k is over n; p in 0..=1.
pub fn pmf(n: u64, k: u64, p: f64) -> f64 {
    if k > n {
        return 0.0;
    }
    if p <= 0.0 || p >= 1.0 {
        let sure = if p <= 0.0 { 0 } else { n };
        return f64::from(u8::from(k == sure));
    }
    let (n, k) = (n as f64, k as f64);
    if k == 0.0 {
        return (n * (-p).ln_1p()).exp();
    }
    let rest = n - k;
    if rest == 0.0 {
        return (n * p.ln()).exp();
    }
    let exponent = stirling_error(n)
        - stirling_error(k)
        - stirling_error(rest)
        - deviance(k, n * p)
        - deviance(rest, n * (1.0 - p));
    (n / (std::f64::consts::TAU * k * rest)).sqrt() * exponent.exp()
}

/// P(X ≤ k) for X binomial(n, p): terms added downwards from k, or one less the upper tail, whichever is the smaller side.
pub fn at_most(n: u64, k: u64, p: f64) -> f64 {
    if k >= n {
        return 1.0;
    }
    if (k as f64) <= n as f64 * p { lower_tail(n, k, p) } else { 1.0 - lower_tail(n, n - k - 1, 1.0 - p) }
}

/// P(X ≥ k) for X binomial(n, p).
pub fn at_least(n: u64, k: u64, p: f64) -> f64 {
    n.checked_sub(k).map_or(0.0, |rest| at_most(n, rest, 1.0 - p))
}

/// P(X ≤ k) where k is not above the mean, so that terms fall geometrically.
fn lower_tail(n: u64, k: u64, p: f64) -> f64 {
    let odds = (1.0 - p) / p;
    let (mut term, mut sum) = (pmf(n, k, p), 0.0);
    for below in (0..=k).rev() {
        sum += term;
        if term < sum * 1e-18 {
            break;
        }
        // P(j − 1) = P(j) · j ÷ (n − j + 1) · (1 − p) ÷ p.
        term *= below as f64 / (n - below + 1) as f64 * odds;
    }
    sum.min(1.0)
}

/// The exact interval of Clopper and Pearson (1934) for `count` successes of `n` independent trials: the chances at which
/// a result as extreme has probability (1 − `level`) ÷ 2. Its coverage is at least `level`, usually more. `None` where n
/// is 0, or `count` is over n. Bounds by bisection, to the last bits.
pub fn clopper_pearson(count: u64, n: u64, level: f64) -> Option<[f64; 2]> {
    if n == 0 || count > n {
        return None;
    }
    let tail = (1.0 - level) / 2.0;
    let solve = |above: &dyn Fn(f64) -> bool| {
        let (mut low, mut high) = (0.0_f64, 1.0_f64);
        for _ in 0..200 {
            let middle = f64::midpoint(low, high);
            if middle <= low || middle >= high {
                break;
            }
            if above(middle) { high = middle } else { low = middle }
        }
        f64::midpoint(low, high)
    };
    let low = if count == 0 { 0.0 } else { solve(&|p| at_least(n, count, p) >= tail) };
    let high = if count == n { 1.0 } else { solve(&|p| at_most(n, count, p) <= tail) };
    Some([low, high])
}

/// `ln n! − ln(√(2πn)·(n/e)ⁿ)` for a whole n ≥ 1.
fn stirling_error(n: f64) -> f64 {
    if n < 16.0 {
        let factorial: f64 = (1..=n as u32).map(f64::from).product();
        return factorial.ln() - (0.5 * (std::f64::consts::TAU * n).ln() + n * n.ln() - n);
    }
    let square = n * n;
    (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - (1.0 / 1680.0) / square) / square) / square) / n
}

/// `x·ln(x/m) + m − x`, without cancellation where x is near m.
fn deviance(x: f64, m: f64) -> f64 {
    if (x - m).abs() >= 0.1 * (x + m) {
        return x * (x / m).ln() + m - x;
    }
    // With v = (x − m)/(x + m): (x − m)·v + 2x·(v³/3 + v⁵/5 + …).
    let v = (x - m) / (x + m);
    let mut sum = (x - m) * v;
    let mut power = 2.0 * x * v;
    for odd in 1..200 {
        power *= v * v;
        let next = sum + power / f64::from(2 * odd + 1);
        if next.to_bits() == sum.to_bits() {
            break;
        }
        sum = next;
    }
    sum
}

#[cfg(test)]
#[allow(clippy::unreadable_literal, reason = "reference values stand as they were printed")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// R: `binom.test(682, 925)` prints 0.7076683 and 0.7654066.
    #[test]
    fn known_limits() {
        let [low, high] = clopper_pearson(682, 925, 0.95).unwrap();
        assert!((low - 0.7076683).abs() < 1e-7 && (high - 0.7654066).abs() < 1e-7, "{low} {high}");
        let [low, high] = clopper_pearson(0, 10, 0.95).unwrap();
        assert!(low == 0.0 && (high - (1.0 - 0.025_f64.powf(0.1))).abs() < 1e-14);
        assert_eq!((clopper_pearson(0, 0, 0.95), clopper_pearson(3, 2, 0.95)), (None, None));
    }

    proptest! {
        #[test]
        fn probabilities_add_up(n in 1_u64..400, p in 0.0_f64..=1.0) {
            let total: f64 = (0..=n).map(|k| pmf(n, k, p)).sum();
            prop_assert!((total - 1.0).abs() < 1e-11, "{total}");
            let k = n / 3;
            let direct: f64 = (0..=k).map(|k| pmf(n, k, p)).sum();
            prop_assert!((at_most(n, k, p) - direct).abs() < 1e-11);
            prop_assert!((at_least(n, k + 1, p) - (1.0 - direct)).abs() < 1e-11);
        }

        #[test]
        fn the_interval_holds_its_estimate(n in 1_u64..3000, share in 0.0_f64..=1.0) {
            let count = (share * n as f64).round() as u64;
            let [low, high] = clopper_pearson(count, n, 0.95).unwrap();
            let p = count as f64 / n as f64;
            prop_assert!(0.0 <= low && low <= p && p <= high && high <= 1.0);
            let [mirrored_low, mirrored_high] = clopper_pearson(n - count, n, 0.95).unwrap();
            prop_assert!((low + mirrored_high - 1.0).abs() < 1e-11 && (high + mirrored_low - 1.0).abs() < 1e-11);
        }
    }
}
