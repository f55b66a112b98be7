//! A task made ready: base tree, snapshot, controls, and what its trials are judged by.
//!
//! What a task stands on before anything of it runs is laid in `ground`; its controls are run in `controls`.

mod controls;
mod ground;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

pub(super) use ground::session_spec;
pub use ground::{Fetched, fetch};

use super::ablate;
use super::edits::GoldView;
use super::integrity::{self, Integrity};
use super::judged::Judged;
use super::keys;
use super::lints;
use super::packages;
use super::plan::{Ablation, GOLD, Measure, Options};
use super::record::{Outcome, Reason};
use super::run::World;
use super::sink::{Sink, SinkError};
use super::splice;
use super::symbols::Symbols;
use super::tests::{Tester, Yardstick};
use super::trees::{self, Material, Tested};
use crate::diff::{Role, role_of};
use crate::harness::{Format, Observed, ReadContext};
use crate::patch::{Tree, TreeChanges};
use crate::repo::BaseTree;
use crate::sandbox::{Ended, Sandbox, SandboxError, SessionSpec};
use crate::snapshot::{Made, Snapshot, SnapshotError, Stale};
use crate::task::{Task, TestPlan};
use ground::Ground;

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
    /// Where its trials run.
    pub sandbox: Arc<dyn Sandbox>,
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
    /// The files of the test patch that are tests and nothing else, found when first asked for.
    test_files: OnceLock<TreeChanges>,
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

/// What is known once of a task's base, to guard all its runs by.
pub(super) struct Guard {
    paths: Vec<String>,
    stale: Stale,
    /// What set-up and build left in the snapshot.
    pub made: Made,
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
        let Ground { task, sandbox, toolchain, base, material, linters, snapshot } =
            Ground::lay(world, task, options)?;
        let spec = session_spec(&snapshot, &toolchain, world);
        let packages = packages::read_context(&base);
        let timing = BTreeMap::from([("snapshot_s".to_owned(), snapshot.meta.seconds)]);
        let (paths, command) = (base.paths(), &task.test.command);
        let guard = Guard {
            guarded: integrity::guarded(&base, &paths, &material.tests, command),
            stale: Stale::read(&snapshot.tree),
            made: Made::read(&snapshot.tree, &paths),
            // A script names its tests: canaries would not be run.
            plant: integrity::runner(&task.test.format, command).filter(|_| !task.test.scripted),
            paths,
        };
        let mut bench = Self {
            task,
            base,
            material,
            snapshot,
            sandbox,
            spec,
            linters,
            packages,
            yardstick: Yardstick::default(),
            withdrawn: Vec::new(),
            controls: BTreeMap::new(),
            symbols: OnceLock::new(),
            test_files: OnceLock::new(),
            gold: None,
            obligations: None,
            timing,
            seed: options.seed,
            own: Observed::default(),
            guard,
            limit: None,
        };
        bench.run_controls(discover, sink)?;
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

    /// What stands against forged results in this task's trials, for records.
    pub fn integrity(&self) -> Vec<&'static str> {
        let mut active = vec!["guarded-files", "restored-settings"];
        if !self.yardstick.canaries.is_empty() {
            active.push("canaries");
        }
        if self.yardstick.confirmable.as_ref().is_some_and(|tests| !tests.is_empty()) {
            active.push("confirmation");
        }
        if self.yardstick.listing {
            active.push("listing");
        }
        if self.task.test.scripted {
            active.push("script-marks");
        }
        active.sort_unstable();
        active
    }

    /// What records say of the sandbox, where it is the task's own.
    pub fn surroundings(&self) -> BTreeMap<String, serde_json::Value> {
        let mut all: BTreeMap<String, serde_json::Value> =
            self.sandbox.origin().into_iter().map(|(name, value)| (name, value.into())).collect();
        if !all.is_empty() {
            all.insert("protections".to_owned(), self.sandbox.protections().into());
        }
        all
    }

    /// Whether tests of that file are the task's, not the model's.
    pub fn is_test_file(&self, path: &str) -> bool {
        self.material.tests.contains_key(path) || role_of(path, b"") == Role::Test
    }

    /// How trees of this task are tested.
    pub fn tester(&self) -> Tester<'_> {
        Tester {
            sandbox: &*self.sandbox,
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
        trees::with_tests(&self.task, &self.base, model, &self.material, &self.guard.made)
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

    /// The files of the test patch that are tests and nothing else.
    pub fn test_files(&self) -> &TreeChanges {
        self.test_files.get_or_init(|| {
            let mut files = self.material.tests.clone();
            files.retain(|path, blob| {
                role_of(path, b"") == Role::Test && !splice::is_inline(&self.base, path, blob.as_ref())
            });
            files
        })
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
