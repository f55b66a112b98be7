//! One model's records, taken in one at a time, and its figures.

use std::collections::BTreeMap;

use super::bootstrap::{self, Part, Plan};
use super::cell::{Cell, FIGURES, Figure, Of, Scope};
use super::gap::{OnTask, gap};
use super::interval::Share;
use super::pass;
use super::summary::{
    ApplySummary, ContextSummary, CostSummary, EditFigures, EditSummary, LintSummary, Mean, ModelSummary,
    Options, PassAt, RerunSummary, SpanPass, Total,
};
use crate::evaluate::Record;
use crate::evaluate::record::{Edits, Lint, Outcome, Reason};
use crate::task::Span;

/// Columns of the joint bootstrap: every [`Figure`], then the pooled ratio on all and on resolved trials.
const COLUMNS: usize = FIGURES + 2;

/// Numbers of samples that pass@k is given for.
const KS: [u64; 9] = [1, 2, 3, 5, 10, 20, 50, 100, 200];

/// What records say of a task.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct TaskFacts {
    /// Its place among tasks by name; known at the end.
    place: u32,
    span: Option<Span>,
    /// Weight of gold, tokens.
    weight: Option<u32>,
    language: String,
}

/// Facts of tasks by their number, as far as some record says them.
#[derive(Debug, Default)]
pub(super) struct TaskSpans(Vec<TaskFacts>);

impl TaskSpans {
    /// Records of one task agree; where damaged ones do not, the wider span, the heavier gold and the later language hold,
    /// in whatever order they come.
    pub(super) fn learn(&mut self, task: u32, record: &Record) {
        let task = task as usize;
        if self.0.len() <= task {
            self.0.resize(task + 1, TaskFacts::default());
        }
        let facts = &mut self.0[task];
        facts.span = facts.span.max(record.context.as_ref().and_then(|context| context.span));
        facts.weight = facts.weight.max(record.gold_weight);
        if record.language > facts.language {
            facts.language.clone_from(&record.language);
        }
    }

    /// Numbers tasks by name.
    pub(super) fn place(&mut self, order: &[u32]) {
        for (place, task) in order.iter().enumerate() {
            if let Some(facts) = self.0.get_mut(*task as usize) {
                facts.place = place as u32;
            }
        }
    }

    fn known(&self, task: u32) -> TaskFacts {
        self.0.get(task as usize).cloned().unwrap_or_default()
    }

    pub(super) fn of(&self, task: u32) -> Option<Span> {
        self.0.get(task as usize).and_then(|facts| facts.span)
    }

    pub(super) fn counts(&self) -> BTreeMap<Span, u64> {
        let mut counts = BTreeMap::new();
        for span in self.0.iter().filter_map(|facts| facts.span) {
            *counts.entry(span).or_default() += 1;
        }
        counts
    }
}

/// What is kept of one model.
#[derive(Debug, Default)]
pub(super) struct ModelFold {
    cells: BTreeMap<u32, Box<Cell>>,
    outcomes: BTreeMap<Outcome, u64>,
    invalid_reasons: BTreeMap<String, u64>,
    reasons: BTreeMap<String, u64>,
    resolved_with_regressions: u64,
    reruns: RerunSummary,
    edits: EditSummary,
    lint: LintSummary,
    apply: ApplySummary,
    dangling: u64,
    invented: u64,
    reinvented: u64,
    usd: ExactTotal,
    prompt_tokens: ExactTotal,
    completion_tokens: ExactTotal,
    latency_s: ExactTotal,
    steps: ExactTotal,
    out_of_range: u64,
}

impl ModelFold {
    pub(super) fn cells(&self) -> impl Iterator<Item = (&u32, &Cell)> {
        self.cells.iter().map(|(task, cell)| (task, &**cell))
    }

