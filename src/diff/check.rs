//! No unit, taken back alone, may add a parse error.
//!
//! Most units are known to be safe by their place in the trees (see `sound`). The others are tried by parsing the part
//! of the file around them without them: an [`Island`], the smallest run of top-level elements whose ends stand at the
//! same place on both sides. A unit that fails is joined with the neighbour that mends it; where the neighbour can go
//! alone and this one cannot, a need is enough. Trials are paid for in bytes; where the money is out, a unit that is
//! not known to be safe takes in all that changes in the element around it.

use std::ops::Range;

use crate::syntax::Source;

use super::UnitKind;
use super::align::NONE;
use super::collapse::{collapse, touches};
use super::ends::said;
use super::pieces::{Aligned, Key, start_of};
use super::renames::absorb;
use super::shield::shielded;
use super::trial::Trial;
use super::units::Draft;

/// Bytes of trials that every file may spend.
const PURSE: usize = 3 << 10;
/// One byte more for so many bytes of both sides.
const SHARE: usize = 10;

/// A part of a file that can be parsed on its own, in bytes of both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Island {
    /// Before.
    pub old: Range<usize>,
    /// After.
    pub new: Range<usize>,
}

/// Places of a unit.
pub(super) fn islands(draft: &Draft) -> impl Iterator<Item = Island> {
    draft.changes.iter().map(|(_, old, new)| Island { old: old.clone(), new: new.clone() })
}

/// Joins units, and adds needs, until each can be taken back alone.
pub(crate) fn keep_grammar(aligned: &Aligned, drafts: Vec<(Key, Draft)>) -> Vec<Draft> {
    let drafts: Vec<Draft> = drafts.into_iter().map(|(_, draft)| draft).collect();
    if drafts.len() < 2 || drafts.iter().all(|draft| draft.safe) {
        return shielded(aligned, drafts);
    }
    let cuts = cuts(aligned);
    let groups = groups(aligned, &cuts, &drafts);
    let mut left = PURSE + (aligned.old.bytes.len() + aligned.new.bytes.len()) / SHARE;
    let mut waiting: Vec<Option<Draft>> = drafts.into_iter().map(Some).collect();
    let mut done: Vec<Draft> = Vec::new();
    let mut open = false;
    for (islands, members) in groups {
        let mut local: Vec<Draft> = members.iter().filter_map(|member| waiting[*member].take()).collect();
        let island = Island {
            old: cuts[islands.start].0..cuts[islands.end].0,
            new: cuts[islands.start].1..cuts[islands.end].1,
        };
        let lost = local.iter().any(|draft| touches(aligned, draft));
        open |= !settle(aligned, &cuts, island, &mut local, &mut left) && lost;
        let offset = done.len();
        done.extend(local.into_iter().map(|mut draft| {
            draft.needs = draft.needs.iter().map(|need| need + offset).collect();
            draft
        }));
    }
    done.extend(waiting.into_iter().flatten());
    if open {
        // How errors are read in one part depends on the others: where not all could be tried, they go back together.
        let lost = (0..done.len()).filter(|unit| touches(aligned, &done[*unit])).collect();
        join(&mut done, lost);
    }
    shielded(aligned, done)
}

/// Places `(old, new)` where islands begin and end: where top-level elements of both sides begin with the same token.
fn cuts(aligned: &Aligned) -> Vec<(usize, usize)> {
    let (old, new) = (&aligned.old, &aligned.new);
    let mut cuts = vec![(0, 0)];
    for child in new.children(0) {
        let node = &new.nodes[child];
        let first = node.first as usize;
        let mate =
            aligned.partners.new.get(first).copied().filter(|mate| *mate != NONE && node.first < node.last);
        let Some(mate) = mate.map(|mate| mate as usize) else { continue };
        let leaf = old.tokens[mate].node as usize;
        let top = old.ancestors(leaf).find(|node| old.nodes[*node].parent == 0);
        let cut = (start_of(old, mate), start_of(new, first));
        if top.is_some_and(|top| old.nodes[top].first as usize == mate) && cuts.last() != Some(&cut) {
            cuts.push(cut);
        }
    }
    cuts.push((old.bytes.len(), new.bytes.len()));
    cuts
}

