//! Test logs to statuses, statuses to a verdict.
//!
//! In: what a test command printed and a task's lists of tests. Out: a [`Reading`] (statuses under qualified ids, and
//! the lines that could not be read) and a [`Verdict`]. One file per runner; readers never panic and never fail.
//!
//! Invariant: this module never sees a patch.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What became of one test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It ran and held.
    Passed,
    /// It ran and did not hold.
    Failed,
    /// It could not be run to its end.
    Errored,
    /// The runner left it out on purpose.
    Skipped,
    /// It failed as it was marked to.
    Xfailed,
    /// It held although it was marked to fail.
    Xpassed,
    /// The runner's own clock ended it.
    TimedOut,
    /// The runner never named it.
    Missing,
    /// It was begun or announced, but a crash came first.
    Unreached,
}

/// One test of a log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TestResult {
    /// Qualified id (`tests/rounding.rs::half_even`), stable under edits.
    pub id: String,
    /// Status.
    pub status: Status,
    /// 1-based line of the log that it rests on.
    pub line: usize,
    /// Seconds, where the runner tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
    /// Line of a doctest in its file, where the runner tells: an attribute, not part of the id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_line: Option<usize>,
}

/// A line of a log that a reader could not place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Unread {
    /// 1-based.
    pub line: usize,
    /// The line, cut at 200 characters.
    pub text: String,
}

/// A runner's output format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// `cargo test` text.
    Cargo,
    /// `cargo nextest run` text.
    Nextest,
}

/// What a log says.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The format that was read.
    pub format: Format,
    /// Tests in the order of the log.
    pub tests: Vec<TestResult>,
    /// Lines that looked like results and could not be read.
    pub unread: Vec<Unread>,
    /// The log says that something did not compile.
    pub build_failed: bool,
}

/// Statuses by qualified id, several results of one id already joined (the worst wins).
pub type Statuses = BTreeMap<String, Status>;
