//! Whether units can be taken back, told by parsing the part of the file around them without them.
//!
//! A trial edits the tree of the new side and parses what is left; of a short island, or of a file with errors, the text
//! alone. The same text is parsed once, and not at all where its brackets cannot match. Trials are paid for in bytes, as
//! if each were parsed.
//!
//! In: an island and sets of units. Out: yes or no, and which units mend each other. Invariant: what a trial says and
//! costs depends on the island and the set alone.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

use rustc_hash::FxHashMap;
use tree_sitter::{Parser, Tree};

use crate::syntax::{Language, Source, TokenKind, alike, error_count, error_nodes, read};

use super::check::{Island, distance};
use super::ends::{breaks, last_before, line_comment, parted, runs_on};
use super::pieces::Aligned;
use super::rows::Rows;
use super::units::Draft;

/// An incremental parse costs this part of the text, and a little more.
const REUSE: usize = 6;
/// Of an island of so many bytes, two texts are parsed as quickly without a base as with it; of a shorter one, more.
const FRESH: usize = 1024;
/// Neighbours tried on each side of a unit that cannot go alone.
const NEAR: usize = 4;

/// Bytes of an island's new side and the old bytes that come in their place, in order.
type Places = Vec<(Range<usize>, Range<usize>)>;

/// An island, and what is known about texts between its sides.
pub(super) struct Trial<'a> {
    aligned: &'a Aligned,
    island: Island,
    parser: Parser,
    /// How many errors there may be where a side has some.
    damaged: Option<usize>,
    base: Option<Base<'a>>,
    /// Bytes that may still be parsed.
    left: &'a mut usize,
    /// They were not enough.
    pub spent: bool,
    known: FxHashMap<Places, bool>,
}

/// The island of the new side, parsed, which other texts are parsed with the help of.
struct Base<'a> {
    /// As the parser was given it.
    text: Cow<'a, [u8]>,
    tree: Tree,
    rows: Rows,
    /// Errors that either side has when it is parsed without what is around it.
    allowed: usize,
}

/// Errors of any kind in a tree of a part of a file.
fn errors(language: &Language, tree: &Tree, text: &[u8]) -> usize {
    error_nodes(tree, |_| true) + (language.faults)(tree, text)
}

impl<'a> Trial<'a> {
    /// Begins with an island; `None` where it cannot be parsed.
    ///
    /// How a part with errors is read depends on the others, and on the way to them: it is tried with the whole file,
    /// and each text parsed alone.
    pub fn new(aligned: &'a Aligned, island: Island, left: &'a mut usize) -> Option<Self> {
        let meets = |broken: &[Range<usize>], range: &Range<usize>| {
            broken.iter().any(|broken| range.start < broken.end && broken.start < range.end)
        };
        let [before, after] = &aligned.broken;
        let mut parser = Parser::new();
        parser.set_language(&aligned.new.language.kinds().grammar).ok()?;
        let (island, damaged) = if meets(before, &island.old) || meets(after, &island.new) {
            let whole = Island { old: 0..aligned.old.bytes.len(), new: 0..aligned.new.bytes.len() };
            (whole, Some(aligned.errors()))
        } else {
            (island, None)
        };
        let trial = Self {
            aligned,
            island,
            parser,
            damaged,
            base: None,
            left,
            spent: false,
            known: FxHashMap::default(),
        };
        if damaged.is_none() && !trial.is_whole() {
            *trial.left = trial.left.saturating_sub(trial.island.new.len());
        }
        Some(trial)
    }

    /// It is the whole file.
    fn is_whole(&self) -> bool {
        self.island.new.len() == self.aligned.new.bytes.len()
    }

    /// Bytes that a trial costs.
    pub fn cost(&self) -> usize {
        let length = self.island.new.len();
        if self.damaged.is_some() { length + 64 } else { length / REUSE + 64 }
    }

    /// Bytes that may still be parsed.
    pub fn left(&self) -> usize {
        *self.left
    }

    /// A side has errors of its own, so that a trial says less.
    pub fn broken(&self) -> bool {
        self.damaged.is_some() || self.base.as_ref().is_some_and(|base| base.allowed > 0)
    }

