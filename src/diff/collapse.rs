//! What is not known to be safe and cannot be tried goes back with all that changes around it.
//!
//! In: units of an island. Out: fewer units, each safe. Invariant: a unit that was not safe is joined with all units of a
//! region that is as good a text before as after: two elements that stand for each other, or the top-level elements
//! around it.

use std::ops::Range;

use crate::syntax::flag;

use super::check::{Island, join_kinds};
use super::ends::{at_any, stands_for, twin};
use super::pieces::Aligned;
use super::renames::absorb;
use super::trial::Trial;
use super::units::Draft;

/// File, old bytes, new bytes.
pub(super) type Place = (usize, Range<usize>, Range<usize>);

/// Each unit that is not known to be safe takes in all units of the smallest region around it. Where a few trials say that
/// the safe ones among these need not go with it, they stay. `cuts` are places where top-level elements begin on both
/// sides.
pub(super) fn collapse(
    aligned: &Aligned,
    cuts: &[(usize, usize)],
    drafts: &mut Vec<Draft>,
    mut trial: Option<Trial>,
) {
    let mut index = 0;
    while index < drafts.len() {
        if drafts[index].safe {
            index += 1;
            continue;
        }
        // Of elements with errors nothing can be said but for all of them.
        if touches(aligned, &drafts[index]) {
            let all = (0..drafts.len()).filter(|other| touches(aligned, &drafts[*other])).collect();
            index = take_in(drafts, index, all);
        } else {
            index = widen(aligned, cuts, drafts, index, trial.as_mut());
        }
        drafts[index].safe = true;
        index += 1;
    }
}

/// Joins a unit with those of its region, and of the region of what is not safe among them; its number afterwards.
fn widen(
    aligned: &Aligned,
    cuts: &[(usize, usize)],
    drafts: &mut Vec<Draft>,
    mut index: usize,
    mut trial: Option<&mut Trial>,
) -> usize {
    let mut core = drafts[index].changes.clone();
    while let Some(hull) = hull(core.iter()) {
        let region = holder(aligned, &hull).unwrap_or_else(|| between(cuts, &hull));
        let mut mates: Vec<usize> =
            (0..drafts.len()).filter(|other| *other != index && inside(&drafts[*other], &region)).collect();
        if trial.as_mut().is_some_and(|trial| apart(trial, drafts, index, &mates)) {
            mates.retain(|mate| !drafts[*mate].safe);
        }
        // What goes along for its own sake has to be sound where it stands besides.
        let loose = mates.iter().filter(|mate| !drafts[**mate].safe);
        let more: Vec<Place> = loose.flat_map(|mate| drafts[*mate].changes.clone()).collect();
        let wide = more.iter().any(|place| !within(place, &region));
        index = take_in(drafts, index, mates);
        if !wide {
            break;
        }
        core.extend(more);
    }
    index
}

/// Makes one unit of a unit and others; its number afterwards.
fn take_in(drafts: &mut Vec<Draft>, index: usize, mut mates: Vec<usize>) -> usize {
    mates.retain(|mate| *mate != index);
    if mates.is_empty() {
        return index;
    }
    let before = mates.iter().filter(|mate| **mate < index).count();
    join_kinds(drafts, index, &mates);
    absorb(drafts, &mates.iter().map(|mate| (*mate, index)).collect());
    index - before
}

/// A place lies in a region, or at its ends.
fn within((_, old, new): &Place, region: &Island) -> bool {
    let within = |a: &Range<usize>, b: &Range<usize>| b.start <= a.start && a.end <= b.end;
    within(old, &region.old) && within(new, &region.new)
}

/// A unit meets a region, or lies at it.
fn inside(draft: &Draft, region: &Island) -> bool {
    let meets = |a: &Range<usize>, b: &Range<usize>| a.start < b.end && b.start < a.end;
    let meets = |(_, old, new): &Place| meets(old, &region.old) || meets(new, &region.new);
    draft.changes.iter().any(|place| meets(place) || within(place, region))
}

/// The bytes from the first place of some changes to the last, on both sides.
fn hull<'a>(changes: impl Iterator<Item = &'a Place>) -> Option<Island> {
    changes.map(|(_, old, new)| Island { old: old.clone(), new: new.clone() }).reduce(|all, next| Island {
        old: all.old.start.min(next.old.start)..all.old.end.max(next.old.end),
        new: all.new.start.min(next.new.start)..all.new.end.max(next.new.end),
    })
}

/// The smallest run of top-level elements that holds some places.
fn between(cuts: &[(usize, usize)], hull: &Island) -> Island {
    let before = |cut: &&(usize, usize)| cut.0 <= hull.old.start && cut.1 <= hull.new.start;
    let behind = |cut: &&(usize, usize)| cut.0 >= hull.old.end && cut.1 >= hull.new.end;
    let from = cuts.iter().rev().find(before).copied().unwrap_or((0, 0));
    let to = cuts.iter().find(behind).copied().unwrap_or((hull.old.end, hull.new.end));
    Island { old: from.0..to.0, new: from.1..to.1 }
}

/// A unit lies at or in elements with parse errors.
pub(super) fn touches(aligned: &Aligned, draft: &Draft) -> bool {
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

/// Bytes of the smallest pair of elements, each fit for the other's place, that holds some places.
fn holder(aligned: &Aligned, hull: &Island) -> Option<Island> {
    let (old, new, partners) = (&aligned.old, &aligned.new, &aligned.partners);
    let visible = |bytes: &[u8], range: &Range<usize>| {
        let text = &bytes[range.clone()];
        let head = text.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let tail = text[head..].iter().rev().take_while(|byte| byte.is_ascii_whitespace()).count();
        range.start + head..range.end - tail
    };
    let (from, to) = (visible(&old.bytes, &hull.old), visible(&new.bytes, &hull.new));
    let after = !to.is_empty();
    let (source, at, table) =
        if after { (new, to.start, &partners.new_pair) } else { (old, from.start, &partners.old_pair) };
    let (other, kept) = if after { (old, &partners.new) } else { (new, &partners.old) };
    let leaf = source.tokens.get(source.token_at(at)?)?.node as usize;
    source.ancestors(leaf).filter(|node| *node != 0).find_map(|node| {
        let element = source.nodes[node].is(flag::ELEMENT);
        let mate = table.get(node).or_else(|| twin((source, node), other, kept).filter(|_| element))?;
        let (p, q) = if after { (mate, node) } else { (node, mate) };
        let (a, b) = (old.range(p), new.range(q));
        let holds = |outer: &Range<usize>, inner: &Range<usize>| {
            inner.is_empty() || (outer.start <= inner.start && inner.end <= outer.end)
        };
        (holds(&a, &from) && holds(&b, &to) && stands_for(old, new, p, q))
            .then_some(Island { old: a, new: b })
    })
}
