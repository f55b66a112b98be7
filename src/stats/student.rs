//! Student's distribution, for intervals from few tasks.

use std::f64::consts::{FRAC_1_SQRT_2, FRAC_PI_2};

/// Chance that the absolute value of Student's t with `freedom` (at least 1) degrees of freedom is at most `t`, at least
/// 0: the finite sums of Abramowitz and Stegun, 26.7.3 and 26.7.4. Work grows with `freedom`.
fn within(t: f64, freedom: u32) -> f64 {
    let angle = (t / f64::from(freedom).sqrt()).atan();
    let (sine, cosine) = angle.sin_cos();
    let is_odd = freedom % 2 == 1;
    let (mut term, mut sum) = if is_odd { (cosine, 0.0) } else { (1.0, 0.0) };
    // Terms of the sum: powers of the cosine up to freedom − 2, times a ratio of even and odd factors.
    let mut power = u32::from(is_odd);
    while power + 2 <= freedom {
        sum += term;
        term *= f64::from(power + 1) / f64::from(power + 2) * cosine * cosine;
        power += 2;
    }
    if is_odd { (angle + sine * sum) / FRAC_PI_2 } else { sine * sum }
}

/// The value that t with `freedom` degrees of freedom exceeds with chance `tail`, in 0 to ½: found by bisection to 1e-12,
/// over 300 degrees by the expansion of Abramowitz and Stegun, 26.7.5, around the normal quantile `z` of the same tail.
/// Infinite for 0 degrees.
pub fn quantile(tail: f64, z: f64, freedom: u64) -> f64 {
    match u32::try_from(freedom) {
        Ok(0) => f64::INFINITY,
        Ok(freedom) if freedom <= 300 => {
            let (mut low, mut high) = (0.0, FRAC_PI_2);
            // Over angles, which have two ends.
            for _ in 0..60 {
                let middle = f64::midpoint(low, high);
                let t = middle.tan() * f64::from(freedom).sqrt();
                if within(t, freedom) < 1.0 - 2.0 * tail { low = middle } else { high = middle }
            }
            f64::midpoint(low, high).tan() * f64::from(freedom).sqrt()
        }
        _ => {
            let nu = freedom as f64;
            z + (z.powi(3) + z) / (4.0 * nu)
                + (5.0 * z.powi(5) + 16.0 * z.powi(3) + 3.0 * z) / (96.0 * nu * nu)
                + (3.0 * z.powi(7) + 19.0 * z.powi(5) + 17.0 * z.powi(3) - 15.0 * z) / (384.0 * nu.powi(3))
        }
    }
}

/// The tail of a bootstrap distribution of a mean of `n` values at which an interval covers what Student's interval does:
/// `Φ(−√(n ÷ (n − 1))·t)`, with t the quantile of `tail` and n − 1 degrees of freedom (Hesterberg 2015, *The American
/// Statistician* 69:371, section 4.2). The bootstrap's own percentiles are too narrow by the factor √((n − 1) ÷ n) and by
/// t against the normal quantile `z`. 0 under two values; near `tail` for many.
pub fn expanded_tail(tail: f64, z: f64, n: usize) -> f64 {
    if n < 2 {
        return 0.0;
    }
    let count = n as f64;
    let t = quantile(tail, z, n as u64 - 1) * (count / (count - 1.0)).sqrt();
    libm::erfc(t * FRAC_1_SQRT_2) / 2.0
}

#[cfg(test)]
#[allow(clippy::unreadable_literal, reason = "reference values stand as they were printed")]
mod tests {
    use super::*;
    use crate::stats::interval::{Z90, Z95};

    /// Expected values: scipy 1.17.1, `t.ppf(1 - tail, freedom)`.
    #[test]
    fn quantiles_equal_scipy() {
        for (tail, z, freedom, expected) in [
            (0.025, Z95, 1, 12.706204736174694),
            (0.025, Z95, 2, 4.302652729749462),
            (0.025, Z95, 29, 2.045229642132703),
            (0.05, Z90, 5, 2.0150483733330233),
            (0.05, Z90, 300, 1.649948673937634),
            (0.025, Z95, 301, 1.9678765312856952),
            (0.025, Z95, 5000, 1.9604385517065073),
        ] {
            let found = quantile(tail, z, freedom);
            assert!(
                (found - expected).abs() < 1e-9 * expected,
                "{tail} {freedom}: {found} is not {expected}"
            );
        }
        assert!(quantile(0.025, Z95, 0).is_infinite());
    }

    /// Expected values: scipy 1.17.1, `norm.cdf(-sqrt(n / (n - 1)) * t.ppf(1 - tail, n - 1))`.
    #[test]
    fn tails_widen_with_few_values() {
        for (n, expected) in [
            (2, 1.6952190726058738e-72),
            (10, 0.008550639024406366),
            (30, 0.01875390027822054),
            (1000, 0.024804305905564303),
        ] {
            let found = expanded_tail(0.025, Z95, n);
            assert!((found - expected).abs() < 1e-11, "{n}: {found} is not {expected}");
        }
        assert!(expanded_tail(0.025, Z95, 1) < f64::MIN_POSITIVE);
    }
}
