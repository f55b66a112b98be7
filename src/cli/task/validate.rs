//! `kerf task validate`: proves the tasks of a suite.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;

use super::pinned;
use crate::cli::exit::bad_input;
use crate::cli::{Exit, context};
use crate::evaluate::validate::{Flaw, proof_key};
use crate::evaluate::{Proof, ProofStatus, SinkError, ValidateOptions, Validation, World, validate};
use crate::report::escape;
use crate::schedule::{Stop, Workers, all, automatic};
use crate::store::ProofFolder;
use crate::task::{Suite, Task, TaskEntry, read_suite};

/// Arguments of `kerf task validate`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ValidateArguments {
    /// Suite: a folder of task folders, or a JSONL file
    #[arg(long, default_value = "tasks", value_name = "PATH")]
    tasks: PathBuf,
    /// Local mirrors, such as /mirrors/{owner}+{name}/repo
    #[arg(long, value_name = "TEMPLATE")]
    mirror: Option<String>,
    /// Prove this task only; repeats
    #[arg(long, value_name = "ID")]
    task: Vec<String>,
    /// How often gold is run again, each time in another way
    #[arg(long, default_value_t = 3, value_name = "N")]
    repeats: u32,
    /// Seed of shuffled orders
    #[arg(long, default_value_t = 0, value_name = "N")]
    seed: u64,
    /// Tasks at once: a number, or auto
    #[arg(long, default_value = "auto", value_name = "N")]
    jobs: String,
    /// Folder for proofs and logs; an interrupted validation in it is carried on
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Name all flaws of a task, not only those of the first stage that fails
    #[arg(long)]
    keep_going: bool,
    /// Wall clock of a test command in seconds, in place of the tasks' own
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<u64>,
    /// Put the lists that hold back into the tasks, and write suite.lock
    #[arg(long)]
    write: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// namespaces; container, for tasks that name an image; or none
    #[arg(long, default_value = "namespaces", value_name = "NAME")]
    sandbox: String,
    /// With --sandbox container: images that are not there may be pulled
    #[arg(long)]
    pull: bool,
    /// With --sandbox none: tasks may do to this machine what they like
    #[arg(long)]
    trust_patches: bool,
    /// Print no progress
    #[arg(long, short)]
    quiet: bool,
}

/// Proves, or goes on with proving, and prints what came of it.
pub(super) fn main(arguments: &ValidateArguments) -> anyhow::Result<Exit> {
    let whole = read_suite(&arguments.tasks).map_err(bad_input)?;
    let problems: Vec<String> = whole.problems.iter().map(ToString::to_string).collect();
    for problem in &problems {
        eprintln!("kerf: {}", escape::terminal(problem));
    }
    let suite = chosen(&whole, &arguments.task)?;
    if suite.tasks.is_empty() {
        return Err(bad_input("no task of the suite could be read"));
    }
    let jobs = match arguments.jobs.as_str() {
        "auto" => automatic(),
        text => text
            .parse()
            .ok()
            .filter(|count| *count > 0)
            .ok_or_else(|| bad_input(format!("--jobs {text}: write a number above 0, or auto")))?,
    };
    let variables = context::variables();
    let cache = context::cache(&variables)?;
    let sandbox = context::sandbox_with(&arguments.sandbox, arguments.trust_patches, arguments.pull)?;
    let world = World::new(&cache, arguments.mirror.clone(), sandbox, &variables, &suite);
    let options = ValidateOptions {
        repeats: arguments.repeats,
        seed: arguments.seed,
        keep_going: arguments.keep_going,
        timeout_s: arguments.timeout,
    };
    let out = arguments.out.clone().unwrap_or_else(|| Path::new("runs/validate").join(&suite.name));
    let folder = Arc::new(ProofFolder::open(&out)?);
    let toolchains = world.toolchain_versions();
    let total = suite.tasks.len();
    let job = Arc::new(Job {
        twins: twins(&suite)?,
        world,
        options,
        folder: Arc::clone(&folder),
        proofs: Mutex::default(),
        total,
        quiet: arguments.quiet,
    });
    let interrupted = drive(&job, suite.tasks.clone(), jobs)?;
    let proofs: Vec<Proof> = {
        let mut proofs = job.proofs.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *proofs).into_values().collect()
    };
    if interrupted {
        let count = proofs.len();
        eprintln!("kerf: interrupted; {count} of {total} proofs are kept, the same command carries on");
        return Ok(Exit::Interrupted);
    }
    if proofs.len() < total {
        anyhow::bail!("some tasks have no proof; the same command tries them again");
    }
    let validation = Validation::new(proofs, problems);
    let mut json = serde_json::to_vec_pretty(&validation)?;
    json.push(b'\n');
    folder.write("validation.json", &json)?;
    let mut notes = pinned::quarantine(&arguments.tasks, &out, &whole, &validation.tasks)?;
    if arguments.write {
        notes.extend(pinned::write_back(&arguments.tasks, &whole, &validation.tasks, toolchains)?);
    }
    if arguments.json {
        println!("{}", serde_json::to_string(&validation)?);
    } else {
        print!("{}", super::funnel::text(&validation, whole.problems.len() as u64));
    }
    for note in notes {
        eprintln!("kerf: {}", escape::terminal(&note));
    }
    Ok(exit(&validation))
}

