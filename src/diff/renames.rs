//! One name replaced by another in all its places.
//!
//! A rename is claimed only where it is consistent: the definition itself was replaced, every other use in its scope was
//! replaced by the same name, and the new name was not there before. A local name's scope is its function, any other
//! name's all files of the diff.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::syntax::{DefinitionKind, Source, flag};

use super::names::{definition, name_hashes, scope};
use super::pieces::Aligned;
use super::units::Draft;

/// Which changed tokens are places of which rename.
#[derive(Debug, Default)]
pub(crate) struct Renames {
    /// By file, by old token: the rename's number.
    pub places: BTreeMap<usize, BTreeMap<usize, usize>>,
}

/// A name for a name at one place.
struct Place {
    file: usize,
    old: usize,
    new: usize,
}

/// Finds the renames of a diff; `None` are files without trees.
pub(crate) fn find(files: &[Option<&Aligned>]) -> Renames {
    let mut by_names: BTreeMap<(&[u8], &[u8]), Vec<Place>> = BTreeMap::new();
    for (file, aligned) in files.iter().enumerate().filter_map(|(file, aligned)| Some((file, (*aligned)?))) {
        for (i, j) in aligned.gaps.iter().filter(|(i, j)| i.len() == 1 && j.len() == 1) {
            let named = |source: &Source, token: usize| {
                source.nodes[source.tokens[token].node as usize].is(flag::IDENTIFIER)
            };
            if named(&aligned.old, i.start) && named(&aligned.new, j.start) {
                let names = (aligned.old.text(i.start), aligned.new.text(j.start));
                by_names.entry(names).or_default().push(Place { file, old: i.start, new: j.start });
            }
        }
    }
    by_names.retain(|_, places| {
        places.iter().any(|place| files[place.file].is_some_and(|aligned| defines(aligned, place).is_some()))
    });
    let mut renames = Renames::default();
    if by_names.is_empty() {
        return renames;
    }
    let left = Left::new(files, by_names.keys());
    let mut number = 0;
    for ((from, to), places) in by_names {
        let mut done = BTreeSet::new();
        for place in &places {
            let Some(aligned) = files[place.file] else { continue };
            let Some(local) = defines(aligned, place) else { continue };
            let leaf = |source: &Source, token: usize| source.tokens[token].node as usize;
            let around = local.then(|| {
                (
                    place.file,
                    scope(&aligned.old, leaf(&aligned.old, place.old)),
                    scope(&aligned.new, leaf(&aligned.new, place.new)),
                )
            });
            if !done.insert(around) || !left.consistent(files, from, to, around) {
                continue;
            }
            // In the order of files and tokens, as they were found.
            let members = match around {
                None => &places[..],
                Some((file, old, _)) => {
                    let tokens = aligned.old.nodes[old].tokens();
                    let first =
                        places.partition_point(|place| (place.file, place.old) < (file, tokens.start));
                    let end = places.partition_point(|place| (place.file, place.old) < (file, tokens.end));
                    &places[first..end]
                }
            };
            // One replaced word is a change of one element and reads better as such.
            if members.len() < 2 || (local && members.iter().any(|member| fixed(files, member))) {
                continue;
            }
            for member in members {
                renames.places.entry(member.file).or_default().entry(member.old).or_insert(number);
            }
            number += 1;
        }
    }
    renames
}

/// The name is also a field's or a key's: replacing it says more than another name for a local.
fn fixed(files: &[Option<&Aligned>], place: &Place) -> bool {
    files[place.file].is_some_and(|aligned| {
        [(&aligned.old, place.old), (&aligned.new, place.new)]
            .into_iter()
            .any(|(source, token)| (source.language.fixed_name)(source, source.tokens[token].node as usize))
    })
}

/// Whether both sides of a place define the same kind of name, and if so whether it is a local one.
fn defines(aligned: &Aligned, place: &Place) -> Option<bool> {
    let of = |source: &Source, token: usize| definition(source, source.tokens[token].node as usize);
    let (old, new) = (of(&aligned.old, place.old)?, of(&aligned.new, place.new)?);
    let local = matches!(old.kind, DefinitionKind::Local | DefinitionKind::Parameter);
    (old.kind == new.kind).then_some(local)
}

/// Tokens that are a name, in order.
type Tokens<'a> = FxHashMap<&'a [u8], Vec<usize>>;

