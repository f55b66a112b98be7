//! Proving a task: whether it may judge models.
//!
//! In: a task. Out: a [`Proof`]: proven, or quarantined with the reason, and what the task's lists should be. Base,
//! base with the test patch and gold are run as for any evaluation; then gold and base again in other orders, with one
//! and many threads and on a loaded machine; then an empty patch and patches that cheat. What is checked stands in
//! `docs/validate.md`.
//!
//! Invariant: a task is proven only by runs in which all of it was seen; what could not be run is no proof.

mod cheats;
mod checks;
mod proof;
mod repeats;
mod stability;
mod variation;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{PoisonError, RwLock};
use std::time::Instant;

pub use proof::{
    Finding, Flaw, Proof, ProofStatus, Stage, TestLists, VALIDATE_SCHEMA, ValidateOptions, Validation,
};

use super::bench::{Bench, Unready};
use super::detail::TestList;
use super::plan::{Ablation, EMPTY, GOLD, Measure, Options, Subject};
use super::record::{Outcome, Reason};
use super::run::World;
use super::sink::{Sink, SinkError, TestRun};
use super::trees::{self, MaterialError, changed_files};
use super::{edits, keys, settings};
use crate::harness::{self, Format};
use crate::metric::relevance::Grade;
use crate::patch::TreeChanges;
use crate::repo::RepoError;
use crate::sandbox::{SandboxError, StepOutput};
use crate::task::{Task, profile};
use cheats::Cheat;
pub(super) use checks::list;
use stability::Unstable;
use variation::Basis;

/// Proves a task. Blocking; takes as long as a dozen runs of its tests. Fails only where results cannot be kept; every
/// other trouble is a flaw. A task without fail-to-pass whose pass-to-pass are `base` gets the lists that its runs show
/// ([`Proof::found`]) and is proven with these.
pub fn validate(
    world: &World,
    task: &Task,
    options: &ValidateOptions,
    sink: &dyn Sink,
) -> Result<Proof, SinkError> {
    let started = Instant::now();
    let mut proof = Proof::blank(task);
    let mut runner = Runner { world, sink, runs: 0 };
    match prove(&mut runner, task, options, &mut proof) {
        Ok(()) | Err(Stopped::Flawed) => {}
        Err(Stopped::Sink(error)) => return Err(error),
        Err(Stopped::Sandbox(error)) => proof.find(Flaw::Sandbox, Vec::new(), error.to_string()),
    }
    proof.runs = runner.runs;
    proof.seconds = (started.elapsed().as_secs_f64() * 10.0).round() / 10.0;
    Ok(proof.conclude())
}

/// Why a validation ends before its last check.
enum Stopped {
    /// Results cannot be kept.
    Sink(SinkError),
    /// The sandbox failed.
    Sandbox(SandboxError),
    /// A flaw was found, and what comes behind presumes that there is none.
    Flawed,
}

impl From<SinkError> for Stopped {
    fn from(error: SinkError) -> Self {
        Self::Sink(error)
    }
}

impl From<SandboxError> for Stopped {
    fn from(error: SandboxError) -> Self {
        Self::Sandbox(error)
    }
}

/// Held for writing by a run on a machine that kerf loads, for reading by every other: spinning processes of one task
/// must not slow down the tests of another.
static LOADED: RwLock<()> = RwLock::new(());

/// Runs test commands, each once in a lifetime of the sink.
struct Runner<'a> {
    world: &'a World,
    sink: &'a dyn Sink,
    runs: u32,
}

