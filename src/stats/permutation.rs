//! Paired differences of any kind: is their mean more than chance?
//!
//! In: one difference a task. Out: a two-sided p-value of the sign-flip test (Fisher 1935; Good, *Permutation Tests*,
//! 2000, chapter 3): when nothing has changed the two sides of a task may be exchanged, so every difference may as well
//! have the other sign.
//!
//! Assumes that tasks are independent. No form of distribution is assumed; the p-value holds its level for any number
//! of tasks.
//!
//! Invariant: the same differences in the same order and the same seed give the same bits.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::bootstrap::MAX_GROUPS;

/// Up to so many differences that are not 0 every sign is tried.
const ENUMERATED: usize = 14;

/// Drawing ends after so many sums at least as far from 0 as the one seen.
const ENOUGH: u32 = 400;

/// Draws at most; the least p-value that can come out is one in this.
pub const DRAWS: u32 = 100_000;

/// Two-sided p-value of `Σd` over all signs of d. Up to 14 differences that are not 0 it is exact. Beyond, signs are drawn
/// until 400 sums are as extreme, at most 100,000 times: p is `400 ÷ draws`, or `(extreme + 1) ÷ (draws + 1)` at the end
/// (Besag and Clifford 1991), off by about a twentieth of itself. Over [`MAX_GROUPS`] differences are added up in groups
/// of neighbours, whose signs are flipped together: as valid, and nearly as sharp. 1 where all differences are 0.
pub fn sign_flip(differences: &[f64], seed: u64) -> f64 {
    let mut values: Vec<f64> = differences.iter().copied().filter(|d| *d != 0.0).collect();
    if values.len() > MAX_GROUPS {
        let size = values.len().div_ceil(MAX_GROUPS);
        values = values.chunks(size).map(|group| group.iter().sum()).collect();
    }
    let scale = values.iter().fold(0.0_f64, |most, d| most.max(d.abs()));
    if scale == 0.0 {
        return 1.0;
    }
    // Equal sums may differ in their last bits, by the order of adding.
    let seen = values.iter().sum::<f64>().abs() - 1e-9 * scale;
    if values.len() <= ENUMERATED { enumerate(&values, seen) } else { draw(&values, seen, seed) }
}

fn enumerate(values: &[f64], seen: f64) -> f64 {
    let all = 1_u32 << values.len();
    let extreme = (0..all)
        .filter(|signs| {
            let signed =
                values.iter().enumerate().map(|(place, d)| if signs >> place & 1 == 1 { -d } else { *d });
            signed.sum::<f64>().abs() >= seen
        })
        .count();
    extreme as f64 / f64::from(all)
}

fn draw(values: &[f64], seen: f64, seed: u64) -> f64 {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    // Another stream than the bootstrap's.
    key[8] = 1;
    let mut random = ChaCha8Rng::from_seed(key);
    let mut extreme = 0;
    for draws in 1..=DRAWS {
        let mut sum = 0.0;
        for part in values.chunks(64) {
            let signs = random.next_u64();
            for (place, d) in part.iter().enumerate() {
                // The sign bit alone is flipped: no branch that chance would make slow.
                sum += f64::from_bits(d.to_bits() ^ ((signs >> place & 1) << 63));
            }
        }
        extreme += u32::from(sum.abs() >= seen);
        if extreme == ENOUGH {
            return f64::from(ENOUGH) / f64::from(draws);
        }
    }
    f64::from(extreme + 1) / f64::from(DRAWS + 1)
}

#[cfg(test)]
mod tests {
    use super::super::binomial;
    use super::*;

    #[test]
    fn few_differences_are_exact() {
        // All of one sign: two of 2ⁿ. 0.1 + 0.2 − 0.3 is 0 but for rounding: every sum is as extreme.
        for (differences, expected) in [
            (vec![], 1.0),
            (vec![0.0, 0.0], 1.0),
            (vec![0.3], 1.0),
            (vec![0.1; 6], 2.0 / 64.0),
            (vec![0.1, 0.2, -0.3], 1.0),
        ] {
            assert!((sign_flip(&differences, 0) - expected).abs() < 1e-15, "{differences:?}");
        }
    }

    /// Differences of one size are coins: the exact chance is binomial.
    #[test]
    fn drawn_signs_come_near_the_exact_chance() {
        for (plus, minus) in [(30_u64, 20_u64), (40, 20), (45, 15)] {
            let n = plus + minus;
            let values: Vec<f64> = (0..n).map(|i| if i < plus { 1.0 } else { -1.0 }).collect();
            let expected = 2.0 * binomial::at_most(n, minus, 0.5);
            let found = sign_flip(&values, 5);
            assert!((found - expected).abs() < 0.15 * expected + 1e-4, "{found} {expected}");
        }
    }

    #[test]
    fn many_tasks_are_flipped_in_groups() {
        let values: Vec<f64> = (0..100_000_u32)
            .map(|i| f64::from(i.wrapping_mul(2_654_435_761) >> 16) / 65_536.0 - 0.5)
            .collect();
        let p = sign_flip(&values, 1);
        assert!(p > 0.01, "{p}");
        let moved: Vec<f64> = values.iter().map(|d| d + 0.01).collect();
        assert!(sign_flip(&moved, 1) < 1e-4);
    }
}
