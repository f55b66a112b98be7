//! Cluster bootstrap: intervals for means and ratios over tasks.
//!
//! In: for each cluster (a task) a numerator and a denominator of one or more figures; every figure is
//! `Σ numerators ÷ Σ denominators`. Out: a percentile interval for each (Efron and Tibshirani 1993, chapter 13;
//! clusters as the unit that is drawn: Davison and Hinkley 1997, section 3.8), its percentiles moved outwards by
//! [`expanded_tail`] because plain ones are too narrow where tasks are few. Whole tasks are drawn, because samples of
//! one task resemble each other; all figures share the same draws.
//!
//! Assumes that tasks are exchangeable. Where all tasks agree the interval is a point: it knows nothing of tasks unlike
//! those seen.
//!
//! Invariant: the same clusters in the same order, seed and number of resamples give the same bits on every machine:
//! ChaCha8 keyed by the seed, integers scaled without the `rand` crate's own (changeable) sampling.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::interval::{Z90, Z95};
use super::student::expanded_tail;

/// More clusters than this are first dealt at random into this many groups of equal size, give or take one (the method
/// of random groups; Wolter, *Introduction to Variance Estimation*, 2007, chapter 2). The interval keeps its width
/// within about 2 % (`1 ÷ √(2·groups)`), and a million tasks cost little more than a thousand.
pub const MAX_GROUPS: usize = 1024;

/// How to resample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// Key of the random numbers.
    pub seed: u64,
    /// Number of resamples; 2,000 leave the bounds uncertain by about a twentieth of the interval's half width.
    pub resamples: u32,
}

/// One cluster's part in a figure.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Part {
    /// Added up above the line.
    pub numerator: f64,
    /// Added up below the line; 0 where the cluster has nothing to say.
    pub denominator: f64,
}

impl Part {
    /// A cluster whose own value counts once, whatever its size: the mean over clusters.
    pub fn once(value: Option<f64>) -> Self {
        value.map_or_else(Self::default, |value| Self { numerator: value, denominator: 1.0 })
    }

    fn add(&mut self, other: Self) {
        self.numerator += other.numerator;
        self.denominator += other.denominator;
    }

    fn ratio(self) -> Option<f64> {
        (self.denominator > 0.0).then(|| self.numerator / self.denominator)
    }
}

/// `Σ numerators ÷ Σ denominators`; `None` where the denominators are all 0.
pub fn ratio(parts: impl Iterator<Item = Part>) -> Option<f64> {
    let mut sum = Part::default();
    parts.for_each(|part| sum.add(part));
    sum.ratio()
}

/// 95 % percentile interval of each of `M` figures over `clusters` clusters, whose parts `row` gives.
///
/// `None` for a figure that fewer than two clusters speak to, or that is undefined in every resample. Resamples in
/// which a figure is undefined are left out of its percentiles.
pub fn intervals<const M: usize>(
    clusters: usize,
    row: impl Fn(usize) -> [Part; M],
    plan: Plan,
) -> [Option<[f64; 2]>; M] {
    if clusters < 2 || plan.resamples == 0 {
        return [None; M];
    }
    let mut spoken = [0_usize; M];
    let mut draw = Draw::new(plan.seed);
    let rows = pooled(clusters, &row, &mut draw, &mut spoken);
    let mut replicates: [Vec<f64>; M] = std::array::from_fn(|_| Vec::with_capacity(plan.resamples as usize));
    for _ in 0..plan.resamples {
        for (figure, sum) in draw.sum(&rows).into_iter().enumerate() {
            replicates[figure].extend(sum.ratio());
        }
    }
    let mut found = [None; M];
    for (figure, mut values) in replicates.into_iter().enumerate() {
        if spoken[figure] >= 2 {
            found[figure] = percentiles(&mut values, spoken[figure]);
        }
    }
    found
}

/// 95 % percentile interval of the difference of one figure between two disjoint sets of clusters (strata), each
/// resampled within itself. `None` under two clusters in either.
pub fn difference_interval(minuend: &[Part], subtrahend: &[Part], plan: Plan) -> Option<[f64; 2]> {
    if minuend.len() < 2 || subtrahend.len() < 2 {
        return None;
    }
    let mut draw = Draw::new(plan.seed);
    let mut column = |parts: &[Part]| pooled(parts.len(), &|place| [parts[place]], &mut draw, &mut [0]);
    let spoken = [minuend.len(), subtrahend.len()];
    let (minuend, subtrahend) = (column(minuend), column(subtrahend));
    let mut values = Vec::with_capacity(plan.resamples as usize);
    for _ in 0..plan.resamples {
        let [from] = draw.sum(&minuend);
        let [less] = draw.sum(&subtrahend);
        if let (Some(from), Some(less)) = (from.ratio(), less.ratio()) {
            values.push(from - less);
        }
    }
    // The smaller stratum is the one whose spread is known least.
    percentiles(&mut values, spoken[0].min(spoken[1]))
}

