//! Examples and invariants of edit units.

mod bridge_cases;
mod data_cases;
mod doubt_cases;
mod file_cases;
mod invariants;
mod python_cases;
mod rewrite_cases;
mod rust_cases;
mod seam_cases;
mod sound_cases;
mod typescript_cases;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::*;

/// A changed file; `None` for a side that is not there.
pub(super) fn file(path: &str, old: Option<&[u8]>, new: Option<&[u8]>) -> ChangedFile {
    let side = |bytes: &[u8]| Side { path: path.to_owned(), mode: 0o100_644, bytes: Arc::from(bytes) };
    ChangedFile { old: old.map(side), new: new.map(side) }
}

fn cut(text: &[u8]) -> String {
    String::from_utf8_lossy(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Units one a line: `kind entity weight: old -> new | …`, white space squeezed.
pub(super) fn show(diff: &Diff) -> Vec<String> {
    let change = |change: &Change| {
        let file = &diff.files[change.file];
        let old = cut(&file.old_bytes[change.old[0]..change.old[1]]);
        let new = cut(&file.new_bytes[change.new[0]..change.new[1]]);
        format!("{old} -> {new}")
    };
    let line = |unit: &Unit| {
        let kind = format!("{:?}", unit.kind).to_lowercase();
        let changes: Vec<String> = unit.changes.iter().map(change).collect();
        let needs =
            if unit.needs.is_empty() { String::new() } else { format!(" needs {}", unit.needs.join(",")) };
        let entity = unit.entity.join("/");
        format!("{kind} [{entity}] {}: {}{needs}", unit.weight, changes.join(" | "))
    };
    diff.units.iter().map(line).collect()
}

pub(super) fn of(old: &str, new: &str) -> Diff {
    of_path("src/a.rs", old, new)
}

/// The diff of one file; all invariants are checked.
pub(super) fn of_path(path: &str, old: &str, new: &str) -> Diff {
    let files = [file(path, Some(old.as_bytes()), Some(new.as_bytes()))];
    let diff = diff(&files);
    invariants::hold(&files, &diff);
    diff
}

/// Parse errors of a text, the smaller the better.
pub(super) fn errors(path: &str, bytes: &[u8]) -> usize {
    let language = crate::syntax::grammar_of(path);
    language.and_then(|l| crate::syntax::Source::parse(l, bytes)).map_or(0, |source| source.error_count())
}

/// What a set of units leaves of the only file.
pub(super) fn without(diff: &Diff, units: &[usize]) -> String {
    let changes = revert(diff, &units.iter().copied().collect::<BTreeSet<_>>());
    let blob = changes.into_values().flatten().next();
    blob.map_or_else(String::new, |blob| String::from_utf8_lossy(&blob.bytes).into_owned())
}
