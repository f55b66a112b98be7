//! What a run says, as values: the input of every report.
//!
//! In: records of a run, one at a time. Out: [`RunSummary`], each figure with the number that it rests on and, where
//! one can be given, a 95 % interval. Three rules hold throughout:
//!
//! - **Invalid** trials are left out of every figure and counted beside it; the pass rate is also given with them as
//!   failures. **Missing** predictions count as not resolved.
//! - Ratios of edits and shares of agreement are **means over tasks** of each task's mean over its samples, so that a
//!   task with many samples or long patches weighs no more than another; intervals by cluster bootstrap over tasks.
//! - Shares are over trials, with Wilson's interval, widened where several trials share a task.
//!
//! Invariant: the order of the records changes nothing.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::fold::Summariser;
use super::habits::{Habit, WithoutHabits};
use super::interval::Share;
use crate::evaluate::Record;
use crate::evaluate::record::{LintStatus, Outcome};
use crate::patch::Rung;
use crate::task::Span;

/// Schema name of a summary.
pub const SUMMARY_SCHEMA: &str = "kerf/summary/1";

/// A gap between spans is not given under so many tasks on either side.
pub const MIN_GAP_TASKS: u64 = 15;

/// How to summarise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Key of the bootstrap's random numbers.
    pub seed: u64,
    /// Resamples of the bootstrap; 0 gives no bootstrap intervals.
    pub resamples: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self { seed: 0, resamples: 2000 }
    }
}

/// A mean with the numbers that it rests on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Mean {
    /// Null where nothing was measured.
    pub value: Option<f64>,
    /// 95 % interval by cluster bootstrap over tasks; null under two tasks.
    pub interval: Option<[f64; 2]>,
    /// Tasks that it rests on.
    pub tasks: u64,
    /// Trials that it rests on.
    pub trials: u64,
}

/// A run in figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RunSummary {
    /// `kerf/summary/1`.
    pub schema: String,
    /// Key of the bootstrap's random numbers.
    pub seed: u64,
    /// Resamples of the bootstrap.
    pub resamples: u32,
    /// Tasks with a record, controls included.
    pub tasks: u64,
    /// Records without controls.
    pub trials: u64,
    /// Trials that kerf or the environment failed.
    pub invalid: u64,
    /// Tasks without a prediction, added up over models.
    pub missing: u64,
    /// Values outside their range (a share over 1, a negative cost), taken as not measured: a damaged record.
    pub out_of_range: u64,
    /// Tasks by span, as far as a record says it.
    pub spans: BTreeMap<Span, u64>,
    /// Figures per model, by model, then scaffold.
    pub models: Vec<ModelSummary>,
    /// `gold` and `empty`.
    pub controls: Vec<ControlSummary>,
    /// Edits that recur identically over a large share of a scaffold's patches, most frequent first.
    #[serde(default)]
    pub habits: Vec<Habit>,
    /// Trials with the most irrelevant weight, worst first; at most 20.
    pub findings: Vec<Finding>,
    /// Tasks by resolved share over all models, lowest first; at most 20, none that everybody resolved.
    pub hardest: Vec<HardTask>,
}

/// A control: what must come out of it is known before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ControlSummary {
    /// `gold`, which must be resolved, or `empty`, which must not.
    pub model: String,
    /// Trials as they must be.
    pub ok: u64,
    /// Trials.
    pub total: u64,
    /// Tasks where it is off, by name, at most 20.
    pub off: Vec<String>,
}

