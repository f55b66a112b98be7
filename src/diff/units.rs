//! Pieces to units: kind, entity, role, weight and names of one file's units.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::syntax::{Source, flag};

use super::contracts::{Turn, member};
use super::layout::keeps_lines;
use super::names::{Bindings, Names, calls};
use super::pieces::{Aligned, Key, Piece, Side, pieces, weight};
use super::sound::Sound;
use super::{Role, UnitKind};

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
    let bound = [&aligned.new, &aligned.old].map(Bindings::new);
    let describe = Describe { file, aligned, role, old: &old, new: &new, bound };
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
    /// What imports bind after and before.
    bound: [Bindings<'a>; 2],
}

impl Describe<'_> {
    fn draft(&self, key: Key, pieces: &[Piece]) -> Draft {
        let (bound, node) = self.place(key, pieces);
        let source = bound.source;
        let described = source.described(node);
        let kind = self.kind(key, bound, node, pieces);
        let test = source.language.inline_tests && source.in_test(described);
        let weight: usize = pieces.iter().map(|piece| weight(self.aligned, piece)).sum();
        // White space with a meaning has no tokens of its own.
        let weight = if matches!(key, Key::Rename(_)) { 1 } else { weight.max(1) };
        let mut names = Names::default();
        for piece in pieces {
            names.read(&self.bound[0], piece.new_tokens.clone(), true);
            names.read(&self.bound[1], piece.old_tokens.clone(), false);
        }
        names.settle();
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
    fn place(&self, key: Key, pieces: &[Piece]) -> (&Bindings<'_>, usize) {
        let [new, old] = &self.bound;
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
                    (Some(piece), _) => (new, leaf(new.source, &piece.new_tokens).unwrap_or(0)),
                    (None, Some(piece)) => (old, leaf(old.source, &piece.old_tokens).unwrap_or(0)),
                    (None, None) => (new, 0),
                }
            }
        }
    }

    fn kind(&self, key: Key, bound: &Bindings, node: usize, pieces: &[Piece]) -> UnitKind {
        let source = bound.source;
        match key {
            Key::Format(_) => return UnitKind::Format,
            Key::Comment(..) => return UnitKind::Comment,
            Key::Rename(_) => return UnitKind::Rename,
            Key::Old(_) | Key::New(_) => {}
        }
        let import = source
            .ancestors(source.ungrouped(node))
            .find(|node| source.nodes[*node].is(flag::IMPORT))
            .is_some_and(|import| bound.imports(import));
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
