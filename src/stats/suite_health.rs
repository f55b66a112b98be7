//! What the last nights say of a suite: tasks to retire, at the frontier, out of reach, moving; what it is worth, and for
//! how long.
//!
//! In: trials of a suite's complete nights. Out: [`SuiteHealth`]. An attempt is a prediction: the same prediction run on
//! many nights is one attempt, resolved if it was on most of them.
//!
//! Invariant: the same trials in any order give the same bits.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::health::{Saturation, Standing, discrimination, effective_tasks, saturation, standing};
use super::trend::shown;
use crate::evaluate::record::Outcome;
use crate::store::history::TrialRow;

/// Attempts first seen on so many last nights are recent.
pub const RECENT: usize = 7;

/// A suite's health.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SuiteHealth {
    /// Tasks with an attempt.
    pub tasks: u64,
    /// Distinct predictions tried.
    pub attempts: u64,
    /// Nights looked at.
    pub nights: u64,
    /// Tasks by standing.
    pub standings: BTreeMap<Standing, u64>,
    /// How many tasks the suite is worth (Kish's effective size under p(1 − p)).
    pub effective_tasks: f64,
    /// Nights after the first at which the best model will have resolved 95 % of it; null where nothing rises.
    pub saturation: Option<Saturation>,
    /// Every task, those to act on first: saturated, moving, out of reach, frontier, unknown; by name within each.
    pub each: Vec<TaskHealth>,
}

/// A task's health.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TaskHealth {
    /// Task.
    pub task: String,
    /// Its class.
    pub standing: Standing,
    /// Attempts resolved.
    pub resolved: u64,
    /// Attempts.
    pub attempts: u64,
    /// How well it tells models apart, in −1..=1; null under three models.
    pub discrimination: Option<f64>,
}

impl SuiteHealth {
    /// Tasks of a standing, by name.
    pub fn of(&self, standing: Standing) -> Vec<&str> {
        self.each.iter().filter(|task| task.standing == standing).map(|task| task.task.as_str()).collect()
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Attempt<'a> {
    resolved: u32,
    nights: u32,
    first: &'a str,
}

impl Attempt<'_> {
    fn held(&self) -> bool {
        self.resolved * 2 > self.nights
    }
}

/// Of the suite as it stood on the last of `nights`; none where nothing was tried then.
pub fn suite_health(nights: &[String], trials: &[TrialRow]) -> Option<SuiteHealth> {
    let last = nights.last()?;
    let now: BTreeMap<&str, &str> = trials
        .iter()
        .filter(|trial| trial.night == *last)
        .map(|trial| (trial.task.as_str(), trial.hash.as_str()))
        .collect();
    let recent_from = nights[nights.len().saturating_sub(RECENT)].as_str();
    // Task → (model, trial) → attempt.
    let mut attempts: BTreeMap<&str, BTreeMap<(String, &str), Attempt>> = BTreeMap::new();
    let mut nightly: BTreeMap<&str, BTreeMap<String, (u64, u64)>> = BTreeMap::new();
    for trial in trials {
        let same = now.get(trial.task.as_str()) == Some(&trial.hash.as_str());
        if !same || matches!(trial.outcome, Outcome::Missing | Outcome::Invalid) {
            continue;
        }
        let resolved = trial.outcome == Outcome::Resolved;
        let model = shown(&trial.model, trial.scaffold.as_deref());
        let of_night = nightly.entry(&trial.night).or_default().entry(model.clone()).or_default();
        of_night.0 += u64::from(resolved);
        of_night.1 += 1;
        let attempt = attempts.entry(&trial.task).or_default().entry((model, &trial.trial)).or_default();
        attempt.resolved += u32::from(resolved);
        attempt.nights += 1;
        if attempt.first.is_empty() || trial.night.as_str() < attempt.first {
            attempt.first = &trial.night;
        }
    }
    if attempts.is_empty() {
        return None;
    }
    let shares = shares(&attempts);
    let mut each: Vec<TaskHealth> = attempts
        .iter()
        .enumerate()
        .map(|(at, (task, attempts))| {
            let held = attempts.values().filter(|attempt| attempt.held()).count() as u64;
            let of_late = |attempt: &&Attempt| nights.len() > RECENT && attempt.first >= recent_from;
            let recent: Vec<&Attempt> = attempts.values().filter(of_late).collect();
            let recent_held = recent.iter().filter(|attempt| attempt.held()).count() as u64;
            let (recent, all) = ([recent_held, recent.len() as u64], attempts.len() as u64);
            TaskHealth {
                task: (*task).to_owned(),
                standing: standing(held, all, recent),
                resolved: held,
                attempts: all,
                discrimination: discrimination(&shares, at),
            }
        })
        .collect();
    let mut standings = BTreeMap::new();
    for task in &each {
        *standings.entry(task.standing).or_insert(0) += 1;
    }
    let all: Vec<f64> = each.iter().map(|task| task.resolved as f64 / task.attempts as f64).collect();
    each.sort_by(|a, b| rank(a.standing).cmp(&rank(b.standing)).then_with(|| a.task.cmp(&b.task)));
    let best: Vec<(f64, u64, u64)> = nights
        .iter()
        .enumerate()
        .filter_map(|(at, night)| {
            let models = nightly.get(night.as_str())?;
            // Most resolved by share; of equal ones the one that tried more.
            let best = models.values().max_by(|a, b| (a.0 * b.1, a.1).cmp(&(b.0 * a.1, b.1)))?;
            Some((at as f64, best.0, best.1))
        })
        .collect();
    Some(SuiteHealth {
        tasks: each.len() as u64,
        attempts: each.iter().map(|task| task.attempts).sum(),
        nights: nights.len() as u64,
        standings,
        effective_tasks: effective_tasks(&all),
        saturation: saturation(&best),
        each,
    })
}

