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
    let mut read = Vec::with_capacity(3);
    for result in results {
        match outcomes(result, family, spec.number) {
            Ok(outcomes) => read.push(outcomes),
            Err(raised) => return Ok(Graded::raised(raised)),
        }
    }
    let [run, test, fix] = <[_; 3]>::try_from(read).unwrap_or_default();
    Ok(report::check(&run, &test, &fix, &spec.expected))
}

/// Outcome and line of each test.
type Known = BTreeMap<String, (Outcome, Option<usize>)>;

fn outcomes(result: Outcomes<'_>, family: Family, number: u64) -> Result<Known, Raised> {
    match result {
        Outcomes::Given(given) => {
            let sets = Sets::given(given);
            Ok(sets.outcomes()?.map(|(name, outcome, _)| (name, (outcome, None))).collect())
        }
        Outcomes::Log(log) => {
            let text = Text::read(log)?;
            let sets = family.read(&text.text, number)?;
            let all: Vec<_> = sets.outcomes()?.collect();
            let offsets: Vec<usize> = all.iter().map(|(.., at)| *at).collect();
            let lines = text.lines(&offsets);
            Ok(all
                .into_iter()
                .zip(lines)
                .map(|((name, outcome, _), line)| (name, (outcome, Some(line))))
                .collect())
        }
    }
}
