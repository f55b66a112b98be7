//! `kerf suite`: what concerns a suite as a whole.
//!
//! `fetch` brings all that runs of a suite need into one folder: repositories, releases, packages, and the bases built.

use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::{Deserialize, Serialize};

use super::exit::bad_input;
use super::{Exit, config, context};
use crate::evaluate::{Ablation, Fetched, Options, World, fetch};
use crate::report::escape;
use crate::task::read_suite_with;

/// Schema name of a bundle's list.
const SCHEMA: &str = "kerf/bundle/1";

/// Commands of `kerf suite`.
#[derive(Debug, clap::Subcommand)]
pub(super) enum SuiteCommand {
    /// Bring all that runs of a suite need into a folder, for a machine without network
    Fetch(FetchArguments),
}

/// Arguments of `kerf suite fetch`.
#[derive(Debug, clap::Args)]
pub(super) struct FetchArguments {
    /// Folder of the bundle; what it holds already is not fetched again
    dir: PathBuf,
    /// Suite: a folder of task folders, or a data set; without it that of kerf.toml
    #[arg(long, value_name = "PATH")]
    tasks: Option<PathBuf>,
    /// Only this task; repeats
    #[arg(long, value_name = "ID")]
    task: Vec<String>,
    /// Profiles that fill what tasks leave out, over kerf's own; repeats, later files win
    #[arg(long, value_name = "FILE")]
    profiles: Vec<PathBuf>,
    /// Local mirrors, such as /mirrors/{owner}+{name}/repo
    #[arg(long, value_name = "TEMPLATE")]
    mirror: Option<String>,
    /// namespaces; or container, for tasks that name an image: their images are pulled into the engine
    #[arg(long, default_value = "namespaces", value_name = "NAME")]
    sandbox: String,
    /// Print the bundle's list as JSON
    #[arg(long)]
    json: bool,
}

/// What a bundle holds: `bundle.json` in its folder.
#[derive(Debug, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Bundle {
    /// `kerf/bundle/1`.
    pub schema: String,
    /// Hash over all tasks of the suite.
    pub lock: String,
    /// Tasks whose bases are built.
    pub tasks: Vec<BundledTask>,
    /// Tasks that could not be brought, each with the reason.
    pub missing: Vec<MissingTask>,
}

/// A task of a bundle.
#[derive(Debug, Serialize, Deserialize, schemars::JsonSchema)]
pub struct BundledTask {
    /// Id.
    pub id: String,
    /// Key of its snapshot.
    pub snapshot: String,
    /// The image that it runs in, with its digest: it lies in the engine, not in the folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// Seconds that its making took.
    pub seconds: f64,
}

/// A task that could not be brought.
#[derive(Debug, Serialize, Deserialize, schemars::JsonSchema)]
pub struct MissingTask {
    /// Id.
    pub id: String,
    /// Why.
    pub why: String,
}

/// Runs a command of `kerf suite`.
pub(super) fn main(command: &SuiteCommand) -> anyhow::Result<Exit> {
    match command {
        SuiteCommand::Fetch(arguments) => fetch_all(arguments),
    }
}

fn fetch_all(arguments: &FetchArguments) -> anyhow::Result<Exit> {
    let defaults = match &arguments.tasks {
        Some(_) => config::RunConfig::default(),
        None => config::read(Path::new("."))?.unwrap_or_default().run,
    };
    let tasks =
        arguments.tasks.clone().or(defaults.tasks).ok_or_else(|| {
            bad_input("no tasks: give --tasks, or write [run] tasks = \"…\" into kerf.toml")
        })?;
    let profiles = if arguments.profiles.is_empty() { defaults.profiles } else { arguments.profiles.clone() };
    let mut suite = read_suite_with(&tasks, &profiles).map_err(bad_input)?;
    if let Some(unknown) = arguments.task.iter().find(|id| suite.task(id).is_none()) {
        return Err(bad_input(format!("--task {unknown}: the suite has no such task")));
    }
    let lock = suite.lock();
    suite.tasks.retain(|task| arguments.task.is_empty() || arguments.task.contains(&task.id));
    let folder = std::path::absolute(&arguments.dir)?;
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let variables = context::variables();
    let sandbox = context::sandbox_with(&arguments.sandbox, false, arguments.sandbox == "container")?;
    let mirror = arguments.mirror.clone().or(defaults.mirror);
    let world = World::new(&folder, mirror, sandbox, &variables, &suite);
    let options = Options {
        measures: crate::evaluate::Measure::ALL.to_vec(),
        seed: 0,
        timeout_s: None,
        ablation: Ablation::Off,
    };
    let mut bundle = Bundle { schema: SCHEMA.to_owned(), lock, tasks: Vec::new(), missing: Vec::new() };
    for problem in &suite.problems {
        bundle.missing.push(MissingTask { id: String::new(), why: problem.to_string() });
    }
    let total = suite.tasks.len();
    for (at, task) in suite.tasks.iter().enumerate() {
        let fetched = task
            .load()
            .map_err(|problem| problem.to_string())
            .and_then(|task| fetch(&world, &task, &options));
        let shown = match &fetched {
            Ok(Fetched { seconds, .. }) => format!("ready ({seconds:.1} s)"),
            Err(why) => format!("missing: {why}"),
        };
        eprintln!("{}/{total} {}: {}", at + 1, escape::terminal(&task.id), escape::terminal(&shown));
        match fetched {
            Ok(Fetched { snapshot, seconds, image }) => {
                bundle.tasks.push(BundledTask { id: task.id.clone(), snapshot, image, seconds });
            }
            Err(why) => bundle.missing.push(MissingTask { id: task.id.clone(), why }),
        }
    }
    let text = serde_json::to_string_pretty(&bundle)? + "\n";
    let path = folder.join("bundle.json");
    std::fs::write(&path, &text).with_context(|| format!("cannot write {}", path.display()))?;
    if arguments.json {
        print!("{text}");
    } else {
        println!(
            "{} of {total} tasks are in {}; without network: KERF_CACHE={} kerf run --tasks {}",
            bundle.tasks.len(),
            folder.display(),
            folder.display(),
            tasks.display()
        );
    }
    Ok(if bundle.missing.is_empty() { Exit::Fine } else { Exit::Invalid })
}