impl Runner<'_> {
    /// A command on a tree, under a name of its own.
    fn run(
        &mut self,
        bench: &Bench,
        name: &str,
        tree: &TreeChanges,
        command: &str,
        environment: &BTreeMap<String, String>,
    ) -> Result<StepOutput, Stopped> {
        self.runs += 1;
        let key = bench.run_key(&format!("validate:{name}\0{command}\0{environment:?}"), tree);
        if let Some(kept) = self.sink.test_run(&key) {
            return Ok(kept.whole);
        }
        let _quiet = LOADED.read().unwrap_or_else(PoisonError::into_inner);
        self.make(bench, &key, tree, command, environment)
    }

    /// The same beside spinning processes that the command itself begins: no other run of this kerf goes on meanwhile.
    fn run_loaded(
        &mut self,
        bench: &Bench,
        name: &str,
        tree: &TreeChanges,
        command: &str,
        environment: &BTreeMap<String, String>,
    ) -> Result<StepOutput, Stopped> {
        self.runs += 1;
        let key = bench.run_key(&format!("validate:{name}\0{command}\0{environment:?}"), tree);
        if let Some(kept) = self.sink.test_run(&key) {
            return Ok(kept.whole);
        }
        let _alone = LOADED.write().unwrap_or_else(PoisonError::into_inner);
        self.make(bench, &key, tree, command, environment)
    }

    fn make(
        &self,
        bench: &Bench,
        key: &str,
        tree: &TreeChanges,
        command: &str,
        environment: &BTreeMap<String, String>,
    ) -> Result<StepOutput, Stopped> {
        let whole = bench.tester().once(tree, command, environment)?;
        let run = TestRun::plain(whole);
        self.sink.keep_test_run(key, &run)?;
        Ok(run.whole)
    }

    /// A tree as a trial would be run, reruns included.
    fn trial(&mut self, bench: &Bench, name: &str, tree: &TreeChanges) -> Result<TestRun, Stopped> {
        self.runs += 1;
        let key = bench.run_key(&format!("validate:{name}"), tree);
        if let Some(kept) = self.sink.test_run(&key) {
            return Ok(kept);
        }
        let _quiet = LOADED.read().unwrap_or_else(PoisonError::into_inner);
        let run = bench.tester().run(tree, &bench.yardstick)?;
        self.sink.keep_test_run(&key, &run)?;
        Ok(run)
    }
}

/// Ends here where something was found, unless all flaws are wanted.
fn gate(proof: &Proof, options: &ValidateOptions) -> Result<(), Stopped> {
    if proof.findings.is_empty() || options.keep_going { Ok(()) } else { Err(Stopped::Flawed) }
}

fn prove(
    runner: &mut Runner,
    task: &Task,
    options: &ValidateOptions,
    proof: &mut Proof,
) -> Result<(), Stopped> {
    checks::lists(task, proof);
    let bench = set_up(runner, task, options, proof)?;
    proof.disk_mb = disk_mb(&bench.snapshot.tree);
    gate(proof, options)?;

    let Some(gold) = bench.controls.get(GOLD) else {
        proof.find(Flaw::NoFailToPass, Vec::new(), "no test turns with gold, and none goes on passing");
        return Err(Stopped::Flawed);
    };
    proof.gold_s = Some((gold.seconds * 100.0).round() / 100.0);
    proof.warnings.extend(gold_units(&bench));
    let unsure = unsure(runner, &bench)?;
    checks::base(&bench, &unsure, proof);
    checks::gold(&bench, &unsure, proof);
    if !proof.findings.is_empty()
        && let Some(load) = load_of_machine()
    {
        proof.warnings.push(format!(
            "the machine had {load:.0} processes a core to run while this was looked at: a test that needs time may fail for that"
        ));
    }
    gate(proof, options)?;

    let log_format = format(runner, &bench);
    let basis = Basis {
        command: &bench.task.test.command,
        build: profile::cargo_no_run(&bench.task.test.command),
        format: log_format,
        triple: triple(runner.world, &bench),
        load_s: LOAD_S.max((gold.seconds * 2.0) as u64),
    };
    let turning = checks::ids(&bench, &bench.yardstick.lists.fail_to_pass);
    let steadiness = repeats::steadiness(runner, &bench, &basis, &turning, options.repeats, options.seed)?;
    proof.warnings.extend(steadiness.warnings.iter().cloned());
    let of = |kinds: &[Unstable]| -> Vec<String> {
        let unstable = steadiness.unstable.iter().filter(|(_, kind)| kinds.contains(kind));
        unstable.map(|(id, _)| id.clone()).collect()
    };
    proof.flaky.extend(of(&[Unstable::Flaky, Unstable::Timing]));
    proof.flaky.sort();
    proof.flaky.dedup();
    proof.timing = of(&[Unstable::Timing]);
    proof.order_dependent = of(&[Unstable::Order]);
    checks::stable(&bench, &steadiness, proof);
    checks::found(&bench, proof);
    gate(proof, options)?;

    checks::empty(&bench, proof);
    for cheat in cheats(&bench, log_format) {
        run_cheat(runner, &bench, &cheat, proof)?;
    }
    Ok(())
}

/// A loaded machine stays loaded for so many seconds at least, for twice as long as gold's tests take at most.
const LOAD_S: u64 = 30;

/// So often a control is run again that is not as it must be, before that is called a flaw.
const SECOND_LOOKS: u32 = 3;

