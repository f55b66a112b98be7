//! Test logs to statuses, statuses to a verdict.
//!
//! In: what a test command printed and a task's lists of tests. Out: a [`Reading`] (statuses under qualified ids, the
//! lines that could not be read, and whatever in the log contradicts itself) and a [`Verdict`]. One file per runner
//! and one row in [`READERS`]; readers never panic and never fail.
//!
//! ```text
//! log --read--> Reading --Observed::from--> Observed --judge(lists, before)--> Verdict
//!                                              ^ merge: tests run again, alone (alone_command)
//! ```
//!
//! Invariant: this module never sees a patch.

mod alone;
mod cargo;
#[cfg(test)]
mod corpus;
mod envelope;
mod flags;
pub mod foreign;
mod go;
pub mod grade;
mod ids;
mod jest;
mod junit;
mod mocha;
mod nextest;
mod node;
pub mod npm_script;
mod observed;
mod published;
mod pytest;
mod rules;
mod script;
mod tap;
mod text;
mod together;
mod unittest;
mod vitest;

pub use alone::{alone_beside, alone_command};
pub use ids::{Index, Wanted, file_of, find, name_of};
pub use observed::{Observed, Seen};
pub use published::{body_of, framed, read_published};
pub use rules::{Judged, ListVerdict, Lists, RulesError, Verdict, VerdictOutcome, Why, judge};
pub use together::{Beside, together};

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

impl Status {
    /// Whether a listed test with this status counts as passed: `passed` and `xfailed` do.
    pub fn holds(self) -> bool {
        matches!(self, Self::Passed | Self::Xfailed)
    }

    /// Whether the test never came to a result of its own, so that running it alone can tell more.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Missing | Self::Unreached)
    }

    /// The worse of two results of one id. A result beats none, and of two results the one that speaks against the
    /// test wins, so that printing a forged `ok` beside a real failure gains nothing.
    #[must_use]
    pub fn worst(self, other: Self) -> Self {
        if other.badness() > self.badness() { other } else { self }
    }

    fn badness(self) -> u8 {
        match self {
            Self::Missing => 0,
            Self::Passed => 1,
            Self::Xfailed => 2,
            Self::Skipped => 3,
            Self::Xpassed => 4,
            Self::Unreached => 5,
            Self::TimedOut => 6,
            Self::Errored => 7,
            Self::Failed => 8,
        }
    }
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
    /// JUnit XML of any writer.
    Junit,
    /// jest, text or `--json`.
    Jest,
    /// vitest, text or `--reporter=json`.
    Vitest,
    /// mocha, spec or JSON.
    Mocha,
    /// node's own test runner, spec form (its TAP form is read as TAP).
    Node,
    /// TAP 13 or 14 of any writer.
    Tap,
    /// pytest text (`-rA`, `-v`, `-q`, xdist).
    Pytest,
    /// Python's unittest text.
    Unittest,
    /// `go test`, text or `-json`.
    Go,
}

/// A test program that announced tests and ended, or was cut off, before it had told what became of all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Incomplete {
    /// Target by path (`tests/a.rs`), `doc` for doctests; none where the log does not tell.
    pub target: Option<String>,
    /// Tests announced, where the runner tells.
    pub announced: Option<usize>,
    /// Tests with a result.
    pub seen: usize,
    /// 1-based line at which it began.
    pub line: usize,
}

/// A package of the tree whose log is read: lets two packages' `tests/a.rs` be told apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// Name in its manifest.
    pub name: String,
    /// Folder relative to the root of the tree, `/` between parts; empty for the root.
    pub dir: String,
}

/// What the caller knows of the tree. An empty one is fine: ids then rest on the log alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadContext {
    /// Packages by their manifests.
    pub packages: Vec<Package>,
    /// Absolute path at which the tree lay when its tests ran, without `/` at the end: taken off absolute file names.
    pub root: Option<String>,
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
    /// Targets that did not compile or do not exist, as the log names them: `x (test "a")`.
    pub failed_targets: Vec<String>,
    /// Test programs that did not come to their end.
    pub incomplete: Vec<Incomplete>,
    /// What a runner prints in place of some tests' names (the first line of a docstring), with their ids.
    pub titles: Vec<(String, String)>,
    /// Where the log contradicts itself (counts against lines, a name printed twice): signs of damage or forgery.
    pub oddities: Vec<String>,
}

impl Reading {
    /// A reading without anything in it.
    fn new(format: Format) -> Self {
        Self {
            format,
            tests: Vec::new(),
            unread: Vec::new(),
            build_failed: false,
            failed_targets: Vec::new(),
            incomplete: Vec::new(),
            titles: Vec::new(),
            oddities: Vec::new(),
        }
    }

