//! JavaScript and TypeScript: import specifiers are followed as Node and the TypeScript compiler do, through path
//! aliases, packages of the same repository and what stands for a built file.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;
use rustc_hash::FxHashSet;
use serde_json::Value;

use crate::patch::Tree;
use crate::syntax::Source;
use crate::syntax::index::generic;
use crate::syntax::index::place::{join, normal};
use crate::syntax::index::summary::{Request, Summary};

/// Tried behind a specifier without an ending, in this order.
const ENDINGS: &[&str] = &["ts", "tsx", "mts", "cts", "d.ts", "js", "jsx", "mjs", "cjs"];

static SPECIFIER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?:\bfrom|\bimport|\brequire\s*\(|\bimport\s*\()\s*(?:"([^"\n]+)"|'([^'\n]+)'|`([^`$\n]+)`)"#,
    )
    .ok()
});

/// What tree-sitter sees, and the specifiers that the text shows.
pub(super) fn summarise(source: &Source) -> Option<Summary> {
    let mut summary = generic::summarise(source)?;
    let text = std::str::from_utf8(&source.bytes).ok()?;
    for found in SPECIFIER.iter().flat_map(|pattern| pattern.captures_iter(text)) {
        let Some(found) = (1..=3).find_map(|group| found.get(group)) else { continue };
        summary.requests.push(Request {
            text: found.as_str().to_owned(),
            start: found.start() as u32,
            end: found.end() as u32,
        });
    }
    Some(summary)
}

/// What decides where a specifier leads.
pub(super) struct Project {
    files: FxHashSet<String>,
    /// Compiler settings by folder: base of bare paths, and aliases with their targets.
    configurations: BTreeMap<String, Aliases>,
    /// Packages by name.
    packages: BTreeMap<String, Package>,
    /// Files that manifests name.
    entries: BTreeSet<String>,
}

#[derive(Default, Clone)]
struct Aliases {
    base: Option<String>,
    /// Pattern with at most one `*`, and targets from the root of the tree.
    paths: Vec<(String, Vec<String>)>,
}

struct Package {
    folder: String,
    manifest: Value,
}

impl Project {
    pub(super) fn read(tree: &dyn Tree) -> Self {
        let paths = tree.paths();
        let mut project = Self {
            files: paths.iter().cloned().collect(),
            configurations: BTreeMap::new(),
            packages: BTreeMap::new(),
            entries: BTreeSet::new(),
        };
        for path in paths {
            let (folder, name) = path.rsplit_once('/').unwrap_or(("", &path));
            if path.contains("node_modules/") {
                continue;
            }
            if matches!(name, "tsconfig.json" | "jsconfig.json" | "tsconfig.app.json" | "tsconfig.base.json")
            {
                let aliases = aliases(tree, &path, 8);
                let known = project.configurations.entry(folder.to_owned()).or_default();
                known.base = known.base.take().or(aliases.base);
                known.paths.extend(aliases.paths);
            } else if name == "package.json"
                && let Some(manifest) = json(tree, &path)
            {
                let mut named = BTreeSet::new();
                files_of(&manifest, &mut named);
                for file in named {
                    project.entries.extend(project.source_of(&join(folder, file.trim_start_matches("./"))));
                }
                if let Some(name) = manifest.get("name").and_then(Value::as_str) {
                    let package = Package { folder: folder.to_owned(), manifest: manifest.clone() };
                    project.packages.insert(name.to_owned(), package);
                }
            }
        }
        project
    }

    /// The file that a specifier leads to from a file, if it is one of the tree.
    pub(super) fn find(&self, from: &str, specifier: &str) -> Option<String> {
        let specifier =
            specifier.split(['?', '#']).next().filter(|part| !part.is_empty()).unwrap_or(specifier);
        let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
        if specifier.starts_with('.') {
            return self.file(&normal(&join(folder, specifier))?);
        }
        if let Some(rest) = specifier.strip_prefix('/') {
            return self.file(rest);
        }
        let mut above = Some(folder);
        while let Some(at) = above {
            if let Some(aliases) = self.configurations.get(at)
                && let Some(found) = self.alias(aliases, specifier)
            {
                return Some(found);
            }
            above =
                if at.is_empty() { None } else { Some(at.rsplit_once('/').map_or("", |(above, _)| above)) };
        }
        self.package(specifier)
    }

