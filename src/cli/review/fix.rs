//! The change without its irrelevant units: as a patch, and with `--apply` in the working tree.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Context;

use crate::cli::Exit;
use crate::cli::exit::bad_input;
use crate::cli::report::print;
use crate::evaluate::review::Reviewed;
use crate::patch::{self, ApplyError, TreeChanges};
use crate::repo::{BaseTree, put_back};
use crate::report::escape;

/// Prints the patch; with `apply`, changes the working tree too.
pub(super) fn fix(
    repo: &Path,
    base: &BaseTree,
    changes: &TreeChanges,
    reviewed: &Reviewed,
    apply: bool,
) -> anyhow::Result<Exit> {
    let (gone, held) = reviewed.removable();
    let clean = reviewed.without(base, &gone);
    let text = patch::render(base, &clean);
    // A patch that says something else than what is meant helps nobody.
    let again = match patch::apply(base, text.as_bytes()) {
        Ok(applied) => applied.changes,
        Err(ApplyError::Empty) => TreeChanges::new(),
        // The tree holds it already: git takes it, though kerf would not from a stranger.
        Err(error @ ApplyError::UnsafePath { .. }) => {
            eprintln!("kerf: look before you apply it: {}", escape::terminal(&error.to_string()));
            clean.clone()
        }
        Err(error) => return Err(anyhow::anyhow!("the patch does not apply to its base: {error}")),
    };
    anyhow::ensure!(again == clean, "the patch does not give the cleaned tree back");
    let names = |units: &BTreeSet<usize>| {
        let ids = units.iter().filter_map(|unit| reviewed.diff.units.get(*unit)).map(|unit| unit.id.as_str());
        ids.collect::<Vec<_>>().join(", ")
    };
    if !held.is_empty() {
        eprintln!("kerf: irrelevant, but kept because other edits need them: {}", names(&held));
    }
    eprintln!(
        "kerf: {} of {} units {}{}",
        gone.len(),
        reviewed.diff.units.len(),
        if apply { "taken out" } else { "left out of the patch" },
        if gone.is_empty() { String::new() } else { format!(": {}", names(&gone)) }
    );
    if !text.is_empty() {
        print(&text)?;
    }
    if apply && !gone.is_empty() {
        let touched: BTreeSet<&String> = changes.keys().chain(clean.keys()).collect();
        let written = put_back(repo, base, changes, &clean, touched.into_iter().map(String::as_str));
        let count = written.map_err(bad_input).context("the working tree was not changed further")?;
        eprintln!("kerf: {count} files of the working tree were written");
    }
    Ok(Exit::Fine)
}
