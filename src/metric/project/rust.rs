//! Rust: `mod` declarations make the module tree, `use` paths are followed through it and through re-exports.

use std::collections::{BTreeMap, BTreeSet};

use super::cargo::{Package, join, packages};
use super::{Graph, Resolver};
use crate::patch::Tree;
use crate::syntax::{Import, Source};

pub(super) const RUST: Resolver = Resolver { language: "rust", resolve, inner };

/// Modules inside a file's own lie in the folder of that name; of a crate's root and of `mod.rs`, in the same folder.
fn inner(path: &str) -> Option<String> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name.strip_suffix(".rs")?;
    let shares = matches!(stem, "lib" | "main" | "mod");
    Some(if shares { folder.to_owned() } else { join(folder, stem) })
}

/// A module of a crate: the file that its text is in, and its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    root: String,
    path: Vec<String>,
}

/// An import with the inline modules around it.
struct Use {
    inline: Vec<String>,
    path: Vec<String>,
    name: Option<String>,
    public: bool,
}

#[derive(Default)]
struct Modules {
    /// Module → file; inline modules share their file.
    files: BTreeMap<Place, String>,
    /// File → modules that it is the text of.
    places: BTreeMap<String, BTreeSet<Place>>,
}

fn resolve(tree: &dyn Tree, sources: &BTreeMap<String, Source>, graph: &mut Graph) {
    let packages = packages(tree);
    for package in &packages {
        graph.roots.extend(package.roots.iter().cloned());
    }
    let mut modules = Modules::default();
    let imports: BTreeMap<&str, Vec<(Import, Vec<String>)>> =
        sources.iter().map(|(path, source)| (path.as_str(), imports(source))).collect();
    for root in packages.iter().flat_map(|package| &package.roots) {
        let place = Place { root: root.clone(), path: Vec::new() };
        declare(&place, root, sources, &imports, &mut modules, graph, DEEPEST);
    }
    let uses: BTreeMap<&str, Vec<Use>> = imports
        .iter()
        .map(|(path, imports)| {
            (*path, imports.iter().filter_map(|(import, inline)| as_use(import, inline)).collect())
        })
        .collect();
    let finder = Finder { packages: &packages, modules: &modules, uses: &uses };
    for (file, uses) in &uses {
        for place in modules.places.get(*file).into_iter().flatten() {
            for one in uses {
                let mut from = place.clone();
                from.path.extend(one.inline.iter().cloned());
                if let Some(target) = finder.file(&from, &one.path, DEEPEST) {
                    graph.add(file, &target);
                }
            }
        }
    }
}

/// Modules nested, or re-exports followed, beyond this are no program.
const DEEPEST: usize = 40;

/// Imports of a file with the inline modules that hold them.
fn imports(source: &Source) -> Vec<(Import, Vec<String>)> {
    let inline = |import: &Import| {
        let mut around: Vec<String> = source
            .entity_at(import.range.start)
            .iter()
            .filter_map(|entity| entity.strip_prefix("mod ").map(str::to_owned))
            .collect();
        if import.is_mod_decl && around.last() == import.path.last() {
            around.pop();
        }
        around
    };
    source
        .imports()
        .into_iter()
        .map(|import| (inline(&import), import))
        .map(|(inline, import)| (import, inline))
        .collect()
}

fn as_use(import: &Import, inline: &[String]) -> Option<Use> {
    (!import.is_mod_decl).then(|| Use {
        inline: inline.to_vec(),
        path: import.path.clone(),
        name: import.name().map(str::to_owned),
        public: import.public,
    })
}

/// Enters a module's file and those that it declares.
fn declare(
    place: &Place,
    file: &str,
    sources: &BTreeMap<String, Source>,
    imports: &BTreeMap<&str, Vec<(Import, Vec<String>)>>,
    modules: &mut Modules,
    graph: &mut Graph,
    depth: usize,
) {
    if depth == 0 || modules.files.contains_key(place) {
        return;
    }
    modules.files.insert(place.clone(), file.to_owned());
    modules.places.entry(file.to_owned()).or_default().insert(place.clone());
    let Some(source) = sources.get(file) else { return };
    let is_root = place.path.is_empty();
    for (import, inline) in imports.get(file).into_iter().flatten() {
        let Some(name) = import.path.last().filter(|_| import.is_mod_decl) else { continue };
        let declaration = String::from_utf8_lossy(&source.bytes[import.range.clone()]);
        let candidates = candidates(file, is_root, inline, name, attribute_path(&declaration).as_deref());
        let Some(found) = candidates.into_iter().find(|path| sources.contains_key(path)) else { continue };
        graph.add(file, &found);
        let mut child = place.clone();
        child.path.extend(inline.iter().cloned());
        child.path.push(name.trim_start_matches("r#").to_owned());
        declare(&child, &found, sources, imports, modules, graph, depth - 1);
    }
    for (_, inline) in imports.get(file).into_iter().flatten() {
        for length in 1..=inline.len() {
            let mut inner = place.clone();
            inner.path.extend(inline[..length].iter().cloned());
            modules.files.entry(inner).or_insert_with(|| file.to_owned());
        }
    }
}

