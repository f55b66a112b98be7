//! The order of work: pair files, parse and align each, name renames, cut units, join moves, check, number.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use crate::syntax::{Earlier, Source, grammar_of, read};

use super::align::align;
use super::check::keep_grammar;
use super::files::{self, Pair, Plain};
use super::names::Names;
use super::parsed::Parsed;
use super::pieces::{Aligned, changed_words, words};
use super::reparse::reparse;
use super::units::{Draft, units};
use super::{Change, ChangedFile, Diff, FilePair, Role, Side, Unit, UnitKind};
use super::{depend, lines, moves, renames, role};

/// What there is to compare in a file.
enum Content {
    /// Nothing, or all at once.
    None,
    /// Trees.
    Tree(Box<Aligned>),
    /// Lines.
    Lines(Vec<lines::Hunk>),
    /// Lines that go back together.
    Whole(Vec<lines::Hunk>),
}

impl Prepared {
    /// The pair, with what was parsed of it.
    fn into_pair(self) -> FilePair {
        let Self { mut pair, content, .. } = self;
        if let Content::Tree(aligned) = content {
            let Aligned { old, new, .. } = *aligned;
            pair.parsed = Parsed::new([(old, &pair.old_bytes), (new, &pair.new_bytes)]);
        }
        pair
    }
}

struct Prepared {
    pair: FilePair,
    old: Plain,
    new: Plain,
    content: Content,
    eol: bool,
}

/// Edit units of changed files. The order of `files` does not matter; files that are equal on both sides are left out.
pub fn diff(files: &[ChangedFile]) -> Diff {
    let prepared: Vec<Prepared> = files::pairs(files).into_par_iter().map(prepare).collect();
    let trees: Vec<Option<&Aligned>> = prepared
        .iter()
        .map(|file| if let Content::Tree(aligned) = &file.content { Some(&**aligned) } else { None })
        .collect();
    let renames = renames::find(&trees);
    let per_file: Vec<Vec<Draft>> =
        prepared.par_iter().enumerate().map(|(index, file)| drafts(index, file, &renames)).collect();
    let mut drafts: Vec<Draft> = Vec::new();
    for list in per_file {
        let offset = drafts.len();
        drafts.extend(list.into_iter().map(|mut draft| {
            draft.needs = draft.needs.iter().map(|need| need + offset).collect();
            draft
        }));
    }
    renames::join(&mut drafts);
    moves::join(&mut drafts);
    depend::link(&mut drafts, &trees);
    finish(prepared, &drafts)
}

/// Data larger than this, in bytes of both sides, is compared by lines: a lockfile, a recorded answer, a table of numbers,
/// of which nobody wants the shape.
const MOST_DATA: usize = 1 << 20;
/// A bundle larger than this, in bytes of both sides, is compared by lines and is one unit: it is built anew as a whole, and
/// half of it back is no state that anybody had.
const MOST_BUNDLED: usize = 1 << 19;

fn prepare((old, new): Pair) -> Prepared {
    let path = |side: &Option<Side>| side.as_ref().map(|side| side.path.clone());
    let mode = |side: &Option<Side>| side.as_ref().map(|side| format!("{:06o}", side.mode));
    let bytes =
        |side: &Option<Side>| side.as_ref().map_or_else(super::no_bytes, |side| Arc::clone(&side.bytes));
    let (old_bytes, new_bytes) = (bytes(&old), bytes(&new));
    let binary = files::is_binary(&old_bytes) || files::is_binary(&new_bytes);
    let eol = !binary && files::eol_change(&old_bytes, &new_bytes).is_some();
    let (old_plain, new_plain) = (Plain::new(&old_bytes, eol), Plain::new(&new_bytes, eol));
    let named = new.as_ref().or(old.as_ref()).map_or("", |side| side.path.as_str());
    let link = |side: &Option<Side>| side.as_ref().is_some_and(|side| side.mode & 0o170_000 != 0o100_000);
    let text = std::str::from_utf8(&old_bytes).is_ok() && std::str::from_utf8(&new_bytes).is_ok();
    // A new file has its path's role; a file that was there before keeps the one that it had.
    let base = old.as_ref().or(new.as_ref());
    let role = base.map_or(Role::Other, |side| role::role_of(&side.path, &side.bytes));
    let size = old_bytes.len() + new_bytes.len();
    let bundle = size > MOST_BUNDLED && base.is_some_and(|side| role::is_bundle(&side.path, &side.bytes));
    let language = grammar_of(named)
        .filter(|_| text && !binary && !bundle && !link(&old) && !link(&new))
        .filter(|language| !language.is_data || size <= MOST_DATA);
    let mut pair = FilePair {
        old: path(&old),
        new: path(&new),
        old_mode: mode(&old),
        new_mode: mode(&new),
        language: language.map(|language| language.name.to_owned()),
        role,
        binary,
        coarse: false,
        old_bytes,
        new_bytes,
        parsed: Parsed::default(),
    };
    let content = if binary || old_plain.bytes == new_plain.bytes {
        Content::None
    } else if let Some(aligned) = language.and_then(|language| parse(language, &old_plain, &new_plain)) {
        pair.coarse = aligned.partners.coarse;
        Content::Tree(Box::new(aligned))
    } else {
        pair.language = None;
        let (hunks, coarse) = lines::hunks(&old_plain.bytes, &new_plain.bytes);
        pair.coarse = coarse;
        if bundle { Content::Whole(hunks) } else { Content::Lines(hunks) }
    };
    Prepared { pair, old: old_plain, new: new_plain, content, eol }
}

