//! A plan in parts: what trials are expected to cost, and which part each task goes to.
//!
//! In: records of earlier runs, and groups of tasks that share a snapshot. Out: expected seconds, and for each shard its
//! tasks. Pure, save that a group's key is read off a task.
//!
//! Invariants: a task is never split, since its controls belong to it; every task is in exactly one shard; the same
//! groups and number of shards give the same shards on every machine.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::plan::EMPTY;
use super::record::{Outcome, Record};
use crate::task::{Environment, Task};

/// Seconds of a trial of which nothing is known.
const ASSUMED_TRIAL_S: f64 = 10.0;
/// Seconds of the making of a snapshot of which nothing is known.
const ASSUMED_SNAPSHOT_S: f64 = 60.0;
/// Runs of the test command that controls take: base, base with the test patch, gold.
const CONTROL_RUNS: f64 = 3.0;

/// What tasks with the same snapshot have in common, 16 hex digits: repository, commit, language, environment. Told from
/// the tasks alone, so that a plan needs neither clones nor tools.
pub fn group_key(task: &Task) -> String {
    let Environment { setup, build, packages, toolchain, variables, image, workdir } = &task.environment;
    let parts = format!(
        "{:?}\0{:?}\0{}\0{setup:?}\0{build:?}\0{packages:?}\0{toolchain:?}\0{variables:?}\0{image:?}\0{workdir:?}",
        task.source, task.commit, task.language
    );
    blake3::hash(parts.as_bytes()).to_hex()[..16].to_owned()
}

/// What an expected time rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The same trial, earlier.
    Trial,
    /// Other trials of the task.
    Task,
    /// Trials of other tasks.
    Suite,
    /// Nothing: assumed.
    Assumed,
}

#[derive(Debug, Clone, Copy, Default)]
struct Average {
    sum: f64,
    count: u32,
}

impl Average {
    fn add(&mut self, value: f64) {
        self.sum += value;
        self.count += 1;
    }

    fn value(self) -> Option<f64> {
        (self.count > 0).then(|| self.sum / f64::from(self.count))
    }
}

/// Times of earlier runs.
#[derive(Debug, Clone, Default)]
pub struct Costs {
    trials: BTreeMap<String, Average>,
    tasks: BTreeMap<String, Average>,
    all: Average,
    snapshots: BTreeMap<String, f64>,
    controls: BTreeMap<String, Average>,
}

impl Costs {
    /// Learns from a record. Invalid and missing trials took no time worth knowing.
    pub fn learn(&mut self, record: &Record) {
        let timing = |name: &str| record.timing.get(name).copied().filter(|s| s.is_finite() && *s >= 0.0);
        if let Some(seconds) = timing("snapshot_s") {
            let longest = self.snapshots.entry(record.task.clone()).or_insert(seconds);
            *longest = longest.max(seconds);
        }
        if let Some(seconds) = timing("controls_s") {
            self.controls.entry(record.task.clone()).or_default().add(seconds);
        }
        let control = record.model == EMPTY || record.model == super::GOLD;
        if control || matches!(record.outcome, Outcome::Invalid | Outcome::Missing) {
            return;
        }
        let seconds: f64 = ["test_s", "edits_s", "lint_s"].into_iter().filter_map(timing).sum();
        self.trials.entry(record.trial.clone()).or_default().add(seconds);
        self.tasks.entry(record.task.clone()).or_default().add(seconds);
        self.all.add(seconds);
    }

    /// Expected seconds of a trial with a prediction.
    pub fn trial(&self, trial: &str, task: &str) -> (f64, Basis) {
        let known = |averages: &BTreeMap<String, Average>, key: &str| averages.get(key)?.value();
        if let Some(seconds) = known(&self.trials, trial) {
            return (seconds, Basis::Trial);
        }
        if let Some(seconds) = known(&self.tasks, task) {
            return (seconds, Basis::Task);
        }
        self.all.value().map_or((ASSUMED_TRIAL_S, Basis::Assumed), |seconds| (seconds, Basis::Suite))
    }

