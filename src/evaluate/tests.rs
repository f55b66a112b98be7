//! Running the tests of one tree, and reading what they printed.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::canary::Marks;
use super::integrity::{self, Integrity, Pairs};
use super::keys;
use super::listing;
use super::sink::{Again, AloneRun, TestRun};
use crate::harness::{
    self, Format, Lists, Observed, ReadContext, Reading, Statuses, Verdict, VerdictOutcome,
};
use crate::patch::TreeChanges;
use crate::sandbox::{Ended, Sandbox, SandboxError, SessionSpec, Step, StepOutput};
use crate::task::TestPlan;

/// So many tests are run alone at most for each reason: more than that is no oddity of single tests.
const ALONE_LIMIT: usize = 12;

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
            let (test, also) = (test.to_owned(), Vec::new());
            run.alone.push(AloneRun { test, also, why, output, beside });
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
            let tests = to_confirm(&verdict, yardstick.confirmable.as_ref(), self.seed, &tree);
            match self.together(&run, reading.format, &tests, &statuses, &yardstick.before) {
                Some((step, beside)) => {
                    let mut named = tests.into_iter().map(str::to_owned);
                    let test = named.next().unwrap_or_default();
                    let (also, output) = (named.collect(), session.run(&step)?);
                    run.alone.push(AloneRun { test, also, why: Again::Confirm, output, beside });
                }
                None => {
                    for test in tests {
                        alone(&mut run, test, Again::Confirm)?;
                    }
                }
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

    /// How some tests are run together without the rest of their suite, where their runner can, and the file whose
    /// canaries tell whether that run is to be believed.
    fn together(
        &self,
        run: &TestRun,
        format: Format,
        tests: &[&str],
        now: &Statuses,
        before: &Statuses,
    ) -> Option<(Step, Option<String>)> {
        let ids: Vec<String> = tests.iter().map(|test| qualified(test, now, before)).collect();
        let (beside, environment) = run.marks.as_ref().map(Marks::all_beside).unwrap_or_default();
        let command = harness::together(format, &self.plan.command, &ids, &beside)?;
        let files = run.marks.as_ref().map(|marks| marks.files.as_slice()).unwrap_or_default();
        let witness = files.iter().find(|file| self.demanded.contains(*file)).or(files.first());
        Some((Step { environment, ..self.step(command) }, witness.cloned()))
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
        let whole = self.read_whole(run).0;
        let mut observed = Observed::from(&whole);
        // Where several tests are confirmed in one process, their log can only take results back.
        let by_one = matches!(whole.format, Format::Cargo | Format::Nextest);
        for alone in run.alone.iter().filter(|alone| by_one || alone.why != Again::Confirm) {
            let (reading, pairs) = self.read_marked(&alone.output.stdout, marks);
            if integrity::believed(self.demanded, marks, alone, &pairs) {
                observed.merge(&reading);
            }
        }
        observed
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
