//! What is not known to be safe and cannot be tried goes back with all that changes around it.
//!
//! In: units of an island. Out: fewer units, each safe. Invariant: a unit that was not safe is joined with all units of a
//! region that is as good a text before as after: two elements that stand for each other, or the top-level elements
//! around it.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::syntax::flag;

use super::check::{Island, islands, join_kinds};
use super::ends::{at_any, stands_for, twin};
use super::pieces::Aligned;
use super::renames::absorb;
use super::trial::Trial;
use super::units::Draft;

/// Each unit that is not known to be safe takes in all units of the smallest region around it. Where a few trials say that
/// the safe ones among these need not go with it, they stay. `cuts` are places where top-level elements begin on both
/// sides.
pub(super) fn collapse(
    aligned: &Aligned,
    cuts: &[(usize, usize)],
    drafts: &mut Vec<Draft>,
    mut trial: Option<Trial>,
) {
    let lost: Vec<usize> = (0..drafts.len()).filter(|unit| touches(aligned, &drafts[*unit])).collect();
    let mut groups = Groups::new(drafts);
    for unit in 0..drafts.len() {
        if groups.is_safe(unit) {
            continue;
        }
        // Of elements with errors nothing can be said but for all of them.
        if lost.binary_search(&unit).is_ok() {
            for other in &lost {
                groups.join(unit, *other);
            }
        } else {
            widen(aligned, cuts, drafts, &mut groups, unit, trial.as_mut());
        }
        groups.settle(unit);
    }
    groups.apply(drafts);
}

/// Joins a unit with those of its region, and of the region of what is not safe among them.
fn widen(
    aligned: &Aligned,
    cuts: &[(usize, usize)],
    drafts: &[Draft],
    groups: &mut Groups,
    unit: usize,
    mut trial: Option<&mut Trial>,
) {
    let mut core: Vec<Island> = islands(&drafts[unit]).collect();
    while let Some(hull) = hull(&core) {
        let region = holder(aligned, &hull).unwrap_or_else(|| between(cuts, &hull));
        let mut mates = groups.inside(&region);
        mates.retain(|mate| *mate != groups.of[unit]);
        if trial.as_mut().is_some_and(|trial| apart(trial, drafts, groups, unit, &mates)) {
            mates.retain(|mate| !groups.is_known(drafts, *mate));
        }
        // What goes along for its own sake has to be sound where it stands besides.
        let loose = mates.iter().filter(|mate| !groups.safe[**mate]).flat_map(|mate| &groups.members[*mate]);
        let more: Vec<Island> = loose.flat_map(|mate| islands(&drafts[*mate])).collect();
        let wide = more.iter().any(|place| !within(place, &region));
        for mate in &mates {
            groups.join(unit, *mate);
        }
        if !wide {
            break;
        }
        core.extend(more);
    }
}

/// Which units go together.
struct Groups {
    /// A group of each unit, by one of its members.
    of: Vec<usize>,
    /// Members by group.
    members: Vec<Vec<usize>>,
    /// Groups that can go alone.
    safe: Vec<bool>,
    /// Places of all units in order, and their units.
    places: Vec<(Island, usize)>,
    /// Groups joined around a unit, by the unit.
    settled: Vec<usize>,
}

impl Groups {
    /// Each unit for itself.
    fn new(drafts: &[Draft]) -> Self {
        let mut places: Vec<(Island, usize)> = Vec::new();
        for (unit, draft) in drafts.iter().enumerate() {
            places.extend(islands(draft).map(|place| (place, unit)));
        }
        places.sort_by_key(|(place, _)| (place.new.start, place.old.start, place.new.end, place.old.end));
        Self {
            of: (0..drafts.len()).collect(),
            members: (0..drafts.len()).map(|unit| vec![unit]).collect(),
            safe: drafts.iter().map(|draft| draft.safe).collect(),
            places,
            settled: Vec::new(),
        }
    }

