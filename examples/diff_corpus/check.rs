//! The invariants of edit units on one pair.

use std::collections::BTreeSet;

use kerf::diff::{ChangedFile, Diff, closure, diff, revert};
use kerf::syntax::{Language, Source};

/// More single units than this are drawn, not all tried.
const SINGLES: usize = 60;
/// Random sets tried.
const SETS: usize = 8;

fn bytes(side: Option<&kerf::diff::Side>) -> &[u8] {
    side.map_or(&[], |side| &side.bytes)
}

fn text(diff: &Diff, units: &BTreeSet<usize>) -> Vec<u8> {
    revert(diff, units).into_values().flatten().next().map(|blob| blob.bytes.clone()).unwrap_or_default()
}

fn errors(language: &'static Language, bytes: &[u8]) -> usize {
    let mut parser = tree_sitter::Parser::new();
    let clean = parser.set_language(&language.kinds().grammar).is_ok()
        && parser.parse(bytes, None).is_some_and(|tree| !tree.root_node().has_error());
    if clean { 0 } else { Source::parse(language, bytes).map_or(0, |source| source.error_count()) }
}

/// The most parse errors that a text between both may have. How a parser recovers from an error depends on the bytes that end
/// a line, so that a file that is broken on both sides may count other errors with other line ends: where these change,
/// each side counts with either.
fn allowed(language: &'static Language, old: &[u8], new: &[u8]) -> usize {
    let has_cr = |bytes: &[u8]| memchr::memmem::find(bytes, b"\r\n").is_some();
    let mut most = errors(language, old).max(errors(language, new));
    if most > 0 && has_cr(old) != has_cr(new) {
        for side in [old, new] {
            let unix = String::from_utf8_lossy(side).replace("\r\n", "\n");
            let dos = unix.replace('\n', "\r\n");
            most = most.max(errors(language, unix.as_bytes())).max(errors(language, dos.as_bytes()));
        }
    }
    most
}

/// A byte that is neither white space nor part of a token.
fn lost(language: &'static Language, bytes: &[u8]) -> Option<usize> {
    let source = Source::parse(language, bytes)?;
    let mut at = 0;
    for token in &source.tokens {
        let range = token.range();
        if range.start < at {
            return Some(range.start);
        }
        if let Some(byte) = bytes[at..range.start].iter().position(|byte| !byte.is_ascii_whitespace()) {
            return Some(at + byte);
        }
        at = range.end;
    }
    bytes[at..].iter().position(|byte| !byte.is_ascii_whitespace()).map(|byte| at + byte)
}

/// All that does not hold, in words.
pub fn violations(file: &ChangedFile, result: &Diff, language: &'static Language) -> Vec<String> {
    let mut wrong = Vec::new();
    let (old, new) = (bytes(file.old.as_ref()), bytes(file.new.as_ref()));
    let all: BTreeSet<usize> = (0..result.units.len()).collect();
    if text(result, &BTreeSet::new()) != new {
        wrong.push("no unit reverted is not the new file".to_owned());
    }
    if text(result, &all) != old {
        wrong.push("all units reverted is not the old file".to_owned());
    }
    for side in [old, new] {
        if let Some(byte) = lost(language, side) {
            wrong.push(format!("byte {byte} is in no token"));
        }
    }
    let (mut p, mut q) = (0, 0);
    let mut changes: Vec<_> =
        result.units.iter().filter(|unit| !unit.file_level).flat_map(|unit| &unit.changes).collect();
    changes.sort_by_key(|change| (change.new[0], change.old[0]));
    for change in changes {
        if change.old[0] < p || change.new[0] < q {
            wrong.push(format!("out of order: {change:?}"));
        }
        (p, q) = (change.old[1], change.new[1]);
    }
    let mut state = 0x2545_f491_4f6c_dd1d_u64 ^ (old.len() as u64) << 20 ^ new.len() as u64;
    let mut draw = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    };
    let limit = allowed(language, old, new);
    let mut sets: Vec<BTreeSet<usize>> = Vec::new();
    if all.len() <= SINGLES {
        sets.extend(all.iter().map(|unit| BTreeSet::from([*unit])));
    } else {
        sets.extend((0..SINGLES).map(|_| BTreeSet::from([draw() as usize % all.len()])));
    }
    sets.extend((0..SETS).map(|_| all.iter().copied().filter(|_| draw() % 2 == 0).collect()));
    for (number, set) in sets.iter().enumerate() {
        let closed = closure(result, set);
        let reverted = text(result, &closed);
        let found = errors(language, &reverted);
        if found > limit {
            if wrong.len() < 2 {
                let few = smallest(result, language, limit, &closed);
                wrong.push(format!("{found} parse errors, not {limit}, without {}", described(result, &few)));
            } else {
                wrong.push(format!("{found} parse errors, not {limit}"));
            }
        }
        // What is left of the change is a change again, and ends at the old file.
        if number + 2 >= sets.len() && reverted != old {
            let rest =
                diff(&[super::changed(file.new.as_ref().map_or("", |side| &side.path), old, &reverted)]);
            if text(&rest, &(0..rest.units.len()).collect()) != old {
                wrong.push(format!(
                    "reverting the rest of {} units does not end at the old file",
                    closed.len()
                ));
            }
        }
    }
    wrong
}

/// A set of units without which there are too many parse errors, while there are not without any smaller part of it.
fn smallest(
    result: &Diff,
    language: &'static Language,
    limit: usize,
    set: &BTreeSet<usize>,
) -> BTreeSet<usize> {
    let fails = |set: &BTreeSet<usize>| errors(language, &text(result, set)) > limit;
    let mut set = set.clone();
    let mut part = set.len() / 2;
    while part > 0 {
        let all: Vec<usize> = set.iter().copied().collect();
        let fewer = all.chunks(part).map(|chunk| {
            set.iter().copied().filter(|unit| !chunk.contains(unit)).collect::<BTreeSet<usize>>()
        });
        match fewer.into_iter().find(|fewer| !fewer.is_empty() && fails(fewer)) {
            Some(fewer) => set = fewer,
            None => part /= 2,
        }
        part = part.min(set.len() / 2);
    }
    set
}

/// Kinds and texts of a few units.
fn described(result: &Diff, units: &BTreeSet<usize>) -> String {
    let part = |bytes: &[u8]| String::from_utf8_lossy(&bytes[..bytes.len().min(160)]).into_owned();
    let unit = |index: &usize| {
        let unit = &result.units[*index];
        let changes: Vec<String> = unit
            .changes
            .iter()
            .take(4)
            .map(|change| {
                let file = &result.files[change.file];
                let (old, new) = (change.old[0]..change.old[1], change.new[0]..change.new[1]);
                let line = change.new_lines[0];
                format!("{line}: {:?} -> {:?}", part(&file.old_bytes[old]), part(&file.new_bytes[new]))
            })
            .collect();
        format!("{} {:?} {} [{}]", unit.id, unit.kind, unit.entity.join("/"), changes.join(" | "))
    };
    units.iter().take(4).map(unit).collect::<Vec<_>>().join(" AND ")
}
