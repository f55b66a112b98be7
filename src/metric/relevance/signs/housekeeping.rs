//! Ignore files, editor and CI settings, a lockfile without its manifest.

use super::super::Sign;
use super::super::facts::Facts;
use super::Found;

const IGNORE: &[&str] = &[
    ".gitignore",
    ".dockerignore",
    ".npmignore",
    ".prettierignore",
    ".eslintignore",
    ".hgignore",
    ".ignore",
    ".git-blame-ignore-revs",
    ".rgignore",
];
const EDITOR: &[&str] = &[".editorconfig", ".gitattributes", ".dir-locals.el", ".vimrc"];
const EDITOR_FOLDERS: &[&str] = &[".vscode", ".idea", ".zed", ".fleet", ".claude", ".cursor", ".aider"];
const CI: &[&str] =
    &[".travis.yml", ".gitlab-ci.yml", "appveyor.yml", "azure-pipelines.yml", ".appveyor.yml"];
const CI_FOLDERS: &[&str] = &[".github", ".circleci", ".gitlab"];
/// Lockfile and the manifest that it belongs to.
const LOCKS: &[(&str, &str)] = &[
    ("Cargo.lock", "Cargo.toml"),
    ("package-lock.json", "package.json"),
    ("npm-shrinkwrap.json", "package.json"),
    ("yarn.lock", "package.json"),
    ("pnpm-lock.yaml", "package.json"),
    ("poetry.lock", "pyproject.toml"),
    ("uv.lock", "pyproject.toml"),
    ("Pipfile.lock", "Pipfile"),
    ("go.sum", "go.mod"),
    ("Gemfile.lock", "Gemfile"),
    ("composer.lock", "composer.json"),
];

/// The manifest's name for a lockfile, `None` for any other file.
pub fn manifest_of(path: &str) -> Option<&'static str> {
    let name = path.rsplit('/').next().unwrap_or(path);
    LOCKS.iter().find(|(lock, _)| *lock == name).map(|(_, manifest)| *manifest)
}

/// A changed manifest of that name. In a workspace the lockfile stands at the root and any member may have moved it.
pub fn changed_manifest<'a>(facts: &Facts<'a>, name: &str) -> Option<&'a str> {
    let paths = facts.diff().files.iter().filter_map(|file| file.new.as_deref().or(file.old.as_deref()));
    paths.into_iter().find(|path| path.rsplit('/').next() == Some(name))
}

/// Holds unless statement or scope names the file.
pub fn sign(facts: &Facts, unit: usize) -> Option<Found> {
    let path = facts.path(unit);
    if facts.names_file(path) {
        return None;
    }
    let name = path.rsplit('/').next().unwrap_or(path);
    let first = path.split('/').next().unwrap_or(path);
    let below = |folders: &[&str]| first != name && folders.contains(&first);
    let why = if IGNORE.contains(&name) {
        format!("`{path}` is an ignore file")
    } else if EDITOR.contains(&name) || below(EDITOR_FOLDERS) {
        format!("`{path}` holds an editor's settings")
    } else if CI.contains(&name) || below(CI_FOLDERS) {
        if facts.states_any(&["ci", "workflow", "github", "actions", "msrv"]) {
            return None;
        }
        format!("`{path}` holds settings of continuous integration")
    } else {
        let manifest = manifest_of(path)?;
        if changed_manifest(facts, manifest).is_some() {
            return None;
        }
        format!("`{path}` changed and no `{manifest}` did")
    };
    Some(Found::strong(Sign::Housekeeping, why).firm())
}
