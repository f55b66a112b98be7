//! One side of a comparison: records in, one at a time, in any order.
//!
//! Memory grows with models × tasks, about 350 bytes each, not with records.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::measure::{MEASURES, Measure};
use crate::evaluate::record::Outcome;
use crate::evaluate::{EMPTY, GOLD, Record};

/// Lists of controls that are off are no longer than this.
const LIST: usize = 20;

/// A model within its scaffold.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ModelKey {
    /// Model.
    pub model: String,
    /// The agent around it.
    pub scaffold: Option<String>,
}

impl fmt::Display for ModelKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.model)?;
        match &self.scaffold {
            Some(scaffold) => write!(f, " ({scaffold})"),
            None => Ok(()),
        }
    }
}

/// A run, folded.
#[derive(Debug, Clone, Default)]
pub struct Side {
    tasks: BTreeMap<String, u32>,
    suite: Option<BTreeSet<String>>,
    models: BTreeMap<ModelKey, BTreeMap<u32, Cell>>,
    controls: Controls,
}

/// What came of the controls of one side.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Controls {
    /// Records of `gold` and `empty`.
    pub seen: u64,
    /// Those that are off.
    pub off_count: u64,
    /// `gold on TASK`, by name, at most 20.
    pub off: BTreeSet<String>,
}

/// One model on one task: counts of trials, and sums in whole units.
#[derive(Debug, Clone, Default)]
pub(super) struct Cell {
    pub records: u32,
    pub missing: u32,
    pub invalid: u32,
    /// Resolved trials whose edits were not measured.
    pub unmeasured: u32,
    sums: [u64; MEASURES],
    counts: [u32; MEASURES],
}

impl Cell {
    fn add(&mut self, record: &Record) {
        self.records += 1;
        match record.outcome {
            Outcome::Missing => self.missing += 1,
            Outcome::Invalid => self.invalid += 1,
            _ => {
                self.unmeasured += u32::from(record.outcome == Outcome::Resolved && record.edits.is_none());
                for measure in Measure::ALL {
                    if let Some(value) = measure.of(record) {
                        let sum = &mut self.sums[measure as usize];
                        *sum = sum.saturating_add((value / measure.unit()).round() as u64);
                        self.counts[measure as usize] += 1;
                    }
                }
            }
        }
    }

    /// Trials that a verdict rests on.
    pub(super) fn valid(&self) -> u32 {
        self.records - self.missing - self.invalid
    }

    /// Mean over samples, and their number; none where the measure was not taken.
    pub(super) fn mean(&self, measure: Measure) -> Option<(f64, u32)> {
        let count = self.counts[measure as usize];
        let whole = measure != Measure::ResolvedAndClean || self.unmeasured == 0;
        (count > 0 && whole)
            .then(|| (self.sums[measure as usize] as f64 * measure.unit() / f64::from(count), count))
    }

    /// Successes and trials of a yes-or-no measure.
    pub(super) fn successes(&self, measure: Measure) -> [u64; 2] {
        [self.sums[measure as usize], self.counts[measure as usize].into()]
    }
}

impl Side {
    /// Nothing taken in yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Of records that are all in memory. They must be distinct trials.
    pub fn of<'a>(records: impl IntoIterator<Item = &'a Record>) -> Self {
        let mut side = Self::new();
        for record in records {
            side.add(record);
        }
        side
    }

    /// Says which tasks the run was about: others are not missing from it, but no part of it.
    pub fn set_suite(&mut self, tasks: impl IntoIterator<Item = String>) {
        self.suite = Some(tasks.into_iter().collect());
    }

    /// Takes a record in. Each trial must come once; the readers of `store` see to that.
    pub fn add(&mut self, record: &Record) {
        let next = self.tasks.len() as u32;
        let task = match self.tasks.get(&record.task) {
            Some(&task) => task,
            None => *self.tasks.entry(record.task.clone()).or_insert(next),
        };
        if record.model == GOLD || record.model == EMPTY {
            self.controls.add(record);
            return;
        }
        let key = ModelKey { model: record.model.clone(), scaffold: record.scaffold.clone() };
        self.models.entry(key).or_default().entry(task).or_default().add(record);
    }

    /// Models without controls.
    pub fn models(&self) -> impl Iterator<Item = &ModelKey> {
        self.models.keys()
    }

    /// Whether it has a record of the model.
    pub fn has(&self, key: &ModelKey) -> bool {
        self.models.contains_key(key)
    }

    /// What came of its controls.
    pub fn controls(&self) -> &Controls {
        &self.controls
    }

    /// Names of tasks with a record.
    pub fn tasks(&self) -> impl Iterator<Item = &str> {
        self.tasks.keys().map(String::as_str)
    }

    /// Whether a task belongs to this side's suite, as far as is known.
    pub(super) fn covers(&self, task: &str) -> bool {
        self.suite.as_ref().is_none_or(|suite| suite.contains(task))
    }

    /// Tasks by name with the model's cell.
    pub(super) fn cells<'a>(&'a self, key: &ModelKey) -> impl Iterator<Item = (&'a str, &'a Cell)> {
        let cells = self.models.get(key);
        self.tasks.iter().filter_map(move |(name, task)| Some((name.as_str(), cells?.get(task)?)))
    }
}

impl Controls {
    fn add(&mut self, record: &Record) {
        let must_resolve = record.model == GOLD;
        let ok = record.outcome != Outcome::Invalid && (record.outcome == Outcome::Resolved) == must_resolve;
        self.seen += 1;
        if !ok {
            self.off_count += 1;
            self.off.insert(format!("{} on {}", record.model, record.task));
            if self.off.len() > LIST {
                self.off.pop_last();
            }
        }
    }
}
