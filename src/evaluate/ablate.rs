//! Driving ablation: each probe is a tree, tested as any trial's is.
//!
//! In: a patch that was tested, its units and classes. Out: what the tests need of it. Trees are run in the sandbox on
//! the task's snapshot and kept under their run keys, so that equal trees, of whichever patch, run once.

use std::collections::BTreeSet;

use super::bench::Bench;
use super::detail::{AblationDetail, TestDetail, TestList};
use super::edits::{self, Measured};
use super::judged::Judged;
use super::plan::{Ablation, GOLD, Subject};
use super::record::{Outcome, Reason};
use super::run::World;
use super::sink::{Sink, SinkError};
use super::trial::{Trod, tread};
use crate::diff::{Diff, Role, UnitKind, revert, role_of};
use crate::metric::ablation::{
    Ablated, Depth, Machine, Outcome as Answer, Probe, Seeds, expectations, unreached, verdict,
};
use crate::metric::context::files_of;
use crate::metric::relevance::{Class, Classified, Input};
use crate::patch::{Overlaid, TreeChanges};

/// A patch whose tests were run.
pub(super) struct Patch<'a> {
    /// What it leaves.
    pub changes: &'a TreeChanges,
    /// What the tests said of it.
    pub judged: &'a Judged,
    /// Who made it.
    pub subject: &'a Subject,
}

/// What ablation found, and how it went.
pub(super) struct Found {
    /// Classes and figures.
    pub verdict: Ablated,
    /// How it went.
    pub detail: AblationDetail,
}

/// Ablates a patch; none where there is nothing to go by: no fail-to-pass passes with it, or it did not come so far.
pub(super) fn ablate(
    world: &World,
    bench: &Bench,
    depth: Ablation,
    patch: &Patch,
    measured: &Measured,
    sink: &dyn Sink,
) -> Result<Option<Found>, SinkError> {
    let gold = edits::acquitting(bench, patch.subject);
    let input = edits::input(&bench.task, bench.tree(), &measured.diff, gold, bench.symbols());
    run(world, bench, depth, patch, &input, &measured.classified, sink)
}

/// Files of gold in which it has units that the tests need, gold itself withheld; none where gold does not resolve.
pub(super) fn obligations(
    world: &World,
    bench: &Bench,
    sink: &dyn Sink,
) -> Result<Option<BTreeSet<String>>, SinkError> {
    let (Some(gold), Some(changes), Some(control)) =
        (&bench.gold, &bench.material.gold, bench.controls.get(GOLD))
    else {
        return Ok(None);
    };
    let input = edits::input(&bench.task, bench.tree(), &gold.diff, None, bench.symbols());
    let patch = Patch { changes, judged: &control.judged, subject: &Subject::Gold };
    let found = run(world, bench, Ablation::Full, &patch, &input, &gold.withheld, sink)?;
    Ok(found.map(|found| files_of(&gold.diff, found.verdict.findings.needed.keys().copied())))
}

fn run(
    world: &World,
    bench: &Bench,
    ablation: Ablation,
    patch: &Patch,
    input: &Input,
    classified: &[Classified],
    sink: &dyn Sink,
) -> Result<Option<Found>, SinkError> {
    let depth = match ablation {
        Ablation::Off => return Ok(None),
        Ablation::Auto => Depth::Auto,
        Ablation::Full => Depth::Full,
    };
    let votes = votes(patch.judged);
    if !has_run(patch.judged) || !votes.iter().any(|vote| vote.list == TestList::FailToPass) {
        return Ok(None);
    }
    let names: BTreeSet<&str> = votes.iter().map(|vote| vote.id.as_str()).collect();
    let setup = expectations(input.diff, classified, &beyond_reach(bench, patch, input, classified), depth);
    let mut machine = Machine::new(&setup);
    while let Some(probe) = machine.next() {
        let tree = without(bench, input.diff, &probe);
        let salt = if probe.again { "again" } else { "" };
        let answer = match tread(world, bench, salt, &tree, sink)? {
            Ok(trod) => answer(&trod, &names),
            // Whatever a sandbox says is nothing about the unit.
            Err(_) => Answer::Unresolved,
        };
        machine.tell(&answer);
    }
    let findings = machine.findings();
    let detail = AblationDetail {
        depth: ablation,
        votes: votes.len(),
        runs: findings.runs,
        cap: machine.cap(),
        capped: findings.capped,
    };
    Ok(Some(Found { verdict: verdict(input, classified, findings, depth), detail }))
}

