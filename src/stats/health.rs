//! Is a suite still worth running: which of its tasks tell anything, and for how long.
//!
//! In: for each task how often it was resolved, by model. Out: its class with how sure that is, how well it tells models
//! apart, how many tasks the suite is worth, and the night on which it will be saturated.
//!
//! Assumes that attempts are independent draws given the task: an unchanged patch run again is no new attempt, and must
//! be counted once.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::binomial;

/// A task whose chance is above this is saturated, one below its complement out of reach.
pub const EDGE: f64 = 0.9;
/// A class is given only where it is as probable as this.
pub const SURE: f64 = 0.95;

/// Where a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Nearly always resolved: to be retired.
    Saturated,
    /// Sometimes resolved: where models differ.
    Frontier,
    /// Hardly ever resolved, and not of late either.
    OutOfReach,
    /// Hardly ever resolved before, and resolved of late.
    Moving,
    /// Too few attempts to tell.
    Unknown,
}

/// P(p > t) of a chance p under a uniform prior after `c` successes in `n` attempts: the posterior is Beta(c + 1,
/// n − c + 1), whose upper tail at t is P(X ≤ c) for X binomial(n + 1, t) (Bayes 1763; the identity: Abramowitz and
/// Stegun 26.5.24). In 0..=1; `c` over `n` counts as `n`.
pub fn chance_above(c: u64, n: u64, t: f64) -> f64 {
    binomial::at_most(n + 1, c.min(n), t)
}

/// The class of a task with `c` of `n` attempts resolved in all, of these `recent` = `[resolved, attempts]` of late.
///
/// Saturated if P(p > 0.9) is at least 0.95 (29 of 29 do), out of reach if P(p < 0.1) is. Moving if attempts before the
/// recent ones put it out of reach with that probability, or were at least five without a success, and of the recent
/// ones some succeeded. Frontier if both a chance above 0.9 and one below 0.1 have a probability under 0.05.
pub fn standing(c: u64, n: u64, recent: [u64; 2]) -> Standing {
    /// Attempts without a success that a first success needs before it to be called a move.
    const EARLIER: u64 = 5;
    let (before_c, before_n) = (c.saturating_sub(recent[0]), n.saturating_sub(recent[1]));
    let low = |c: u64, n: u64| 1.0 - chance_above(c, n, 1.0 - EDGE);
    let was_low = low(before_c, before_n) >= SURE || before_c == 0 && before_n >= EARLIER;
    if recent[0] > 0 && was_low && chance_above(c, n, EDGE) < SURE {
        return Standing::Moving;
    }
    let high = chance_above(c, n, EDGE);
    let low = low(c, n);
    match (high, low) {
        (high, _) if high >= SURE => Standing::Saturated,
        (_, low) if low >= SURE => Standing::OutOfReach,
        (high, low) if high < 1.0 - SURE && low < 1.0 - SURE => Standing::Frontier,
        _ => Standing::Unknown,
    }
}

/// How many tasks a suite is worth: `(Σ v)² ÷ Σ v²` with v = p(1 − p), p a task's resolved share over all attempts
/// (Kish 1965, effective sample size under unequal weights). Tasks that everybody or nobody resolves add nothing; n
/// tasks that are all as uncertain count n. 0 where none tells anything. Shares in 0..=1.
pub fn effective_tasks(shares: &[f64]) -> f64 {
    let (mut sum, mut squares) = (0.0, 0.0);
    for p in shares {
        let v = p * (1.0 - p);
        sum += v;
        squares += v * v;
    }
    if squares > 0.0 { sum * sum / squares } else { 0.0 }
}

