//! Signs of irrelevance, one file each, and what they share.
//!
//! [`own`] asks the signs that a unit shows by itself, [`placed`] those that depend on where the anchors are. Each rule
//! checks the statement itself, since what counts as "named" differs: a file by its path, an item by its name, a comment
//! by the statement's being about comments.

mod comment;
mod debug;
mod demo;
mod docstring;
mod exported;
mod file;
mod format;
mod housekeeping;
mod lockfile;
mod mode;
mod neutral;
mod parens;
mod quotes;
mod scratch;
mod unused;

pub(crate) use file::{collected, referred_to};
pub(crate) use lockfile::{generated, lockfile_alone};
pub(crate) use unused::{private_names, seen_elsewhere};

use super::place::Place;
use super::{Facts, Mark};

/// A sign that does not depend on the place. The first that holds wins; proofs before signs.
pub(crate) fn own(facts: &Facts, unit: usize) -> Option<Mark> {
    const RULES: &[fn(&Facts, usize) -> Option<Mark>] = &[
        mode::find,
        file::unreachable,
        scratch::find,
        housekeeping::find,
        neutral::find,
        parens::find,
        quotes::find,
        docstring::find,
        unused::find,
        exported::find,
        debug::find,
    ];
    RULES.iter().find_map(|rule| rule(facts, unit))
}

/// A sign of a comment or of formatting, away from the anchors.
pub(crate) fn placed(facts: &Facts, unit: usize, place: &Place) -> Option<Mark> {
    match place {
        Place::Beside { .. } => None,
        Place::Away => format::find(facts, unit).or_else(|| comment::find(facts, unit)),
    }
}
