//! Cargo packages of a tree and the files that their targets start from.

use std::collections::BTreeSet;

use super::place::{below, join};
use crate::patch::Tree;

/// A package of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Package {
    /// Folder of its manifest, `""` for the root.
    pub folder: String,
    /// Name under which other crates import its library.
    pub crate_name: Option<String>,
    /// File that its library starts from.
    pub library: Option<String>,
    /// Files that targets start from, the library among them.
    pub roots: BTreeSet<String>,
}

fn table(tree: &dyn Tree, path: &str) -> Option<toml::Table> {
    String::from_utf8(tree.blob(path)?.bytes).ok()?.parse().ok()
}

fn text<'a>(table: &'a toml::Table, key: &str) -> Option<&'a str> {
    table.get(key).and_then(toml::Value::as_str)
}

/// All packages, by folder.
pub(crate) fn packages(tree: &dyn Tree) -> Vec<Package> {
    let paths = tree.paths();
    let mut packages = Vec::new();
    for manifest in paths.iter().filter(|path| *path == "Cargo.toml" || path.ends_with("/Cargo.toml")) {
        let folder = manifest.strip_suffix("Cargo.toml").unwrap_or("").trim_end_matches('/');
        let Some(manifest) = table(tree, manifest) else { continue };
        if let Some(package) = manifest.get("package").and_then(toml::Value::as_table) {
            packages.push(read(&paths, folder, &manifest, package));
        }
    }
    packages
}

fn read(paths: &[String], folder: &str, manifest: &toml::Table, package: &toml::Table) -> Package {
    let is_file = |path: &String| paths.binary_search(path).is_ok();
    let library_table = manifest.get("lib").and_then(toml::Value::as_table);
    let library = library_table.and_then(|lib| text(lib, "path")).unwrap_or("src/lib.rs");
    let library = Some(join(folder, library)).filter(|path| is_file(path));
    let name = library_table.and_then(|lib| text(lib, "name")).or_else(|| text(package, "name"));
    let mut roots: BTreeSet<String> = library.iter().cloned().collect();
    for kind in ["bin", "test", "example", "bench"] {
        for target in manifest.get(kind).and_then(toml::Value::as_array).into_iter().flatten() {
            let target = target.as_table();
            if let Some(path) = target.and_then(|target| text(target, "path")) {
                roots.extend(Some(join(folder, path)).filter(|path| is_file(path)));
            }
        }
    }
    let build = text(package, "build").unwrap_or("build.rs");
    roots.extend(Some(join(folder, build)).filter(|path| is_file(path)));
    let automatic = |key: &str| package.get(key).and_then(toml::Value::as_bool).unwrap_or(true);
    let places = [
        ("src/bin", "autobins"),
        ("tests", "autotests"),
        ("examples", "autoexamples"),
        ("benches", "autobenches"),
    ];
    if automatic("autobins") {
        roots.extend(Some(join(folder, "src/main.rs")).filter(|path| is_file(path)));
    }
    for (place, _) in places.into_iter().filter(|(_, key)| automatic(key)) {
        let place = join(folder, place);
        for path in paths {
            let Some(rest) = below(path, &place) else { continue };
            let target = match rest.split_once('/') {
                None => rest.rsplit_once('.').is_some_and(|(_, ending)| ending == "rs"),
                Some((_, file)) => file == "main.rs",
            };
            if target {
                roots.insert(path.clone());
            }
        }
    }
    Package {
        folder: folder.to_owned(),
        crate_name: name.map(|name| name.replace('-', "_")).filter(|_| library.is_some()),
        library,
        roots,
    }
}
