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
    let mut needs = Vec::new();
    for (at, comment) in places.iter().enumerate() {
        if ends(before, comment.old) {
            let follows = |pair: &&[Place]| pair[0].old.end == pair[1].old.start && pair[1].new.is_empty();
            let run = places[at..].windows(2).take_while(follows).count();
            let behind = &places[at + 1..at + 1 + run];
            let shield = behind.iter().skip(1).position(|next| bare(before, next.old));
            needs.extend(shield.map(|shield| (behind[shield].unit, comment.unit)));
        }
        if ends(after, comment.new) && comment.old.is_empty() {
            let follows = |pair: &&[Place]| pair[0].new.end == pair[1].new.start && pair[1].old.is_empty();
            let run = places[at..].windows(2).take_while(follows).count();
            let behind = &places[at + 1..at + 1 + run];
            let rest = behind.last().map(|last| last.new.end..after.bytes.len());
            if behind.iter().skip(1).any(|next| bare(after, next.new))
                || rest.is_some_and(|rest| bare(after, &rest))
            {
                needs.push((comment.unit, behind[0].unit));
            }
        }
    }
    for (unit, need) in needs.into_iter().filter(|(unit, need)| unit != need) {
        drafts[unit].needs.insert(need);
    }
    drafts
}
