//! A working tree against a commit, and where two histories part.
//!
//! In: a repository on this machine and a revision. Out: what the files on disk have otherwise than that revision's tree,
//! untracked files that are not ignored included.
//!
//! Invariant: the repository is only read, its index too; files are written by [`put_back`] alone.

use std::collections::BTreeSet;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::PermissionsExt;
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
    let executable = metadata.permissions().mode() & 0o100 != 0;
    Ok(Some(Blob { mode: if executable { 0o100_755 } else { 0o100_644 }, bytes: std::fs::read(path)? }))
}

/// Makes the working tree at `path` what `wanted` says, where it is what `now` says; both are changes to `base`. Returns
/// how many files were written or removed. A file that is something else by now, or lies behind a symbolic link, is an
/// error, and nothing is written.
pub fn put_back<'a>(
    path: &Path,
    base: &BaseTree,
    now: &TreeChanges,
    wanted: &TreeChanges,
    paths: impl Iterator<Item = &'a str>,
) -> Result<usize, RepoError> {
    let repository = discover(path)?;
    let Some(root) = repository.workdir() else {
        let detail = "it has no working tree".to_owned();
        return Err(RepoError::Unavailable { repository: path.display().to_string(), detail });
    };
    let of = |changes: &TreeChanges, path: &str| match changes.get(path) {
        Some(blob) => blob.clone(),
        None => base.blob(path),
    };
    let mut work = Vec::new();
    for path in paths {
        let (before, after) = (of(now, path), of(wanted, path));
        if before == after {
            continue;
        }
        let place = root.join(path);
        let failed =
            |detail: String| RepoError::Io { path: place.clone(), source: std::io::Error::other(detail) };
        let mut folder = root.to_owned();
        for part in Path::new(path).parent().into_iter().flat_map(Path::components) {
            folder.push(part);
            if folder.symlink_metadata().is_ok_and(|metadata| metadata.is_symlink()) {
                return Err(failed("it lies behind a symbolic link".to_owned()));
            }
        }
        let on_disk = read(&place).map_err(|source| RepoError::Io { path: place.clone(), source })?;
        if on_disk != before {
            return Err(failed("it has changed since it was read".to_owned()));
        }
        work.push((place, after));
    }
    for (place, blob) in &work {
        write(root, place, blob.as_ref()).map_err(|source| RepoError::Io { path: place.clone(), source })?;
    }
    Ok(work.len())
}

/// Writes a file aside and renames it to its place, or removes it, with folders that this leaves empty.
fn write(root: &Path, place: &Path, blob: Option<&Blob>) -> std::io::Result<()> {
    let folder = place.parent().unwrap_or(root);
    let Some(blob) = blob else {
        std::fs::remove_file(place)?;
        for folder in place.ancestors().skip(1).take_while(|folder| *folder != root) {
            if std::fs::remove_dir(folder).is_err() {
                break;
            }
        }
        return Ok(());
    };
    std::fs::create_dir_all(folder)?;
    let aside = tempfile::Builder::new().prefix(".kerf-").tempdir_in(folder)?;
    let file = aside.path().join("file");
    if blob.mode == 0o120_000 {
        std::os::unix::fs::symlink(std::ffi::OsStr::from_bytes(&blob.bytes), &file)?;
    } else {
        std::fs::write(&file, &blob.bytes)?;
        let mode = if blob.mode == 0o100_755 { 0o755 } else { 0o644 };
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode))?;
    }
    std::fs::rename(&file, place)
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
