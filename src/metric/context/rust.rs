//! Rust's imports to files: `mod` declarations and `use` paths, by the conventional places of module files.
//!
//! `#[path]` attributes and modules made by macros are not followed.

use std::collections::{BTreeMap, BTreeSet};

use super::graph::Resolver;
use crate::patch::Tree;
use crate::syntax::Source;

/// Where a file stands: a crate root file and the module path below it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    /// The root file of its crate, such as `core/src/lib.rs`.
    root: String,
    /// Module path from the root.
    module: Vec<String>,
}

/// The crates of a tree.
pub(super) struct Crates {
    paths: BTreeSet<String>,
    /// Library root by crate name, dashes as underscores.
    libraries: BTreeMap<String, String>,
    /// Folders that hold a manifest with a package, longest first.
    packages: Vec<String>,
}

fn join(folder: &str, rest: &str) -> String {
    if folder.is_empty() { rest.to_owned() } else { format!("{folder}/{rest}") }
}

impl Crates {
    /// Reads the manifests of a tree.
    pub(super) fn new(tree: &dyn Tree) -> Self {
        let paths: BTreeSet<String> = tree.paths().into_iter().collect();
        let mut libraries = BTreeMap::new();
        let mut packages = Vec::new();
        for path in paths.iter().filter(|path| *path == "Cargo.toml" || path.ends_with("/Cargo.toml")) {
            let folder = path.strip_suffix("Cargo.toml").unwrap_or_default().trim_end_matches('/').to_owned();
            let manifest: Option<toml::Table> =
                tree.blob(path).and_then(|blob| toml::from_str(std::str::from_utf8(&blob.bytes).ok()?).ok());
            let Some(manifest) = manifest else { continue };
            let Some(package) = manifest.get("package").and_then(|package| package.get("name")?.as_str())
            else {
                continue;
            };
            let library = manifest.get("lib");
            let text = |field: &str| library.and_then(|lib| lib.get(field)?.as_str());
            let root = join(&folder, text("path").unwrap_or("src/lib.rs"));
            if paths.contains(&root) {
                libraries.insert(text("name").unwrap_or(package).replace('-', "_"), root);
            }
            packages.push(folder);
        }
        packages.sort_by_key(|folder| std::cmp::Reverse(folder.len()));
        Self { paths, libraries, packages }
    }

    /// The crate root and module path of a file.
    fn place(&self, path: &str) -> Option<Place> {
        let package = self.packages.iter().find(|folder| {
            folder.is_empty() || path.strip_prefix(folder.as_str()).is_some_and(|p| p.starts_with('/'))
        })?;
        let inside = if package.is_empty() { path } else { path.get(package.len() + 1..)? };
        let parts: Vec<&str> = inside.strip_suffix(".rs")?.split('/').collect();
        let (base, rest): (&[&str], &[&str]) = match parts.as_slice() {
            ["src", "bin", rest @ ..] if !rest.is_empty() => (&["src", "bin"], rest),
            [folder @ ("tests" | "examples" | "benches"), rest @ ..] if !rest.is_empty() => {
                (std::slice::from_ref(folder), rest)
            }
            ["src", rest @ ..] if !rest.is_empty() => {
                return Some(self.in_src(package, rest));
            }
            _ => return Some(Place { root: path.to_owned(), module: Vec::new() }),
        };
        // Below tests/, examples/, benches/ and src/bin/ each file or folder with main.rs is a crate of its own; other
        // files of a folder belong to whoever declares them (`tests/common/mod.rs`).
        let folder = join(package, &base.join("/"));
        let main = format!("{folder}/{}/main.rs", rest[0]);
        if rest.len() > 1 && self.paths.contains(&main) {
            return Some(Place { root: main, module: module(&rest[1..]) });
        }
        if rest.len() == 1 {
            return Some(Place { root: path.to_owned(), module: Vec::new() });
        }
        // `mod common;` of a test looks for files beside it: any root in this folder finds them there.
        Some(Place { root: format!("{folder}/*"), module: module(rest) })
    }

    fn in_src(&self, package: &str, rest: &[&str]) -> Place {
        let root = |name: &str| join(package, &format!("src/{name}.rs"));
        if let ["lib" | "main"] = rest {
            Place { root: root(rest[0]), module: Vec::new() }
        } else {
            let name = if self.paths.contains(&root("lib")) { "lib" } else { "main" };
            Place { root: root(name), module: module(rest) }
        }
    }

    /// The file of a module below a crate root.
    fn file(&self, root: &str, module: &[String]) -> Option<String> {
        if module.is_empty() {
            return self.paths.contains(root).then(|| root.to_owned());
        }
        let folder = root.rsplit_once('/').map_or("", |(folder, _)| folder);
        let path = join(folder, &module.join("/"));
        [format!("{path}.rs"), format!("{path}/mod.rs")].into_iter().find(|file| self.paths.contains(file))
    }