/// Units by the islands that they lie in, islands joined where a unit that is not safe lies in several.
fn groups(aligned: &Aligned, cuts: &[(usize, usize)], drafts: &[Draft]) -> Vec<(Range<usize>, Vec<usize>)> {
    let inner = &cuts[1..cuts.len() - 1];
    // Where a line break may end a statement, what comes next may be read as a part of it.
    let reach = |source: &Source, end: usize| {
        let token = source.token_at(end).unwrap_or(source.tokens.len());
        start_of(source, said(source, token)) + 1
    };
    let lines = !aligned.new.language.line_ends.is_empty();
    let spans: Vec<Range<usize>> = drafts
        .iter()
        .map(|draft| {
            let of = |at: (usize, usize)| inner.partition_point(|cut| cut.0 <= at.0 && cut.1 <= at.1);
            let first = draft.changes.iter().map(|(_, old, new)| of((old.start, new.start))).min();
            let last = draft.changes.iter().map(|(_, old, new)| {
                let (p, q) = if lines && !draft.safe {
                    (reach(&aligned.old, old.end), reach(&aligned.new, new.end))
                } else {
                    (old.end, new.end)
                };
                inner.partition_point(|cut| cut.0 < p || cut.1 < q)
            });
            let first = first.unwrap_or(0);
            first..last.max().unwrap_or(0).max(first) + 1
        })
        .collect();
    let mut joined: Vec<Range<usize>> = Vec::new();
    let mut unsafe_spans: Vec<&Range<usize>> =
        spans.iter().zip(drafts).filter(|(_, draft)| !draft.safe).map(|(span, _)| span).collect();
    unsafe_spans.sort_by_key(|span| (span.start, span.end));
    for span in unsafe_spans {
        match joined.last_mut() {
            Some(last) if span.start < last.end => last.end = last.end.max(span.end),
            _ => joined.push(span.clone()),
        }
    }
    let mut groups: Vec<(Range<usize>, Vec<usize>)> =
        joined.into_iter().map(|islands| (islands, Vec::new())).collect();
    for (index, span) in spans.iter().enumerate() {
        let at = groups.partition_point(|(islands, _)| islands.end <= span.start);
        if let Some((islands, members)) = groups.get_mut(at)
            && islands.start <= span.start
            && span.end <= islands.end
        {
            members.push(index);
        }
    }
    groups
}

/// Joins units of one island until each can be taken back alone; `false` where that was not tried to the end.
fn settle(
    aligned: &Aligned,
    cuts: &[(usize, usize)],
    island: Island,
    drafts: &mut Vec<Draft>,
    left: &mut usize,
) -> bool {
    if drafts.len() < 2 && !drafts.iter().any(|draft| touches(aligned, draft)) {
        return true;
    }
    let size = island.new.len() + island.old.len();
    let Some(mut trial) = (size <= *left).then(|| Trial::new(aligned, island, left)).flatten() else {
        collapse(aligned, cuts, drafts, None);
        return false;
    };
    // One by one, maybe again, and in sets: what cannot be paid to the end is not begun.
    let doubtful = drafts.iter().filter(|draft| !draft.safe).count();
    let dear = |trials: usize| trial.cost() * trials > trial.left();
    let together = if dear(2 * doubtful) { 0 } else { sets(drafts).len() + seams(drafts).len() };
    if dear(2 * doubtful + together) {
        collapse(aligned, cuts, drafts, Some(trial).filter(|trial| !trial.broken()));
        return false;
    }
    trial.expect(doubtful + together);
    let mut index = 0;
    while index < drafts.len() {
        if drafts[index].safe || trial.holds(drafts, &[index]) {
            index += 1;
            continue;
        }
        if trial.spent {
            break;
        }
        let Some(mates) = trial.mates(drafts, index) else {
            index += 1;
            continue;
        };
        // The first to go alone forces the other; if neither can, they are one.
        if let [mate] = mates[..]
            && trial.holds(drafts, &[mate])
        {
            drafts[mate].needs.insert(index);
            index += 1;
            continue;
        }
        let into = mates.iter().map(|mate| (*mate, index)).collect();
        let before = mates.iter().filter(|mate| **mate < index).count();
        join_kinds(drafts, index, &mates);
        absorb(drafts, &into);
        index -= before;
    }
    // What was tried first may have got needs since, and in a broken file that may be a way into other errors.
    let held = |trial: &mut Trial, drafts: &[Draft]| {
        !trial.broken() || (0..drafts.len()).all(|index| drafts[index].safe || trial.holds(drafts, &[index]))
    };
    let tried = !trial.spent && tangles(&mut trial, drafts) && held(&mut trial, drafts);
    let fit = tried && !trial.spent;
    if !fit {
        collapse(aligned, cuts, drafts, None);
    }
    fit
}

