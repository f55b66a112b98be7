//! Python: absolute imports are looked up from the folders that packages lie in, relative ones from their own package.

use std::collections::{BTreeMap, BTreeSet};

use super::cargo::join;
use super::{Graph, Resolver};
use crate::patch::Tree;
use crate::syntax::Source;

pub(super) const PYTHON: Resolver = Resolver { language: "python", resolve, inner: |_| None };

fn resolve(tree: &dyn Tree, sources: &BTreeMap<String, Source>, graph: &mut Graph) {
    let files: BTreeSet<&str> = sources.keys().map(String::as_str).collect();
    let homes = homes(&files);
    let named = named_modules(tree);
    for (file, source) in sources {
        if is_root(file, &files)
            || named.iter().any(|module| lookup(&files, &homes, module).as_deref() == Some(file))
        {
            graph.roots.insert(file.clone());
        }
        let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
        for import in source.imports() {
            let dots = import.path.first().filter(|first| first.starts_with('.')).map_or(0, String::len);
            let words = import.path.get(usize::from(dots > 0)..).unwrap_or_default();
            let words: Vec<&str> = words.iter().map(String::as_str).filter(|word| *word != "*").collect();
            let target = if dots > 0 {
                let mut package = Some(folder);
                for _ in 1..dots {
                    package = package
                        .filter(|at| !at.is_empty())
                        .map(|at| at.rsplit_once('/').map_or("", |(up, _)| up));
                }
                package.and_then(|package| module(&files, package, &words, 0))
            } else {
                // A script's own folder comes first.
                module(&files, folder, &words, 1)
                    .filter(|found| found != file)
                    .or_else(|| lookup(&files, &homes, &words.join(".")))
            };
            if let Some(target) = target {
                graph.link(file, &target);
            }
        }
    }
}

/// Folders that hold the outermost packages.
fn homes(files: &BTreeSet<&str>) -> BTreeSet<String> {
    let mut homes = BTreeSet::from([String::new(), "src".to_owned()]);
    for file in files.iter().filter(|file| file.ends_with("/__init__.py")) {
        let package = file.strip_suffix("/__init__.py").unwrap_or(file);
        let home = package.rsplit_once('/').map_or("", |(home, _)| home);
        if !files.contains(join(home, "__init__.py").as_str()) {
            homes.insert(home.to_owned());
        }
    }
    homes
}

fn lookup(files: &BTreeSet<&str>, homes: &BTreeSet<String>, dotted: &str) -> Option<String> {
    let words: Vec<&str> = dotted.split('.').filter(|word| !word.is_empty()).collect();
    if words.is_empty() {
        return None;
    }
    homes.iter().find_map(|home| module(files, home, &words, 1))
}

/// The file of the longest beginning of a dotted path, of at least so many words, that is a module; what is left are
/// names in it.
fn module(files: &BTreeSet<&str>, home: &str, words: &[&str], least: usize) -> Option<String> {
    (least..=words.len()).rev().find_map(|count| {
        let path = join(home, &words.get(..count)?.join("/"));
        let path = path.trim_end_matches('/');
        let file = |ending: &str| format!("{path}{ending}");
        let found = if count == 0 {
            vec![join(home, "__init__.py")]
        } else {
            vec![file(".py"), file("/__init__.py"), file(".pyi")]
        };
        found.into_iter().find(|file| files.contains(file.as_str()))
    })
}

/// Files from which a runner, an installer or a person starts.
fn is_root(file: &str, files: &BTreeSet<&str>) -> bool {
    let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
    let test = name.starts_with("test_") && !folder.is_empty() || name.ends_with("_test.py");
    let in_folder = |names: &[&str]| folder.split('/').any(|part| names.contains(&part));
    let outermost = name == "__init__.py"
        && folder
            .rsplit_once('/')
            .is_none_or(|(above, _)| !files.contains(join(above, "__init__.py").as_str()));
    test || outermost
        || matches!(name, "setup.py" | "conftest.py" | "__main__.py" | "manage.py" | "noxfile.py" | "conf.py")
        || in_folder(&["migrations", "bin", "scripts", "examples", "benchmarks", "docs"])
}

/// Modules that `pyproject.toml` starts: `name = "package.module:function"`.
fn named_modules(tree: &dyn Tree) -> Vec<String> {
    let table: Option<toml::Table> = tree
        .blob("pyproject.toml")
        .and_then(|blob| String::from_utf8(blob.bytes).ok())
        .and_then(|text| text.parse().ok());
    let Some(table) = table else { return Vec::new() };
    let mut found = Vec::new();
    let mut open = vec![&table];
    while let Some(table) = open.pop() {
        for value in table.values() {
            match value {
                toml::Value::String(text) => {
                    found.extend(text.split_once(':').map(|(module, _)| module.trim().to_owned()));
                }
                toml::Value::Table(inner) => open.push(inner),
                _ => {}
            }
        }
    }
    found
}
