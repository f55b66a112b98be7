//! Another spelling of the same program: consistent renames, order of imports, redundant parentheses.

use std::collections::BTreeSet;
use std::ops::Range;

use super::super::Sign;
use super::super::facts::{Facts, Side, range};
use super::{Found, rename};
use crate::diff::UnitKind;
use crate::syntax::{Source, TokenKind, flag};

/// The first of the rules that holds.
pub fn sign(facts: &Facts, unit: usize) -> Option<Found> {
    if facts.unit(unit).file_level {
        return None;
    }
    match facts.kind(unit) {
        UnitKind::Rename => rename::whole(facts, unit).or_else(|| rename::shadow(facts, unit)),
        UnitKind::Import => imports(facts, unit),
        UnitKind::Body | UnitKind::Signature => {
            rename::shadow(facts, unit).or_else(|| parentheses(facts, unit))
        }
        _ => None,
    }
}

type Path = (Vec<String>, Option<String>, bool, Vec<String>);

/// Import declarations (byte range, path) of a file; `None` in place of a path where order or attributes may matter.
fn declared(source: &Source) -> Vec<(Range<usize>, Option<Path>)> {
    let all = source.imports().into_iter().map(|import| {
        let node = source.leaf_at(import.range.start);
        let plain = node.is_some_and(|leaf| {
            let declaration = source.ancestors(leaf).find(|node| source.nodes[*node].is(flag::IMPORT));
            declaration.is_some_and(|node| source.grouped(node) == node)
        });
        let entity = source.entity_at(import.range.start);
        let path =
            (plain && !import.is_mod_decl).then_some((import.path, import.alias, import.public, entity));
        (import.range, path)
    });
    all.collect()
}

/// Imports in another order, or another grouping: each path of a touched declaration is imported on both sides.
fn imports(facts: &Facts, unit: usize) -> Option<Found> {
    let changes = &facts.unit(unit).changes;
    let file = changes.first()?.file;
    let (old, new) = (declared(facts.source(file, Side::Old)?), declared(facts.source(file, Side::New)?));
    let touched = |side: Side, all: &[(Range<usize>, Option<Path>)]| -> Option<BTreeSet<Path>> {
        let mut paths = BTreeSet::new();
        for change in changes {
            let Some(place) = facts.trimmed(change, side) else { continue };
            let here = all.iter().filter(|(range, _)| range.start < place.end && place.start < range.end);
            for (_, path) in here {
                paths.insert(path.clone()?);
            }
        }
        Some(paths)
    };
    let set = |all: &[(Range<usize>, Option<Path>)]| -> BTreeSet<Path> {
        all.iter().filter_map(|(_, path)| path.clone()).collect()
    };
    let (gone, came) = (touched(Side::Old, &old)?, touched(Side::New, &new)?);
    let nothing = gone.is_empty() && came.is_empty();
    if nothing || !gone.is_subset(&set(&new)) || !came.is_subset(&set(&old)) {
        return None;
    }
    Some(
        Found::proven(
            Sign::Neutral,
            "the file imports the same paths before and after, in another order or grouping",
        )
        .firm(),
    )
}

/// Parentheses around what needs none: the trees are equal without them.
fn parentheses(facts: &Facts, unit: usize) -> Option<Found> {
    let only = |side: Side| facts.words_of(unit, side).iter().all(|word| word == b"(" || word == b")");
    if !only(Side::Old) || !only(Side::New) {
        return None;
    }
    for change in &facts.unit(unit).changes {
        let statement = |side: Side| {
            let source = facts.source(change.file, side)?;
            let place = range(change, side);
            let byte = facts.trimmed(change, side).map_or(place.end, |text| text.start);
            let node = source.statement_of(source.leaf_at(byte)?);
            (node != 0).then(|| shape(source, node))
        };
        if statement(Side::Old)? != statement(Side::New)? {
            return None;
        }
    }
    Some(Found::proven(Sign::Neutral, "only redundant parentheses differ: the trees are equal without them"))
}

/// Kinds and texts below a node, parenthesised expressions replaced by what they hold.
fn shape(source: &Source, node: usize) -> String {
    let mut text = String::new();
    let mut open: Vec<(usize, bool)> = vec![(node, false)];
    while let Some((node, close)) = open.pop() {
        if close {
            text.push(')');
            continue;
        }
        let here = &source.nodes[node];
        let kind = source.kind_name(node);
        if here.is(flag::COMMENT) {
            continue;
        }
        if here.end as usize == node + 1 {
            let token = source.tokens.get(here.first as usize);
            if token.is_some_and(|token| token.kind != TokenKind::Comment) {
                text.push_str(&source.node_text(node));
                text.push(' ');
            }
            continue;
        }
        let children: Vec<usize> = source.children(node).collect();
        if kind == "parenthesized_expression" {
            open.extend(
                children
                    .into_iter()
                    .rev()
                    .filter(|child| source.nodes[*child].is(flag::NAMED))
                    .map(|c| (c, false)),
            );
            continue;
        }
        text.push('(');
        text.push_str(kind);
        text.push(' ');
        open.push((node, true));
        open.extend(children.into_iter().rev().map(|child| (child, false)));
    }
    text
}
