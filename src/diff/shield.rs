//! Line comments that come back above a line, and what would run into them without that line.
//!
//! In: units of a file that may each be taken back. Out: the same with needs. Invariant: between a line comment that
//! comes back and text that comes back behind it a line ends.

use std::ops::Range;

use super::ends::{breaks, last_before, line_comment};
use super::pieces::Aligned;
use super::units::Draft;

/// Adds needs: a line comment comes back with what stood between it and text that does not begin a line.
pub(super) fn shielded(aligned: &Aligned, mut drafts: Vec<Draft>) -> Vec<Draft> {
    let old = &aligned.old;
    let mut places: Vec<(&Range<usize>, &Range<usize>, usize)> = Vec::new();
    for (unit, draft) in drafts.iter().enumerate() {
        places.extend(draft.changes.iter().map(|(_, old, new)| (new, old, unit)));
    }
    places.sort_by_key(|(new, old, _)| (new.start, old.start, new.end));
    let mut found = Vec::new();
    for (at, (_, text, comment)) in places.iter().enumerate() {
        let last = last_before(old, text.end).filter(|token| old.tokens[*token].start as usize >= text.start);
        if !last.is_some_and(|token| line_comment(old, token)) {
            continue;
        }
        let follows = |pair: &&[(&Range<usize>, &Range<usize>, usize)]| {
            pair[0].1.end == pair[1].1.start && pair[1].0.is_empty()
        };
        let run = places[at..].windows(2).take_while(follows).count();
        let behind = &places[at + 1..at + 1 + run];
        let bare = behind.iter().skip(1).position(|(_, text, _)| !breaks(&old.bytes[(*text).clone()], &[]));
        found.extend(
            bare.map(|shield| (behind[shield].2, *comment)).filter(|(shield, comment)| shield != comment),
        );
    }
    for (shield, comment) in found {
        drafts[shield].needs.insert(comment);
    }
    drafts
}