    pub(super) fn add(&mut self, task: u32, record: &Record) {
        self.cells.entry(task).or_default().add(record);
        *self.outcomes.entry(record.outcome).or_default() += 1;
        self.add_reason(record);
        self.add_cost(record);
        if let Some(apply) = &record.apply {
            match apply.rung {
                Some(rung) => *self.apply.rungs.entry(rung).or_default() += 1,
                None => self.apply.not_applied += 1,
            }
        }
        if record.outcome == Outcome::Invalid {
            return;
        }
        let regressed = record.tests.as_ref().is_some_and(|tests| tests.unlisted_regressions > 0);
        self.resolved_with_regressions += u64::from(regressed && record.outcome == Outcome::Resolved);
        if let Some(reruns) = record.tests.as_ref().and_then(|tests| tests.reruns) {
            for (sum, [changed, all]) in
                [(&mut self.reruns.failed, reruns.failed), (&mut self.reruns.passed, reruns.passed)]
            {
                sum[0] += u64::from(changed);
                sum[1] += u64::from(all);
            }
        }
        record.edits.iter().for_each(|edits| self.add_edits(edits));
        record.lint.iter().for_each(|lint| self.add_lint(lint));
        if let Some(context) = &record.context {
            self.dangling += u64::from(context.dangling.unwrap_or(0));
            self.invented += u64::from(context.invented.unwrap_or(0));
            self.reinvented += u64::from(context.reinvented.unwrap_or(0));
        }
    }

    fn add_reason(&mut self, record: &Record) {
        let reasons = if record.outcome == Outcome::Invalid {
            &mut self.invalid_reasons
        } else if record.reason.is_some() {
            &mut self.reasons
        } else {
            return;
        };
        *reasons.entry(record.reason.map_or("unstated", reason_name).to_owned()).or_default() += 1;
    }

    fn add_cost(&mut self, record: &Record) {
        let cost = &record.cost;
        let mut bad = 0;
        for (total, value) in [(&mut self.usd, cost.usd), (&mut self.latency_s, cost.latency_s)] {
            match value {
                Some(value) if value >= 0.0 && value.is_finite() => {
                    total.add((value * ExactTotal::UNIT).round() as u128);
                }
                Some(_) => bad += 1,
                None => {}
            }
        }
        for (total, value) in [
            (&mut self.prompt_tokens, cost.prompt_tokens),
            (&mut self.completion_tokens, cost.completion_tokens),
            (&mut self.steps, cost.steps),
        ] {
            if let Some(value) = value {
                total.add(u128::from(value) * ExactTotal::UNIT as u128);
            }
        }
        self.out_of_range += bad;
    }

    fn add_edits(&mut self, edits: &Edits) {
        let sums = &mut self.edits;
        sums.no_code_edit += u64::from(edits.irrelevant_edit_ratio.is_none());
        sums.coarse += u64::from(edits.coarse);
        sums.overturned += u64::from(edits.overturned);
        sums.test_weight += u64::from(edits.test_weight);
        sums.doc_weight += u64::from(edits.doc_weight);
        for (kind, (grade, weight)) in &edits.by_kind {
            let sum = entry(&mut sums.by_kind, kind);
            sum.patches += 1;
            *(if grade == "A" { &mut sum.a } else { &mut sum.b }) += u64::from(*weight);
        }
        let weight = &edits.weight;
        for (class, part) in [
            ("needed", weight.needed),
            ("acquitted", weight.acquitted),
            ("supporting", weight.supporting),
            ("irrelevant", weight.irrelevant),
            ("unproven", weight.unproven),
        ] {
            *entry(&mut sums.weight, class) += u64::from(part);
        }
    }

    fn add_lint(&mut self, lint: &Lint) {
        let sums = &mut self.lint;
        *sums.status.entry(lint.status).or_default() += 1;
        for (level, count) in &lint.new {
            *entry(&mut sums.new, level) += u64::from(*count);
        }
        sums.fixed += u64::from(lint.fixed);
        sums.suppressions += u64::from(lint.suppressions);
        sums.unformatted_lines += u64::from(lint.unformatted_lines);
    }

