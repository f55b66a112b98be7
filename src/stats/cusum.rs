//! Cumulative sums over nights: a small lasting shift shows, where no single night would.
//!
//! In: a figure by night, its level and night-to-night spread while all was well. Out: both sums, the first alarm, and
//! when the run-up to it began.
//!
//! Tabular CUSUM (Page 1954, *Biometrika* 41:100; Montgomery, *Introduction to Statistical Quality Control*, chapter 9):
//! with z = (x − μ) ÷ σ, `up = max(0, up + z − k)` and `down = max(0, down − z − k)`; alarm above h. With k = ½ and
//! h = 5 and independent normal nights the mean run length is 465 nights without a shift and 10.4 with one of σ.
//!
//! Assumes μ and σ known. Where they are estimated from m nights, alarms without a shift come more often: see
//! [`reference()`].

/// Slack in σ: shifts of twice that are found soonest.
pub const SLACK: f64 = 0.5;
/// Height of the alarm in σ.
pub const LIMIT: f64 = 5.0;
/// Nights that a reference takes at least.
pub const LEAST_REFERENCE: usize = 5;
/// Nights that a reference takes at most.
pub const MOST_REFERENCE: usize = 20;

/// How a figure stood while all was well.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reference {
    /// Level.
    pub mean: f64,
    /// Standard deviation of one night.
    pub sigma: f64,
    /// Nights that the level rests on.
    pub nights: usize,
}

/// Level and spread of the first nights of a series: half of them, at least [`LEAST_REFERENCE`] and at most
/// [`MOST_REFERENCE`]. The spread is the mean absolute difference of neighbouring nights ÷ 1.128 (moving ranges of two:
/// Montgomery, chapter 6), at least `least_sigma`: a figure that never moved has some spread all the same. `None` unless
/// a night follows the reference.
pub fn reference(values: &[f64], least_sigma: f64) -> Option<Reference> {
    /// E|x − y| ÷ σ of two normal draws: 2 ÷ √π.
    const D2: f64 = std::f64::consts::FRAC_2_SQRT_PI;
    let nights = (values.len() / 2).clamp(LEAST_REFERENCE, MOST_REFERENCE);
    let first = values.get(..nights).filter(|first| first.len() < values.len())?;
    let mean = first.iter().sum::<f64>() / nights as f64;
    let ranges: f64 = first.windows(2).map(|pair| (pair[1] - pair[0]).abs()).sum();
    let sigma = ranges / (nights - 1) as f64 / D2;
    Some(Reference { mean, sigma: sigma.max(least_sigma), nights })
}

/// Which way a figure moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// It rose.
    Up,
    /// It fell.
    Down,
}

/// A sum above its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alarm {
    /// Place of the night on which the limit was passed.
    pub at: usize,
    /// Place of the first night after the sum last was 0: Page's estimate of when the shift began.
    pub since: usize,
    /// Which way.
    pub direction: Direction,
}

/// One sum over a series.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    value: f64,
    since: usize,
}

impl Sum {
    fn add(&mut self, at: usize, step: f64) {
        if self.value <= 0.0 {
            self.since = at;
        }
        self.value = (self.value + step).max(0.0);
    }
}

/// The sums of a series, without resets: they show whether the figure is off now.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cusum {
    /// Upward sum by night, in σ.
    pub up: Vec<f64>,
    /// Downward sum by night, in σ.
    pub down: Vec<f64>,
    /// The first alarm of all, whichever way.
    pub first: Option<Alarm>,
    /// The alarm that stands on the last night, if one does.
    pub now: Option<Alarm>,
}

/// Sums a series with slack `k` and limit `h`, in σ.
pub fn cusum(values: &[f64], reference: Reference, k: f64, h: f64) -> Cusum {
    let (mut up, mut down) = (Sum::default(), Sum::default());
    let mut found = Cusum::default();
    for (at, value) in values.iter().enumerate() {
        let z = (value - reference.mean) / reference.sigma;
        up.add(at, z - k);
        down.add(at, -z - k);
        found.up.push(up.value);
        found.down.push(down.value);
        let alarm =
            |sum: &Sum, direction| (sum.value > h).then_some(Alarm { at, since: sum.since, direction });
        found.now = alarm(&down, Direction::Down).or_else(|| alarm(&up, Direction::Up));
        found.first = found.first.or(found.now);
    }
    found
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "whole numbers")]
mod tests {
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::{Rng, SeedableRng};

    use super::*;

    const UNIT: Reference = Reference { mean: 0.0, sigma: 1.0, nights: 0 };

    /// Montgomery's example of viscosities in short: sums by hand.
    #[test]
    fn sums_by_hand() {
        let found = cusum(&[1.0, -1.0, 2.0, 3.0, 3.0, 0.0], UNIT, 0.5, 5.0);
        assert_eq!(found.up, [0.5, 0.0, 1.5, 4.0, 6.5, 6.0]);
        assert_eq!(found.down, [0.0, 0.5, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(found.first, Some(Alarm { at: 4, since: 2, direction: Direction::Up }));
        assert_eq!(found.now.map(|alarm| alarm.at), Some(5));
    }

    #[test]
    fn a_reference_is_of_the_first_nights() {
        // Ranges 1, 1, 1, 1: 1 ÷ 1.128.
        let found = reference(&[0.0, 1.0, 0.0, 1.0, 0.0, 9.0], 0.01).unwrap();
        assert_eq!((found.mean, found.nights), (0.4, 5));
        assert!((found.sigma - 0.886_226_925).abs() < 1e-9);
        assert_eq!(reference(&[0.5; 6], 0.01), Some(Reference { mean: 0.5, sigma: 0.01, nights: 5 }));
        assert_eq!(reference(&[0.5; 5], 0.01), None);
        assert_eq!(reference(&[0.5; 100], 0.01).unwrap().nights, 20);
    }

    /// Mean run length over `runs` series of normal nights with this shift, and its standard error.
    fn run_length(shift: f64, runs: u32, seed: u64) -> (f64, f64) {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut uniform = move || (f64::from(random.next_u32()) + 0.5) / 4_294_967_296.0;
        let (mut sum, mut squares) = (0.0, 0.0);
        for _ in 0..runs {
            let (mut up, mut down) = (Sum::default(), Sum::default());
            let mut length = 0_u32;
            while up.value <= LIMIT && down.value <= LIMIT {
                // Box and Muller.
                let z = (-2.0 * uniform().ln()).sqrt() * (std::f64::consts::TAU * uniform()).cos() + shift;
                up.add(0, z - SLACK);
                down.add(0, -z - SLACK);
                length += 1;
            }
            sum += f64::from(length);
            squares += f64::from(length).powi(2);
        }
        let mean = sum / f64::from(runs);
        (mean, ((squares / f64::from(runs) - mean * mean) / f64::from(runs)).sqrt())
    }

    /// Published mean run lengths of the two-sided scheme with k = ½, h = 5 (Montgomery, table 9.3).
    #[test]
    fn run_lengths_are_those_published() {
        for (shift, published, runs) in
            [(0.0, 465.0, 1500), (0.5, 38.0, 4000), (1.0, 10.4, 8000), (2.0, 4.01, 8000), (3.0, 2.57, 8000)]
        {
            let (found, error) = run_length(shift, runs, 11);
            assert!(
                (found - published).abs() < 4.0 * error + 0.01 * published,
                "{shift}: {found} ± {error}, not {published}"
            );
        }
    }
}
