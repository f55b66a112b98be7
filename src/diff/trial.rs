//! Trials: parses of the new side with some units taken back.
//!
//! In: an alignment, an [`Island`] and the units in it. Out: whether a set of units can go without a new parse error. Where
//! neither side has errors a trial starts from the whole tree of the new side, and the parser reads again what is around
//! the units only; otherwise the island alone is parsed. Trials are paid for in bytes that the parser reads.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::ops::{ControlFlow, Range};

use tree_sitter::{InputEdit, ParseOptions, ParseState, Parser, Point, Tree};

use super::pieces::Aligned;
use super::units::Draft;

/// What a trial costs beside the bytes that the parser reads again: this, and a part of the text that it is told of.
const TRIAL: usize = 128;
const COPY: usize = 64;
/// The parser is given the text in pieces of so many bytes, so that it can be seen how much it reads again.
const CHUNK: usize = 256;
/// Neighbours tried on each side of a unit that cannot go alone.
const NEAR: usize = 4;

/// A part of a file that can be parsed on its own, in bytes of both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Island {
    /// Before.
    pub old: Range<usize>,
    /// After.
    pub new: Range<usize>,
}

/// Neither side has parse errors: trials can start from the whole tree.
pub(super) fn sound(aligned: &Aligned) -> bool {
    !aligned.old.tree.root_node().has_error() && !aligned.new.tree.root_node().has_error()
}

/// A place to try units in.
pub(super) struct Trial<'a> {
    aligned: &'a Aligned,
    /// What the units lie in, and where faults are looked for.
    island: Island,
    /// What is parsed: the island, or the whole file where neither side has parse errors.
    text: Range<usize>,
    parser: Parser,
    /// The text of the new side, parsed.
    tree: Tree,
    /// Errors that either side already has.
    allowed: usize,
    /// Bytes that may still be parsed.
    left: &'a mut usize,
    /// They were not enough.
    pub spent: bool,
    rows: Vec<usize>,
}

/// Error nodes and made-up tokens of a tree; sound subtrees are not entered.
fn errors(tree: &Tree) -> usize {
    let mut count = 0;
    let mut cursor = tree.walk();
    loop {
        let node = cursor.node();
        count += usize::from(node.is_error() || node.is_missing());
        if node.has_error() && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return count;
            }
        }
    }
}

impl<'a> Trial<'a> {
    /// Takes the tree of the new side, or parses an island; `None` where it cannot be parsed.
    pub fn new(aligned: &'a Aligned, island: Island, left: &'a mut usize) -> Option<Self> {
        let mut parser = Parser::new();
        parser.set_language(&aligned.new.language.kinds().grammar).ok()?;
        let faults = aligned.new.language.faults;
        let whole = sound(aligned);
        let text = if whole { 0..aligned.new.bytes.len() } else { island.new.clone() };
        let new = &aligned.new.bytes[text.clone()];
        let (tree, allowed) = if whole {
            let tree = aligned.new.tree.clone();
            let after = faults(&tree, new, island.new.clone());
            let before = if after == 0 {
                0
            } else {
                faults(&aligned.old.tree, &aligned.old.bytes, island.old.clone())
            };
            (tree, after.max(before))
        } else {
            let old = &aligned.old.bytes[island.old.clone()];
            *left = left.saturating_sub(new.len() + old.len());
            let tree = parser.parse(new, None)?;
            let before = parser.parse(old, None)?;
            let errors = |tree: &Tree, text: &[u8]| errors(tree) + faults(tree, text, 0..text.len());
            let allowed = errors(&tree, new).max(errors(&before, old));
            (tree, allowed)
        };
        let rows = std::iter::once(0).chain(memchr::memchr_iter(b'\n', new).map(|at| at + 1)).collect();
        Some(Self { aligned, island, text, parser, tree, allowed, left, spent: false, rows })
    }

    fn point(&self, at: usize) -> Point {
        let row = self.rows.partition_point(|start| *start <= at).saturating_sub(1);
        Point::new(row, at - self.rows[row])
    }