    fn is_safe(&self, unit: usize) -> bool {
        self.safe[self.of[unit]]
    }

    /// Each of a group is safe by its place. What only trials say can go alone says nothing of it beside others.
    fn is_known(&self, drafts: &[Draft], group: usize) -> bool {
        self.members[group].iter().all(|member| drafts[*member].safe)
    }

    /// Makes one group of those of two units; it is that of the first.
    fn join(&mut self, unit: usize, other: usize) {
        let (into, from) = (self.of[unit], self.of[other]);
        if into != from {
            let moved = std::mem::take(&mut self.members[from]);
            for member in &moved {
                self.of[*member] = into;
            }
            self.members[into].extend(moved);
        }
    }

    /// The group of a unit is one that can go alone.
    fn settle(&mut self, unit: usize) {
        self.safe[self.of[unit]] = true;
        self.settled.push(unit);
    }

    /// Groups that meet a region, or lie at it. Places are in order on both sides, so that these are in one run.
    fn inside(&self, region: &Island) -> Vec<usize> {
        let before = |place: &Island| place.new.end < region.new.start && place.old.end < region.old.start;
        let from = self.places.partition_point(|(place, _)| before(place));
        let behind = |place: &Island| place.new.start > region.new.end && place.old.start > region.old.end;
        let meets = |a: &Range<usize>, b: &Range<usize>| a.start < b.end && b.start < a.end;
        let run = self.places[from..].iter().take_while(|(place, _)| !behind(place));
        let found = run.filter(|(place, _)| {
            meets(&place.old, &region.old) || meets(&place.new, &region.new) || within(place, region)
        });
        let mut groups: Vec<usize> = found.map(|(_, unit)| self.of[*unit]).collect();
        groups.sort_unstable();
        groups.dedup();
        groups
    }

    /// Makes one unit of each group.
    fn apply(self, drafts: &mut Vec<Draft>) {
        let mut into = BTreeMap::new();
        for unit in self.settled {
            // Of units around which one group was joined, the first one stands for it.
            if into.contains_key(&unit) {
                continue;
            }
            let mates: Vec<usize> =
                self.members[self.of[unit]].iter().copied().filter(|mate| *mate != unit).collect();

            if !mates.is_empty() {
                join_kinds(drafts, unit, &mates);
                into.extend(mates.into_iter().map(|mate| (mate, unit)));
            }
            drafts[unit].safe = true;
        }
        absorb(drafts, &into);
    }
}

/// A place lies in a region, or at its ends.
fn within(place: &Island, region: &Island) -> bool {
    let within = |a: &Range<usize>, b: &Range<usize>| b.start <= a.start && a.end <= b.end;
    within(&place.old, &region.old) && within(&place.new, &region.new)
}

/// The bytes from the first of some places to the last, on both sides.
fn hull(places: &[Island]) -> Option<Island> {
    let join = |a: Range<usize>, b: Range<usize>| a.start.min(b.start)..a.end.max(b.end);
    places
        .iter()
        .cloned()
        .reduce(|all, next| Island { old: join(all.old, next.old), new: join(all.new, next.new) })
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

/// A unit can go with those of its mates that are not known to be safe, alone and with either half of the others.
fn apart(trial: &mut Trial, drafts: &[Draft], groups: &Groups, unit: usize, mates: &[usize]) -> bool {
    let (safe, bound): (Vec<usize>, Vec<usize>) =
        mates.iter().partition(|mate| groups.is_known(drafts, **mate));
    if safe.is_empty() {
        return false;
    }
    let alone = || bound.iter().chain([&groups.of[unit]]).flat_map(|group| groups.members[*group].clone());
    let with = |half: usize| -> Vec<usize> {
        let some = safe.iter().skip(half).step_by(2).flat_map(|group| groups.members[*group].clone());
        alone().chain(some).collect()
    };
    trial.expect(3);
    let holds = [alone().collect(), with(0), with(1)].iter().all(|set| trial.holds(drafts, set));
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
