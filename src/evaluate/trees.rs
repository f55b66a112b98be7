//! The trees of a trial: what the model left, and what is tested and linted of it.

use std::collections::BTreeSet;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use super::{settings, splice};
use crate::diff::{ChangedFile, Role, Side, role_of};
use crate::lint;
use crate::patch::{self, ApplyError, Blob, Overlaid, Tree, TreeChanges};
use crate::repo::{BaseTree, Mirrors, Release, RepoError};
use crate::snapshot::Made;
use crate::task::{PatchSource, Source, Task};

/// Why gold or the test patch of a task cannot be had.
#[derive(Debug, thiserror::Error)]
pub(super) enum MaterialError {
    /// It does not apply to the base.
    #[error("{what} does not apply to the base: {detail}")]
    Apply {
        /// `gold` or `the test patch`.
        what: &'static str,
        /// Why.
        detail: ApplyError,
    },
    /// Its commit cannot be read.
    #[error(transparent)]
    Repo(#[from] RepoError),
}

/// Gold and test patch as changes to the base.
pub(super) struct Material {
    /// Gold without test files, none where the task has no gold.
    pub gold: Option<TreeChanges>,
    /// Test files as they must be when tests run.
    pub tests: TreeChanges,
}

/// Reads gold and test patch of a task.
pub(super) fn material(task: &Task, base: &BaseTree, mirrors: &Mirrors) -> Result<Material, MaterialError> {
    let from_text = |what: &'static str, text: &str| match patch::apply(base, text.as_bytes()) {
        Ok(applied) => Ok(applied.changes),
        Err(ApplyError::Empty) => Ok(TreeChanges::new()),
        Err(detail) => Err(MaterialError::Apply { what, detail }),
    };
    let is_test = |path: &str| match &task.test_files {
        Some(files) if files.iter().any(|file| file == path) => true,
        // A snapshot or fixture beside the listed test files is theirs, where the set says which files the fix has.
        Some(_) => match &task.src_files {
            Some(sources) => role_of(path, b"") == Role::Test && !sources.iter().any(|file| file == path),
            None => false,
        },
        None => role_of(path, b"") == Role::Test,
    };
    let gold = match &task.gold {
        None => None,
        Some(PatchSource::Text(text)) => Some(from_text("gold", text)?),
        Some(PatchSource::Overlay(files)) => Some(overlay(base, files)),
        Some(PatchSource::History { commit }) => {
            let mut changes = base.changes_to(&task.id, commit)?;
            changes.retain(|path, _| !is_test(path));
            Some(changes)
        }
        Some(PatchSource::Release { version, sha256, paths }) => {
            let mut changes = changes_to_release(task, base, mirrors, version, sha256.as_deref())?;
            let wanted = Wanted::new(paths);
            changes.retain(|path, _| wanted.holds(path).unwrap_or_else(|| !is_test(path)));
            Some(changes)
        }
    };
    let tests = match &task.tests {
        PatchSource::Text(text) => from_text("the test patch", text)?,
        PatchSource::Overlay(files) => overlay(base, files),
        PatchSource::History { commit } => {
            let mut changes = base.changes_to(&task.id, commit)?;
            changes.retain(|path, _| is_test(path));
            changes
        }
        PatchSource::Release { version, sha256, paths } => {
            let mut changes = changes_to_release(task, base, mirrors, version, sha256.as_deref())?;
            let wanted = Wanted::new(paths);
            changes.retain(|path, _| wanted.holds(path).unwrap_or_else(|| is_test(path)));
            changes
        }
    };
    Ok(Material { gold, tests })
}

/// What another release of the task's package has otherwise than its base.
fn changes_to_release(
    task: &Task,
    base: &BaseTree,
    mirrors: &Mirrors,
    version: &str,
    sha256: Option<&str>,
) -> Result<TreeChanges, RepoError> {
    let Source::Registry { registry, name, .. } = &task.source else {
        return Err(RepoError::Unavailable {
            repository: task.source.to_string(),
            detail: format!("it is no release, so there is no release {version} of it"),
        });
    };
    Ok(differences(base, &mirrors.release(&Release { registry: *registry, name, version, sha256 })?))
}

/// What a later tree has otherwise.
pub(super) fn differences(base: &BaseTree, later: &BaseTree) -> TreeChanges {
    let mut changes = TreeChanges::new();
    for path in later.paths() {
        let blob = later.blob(&path);
        if blob != base.blob(&path) {
            changes.insert(path, blob);
        }
    }
    for path in base.paths() {
        if later.blob(&path).is_none() {
            changes.insert(path, None);
        }
    }
    changes
}

/// Files, folders and globs that a task names.
struct Wanted<'a> {
    paths: &'a [String],
    globs: GlobSet,
}

impl<'a> Wanted<'a> {
    fn new(paths: &'a [String]) -> Self {
        let mut globs = GlobSetBuilder::new();
        for glob in
            paths.iter().filter_map(|path| GlobBuilder::new(path).literal_separator(true).build().ok())
        {
            globs.add(glob);
        }
        Self { paths, globs: globs.build().unwrap_or_default() }
    }

