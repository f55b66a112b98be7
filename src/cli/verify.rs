//! `kerf verify`: a sample of a finished run, run again from scratch.
//!
//! In: a run folder, and the tasks and predictions that it was made of. Out: every field of every drawn record that comes
//! out otherwise, records that are missing or cannot be read, and what else is not as it was when the run was made.
//!
//! Invariant: the run folder is only read; nothing that it or the cache kept of earlier executions is used.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::exit::bad_input;
use super::run::{Ending, Silent, drive, jobs, read_predictions, run_info};
use super::{Exit, context};
use crate::evaluate::verify::{Difference, Sample, differences, draw};
use crate::evaluate::{Plan, Record, Watcher, World};
use crate::report::escape;
use crate::snapshot::Snapshots;
use crate::store::{BadLine, Changed, Inspection, RunFolder, RunInfo, inspect_run, read_detail};
use crate::task::read_suite_with;

/// Schema name of the result.
const SCHEMA: &str = "kerf/verify/1";

/// Arguments of `kerf verify`.
#[derive(Debug, clap::Args)]
pub(super) struct VerifyArguments {
    /// Run folder
    run: PathBuf,
    /// How many trials: a share such as 5%, a number, or all
    #[arg(long, default_value = "5%", value_name = "N")]
    sample: String,
    /// Seed of the draw
    #[arg(long, default_value_t = 0, value_name = "N")]
    seed: u64,
    /// Trials at once: a number, or auto
    #[arg(long, value_name = "N")]
    jobs: Option<String>,
    /// Local mirrors, in place of those of the run
    #[arg(long, value_name = "TEMPLATE")]
    mirror: Option<String>,
    /// Suite, in place of the path that the run was given
    #[arg(long, value_name = "PATH")]
    tasks: Option<PathBuf>,
    /// Predictions, in place of the paths that the run was given; repeats
    #[arg(long, value_name = "PATH")]
    predictions: Vec<PathBuf>,
    /// For a run that was made with --sandbox none: patches may do to this machine what they like
    #[arg(long)]
    trust_patches: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A trial by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TrialName {
    /// Its identity.
    pub trial: String,
    /// Task.
    pub task: String,
    /// Model.
    pub model: String,
    /// Scaffold.
    pub scaffold: Option<String>,
    /// 0-based.
    pub sample: u32,
}

/// A trial that came out otherwise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TrialDifference {
    /// Which.
    pub trial: TrialName,
    /// Every field that differs.
    pub fields: Vec<Difference>,
}

/// What `kerf verify --json` prints.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Verification {
    /// `kerf/verify/1`.
    pub schema: String,
    /// The run as given.
    pub run: String,
    /// Seed of the draw.
    pub seed: u64,
    /// Trials planned, by tasks and predictions as they are now.
    pub planned: usize,
    /// Trials run again, controls included.
    pub sampled: usize,
    /// Those of them that came out the same.
    pub equal: usize,
    /// What is not as it was; differences may come from there.
    pub changed: Vec<Changed>,
    /// Trials without a record.
    pub missing: Vec<TrialName>,
    /// Lines of `records.jsonl` that are no record of their own.
    pub unreadable: Vec<BadLine>,
    /// Records that no task and prediction as they are now would give: they cannot be run again.
    pub unplanned: Vec<TrialName>,
    /// Drawn trials whose detail is gone or cannot be read, with the reason.
    pub details: Vec<(TrialName, String)>,
    /// Trials that came out otherwise.
    pub differences: Vec<TrialDifference>,
    /// Drawn trials that could not be run again.
    pub not_run: Vec<TrialName>,
}

impl Verification {
    /// The run stands as it is.
    fn holds(&self) -> bool {
        self.missing.is_empty()
            && self.unreadable.is_empty()
            && self.unplanned.is_empty()
            && self.details.is_empty()
            && self.differences.is_empty()
            && self.not_run.is_empty()
    }
}

fn name(record: &Record) -> TrialName {
    TrialName {
        trial: record.trial.clone(),
        task: record.task.clone(),
        model: record.model.clone(),
        scaffold: record.scaffold.clone(),
        sample: record.sample,
    }
}

