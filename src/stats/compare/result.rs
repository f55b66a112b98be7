//! What a comparison says, as values: `kerf/compare/1`.
//!
//! Invariant: same sides and options, same bytes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Schema name of a comparison.
pub const COMPARE_SCHEMA: &str = "kerf/compare/1";

/// A judgement, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Verdict {
    /// Nothing can be said: a control is off, or too many pairs are invalid or missing.
    Invalid,
    /// Worse, beyond chance.
    Regressed,
    /// Perhaps worse.
    Suspect,
    /// Too little is known.
    Inconclusive,
    /// Better, beyond chance.
    Improved,
    /// Alike within the margin.
    Equivalent,
}

impl Verdict {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Invalid => "INVALID",
            Self::Regressed => "REGRESSED",
            Self::Suspect => "SUSPECT",
            Self::Inconclusive => "INCONCLUSIVE",
            Self::Improved => "IMPROVED",
            Self::Equivalent => "EQUIVALENT",
        }
    }
}

/// How a p-value was come by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Exact McNemar with mid-p: one sample a side.
    McnemarMidP,
    /// Cochran–Mantel–Haenszel by task.
    CochranMantelHaenszel,
    /// Exact permutation by task, where tables are sparse.
    Permutation,
    /// Signs of the differences flipped.
    SignFlip,
}

/// Two runs, or models, on common tasks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Comparison {
    /// `kerf/compare/1`.
    pub schema: String,
    /// The worst over all models.
    pub verdict: Verdict,
    /// The reason in words.
    pub why: String,
    /// Key of the random numbers.
    pub seed: u64,
    /// Resamples of the bootstrap.
    pub resamples: u32,
    /// Half width of the region of equivalence, as a fraction.
    pub margin: f64,
    /// Controls that are off, at most 20 a side: `baseline: gold on TASK`.
    pub controls_off: Vec<String>,
    /// Records of controls on both sides; with 0 nothing vouches for the runs.
    pub controls: u64,
    /// Models on one side only: `baseline: m`.
    pub unpaired: Vec<String>,
    /// Tasks of one side's suite only, counted: `[baseline, candidate]`.
    pub other_tasks: [u64; 2],
    /// What is not the same of the two runs, where both say what they were made of.
    pub changed: Vec<Change>,
    /// One a model, by name.
    pub comparisons: Vec<ModelComparison>,
    /// Changed tasks of the primary family with what each rests on; the first of each figure.
    #[serde(default)]
    pub flips: Vec<Flip>,
}

/// A task that changed, and what that rests on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Flip {
    /// The candidate.
    pub model: String,
    /// Figure.
    pub metric: String,
    /// Task.
    pub task: String,
    /// Worse, else better.
    pub worse: bool,
    /// The sample that shows it, 0-based.
    pub sample: u32,
    /// State in the baseline.
    pub was: String,
    /// State in the candidate.
    pub now: String,
    /// A test with its line of the log, an edit unit, a finding; of the side that is worse.
    pub rests_on: String,
    /// File of the unit or finding.
    pub file: Option<String>,
    /// 1-based line of the file.
    pub line: Option<u64>,
}

/// Something that is not the same of two runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// `rules`, `task ID`, `toolchain rust`, …
    pub what: String,
    /// In the baseline.
    pub was: String,
    /// In the candidate.
    pub now: String,
    /// Whether a difference in figures may come from it alone, so that the runs are not comparable unless one says so.
    pub matters: bool,
}

/// One model against its baseline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ModelComparison {
    /// The candidate: `model`, or `model (scaffold)`.
    pub model: String,
    /// The baseline: `model@run`.
    pub baseline: String,
    /// Tasks compared.
    pub n: u64,
    /// Trials that count, of the baseline and of the candidate.
    pub trials: [u64; 2],
    /// Pairs of trials left out.
    pub excluded: Excluded,
    /// The worst of the primary family.
    pub verdict: Verdict,
    /// The reason in words.
    pub why: String,
    /// What was measured on both sides; the primary family first.
    pub metrics: Vec<MetricComparison>,
}

/// Pairs left out: a task and sample that one side lacks. With one sample a pair is a task.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Excluded {
    /// A side has no prediction, or no record.
    pub missing: u64,
    /// A side is invalid.
    pub invalid: u64,
}

/// One figure of a model against its baseline. Means over tasks of each task's mean over its samples.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MetricComparison {
    /// Name.
    pub metric: String,
    /// Whether the verdict of the model rests on it.
    pub primary: bool,
    /// Tasks on which both sides have it.
    pub n: u64,
    /// Baseline.
    pub a: f64,
    /// Candidate.
    pub b: f64,
    /// b − a.
    pub difference: f64,
    /// 95 % interval of the difference: Tango's for shares, paired bootstrap over tasks for all else. Null under two
    /// tasks where it is a bootstrap.
    pub interval: Option<[f64; 2]>,
    /// 90 % interval, which decides equivalence.
    pub interval_90: Option<[f64; 2]>,
    /// Two-sided.
    pub p_value: f64,
    /// Adjusted over the primary family of all models; null outside it.
    pub q_value: Option<f64>,
    /// How the p-value was come by.
    pub method: Method,
    /// The smallest true difference that would be seen with 80 % power at 5 %; null where nothing differs.
    pub minimum_detectable: Option<f64>,
    /// Judgement on this figure.
    pub verdict: Verdict,
    /// The reason in words.
    pub why: String,
    /// Tasks that are worse; the largest change first, then by name, at most 1,000.
    pub worse: Vec<String>,
    /// Tasks that are better, likewise.
    pub better: Vec<String>,
    /// How many are worse.
    pub worse_count: u64,
    /// How many are better.
    pub better_count: u64,
}
