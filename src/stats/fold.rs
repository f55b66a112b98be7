//! Records in, one at a time; a [`RunSummary`] out.
//!
//! Memory grows with models × tasks ([`Cell`]s), not with records: a million records of 500 tasks and 20 models keep
//! ten thousand cells. The work at the end, the bootstrap, is shared among threads by model.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use rayon::prelude::*;

use super::bootstrap::Plan;
use super::cell::{Cell, Of};
use super::gap::{OnTask, to_median};
use super::habits::{Found, HabitFold};
use super::model::{ModelFold, TaskSpans};
use super::summary::{
    ControlSummary, Finding, Gap, HardTask, ModelSummary, Options, RunSummary, SUMMARY_SCHEMA,
};
use crate::evaluate::Record;
use crate::evaluate::record::Outcome;

/// Lists in a summary are no longer than this.
const LIST: usize = 20;

/// Models that are controls, and whether they must be resolved.
const CONTROLS: [(&str, bool); 2] = [("gold", true), ("empty", false)];

/// Takes records in, in any order.
#[derive(Debug)]
pub struct Summariser {
    options: Options,
    tasks: BTreeMap<String, u32>,
    spans: TaskSpans,
    models: BTreeMap<(String, Option<String>), ModelFold>,
    controls: BTreeMap<usize, Control>,
    habits: HabitFold,
    findings: Vec<Finding>,
}

#[derive(Debug, Default)]
struct Control {
    all: Of,
    off: std::collections::BTreeSet<String>,
}

impl Summariser {
    /// Nothing taken in yet.
    pub fn new(options: Options) -> Self {
        Self {
            options,
            tasks: BTreeMap::new(),
            spans: TaskSpans::default(),
            models: BTreeMap::new(),
            controls: BTreeMap::new(),
            habits: HabitFold::default(),
            findings: Vec::new(),
        }
    }

    /// Takes a record in.
    pub fn add(&mut self, record: &Record) {
        let next = self.tasks.len() as u32;
        let task = match self.tasks.get(&record.task) {
            Some(&task) => task,
            None => *self.tasks.entry(record.task.clone()).or_insert(next),
        };
        self.spans.learn(task, record);
        if let Some(place) = CONTROLS.iter().position(|(name, _)| *name == record.model) {
            self.add_control(place, record);
            return;
        }
        let key = (record.model.clone(), record.scaffold.clone());
        self.models.entry(key).or_default().add(task, record);
        self.habits.add(task, record);
        self.add_finding(record);
    }

    fn add_control(&mut self, place: usize, record: &Record) {
        let must_resolve = CONTROLS[place].1;
        let ok = record.outcome != Outcome::Invalid && (record.outcome == Outcome::Resolved) == must_resolve;
        let control = self.controls.entry(place).or_default();
        control.all.add(ok);
        if !ok {
            control.off.insert(record.task.clone());
            if control.off.len() > LIST {
                control.off.pop_last();
            }
        }
    }

    fn add_finding(&mut self, record: &Record) {
        let Some(edits) = record.edits.as_ref().filter(|edits| edits.irrelevant_units > 0) else { return };
        if record.outcome == Outcome::Invalid {
            return;
        }
        let least = self.findings.last().map_or(0, |last| last.excess);
        if self.findings.len() == LIST && edits.excess < least {
            return;
        }
        let finding = Finding {
            task: record.task.clone(),
            model: record.model.clone(),
            scaffold: record.scaffold.clone(),
            sample: record.sample,
            outcome: record.outcome,
            irrelevant_units: edits.irrelevant_units,
            excess: edits.excess,
            ratio: edits.irrelevant_edit_ratio,
            by_kind: edits.by_kind.clone(),
        };
        let place = self.findings.partition_point(|other| rank(other) <= rank(&finding));
        self.findings.insert(place, finding);
        self.findings.truncate(LIST);
    }

