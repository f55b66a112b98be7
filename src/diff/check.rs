//! No unit, taken back alone, may add a parse error.
//!
//! Most units are known to be safe by their place in the trees (see `sound`). The others are tried by parsing the part
//! of the file around them without them: an [`Island`], the smallest run of top-level elements whose ends stand at the
//! same place on both sides. A unit that fails is joined with the neighbour that mends it; where the neighbour can go
//! alone and this one cannot, a need is enough. Trials are paid for in bytes; where the money is out, a unit that is
//! not known to be safe takes in all that changes in the element around it.

use std::ops::Range;

use super::UnitKind;
use super::align::NONE;
use super::ends::{at_any, parted, stands_for};
use super::pieces::{Aligned, Key, start_of};
use super::renames::absorb;
use super::trial::Trial;
use super::units::Draft;

/// Bytes of trials that every file may spend.
const PURSE: usize = 3 << 10;
/// One byte more for so many bytes of both sides.
const SHARE: usize = 10;

/// File, old bytes, new bytes.
type Place = (usize, Range<usize>, Range<usize>);

/// A part of a file that can be parsed on its own, in bytes of both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Island {
    /// Before.
    pub old: Range<usize>,
    /// After.
    pub new: Range<usize>,
}

/// Joins units, and adds needs, until each can be taken back alone.
pub(crate) fn keep_grammar(aligned: &Aligned, drafts: Vec<(Key, Draft)>) -> Vec<Draft> {
    let drafts: Vec<Draft> = drafts.into_iter().map(|(_, draft)| draft).collect();
    if drafts.len() < 2 || drafts.iter().all(|draft| draft.safe) {
        return drafts;
    }
    let cuts = cuts(aligned);
    let groups = groups(&cuts, &drafts);
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
        open |= !settle(aligned, island, &mut local, &mut left) && lost;
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
    done
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
fn groups(cuts: &[(usize, usize)], drafts: &[Draft]) -> Vec<(Range<usize>, Vec<usize>)> {
    let inner = &cuts[1..cuts.len() - 1];
    let spans: Vec<Range<usize>> = drafts
        .iter()
        .map(|draft| {
            let of = |at: (usize, usize)| inner.partition_point(|cut| cut.0 <= at.0 && cut.1 <= at.1);
            let first = draft.changes.iter().map(|(_, old, new)| of((old.start, new.start))).min();
            let last = draft
                .changes
                .iter()
                .map(|(_, old, new)| inner.partition_point(|cut| cut.0 < old.end || cut.1 < new.end));
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
fn settle(aligned: &Aligned, island: Island, drafts: &mut Vec<Draft>, left: &mut usize) -> bool {
    if drafts.len() < 2 && !drafts.iter().any(|draft| touches(aligned, draft)) {
        return true;
    }
    let size = island.new.len() + island.old.len();
    let Some(mut trial) = (size <= *left).then(|| Trial::new(aligned, island, left)).flatten() else {
        collapse(aligned, drafts, None);
        return false;
    };
    // One by one, maybe again, and in sets: what cannot be paid to the end is not begun.
    let doubtful = drafts.iter().filter(|draft| !draft.safe).count();
    let together = sets(drafts).len();
    if trial.cost() * (2 * doubtful + together) > trial.left() {
        collapse(aligned, drafts, Some(trial).filter(|trial| !trial.broken()));
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
        collapse(aligned, drafts, None);
    }
    fit
}

/// Each unit that is not known to be safe takes in all units of the smallest paired element around it: an element goes
/// back to its partner as a whole. Where a few trials say that the safe ones among these need not go with it, they stay.
fn collapse(aligned: &Aligned, drafts: &mut Vec<Draft>, mut trial: Option<Trial>) {
    let mut index = 0;
    while index < drafts.len() {
        if drafts[index].safe {
            index += 1;
            continue;
        }
        let lost = touches(aligned, &drafts[index]);
        let region = (!lost).then(|| holder(aligned, &drafts[index])).flatten();
        // Nothing is known of what has no holder: it goes back with all that is not safe, and what clings to it.
        let homeless = region.is_none() && !lost;
        let rewrite = drafts.iter().filter(|draft| homeless && !draft.safe);
        let places: Vec<&Place> = rewrite.flat_map(|draft| &draft.changes).collect();
        let mut mates: Vec<usize> = (0..drafts.len())
            .filter(|other| *other != index)
            .filter(|other| match &region {
                Some(region) => inside(&drafts[*other], region),
                // Of elements with errors nothing can be said but for all of them.
                None if lost => touches(aligned, &drafts[*other]),
                None => !drafts[*other].safe || clings(aligned, &drafts[*other], &places),
            })
            .collect();
        if trial.as_mut().is_some_and(|trial| apart(trial, drafts, index, &mates)) {
            mates.retain(|mate| !drafts[*mate].safe);
        }
        let before = mates.iter().filter(|mate| **mate < index).count();
        if !mates.is_empty() {
            join_kinds(drafts, index, &mates);
            absorb(drafts, &mates.iter().map(|unit| (*unit, index)).collect());
        }
        index -= before;
        drafts[index].safe = true;
        index += 1;
    }
}

/// A unit meets a region, or lies at it.
fn inside(draft: &Draft, region: &Island) -> bool {
    let meets = |a: &Range<usize>, b: &Range<usize>| a.start < b.end && b.start < a.end;
    let within = |a: &Range<usize>, b: &Range<usize>| b.start <= a.start && a.end <= b.end;
    draft.changes.iter().any(|(_, old, new)| {
        meets(old, &region.old)
            || meets(new, &region.new)
            || (within(old, &region.old) && within(new, &region.new))
    })
}

/// The bytes from the first place of some changes to the last, on both sides.
fn hull<'a>(changes: impl Iterator<Item = &'a Place>) -> Option<Island> {
    changes.map(|(_, old, new)| Island { old: old.clone(), new: new.clone() }).reduce(|all, next| Island {
        old: all.old.start.min(next.old.start)..all.old.end.max(next.old.end),
        new: all.new.start.min(next.new.start)..all.new.end.max(next.new.end),
    })
}

/// A unit lies right beside one of these places, and one of both with the other's old text might be read otherwise.
fn clings(aligned: &Aligned, draft: &Draft, places: &[&Place]) -> bool {
    let (old, new) = (&aligned.old.bytes, &aligned.new.bytes);
    let comment = aligned.new.language.line_comment.as_bytes();
    let seams = |(_, a, b): &Place, (_, p, q): &Place| {
        let back = if p.is_empty() { &new[q.end..] } else { &old[p.start..] };
        parted((&new[..b.end], back), comment) && parted((&old[..a.end], &new[q.start..]), comment)
    };
    let meets = |first: &Place, next: &Place| first.1.end == next.1.start && first.2.end == next.2.start;
    let apart = |a: &Place, b: &Place| !meets(a, b) || seams(a, b);
    draft
        .changes
        .iter()
        .any(|change| places.iter().any(|place| !apart(change, place) || !apart(place, change)))
}

/// A unit lies at or in elements with parse errors.
fn touches(aligned: &Aligned, draft: &Draft) -> bool {
    let [old, new] = &aligned.broken;
    draft.changes.iter().any(|(_, before, after)| at_any(old, before) || at_any(new, after))
}

/// A unit can go with those of its mates that are not safe, alone and with either half of the others.
fn apart(trial: &mut Trial, drafts: &[Draft], index: usize, mates: &[usize]) -> bool {
    let (safe, bound): (Vec<usize>, Vec<usize>) = mates.iter().partition(|mate| drafts[**mate].safe);
    if safe.is_empty() {
        return false;
    }
    let with = |half: usize| -> Vec<usize> {
        let some = safe.iter().skip(half).step_by(2);
        bound.iter().chain(some).copied().chain([index]).collect()
    };
    let alone: Vec<usize> = bound.iter().copied().chain([index]).collect();
    trial.expect(3);
    let holds = [alone, with(0), with(1)].iter().all(|set| trial.holds(drafts, set));
    holds && !trial.spent && !trial.broken()
}

/// Bytes of the smallest pair of elements, each fit for the other's place, that holds all places of a unit.
fn holder(aligned: &Aligned, draft: &Draft) -> Option<Island> {
    let (old, new, partners) = (&aligned.old, &aligned.new, &aligned.partners);
    let Island { old: from, new: to } = hull(draft.changes.iter())?;
    let visible = |bytes: &[u8], range: &Range<usize>| {
        let text = &bytes[range.clone()];
        let head = text.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let tail = text[head..].iter().rev().take_while(|byte| byte.is_ascii_whitespace()).count();
        range.start + head..range.end - tail
    };
    let (from, to) = (visible(&old.bytes, &from), visible(&new.bytes, &to));
    let after = !to.is_empty();
    let (source, at, table) =
        if after { (new, to.start, &partners.new_pair) } else { (old, from.start, &partners.old_pair) };
    let leaf = source.tokens.get(source.token_at(at)?)?.node as usize;
    source.ancestors(leaf).filter(|node| *node != 0).find_map(|node| {
        let mate = table.get(node)?;
        let (p, q) = if after { (mate, node) } else { (node, mate) };
        let (a, b) = (old.range(p), new.range(q));
        let holds = |outer: &Range<usize>, inner: &Range<usize>| {
            inner.is_empty() || (outer.start <= inner.start && inner.end <= outer.end)
        };
        (holds(&a, &from) && holds(&b, &to) && stands_for(old, new, p, q))
            .then_some(Island { old: a, new: b })
    })
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
        let Some(core) = trial.tangle(drafts, &all, sets(drafts)) else { return true };
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

/// Makes one unit of several.
fn join(drafts: &mut Vec<Draft>, mut units: Vec<usize>) {
    let Some(target) = units.pop().filter(|_| !units.is_empty()) else { return };
    join_kinds(drafts, target, &units);
    absorb(drafts, &units.iter().map(|unit| (*unit, target)).collect());
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