/// Parses both sides, the second with the help of the first, and aligns them.
fn parse(language: &'static crate::syntax::Language, old: &Plain, new: &Plain) -> Option<Aligned> {
    let before = Source::parse(language, Arc::clone(&old.bytes))?;
    let (hunks, _) = lines::hunks(&old.bytes, &new.bytes);
    let hunks = lines::finer(&old.bytes, &new.bytes, &hunks);
    let readable = read(language.bridges, &new.bytes);
    let texts = (before.readable(), readable.as_deref().unwrap_or(&new.bytes));
    let tree = reparse(language, &before.tree, texts, &hunks)?;
    let changed: Vec<(Range<usize>, Range<usize>)> =
        hunks.into_iter().map(|hunk| (hunk.old, hunk.new)).collect();
    let earlier = Earlier::new(&before, &changed);
    let after = Source::of_tree(language, Arc::clone(&new.bytes), readable, tree, Some(earlier));
    let partners = align(&before, &after);
    Some(Aligned::new(before, after, partners))
}

/// Two texts as the diff reads them.
#[cfg(test)]
pub(super) fn aligned(path: &str, old: &str, new: &str) -> Option<Aligned> {
    let plain = |text: &str| Plain::new(&Arc::from(text.as_bytes()), false);
    parse(grammar_of(path)?, &plain(old), &plain(new))
}

fn drafts(index: usize, file: &Prepared, renames: &renames::Renames) -> Vec<Draft> {
    let pair = &file.pair;
    let role = pair.role;
    let mut all = Vec::new();
    let created = pair.old.is_none();
    let deleted = pair.new.is_none();
    if created {
        all.push(Draft::of_file(index, UnitKind::File, role, files::CREATED));
    } else if deleted {
        all.push(Draft::of_file(index, UnitKind::File, role, files::DELETED));
    } else {
        if pair.old != pair.new {
            all.push(Draft::of_file(index, UnitKind::File, role, files::RENAMED));
        }
        if pair.old_mode != pair.new_mode {
            all.push(Draft::of_file(index, UnitKind::Mode, role, files::MODE));
        }
        let marked = |bytes: &[u8]| bytes.starts_with(files::MARK);
        if pair.binary {
            if pair.old_bytes != pair.new_bytes {
                all.push(Draft::of_file(index, UnitKind::File, role, files::CONTENT));
            }
        } else if marked(&pair.old_bytes) != marked(&pair.new_bytes) {
            all.push(Draft::of_file(index, UnitKind::Mode, role, files::BOM));
        }
        if file.eol {
            all.push(Draft::of_file(index, UnitKind::Mode, role, files::EOL));
        }
    }
    let first = all.len();
    match &file.content {
        Content::None => {}
        Content::Tree(aligned) => {
            let none = BTreeMap::new();
            let found = units(index, aligned, role, renames.places.get(&index).unwrap_or(&none));
            let found = if created || deleted {
                found.into_iter().map(|(_, draft)| draft).collect()
            } else {
                keep_grammar(aligned, found)
            };
            all.extend(found.into_iter().map(|mut draft| {
                draft.needs = draft.needs.iter().map(|need| need + first).collect();
                draft
            }));
        }
        Content::Lines(hunks) => {
            all.extend(hunks.iter().map(|hunk| data(index, file, hunk, role)));
        }
        Content::Whole(hunks) => {
            let parts: Vec<Draft> = hunks.iter().map(|hunk| data(index, file, hunk, role)).collect();
            let weight = parts.iter().map(|part| part.weight).sum();
            let changes = parts.into_iter().flat_map(|part| part.changes).collect();
            let whole = Draft { file_level: false, ..Draft::of_file(index, UnitKind::Data, role, "") };
            all.push(Draft { weight, changes, ..whole });
        }
    }
    for element in first..all.len() {
        if created {
            all[element].needs.insert(0);
        } else if deleted {
            all[0].needs.insert(element);
        }
    }
    all
}

