//! `kerf task check`: reads a suite and names every field that is wrong.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use serde_json::json;

use crate::cli::Exit;
use crate::cli::exit::bad_input;
use crate::report::escape;
use crate::task::{Suite, TaskEntry, read_suite_with};

/// Arguments of `kerf task check`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct CheckArguments {
    /// Folder of task folders, or a data set in SWE-bench, Multi-SWE-bench or SWE-PolyBench form
    #[arg(long, default_value = "tasks")]
    tasks: PathBuf,
    /// Profiles that fill what tasks leave out, over kerf's own; repeats, later files win
    #[arg(long, value_name = "FILE")]
    profiles: Vec<PathBuf>,
    /// Say of each task where its repository comes from, and what a profile filled in
    #[arg(long, short)]
    verbose: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Reads and prints.
pub(super) fn main(arguments: &CheckArguments) -> anyhow::Result<Exit> {
    let suite = read_suite_with(&arguments.tasks, &arguments.profiles).map_err(bad_input)?;
    let mut out = BufWriter::new(io::stdout().lock());
    if arguments.json {
        as_json(&suite, &mut out)?;
    } else {
        for task in &suite.tasks {
            one(task, arguments.verbose, &mut out)?;
        }
        out.flush()?;
        for problem in &suite.problems {
            eprintln!("{}", escape::terminal(&problem.to_string()));
        }
        let lock = suite.lock();
        let (read, unread) = (suite.tasks.len(), suite.problems.len());
        writeln!(out, "{read} tasks read (lock {}), {unread} unreadable", lock.get(..6).unwrap_or(&lock))?;
    }
    out.flush()?;
    Ok(if suite.problems.is_empty() { Exit::Fine } else { Exit::Usage })
}

/// A line of a task; more where it is wanted.
fn one(task: &TaskEntry, verbose: bool, out: &mut impl Write) -> anyhow::Result<()> {
    let kept = task.pass_to_pass.map_or_else(|| "base".to_owned(), |count| count.to_string());
    let span = task.span.map_or_else(String::new, |span| format!(" · {span:?}").to_lowercase());
    writeln!(
        out,
        "{}  {} · {} fail-to-pass, {kept} pass-to-pass{span}",
        escape::terminal(&task.id),
        escape::terminal(&task.language),
        task.fail_to_pass
    )?;
    if !verbose {
        return Ok(());
    }
    writeln!(out, "    repo.source = {}", escape::terminal(&task.source.to_string()))?;
    for filled in task.load().map_err(bad_input)?.filled {
        let value = if filled.value.trim().is_empty() { "nothing" } else { filled.value.trim() };
        let line = format!("{} = {value}   ({})", filled.field, filled.row);
        // Commands may have several lines; a list of fields has one for each.
        writeln!(out, "    {}", escape::terminal(&line.replace('\n', "; ")))?;
    }
    Ok(())
}

/// Written task by task: a large set is never held as a whole.
fn as_json(suite: &Suite, out: &mut impl Write) -> anyhow::Result<()> {
    write!(out, "{{\"schema\":\"kerf/check/1\",\"lock\":{},\"tasks\":[", json!(suite.lock()))?;
    for (index, entry) in suite.tasks.iter().enumerate() {
        let task = entry.load().map_err(bad_input)?;
        let filled: Vec<_> = task
            .filled
            .iter()
            .map(|one| json!({"field": one.field, "value": one.value, "profile": one.row}))
            .collect();
        let said = json!({
            "parser": task.published.parser,
            "eval_type": task.published.eval_type,
            "image": task.published.image,
        });
        let image = task.image().map(|(name, workdir)| json!({"name": name, "workdir": workdir}));
        let value = json!({
            "task": task.id,
            "language": task.language,
            "hash": task.hash,
            "source": task.source.to_string(),
            "commit": task.commit,
            "fail_to_pass": entry.fail_to_pass,
            "pass_to_pass": entry.pass_to_pass,
            "command": task.test.command,
            "format": task.test.format,
            "published": said,
            "image": image,
            "filled": filled,
        });
        write!(out, "{}{value}", if index == 0 { "" } else { "," })?;
    }
    let problems: Vec<String> = suite.problems.iter().map(ToString::to_string).collect();
    writeln!(out, "],\"problems\":{}}}", json!(problems))?;
    Ok(())
}
