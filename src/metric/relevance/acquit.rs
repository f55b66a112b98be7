//! Gold acquits: the same change, in the same file and entity.
//!
//! Same tokens deleted and inserted, comments aside; a comment, format or mode only by the identical bytes at the same
//! place of the base.

use std::collections::BTreeMap;

use super::view::{View, path_of};
use super::{Evidence, has_tokens};
use crate::diff::{Diff, FilePair, Unit};

/// What a change is, apart from where exactly it stands.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    file: String,
    entity: Vec<String>,
    old: Vec<String>,
    new: Vec<String>,
    /// Of comments and formats: kind and bytes; of file-level units: kind and both names and modes.
    exact: Option<String>,
}

/// Gold's changes by what they are.
pub(crate) struct Gold<'a> {
    view: View<'a>,
    by_key: BTreeMap<Key, usize>,
}

impl<'a> Gold<'a> {
    pub fn new(gold: &'a Diff) -> Self {
        let view = View::new(gold);
        let by_key = (0..gold.units.len()).rev().map(|unit| (key(&view, &gold.units[unit]), unit)).collect();
        Self { view, by_key }
    }

    /// Gold's lines with the same change, if it has it.
    pub fn acquits(&self, view: &View, unit: usize) -> Option<(Vec<Evidence>, String)> {
        let unit = &view.diff.units[unit];
        let same = *self.by_key.get(&key(view, unit))?;
        let gold = &self.view.diff.units[same];
        Some((vec![self.view.evidence(gold, "")], "the reference fix makes the same change".to_owned()))
    }
}

fn key(view: &View, unit: &Unit) -> Key {
    let file = view.file(unit);
    // A renamed file is the same file: both sides share the base, so its old name identifies it.
    let name = |file: &FilePair| file.old.clone().unwrap_or_else(|| path_of(file).to_owned());
    let exact = if unit.file_level {
        file.map(|file| format!("{:?} {:?} {:?} {:?}", unit.kind, file.old, file.new, file.new_mode))
    } else if has_tokens(unit) {
        None
    } else {
        let changes = unit.changes.iter().map(|change| {
            format!("{:?} {:?} {:?}", change.old, view.old_text(change), view.new_text(change))
        });
        Some(format!("{:?} {}", unit.kind, changes.collect::<Vec<_>>().join(" ")))
    };
    let (old, new) = if exact.is_some() { (Vec::new(), Vec::new()) } else { view.tokens(unit) };
    Key { file: file.map(name).unwrap_or_default(), entity: unit.entity.clone(), old, new, exact }
}
