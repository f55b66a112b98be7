//! A task made ready: base tree, snapshot, controls, and what its trials are judged by.

use std::collections::{BTreeMap, BTreeSet};

use super::ablate;
use super::edits::GoldView;
use super::keys;
use super::plan::{Ablation, EMPTY, GOLD, Measure, Options};
use super::record::{Outcome, Reason};
use super::run::World;
use super::sink::{Sink, SinkError, TestRun};
use super::tests::{Judged, Tester, Yardstick, base_lists, before, turned, withdraw_golds_own};
use super::trees::{self, Material, Tested};
use crate::diff::{Role, role_of};
use crate::evaluate::{lints, packages};
use crate::harness::{Lists, Observed, ReadContext, npm_script};
use crate::patch::{Tree, TreeChanges};
use crate::repo::BaseTree;
use crate::sandbox::{Access, Ended, Limits, SandboxError, SessionSpec};
use crate::snapshot::{self, Snapshot, SnapshotError, Toolchain};
use crate::task::{PassToPass, Task, TestPlan};

/// A task made ready.
pub(super) struct Bench {
    /// The task, with options applied.
    pub task: Task,
    /// Its base.
    pub base: BaseTree,
    /// Gold and test patch.
    pub material: Material,
    /// Its snapshot.
    pub snapshot: Snapshot,
    /// How trials are opened on it.
    pub spec: SessionSpec,
    /// Linters by name.
    pub linters: lints::Linters,
    /// Packages of the base.
    pub packages: ReadContext,
    /// What trials are judged by.
    pub yardstick: Yardstick,
    /// Fail-to-pass that only gold can bring, as listed: not demanded.
    pub withdrawn: Vec<String>,
    /// Control runs, by control.
    pub controls: BTreeMap<&'static str, Control>,
    /// Gold seen as a diff.
    pub gold: Option<GoldView>,
    /// Files of gold that full ablation shows needed, by base path; none without it.
    pub obligations: Option<BTreeSet<String>>,
    /// Seconds by phase of its making.
    pub timing: BTreeMap<String, f64>,
    /// Seed of everything drawn at random.
    pub seed: u64,
    /// The base with its own tests.
    pub own: Observed,
}

/// A control, run.
pub(super) struct Control {
    /// Its run key.
    pub run_key: String,
    /// Its verdict.
    pub judged: Judged,
    /// What its tests said.
    pub observed: Observed,
    /// How the test command ended.
    pub ended: Ended,
    /// Wall time of the test command.
    pub seconds: f64,
}

/// Why a task cannot be made ready: its trials are invalid, or nothing can be kept any more.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unready {
    /// Trials are invalid with this reason.
    #[error("{1}")]
    Invalid(Reason, String),
    /// Results cannot be written: the run must stop.
    #[error(transparent)]
    Sink(#[from] SinkError),
}

impl From<SnapshotError> for Unready {
    fn from(error: SnapshotError) -> Self {
        let reason = match &error {
            SnapshotError::Sandbox(_) => Reason::Sandbox,
            SnapshotError::Setup { .. } | SnapshotError::Repo(_) | SnapshotError::Io { .. } => Reason::Setup,
        };
        Self::Invalid(reason, error.to_string())
    }
}

impl From<SandboxError> for Unready {
    fn from(error: SandboxError) -> Self {
        Self::Invalid(Reason::Sandbox, error.to_string())
    }
}

impl Bench {
    /// Makes a task ready. Blocking, and slow the first time.
    pub fn prepare(world: &World, task: &Task, options: &Options, sink: &dyn Sink) -> Result<Self, Unready> {
        Self::make_ready(world, task, options, false, sink)
    }

    /// Makes a task ready. With `discover`, a task without fail-to-pass gets those that its controls show.
    pub fn make_ready(
        world: &World,
        task: &Task,
        options: &Options,
        discover: bool,
        sink: &dyn Sink,
    ) -> Result<Self, Unready> {
        let Ground { task, toolchain, base, material, linters, snapshot } =
            Ground::lay(world, task, options)?;
        let spec = session_spec(&snapshot, &toolchain);
        let packages = packages::read_context(&base);
        let timing = BTreeMap::from([("snapshot_s".to_owned(), snapshot.meta.seconds)]);
        let mut bench = Self {
            task,
            base,
            material,
            snapshot,
            spec,
            linters,
            packages,
            yardstick: Yardstick::default(),
            withdrawn: Vec::new(),
            controls: BTreeMap::new(),
            gold: None,
            obligations: None,
            timing,
            seed: options.seed,
            own: Observed::default(),
        };
        bench.run_controls(world, discover, sink)?;
        bench.gold = bench.material.gold.as_ref().map(|gold| GoldView::new(&bench.task, &bench.base, gold));
        if options.ablation == Ablation::Full && options.takes(Measure::Context) {
            bench.obligations = ablate::obligations(world, &bench, sink)?;
        }
        Ok(bench)
    }

