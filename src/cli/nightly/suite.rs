//! One suite of a night: predictions, run, invalid trials again.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::config::{NightlyConfig, SuiteConfig};
use super::predict::{Place, Predicted, predict};
use crate::cli::context;
use crate::cli::exit::bad_input;
use crate::cli::progress::Progress;
use crate::cli::run::{Ending, Silent, drive, jobs, leave_out_quarantined, measures, run_info};
use crate::evaluate::record::Outcome;
use crate::evaluate::{Options, Plan, Record, Watcher, World};
use crate::report::escape;
use crate::schedule::threads;
use crate::store::history::MissingModel;
use crate::store::{Inputs, RunFolder, RunInfo, read_run};
use crate::task::{Suite, read_suite_with};

/// How the night is run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Way<'a> {
    pub night: &'a str,
    pub folder: &'a Path,
    pub config: &'a NightlyConfig,
    pub jobs: Option<&'a str>,
    pub sandbox: &'a str,
    /// Whether images may be pulled.
    pub pull: bool,
    pub trust_patches: bool,
    pub quiet: bool,
}

/// What a suite's run left.
#[derive(Debug)]
pub(super) struct SuiteRun {
    pub suite: String,
    pub path: PathBuf,
    pub info: RunInfo,
    pub records: Vec<Record>,
    pub missing: Vec<MissingModel>,
    pub retried: u64,
}

/// Runs a suite to its end. None where the user interrupted.
pub(super) fn run_suite(suite: &SuiteConfig, way: &Way) -> anyhow::Result<Option<SuiteRun>> {
    let config = way.config;
    let mut read: Suite = read_suite_with(&suite.tasks, &suite.profiles).map_err(bad_input)?;
    suite.name.clone_into(&mut read.name);
    let mut problems: Vec<String> = read.problems.iter().map(ToString::to_string).collect();
    let (notes, _) = leave_out_quarantined(&mut read, &suite.tasks)?;
    for note in notes {
        eprintln!("kerf: {}", escape::terminal(&note));
    }
    if read.tasks.is_empty() {
        return Err(bad_input(format!("{}: no task of the suite could be read", suite.tasks.display())));
    }
    let place = Place { night: way.night, folder: way.folder, tasks: &suite.tasks };
    let Predicted { predictions, missing, problems: unread } = predict(&config.models, &read, place)?;
    problems.extend(unread);
    for model in &missing {
        eprintln!(
            "kerf: {} is missing tonight: {}",
            escape::terminal(&model.model),
            escape::terminal(&model.why)
        );
    }
    let options = Options {
        measures: measures(config.measures.clone())?,
        seed: config.seed.unwrap_or(0),
        timeout_s: None,
        ablation: crate::evaluate::Ablation::Off,
    };
    let plan = Plan::new(&read, predictions, options);
    let inputs = Inputs {
        tasks: Some(suite.tasks.display().to_string()),
        predictions: Vec::new(),
        profiles: suite.profiles.iter().map(|path| path.display().to_string()).collect(),
        mirror: config.mirror.clone(),
    };
    let jobs = jobs(way.jobs.or(config.jobs.as_deref()))?;
    let path = way.folder.join(&suite.name);
    let mut again = BTreeSet::new();
    for attempt in 0..=config.retries {
        let mut world = world(&read, way)?;
        world.threads = threads(jobs);
        let info =
            RunInfo { inputs: inputs.clone(), problems: problems.clone(), ..run_info(&read, &plan, &world) };
        let order = plan.order();
        let folder = Arc::new(RunFolder::open(&path, info)?);
        let progress = (!way.quiet).then(|| Arc::new(Progress::new(order.len())));
        let watcher: Arc<dyn Watcher> = match &progress {
            Some(progress) => Arc::clone(progress) as _,
            None => Arc::new(Silent),
        };
        let ending = drive(plan.clone(), world, &folder, &watcher, jobs, None);
        if let Some(progress) = progress {
            progress.finish();
        }
        match ending? {
            Ending::Done => {}
            Ending::Interrupted | Ending::OutOfTime => return Ok(None),
        }
        if !folder.finish(&order)? {
            anyhow::bail!("some trials have no record; the same command tries them again");
        }
        drop(folder);
        let invalid = invalid(&path)?;
        if invalid.is_empty() || attempt == config.retries {
            break;
        }
        // Opening the folder again forgets them.
        eprintln!("kerf: {} invalid trials are run again", invalid.len());
        again.extend(invalid);
    }
    let run = read_run(&path)?;
    let info = run.info.ok_or_else(|| anyhow::anyhow!("{} has lost its run.json", path.display()))?;
    Ok(Some(SuiteRun {
        suite: suite.name.clone(),
        path,
        info,
        records: run.records,
        missing,
        retried: again.len() as u64,
    }))
}

fn world(suite: &Suite, way: &Way) -> anyhow::Result<World> {
    let variables = context::variables();
    let cache = context::cache(&variables)?;
    let sandbox = context::sandbox_with(way.sandbox, way.trust_patches, way.pull)?;
    Ok(World::new(&cache, way.config.mirror.clone(), sandbox, &variables, suite))
}

fn invalid(path: &Path) -> anyhow::Result<Vec<String>> {
    let run = read_run(path)?;
    let invalid = run.records.into_iter().filter(|record| record.outcome == Outcome::Invalid);
    Ok(invalid.map(|record| record.trial).collect())
}
