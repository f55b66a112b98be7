//! Which file imports which: an undirected graph over the files of a tree.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::rust;
use crate::patch::Tree;
use crate::syntax::{Source, language_of};

/// Files and import edges. Names re-exported elsewhere lead to the file that the import names, not further.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportGraph {
    edges: BTreeMap<String, BTreeSet<String>>,
}

/// Finds the files that a file's imports name; one per language, given the tree's paths and manifests once.
pub(super) trait Resolver {
    /// Files that `source` at `path` imports or declares.
    fn imported(&self, path: &str, source: &Source) -> BTreeSet<String>;
}

/// A resolver for a tree.
type MakeResolver = fn(&dyn Tree) -> Box<dyn Resolver>;

/// One row a language.
const RESOLVERS: &[(&str, MakeResolver)] = &[("rust", |tree| Box::new(rust::Crates::new(tree)))];

impl ImportGraph {
    /// The graph of a tree. Files of languages without a resolver stand alone.
    pub fn new(tree: &dyn Tree) -> Self {
        let mut graph = Self::default();
        let mut resolvers: BTreeMap<&str, Box<dyn Resolver>> = BTreeMap::new();
        for path in tree.paths() {
            let Some(language) = language_of(&path) else { continue };
            let Some((name, make)) = RESOLVERS.iter().find(|(name, _)| *name == language.name) else {
                continue;
            };
            let Some(source) = tree.blob(&path).and_then(|blob| Source::parse(language, blob.bytes)) else {
                continue;
            };
            let resolver = resolvers.entry(name).or_insert_with(|| make(tree));
            for other in resolver.imported(&path, &source) {
                graph.connect(&path, &other);
            }
        }
        graph
    }

    /// Adds an edge between two different files.
    pub fn connect(&mut self, a: &str, b: &str) {
        if a != b {
            self.edges.entry(a.to_owned()).or_default().insert(b.to_owned());
            self.edges.entry(b.to_owned()).or_default().insert(a.to_owned());
        }
    }

    /// Files one import away, in either direction.
    pub fn neighbours(&self, path: &str) -> impl Iterator<Item = &str> {
        self.edges.get(path).into_iter().flatten().map(String::as_str)
    }

    /// Every file with an edge.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.edges.keys().map(String::as_str)
    }

    /// Edges on the shortest undirected path; 0 from a file to itself, none where there is no path.
    pub fn distance(&self, from: &str, to: &str) -> Option<u32> {
        let mut seen = BTreeSet::from([from]);
        let mut queue = VecDeque::from([(from, 0)]);
        while let Some((path, steps)) = queue.pop_front() {
            if path == to {
                return Some(steps);
            }
            for next in self.neighbours(path) {
                if seen.insert(next) {
                    queue.push_back((next, steps + 1));
                }
            }
        }
        None
    }
}
