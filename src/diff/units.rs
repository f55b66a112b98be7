//! Pieces to units: kind, entity, role, weight and names of one file's units.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::syntax::{DefinitionKind, Source, flag};

use super::contracts::{Member, Turn, member};
use super::layout::keeps_lines;
use super::pieces::{Aligned, Key, Piece, Side, pieces, weight};
use super::sound::Sound;
use super::{Role, UnitKind};

/// Names that a unit touches, by what it does to them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Names {
    /// Definitions and imports that are there only after.
    pub adds: BTreeSet<String>,
    /// Definitions and imports that were there only before.
    pub drops: BTreeSet<String>,
    /// Declarations that are there on both sides and changed.
    pub changes: BTreeSet<String>,
    /// Used after.
    pub uses: BTreeSet<String>,
    /// Used before.
    pub used: BTreeSet<String>,
    /// Imported under their own names, before and after.
    pub imports: [BTreeSet<Imported>; 2],
    /// Functions in whose calls it lies.
    pub calls: BTreeSet<String>,
    /// Local names that are there only after, with their function's place.
    pub local_adds: BTreeSet<(String, usize)>,
    /// Local names that were there only before.
    pub local_drops: BTreeSet<(String, usize)>,
    /// Places of functions that it lies in, in the new file and in the old.
    pub inside: [BTreeSet<usize>; 2],
    /// Members of traits and of their implementations.
    pub members: BTreeSet<Member>,
}

/// A name that an import takes from where it is defined.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Imported {
    pub name: String,
    /// It is handed on to those who import it from here.
    pub public: bool,
}

/// A unit before numbers are given.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    /// File index.
    pub file: usize,
    /// Kind.
    pub kind: UnitKind,
    /// Role.
    pub role: Role,
    /// Entities around it.
    pub entity: Vec<String>,
    /// Weight.
    pub weight: usize,
    /// See [`super::Unit`].
    pub file_level: bool,
    /// File, old bytes, new bytes.
    pub changes: Vec<(usize, Range<usize>, Range<usize>)>,
    /// Names.
    pub names: Names,
    /// Other drafts by index; reverting one of them forces this one.
    pub needs: BTreeSet<usize>,
    /// Hash and number of the tokens of a wholly new or gone element, for moves.
    pub moved: Option<(u64, usize)>,
    /// The rename that it is a part of.
    pub rename: Option<usize>,
    /// Text may stand anywhere: no change of grammar can come from reverting it alone.
    pub safe: bool,
    /// For documentation of a wholly new or gone item: where that item's piece begins.
    pub documents: Option<usize>,
}

impl Draft {
    /// A unit that reverts a property of a file.
    pub fn of_file(file: usize, kind: UnitKind, role: Role, what: &str) -> Self {
        Self {
            file,
            kind,
            role,
            entity: vec![what.to_owned()],
            weight: 1,
            file_level: true,
            changes: vec![(file, 0..0, 0..0)],
            names: Names::default(),
            needs: BTreeSet::new(),
            moved: None,
            rename: None,
            safe: true,
            documents: None,
        }
    }
}

/// Units of one file; `renames` gives a rename's number by old token, `offset` is the drafts' first index.
pub(crate) fn units(
    file: usize,
    aligned: &Aligned,
    role: Role,
    renames: &BTreeMap<usize, usize>,
) -> Vec<(Key, Draft)> {
    let mut by_key: BTreeMap<Key, usize> = BTreeMap::new();
    let mut groups: Vec<(Key, Vec<Piece>)> = Vec::new();
    let partners = &aligned.partners;
    let old = Side::new(&aligned.old, &partners.old, &partners.old_pair, true);
    let new = Side::new(&aligned.new, &partners.new, &partners.new_pair, false);
    for piece in pieces(aligned, (&old, &new), renames) {
        let at = *by_key.entry(piece.key).or_insert_with(|| {
            groups.push((piece.key, Vec::new()));
            groups.len() - 1
        });
        groups[at].1.push(piece);
    }
    let sound = Sound::new(aligned, &old, &new);
    let describe = Describe { file, aligned, role, old: &old, new: &new };
    let draft = |(key, pieces): (Key, Vec<Piece>)| {
        let mut draft = describe.draft(key, &pieces);
        draft.safe |= sound.safe(key, &pieces);
        draft.safe &= pieces.iter().all(|piece| keeps_lines(aligned, piece));
        (key, draft)
    };
    groups.into_iter().map(draft).collect()
}

struct Describe<'a> {
    file: usize,
    aligned: &'a Aligned,
    role: Role,
    old: &'a Side<'a>,
    new: &'a Side<'a>,
}

