//! Whether a run's log can be believed.
//!
//! In: what a tree changes, and what was seen of its run beside the log: canaries, stamps of guarded files, tests
//! confirmed by themselves. Out: before the run, the changes that are really written; after it, doubts in words.
//!
//! Invariant: a doubt needs a witness. Files that gold's own run touches are not guarded, canaries that did not come
//! through with any control are not demanded, and tests that do not pass by themselves with gold need no confirmation.

use std::collections::BTreeSet;

use super::canary::{self, Marks, came_through};
use super::settings;
use super::sink::{Again, AloneRun, TestRun};
use super::tests::{Tester, Yardstick};
use crate::diff::{Role, role_of};
use crate::harness::{self, Format, Reading, Status, Verdict, VerdictOutcome, Why};
use crate::patch::{Tree, TreeChanges};
use crate::sandbox::{Ended, Stamp};
use crate::snapshot::Stale;
use crate::syntax::language_of;

/// What integrity of a task's runs rests on.
pub(super) struct Integrity<'a> {
    /// Base.
    pub base: &'a dyn Tree,
    /// Paths of the base.
    pub paths: &'a [String],
    /// Test files of the task.
    pub tests: &'a TreeChanges,
    /// What of the snapshot was built from which file.
    pub stale: &'a Stale,
    /// Files that no run may touch.
    pub guarded: &'a BTreeSet<String>,
    /// The runner whose canaries are planted; none where they are off.
    pub plant: Option<Format>,
}

/// The pairs of canaries that a log shows: file, and the statuses of both.
pub(super) type Pairs = Vec<(String, Status, Status)>;

/// Tests and the runner's settings, as far as they are programs or settings: data beside tests may be written by them.
pub(super) fn guarded(
    base: &dyn Tree,
    paths: &[String],
    tests: &TreeChanges,
    command: &str,
) -> BTreeSet<String> {
    let scripts = settings::scripts(command);
    let reference = settings::Reference { base, tests, gold: None, command };
    let wanted = |path: &&String| {
        (role_of(path, b"") == Role::Test && language_of(path).is_some())
            || settings::is_whole(path, &reference)
            || scripts.contains(path)
    };
    paths.iter().chain(tests.keys()).filter(wanted).cloned().collect()
}

/// The runner that a task's tests are run by, as far as its format or command says.
pub(super) fn runner(format: &str, command: &str) -> Option<Format> {
    let by_word = || {
        let has =
            |word: &str| command.split(|c: char| !c.is_alphanumeric() && c != '-').any(|one| one == word);
        let names = [
            ("nextest", Format::Nextest),
            ("vitest", Format::Vitest),
            ("jest", Format::Jest),
            ("mocha", Format::Mocha),
            ("pytest", Format::Pytest),
            ("unittest", Format::Unittest),
            ("--test", Format::Node),
        ];
        if has("cargo") && !has("nextest") {
            return Some(Format::Cargo);
        }
        names.into_iter().find(|(name, _)| has(name)).map(|(_, format)| format)
    };
    Format::from_name(format).or_else(by_word).filter(|format| canary::carries(*format))
}

impl Integrity<'_> {
    /// Adds canaries to what is written, and takes away what would stand for the old state of changed files.
    pub fn prepare(&self, tester: &Tester, changes: &mut TreeChanges, listed: &[String]) -> Option<Marks> {
        let ground = |format| canary::Ground {
            base: self.base,
            paths: self.paths,
            packages: tester.context,
            format,
            listed,
            tests: self.tests,
        };
        let marks = self.plant.and_then(|format| canary::plant(&ground(format), changes, Marks::token()));
        for path in self.stale.of(&tester.spec.lower, changes.keys()) {
            changes.entry(path).or_insert(None);
        }
        marks
    }

    /// Files to be watched while the tests of these changes run.
    pub fn watched(&self, changes: &TreeChanges, written: &TreeChanges) -> Vec<String> {
        let there = |path: &&String| written.get(*path).is_none_or(Option::is_some);
        let planted =
            written.iter().filter(|(path, blob)| blob.is_some() && changes.get(*path) != Some(*blob));
        let mut all: BTreeSet<&String> = self.guarded.iter().filter(there).collect();
        all.extend(planted.map(|(path, _)| path));
        all.into_iter().cloned().collect()
    }
}

