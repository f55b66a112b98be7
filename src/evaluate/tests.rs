//! Running the tests of one tree, and judging what they printed.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::canary::Marks;
use super::detail::{TestDetail, TestList};
use super::integrity::{self, Integrity, Pairs};
use super::keys;
use super::listing;
use super::record::{Outcome, Reason, Reruns, Tests};
use super::sink::{Again, AloneRun, TestRun};
use crate::harness::{
    self, Format, Lists, Observed, ReadContext, Reading, RulesError, Statuses, Verdict, VerdictOutcome, Why,
};
use crate::patch::TreeChanges;
use crate::sandbox::{Ended, Sandbox, SandboxError, SessionSpec, Step, StepOutput};
use crate::syntax::language_of;
use crate::task::TestPlan;

/// So many tests are run alone at most for each reason: more than that is no oddity of single tests.
const ALONE_LIMIT: usize = 12;

/// How oddities begin that tell why a result does not count.
const NOT_BELIEVED: &str = "not believed: ";

/// What a run is judged by.
#[derive(Debug, Clone, Default)]
pub(super) struct Yardstick {
    /// Lists of the task.
    pub lists: Lists,
    /// Statuses at base: with the test patch where that could be built, else with base's own tests.
    pub before: Statuses,
    /// How the test command ended with gold; none where gold was not run.
    pub gold_ended: Option<Ended>,
    /// Files whose canaries came through with a control, and must with every patch.
    pub canaries: BTreeSet<String>,
    /// Fail-to-pass that pass by themselves with gold, and must with every patch; none before gold was run.
    pub confirmable: Option<BTreeSet<String>>,
    /// Guarded files that gold's own run touches.
    pub touched: BTreeSet<String>,
    /// Whether gold's log shows exactly the tests that its programs list.
    pub listing: bool,
}

/// How the tests of a tree are run and read.
pub(super) struct Tester<'a> {
    /// Where.
    pub sandbox: &'a dyn Sandbox,
    /// On which snapshot.
    pub spec: &'a SessionSpec,
    /// How.
    pub plan: &'a TestPlan,
    /// Wall clock of the test command: the plan's, or less where controls show that less is plenty.
    pub timeout: Duration,
    /// Packages of the tree.
    pub context: &'a ReadContext,
    /// By which passes are drawn that are run again.
    pub seed: u64,
    /// What is done against forged logs; none where a draft is looked at.
    pub integrity: Option<Integrity<'a>>,
    /// Files whose canaries must come through.
    pub demanded: &'a BTreeSet<String>,
}

