//! `kerf capture`: a prediction from a working tree, as an agent left it.
//!
//! In: a repository, its base, who made the change. Out: one line of JSON in SWE-bench form; on standard error what is
//! in the tree and not in the patch.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;
use serde_json::{Map, Value};

use super::Exit;
use super::exit::bad_input;
use crate::patch::{self, ApplyError};
use crate::repo::{LeftOut, left_out, open_local, working_changes};
use crate::report::escape;

/// Arguments of `kerf capture`.
#[derive(Debug, clap::Args)]
pub(super) struct CaptureArguments {
    /// The repository whose working tree is captured
    #[arg(long, default_value = ".", value_name = "DIR")]
    repo: PathBuf,
    /// The commit that the change starts from: the task's base
    #[arg(long, default_value = "HEAD", value_name = "REV")]
    base: String,
    /// Task that the prediction is for
    #[arg(long, value_name = "ID")]
    task: String,
    /// Model that made the change
    #[arg(long, value_name = "NAME")]
    model: String,
    /// Agent around the model
    #[arg(long, value_name = "NAME")]
    scaffold: Option<String>,
    /// Which of several tries, from 0
    #[arg(long, value_name = "N")]
    sample: Option<u32>,
    /// File that the line is added to, in place of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print the patch alone, in place of a prediction
    #[arg(long, conflicts_with_all = ["scaffold", "sample"])]
    patch: bool,
}

/// Captures and prints.
pub(super) fn main(arguments: &CaptureArguments) -> anyhow::Result<Exit> {
    for (option, text) in [("--task", &arguments.task), ("--model", &arguments.model)] {
        if text.trim().is_empty() {
            return Err(bad_input(format!("{option}: must not be empty")));
        }
    }
    let base = open_local(&arguments.repo, &arguments.base).map_err(bad_input)?;
    let changes = working_changes(&arguments.repo, &base, &arguments.base).map_err(bad_input)?;
    let text = patch::render(&base, &changes);
    // A prediction that does not give the tree back would be judged for what nobody made.
    let again = match patch::apply(&base, text.as_bytes()) {
        Ok(applied) => applied.changes,
        Err(ApplyError::Empty) => patch::TreeChanges::new(),
        Err(error) => return Err(anyhow::anyhow!("the patch does not apply to {}: {error}", arguments.base)),
    };
    anyhow::ensure!(again == changes, "the patch does not give the working tree back");
    tell(&left_out(&arguments.repo).map_err(bad_input)?);
    if changes.is_empty() {
        eprintln!(
            "kerf: nothing differs from {}: the prediction is empty",
            escape::terminal(&arguments.base)
        );
    }
    let line = if arguments.patch { text } else { format!("{}\n", prediction(arguments, text)) };
    match &arguments.out {
        None => std::io::stdout().write_all(line.as_bytes()).context("cannot print")?,
        Some(path) => {
            let open = std::fs::OpenOptions::new().create(true).append(true).open(path);
            open.and_then(|mut file| file.write_all(line.as_bytes()))
                .with_context(|| format!("cannot write {}", path.display()))?;
        }
    }
    Ok(Exit::Fine)
}

/// In SWE-bench form, with what kerf reads beside it.
fn prediction(arguments: &CaptureArguments, patch: String) -> Value {
    let mut object = Map::new();
    let mut put = |name: &str, value: Value| object.insert(name.to_owned(), value);
    put("instance_id", arguments.task.clone().into());
    put("model_name_or_path", arguments.model.clone().into());
    put("model_patch", patch.into());
    if let Some(scaffold) = &arguments.scaffold {
        put("scaffold", scaffold.clone().into());
    }
    if let Some(sample) = arguments.sample {
        put("sample", sample.into());
    }
    Value::Object(object)
}

/// Says what the patch does not hold.
fn tell(left_out: &LeftOut) {
    let lists = [
        ("submodules, which a patch cannot change", &left_out.submodules),
        ("ignored, so not captured", &left_out.ignored),
        ("neither file nor link, or named outside of UTF-8", &left_out.odd),
    ];
    for (what, paths) in lists.into_iter().filter(|(_, paths)| !paths.is_empty()) {
        let shown = paths.iter().take(5).map(|path| escape::terminal(path)).collect::<Vec<_>>();
        let more = paths.len().saturating_sub(5);
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        eprintln!("kerf: {what}: {}{more}", shown.join(", "));
    }
}
