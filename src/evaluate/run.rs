//! Driving a plan: tasks are made ready, their trials run, workers shared by all.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::bench::{Bench, Unready};
use super::client::SandboxedClient;
use super::plan::{Plan, TaskPlan, Trial};
use super::record::Reason;
use super::sink::{Event, Sink, SinkError, Watcher};
use super::trial;
use crate::repo::Mirrors;
use crate::sandbox::{Limits, Sandbox};
use crate::schedule::{Stop, Workers, all, at_most, retried, slowest_first, threads};
use crate::snapshot::{Snapshots, Toolchain, find_toolchain};
use crate::task::{Suite, Task};

/// What a run stands on: everything that is neither task nor prediction.
pub struct World {
    /// Repositories.
    pub mirrors: Mirrors,
    /// Where patched trees run.
    pub sandbox: Arc<dyn Sandbox>,
    /// Built bases.
    pub snapshots: Snapshots,
    /// By language, and by the version that a task wants.
    toolchains: BTreeMap<(String, Option<String>), Result<Toolchain, String>>,
    /// Limits of every trial's session.
    pub limits: Limits,
    /// Threads that a trial's tests may use.
    pub threads: usize,
    /// Seconds that tasks took before, by id: the slowest begin first.
    pub expected: BTreeMap<String, f64>,
    /// One lock a run key, so that identical patches run once.
    pub(super) run_locks: Mutex<BTreeMap<String, Arc<Mutex<()>>>>,
}

impl World {
    /// For the languages of a suite; `cache` is kerf's cache folder, `variables` this process's environment.
    pub fn new(
        cache: &Path,
        mirror: Option<String>,
        sandbox: Arc<dyn Sandbox>,
        variables: &BTreeMap<String, String>,
        suite: &Suite,
    ) -> Self {
        let wanted = suite.tasks.iter().map(|task| (task.language.clone(), task.toolchain.clone())).collect();
        Self::with_tools(cache, mirror, sandbox, variables, wanted)
    }

    /// For tools by language, and by the version wanted of them.
    pub fn with_tools(
        cache: &Path,
        mirror: Option<String>,
        sandbox: Arc<dyn Sandbox>,
        variables: &BTreeMap<String, String>,
        wanted: BTreeSet<(String, Option<String>)>,
    ) -> Self {
        let toolchains = wanted
            .into_iter()
            .map(|(language, wanted)| {
                let found = find_toolchain(&language, wanted.as_deref(), cache, variables)
                    .map_err(|error| error.to_string());
                ((language, wanted), found)
            })
            .collect();
        let client = SandboxedClient::new(cache, Arc::clone(&sandbox), variables);
        Self {
            mirrors: Mirrors::new(cache.to_owned(), mirror).with_client(Arc::new(client)),
            snapshots: Snapshots::new(cache, Arc::clone(&sandbox)),
            sandbox,
            toolchains,
            limits: Limits::default(),
            threads: threads(1),
            expected: BTreeMap::new(),
            run_locks: Mutex::default(),
        }
    }

    /// The tools for a task, with the variables of its environment, or why there are none.
    pub(super) fn toolchain(&self, task: &Task) -> Result<Toolchain, String> {
        let key = (task.language.clone(), task.environment.toolchain.clone());
        match self.toolchains.get(&key) {
            Some(found) => found.clone().map(|tools| tools.with_variables(&task.environment.variables)),
            None => Err(format!("no toolchain is known for language `{}`", task.language)),
        }
    }

    /// Versions of the tools by language (and version wanted); none where a language's tools are missing.
    pub fn toolchain_versions(&self) -> BTreeMap<String, Vec<String>> {
        self.toolchains
            .iter()
            .map(|((language, wanted), found)| {
                let name =
                    wanted.as_ref().map_or_else(|| language.clone(), |wanted| format!("{language} {wanted}"));
                (name, found.as_ref().map(|tools| tools.versions.clone()).unwrap_or_default())
            })
            .collect()
    }

    /// The machine, for `environment` fields: not compared between runs.
    pub fn environment(&self) -> BTreeMap<String, serde_json::Value> {
        BTreeMap::from([
            ("protections".to_owned(), self.sandbox.protections().into()),
            ("system".to_owned(), format!("{} {}", std::env::consts::OS, std::env::consts::ARCH).into()),
        ])
    }
}

