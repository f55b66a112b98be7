//! Change points of a series: between which nights its distribution changed.
//!
//! In: a figure by night. Out: places at which a new level begins, each with its p-value.
//!
//! E-divisive (Matteson and James 2014, *JASA* 109:334; on benchmark results: Daly et al. 2020, arXiv 2003.00584), with
//! α = 1: of all places to cut a segment into X (n values) and Y (m values) the one with the largest
//! `Q = nm ÷ (n + m) · E`, where `E = 2 ÷ (nm) · Σ|x − y| − Σ_{i<j}|xᵢ − xⱼ| ÷ C(n, 2) − Σ_{i<j}|yᵢ − yⱼ| ÷ C(m, 2)`.
//! It is kept if no more than a share `level` of random orders of each segment gives as large a Q; then both halves are
//! searched. Segments have at least [`LEAST`] nights.
//!
//! Assumes that nights are exchangeable within a segment: a slow drift is cut somewhere in its middle.
//!
//! Invariant: the same series and options give the same bits.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Nights of a segment at least: a mean distance within it needs two.
pub const LEAST: usize = 2;

/// How to search.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Key of the random orders.
    pub seed: u64,
    /// Number of random orders; p-values are whole multiples of `1 ÷ (permutations + 1)`.
    pub permutations: u32,
    /// A cut is kept if its p-value is at most this.
    pub level: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self { seed: 0, permutations: 499, level: 0.05 }
    }
}

/// A place where the series changed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// Place of the first value of the new level.
    pub at: usize,
    /// `(1 + random orders with as large a Q) ÷ (1 + random orders)`.
    pub p_value: f64,
    /// Mean of the segment before.
    pub before: f64,
    /// Mean of the segment after.
    pub after: f64,
}

/// A cut within a segment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cut {
    /// Place of the first value after it, from the segment's beginning.
    pub at: usize,
    /// Its Q.
    pub q: f64,
}

/// The best cut of a segment, the first of equals; none in fewer than twice [`LEAST`] values.
pub fn best_cut(values: &[f64]) -> Option<Cut> {
    let total = values.len();
    if total < 2 * LEAST {
        return None;
    }
    let distances_to = |one: usize, others: std::ops::Range<usize>| {
        others.map(|other| (values[one] - values[other]).abs()).sum::<f64>()
    };
    // Of the cut before `at`: distances within the left, within the right, and between them.
    let mut left: f64 = (1..LEAST).map(|one| distances_to(one, 0..one)).sum();
    let mut right: f64 = (LEAST..total).map(|one| distances_to(one, LEAST..one)).sum();
    let mut between: f64 = (0..LEAST).map(|one| distances_to(one, LEAST..total)).sum();
    let mut best: Option<Cut> = None;
    for at in LEAST..=total - LEAST {
        let (n, m) = (at as f64, (total - at) as f64);
        let energy = 2.0 * between / (n * m) - left / (n * (n - 1.0) / 2.0) - right / (m * (m - 1.0) / 2.0);
        let q = n * m / (n + m) * energy;
        // Rounding must not prefer one of two cuts that are equally good.
        if best.is_none_or(|best| q > best.q + 1e-12) {
            best = Some(Cut { at, q });
        }
        let (to_left, to_right) = (distances_to(at, 0..at), distances_to(at, at + 1..total));
        left += to_left;
        right -= to_right;
        between += to_right - to_left;
    }
    best
}

/// Change points in order of place.
pub fn changes(values: &[f64], options: Options) -> Vec<Change> {
    // Segments by their first place; the end of one is the beginning of the next.
    let mut bounds = vec![0, values.len()];
    let mut found: Vec<(usize, f64)> = Vec::new();
    let mut random = ChaCha8Rng::seed_from_u64(options.seed);
    while let Some((at, q)) = best_of(values, &bounds) {
        let mut as_large = 0_u32;
        let mut shuffled = values.to_vec();
        for _ in 0..options.permutations {
            for pair in bounds.windows(2) {
                shuffle(&mut shuffled[pair[0]..pair[1]], &mut random);
            }
            as_large += u32::from(best_of(&shuffled, &bounds).is_some_and(|(_, other)| other >= q - 1e-12));
        }
        let p_value = f64::from(as_large + 1) / f64::from(options.permutations + 1);
        if p_value > options.level {
            break;
        }
        found.push((at, p_value));
        bounds.push(at);
        bounds.sort_unstable();
    }
    found.sort_unstable_by_key(|(at, _)| *at);
    let mean = |from: usize, to: usize| values[from..to].iter().sum::<f64>() / (to - from) as f64;
    bounds
        .windows(3)
        .zip(found)
        .map(|(ends, (at, p_value))| Change {
            at,
            p_value,
            before: mean(ends[0], at),
            after: mean(at, ends[2]),
        })
        .collect()
}

