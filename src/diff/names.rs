//! Names that a unit touches: what it adds, drops and uses, what imports bind, which calls it lies in.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::Range;

use rustc_hash::FxHashMap;

use crate::syntax::{DefinitionKind, Source, TokenKind, flag, hash_bytes};

use super::contracts::{Member, Turn, member};

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

/// What the imports of a side bind, each import read once: one may bring thousands of names.
pub(crate) struct Bindings<'a> {
    /// The side.
    pub source: &'a Source,
    read: RefCell<FxHashMap<usize, Option<Binds>>>,
}

/// Names that an import binds; none where it brings all names of something.
type Binds = FxHashMap<String, Binding>;

/// How an import binds a name.
#[derive(Debug, Clone, Copy)]
struct Binding {
    /// The name that it has where it is defined.
    own: bool,
    public: bool,
}

impl<'a> Bindings<'a> {
    /// Reads nothing yet.
    pub fn new(source: &'a Source) -> Self {
        Self { source, read: RefCell::default() }
    }

    /// `find` of what an import binds; `None` for a declaration that imports nothing.
    fn ask<T>(&self, import: usize, find: impl FnOnce(&Binds) -> T) -> Option<T> {
        let mut read = self.read.borrow_mut();
        let binds = read.entry(import).or_insert_with(|| {
            let imports = (self.source.language.read_imports)(self.source, import);
            let mut binds = Binds::default();
            for import in &imports {
                if let Some(name) = import.name() {
                    let own = import.alias.is_none() && !import.is_mod_decl;
                    binds.entry(name.to_owned()).or_insert(Binding { own, public: import.public });
                }
            }
            (!imports.is_empty()).then_some(binds)
        });
        binds.as_ref().map(find)
    }

    /// The declaration imports something.
    pub fn imports(&self, import: usize) -> bool {
        self.ask(import, |_| ()).is_some()
    }

    /// How the import around a leaf binds a name.
    fn binding(&self, leaf: usize, name: &str) -> Option<Binding> {
        let mut around = self.source.ancestors(leaf);
        let import = around.find(|node| self.source.nodes[*node].is(flag::IMPORT))?;
        self.ask(import, |binds| binds.get(name).copied()).flatten()
    }
}

impl Names {
    /// Takes in the names in changed tokens of a side.
    pub fn read(&mut self, bound: &Bindings, tokens: Range<usize>, after: bool) {
        let source = bound.source;
        for token in tokens.clone() {
            let leaf = source.tokens[token].node as usize;
            if !source.nodes[leaf].is(flag::IDENTIFIER) {
                continue;
            }
            let name = String::from_utf8_lossy(source.text(token)).into_owned();
            let place = scope(source, leaf);
            self.inside[usize::from(!after)].insert(place);
            if let Some(found) = definition(source, leaf) {
                let local = matches!(found.kind, DefinitionKind::Local | DefinitionKind::Parameter);
                match (local, after) {
                    (true, true) => self.local_adds.insert((name, place)),
                    (true, false) => self.local_drops.insert((name, place)),
                    (false, true) => self.adds.insert(name),
                    (false, false) => self.drops.insert(name),
                };
                if !local {
                    let turn = if after { Turn::Comes } else { Turn::Goes };
                    self.members.extend(member(source, leaf, &tokens, turn));
                }
                continue;
            }
            let binding = bound.binding(leaf, &name);
            if let Some(Binding { own: true, public }) = binding {
                self.imports[usize::from(after)].insert(Imported { name: name.clone(), public });
            }
            match (binding.is_some(), after) {
                (true, true) => self.adds.insert(name),
                (true, false) => self.drops.insert(name),
                (false, true) => self.uses.insert(name),
                (false, false) => self.used.insert(name),
            };
        }
    }

    /// What is there before and after is neither added nor dropped.
    pub fn settle(&mut self) {
        let both = |a: &BTreeSet<String>, b: &BTreeSet<String>| -> BTreeSet<String> {
            a.intersection(b).cloned().collect()
        };
        let declared = both(&self.adds, &self.drops);
        self.adds.retain(|name| !declared.contains(name));
        self.drops.retain(|name| !declared.contains(name));
        self.changes.extend(declared);
        let [before, after] = &mut self.imports;
        let stay: BTreeSet<Imported> = before.intersection(after).cloned().collect();
        before.retain(|import| !stay.contains(import));
        after.retain(|import| !stay.contains(import));
        let names =
            |locals: &BTreeSet<(String, usize)>| locals.iter().map(|(name, _)| name.clone()).collect();
        let local = both(&names(&self.local_adds), &names(&self.local_drops));
        self.local_adds.retain(|(name, _)| !local.contains(name));
        self.local_drops.retain(|(name, _)| !local.contains(name));
    }
}

/// Hashes of the tokens that a name may be.
pub(crate) fn name_hashes(name: &[u8]) -> [u64; 2] {
    [TokenKind::Word, TokenKind::Punct].map(|kind| hash_bytes(kind as u64, name))
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

/// Names directly before the lists around a node, up to its statement: functions called, types built.
pub(crate) fn calls(source: &Source, node: usize) -> BTreeSet<String> {
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
