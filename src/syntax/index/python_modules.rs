//! Python: absolute imports are looked up from the folders that packages lie in, relative ones from their own package.

use std::collections::BTreeSet;

use super::generic;
use super::link::Linking;
use super::place::join;
use super::summary::{Request, Summary};
use crate::patch::Tree;
use crate::syntax::Source;

pub(super) fn summarise(source: &Source) -> Option<Summary> {
    let mut summary = generic::summarise(source)?;
    for import in source.imports() {
        summary.requests.push(Request {
            text: dotted(&import.path),
            start: import.range.start as u32,
            end: import.range.end as u32,
        });
    }
    Some(summary)
}

/// `[".", "a", "b"]` is `.a.b`.
fn dotted(path: &[String]) -> String {
    match path.split_first() {
        Some((dots, rest)) if dots.starts_with('.') => format!("{dots}{}", rest.join(".")),
        _ => path.join("."),
    }
}

pub(super) fn link(linking: &mut Linking) {
    let files: BTreeSet<&str> = linking.files.iter().map(|file| linking.parts.path(*file)).collect();
    let homes = homes(&files);
    let named = named_modules(linking.tree);
    for number in linking.files {
        let file = linking.parts.path(*number);
        if is_root(file, &files)
            || named.iter().any(|module| lookup(&files, &homes, module).as_deref() == Some(file))
        {
            linking.graph.roots.insert(file.to_owned());
        }
        for request in &linking.parts.summary(*number).requests {
            if let Some(target) = target(&files, &homes, file, &request.text) {
                linking.graph.link(file, &target);
            }
        }
    }
}

/// The file of a dotted path seen from a file, and how many of its last words are names in it.
pub(crate) fn python_module(files: &BTreeSet<&str>, file: &str, path: &str) -> Option<(String, usize)> {
    let homes = homes(files);
    let words = path.split('.').filter(|word| !word.is_empty()).count();
    // The longest beginning that leads to the same file is the module.
    let whole = target(files, &homes, file, path)?;
    let dots: String = path.chars().take_while(|c| *c == '.').collect();
    let parts: Vec<&str> = path.split('.').filter(|word| !word.is_empty()).collect();
    let used = (0..=words).find(|count| {
        let shorter = format!("{dots}{}", parts[..*count].join("."));
        (*count > 0 || !dots.is_empty()) && target(files, &homes, file, &shorter).as_deref() == Some(&whole)
    })?;
    Some((whole, words - used))
}

/// The file of a dotted path, seen from a file; leading dots go up.
fn target(files: &BTreeSet<&str>, homes: &BTreeSet<String>, file: &str, path: &str) -> Option<String> {
    let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
    let dots = path.bytes().take_while(|byte| *byte == b'.').count();
    let words: Vec<&str> = path.split('.').filter(|word| !word.is_empty() && *word != "*").collect();
    if dots > 0 {
        let mut package = Some(folder);
        for _ in 1..dots {
            package =
                package.filter(|at| !at.is_empty()).map(|at| at.rsplit_once('/').map_or("", |(up, _)| up));
        }
        return package.and_then(|package| module(files, package, &words, 0));
    }
    // A script's own folder comes first.
    module(files, folder, &words, 1)
        .filter(|found| found != file)
        .or_else(|| lookup(files, homes, &words.join(".")))
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
