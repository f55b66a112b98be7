//! What a reader of pull requests would say of the units of a change.

mod files;
mod invariants;
mod rust;
mod scripts;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::*;
use crate::diff::{ChangedFile, Side, diff};
use crate::patch::memory::Files;

/// A tree of text files.
pub(crate) fn tree(files: &[(&str, &str)]) -> Files {
    Files::of(files)
}

/// The changed files of two trees.
pub(crate) fn changed(old: &Files, new: &Files) -> Vec<ChangedFile> {
    let side = |files: &Files, path: &str| {
        files.0.get(path).map(|text| Side {
            path: path.to_owned(),
            mode: 0o100_644,
            bytes: Arc::from(text.as_bytes()),
        })
    };
    let paths: BTreeSet<&String> = old.0.keys().chain(new.0.keys()).collect();
    let pairs = paths.into_iter().map(|path| ChangedFile { old: side(old, path), new: side(new, path) });
    pairs.filter(|file| file.old != file.new).collect()
}

pub(crate) fn edited(old: &Files, edits: &[(&str, Option<&str>)]) -> Files {
    let mut files: BTreeMap<String, String> = old.0.clone();
    for (path, text) in edits {
        match text {
            Some(text) => files.insert((*path).to_owned(), (*text).to_owned()),
            None => files.remove(*path),
        };
    }
    Files(files)
}

/// What a unit is shown as: `class grade sign: text`.
pub(crate) fn show(diff: &Diff, classified: &[Classified]) -> Vec<String> {
    classified
        .iter()
        .map(|one| {
            let unit = &diff.units[one.unit];
            let text = View::new(diff).evidence(unit, "").text;
            let mut line = format!("{:?}", one.class).to_lowercase();
            if let (Some(grade), Some(sign)) = (one.grade, one.sign) {
                line = format!("{grade:?} {}", sign.name());
            }
            format!("{line}: {}{text}", if unit.file_level { "(file) " } else { "" })
        })
        .collect()
}

/// Units of the change of one file of a library, with the statement.
pub(crate) fn judged(old: &str, new: &str, statement: &str) -> Vec<String> {
    let base = library(old);
    let result = edited(&base, &[("src/a.rs", Some(new))]);
    of_trees(&base, &result, statement)
}

/// A library whose module `a` has this text.
pub(crate) fn library(text: &str) -> Files {
    tree(&[("Cargo.toml", "[package]\nname = \"x\"\n"), ("src/lib.rs", "mod a;\n"), ("src/a.rs", text)])
}

pub(crate) fn of_trees(base: &Files, result: &Files, statement: &str) -> Vec<String> {
    let diff = diff(&changed(base, result));
    let input = Input { statement: Some(statement), ..Input::bare(&diff, base) };
    show(&diff, &classify(&input))
}
