//! A working tree against a commit, and where two histories part.
//!
//! In: a repository on this machine and a revision. Out: what the files on disk have otherwise than that revision's tree,
//! untracked files that are not ignored included.
//!
//! Invariant: the repository is only read, its index too.

use std::collections::BTreeSet;
use std::os::unix::ffi::OsStringExt;
use std::path::Path;

use git2::{DiffOptions, ObjectType, Repository};

use super::{BaseTree, RepoError};
use crate::patch::{Blob, Tree, TreeChanges};

fn discover(path: &Path) -> Result<Repository, RepoError> {
    Repository::discover(path).or_else(|_| super::mirror::open(path)).map_err(|error| {
        RepoError::Unavailable { repository: path.display().to_string(), detail: error.message().to_owned() }
    })
}

/// What the working tree of the repository at `path` has otherwise than `base`, the tree of `revision`.
///
/// Submodules and names that are not UTF-8 are left out, as in [`BaseTree`]. An error where there is no working tree.
pub fn working_changes(path: &Path, base: &BaseTree, revision: &str) -> Result<TreeChanges, RepoError> {
    let repository = discover(path)?;
    let name = path.display().to_string();
    let Some(root) = repository.workdir() else {
        let detail = "it has no working tree; give a range A..B".to_owned();
        return Err(RepoError::Unavailable { repository: name, detail });
    };
    let missing = || RepoError::NoCommit { repository: name.clone(), commit: revision.to_owned() };
    let object = repository.revparse_single(revision).map_err(|_| missing())?;
    let tree = object.peel(ObjectType::Tree).map_err(|_| missing())?;
    let mut options = DiffOptions::new();
    options
        .include_untracked(true)
        .recurse_untracked_dirs(true)
        .include_typechange(true)
        .ignore_submodules(true);
    options.update_index(false);
    let found = repository.diff_tree_to_workdir_with_index(tree.as_tree(), Some(&mut options))?;
    let mut paths: BTreeSet<String> = BTreeSet::new();
    for delta in found.deltas() {
        for file in [delta.old_file(), delta.new_file()] {
            if let Some(path) = file.path().and_then(Path::to_str).filter(|path| !path.ends_with('/')) {
                paths.insert(path.to_owned());
            }
        }
    }
    let mut changes = TreeChanges::new();
    for path in paths {
        let on_disk =
            read(&root.join(&path)).map_err(|source| RepoError::Io { path: root.join(&path), source })?;
        if on_disk != base.blob(&path) {
            changes.insert(path, on_disk);
        }
    }
    Ok(changes)
}

/// A file or symbolic link as git would keep it; none where there is nothing, or something else.
fn read(path: &Path) -> std::io::Result<Option<Blob>> {
    let metadata = match path.symlink_metadata() {
        Ok(metadata) => metadata,
        Err(error)
            if matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) =>
        {
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    if metadata.is_symlink() {
        let bytes = std::fs::read_link(path)?.into_os_string().into_vec();
        return Ok(Some(Blob { mode: 0o120_000, bytes }));
    }
    if !metadata.is_file() {
        return Ok(None);
    }
    let executable = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o100 != 0;
    Ok(Some(Blob { mode: if executable { 0o100_755 } else { 0o100_644 }, bytes: std::fs::read(path)? }))
}

/// The id of the commit at which two revisions part, 40 hex digits.
pub fn merge_base(path: &Path, a: &str, b: &str) -> Result<String, RepoError> {
    let repository = discover(path)?;
    let commit = |revision: &str| {
        let missing =
            || RepoError::NoCommit { repository: path.display().to_string(), commit: revision.to_owned() };
        let object = repository.revparse_single(revision).map_err(|_| missing())?;
        object.peel_to_commit().map(|commit| commit.id()).map_err(|_| missing())
    };
    let (one, other) = (commit(a)?, commit(b)?);
    let base = repository.merge_base(one, other).map_err(|_| RepoError::Unavailable {
        repository: path.display().to_string(),
        detail: format!("{a} and {b} have no common history"),
    })?;
    Ok(base.to_string())
}

/// What a working tree holds that no patch of it does; paths in order, folders with `/` at the end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Submodules that differ from what the commit says.
    pub submodules: Vec<String>,
    /// Files and folders that ignore rules name.
    pub ignored: Vec<String>,
    /// What is neither file nor link, and names that are not UTF-8.
    pub odd: Vec<String>,
}

/// What [`working_changes`] leaves out of the repository at `path`.
pub fn left_out(path: &Path) -> Result<LeftOut, RepoError> {
    let repository = discover(path)?;
    let Some(root) = repository.workdir() else { return Ok(LeftOut::default()) };
    let mut options = git2::StatusOptions::new();
    options.include_untracked(true).recurse_untracked_dirs(true).include_ignored(true).update_index(false);
    let mut found = LeftOut::default();
    let submodules: BTreeSet<String> = repository
        .submodules()?
        .iter()
        .map(|submodule| submodule.path().to_string_lossy().into_owned())
        .collect();
    for entry in repository.statuses(Some(&mut options))?.iter() {
        let name = String::from_utf8_lossy(entry.path_bytes()).into_owned();
        let plain = name.trim_end_matches('/');
        if submodules.contains(plain) {
            found.submodules.push(plain.to_owned());
        } else if entry.status().is_ignored() {
            found.ignored.push(name);
        } else if entry.path().is_err() {
            found.odd.push(name);
        } else if let Ok(metadata) = root.join(&name).symlink_metadata()
            && !metadata.is_file()
            && !metadata.is_symlink()
        {
            found.odd.push(name);
        }
    }
    for list in [&mut found.submodules, &mut found.ignored, &mut found.odd] {
        list.sort();
        list.dedup();
    }
    Ok(found)
}
