//! SWE-bench: the verdicts of `swebench` 5.0.2.
//!
//! In: a log and a [`Spec`] (the instance's parser, its kind of evaluation, its two lists). Out: a [`Graded`]: whether
//! the log was accepted and if not why, every status that the parser took from it, and how the lists fared. In that
//! package each instance names its parser; [`parser_for`] chooses one where only kerf's format is known.
//!
//! ```
//! use kerf::harness::foreign::swebench::{Resolution, Spec, grade};
//! let spec = Spec { fail_to_pass: vec!["half".to_owned()], ..Spec::new("parse_log_cargo") };
//! let graded = grade(b"test half ... ok\n", &spec).unwrap();
//! assert_eq!(graded.resolution, Resolution::Full);
//! assert_eq!(graded.tests[0].line, Some(1));
//! ```
//!
//! Invariant: a status, once found, is that of the last line that gave it, as in a Python dictionary.

mod accept;
mod judge;
pub(super) mod parsers;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use accept::{END_MARKER, Infra, START_MARKER, WhyNot, is_marked};
pub use judge::{JudgedTest, List, Resolution, Side};
pub use parsers::{parser_for, parsers};

use super::Raised;
use super::text::Text;

/// A status as the parser wrote it. Most parsers write one of five words; the pytest ones copy what the log says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Word {
    /// `PASSED`.
    Passed,
    /// `FAILED`.
    Failed,
    /// `SKIPPED`.
    Skipped,
    /// `ERROR`.
    Error,
    /// `XFAIL`.
    Xfail,
    /// Anything else: the rules count such a test neither as passed nor as failed.
    Other(String),
}

impl Word {
    /// As in the package's report.
    pub fn text(&self) -> &str {
        match self {
            Self::Passed => "PASSED",
            Self::Failed => "FAILED",
            Self::Skipped => "SKIPPED",
            Self::Error => "ERROR",
            Self::Xfail => "XFAIL",
            Self::Other(text) => text,
        }
    }

    /// Whether it passes as fail-to-pass.
    pub fn passes(&self) -> bool {
        matches!(self, Self::Passed | Self::Xfail)
    }
}

impl From<String> for Word {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<&str> for Word {
    fn from(text: &str) -> Self {
        match text {
            "PASSED" => Self::Passed,
            "FAILED" => Self::Failed,
            "SKIPPED" => Self::Skipped,
            "ERROR" => Self::Error,
            "XFAIL" => Self::Xfail,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl From<Word> for String {
    fn from(word: Word) -> Self {
        word.text().to_owned()
    }
}

/// Which tests count as failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EvalType {
    /// A listed test must have passed.
    #[default]
    PassAndFail,
    /// A listed test must not have status `FAILED`; one that is missing is fine. For runners that print failures only.
    FailOnly,
}

/// What an instance says of its tests.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Spec {
    /// Name in the package's registry (`parse_log_cargo`).
    pub parser: String,
    /// Which tests count as failed.
    pub eval_type: EvalType,
    /// Tests that the fix must make pass.
    pub fail_to_pass: Vec<String>,
    /// Tests that must go on passing.
    pub pass_to_pass: Vec<String>,
    /// Whether the log is a whole evaluation log, which must hold the markers. If not it is what the runner printed,
    /// and graded as though a line with each marker stood before and after it.
    pub marked: bool,
    /// Id of the instance; two parsers (immutable_js, jekyll) choose by it.
    pub instance_id: String,
    /// Version of the instance; two parsers (next, lighthouse) choose by it.
    pub version: String,
}

impl Spec {
    /// A spec with this parser, without lists, for bare logs.
    pub fn new(parser: &str) -> Self {
        Self { parser: parser.to_owned(), ..Self::default() }
    }
}

/// A spec that cannot be graded by.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    /// Not in the package's registry.
    #[error("swebench has no log parser `{name}`; it has {}", known.join(", "))]
    UnknownParser {
        /// As asked for.
        name: String,
        /// All that there are.
        known: Vec<&'static str>,
    },
}

/// A status and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Status.
    pub word: Word,
    /// 1-based line of the log.
    pub line: usize,
}

/// A graded log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Graded {
    /// Whether the log was accepted; the package's report calls it `patch_successfully_applied`.
    pub found: bool,
    /// Why it was not.
    pub why_not: Option<WhyNot>,
    /// The package would have raised this and counted the instance among its errors.
    pub raised: Option<Raised>,
    /// What the parser read, also where the log was then not accepted.
    pub statuses: BTreeMap<String, Seen>,
    /// Listed tests in the order of the lists, fail-to-pass first; empty where the log was not accepted.
    pub tests: Vec<JudgedTest>,
    /// The verdict.
    pub resolution: Resolution,
    /// A likely fault of the environment, looked for only in logs that were not accepted.
    pub infra: Option<Infra>,
}

impl Graded {
    /// `resolved` of the package's report.
    pub fn resolved(&self) -> bool {
        self.resolution == Resolution::Full
    }

    /// The instance's entry in the package's `report.json`, for a prediction that has a patch.
    pub fn report(&self) -> serde_json::Value {
        judge::report(self)
    }
}

/// Grades a log.
pub fn grade(log: &[u8], spec: &Spec) -> Result<Graded, SpecError> {
    let parse = parsers::by_name(&spec.parser)
        .ok_or_else(|| SpecError::UnknownParser { name: spec.parser.clone(), known: parsers().collect() })?;
    let mut graded = Graded {
        found: false,
        why_not: None,
        raised: None,
        statuses: BTreeMap::new(),
        tests: Vec::new(),
        resolution: Resolution::No,
        infra: None,
    };
    let text = match Text::read(log) {
        Ok(text) if spec.marked => text,
        Ok(text) => text.wrapped(&format!("{START_MARKER}\n"), &format!("\n{END_MARKER}\n")),
        Err(raised) => return Ok(Graded { raised: Some(raised), ..graded }),
    };
    let (map, why_not) = match accept::statuses(&text.text, parse, spec) {
        Ok(accepted) => accepted,
        Err(raised) => return Ok(Graded { raised: Some(raised), ..graded }),
    };
    if why_not.is_some() {
        graded.infra = accept::infra(&text.text);
    } else {
        graded.found = true;
        graded.tests = judge::tests(&map, spec);
        graded.resolution = judge::resolution(&graded.tests);
    }
    graded.why_not = why_not;
    let last = log.iter().filter(|&&byte| byte == b'\n').count() + usize::from(!log.ends_with(b"\n"));
    let offsets: Vec<usize> = map.entries().map(|(_, entry)| entry.at).collect();
    let before = usize::from(!spec.marked);
    let lines =
        text.lines(&offsets).into_iter().map(|line| line.saturating_sub(before).clamp(1, last.max(1)));
    graded.statuses = map
        .into_entries()
        .zip(lines)
        .map(|((name, entry), line)| (name, Seen { word: entry.word, line }))
        .collect();
    for test in &mut graded.tests {
        test.line = test.key.as_ref().and_then(|key| graded.statuses.get(key)).map(|seen| seen.line);
    }
    Ok(graded)
}