    /// Counts lines from so many further up: the log was read from there.
    pub fn shift(&mut self, lines: usize) {
        self.tests.iter_mut().for_each(|test| test.line += lines);
        self.unread.iter_mut().for_each(|unread| unread.line += lines);
        self.incomplete.iter_mut().for_each(|one| one.line += lines);
    }

    /// Statuses by id; of several results of one id the worst.
    pub fn statuses(&self) -> Statuses {
        let mut all = Statuses::new();
        for test in &self.tests {
            all.entry(test.id.clone()).and_modify(|s| *s = s.worst(test.status)).or_insert(test.status);
        }
        all
    }
}

/// Statuses by qualified id, several results of one id already joined (the worst wins).
pub type Statuses = BTreeMap<String, Status>;

/// A runner whose logs can be read.
pub struct Reader {
    /// Its format.
    pub format: Format,
    /// Name on the command line and in task files.
    pub name: &'static str,
    /// How sure one can be that a log is in this format, 0 (not at all) to 1.
    sniff: fn(&text::Log<'_>) -> f64,
    /// Reads it.
    read: fn(&text::Log<'_>, &ReadContext) -> Reading,
}

/// Every runner that can be read. Adding one is a file and a row.
pub const READERS: &[Reader] = &[
    Reader { format: Format::Nextest, name: "nextest", sniff: nextest::sniff, read: nextest::read },
    Reader { format: Format::Junit, name: "junit", sniff: junit::sniff, read: junit::read },
    Reader { format: Format::Cargo, name: "cargo", sniff: cargo::sniff, read: cargo::read },
    Reader { format: Format::Vitest, name: "vitest", sniff: vitest::sniff, read: vitest::read },
    Reader { format: Format::Jest, name: "jest", sniff: jest::sniff, read: jest::read },
    Reader { format: Format::Mocha, name: "mocha", sniff: mocha::sniff, read: mocha::read },
    Reader { format: Format::Node, name: "node", sniff: node::sniff, read: node::read },
    Reader { format: Format::Tap, name: "tap", sniff: tap::sniff, read: tap::read },
    Reader { format: Format::Pytest, name: "pytest", sniff: pytest::sniff, read: pytest::read },
    Reader { format: Format::Unittest, name: "unittest", sniff: unittest::sniff, read: unittest::read },
    Reader { format: Format::Go, name: "go", sniff: go::sniff, read: go::read },
];

impl Format {
    /// The name used in task files and on the command line.
    pub fn name(self) -> &'static str {
        self.reader().map_or("", |reader| reader.name)
    }

    /// The format of that name; none for `auto` and for what is not known.
    pub fn from_name(name: &str) -> Option<Self> {
        READERS.iter().find(|reader| reader.name == name).map(|reader| reader.format)
    }

    fn reader(self) -> Option<&'static Reader> {
        READERS.iter().find(|reader| reader.format == self)
    }
}

/// Reads a log, knowing nothing but the log. Never fails: what could not be read is listed in the result.
pub fn read(format: Format, log: &[u8]) -> Reading {
    read_in(format, log, &ReadContext::default())
}

/// Reads a log of a tree whose packages are known.
pub fn read_in(format: Format, log: &[u8], context: &ReadContext) -> Reading {
    read_log(format, &text::Log::new(log), context)
}

fn read_log(format: Format, log: &text::Log<'_>, context: &ReadContext) -> Reading {
    format.reader().map_or_else(|| Reading::new(format), |reader| (reader.read)(log, context))
}

/// The likeliest format of a log and how sure that is (0 to 1), or none where nothing in it looks like a runner's.
pub fn detect(log: &[u8]) -> Option<(Format, f64)> {
    detect_in(&text::Log::new(log))
}

/// Lines at either end of a long log that are looked at first.
const SAMPLE: usize = 5000;
/// So sure of a sample that the rest need not be looked at.
const SURE: f64 = 0.9;

fn detect_in(log: &text::Log<'_>) -> Option<(Format, f64)> {
    if let Some(sample) = log.ends(SAMPLE)
        && let Some((format, sure)) = likeliest(&sample)
        && sure >= SURE
    {
        return Some((format, sure));
    }
    likeliest(log)
}

fn likeliest(log: &text::Log<'_>) -> Option<(Format, f64)> {
    let mut best: Option<(Format, f64)> = None;
    for reader in READERS {
        let sure = (reader.sniff)(log);
        if sure > 0.0 && best.is_none_or(|(_, other)| sure > other) {
            best = Some((reader.format, sure));
        }
    }
    best
}