/// Figures of one model within one scaffold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ModelSummary {
    /// Model.
    pub model: String,
    /// The agent around it.
    pub scaffold: Option<String>,
    /// Tasks with a record.
    pub tasks: u64,
    /// Records.
    pub trials: u64,
    /// Of these invalid.
    pub invalid: u64,
    /// Of these without a prediction.
    pub missing: u64,
    /// Resolved, of all trials but the invalid ones.
    pub resolved: Share,
    /// Resolved, of all trials: the invalid ones as failures.
    pub resolved_of_all: Share,
    /// Resolved without an irrelevant unit, of all trials but the invalid ones. Unknown where the edits of a resolved
    /// trial were not measured.
    pub resolved_and_clean: Share,
    /// Trials by outcome.
    pub outcomes: BTreeMap<Outcome, u64>,
    /// Invalid trials by reason; `unstated` where the record has none.
    pub invalid_reasons: BTreeMap<String, u64>,
    /// All other trials with a reason, by reason.
    pub reasons: BTreeMap<String, u64>,
    /// Resolved trials that broke a test outside the lists.
    pub resolved_with_regressions: u64,
    /// Tests run again by themselves, over all trials.
    #[serde(default)]
    pub reruns: RerunSummary,
    /// Irrelevant edits.
    pub edits: EditSummary,
    /// Lint compliance.
    pub lint: LintSummary,
    /// Cross-file behaviour.
    pub context: ContextSummary,
    /// How predictions were read and applied.
    pub apply: ApplySummary,
    /// pass@k and pass^k; empty where a task has a single sample.
    pub pass_at: Vec<PassAt>,
    /// Cost as stated by the predictions.
    pub cost: CostSummary,
}

/// Pass-to-pass run again by themselves. Were rerunning fair, both would change their result equally often.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RerunSummary {
    /// Of those that failed: `[passed on the rerun, rerun]`.
    pub failed: [u64; 2],
    /// Of those that passed, drawn at random: `[failed on the rerun, rerun]`.
    pub passed: [u64; 2],
}

/// Irrelevant edits of a model.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EditSummary {
    /// On every trial whose edits were measured.
    pub all: EditFigures,
    /// On resolved trials.
    pub resolved: EditFigures,
    /// The same without the edits that recur over the scaffold's patches; null where there are none.
    #[serde(default)]
    pub without_habits: Option<WithoutHabits>,
    /// Patches without weight in code, configuration or other files: no ratio, left out of its means.
    pub no_code_edit: u64,
    /// Patches in which a file was compared by tokens for want of time.
    pub coarse: u64,
    /// Irrelevant units that ablation proved needed: errors of kerf.
    pub overturned: u64,
    /// Irrelevant weight in tokens by sign.
    pub by_kind: BTreeMap<String, KindWeight>,
    /// Weight in tokens by class (`needed`, `acquitted`, `supporting`, `irrelevant`, `unproven`).
    pub weight: BTreeMap<String, u64>,
    /// Weight in tests.
    pub test_weight: u64,
    /// Weight in documentation.
    pub doc_weight: u64,
}

/// Irrelevant weight under one sign.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KindWeight {
    /// Tokens of grade A.
    pub a: u64,
    /// Tokens of grade B.
    pub b: u64,
    /// Patches with it.
    pub patches: u64,
}

/// Figures over patches. Definitions of the ratios: [`crate::evaluate::record::Edits`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EditFigures {
    /// Headline: mean over tasks of `irrelevant_edit_ratio`.
    pub ratio: Mean,
    /// Irrelevant weight of all patches ÷ weight of all patches: long patches weigh more.
    pub pooled: Mean,
    /// Grade A only.
    pub strict: Mean,
    /// A, B and unproven.
    pub upper: Mean,
    /// Irrelevant weight, in tokens a patch.
    pub excess: Mean,
    /// Unproven units under suspicion.
    pub suspect: Mean,
    /// Weight outside the minimal set; from full ablation only.
    pub removable: Mean,
    /// Share of patches with an irrelevant unit.
    pub irrelevant_patch_rate: Share,
}

/// Lint compliance of a model.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LintSummary {
    /// Clean, of trials with status `clean`, `findings` or `build_failed`.
    pub clean: Share,
    /// Trials by status.
    pub status: BTreeMap<LintStatus, u64>,
    /// New findings by level.
    pub new: BTreeMap<String, u64>,
    /// Findings of base that are gone.
    pub fixed: u64,
    /// Suppressions added.
    pub suppressions: u64,
    /// Changed lines that the formatter would alter.
    pub unformatted_lines: u64,
}

