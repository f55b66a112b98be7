//! Taking units back, byte for byte.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::patch::{Blob, TreeChanges};

use super::files::{self, BOM, EOL, MODE};
use super::{Diff, FilePair, UnitKind};

/// The smallest set that holds `units` and is closed under `needs`: what else has to go when they go.
pub fn closure(diff: &Diff, units: &BTreeSet<usize>) -> BTreeSet<usize> {
    let numbers: BTreeMap<&str, usize> =
        diff.units.iter().enumerate().map(|(i, unit)| (unit.id.as_str(), i)).collect();
    let mut forced: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, unit) in diff.units.iter().enumerate() {
        for need in &unit.needs {
            if let Some(other) = numbers.get(need.as_str()) {
                forced.entry(*other).or_default().push(index);
            }
        }
    }
    let mut closed: BTreeSet<usize> = units.iter().copied().filter(|unit| *unit < diff.units.len()).collect();
    let mut waiting: Vec<usize> = closed.iter().copied().collect();
    while let Some(unit) = waiting.pop() {
        for other in forced.get(&unit).into_iter().flatten() {
            if closed.insert(*other) {
                waiting.push(*other);
            }
        }
    }
    closed
}

/// What the base tree becomes when the diff is applied without `units` and all that [`closure`] adds to them.
///
/// Every file of the diff is named: no unit reverted gives the result's files, all reverted the base's.
pub fn revert(diff: &Diff, units: &BTreeSet<usize>) -> TreeChanges {
    let reverted = closure(diff, units);
    let mut per_file: BTreeMap<usize, Reverted> = BTreeMap::new();
    for index in &reverted {
        let unit = &diff.units[*index];
        for change in &unit.changes {
            let file = per_file.entry(change.file).or_default();
            if !unit.file_level {
                file.places.push((change.new[0]..change.new[1], change.old[0]..change.old[1]));
                continue;
            }
            match (unit.kind, unit.entity.first().map(String::as_str)) {
                (UnitKind::Mode, Some(EOL)) => file.eol = true,
                (UnitKind::Mode, Some(BOM)) => file.bom = true,
                (UnitKind::Mode, Some(MODE)) => file.mode = true,
                (_, Some(files::CONTENT)) => file.content = true,
                _ => file.name = true,
            }
        }
    }
    let mut changes = TreeChanges::new();
    let nothing = Reverted::default();
    for (index, pair) in diff.files.iter().enumerate() {
        let file = per_file.get(&index).unwrap_or(&nothing);
        let path = if file.name { &pair.old } else { &pair.new };
        for other in [&pair.old, &pair.new].into_iter().flatten() {
            changes.entry(other.clone()).or_insert(None);
        }
        if let Some(path) = path {
            let mode = if file.mode || pair.new_mode.is_none() { &pair.old_mode } else { &pair.new_mode };
            let mode = mode.as_deref().or(pair.old_mode.as_deref());
            let mode = mode.and_then(|mode| u32::from_str_radix(mode, 8).ok()).unwrap_or(0o100_644);
            changes.insert(path.clone(), Some(Blob { mode, bytes: content(pair, file) }));
        }
    }
    changes
}

/// What of a file is taken back.
#[derive(Debug, Default)]
struct Reverted {
    name: bool,
    mode: bool,
    eol: bool,
    bom: bool,
    content: bool,
    /// New range, old range.
    places: Vec<(Range<usize>, Range<usize>)>,
}

fn content(pair: &FilePair, file: &Reverted) -> Vec<u8> {
    let (old, new) = (&pair.old_bytes, &pair.new_bytes);
    if file.content {
        return old.to_vec();
    }
    let mut places = file.places.clone();
    places.sort_by_key(|(new, old)| (new.start, old.start, new.end));
    let eol = files::eol_change(old, new);
    let mut bytes = Vec::with_capacity(new.len());
    let mut at = 0;
    for (to, from) in places {
        bytes.extend_from_slice(new.get(at..to.start).unwrap_or_default());
        let text = old.get(from).unwrap_or_default();
        match eol {
            Some(_) => bytes.extend(files::with_eol(text, files::has_crlf(new))),
            None => bytes.extend_from_slice(text),
        }
        at = at.max(to.end);
    }
    bytes.extend_from_slice(new.get(at..).unwrap_or_default());
    if let (Some(crlf), true) = (eol, file.eol) {
        bytes = files::with_eol(&bytes, crlf);
    }
    if file.bom {
        let marked = bytes.starts_with(files::MARK);
        if marked && !old.starts_with(files::MARK) {
            bytes.drain(..files::MARK.len());
        } else if !marked && old.starts_with(files::MARK) {
            bytes.splice(0..0, files::MARK.iter().copied());
        }
    }
    bytes
}
