//! Which units force each other, as far as names inside the diff can tell.
//!
//! u needs v when u uses a name that v adds or imports, or imports what v defines; when v drops a use of a name that u
//! drops; when u edits a call of what v declares anew; when what u implements is what v declares ([`super::contracts`]).
//! A name that is also defined somewhere else in the files of the diff binds nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::syntax::{DefinitionKind, Source, flag};

use super::UnitKind;
use super::contracts;
use super::names::{definition, name_hashes};
use super::pieces::Aligned;
use super::units::Draft;

/// Fills in `needs` of all drafts.
pub(crate) fn link(drafts: &mut [Draft], files: &[Option<&Aligned>]) {
    documentation(drafts);
    let adds = index(drafts, |draft| &draft.names.adds);
    let drops = index(drafts, |draft| &draft.names.drops);
    let before = kept(files, false, &asked(drafts, &adds, true));
    let after = kept(files, true, &asked(drafts, &drops, false));
    let declared = index(drafts, |draft| &draft.names.changes);
    let mut needs: Vec<(usize, usize)> = Vec::new();
    for (index, draft) in drafts.iter().enumerate() {
        if draft.file_level || draft.kind == UnitKind::Format {
            continue;
        }
        let names = &draft.names;
        for name in &names.uses {
            for adder in bound(name, &adds, &before, drafts, draft.file) {
                needs.push((index, adder));
            }
        }
        for name in &names.used {
            for dropper in bound(name, &drops, &after, drafts, draft.file) {
                needs.push((dropper, index));
            }
        }
        for name in &names.calls {
            for other in declared.get(name.as_str()).into_iter().flatten() {
                if drafts[*other].kind == UnitKind::Signature && draft.kind != UnitKind::Signature {
                    needs.push((index, *other));
                }
            }
        }
    }
    needs.extend(imports(drafts, &adds, &before, true));
    needs.extend(imports(drafts, &drops, &after, false));
    needs.extend(locals(drafts));
    needs.extend(contracts::link(drafts));
    for (from, to) in needs {
        if from != to {
            drafts[from].needs.insert(to);
        }
    }
}

/// First byte, byte behind the last, unit.
type Item = (usize, usize, usize);

/// Documentation of a new item goes with it; an item comes back with its documentation.
fn documentation(drafts: &mut [Draft]) {
    let mut items: BTreeMap<(usize, bool), Vec<Item>> = BTreeMap::new();
    for (index, draft) in drafts.iter().enumerate() {
        for (file, old, new) in &draft.changes {
            match draft.kind {
                UnitKind::Added | UnitKind::Move if !new.is_empty() => {
                    items.entry((*file, false)).or_default().push((new.start, new.end, index));
                }
                UnitKind::Removed | UnitKind::Move if !old.is_empty() => {
                    items.entry((*file, true)).or_default().push((old.start, old.end, index));
                }
                _ => {}
            }
        }
    }
    for list in items.values_mut() {
        list.sort_unstable();
    }
    for index in 0..drafts.len() {
        let draft = &drafts[index];
        let (Some(start), [(file, old, new)]) = (draft.documents, &draft.changes[..]) else { continue };
        let gone = new.is_empty();
        if !gone && !old.is_empty() {
            continue;
        }
        let Some(list) = items.get(&(*file, gone)) else { continue };
        let at = list.partition_point(|(from, ..)| *from <= start);
        let Some((_, end, item)) = at.checked_sub(1).map(|at| list[at]) else { continue };
        if start < end {
            let (from, to) = if gone { (item, index) } else { (index, item) };
            drafts[from].needs.insert(to);
        }
    }
}

fn index<'a>(
    drafts: &'a [Draft],
    names: impl Fn(&'a Draft) -> &'a BTreeSet<String>,
) -> BTreeMap<String, Vec<usize>> {
    let mut index: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (number, draft) in drafts.iter().enumerate() {
        for name in names(draft) {
            index.entry(name.clone()).or_default().push(number);
        }
    }
    index
}

/// More definitions of a name than this tell nothing about which one is meant.
const AMBIGUOUS: usize = 4;

/// The units that a use of `name` in `file` must mean: those of the same file if there are any.
fn bound(
    name: &str,
    index: &BTreeMap<String, Vec<usize>>,
    elsewhere: &BTreeSet<&str>,
    drafts: &[Draft],
    file: usize,
) -> Vec<usize> {
    let Some(all) = index.get(name) else { return Vec::new() };
    // An import binds a name in its own file only.
    let reach = |unit: &&usize| drafts[**unit].kind != UnitKind::Import || drafts[**unit].file == file;
    let near: Vec<usize> = all.iter().copied().filter(|unit| drafts[*unit].file == file).collect();
    let all: Vec<usize> = if near.is_empty() { all.iter().filter(reach).copied().collect() } else { near };
    if elsewhere.contains(name) || all.len() > AMBIGUOUS { Vec::new() } else { all }
}

