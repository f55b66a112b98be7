//! The repository's symbols: definitions, the references to them, imports and modules.
//!
//! In: a [`Tree`]. Out: an [`Index`]. Each file is read by itself into a summary that depends on nothing but its text and
//! language; a [`Cache`] keeps summaries by content, so that base and result share all that is equal. Then the summaries
//! of a tree are linked: modules and imports are followed, and every mention of a name gets its answer.
//!
//! Rust and the JavaScript family have linkers of their own; in other languages a name leads to whatever is called so.
//!
//! Invariant: [`Certainty::Resolved`] is said only where the language's own rules, as far as they are known here, lead to
//! one definition; where they lead to several, or a receiver's type is not known, the answer is
//! [`Certainty::Ambiguous`] or [`Certainty::Unknown`]. [`Index::references_named`] leaves nothing out: what is not in it,
//! nothing in a file with a grammar names.

mod cache;
mod cargo;
mod generic;
pub mod graph;
mod javascript;
mod link;
mod place;
mod python_modules;
mod query;
mod rust;
mod summary;
mod words;

#[cfg(test)]
mod graph_tests;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

pub use cache::Cache;
pub use graph::Graph;
pub(crate) use graph::inner_folder;
pub(crate) use place::below;
pub(crate) use python_modules::python_module;
pub use summary::SymbolKind;
pub use words::{LARGEST, Words};

use crate::patch::Tree;
use summary::Summary;

/// A definition of an [`Index`]; of no meaning in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DefinitionId {
    pub(crate) file: u32,
    pub(crate) number: u32,
}

impl DefinitionId {
    /// The file itself, as a module.
    const FILE: u32 = u32::MAX;

    pub(crate) fn of_file(file: u32) -> Self {
        Self { file, number: Self::FILE }
    }
}

/// What a reference refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Certainty {
    /// This definition.
    Resolved(DefinitionId),
    /// One of these, or something outside the tree.
    Ambiguous(Vec<DefinitionId>),
    /// Nothing that is known.
    Unknown {
        /// It is known to be defined outside the tree.
        external: bool,
    },
}

/// A place where a name is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference<'i> {
    /// Path of the file.
    pub file: &'i str,
    /// Bytes of the name.
    pub range: Range<usize>,
    /// 1-based.
    pub line: usize,
    /// What it refers to.
    pub certainty: Certainty,
    /// Nothing but the name leads there: the text around it was not understood.
    pub by_name: bool,
}

/// A definition with the facts of its signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symbol<'i> {
    /// Its number.
    pub id: DefinitionId,
    /// Its name; of a file as a module, the path.
    pub name: &'i str,
    /// What it is.
    pub kind: SymbolKind,
    /// Path of the file.
    pub file: &'i str,
    /// Bytes of the name.
    pub name_range: Range<usize>,
    /// Bytes of the whole, attributes included.
    pub range: Range<usize>,
    /// 1-based line of the name.
    pub line: usize,
    /// Other files may refer to it by its name.
    pub exported: bool,
    /// It has attributes or decorators.
    pub has_attributes: bool,
    /// The type, module or namespace that it is part of.
    pub owner: Option<DefinitionId>,
    /// Of a function: least and most number of arguments without the receiver; no most where it takes any number.
    pub parameters: Option<(u16, Option<u16>)>,
    /// Of a function inside a type: it takes no receiver.
    pub fixed: bool,
}

/// Files of a tree with their summaries.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    paths: Vec<String>,
    summaries: Vec<Arc<Summary>>,
    languages: Vec<&'static str>,
    by_path: BTreeMap<String, u32>,
    names: IndexSet<Box<str>, FxBuildHasher>,
    /// By file, numbers of its names among all names.
    globals: Vec<Vec<u32>>,
}

impl Parts {
    pub(crate) fn file(&self, path: &str) -> Option<u32> {
        self.by_path.get(path).copied()
    }

    pub(crate) fn path(&self, file: u32) -> &str {
        &self.paths[file as usize]
    }

    pub(crate) fn summary(&self, file: u32) -> &Summary {
        &self.summaries[file as usize]
    }

    /// A file's name number among all names.
    pub(crate) fn global(&self, file: u32, name: u32) -> u32 {
        self.globals[file as usize][name as usize]
    }

    pub(crate) fn name(&self, global: u32) -> &str {
        self.names.get_index(global as usize).map_or("", |name| name)
    }

    pub(crate) fn global_of(&self, name: &str) -> Option<u32> {
        self.names.get_index_of(name).map(|at| at as u32)
    }

    pub(crate) fn entry(&self, id: DefinitionId) -> Option<&summary::Entry> {
        self.summaries.get(id.file as usize)?.definitions.get(id.number as usize)
    }
}

/// What a mention was found to lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Resolved(DefinitionId),
    /// One of a list of [`Index::lists`].
    Among(u32),
    /// One of all members of this name.
    Members,
    /// One of all definitions of this name.
    Named,
    External,
    Unknown,
}

/// The symbols of a tree.
#[derive(Debug)]
pub struct Index {
    parts: Parts,
    answers: Vec<Vec<Answer>>,
    lists: Vec<Vec<DefinitionId>>,
    graph: Graph,
    by_name: query::ByName,
    lacks: BTreeMap<(u32, u32), DefinitionId>,
}

impl Index {
    /// Reads a tree. What `cache` holds of it is not parsed again.
    pub fn read(tree: &dyn Tree, cache: &mut Cache) -> Self {
        let parts = cache.read(tree, true);
        link::link(tree, parts)
    }

    /// Files and their imports.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The files of a tree and their imports alone: no name is followed that no import needs.
    pub fn graph_of(tree: &dyn Tree, cache: &mut Cache) -> Graph {
        let parts = cache.read(tree, false);
        link::graph(tree, &parts)
    }
}
