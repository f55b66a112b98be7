//! The module tree: which file is the text of which module of which crate.

use std::collections::{BTreeMap, BTreeSet};

use crate::patch::Tree;
use crate::syntax::index::cargo::{Package, packages};
use crate::syntax::index::graph::Graph;
use crate::syntax::index::place::{join, normal};
use crate::syntax::index::summary::Declared;
use crate::syntax::index::{DefinitionId, Parts};

/// Modules nested beyond this are no program.
const DEEPEST: usize = 64;

/// A module: its file, and its number there.
pub(super) type ModuleId = (u32, u32);

/// Where modules are.
pub(super) struct Modules {
    /// By file: the root of its crate, and the module that declares it.
    places: BTreeMap<u32, (u32, Option<ModuleId>)>,
    /// Declaration → file.
    contents: BTreeMap<DefinitionId, u32>,
    /// Crate name → file of the library's root.
    pub crates: BTreeMap<String, u32>,
}

impl Modules {
    pub fn read(tree: &dyn Tree, parts: &Parts, graph: &mut Graph) -> Self {
        let packages = packages(tree);
        let mut found = Self { places: BTreeMap::new(), contents: BTreeMap::new(), crates: BTreeMap::new() };
        let mut roots: Vec<&String> = Vec::new();
        for package in &packages {
            graph.roots.extend(package.roots.iter().cloned());
            // A file in two crates is the library's.
            roots.extend(package.library.iter());
        }
        roots.extend(packages.iter().flat_map(|package| &package.roots));
        for Package { crate_name, library, .. } in &packages {
            let root = library.as_ref().and_then(|library| parts.file(library));
            if let (Some(name), Some(root)) = (crate_name, root) {
                found.crates.insert(name.clone(), root);
            }
        }
        let mut seen = BTreeSet::new();
        for root in roots.into_iter().filter_map(|root| parts.file(root)) {
            if seen.insert(root) {
                found.declare(root, None, root, parts, graph, DEEPEST);
            }
        }
        found
    }

    fn declare(
        &mut self,
        root: u32,
        from: Option<ModuleId>,
        file: u32,
        parts: &Parts,
        graph: &mut Graph,
        depth: usize,
    ) {
        if depth == 0 || self.places.contains_key(&file) {
            return;
        }
        self.places.insert(file, (root, from));
        let path = parts.path(file);
        for declared in &parts.summary(file).declared {
            let candidates = candidates(path, from.is_none(), declared);
            let Some(found) = candidates.iter().find_map(|path| parts.file(path)) else { continue };
            graph.link(path, parts.path(found));
            self.contents.insert(DefinitionId { file, number: declared.definition }, found);
            self.declare(root, Some((file, declared.module)), found, parts, graph, depth - 1);
        }
    }

    /// The root of a file's crate; a file that no crate holds is its own.
    pub fn root(&self, file: u32) -> u32 {
        self.places.get(&file).map_or(file, |(root, _)| *root)
    }

    /// The file of `mod x;`.
    pub fn content(&self, definition: DefinitionId) -> Option<u32> {
        self.contents.get(&definition).copied()
    }

    /// The module around a module.
    pub fn above(&self, (file, module): ModuleId, parts: &Parts) -> Option<ModuleId> {
        match parts.summary(file).modules.get(module as usize)?.parent {
            Some(parent) => Some((file, parent)),
            None => self.places.get(&file)?.1,
        }
    }
}

/// Files that `mod name;` may stand for, first choice first.
fn candidates(file: &str, is_root: bool, declared: &Declared) -> Vec<String> {
    let (folder, base) = file.rsplit_once('/').unwrap_or(("", file));
    let stem = base.strip_suffix(".rs").unwrap_or(base);
    let owns_folder = is_root || stem == "mod";
    let mut home = if owns_folder { folder.to_owned() } else { join(folder, stem) };
    for module in &declared.inline {
        home = join(&home, module);
    }
    if let Some(given) = &declared.path {
        let from = if declared.inline.is_empty() { folder } else { &home };
        return normal(&join(from, given)).into_iter().collect();
    }
    let name = &declared.name;
    vec![join(&home, &format!("{name}.rs")), join(&home, &format!("{name}/mod.rs"))]
}
