//! Figures over nights: one point a night, the alarm of its cumulative sum, and the nights on which it changed.
//!
//! In: trials of a suite's complete nights. Out: for each model and figure a [`Trend`], and tasks whose outcome wavers
//! though nothing about them changed.
//!
//! Only nights of the same question are points: of the tasks as they are on the last night (same hash), at least
//! [`COVER`] must have a valid trial. Missing and invalid trials are left out, so that a night's trouble is a gap and not a
//! drop. Nights before an accepted one are left out too: it set a new level.
//!
//! Invariant: the same trials in any order give the same bits.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::change::{self, changes};
use super::cusum::{Direction, LIMIT, SLACK, cusum, reference};
use crate::evaluate::record::Outcome;
use crate::store::history::TrialRow;

/// Share of the last night's tasks that a night must have an answer to.
pub const COVER: f64 = 0.9;

/// A figure with a trend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Figure {
    /// Share resolved.
    Resolved,
    /// Share resolved without an irrelevant unit.
    ResolvedAndClean,
    /// Mean irrelevant edit ratio.
    IrrelevantEditRatio,
    /// Share lint clean.
    LintClean,
}

impl Figure {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::Resolved, Self::ResolvedAndClean, Self::IrrelevantEditRatio, Self::LintClean];

    /// As in a comparison.
    pub fn name(self) -> &'static str {
        match self {
            Self::Resolved => "resolved",
            Self::ResolvedAndClean => "resolved_and_clean",
            Self::IrrelevantEditRatio => "irrelevant_edit_ratio",
            Self::LintClean => "lint_clean",
        }
    }

    /// The direction that is worse.
    pub fn bad(self) -> Direction {
        match self {
            Self::Resolved | Self::ResolvedAndClean | Self::LintClean => Direction::Down,
            Self::IrrelevantEditRatio => Direction::Up,
        }
    }

    fn of(self, trial: &TrialRow) -> Option<f64> {
        let yes = |is: bool| f64::from(u8::from(is));
        match self {
            Self::Resolved => Some(yes(trial.outcome == Outcome::Resolved)),
            Self::ResolvedAndClean => trial.clean.map(yes),
            Self::IrrelevantEditRatio => trial.ratio,
            Self::LintClean => trial.lint.map(yes),
        }
    }
}

/// One night of a trend.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Point {
    /// The night.
    pub night: String,
    /// Mean over tasks; null where the night is no point of this trend.
    pub value: Option<f64>,
    /// Tasks that it rests on.
    pub tasks: u64,
}

/// A cumulative sum above its limit on the last night.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TrendAlarm {
    /// The night on which the limit was passed first, of this run-up.
    pub night: String,
    /// The first night of the run-up: an estimate of when it began.
    pub since: String,
    /// Whether the figure got worse.
    pub worse: bool,
    /// Level while all was well.
    pub level: f64,
    /// Spread of one night that the sum is counted in.
    pub sigma: f64,
}

/// A night on which a figure changed for good.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TrendChange {
    /// First night of the new level.
    pub night: String,
    /// Mean of the nights before, back to the change before.
    pub before: f64,
    /// Mean of the nights from here on, up to the next change.
    pub after: f64,
    /// By permutation.
    pub p_value: f64,
    /// Whether the figure got worse.
    pub worse: bool,
}

/// A figure of a model over nights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Trend {
    /// `model`, or `model (scaffold)`.
    pub model: String,
    /// Figure.
    pub figure: Figure,
    /// Nights in order.
    pub points: Vec<Point>,
    /// The alarm that stands now; null where none does, or too few nights are known.
    pub alarm: Option<TrendAlarm>,
    /// Change points in order.
    pub changes: Vec<TrendChange>,
}

/// A task whose outcome wavered over nights with the same prediction and the same task.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Flaky {
    /// Task.
    pub task: String,
    /// Models whose unchanged prediction wavered.
    pub models: Vec<String>,
    /// Nights with such a trial on which it was resolved.
    pub resolved: u64,
    /// Nights with such a trial.
    pub nights: u64,
}

/// A model's name with its scaffold.
pub fn shown(model: &str, scaffold: Option<&str>) -> String {
    scaffold.map_or_else(|| model.to_owned(), |scaffold| format!("{model} ({scaffold})"))
}

fn valid(trial: &TrialRow) -> bool {
    !matches!(trial.outcome, Outcome::Missing | Outcome::Invalid)
}

