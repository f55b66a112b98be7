//! `kerf schema`: the JSON Schemas of kerf's formats, generated from the types that write them.

use std::path::PathBuf;

use anyhow::Context;
use schemars::{Schema, schema_for};

use super::Exit;
use super::exit::bad_input;

/// Arguments of `kerf schema`.
#[derive(Debug, clap::Args)]
pub(super) struct SchemaArguments {
    /// Which one; all, as a list of names, if left out
    name: Option<String>,
    /// Write all of them into a folder
    #[arg(long)]
    out: Option<PathBuf>,
}

/// Every schema by name.
fn schemas() -> Vec<(&'static str, Schema)> {
    vec![
        ("bundle", schema_for!(super::suite::Bundle)),
        ("calibrate", schema_for!(crate::calibrate::Calibration)),
        ("compare", schema_for!(crate::stats::compare::Comparison)),
        ("context", schema_for!(crate::metric::context::Dependents)),
        ("detail", schema_for!(crate::evaluate::detail::Detail)),
        ("diff", schema_for!(crate::diff::Diff)),
        ("grade", schema_for!(crate::harness::grade::Grade)),
        ("label", schema_for!(crate::evaluate::label::LabelItem)),
        ("label-key", schema_for!(crate::evaluate::label::LabelKey)),
        ("label-score", schema_for!(super::label::LabelScore)),
        ("night", schema_for!(crate::store::history::NightFile)),
        ("nightly", schema_for!(crate::stats::nightly::NightReport)),
        ("plan", schema_for!(crate::store::PlanFile)),
        ("record", schema_for!(crate::evaluate::Record)),
        ("review", schema_for!(crate::evaluate::review::Review)),
        ("run", schema_for!(crate::store::RunInfo)),
        ("summary", schema_for!(crate::stats::summary::RunSummary)),
        ("task-new", schema_for!(super::task::new::Candidate)),
        ("validate", schema_for!(crate::evaluate::Validation)),
        ("verify", schema_for!(super::verify::Verification)),
    ]
}

/// Prints or writes.
pub(super) fn main(arguments: &SchemaArguments) -> anyhow::Result<Exit> {
    if let Some(folder) = &arguments.out {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        for (name, schema) in schemas() {
            let path = folder.join(format!("{name}.schema.json"));
            let text = serde_json::to_string_pretty(&schema)? + "\n";
            std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        }
        return Ok(Exit::Fine);
    }
    match &arguments.name {
        None => schemas().iter().for_each(|(name, _)| println!("{name}")),
        Some(name) => {
            let (_, schema) = schemas().into_iter().find(|(known, _)| known == name).ok_or_else(|| {
                let known: Vec<&str> = schemas().iter().map(|(known, _)| *known).collect();
                bad_input(format!("no schema `{name}`; known are {}", known.join(", ")))
            })?;
            println!("{}", serde_json::to_string_pretty(&schema)?);
        }
    }
    Ok(Exit::Fine)
}
