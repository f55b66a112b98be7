//! Tonight's predictions of each model: read from files, or made by the user's own command first.
//!
//! In: a suite, models, the night's folder. Out: predictions, and the models that have none with the reason.
//!
//! Invariants: what goes wrong with one model's predictions costs that model's night only; what a command made is kept in
//! the night's folder, so that an interrupted night goes on with the same predictions.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context;

use super::config::ModelConfig;
use crate::prediction::{self, Prediction};
use crate::store::history::MissingModel;
use crate::task::Suite;

/// What there is to evaluate.
#[derive(Debug, Default)]
pub(super) struct Predicted {
    pub predictions: Vec<Prediction>,
    pub missing: Vec<MissingModel>,
    pub problems: Vec<String>,
}

/// A night's place and name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub night: &'a str,
    pub folder: &'a Path,
    pub tasks: &'a Path,
}

/// Predictions of the models that are evaluated on this suite.
pub(super) fn predict(models: &[ModelConfig], suite: &Suite, place: Place) -> anyhow::Result<Predicted> {
    let mut found = Predicted::default();
    for model in models {
        if model.suites.as_ref().is_some_and(|suites| !suites.contains(&suite.name)) {
            continue;
        }
        match of_model(model, suite, place, &mut found.problems)? {
            Ok(predictions) => found.predictions.extend(predictions),
            Err(why) => found.missing.push(MissingModel { model: model.name.clone(), why }),
        }
    }
    Ok(found)
}

/// The inner error is why the model is missing; the outer one that nothing can be written.
fn of_model(
    model: &ModelConfig,
    suite: &Suite,
    place: Place,
    problems: &mut Vec<String>,
) -> anyhow::Result<Result<Vec<Prediction>, String>> {
    let fill =
        |path: &String| PathBuf::from(path.replace("{night}", place.night).replace("{suite}", &suite.name));
    let mut paths: Vec<PathBuf> = model.predictions.iter().map(fill).collect();
    if let Some(command) = &model.command {
        match made(model, command, &suite.name, place)? {
            Ok(path) => paths.push(path),
            Err(why) => return Ok(Err(why)),
        }
    }
    let mut predictions: Vec<Prediction> = Vec::new();
    for path in &paths {
        if !path.exists() {
            return Ok(Err(format!("{} is not there", path.display())));
        }
        let read = match prediction::read(path) {
            Ok(read) => read,
            Err(problem) => return Ok(Err(problem.to_string())),
        };
        problems.extend(read.problems.iter().map(ToString::to_string));
        predictions.extend(read.predictions.into_iter().filter(|prediction| prediction.model == model.name));
    }
    predictions.retain(|prediction| suite.task(&prediction.task).is_some());
    if predictions.is_empty() {
        let read: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
        return Ok(Err(format!("no prediction of it for this suite in {}", read.join(", "))));
    }
    Ok(Ok(predictions))
}

/// The file that the model's command wrote, now or before an interruption of this night.
fn made(
    model: &ModelConfig,
    command: &str,
    suite: &str,
    place: Place,
) -> anyhow::Result<Result<PathBuf, String>> {
    let folder = place.folder.join("predictions");
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    // Names of models may hold anything; the hash keeps two of them apart.
    let safe = |text: &str| -> String {
        text.chars().map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' }).collect()
    };
    let hash = &blake3::hash(format!("{suite}\0{}", model.name).as_bytes()).to_hex()[..8];
    let stem = format!("{}-{}-{hash}", safe(suite), safe(&model.name));
    let path = folder.join(format!("{stem}.jsonl"));
    if path.exists() {
        return Ok(Ok(path));
    }
    let aside = tempfile::Builder::new().prefix(".aside-").suffix(".jsonl").tempfile_in(&folder)?;
    let log = std::fs::File::create(folder.join(format!("{stem}.log")))?;
    let variables = [
        ("KERF_NIGHT", place.night.to_owned()),
        ("KERF_SUITE", suite.to_owned()),
        ("KERF_TASKS", place.tasks.display().to_string()),
        ("KERF_MODEL", model.name.clone()),
        ("KERF_PREDICTIONS", std::path::absolute(aside.path())?.display().to_string()),
    ];
    let limit = Duration::from_secs(model.timeout_s);
    let ended = shell(command, &variables, log, limit);
    let said = format!("its command ({}/{stem}.log says more)", folder.display());
    Ok(match ended {
        Err(error) => Err(format!("{said} cannot be started: {error}")),
        Ok(None) => Err(format!("{said} took longer than {} s", model.timeout_s)),
        Ok(Some(status)) if !status.success() => Err(format!("{said} ended with {status}")),
        Ok(Some(_)) if std::fs::metadata(aside.path())?.len() == 0 => {
            Err(format!("{said} wrote no predictions"))
        }
        Ok(Some(_)) => {
            aside.persist(&path).with_context(|| format!("cannot write {}", path.display()))?;
            Ok(path)
        }
    })
}

/// Runs a shell command of the user's with its output in a file. None where it was stopped for want of time.
fn shell(
    command: &str,
    variables: &[(&str, String)],
    log: std::fs::File,
    limit: Duration,
) -> std::io::Result<Option<ExitStatus>> {
    let errors = log.try_clone()?;
    let mut child = start(command, variables, Stdio::null(), log.into(), errors.into())?;
    let began = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if began.elapsed() >= limit {
            stop(&mut child);
            return Ok(None);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Ends the command and what it started.
fn stop(child: &mut Child) {
    if let Ok(pid) = i32::try_from(child.id()) {
        let _ = nix::sys::signal::killpg(nix::unistd::Pid::from_raw(pid), nix::sys::signal::Signal::SIGKILL);
    }
    let _ = child.kill();
    let _ = child.wait();
}

#[allow(
    clippy::disallowed_methods,
    reason = "the user's own command from kerf.toml; no patched tree is near"
)]
pub(super) fn start(
    command: &str,
    variables: &[(&str, String)],
    stdin: Stdio,
    stdout: Stdio,
    stderr: Stdio,
) -> std::io::Result<Child> {
    std::process::Command::new("sh")
        .args(["-c", command])
        .envs(variables.iter().map(|(name, value)| (name, value)))
        .stdin(stdin)
        .stdout(stdout)
        .stderr(stderr)
        .process_group(0)
        .spawn()
}