/// Where names that were replaced are left after, and where those that came in their place were before: by file.
struct Left<'a>(Vec<[Tokens<'a>; 2]>);

impl<'a> Left<'a> {
    /// Looks for all names at once.
    fn new<'b>(
        files: &[Option<&'a Aligned>],
        names: impl Iterator<Item = &'b (&'b [u8], &'b [u8])> + Clone,
    ) -> Self {
        let hashes = |names: &mut dyn Iterator<Item = &'b [u8]>| -> FxHashSet<u64> {
            names.flat_map(name_hashes).collect()
        };
        let (from, to) =
            (hashes(&mut names.clone().map(|(from, _)| *from)), hashes(&mut names.map(|(_, to)| *to)));
        let tokens = |source: &'a Source, wanted: &FxHashSet<u64>| {
            let mut found: Tokens<'a> = FxHashMap::default();
            for (number, token) in source.tokens.iter().enumerate() {
                if wanted.contains(&token.hash) && source.nodes[token.node as usize].is(flag::IDENTIFIER) {
                    found.entry(source.text(number)).or_default().push(number);
                }
            }
            found
        };
        let sides = |aligned: Option<&'a Aligned>| match aligned {
            Some(aligned) => [tokens(&aligned.old, &to), tokens(&aligned.new, &from)],
            None => Default::default(),
        };
        Self(files.iter().copied().map(sides).collect())
    }

    /// Outside single replaced places neither name is left: the old one not after, the new one not before.
    fn consistent(
        &self,
        files: &[Option<&Aligned>],
        from: &[u8],
        to: &[u8],
        around: Option<(usize, usize, usize)>,
    ) -> bool {
        let Some((file, old, new)) = around else {
            return self.0.iter().all(|[old, new]| !old.contains_key(to) && !new.contains_key(from));
        };
        let within = |side: &Tokens, name: &[u8], range: Range<usize>| {
            side.get(name).is_some_and(|tokens| {
                let first = tokens.partition_point(|token| *token < range.start);
                tokens.get(first).is_some_and(|token| *token < range.end)
            })
        };
        files[file].is_some_and(|aligned| {
            !within(&self.0[file][0], to, aligned.old.nodes[old].tokens())
                && !within(&self.0[file][1], from, aligned.new.nodes[new].tokens())
        })
    }
}

/// Joins the parts of one rename that lie in different files.
pub(crate) fn join(drafts: &mut Vec<Draft>) {
    let mut first: BTreeMap<usize, usize> = BTreeMap::new();
    let mut into: BTreeMap<usize, usize> = BTreeMap::new();
    for (index, draft) in drafts.iter().enumerate() {
        if let Some(rename) = draft.rename {
            let target = *first.entry(rename).or_insert(index);
            if target != index {
                into.insert(index, target);
            }
        }
    }
    absorb(drafts, &into);
}

/// Puts drafts into others (`from → into`, no chains) and renumbers what they need.
pub(crate) fn absorb(drafts: &mut Vec<Draft>, into: &BTreeMap<usize, usize>) {
    if into.is_empty() {
        return;
    }
    for (from, target) in into {
        let gone = drafts[*from].clone();
        let names = gone.names;
        let kept = &mut drafts[*target];
        kept.changes.extend(gone.changes);
        kept.needs.extend(gone.needs);
        kept.names.adds.extend(names.adds);
        kept.names.drops.extend(names.drops);
        kept.names.changes.extend(names.changes);
        kept.names.uses.extend(names.uses);
        kept.names.used.extend(names.used);
        kept.names.calls.extend(names.calls);
        kept.names.local_adds.extend(names.local_adds);
        kept.names.local_drops.extend(names.local_drops);
        for (all, more) in kept.names.inside.iter_mut().zip(names.inside) {
            all.extend(more);
        }
    }
    let mut place = vec![0; drafts.len()];
    let mut count = 0;
    for (index, at) in place.iter_mut().enumerate() {
        *at = count;
        count += usize::from(!into.contains_key(&index));
    }
    for (from, target) in into {
        place[*from] = place[*target];
    }
    let mut index = 0;
    drafts.retain(|_| {
        index += 1;
        !into.contains_key(&(index - 1))
    });
    for (index, draft) in drafts.iter_mut().enumerate() {
        draft.needs = draft.needs.iter().map(|need| place[*need]).filter(|need| *need != index).collect();
    }
}