    /// The figures.
    pub fn finish(self) -> RunSummary {
        let Self { options, tasks, mut spans, models, controls, habits, findings } = self;
        // From here on tasks are numbered by name, so that neither sums nor draws depend on the order of records.
        let order: Vec<u32> = tasks.values().copied().collect();
        spans.place(&order);
        let hardest = hardest(&tasks, &spans, models.values());
        let folded: Vec<_> = models
            .into_par_iter()
            .map(|((model, scaffold), fold)| fold.finish(model, scaffold, &order, &spans, options))
            .collect();
        let out_of_range = folded.iter().map(|(_, _, out_of_range)| out_of_range).sum();
        let (mut models, on_tasks): (Vec<ModelSummary>, Vec<Vec<OnTask>>) =
            folded.into_iter().map(|(model, tasks, _)| (model, tasks)).unzip();
        let plan = Plan { seed: options.seed, resamples: options.resamples };
        let mut gaps: Vec<&mut Gap> = models.iter_mut().map(|model| &mut model.context.gap).collect();
        to_median(&on_tasks, &mut gaps, plan);
        let Found { habits, mut without } = habits.finish(&order, plan);
        for model in &mut models {
            model.edits.without_habits = without.remove(&(model.model.clone(), model.scaffold.clone()));
        }
        RunSummary {
            schema: SUMMARY_SCHEMA.to_owned(),
            seed: options.seed,
            resamples: options.resamples,
            tasks: tasks.len() as u64,
            trials: models.iter().map(|model| model.trials).sum(),
            invalid: models.iter().map(|model| model.invalid).sum(),
            missing: models.iter().map(|model| model.missing).sum(),
            out_of_range,
            spans: spans.counts(),
            models,
            controls: controls
                .into_iter()
                .map(|(place, control)| control.finish(CONTROLS[place].0))
                .collect(),
            habits,
            findings,
            hardest,
        }
    }
}

impl Control {
    fn finish(self, model: &str) -> ControlSummary {
        let (ok, total) = self.all.pair();
        ControlSummary { model: model.to_owned(), ok, total, off: self.off.into_iter().collect() }
    }
}

/// Heaviest first; ties by everything else, so that the order of records does not matter.
fn rank(finding: &Finding) -> impl Ord + '_ {
    let Finding { task, model, scaffold, sample, outcome, irrelevant_units, excess, ratio, by_kind } =
        finding;
    (
        Reverse(*excess),
        task,
        model,
        scaffold,
        sample,
        outcome,
        irrelevant_units,
        ratio.map(f64::to_bits),
        by_kind,
    )
}

fn hardest<'a>(
    tasks: &BTreeMap<String, u32>,
    spans: &TaskSpans,
    models: impl Iterator<Item = &'a ModelFold>,
) -> Vec<HardTask> {
    let mut sums = vec![(0_u64, 0_u64); tasks.len()];
    for (&task, cell) in models.flat_map(ModelFold::cells) {
        let cell: &Cell = cell;
        let (count, n) = cell.resolved.pair();
        sums[task as usize].0 += count;
        sums[task as usize].1 += n;
    }
    let mut open: Vec<(&String, u32, u64, u64)> = tasks
        .iter()
        .map(|(name, &task)| (name, task, sums[task as usize].0, sums[task as usize].1))
        .filter(|(_, _, resolved, trials)| resolved < trials)
        .collect();
    open.sort_by(|a, b| {
        // a.2/a.3 < b.2/b.3 without division.
        (u128::from(a.2) * u128::from(b.3))
            .cmp(&(u128::from(b.2) * u128::from(a.3)))
            .then_with(|| a.0.cmp(b.0))
    });
    open.truncate(LIST);
    open.into_iter()
        .map(|(name, task, resolved, trials)| HardTask {
            task: name.clone(),
            span: spans.of(task),
            resolved,
            trials,
        })
        .collect()
}
