//! `kerf run`: evaluates predictions on a suite.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;

use super::config::RunConfig;
use super::durations::Durations;
use super::exit::bad_input;
use super::progress::Progress;
use super::{Exit, bring, config, context};
use crate::evaluate::record::Outcome;
use crate::evaluate::{Ablation, Event, Measure, Options, Plan, Sink, TaskPlan, Watcher, World, keys, run};
use crate::prediction::{self, Prediction};
use crate::report::escape;
use crate::sandbox::Limits;
use crate::schedule::{Stop, Workers, automatic, threads};
use crate::store::{Inputs as InputPaths, PlanFile, RUN_SCHEMA, RunFolder, RunInfo, TaskInfo};
use crate::task::pins::{Quarantine, SuiteLock};
use crate::task::{Suite, read_suite_with};

/// What to evaluate: arguments of `kerf run` and `kerf plan`.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct InputArguments {
    /// Suite: a folder of task folders, or a data set in SWE-bench, Multi-SWE-bench or SWE-PolyBench form
    #[arg(long, value_name = "PATH")]
    pub tasks: Option<PathBuf>,
    /// The suites that kerf.toml lists under `all` as well; the run folder gets `-all` behind its name
    #[arg(long, conflicts_with = "tasks")]
    pub all: bool,
    /// Profiles that fill what tasks leave out, over kerf's own; repeats, later files win
    #[arg(long, value_name = "FILE")]
    pub profiles: Vec<PathBuf>,
    /// Predictions: JSONL or JSON in the forms of the public benchmarks, or a folder MODEL/TASK.diff; repeats
    #[arg(long, value_name = "PATH")]
    pub predictions: Vec<PathBuf>,
    /// Local mirrors, such as /mirrors/{owner}+{name}/repo
    #[arg(long, value_name = "TEMPLATE")]
    pub mirror: Option<String>,
    /// Measures to take, by comma: pass, edits, lint, context
    #[arg(long, value_delimiter = ',', value_name = "LIST")]
    pub measures: Option<Vec<String>>,
    /// Take units out and test again: off, auto (irrelevant and unreached ones, at most two runs a patch) or full
    #[arg(long, value_name = "DEPTH")]
    pub ablation: Option<String>,
    /// Seed of everything drawn at random
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Wall clock of a test command in seconds, in place of the tasks' own
    #[arg(long, value_name = "SECONDS")]
    pub timeout: Option<u64>,
}

/// Arguments of `kerf run`.
#[derive(Debug, clap::Args)]
pub(super) struct RunArguments {
    #[command(flatten)]
    inputs: InputArguments,
    /// A plan that kerf plan wrote: its tasks, predictions and options
    #[arg(long, value_name = "FILE", conflicts_with_all = ["measures", "ablation", "seed", "timeout"])]
    plan: Option<PathBuf>,
    /// With --plan: part i of n, such as 2/3; kerf merge joins the parts
    #[arg(long, value_name = "I/N", requires = "plan")]
    shard: Option<String>,
    /// Run folder; an interrupted run in it is carried on
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Trials at once: a number, or auto
    #[arg(long, value_name = "N")]
    jobs: Option<String>,
    /// Begin no trial after so many seconds; the same command carries on
    #[arg(long, value_name = "SECONDS")]
    time_budget: Option<u64>,
    /// Limits of a trial, by comma: memory=MB, disk=MB (written files and /tmp, each), processes=N
    #[arg(long, value_delimiter = ',', value_name = "LIST")]
    limits: Vec<String>,
    /// Snapshots may take so much of the disk, such as 20G: those not used for longest go
    #[arg(long, value_name = "SIZE")]
    cache_size: Option<String>,
    /// namespaces; container, for tasks that name an image; or none
    #[arg(long, default_value = "namespaces", value_name = "NAME")]
    sandbox: String,
    /// With --sandbox container: images that are not there may be pulled
    #[arg(long)]
    pull: bool,
    /// With --sandbox none: patches may do to this machine what they like
    #[arg(long)]
    trust_patches: bool,
    /// Print nothing but the report
    #[arg(long, short)]
    quiet: bool,
}

