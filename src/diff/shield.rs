//! Line comments that come back above a line, or stay above one that goes, and what would run into them without that line.
//!
//! In: units of a file that may each be taken back. Out: the same with needs. Invariant: between a line comment and text
//! behind it a line ends, whichever units were taken back.

use std::ops::Range;

use crate::syntax::Source;

use super::ends::{last_before, line_comment, opening};
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
    // Text behind a line comment that would run into it; `None` where nothing is visible and no line ends.
    let runs_in =
        |source: &Source, text: Range<usize>| opening(&source.bytes[text]).map(|byte| byte != b'\n');
    // The next place comes back right behind this one, or stands there.
    let next = |at: usize| places.get(at + 1).map(|next| (&places[at], next));
    let comes = |at| next(at).is_some_and(|(a, b)| a.old.end == b.old.start && b.new.is_empty());
    let follows = |at| next(at).is_some_and(|(a, b)| a.new.end == b.new.start);
    // The first place of a run, from each on, that would run in; and whether something would where a place went, and
    // where it went or stayed.
    let mut first = vec![None; places.len()];
    let mut gone = vec![false; places.len()];
    let mut either = vec![false; places.len()];
    for at in (0..places.len()).rev() {
        let place = &places[at];
        let [back, stays] = [runs_in(before, place.old.clone()), runs_in(after, place.new.clone())];
        let later = if comes(at) { first[at + 1] } else { None };
        first[at] = if back == Some(true) { Some(at) } else { later };
        let rest = if follows(at) {
            either[at + 1]
        } else {
            runs_in(after, place.new.end..after.bytes.len()).unwrap_or(false)
        };
        gone[at] = back.unwrap_or(rest);
        either[at] = gone[at] || stays.unwrap_or(rest);
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
        if ends(after, comment.new) {
            let mut last = at;
            while follows(last) {
                last += 1;
                if gone[last] {
                    needs.push((comment.unit, places[last].unit));
                }
                if runs_in(after, places[last].new.clone()).is_some() {
                    break;
                }
            }
        }
    }
    needs.extend(first_line(aligned, &places));
    for (unit, need) in needs.into_iter().filter(|(unit, need)| unit != need) {
        drafts[unit].needs.insert(need);
    }
    drafts
}

/// A line `#!…` that comes or goes begins its file: what stands before it on the other side goes with it.
fn first_line(aligned: &Aligned, places: &[Place]) -> Vec<(usize, usize)> {
    let named = |source: &Source| source.bytes.starts_with(b"#!") && !source.bytes.starts_with(b"#![");
    let begins = |source: &Source, text: &Range<usize>| named(source) && text.start == 0 && !text.is_empty();
    let mut needs = Vec::new();
    for (at, place) in places.iter().enumerate() {
        if begins(&aligned.new, place.new) {
            let back = places[..at].iter().filter(|before| !before.old.is_empty());
            needs.extend(back.map(|before| (place.unit, before.unit)));
        }
        if begins(&aligned.old, place.old) {
            let ahead = places[..at].iter().filter(|before| !before.new.is_empty());
            needs.extend(ahead.map(|before| (before.unit, place.unit)));
        }
    }
    needs
}
