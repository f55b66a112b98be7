//! Multi-SWE-bench: the verdicts of `multi-swe-bench` 1.1.2.
//!
//! In: up to three logs of an instance (base; with the test patch; with the fix as well) and a [`Spec`]. Out: a
//! [`Graded`]: whether its report is valid and, where the data set lists tests, whether it is resolved. The package reads
//! logs by repository: [`Family::of`] finds the reader, [`family_for`] chooses one where only kerf's format is known.
//!
//! An evaluation of the package parses the fix log only and takes the other two results from the data set
//! ([`Outcomes::Given`]). Where a caller has nothing but lists, [`Spec::from_lists`] makes the two results up: a
//! fail-to-pass test failed before, a pass-to-pass test passed.
//!
//! ```
//! use kerf::harness::foreign::multi_swe_bench::{Spec, grade_fix};
//! let spec = Spec::from_lists("clap-rs/clap", &["half".to_owned()], &["whole".to_owned()]);
//! let graded = grade_fix(b"test half ... ok\ntest whole ... ok\n", &spec).unwrap();
//! assert!(graded.resolved());
//! ```
//!
//! Invariant: of every name a set holds one entry, and no name is in two sets.

mod cpp;
mod families;
mod javascript;
mod lines;
mod other;
mod python;
mod report;
mod rules;
mod sets;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use families::{Family, family_for, repositories};
pub use report::{Graded, Invalid, Kind, Test};
pub use sets::Outcome;

use super::Raised;
use super::text::Text;
use sets::Sets;

/// What a log or a data set says of tests, as the package's `TestResult` holds it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TestResult {
    /// Tests that passed.
    pub passed_tests: BTreeSet<String>,
    /// Tests that failed.
    pub failed_tests: BTreeSet<String>,
    /// Tests that were skipped.
    pub skipped_tests: BTreeSet<String>,
}

/// One of the three results.
#[derive(Debug, Clone, Copy)]
pub enum Outcomes<'a> {
    /// A log to be parsed.
    Log(&'a [u8]),
    /// Already known.
    Given(&'a TestResult),
}

/// The names of a data set's record that a report must have again, in the record's order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Expected {
    /// Passed with the test patch and passes with the fix.
    pub p2p_tests: Vec<String>,
    /// Failed, passes.
    pub f2p_tests: Vec<String>,
    /// Was skipped, passes.
    pub s2p_tests: Vec<String>,
    /// Was not there, passes.
    pub n2p_tests: Vec<String>,
}

/// What an instance says of its tests.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Spec {
    /// `org/repo`, or the name of a family.
    pub repository: String,
    /// Number of the pull request: a few readers choose by it.
    pub number: u64,
    /// The record's names. Without any a valid report is a resolved one.
    pub expected: Expected,
    /// The record's result at base.
    pub run: TestResult,
    /// The record's result with the test patch.
    pub test: TestResult,
}

impl Spec {
    /// A spec for a fix log and two lists: results before the fix are made up to fit them.
    pub fn from_lists(repository: &str, fail_to_pass: &[String], pass_to_pass: &[String]) -> Self {
        let failed_tests: BTreeSet<String> = fail_to_pass.iter().cloned().collect();
        let passed_tests =
            pass_to_pass.iter().filter(|name| !failed_tests.contains(*name)).cloned().collect();
        let before = TestResult { passed_tests, failed_tests, skipped_tests: BTreeSet::new() };
        let p2p_tests =
            pass_to_pass.iter().filter(|name| !before.failed_tests.contains(*name)).cloned().collect();
        Self {
            repository: repository.to_owned(),
            number: 0,
            expected: Expected { p2p_tests, f2p_tests: fail_to_pass.to_vec(), ..Expected::default() },
            run: before.clone(),
            test: before,
        }
    }
}

/// A spec that cannot be graded by.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    /// Neither a repository that the package knows nor a family.
    #[error("`{name}` is neither a repository that kerf reads by multi-swe-bench's rules nor one of its families ({})", known.join(", "))]
    UnknownRepository {
        /// As asked for.
        name: String,
        /// Families.
        known: Vec<&'static str>,
    },
}

/// Grades a fix log against the results that the spec holds: the package's evaluation mode.
pub fn grade_fix(fix: &[u8], spec: &Spec) -> Result<Graded, SpecError> {
    grade([Outcomes::Given(&spec.run), Outcomes::Given(&spec.test), Outcomes::Log(fix)], spec)
}

/// Grades three results: base, with the test patch, with the fix as well.
pub fn grade(results: [Outcomes<'_>; 3], spec: &Spec) -> Result<Graded, SpecError> {
    let family = Family::of(&spec.repository).ok_or_else(|| SpecError::UnknownRepository {
        name: spec.repository.clone(),
        known: Family::names().collect(),
    })?;
    match known(results, family, spec.number) {
        Ok([run, test, fix]) => Ok(report::check(&run, &test, &fix, &spec.expected)),
        Err(raised) => Ok(Graded::raised(raised)),
    }
}

/// Outcome and line of each test.
type Known = BTreeMap<String, (Outcome, Option<usize>)>;

/// A result before its log is parsed: the package reads all three files first.
enum Opened<'a> {
    Log(Text<'a>),
    Known(Known),
}

fn known(results: [Outcomes<'_>; 3], family: Family, number: u64) -> Result<[Known; 3], Raised> {
    let [run, test, fix] = results;
    let opened = [open(run)?, open(test)?, open(fix)?];
    let [run, test, fix] = opened.map(|opened| match opened {
        Opened::Known(known) => Ok(known),
        Opened::Log(text) => parse(&text, family, number),
    });
    Ok([run?, test?, fix?])
}

fn open(result: Outcomes<'_>) -> Result<Opened<'_>, Raised> {
    Ok(match result {
        Outcomes::Log(log) => Opened::Log(Text::read(log)?),
        Outcomes::Given(given) => {
            let all = Sets::given(given).outcomes()?;
            Opened::Known(all.map(|(name, outcome, _)| (name, (outcome, None))).collect())
        }
    })
}

fn parse(text: &Text<'_>, family: Family, number: u64) -> Result<Known, Raised> {
    let all: Vec<_> = family.read(&text.text, number)?.outcomes()?.collect();
    let offsets: Vec<usize> = all.iter().map(|(.., at)| *at).collect();
    let lines = text.lines(&offsets);
    Ok(all.into_iter().zip(lines).map(|((name, outcome, _), line)| (name, (outcome, Some(line)))).collect())
}