/// Cross-file behaviour of a model.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ContextSummary {
    /// Resolved by the span of the task. A task's span is known from any record of it, so that trials that failed
    /// before it was measured count too.
    pub pass_by_span: BTreeMap<Span, SpanPass>,
    /// pass(local) − pass(global).
    pub gap: Gap,
    /// Mean over tasks; see [`crate::evaluate::record::Context`].
    pub file_recall: Mean,
    /// Mean over tasks.
    pub file_precision: Mean,
    /// Mean over tasks.
    pub entity_recall: Mean,
    /// Mean over tasks.
    pub entity_precision: Mean,
    /// Mean over tasks.
    pub obligation_recall: Mean,
    /// Mean over tasks.
    pub propagation: Mean,
    /// References left to names that are gone.
    pub dangling: u64,
    /// Names used that nothing defines.
    pub invented: u64,
    /// Functions added that existed elsewhere.
    pub reinvented: u64,
}

/// Pass rate on the tasks of one span.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SpanPass {
    /// Tasks with a trial that is not invalid.
    pub tasks: u64,
    /// Resolved, of trials that are not invalid.
    pub resolved: Share,
    /// Mean over tasks of the irrelevant edit ratio.
    #[serde(default)]
    pub irrelevant: Mean,
}

/// The global-context gap.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Gap {
    /// pass(local) − pass(global), in −1..=1; null where refused.
    pub value: Option<f64>,
    /// 95 % interval by bootstrap over tasks within each span.
    pub interval: Option<[f64; 2]>,
    /// Why there is none.
    pub refused: Option<String>,
    /// The same among tasks of equal gold weight and language, by logistic regression; see [`super::gap`].
    #[serde(default)]
    pub adjusted: Estimate,
    /// `value` less the median of the models that have one.
    #[serde(default)]
    pub to_median: Estimate,
}

/// A value with its interval, or why there is none.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Estimate {
    /// In −2..=2; null where refused.
    pub value: Option<f64>,
    /// 95 % interval by bootstrap over tasks within each span.
    pub interval: Option<[f64; 2]>,
    /// Why there is none.
    pub refused: Option<String>,
}

/// How predictions were read and applied.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ApplySummary {
    /// Predictions exactly in their form, nothing around it.
    pub well_formed: Share,
    /// Predictions by the rung of the ladder that accepted them.
    pub rungs: BTreeMap<Rung, u64>,
    /// Predictions that no rung accepted.
    pub not_applied: u64,
}

/// Chances over k samples, means over tasks.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PassAt {
    /// Number of samples.
    pub k: u64,
    /// At least one of k is resolved.
    pub any: f64,
    /// All k are resolved.
    pub all: f64,
    /// Tasks with at least k samples that are not invalid.
    pub tasks: u64,
}

/// Stated cost, added up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CostSummary {
    /// US dollars.
    pub usd: Total,
    /// Tokens read.
    pub prompt_tokens: Total,
    /// Tokens written.
    pub completion_tokens: Total,
    /// Seconds.
    pub latency_s: Total,
    /// Steps of the agent.
    pub steps: Total,
}

/// A sum with the number of trials that state a part of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Total {
    /// Null where no trial states any.
    pub sum: Option<f64>,
    /// Trials that state it.
    pub trials: u64,
}

/// A trial worth looking at for its irrelevant edits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// Task.
    pub task: String,
    /// Model.
    pub model: String,
    /// Scaffold.
    pub scaffold: Option<String>,
    /// 0-based.
    pub sample: u32,
    /// Outcome of the trial.
    pub outcome: Outcome,
    /// Number of irrelevant units.
    pub irrelevant_units: u32,
    /// Irrelevant weight in tokens.
    pub excess: u32,
    /// Irrelevant edit ratio.
    pub ratio: Option<f64>,
    /// Sign → [grade, weight].
    pub by_kind: BTreeMap<String, (String, u32)>,
}

/// A task with its resolved share over all models.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HardTask {
    /// Task.
    pub task: String,
    /// Its span, where a record says it.
    pub span: Option<Span>,
    /// Resolved trials, of all but invalid ones, controls left out.
    pub resolved: u64,
    /// Trials.
    pub trials: u64,
}

/// Summarises records that are all in memory; [`Summariser`] takes them one at a time.
pub fn summarise(records: &[Record], options: &Options) -> RunSummary {
    let mut summariser = Summariser::new(*options);
    for record in records {
        summariser.add(record);
    }
    summariser.finish()
}
