//! Three results to a report.
//!
//! In: outcomes by name of base, of base with the test patch, and with the fix as well; a record's names. Out: a
//! [`Graded`].
//!
//! Invariant: the four checks run in the package's order, and the first that hits decides.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::sets::Outcome;
use super::{Expected, Known};
use crate::harness::foreign::Raised;

/// A test in the three runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Test {
    /// At base.
    pub run: Outcome,
    /// With the test patch.
    pub test: Outcome,
    /// With the fix as well.
    pub fix: Outcome,
    /// 1-based line of each log that the outcome rests on; none where it was given or not seen.
    pub lines: [Option<usize>; 3],
}

/// Which of a record's dictionaries a test belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// `p2p_tests`.
    P2p,
    /// `f2p_tests`.
    F2p,
    /// `s2p_tests`.
    S2p,
    /// `n2p_tests`.
    N2p,
}

/// Why a report is not valid, or valid but not resolved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Invalid {
    /// The fix's result names no tests.
    NothingRan,
    /// It passed with the test patch and fails with the fix. Of several the first by name.
    NewFailure(String),
    /// No test came to pass.
    NothingFixed,
    /// It passed at base, was not run with the test patch, and fails with the fix.
    Anomaly(String),
    /// The record lists this test, and the report has it not in the dictionary of that kind.
    Missing(Kind, String),
}

/// A report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Graded {
    /// Whether the package's `Report` is valid.
    pub valid: bool,
    /// Why it is not valid, or valid and not resolved.
    pub why_not: Option<Invalid>,
    /// The package would have raised this and counted the instance among its errors.
    pub raised: Option<Raised>,
    /// Every test seen in one of the three results.
    pub tests: BTreeMap<String, Test>,
    /// Tests that came to pass; empty where the check stopped earlier.
    pub fixed_tests: BTreeSet<String>,
    /// Tests of a valid report by kind.
    pub kinds: BTreeMap<Kind, BTreeSet<String>>,
}

impl Graded {
    pub(super) fn raised(raised: Raised) -> Self {
        Self { raised: Some(raised), ..Self::default() }
    }

    /// Whether the package would list the instance as resolved.
    pub fn resolved(&self) -> bool {
        self.valid && self.why_not.is_none() && self.raised.is_none()
    }

    /// Tests of a kind.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &str> {
        self.kinds.get(&kind).into_iter().flatten().map(String::as_str)
    }
}

pub(super) fn check(run: &Known, test: &Known, fix: &Known, expected: &Expected) -> Graded {
    let names: BTreeSet<&String> = run.keys().chain(test.keys()).chain(fix.keys()).collect();
    let tests: BTreeMap<String, Test> = names
        .into_iter()
        .map(|name| {
            let [(run, a), (test, b), (fix, c)] =
                [run, test, fix].map(|known| known.get(name).copied().unwrap_or((Outcome::None, None)));
            (name.clone(), Test { run, test, fix, lines: [a, b, c] })
        })
        .collect();
    let mut graded = Graded { tests, ..Graded::default() };
    let first = |holds: fn(&Test) -> bool| {
        graded.tests.iter().find(|(_, test)| holds(test)).map(|(name, _)| name.clone())
    };
    if fix.is_empty() {
        graded.why_not = Some(Invalid::NothingRan);
        return graded;
    }
    if let Some(name) = first(|test| test.test == Outcome::Pass && test.fix == Outcome::Fail) {
        graded.why_not = Some(Invalid::NewFailure(name));
        return graded;
    }
    let anomaly = first(|test| {
        let unseen = matches!(test.test, Outcome::None | Outcome::Skip);
        unseen && test.fix == Outcome::Fail && test.run == Outcome::Pass
    });
    let fixed = |(name, test): (&String, &Test)| {
        (test.test != Outcome::Pass && test.fix == Outcome::Pass).then(|| name.clone())
    };
    graded.fixed_tests = graded.tests.iter().filter_map(fixed).collect();
    if graded.fixed_tests.is_empty() {
        graded.why_not = Some(Invalid::NothingFixed);
        return graded;
    }
    if let Some(name) = anomaly {
        graded.why_not = Some(Invalid::Anomaly(name));
        return graded;
    }
    for (name, test) in graded.tests.iter().filter(|(_, test)| test.fix == Outcome::Pass) {
        let kind = match test.test {
            Outcome::Pass => Kind::P2p,
            Outcome::Fail => Kind::F2p,
            Outcome::Skip => Kind::S2p,
            Outcome::None => Kind::N2p,
        };
        graded.kinds.entry(kind).or_default().insert(name.clone());
    }
    graded.valid = true;
    let lists = [
        (Kind::P2p, &expected.p2p_tests),
        (Kind::F2p, &expected.f2p_tests),
        (Kind::S2p, &expected.s2p_tests),
        (Kind::N2p, &expected.n2p_tests),
    ];
    let missing = lists.into_iter().find_map(|(kind, listed)| {
        let has = |name: &&String| graded.kinds.get(&kind).is_some_and(|names| names.contains(*name));
        listed.iter().find(|name| !has(name)).map(|name| Invalid::Missing(kind, name.clone()))
    });
    graded.why_not = missing;
    graded
}
