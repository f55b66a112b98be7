//! What the controls and repeats of a task must show, check by check.
//!
//! In: a bench with its controls. Out: flaws and warnings in a [`Proof`], and the lists that hold.

use std::collections::BTreeSet;

use super::proof::{Flaw, Proof, TestLists};
use super::repeats::Steadiness;
use super::stability::Unstable;
use crate::evaluate::bench::{Bench, Control};
use crate::evaluate::detail::TestList;
use crate::evaluate::lists::turned;
use crate::evaluate::plan::{EMPTY, GOLD};
use crate::evaluate::record::{Outcome, Reason};
use crate::harness::{self, Lists, Status, find};
use crate::sandbox::Ended;
use crate::task::{PassToPass, Task};

/// So many names stand in a sentence; all of them stand in the finding.
const NAMED: usize = 5;

/// `a, b and 3 more`.
pub(in crate::evaluate) fn list(tests: &[String]) -> String {
    let rest = tests.len().saturating_sub(NAMED);
    let shown = tests.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    if rest > 0 { format!("{shown} and {rest} more") } else { shown }
}

/// Ids that listed names mean, by what gold's log names.
pub(super) fn ids(bench: &Bench, listed: &[String]) -> BTreeSet<String> {
    let Some(gold) = bench.controls.get(GOLD) else { return BTreeSet::new() };
    let statuses = gold.observed.statuses();
    let index = harness::Index::new(statuses.keys().map(String::as_str));
    listed.iter().flat_map(|name| index.find(name)).map(str::to_owned).collect()
}

/// The lists by themselves: an entry in both, an entry twice.
pub(super) fn lists(task: &Task, proof: &mut Proof) {
    let fail: BTreeSet<&String> = task.test.fail_to_pass.iter().collect();
    let PassToPass::List(pass) = &task.test.pass_to_pass else {
        return doubles(&task.test.fail_to_pass, "fail_to_pass", proof);
    };
    let both: Vec<String> = pass.iter().filter(|test| fail.contains(test)).cloned().collect();
    if !both.is_empty() {
        let why = format!("in fail_to_pass and in pass_to_pass: {}", list(&both));
        proof.find(Flaw::ListedTwice, both, why);
    }
    doubles(&task.test.fail_to_pass, "fail_to_pass", proof);
    doubles(pass, "pass_to_pass", proof);
}

fn doubles(tests: &[String], name: &str, proof: &mut Proof) {
    let mut seen = BTreeSet::new();
    let twice: Vec<String> = tests.iter().filter(|test| !seen.insert(*test)).cloned().collect();
    if !twice.is_empty() {
        proof.warnings.push(format!("more than once in {name}: {}", list(&twice)));
    }
}

/// Listed tests of a control with this list whose status is so.
fn with(control: &Control, of: TestList, is: impl Fn(Status) -> bool) -> Vec<String> {
    let tests = control.judged.details.iter().filter(|test| test.list == of && is(test.after));
    tests.map(|test| test.id.clone()).collect()
}

/// Listed tests whose result changed when it was looked at again, and the others.
fn part(bench: &Bench, tests: Vec<String>, unsure: &BTreeSet<String>) -> (Vec<String>, Vec<String>) {
    tests.into_iter().partition(|test| {
        unsure.contains(test) || ids(bench, std::slice::from_ref(test)).iter().any(|id| unsure.contains(id))
    })
}

fn flaky(tests: Vec<String>, says: &str, proof: &mut Proof) {
    if !tests.is_empty() {
        proof.flaky.extend(tests.iter().cloned());
        let why = format!("in fail_to_pass, but {says}: {}", list(&tests));
        proof.find(Flaw::Flaky, tests, why);
    }
}

/// The base with the test patch must fail every fail-to-pass.
pub(super) fn base(bench: &Bench, unsure: &BTreeSet<String>, proof: &mut Proof) {
    if bench.yardstick.lists.fail_to_pass.is_empty() {
        proof.find(Flaw::NoFailToPass, Vec::new(), "no test has to turn from failing to passing");
    }
    for (command, tail) in &bench.snapshot.meta.build_failures {
        let tail: String = tail.chars().take(300).collect();
        proof.warnings.push(format!("the base does not build: `{command}`: {tail}"));
    }
    let Some(empty) = bench.controls.get(EMPTY) else { return };
    let (sometimes, passing) = part(bench, with(empty, TestList::FailToPass, Status::holds), unsure);
    flaky(sometimes, "pass at base in some runs", proof);
    if !passing.is_empty() {
        let why = format!("pass at base with the test patch: {}", list(&passing));
        proof.find(Flaw::FailToPassPassesAtBase, passing, why);
    }
    if matches!(bench.task.test.pass_to_pass, PassToPass::List(_)) && !empty.observed.build_failed {
        let failing = with(empty, TestList::PassToPass, |status| {
            !status.holds() && status != Status::Skipped && !status.is_open()
        });
        if !failing.is_empty() {
            proof.warnings.push(format!("in pass_to_pass, but fail at base: {}", list(&failing)));
        }
    }
    if !bench.withdrawn.is_empty() {
        proof.warnings.push(format!(
            "not demanded, since gold alone brings them, outside the test files: {}",
            list(&bench.withdrawn)
        ));
    }
}

