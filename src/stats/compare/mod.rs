//! Two runs, or two models, on common tasks: what got worse, by how much, how sure.
//!
//! In: two [`Side`]s, which models to pair, and [`Options`]. Out: a [`Comparison`] with a verdict per figure, per model
//! and over all.
//!
//! - A **pair** is a task and sample that both sides tried. Pairs in which a side is missing or invalid are left out and
//!   counted. A task for which one side has no record at all is missing there, unless the run says that the task is no
//!   part of its suite.
//! - Every figure is a **mean over tasks** of the task's mean over its samples; the difference is candidate − baseline.
//! - Yes-or-no figures: exact McNemar with mid-p for one sample a side, else Cochran–Mantel–Haenszel by task, or the
//!   exact permutation distribution where tables are sparse; intervals by Tango's method. Ratios and amounts: signs of
//!   the differences flipped; intervals by bootstrap over tasks.
//! - The **primary family** (resolved, resolved and clean, irrelevant edit ratio, lint clean; all models) shares one
//!   adjustment by Benjamini and Hochberg. Only it decides.
//!
//! Invariant: the same records in any order, with the same options, give the same bits.

mod figure;
mod measure;
mod result;
mod side;
#[cfg(test)]
mod tests;
mod verdict;

use std::collections::BTreeSet;

use rayon::prelude::*;

pub use measure::{Kind, Measure};
pub use result::{
    COMPARE_SCHEMA, Change, Comparison, Excluded, Flip, Method, MetricComparison, ModelComparison, Verdict,
};
pub use side::{Controls, ModelKey, Side};

use self::figure::Raw;
use self::side::Cell;
use super::bootstrap::Plan;
use super::family;
use crate::evaluate::Record;

/// How to compare.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Key of the random numbers.
    pub seed: u64,
    /// Resamples of the bootstrap.
    pub resamples: u32,
    /// Differences within ± this are none to speak of: a fraction for shares and ratios, a part of the baseline's value
    /// for amounts.
    pub margin: f64,
    /// Alarms over nights, by model (`model`, or `model (scaffold)`) and figure: at least SUSPECT.
    pub alarms: BTreeSet<(String, String)>,
    /// Name of the baseline, in `model@name`; may be empty.
    pub baseline_name: String,
    /// What is not the same of the two runs, for the record.
    pub changed: Vec<Change>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: 0,
            resamples: 2000,
            margin: 0.02,
            alarms: BTreeSet::new(),
            baseline_name: String::new(),
            changed: Vec::new(),
        }
    }
}

/// A model and its baseline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// In the first side.
    pub baseline: ModelKey,
    /// In the second side.
    pub candidate: ModelKey,
}

/// Models to compare where nobody says: those of both sides; where there are none and each side has a single model,
/// these two.
pub fn pairs(baseline: &Side, candidate: &Side) -> Vec<Pair> {
    let common: Vec<Pair> = candidate
        .models()
        .filter(|key| baseline.has(key))
        .map(|key| Pair { baseline: key.clone(), candidate: key.clone() })
        .collect();
    let (mut of_a, mut of_b) = (baseline.models(), candidate.models());
    match (common.is_empty(), of_a.next(), of_b.next(), of_a.next(), of_b.next()) {
        (true, Some(a), Some(b), None, None) => vec![Pair { baseline: a.clone(), candidate: b.clone() }],
        _ => common,
    }
}

/// Compares records in memory, all models of both sides. Each trial must be there once on its side.
pub fn compare(baseline: &[Record], candidate: &[Record], options: &Options) -> Comparison {
    let (a, b) = (Side::of(baseline), Side::of(candidate));
    compare_sides(&a, &b, &pairs(&a, &b), options)
}

/// Compares the given pairs of models.
pub fn compare_sides(a: &Side, b: &Side, pairs: &[Pair], options: &Options) -> Comparison {
    let mut controls_off: Vec<String> =
        a.controls().off.iter().map(|control| format!("baseline: {control}")).collect();
    controls_off.extend(b.controls().off.iter().map(|control| format!("candidate: {control}")));
    let mut drafts: Vec<Draft> = pairs.par_iter().map(|pair| draft(a, b, pair, options)).collect();
    let p_values: Vec<f64> = drafts
        .iter()
        .flat_map(|draft| draft.raws.iter().filter(|raw| raw.measure.is_primary()).map(|raw| raw.p_value))
        .collect();
    let mut q_values = family::benjamini_hochberg(&p_values).into_iter();
    for draft in &mut drafts {
        for raw in draft.raws.iter_mut().filter(|raw| raw.measure.is_primary()) {
            raw.q_value = q_values.next();
        }
    }
    let comparisons: Vec<ModelComparison> =
        drafts.into_iter().map(|draft| verdict::judge(draft, &controls_off, options)).collect();
    let paired_a: BTreeSet<&ModelKey> = pairs.iter().map(|pair| &pair.baseline).collect();
    let paired_b: BTreeSet<&ModelKey> = pairs.iter().map(|pair| &pair.candidate).collect();
    let alone = |side: &'static str, models: Vec<&ModelKey>, paired: &BTreeSet<&ModelKey>| -> Vec<String> {
        models.iter().filter(|key| !paired.contains(*key)).map(|key| format!("{side}: {key}")).collect()
    };
    let mut unpaired = alone("baseline", a.models().collect(), &paired_a);
    unpaired.extend(alone("candidate", b.models().collect(), &paired_b));
    let (verdict, why) = verdict::whole(&comparisons, &controls_off);
    Comparison {
        schema: COMPARE_SCHEMA.to_owned(),
        verdict,
        why,
        seed: options.seed,
        resamples: options.resamples,
        margin: options.margin,
        controls: a.controls().seen + b.controls().seen,
        controls_off,
        unpaired,
        other_tasks: [
            a.tasks().filter(|task| !b.covers(task)).count() as u64,
            b.tasks().filter(|task| !a.covers(task)).count() as u64,
        ],
        changed: options.changed.clone(),
        comparisons,
        flips: Vec::new(),
    }
}