/// A quarantined task tells more than an unreadable one: the latter was named at the start.
fn exit(validation: &Validation) -> Exit {
    let flawed = |is: &dyn Fn(Flaw) -> bool| validation.tasks.iter().any(|p| p.reason.is_some_and(is));
    if flawed(&Flaw::of_the_machine) {
        Exit::Failed
    } else if flawed(&|_| true) {
        Exit::Invalid
    } else if validation.problems.is_empty() {
        Exit::Fine
    } else {
        Exit::Usage
    }
}

/// The tasks that `--task` names, or all.
fn chosen(suite: &Suite, ids: &[String]) -> anyhow::Result<Suite> {
    if let Some(stranger) = ids.iter().find(|id| suite.task(id).is_none()) {
        return Err(bad_input(format!("--task {stranger}: the suite has no such task")));
    }
    let mut suite = suite.clone();
    if !ids.is_empty() {
        suite.tasks.retain(|task| ids.contains(&task.id));
    }
    Ok(suite)
}

/// Tasks that are the same as an earlier one in all but the name: id → the other's id.
fn twins(suite: &Suite) -> anyhow::Result<BTreeMap<String, String>> {
    let mut first: BTreeMap<String, &str> = BTreeMap::new();
    let mut twins = BTreeMap::new();
    for entry in &suite.tasks {
        let task = entry.load().map_err(bad_input)?;
        let Task { source, commit, statement, gold, tests, test_files, environment, test, .. } = &task;
        let content = format!(
            "{source:?}{commit:?}{statement:?}{gold:?}{tests:?}{test_files:?}{environment:?}{test:?}"
        );
        let content = blake3::hash(content.as_bytes()).to_hex().to_string();
        match first.get(&content) {
            Some(other) => {
                twins.insert(task.id.clone(), (*other).to_owned());
            }
            None => {
                first.insert(content, &entry.id);
            }
        }
    }
    Ok(twins)
}

/// Everything that workers share.
struct Job {
    world: World,
    options: ValidateOptions,
    folder: Arc<ProofFolder>,
    twins: BTreeMap<String, String>,
    proofs: Mutex<BTreeMap<String, Proof>>,
    total: usize,
    quiet: bool,
}

impl Job {
    fn prove(&self, entry: &TaskEntry) -> Result<(), SinkError> {
        let task = &match entry.load() {
            Ok(task) => task,
            Err(problem) => {
                eprintln!("kerf: {}", escape::terminal(&problem.to_string()));
                return Ok(());
            }
        };
        let key = proof_key(&self.world, task, &self.options);
        let (proof, known) = match (self.folder.proof(&key), self.twins.get(&task.id)) {
            (_, Some(other)) => {
                let mut proof = Proof::blank(task);
                proof.find(Flaw::Duplicate, Vec::new(), format!("the same as {other} in all but its name"));
                (proof.conclude(), false)
            }
            (Some(proof), None) if proof.task == task.id => (proof, true),
            (_, None) => {
                if !self.quiet {
                    eprintln!(
                        "{}",
                        escape::terminal(&format!("{}: set up, base, gold, repeats, cheats", task.id))
                    );
                }
                let proof = validate(&self.world, task, &self.options, &*self.folder)?;
                if proof.reason.is_none_or(|flaw| !flaw.of_the_machine()) {
                    self.folder.keep_proof(&key, &proof)?;
                }
                (proof, false)
            }
        };
        let line = line(&proof, known);
        let mut proofs = self.proofs.lock().unwrap_or_else(PoisonError::into_inner);
        proofs.insert(task.id.clone(), proof);
        if !self.quiet {
            eprintln!("{}/{} {}", proofs.len(), self.total, escape::terminal(&line));
        }
        Ok(())
    }
}

fn line(proof: &Proof, known: bool) -> String {
    let time = if known { "known".to_owned() } else { format!("{:.1} s", proof.seconds) };
    match (proof.status, proof.reason) {
        (ProofStatus::Quarantined, Some(reason)) => {
            format!("{}: quarantined ({time}): {reason}: {}", proof.task, proof.why.as_deref().unwrap_or(""))
        }
        _ => format!("{}: proven ({time})", proof.task),
    }
}

/// Proves all tasks on as many workers as wanted. True if the user interrupted.
fn drive(job: &Arc<Job>, tasks: Vec<TaskEntry>, jobs: usize) -> anyhow::Result<bool> {
    let stop = Stop::default();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("cannot start workers")?;
    let workers = Workers::new(jobs, stop.clone());
    let failure: Arc<Mutex<Option<SinkError>>> = Arc::default();
    let interrupted = runtime.block_on(async {
        let work = all(tasks.into_iter().map(|task| {
            let (job, workers, failure) = (Arc::clone(job), workers.clone(), Arc::clone(&failure));
            async move {
                let stop = workers.stop().clone();
                if let Some(Err(error)) = workers.run(move || job.prove(&task)).await {
                    failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                    stop.ask();
                }
            }
        }));
        tokio::select! {
            () = work => false,
            _ = tokio::signal::ctrl_c() => {
                stop.ask();
                true
            }
        }
    });
    // Blocking jobs under way are left to die with the process, and their sandboxes with them.
    runtime.shutdown_background();
    match failure.lock().unwrap_or_else(PoisonError::into_inner).take() {
        Some(error) => Err(error).context("the validation cannot go on; the same command carries on"),
        None => Ok(interrupted),
    }
}