/// Everything a run needs, options and defaults joined.
pub(super) struct Inputs {
    pub suite: Suite,
    pub predictions: Vec<Prediction>,
    pub problems: Vec<String>,
    pub notes: Vec<String>,
    pub lock: Option<SuiteLock>,
    pub paths: InputPaths,
    /// Where a run goes that is told no place.
    pub out: PathBuf,
    pub bring_tools: bool,
    /// As `kerf.toml` says it.
    pub jobs: Option<String>,
    pub options: Options,
}

impl Inputs {
    /// Says what could not be read, and what else is worth knowing.
    pub fn say_notes(&self) {
        for note in self.problems.iter().chain(&self.notes) {
            eprintln!("kerf: {}", escape::terminal(note));
        }
    }

    /// The plan of all of them. Fails where nothing could be read.
    pub fn plan(&self) -> anyhow::Result<Plan> {
        let plan = Plan::new(&self.suite, self.predictions.clone(), self.options.clone());
        for (task, count) in &plan.strangers {
            eprintln!("kerf: {count} predictions name no task of this suite: {}", escape::terminal(task));
        }
        if plan.tasks.is_empty() {
            return Err(bad_input("no task of the suite could be read"));
        }
        Ok(plan)
    }
}

/// Runs, or goes on with a run, and prints the report.
pub(super) fn main(arguments: &RunArguments) -> anyhow::Result<Exit> {
    let file = arguments.plan.as_deref().map(PlanFile::read).transpose().map_err(bad_input)?;
    let inputs = match &file {
        None => read_inputs(&arguments.inputs)?,
        Some(file) => super::plan::inputs(file, &arguments.inputs)?,
    };
    inputs.say_notes();
    let whole = inputs.plan()?;
    let part = match &file {
        None => None,
        Some(file) => {
            file.check(&whole, keys::RULES).map_err(bad_input)?;
            super::plan::part(file, arguments.shard.as_deref())?
        }
    };
    let plan = match &part {
        None => whole,
        Some((_, tasks)) => whole.of_tasks(tasks),
    };
    let shard = part.map(|(shard, _)| shard);
    let out = arguments.out.clone().unwrap_or_else(|| super::plan::place(&inputs.out, shard.as_ref()));
    let jobs = jobs(arguments.jobs.as_deref().or(inputs.jobs.as_deref()))?;
    let variables = context::variables();
    let cache = context::cache(&variables)?;
    let sandbox = context::sandbox_with(&arguments.sandbox, arguments.trust_patches, arguments.pull)?;
    if inputs.bring_tools {
        bring::bring(&inputs.suite, &cache, &variables);
    }
    let mut world = World::new(&cache, inputs.paths.mirror.clone(), sandbox, &variables, &inputs.suite);
    world.limits = limits(&arguments.limits)?;
    world.threads = threads(jobs);
    let durations = Durations::read(&cache);
    world.expected = durations.of(&inputs.suite);
    if let Some(size) = &arguments.cache_size {
        world.snapshots.keep_below(super::cache::size(size)?);
    }
    for note in inputs.lock.iter().flat_map(|lock| lock.tool_differences(&world.toolchain_versions())) {
        eprintln!("kerf: {}", escape::terminal(&note));
    }
    let info = RunInfo {
        inputs: inputs.paths,
        problems: inputs.problems.clone(),
        shard: shard.clone(),
        ..run_info(&inputs.suite, &plan, &world)
    };
    let order = plan.order();
    let folder = Arc::new(RunFolder::open(&out, info)?);
    if let (Some(file), Some(_)) = (&file, &shard) {
        folder.write("plan.json", serde_json::to_string_pretty(file)?.as_bytes())?;
    }
    let progress = (!arguments.quiet).then(|| Arc::new(Progress::new(order.len())));
    let watcher: Arc<dyn Watcher> = match &progress {
        Some(progress) => Arc::clone(progress) as _,
        None => Arc::new(Silent),
    };
    let hashes = inputs.suite.tasks.iter().map(|task| (task.id.clone(), task.hash.clone())).collect();
    let budget = arguments.time_budget.map(Duration::from_secs);
    let ending = drive(plan, world, &folder, &watcher, jobs, budget);
    if let Some(progress) = progress {
        progress.finish();
    }
    let ending = ending?;
    let why = match ending {
        Ending::Done => None,
        Ending::Interrupted => Some("interrupted"),
        Ending::OutOfTime => Some("the time budget is used up"),
    };
    if let Some(why) = why {
        let kept = folder.record_count();
        eprintln!("kerf: {why}; {kept} of {} trials are kept, the same command carries on", order.len());
        return Ok(Exit::Interrupted);
    }
    let complete = folder.finish(&order)?;
    drop(folder);
    durations.keep(&out, &hashes);
    let exit = super::report::print_terminal(&out)?;
    if let Some(shard) = &shard {
        eprintln!("kerf: this is shard {shard}; kerf merge joins it with the others");
    }
    if !complete {
        anyhow::bail!("some trials have no record; the same command tries them again");
    }
    Ok(if inputs.problems.is_empty() { exit } else { Exit::Usage })
}

