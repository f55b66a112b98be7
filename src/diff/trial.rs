//! Whether units can be taken back, told by parsing the part of the file around them without them.
//!
//! A trial edits the tree of the new side and parses what is left; the same text is parsed once, and not at all where
//! its brackets cannot match. Trials are paid for in bytes, as if each were parsed.
//!
//! In: an island and sets of units. Out: yes or no, and which units mend each other. Invariant: what a trial says and
//! costs depends on the island and the set alone.

use std::collections::BTreeSet;
use std::ops::Range;

use rustc_hash::FxHashMap;
use tree_sitter::{Parser, Tree};

use crate::syntax::{Source, TokenKind};

use super::check::{Island, distance};
use super::ends::parted;
use super::pieces::Aligned;
use super::rows::Rows;
use super::units::Draft;

/// An incremental parse costs this part of the text, and a little more.
const REUSE: usize = 6;
/// Neighbours tried on each side of a unit that cannot go alone.
const NEAR: usize = 4;

/// Bytes of an island's new side and the old bytes that come in their place, in order.
type Places = Vec<(Range<usize>, Range<usize>)>;

/// An island, parsed, and what is known about texts between its sides.
pub(super) struct Trial<'a> {
    aligned: &'a Aligned,
    island: Island,
    parser: Parser,
    /// The island of the new side, parsed.
    tree: Tree,
    /// Errors that either side already has.
    allowed: usize,
    /// Bytes that may still be parsed.
    left: &'a mut usize,
    /// They were not enough.
    pub spent: bool,
    rows: Rows,
    known: FxHashMap<Places, Verdict>,
}

/// What a trial found.
#[derive(Clone, Copy)]
struct Verdict {
    /// No error more than allowed.
    holds: bool,
    /// Bytes that were parsed beside the incremental parse.
    more: usize,
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

/// Bytes that a trial of an island so long costs.
pub(super) fn cost(length: usize) -> usize {
    length / REUSE + 64
}

impl<'a> Trial<'a> {
    /// Parses an island; `None` where it cannot be parsed.
    ///
    /// How a part with errors is read depends on the others: it is tried with the whole file.
    pub fn new(aligned: &'a Aligned, island: Island, left: &'a mut usize) -> Option<Self> {
        let meets = |broken: &[Range<usize>], range: &Range<usize>| {
            broken.iter().any(|broken| range.start < broken.end && broken.start < range.end)
        };
        let [before, after] = &aligned.broken;
        let damaged = meets(before, &island.old) || meets(after, &island.new);
        let island = if damaged {
            Island { old: 0..aligned.old.bytes.len(), new: 0..aligned.new.bytes.len() }
        } else {
            island
        };
        let (old, new) = (&aligned.old.bytes[island.old.clone()], &aligned.new.bytes[island.new.clone()]);
        let mut parser = Parser::new();
        parser.set_language(&aligned.new.language.kinds().grammar).ok()?;
        let tree = if new.len() == aligned.new.bytes.len() {
            aligned.new.tree.clone()
        } else {
            *left = left.saturating_sub(new.len());
            parser.parse(new, None)?
        };
        let faults = aligned.new.language.faults;
        let allowed = if damaged {
            aligned.old.error_count().max(aligned.new.error_count())
        } else {
            let mut allowed = errors(&tree) + faults(&tree, new);
            if allowed > 0 || aligned.old.tree.root_node().has_error() {
                *left = left.saturating_sub(old.len());
                let before = parser.parse(old, None)?;
                allowed = allowed.max(errors(&before) + faults(&before, old));
            }
            allowed
        };
        let (rows, known) = (Rows::new(new), FxHashMap::default());
        Some(Self { aligned, island, parser, tree, allowed, left, spent: false, rows, known })
    }

    /// Bytes of the new side that a trial parses.
    pub fn length(&self) -> usize {
        self.island.new.len()
    }

    /// Bytes that may still be parsed.
    pub fn left(&self) -> usize {
        *self.left
    }

    /// A side has errors of its own, so that a trial says less.
    pub fn broken(&self) -> bool {
        self.allowed > 0
    }

    /// Taking these units back (and what needs them) adds no parse error.
    pub fn holds(&mut self, drafts: &[Draft], units: &[usize]) -> bool {
        let cost = cost(self.island.new.len());
        if *self.left < cost {
            self.spent = true;
            return true;
        }
        *self.left -= cost;
        let places = self.places(drafts, units);
        let known = self.known.get(&places).copied();
        let verdict = known.unwrap_or_else(|| self.verdict(&places));
        if known.is_none() {
            self.known.insert(places, verdict);
        }
        *self.left = self.left.saturating_sub(verdict.more);
        verdict.holds
    }

    /// The places of some units and of all that has to go with them.
    fn places(&self, drafts: &[Draft], units: &[usize]) -> Places {
        let mut closed: BTreeSet<usize> = units.iter().copied().collect();
        loop {
            let more: Vec<usize> = drafts
                .iter()
                .enumerate()
                .filter(|(_, draft)| !draft.needs.is_empty())
                .filter(|(index, draft)| !closed.contains(index) && !draft.needs.is_disjoint(&closed))
                .map(|(index, _)| index)
                .collect();
            if more.is_empty() {
                break;
            }
            closed.extend(more);
        }
        let from = self.island.new.start;
        let changes = closed.iter().flat_map(|unit| &drafts[*unit].changes);
        let mut places: Places =
            changes.map(|(_, old, new)| (new.start - from..new.end - from, old.clone())).collect();
        places.sort_by_key(|(new, old)| (new.start, old.start, new.end));
        places
    }