/// Trends of all models that tried anything on the last of `nights`. `trials` are of these nights; `accepted` is the
/// last night that set a new level.
pub fn trends(nights: &[String], trials: &[TrialRow], accepted: Option<&str>, seed: u64) -> Vec<Trend> {
    let Some(last) = nights.last() else { return Vec::new() };
    let asked: BTreeMap<&str, &str> = trials
        .iter()
        .filter(|trial| trial.night == *last)
        .map(|trial| (trial.task.as_str(), trial.hash.as_str()))
        .collect();
    let mut by_model: BTreeMap<String, Vec<&TrialRow>> = BTreeMap::new();
    for trial in trials {
        let same = asked.get(trial.task.as_str()) == Some(&trial.hash.as_str());
        let recent = accepted.is_none_or(|accepted| trial.night.as_str() >= accepted);
        if same && recent && valid(trial) {
            by_model.entry(shown(&trial.model, trial.scaffold.as_deref())).or_default().push(trial);
        }
    }
    by_model.retain(|_, trials| trials.iter().any(|trial| trial.night == *last));
    let mut found = Vec::new();
    for (model, trials) in &by_model {
        for figure in Figure::ALL {
            found.extend(trend(model, figure, nights, trials, asked.len(), seed));
        }
    }
    found
}

/// None where the figure was measured on no night.
fn trend(
    model: &str,
    figure: Figure,
    nights: &[String],
    trials: &[&TrialRow],
    asked: usize,
    seed: u64,
) -> Option<Trend> {
    // Night → task → (sum, samples).
    let mut sums: BTreeMap<&str, BTreeMap<&str, (f64, f64)>> = BTreeMap::new();
    let mut answered: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for trial in trials {
        answered.entry(&trial.night).or_default().insert(&trial.task);
        if let Some(value) = figure.of(trial) {
            let (sum, samples) = sums.entry(&trial.night).or_default().entry(&trial.task).or_default();
            *sum += value;
            *samples += 1.0;
        }
    }
    let points: Vec<Point> = nights
        .iter()
        .map(|night| {
            let tasks = sums.get(night.as_str());
            let covered = answered.get(night.as_str()).map_or(0, BTreeSet::len);
            let value = tasks.filter(|_| covered as f64 >= COVER * asked as f64).map(|tasks| {
                tasks.values().map(|(sum, samples)| sum / samples).sum::<f64>() / tasks.len() as f64
            });
            Point { night: night.clone(), value, tasks: tasks.map_or(0, |tasks| tasks.len() as u64) }
        })
        .collect();
    let known: Vec<(&str, f64)> =
        points.iter().filter_map(|point| Some((point.night.as_str(), point.value?))).collect();
    if known.is_empty() {
        return None;
    }
    let values: Vec<f64> = known.iter().map(|(_, value)| *value).collect();
    let night = |at: usize| known[at].0.to_owned();
    // One task more or less is the least that a night can differ by.
    let least = points.iter().map(|point| point.tasks).max().map_or(1.0, |tasks| 1.0 / (tasks.max(1) as f64));
    let alarm = reference(&values, least).and_then(|level| {
        let sums = cusum(&values, level, SLACK, LIMIT);
        let now = sums.now?;
        let side = if now.direction == Direction::Up { &sums.up } else { &sums.down };
        let passed = (now.since..=now.at).find(|at| side[*at] > LIMIT).unwrap_or(now.at);
        Some(TrendAlarm {
            night: night(passed),
            since: night(now.since),
            worse: now.direction == figure.bad(),
            level: level.mean,
            sigma: level.sigma,
        })
    });
    let worse = |before: f64, after: f64| match figure.bad() {
        Direction::Down => after < before,
        Direction::Up => after > before,
    };
    let changes = changes(&values, change::Options { seed, ..change::Options::default() })
        .into_iter()
        .map(|found| TrendChange {
            night: night(found.at),
            before: found.before,
            after: found.after,
            p_value: found.p_value,
            worse: worse(found.before, found.after),
        })
        .collect();
    Some(Trend { model: model.to_owned(), figure, points, alarm, changes })
}