    /// The deepest module file that a path from a module names.
    fn deepest(&self, root: &str, module: &[String], path: &[String]) -> Option<String> {
        (0..=path.len()).rev().find_map(|length| {
            let full: Vec<String> = module.iter().chain(&path[..length]).cloned().collect();
            self.file(root, &full)
        })
    }

    fn target(&self, place: &Place, path: &[String]) -> Option<String> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => self.deepest(&place.root, &[], rest),
            "self" => self.deepest(&place.root, &place.module, rest),
            "super" => {
                let ups = path.iter().take_while(|segment| *segment == "super").count();
                let kept = place.module.len().saturating_sub(ups);
                self.deepest(&place.root, &place.module[..kept], &path[ups..])
            }
            _ => {
                // A module beside or below wins over a crate of that name, as in the language.
                let mut child = place.module.clone();
                child.push(first.clone());
                if self.file(&place.root, &child).is_some() {
                    return self.deepest(&place.root, &child, rest);
                }
                self.libraries.get(first).and_then(|root| self.deepest(root, &[], rest))
            }
        }
    }
}

/// `["a", "b", "mod"]` → `[a, b]`.
fn module(parts: &[&str]) -> Vec<String> {
    let parts = match parts.split_last() {
        Some((&("mod" | "main"), before)) => before,
        _ => parts,
    };
    parts.iter().map(|part| (*part).to_owned()).collect()
}

impl Resolver for Crates {
    fn imported(&self, path: &str, source: &Source) -> BTreeSet<String> {
        let Some(place) = self.place(path) else { return BTreeSet::new() };
        let mut files = BTreeSet::new();
        for import in source.imports() {
            if import.is_mod_decl {
                let mut child = place.module.clone();
                child.extend(import.path.iter().cloned());
                files.extend(self.file(&place.root, &child));
            } else {
                files.extend(self.target(&place, &import.path));
            }
        }
        files
    }
}

#[cfg(test)]
mod tests {
    use crate::metric::context::ImportGraph;
    use crate::patch::{Blob, Tree};

    struct Files(Vec<(&'static str, &'static str)>);

    impl Tree for Files {
        fn blob(&self, path: &str) -> Option<Blob> {
            let (_, text) = self.0.iter().find(|(name, _)| *name == path)?;
            Some(Blob { mode: 0o100_644, bytes: text.as_bytes().to_vec() })
        }
        fn paths(&self) -> Vec<String> {
            let mut paths: Vec<String> = self.0.iter().map(|(name, _)| (*name).to_owned()).collect();
            paths.sort();
            paths
        }
        fn blob_by_id(&self, _: &str) -> Option<Vec<u8>> {
            None
        }
    }

    #[test]
    fn imports_lead_to_files() {
        let tree = Files(vec![
            ("Cargo.toml", "[workspace]\nmembers = ['core', 'app']\n"),
            ("core/Cargo.toml", "[package]\nname = 'my-core'\n"),
            ("core/src/lib.rs", "pub mod money;\nmod parse;\n"),
            ("core/src/money.rs", "use super::parse::text::Text;\n"),
            ("core/src/parse/mod.rs", "pub mod text;\nuse self::text::Text;\n"),
            ("core/src/parse/text.rs", "use crate::money::Money;\n"),
            ("app/Cargo.toml", "[package]\nname = 'app'\n"),
            ("app/src/main.rs", "mod view;\nuse my_core::{money::Money, parse};\n"),
            ("app/src/view.rs", "use std::fmt;\n"),
            ("core/tests/all.rs", "mod common;\nuse my_core::money;\n"),
            ("core/tests/common/mod.rs", ""),
            ("docs/a.md", ""),
        ]);
        let graph = ImportGraph::new(&tree);
        let of = |path: &str| graph.neighbours(path).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(of("app/src/main.rs"), ["app/src/view.rs", "core/src/money.rs", "core/src/parse/mod.rs"]);
        assert_eq!(
            of("core/src/money.rs"),
            ["app/src/main.rs", "core/src/lib.rs", "core/src/parse/text.rs", "core/tests/all.rs"]
        );
        assert_eq!(of("core/tests/common/mod.rs"), ["core/tests/all.rs"]);
        assert_eq!(graph.distance("app/src/view.rs", "core/src/parse/text.rs"), Some(3));
        assert_eq!(graph.distance("app/src/view.rs", "docs/a.md"), None);
        assert_eq!(graph.distance("docs/a.md", "docs/a.md"), Some(0));
    }
}