/// Gold must pass everything, and everything must have been run.
pub(super) fn gold(bench: &Bench, unsure: &BTreeSet<String>, proof: &mut Proof) {
    let Some(gold) = bench.controls.get(GOLD) else { return };
    if gold.judged.outcome == Outcome::TimedOut {
        let limit = bench.task.test.timeout.as_secs();
        let why = format!("with gold, the test command does not end within {limit} s");
        proof.find(Flaw::GoldTimedOut, Vec::new(), why);
    } else if gold.judged.reason == Some(Reason::BuildFailed) {
        proof.find(Flaw::GoldDoesNotBuild, Vec::new(), "with gold, the tests cannot be built");
    } else {
        let fails = |status: Status| !status.holds() && status != Status::Skipped && !status.is_open();
        let lists = [
            (TestList::FailToPass, Flaw::GoldFailsFailToPass, "fail_to_pass"),
            (TestList::PassToPass, Flaw::GoldFailsPassToPass, "pass_to_pass"),
        ];
        for (of, flaw, name) in lists {
            let (sometimes, failing) = part(bench, with(gold, of, fails), unsure);
            if of == TestList::FailToPass {
                flaky(sometimes, "fail with gold in some runs", proof);
            } else {
                proof.flaky.extend(sometimes);
            }
            if !failing.is_empty() {
                let why = format!("in {name}, but fail with gold: {}", list(&failing));
                proof.find(flaw, failing, why);
            }
            let silent = with(gold, of, Status::is_open);
            if !silent.is_empty() {
                let why = format!("in {name}, but never run with gold: {}", list(&silent));
                proof.find(Flaw::NeverRun, silent, why);
            }
            let skipped = with(gold, of, |status| status == Status::Skipped);
            if skipped.is_empty() {
                continue;
            }
            let why = format!("in {name}, but left out by the runner: {}", list(&skipped));
            if of == TestList::FailToPass {
                proof.find(Flaw::NeverRun, skipped, why);
            } else {
                proof.warnings.push(why);
            }
        }
    }
    let limit = bench.task.test.timeout.as_secs_f64();
    if gold.seconds > limit / 2.0 && gold.ended != Ended::TimedOut {
        proof.warnings.push(format!("gold's tests take {:.0} s of the {limit:.0} s they have", gold.seconds));
    }
    let oddities = gold.judged.oddities.iter().filter(|oddity| oddity.contains("the test command"));
    proof.warnings.extend(oddities.map(|oddity| format!("gold: {oddity}")));
}

/// Every fail-to-pass must come to the same in every run.
pub(super) fn stable(bench: &Bench, steadiness: &Steadiness, proof: &mut Proof) {
    let fail_to_pass = &bench.yardstick.lists.fail_to_pass;
    let kinds = [
        (Unstable::Flaky, Flaw::Flaky, "pass and fail in equal circumstances"),
        (Unstable::Timing, Flaw::Timing, "fail on a loaded machine"),
        (Unstable::Order, Flaw::OrderDependent, "depend on the order of the tests or on those beside them"),
    ];
    for (kind, flaw, says) in kinds {
        let found: Vec<String> = fail_to_pass
            .iter()
            .filter(|listed| {
                ids(bench, &[(*listed).clone()]).iter().any(|id| steadiness.unstable.get(id) == Some(&kind))
            })
            .cloned()
            .collect();
        if !found.is_empty() {
            let why = format!("in fail_to_pass, but {says}: {}", list(&found));
            proof.find(flaw, found, why);
        }
    }
    let sometimes: Vec<String> = steadiness
        .passed_at_base
        .iter()
        .filter(|id| !steadiness.unstable.contains_key(*id))
        .cloned()
        .collect();
    if !sometimes.is_empty() {
        flaky(sometimes, "pass at base in some runs", proof);
    }
}

/// The lists that base and gold show, and the task's own without what cannot vote.
pub(super) fn found(bench: &Bench, proof: &mut Proof) {
    let Some(gold) = bench.controls.get(GOLD) else { return };
    let unstable: BTreeSet<&String> = proof.flaky.iter().chain(&proof.order_dependent).collect();
    let statuses = gold.observed.statuses();
    let before = &bench.yardstick.before;
    // Tests in files that gold brings are gold's own: no prediction can have them.
    let golds_own = |id: &String| {
        let file = harness::file_of(id);
        !bench.is_test_file(file) && !before.contains_key(id) && !bench.own.tests.contains_key(id)
    };
    let fail_to_pass: Vec<String> = turned(before, &gold.observed);
    let base = Lists::base(fail_to_pass.clone(), &bench.own.statuses(), &statuses);
    let keep = |tests: Vec<String>| -> Vec<String> {
        tests.into_iter().filter(|id| !unstable.contains(id) && !golds_own(id)).collect()
    };
    proof.found = TestLists { fail_to_pass: keep(fail_to_pass), pass_to_pass: keep(base.pass_to_pass) };
    let votes = |listed: &String| {
        let ids = find(listed, &statuses);
        let steady = ids.iter().all(|id| !unstable.contains(&(*id).to_owned()) && statuses[*id].holds());
        let skipped = ids.iter().all(|id| statuses[*id] == Status::Skipped);
        !ids.is_empty() && (steady || skipped)
    };
    let own = &bench.yardstick.lists;
    let mut seen = BTreeSet::new();
    let mut keep = |tests: &[String]| -> Vec<String> {
        tests.iter().filter(|test| votes(test) && seen.insert((*test).clone())).cloned().collect()
    };
    proof.lists = TestLists { fail_to_pass: keep(&own.fail_to_pass), pass_to_pass: keep(&own.pass_to_pass) };
}

/// An empty patch must not be resolved.
pub(super) fn empty(bench: &Bench, proof: &mut Proof) {
    if bench.controls.get(EMPTY).is_some_and(|empty| empty.judged.outcome == Outcome::Resolved) {
        proof.find(Flaw::EmptyResolves, Vec::new(), "an empty patch is resolved");
    }
}
