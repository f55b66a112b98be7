//! A task made ready: base tree, snapshot, controls, and what its trials are judged by.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;
use std::time::Duration;

use super::ablate;
use super::edits::GoldView;
use super::integrity::{self, Integrity};
use super::keys;
use super::plan::{Ablation, EMPTY, GOLD, Measure, Options};
use super::record::{Outcome, Reason};
use super::run::World;
use super::sink::{Sink, SinkError, TestRun};
use super::symbols::Symbols;
use super::tests::{Judged, Tester, Yardstick, base_lists, before, turned, withdraw_golds_own};
use super::trees::{self, Material, Tested};
use crate::diff::{Role, role_of};
use crate::evaluate::{lints, packages};
use crate::harness::{Format, Lists, Observed, ReadContext, npm_script};
use crate::patch::{Tree, TreeChanges};
use crate::repo::BaseTree;
use crate::sandbox::{Access, Ended, SandboxError, SessionSpec};
use crate::schedule::thread_variables;
use crate::snapshot::{self, Snapshot, SnapshotError, Stale, Toolchain};
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
    /// Symbols of the base, read when first asked for.
    symbols: OnceLock<Symbols>,
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
    /// What runs of this task are guarded by.
    pub guard: Guard,
    /// Wall clock by the controls' own time; none before they were run.
    pub limit: Option<Duration>,
}

/// So many times as long as the slowest control may a trial take, and so much more on top: a machine under load.
const PATIENCE: (u32, Duration) = (10, Duration::from_secs(30));