impl Tester<'_> {
    /// Runs the test command on the snapshot with `changes`; then, by themselves, listed tests that the log does not
    /// name or that a crash cut off, pass-to-pass that failed, and fail-to-pass that passed.
    pub fn run(&self, changes: &TreeChanges, yardstick: &Yardstick) -> Result<TestRun, SandboxError> {
        let mut session = self.sandbox.open(self.spec)?;
        let mut written = changes.clone();
        let listed = &yardstick.lists.fail_to_pass;
        let marks = self.integrity.as_ref().and_then(|one| one.prepare(self, &mut written, listed));
        session.put(&written)?;
        let watched = self.integrity.as_ref().map(|one| one.watched(changes, &written)).unwrap_or_default();
        let stamps = session.stamps(&watched)?;
        let frame = self.plan.scripted.then(Marks::token);
        let framed = frame.as_ref().and_then(|word| harness::framed(&self.plan.command, word));
        let command = framed.clone().unwrap_or_else(|| self.plan.command.clone());
        let mut run = TestRun::plain(session.run(&self.step(command))?);
        run.frame = frame.filter(|_| framed.is_some());
        run.touched = integrity::touched(&watched, &stamps, &session.stamps(&watched)?);
        run.marks = marks;
        let (reading, _) = self.read_whole(&run);
        let cut_short = matches!(run.whole.ended, Ended::TimedOut | Ended::OutOfMemory);
        // A tree that does not compile fails every test alone just as well.
        if cut_short || reading.build_failed {
            return Ok(run);
        }
        let observed = Observed::from(&reading);
        let Ok(verdict) = harness::judge(&yardstick.lists, Some(&yardstick.before), &observed) else {
            return Ok(run);
        };
        let statuses = observed.statuses();
        let mut alone = |run: &mut TestRun, test: &str, why| -> Result<(), SandboxError> {
            let id = qualified(test, &statuses, &yardstick.before);
            let file = harness::file_of(&id).to_owned();
            let beside = run.marks.as_ref().filter(|marks| marks.files.contains(&file));
            let (names, environment) = beside.map(|marks| marks.beside(&file)).unwrap_or_default();
            let command =
                harness::alone_beside(reading.format, &self.plan.command, &id, &names, self.context);
            let Some(command) = command else { return Ok(()) };
            let output = session.run(&Step { environment, ..self.step(command) })?;
            let carries = !names.is_empty() && reading.format == Format::Cargo && !id.starts_with("doc:");
            let beside = carries.then_some(file);
            run.alone.push(AloneRun { test: test.to_owned(), why, output, beside });
            Ok(())
        };
        for (why, test) in wanted(&verdict) {
            alone(&mut run, test, why)?;
        }
        let failed = run.alone.iter().filter(|alone| alone.why == Again::Failed).count();
        let tree = keys::tree(changes);
        for test in drawn(&verdict, failed, self.seed, &tree) {
            alone(&mut run, test, Again::Control)?;
        }
        if let Ok(verdict) = harness::judge(&yardstick.lists, Some(&yardstick.before), &self.observe(&run)) {
            for test in to_confirm(&verdict, yardstick.confirmable.as_ref(), self.seed, &tree) {
                alone(&mut run, test, Again::Confirm)?;
            }
            let ask = listing::ask(&run.whole.stdout).filter(|_| reading.format == Format::Cargo);
            if let (Some(command), true, Some(_)) =
                (ask, verdict.outcome != VerdictOutcome::Unresolved, &self.integrity)
            {
                run.listing = Some(session.run(&self.step(command))?);
            }
        }
        Ok(run)
    }

    fn step(&self, command: String) -> Step {
        Step { command, timeout: self.timeout, merged: true, stdin: None, environment: BTreeMap::new() }
    }

    /// Runs a command on the snapshot with `changes` once, as it is, with variables added; nothing is run again.
    pub fn once(
        &self,
        changes: &TreeChanges,
        command: &str,
        environment: &BTreeMap<String, String>,
    ) -> Result<StepOutput, SandboxError> {
        let mut session = self.sandbox.open(self.spec)?;
        session.put(changes)?;
        session.run(&Step { environment: environment.clone(), ..self.step(command.to_owned()) })
    }

    /// What a log says.
    pub fn read(&self, log: &[u8]) -> Reading {
        if let Some(reading) = harness::read_published(&self.plan.format, log) {
            return reading;
        }
        let format = Format::from_name(&self.plan.format)
            .or_else(|| harness::detect(log).map(|(format, _)| format))
            .unwrap_or(Format::Cargo);
        harness::read_in(format, log, self.context)
    }

    /// What the log of the whole command says without its canaries, and what it says of those; of a script's log the part
    /// between its marks.
    pub fn read_whole(&self, run: &TestRun) -> (Reading, Pairs) {
        let (log, before) = harness::body_of(run.frame.as_deref(), &run.whole.stdout);
        let (mut reading, pairs) = self.read_marked(log, run.marks.as_ref());
        reading.shift(before);
        (reading, pairs)
    }

    /// What a log says without its canaries, and what it says of those.
    pub fn read_marked(&self, log: &[u8], marks: Option<&Marks>) -> (Reading, Pairs) {
        let mut reading = self.read(log);
        let pairs = marks.map(|marks| marks.take(&mut reading)).unwrap_or_default();
        (reading, pairs)
    }

    /// Everything that a run says about the tests; what a test run alone printed counts only with its canaries.
    pub fn observe(&self, run: &TestRun) -> Observed {
        let marks = run.marks.as_ref();
        let mut observed = Observed::from(&self.read_whole(run).0);
        for alone in &run.alone {
            let (reading, pairs) = self.read_marked(&alone.output.stdout, marks);
            if integrity::believed(self.demanded, alone, &pairs) {
                observed.merge(&reading);
            }
        }
        observed
    }

    /// Judges a run.
    pub fn grade(&self, yardstick: &Yardstick, run: &TestRun) -> Result<Judged, RulesError> {
        let (reading, pairs) = self.read_whole(run);
        let observed = self.observe(run);
        let mut verdict = harness::judge(&yardstick.lists, Some(&yardstick.before), &observed)?;
        let seems_good = verdict.outcome != VerdictOutcome::Unresolved;
        let unconfirmed = self.unconfirmed(yardstick, run);
        integrity::take_back(&mut verdict, &unconfirmed);
        let (mut outcome, mut reason) = outcome(run, &verdict);
        let mut oddities: Vec<String> = unconfirmed
            .iter()
            .map(|test| {
                format!("{NOT_BELIEVED}{test}: passed in the whole run, and not in a process of its own")
            })
            .collect();
        if outcome == Outcome::Resolved
            && let Some(how) = exit_code(run.whole.ended, &reading)
        {
            oddities.push(format!("every listed test passed, but the test command {how}"));
            if yardstick.gold_ended == Some(Ended::Exited(0)) && !timed_out(run) {
                oddities.push("no failure in the log explains that, and with gold it ends with 0".to_owned());
                (outcome, reason) = (Outcome::Unresolved, Some(Reason::NoVerdict));
            }
        }
        if seems_good {
            let mut doubts = integrity::doubts(yardstick, run, &reading, &pairs);
            if yardstick.listing {
                doubts.extend(listing::disagreements(self, run, &reading));
            }
            if !doubts.is_empty() {
                (outcome, reason) = (Outcome::Unresolved, Some(Reason::NoVerdict));
                oddities.extend(doubts.iter().map(|doubt| format!("{NOT_BELIEVED}{doubt}")));
            }
        }
        let reruns = self.reruns(run);
        oddities.extend(reading.oddities);
        oddities.extend(
            reading.unread.iter().map(|unread| format!("line {}: not read: {}", unread.line, unread.text)),
        );
        let odd = run.alone.iter().filter(|alone| alone.why != Again::Confirm);
        oddities.extend(odd.map(|alone| format!("{} was run alone ({:?})", alone.test, alone.why)));
        Ok(Judged {
            outcome,
            reason,
            tests: Tests {
                fail_to_pass: verdict.fail_to_pass.counts(),
                pass_to_pass: verdict.pass_to_pass.counts(),
                unlisted_regressions: verdict.unlisted_regressions.len() as u32,
                flaky: verdict.flaky.len() as u32,
                reruns,
                restored_settings: 0,
            },
            details: details(&verdict, &yardstick.before, &observed),
            oddities,
            timing: BTreeMap::from([
                ("whole_s".to_owned(), run.whole.seconds),
                ("alone_s".to_owned(), run.alone.iter().map(|alone| alone.output.seconds).sum::<f64>() + 0.0),
            ]),
        })
    }
}

