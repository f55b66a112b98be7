//! Why a commit makes no task: one reason each, for people and for funnels.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The first thing that kept a commit from becoming a proven task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Fallout {
    /// It has no parent: there is no base.
    Root,
    /// It has several parents, and `--first-parent` was not given.
    Merge,
    /// The repository or the commit cannot be read.
    Unreadable,
    /// It changes a submodule, which a checkout of one repository does not hold.
    Submodule,
    /// It changes no test.
    NoTestChanged,
    /// It changes no code: tests, documentation or settings alone.
    NoCodeChanged,
    /// What it changes beside tests is binary.
    BinaryOnly,
    /// It changes more files than wanted.
    TooManyFiles,
    /// It changes more lines than wanted.
    TooBig,
    /// The message says nothing.
    StatementEmpty,
    /// A patch cannot say what it changes.
    Inexpressible,
    /// A task of that id is there already.
    Exists,
    /// The language has no environment profile, or its tools are missing.
    Toolchain,
    /// Set-up of the base failed.
    SetupFailed,
    /// The sandbox could not be had.
    Sandbox,
    /// The base with its own tests does not build.
    BaseBroken,
    /// The commit does not build with its tests.
    GoldBroken,
    /// The tests did not end in time.
    TimedOut,
    /// No test fails before and passes after.
    NoTestTurns,
    /// The tests that turn have different results from run to run.
    FlakyOnly,
    /// With the lists found, gold does not resolve the task or an empty patch does.
    ControlsOff,
    /// A patch that fixes nothing resolves the task.
    CheatWorks,
}

impl Fallout {
    /// The reason in words.
    pub fn text(self) -> &'static str {
        match self {
            Self::Root => "a root commit: there is no base",
            Self::Merge => "a merge",
            Self::Unreadable => "cannot be read",
            Self::Submodule => "changes a submodule",
            Self::NoTestChanged => "no test changed",
            Self::NoCodeChanged => "no code changed",
            Self::BinaryOnly => "binary files only",
            Self::TooManyFiles => "too many files",
            Self::TooBig => "too big",
            Self::StatementEmpty => "statement empty",
            Self::Inexpressible => "no patch can say it",
            Self::Exists => "the task exists already",
            Self::Toolchain => "no tools or profile for the language",
            Self::SetupFailed => "set-up failed",
            Self::Sandbox => "no sandbox",
            Self::BaseBroken => "base does not build",
            Self::GoldBroken => "gold does not build with tests",
            Self::TimedOut => "tests did not end in time",
            Self::NoTestTurns => "no test turns",
            Self::FlakyOnly => "flaky tests only",
            Self::ControlsOff => "controls are off",
            Self::CheatWorks => "a cheat works",
        }
    }
}

/// A commit that makes no task, and what there is to say about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{}{detail}", why.text(), if detail.is_empty() { "" } else { ": " })]
pub struct Rejected {
    /// Why.
    pub why: Fallout,
    /// More about it; may be empty.
    pub detail: String,
}

impl Rejected {
    /// With a detail.
    pub fn new(why: Fallout, detail: impl std::fmt::Display) -> Self {
        Self { why, detail: detail.to_string() }
    }
}
