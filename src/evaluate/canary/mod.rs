//! Canary tests: two a test program, under random names, by which a forged or cut-off log gives itself away.
//!
//! In: the tree that is to be tested and a random token. Out: the tree with canaries ([`plant`]), and of a log whether
//! they came through. In the whole run both pass (Python's second one fails as it is marked to), so that exit codes and early
//! stops are as without them. Where a test is run by itself a switch in the environment is set, upon which one of the two
//! must fail. They bear names that come last in the order of their program: code under test that prints results and ends
//! the process ends it before them.
//!
//! A task whose layout has no place for them goes without: gold shows which files carry them.
//!
//! Invariant: canaries are no tests of the task: nothing of them reaches statuses, lists or counts.

mod plant;

use std::collections::BTreeMap;

pub(super) use plant::{Ground, carries, plant};
use serde::{Deserialize, Serialize};

use crate::harness::{Beside, Reading, Status};

/// Canaries of one run: kept with its log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marks {
    /// Random; names are derived from it.
    pub token: String,
    /// Files that carry a pair.
    pub files: Vec<String>,
    /// Whether the second of a pair fails as it is marked to, instead of passing.
    #[serde(default)]
    pub marked: bool,
}

/// A file's pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pair {
    /// Passes always.
    pub passing: String,
    /// Passes unless the switch is set.
    pub failing: String,
}

/// So many letters that no test has such a name by chance.
const LETTERS: usize = 12;

/// A name that sorts behind most others. Python's and cargo's tests may have it.
fn word(token: &str, file: &str, part: &str) -> String {
    let hash = blake3::hash(format!("{token}\0{file}\0{part}").as_bytes());
    let letters = hash.as_bytes().iter().take(LETTERS).map(|byte| char::from(b'a' + byte % 26));
    std::iter::once('z').chain(letters).collect()
}

impl Marks {
    /// A fresh token.
    pub fn token() -> String {
        let mut bytes = [0_u8; 32];
        // Without a source of randomness names are known, and the rest still holds.
        let _ = getrandom::fill(&mut bytes);
        blake3::Hash::from_bytes(bytes).to_hex().to_string()
    }

    /// The pair that a file carries.
    pub(super) fn pair(&self, file: &str) -> Pair {
        Pair { passing: word(&self.token, file, "passing"), failing: word(&self.token, file, "failing") }
    }

    /// The module (cargo) or file (others) that holds a file's pair.
    pub(super) fn holder(&self, file: &str) -> String {
        word(&self.token, file, "holder")
    }

    /// The variable that makes failing ones fail.
    pub(super) fn switch(&self) -> String {
        word(&self.token, "", "switch").to_uppercase()
    }

    /// Names of a file's pair in its program, as arguments of cargo's test programs, and the variable that sets the switch.
    pub(super) fn beside(&self, file: &str) -> (Vec<String>, BTreeMap<String, String>) {
        let (pair, holder) = (self.pair(file), self.holder(file));
        let names = [pair.passing, pair.failing].map(|name| format!("{holder}::{name}"));
        (names.to_vec(), BTreeMap::from([(self.switch(), "1".to_owned())]))
    }

    /// The pairs of all files that are canaries' own, to stand beside tests that are run once more, and the variable that
    /// sets the switch.
    pub(super) fn all_beside(&self) -> (Vec<Beside>, BTreeMap<String, String>) {
        let start = if self.marked { "test_" } else { "" };
        let pairs = self.files.iter().flat_map(|file| {
            let (path, pair) = (plant::form(file, &self.holder(file)), self.pair(file));
            [pair.passing, pair.failing]
                .map(|name| Beside { file: path.clone(), name: format!("{start}{name}") })
        });
        (pairs.collect(), BTreeMap::from([(self.switch(), "1".to_owned())]))
    }

    /// Whether a pair did as it must where tests are run once more.
    pub(super) fn held_again(&self, found: &[(String, Status, Status)], file: &str) -> bool {
        if self.marked { came_through(found, file) } else { told_apart(found, file) }
    }

    /// Takes canaries out of a reading; gives the statuses of each file's pair, where both were seen.
    pub(super) fn take(&self, reading: &mut Reading) -> Vec<(String, Status, Status)> {
        let pairs: Vec<(&String, Pair)> = self.files.iter().map(|file| (file, self.pair(file))).collect();
        let named = |id: &str, name: &str| id.ends_with(name);
        let status = |name: &str| {
            let mut all = reading.tests.iter().filter(|test| named(&test.id, name)).map(|test| test.status);
            all.next().map(|first| all.fold(first, Status::worst))
        };
        // A marked one that merely passes did not find what it looked for.
        let as_plain = |status| match status {
            Status::Xfailed if self.marked => Status::Passed,
            Status::Passed if self.marked => Status::Xpassed,
            other => other,
        };
        let found = pairs
            .iter()
            .filter_map(|(file, pair)| {
                Some(((*file).clone(), status(&pair.passing)?, as_plain(status(&pair.failing)?)))
            })
            .collect();
        reading.tests.retain(|test| {
            !pairs.iter().any(|(_, pair)| named(&test.id, &pair.passing) || named(&test.id, &pair.failing))
        });
        found
    }
}

/// Whether a pair came through a whole run: both passed.
pub(super) fn came_through(found: &[(String, Status, Status)], file: &str) -> bool {
    found.iter().any(|(of, passing, failing)| of == file && passing.holds() && failing.holds())
}

/// Whether a pair did as it must with the switch set.
fn told_apart(found: &[(String, Status, Status)], file: &str) -> bool {
    found.iter().any(|(of, passing, failing)| of == file && passing.holds() && *failing == Status::Failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harness::{Format, read};

    #[test]
    fn canaries_are_taken_out_and_judged() {
        let marks = Marks { token: "t".into(), files: vec!["tests/a.rs".into()], marked: false };
        let (pair, holder) = (marks.pair("tests/a.rs"), marks.holder("tests/a.rs"));
        let log = |second: &str| {
            format!(
                "     Running tests/a.rs (target/debug/deps/a-0)\n\nrunning 3 tests\ntest a ... ok\n\
                 test {holder}::{} ... ok\ntest {holder}::{} ... {second}\n\n\
                 test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n",
                pair.passing, pair.failing
            )
        };
        let read = |second| {
            let mut reading = read(Format::Cargo, log(second).as_bytes());
            let found = marks.take(&mut reading);
            assert_eq!(reading.tests.len(), 1);
            (came_through(&found, "tests/a.rs"), told_apart(&found, "tests/a.rs"))
        };
        assert_eq!(read("ok"), (true, false));
        assert_eq!(read("FAILED"), (false, true));
        let mut cut = cut();
        assert!(!came_through(&marks.take(&mut cut), "tests/a.rs"));
        assert_ne!(
            marks.pair("tests/a.rs"),
            marks.pair("tests/b.rs"),
            "names differ from program to program"
        );
    }

    fn cut() -> Reading {
        read(Format::Cargo, b"running 1 test\ntest a ... ok\n")
    }
}
