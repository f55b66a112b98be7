//! How files of a tree belong together: which files a build starts from, and which files import which.
//!
//! A language plugs in with one row of `READERS` and a folder.
//!
//! Invariant: only files of the tree are nodes; an import that leads out of the tree, or that cannot be followed, is no
//! edge.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::link::Linking;
use super::summary::Summary;
use super::{javascript, python_modules, rust};
use crate::syntax::{Language, Source, language_of};

/// Reads the files of one or more languages that can import each other.
pub(crate) struct Reader {
    /// Languages by name.
    pub languages: &'static [&'static str],
    /// What a file says by itself, from its path (only for the variant of the language), language and content.
    pub summarise: fn(&str, &'static Language, &[u8]) -> Option<Summary>,
    /// Follows the names of all files of these languages, and fills edges and roots of the graph.
    pub link: fn(&mut Linking),
    /// Imports lead from name to name, so that names are numbered for the graph alone too.
    pub by_name: bool,
    /// The folder whose files may see what is private to a file (modules inside its own), if there are any.
    pub inner: fn(&str) -> Option<String>,
}

/// All readers.
pub(crate) static READERS: &[Reader] = &[
    Reader {
        languages: &["rust"],
        summarise: |_, language, bytes| rust::summarise(&Source::parse(language, bytes)?),
        link: rust::link,
        by_name: true,
        inner: rust::inner,
    },
    Reader {
        languages: &["javascript", "typescript", "tsx"],
        summarise: javascript::summarise,
        link: javascript::link,
        by_name: false,
        inner: |_| None,
    },
    Reader {
        languages: &["python"],
        summarise: |_, language, bytes| python_modules::summarise(&Source::parse(language, bytes)?),
        link: python_modules::link,
        by_name: false,
        inner: |_| None,
    },
];

/// The reader of a language.
pub(crate) fn reader(language: &Language) -> Option<&'static Reader> {
    READERS.iter().find(|reader| reader.languages.contains(&language.name))
}

/// The folder whose files may see what is private to a file; none where a file's privates are its own.
pub(crate) fn inner_folder(path: &str) -> Option<String> {
    reader(language_of(path)?).and_then(|reader| (reader.inner)(path))
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
    /// A file of the graph.
    pub(super) fn file(&mut self, path: &str) {
        self.edges.entry(path.to_owned()).or_default();
    }

    /// What an import leads to is a file of the graph, or else (styles, data) no edge.
    pub(super) fn only_files(&mut self) {
        let files: BTreeSet<String> = self.edges.keys().cloned().collect();
        for targets in self.edges.values_mut() {
            targets.retain(|target| files.contains(target));
        }
        self.roots.retain(|root| files.contains(root));
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