/// What a run of this plan is made of, its inputs aside.
pub(super) fn run_info(suite: &Suite, plan: &Plan, world: &World) -> RunInfo {
    RunInfo {
        schema: RUN_SCHEMA.to_owned(),
        kerf: env!("CARGO_PKG_VERSION").to_owned(),
        rules: keys::RULES.to_owned(),
        suite: suite.name.clone(),
        lock: suite.lock(),
        tasks: plan
            .tasks
            .iter()
            .map(|TaskPlan { task, .. }| TaskInfo { id: task.id.clone(), hash: task.hash.clone() })
            .collect(),
        trials: plan.trial_count(),
        plan: blake3::hash(plan.order().join("\n").as_bytes()).to_hex().to_string(),
        options: plan.options.clone(),
        toolchains: world.toolchain_versions(),
        sandbox: world.sandbox.name().to_owned(),
        inputs: InputPaths::default(),
        shard: None,
        problems: Vec::new(),
        complete: false,
        environment: world.environment(),
    }
}

/// How the work on a plan ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// All that was to be done was tried.
    Done,
    /// The user stopped it.
    Interrupted,
    /// Its time was over before all was begun.
    OutOfTime,
}

/// Runs the plan on as many workers as wanted, until it is done or the user interrupts.
pub(super) fn drive(
    plan: Plan,
    world: World,
    folder: &Arc<RunFolder>,
    watcher: &Arc<dyn Watcher>,
    jobs: usize,
    budget: Option<Duration>,
) -> anyhow::Result<Ending> {
    let stop = Stop::default();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("cannot start workers")?;
    let workers = Workers::new(jobs, stop.clone()).until(budget.map(|budget| Instant::now() + budget));
    let trials = plan.order();
    let timer = workers.clone();
    let ending = runtime.block_on(async {
        let work =
            run(Arc::new(plan), Arc::new(world), Arc::clone(folder) as _, Arc::clone(watcher), workers);
        tokio::select! {
            result = work => result.map(|()| {
                let left = trials.iter().any(|trial| !folder.has_record(trial));
                if left && timer.expired() { Ending::OutOfTime } else { Ending::Done }
            }),
            () = asked_to_stop() => {
                stop.ask();
                Ok(Ending::Interrupted)
            }
        }
    });
    // Blocking jobs under way are left to die with the process, and their sandboxes with them.
    runtime.shutdown_background();
    ending.context("the run cannot go on; what is finished is kept, and the same command carries on")
}