/// What is known once of a task's base, to guard all its runs by.
pub(super) struct Guard {
    paths: Vec<String>,
    stale: Stale,
    guarded: BTreeSet<String>,
    plant: Option<Format>,
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
        let spec = session_spec(&snapshot, &toolchain, world);
        let packages = packages::read_context(&base);
        let timing = BTreeMap::from([("snapshot_s".to_owned(), snapshot.meta.seconds)]);
        let (paths, command) = (base.paths(), &task.test.command);
        let guard = Guard {
            guarded: integrity::guarded(&base, &paths, &material.tests, command),
            stale: Stale::read(&snapshot.tree),
            plant: integrity::runner(&task.test.format, command),
            paths,
        };
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
            symbols: OnceLock::new(),
            gold: None,
            obligations: None,
            timing,
            seed: options.seed,
            own: Observed::default(),
            guard,
            limit: None,
        };
        bench.run_controls(world, discover, sink)?;
        bench.gold = bench
            .material
            .gold
            .as_ref()
            .map(|gold| GoldView::new(&bench.task, &bench.base, bench.symbols(), gold));
        if options.ablation == Ablation::Full && options.takes(Measure::Context) {
            bench.obligations = ablate::obligations(world, &bench, sink)?;
        }
        Ok(bench)
    }

    /// Base with its own tests, base with the test patch, gold: in this order, since each is judged by those before.
    fn run_controls(&mut self, world: &World, discover: bool, sink: &dyn Sink) -> Result<(), Unready> {
        let fail_to_pass = self.task.test.fail_to_pass.clone();
        // No tests are run alone for the base: nothing is demanded of it.
        let (own_key, own_run) = self.control(world, sink, "base", &TreeChanges::new())?;
        let mut own = self.tester(world).observe(&own_run);
        let mut seconds = own_run.whole.seconds;
        let empty_tree = self.tested(&TreeChanges::new()).changes;
        let (empty_key, mut empty) = self.control(world, sink, EMPTY, &empty_tree)?;
        let mut with_test_patch = self.tester(world).observe(&empty);
        self.yardstick.before = before(&with_test_patch, &own);
        self.yardstick.lists = match &self.task.test.pass_to_pass {
            PassToPass::List(list) => {
                Lists { fail_to_pass: fail_to_pass.clone(), pass_to_pass: list.clone() }
            }
            PassToPass::Base => Lists { fail_to_pass: fail_to_pass.clone(), pass_to_pass: Vec::new() },
        };
        let mut gold_run = match &self.material.gold {
            None => None,
            Some(gold) => {
                let tree = self.tested(gold).changes;
                let (key, run) = self.control(world, sink, GOLD, &tree)?;
                Some((key, self.without_harm(world, &own, &tree, run)?))
            }
        };
        if gold_run.is_none() {
            empty = self.without_harm(world, &own, &empty_tree, empty)?;
        }
        // Without canaries: those controls again that had them.
        if gold_run.as_ref().map_or(&empty, |(_, run)| run).marks.is_none() {
            self.guard.plant = None;
            if own_run.marks.is_some() {
                let again = self.make(world, sink, &own_key, &TreeChanges::new())?;
                own = self.tester(world).observe(&again);
            }
            if empty.marks.is_some() {
                empty = self.make(world, sink, &empty_key, &empty_tree)?;
            }
            with_test_patch = self.tester(world).observe(&empty);
            self.yardstick.before = before(&with_test_patch, &own);
        }
        if let Some((key, run)) = &mut gold_run {
            sink.keep_test_run(key, run)?;
        }
        sink.keep_test_run(&empty_key, &empty)?;
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
        let runs = [Some(&own_run), Some(&empty), gold_run.as_ref().map(|(_, run)| run)];
        let slowest = runs.into_iter().flatten().map(|run| run.whole.seconds).fold(0.0, f64::max);
        self.limit = Some(Duration::from_secs_f64(slowest) * PATIENCE.0 + PATIENCE.1);
        self.learn_integrity(world, &empty, gold_run.as_ref().map(|(_, run)| run));
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
            let (ended, took) = (run.whole.ended, run.whole.seconds);
            seconds += took;
            self.controls.insert(name, Control { run_key, judged, observed, ended, seconds: took });
        }
        self.timing.insert("controls_s".to_owned(), seconds);
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
        let run = self.make(world, sink, &key, tree)?;
        Ok((key, run))
    }

    fn make(
        &self,
        world: &World,
        sink: &dyn Sink,
        key: &str,
        tree: &TreeChanges,
    ) -> Result<TestRun, Unready> {
        let run = self.tester(world).run(tree, &self.yardstick)?;
        sink.keep_test_run(key, &run)?;
        Ok(run)
    }

    /// A control's run with canaries, or one without where they make a difference. Looked into only where tests that
    /// should hold do not.
    fn without_harm(
        &self,
        world: &World,
        own: &Observed,
        tree: &TreeChanges,
        run: TestRun,
    ) -> Result<TestRun, Unready> {
        let seen = self.tester(world).observe(&run);
        let statuses = seen.statuses();
        let holds = |listed: &String| {
            let ids = crate::harness::find(listed, &statuses);
            !ids.is_empty() && ids.iter().all(|id| statuses[*id].holds())
        };
        let kept = own.tests.iter().filter(|(_, seen)| seen.status.holds()).all(|(id, _)| holds(id));
        let turned = self.material.gold.is_none() || self.task.test.fail_to_pass.iter().all(holds);
        if run.marks.is_none() || (kept && turned && !seen.build_failed) {
            return Ok(run);
        }
        let tester = self.tester(world);
        let bare = Tester { integrity: None, ..tester }.run(tree, &self.yardstick)?;
        let same = self.tester(world).observe(&bare).statuses() == statuses;
        Ok(if same { run } else { bare })
    }

    /// What controls show of canaries, of tests run by themselves and of files that tests write.
    fn learn_integrity(&mut self, world: &World, empty: &TestRun, gold: Option<&TestRun>) {
        let tester = self.tester(world);
        let mut canaries = BTreeSet::new();
        for run in [Some(empty), gold].into_iter().flatten() {
            canaries.extend(integrity::seen(&tester.read_marked(&run.whole.stdout, run.marks.as_ref()).1));
        }
        let confirmed = gold.map(|run| tester.confirmations(run)).unwrap_or_default();
        let touched = gold.unwrap_or(empty).touched.iter().cloned().collect();
        self.yardstick.canaries = canaries;
        self.yardstick.confirmable =
            Some(confirmed.into_iter().filter(|(_, held)| *held).map(|(test, _)| test).collect());
        self.yardstick.touched = touched;
    }

    /// What stands against forged results in this task's trials, for records.
    pub fn integrity(&self) -> Vec<&'static str> {
        let mut active = vec!["guarded-files", "restored-settings"];
        if !self.yardstick.canaries.is_empty() {
            active.push("canaries");
        }
        if self.yardstick.confirmable.as_ref().is_some_and(|tests| !tests.is_empty()) {
            active.push("confirmation");
        }
        active.sort_unstable();
        active
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
            timeout: self.limit.unwrap_or(self.task.test.timeout).min(self.task.test.timeout),
            context: &self.packages,
            seed: self.seed,
            integrity: Some(Integrity {
                base: &self.base,
                paths: &self.guard.paths,
                tests: &self.material.tests,
                stale: &self.guard.stale,
                guarded: &self.guard.guarded,
                plant: self.guard.plant,
            }),
            demanded: &self.yardstick.canaries,
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

    /// Symbols of the base.
    pub fn symbols(&self) -> &Symbols {
        self.symbols.get_or_init(|| Symbols::read(&self.base))
    }

    /// Paths that the test patch sets.
    pub fn test_paths(&self) -> BTreeSet<String> {
        self.material.tests.keys().cloned().collect()
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
            task.test.timeout = Duration::from_secs(seconds);
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
pub(super) fn session_spec(snapshot: &Snapshot, toolchain: &Toolchain, world: &World) -> SessionSpec {
    let mut environment = thread_variables(world.threads);
    environment.extend(toolchain.environment.clone());
    environment.extend(toolchain.offline_environment.clone());
    SessionSpec {
        lower: snapshot.tree.clone(),
        access: Access::Overlay,
        read_only: toolchain.read_only.iter().chain(&toolchain.caches).cloned().collect(),
        writable: Vec::new(),
        network: false,
        environment,
        newer_than: snapshot.meta.built,
        limits: world.limits.clone(),
    }
}
