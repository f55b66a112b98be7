//! `kerf calibrate`: the error of the relevance rules on planted edits.

use std::path::PathBuf;

use anyhow::Context as _;

use super::exit::bad_input;
use super::{Exit, context};
use crate::calibrate::{Calibration, Case, Wanted, calibrate};
use crate::evaluate::{Golds, keys};
use crate::report::escape;
use crate::stats::interval::Share;
use crate::task::read_suite_with;

/// Arguments of `kerf calibrate`.
#[derive(Debug, clap::Args)]
pub(super) struct CalibrateArguments {
    /// Suite whose gold patches are planted into; repeats
    #[arg(long, value_name = "PATH", default_value = "tasks")]
    tasks: Vec<PathBuf>,
    /// Only this task; repeats
    #[arg(long, value_name = "ID")]
    task: Vec<String>,
    /// Profiles that fill what tasks leave out, over kerf's own; repeats, later files win
    #[arg(long, value_name = "FILE")]
    profiles: Vec<PathBuf>,
    /// Local mirrors, such as /mirrors/{owner}+{name}/repo
    #[arg(long, value_name = "TEMPLATE")]
    mirror: Option<String>,
    /// Plants of each kind
    #[arg(long, value_name = "N", default_value_t = 60)]
    plants: usize,
    /// Seed of everything drawn at random
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// List every wrong verdict
    #[arg(long)]
    wrong: bool,
    /// Write the JSON to a file too; reports show that of RUN/calibrate.json
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Plants, classifies, prints.
pub(super) fn main(arguments: &CalibrateArguments) -> anyhow::Result<Exit> {
    let variables = context::variables();
    let cache = context::cache(&variables)?;
    let sandbox = context::sandbox("namespaces", false)?;
    let golds = Golds::new(&cache, arguments.mirror.clone(), sandbox, &variables);
    let mut loaded = Vec::new();
    let mut left_out = Vec::new();
    for path in &arguments.tasks {
        let suite = read_suite_with(path, &arguments.profiles).map_err(bad_input)?;
        left_out.extend(suite.problems.iter().map(ToString::to_string));
        for entry in &suite.tasks {
            if !arguments.task.is_empty() && !arguments.task.contains(&entry.id) {
                continue;
            }
            let found = entry
                .load()
                .map_err(|problem| problem.to_string())
                .and_then(|task| golds.of(&task).map(|(base, gold)| (task, base, gold)));
            match found {
                Ok(found) => loaded.push(found),
                Err(why) => left_out.push(format!("{}: {why}", entry.id)),
            }
        }
    }
    for why in &left_out {
        eprintln!("kerf: left out: {}", escape::terminal(why));
    }
    let cases: Vec<Case> = loaded
        .iter()
        .filter_map(|(task, base, gold)| {
            let gold = gold.clone()?;
            let (task_id, statement) = (task.id.clone(), task.statement.clone());
            Some(Case { task: task_id, base, gold, statement, allow: task.allow.clone() })
        })
        .collect();
    if cases.is_empty() {
        return Err(bad_input("no task of the suite has a gold patch that can be had"));
    }
    let wanted = Wanted { seed: arguments.seed, plants: arguments.plants };
    let mut tell = |text: &str| eprintln!("kerf: {text}");
    let mut found = calibrate(&cases, wanted, keys::RULES, &mut tell);
    found.left_out.splice(0..0, left_out);
    let text = serde_json::to_string_pretty(&found)? + "\n";
    if let Some(path) = &arguments.out {
        std::fs::write(path, &text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    if arguments.json {
        print!("{text}");
    } else {
        print!("{}", table(&found));
        if arguments.wrong {
            print!("\n{}", wrong(&found));
        }
    }
    Ok(Exit::Fine)
}

fn cell(share: &Share) -> String {
    match (share.value, share.interval) {
        (Some(value), Some([low, high])) => format!("{value:.3}  {low:.3}–{high:.3}  {:>5}", share.n),
        _ => format!("{:>5}  {:>11}  {:>5}", "-", "-", share.n),
    }
}

fn interval(share: &Share) -> String {
    match share.interval {
        Some([low, high]) => format!("{low:.2}–{high:.2} of {}", share.n),
        None => "none planted".to_owned(),
    }
}

fn table(found: &Calibration) -> String {
    let mut lines = vec![
        format!(
            "planted edits in {} gold patches, gold and tests withheld (seed {}, {})",
            found.patches, found.seed, found.rules
        ),
        String::new(),
        format!("{:<14}{:<28}{:<28}", "kind", "precision  95 %          n", "recall     95 %          n"),
    ];
    for one in &found.kinds {
        lines.push(
            format!("{:<14}{:<28}{:<28}", one.kind, cell(&one.precision), cell(&one.recall))
                .trim_end()
                .to_owned(),
        );
    }
    lines.push(String::new());
    for one in &found.grades {
        let name = format!("grade {}", one.grade);
        lines.push(
            format!("{name:<14}{:<28}{:<28}", cell(&one.precision), cell(&one.recall)).trim_end().to_owned(),
        );
    }
    for (title, list) in [
        ("recall by distance", &found.distances),
        ("recall by language", &found.languages),
        ("recall by way of planting", &found.ways),
        ("legitimate edits accused", &found.legitimate),
    ] {
        lines.push(String::new());
        lines.push(title.to_owned());
        lines.extend(list.iter().map(|one| format!("  {:<44}{}", one.of, interval(&one.share))));
    }
    lines.push(String::new());
    lines.push(format!(
        "gold's own units accused, without any plant: A {} of {}, A and B {}",
        found.own[0].count, found.own[0].n, found.own[1].count
    ));
    lines.join("\n") + "\n"
}

fn wrong(found: &Calibration) -> String {
    let lines = found.wrong.iter().map(|one| {
        escape::terminal(&format!(
            "{} {} {}:{} [{}] {} | {}",
            one.what,
            one.task,
            one.file,
            one.line,
            one.way,
            one.said,
            one.text.replace('\n', "⏎")
        ))
    });
    lines.map(|line| line + "\n").collect()
}