fn rank(standing: Standing) -> u8 {
    match standing {
        Standing::Saturated => 0,
        Standing::Moving => 1,
        Standing::OutOfReach => 2,
        Standing::Frontier => 3,
        Standing::Unknown => 4,
    }
}

/// Each model's share on each task, over its attempts.
fn shares(attempts: &BTreeMap<&str, BTreeMap<(String, &str), Attempt>>) -> Vec<Vec<Option<f64>>> {
    let mut models: BTreeMap<&str, Vec<Option<f64>>> = BTreeMap::new();
    for (at, of_task) in attempts.values().enumerate() {
        let mut sums: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
        for ((model, _), attempt) in of_task {
            let sum = sums.entry(model).or_default();
            sum.0 += f64::from(u8::from(attempt.held()));
            sum.1 += 1.0;
        }
        for (model, (resolved, all)) in sums {
            models.entry(model).or_insert_with(|| vec![None; attempts.len()])[at] = Some(resolved / all);
        }
    }
    models.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::super::trend::tests::row;
    use super::*;

    #[test]
    fn tasks_by_standing() {
        let nights: Vec<String> = (1..=40).map(|day| format!("2026-10-{day:02}")).collect();
        let mut rows = Vec::new();
        for (day, night) in nights.iter().enumerate() {
            let new = day.to_string();
            rows.push(row(night, "easy", &new, true));
            rows.push(row(night, "hard", &new, false));
            rows.push(row(night, "half", &new, day % 2 == 0));
            rows.push(row(night, "moving", &new, day >= 38));
            // The same prediction every night is one attempt.
            rows.push(row(night, "repeated", "same", true));
        }
        let health = suite_health(&nights, &rows).unwrap();
        let shown: Vec<_> = health
            .each
            .iter()
            .map(|task| (task.task.as_str(), task.standing, task.resolved, task.attempts))
            .collect();
        assert_eq!(
            shown,
            [
                ("easy", Standing::Saturated, 40, 40),
                ("moving", Standing::Moving, 2, 40),
                ("hard", Standing::OutOfReach, 0, 40),
                ("half", Standing::Frontier, 20, 40),
                ("repeated", Standing::Unknown, 1, 1),
            ]
        );
        assert_eq!(health.standings[&Standing::Saturated], 1);
        assert_eq!(health.of(Standing::Moving), ["moving"]);
        // v = ¼ and 0.05·0.95.
        let expected = (0.25_f64 + 0.0475).powi(2) / (0.25_f64.powi(2) + 0.0475_f64.powi(2));
        assert!((health.effective_tasks - expected).abs() < 1e-12);
        rows.reverse();
        assert_eq!(suite_health(&nights, &rows), Some(health));
        assert_eq!(suite_health(&nights, &[]), None);
    }
}
