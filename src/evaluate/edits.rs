//! Edits of a trial: the structural diff, its units' classes, and agreement with gold.

use super::bench::Bench;
use super::plan::Subject;
use super::record::{Context, Edits};
use super::symbols::Symbols;
use super::trees::changed_files;
use crate::diff::{Diff, diff};
use crate::metric::ablation::Ablated;
use crate::metric::context::{agreement, obligation_recall, span};
use crate::metric::figures::{EditFigures, Mode, figures};
use crate::metric::relevance::{Classified, Input, classify};
use crate::patch::{Overlaid, Tree, TreeChanges};
use crate::task::{Span, Task};

/// Gold as a diff: seen only to acquit, and to measure agreement and span.
pub(super) struct GoldView {
    /// Its units.
    pub diff: Diff,
    /// Their classes, with gold itself withheld.
    pub withheld: Vec<Classified>,
    /// Their weight in tokens, roles `code`, `config`, `other`.
    pub weight: u32,
    /// How far it reaches.
    pub span: Option<Span>,
}

impl GoldView {
    /// Diffs gold, and finds the span with gold's own grade A units left out.
    pub fn new(task: &Task, base: &dyn Tree, symbols: &Symbols, gold: &TreeChanges) -> Self {
        let diff = diff(&changed_files(base, gold));
        let withheld = classify(&input(task, base, &diff, None, symbols));
        let graph = symbols.graph_with(&Overlaid { base, changes: gold });
        let span = span(&diff, &withheld, &graph);
        let weight = figures(&diff, &withheld, Mode::Trial).weight.total();
        Self { diff, withheld, weight, span }
    }
}

pub(super) fn input<'a>(
    task: &'a Task,
    base: &'a dyn Tree,
    diff: &'a Diff,
    gold: Option<&'a Diff>,
    symbols: &'a Symbols,
) -> Input<'a> {
    Input {
        diff,
        gold,
        statement: Some(&task.statement),
        allow: task.allow.as_deref(),
        base,
        summaries: Some(symbols.summaries()),
        words: Some(symbols.words()),
    }
}

/// What the edits of a trial say.
pub(super) struct Measured {
    /// The structural diff.
    pub diff: Diff,
    /// A class for every unit.
    pub classified: Vec<Classified>,
    /// Figures of the record.
    pub edits: Edits,
    /// Figures of the record.
    pub context: Context,
}

/// Measures the edits of a result. The gold control is classified with gold withheld: what is accused there is an
/// error of kerf, to be seen.
pub(super) fn measure(bench: &Bench, subject: &Subject, changes: &TreeChanges) -> Measured {
    let diff = diff(&changed_files(bench.tree(), changes));
    let gold = bench.gold.as_ref();
    let acquitting = acquitting(bench, subject);
    let classified = classify(&input(&bench.task, bench.tree(), &diff, acquitting, bench.symbols()));
    let agreed =
        gold.map(|gold| agreement(&diff, &classified, &gold.diff, &gold.withheld)).unwrap_or_default();
    let context = Context {
        span: gold.and_then(|gold| gold.span),
        file_recall: agreed.file_recall,
        file_precision: agreed.file_precision,
        entity_recall: agreed.entity_recall,
        entity_precision: agreed.entity_precision,
        obligation_recall: bench
            .obligations
            .as_ref()
            .and_then(|files| obligation_recall(&diff, &classified, files)),
        ..Context::default()
    };
    let edits = record(figures(&diff, &classified, Mode::Trial));
    Measured { diff, classified, edits, context }
}

/// Gold as it acquits a subject: not itself.
pub(super) fn acquitting<'a>(bench: &'a Bench, subject: &Subject) -> Option<&'a Diff> {
    if *subject == Subject::Gold { None } else { bench.gold.as_ref().map(|gold| &gold.diff) }
}

/// Puts what ablation found into the figures and classes of a trial.
pub(super) fn put(measured: &mut Measured, ablated: &Ablated) {
    measured.edits = Edits {
        suspect_ratio: ablated.suspect_ratio,
        removable_ratio: ablated.removable_ratio,
        overturned: ablated.overturned,
        ..record(figures(&measured.diff, &ablated.headline, Mode::Trial))
    };
    measured.classified.clone_from(&ablated.shown);
}

/// The record's form; what only ablation measures is null.
pub(super) fn record(figures: EditFigures) -> Edits {
    Edits {
        mode: figures.mode.name().to_owned(),
        irrelevant_edit_ratio: figures.irrelevant_edit_ratio,
        strict: figures.strict,
        upper: figures.upper,
        excess: figures.excess,
        suspect_ratio: None,
        removable_ratio: None,
        coarse: figures.coarse,
        overturned: 0,
        weight: figures.weight,
        irrelevant_units: figures.irrelevant_units,
        by_kind: figures.by_kind,
        marks: figures.marks,
        mark_names: figures.mark_names,
        test_weight: figures.test_weight,
        doc_weight: figures.doc_weight,
    }
}
