//! Verdicts on small patches, one line a unit.

mod invariants;
mod real;
mod signs;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::*;
use crate::diff::{ChangedFile, Side, diff};
use crate::patch::{Blob, Tree};

/// A tree in memory.
#[derive(Default)]
pub(super) struct Files(pub BTreeMap<String, Vec<u8>>);

impl Tree for Files {
    fn blob(&self, path: &str) -> Option<Blob> {
        self.0.get(path).map(|bytes| Blob { mode: 0o100_644, bytes: bytes.clone() })
    }

    fn paths(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }

    fn blob_by_id(&self, _: &str) -> Option<Vec<u8>> {
        None
    }
}

/// `(path, before, after)`; an empty text is no file.
pub(super) type Case<'a> = [(&'a str, &'a str, &'a str)];

pub(super) fn changed(files: &Case) -> Vec<ChangedFile> {
    let side = |path: &str, text: &str| {
        (!text.is_empty()).then(|| Side {
            path: path.into(),
            mode: 0o100_644,
            bytes: Arc::from(text.as_bytes()),
        })
    };
    files.iter().map(|(path, old, new)| ChangedFile { old: side(path, old), new: side(path, new) }).collect()
}

pub(super) fn base(files: &Case) -> Files {
    let old = files.iter().filter(|(_, old, _)| !old.is_empty());
    Files(old.map(|(path, old, _)| ((*path).to_owned(), old.as_bytes().to_vec())).collect())
}

/// Verdicts with a statement and gold.
pub(super) fn judge_with(
    files: &Case,
    statement: Option<&str>,
    gold: Option<&Case>,
) -> (Diff, Vec<Classified>) {
    let diff = diff(&changed(files));
    let gold = gold.map(|gold| crate::diff::diff(&changed(gold)));
    let base = base(files);
    let input = Input { diff: &diff, gold: gold.as_ref(), statement, allow: None, base: &base };
    let found = classify(&input);
    assert_eq!(found.len(), diff.units.len());
    (diff, found)
}

/// `class sign grade: text` of a unit.
pub(super) fn line(diff: &Diff, found: &Classified) -> String {
    let unit = &diff.units[found.unit];
    let cut = |bytes: &[u8]| String::from_utf8_lossy(bytes).split_whitespace().collect::<Vec<_>>().join(" ");
    let texts: Vec<String> = unit
        .changes
        .iter()
        .map(|change| {
            let file = &diff.files[change.file];
            let old = cut(&file.old_bytes[change.old[0]..change.old[1]]);
            let new = cut(&file.new_bytes[change.new[0]..change.new[1]]);
            if old.is_empty() { new } else { format!("{old} => {new}") }
        })
        .collect();
    let sign = match (found.sign, found.grade) {
        (Some(sign), Some(grade)) => format!(" {} {}", sign.name(), grade.name()),
        _ => String::new(),
    };
    let class = format!("{:?}", found.class).to_lowercase();
    let text = if unit.file_level { unit.entity.join(" ") } else { texts.join(" | ") };
    format!("{class}{sign}: {text}")
}

/// Verdicts of the changes of one file, one line a unit.
pub(super) fn judge(old: &str, new: &str) -> Vec<String> {
    let (diff, found) = judge_with(&[("src/a.rs", old, new)], Some("It does not work."), None);
    found.iter().map(|found| line(&diff, found)).collect()
}