/// Until the user or the system asks this process to end.
async fn asked_to_stop() {
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}

/// Limits of a session as `--limits` says.
fn limits(words: &[String]) -> anyhow::Result<Limits> {
    let mut limits = Limits::default();
    for word in words {
        let wrong = || {
            bad_input(format!(
                "--limits {word}: write memory=MB, disk=MB or processes=N, with numbers above 0"
            ))
        };
        let (name, value) = word.split_once('=').ok_or_else(wrong)?;
        let value: u64 = value.parse().ok().filter(|value| *value > 0).ok_or_else(wrong)?;
        match name.trim() {
            "memory" => limits.memory_mb = value,
            "disk" => limits.disk_mb = value,
            "processes" => limits.processes = value,
            _ => return Err(wrong()),
        }
    }
    Ok(limits)
}

/// Says nothing.
pub(super) struct Silent;

impl Watcher for Silent {
    fn note(&self, _: &Event) {}
}

pub(super) fn read_inputs(arguments: &InputArguments) -> anyhow::Result<Inputs> {
    let defaults = if arguments.tasks.is_some() {
        RunConfig::default()
    } else {
        config::read(Path::new("."))?.unwrap_or_default().run
    };
    let tasks =
        arguments.tasks.clone().or(defaults.tasks).ok_or_else(|| {
            bad_input("no tasks: give --tasks, or write [run] tasks = \"…\" into kerf.toml")
        })?;
    let profiles = if arguments.profiles.is_empty() { defaults.profiles } else { arguments.profiles.clone() };
    let mut suite = read_suite_with(&tasks, &profiles).map_err(bad_input)?;
    if let Some(name) = defaults.name {
        suite.name = name;
    }
    let mut problems: Vec<String> = suite.problems.iter().map(ToString::to_string).collect();
    let lock = SuiteLock::read(&tasks).map_err(bad_input)?;
    let mut notes = lock.iter().filter_map(|lock| lock.differences(&suite)).collect::<Vec<_>>();
    let (note, mut left_out) = leave_out_quarantined(&mut suite, &tasks)?;
    notes.extend(note);
    for more in &defaults.all {
        let mut other = read_suite_with(more, &profiles).map_err(bad_input)?;
        if !arguments.all {
            // Their predictions wait for `--all`, and are no strangers.
            let ids = other.tasks.into_iter().map(|task| task.id);
            left_out.extend(ids.filter(|id| suite.task(id).is_none()));
            continue;
        }
        let (note, out) = leave_out_quarantined(&mut other, more)?;
        notes.extend(note);
        left_out.extend(out);
        suite.join(other);
    }
    if arguments.all {
        problems = suite.problems.iter().map(ToString::to_string).collect();
    }
    let paths =
        if arguments.predictions.is_empty() { defaults.predictions } else { arguments.predictions.clone() };
    let mut predictions = read_predictions(&paths, &mut problems)?;
    predictions.retain(|prediction| !left_out.contains(&prediction.task));
    let mut out = defaults.out.unwrap_or_else(|| Path::new("runs").join(&suite.name));
    if arguments.all {
        out.as_mut_os_string().push("-all");
    }
    let options = Options {
        measures: measures(arguments.measures.clone().or(defaults.measures))?,
        seed: arguments.seed.or(defaults.seed).unwrap_or(0),
        timeout_s: arguments.timeout,
        ablation: ablation(arguments.ablation.as_deref().or(defaults.ablation.as_deref()))?,
    };
    Ok(Inputs {
        suite,
        predictions,
        problems,
        notes,
        lock,
        paths: InputPaths {
            tasks: Some(tasks.display().to_string()),
            predictions: paths.iter().map(|path| path.display().to_string()).collect(),
            profiles: profiles.iter().map(|path| path.display().to_string()).collect(),
            mirror: arguments.mirror.clone().or(defaults.mirror),
        },
        out,
        bring_tools: defaults.bring_tools,
        jobs: defaults.jobs,
        options,
    })
}

