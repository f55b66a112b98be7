//! The repository's own linters: command and output → findings.
//!
//! In: a tree's configuration, and what a linter printed. Out: [`Finding`]s. One file per tool; running them is
//! `evaluate`'s business, comparing two runs `metric`'s.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How grave a linter calls a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// A remark.
    Note,
    /// A warning.
    Warning,
    /// An error.
    Error,
}

/// One thing that a linter says about one place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// `clippy`, `rustc`, …
    pub tool: String,
    /// The tool's name of the rule, such as `clippy::needless_return`.
    pub rule: String,
    /// Level.
    pub level: Level,
    /// Path from the root of the tree.
    pub file: String,
    /// 1-based.
    pub line: usize,
    /// What the tool says, first line.
    pub message: String,
}