fn data(index: usize, file: &Prepared, hunk: &lines::Hunk, role: Role) -> Draft {
    let old = words(&file.old.bytes[hunk.old.clone()]);
    let new = words(&file.new.bytes[hunk.new.clone()]);
    Draft {
        entity: Vec::new(),
        weight: changed_words(&old, &new).max(1),
        file_level: false,
        changes: vec![(index, hunk.old.clone(), hunk.new.clone())],
        names: Names::default(),
        ..Draft::of_file(index, UnitKind::Data, role, "")
    }
}

/// Gives units their order, names and places in the real files.
fn finish(prepared: Vec<Prepared>, drafts: &[Draft]) -> Diff {
    let mut order: Vec<usize> = (0..drafts.len()).collect();
    let key = |draft: &Draft| {
        let first = draft.changes.iter().map(|(file, old, new)| (*file, new.start, old.start, new.end)).min();
        (first.map(|(file, ..)| file), !draft.file_level, first)
    };
    order.sort_by_cached_key(|index| (key(&drafts[*index]), *index));
    let mut place = vec![0; drafts.len()];
    for (position, index) in order.iter().enumerate() {
        place[*index] = position;
    }
    let change = |(file, old, new): &(usize, Range<usize>, Range<usize>)| {
        let here = &prepared[*file];
        let (a, b) = (here.old.offset(old.start), here.old.offset(old.end));
        let (c, d) = (here.new.offset(new.start), here.new.offset(new.end));
        Change {
            file: *file,
            old: [a, b],
            new: [c, d],
            old_lines: here.old.lines(a, b),
            new_lines: here.new.lines(c, d),
        }
    };
    let units = order
        .iter()
        .enumerate()
        .map(|(position, index)| {
            let draft = &drafts[*index];
            let mut changes: Vec<Change> = if draft.file_level {
                draft.changes.iter().map(|(file, ..)| whole(*file)).collect()
            } else {
                draft.changes.iter().map(change).collect()
            };
            changes.sort_by_key(|change| (change.file, change.new, change.old));
            let mut needs: Vec<usize> = draft.needs.iter().map(|need| place[*need]).collect();
            needs.sort_unstable();
            let names = &draft.names;
            let locals = names.local_adds.iter().chain(&names.local_drops).map(|(name, _)| name);
            let mut defines: Vec<String> =
                names.adds.iter().chain(&names.drops).chain(&names.changes).chain(locals).cloned().collect();
            defines.sort();
            defines.dedup();
            let mut uses: Vec<String> = names.uses.iter().chain(&names.used).cloned().collect();
            uses.sort();
            uses.dedup();
            Unit {
                id: format!("u{position}"),
                kind: draft.kind,
                role: draft.role,
                entity: draft.entity.clone(),
                weight: draft.weight as u32,
                file_level: draft.file_level,
                changes,
                defines,
                uses,
                needs: needs
                    .into_iter()
                    .filter(|need| *need != position)
                    .map(|need| format!("u{need}"))
                    .collect(),
            }
        })
        .collect();
    let files = prepared.into_iter().map(Prepared::into_pair).collect();
    Diff { schema: "kerf/diff/1".to_owned(), files, units }
}

fn whole(file: usize) -> Change {
    Change { file, old: [0, 0], new: [0, 0], old_lines: [1, 0], new_lines: [1, 0] }
}