/// How well a task tells models apart: Pearson's correlation between the models' shares on the task and their mean
/// shares on all other tasks (corrected item-total correlation; Nunnally and Bernstein 1994, chapter 8). In −1..=1;
/// below 0 the weaker models do better. `None` under three models, or where either side does not vary.
///
/// `shares[model][task]`; a share that was not measured is `None` and leaves that model out.
pub fn discrimination(shares: &[Vec<Option<f64>>], task: usize) -> Option<f64> {
    let mut points = Vec::new();
    for row in shares {
        let Some(own) = row.get(task).copied().flatten() else { continue };
        let (mut sum, mut count) = (0.0, 0.0);
        for (_, share) in row.iter().enumerate().filter(|(other, _)| *other != task) {
            if let Some(share) = share {
                sum += share;
                count += 1.0;
            }
        }
        if count > 0.0 {
            points.push((own, sum / count));
        }
    }
    correlation(&points)
}

fn correlation(points: &[(f64, f64)]) -> Option<f64> {
    if points.len() < 3 {
        return None;
    }
    let n = points.len() as f64;
    let (mean_x, mean_y) =
        (points.iter().map(|p| p.0).sum::<f64>() / n, points.iter().map(|p| p.1).sum::<f64>() / n);
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for (x, y) in points {
        xx += (x - mean_x).powi(2);
        yy += (y - mean_y).powi(2);
        xy += (x - mean_x) * (y - mean_y);
    }
    (xx > 1e-18 && yy > 1e-18).then(|| (xy / (xx * yy).sqrt()).clamp(-1.0, 1.0))
}

/// When a suite is used up.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Saturation {
    /// Nights after the first one at which the fitted line reaches the share.
    pub age: f64,
    /// With the slope's 95 % interval; the later end is null where the line may be level.
    pub interval: [Option<f64>; 2],
}

/// The share of resolved tasks at which a suite is called saturated.
pub const SATURATED_SHARE: f64 = 0.95;

