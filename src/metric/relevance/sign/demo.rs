//! Demonstrations that a change brings together with the package script that runs them: each refers to the other, and
//! nothing else to either.

use serde_json::{Map, Value};

use crate::diff::UnitKind;
use crate::metric::relevance::Facts;
use crate::metric::relevance::view::has_word;
use crate::patch::Tree;

/// Last or first words of the names of programs that show or try something.
const SHOWS: &[&str] = &["demo", "demonstration", "repro", "reproduce", "playground", "scratch", "poc"];

/// A program of that name which only scripts of a manifest name that the change adds, and which nothing else names.
pub(super) fn only_by_own_script(facts: &Facts, path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let words = || stem.split(['-', '_', '.']);
    let shows = [words().next(), words().next_back()].into_iter().flatten().any(|word| SHOWS.contains(&word));
    if !shows || !matches!(ending, "js" | "mjs" | "cjs" | "ts" | "mts" | "cts") {
        return false;
    }
    let result = facts.result();
    let naming = facts.files_with(stem).into_iter().filter(|other| other != path);
    let mut scripted = false;
    for other in naming {
        let Some(blob) = result.blob(&other).filter(|blob| has_word(&blob.bytes, name)) else { continue };
        if !other.ends_with("package.json") || !own_scripts(facts, &other, &blob.bytes, name) {
            return false;
        }
        scripted = true;
    }
    scripted
}

/// All that the manifest says of the file are scripts that the base does not have.
fn own_scripts(facts: &Facts, manifest: &str, text: &[u8], name: &str) -> bool {
    let Some(after) = scripts(text) else { return false };
    let before = facts.input.base.blob(manifest).and_then(|blob| scripts(&blob.bytes)).unwrap_or_default();
    let own: Vec<String> = after
        .iter()
        .filter(|(key, _)| !before.contains_key(*key))
        .filter_map(|(_, value)| value.as_str())
        .filter(|value| has_word(value.as_bytes(), name))
        .map(str::to_owned)
        .collect();
    let all = memchr::memmem::find_iter(text, name).count();
    let mentions: usize = own.iter().map(|value| value.matches(name).count()).sum();
    !own.is_empty() && mentions == all
}

fn scripts(manifest: &[u8]) -> Option<Map<String, Value>> {
    let value: Value = serde_json::from_slice(manifest).ok()?;
    value.get("scripts").and_then(Value::as_object).cloned().or(Some(Map::new()))
}

/// The program that an added package script runs, where nothing else names it.
pub(super) fn run_by(facts: &Facts, unit: usize) -> Option<String> {
    let edit = facts.unit(unit);
    let manifest = facts.view.path(edit).ends_with("package.json");
    let scripts = edit.entity.first().is_some_and(|entity| entity == "scripts");
    if edit.kind != UnitKind::Data || !manifest || !scripts || !facts.view.deleted(edit).trim().is_empty() {
        return None;
    }
    let text = facts.view.inserted(edit);
    let created = facts.input.diff.files.iter().filter(|file| file.old.is_none());
    created
        .filter_map(|file| file.new.clone())
        .find(|path| text.contains(path.as_str()) && only_by_own_script(facts, path))
}