/// A model pair before it is judged.
struct Draft {
    model: String,
    baseline: String,
    n: u64,
    trials: [u64; 2],
    pairs: u64,
    excluded: Excluded,
    raws: Vec<Raw>,
}

/// A common task with both sides' cells.
struct Common<'a> {
    task: &'a str,
    a: &'a Cell,
    b: &'a Cell,
}

fn draft(a: &Side, b: &Side, pair: &Pair, options: &Options) -> Draft {
    let (common, pairs, excluded) = common(a, b, pair);
    let plan = Plan { seed: options.seed, resamples: options.resamples };
    let raws =
        Measure::ALL.into_par_iter().filter_map(|measure| figure::compare(measure, &common, plan)).collect();
    let baseline = if options.baseline_name.is_empty() {
        pair.baseline.to_string()
    } else {
        format!("{}@{}", pair.baseline, options.baseline_name)
    };
    let sum = |of: fn(&Common<'_>) -> u32| common.iter().map(|task| u64::from(of(task))).sum();
    Draft {
        model: pair.candidate.to_string(),
        baseline,
        n: common.len() as u64,
        trials: [sum(|task| task.a.valid()), sum(|task| task.b.valid())],
        pairs,
        excluded,
        raws,
    }
}

/// Tasks with a valid trial on both sides, by name; the number of pairs, and those left out.
fn common<'a>(a: &'a Side, b: &'a Side, pair: &Pair) -> (Vec<Common<'a>>, u64, Excluded) {
    let cells_a: Vec<(&str, &Cell)> = a.cells(&pair.baseline).filter(|(task, _)| b.covers(task)).collect();
    let cells_b: Vec<(&str, &Cell)> = b.cells(&pair.candidate).filter(|(task, _)| a.covers(task)).collect();
    let samples = |cells: &[(&str, &Cell)]| cells.iter().map(|(_, cell)| cell.records).max().unwrap_or(0);
    let (samples_a, samples_b) = (samples(&cells_a), samples(&cells_b));
    let as_many = samples_a == samples_b;
    let nothing = Cell::default();
    let (mut found, mut pairs, mut excluded) = (Vec::new(), 0, Excluded::default());
    let (mut of_a, mut of_b) = (cells_a.into_iter().peekable(), cells_b.into_iter().peekable());
    loop {
        let order = match (of_a.peek(), of_b.peek()) {
            (None, None) => break,
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some((task_a, _)), Some((task_b, _))) => task_a.cmp(task_b),
        };
        let from_a = if order.is_le() { of_a.next() } else { None };
        let from_b = if order.is_ge() { of_b.next() } else { None };
        let task = from_a.or(from_b).map_or("", |(task, _)| task);
        let (cell_a, cell_b) = (from_a.map(|(_, cell)| cell), from_b.map(|(_, cell)| cell));
        let samples = samples_a.min(samples_b);
        let (here, lost) = lost(cell_a.unwrap_or(&nothing), cell_b.unwrap_or(&nothing), as_many, samples);
        pairs += here;
        excluded.missing += lost.missing;
        excluded.invalid += lost.invalid;
        if let (Some(a), Some(b)) = (cell_a, cell_b)
            && a.valid() > 0
            && b.valid() > 0
        {
            found.push(Common { task, a, b });
        }
    }
    (found, pairs, excluded)
}

/// Pairs of one task, and those of them that are lost. Which samples would have met is not asked: each trial that is
/// missing or invalid costs one pair, up to all of them. Where the sides were run with different numbers of samples,
/// that alone makes none missing.
fn lost(a: &Cell, b: &Cell, as_many: bool, samples: u32) -> (u64, Excluded) {
    let (most, least) = (a.records.max(b.records), a.records.min(b.records));
    // With no sample on one side at all, all that the other has are lost.
    let pairs = if as_many || samples == 0 { most } else { most.min(samples) };
    let absent = if least == 0 || as_many { pairs - least.min(pairs) } else { 0 };
    let missing = (a.missing + b.missing + absent).min(pairs);
    let invalid = (a.invalid + b.invalid).min(pairs - missing);
    (pairs.into(), Excluded { missing: missing.into(), invalid: invalid.into() })
}
