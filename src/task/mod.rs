//! Tasks and suites.
//!
//! In: a folder of task folders, or a file of a public data set ([`read_suite`]). Out: a [`Suite`] of light
//! [`TaskEntry`]s, whose [`Task`]s are read again when they are wanted, so that a large set costs little memory. Bytes
//! become pieces (`pieces`), a piece a JSON object (`form`), the object a draft (one file per form), the draft a task
//! once a profile has filled what it left out (`draft`, [`profile`]).
//!
//! Invariant: what cannot be read costs its own task only, and is named by file, line and field.

mod draft;
mod entry;
mod fields;
mod file;
mod form;
#[cfg(test)]
mod fuzz;
pub(crate) mod json;
mod kerf_toml;
mod lists;
mod multi_swe_bench;
mod object;
mod pieces;
pub mod pins;
pub mod profile;
mod registry;
mod suite;
mod swe_polybench;
mod swe_smith;
mod swebench;
mod unpack;
mod words;
pub mod write;
mod write_folder;

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use draft::{FilledIn, bare};
pub use entry::TaskEntry;
pub use profile::Profiles;
pub use suite::{Suite, TaskProblem, read_suite, read_suite_with};
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
    /// A release in a package registry.
    Registry {
        /// Which registry.
        registry: Registry,
        /// Package.
        name: String,
        /// Version of the base.
        version: String,
        /// SHA-256 of its archive, where the task pins it.
        sha256: Option<String>,
    },
}

impl Source {
    /// `OWNER/NAME`, which profiles match: that of GitHub, the last two parts of a URL, `path/FOLDER`, or
    /// `REGISTRY/PACKAGE`.
    pub fn repository(&self) -> String {
        match self {
            Self::Path(folder) => {
                format!("path/{}", folder.file_name().map(|name| name.to_string_lossy()).unwrap_or_default())
            }
            Self::Git(url) => {
                let url = url.trim_end_matches('/').trim_end_matches(".git");
                let mut parts = url.rsplit(['/', ':']);
                let name = parts.next().unwrap_or_default();
                format!("{}/{name}", parts.next().unwrap_or_default())
            }
            Self::GitHub { owner, name } => format!("{owner}/{name}"),
            Self::Registry { registry, name, .. } => format!("{}/{name}", registry.name()),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(folder) => write!(f, "path:{}", folder.display()),
            Self::Git(url) => write!(f, "git:{url}"),
            Self::GitHub { owner, name } => write!(f, "github:{owner}/{name}"),
            Self::Registry { registry, name, version, .. } => {
                write!(f, "{}:{name}@{version}", registry.name())
            }
        }
    }
}

/// A package registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Registry {
    /// Rust's.
    Crate,
    /// JavaScript's.
    Npm,
    /// Python's.
    Pypi,
}

impl Registry {
    /// As it stands before the colon of a source.
    pub fn name(self) -> &'static str {
        match self {
            Self::Crate => "crate",
            Self::Npm => "npm",
            Self::Pypi => "pypi",
        }
    }

    /// The registry of that name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Crate, Self::Npm, Self::Pypi].into_iter().find(|registry| registry.name() == name)
    }
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
        /// 40 hex digits, or another name that git knows.
        commit: String,
    },
    /// The difference of base and another release, below these paths only.
    Release {
        /// Version of the later release.
        version: String,
        /// SHA-256 of its archive, where the task pins it.
        sha256: Option<String>,
        /// Files, folders and globs; without any everything but tests (gold), or all tests (test patch).
        paths: Vec<String>,
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
    /// More packages of a registry source that its tests need, such as `tape@5`.
    pub packages: Vec<String>,
    /// Version of the language's tools, in their own words (`1.75.0`); none: those that are active.
    pub toolchain: Option<String>,
    /// Environment variables of every step.
    pub variables: BTreeMap<String, String>,
    /// Container image that takes the place of set-up and build.
    pub image: Option<String>,
    /// Folder of the repository in that image, where it is not the image's own working folder.
    pub workdir: Option<String>,
}