    /// Base with its own tests, base with the test patch, gold: in this order, since each is judged by those before.
    fn run_controls(&mut self, world: &World, discover: bool, sink: &dyn Sink) -> Result<(), Unready> {
        let fail_to_pass = self.task.test.fail_to_pass.clone();
        // No tests are run alone for the base: nothing is demanded of it.
        let (_, own) = self.control(world, sink, "base", &TreeChanges::new())?;
        let own = self.tester(world).observe(&own);
        let empty_tree = self.tested(&TreeChanges::new()).changes;
        let (empty_key, empty) = self.control(world, sink, EMPTY, &empty_tree)?;
        let with_test_patch = self.tester(world).observe(&empty);
        self.yardstick.before = before(&with_test_patch, &own);
        self.yardstick.lists = match &self.task.test.pass_to_pass {
            PassToPass::List(list) => {
                Lists { fail_to_pass: fail_to_pass.clone(), pass_to_pass: list.clone() }
            }
            PassToPass::Base => Lists { fail_to_pass: fail_to_pass.clone(), pass_to_pass: Vec::new() },
        };
        let gold_run = match &self.material.gold {
            None => None,
            Some(gold) => {
                let tree = self.tested(gold).changes;
                Some(self.control(world, sink, GOLD, &tree)?)
            }
        };
        self.yardstick.gold_ended = gold_run.as_ref().map(|(_, run)| run.whole.ended);
        let observed: Option<Observed> = gold_run.as_ref().map(|(_, run)| self.tester(world).observe(run));
        if self.task.test.pass_to_pass == PassToPass::Base {
            self.yardstick.lists = base_lists(&self.task.test.fail_to_pass, &own, observed.as_ref());
        }
        self.own = own;
        if let (true, Some(gold)) = (discover && fail_to_pass.is_empty(), &observed) {
            self.yardstick.lists.fail_to_pass = turned(&self.yardstick.before, gold);
        }
        let discovered = discover && fail_to_pass.is_empty();
        if let (true, Some(gold)) = (self.task.foreign || discovered, &observed) {
            let mut lists = std::mem::take(&mut self.yardstick.lists);
            let known = [&self.own, &with_test_patch];
            let withdrawn = withdraw_golds_own(&mut lists, &|path| self.is_test_file(path), known, gold);
            self.yardstick.lists = lists;
            self.withdrawn = if discovered { Vec::new() } else { withdrawn };
        }
        if discover && self.yardstick.lists == Lists::default() {
            return Ok(());
        }
        let runs = [(EMPTY, Some((empty_key, empty))), (GOLD, gold_run)];
        for (name, run) in runs {
            let Some((run_key, run)) = run else { continue };
            let judged = self
                .tester(world)
                .grade(&self.yardstick, &run)
                .map_err(|error| Unready::Invalid(Reason::Setup, error.to_string()))?;
            let observed = self.tester(world).observe(&run);
            let (ended, seconds) = (run.whole.ended, run.whole.seconds);
            self.controls.insert(name, Control { run_key, judged, observed, ended, seconds });
        }
        Ok(())
    }

    /// A control's test run: kept from before the interruption of this very run, or made now.
    fn control(
        &self,
        world: &World,
        sink: &dyn Sink,
        name: &str,
        tree: &TreeChanges,
    ) -> Result<(String, TestRun), Unready> {
        let key = self.run_key(name, tree);
        if let Some(kept) = sink.test_run(&key) {
            return Ok((key, kept));
        }
        let run = self.tester(world).run(tree, &self.yardstick)?;
        sink.keep_test_run(&key, &run)?;
        Ok((key, run))
    }

    /// Whether tests of that file are the task's, not the model's.
    pub fn is_test_file(&self, path: &str) -> bool {
        self.material.tests.contains_key(path) || role_of(path, b"") == Role::Test
    }

    /// How trees of this task are tested.
    pub fn tester<'a>(&'a self, world: &'a World) -> Tester<'a> {
        Tester {
            sandbox: &*world.sandbox,
            spec: &self.spec,
            plan: &self.task.test,
            context: &self.packages,
            seed: self.seed,
        }
    }