/// Tests whose control is not as it must be, and that come out otherwise when the control is run again: ids.
fn unsure(runner: &mut Runner, bench: &Bench) -> Result<BTreeSet<String>, Stopped> {
    let mut found = BTreeSet::new();
    let gold = bench.material.gold.clone().unwrap_or_default();
    for (name, model, wanted) in [(GOLD, gold, true), (EMPTY, TreeChanges::new(), false)] {
        let Some(control) = bench.controls.get(name) else { continue };
        let wrong: Vec<&str> = control
            .judged
            .details
            .iter()
            .filter(|test| wanted || test.list == TestList::FailToPass)
            .filter(|test| {
                test.list != TestList::Unlisted && test.after.holds() != wanted && !test.after.is_open()
            })
            .map(|test| test.id.as_str())
            .collect();
        if wrong.is_empty() || matches!(control.judged.reason, Some(Reason::BuildFailed)) {
            continue;
        }
        let tree = bench.tested(&model).changes;
        let command = bench.task.test.command.clone();
        for turn in 0..SECOND_LOOKS {
            let output =
                runner.run(bench, &format!("{name}:again:{turn}"), &tree, &command, &BTreeMap::new())?;
            let statuses = bench.tester().read(&output.stdout).statuses();
            let ids = wrong.iter().flat_map(|listed| harness::find(listed, &statuses));
            found.extend(ids.filter(|id| statuses[*id].holds() == wanted).map(str::to_owned));
        }
    }
    Ok(found)
}

/// Repository, patches, snapshot and controls.
fn set_up(
    runner: &Runner,
    task: &Task,
    options: &ValidateOptions,
    proof: &mut Proof,
) -> Result<Bench, Stopped> {
    let mut stop = |flaw: Flaw, why: String| {
        proof.find(flaw, Vec::new(), why);
        Err(Stopped::Flawed)
    };
    let world = runner.world;
    if !runs_in_image(world, task)
        && let Err(why) = world.toolchain(task)
    {
        return stop(Flaw::Toolchain, why);
    }
    let base = match world.mirrors.tree(&task.source, task.commit.as_deref()) {
        Ok(base) => base,
        Err(error @ (RepoError::Unavailable { .. } | RepoError::Io { .. })) => {
            return stop(Flaw::Repository, error.to_string());
        }
        Err(error) => return stop(Flaw::SetUp, error.to_string()),
    };
    match trees::material(task, &base, &world.mirrors) {
        Ok(material) if material.gold.is_none() => {
            return stop(Flaw::NoGold, "the task has no reference fix".to_owned());
        }
        Ok(_) => {}
        Err(error @ MaterialError::Apply { what: "gold", .. }) => {
            return stop(Flaw::GoldDoesNotApply, error.to_string());
        }
        Err(error @ MaterialError::Apply { .. }) => {
            return stop(Flaw::TestPatchDoesNotApply, error.to_string());
        }
        Err(error) => return stop(Flaw::SetUp, error.to_string()),
    }
    let run_options = Options {
        measures: vec![Measure::Pass],
        seed: options.seed,
        timeout_s: options.timeout_s,
        ablation: Ablation::Off,
    };
    let _quiet = LOADED.read().unwrap_or_else(PoisonError::into_inner);
    match Bench::make_ready(world, task, &run_options, true, runner.sink) {
        Ok(bench) => Ok(bench),
        Err(Unready::Sink(error)) => Err(Stopped::Sink(error)),
        Err(Unready::Invalid(reason, why)) => stop(
            match reason {
                Reason::Sandbox => Flaw::Sandbox,
                Reason::Toolchain => Flaw::Toolchain,
                Reason::GoldFailed => Flaw::GoldDoesNotApply,
                _ => Flaw::SetUp,
            },
            why,
        ),
    }
}

/// The format of the task's logs: as it says, else as gold's log looks.
fn format(runner: &Runner, bench: &Bench) -> Format {
    let kept = bench.controls.get(GOLD).and_then(|gold| runner.sink.test_run(&gold.run_key));
    Format::from_name(&bench.task.test.format)
        .or_else(|| harness::detect(&kept?.whole.stdout).map(|(format, _)| format))
        .unwrap_or(Format::Cargo)
}

/// Whether the tools come with an image, not from this machine. Whether that can be had is seen when it is made ready.
fn runs_in_image(world: &World, task: &Task) -> bool {
    task.image().is_some() && world.sandbox.name() == "container"
}