    /// Whether a file is among them; none where nothing is named.
    fn holds(&self, file: &str) -> Option<bool> {
        let below = |path: &String| {
            file.strip_prefix(path.trim_end_matches('/'))
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        (!self.paths.is_empty()).then(|| self.paths.iter().any(below) || self.globs.is_match(file))
    }
}

fn overlay(base: &BaseTree, files: &[(String, Vec<u8>)]) -> TreeChanges {
    files
        .iter()
        .map(|(path, bytes)| {
            let mode = base.blob(path).map_or(0o100_644, |old| old.mode);
            (path.clone(), Some(Blob { mode, bytes: bytes.clone() }))
        })
        .collect()
}

/// What is tested of a model's changes.
pub(super) struct Tested {
    /// Changes to the base.
    pub changes: TreeChanges,
    /// Runner configuration that had to be put back: `PATH` or `PATH: KEY`.
    pub restored: Vec<String>,
}

/// The changes with which tests run: the model's, with test files and runner configuration as base and test patch have
/// them. Test files that the patch adds stay; those of the base that it changed are restored (in data sets of others,
/// only the files that the test patch names). Runner configuration that it adds does not stay.
///
/// Where a data set's script puts the test files in place itself, they are left as base has them: it applies the test
/// patch, which would fail on files that are there already.
///
/// What set-up and build made stays as they made it.
pub(super) fn with_tests(
    task: &Task,
    base: &BaseTree,
    model: &TreeChanges,
    material: &Material,
    made: &Made,
) -> Tested {
    let mut changes = model.clone();
    let mut restored = without_made(&mut changes, made, material);
    if !task.foreign {
        changes.retain(|path, _| role_of(path, b"") != Role::Test || base.blob(path).is_none());
    }
    for path in task.test_files.iter().flatten().filter(|path| base.blob(path).is_some()) {
        changes.remove(path);
    }
    if task.test.scripted {
        changes.retain(|path, _| !material.tests.contains_key(path));
    }
    for (path, blob) in material.tests.iter().filter(|_| !task.test.scripted) {
        match blob {
            Some(blob) if !task.foreign && splice::is_inline(base, path, Some(blob)) => {
                splice::put(base, &mut changes, path, blob);
            }
            _ => {
                changes.insert(path.clone(), blob.clone());
            }
        }
    }
    let reference = settings::Reference {
        base,
        tests: &material.tests,
        gold: material.gold.as_ref(),
        command: &task.test.command,
    };
    restored.extend(settings::restore(&reference, &mut changes));
    Tested { changes, restored }
}

/// Takes out what changes results of set-up and build, but where gold or the test patch do so too. Returns its paths.
fn without_made(changes: &mut TreeChanges, made: &Made, material: &Material) -> Vec<String> {
    let own = material.gold.iter().flatten().chain(&material.tests);
    let fine: BTreeSet<&str> = own.filter_map(|(path, _)| made.root(path)).collect();
    let (mut taken, before) = (Vec::new(), std::mem::take(changes));
    for (path, blob) in before {
        if made.root(&path).is_some_and(|root| !fine.contains(root)) {
            taken.push(path);
        } else {
            changes.insert(path, blob);
        }
    }
    taken
}

/// The changes with which linters run: the model's, with the linters' own settings, and their tables in manifests, as base
/// has them. What set-up and build made is no part of a change: it is the tools.
pub(super) fn with_settings(
    base: &dyn Tree,
    model: &TreeChanges,
    settings: &[&str],
    made: &Made,
) -> TreeChanges {
    let mut changes = model.clone();
    changes.retain(|path, _| {
        let is_settings = settings.iter().any(|name| {
            path.strip_suffix(name).is_some_and(|folder| folder.is_empty() || folder.ends_with('/'))
        });
        !(is_settings || made.root(path).is_some())
    });
    for (path, mine) in &mut changes {
        let (Some(mine), Some(own)) = (mine, base.blob(path)) else { continue };
        if let Some(bytes) = lint::with_base_tables(path, &own.bytes, &mine.bytes) {
            mine.bytes = bytes;
        }
    }
    changes
}

/// Changed files with both sides, for the diff. Test-patch and gold files are no part of it.
pub fn changed_files(base: &dyn Tree, changes: &TreeChanges) -> Vec<ChangedFile> {
    let result = Overlaid { base, changes };
    let side = |tree: &dyn Tree, path: &str| {
        tree.blob(path).map(|blob| Side { path: path.to_owned(), mode: blob.mode, bytes: blob.bytes.into() })
    };
    let paths: BTreeSet<&String> = changes.keys().collect();
    paths
        .into_iter()
        .map(|path| ChangedFile { old: side(base, path), new: side(&result, path) })
        .filter(|file| file.old != file.new)
        .collect()
}
