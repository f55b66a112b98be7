//! The three sets that a reader fills.
//!
//! In: names with offsets, one at a time. Out: an outcome for each name, or the exception that the package raises for a
//! name in two sets.
//!
//! Invariant: a name keeps the offset at which it last entered a set.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::TestResult;
use crate::harness::foreign::Raised;

/// What became of a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Outcome {
    /// It passed.
    Pass,
    /// It failed.
    Fail,
    /// It was skipped.
    Skip,
    /// It was not seen.
    None,
}

/// Names with offsets into the text.
pub(super) type Set = BTreeMap<String, usize>;

/// A result in the making.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sets {
    pub passed: Set,
    pub failed: Set,
    pub skipped: Set,
}

impl Sets {
    /// From a data set, without offsets.
    pub fn given(given: &TestResult) -> Self {
        let set =
            |names: &std::collections::BTreeSet<String>| names.iter().map(|name| (name.clone(), 0)).collect();
        Self {
            passed: set(&given.passed_tests),
            failed: set(&given.failed_tests),
            skipped: set(&given.skipped_tests),
        }
    }

    /// Outcomes with offsets.
    pub fn outcomes(self) -> Result<impl Iterator<Item = (String, Outcome, usize)>, Raised> {
        for (one, other, kinds) in [
            (&self.passed, &self.failed, "passed and as failed"),
            (&self.passed, &self.skipped, "passed and as skipped"),
            (&self.failed, &self.skipped, "failed and as skipped"),
        ] {
            if let Some(name) = one.keys().find(|name| other.contains_key(*name)) {
                return Err(Raised::new("ValueError", format!("`{name}` is counted as {kinds}")));
            }
        }
        let all = [(self.passed, Outcome::Pass), (self.failed, Outcome::Fail), (self.skipped, Outcome::Skip)];
        Ok(all
            .into_iter()
            .flat_map(|(set, outcome)| set.into_iter().map(move |(name, at)| (name, outcome, at))))
    }
}
