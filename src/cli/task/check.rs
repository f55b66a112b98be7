//! `kerf task check`: reads a suite and names every field that is wrong.

use std::path::PathBuf;

use crate::cli::Exit;
use crate::cli::exit::bad_input;
use crate::report::escape;
use crate::task::{PassToPass, read_suite};

/// Arguments of `kerf task check`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct CheckArguments {
    /// Folder of task folders, or a JSONL file
    #[arg(long, default_value = "tasks")]
    tasks: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Reads and prints.
pub(super) fn main(arguments: &CheckArguments) -> anyhow::Result<Exit> {
    let suite = read_suite(&arguments.tasks).map_err(bad_input)?;
    if arguments.json {
        let tasks: Vec<_> = suite
            .tasks
            .iter()
            .map(|task| serde_json::json!({"task": task.id, "language": task.language, "hash": task.hash}))
            .collect();
        let problems: Vec<String> = suite.problems.iter().map(ToString::to_string).collect();
        let all = serde_json::json!({"schema": "kerf/check/1", "lock": suite.lock(), "tasks": tasks, "problems": problems});
        println!("{all}");
    } else {
        for task in &suite.tasks {
            let kept = match &task.test.pass_to_pass {
                PassToPass::Base => "base".to_owned(),
                PassToPass::List(list) => list.len().to_string(),
            };
            let span = task.span.map_or_else(String::new, |span| format!(" · {span:?}").to_lowercase());
            println!(
                "{}  {} · {} fail-to-pass, {kept} pass-to-pass{span}",
                escape::terminal(&task.id),
                escape::terminal(&task.language),
                task.test.fail_to_pass.len()
            );
        }
        for problem in &suite.problems {
            eprintln!("{}", escape::terminal(&problem.to_string()));
        }
        let lock = suite.lock();
        println!(
            "{} tasks read (lock {}), {} unreadable",
            suite.tasks.len(),
            &lock[..6],
            suite.problems.len()
        );
    }
    Ok(if suite.problems.is_empty() { Exit::Fine } else { Exit::Usage })
}