    /// The figures, what its gap rests on, and the number of values out of range. `order` lists task numbers by task name.
    pub(super) fn finish(
        self,
        model: String,
        scaffold: Option<String>,
        order: &[u32],
        spans: &TaskSpans,
        options: Options,
    ) -> (ModelSummary, Vec<OnTask>, u64) {
        let plan = Plan { seed: options.seed, resamples: options.resamples };
        let cells: Vec<(u32, &Cell)> =
            order.iter().filter_map(|task| Some((*task, &**self.cells.get(task)?))).collect();
        let share =
            |of: fn(&Cell) -> Of| Share::clustered(cells.iter().map(move |(_, cell)| of(cell).pair()));
        let means = Means::new(&cells, plan);
        let tasks = on_tasks(&cells, spans);
        let count = |outcome| self.outcomes.get(&outcome).copied().unwrap_or(0);
        let unmeasured = cells.iter().any(|(_, cell)| cell.unmeasured > 0);
        let out_of_range =
            self.out_of_range + cells.iter().map(|(_, cell)| u64::from(cell.out_of_range)).sum::<u64>();
        let summary = ModelSummary {
            tasks: cells.len() as u64,
            trials: self.outcomes.values().sum(),
            invalid: count(Outcome::Invalid),
            missing: count(Outcome::Missing),
            resolved: share(|cell| cell.resolved),
            resolved_of_all: share(|cell| cell.resolved_of_all),
            resolved_and_clean: if unmeasured { Share::unknown() } else { share(|cell| cell.clean) },
            edits: EditSummary {
                all: means.edits(Scope::All, share(|cell| cell.marred[0])),
                resolved: means.edits(Scope::Resolved, share(|cell| cell.marred[1])),
                ..self.edits
            },
            lint: LintSummary { clean: share(|cell| cell.lint_clean), ..self.lint },
            context: ContextSummary {
                pass_by_span: pass_by_span(&cells, spans, plan),
                gap: gap(&tasks, plan),
                file_recall: means.of(Figure::FileRecall),
                file_precision: means.of(Figure::FilePrecision),
                entity_recall: means.of(Figure::EntityRecall),
                entity_precision: means.of(Figure::EntityPrecision),
                obligation_recall: means.of(Figure::ObligationRecall),
                propagation: means.of(Figure::Propagation),
                dangling: self.dangling,
                invented: self.invented,
                reinvented: self.reinvented,
            },
            apply: ApplySummary { well_formed: share(|cell| cell.well_formed), ..self.apply },
            pass_at: pass_at(&cells),
            cost: CostSummary {
                usd: self.usd.finish(),
                prompt_tokens: self.prompt_tokens.finish(),
                completion_tokens: self.completion_tokens.finish(),
                latency_s: self.latency_s.finish(),
                steps: self.steps.finish(),
            },
            outcomes: self.outcomes,
            invalid_reasons: self.invalid_reasons,
            reasons: self.reasons,
            resolved_with_regressions: self.resolved_with_regressions,
            reruns: self.reruns,
            model,
            scaffold,
        };
        (summary, tasks, out_of_range)
    }
}

/// Means over tasks with their intervals, all from the same draws.
struct Means<'a> {
    cells: &'a [(u32, &'a Cell)],
    intervals: [Option<[f64; 2]>; COLUMNS],
}

const SCOPES: [Scope; 2] = [Scope::All, Scope::Resolved];

impl<'a> Means<'a> {
    fn new(cells: &'a [(u32, &'a Cell)], plan: Plan) -> Self {
        let row = |place: usize| {
            let cell: &Cell = cells[place].1;
            let mut row = [Part::default(); COLUMNS];
            for figure in figures() {
                row[figure.index()] = cell.mean(figure);
            }
            for (place, scope) in SCOPES.into_iter().enumerate() {
                row[FIGURES + place] = cell.pooled(scope);
            }
            row
        };
        Self { cells, intervals: bootstrap::intervals(cells.len(), row, plan) }
    }

    fn of(&self, figure: Figure) -> Mean {
        Mean {
            value: bootstrap::ratio(self.cells.iter().map(|(_, cell)| cell.mean(figure))),
            interval: self.intervals[figure.index()],
            tasks: self.cells.iter().filter(|(_, cell)| cell.trials(figure) > 0).count() as u64,
            trials: self.cells.iter().map(|(_, cell)| cell.trials(figure)).sum(),
        }
    }

    fn edits(&self, scope: Scope, irrelevant_patch_rate: Share) -> EditFigures {
        let ratio = self.of(Figure::Ratio(scope));
        let place = FIGURES + usize::from(scope == Scope::Resolved);
        EditFigures {
            ratio,
            pooled: Mean {
                value: bootstrap::ratio(self.cells.iter().map(|(_, cell)| cell.pooled(scope))),
                interval: self.intervals[place],
                ..ratio
            },
            strict: self.of(Figure::Strict(scope)),
            upper: self.of(Figure::Upper(scope)),
            excess: self.of(Figure::Excess(scope)),
            suspect: self.of(Figure::Suspect(scope)),
            removable: self.of(Figure::Removable(scope)),
            irrelevant_patch_rate,
        }
    }
}

fn figures() -> impl Iterator<Item = Figure> {
    use Figure as F;
    let edits = SCOPES
        .into_iter()
        .flat_map(|s| [F::Ratio(s), F::Strict(s), F::Upper(s), F::Excess(s), F::Suspect(s), F::Removable(s)]);
    edits.chain([
        F::FileRecall,
        F::FilePrecision,
        F::EntityRecall,
        F::EntityPrecision,
        F::ObligationRecall,
        F::Propagation,
    ])
}