    /// Expected seconds of a task's controls.
    pub fn controls(&self, task: &str) -> (f64, Basis) {
        if let Some(seconds) = self.controls.get(task).and_then(|average| average.value()) {
            return (seconds, Basis::Task);
        }
        let (seconds, basis) = self.trial("", task);
        (CONTROL_RUNS * seconds, basis)
    }

    /// Expected seconds of the making of a snapshot for these tasks: it is made once.
    pub fn snapshot<'a>(&self, tasks: impl IntoIterator<Item = &'a str>) -> (f64, Basis) {
        let longest = tasks
            .into_iter()
            .filter_map(|task| self.snapshots.get(task).copied())
            .fold(None, |longest: Option<f64>, seconds| Some(longest.map_or(seconds, |l| l.max(seconds))));
        if let Some(seconds) = longest {
            return (seconds, Basis::Task);
        }
        let known = self.snapshots.values().sum::<f64>();
        match self.snapshots.len() {
            0 => (ASSUMED_SNAPSHOT_S, Basis::Assumed),
            count => (known / count as f64, Basis::Suite),
        }
    }
}

/// Tasks that share a snapshot, with their expected seconds.
#[derive(Debug, Clone, PartialEq)]
pub struct Load {
    /// Seconds of the snapshot.
    pub snapshot_s: f64,
    /// Task id and seconds, controls included.
    pub tasks: Vec<(String, f64)>,
}

impl Load {
    fn seconds(&self) -> f64 {
        self.snapshot_s + self.tasks.iter().map(|(_, seconds)| seconds).sum::<f64>()
    }

    fn first(&self) -> &str {
        self.tasks.first().map_or("", |(id, _)| id)
    }
}

/// One shard's part.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Part {
    /// Task ids, sorted.
    pub tasks: Vec<String>,
    /// Expected seconds by one worker.
    pub seconds: f64,
}

/// Deals groups to `count` shards (at least one), heaviest first, each to the lightest shard so far (Graham 1969: at most
/// 4/3 of the best possible). A group heavier than an even share is first cut between tasks into about even pieces, each
/// of which makes the snapshot anew.
pub fn deal(groups: &[Load], count: usize) -> Vec<Part> {
    let count = count.max(1);
    let share = groups.iter().map(Load::seconds).sum::<f64>() / count as f64;
    let mut pieces: Vec<Load> = groups.iter().flat_map(|group| cut(group, share, count)).collect();
    pieces.sort_by(|a, b| b.seconds().total_cmp(&a.seconds()).then_with(|| a.first().cmp(b.first())));
    let mut parts = vec![Part::default(); count];
    for piece in pieces {
        // Among equally light ones the first: `min_by` keeps it.
        let Some(lightest) = parts.iter_mut().min_by(|a, b| a.seconds.total_cmp(&b.seconds)) else {
            continue;
        };
        lightest.seconds += piece.seconds();
        lightest.tasks.extend(piece.tasks.into_iter().map(|(id, _)| id));
    }
    for part in &mut parts {
        part.tasks.sort();
    }
    parts
}

fn cut(group: &Load, share: f64, count: usize) -> Vec<Load> {
    if group.seconds() <= share || group.tasks.len() < 2 {
        return vec![group.clone()];
    }
    let wanted = (group.seconds() / share).ceil() as usize;
    let mut pieces = vec![
        Load { snapshot_s: group.snapshot_s, tasks: Vec::new() };
        wanted.clamp(1, count).min(group.tasks.len())
    ];
    let mut tasks = group.tasks.clone();
    tasks.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    for task in tasks {
        let lightest = pieces.iter_mut().min_by(|a, b| match a.seconds().total_cmp(&b.seconds()) {
            Ordering::Equal => a.tasks.len().cmp(&b.tasks.len()),
            other => other,
        });
        if let Some(piece) = lightest {
            piece.tasks.push(task);
        }
    }
    pieces.retain(|piece| !piece.tasks.is_empty());
    pieces
}

#[cfg(test)]
mod unit {
    use proptest::prelude::*;

    use super::*;

    fn load(snapshot_s: f64, tasks: &[(&str, f64)]) -> Load {
        Load { snapshot_s, tasks: tasks.iter().map(|(id, s)| ((*id).to_owned(), *s)).collect() }
    }