/// Runs again, compares, prints.
pub(super) fn main(arguments: &VerifyArguments) -> anyhow::Result<Exit> {
    let sample = Sample::parse(&arguments.sample)
        .ok_or_else(|| bad_input(format!("--sample {}: write 5%, 20 or all", arguments.sample)))?;
    let jobs = jobs(arguments.jobs.as_deref())?;
    let run = inspect_run(&arguments.run)
        .map_err(|error| bad_input(format!("{error}; verify needs the folder of a finished run")))?;
    let (plan, mut info, mut world) = again(arguments, &run.info)?;
    let planned: BTreeMap<String, TrialName> = names(&plan);
    let (known, unplanned): (Vec<Record>, Vec<Record>) =
        run.records.iter().cloned().partition(|record| planned.contains_key(&record.trial));
    if known.is_empty() {
        return Err(bad_input("no record of the run belongs to these tasks and predictions"));
    }
    let drawn = draw(&known, sample, arguments.seed);
    if !arguments.json {
        eprintln!("kerf: {} of {} trials are run again", drawn.len(), run.records.len());
    }
    let changed = run.info.changes(&info);

    let cache = context::cache(&context::variables())?;
    std::fs::create_dir_all(&cache).with_context(|| format!("cannot make {}", cache.display()))?;
    let scratch =
        tempfile::Builder::new().prefix("verify-").tempdir_in(&cache).context("no place to run in")?;
    world.snapshots = Snapshots::new(scratch.path(), Arc::clone(&world.sandbox));
    let plan = narrowed(plan, &drawn);
    let place = scratch.path().join("run");
    info.trials = plan.trial_count();
    let folder = Arc::new(RunFolder::open(&place, info)?);
    let watcher: Arc<dyn Watcher> = Arc::new(Silent);
    if drive(plan, world, &folder, &watcher, jobs, None)? == Ending::Interrupted {
        return Ok(Exit::Interrupted);
    }
    drop(folder);
    let result = compared(arguments, &run, &known, &unplanned, &drawn, planned, changed, &place)?;
    if arguments.json {
        super::report::print(&serde_json::to_string_pretty(&result)?)?;
    } else {
        super::report::print(&render(&result))?;
    }
    Ok(if result.holds() { Exit::Fine } else { Exit::Different })
}

/// The plan of the run, made anew from its inputs, and the world to run it in.
fn again(arguments: &VerifyArguments, info: &RunInfo) -> anyhow::Result<(Plan, RunInfo, World)> {
    let tasks = arguments.tasks.clone().or_else(|| info.inputs.tasks.as_ref().map(PathBuf::from));
    let tasks = tasks.ok_or_else(|| bad_input("the run does not say where its tasks were: give --tasks"))?;
    let profiles: Vec<PathBuf> = info.inputs.profiles.iter().map(PathBuf::from).collect();
    let mut suite = read_suite_with(&tasks, &profiles)
        .map_err(|problem| bad_input(format!("{problem}; or give --tasks")))?;
    // What the run did not hold (tasks in quarantine, newer ones) is not verified.
    suite.tasks.retain(|task| info.task_hash(&task.id).is_some());
    let paths: Vec<PathBuf> = if arguments.predictions.is_empty() {
        info.inputs.predictions.iter().map(PathBuf::from).collect()
    } else {
        arguments.predictions.clone()
    };
    let mut problems = Vec::new();
    let predictions = read_predictions(&paths, &mut problems)?;
    for problem in suite.problems.iter().map(ToString::to_string).chain(problems) {
        eprintln!("kerf: {}", escape::terminal(&problem));
    }
    let plan = Plan::new(&suite, predictions, info.options.clone());
    let variables = context::variables();
    let cache = context::cache(&variables)?;
    let sandbox = context::sandbox(&info.sandbox, arguments.trust_patches)?;
    let mirror = arguments.mirror.clone().or_else(|| info.inputs.mirror.clone());
    let world = World::new(&cache, mirror, sandbox, &variables, &suite);
    let info = run_info(&suite, &plan, &world);
    Ok((plan, info, world))
}