    /// Parses the island with old text at some places.
    fn verdict(&mut self, places: &Places) -> Verdict {
        let (old, new) = (&self.aligned.old.bytes, &self.aligned.new.bytes[self.island.new.clone()]);
        let mut text = Vec::with_capacity(new.len() + 64);
        let mut seams = Vec::with_capacity(2 * places.len());
        let mut at = 0;
        for (to, from) in places {
            text.extend_from_slice(&new[at.min(to.start)..to.start]);
            seams.push(text.len());
            text.extend_from_slice(&old[from.clone()]);
            seams.push(text.len());
            at = to.end;
        }
        text.extend_from_slice(&new[at..]);
        if self.allowed == 0 && self.unbalanced(places, &text, &seams) {
            return Verdict { holds: false, more: 0 };
        }
        let edited = self.edited(places);
        let Some(tree) = self.parser.parse(&text, Some(&edited)) else {
            return Verdict { holds: true, more: 0 };
        };
        let language = self.aligned.new.language;
        if !tree.root_node().has_error() || self.allowed == 0 {
            let faults = (language.faults)(&tree, &text);
            return Verdict { holds: errors(&tree) + faults <= self.allowed, more: 0 };
        }
        // Recovery from errors depends on the way to them: what counts is the tree of the text alone.
        let more = text.len();
        let count = Source::parse(language, text).map_or(0, |alone| alone.error_count());
        Verdict { holds: count <= self.allowed, more }
    }

    /// The island's tree, told what stands at some places.
    fn edited(&self, places: &Places) -> Tree {
        let old = &self.aligned.old.bytes;
        let mut tree = self.tree.clone();
        for (to, from) in places.iter().rev() {
            tree.edit(&self.rows.edit(to.clone(), &old[from.clone()]));
        }
        tree
    }

    /// Brackets go and come that do not make pairs: an error in any grammar. The new side has none, so that only what
    /// is exchanged counts; where tokens beside a seam might be read otherwise than before, the answer is no.
    fn unbalanced(&self, places: &Places, text: &[u8], seams: &[usize]) -> bool {
        let language = self.aligned.new.language;
        if language.is_data {
            return false;
        }
        let from = self.island.new.start;
        let mut sum = [0_i64; 3];
        for (to, old) in places {
            let new = from + to.start..from + to.end;
            let (Some(gone), Some(back)) =
                (brackets(&self.aligned.new, new), brackets(&self.aligned.old, old.clone()))
            else {
                return false;
            };
            for (sum, (gone, back)) in sum.iter_mut().zip(gone.into_iter().zip(back)) {
                *sum += back - gone;
            }
        }
        sum != [0; 3] && seams.iter().all(|seam| parted(text.split_at(*seam), language.line_comment.as_bytes()))
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

    /// The nearest units that have to go with this one: one, or else a growing neighbourhood. Those of the same entity
    /// come first: what mends a rewrite is seldom in the next function.
    pub fn mates(&mut self, drafts: &[Draft], index: usize) -> Option<Vec<usize>> {
        let mut near: Vec<usize> =
            (index.saturating_sub(NEAR)..(index + NEAR + 1).min(drafts.len())).collect();
        near.retain(|other| *other != index);
        let apart = |other: &usize| {
            let (other_unit, unit) = (&drafts[*other], &drafts[index]);
            (other_unit.entity != unit.entity, distance(other_unit, unit), *other)
        };
        near.sort_by_key(apart);
        for other in &near {
            if self.holds(drafts, &[index, *other]) {
                return Some(vec![*other]);
            }
        }
        let mut by_distance: Vec<usize> = (0..drafts.len()).filter(|other| *other != index).collect();
        by_distance.sort_by_key(apart);
        // Twice as many each time, then the whole entity, then all.
        let own = by_distance.iter().filter(|other| drafts[**other].entity == drafts[index].entity).count();
        let doubling = std::iter::successors(Some(2), |count| Some(count * 2));
        let mut counts: Vec<usize> = doubling.take_while(|count| *count < by_distance.len()).collect();
        counts.extend([own, by_distance.len()]);
        counts.retain(|count| *count > 1);
        counts.sort_unstable();
        counts.dedup();
        for count in counts {
            let mates = &by_distance[..count];
            let all: Vec<usize> = mates.iter().copied().chain([index]).collect();
            if self.holds(drafts, &all) {
                // What can go alone only happens to be near, unless it is what mends the others.
                let bound: Vec<usize> = mates.iter().copied().filter(|mate| !drafts[*mate].safe).collect();
                let all: Vec<usize> = bound.iter().copied().chain([index]).collect();
                let fewer = !bound.is_empty() && bound.len() < mates.len() && self.holds(drafts, &all);
                return Some(if fewer { bound } else { mates.to_vec() });
            }
        }
        (!self.spent && !by_distance.is_empty()).then_some(by_distance)
    }
}

/// Open brackets of each kind less closed ones among the tokens of a range; `None` where a token lies across its ends,
/// or is a bracket and more.
fn brackets(source: &Source, range: Range<usize>) -> Option<[i64; 3]> {
    let first = source.tokens.partition_point(|token| token.end as usize <= range.start);
    let mut sum = [0; 3];
    for token in source.tokens[first..].iter().take_while(|token| (token.start as usize) < range.end) {
        let (start, end) = (token.start as usize, token.end as usize);
        if start < range.start || range.end < end {
            return None;
        }
        if token.kind == TokenKind::Comment || token.kind == TokenKind::Literal {
            continue;
        }
        match &source.bytes[start..end] {
            b"(" => sum[0] += 1,
            b")" => sum[0] -= 1,
            b"[" => sum[1] += 1,
            b"]" => sum[1] -= 1,
            b"{" | b"${" => sum[2] += 1,
            b"}" => sum[2] -= 1,
            text if text.iter().any(|byte| b"()[]{}".contains(byte)) => return None,
            _ => {}
        }
    }
    Some(sum)
}