/// The host's target triple, unless the base has a runner of its own for test programs.
fn triple(world: &World, bench: &Bench) -> Option<String> {
    let own = [".cargo/config.toml", ".cargo/config"].iter().any(|path| {
        let config = bench.tree().blob(path);
        config.is_some_and(|blob| String::from_utf8_lossy(&blob.bytes).contains("runner"))
    });
    let toolchain = world.toolchain(&bench.task).ok()?;
    let line = toolchain.versions.iter().flat_map(|version| version.lines());
    line.filter_map(|line| line.strip_prefix("host: ")).map(str::to_owned).find(|_| !own)
}

/// Grade A units of gold, classified with gold and tests withheld: an error of kerf, or of gold.
fn gold_units(bench: &Bench) -> Vec<String> {
    let Some(gold) = &bench.material.gold else { return Vec::new() };
    let measured = edits::measure(bench, &Subject::Gold, gold);
    let accused = measured.classified.iter().filter(|found| found.grade == Some(Grade::A));
    accused
        .filter_map(|found| {
            let unit = measured.diff.units.get(found.unit)?;
            let change = unit.changes.first()?;
            let pair = measured.diff.files.get(change.file)?;
            let path = pair.new.as_ref().or(pair.old.as_ref())?;
            Some(format!("gold has an irrelevant edit (A): {path}:{}: {}", change.new_lines[0], found.why))
        })
        .collect()
}

fn cheats(bench: &Bench, format: Format) -> Vec<Cheat> {
    let base = bench.tree();
    let lists = &bench.yardstick.lists;
    let listed: Vec<String> = lists.fail_to_pass.iter().chain(&lists.pass_to_pass).cloned().collect();
    let ids = checks::ids(bench, &listed);
    let of_ids = ids.iter().map(|id| harness::file_of(id).to_owned());
    let mut files: BTreeSet<String> =
        of_ids.filter(|path| bench.is_test_file(path) && base.blob(path).is_some()).collect();
    files.extend(bench.material.tests.keys().cloned());
    files.extend(bench.task.test_files.iter().flatten().cloned());
    let scripts = settings::scripts(&bench.task.test.command);
    let ids: Vec<String> = ids.into_iter().collect();
    let mut cheats = cheats::test_files(base, &files);
    cheats.extend(cheats::configuration(format, base, &ids, &scripts));
    if let Some(gold) = &bench.material.gold {
        cheats.extend(cheats::exits(&changed_files(base, gold)));
    }
    cheats.retain(|cheat| !cheat.changes.is_empty());
    cheats
}

fn run_cheat(runner: &mut Runner, bench: &Bench, cheat: &Cheat, proof: &mut Proof) -> Result<(), Stopped> {
    let tree = bench.tested(&cheat.changes).changes;
    let run = runner.trial(bench, &format!("cheat:{}", cheat.name), &tree)?;
    let Ok(judged) = bench.tester().grade(&bench.yardstick, &run) else { return Ok(()) };
    if judged.outcome == Outcome::Resolved {
        let tests = bench.yardstick.lists.fail_to_pass.clone();
        proof.find(
            Flaw::CheatWorks,
            tests,
            format!("a patch that fixes nothing is resolved: {}", cheat.name),
        );
    } else if judged.tests.fail_to_pass[0] > 0 {
        let [passed, listed] = judged.tests.fail_to_pass;
        proof.warnings.push(format!(
            "{passed} of {listed} fail-to-pass pass with a patch that fixes nothing ({})",
            cheat.name
        ));
    }
    Ok(())
}

/// Runnable processes a core over the last minute, where that is so many that tests may fail for it.
fn load_of_machine() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/loadavg").ok()?;
    let load: f64 = text.split_whitespace().next()?.parse().ok()?;
    let each = load / crate::schedule::automatic() as f64;
    (each >= 3.0).then_some(each)
}

/// Size of a folder on disk in MiB, rounded up.
fn disk_mb(folder: &Path) -> u64 {
    let mut blocks = 0;
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let Ok(metadata) = entry.metadata() else { continue };
            blocks += std::os::unix::fs::MetadataExt::blocks(&metadata);
            if metadata.is_dir() {
                open.push(entry.path());
            }
        }
    }
    (blocks * 512).div_ceil(1 << 20)
}

/// The key under which a proof is kept: task, rules, options, tools.
pub fn proof_key(world: &World, task: &Task, options: &ValidateOptions) -> String {
    let tools = world.toolchain(task).map(|tools| tools.versions).unwrap_or_default();
    keys::proof(task, &format!("{options:?}\0{tools:?}"))
}
