//! Renames that change no meaning: the same program after every name is put back.
//!
//! [`whole`] judges what the diff itself claims as a rename. [`shadow`] takes up single places that the diff leaves
//! apart because the old name goes on living elsewhere in the function.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::super::Sign;
use super::super::facts::{Facts, Side};
use super::Found;
use crate::syntax::{Definition, DefinitionKind, Source, flag};

/// A rename of a local, or of a private item in one file. The diff claims renames only where all uses went along.
pub fn whole(facts: &Facts, unit: usize) -> Option<Found> {
    let changes = &facts.unit(unit).changes;
    let file = changes.first()?.file;
    if changes.iter().any(|change| change.file != file) {
        return None;
    }
    let source = facts.source(file, Side::New)?;
    let places: Vec<Range<usize>> =
        changes.iter().filter_map(|change| facts.trimmed(change, Side::New)).collect();
    let definition = definition(source, &places)?;
    let from = changes.iter().find_map(|change| {
        let text = facts.trimmed(change, Side::Old)?;
        Some(String::from_utf8_lossy(&facts.bytes(file, Side::Old)[text]).into_owned())
    })?;
    let to = &definition.name;
    let named = |name: &str| facts.states(name) && name.len() > 2;
    if named(&from) || named(to) {
        return None;
    }
    let local = matches!(definition.kind, DefinitionKind::Local | DefinitionKind::Parameter);
    if !local {
        let by_name = matches!(
            definition.kind,
            DefinitionKind::Function
                | DefinitionKind::Method
                | DefinitionKind::Type
                | DefinitionKind::Constant
        );
        let names = BTreeSet::from([from.clone(), to.clone()]);
        let texts = facts.texts();
        let elsewhere =
            texts.words(&names).into_values().flatten().any(|m| texts.files()[m.text].file != Some(file));
        if definition.exported || definition.has_attributes || !by_name || elsewhere {
            return None;
        }
    }
    let what = if local { "local" } else { "private" };
    let count = places.len();
    Some(Found::proven(
        Sign::Neutral,
        format!("{what} name `{from}` became `{to}` in all its {count} places, and nothing else"),
    ))
}

fn definition(source: &Source, places: &[Range<usize>]) -> Option<Definition> {
    source.definitions().into_iter().find(|definition| {
        places
            .iter()
            .any(|place| place.start <= definition.name_range.start && definition.name_range.end <= place.end)
    })
}

/// A unit made of names for names, each of a `let` or parameter whose every use went along.
pub fn shadow(facts: &Facts, unit: usize) -> Option<Found> {
    let changes = &facts.unit(unit).changes;
    let file = changes.first()?.file;
    let mut pairs = BTreeSet::new();
    for change in changes {
        let (old, new) = (facts.tokens(change, Side::Old), facts.tokens(change, Side::New));
        if change.file != file || old.len() != 1 || new.len() != 1 {
            return None;
        }
        pairs.insert((
            identifier(facts, file, Side::Old, old.start)?,
            identifier(facts, file, Side::New, new.start)?,
        ));
    }
    let new = facts.source(file, Side::New)?;
    let old = facts.source(file, Side::Old)?;
    let functions = (
        function(old, facts.tokens(&changes[0], Side::Old).start),
        function(new, facts.tokens(&changes[0], Side::New).start),
    );
    let (before, after) = (functions.0?, functions.1?);
    let inside = |change: &crate::diff::Change| {
        new.nodes[after].tokens().contains(&facts.tokens(change, Side::New).start)
            && old.nodes[before].tokens().contains(&facts.tokens(change, Side::Old).start)
    };
    if !changes.iter().all(inside) {
        return None;
    }
    // New token → old name, for all single names that this file's changes replace.
    let mut replaced: BTreeMap<usize, String> = BTreeMap::new();
    for change in
        facts.diff().units.iter().flat_map(|unit| &unit.changes).filter(|change| change.file == file)
    {
        let (a, b) = (facts.tokens(change, Side::Old), facts.tokens(change, Side::New));
        if a.len() == 1 && b.len() == 1 {
            replaced.extend(identifier(facts, file, Side::Old, a.start).map(|name| (b.start, name)));
        }
    }
    let holds = pairs.iter().all(|(from, to)| {
        !facts.states(from)
            && !facts.states(to)
            && alike(new, after, &replaced, from, to)
            && absent(old, before, to)
    });
    let names: Vec<String> = pairs.iter().map(|(from, to)| format!("`{from}` became `{to}`")).collect();
    holds.then(|| {
        Found::proven(
            Sign::Neutral,
            format!("local name {} with every use in its scope", names.join(" and ")),
        )
    })
}

/// Every `to` of the function replaced a `from`, one of them a definition, and no `from` is left in that one's scope.
fn alike(source: &Source, function: usize, replaced: &BTreeMap<usize, String>, from: &str, to: &str) -> bool {
    let tokens = source.nodes[function].tokens();
    let named = |name: &str| -> Vec<usize> {
        tokens.clone().filter(|token| source.text(*token) == name.as_bytes()).collect()
    };
    let uses = named(to);
    if uses.is_empty() || !uses.iter().all(|token| replaced.get(token).is_some_and(|old| old == from)) {
        return false;
    }
    let interpolated = format!("{{{from}");
    let in_text = tokens.clone().any(|token| {
        let text = source.text(token);
        text.starts_with(b"\"") && text.windows(interpolated.len()).any(|w| w == interpolated.as_bytes())
    });
    if in_text {
        return false;
    }
    let left = named(from);
    let mut defined = false;
    for token in &uses {
        let leaf = source.tokens[*token].node as usize;
        let Some(found) = (source.language.read_definition)(source, leaf) else { continue };
        let scope = match found.kind {
            DefinitionKind::Local => {
                let binding =
                    source.ancestors(leaf).find(|node| source.kind_name(*node) == "let_declaration");
                let list = binding.and_then(|node| {
                    source.ancestors(node).find(|above| source.nodes[*above].is(flag::STATEMENT_LIST))
                });
                match (binding, list) {
                    (Some(binding), Some(list)) => source.range(binding).end..source.range(list).end,
                    _ => source.range(function),
                }
            }
            DefinitionKind::Parameter => source.range(function),
            _ => return false,
        };
        if left.iter().any(|token| scope.contains(&(source.tokens[*token].start as usize))) {
            return false;
        }
        defined = true;
    }
    defined
}

fn absent(source: &Source, function: usize, name: &str) -> bool {
    source.nodes[function].tokens().all(|token| source.text(token) != name.as_bytes())
}

fn identifier(facts: &Facts, file: usize, side: Side, token: usize) -> Option<String> {
    let source = facts.source(file, side)?;
    let leaf = source.tokens.get(token)?.node as usize;
    let name = source.nodes[leaf].is(flag::IDENTIFIER);
    name.then(|| String::from_utf8_lossy(source.text(token)).into_owned())
}

fn function(source: &Source, token: usize) -> Option<usize> {
    let leaf = source.tokens.get(token)?.node as usize;
    source.ancestors(leaf).find(|node| source.kind_name(*node) == "function_item")
}
