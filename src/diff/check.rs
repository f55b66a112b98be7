//! No unit, taken back alone, may add a parse error.
//!
//! Units that could are tried by parsing the file without them, incrementally. One that fails is joined with the
//! neighbour that mends it; where the neighbour can go alone and this one cannot, a need is enough.

use std::collections::BTreeSet;
use std::ops::Range;

use tree_sitter::{InputEdit, Parser, Point, Tree};

use crate::syntax::Source;

use super::UnitKind;
use super::pieces::{Aligned, Key};
use super::renames::absorb;
use super::units::Draft;

/// Trials per file; a file with more unsafe units keeps the rest as they are.
const TRIALS: usize = 600;
/// Neighbours tried on each side of a unit that cannot go alone.
const NEAR: usize = 4;

struct Trial<'a> {
    aligned: &'a Aligned,
    parser: Parser,
    /// Errors that either side already has.
    allowed: usize,
    left: usize,
    rows: Vec<usize>,
}

/// Joins units, and adds needs, until each can be taken back alone.
pub(crate) fn keep_grammar(aligned: &Aligned, drafts: Vec<(Key, Draft)>) -> Vec<(Key, Draft)> {
    let (keys, mut drafts): (Vec<Key>, Vec<Draft>) = drafts.into_iter().unzip();
    if drafts.len() < 2 {
        return keys.into_iter().zip(drafts).collect();
    }
    let mut parser = Parser::new();
    if parser.set_language(&aligned.new.language.kinds().grammar).is_err() {
        return keys.into_iter().zip(drafts).collect();
    }
    let count =
        |source: &Source| errors(&source.tree) + (source.language.faults)(&source.tree, &source.bytes);
    let allowed = count(&aligned.old).max(count(&aligned.new));
    let bytes = &aligned.new.bytes;
    let rows =
        std::iter::once(0).chain((0..bytes.len()).filter(|i| bytes[*i] == b'\n').map(|i| i + 1)).collect();
    let mut trial = Trial { aligned, parser, allowed, left: TRIALS, rows };
    let mut index = 0;
    while index < drafts.len() {
        if drafts[index].safe || trial.holds(&drafts, &[index]) {
            index += 1;
            continue;
        }
        let Some(mates) = trial.mates(&drafts, index) else {
            index += 1;
            continue;
        };
        // The first to go alone forces the other; if neither can, they are one.
        if let [mate] = mates[..]
            && trial.holds(&drafts, &[mate])
        {
            drafts[mate].needs.insert(index);
            index += 1;
            continue;
        }
        let into = mates.iter().map(|mate| (*mate, index)).collect();
        let before = mates.iter().filter(|mate| **mate < index).count();
        join_kinds(&mut drafts, index, &mates);
        absorb(&mut drafts, &into);
        index -= before;
    }
    tangles(&mut trial, &mut drafts);
    // Keys of joined units mean nothing any more; nobody reads them after this step.
    drafts.into_iter().map(|draft| (Key::Format(0), draft)).collect()
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

/// Sets tried of the units of one entity, beside neighbours by twos.
const SETS: usize = 8;
/// Entities with more unsafe units than this are not tried by twos.
const FEW: usize = 24;
/// Joins in one entity before all its unsafe units become one.
const ROUNDS: usize = 6;

/// Units that can go alone and not together: a rewrite whose parts only look apart. They become one.
fn tangles(trial: &mut Trial, drafts: &mut Vec<Draft>) {
    let entities: BTreeSet<Vec<String>> = drafts.iter().map(|draft| draft.entity.clone()).collect();
    for entity in entities {
        for round in 0..=ROUNDS {
            let unsafe_here = |draft: &Draft| draft.entity == entity && !draft.safe;
            let members: Vec<usize> =
                (0..drafts.len()).filter(|index| unsafe_here(&drafts[*index])).collect();
            let inner = |index: &&usize| matches!(drafts[**index].kind, UnitKind::Body | UnitKind::Signature);
            if members.len() < 2 || members.iter().find(inner).is_none() {
                break;
            }
            let Some(core) = trial.tangle(drafts, &members) else { break };
            let mut core = if round == ROUNDS { members } else { core };
            let Some(target) = core.pop() else { break };
            join_kinds(drafts, target, &core);
            absorb(drafts, &core.iter().map(|unit| (*unit, target)).collect());
        }
    }
}

/// A joined unit is of its heaviest part's kind and weighs all of them.
fn join_kinds(drafts: &mut [Draft], index: usize, mates: &[usize]) {
    let rank = |draft: &Draft| {
        let light = matches!(draft.kind, UnitKind::Format | UnitKind::Comment);
        (!light, draft.weight)
    };
    let heaviest =
        mates.iter().copied().chain([index]).max_by_key(|unit| rank(&drafts[*unit])).unwrap_or(index);
    let weight = mates.iter().chain([&index]).map(|unit| drafts[*unit].weight).sum();
    let kind = match drafts[heaviest].kind {
        // A part that is only half of a whole is a change inside it.
        UnitKind::Added | UnitKind::Removed
            if mates.iter().chain([&index]).any(|unit| drafts[*unit].kind != drafts[heaviest].kind) =>
        {
            UnitKind::Body
        }
        kind => kind,
    };
    let (role, entity) = (drafts[heaviest].role, drafts[heaviest].entity.clone());
    let unit = &mut drafts[index];
    (unit.kind, unit.role, unit.entity, unit.weight, unit.moved, unit.safe) =
        (kind, role, entity, weight, None, false);
}

impl Trial<'_> {
    fn point(&self, at: usize) -> Point {
        let row = self.rows.partition_point(|start| *start <= at) - 1;
        Point::new(row, at - self.rows[row])
    }

    /// Taking these units back (and what needs them) adds no parse error.
    fn holds(&mut self, drafts: &[Draft], units: &[usize]) -> bool {
        if self.left == 0 {
            return true;
        }
        self.left -= 1;
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
        let mut places: Vec<(Range<usize>, Range<usize>)> = closed
            .iter()
            .flat_map(|unit| drafts[*unit].changes.iter().map(|(_, old, new)| (new.clone(), old.clone())))
            .collect();
        places.sort_by_key(|(new, old)| (new.start, old.start, new.end));
        let (old, new) = (&self.aligned.old.bytes, &self.aligned.new.bytes);
        let mut tree = self.aligned.new.tree.clone();
        for (to, from) in places.iter().rev() {
            let (start, end) = (self.point(to.start), self.point(to.end));
            let text = &old[from.clone()];
            let rows = text.split(|byte| *byte == b'\n').count() - 1;
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
        let Some(tree) = self.parser.parse(&text, Some(&tree)) else { return true };
        let faults = (self.aligned.new.language.faults)(&tree, &text);
        if errors(&tree) + faults <= self.allowed {
            return true;
        }
        if !tree.root_node().has_error() {
            return false;
        }
        // Recovery from errors depends on the way to them: what counts is the tree of the text alone.
        let alone = self.parser.parse(&text, None);
        alone.is_none_or(|tree| errors(&tree) + faults <= self.allowed)
    }

    /// Units that cannot go together, with what mends them; `None` if none was found.
    fn tangle(&mut self, drafts: &[Draft], members: &[usize]) -> Option<Vec<usize>> {
        let mut sets: Vec<Vec<usize>> = Vec::new();
        if members.len() <= FEW {
            sets.extend(members.windows(2).map(<[usize]>::to_vec));
            sets.extend(members.windows(3).map(|three| vec![three[0], three[2]]));
        }
        // A fixed generator: the same input always tries the same sets.
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        for _ in 0..SETS {
            let mut coin = || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                state >> 63 == 1
            };
            sets.push(members.iter().copied().filter(|_| coin()).collect());
        }
        let mut core = sets.into_iter().find(|set| !self.holds(drafts, set))?;
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
    fn mates(&mut self, drafts: &[Draft], index: usize) -> Option<Vec<usize>> {
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
        (self.left > 0).then_some(by_distance)
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
