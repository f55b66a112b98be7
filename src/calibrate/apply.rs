//! Plants into a tree, with the lines that each one left.

use std::collections::{BTreeMap, BTreeSet};

use super::plant::{Edit, Plant, Whole};
use crate::patch::{Blob, Overlaid, Tree, TreeChanges};

/// What plants left in one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Traces {
    /// Line of the result (0-based) → plant.
    pub new: BTreeMap<usize, usize>,
    /// Line of the base → plant, for what plants took away.
    pub old: BTreeMap<usize, usize>,
    /// The plant that the whole file is of.
    pub whole: Option<usize>,
    /// The plant that changed mode, line ends, mark or last line feed.
    pub property: Option<usize>,
    /// The plant that changed the end of the file.
    pub end: Option<usize>,
}

/// Lines that came, by their number after, and lines that went, by their number before → the number given with the edit.
type Marks = (BTreeMap<usize, usize>, BTreeMap<usize, usize>);

/// Applies edits to a text.
pub(super) fn lines<'e>(content: &str, edits: impl Iterator<Item = (usize, &'e Edit)>) -> (String, Marks) {
    let mut edits: Vec<(usize, &Edit)> = edits.collect();
    edits.sort_by_key(|(_, edit)| edit.line);
    let old: Vec<&str> = content.lines().collect();
    let (mut new, mut brought, mut taken) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
    let mut at = 0;
    for (plant, edit) in edits {
        let line = edit.line.clamp(at, old.len());
        new.extend(old[at..line].iter().map(|line| (*line).to_owned()));
        at = (line + edit.gone).min(old.len());
        taken.extend((line..at).map(|line| (line, plant)));
        brought.extend((new.len()..new.len() + edit.come.len()).map(|line| (line, plant)));
        if edit.come.is_empty() && edit.gone == 0 {
            continue;
        }
        new.extend(edit.come.iter().cloned());
    }
    new.extend(old[at..].iter().map(|line| (*line).to_owned()));
    let mut text = new.join("\n");
    if content.ends_with('\n') || content.is_empty() {
        text.push('\n');
    }
    (text, (brought, taken))
}

/// Whether a plant can be put beside others.
pub(super) fn beside(others: &[Plant], plant: &Plant) -> bool {
    others.iter().filter(|other| other.path == plant.path).all(|other| {
        let lines = |plant: &Plant| -> Vec<(usize, usize)> {
            plant.edits.iter().map(|edit| (edit.line.saturating_sub(3), edit.line + edit.gone + 3)).collect()
        };
        let apart = lines(other).iter().all(|a| lines(plant).iter().all(|b| a.1 <= b.0 || b.1 <= a.0));
        other.whole.is_none() && plant.whole.is_none() && apart
    })
}

/// The fix with plants, and the traces by path.
pub(super) fn plants(
    base: &dyn Tree,
    gold: &TreeChanges,
    plants: &[Plant],
) -> (TreeChanges, BTreeMap<String, Traces>) {
    let mut changes = gold.clone();
    let mut traces: BTreeMap<String, Traces> = BTreeMap::new();
    let paths: BTreeSet<&str> = plants.iter().map(|plant| plant.path.as_str()).collect();
    for path in paths {
        let of_path = || plants.iter().enumerate().filter(|(_, plant)| plant.path == path);
        let before = Overlaid { base, changes: gold }.blob(path);
        let mut blob = before.clone().unwrap_or(Blob { mode: 0o100_644, bytes: Vec::new() });
        let trace = traces.entry(path.to_owned()).or_default();
        let content = String::from_utf8_lossy(&blob.bytes).into_owned();
        let edits: Vec<(usize, &Edit)> = of_path()
            .flat_map(|(number, plant)| plant.edits.iter().map(move |edit| (number, edit)))
            .collect();
        if !edits.is_empty() {
            let (text, (brought, taken)) = lines(&content, edits.into_iter());
            blob.bytes = text.into_bytes();
            trace.new = brought;
            let base_text = base.blob(path).map(|blob| String::from_utf8_lossy(&blob.bytes).into_owned());
            let at_base = unchanged(base_text.as_deref().unwrap_or(""), &content);
            trace.old =
                taken.iter().filter_map(|(line, plant)| Some((*at_base.get(line)?, *plant))).collect();
        }
        for (number, plant) in of_path() {
            match &plant.whole {
                None => {}
                Some(Whole::Write(text)) if before.is_none() => {
                    blob.bytes = text.clone().into_bytes();
                    trace.whole = Some(number);
                }
                Some(Whole::Write(text)) => {
                    let at = content.lines().count();
                    blob.bytes.extend(text.bytes());
                    trace.new.extend((at..at + text.lines().count()).map(|line| (line, number)));
                }
                Some(Whole::Executable) => {
                    blob.mode = 0o100_755;
                    trace.property = Some(number);
                }
                Some(Whole::Crlf) => {
                    blob.bytes = content.replace('\n', "\r\n").into_bytes();
                    trace.property = Some(number);
                }
                Some(Whole::Mark) => {
                    blob.bytes = format!("\u{feff}{content}").into_bytes();
                    trace.property = Some(number);
                }
                Some(Whole::LastNewline) => {
                    blob.bytes = match content.strip_suffix('\n') {
                        Some(rest) => rest.as_bytes().to_vec(),
                        None => format!("{content}\n").into_bytes(),
                    };
                    trace.end = Some(number);
                }
            }
        }
        changes.insert(path.to_owned(), Some(blob));
    }
    (changes, traces)
}

/// Lines of `new` that stand in `old` too → their number there.
fn unchanged(old: &str, new: &str) -> BTreeMap<usize, usize> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let mut found = BTreeMap::new();
    for op in similar::capture_diff_slices(similar::Algorithm::Histogram, &old, &new) {
        if op.tag() == similar::DiffTag::Equal {
            found.extend(op.new_range().zip(op.old_range()));
        }
    }
    found
}