/// 95 % and 90 % percentile intervals of the mean of paired differences, one a task; both from the same draws. `None`
/// under two tasks.
pub fn paired(differences: &[f64], plan: Plan) -> Option<[[f64; 2]; 2]> {
    if differences.len() < 2 || plan.resamples == 0 {
        return None;
    }
    let mut draw = Draw::new(plan.seed);
    let row = |place: usize| [Part::once(Some(differences[place]))];
    let rows = pooled(differences.len(), &row, &mut draw, &mut [0]);
    let mut means: Vec<f64> = (0..plan.resamples).filter_map(|_| draw.sum(&rows)[0].ratio()).collect();
    means.sort_by(f64::total_cmp);
    let between = |tail: f64| Some([at_share(&means, tail)?, at_share(&means, 1.0 - tail)?]);
    let n = differences.len().min(MAX_GROUPS);
    Some([between(expanded_tail(0.025, Z95, n))?, between(expanded_tail(0.05, Z90, n))?])
}

/// The rows themselves, or [`MAX_GROUPS`] sums of them; counts in `spoken` the clusters that each figure rests on.
///
/// The order of tasks may follow their kind, so that dealing them out in order would make groups more alike than chance
/// does: they are shuffled first.
fn pooled<const M: usize>(
    clusters: usize,
    row: &impl Fn(usize) -> [Part; M],
    draw: &mut Draw,
    spoken: &mut [usize; M],
) -> Vec<[Part; M]> {
    let mut order: Vec<u32> = (0..clusters as u32).collect();
    if clusters > MAX_GROUPS {
        for last in (1..clusters).rev() {
            order.swap(last, draw.index(last + 1));
        }
    }
    let mut groups = vec![[Part::default(); M]; clusters.min(MAX_GROUPS)];
    for (place, &cluster) in order.iter().enumerate() {
        let parts = row(cluster as usize);
        for ((sum, part), spoken) in groups[place % MAX_GROUPS].iter_mut().zip(parts).zip(spoken.iter_mut()) {
            sum.add(part);
            *spoken += usize::from(part.denominator > 0.0);
        }
    }
    groups
}

/// Random numbers of a plan.
pub(super) struct Draw(ChaCha8Rng);

impl Draw {
    pub(super) fn new(seed: u64) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        Self(ChaCha8Rng::from_seed(key))
    }

    /// A place below `n`. Multiply and shift: off from uniform by less than `n ÷ 2³²`.
    pub(super) fn index(&mut self, n: usize) -> usize {
        ((u64::from(self.0.next_u32()) * n as u64) >> 32) as usize
    }

    /// Sums over as many clusters as there are, drawn with replacement.
    fn sum<const M: usize>(&mut self, rows: &[[Part; M]]) -> [Part; M] {
        let mut sums = [Part::default(); M];
        for _ in 0..rows.len() {
            for (sum, part) in sums.iter_mut().zip(&rows[self.index(rows.len())]) {
                sum.add(*part);
            }
        }
        sums
    }
}

/// The bounds of a 95 % interval that rests on `clusters` clusters.
pub(super) fn percentiles(values: &mut [f64], clusters: usize) -> Option<[f64; 2]> {
    let tail = expanded_tail(0.025, Z95, clusters.min(MAX_GROUPS));
    values.sort_by(f64::total_cmp);
    Some([at_share(values, tail)?, at_share(values, 1.0 - tail)?])
}

