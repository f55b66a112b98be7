//! What is kept of a trial: one line of `records.jsonl`, scalars and counts only.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use crate::metric::figures::ClassWeights;
use crate::patch::Rung;

/// Schema name of a record.
pub const RECORD_SCHEMA: &str = "kerf/record/1";

/// What became of a trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Every fail-to-pass and every pass-to-pass holds.
    Resolved,
    /// Every pass-to-pass holds, some but not all fail-to-pass pass.
    Partial,
    /// Anything less.
    Unresolved,
    /// The prediction changes nothing.
    Empty,
    /// No patch could be read from the prediction.
    Malformed,
    /// The patch does not apply.
    ApplyFailed,
    /// The tests did not end in time.
    TimedOut,
    /// kerf or the environment failed before the patched tree first ran.
    Invalid,
    /// There is no prediction for the task.
    Missing,
}

/// Why, where the outcome alone does not say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The patched tree does not compile.
    BuildFailed,
    /// A listed test failed.
    TestsFailed,
    /// A listed test was not run, also not alone.
    MissingTest,
    /// Memory, disk or processes ran out.
    Resource,
    /// The tests ran and left nothing that could be read.
    NoVerdict,
    /// A path outside the tree, through a symbolic link or into `.git`.
    UnsafePath,
    /// Invalid: set-up or build of the base failed.
    Setup,
    /// Invalid: the sandbox could not be had.
    Sandbox,
    /// Invalid: a tool is missing.
    Toolchain,
    /// Invalid: gold, run in the same snapshot, fails too.
    GoldFailed,
}

/// How the patch was read and applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Apply {
    /// `unified`, `search_replace`, `begin_patch`, `whole_files`.
    pub format: String,
    /// Exactly in that form, nothing around it.
    pub well_formed: bool,
    /// Rung of the ladder, null where it did not apply.
    pub rung: Option<Rung>,
}

/// Counts of tests: `[passed, listed]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tests {
    /// Fail-to-pass.
    pub fail_to_pass: [u32; 2],
    /// Pass-to-pass.
    pub pass_to_pass: [u32; 2],
    /// Tests outside the lists that passed at base and fail now.
    pub unlisted_regressions: u32,
    /// Listed tests with different results in repeated runs.
    pub flaky: u32,
    /// Tests run again by themselves; null where none was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reruns: Option<Reruns>,
    /// Settings of the test runner, and files of set-up and build, that the patch changed and that were put back before the tests ran.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub restored_settings: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// Pass-to-pass run again by themselves: those that failed, and as many drawn at random from those that passed. Were
/// rerunning fair, both would change their result equally often.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reruns {
    /// Of those that failed: `[passed on the rerun, rerun]`.
    pub failed: [u32; 2],
    /// Of those that passed: `[failed on the rerun, rerun]`.
    pub passed: [u32; 2],
}

/// Irrelevant edits of a patch. Ratios lie in 0..=1; null where there is no weight or the measure was not taken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Edits {
    /// `trial`, or `review` where neither gold nor tests were at hand.
    pub mode: String,
    /// Weight of grades A and B ÷ weight of all.
    pub irrelevant_edit_ratio: Option<f64>,
    /// Grade A only.
    pub strict: Option<f64>,
    /// A, B and unproven.
    pub upper: Option<f64>,
    /// Irrelevant weight itself, in tokens.
    pub excess: u32,
    /// Unproven units under suspicion, by weight.
    pub suspect_ratio: Option<f64>,
    /// Weight outside the minimal set of full ablation.
    pub removable_ratio: Option<f64>,
    /// Some file was compared by tokens for want of time.
    pub coarse: bool,
    /// Irrelevant units that ablation proved needed: errors of kerf.
    pub overturned: u32,
    /// Weight by class.
    pub weight: ClassWeights,
    /// Number of irrelevant units.
    pub irrelevant_units: u32,
    /// Sign → [grade, weight].
    pub by_kind: BTreeMap<String, (String, u32)>,
    /// Hashes of normalised irrelevant edits with their weight, at most 20, heaviest first.
    pub marks: Vec<(String, u32)>,
    /// What a mark stands for: sign, file where it belongs to the edit, text removed and added, cut. Left out where there
    /// are no marks.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub mark_names: BTreeMap<String, String>,
    /// Weight in tests.
    pub test_weight: u32,
    /// Weight in documentation.
    pub doc_weight: u32,
}