    /// Taking these units back (and what needs them) adds no parse error.
    pub fn holds(&mut self, drafts: &[Draft], units: &[usize]) -> bool {
        let cost = TRIAL + self.text.len() / COPY;
        if self.spent || *self.left < cost {
            self.spent = true;
            return true;
        }
        *self.left -= cost;
        let mut closed: BTreeSet<usize> = units.iter().copied().collect();
        loop {
            let more: Vec<usize> = drafts
                .iter()
                .enumerate()
                .filter(|(index, draft)| !closed.contains(index) && !draft.needs.is_disjoint(&closed))
                .map(|(index, _)| index)
                .collect();
            if more.is_empty() {
                break;
            }
            closed.extend(more);
        }
        let from = self.text.start;
        let mut places: Vec<(Range<usize>, Range<usize>)> = closed
            .iter()
            .flat_map(|unit| {
                drafts[*unit]
                    .changes
                    .iter()
                    .map(|(_, old, new)| (new.start - from..new.end - from, old.clone()))
            })
            .collect();
        places.sort_by_key(|(new, old)| (new.start, old.start, new.end));
        let (old, new) = (&self.aligned.old.bytes, &self.aligned.new.bytes[self.text.clone()]);
        let mut tree = self.tree.clone();
        for (to, from) in places.iter().rev() {
            let (start, end) = (self.point(to.start), self.point(to.end));
            let text = &old[from.clone()];
            let rows = memchr::memchr_iter(b'\n', text).count();
            let column = text.iter().rev().take_while(|byte| **byte != b'\n').count();
            let column = if rows == 0 { start.column + column } else { column };
            tree.edit(&InputEdit {
                start_byte: to.start,
                old_end_byte: to.end,
                new_end_byte: to.start + from.len(),
                start_position: start,
                old_end_position: end,
                new_end_position: Point::new(start.row + rows, column),
            });
        }
        let mut text = Vec::with_capacity(new.len() + 64);
        let mut at = 0;
        for (to, from) in &places {
            text.extend_from_slice(&new[at.min(to.start)..to.start]);
            text.extend_from_slice(&old[from.clone()]);
            at = to.end;
        }
        text.extend_from_slice(&new[at..]);
        let Some(tree) = self.parse(&text, &tree) else {
            self.spent = true;
            return true;
        };
        let start = self.island.new.start - from;
        let behind = new.len() - (self.island.new.end - from);
        let faults = (self.aligned.new.language.faults)(&tree, &text, start..text.len() - behind);
        if errors(&tree) + faults <= self.allowed {
            return true;
        }
        if !tree.root_node().has_error() || self.allowed == 0 {
            return false;
        }
        // Recovery from errors depends on the way to them: what counts is the tree of the text alone.
        *self.left = self.left.saturating_sub(text.len());
        let alone = self.parser.parse(&text, None);
        alone.is_none_or(|tree| errors(&tree) + faults <= self.allowed)
    }

    /// Parses with the help of an edited tree and pays for what is read; `None` where there is no money left for it.
    fn parse(&mut self, text: &[u8], edited: &Tree) -> Option<Tree> {
        let read = Cell::new(0);
        let left = *self.left;
        let mut chunk = |at: usize, _: Point| {
            read.set(read.get() + CHUNK);
            let end = (at + CHUNK).min(text.len());
            text.get(at..end).unwrap_or_default()
        };
        let mut afford = |_: &ParseState| {
            if read.get() > left { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let options = ParseOptions::new().progress_callback(&mut afford);
        let tree = self.parser.parse_with_options(&mut chunk, Some(edited), Some(options));
        *self.left = left.saturating_sub(read.get());
        if tree.is_none() {
            self.parser.reset();
        }
        tree
    }

    /// Units of one of the sets that cannot go together, with what mends them; `None` if all sets can.
    pub fn tangle(
        &mut self,
        drafts: &[Draft],
        members: &[usize],
        sets: Vec<Vec<usize>>,
    ) -> Option<Vec<usize>> {
        let mut core = sets.into_iter().find(|set| !self.holds(drafts, set))?;
        if self.spent {
            return None;
        }
        let mut at = 0;
        while at < core.len() && core.len() > 1 {
            let mut fewer = core.clone();
            fewer.remove(at);
            if self.holds(drafts, &fewer) { at += 1 } else { core = fewer }
        }
        let first = core[0];
        let mut rest: Vec<usize> = members.iter().copied().filter(|unit| !core.contains(unit)).collect();
        rest.sort_by_key(|unit| (distance(&drafts[*unit], &drafts[first]), *unit));
        for unit in rest.iter().take(2 * NEAR) {
            let more: Vec<usize> = core.iter().copied().chain([*unit]).collect();
            if self.holds(drafts, &more) {
                core = more;
                break;
            }
        }
        if core.len() < 2 {
            core.extend(rest.first());
        }
        core.sort_unstable();
        (core.len() > 1).then_some(core)
    }

    /// The nearest units that have to go with this one: one, or else a growing neighbourhood.
    pub fn mates(&mut self, drafts: &[Draft], index: usize) -> Option<Vec<usize>> {
        let mut near: Vec<usize> =
            (index.saturating_sub(NEAR)..(index + NEAR + 1).min(drafts.len())).collect();
        near.retain(|other| *other != index);
        near.sort_by_key(|other| (distance(&drafts[*other], &drafts[index]), *other));
        for other in &near {
            if self.holds(drafts, &[index, *other]) {
                return Some(vec![*other]);
            }
        }
        let mut by_distance: Vec<usize> = (0..drafts.len()).filter(|other| *other != index).collect();
        by_distance.sort_by_key(|other| (distance(&drafts[*other], &drafts[index]), *other));
        let mut count = 2;
        while count < by_distance.len() {
            let mates: Vec<usize> = by_distance[..count].to_vec();
            let all: Vec<usize> = mates.iter().copied().chain([index]).collect();
            if self.holds(drafts, &all) {
                return Some(mates);
            }
            count *= 2;
        }
        (!self.spent).then_some(by_distance)
    }
}

/// Bytes between two units.
fn distance(a: &Draft, b: &Draft) -> usize {
    let span = |draft: &Draft| {
        let starts = draft.changes.iter().map(|(_, _, new)| new.start).min().unwrap_or(0);
        let ends = draft.changes.iter().map(|(_, _, new)| new.end).max().unwrap_or(0);
        (starts, ends)
    };
    let (p, q) = (span(a), span(b));
    q.0.saturating_sub(p.1).max(p.0.saturating_sub(q.1))
}