/// Tasks whose outcome wavered though prediction and task were the same, the most wavering first.
pub fn flaky(trials: &[TrialRow]) -> Vec<Flaky> {
    // (task, hash, trial) → model, resolved, nights.
    let mut seen: BTreeMap<(&str, &str, &str), (String, u64, u64)> = BTreeMap::new();
    for trial in trials.iter().filter(|trial| valid(trial)) {
        let key = (trial.task.as_str(), trial.hash.as_str(), trial.trial.as_str());
        let model = shown(&trial.model, trial.scaffold.as_deref());
        let (_, resolved, nights) = seen.entry(key).or_insert((model, 0, 0));
        *resolved += u64::from(trial.outcome == Outcome::Resolved);
        *nights += 1;
    }
    let mut found: BTreeMap<&str, (BTreeSet<String>, u64, u64)> = BTreeMap::new();
    for ((task, _, _), (model, resolved, nights)) in seen {
        if resolved > 0 && resolved < nights {
            let entry = found.entry(task).or_default();
            entry.0.insert(model);
            entry.1 += resolved;
            entry.2 += nights;
        }
    }
    let mut flaky: Vec<Flaky> = found
        .into_iter()
        .map(|(task, (models, resolved, nights))| Flaky {
            task: task.to_owned(),
            models: models.into_iter().collect(),
            resolved,
            nights,
        })
        .collect();
    let wavers = |flaky: &Flaky| flaky.resolved.min(flaky.nights - flaky.resolved);
    flaky.sort_by(|a, b| wavers(b).cmp(&wavers(a)).then_with(|| a.task.cmp(&b.task)));
    flaky
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A trial of model `m`; `prediction` tells identical ones from others.
    pub(crate) fn row(night: &str, task: &str, prediction: &str, resolved: bool) -> TrialRow {
        TrialRow {
            night: night.to_owned(),
            task: task.to_owned(),
            hash: format!("hash of {task}"),
            model: "m".to_owned(),
            scaffold: None,
            sample: 0,
            trial: format!("{task} {prediction}"),
            outcome: if resolved { Outcome::Resolved } else { Outcome::Unresolved },
            ratio: None,
            clean: None,
            lint: None,
        }
    }

    /// `tasks` tasks a night; as many of them are resolved as `counts` says, not always the same.
    fn fortnight(tasks: usize, counts: &[usize]) -> (Vec<String>, Vec<TrialRow>) {
        let nights: Vec<String> = (1..=counts.len()).map(|day| format!("2026-11-{day:02}")).collect();
        let mut rows = Vec::new();
        for (day, (night, count)) in nights.iter().zip(counts).enumerate() {
            for task in 0..tasks {
                let resolved = (task + day * 7) % tasks < *count;
                rows.push(row(night, &format!("t{task:03}"), &day.to_string(), resolved));
            }
        }
        (nights, rows)
    }

    #[test]
    fn a_drop_on_day_nine_is_dated_and_alarms() {
        let counts = [62, 60, 61, 63, 60, 62, 61, 62, 52, 51, 53, 52, 51, 52];
        let (nights, rows) = fortnight(100, &counts);
        let found = trends(&nights, &rows, None, 1);
        assert_eq!(found.len(), 1, "other figures were never measured");
        let trend = &found[0];
        assert_eq!(trend.points[8].value, Some(0.52));
        assert_eq!(trend.changes.len(), 1);
        assert_eq!((trend.changes[0].night.as_str(), trend.changes[0].worse), ("2026-11-09", true));
        let alarm = trend.alarm.as_ref().unwrap();
        assert_eq!((alarm.since.as_str(), alarm.worse), ("2026-11-09", true));
        assert_eq!(alarm.night, "2026-11-09", "ten points are many σ");
        // Seen from day eight all is well; and once accepted, the new level is the level.
        let eight = trends(&nights[..8], &rows, None, 1);
        assert!(eight[0].alarm.is_none() && eight[0].changes.is_empty());
        let accepted = trends(&nights, &rows, Some("2026-11-09"), 1);
        assert!(accepted[0].alarm.is_none() && accepted[0].changes.is_empty());
        assert_eq!(accepted[0].points[0].value, None);
    }

    #[test]
    fn a_night_of_trouble_or_of_another_suite_is_a_gap() {
        let (nights, mut rows) = fortnight(10, &[6, 6, 6, 6]);
        for row in rows.iter_mut().filter(|row| row.night == nights[1] && row.task.as_str() < "t002") {
            row.outcome = Outcome::Invalid;
        }
        for row in rows.iter_mut().filter(|row| row.night == nights[2]) {
            row.hash = "another".to_owned();
        }
        let found = trends(&nights, &rows, None, 1);
        let values: Vec<_> = found[0].points.iter().map(|point| point.value).collect();
        assert_eq!(values, [Some(0.6), None, None, Some(0.6)]);
        rows.retain(|row| row.night != nights[3]);
        assert!(trends(&nights, &rows, None, 1).is_empty(), "a model that is missing tonight has no trend");
    }

    #[test]
    fn only_an_unchanged_prediction_can_waver() {
        let rows = [
            row("1", "a", "same", true),
            row("2", "a", "same", false),
            row("3", "a", "same", true),
            row("1", "b", "old", true),
            row("2", "b", "new", false),
        ];
        let found = flaky(&rows);
        assert_eq!(found, [Flaky { task: "a".into(), models: vec!["m".into()], resolved: 2, nights: 3 }]);
    }
}