    /// A bare specifier, which names a package.
    pub(super) fn is_package(specifier: &str) -> bool {
        specifier.strip_prefix('@').is_some_and(|rest| !rest.starts_with('/') && rest.contains('/'))
    }

    fn alias(&self, aliases: &Aliases, specifier: &str) -> Option<String> {
        let mut fitting: Vec<(usize, &Vec<String>, &str)> = Vec::new();
        for (pattern, targets) in &aliases.paths {
            match pattern.split_once('*') {
                None if pattern == specifier => fitting.push((usize::MAX, targets, "")),
                Some((before, after)) => {
                    let star = specifier.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
                    fitting.extend(star.map(|star| (before.len(), targets, star)));
                }
                None => {}
            }
        }
        // The pattern that says most goes first.
        fitting.sort_by_key(|(length, ..)| std::cmp::Reverse(*length));
        for (_, targets, star) in fitting {
            for target in targets {
                if let Some(found) = normal(&target.replacen('*', star, 1)).and_then(|path| self.file(&path))
                {
                    return Some(found);
                }
            }
        }
        self.file(&normal(&join(aliases.base.as_deref()?, specifier))?)
    }

    /// A package of this repository, or a file in one.
    fn package(&self, specifier: &str) -> Option<String> {
        let mut parts = specifier.splitn(if specifier.starts_with('@') { 3 } else { 2 }, '/');
        let mut name = parts.next()?.to_owned();
        if specifier.starts_with('@') {
            name = format!("{name}/{}", parts.next()?);
        }
        let inside = parts.next();
        let package = self.packages.get(&name)?;
        let exports = package.manifest.get("exports");
        let key = inside.map_or_else(|| ".".to_owned(), |inside| format!("./{inside}"));
        let mut named = BTreeSet::new();
        match exports {
            Some(Value::Object(table)) if table.contains_key(&key) => {
                files_of_exports(&table[&key], &mut named);
            }
            Some(exports) if inside.is_none() => files_of_exports(exports, &mut named),
            _ => {}
        }
        if inside.is_none() {
            for key in ["source", "types", "typings", "module", "main"] {
                named.extend(package.manifest.get(key).and_then(Value::as_str));
            }
        }
        let at = |path: &str| join(&package.folder, path.trim_start_matches("./"));
        let found = named.iter().flat_map(|path| self.source_of(&at(path))).next();
        found.or_else(|| match inside {
            Some(inside) => self.file(&at(inside)).or_else(|| self.file(&at(&format!("src/{inside}")))),
            None => ["src/index", "index", "lib/index"].iter().find_map(|path| self.file(&at(path))),
        })
    }

    /// The file of a path without or with another ending, or the index of a folder.
    fn file(&self, path: &str) -> Option<String> {
        if self.files.contains(path) {
            return Some(path.to_owned());
        }
        // One text for all that is tried: every import of every file comes through here.
        let with = |path: &str| {
            let mut file = format!("{path}.");
            let stem = file.len();
            ENDINGS
                .iter()
                .any(|ending| {
                    file.truncate(stem);
                    file.push_str(ending);
                    self.files.contains(&file)
                })
                .then_some(file)
        };
        // `./a.js` is written where `a.ts` is meant.
        let stem = [".js", ".jsx", ".mjs", ".cjs"].iter().find_map(|ending| path.strip_suffix(ending));
        with(path).or_else(|| stem.and_then(with)).or_else(|| with(&join(path, "index")))
    }

    /// A file that a manifest names: itself, or the source that it is built from.
    fn source_of(&self, path: &str) -> Vec<String> {
        let Some(path) = normal(path) else { return Vec::new() };
        if let Some(found) = self.file(&path) {
            return vec![found];
        }
        let built = ["dist", "lib", "build", "out", "esm", "cjs", "es", "types"];
        let parts: Vec<&str> = path.split('/').collect();
        let Some(at) = parts.iter().position(|part| built.contains(part)) else { return Vec::new() };
        let rest = parts.get(at + 1..).unwrap_or_default();
        let stem = |rest: &[&str]| {
            let name = rest.join("/");
            name.split_once(".d.").map_or(name.clone(), |(stem, _)| stem.to_owned())
        };
        let head = parts.get(..at).unwrap_or_default().join("/");
        (0..rest.len())
            .find_map(|skip| {
                self.file(&join(&head, &format!("src/{}", stem(&rest[skip..])))).map(|file| vec![file])
            })
            .unwrap_or_default()
    }
}