    #[test]
    fn groups_stay_together_and_weigh_about_the_same() {
        let groups = [
            load(10.0, &[("a1", 5.0), ("a2", 5.0)]),
            load(10.0, &[("b1", 20.0)]),
            load(5.0, &[("c1", 4.0), ("c2", 1.0)]),
            load(5.0, &[("d1", 15.0)]),
        ];
        let parts = deal(&groups, 2);
        // The heaviest first: b (30) | a (20) | d (20) to a's | c (10) to b's.
        assert_eq!(parts[0], Part { tasks: vec!["b1".into(), "c1".into(), "c2".into()], seconds: 40.0 });
        assert_eq!(parts[1], Part { tasks: vec!["a1".into(), "a2".into(), "d1".into()], seconds: 40.0 });
    }

    #[test]
    fn a_group_that_is_too_heavy_is_cut_and_pays_its_snapshot_again() {
        let groups = [load(4.0, &[("a", 10.0), ("b", 10.0), ("c", 10.0), ("d", 10.0)])];
        let parts = deal(&groups, 2);
        assert_eq!(parts[0], Part { tasks: vec!["a".into(), "c".into()], seconds: 24.0 });
        assert_eq!(parts[1], Part { tasks: vec!["b".into(), "d".into()], seconds: 24.0 });
        assert_eq!(deal(&groups, 9).iter().filter(|part| part.tasks.is_empty()).count(), 5);
    }

    #[test]
    fn what_is_known_best_is_taken() {
        let record = |trial: &str, task: &str, timing: &[(&str, f64)]| -> Record {
            let timing: BTreeMap<&str, f64> = timing.iter().copied().collect();
            serde_json::from_value(serde_json::json!({
                "schema": "kerf/record/1", "trial": trial, "task": task, "language": "rust", "tier": 1, "model": "m",
                "sample": 0, "outcome": "resolved", "cost": {}, "timing": timing,
            }))
            .unwrap()
        };
        let mut costs = Costs::default();
        assert_eq!(costs.trial("x", "a"), (10.0, Basis::Assumed));
        assert_eq!(costs.snapshot(["a"]), (60.0, Basis::Assumed));
        costs.learn(&record("x", "a", &[("test_s", 3.0), ("lint_s", 1.0)]));
        costs.learn(&record("y", "a", &[("test_s", 1.0), ("edits_s", 1.0)]));
        assert_eq!(costs.trial("x", "a"), (4.0, Basis::Trial));
        assert_eq!(costs.trial("z", "a"), (3.0, Basis::Task));
        assert_eq!(costs.trial("z", "b"), (3.0, Basis::Suite));
        assert_eq!(costs.controls("a"), (9.0, Basis::Task));
        let mut control = record("e", "a", &[("snapshot_s", 7.0), ("controls_s", 2.5), ("test_s", 99.0)]);
        EMPTY.clone_into(&mut control.model);
        costs.learn(&control);
        assert_eq!(costs.controls("a"), (2.5, Basis::Task));
        assert_eq!(costs.snapshot(["b", "a"]), (7.0, Basis::Task));
        assert_eq!(costs.snapshot(["b"]), (7.0, Basis::Suite));
        assert_eq!(costs.trial("z", "a"), (3.0, Basis::Task), "a control's tests are not a trial's");
    }

    proptest! {
        #[test]
        fn every_task_is_in_one_shard(
            groups in prop::collection::vec(
                (0.0_f64..50.0, prop::collection::vec(0.0_f64..90.0, 1..6)), 1..12),
            count in 1_usize..9,
        ) {
            let mut number = 0;
            let groups: Vec<Load> = groups
                .into_iter()
                .map(|(snapshot_s, tasks)| Load {
                    snapshot_s,
                    tasks: tasks.into_iter().map(|s| { number += 1; (format!("t{number:03}"), s) }).collect(),
                })
                .collect();
            let parts = deal(&groups, count);
            prop_assert_eq!(parts.len(), count);
            let mut all: Vec<String> = parts.iter().flat_map(|part| part.tasks.clone()).collect();
            all.sort();
            let expected: Vec<String> = (1..=number).map(|n| format!("t{n:03}")).collect();
            prop_assert_eq!(all, expected);
            prop_assert_eq!(parts, deal(&groups, count));
        }
    }
}