/// How a task is tested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestPlan {
    /// Shell command, run in the root of the tree; empty where neither task nor profile gives one.
    pub command: String,
    /// A format of `harness`, such as `cargo`, or `auto`.
    pub format: String,
    /// Wall clock of the command.
    pub timeout: Duration,
    /// Tests that must turn from failing to passing.
    pub fail_to_pass: Vec<String>,
    /// Tests that must go on passing.
    pub pass_to_pass: PassToPass,
    /// The command is a data set's own script, which puts the test files in place itself and marks where its tests begin.
    pub scripted: bool,
}

/// What a public data set says of how it grades a task, word for word.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Published {
    /// The log parser: a name such as `parse_log_cargo`, or its source text.
    pub parser: Option<String>,
    /// `pass_and_fail` or `fail_only`.
    pub eval_type: Option<String>,
    /// The container image, or the registry's tag of it.
    pub image: Option<String>,
    /// The script that runs the tests in that image.
    pub eval_script: Option<String>,
    /// What builds the image.
    pub dockerfile: Option<String>,
    /// Commands between patch and tests.
    pub before_tests: Option<String>,
    /// Test files that the runner is to be given.
    pub selected_tests: Vec<String>,
}

impl Published {
    /// The script that runs the tests as a command, where there is one. In a file of its own, so that what the tests read
    /// from their standard input is not the script.
    pub fn script_command(&self) -> Option<String> {
        let script = self.eval_script.as_deref().filter(|script| !script.trim().is_empty())?;
        // No line of the script may end it.
        let mut end = "KERF_END_OF_SCRIPT".to_owned();
        while script.contains(&end) {
            end.push('_');
        }
        let script = script.trim_end_matches('\n');
        Some(format!("cat >/tmp/kerf-eval.sh <<'{end}'\n{script}\n{end}\nbash /tmp/kerf-eval.sh"))
    }
}

impl Published {
    /// The format of its log parser: kerf's own reader where there is one for that runner, else the parser's name.
    pub fn log_format(&self) -> Option<String> {
        let parser = self.parser.as_deref()?;
        Some(words::format(parser).unwrap_or(parser.trim()).to_owned())
    }
}

impl Task {
    /// The image that the task may be run in, and the folder of the repository in it: its own, its profile's, or the one
    /// that its data set names.
    pub fn image(&self) -> Option<(&str, Option<&str>)> {
        let name = self.environment.image.as_deref().or(self.published.image.as_deref())?;
        Some((name, self.environment.workdir.as_deref()))
    }

    /// Whether somebody said how the tests are run: the task itself, or a row of profiles that is not kerf's own for the
    /// whole language.
    pub fn says_command(&self) -> bool {
        let last_resort = self.filled.iter().any(|one| one.field == "test.command" && one.last_resort);
        !last_resort && !self.test.command.is_empty()
    }
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
    /// Base commit, or another name that git knows; none for plain trees and registries.
    pub commit: Option<String>,
    /// Problem statement.
    pub statement: String,
    /// Reference fix.
    pub gold: Option<PatchSource>,
    /// Changes to tests that show the fix.
    pub tests: PatchSource,
    /// Test files by name, where the data set gives them; else found by path.
    pub test_files: Option<Vec<String>>,
    /// Files of the fix by name, where the data set gives them: a file that looks like a test and is neither among them
    /// nor among the test files belongs to the test patch.
    pub src_files: Option<Vec<String>>,
    /// From a data set of others: only the test files that it names are restored after a patch. In our own form every
    /// test file of the base is.
    pub foreign: bool,
    /// What its data set says of grading.
    pub published: Published,
    /// Environment; what the task left out is filled in by a profile.
    pub environment: Environment,
    /// How it is tested.
    pub test: TestPlan,
    /// Globs of what the statement allows to change, if it says so.
    pub allow: Option<Vec<String>>,
    /// Linters by name; none: found from the repository's own configuration.
    pub lint: Option<Vec<String>>,
    /// What a profile filled in.
    pub filled: Vec<FilledIn>,
    /// blake3 of the task as it was read, and of what a user's profile filled in, 64 hex digits: pins the task in
    /// `suite.lock` and run folders. What kerf's own profiles fill in reaches the run key through the commands.
    pub hash: String,
    /// File (and line) it was read from.
    pub origin: String,
}