    /// Taking these units back (and what needs them) adds no parse error.
    pub fn holds(&mut self, drafts: &[Draft], units: &[usize]) -> bool {
        let cost = self.cost();
        if *self.left < cost {
            self.spent = true;
            return true;
        }
        *self.left -= cost;
        let places = self.places(drafts, units);
        if let Some(known) = self.known.get(&places) {
            return *known;
        }
        let holds = self.verdict(&places);
        self.known.insert(places, holds);
        holds
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
    fn verdict(&mut self, places: &Places) -> bool {
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
        if text == old[self.island.old.clone()] {
            return true;
        }
        let runs_on = |((_, back), seam): (&(Range<usize>, Range<usize>), &[usize])| {
            runs_on(&self.aligned.old, back, &text[..seam[0]])
        };
        if self.swallows(places, &text, &seams) || places.iter().zip(seams.chunks_exact(2)).any(runs_on) {
            return false;
        }
        let language = self.aligned.new.language;
        let read = read(language.bridges, &text);
        let readable = read.as_ref().unwrap_or(&text);
        if let Some(allowed) = self.damaged {
            let tree = self.parser.parse(readable, None);
            return tree.is_none_or(|tree| error_count(language, &tree, &text) <= allowed);
        }
        if !self.broken() && self.unbalanced(places, &text, &seams) {
            return false;
        }
        let edited = self.base.as_ref().and_then(|base| base.edited(places, readable, &seams));
        let Some(tree) = self.parser.parse(readable, edited.as_ref()) else { return true };
        let count = errors(language, &tree, &text);
        count == 0 || self.base().is_none_or(|base| count <= base.allowed)
    }

    /// Gets ready for so many trials.
    pub fn expect(&mut self, trials: usize) {
        if self.damaged.is_none() && (self.is_whole() || trials > 1 + FRESH / self.island.new.len().max(1)) {
            self.base();
        }
    }

    /// The island parsed, the first time that it is asked for; `None` where it cannot be.
    fn base(&mut self) -> Option<&Base<'a>> {
        if self.base.is_none() {
            let Aligned { old, new, .. } = self.aligned;
            let (from, to) = (&old.bytes[self.island.old.clone()], &new.bytes[self.island.new.clone()]);
            let language = new.language;
            let text = read(language.bridges, to).map_or(Cow::Borrowed(to), Cow::Owned);
            let tree = if self.is_whole() { new.tree.clone() } else { self.parser.parse(&text, None)? };
            let mut allowed = errors(language, &tree, to);
            if allowed > 0 || old.tree.root_node().has_error() {
                let readable = read(language.bridges, from);
                let before = self.parser.parse(readable.as_deref().unwrap_or(from), None)?;
                allowed = allowed.max(errors(language, &before, from));
            }
            self.base = Some(Base { rows: Rows::new(&text), text, tree, allowed });
        }
        self.base.as_ref()
    }

    /// A line comment takes in what stands behind a seam: a text without errors, and not the one that was meant.
    fn swallows(&self, places: &Places, text: &[u8], seams: &[usize]) -> bool {
        let Aligned { old, new, .. } = self.aligned;
        // The comment that a range ends with, before white space without a line break.
        let open = |source: &Source, range: Range<usize>| {
            last_before(source, range.end).is_some_and(|token| {
                let end = source.tokens[token].end as usize;
                end > range.start
                    && line_comment(source, token)
                    && !source.bytes[end..range.end].contains(&b'\n')
            })
        };
        let from = self.island.new.start;
        let mut at = from;
        let mut commented = false;
        for ((to, back), seam) in places.iter().zip(seams.chunks_exact(2)) {
            let (start, end) = (from + to.start, from + to.end);
            if start > at {
                commented = open(new, at..start);
            }
            if commented && !breaks(&text[seam[0]..], &[]) {
                return true;
            }
            if !back.is_empty() {
                commented = open(old, back.clone());
            }
            if commented && !breaks(&text[seam[1]..], &[]) {
                return true;
            }
            at = end;
        }
        false
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
        sum != [0; 3]
            && seams.iter().all(|seam| parted(text.split_at(*seam), language.line_comment.as_bytes()))
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

impl Base<'_> {
    /// The tree, told what stands at some places, which are between `seams` in another text; `None` where the parser is
    /// given something else besides.
    fn edited(&self, places: &Places, text: &[u8], seams: &[usize]) -> Option<Tree> {
        let put =
            || places.iter().zip(seams.chunks_exact(2)).map(|((to, _), seam)| (to.clone(), seam[0]..seam[1]));
        if !alike(&self.text, text, put()) {
            return None;
        }
        let mut tree = self.tree.clone();
        let edits: Vec<_> = put().map(|(to, put)| self.rows.edit(to, &text[put])).collect();
        edits.iter().rev().for_each(|edit| tree.edit(edit));
        Some(tree)
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