/// Watched files that are no longer as they were.
pub(super) fn touched(watched: &[String], before: &[Option<Stamp>], after: &[Option<Stamp>]) -> Vec<String> {
    let pairs = before.iter().zip(after);
    watched
        .iter()
        .zip(pairs)
        .filter(|(_, (before, after))| before != after)
        .map(|(path, _)| path.clone())
        .collect()
}

/// Whether what a test run by itself printed counts.
pub(super) fn believed(
    demanded: &BTreeSet<String>,
    marks: Option<&Marks>,
    alone: &AloneRun,
    pairs: &Pairs,
) -> bool {
    let Some((file, marks)) = alone.beside.as_ref().zip(marks) else { return true };
    !demanded.contains(file) || marks.held_again(pairs, file)
}

/// Files whose canaries came through a whole run.
pub(super) fn seen(pairs: &Pairs) -> BTreeSet<String> {
    pairs.iter().filter(|(file, ..)| came_through(pairs, file)).map(|(file, ..)| file.clone()).collect()
}

/// Why a run that seems to resolve its task is not believed.
pub(super) fn doubts(yardstick: &Yardstick, run: &TestRun, reading: &Reading, pairs: &Pairs) -> Vec<String> {
    let mut doubts = Vec::new();
    let own_files = matches!(reading.format, Format::Cargo | Format::Nextest);
    for file in run.marks.iter().flat_map(|marks| &marks.files) {
        if !yardstick.canaries.contains(file) || came_through(pairs, file) {
            continue;
        }
        let relied_on =
            reading.tests.iter().any(|test| test.status.holds() && harness::file_of(&test.id) == file);
        // A program that crashed says so; what it did not come to is run alone, beside canaries.
        let crashed = run.whole.ended != Ended::Exited(0)
            && reading.incomplete.iter().any(|program| program.target.as_ref() == Some(file));
        if crashed || (own_files && !relied_on) {
            continue;
        }
        doubts.push(format!(
            "{file}: canary tests planted beside its tests have no result, or a wrong one: the log is forged or cut short"
        ));
    }
    for path in run.touched.iter().filter(|path| !yardstick.touched.contains(*path)) {
        doubts.push(format!("{path}: changed while the tests ran; with gold it is not"));
    }
    doubts
}

impl Tester<'_> {
    /// Fail-to-pass that passed in the whole run and not when run by themselves, though with gold they do.
    pub(super) fn unconfirmed(&self, yardstick: &Yardstick, run: &TestRun) -> BTreeSet<String> {
        let Some(confirmable) = &yardstick.confirmable else { return BTreeSet::new() };
        self.confirmations(run)
            .into_iter()
            .filter(|(test, held)| !held && confirmable.contains(test))
            .map(|(test, _)| test)
            .collect()
    }

    /// Each confirmed test, and whether it held.
    pub(super) fn confirmations(&self, run: &TestRun) -> Vec<(String, bool)> {
        let confirmed = run.alone.iter().filter(|alone| alone.why == Again::Confirm);
        confirmed
            .flat_map(|alone| {
                let (reading, pairs) = self.read_marked(&alone.output.stdout, run.marks.as_ref());
                let believed = believed(self.demanded, run.marks.as_ref(), alone, &pairs);
                let statuses = reading.statuses();
                let held = |test: &String| {
                    let ids = harness::find(test, &statuses);
                    !ids.is_empty() && ids.iter().all(|id| statuses[*id].holds())
                };
                let tests = std::iter::once(&alone.test).chain(&alone.also);
                tests.map(|test| (test.clone(), believed && held(test))).collect::<Vec<_>>()
            })
            .collect()
    }
}

/// Takes passes back that were not confirmed.
pub(super) fn take_back(verdict: &mut Verdict, unconfirmed: &BTreeSet<String>) {
    let passed = std::mem::take(&mut verdict.fail_to_pass.passed);
    let (gone, kept): (Vec<_>, Vec<_>) =
        passed.into_iter().partition(|test| unconfirmed.contains(&test.listed));
    verdict.fail_to_pass.passed = kept;
    if gone.is_empty() {
        return;
    }
    verdict.fail_to_pass.failed.extend(gone.into_iter().map(|mut test| {
        test.status = Status::Failed;
        test
    }));
    let some = !verdict.fail_to_pass.passed.is_empty() && verdict.pass_to_pass.failed.is_empty();
    verdict.outcome = if some { VerdictOutcome::Partial } else { VerdictOutcome::Unresolved };
    verdict.reason = verdict.reason.or(Some(Why::TestsFailed));
}
