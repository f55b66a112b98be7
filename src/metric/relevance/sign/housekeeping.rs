//! `housekeeping`: ignore files, editor and CI settings, lockfiles whose manifest did not change.

use super::lockfile::{Lock, lock};
use crate::metric::relevance::view::has_word;
use crate::metric::relevance::{Facts, Grade, Mark, Sign};

/// File names.
const NAMES: &[&str] = &[
    ".gitignore",
    ".gitattributes",
    ".ignore",
    ".rgignore",
    ".dockerignore",
    ".npmignore",
    ".prettierignore",
    ".eslintignore",
    ".editorconfig",
    ".mailmap",
    ".travis.yml",
    ".gitlab-ci.yml",
    "appveyor.yml",
    ".appveyor.yml",
    "azure-pipelines.yml",
    ".pre-commit-config.yaml",
    "rustfmt.toml",
    ".rustfmt.toml",
    "clippy.toml",
    ".clippy.toml",
    ".DS_Store",
    "renovate.json",
    "dependabot.yml",
    ".hgignore",
    ".aiderignore",
    ".cursorignore",
    ".cursorrules",
    ".gitkeep",
    ".python-version",
    ".nvmrc",
];
/// Folders.
const FOLDERS: &[&str] = &[
    ".vscode/",
    ".idea/",
    ".github/",
    ".circleci/",
    ".gitlab/",
    ".devcontainer/",
    ".zed/",
    ".cursor/",
    ".claude/",
    ".fleet/",
];

pub(super) fn find(facts: &Facts, unit: usize) -> Option<Mark> {
    let edit = facts.unit(unit);
    let path = facts.view.path(edit);
    let name = path.rsplit('/').next().unwrap_or(path);
    let what = if matches!(lock(facts, path), Some(Lock::Alone)) {
        "a lockfile changes and no manifest does"
    } else if NAMES.contains(&name) || FOLDERS.iter().any(|folder| path.starts_with(folder)) {
        "settings of version control, editors or CI, which the task does not speak of"
    } else {
        return None;
    };
    if facts.topic.names_file(path) || facts.topic.about_housekeeping() || carries(facts, unit) {
        return None;
    }
    Some(Mark {
        sign: Sign::Housekeeping,
        grade: Grade::B,
        evidence: vec![facts.at(unit, "")],
        why: what.to_owned(),
    })
}

/// Names that say nothing of which file is meant.
const COMMON: &[&str] = &[
    "cargo",
    "package",
    "main",
    "index",
    "test",
    "tests",
    "build",
    "target",
    "setup",
    "config",
    "readme",
    "changelog",
];

/// The text names a file that the patch creates, renames or deletes: CI follows the change.
fn carries(facts: &Facts, unit: usize) -> bool {
    let edit = facts.unit(unit);
    let text = facts.view.inserted(edit) + &facts.view.deleted(edit);
    facts.input.diff.files.iter().filter(|file| file.old != file.new).any(|file| {
        [&file.old, &file.new].into_iter().flatten().any(|path| {
            let name = path.rsplit('/').next().unwrap_or(path);
            let stem = name.split('.').next().unwrap_or(name);
            let telling = stem.len() > 3 && !COMMON.contains(&stem.to_lowercase().as_str());
            path != facts.view.path(edit)
                && (has_word(text.as_bytes(), path) || telling && has_word(text.as_bytes(), stem))
        })
    })
}