/// The tests of the whole patch came to an end.
fn has_run(judged: &Judged) -> bool {
    match judged.outcome {
        Outcome::Resolved | Outcome::Partial => true,
        Outcome::Unresolved => {
            matches!(judged.reason, None | Some(Reason::TestsFailed | Reason::MissingTest))
        }
        Outcome::Empty
        | Outcome::Malformed
        | Outcome::ApplyFailed
        | Outcome::TimedOut
        | Outcome::Invalid
        | Outcome::Missing => false,
    }
}

/// Listed tests that pass with the whole patch. One that passed only when it was run again has no vote.
fn votes(judged: &Judged) -> Vec<&TestDetail> {
    let listed = judged.details.iter().filter(|test| test.list != TestList::Unlisted);
    listed.filter(|test| test.after.holds() && test.line.is_some()).collect()
}

/// Units that nothing leads to; looked for only where some unit's class is open.
fn beyond_reach(bench: &Bench, patch: &Patch, input: &Input, classified: &[Classified]) -> BTreeSet<usize> {
    let open = classified.iter().any(|one| {
        let kind = input.diff.units.get(one.unit).map(|unit| unit.kind);
        one.class == Class::Unproven && !matches!(kind, Some(UnitKind::Comment | UnitKind::Format) | None)
    });
    if !open {
        return BTreeSet::new();
    }
    let files = bench.material.tests.iter();
    let tests =
        files.filter_map(|(path, blob)| Some((path.as_str(), blob.as_ref()?.bytes.as_slice()))).collect();
    let result = Overlaid { base: bench.tree(), changes: patch.changes };
    unreached(input, &result, &Seeds { tests })
}

/// What the patch leaves without some units; nothing in it is as at base.
fn without(bench: &Bench, diff: &Diff, probe: &Probe) -> TreeChanges {
    let mut tree = revert(diff, &probe.without);
    tree.retain(|path, blob| *blob != bench.tree().blob(path));
    tree
}

fn answer(trod: &Trod, votes: &BTreeSet<&str>) -> Answer {
    let judged = &trod.judged;
    let failing = || -> Vec<String> {
        let failed =
            judged.details.iter().filter(|test| !test.after.holds() && votes.contains(test.id.as_str()));
        failed.map(|test| test.id.clone()).collect()
    };
    match judged.reason {
        Some(Reason::BuildFailed) => {
            // Tests that cannot be compiled without a unit fail for want of it; a program that cannot says nothing.
            let tests = failing();
            if tests.is_empty() || !only_tests_do_not_build(&trod.run.whole.stdout) {
                return Answer::Broken;
            }
            Answer::Fails(tests)
        }
        None | Some(Reason::TestsFailed | Reason::MissingTest) if judged.outcome != Outcome::TimedOut => {
            let tests = failing();
            if tests.is_empty() { Answer::Holds } else { Answer::Fails(tests) }
        }
        _ => Answer::Unresolved,
    }
}

/// Every error of the compiler stands in a test file.
fn only_tests_do_not_build(log: &[u8]) -> bool {
    let text = String::from_utf8_lossy(log);
    let (mut any, mut is_error) = (false, false);
    for line in text.lines() {
        if line.starts_with("error") {
            is_error = line.starts_with("error[") || line.starts_with("error: ");
        } else if line.starts_with("warning") {
            is_error = false;
        } else if let Some(place) = line.trim_start().strip_prefix("--> ")
            && std::mem::take(&mut is_error)
        {
            let path = place.split(':').next().unwrap_or(place);
            if role_of(path, b"") != Role::Test {
                return false;
            }
            any = true;
        }
    }
    any
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn a_build_that_fails_in_tests_alone_is_told() {
        let error = |path: &str| format!("error[E0425]: cannot find `x`\n --> {path}:3:5\n  |\n");
        let warning = "warning: unused\n --> src/lib.rs:1:1\n";
        let end = "error: could not compile `mini` (test \"a\") due to 1 previous error\n";
        for (log, expected) in [
            (format!("{warning}{}{end}", error("tests/a.rs")), true),
            (format!("{}{}{end}", error("tests/a.rs"), error("src/lib.rs")), false),
            (format!("{}{warning}{end}", error("src/lib.rs")), false),
            (end.to_owned(), false),
        ] {
            assert_eq!(only_tests_do_not_build(log.as_bytes()), expected, "{log}");
        }
    }
}