    /// What is tested of a model's changes, and the runner's settings that had to be put back for it.
    pub fn tested(&self, model: &TreeChanges) -> Tested {
        trees::with_tests(&self.task, &self.base, model, &self.material)
    }

    /// The run key of a tree; `control` is empty for predictions.
    pub fn run_key(&self, control: &str, tree: &TreeChanges) -> String {
        let TestPlan { command, timeout, .. } = &self.task.test;
        let limits = format!("{command}\0{}\0{:?}", timeout.as_secs(), self.spec.limits);
        keys::run(&self.task, control, &self.snapshot.key, tree, &limits)
    }

    /// Whether gold was run and did not resolve its own task.
    pub fn gold_failed(&self) -> bool {
        self.controls.get(GOLD).is_some_and(|gold| gold.judged.outcome != Outcome::Resolved)
    }

    /// The base tree.
    pub fn tree(&self) -> &dyn Tree {
        &self.base
    }
}

/// What a task stands on before anything of it is run: all of it can be brought while there is a network.
struct Ground {
    task: Task,
    toolchain: Toolchain,
    base: BaseTree,
    material: Material,
    linters: lints::Linters,
    snapshot: Snapshot,
}

impl Ground {
    fn lay(world: &World, task: &Task, options: &Options) -> Result<Self, Unready> {
        let setup = |detail: &dyn std::fmt::Display| Unready::Invalid(Reason::Setup, detail.to_string());
        let mut task = task.clone();
        if let Some(seconds) = options.timeout_s {
            task.test.timeout = std::time::Duration::from_secs(seconds);
        }
        let toolchain =
            world.toolchain(&task).map_err(|detail| Unready::Invalid(Reason::Toolchain, detail))?;
        let base = world.mirrors.tree(&task.source, task.commit.as_deref()).map_err(|error| setup(&error))?;
        discover_command(&mut task, &base);
        let material = trees::material(&task, &base, &world.mirrors).map_err(|error| match error {
            trees::MaterialError::Apply { what: "gold", .. } => {
                Unready::Invalid(Reason::GoldFailed, error.to_string())
            }
            other => setup(&other),
        })?;
        let linters = lints::Linters::find(&task, &base, options);
        let snapshot = world.snapshots.get(&snapshot::Request {
            tree: &base,
            environment: &task.environment,
            warm: &linters.warm_commands(),
            toolchain: &toolchain,
        })?;
        Ok(Self { task, toolchain, base, material, linters, snapshot })
    }
}

/// What was brought for a task.
#[derive(Debug, Clone, PartialEq)]
pub struct Fetched {
    /// Key of its snapshot.
    pub snapshot: String,
    /// Seconds that the snapshot's making took.
    pub seconds: f64,
}

/// Brings all that runs of a task need into the world's cache: repository, releases, packages, the base set up and built.
///
/// # Errors
/// Why its trials would be invalid, in words.
pub fn fetch(world: &World, task: &Task, options: &Options) -> Result<Fetched, String> {
    let ground = Ground::lay(world, task, options).map_err(|error| error.to_string())?;
    Ok(Fetched { snapshot: ground.snapshot.key, seconds: ground.snapshot.meta.seconds })
}

/// Where nobody said how a JavaScript package is tested, its own `test` script does; its runner is asked for a report
/// that names every test.
fn discover_command(task: &mut Task, base: &BaseTree) {
    let filled = task.filled.iter().any(|one| one.field == "test.command");
    if !filled || task.test.command != "npm test" {
        return;
    }
    let package = base.blob("package.json").and_then(|blob| String::from_utf8(blob.bytes).ok());
    if let Some((command, format)) = package.as_deref().and_then(npm_script::reported) {
        task.test.command = command;
        format.name().clone_into(&mut task.test.format);
    }
}

/// How sessions are opened on a snapshot.
pub(super) fn session_spec(snapshot: &Snapshot, toolchain: &Toolchain) -> SessionSpec {
    let mut environment = toolchain.environment.clone();
    environment.extend(toolchain.offline_environment.clone());
    SessionSpec {
        lower: snapshot.tree.clone(),
        access: Access::Overlay,
        read_only: toolchain.read_only.iter().chain(&toolchain.caches).cloned().collect(),
        writable: Vec::new(),
        network: false,
        environment,
        limits: Limits::default(),
    }
}
