//! `kerf report`: a run's figures, or one task of it, in the format wanted.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::Exit;
use super::exit::bad_input;
use super::run::exit_of;
use crate::calibrate;
use crate::evaluate::{EMPTY, GOLD};
use crate::report::{Calibration, RunHeader, View, json, markdown, task, terminal};
use crate::stats::summary::{Options, summarise};
use crate::store::{ReadError, Run, read_detail, read_run};

/// Arguments of `kerf report`.
#[derive(Debug, clap::Args)]
pub(super) struct ReportArguments {
    /// Run folder, or a records file
    run: PathBuf,
    /// terminal, markdown or json
    #[arg(long, default_value = "terminal", value_name = "NAME")]
    format: String,
    /// Show the trials of one task, unit by unit
    #[arg(long, value_name = "ID")]
    task: Option<String>,
    /// With --task: of one model only
    #[arg(long, requires = "task", value_name = "NAME")]
    model: Option<String>,
}

/// Reads and prints.
pub(super) fn main(arguments: &ReportArguments) -> anyhow::Result<Exit> {
    let run = read_run(&arguments.run).map_err(|error| match error {
        ReadError::Io { .. } => bad_input(format!("{error}; give a run folder or a records file")),
        ReadError::Malformed { .. } => bad_input(error),
    })?;
    if let Some(id) = &arguments.task {
        return print_task(&arguments.run, &run, id, arguments.model.as_deref());
    }
    let text = match arguments.format.as_str() {
        "terminal" => return print_terminal(&arguments.run),
        "markdown" => {
            let (header, summary) = summary(&arguments.run, &run);
            markdown::render(&header, &summary, calibration(&arguments.run)?.as_ref())
        }
        "json" => json::render(&summary(&arguments.run, &run).1)?,
        other => {
            return Err(bad_input(format!(
                "--format {other} is unknown; known are terminal, markdown and json"
            )));
        }
    };
    print(&text)?;
    Ok(exit_of(run.records.iter().map(|record| record.outcome)))
}

/// Prints the report that a person sees after a run.
pub(super) fn print_terminal(path: &Path) -> anyhow::Result<Exit> {
    let run = read_run(path)?;
    let (header, summary) = summary(path, &run);
    print(&terminal::render(&header, &summary, calibration(path)?.as_ref(), view()))?;
    if run.info.as_ref().is_some_and(|info| !info.complete) {
        eprintln!("kerf: this run is not complete: the same `kerf run` carries on");
    }
    Ok(exit_of(run.records.iter().map(|record| record.outcome)))
}

/// What `kerf calibrate --out RUN/calibrate.json` left in the run folder.
fn calibration(run: &Path) -> anyhow::Result<Option<Calibration>> {
    let path = run.join(calibrate::FILE);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(_) if !path.is_file() => return Ok(None),
        Err(error) => return Err(bad_input(format!("{}: {error}", path.display()))),
    };
    let found = calibrate::read(&text).map_err(|error| bad_input(format!("{}: {error}", path.display())))?;
    Ok(found.grade("A").zip(found.grade("B")).map(|(a, b)| Calibration { a, b }))
}

/// The width and colour of standard output; `NO_COLOR` and `COLUMNS` are honoured.
pub(super) fn view() -> View {
    let variables = super::context::variables();
    let terminal = std::io::stdout().is_terminal();
    let no_colour = variables.get("NO_COLOR").is_some_and(|value| !value.is_empty());
    let width = variables
        .get("COLUMNS")
        .and_then(|columns| columns.parse().ok())
        .or_else(|| terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)))
        .unwrap_or(100);
    View { width, colour: terminal && !no_colour }
}

/// Prints without failing on a reader that has seen enough in the wrong way.
pub(super) fn print(text: &str) -> anyhow::Result<()> {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    if !text.ends_with('\n') {
        out.write_all(b"\n")?;
    }
    Ok(out.flush()?)
}

fn summary(path: &Path, run: &Run) -> (RunHeader, crate::stats::RunSummary) {
    let seed = run.info.as_ref().map_or(0, |info| info.options.seed);
    let summary = summarise(&run.records, &Options { seed, ..Options::default() });
    let header = RunHeader {
        suite: run.info.as_ref().map_or_else(|| "records".to_owned(), |info| info.suite.clone()),
        lock: run.info.as_ref().map(|info| info.lock.clone()),
        tasks: run.info.as_ref().map_or(summary.tasks, |info| info.tasks.len() as u64),
        trials: summary.trials,
        invalid: summary.invalid,
        sandbox: run.info.as_ref().map(|info| info.sandbox.clone()),
        path: path.display().to_string(),
    };
    (header, summary)
}

fn print_task(path: &Path, run: &Run, id: &str, model: Option<&str>) -> anyhow::Result<Exit> {
    let mut records = task::select(&run.records, id, model);
    if model.is_none() {
        records.retain(|record| record.model != GOLD && record.model != EMPTY);
    }
    if records.is_empty() {
        return Err(bad_input(format!(
            "the run has no trial of task `{id}`{}",
            match model {
                Some(model) => format!(" by `{model}`"),
                None => String::new(),
            }
        )));
    }
    let mut details = std::collections::BTreeMap::new();
    for key in records.iter().filter_map(|record| record.grade_key.as_ref()).filter(|_| path.is_dir()) {
        details.insert(key.clone(), read_detail(path, key).context("the detail cannot be read")?);
    }
    print(&task::render(&records, &details, view()))?;
    Ok(Exit::Fine)
}
