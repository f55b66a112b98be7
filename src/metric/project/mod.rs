//! How files of a tree belong together: which files a build starts from, and which files import which.
//!
//! In: a [`Tree`]. Out: a [`Graph`] of files. A language plugs in with one row of [`RESOLVERS`] and one file.
//!
//! Invariant: only files of the tree are nodes; an import that leads out of the tree, or that cannot be followed, is no
//! edge.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::patch::Tree;
use crate::syntax::{Source, language_of};

mod cargo;
mod javascript;
mod python;
mod rust;

pub(crate) use cargo::below;

/// Follows the imports of one language.
pub struct Resolver {
    /// Language by name.
    pub language: &'static str,
    /// Adds this language's files, roots and edges. The sources are those of the language, by path.
    pub resolve: fn(&dyn Tree, &BTreeMap<String, Source>, &mut Graph),
    /// The folder whose files may see what is private to a file (modules inside its own), if there are any.
    pub inner: fn(&str) -> Option<String>,
}

/// All resolvers.
pub static RESOLVERS: &[Resolver] =
    &[rust::RUST, javascript::JAVASCRIPT, javascript::TYPESCRIPT, javascript::TSX, python::PYTHON];

/// The folder whose files may see what is private to a file; none where a file's privates are its own.
pub(crate) fn inner_folder(path: &str) -> Option<String> {
    let language = language_of(path)?;
    RESOLVERS
        .iter()
        .find(|resolver| resolver.language == language.name)
        .and_then(|resolver| (resolver.inner)(path))
}

/// Files and their imports.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Graph {
    /// By file, the files that it imports or declares.
    edges: BTreeMap<String, BTreeSet<String>>,
    /// Files that a build or a runner starts from.
    pub roots: BTreeSet<String>,
}

impl Graph {
    /// Reads the files of `tree` in all languages that have a resolver.
    pub fn read(tree: &dyn Tree) -> Self {
        let mut graph = Self::default();
        let paths = tree.paths();
        for resolver in RESOLVERS {
            let mut sources = BTreeMap::new();
            for path in &paths {
                let Some(language) = language_of(path).filter(|language| language.name == resolver.language)
                else {
                    continue;
                };
                let source = tree.blob(path).and_then(|blob| Source::parse(language, blob.bytes));
                if let Some(source) = source {
                    graph.edges.entry(path.clone()).or_default();
                    sources.insert(path.clone(), source);
                }
            }
            (resolver.resolve)(tree, &sources, &mut graph);
        }
        // What an import leads to is a file of the graph, or else (styles, data) no edge.
        let files: BTreeSet<String> = graph.edges.keys().cloned().collect();
        for targets in graph.edges.values_mut() {
            targets.retain(|target| files.contains(target));
        }
        graph
    }

    /// The files and edges of both.
    #[must_use]
    pub fn union(mut self, other: Self) -> Self {
        for (from, to) in other.edges {
            self.edges.entry(from).or_default().extend(to);
        }
        self.roots.extend(other.roots);
        self
    }

    /// Its files.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.edges.keys().map(String::as_str)
    }

    /// The files that `file` imports or declares.
    pub fn imports(&self, file: &str) -> impl Iterator<Item = &str> {
        self.edges.get(file).into_iter().flatten().map(String::as_str)
    }

    /// An edge to a file of the tree that may be read only later.
    pub(crate) fn link(&mut self, from: &str, to: &str) {
        if from != to {
            self.edges.entry(from.to_owned()).or_default().insert(to.to_owned());
        }
    }

    /// An edge, if both ends are files of the graph and differ.
    pub(crate) fn add(&mut self, from: &str, to: &str) {
        if from != to && self.edges.contains_key(from) && self.edges.contains_key(to) {
            self.edges.entry(from.to_owned()).or_default().insert(to.to_owned());
        }
    }

    fn neighbours(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        let mut all: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (from, targets) in &self.edges {
            for to in targets {
                all.entry(from).or_default().insert(to);
                all.entry(to).or_default().insert(from);
            }
        }
        all
    }

    /// Distances from `file` in edges, either direction, to all files that can be reached.
    pub fn distances(&self, file: &str) -> BTreeMap<String, u32> {
        let neighbours = self.neighbours();
        let mut found = BTreeMap::new();
        let mut queue = VecDeque::new();
        if self.edges.contains_key(file) {
            found.insert(file.to_owned(), 0);
            queue.push_back((file, 0));
        }
        while let Some((at, distance)) = queue.pop_front() {
            for next in neighbours.get(at).into_iter().flatten() {
                if !found.contains_key(*next) {
                    found.insert((*next).to_owned(), distance + 1);
                    queue.push_back((next, distance + 1));
                }
            }
        }
        found
    }

    /// Edges on the shortest path between two files, in either direction; none where there is no path.
    pub fn distance(&self, from: &str, to: &str) -> Option<u32> {
        self.distances(from).get(to).copied()
    }

    /// Files that can be reached from the roots by imports and declarations.
    pub fn reachable(&self) -> BTreeSet<String> {
        let mut found: BTreeSet<String> = self.roots.clone();
        let mut queue: Vec<String> = self.roots.iter().cloned().collect();
        while let Some(at) = queue.pop() {
            for next in self.edges.get(&at).into_iter().flatten() {
                if found.insert(next.clone()) {
                    queue.push(next.clone());
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests;