/// The trials of a plan by identity.
fn names(plan: &Plan) -> BTreeMap<String, TrialName> {
    let all = plan.tasks.iter().flat_map(|task| {
        task.trials.iter().map(|trial| TrialName {
            trial: trial.id.clone(),
            task: task.task.id.clone(),
            model: trial.subject.model().to_owned(),
            scaffold: trial.subject.scaffold().map(str::to_owned),
            sample: trial.subject.sample(),
        })
    });
    all.map(|name| (name.trial.clone(), name)).collect()
}

/// The drawn part of a plan.
fn narrowed(mut plan: Plan, drawn: &BTreeSet<String>) -> Plan {
    for task in &mut plan.tasks {
        task.trials.retain(|trial| drawn.contains(&trial.id));
    }
    plan.tasks.retain(|task| !task.trials.is_empty());
    plan
}

#[allow(clippy::too_many_arguments, reason = "all that was found out, once")]
fn compared(
    arguments: &VerifyArguments,
    run: &Inspection,
    known: &[Record],
    unplanned: &[Record],
    drawn: &BTreeSet<String>,
    planned: BTreeMap<String, TrialName>,
    changed: Vec<Changed>,
    place: &Path,
) -> anyhow::Result<Verification> {
    let fresh = inspect_run(place).context("what was run again cannot be read")?;
    let fresh: BTreeMap<&str, &Record> =
        fresh.records.iter().map(|record| (record.trial.as_str(), record)).collect();
    // Keys follow from tasks, tools and rules: where those are not the same, no key can be.
    let keys_differ = changed.iter().any(|change| change.what != "kerf" && change.what != "plan");
    let (mut found, mut not_run, mut details) = (Vec::new(), Vec::new(), Vec::new());
    for was in known.iter().filter(|record| drawn.contains(&record.trial)) {
        let Some(now) = fresh.get(was.trial.as_str()) else {
            not_run.push(name(was));
            continue;
        };
        let mut fields = differences(was, now);
        if keys_differ {
            fields.retain(|field| field.field != "run_key" && field.field != "grade_key");
        }
        if !fields.is_empty() {
            found.push(TrialDifference { trial: name(was), fields });
        }
        if let Some(key) = &was.grade_key
            && let Err(error) = read_detail(&arguments.run, key)
        {
            details.push((name(was), error.to_string()));
        }
    }
    let there: BTreeSet<&str> = known.iter().map(|record| record.trial.as_str()).collect();
    let count = planned.len();
    Ok(Verification {
        schema: SCHEMA.to_owned(),
        run: arguments.run.display().to_string(),
        seed: arguments.seed,
        planned: count,
        sampled: drawn.len(),
        equal: drawn.len() - found.len() - not_run.len(),
        changed,
        missing: planned.into_values().filter(|name| !there.contains(name.trial.as_str())).collect(),
        unreadable: run.bad.clone(),
        unplanned: unplanned.iter().map(name).collect(),
        details,
        differences: found,
        not_run,
    })
}

/// For people.
fn render(result: &Verification) -> String {
    let mut text = String::new();
    let mut line = |parts: String| {
        let _ = writeln!(text, "{}", escape::terminal(&parts));
    };
    let words = |name: &TrialName| {
        let scaffold = name.scaffold.as_ref().map_or_else(String::new, |scaffold| format!(" in {scaffold}"));
        format!("{} · {}{scaffold} · sample {} ({})", name.task, name.model, name.sample, name.trial)
    };
    for change in &result.changed {
        line(format!("changed since: {}: was {}, is {}", change.what, change.was, change.now));
    }
    for bad in &result.unreadable {
        line(format!("records.jsonl:{}: {}", bad.line, bad.detail));
    }
    for name in &result.missing {
        line(format!("no record: {}", words(name)));
    }
    for name in &result.unplanned {
        line(format!("cannot be run again, since no prediction gives it now: {}", words(name)));
    }
    for (name, why) in &result.details {
        line(format!("no detail: {}: {why}", words(name)));
    }
    for name in &result.not_run {
        line(format!("was not run: {}", words(name)));
    }
    for trial in &result.differences {
        line(words(&trial.trial));
        for field in &trial.fields {
            line(format!("    {}: was {}, is {}", field.field, field.was, field.now));
        }
    }
    line(format!(
        "{} of {} trials run again, seed {}: {} the same, {} otherwise",
        result.sampled,
        result.planned,
        result.seed,
        result.equal,
        result.differences.len()
    ));
    text
}
