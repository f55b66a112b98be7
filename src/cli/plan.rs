//! `kerf plan`: what is to be run, written down, for `kerf run --plan P --shard i/n` and `kerf merge`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::exit::bad_input;
use super::run::{InputArguments, Inputs, read_inputs};
use super::{Exit, report};
use crate::evaluate::shards::{Costs, group_key};
use crate::evaluate::{Options, keys};
use crate::report::escape;
use crate::store::{PlanFile, RunInfo, Shard, inspect_run};

/// Arguments of `kerf plan`.
#[derive(Debug, clap::Args)]
pub(super) struct PlanArguments {
    #[command(flatten)]
    inputs: InputArguments,
    /// The plan's file
    #[arg(long, default_value = "plan.json", value_name = "FILE")]
    out: PathBuf,
    /// An earlier run whose times say what trials cost; repeats. Left out: the run folder of these inputs, if there is one
    #[arg(long, value_name = "RUN")]
    timings: Vec<PathBuf>,
    /// Show how so many shards come out
    #[arg(long, value_name = "N")]
    shards: Option<usize>,
    /// Print the plan as JSON, and write no file
    #[arg(long)]
    json: bool,
}

/// Plans, writes, prints.
pub(super) fn main(arguments: &PlanArguments) -> anyhow::Result<Exit> {
    let inputs = read_inputs(&arguments.inputs)?;
    inputs.say_notes();
    let plan = inputs.plan()?;
    let costs = costs(&arguments.timings, &inputs.out)?;
    let mut groups = BTreeMap::new();
    for task in &plan.tasks {
        // A task that cannot be read again stands alone, and its trials will say so.
        if let Ok(whole) = task.task.load() {
            groups.insert(whole.id.clone(), (group_key(&whole), whole.source.repository()));
        }
    }
    let exit = if inputs.problems.is_empty() { Exit::Fine } else { Exit::Usage };
    let file = PlanFile::new(&plan, info(inputs), &groups, &costs);
    let json = serde_json::to_string_pretty(&file)? + "\n";
    if arguments.json {
        report::print(&json)?;
        return Ok(exit);
    }
    std::fs::write(&arguments.out, &json)
        .with_context(|| format!("cannot write {}", arguments.out.display()))?;
    report::print(&render(&file, &arguments.out, arguments.shards))?;
    Ok(exit)
}

/// What a plan keeps of its inputs.
fn info(inputs: Inputs) -> RunInfo {
    RunInfo {
        schema: String::new(),
        kerf: env!("CARGO_PKG_VERSION").to_owned(),
        rules: keys::RULES.to_owned(),
        lock: inputs.suite.lock(),
        suite: inputs.suite.name,
        tasks: Vec::new(),
        trials: 0,
        plan: String::new(),
        options: inputs.options,
        toolchains: BTreeMap::new(),
        sandbox: String::new(),
        inputs: inputs.paths,
        shard: None,
        problems: inputs.problems,
        complete: false,
        environment: BTreeMap::new(),
    }
}

/// Times of earlier runs; of the usual run folder where none is named, as far as it can be read.
fn costs(named: &[PathBuf], usual: &Path) -> anyhow::Result<Costs> {
    let mut costs = Costs::default();
    let usual = [usual.to_owned()];
    for path in if named.is_empty() { &usual } else { named } {
        match inspect_run(path) {
            Ok(run) => run.records.iter().for_each(|record| costs.learn(record)),
            Err(error) if !named.is_empty() => return Err(bad_input(format!("--timings: {error}"))),
            Err(_) => {}
        }
    }
    Ok(costs)
}

fn duration(seconds: f64) -> String {
    match seconds {
        s if s < 120.0 => format!("{s:.0} s"),
        s if s < 7200.0 => format!("{:.0} min", s / 60.0),
        s => format!("{:.1} h", s / 3600.0),
    }
}

fn render(file: &PlanFile, path: &Path, shards: Option<usize>) -> String {
    let mut text = String::new();
    let tasks: usize = file.groups.iter().map(|group| group.tasks.len()).sum();
    let _ = writeln!(
        text,
        "suite {} · {tasks} tasks on {} snapshots · {} trials · about {} by one worker",
        escape::terminal(&file.suite),
        file.groups.len(),
        file.trials,
        duration(file.expected_s)
    );
    let known: BTreeSet<_> = file
        .groups
        .iter()
        .flat_map(|group| group.tasks.iter().flat_map(|task| task.trials.iter().map(|trial| trial.basis)))
        .collect();
    if known.contains(&crate::evaluate::shards::Basis::Assumed) {
        text.push_str(
            "nothing is known of some trials: their times are assumed (--timings RUN names an earlier run)\n",
        );
    }
    for (at, part) in shards.map(|count| file.shards(count)).unwrap_or_default().iter().enumerate() {
        let _ =
            writeln!(text, "shard {}: {} tasks, about {}", at + 1, part.tasks.len(), duration(part.seconds));
    }
    let count = shards.unwrap_or(2);
    let _ =
        writeln!(text, "kerf run --plan {} --shard 1/{count}", escape::terminal(&path.display().to_string()));
    text
}

/// The inputs of a plan; what the command names otherwise wins, and is checked against the plan later.
pub(super) fn inputs(file: &PlanFile, given: &InputArguments) -> anyhow::Result<Inputs> {
    let mut arguments = given.clone();
    let paths = |paths: &[String]| paths.iter().map(PathBuf::from).collect::<Vec<_>>();
    if !arguments.all {
        arguments.tasks = arguments.tasks.or_else(|| file.inputs.tasks.as_ref().map(PathBuf::from));
    }
    if arguments.predictions.is_empty() {
        arguments.predictions = paths(&file.inputs.predictions);
    }
    if arguments.profiles.is_empty() {
        arguments.profiles = paths(&file.inputs.profiles);
    }
    arguments.mirror = arguments.mirror.or_else(|| file.inputs.mirror.clone());
    let mut inputs = read_inputs(&arguments)?;
    inputs.suite.name.clone_from(&file.suite);
    inputs.options = Options::clone(&file.options);
    inputs.paths.predictions = arguments.predictions.iter().map(|path| path.display().to_string()).collect();
    inputs.out = Path::new("runs").join(&file.suite);
    Ok(inputs)
}

/// The shard that `--shard` names, and its tasks; none for the whole plan.
pub(super) fn part(
    file: &PlanFile,
    shard: Option<&str>,
) -> anyhow::Result<Option<(Shard, BTreeSet<String>)>> {
    let Some(text) = shard else { return Ok(None) };
    let parsed = text.split_once('/').and_then(|(i, n)| Some((i.parse().ok()?, n.parse().ok()?)));
    let (index, of): (usize, usize) = parsed
        .filter(|(index, of)| (1..=*of).contains(index))
        .ok_or_else(|| bad_input(format!("--shard {text}: write i/n with i from 1 to n, such as 2/3")))?;
    let tasks = file.shards(of).swap_remove(index - 1).tasks.into_iter().collect();
    Ok(Some((Shard { plan: file.id.clone(), index, of }, tasks)))
}

/// Where a run goes that is told no place.
pub(super) fn place(usual: &Path, shard: Option<&Shard>) -> PathBuf {
    let mut place = usual.to_owned();
    if let Some(Shard { index, of, .. }) = shard {
        place.as_mut_os_string().push(format!("-{index}-of-{of}"));
    }
    place
}
