//! Where results go, and where earlier ones come from. `store` implements it over a run folder.

use serde::{Deserialize, Serialize};

use super::Record;
use super::canary::Marks;
use super::detail::Detail;
use crate::sandbox::StepOutput;

/// Why something was run beside the whole test command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Again {
    /// Listed, and named nowhere in the log.
    Missing,
    /// Announced, and cut off by a crash.
    Unreached,
    /// A pass-to-pass that failed.
    Failed,
    /// A fail-to-pass that passed in the whole run: a pass counts when it is confirmed by itself.
    Confirm,
    /// A pass-to-pass that passed, drawn at random: as many as there are of those that failed, so that it shows how
    /// much rerunning failures flatters.
    Control,
}

/// One test run by itself, or some together without the rest of their suite.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AloneRun {
    /// The test, as listed.
    pub test: String,
    /// The others of the same run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// Why.
    pub why: Again,
    /// What it printed.
    pub output: StepOutput,
    /// The file whose canaries ran in the same process, the switch set; none where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beside: Option<String>,
}

/// All that the tests of one tree printed: enough to grade it again without running.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TestRun {
    /// The whole test command.
    pub whole: StepOutput,
    /// Tests run alone, afterwards, in the same session.
    pub alone: Vec<AloneRun>,
    /// Canaries that were planted; none where there were none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marks: Option<Marks>,
    /// The random word in the marks that a data set's script prints around its tests; none where there is no script.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frame: Option<String>,
    /// What the test programs that the log names said that they hold, asked after the whole command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listing: Option<StepOutput>,
    /// Files of tests and settings that changed while the whole command ran.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub touched: Vec<String>,
}

impl TestRun {
    /// Of a command that was run for itself: no canaries, nothing run again.
    pub fn plain(whole: StepOutput) -> Self {
        Self { whole, alone: Vec::new(), marks: None, frame: None, listing: None, touched: Vec::new() }
    }
}

/// What the linters printed about one tree.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct LintRun {
    /// Output by linter; of formatters by linter and file.
    pub outputs: std::collections::BTreeMap<String, StepOutput>,
    /// Why there is none: never kept.
    pub broken: Option<String>,
}

/// Results could not be kept.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {path}: {source}")]
pub struct SinkError {
    /// Where.
    pub path: std::path::PathBuf,
    /// Why.
    pub source: std::io::Error,
}

/// Keeps results. Shared by all workers.
pub trait Sink: Send + Sync {
    /// Whether the record of that trial is there already.
    fn has_record(&self, trial: &str) -> bool;
    /// The test run of that key, if it was ever made.
    fn test_run(&self, run_key: &str) -> Option<TestRun>;
    /// Keeps a test run.
    fn keep_test_run(&self, run_key: &str, run: &TestRun) -> Result<(), SinkError>;
    /// The lint run of that key, if it was ever made.
    fn lint_run(&self, run_key: &str) -> Option<LintRun>;
    /// Keeps a lint run.
    fn keep_lint_run(&self, run_key: &str, run: &LintRun) -> Result<(), SinkError>;
    /// Keeps the detail of a grade; the same detail may be given many times.
    fn keep_detail(&self, grade_key: &str, detail: &Detail) -> Result<(), SinkError>;
    /// Keeps a record: whole or not at all.
    fn keep_record(&self, record: &Record) -> Result<(), SinkError>;
}

/// What happens during a run, for people to see.
#[derive(Debug, Clone, PartialEq)]
pub enum Event<'a> {
    /// A task's snapshot is being made.
    Preparing(&'a str),
    /// A task is ready, after so many seconds.
    Prepared(&'a str, f64),
    /// A task cannot be run; its trials are invalid.
    Unready(&'a str, &'a str),
    /// At the start: so many trials are answered from their records.
    Known(usize),
    /// A trial ended.
    Done(&'a Record),
}

/// Is told what happens.
pub trait Watcher: Send + Sync {
    /// Called from any thread.
    fn note(&self, event: &Event);
}