/// Takes out what `quarantine.toml` names. Returns what to say of it, and the ids.
pub(super) fn leave_out_quarantined(
    suite: &mut Suite,
    tasks: &Path,
) -> anyhow::Result<(Vec<String>, BTreeSet<String>)> {
    let quarantine = Quarantine::read(tasks).map_err(bad_input)?;
    let taken = quarantine.take_out(suite);
    let mut notes = Vec::new();
    if !taken.left_out.is_empty() {
        let each: Vec<String> =
            taken.left_out.iter().map(|entry| format!("{} ({})", entry.id, entry.reason)).collect();
        notes.push(format!("quarantined, left out: {}", each.join(", ")));
    }
    if !taken.changed.is_empty() {
        notes.push(format!(
            "changed since they were quarantined, so not left out: {}; run kerf task validate",
            taken.changed.join(", ")
        ));
    }
    Ok((notes, taken.left_out.into_iter().map(|entry| entry.id).collect()))
}

/// Predictions of several files; what could not be read of them is added to `problems`.
pub(super) fn read_predictions(
    paths: &[PathBuf],
    problems: &mut Vec<String>,
) -> anyhow::Result<Vec<Prediction>> {
    let mut predictions = Vec::new();
    for path in paths {
        let read = prediction::read(path).map_err(bad_input)?;
        predictions.extend(read.predictions);
        problems.extend(read.problems.iter().map(ToString::to_string));
    }
    reject_controls(&mut predictions, problems);
    Ok(predictions)
}

/// Number of workers that `--jobs` asks for.
pub(super) fn jobs(text: Option<&str>) -> anyhow::Result<usize> {
    match text {
        None | Some("auto") => Ok(automatic()),
        Some(text) => text
            .parse()
            .ok()
            .filter(|count| *count > 0)
            .ok_or_else(|| bad_input(format!("--jobs {text}: write a number above 0, or auto"))),
    }
}

/// A model that calls itself `gold` would be taken for a control.
fn reject_controls(predictions: &mut Vec<Prediction>, problems: &mut Vec<String>) {
    predictions.retain(|prediction| {
        let taken = [crate::evaluate::GOLD, crate::evaluate::EMPTY].contains(&prediction.model.as_str());
        if taken {
            let message = "is the name of a control; rename the model";
            problems.push(format!("{}: model `{}` {message}", prediction.origin, prediction.model));
        }
        !taken
    });
}

pub(super) fn measures(names: Option<Vec<String>>) -> anyhow::Result<Vec<Measure>> {
    let Some(names) = names else { return Ok(Measure::ALL.to_vec()) };
    let mut measures = vec![Measure::Pass];
    for name in &names {
        measures.push(match name.trim() {
            "pass" => Measure::Pass,
            "edits" => Measure::Edits,
            "lint" => Measure::Lint,
            "context" => Measure::Context,
            other => {
                return Err(bad_input(format!(
                    "--measures {other} is unknown; known are pass, edits, lint, context"
                )));
            }
        });
    }
    measures.sort();
    measures.dedup();
    Ok(measures)
}

fn ablation(name: Option<&str>) -> anyhow::Result<Ablation> {
    let Some(name) = name else { return Ok(Ablation::default()) };
    Ablation::from_name(name)
        .ok_or_else(|| bad_input(format!("--ablation {name} is unknown; known are off, auto and full")))
}

/// What a finished run's exit code says: invalid where all trials are.
pub(super) fn exit_of(outcomes: impl Iterator<Item = Outcome>) -> Exit {
    let mut any = false;
    for outcome in outcomes {
        if outcome != Outcome::Invalid {
            return Exit::Fine;
        }
        any = true;
    }
    if any { Exit::Invalid } else { Exit::Fine }
}