/// Pauses before something that failed for the machine's reasons is tried again.
pub(super) const PAUSES: &[Duration] = &[Duration::from_secs(1), Duration::from_secs(4)];

/// The first failure of a run that cannot go on.
#[derive(Clone, Default)]
struct Failure(Arc<Mutex<Option<SinkError>>>);

impl Failure {
    fn set(&self, error: SinkError, stop: &Stop) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        stop.ask();
    }

    fn take(&self) -> Option<SinkError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Everything that jobs share.
#[derive(Clone)]
struct Shared {
    plan: Arc<Plan>,
    world: Arc<World>,
    sink: Arc<dyn Sink>,
    watcher: Arc<dyn Watcher>,
    workers: Workers,
    stop: Stop,
    failure: Failure,
}

/// Runs a plan to its end: a record for every trial that has none. Fails only where results cannot be kept; every
/// other trouble is an outcome of a trial.
pub async fn run(
    plan: Arc<Plan>,
    world: Arc<World>,
    sink: Arc<dyn Sink>,
    watcher: Arc<dyn Watcher>,
    workers: Workers,
) -> Result<(), SinkError> {
    let stop = workers.stop().clone();
    let seconds: Vec<Option<f64>> =
        plan.tasks.iter().map(|planned| world.expected.get(&planned.task.id).copied()).collect();
    let order = slowest_first(&seconds);
    let known =
        plan.tasks.iter().flat_map(|task| &task.trials).filter(|trial| sink.has_record(&trial.id)).count();
    watcher.note(&Event::Known(known));
    // Benches hold trees and logs: only as many tasks are open at once as keep the workers busy.
    let open = workers.count().saturating_mul(2).max(4);
    let shared = Shared { plan, world, sink, watcher, workers, stop, failure: Failure::default() };
    at_most(open, order.into_iter().map(|index| one_task(shared.clone(), index))).await;
    match shared.failure.take() {
        Some(error) => Err(error),
        None => Ok(()),
    }
}

async fn one_task(shared: Shared, index: usize) {
    let TaskPlan { task, trials } = &shared.plan.tasks[index];
    let open: Vec<Trial> =
        trials.iter().filter(|trial| !shared.sink.has_record(&trial.id)).cloned().collect();
    if open.is_empty() {
        return;
    }
    let job = {
        let (shared, entry) = (shared.clone(), task.clone());
        move || {
            shared.watcher.note(&Event::Preparing(&entry.id));
            let task =
                entry.load().map_err(|problem| Unready::Invalid(Reason::Setup, problem.to_string()))?;
            // The network or the machine may be better a moment later; what a patch does is never tried again.
            let passing = |result: &Result<Bench, Unready>| {
                matches!(result, Err(Unready::Invalid(Reason::Setup | Reason::Sandbox, _)))
                    && !shared.stop.asked()
            };
            retried(&PAUSES[..1], passing, || {
                Bench::prepare(&shared.world, &task, &shared.plan.options, &*shared.sink)
            })
        }
    };
    let Some(prepared) = shared.workers.run(job).await else { return };
    let bench: Arc<Result<Bench, (Reason, String)>> = Arc::new(match prepared {
        Ok(bench) => {
            shared.watcher.note(&Event::Prepared(&task.id, bench.timing.values().sum()));
            Ok(bench)
        }
        Err(Unready::Sink(error)) => return shared.failure.set(error, &shared.stop),
        Err(Unready::Invalid(reason, why)) => {
            shared.watcher.note(&Event::Unready(&task.id, &why));
            Err((reason, why))
        }
    });
    all(open.into_iter().map(|trial| one_trial(shared.clone(), index, trial, Arc::clone(&bench)))).await;
}

async fn one_trial(shared: Shared, index: usize, trial: Trial, bench: Arc<Result<Bench, (Reason, String)>>) {
    let worker = shared.clone();
    let job = move || {
        let task = &worker.plan.tasks[index].task;
        let record = match &*bench {
            Ok(bench) => trial::evaluate(&worker.world, bench, &worker.plan.options, &trial, &*worker.sink)?,
            Err((reason, why)) => {
                let name = trial::Name { id: &task.id, language: &task.language };
                trial::invalid(&worker.world, name, &trial, *reason, why)
            }
        };
        worker.sink.keep_record(&record)?;
        worker.watcher.note(&Event::Done(&record));
        Ok(())
    };
    if let Some(Err(error)) = shared.workers.run(job).await {
        shared.failure.set(error, &shared.stop);
    }
}
