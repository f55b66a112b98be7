//! Plain trees as repositories: one commit with fixed author and dates, so that the same tree has the same hashes.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use git2::{Oid, Repository, RepositoryInitOptions, Signature, Time};
use ignore::WalkBuilder;

use super::RepoError;
use super::release::Files;

/// Author and date of every commit that kerf makes: 2020-01-01T00:00:00Z.
pub(super) fn signature() -> Result<Signature<'static>, git2::Error> {
    Signature::new("kerf", "kerf@localhost", &Time::new(1_577_836_800, 0))
}

/// The repository of the plain tree at `folder`, in `cache` under the hash of its content. Files that the tree's own
/// ignore files name, and `target/`, are left out.
pub(super) fn repository(folder: &Path, cache: &Path) -> Result<Repository, RepoError> {
    of_files(&read_tree(folder)?, cache)
}

/// The repository of these files, in `cache` under the hash of their content.
pub(super) fn of_files(files: &Files, cache: &Path) -> Result<Repository, RepoError> {
    let io = |path: &Path| {
        let path = path.to_owned();
        move |source| RepoError::Io { path, source }
    };
    let mut hasher = blake3::Hasher::new();
    for (path, (mode, bytes)) in files {
        hasher.update(format!("{path}\0{mode:o}\0{}\0", bytes.len()).as_bytes());
        hasher.update(bytes);
    }
    let target = cache.join(format!("{}.git", &hasher.finalize().to_hex()[..16]));
    if let Ok(repository) = Repository::open_bare(&target) {
        return Ok(repository);
    }
    std::fs::create_dir_all(cache).map_err(io(cache))?;
    let staging = tempfile::tempdir_in(cache).map_err(io(cache))?;
    let staged = staging.path().join("repo");
    {
        let repository =
            Repository::init_opts(&staged, RepositoryInitOptions::new().bare(true).external_template(false))?;
        let tree = write_tree(&repository, files)?;
        let author = signature()?;
        repository.commit(Some("HEAD"), &author, &author, "Base", &repository.find_tree(tree)?, &[])?;
    }
    // Another process may have been faster: its repository is the same.
    if let Err(error) = std::fs::rename(&staged, &target)
        && !target.exists()
    {
        return Err(io(&target)(error));
    }
    Ok(Repository::open_bare(&target)?)
}

fn read_tree(folder: &Path) -> Result<Files, RepoError> {
    let mut files = Files::new();
    let walk = WalkBuilder::new(folder)
        .hidden(false)
        .require_git(false)
        .git_global(false)
        .git_exclude(false)
        .parents(false)
        .filter_entry(|entry| entry.file_name() != ".git" && entry.file_name() != "target")
        .build();
    for entry in walk {
        let entry = entry.map_err(|error| RepoError::Unavailable {
            repository: folder.display().to_string(),
            detail: error.to_string(),
        })?;
        let Some(kind) = entry.file_type() else { continue };
        if kind.is_dir() {
            continue;
        }
        let io = |source| RepoError::Io { path: entry.path().to_owned(), source };
        let relative =
            entry.path().strip_prefix(folder).unwrap_or(entry.path()).to_string_lossy().into_owned();
        if kind.is_symlink() {
            let target = std::fs::read_link(entry.path()).map_err(io)?;
            files.insert(relative, (0o120_000, target.to_string_lossy().into_owned().into_bytes()));
        } else {
            let mode = std::fs::metadata(entry.path()).map_err(io)?.permissions().mode();
            let mode = if mode & 0o100 == 0 { 0o100_644 } else { 0o100_755 };
            files.insert(relative, (mode, std::fs::read(entry.path()).map_err(io)?));
        }
    }
    Ok(files)
}

/// Writes blobs and nested trees by way of an in-memory index.
fn write_tree(repository: &Repository, files: &Files) -> Result<Oid, git2::Error> {
    let mut index = git2::Index::new()?;
    for (path, (mode, bytes)) in files {
        let id = repository.blob(bytes)?;
        index.add(&git2::IndexEntry {
            ctime: git2::IndexTime::new(0, 0),
            mtime: git2::IndexTime::new(0, 0),
            dev: 0,
            ino: 0,
            mode: *mode,
            uid: 0,
            gid: 0,
            file_size: bytes.len() as u32,
            id,
            flags: 0,
            flags_extended: 0,
            path: path.clone().into_bytes(),
        })?;
    }
    index.write_tree_to(repository)
}
