//! Class `generated`: files made by programs, and lockfiles that follow their manifest.

use crate::diff::Role;
use crate::metric::relevance::view::path_of;
use crate::metric::relevance::{Evidence, Facts};

/// Lockfiles and the manifests that they follow.
const LOCKS: &[(&str, &[&str])] = &[
    ("Cargo.lock", &["Cargo.toml"]),
    ("package-lock.json", &["package.json"]),
    ("npm-shrinkwrap.json", &["package.json"]),
    ("yarn.lock", &["package.json"]),
    ("pnpm-lock.yaml", &["package.json", "pnpm-workspace.yaml"]),
    ("bun.lockb", &["package.json"]),
    ("poetry.lock", &["pyproject.toml"]),
    ("uv.lock", &["pyproject.toml"]),
    ("Pipfile.lock", &["Pipfile"]),
    ("go.sum", &["go.mod"]),
    ("Gemfile.lock", &["Gemfile"]),
    ("composer.lock", &["composer.json"]),
];

/// What is known of a lockfile.
pub(super) enum Lock {
    /// The manifest that changed with it.
    Follows(String),
    /// No manifest changed.
    Alone,
}

/// Whether a path is a lockfile, and if so whether a manifest in its folder or below it changed too.
pub(super) fn lock(facts: &Facts, path: &str) -> Option<Lock> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let (_, manifests) = LOCKS.iter().find(|(lock, _)| *lock == name)?;
    let changed = facts.input.diff.files.iter().find(|file| {
        let path = path_of(file);
        let below = folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        let name = path.rsplit('/').next().unwrap_or(path);
        below && manifests.contains(&name) && words(&file.old_bytes) != words(&file.new_bytes)
    });
    Some(changed.map_or(Lock::Alone, |file| Lock::Follows(path_of(file).to_owned())))
}

/// A lockfile without a manifest that changed.
pub(crate) fn lockfile_alone(facts: &Facts, path: &str) -> bool {
    matches!(lock(facts, path), Some(Lock::Alone))
}

/// Words of a manifest, comments of `#` aside.
fn words(bytes: &[u8]) -> Vec<Vec<u8>> {
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii_start().starts_with(b"#"));
    lines
        .flat_map(|line| line.split(u8::is_ascii_whitespace).map(<[u8]>::to_vec))
        .filter(|word| !word.is_empty())
        .collect()
}

pub(crate) fn generated(facts: &Facts, unit: usize) -> Option<(Vec<Evidence>, String)> {
    let edit = facts.unit(unit);
    let path = facts.view.path(edit);
    match lock(facts, path) {
        Some(Lock::Follows(manifest)) => {
            let evidence = Evidence { file: manifest.clone(), line: 0, text: String::new() };
            Some((vec![evidence], format!("lockfile of {manifest}, which changed")))
        }
        None if facts.attributes().role(path) == Some(Role::Generated) => {
            Some((vec![facts.at(unit, "")], "made by a program, by the attributes of the base".to_owned()))
        }
        None if facts.view.file(edit)?.role == Role::Generated
            && !facts.attributes().written_by_hand(path) =>
        {
            Some((vec![facts.at(unit, "")], "made by a program, by its name or its first lines".to_owned()))
        }
        Some(Lock::Alone) | None => None,
    }
}
