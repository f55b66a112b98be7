//! Created files: whether a build or a runner collects them, and whether anything refers to them.

use std::collections::BTreeSet;

use super::unused;
use crate::metric::relevance::view::has_word;
use crate::metric::relevance::{Evidence, Facts, Grade, Mark, Sign};
use crate::patch::Tree;
use crate::syntax::index::{LARGEST, below};
use crate::syntax::language_of;

/// Whether a build or a runner reaches the file; none where kerf does not know the language's rules.
pub(crate) fn collected(facts: &Facts, path: &str) -> Option<bool> {
    language_of(path).filter(|language| language.tier < 3)?;
    let graph = facts.graph();
    graph.files().any(|file| file == path).then_some(())?;
    if detached(facts, path) {
        return Some(false);
    }
    Some(facts.reachable().contains(path) || declared(facts, path))
}

/// A module around the file declares it in its text, perhaps inside a macro, where the syntax tree shows no module.
fn declared(facts: &Facts, path: &str) -> bool {
    let Some(inner) = path.strip_suffix(".rs").map(|inner| inner.strip_suffix("/mod").unwrap_or(inner))
    else {
        return false;
    };
    let Some((folder, stem)) = inner.rsplit_once('/') else { return false };
    let result = facts.result();
    ["mod.rs", "lib.rs", "main.rs"]
        .iter()
        .map(|name| format!("{folder}/{name}"))
        .chain([format!("{folder}.rs")])
        .any(|parent| {
            let Some(blob) = result.blob(&parent).filter(|_| parent != path) else { return false };
            let declares = has_words(&blob.bytes, &["mod", stem]);
            // What a lost file declares is lost too.
            declares
                && (facts.input.base.blob(&parent).is_some()
                    || facts.reachable().contains(&parent)
                    || declared(facts, &parent))
        })
}

/// The words stand one after the other, white space between.
fn has_words(text: &[u8], words: &[&str]) -> bool {
    let words_of = text.split(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'#')));
    let mut found = words_of.filter(|word| !word.is_empty());
    let mut before: &[u8] = b"";
    found.any(|word| {
        let hit = before == words[0].as_bytes() && word == words[1].as_bytes();
        before = word;
        hit
    })
}

/// The file lies in a created package that no other manifest speaks of: no build of the repository enters it.
pub(super) fn detached(facts: &Facts, path: &str) -> bool {
    package_alone(facts, path).is_some()
}

/// The folder of such a package.
pub(super) fn package_alone(facts: &Facts, path: &str) -> Option<String> {
    let created: BTreeSet<&str> = facts
        .input
        .diff
        .files
        .iter()
        .filter(|file| file.old.is_none())
        .filter_map(|file| file.new.as_deref())
        .filter_map(|path| path.strip_suffix("/Cargo.toml"))
        .collect();
    let folder = created.into_iter().find(|folder| below(path, folder).is_some())?;
    let result = facts.result();
    let manifests: Vec<String> =
        result.paths().into_iter().filter(|path| path.ends_with("Cargo.toml")).collect();
    let other = |manifest: &String| below(manifest, folder).is_none();
    let entered = manifests.iter().filter(|manifest| other(manifest)).any(|manifest| {
        let table: Option<toml::Table> = result
            .blob(manifest)
            .and_then(|blob| String::from_utf8(blob.bytes).ok())
            .and_then(|text| text.parse().ok());
        table.is_some_and(|table| speaks_of(&toml::Value::Table(table), folder))
    });
    (!entered).then(|| folder.to_owned())
}

/// A string of the manifest, read as a glob or as the end of a path, means the folder.
fn speaks_of(value: &toml::Value, folder: &str) -> bool {
    match value {
        toml::Value::String(text) => {
            let text = text.trim_start_matches("./").trim_end_matches('/');
            let glob = globset::Glob::new(text).is_ok_and(|glob| glob.compile_matcher().is_match(folder));
            glob && text.len() > 1 || folder.rsplit('/').next() == text.rsplit('/').next()
        }
        toml::Value::Array(values) => values.iter().any(|value| speaks_of(value, folder)),
        toml::Value::Table(table) => table.values().any(|value| speaks_of(value, folder)),
        _ => false,
    }
}

/// A file that names this one, created files and version control's own aside.
pub(crate) fn referred_to(facts: &Facts, path: &str) -> Option<String> {
    facts.referring(path, || search(facts, path))
}

fn search(facts: &Facts, path: &str) -> Option<String> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let result = facts.result();
    let created: BTreeSet<&str> = facts
        .input
        .diff
        .files
        .iter()
        .filter(|file| file.old.is_none())
        .filter_map(|file| file.new.as_deref())
        .collect();
    let referring = |other: &String| {
        if other == path || created.contains(other.as_str()) || other.ends_with(".gitignore") {
            return false;
        }
        let Some(blob) =
            result.blob(other).filter(|blob| blob.bytes.len() < LARGEST && !blob.bytes.contains(&0))
        else {
            return false;
        };
        let manifest = other.ends_with("Cargo.toml")
            || other.ends_with("package.json")
            || other.ends_with("pyproject.toml");
        // Scripts of a package have names that files have too: `test`, `build`. A path is what means a file there.
        let package = other.ends_with("package.json");
        let means =
            |stem: &str| has_word(&blob.bytes, &if package { format!("/{stem}") } else { stem.to_owned() });
        has_word(&blob.bytes, name) || manifest && means(stem)
    };
    // A file of this name is named by its whole name, or by its stem in a manifest.
    facts.files_with(stem).into_iter().find(referring)
}

/// `unused`, proven: a created source file outside all module trees, that nothing names.
pub(super) fn unreachable(facts: &Facts, unit: usize) -> Option<Mark> {
    let edit = facts.unit(unit);
    let file = facts.view.file(edit).filter(|file| file.old.is_none())?;
    let path = file.new.as_deref()?;
    let in_sources = path.split('/').any(|folder| folder == "src");
    if !in_sources || collected(facts, path) != Some(false) || facts.topic.names_file(path) {
        return None;
    }
    if detached(facts, path) || referred_to(facts, path).is_some() {
        return None;
    }
    let count = facts.graph().files().count();
    Some(Mark {
        sign: Sign::Unused,
        grade: Grade::A,
        evidence: vec![Evidence { file: path.to_owned(), line: 0, text: unused::no_references(path, count) }],
        why: format!("no target and no module of the {count} source files reaches this new file"),
    })
}
