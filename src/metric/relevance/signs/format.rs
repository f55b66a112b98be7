//! White space and optional punctuation: the token stream is the same.
//!
//! Not where an anchor forced it: on an anchor's own lines or statement, or between the places of an anchor that wrapped
//! or unwrapped a block.

use super::super::Sign;
use super::super::anchors::{Anchors, statement_around};
use super::super::facts::{Facts, Side, range};
use super::{Found, Placed};

/// The sign, or the anchor that forced the white space.
pub fn place(facts: &Facts, anchors: &Anchors, unit: usize) -> Placed {
    if facts.states_any(&["rustfmt", "reformat", "whitespace", "indentation"]) {
        return Placed::Open;
    }
    for change in &facts.unit(unit).changes {
        for side in [Side::Old, Side::New] {
            let place = range(change, side);
            let near = |why: &str| Placed::Near(format!("{why} `{}`", facts.path(unit)));
            if anchors.around(change.file, side, place.end).is_some() {
                return near("white space that a change around it forces in");
            }
            let lines = facts.lines(change.file, side, &place);
            if anchors.near(change.file, side, lines, 0).is_some() {
                return near("white space on or at changed lines of");
            }
            let Some(source) = facts.source(change.file, side) else { continue };
            let own = statement_around(source, place.end);
            let next = source.leaf_at(place.end).map(|leaf| source.statement_of(leaf));
            let touched = [own, next]
                .into_iter()
                .flatten()
                .any(|statement| anchors.on(change.file, side, statement).is_some());
            if touched {
                return near("white space of a changed statement in");
            }
        }
    }
    Placed::Sign(
        Found::proven(
            Sign::Format,
            "the token stream is identical, and no changed statement is on these lines",
        )
        .firm(),
    )
}
