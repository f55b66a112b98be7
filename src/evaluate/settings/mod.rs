//! Runner configuration: what decides how tests run is the task's, not the model's.
//!
//! In: the base, the test patch, gold, and the tree that a model left. Out: that tree with the runner's configuration
//! as the task has it, and one line for each thing that had to be put back. Files that belong to the runner alone
//! ([`Part::Whole`]) are put back whole; of files that hold other things too (manifests), the runner's keys only, so
//! that a dependency or feature which the patch adds stays.
//!
//! The task's configuration is base + test patch. Where gold changes a setting that the test patch leaves alone, a
//! patch that changes the same setting gets gold's value, and one that leaves it alone keeps base's: so gold still
//! resolves its own task, and no patch is made to live with a target or feature that it does not have.
//!
//! Invariant: what the test patch brings is never touched here, and a tree in which no setting changed comes out as it
//! went in.

mod command;
mod ini;
mod keys;
mod manifest;
mod package;
mod shadow;
mod table;

use std::collections::BTreeSet;

pub(super) use command::scripts;

use crate::patch::{Blob, Tree, TreeChanges};
use keys::Gold;
use table::{Part, row_of};

/// Git mode of a symbolic link.
const LINK: u32 = 0o120_000;

/// What settings are held against.
pub(super) struct Reference<'a> {
    /// The base.
    pub base: &'a dyn Tree,
    /// The test patch.
    pub tests: &'a TreeChanges,
    /// Gold, where there is one.
    pub gold: Option<&'a TreeChanges>,
    /// The test command: scripts that it names are settings too.
    pub command: &'a str,
}

/// One file on the three sides that matter.
struct Sides {
    /// In the base.
    base: Option<Blob>,
    /// With gold.
    gold: Gold<Blob>,
}

/// Puts the runner's configuration in `changes` back. Returns what had to be put back, `PATH` or `PATH: KEY`, sorted.
pub(super) fn restore(reference: &Reference, changes: &mut TreeChanges) -> Vec<String> {
    let scripts = scripts(reference.command);
    let paths: Vec<String> =
        changes.keys().filter(|path| !reference.tests.contains_key(*path)).cloned().collect();
    let mut restored = BTreeSet::new();
    for path in paths {
        let Some(mine) = changes.get(&path).cloned() else { continue };
        let sides = Sides {
            base: reference.base.blob(&path),
            gold: match reference.gold.and_then(|gold| gold.get(&path)) {
                None => Gold::LeavesAlone,
                Some(None) => Gold::Deletes,
                Some(Some(blob)) => Gold::Has(blob.clone()),
            },
        };
        let part = match row_of(&path, reference, mine.as_ref()) {
            Some(row) => row.part,
            None if scripts.contains(&path) => Part::Whole,
            None => continue,
        };
        let links = |blob: &Option<Blob>| blob.as_ref().is_some_and(|blob| blob.mode == LINK);
        let whole = part == Part::Whole || links(&mine) != links(&sides.base);
        if whole {
            let wanted = sides.gold.clone().or(sides.base.clone());
            if wanted != mine {
                restored.insert(path.clone());
                put(changes, &path, wanted, sides.base.as_ref());
            }
            continue;
        }
        let Some(blob) = mine else { continue };
        let exists = |file: &str| {
            reference
                .tests
                .get(file)
                .or_else(|| changes.get(file))
                .map_or_else(|| reference.base.blob(file).is_some(), Option::is_some)
        };
        let merged = merge(part, &path, &blob, &sides, &exists);
        if let Some((bytes, keys)) = merged {
            restored.extend(keys.into_iter().map(|key| format!("{path}: {key}")));
            put(changes, &path, Some(Blob { mode: blob.mode, bytes }), sides.base.as_ref());
        }
    }
    restored.into_iter().collect()
}

/// Whether a file of the base belongs to the runner alone.
pub(super) fn is_whole(path: &str, reference: &Reference) -> bool {
    row_of(path, reference, None).is_some_and(|row| row.part == Part::Whole)
}

fn put(changes: &mut TreeChanges, path: &str, wanted: Option<Blob>, base: Option<&Blob>) {
    if wanted.as_ref() == base {
        changes.remove(path);
    } else {
        changes.insert(path.to_owned(), wanted);
    }
}

/// The file with its runner's keys as the task has them and the names of those, if any had to be put back.
fn merge(
    part: Part,
    path: &str,
    mine: &Blob,
    sides: &Sides,
    exists: &dyn Fn(&str) -> bool,
) -> Option<(Vec<u8>, Vec<String>)> {
    let text = |blob: Option<&Blob>| blob.and_then(|blob| String::from_utf8(blob.bytes.clone()).ok());
    let mine = text(Some(mine))?;
    let base = text(sides.base.as_ref());
    let gold = sides.gold.as_ref().and_then(|gold| text(Some(gold)));
    let texts = keys::Texts {
        mine: &mine,
        base: base.as_deref(),
        gold: gold.as_ref().and_then(|gold| Some(gold.as_str())),
    };
    let (text, keys) = match part {
        Part::Whole => return None,
        Part::CargoManifest => manifest::merge(&texts, path, exists)?,
        Part::Pyproject => manifest::merge_python(&texts)?,
        Part::PackageJson => package::merge(&texts)?,
        Part::Ini(sections) => ini::merge(&texts, sections),
    };
    (!keys.is_empty()).then(|| (text.into_bytes(), keys))
}

#[cfg(test)]
mod tests;
