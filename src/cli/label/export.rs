//! `kerf label export`: a folder with a sheet to read, a list to fill in, and the key.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::cli::exit::bad_input;
use crate::cli::run::read_predictions;
use crate::cli::{Exit, context};
use crate::evaluate::World;
use crate::evaluate::label::{LabelItem, Sample, sample};
use crate::prediction::Prediction;
use crate::report::{escape, label_sheet};
use crate::store::read_run;
use crate::task::{Task, TaskEntry, read_suite_with};

/// Arguments of `kerf label export`.
#[derive(Debug, clap::Args)]
pub(crate) struct ExportArguments {
    /// Run folder whose tasks, predictions and mirrors are taken where they are not given
    run: Option<PathBuf>,
    /// Suite
    #[arg(long, required_unless_present = "run", value_name = "PATH")]
    tasks: Option<PathBuf>,
    /// Predictions; repeats
    #[arg(long, value_name = "PATH")]
    predictions: Vec<PathBuf>,
    /// Local mirrors, such as /mirrors/{owner}+{name}/repo
    #[arg(long, value_name = "TEMPLATE")]
    mirror: Option<String>,
    /// Units to draw
    #[arg(long, default_value_t = 100, value_name = "N")]
    count: usize,
    /// Seed of the draw
    #[arg(long, default_value_t = 0, value_name = "N")]
    seed: u64,
    /// Folder that is made: labels.jsonl, labels.csv, sheet.md, key.jsonl
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// Draws and writes.
pub(super) fn main(arguments: &ExportArguments) -> anyhow::Result<Exit> {
    let inputs = match &arguments.run {
        None => crate::store::Inputs::default(),
        Some(path) => read_run(path).map_err(bad_input)?.info.map(|info| info.inputs).unwrap_or_default(),
    };
    let tasks = arguments.tasks.clone().or_else(|| inputs.tasks.map(PathBuf::from)).ok_or_else(|| {
        bad_input("the run does not say where its tasks lay: give --tasks and --predictions")
    })?;
    let given = !arguments.predictions.is_empty();
    let predictions = if given {
        arguments.predictions.clone()
    } else {
        inputs.predictions.iter().map(PathBuf::from).collect()
    };
    let profiles: Vec<PathBuf> = inputs.profiles.iter().map(PathBuf::from).collect();
    let suite = read_suite_with(&tasks, &profiles).map_err(bad_input)?;
    let mut problems: Vec<String> = suite.problems.iter().map(ToString::to_string).collect();
    let mut by_task: BTreeMap<String, Vec<Prediction>> = BTreeMap::new();
    for prediction in read_predictions(&predictions, &mut problems)? {
        if let Some(entry) = suite.task(&prediction.task) {
            by_task.entry(entry.id.clone()).or_default().push(prediction);
        }
    }
    let mut loaded: Vec<(Task, Vec<Prediction>)> = Vec::new();
    for (id, predictions) in by_task {
        match suite.task(&id).map(TaskEntry::load) {
            Some(Ok(task)) => loaded.push((task, predictions)),
            Some(Err(problem)) => problems.push(problem.to_string()),
            None => {}
        }
    }
    let variables = context::variables();
    let cache = context::cache(&variables)?;
    let mirror = arguments.mirror.clone().or(inputs.mirror);
    let sandbox = context::sandbox("namespaces", false)?;
    let world = World::with_tools(&cache, mirror, sandbox, &variables, std::collections::BTreeSet::new());
    let sample = sample(&world, &loaded, arguments.count, arguments.seed);
    problems.extend(sample.left_out.iter().cloned());
    for problem in &problems {
        eprintln!("kerf: {}", escape::terminal(problem));
    }
    if sample.items.is_empty() {
        return Err(bad_input("no unit could be drawn: no prediction of the suite's tasks changes code"));
    }
    write(&arguments.out, &sample)?;
    println!(
        "{} of {} units drawn (seed {}); read {}, fill in labels.csv or labels.jsonl, keep key.jsonl from the raters",
        sample.items.len(),
        sample.units,
        arguments.seed,
        escape::terminal(&arguments.out.join("sheet.md").display().to_string())
    );
    Ok(Exit::Fine)
}

fn write(folder: &Path, sample: &Sample) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let put = |name: &str, text: Vec<u8>| -> anyhow::Result<()> {
        let path = folder.join(name);
        // Labels that somebody gave are not to be lost.
        if path.exists() {
            return Err(bad_input(format!("{} is there already: give another --out", path.display())));
        }
        std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
    };
    let mut labels = Vec::new();
    let mut keys = Vec::new();
    for (item, key) in &sample.items {
        serde_json::to_writer(&mut labels, item)?;
        labels.push(b'\n');
        serde_json::to_writer(&mut keys, key)?;
        keys.push(b'\n');
    }
    put("labels.jsonl", labels)?;
    put("labels.csv", csv(sample.items.iter().map(|(item, _)| item))?)?;
    put("sheet.md", label_sheet::render(sample).into_bytes())?;
    put("key.jsonl", keys)
}

fn csv<'a>(items: impl Iterator<Item = &'a LabelItem>) -> anyhow::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record([
        "id", "task", "patch", "file", "line", "entity", "kind", "weight", "change", "label", "note",
    ])?;
    for item in items {
        let kind = crate::report::diff_text::kind_name(item.kind);
        writer.write_record([
            item.id.as_str(),
            &cell(&item.task),
            &item.patch,
            &cell(&item.file),
            &item.lines[0].to_string(),
            &cell(&item.entity.join(" > ")),
            kind,
            &item.weight.to_string(),
            &cell(&item.shown),
            "",
            "",
        ])?;
    }
    writer.into_inner().map_err(|error| anyhow::anyhow!("{error}"))
}

/// A cell that no spreadsheet takes for a formula.
fn cell(text: &str) -> String {
    let text: String = text
        .split('\n')
        .map(|line| escape::terminal(&line.replace('\t', "    ")))
        .collect::<Vec<_>>()
        .join("\n");
    if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text }
}