/// The text in `#[path = "…"]`.
fn attribute_path(declaration: &str) -> Option<String> {
    let after = declaration.split_once("path")?.1.trim_start().strip_prefix('=')?.trim_start();
    Some(after.strip_prefix('"')?.split_once('"')?.0.to_owned())
}

/// Files that `mod name;` may stand for, first choice first.
fn candidates(file: &str, is_root: bool, inline: &[String], name: &str, given: Option<&str>) -> Vec<String> {
    let (folder, base) = file.rsplit_once('/').unwrap_or(("", file));
    let stem = base.strip_suffix(".rs").unwrap_or(base);
    let owns_folder = is_root || stem == "mod";
    let mut home = if owns_folder { folder.to_owned() } else { join(folder, stem) };
    for module in inline {
        home = join(&home, module);
    }
    if let Some(given) = given {
        let from = if inline.is_empty() { folder } else { &home };
        return normal(&join(from, given)).into_iter().collect();
    }
    let name = name.trim_start_matches("r#");
    vec![join(&home, &format!("{name}.rs")), join(&home, &format!("{name}/mod.rs"))]
}

/// A path without `.` and `..`; none where it leaves the tree.
fn normal(path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

struct Finder<'a> {
    packages: &'a [Package],
    modules: &'a Modules,
    uses: &'a BTreeMap<&'a str, Vec<Use>>,
}

impl Finder<'_> {
    /// The file of the module, or that which holds the name, which a path names from inside a module.
    fn file(&self, from: &Place, path: &[String], depth: usize) -> Option<String> {
        let (start, rest) = self.start(from, path)?;
        let mut at = start;
        let mut rest = rest;
        while let Some((next, after)) = rest.split_first() {
            let mut inner = at.clone();
            inner.path.push(next.clone());
            if !self.modules.files.contains_key(&inner) {
                break;
            }
            at = inner;
            rest = after;
        }
        let file = self.modules.files.get(&at)?.clone();
        let Some(name) = rest.first().filter(|name| *name != "*" && *name != "self") else {
            return Some(file);
        };
        if depth == 0 {
            return Some(file);
        }
        // The module may only hand the name on.
        let exported = self.uses.get(file.as_str()).into_iter().flatten().filter(|one| {
            let places = self.modules.places.get(&file).into_iter().flatten();
            let within = |place: &Place| {
                at.root == place.root && at.path.strip_prefix(&place.path[..]) == Some(&one.inline[..])
            };
            one.public && places.into_iter().any(within)
        });
        let named: Vec<&Use> = exported.filter(|one| one.name.as_deref() == Some(name)).collect();
        for one in named {
            let circular = one.path.len() == 1 && one.path.first() == Some(name);
            if !circular && let Some(found) = self.file(&at, &one.path, depth - 1) {
                return Some(found);
            }
        }
        Some(file)
    }

    /// The module that a path begins in, and what is left of the path.
    fn start<'p>(&self, from: &Place, path: &'p [String]) -> Option<(Place, &'p [String])> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => Some((Place { root: from.root.clone(), path: Vec::new() }, rest)),
            "self" => Some((from.clone(), rest)),
            "super" => {
                let mut place = from.clone();
                place.path.pop()?;
                let mut rest = rest;
                while let Some((next, after)) = rest.split_first().filter(|(next, _)| *next == "super") {
                    let _ = next;
                    place.path.pop()?;
                    rest = after;
                }
                Some((place, rest))
            }
            name => {
                let mut child = from.clone();
                child.path.push(name.to_owned());
                if self.modules.files.contains_key(&child) {
                    return Some((from.clone(), path));
                }
                let package =
                    self.packages.iter().find(|package| package.crate_name.as_deref() == Some(name))?;
                let root = package.library.clone()?;
                Some((Place { root, path: Vec::new() }, rest))
            }
        }
    }
}
