//! Tasks and suites.
//!
//! In: a folder of task folders, or a JSONL file. Out: [`Task`]s; one reader per data-set format, each naming file,
//! field and line of what it could not read. What can be checked without a repository is checked here.

mod fields;
mod kerf_toml;
mod lists;
pub mod profile;
mod suite;
mod swebench;
mod write_folder;

use std::path::PathBuf;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use suite::{Suite, TaskProblem, read_suite};
pub use write_folder::{WriteError, write_task};

/// How far a task's fix reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// One file.
    Local,
    /// Two or three files, each in the folder of, or one import away from, one common file.
    Neighbour,
    /// All else.
    Global,
}

/// Where a task's repository comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// A plain tree on this machine, made into a git repository with fixed author and dates.
    Path(PathBuf),
    /// A git URL.
    Git(String),
    /// A repository on GitHub, or its mirror.
    GitHub {
        /// Owner.
        owner: String,
        /// Name.
        name: String,
    },
}

/// Where gold, or the test patch, comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PatchSource {
    /// A unified diff.
    Text(String),
    /// Files laid over the base: path and content.
    Overlay(Vec<(String, Vec<u8>)>),
    /// The difference of base and a commit: test files for the test patch, all others for gold.
    History {
        /// 40 hex digits.
        commit: String,
    },
}

/// Tests that must go on passing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PassToPass {
    /// As listed.
    List(Vec<String>),
    /// Passes at base with base's tests, and still exists and passes with gold.
    Base,
}

/// Commands that make a checkout ready.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    /// With network, once per snapshot.
    pub setup: Vec<String>,
    /// Without network, once per snapshot.
    pub build: Vec<String>,
}

/// How a task is tested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestPlan {
    /// Shell command, run in the root of the tree.
    pub command: String,
    /// `cargo`, `nextest`, or `auto`.
    pub format: String,
    /// Wall clock of the command.
    pub timeout: Duration,
    /// Tests that must turn from failing to passing.
    pub fail_to_pass: Vec<String>,
    /// Tests that must go on passing.
    pub pass_to_pass: PassToPass,
}

/// A repository at a commit, a problem statement, tests, and how to set up, build and test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Unique in its suite.
    pub id: String,
    /// Language by name, lower case.
    pub language: String,
    /// The maker's label.
    pub span: Option<Span>,
    /// Repository.
    pub source: Source,
    /// Base commit; none for plain trees.
    pub commit: Option<String>,
    /// Problem statement.
    pub statement: String,
    /// Reference fix.
    pub gold: Option<PatchSource>,
    /// Changes to tests that show the fix.
    pub tests: PatchSource,
    /// Test files by name, where the data set gives them; else found by path.
    pub test_files: Option<Vec<String>>,
    /// From a data set of others: only the test files that it names are restored after a patch. In our own form every
    /// test file of the base is.
    pub foreign: bool,
    /// Environment; empty lists are filled by a profile.
    pub environment: Environment,
    /// How it is tested.
    pub test: TestPlan,
    /// Globs of what the statement allows to change, if it says so.
    pub allow: Option<Vec<String>>,
    /// Linters by name; none: found from the repository's own configuration.
    pub lint: Option<Vec<String>>,
    /// blake3 of everything above as it was read, 64 hex digits: pins the task in `suite.lock` and run folders.
    pub hash: String,
    /// File (and line) it was read from.
    pub origin: String,
}
