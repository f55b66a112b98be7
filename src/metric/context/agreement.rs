//! Agreement with the reference: which of gold's files and entities a patch changes, and the reverse.

use std::collections::BTreeSet;

use crate::diff::{Diff, Role};

/// Shares in 0..=1. Recall is null where gold changes nothing that counts, precision where the patch does.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Agreement {
    /// Of gold's files, the share that the patch changes.
    pub file_recall: Option<f64>,
    /// Of the patch's files, the share that gold changes.
    pub file_precision: Option<f64>,
    /// Of gold's entities, the share that the patch changes.
    pub entity_recall: Option<f64>,
    /// Of the patch's entities, the share that gold changes.
    pub entity_precision: Option<f64>,
}

/// Compares a patch with gold. Units of roles `code`, `config` and `other` count; of the patch without those in
/// `left_out` (indices of irrelevant units). A renamed file counts under its old name, an entity is its file and its
/// path of names.
pub fn agreement(patch: &Diff, left_out: &BTreeSet<usize>, gold: &Diff) -> Agreement {
    let (patch_files, patch_entities) = reach(patch, left_out);
    let (gold_files, gold_entities) = reach(gold, &BTreeSet::new());
    Agreement {
        file_recall: share(&gold_files, &patch_files),
        file_precision: share(&patch_files, &gold_files),
        entity_recall: share(&gold_entities, &patch_entities),
        entity_precision: share(&patch_entities, &gold_entities),
    }
}

type Entity<'a> = (&'a str, &'a [String]);

fn reach<'a>(diff: &'a Diff, left_out: &BTreeSet<usize>) -> (BTreeSet<&'a str>, BTreeSet<Entity<'a>>) {
    let mut files = BTreeSet::new();
    let mut entities = BTreeSet::new();
    for (index, unit) in diff.units.iter().enumerate() {
        let counts = matches!(unit.role, Role::Code | Role::Config | Role::Other);
        if !counts || left_out.contains(&index) {
            continue;
        }
        for change in &unit.changes {
            let Some(file) = diff.files.get(change.file) else { continue };
            let Some(path) = file.old.as_deref().or(file.new.as_deref()) else { continue };
            files.insert(path);
            entities.insert((path, unit.entity.as_slice()));
        }
    }
    (files, entities)
}

/// The share of `of` that is in `among`.
fn share<T: Ord>(of: &BTreeSet<T>, among: &BTreeSet<T>) -> Option<f64> {
    (!of.is_empty()).then(|| of.intersection(among).count() as f64 / of.len() as f64)
}