/// Imports, and what they import: the one definition of that name, and the one import that hands it on.
fn imports(
    drafts: &[Draft],
    index: &BTreeMap<String, Vec<usize>>,
    elsewhere: &BTreeSet<&str>,
    after: bool,
) -> Vec<(usize, usize)> {
    let of = |unit: usize| &drafts[unit].names.imports[usize::from(after)];
    // Of a name: units that define it, and units that import it and hand it on.
    let mut known: BTreeMap<&str, [Vec<usize>; 2]> = BTreeMap::new();
    let mut needs = Vec::new();
    for unit in 0..drafts.len() {
        for import in of(unit) {
            let name = import.name.as_str();
            let Some(all) = index.get(name).filter(|_| !elsewhere.contains(name)) else { continue };
            let [defining, handing] = known.entry(name).or_insert_with(|| {
                let hands = |other: usize| of(other).iter().any(|one| one.name == name && one.public);
                let defines = |other: usize| drafts[other].kind != UnitKind::Import;
                [
                    all.iter().copied().filter(|other| defines(*other)).collect(),
                    all.iter().copied().filter(|other| hands(*other)).collect(),
                ]
            });
            let mut defining = defining.iter().copied().filter(|other| *other != unit);
            let elsewhere = |other: &usize| drafts[*other].file != drafts[unit].file && !import.public;
            let mut handing = handing.iter().copied().filter(elsewhere);
            for found in [(defining.next(), defining.next()), (handing.next(), handing.next())] {
                if let (Some(other), None) = found {
                    needs.push(if after { (unit, other) } else { (other, unit) });
                }
            }
        }
    }
    needs
}

/// Names that one unit adds (or drops) and another uses or imports.
fn asked<'a>(drafts: &'a [Draft], index: &BTreeMap<String, Vec<usize>>, after: bool) -> BTreeSet<&'a str> {
    let mut names = BTreeSet::new();
    if index.is_empty() {
        return names;
    }
    for (unit, draft) in drafts.iter().enumerate() {
        let uses = if after { &draft.names.uses } else { &draft.names.used };
        let imports = draft.names.imports[usize::from(after)].iter().map(|import| &import.name);
        names.extend(uses.iter().chain(imports).map(String::as_str).filter(|name| {
            let mut others = index.get(*name).into_iter().flatten();
            others.any(|other| *other != unit)
        }));
    }
    names
}

/// Names of `wanted` that a side of the diff defines or imports outside changed text.
fn kept<'a>(files: &[Option<&Aligned>], after: bool, wanted: &BTreeSet<&'a str>) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    if wanted.is_empty() {
        return found;
    }
    let mut hashes: Vec<u64> = wanted.iter().flat_map(|name| name_hashes(name.as_bytes())).collect();
    hashes.sort_unstable();
    for aligned in files.iter().flatten() {
        let (source, partners): (&Source, &[u32]) =
            if after { (&aligned.new, &aligned.partners.new) } else { (&aligned.old, &aligned.partners.old) };
        for (token, partner) in partners.iter().enumerate() {
            let leaf = source.tokens[token].node as usize;
            if *partner == super::align::NONE || hashes.binary_search(&source.tokens[token].hash).is_err() {
                continue;
            }
            if !source.nodes[leaf].is(flag::IDENTIFIER) {
                continue;
            }
            let Ok(name) = std::str::from_utf8(source.text(token)) else { continue };
            if let Some(name) = wanted.get(name)
                && !found.contains(name)
                && definition(source, leaf).is_some_and(|found| {
                    !matches!(found.kind, DefinitionKind::Local | DefinitionKind::Parameter)
                })
            {
                found.insert(*name);
            }
        }
    }
    found
}

/// Uses of local names in the function that a unit adds them to, or drops them from.
fn locals(drafts: &[Draft]) -> Vec<(usize, usize)> {
    let mut needs = Vec::new();
    let mut adds: BTreeMap<(usize, usize, &str), Vec<usize>> = BTreeMap::new();
    let mut drops: BTreeMap<(usize, usize, &str), Vec<usize>> = BTreeMap::new();
    for (index, draft) in drafts.iter().enumerate() {
        for (name, place) in &draft.names.local_adds {
            adds.entry((draft.file, *place, name)).or_default().push(index);
        }
        for (name, place) in &draft.names.local_drops {
            drops.entry((draft.file, *place, name)).or_default().push(index);
        }
    }
    for (index, draft) in drafts.iter().enumerate() {
        let [inside_new, inside_old] = &draft.names.inside;
        for (places, names, table, forward) in
            [(inside_new, &draft.names.uses, &adds, true), (inside_old, &draft.names.used, &drops, false)]
        {
            if table.is_empty() || names.is_empty() {
                continue;
            }
            for place in places {
                let of = |name| (draft.file, *place, name);
                let declared =
                    || table.range(of("")..).take_while(|(key, _)| (key.0, key.1) == (draft.file, *place));
                let mut link = |others: &[usize]| {
                    needs.extend(
                        others.iter().map(|other| if forward { (index, *other) } else { (*other, index) }),
                    );
                };
                // Few places declare anything, and most units use more names than any of them declares.
                if declared().take(names.len() + 1).count() > names.len() {
                    names.iter().filter_map(|name| table.get(&of(name))).for_each(|others| link(others));
                } else {
                    declared().filter(|(key, _)| names.contains(key.2)).for_each(|(_, others)| link(others));
                }
            }
        }
    }
    needs
}