impl Tester<'_> {
    /// How often results changed in reruns; a rerun without a result does not count.
    fn reruns(&self, run: &TestRun) -> Option<Reruns> {
        let mut counts = Reruns::default();
        for alone in &run.alone {
            let statuses = self.read_marked(&alone.output.stdout, run.marks.as_ref()).0.statuses();
            let results: Vec<bool> =
                harness::find(&alone.test, &statuses).iter().map(|id| statuses[*id].holds()).collect();
            if results.is_empty() {
                continue;
            }
            let held = results.iter().all(|held| *held);
            let (changed, [some, all]) = match alone.why {
                Again::Failed => (held, &mut counts.failed),
                Again::Control => (!held, &mut counts.passed),
                Again::Missing | Again::Unreached | Again::Confirm => continue,
            };
            *some += u32::from(changed);
            *all += 1;
        }
        (counts != Reruns::default()).then_some(counts)
    }
}

/// So many pass-to-pass that passed in the whole run, drawn by the seed; the same tree gives the same ones.
fn drawn<'a>(verdict: &'a Verdict, count: usize, seed: u64, tree: &str) -> Vec<&'a str> {
    let mut passed: Vec<(String, &str)> = verdict
        .pass_to_pass
        .passed
        .iter()
        .filter(|test| test.status == harness::Status::Passed && test.run == 0 && test.line.is_some())
        .map(|test| {
            let order = blake3::hash(format!("{seed}\0{tree}\0{}", test.listed).as_bytes());
            (order.to_hex().to_string(), test.listed.as_str())
        })
        .collect();
    passed.sort();
    passed.into_iter().take(count).map(|(_, test)| test).collect()
}

