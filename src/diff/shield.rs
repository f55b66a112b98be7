//! Line comments that come back above a line, or stay above one that goes, and what would run into them without that line.
//!
//! In: units of a file that may each be taken back. Out: the same with needs. Invariant: between a line comment and text
//! behind it a line ends, whichever units were taken back.

use std::ops::Range;

use crate::syntax::Source;

use super::ends::{breaks, last_before, line_comment};
use super::pieces::Aligned;
use super::units::Draft;

/// A place of a unit: what is taken back, what comes or goes there, and the unit.
struct Place<'a> {
    new: &'a Range<usize>,
    old: &'a Range<usize>,
    unit: usize,
}

/// Adds needs: a line comment comes back with what stood between it and text that does not begin a line, and goes with
/// it.
pub(super) fn shielded(aligned: &Aligned, mut drafts: Vec<Draft>) -> Vec<Draft> {
    let (before, after) = (&aligned.old, &aligned.new);
    let mut places: Vec<Place> = Vec::new();
    for (unit, draft) in drafts.iter().enumerate() {
        places.extend(draft.changes.iter().map(|(_, old, new)| Place { new, old, unit }));
    }
    places.sort_by_key(|place| (place.new.start, place.old.start, place.new.end));
    let ends = |source: &Source, text: &Range<usize>| {
        let last = last_before(source, text.end);
        last.is_some_and(|token| {
            source.tokens[token].start as usize >= text.start && line_comment(source, token)
        })
    };
    let bare = |source: &Source, text: &Range<usize>| !breaks(&source.bytes[text.clone()], &[]);
    // The next place comes back, or goes, right behind this one.
    let next = |at: usize| places.get(at + 1).map(|next| (&places[at], next));
    let comes = |at| next(at).is_some_and(|(a, b)| a.old.end == b.old.start && b.new.is_empty());
    let goes = |at| next(at).is_some_and(|(a, b)| a.new.end == b.new.start && b.old.is_empty());
    // The first place of a run, from each on, that does not begin a line; and whether there is text like that behind each.
    let mut first = vec![None; places.len()];
    let mut behind = vec![false; places.len()];
    for at in (0..places.len()).rev() {
        let place = &places[at];
        let later = if comes(at) { first[at + 1] } else { None };
        first[at] = if bare(before, place.old) { Some(at) } else { later };
        behind[at] = if goes(at) {
            bare(after, places[at + 1].new) || behind[at + 1]
        } else {
            bare(after, &(place.new.end..after.bytes.len()))
        };
    }
    let mut needs = Vec::new();
    for (at, comment) in places.iter().enumerate() {
        if ends(before, comment.old)
            && comes(at)
            && comes(at + 1)
            && let Some(bare) = first[at + 2]
        {
            needs.push((places[bare - 1].unit, comment.unit));
        }
        if ends(after, comment.new) && comment.old.is_empty() && goes(at) && behind[at + 1] {
            needs.push((comment.unit, places[at + 1].unit));
        }
    }
    for (unit, need) in needs.into_iter().filter(|(unit, need)| unit != need) {
        drafts[unit].needs.insert(need);
    }
    drafts
}