/// Age in nights at which the best model's share reaches [`SATURATED_SHARE`]: a line fitted by least squares to the
/// empirical logits `ln((c + ½) ÷ (n − c + ½))` over nights (Cox and Snell 1989, section 1.2; on capability growth as
/// logistic in time), its crossing, and the crossings of lines through the mean with the slope's 95 % bounds
/// (± 1.96 standard errors from the residuals). `None` under five nights, without tasks, or where the line does not rise.
///
/// `points`: night (any unit, from the first), resolved tasks of the best model, tasks. Far extrapolation is a guess:
/// the interval says how much of one.
pub fn saturation(points: &[(f64, u64, u64)]) -> Option<Saturation> {
    let logit = |c: f64, n: f64| ((c + 0.5) / (n - c + 0.5)).ln();
    let usable: Vec<(f64, f64)> = points
        .iter()
        .filter(|(_, c, n)| *n > 0 && c <= n)
        .map(|&(t, c, n)| (t, logit(c as f64, n as f64)))
        .collect();
    if usable.len() < 5 {
        return None;
    }
    let n = usable.len() as f64;
    let (mean_t, mean_y) =
        (usable.iter().map(|p| p.0).sum::<f64>() / n, usable.iter().map(|p| p.1).sum::<f64>() / n);
    let tt: f64 = usable.iter().map(|p| (p.0 - mean_t).powi(2)).sum();
    if tt <= 0.0 {
        return None;
    }
    let slope = usable.iter().map(|p| (p.0 - mean_t) * (p.1 - mean_y)).sum::<f64>() / tt;
    let residual: f64 = usable.iter().map(|p| (p.1 - mean_y - slope * (p.0 - mean_t)).powi(2)).sum();
    let error = (residual / (n - 2.0) / tt).sqrt();
    let goal = (SATURATED_SHARE / (1.0 - SATURATED_SHARE)).ln();
    let crossing = |slope: f64| (slope > 1e-9).then(|| mean_t + (goal - mean_y) / slope);
    let age = crossing(slope)?;
    let z = super::interval::Z95;
    let mut ends = [crossing(slope + z * error), crossing(slope - z * error)];
    if mean_y > goal {
        ends.swap(0, 1);
    }
    Some(Saturation { age, interval: ends })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected values: `scipy.stats.beta.sf` of Beta(c + 1, n − c + 1), scipy 1.17.1 (`scripts/compare-nightly`).
    #[test]
    fn posterior_tails() {
        // P(p > t) after n of n is 1 − t^(n+1), by hand.
        assert!((chance_above(28, 28, 0.9) - (1.0 - 0.9_f64.powi(29))).abs() < 1e-12);
        assert!((chance_above(0, 3, 0.5) - 0.5_f64.powi(4)).abs() < 1e-12);
        assert!((chance_above(2, 4, 0.5) - 0.5).abs() < 1e-12, "symmetric");
    }

    #[test]
    fn classes() {
        for (c, n, recent, expected) in [
            (28, 28, [3, 3], Standing::Saturated),
            (27, 27, [3, 3], Standing::Unknown),
            (0, 28, [0, 3], Standing::OutOfReach),
            (10, 20, [1, 2], Standing::Frontier),
            (0, 3, [0, 1], Standing::Unknown),
            (1, 30, [1, 4], Standing::Moving),
            (2, 8, [2, 3], Standing::Moving),
            (2, 6, [2, 3], Standing::Frontier),
            (3, 4, [1, 1], Standing::Unknown),
            (0, 0, [0, 0], Standing::Unknown),
        ] {
            assert_eq!(standing(c, n, recent), expected, "{c} of {n}, of late {recent:?}");
        }
    }

    #[test]
    fn only_uncertain_tasks_count() {
        assert!((effective_tasks(&[0.5; 10]) - 10.0).abs() < 1e-12);
        assert!((effective_tasks(&[0.5, 0.5, 1.0, 0.0, 1.0]) - 2.0).abs() < 1e-12);
        assert!(effective_tasks(&[1.0, 0.0]) < 1e-12);
        // v = 0.25, 0.09: 0.34² ÷ (0.0625 + 0.0081).
        assert!((effective_tasks(&[0.5, 0.1]) - 0.1156 / 0.0706).abs() < 1e-12);
    }

    #[test]
    fn a_task_that_ranks_as_the_rest_does_discriminates() {
        let row = |shares: &[f64]| shares.iter().map(|share| Some(*share)).collect::<Vec<_>>();
        let shares = [row(&[0.0, 0.0, 1.0, 1.0]), row(&[0.5, 0.5, 0.5, 1.0]), row(&[1.0, 1.0, 0.0, 1.0])];
        // Task 0 against the mean of the rest: ⅔, ⅔, ⅔.
        assert_eq!(discrimination(&shares, 0), None);
        let shares = [row(&[0.0, 0.0, 1.0]), row(&[0.5, 0.5, 0.5]), row(&[1.0, 1.0, 0.5])];
        assert!((discrimination(&shares, 0).unwrap() - 0.866_025_403_784_438_6).abs() < 1e-9);
        assert!(discrimination(&shares, 2).unwrap() < 0.0);
        assert_eq!(discrimination(&shares[..2], 0), None);
        let mut holes = shares.to_vec();
        holes[0][0] = None;
        assert_eq!(discrimination(&holes, 0), None);
    }

    #[test]
    fn the_age_is_where_the_line_crosses() {
        // Shares whose logits rise by exactly 0.1 a night from 0: ln 19 ÷ 0.1 = 29.44 nights.
        let n = 1_000_000_u64;
        let at = |night: u32| {
            let share = 1.0 / (1.0 + (-0.1 * f64::from(night)).exp());
            (f64::from(night), (share * n as f64) as u64, n)
        };
        let points: Vec<_> = (0..10).map(at).collect();
        let found = saturation(&points).unwrap();
        assert!((found.age - 19.0_f64.ln() / 0.1).abs() < 0.01, "{found:?}");
        assert!(found.interval[0].unwrap() <= found.age && found.age <= found.interval[1].unwrap());
        assert_eq!(saturation(&points[..4]), None);
        assert_eq!(saturation(&[(0.0, 5, 10); 6]), None);
        let level: Vec<_> = (0..10).map(|night| (f64::from(night), 5, 10)).collect();
        assert_eq!(saturation(&level), None);
    }
}