/// The best cut over all segments: its place in the series, and its Q.
fn best_of(values: &[f64], bounds: &[usize]) -> Option<(usize, f64)> {
    let cuts = bounds
        .windows(2)
        .filter_map(|pair| best_cut(&values[pair[0]..pair[1]]).map(|cut| (pair[0] + cut.at, cut.q)));
    cuts.fold(None, |best: Option<(usize, f64)>, cut| match best {
        Some(best) if cut.1 <= best.1 + 1e-12 => Some(best),
        Some(_) | None => Some(cut),
    })
}

/// Fisher and Yates.
fn shuffle(values: &mut [f64], random: &mut ChaCha8Rng) {
    for last in (1..values.len()).rev() {
        let other = ((u64::from(random.next_u32()) * (last as u64 + 1)) >> 32) as usize;
        values.swap(last, other);
    }
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "places are exact")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn places(values: &[f64]) -> Vec<usize> {
        changes(values, Options::default()).into_iter().map(|change| change.at).collect()
    }

    /// Expected values: `scripts/compare-nightly`, which computes Q from all pairs at every cut, in Python.
    #[test]
    fn q_is_that_of_all_pairs() {
        let values = [0.61, 0.58, 0.6, 0.62, 0.5, 0.49, 0.52, 0.51];
        let cut = best_cut(&values).unwrap();
        assert_eq!(cut.at, 4);
        // 4·4 ÷ 8 · (2·1.56 ÷ 16 − 0.14 ÷ 6 − 0.1 ÷ 6), by hand.
        let between: f64 =
            values[..4].iter().flat_map(|x| values[4..].iter().map(move |y| (x - y).abs())).sum();
        assert!((cut.q - 2.0 * (2.0 * between / 16.0 - 0.13 / 6.0 - 0.1 / 6.0)).abs() < 1e-12, "{}", cut.q);
        assert_eq!(best_cut(&values[..3]), None);
    }

    #[test]
    fn a_drop_is_dated_and_a_level_series_is_left_alone() {
        let fortnight = [0.62, 0.6, 0.61, 0.63, 0.6, 0.62, 0.61, 0.62, 0.52, 0.51, 0.53, 0.52, 0.51, 0.52];
        let found = changes(&fortnight, Options::default());
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].at, 8, "night 9");
        assert!(found[0].p_value < 0.01 && found[0].after < found[0].before - 0.09, "{found:?}");
        assert!(places(&fortnight[..8]).is_empty());
        assert!(places(&[0.5; 20]).is_empty(), "nothing ever moved");
        assert!(places(&[]).is_empty() && places(&[1.0, 0.0, 1.0]).is_empty());
    }

    #[test]
    fn two_changes_are_found_apart() {
        let noise = |i: usize| ((i * 37 % 11) as f64 - 5.0) / 500.0;
        let values: Vec<f64> = (0..36).map(|i| [0.5, 0.7, 0.4][i / 12] + noise(i)).collect();
        assert_eq!(places(&values), [12, 24]);
    }

    /// Over 400 series without a change, at most 5 % and two standard errors are cut.
    #[test]
    fn false_alarms_are_as_rare_as_said() {
        let mut random = ChaCha8Rng::seed_from_u64(5);
        let options = Options { permutations: 99, ..Options::default() };
        let mut alarms = 0;
        for _ in 0..400 {
            let values: Vec<f64> = (0..14).map(|_| f64::from(random.next_u32()) / 4e9).collect();
            alarms += u32::from(!changes(&values, options).is_empty());
        }
        assert!(
            f64::from(alarms) <= 400.0 * 0.05 + 2.0 * (400.0 * 0.05 * 0.95_f64).sqrt(),
            "{alarms} of 400"
        );
    }

    proptest! {
        #[test]
        fn segments_are_long_enough(values in prop::collection::vec(0.0_f64..1.0, 0..24)) {
            let options = Options { permutations: 19, ..Options::default() };
            let found = changes(&values, options);
            let mut ends = vec![0];
            ends.extend(found.iter().map(|change| change.at));
            ends.push(values.len());
            prop_assert!(found.is_empty() || ends.windows(2).all(|pair| pair[1] - pair[0] >= LEAST));
            prop_assert_eq!(changes(&values, options), found);
        }
    }
}