/// A quantile of sorted values, interpolated linearly between order statistics (type 7 of Hyndman and Fan 1996).
fn at_share(values: &[f64], share: f64) -> Option<f64> {
    let place = share * values.len().checked_sub(1)? as f64;
    let below = *values.get(place.floor() as usize)?;
    let above = *values.get(place.ceil() as usize)?;
    Some(below + (above - below) * place.fract())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PLAN: Plan = Plan { seed: 7, resamples: 4000 };

    fn means(values: &[f64]) -> Vec<[Part; 1]> {
        values.iter().map(|&value| [Part::once(Some(value))]).collect()
    }

    fn interval(rows: &[[Part; 1]], plan: Plan) -> Option<[f64; 2]> {
        intervals(rows.len(), |place| rows[place], plan)[0]
    }

    /// Expected values: a separate implementation of ChaCha8 (key 1 in little-endian, counter and nonce 0) in Python.
    #[test]
    fn draws_are_fixed_for_ever() {
        let mut draw = Draw::new(1);
        let rows: Vec<[Part; 1]> = means(&[1.0, 10.0, 100.0, 1000.0]);
        let sums: Vec<f64> = (0..4).map(|_| draw.sum(&rows)[0].numerator).collect();
        assert_eq!(sums, [1120.0, 3010.0, 2002.0, 1111.0]);
    }

    /// Quantiles as numpy's `quantile(…, method="linear")` gives them for 0, 1, …, 10.
    #[test]
    fn quantiles_interpolate() {
        let values: Vec<f64> = (0..=10).map(f64::from).collect();
        let at = |share| at_share(&values, share).unwrap();
        assert!((at(0.025) - 0.25).abs() < 1e-12 && (at(0.975) - 9.75).abs() < 1e-12);
        assert_eq!((at_share(&[], 0.5), at_share(&[3.0], 0.975)), (None, Some(3.0)));
    }

    /// For the mean of 200 values the bootstrap's half width is near 1.96 standard errors.
    #[test]
    fn width_is_that_of_theory() {
        let values: Vec<f64> = (0..200).map(|i| f64::from((i * 37) % 101) / 101.0).collect();
        let mean = values.iter().sum::<f64>() / 200.0;
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / 200.0;
        let expected = 1.96 * (variance / 200.0).sqrt();
        let [low, high] = interval(&means(&values), PLAN).unwrap();
        assert!((mean - low - expected).abs() < 0.06 * expected, "{low} {mean} {high} {expected}");
        assert!((high - mean - expected).abs() < 0.06 * expected, "{low} {mean} {high} {expected}");
    }

    #[test]
    fn pooling_keeps_the_width() {
        let values: Vec<f64> =
            (0..50_000_u32).map(|i| f64::from(i.wrapping_mul(2_654_435_761) >> 16) / 65_536.0).collect();
        let expected = 1.96 * (1.0 / 12.0_f64 / 50_000.0).sqrt();
        let [low, high] = interval(&means(&values), Plan { seed: 1, resamples: 500 }).unwrap();
        let half = (high - low) / 2.0;
        assert!((half - expected).abs() < 0.12 * expected, "{half} {expected}");
    }

    #[test]
    fn too_little_gives_no_interval() {
        assert_eq!(interval(&means(&[]), PLAN), None);
        assert_eq!(interval(&means(&[0.5]), PLAN), None);
        let one_speaks = vec![[Part::once(Some(0.5))], [Part::once(None)]];
        assert_eq!(interval(&one_speaks, PLAN), None);
        let two_speak = vec![[Part::once(Some(0.25))], [Part::once(None)], [Part::once(Some(0.75))]];
        let [low, high] = interval(&two_speak, PLAN).unwrap();
        assert_eq!((low, high), (0.25, 0.75));
    }

    #[test]
    fn paired_differences_have_both_intervals() {
        let values: Vec<f64> = (0..150).map(|i| f64::from((i * 37) % 101) / 101.0 - 0.4).collect();
        let [wide, narrow] = paired(&values, PLAN).unwrap();
        assert_eq!(Some(wide), interval(&means(&values), PLAN));
        assert!(wide[0] < narrow[0] && narrow[0] < narrow[1] && narrow[1] < wide[1]);
        assert_eq!(paired(&values[..1], PLAN), None);
    }

    #[test]
    fn difference_of_strata() {
        let part = |value| Part { numerator: value, denominator: 1.0 };
        let easy: Vec<Part> = (0..40).map(|i| part(f64::from(u8::from(i < 36)))).collect();
        let hard: Vec<Part> = (0..40).map(|i| part(f64::from(u8::from(i < 20)))).collect();
        // Standard error √(0.9·0.1/40 + 0.5·0.5/40) = 0.0922, so about 0.4 ± 0.18.
        let [low, high] = difference_interval(&easy, &hard, PLAN).unwrap();
        assert!((low - 0.219).abs() < 0.03 && (high - 0.581).abs() < 0.03, "{low} {high}");
        assert_eq!(difference_interval(&easy, &hard[..1], PLAN), None);
    }

    proptest! {
        #[test]
        fn intervals_stay_within_what_was_seen(values in prop::collection::vec(0.0_f64..1.0, 2..30), seed: u64) {
            let [low, high] = interval(&means(&values), Plan { seed, resamples: 50 }).unwrap();
            let least = values.iter().copied().fold(f64::INFINITY, f64::min);
            let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            prop_assert!(least - 1e-12 <= low && low <= high && high <= most + 1e-12);
        }
    }
}