/// More sets than so many units in one file could ask for.
const MOST_SETS: usize = 48;
/// Joins in an island before its elements go back whole.
const ROUNDS: usize = 6;

/// Units that can go alone and not together: a rewrite whose parts only look apart. They become one.
fn tangles(trial: &mut Trial, drafts: &mut Vec<Draft>) -> bool {
    for _ in 0..ROUNDS {
        if trial.spent || drafts.len() < 3 || drafts.iter().all(|draft| draft.safe) {
            return true;
        }
        let all: Vec<usize> = (0..drafts.len()).collect();
        let together = seams(drafts).into_iter().chain(sets(drafts)).collect();
        let Some(core) = trial.tangle(drafts, &all, together) else { return true };
        join(drafts, core);
    }
    false
}

/// Sets of units in which any two of the doubtful, and each of these and each safe one, are once together, and once each
/// without the other. What is safe goes in two halves: of two safe units nothing has to be tried.
///
/// A half or a doubtful unit is in more than half of the sets, and no two are in the same ones (Katona 1973; Kleitman
/// and Spencer 1973, "Families of k-independent sets").
pub(super) fn sets(drafts: &[Draft]) -> Vec<Vec<usize>> {
    let (safe, doubtful): (Vec<usize>, Vec<usize>) = (0..drafts.len()).partition(|unit| drafts[*unit].safe);
    let half = |from: usize| safe.iter().copied().skip(from).step_by(2).collect::<Vec<usize>>();
    let mut columns: Vec<Vec<usize>> = doubtful.into_iter().map(|unit| vec![unit]).collect();
    columns.extend([half(0), half(1)].into_iter().filter(|half| !half.is_empty()));
    // Two together are the old text, and each doubtful one alone is tried besides.
    if columns.len() < 3 {
        return Vec::new();
    }
    let choose =
        |n: usize, k: usize| (0..k).fold(1_usize, |product, i| product.saturating_mul(n - i) / (i + 1));
    let enough = |rows: &usize| choose(*rows, rows / 2 + 1) >= columns.len();
    let rows = (3..MOST_SETS).find(enough).unwrap_or(MOST_SETS);
    let words = (0_u64..).filter(|word| word.count_ones() as usize == rows / 2 + 1);
    let mut sets = vec![Vec::new(); rows];
    for (column, word) in columns.iter().zip(words) {
        let of_column = sets.iter_mut().enumerate().filter(|(row, _)| word >> row & 1 == 1);
        of_column.for_each(|(_, set)| set.extend(column));
    }
    sets
}

/// Doubtful units side by side, one of them around others: what comes back may stand where the other one's block goes. What
/// comes back between them may stay away.
fn seams(drafts: &[Draft]) -> Vec<Vec<usize>> {
    let doubtful: Vec<usize> = (0..drafts.len()).filter(|unit| !drafts[*unit].safe).collect();
    let mut seams = Vec::new();
    for a in &doubtful {
        for b in &doubtful {
            let (around, inside) = (&drafts[*a], &drafts[*b]);
            let beside = |p: &Island, q: &Island| p.old.end <= q.old.start && p.new.end == q.new.start;
            let touch = || islands(around).any(|p| islands(inside).any(|q| beside(&p, &q) || beside(&q, &p)));
            let alone = || inside.changes.len() == 1 && islands(inside).all(|place| place.new.is_empty());
            if around.changes.len() > 1 && alone() && touch() {
                seams.push(vec![*a, *b]);
            }
        }
    }
    seams
}

/// Makes one unit of several.
fn join(drafts: &mut Vec<Draft>, mut units: Vec<usize>) {
    let Some(target) = units.pop().filter(|_| !units.is_empty()) else { return };
    join_kinds(drafts, target, &units);
    absorb(drafts, &units.iter().map(|unit| (*unit, target)).collect());
}

/// A joined unit is of its heaviest part's kind and weighs all of them.
pub(super) fn join_kinds(drafts: &mut [Draft], index: usize, mates: &[usize]) {
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

/// Bytes between two units.
pub(super) fn distance(a: &Draft, b: &Draft) -> usize {
    let span = |draft: &Draft| {
        let starts = draft.changes.iter().map(|(_, _, new)| new.start).min().unwrap_or(0);
        let ends = draft.changes.iter().map(|(_, _, new)| new.end).max().unwrap_or(0);
        (starts, ends)
    };
    let (p, q) = (span(a), span(b));
    q.0.saturating_sub(p.1).max(p.0.saturating_sub(q.1))
}