/// Lint compliance of a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Lint {
    /// `clean`, `findings`, `build_failed`, `invalid`, `no_linter`.
    pub status: LintStatus,
    /// New findings by level.
    pub new: BTreeMap<String, u32>,
    /// Findings of base that are gone.
    pub fixed: u32,
    /// Suppressions added.
    pub suppressions: u32,
    /// Changed lines that the formatter would alter.
    pub unformatted_lines: u32,
    /// Lines added or changed in code files.
    pub changed_code_lines: u32,
}

/// Whether the linters were satisfied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LintStatus {
    /// No new warning, error, suppression or unformatted changed line.
    Clean,
    /// Something new.
    Findings,
    /// The patched tree does not compile: the patch's fault, not clean.
    BuildFailed,
    /// The linter could not be run.
    Invalid,
    /// The repository has none that kerf knows.
    NoLinter,
}

/// Cross-file behaviour. Shares lie in 0..=1; null where there is nothing to count or the measure was not taken.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Context {
    /// The task's span, from gold.
    pub span: Option<crate::task::Span>,
    /// Of gold's files, the share with a non-irrelevant unit of the patch.
    pub file_recall: Option<f64>,
    /// Of the patch's files with a non-irrelevant unit, the share that gold changes.
    pub file_precision: Option<f64>,
    /// The same for entities.
    pub entity_recall: Option<f64>,
    /// The same for entities.
    pub entity_precision: Option<f64>,
    /// Of gold's files that ablation shows needed, the share that the patch reaches.
    pub obligation_recall: Option<f64>,
    /// Of references to a changed declaration, the share carried along.
    pub propagation: Option<f64>,
    /// References left to names that are gone.
    pub dangling: Option<u32>,
    /// Names used that nothing defines.
    pub invented: Option<u32>,
    /// Functions added that existed elsewhere.
    pub reinvented: Option<u32>,
}

/// What the prediction cost, as stated in it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Cost {
    /// US dollars.
    pub usd: Option<f64>,
    /// Tokens read.
    pub prompt_tokens: Option<u64>,
    /// Tokens written.
    pub completion_tokens: Option<u64>,
    /// Seconds.
    pub latency_s: Option<f64>,
    /// Steps of the agent.
    pub steps: Option<u64>,
}

/// One trial. A measure not taken is null. `environment` and `timing` are not compared between runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Record {
    /// `kerf/record/1`.
    pub schema: String,
    /// hash(task, scaffold, model, sample, prediction hash).
    pub trial: String,
    /// hash(task, snapshot, applied tree, limits); null where nothing was to be run.
    pub run_key: Option<String>,
    /// hash(run key, rules version, options); null where nothing was to be graded.
    pub grade_key: Option<String>,
    /// Task id.
    pub task: String,
    /// Language of the task.
    pub language: String,
    /// Support tier of the language, 1 to 3.
    pub tier: u8,
    /// Weight of gold's units in tokens, roles `code`, `config`, `other`.
    pub gold_weight: Option<u32>,
    /// Model; `gold` and `empty` are controls.
    pub model: String,
    /// The agent around the model.
    pub scaffold: Option<String>,
    /// 0-based.
    pub sample: u32,
    /// Outcome.
    pub outcome: Outcome,
    /// Why.
    pub reason: Option<Reason>,
    /// Null where there was no prediction.
    pub apply: Option<Apply>,
    /// Null where no test ran.
    pub tests: Option<Tests>,
    /// Null where nothing applied or the measure was not taken.
    pub edits: Option<Edits>,
    /// Null where nothing applied or the measure was not taken.
    pub lint: Option<Lint>,
    /// Null where nothing applied or the measure was not taken.
    pub context: Option<Context>,
    /// As stated by the prediction.
    pub cost: Cost,
    /// Protections and the like; not compared.
    #[serde(default)]
    pub environment: BTreeMap<String, serde_json::Value>,
    /// Seconds by phase; not compared.
    #[serde(default)]
    pub timing: BTreeMap<String, f64>,
}
