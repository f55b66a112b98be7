//! What gold has too: same file, same entity, equal inserted and deleted tokens.
//!
//! In: the facts of a diff and gold's diff. Out: the acquitted units, each with the line of gold that acquits it.

use std::collections::BTreeMap;

use super::facts::{Facts, Side};
use super::{Evidence, Input};
use crate::diff::{Diff, UnitKind};

/// Two units with equal keys make the same change.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    path: String,
    entity: Vec<String>,
    exact: Option<UnitKind>,
    deleted: Vec<Vec<u8>>,
    inserted: Vec<Vec<u8>>,
}

/// Acquitted units with gold's line.
pub fn find(facts: &Facts, gold: &Diff) -> BTreeMap<usize, Evidence> {
    let nothing = Nothing;
    let input = Input { diff: gold, gold: None, statement: None, allow: None, base: &nothing };
    let other = Facts::new(&input);
    let mut lines: BTreeMap<Key, Option<Evidence>> = BTreeMap::new();
    for unit in 0..gold.units.len() {
        for key in keys(&other, unit) {
            lines.entry(key).or_insert_with(|| other.first_line(unit));
        }
    }
    (0..facts.diff().units.len())
        .filter_map(|unit| {
            let found = keys(facts, unit).into_iter().find_map(|key| lines.get(&key))?;
            Some((unit, found.clone()?))
        })
        .collect()
}

/// A key by the new path and one by the old: gold may rename the file and the patch may not.
fn keys(facts: &Facts, unit: usize) -> Vec<Key> {
    let here = facts.unit(unit);
    let file = facts.file(unit);
    let mut paths: Vec<&String> = file.new.iter().chain(&file.old).collect();
    paths.dedup();
    let exact = match here.kind {
        UnitKind::Comment | UnitKind::Format | UnitKind::Mode | UnitKind::File => Some(here.kind),
        _ => None,
    };
    let texts = |side: Side| -> Vec<Vec<u8>> {
        match here.kind {
            UnitKind::Comment => {
                here.changes.iter().map(|change| facts.text(change, side).to_vec()).collect()
            }
            UnitKind::Format => here.changes.iter().map(|change| whole_lines(facts, change, side)).collect(),
            UnitKind::Mode => {
                let mode = if side == Side::Old { &file.old_mode } else { &file.new_mode };
                vec![mode.clone().unwrap_or_default().into_bytes()]
            }
            UnitKind::File if file.binary => vec![facts.bytes(here.changes[0].file, side).to_vec()],
            _ => facts.words_of(unit, side),
        }
    };
    let (deleted, inserted) = (texts(Side::Old), texts(Side::New));
    paths
        .into_iter()
        .map(|path| Key {
            path: path.clone(),
            entity: here.entity.clone(),
            exact,
            deleted: deleted.clone(),
            inserted: inserted.clone(),
        })
        .collect()
}

/// White space alone says little: the lines that it stands in go with it.
fn whole_lines(facts: &Facts, change: &crate::diff::Change, side: Side) -> Vec<u8> {
    let bytes = facts.bytes(change.file, side);
    let range = super::facts::range(change, side);
    let start =
        bytes[..range.start.min(bytes.len())].iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
    let rest = bytes.get(range.end..).unwrap_or_default();
    let end = range.end + rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len());
    bytes.get(start..end).unwrap_or_default().to_vec()
}

/// Gold's base is never read.
struct Nothing;

impl crate::patch::Tree for Nothing {
    fn blob(&self, _: &str) -> Option<crate::patch::Blob> {
        None
    }

    fn paths(&self) -> Vec<String> {
        Vec::new()
    }

    fn blob_by_id(&self, _: &str) -> Option<Vec<u8>> {
        None
    }
}