impl Describe<'_> {
    fn draft(&self, key: Key, pieces: &[Piece]) -> Draft {
        let (source, node) = self.place(key, pieces);
        let described = source.described(node);
        let kind = self.kind(key, source, node, pieces);
        let test = source.language.inline_tests && source.in_test(described);
        let weight: usize = pieces.iter().map(|piece| weight(self.aligned, piece)).sum();
        // White space with a meaning has no tokens of its own.
        let weight = if matches!(key, Key::Rename(_)) { 1 } else { weight.max(1) };
        let mut names = Names::default();
        for piece in pieces {
            read(&self.aligned.new, piece.new_tokens.clone(), true, &mut names);
            read(&self.aligned.old, piece.old_tokens.clone(), false, &mut names);
        }
        let both: Vec<String> = names.adds.intersection(&names.drops).cloned().collect();
        for name in both {
            names.adds.remove(&name);
            names.drops.remove(&name);
            names.changes.insert(name);
        }
        let stay: Vec<Imported> = names.imports[0].intersection(&names.imports[1]).cloned().collect();
        for imports in &mut names.imports {
            imports.retain(|import| !stay.contains(import));
        }
        let both: Vec<String> = names
            .local_adds
            .iter()
            .filter(|a| names.local_drops.iter().any(|b| a.0 == b.0))
            .map(|a| a.0.clone())
            .collect();
        for name in both {
            names.local_adds.retain(|(other, _)| *other != name);
            names.local_drops.retain(|(other, _)| *other != name);
        }
        let entity = source.entity_of(described);
        if kind == UnitKind::Signature
            && let Some(last) = entity.last().and_then(|last| last.rsplit(' ').next())
        {
            names.changes.insert(last.to_owned());
        }
        if kind == UnitKind::Signature {
            names.members.extend(member(source, node, &(0..0), Turn::Changes));
        }
        names.calls = calls(source, node);
        Draft {
            file: self.file,
            kind,
            role: if test { Role::Test } else { self.role },
            entity,
            weight,
            file_level: false,
            changes: pieces.iter().map(|piece| (self.file, piece.old.clone(), piece.new.clone())).collect(),
            moved: self.moved(kind, pieces),
            rename: if let Key::Rename(number) = key { Some(number) } else { None },
            safe: self.safe(key, pieces),
            documents: (described != node).then(|| source.range(described).start),
            names,
            needs: BTreeSet::new(),
        }
    }

    /// The node that a unit is a change of: on the new side, else on the old.
    fn place(&self, key: Key, pieces: &[Piece]) -> (&Source, usize) {
        let (old, new) = (&self.aligned.old, &self.aligned.new);
        let leaf = |source: &Source, tokens: &Range<usize>| {
            source.tokens.get(tokens.start).map(|token| token.node as usize)
        };
        match key {
            Key::New(node) => (new, node),
            Key::Format(statement) => (new, statement),
            Key::Old(node) => match self.aligned.partners.old_pair.get(node) {
                Some(partner) => (new, partner),
                None if node == 0 => (new, 0),
                None => (old, node),
            },
            Key::Comment(..) | Key::Rename(_) => {
                let after = pieces.iter().find(|piece| !piece.new_tokens.is_empty());
                let before = pieces.iter().find(|piece| !piece.old_tokens.is_empty());
                match (after, before) {
                    (Some(piece), _) => (new, leaf(new, &piece.new_tokens).unwrap_or(0)),
                    (None, Some(piece)) => (old, leaf(old, &piece.old_tokens).unwrap_or(0)),
                    (None, None) => (new, 0),
                }
            }
        }
    }

    fn kind(&self, key: Key, source: &Source, node: usize, pieces: &[Piece]) -> UnitKind {
        match key {
            Key::Format(_) => return UnitKind::Format,
            Key::Comment(..) => return UnitKind::Comment,
            Key::Rename(_) => return UnitKind::Rename,
            Key::Old(_) | Key::New(_) => {}
        }
        let import = source
            .ancestors(source.ungrouped(node))
            .find(|node| source.nodes[*node].is(flag::IMPORT))
            .is_some_and(|node| !(source.language.read_imports)(source, node).is_empty());
        if import {
            return UnitKind::Import;
        }
        let here = &source.nodes[node];
        let in_body = here.is(flag::IN_BODY);
        let parent = &source.nodes[here.parent as usize];
        if parent.is(flag::STATEMENT_LIST) || (in_body && here.is(flag::STATEMENT)) {
            let paired = matches!(key, Key::Old(old) if self.aligned.partners.old_pair.contains(old));
            match key {
                Key::New(node) if self.new.whole(node) => return UnitKind::Added,
                Key::Old(node) if !paired && self.old.whole(node) => return UnitKind::Removed,
                _ => {}
            }
        }
        if source.language.is_data {
            return UnitKind::Data;
        }
        if in_body {
            return UnitKind::Body;
        }
        let below = |source: &Source, tokens: Range<usize>| {
            source.tokens[tokens].iter().all(|token| source.nodes[token.node as usize].is(flag::IN_BODY))
        };
        let all = pieces.iter().all(|piece| {
            below(&self.aligned.new, piece.new_tokens.clone())
                && below(&self.aligned.old, piece.old_tokens.clone())
        });
        let statement = source.ungrouped(source.statement_of(node));
        let head = source.nodes[statement].flags & (flag::ENTITY | flag::STATEMENT) != 0;
        if head && !all { UnitKind::Signature } else { UnitKind::Body }
    }

    fn moved(&self, kind: UnitKind, pieces: &[Piece]) -> Option<(u64, usize)> {
        let [piece] = pieces else { return None };
        let (source, tokens) = match kind {
            UnitKind::Added => (&self.aligned.new, piece.new_tokens.clone()),
            UnitKind::Removed => (&self.aligned.old, piece.old_tokens.clone()),
            UnitKind::Comment if piece.old.is_empty() => (&self.aligned.new, piece.new_tokens.clone()),
            UnitKind::Comment if piece.new.is_empty() => (&self.aligned.old, piece.old_tokens.clone()),
            _ => return None,
        };
        let hash = source.tokens[tokens.clone()]
            .iter()
            .fold(3, |hash, token| crate::syntax::hash_bytes(hash, &token.hash.to_le_bytes()));
        Some((hash, tokens.len()))
    }

    /// White space for white space, or one token for another of its kind.
    fn safe(&self, key: Key, pieces: &[Piece]) -> bool {
        let (old, new) = (&self.aligned.old, &self.aligned.new);
        pieces.iter().all(|piece| match key {
            Key::Format(_) => {
                let tokens = piece.old_tokens.len() + piece.new_tokens.len();
                let line = |text: &[u8]| text.contains(&b'\n');
                let (p, q) = (&old.bytes[piece.old.clone()], &new.bytes[piece.new.clone()]);
                let broken =
                    if new.language.line_ends.is_empty() { line(p) || !line(q) } else { line(p) == line(q) };
                let indented = new.language.indentation && (line(p) || line(q));
                tokens == 0 && !p.is_empty() && !q.is_empty() && broken && !indented
            }
            Key::Rename(_) => true,
            Key::Old(_) | Key::New(_) | Key::Comment(..) => {
                piece.old_tokens.len() == 1 && piece.new_tokens.len() == 1 && {
                    let (p, q) = (&old.tokens[piece.old_tokens.start], &new.tokens[piece.new_tokens.start]);
                    let alike = old.nodes[p.node as usize].kind == new.nodes[q.node as usize].kind;
                    let tied = new.parent(q.node as usize).is_some_and(|tag| new.nodes[tag].is(flag::AGREES));
                    alike && !tied && pieces.len() == 1
                }
            }
        })
    }
}

