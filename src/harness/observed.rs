//! What is known of a tree's tests after one or more runs.
//!
//! In: readings, the first of the whole command, later ones of tests run again alone. Out: one status for each id,
//! the line of the log that it rests on, and every earlier result, so that flaky tests can be counted.
//!
//! Invariant: a result is never forgotten, and a pass is never taken back by a rerun (reruns of passes only measure
//! how much rerunning failures flatters).

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::{Incomplete, Reading, Status, Statuses, TestResult};

/// A status and what it rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Status.
    pub status: Status,
    /// 1-based line of the log; 0 where there is no log.
    pub line: usize,
    /// Which log: 0 the whole command, then the reruns in order.
    pub run: usize,
}

/// Results of a tree's tests.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Observed {
    /// By id.
    pub tests: BTreeMap<String, Seen>,
    /// Statuses of all runs in order, by id.
    pub history: BTreeMap<String, Vec<Status>>,
    /// Lines of doctests in their files.
    pub source_lines: BTreeMap<String, usize>,
    /// Ids by what a runner prints in place of their names.
    pub titles: BTreeMap<String, Vec<String>>,
    /// The whole command could not build everything.
    pub build_failed: bool,
    /// Programs of the whole command that did not come to their end.
    pub incomplete: Vec<Incomplete>,
    runs: usize,
}

impl From<&Reading> for Observed {
    fn from(reading: &Reading) -> Self {
        Self::of(reading, |_| true)
    }
}

impl From<&Statuses> for Observed {
    fn from(statuses: &Statuses) -> Self {
        let seen = |status: &Status| Seen { status: *status, line: 0, run: 0 };
        Self {
            tests: statuses.iter().map(|(id, status)| (id.clone(), seen(status))).collect(),
            history: statuses.iter().map(|(id, status)| (id.clone(), vec![*status])).collect(),
            runs: 1,
            ..Self::default()
        }
    }
}

impl Observed {
    /// What a first run says of the tests that are to be kept.
    pub fn of(reading: &Reading, keep: impl Fn(&TestResult) -> bool + Sync) -> Self {
        let mut all = Self {
            build_failed: reading.build_failed,
            incomplete: reading.incomplete.clone(),
            ..Self::default()
        };
        all.add(reading, keep);
        all
    }

    /// Adds a run of single tests: it decides for tests without a result, and for failures that now hold.
    pub fn merge(&mut self, rerun: &Reading) {
        self.add(rerun, |_| true);
    }

    fn add(&mut self, rerun: &Reading, keep: impl Fn(&TestResult) -> bool + Sync) {
        let mut joined: BTreeMap<&str, (Status, usize)> = BTreeMap::new();
        for (title, id) in &rerun.titles {
            let ids = self.titles.entry(title.clone()).or_default();
            if !ids.contains(id) {
                ids.push(id.clone());
            }
        }
        let kept: Vec<&TestResult> =
            rerun.tests.par_iter().with_min_len(1 << 12).filter(|test| keep(test)).collect();
        for test in kept {
            let entry = joined.entry(&test.id).or_insert((test.status, test.line));
            if entry.0.worst(test.status) != entry.0 {
                *entry = (test.status, test.line);
            }
            if let Some(line) = test.source_line {
                self.source_lines.entry(test.id.clone()).or_insert(line);
            }
        }
        for (id, (status, line)) in joined {
            self.history.entry(id.to_owned()).or_default().push(status);
            let new = Seen { status, line, run: self.runs };
            let old = self.tests.entry(id.to_owned()).or_insert(new);
            let decides = match old.status {
                Status::Missing | Status::Unreached => !status.is_open(),
                Status::Failed | Status::Errored | Status::TimedOut => status.holds(),
                Status::Passed | Status::Skipped | Status::Xfailed | Status::Xpassed => false,
            };
            if decides {
                *old = new;
            }
        }
        self.runs += 1;
    }

    /// Statuses alone.
    pub fn statuses(&self) -> Statuses {
        self.tests.iter().map(|(id, seen)| (id.clone(), seen.status)).collect()
    }

    /// Tests that both held and did not in different runs.
    pub fn flaky(&self) -> impl Iterator<Item = &str> {
        let fails = |s: &Status| matches!(s, Status::Failed | Status::Errored | Status::TimedOut);
        self.history
            .iter()
            .filter(move |(_, all)| all.iter().any(|s| s.holds()) && all.iter().any(fails))
            .map(|(id, _)| id.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harness::{Format, read};

    #[test]
    fn reruns_decide_for_failures_and_open_tests_only() {
        let first = b"running 4 tests\ntest a ... FAILED\ntest b ... ok\ntest c ... ok\ntest d ... ";
        let again = b"running 3 tests\ntest a ... ok\ntest b ... FAILED\ntest d ... ok\n";
        let mut all = Observed::from(&read(Format::Cargo, first));
        assert_eq!(all.tests["d"].status, Status::Unreached);
        all.merge(&read(Format::Cargo, again));
        let held: Vec<_> = all.tests.iter().map(|(id, seen)| (id.as_str(), seen.status, seen.run)).collect();
        let passed = Status::Passed;
        assert_eq!(held, [("a", passed, 1), ("b", passed, 0), ("c", passed, 0), ("d", passed, 1)]);
        assert_eq!(all.flaky().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(all.history["a"], [Status::Failed, Status::Passed]);
    }
}