fn in_span<'a>(
    cells: &'a [(u32, &'a Cell)],
    spans: &'a TaskSpans,
    span: Span,
) -> impl Iterator<Item = (u64, u64)> + Clone + 'a {
    cells
        .iter()
        .filter(move |(task, _)| spans.of(*task) == Some(span))
        .map(|(_, cell)| cell.resolved.pair())
        .filter(|&(_, n)| n > 0)
}

fn pass_by_span(cells: &[(u32, &Cell)], spans: &TaskSpans, plan: Plan) -> BTreeMap<Span, SpanPass> {
    [Span::Local, Span::Neighbour, Span::Global]
        .into_iter()
        .map(|span| {
            let pairs = in_span(cells, spans, span);
            let of: Vec<(u32, &Cell)> =
                cells.iter().filter(|(task, _)| spans.of(*task) == Some(span)).copied().collect();
            let pass = SpanPass {
                tasks: pairs.clone().count() as u64,
                resolved: Share::clustered(pairs),
                irrelevant: irrelevant(&of, plan),
            };
            (span, pass)
        })
        .filter(|(_, pass)| pass.tasks > 0)
        .collect()
}

/// The irrelevant edit ratio of some tasks, on all trials.
fn irrelevant(cells: &[(u32, &Cell)], plan: Plan) -> Mean {
    let figure = Figure::Ratio(Scope::All);
    let [interval] = bootstrap::intervals(cells.len(), |place| [cells[place].1.mean(figure)], plan);
    Mean {
        value: bootstrap::ratio(cells.iter().map(|(_, cell)| cell.mean(figure))),
        interval,
        tasks: cells.iter().filter(|(_, cell)| cell.trials(figure) > 0).count() as u64,
        trials: cells.iter().map(|(_, cell)| cell.trials(figure)).sum(),
    }
}

/// What the gap rests on: tasks with a trial that is not invalid.
fn on_tasks(cells: &[(u32, &Cell)], spans: &TaskSpans) -> Vec<OnTask> {
    let one = |(task, cell): &(u32, &Cell)| {
        let (count, n) = cell.resolved.pair();
        let TaskFacts { place, span, weight, language } = spans.known(*task);
        OnTask { task: place, span, weight, language, count, n }
    };
    cells.iter().map(one).filter(|task| task.n > 0).collect()
}

fn pass_at(cells: &[(u32, &Cell)]) -> Vec<PassAt> {
    let most = cells.iter().map(|(_, cell)| cell.resolved.pair().1).max().unwrap_or(0);
    if most < 2 {
        return Vec::new();
    }
    KS.into_iter()
        .filter(|&k| k <= most)
        .filter_map(|k| {
            let (mut any, mut all, mut tasks) = (0.0, 0.0, 0_u64);
            for (count, n) in cells.iter().map(|(_, cell)| cell.resolved.pair()) {
                if let (Some(one), Some(every)) = (pass::any_of(n, count, k), pass::all_of(n, count, k)) {
                    any += one;
                    all += every;
                    tasks += 1;
                }
            }
            let m = tasks as f64;
            (tasks > 0).then(|| PassAt { k, any: any / m, all: all / m, tasks })
        })
        .collect()
}

/// A sum in whole parts, so that the order of adding does not matter.
#[derive(Debug, Default)]
struct ExactTotal {
    parts: u128,
    trials: u64,
}

impl ExactTotal {
    const UNIT: f64 = 1e12;

    fn add(&mut self, parts: u128) {
        self.parts = self.parts.saturating_add(parts);
        self.trials += 1;
    }

    fn finish(self) -> Total {
        Total { sum: (self.trials > 0).then(|| self.parts as f64 / Self::UNIT), trials: self.trials }
    }
}

fn entry<'a, V: Default>(map: &'a mut BTreeMap<String, V>, key: &str) -> &'a mut V {
    map.entry(key.to_owned()).or_default()
}

fn reason_name(reason: Reason) -> &'static str {
    match reason {
        Reason::BuildFailed => "build_failed",
        Reason::TestsFailed => "tests_failed",
        Reason::MissingTest => "missing_test",
        Reason::Resource => "resource",
        Reason::NoVerdict => "no_verdict",
        Reason::UnsafePath => "unsafe_path",
        Reason::Setup => "setup",
        Reason::Sandbox => "sandbox",
        Reason::Toolchain => "toolchain",
        Reason::GoldFailed => "gold_failed",
    }
}