/// Fail-to-pass to be run by themselves once more: those that hold where the verdict rests on them; of too many, some
/// drawn by the seed.
fn to_confirm<'a>(
    verdict: &'a Verdict,
    confirmable: Option<&BTreeSet<String>>,
    seed: u64,
    tree: &str,
) -> Vec<&'a str> {
    if verdict.outcome == VerdictOutcome::Unresolved {
        return Vec::new();
    }
    let mut tests: Vec<(String, &str)> = verdict
        .fail_to_pass
        .passed
        .iter()
        .map(|test| test.listed.as_str())
        .filter(|test| confirmable.is_none_or(|all| all.contains(*test)))
        .map(|test| (blake3::hash(format!("{seed}\0{tree}\0{test}").as_bytes()).to_hex().to_string(), test))
        .collect();
    if tests.len() > ALONE_LIMIT {
        tests.sort();
        tests.truncate(ALONE_LIMIT);
    }
    tests.into_iter().map(|(_, test)| test).collect()
}

fn timed_out(run: &TestRun) -> bool {
    matches!(run.whole.ended, Ended::TimedOut | Ended::OutOfMemory)
}

/// How a test command ended that did not end with 0, unless its log says why: a failure, something that was not built,
/// a test program that did not come to its end.
fn exit_code(ended: Ended, reading: &Reading) -> Option<String> {
    let failed = |status| {
        use harness::Status::{Errored, Failed, TimedOut, Unreached};
        matches!(status, Errored | Failed | TimedOut | Unreached)
    };
    let explained = reading.build_failed
        || !reading.failed_targets.is_empty()
        || !reading.incomplete.is_empty()
        || reading.tests.iter().any(|test| failed(test.status));
    let how = match ended {
        Ended::Exited(0) => return None,
        Ended::Exited(code) => format!("ended with {code}"),
        Ended::Signalled(signal) => format!("was killed by signal {signal}"),
        Ended::TimedOut => return Some("did not end in time".to_owned()),
        Ended::OutOfMemory => return Some("ran out of memory".to_owned()),
    };
    (!explained).then_some(how)
}