/// The definition that an identifier's leaf names.
pub(crate) fn definition(source: &Source, leaf: usize) -> Option<crate::syntax::Definition> {
    let read = source.language.read_definition;
    let of_item = read(source, source.nodes[leaf].parent as usize);
    of_item.filter(|found| found.name_range == source.range(leaf)).or_else(|| read(source, leaf))
}

/// The function around a node, by where it begins; 0 for none.
pub(crate) fn scope(source: &Source, node: usize) -> usize {
    source.ancestors(node).find(|node| source.nodes[*node].is(flag::ENTITY)).unwrap_or(0)
}

/// Names in changed tokens.
fn read(source: &Source, tokens: Range<usize>, after: bool, names: &mut Names) {
    for token in tokens.clone() {
        let leaf = source.tokens[token].node as usize;
        if !source.nodes[leaf].is(flag::IDENTIFIER) {
            continue;
        }
        let name = String::from_utf8_lossy(source.text(token)).into_owned();
        let place = scope(source, leaf);
        names.inside[usize::from(!after)].insert(place);
        if let Some(found) = definition(source, leaf) {
            let local = matches!(found.kind, DefinitionKind::Local | DefinitionKind::Parameter);
            match (local, after) {
                (true, true) => names.local_adds.insert((name, place)),
                (true, false) => names.local_drops.insert((name, place)),
                (false, true) => names.adds.insert(name),
                (false, false) => names.drops.insert(name),
            };
            if !local {
                let turn = if after { Turn::Comes } else { Turn::Goes };
                names.members.extend(member(source, leaf, &tokens, turn));
            }
            continue;
        }
        let import = source.ancestors(leaf).find(|node| source.nodes[*node].is(flag::IMPORT));
        let bound = import.and_then(|import| {
            let imports = (source.language.read_imports)(source, import);
            imports.into_iter().find(|import| import.name() == Some(&name))
        });
        if let Some(import) = &bound
            && import.alias.is_none()
            && !import.is_mod_decl
        {
            let imported = Imported { name: name.clone(), public: import.public };
            names.imports[usize::from(after)].insert(imported);
        }
        match (bound.is_some(), after) {
            (true, true) => names.adds.insert(name),
            (true, false) => names.drops.insert(name),
            (false, true) => names.uses.insert(name),
            (false, false) => names.used.insert(name),
        };
    }
}

/// Names directly before the lists around a node, up to its statement: functions called, types built.
fn calls(source: &Source, node: usize) -> BTreeSet<String> {
    let statement = source.statement_of(node);
    let around = source.ancestors(node).take_while(|node| *node != statement && *node != 0).take(16);
    let mut names = BTreeSet::new();
    for list in around.filter(|node| source.nodes[*node].is(flag::CONTAINER)) {
        let Some(before) = (source.nodes[list].first as usize).checked_sub(1) else { continue };
        if source.nodes[source.tokens[before].node as usize].is(flag::IDENTIFIER) {
            names.insert(String::from_utf8_lossy(source.text(before)).into_owned());
        }
    }
    names
}
