//! Where the change proper is: lines, statements and spans of the units that others may lean on.
//!
//! In: which units are anchors. Out: answers to "is this place in, on or beside an anchor".

use std::collections::BTreeSet;
use std::ops::Range;

use super::facts::{Facts, Side, range};
use crate::diff::Change;
use crate::syntax::{Source, flag};

/// One side of one anchor in one file.
#[derive(Debug, Clone)]
struct Zone {
    unit: usize,
    file: usize,
    side: Side,
    /// 1-based lines of one place, white space aside.
    lines: (usize, usize),
    /// Statements (numbers of nodes) that it changes itself.
    statements: BTreeSet<usize>,
    /// One place, bytes.
    bytes: Range<usize>,
    /// From the first to the last place of the unit in this file.
    hull: Range<usize>,
}

/// All anchors of a diff.
pub struct Anchors {
    zones: Vec<Zone>,
    units: BTreeSet<usize>,
}

impl Anchors {
    /// Collects the zones of the units that are anchors.
    pub fn new(facts: &Facts, is_anchor: impl Fn(usize) -> bool) -> Self {
        let mut anchors = Self { zones: Vec::new(), units: BTreeSet::new() };
        for unit in (0..facts.diff().units.len()).filter(|unit| is_anchor(*unit)) {
            anchors.units.insert(unit);
            for change in facts.unit(unit).changes.iter().filter(|_| !facts.unit(unit).file_level) {
                for side in [Side::Old, Side::New] {
                    anchors.zones.push(zone(facts, unit, change, side));
                }
            }
        }
        anchors
    }

    /// There is none.
    pub fn is_empty(&self) -> bool {
        self.units.is_empty()
    }

    /// A unit is one.
    pub fn contains(&self, unit: usize) -> bool {
        self.units.contains(&unit)
    }

    /// Numbers of all.
    pub fn units(&self) -> impl Iterator<Item = usize> + '_ {
        self.units.iter().copied()
    }

    fn of(&self, file: usize, side: Side) -> impl Iterator<Item = &Zone> {
        self.zones.iter().filter(move |zone| zone.file == file && zone.side == side)
    }

    /// The anchor whose lines lie at most `gap` lines from a range of lines.
    pub fn near(&self, file: usize, side: Side, lines: (usize, usize), gap: usize) -> Option<usize> {
        let near = |zone: &&Zone| zone.lines.0 <= lines.1 + gap && zone.lines.1 + gap >= lines.0;
        self.of(file, side).find(near).map(|zone| zone.unit)
    }

    /// The anchor that changes a statement itself, not only one nested in it.
    pub fn on(&self, file: usize, side: Side, statement: usize) -> Option<usize> {
        self.of(file, side).find(|zone| zone.statements.contains(&statement)).map(|zone| zone.unit)
    }

    /// The anchor with a place inside a range of bytes.
    pub fn inside(&self, file: usize, side: Side, bytes: &Range<usize>) -> Option<usize> {
        let inside = |zone: &&Zone| zone.bytes.start < bytes.end && zone.bytes.end > bytes.start;
        let touches = |zone: &&Zone| {
            zone.bytes.is_empty() && bytes.start < zone.bytes.start && zone.bytes.start < bytes.end
        };
        self.of(file, side).find(|zone| inside(zone) || touches(zone)).map(|zone| zone.unit)
    }

    /// One place of an anchor is or holds a range of bytes.
    pub fn covers(&self, file: usize, side: Side, bytes: &Range<usize>) -> bool {
        self.of(file, side).any(|zone| zone.bytes.start <= bytes.start && bytes.end <= zone.bytes.end)
    }

    /// The anchor whose places a place lies between: it was wrapped or unwrapped.
    pub fn around(&self, file: usize, side: Side, place: usize) -> Option<usize> {
        self.of(file, side)
            .find(|zone| zone.hull.start <= place && place <= zone.hull.end)
            .map(|zone| zone.unit)
    }

    /// Some anchor lies in this file.
    pub fn any_in(&self, file: usize) -> bool {
        self.zones.iter().any(|zone| zone.file == file)
    }
}

fn zone(facts: &Facts, unit: usize, change: &Change, side: Side) -> Zone {
    let bytes = facts.trimmed(change, side).unwrap_or_else(|| {
        let place = range(change, side);
        place.end..place.end
    });
    let file = change.file;
    let mut lines = facts.lines(file, side, &bytes);
    if bytes.is_empty() {
        // Nothing stands here on this side: the text was before this line's first word or on the line before.
        let start = range(change, side).start;
        lines.0 = lines.0.min(facts.lines(file, side, &(start..start)).0);
    }
    let same = facts.unit(unit).changes.iter().filter(|other| other.file == file);
    let hull = same.fold(bytes.clone(), |hull, other| {
        let other = range(other, side);
        hull.start.min(other.start)..hull.end.max(other.end)
    });
    let mut statements = BTreeSet::new();
    if let Some(source) = facts.source(file, side) {
        for token in facts.tokens(change, side) {
            statements.insert(source.statement_of(source.tokens[token].node as usize));
        }
        if bytes.is_empty() {
            statements.extend(statement_around(source, bytes.start));
        }
    }
    Zone { unit, file, side, lines, statements, bytes, hull }
}

/// The smallest statement that holds a place between tokens strictly inside.
pub fn statement_around(source: &Source, byte: usize) -> Option<usize> {
    let leaf = source.leaf_at(byte)?;
    let holds = |node: &usize| {
        let range = source.range(*node);
        range.start < byte && byte <= range.end
    };
    let inner = source.ancestors(leaf).find(holds)?;
    if source.nodes[inner].is(flag::STATEMENT_LIST) && inner == 0 {
        return None;
    }
    let statement = source.statement_of(inner);
    (statement != 0).then_some(statement)
}