/// Tests to be run alone, each with the reason.
fn wanted(verdict: &Verdict) -> Vec<(Again, &str)> {
    let mut wanted: Vec<(Again, &str)> = Vec::new();
    for (why, tests) in [(Again::Missing, &verdict.missing), (Again::Unreached, &verdict.unreached)] {
        if tests.len() <= ALONE_LIMIT {
            wanted.extend(tests.iter().map(|test| (why, test.as_str())));
        }
    }
    let open: Vec<&str> = wanted.iter().map(|(_, test)| *test).collect();
    let failed: Vec<&str> = verdict
        .pass_to_pass
        .failed
        .iter()
        .map(|test| test.listed.as_str())
        .filter(|test| {
            !open.contains(test) && !verdict.missing.iter().chain(&verdict.unreached).any(|t| t == test)
        })
        .collect();
    if failed.len() <= ALONE_LIMIT {
        wanted.extend(failed.into_iter().map(|test| (Again::Failed, test)));
    }
    wanted
}

/// The qualified id of a listed test, from any run that named it; the listed name itself where none did.
fn qualified(listed: &str, now: &Statuses, before: &Statuses) -> String {
    [now, before]
        .into_iter()
        .find_map(|statuses| harness::find(listed, statuses).first().map(|id| (*id).to_owned()))
        .unwrap_or_else(|| listed.to_owned())
}

/// What a run says about a patch.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Judged {
    /// Outcome.
    pub outcome: Outcome,
    /// Why.
    pub reason: Option<Reason>,
    /// Counts.
    pub tests: Tests,
    /// Every listed test, and unlisted regressions.
    pub details: Vec<TestDetail>,
    /// Contradictions of the log, and lines of it that could not be read.
    pub oddities: Vec<String>,
    /// Seconds of the whole command, and of tests run by themselves.
    pub timing: BTreeMap<String, f64>,
}

fn outcome(run: &TestRun, verdict: &Verdict) -> (Outcome, Option<Reason>) {
    let outcome = match verdict.outcome {
        VerdictOutcome::Resolved => return (Outcome::Resolved, None),
        VerdictOutcome::Partial => Outcome::Partial,
        VerdictOutcome::Unresolved => Outcome::Unresolved,
    };
    match run.whole.ended {
        Ended::TimedOut => return (Outcome::TimedOut, None),
        Ended::OutOfMemory => return (Outcome::Unresolved, Some(Reason::Resource)),
        Ended::Exited(_) | Ended::Signalled(_) => {}
    }
    let reason = match verdict.reason {
        Some(Why::BuildFailed) => Reason::BuildFailed,
        Some(Why::NoVerdict) => Reason::NoVerdict,
        Some(Why::MissingTest) => Reason::MissingTest,
        Some(Why::TestsFailed) | None => Reason::TestsFailed,
    };
    (outcome, Some(reason))
}

fn details(verdict: &Verdict, before: &Statuses, observed: &Observed) -> Vec<TestDetail> {
    let mut details = Vec::new();
    let lists =
        [(TestList::FailToPass, &verdict.fail_to_pass), (TestList::PassToPass, &verdict.pass_to_pass)];
    for (list, judged) in lists {
        for test in judged.failed.iter().chain(&judged.passed) {
            details.push(TestDetail {
                id: test.listed.clone(),
                list,
                before: test.before,
                after: test.status,
                line: test.line.filter(|_| test.run == 0),
            });
        }
    }
    for id in &verdict.unlisted_regressions {
        let Some(seen) = observed.tests.get(id) else { continue };
        details.push(TestDetail {
            id: id.clone(),
            list: TestList::Unlisted,
            before: before.get(id).copied(),
            after: seen.status,
            line: (seen.run == 0 && seen.line > 0).then_some(seen.line),
        });
    }
    details
}

/// Statuses at base for comparison: with the test patch; where that did not build, what base's own tests said.
pub(super) fn before(with_test_patch: &Observed, own: &Observed) -> Statuses {
    let mut statuses = with_test_patch.statuses();
    if with_test_patch.build_failed {
        for (id, status) in own.statuses() {
            statuses.entry(id).or_insert(status);
        }
    }
    statuses
}

