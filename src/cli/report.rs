//! `kerf report`: a run's figures, or one task of it, in the format wanted.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::Exit;
use super::exit::bad_input;
use super::run::exit_of;
use crate::calibrate;
use crate::evaluate::record::Outcome;
use crate::evaluate::{EMPTY, GOLD, Record};
use crate::report::link::Link;
use crate::report::{Calibration, RunHeader, View, json, machine, markdown, svg, task, terminal};
use crate::stats::{Options, RunSummary, Summariser};
use crate::store::{ReadError, Who, each_record, each_record_of, read_detail, read_seed};

/// Arguments of `kerf report`.
#[derive(Debug, clap::Args)]
pub(super) struct ReportArguments {
    /// Run folder, or a records file
    run: PathBuf,
    /// terminal, markdown, json, csv, junit, sarif, github or svg
    #[arg(long, default_value = "terminal", value_name = "NAME")]
    format: String,
    /// With --format markdown: where details of a task are kept, such as https://ci.example/{task}/{model}
    #[arg(long, value_name = "TEMPLATE")]
    link: Option<String>,
    /// Show the trials of one task, unit by unit
    #[arg(long, value_name = "ID")]
    task: Option<String>,
    /// With --task: of one model only
    #[arg(long, requires = "task", value_name = "NAME")]
    model: Option<String>,
}

/// Reads and prints.
pub(super) fn main(arguments: &ReportArguments) -> anyhow::Result<Exit> {
    let path = &arguments.run;
    if let Some(id) = &arguments.task {
        return print_task(path, id, arguments.model.as_deref());
    }
    if arguments.format == "terminal" {
        return print_terminal(path);
    }
    let link = arguments.link.as_deref().map(link).transpose()?;
    let mut junit = machine::Junit::default();
    let wants_junit = arguments.format == "junit";
    let run = read(path, |record| {
        if wants_junit && record.model != GOLD && record.model != EMPTY {
            junit.add(record);
        }
    })?;
    let text = match arguments.format.as_str() {
        "markdown" => markdown::render(
            &RunHeader { link, ..run.header.clone() },
            &run.summary,
            calibration(path)?.as_ref(),
        ),
        "json" => json::render(&run.summary)?,
        "csv" => machine::csv(&run.summary),
        "junit" => junit.finish(&run.header.suite),
        "sarif" => machine::sarif_log(&findings(path, &run.summary)?)?,
        "github" => machine::github(&run.summary, &findings(path, &run.summary)?),
        "svg" => {
            let view = View { width: 130, colour: true };
            svg::render(&terminal::render(&run.header, &run.summary, calibration(path)?.as_ref(), view))
        }
        other => {
            return Err(bad_input(format!(
                "--format {other} is unknown; known are terminal, markdown, json, csv, junit, sarif, github and svg"
            )));
        }
    };
    print(&text)?;
    Ok(run.exit())
}

/// A run, summed up as it streamed by.
struct Read {
    header: RunHeader,
    summary: RunSummary,
    is_complete: bool,
    records: u64,
    invalid: u64,
}

impl Read {
    fn exit(&self) -> Exit {
        let outcomes = [(Outcome::Invalid, self.invalid), (Outcome::Resolved, self.records - self.invalid)];
        exit_of(outcomes.into_iter().filter(|(_, count)| *count > 0).map(|(outcome, _)| outcome))
    }
}

fn read(path: &Path, mut also: impl FnMut(&Record)) -> anyhow::Result<Read> {
    // The seed stands in run.json, which is there before the first record.
    let seed = read_seed(path);
    let mut summariser = Summariser::new(Options { seed, ..Options::default() });
    let (mut records, mut invalid) = (0, 0);
    let info = each_record(path, |record| {
        records += 1;
        invalid += u64::from(record.outcome == Outcome::Invalid);
        summariser.add(&record);
        also(&record);
    })
    .map_err(unreadable)?;
    let summary = summariser.finish();
    let header = RunHeader {
        suite: info.as_ref().map_or_else(|| "records".to_owned(), |info| info.suite.clone()),
        lock: info.as_ref().map(|info| info.lock.clone()),
        tasks: info.as_ref().map_or(summary.tasks, |info| info.tasks.len() as u64),
        trials: summary.trials,
        invalid: summary.invalid,
        sandbox: info.as_ref().map(|info| info.sandbox.clone()),
        path: path.display().to_string(),
        link: None,
    };
    let is_complete = info.as_ref().is_none_or(|info| info.complete);
    Ok(Read { header, summary, is_complete, records, invalid })
}

/// Irrelevant units and findings of the trials that the summary names as the heaviest, at their places.
fn findings(path: &Path, summary: &RunSummary) -> anyhow::Result<Vec<machine::Located>> {
    let mut kept: Vec<Option<Record>> = vec![None; summary.findings.len()];
    let asked_for = |who: &Who| {
        summary.findings.iter().any(|finding| {
            (&finding.task, &finding.model, &finding.scaffold) == (&who.task, &who.model, &who.scaffold)
        })
    };
    each_record_of(path, asked_for, |record| {
        let place = summary.findings.iter().position(|finding| {
            (&finding.task, &finding.model, &finding.scaffold, finding.sample)
                == (&record.task, &record.model, &record.scaffold, record.sample)
        });
        if let Some(place) = place {
            kept[place] = Some(record);
        }
    })
    .map_err(unreadable)?;
    let mut found = Vec::new();
    for record in kept.iter().flatten() {
        let Some(key) = record.grade_key.as_ref().filter(|_| path.join("details").is_dir()) else { continue };
        let detail = read_detail(path, key).context("the detail cannot be read")?;
        found.extend(machine::located(record, &detail));
    }
    Ok(found)
}

/// What `--link` says.
pub(super) fn link(template: &str) -> anyhow::Result<Link> {
    Link::new(template).map_err(|why| bad_input(format!("--link {why}")))
}

/// A run that cannot be read is the user's to mend.
pub(super) fn unreadable(error: ReadError) -> anyhow::Error {
    match error {
        ReadError::Io { .. } => bad_input(format!("{error}; give a run folder or a records file")),
        ReadError::Malformed { .. } => bad_input(error),
    }
}

/// Prints the report that a person sees after a run.
pub(super) fn print_terminal(path: &Path) -> anyhow::Result<Exit> {
    let run = read(path, |_| {})?;
    print(&terminal::render(&run.header, &run.summary, calibration(path)?.as_ref(), view()))?;
    if !run.is_complete {
        eprintln!("kerf: this run is not complete: the same `kerf run` carries on");
    }
    Ok(run.exit())
}

/// What `kerf calibrate --out RUN/calibrate.json` left in the run folder, else kerf's own error on its bundled suite.
fn calibration(run: &Path) -> anyhow::Result<Option<Calibration>> {
    let path = run.join(calibrate::FILE);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(_) if !path.is_file() => {
            return Ok(calibrate::bundled().map(|found| Calibration::of(&found, "kerf's bundled suite")));
        }
        Err(error) => return Err(bad_input(format!("{}: {error}", path.display()))),
    };
    let found = calibrate::read(&text).map_err(|error| bad_input(format!("{}: {error}", path.display())))?;
    Ok(Some(Calibration::of(&found, "this suite")))
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

fn print_task(path: &Path, id: &str, model: Option<&str>) -> anyhow::Result<Exit> {
    let mut kept = Vec::new();
    each_record_of(path, |who| who.task == id, |record| kept.push(record)).map_err(unreadable)?;
    let mut records = task::select(&kept, id, model);
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