/// Files from which a build, a runner or a person starts.
pub(super) fn is_root(file: &str, project: &Project) -> bool {
    let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
    let stem = name.split('.').next().unwrap_or(name);
    let in_folder = |names: &[&str]| folder.split('/').any(|part| names.contains(&part));
    let inner = name.rsplit('.').nth(1).filter(|_| name.matches('.').count() > 1);
    let marked =
        inner.is_some_and(|part| ["test", "spec", "stories", "config", "bench", "e2e", "d"].contains(&part));
    project.entries.contains(file)
        || marked
        || in_folder(&[
            "__tests__",
            "bin",
            "pages",
            "routes",
            "examples",
            "fixtures",
            "benchmarks",
            "stories",
        ])
        || (in_folder(&["test", "tests", "spec"]) && !name.starts_with('_'))
        || ((folder.is_empty() || folder == "src" || folder.ends_with("/src"))
            && ["index", "main", "app", "App", "server", "cli"].contains(&stem))
        || (folder.is_empty() && name.starts_with('.'))
}

/// The files that a manifest's fields and scripts name.
fn files_of<'a>(manifest: &'a Value, out: &mut BTreeSet<&'a str>) {
    for key in ["main", "module", "browser", "types", "typings", "source", "bin", "exports"] {
        if let Some(value) = manifest.get(key) {
            files_of_exports(value, out);
        }
    }
    let scripts = manifest.get("scripts").and_then(Value::as_object).into_iter().flatten();
    for word in scripts.filter_map(|(_, script)| script.as_str()).flat_map(str::split_whitespace) {
        let word = word.trim_matches(['"', '\'']);
        if ENDINGS.iter().any(|ending| word.ends_with(&format!(".{ending}"))) {
            out.insert(word);
        }
    }
}

fn files_of_exports<'a>(value: &'a Value, out: &mut BTreeSet<&'a str>) {
    match value {
        Value::String(path) => {
            out.insert(path);
        }
        Value::Array(values) => values.iter().for_each(|value| files_of_exports(value, out)),
        Value::Object(table) => table.values().for_each(|value| files_of_exports(value, out)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn json(tree: &dyn Tree, path: &str) -> Option<Value> {
    json5::from_str(std::str::from_utf8(&tree.blob(path)?.bytes).ok()?).ok()
}

/// Aliases of a configuration and of those that it extends by a path.
fn aliases(tree: &dyn Tree, path: &str, depth: usize) -> Aliases {
    let Some(value) = json(tree, path).filter(|_| depth > 0) else { return Aliases::default() };
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let options = value.get("compilerOptions");
    let base = options.and_then(|options| options.get("baseUrl")).and_then(Value::as_str);
    let base = base.and_then(|base| normal(&join(folder, base)));
    let from = base.clone().unwrap_or_else(|| folder.to_owned());
    let table = options.and_then(|options| options.get("paths")).and_then(Value::as_object);
    let mut paths: Vec<(String, Vec<String>)> = table
        .into_iter()
        .flatten()
        .map(|(pattern, targets)| {
            let targets = targets.as_array().into_iter().flatten().filter_map(Value::as_str);
            (pattern.clone(), targets.map(|target| join(&from, target)).collect())
        })
        .collect();
    let mut inherited_base = None;
    let parents = match value.get("extends") {
        Some(Value::String(parent)) => vec![parent.as_str()],
        Some(Value::Array(parents)) => parents.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    for parent in parents.iter().filter(|parent| parent.starts_with('.')) {
        let Some(parent) = normal(&join(folder, parent)) else { continue };
        let named = parent.rsplit_once('.').is_some_and(|(_, ending)| ending == "json");
        let file = if named { parent } else { format!("{parent}.json") };
        let above = aliases(tree, &file, depth - 1);
        inherited_base = inherited_base.or(above.base);
        if paths.is_empty() {
            paths = above.paths;
        }
    }
    Aliases { base: base.or(inherited_base), paths }
}
