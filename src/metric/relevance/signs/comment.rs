//! A comment away from the change.
//!
//! Supporting is a comment inside, directly above, directly below or at the line end of an anchor's statement, the
//! documentation of an item that an anchor changes, and a comment that went with such a one.

use std::collections::BTreeSet;
use std::ops::Range;

use super::super::Sign;
use super::super::anchors::{Anchors, statement_around};
use super::super::facts::{Facts, Side};
use super::super::mentions::words;
use super::{Found, Placed};
use crate::diff::{Change, Role, UnitKind};
use crate::syntax::{Source, flag};

/// Words by which a statement asks for comments.
const ASKED: &[&str] = &[
    "doc",
    "docs",
    "document",
    "documents",
    "documented",
    "documentation",
    "rustdoc",
    "comment",
    "comments",
    "typo",
    "typos",
    "docstring",
    "docstrings",
    "spelling",
];

/// The sign, or the anchor that the comment belongs to.
pub fn place(facts: &Facts, anchors: &Anchors, unit: usize) -> Placed {
    let here = facts.unit(unit);
    if let Some(why) = near(facts, anchors, unit) {
        return Placed::Near(why);
    }
    for other in moved_with(facts, unit) {
        if near(facts, anchors, other).is_some() {
            return Placed::Near("the same comment stands at changed code on the other side".to_owned());
        }
    }
    if let Some(name) = follows(facts, anchors, unit) {
        return Placed::Near(format!("a comment that follows the change of `{name}`"));
    }
    let item = here.entity.last().and_then(|entity| entity.rsplit(' ').next()).unwrap_or_default();
    let documents = here.changes.iter().any(|change| is_documentation(facts, change));
    let named = facts.states(item) && item.len() > 2;
    if (named && documents) || facts.states_any(ASKED) || facts.names_file(facts.path(unit)) {
        return Placed::Open;
    }
    if anchors.is_empty() && !facts.has_statement() {
        return Placed::Open;
    }
    if here.role == Role::Test
        || (documents && inner(facts, unit) && here.changes.iter().any(|c| anchors.any_in(c.file)))
    {
        return Placed::Open;
    }
    let place = if item.is_empty() { facts.path(unit).to_owned() } else { here.entity.join(", ") };
    Placed::Sign(
        Found::strong(
            Sign::Comment,
            format!("a comment in `{place}`, at no statement that the patch changes"),
        )
        .firm(),
    )
}

fn near(facts: &Facts, anchors: &Anchors, unit: usize) -> Option<String> {
    for change in &facts.unit(unit).changes {
        for side in [Side::New, Side::Old] {
            let Some(bytes) = facts.trimmed(change, side) else { continue };
            let lines = facts.lines(change.file, side, &bytes);
            if anchors.near(change.file, side, lines, 1).is_some() {
                return Some(format!("a comment at changed lines of `{}`", facts.path(unit)));
            }
            let Some(source) = facts.source(change.file, side) else { continue };
            if let Some(statement) = statement_around(source, bytes.start)
                && anchors.on(change.file, side, statement).is_some()
                && !source.nodes[source.ungrouped(statement)].is(flag::ITEM)
            {
                return Some("a comment inside a changed statement".to_owned());
            }
            let Some(leaf) = source.leaf_at(bytes.start) else { continue };
            let item = source.described(leaf);
            if item != leaf && anchors.inside(change.file, side, &source.range(item)).is_some() {
                return Some("documentation of an item that the patch changes".to_owned());
            }
            if let Some(next) = next_statement(source, leaf)
                && heads(facts, anchors, change, side, &source.range(next), lines.1)
            {
                return Some("a heading of what the patch adds or takes away".to_owned());
            }
            if let Some(next) = next_statement(source, leaf)
                && facts.lines(change.file, side, &source.range(next)).0 == lines.1 + 1
                && !source.nodes[source.ungrouped(next)].is(flag::ITEM)
                && anchors.inside(change.file, side, &source.range(next)).is_some()
            {
                return Some("a comment directly above a changed statement".to_owned());
            }
        }
    }
    None
}

/// The comment came or went together with the whole element behind it, a blank line between them at most.
fn heads(
    facts: &Facts,
    anchors: &Anchors,
    change: &Change,
    side: Side,
    next: &Range<usize>,
    last: usize,
) -> bool {
    let other = if side == Side::New { Side::Old } else { Side::New };
    let alone = facts.trimmed(change, other).is_none();
    alone && facts.lines(change.file, side, next).0 <= last + 2 && anchors.covers(change.file, side, next)
}

/// A word of a changed comment that came or went, and that an anchor defines, changes or drops.
fn follows(facts: &Facts, anchors: &Anchors, unit: usize) -> Option<String> {
    let words = |side: Side| -> BTreeSet<String> {
        let texts = facts.unit(unit).changes.iter().map(|change| facts.text(change, side));
        let found =
            texts.flat_map(|text| words(text).map(|(_, word)| String::from_utf8_lossy(word).into_owned()));
        found.collect()
    };
    let (old, new) = (words(Side::Old), words(Side::New));
    if old.is_empty() || new.is_empty() {
        return None;
    }
    let mut changed = old.symmetric_difference(&new).filter(|word| word.len() > 2);
    changed.find(|word| anchors.units().any(|anchor| facts.unit(anchor).defines.contains(word))).cloned()
}

/// The node behind a comment and the comments that follow it.
fn next_statement(source: &Source, leaf: usize) -> Option<usize> {
    let parent = source.parent(leaf)?;
    let end = source.nodes[parent].end as usize;
    let mut next = source.nodes[leaf].end as usize;
    while next < end && source.nodes[next].is(flag::COMMENT) {
        next = source.nodes[next].end as usize;
    }
    (next < end && source.nodes[next].is(flag::NAMED)).then_some(next)
}

fn is_documentation(facts: &Facts, change: &Change) -> bool {
    [Side::New, Side::Old].into_iter().any(|side| {
        let text = facts.text(change, side).trim_ascii();
        ["///", "//!", "/**", "/*!"].iter().any(|start| text.starts_with(start.as_bytes()))
    })
}

/// Documentation of what it stands in.
fn inner(facts: &Facts, unit: usize) -> bool {
    facts.unit(unit).changes.iter().any(|change| {
        [Side::New, Side::Old].into_iter().any(|side| {
            let text = facts.text(change, side).trim_ascii();
            text.starts_with(b"//!") || text.starts_with(b"/*!")
        })
    })
}

/// Comments with equal words on the other side of the diff.
fn moved_with(facts: &Facts, unit: usize) -> Vec<usize> {
    let words = |unit: usize, side: Side| -> Vec<u8> {
        let changes = &facts.unit(unit).changes;
        let text: Vec<&[u8]> = changes.iter().map(|change| facts.text(change, side)).collect();
        text.concat().into_iter().filter(|byte| !byte.is_ascii_whitespace()).collect()
    };
    let (old, new) = (words(unit, Side::Old), words(unit, Side::New));
    (0..facts.diff().units.len())
        .filter(|other| *other != unit && facts.kind(*other) == UnitKind::Comment)
        .filter(|other| {
            (!old.is_empty() && words(*other, Side::New) == old)
                || (!new.is_empty() && words(*other, Side::Old) == new)
        })
        .collect()
}