/// The lists of a task whose pass-to-pass are found by running base and gold.
pub(super) fn base_lists(fail_to_pass: &[String], own: &Observed, gold: Option<&Observed>) -> Lists {
    let own = own.statuses();
    let gold = gold.map_or_else(|| own.clone(), Observed::statuses);
    Lists::base(fail_to_pass.to_vec(), &own, &gold)
}

/// Tests that hold with gold and did not before: what a task's fail-to-pass can be.
pub(super) fn turned(before: &Statuses, gold: &Observed) -> Vec<String> {
    let held_before = |id: &String| before.get(id).is_some_and(|status| status.holds());
    gold.tests
        .iter()
        .filter(|(id, seen)| seen.status.holds() && !held_before(id))
        .map(|(id, _)| id.clone())
        .collect()
}

/// Takes fail-to-pass out of `lists` that no prediction can turn: tests that gold alone brings, in files which are no
/// test files (its own doctests and inline tests). Returns them, as listed.
pub(super) fn withdraw_golds_own(
    lists: &mut Lists,
    is_test_file: &dyn Fn(&str) -> bool,
    known: [&Observed; 2],
    gold: &Observed,
) -> Vec<String> {
    let statuses = gold.statuses();
    let golds_own = |id: &str| {
        // A log that names no files (TAP, dotted Python) does not say whose a test is.
        let file = harness::file_of(id);
        language_of(file).is_some()
            && !is_test_file(file)
            && known.iter().all(|observed| !observed.tests.contains_key(id))
    };
    let (withdrawn, kept) = std::mem::take(&mut lists.fail_to_pass).into_iter().partition(|listed| {
        let ids = harness::find(listed, &statuses);
        !ids.is_empty() && ids.into_iter().all(golds_own)
    });
    lists.fail_to_pass = kept;
    withdrawn
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn an_exit_code_counts_where_no_line_explains_it() {
        let read = |log: &str| harness::read(Format::Cargo, log.as_bytes());
        let fine = "running 1 test\ntest a ... ok\n\ntest result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n";
        let failed = "running 1 test\ntest b ... FAILED\n\ntest result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n";
        let both = format!("{fine}{failed}");
        let cut = format!("{fine}running 2 tests\ntest b ... ok\n");
        for (log, ended, odd) in [
            (fine, Ended::Exited(0), false),
            (fine, Ended::Exited(1), true),
            (fine, Ended::Signalled(9), true),
            (fine, Ended::TimedOut, true),
            (both.as_str(), Ended::Exited(101), false),
            (cut.as_str(), Ended::Exited(101), false),
        ] {
            assert_eq!(exit_code(ended, &read(log)).is_some(), odd, "{ended:?}\n{log}");
        }
    }

    #[test]
    fn tests_that_gold_alone_brings_are_not_demanded() {
        let observed = |ids: &[&str]| {
            let statuses: Statuses =
                ids.iter().map(|id| ((*id).to_owned(), harness::Status::Passed)).collect();
            Observed::from(&statuses)
        };
        let own = observed(&["src/lib.rs::tests::old", "doc:src/a.rs::Old"]);
        let empty = observed(&[]);
        let gold = observed(&[
            "src/lib.rs::tests::old",
            "src/lib.rs::tests::new",
            "doc:src/a.rs::New",
            "tests/a.rs::x",
        ]);
        let all = [
            "src/lib.rs::tests::new",
            "doc:src/a.rs::New",
            "tests/a.rs::x",
            "old_name",
            "src/lib.rs::tests::old",
        ];
        let mut lists = Lists { fail_to_pass: all.map(str::to_owned).to_vec(), pass_to_pass: Vec::new() };
        let withdrawn =
            withdraw_golds_own(&mut lists, &|file| file.starts_with("tests/"), [&own, &empty], &gold);
        assert_eq!(withdrawn, ["src/lib.rs::tests::new", "doc:src/a.rs::New"]);
        assert_eq!(lists.fail_to_pass, ["tests/a.rs::x", "old_name", "src/lib.rs::tests::old"]);
    }
}
