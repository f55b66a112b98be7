//! Writes kerf's own changes into a tree that may hold hostile links.
//!
//! In: an open folder, [`TreeChanges`], and when what lies there was built. Out: files with the present time, whatever
//! time stood there, so that build tools see that they are new; where the clock was set back since the build, with a time
//! just after it. Deletions come first, then writes; a folder that a deletion leaves empty goes too.
//!
//! Invariant: nothing outside the folder is touched and no file that existed is written through: names are resolved by
//! the kernel below the folder without following any link, and what stands in the way is removed, not opened.

use std::fs::File;
use std::io::Write;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;
use std::time::{Duration, SystemTime};

use nix::errno::Errno;
use nix::fcntl::{OFlag, OpenHow, ResolveFlag, openat2};
use nix::sys::stat::{Mode, mkdirat};
use nix::unistd::{UnlinkatFlags, symlinkat, unlinkat};

use crate::patch::{Blob, TreeChanges};

/// Why one path could not be written.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {why}")]
pub(super) struct PutError {
    path: String,
    why: String,
}

/// Applies all changes below `root`; written files are newer than `newer_than` (seconds since 1970).
pub(super) fn apply(root: BorrowedFd<'_>, changes: &TreeChanges, newer_than: u64) -> Result<(), PutError> {
    let time = time_to_set(newer_than);
    let fail = |path: &str, why: String| PutError { path: path.to_owned(), why };
    for path in changes.keys() {
        let good = |part: &str| !matches!(part, "" | "." | "..") && !part.contains('\0');
        if !path.split('/').all(good) {
            return Err(fail(path, "is not a path below the tree".to_owned()));
        }
    }
    for (path, _) in changes.iter().filter(|(_, change)| change.is_none()) {
        delete(root, path).map_err(|error| fail(path, describe(error)))?;
    }
    for (path, change) in changes {
        if let Some(blob) = change {
            write(root, path, blob, time).map_err(|error| fail(path, describe(error)))?;
        }
    }
    Ok(())
}

/// The time that written files need to be given: none where the present time, which they have anyway, is late enough.
#[allow(clippy::disallowed_methods, reason = "times of files are a matter of the clock")]
fn time_to_set(newer_than: u64) -> Option<SystemTime> {
    let built = SystemTime::UNIX_EPOCH + Duration::from_secs(newer_than);
    (SystemTime::now() <= built).then(|| built + Duration::from_secs(1))
}

fn describe(error: Errno) -> String {
    match error {
        Errno::ELOOP => "passes a symbolic link".to_owned(),
        Errno::ENOTEMPTY => "a folder that is not empty stands there".to_owned(),
        other => other.desc().to_owned(),
    }
}

fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// Opens a folder below `root`; no link is followed, not even one that stays inside.
fn open_folder(root: BorrowedFd<'_>, path: &str) -> nix::Result<OwnedFd> {
    let how = OpenHow::new()
        .flags(OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC)
        .resolve(ResolveFlag::RESOLVE_BENEATH | ResolveFlag::RESOLVE_NO_SYMLINKS);
    openat2(root, if path.is_empty() { "." } else { path }, how)
}

fn delete(root: BorrowedFd<'_>, path: &str) -> nix::Result<()> {
    let (mut parent, mut name) = split(path);
    let folder = match open_folder(root, parent) {
        Ok(folder) => folder,
        Err(Errno::ENOENT | Errno::ENOTDIR) => return Ok(()),
        Err(error) => return Err(error),
    };
    match unlinkat(&folder, name, UnlinkatFlags::NoRemoveDir) {
        Ok(()) | Err(Errno::ENOENT) => {}
        // A folder is no file of the tree: there is none to delete, unless it holds nothing at all.
        Err(Errno::EISDIR) => remove_empty(&folder, name)?,
        Err(error) => return Err(error),
    }
    while !parent.is_empty() {
        (parent, name) = split(parent);
        let folder = open_folder(root, parent)?;
        match unlinkat(&folder, name, UnlinkatFlags::RemoveDir) {
            Ok(()) => {}
            Err(_) => break,
        }
    }
    Ok(())
}

fn remove_empty(folder: &OwnedFd, name: &str) -> nix::Result<()> {
    match unlinkat(folder, name, UnlinkatFlags::RemoveDir) {
        Ok(()) | Err(Errno::ENOTEMPTY | Errno::EEXIST) => Ok(()),
        Err(error) => Err(error),
    }
}

fn write(root: BorrowedFd<'_>, path: &str, blob: &Blob, time: Option<SystemTime>) -> nix::Result<()> {
    let (parent, name) = split(path);
    let folder = make_folders(root, parent)?;
    match unlinkat(&folder, name, UnlinkatFlags::NoRemoveDir) {
        Ok(()) | Err(Errno::ENOENT) => {}
        Err(Errno::EISDIR) => unlinkat(&folder, name, UnlinkatFlags::RemoveDir)?,
        Err(error) => return Err(error),
    }
    match blob.mode {
        0o120_000 => symlinkat(Path::new(std::ffi::OsStr::new(&*text(&blob.bytes)?)), &folder, name),
        // A submodule: git leaves an empty folder.
        0o160_000 => mkdirat(&folder, name, Mode::from_bits_truncate(0o755)),
        mode => {
            let mode = Mode::from_bits_truncate(if mode & 0o111 == 0 { 0o644 } else { 0o755 });
            let flags =
                OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
            let file = nix::fcntl::openat(&folder, name, flags, mode)?;
            let errno = |error: std::io::Error| Errno::from_raw(error.raw_os_error().unwrap_or(0));
            let mut file = File::from(file);
            file.write_all(&blob.bytes).map_err(errno)?;
            match time {
                Some(time) => file.set_modified(time).map_err(errno),
                None => Ok(()),
            }
        }
    }
}

/// A link's target; bytes of any kind but NUL.
fn text(bytes: &[u8]) -> nix::Result<std::ffi::OsString> {
    use std::os::unix::ffi::OsStringExt;
    if bytes.is_empty() || bytes.contains(&0) {
        return Err(Errno::EINVAL);
    }
    Ok(std::ffi::OsString::from_vec(bytes.to_vec()))
}

/// Opens a folder below `root`, making it and those above it where they are missing.
fn make_folders(root: BorrowedFd<'_>, path: &str) -> nix::Result<OwnedFd> {
    match open_folder(root, path) {
        Err(Errno::ENOENT) => {}
        done => return done,
    }
    let (parent, name) = split(path);
    let above = make_folders(root, parent)?;
    match mkdirat(&above, name, Mode::from_bits_truncate(0o755)) {
        Ok(()) | Err(Errno::EEXIST) => {}
        Err(error) => return Err(error),
    }
    open_folder(above.as_fd(), name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[allow(clippy::unnecessary_wraps, reason = "as changes hold it")]
    fn blob(mode: u32, text: &str) -> Option<Blob> {
        Some(Blob { mode, bytes: text.as_bytes().to_vec() })
    }

    fn put(root: &Path, changes: &[(&str, Option<Blob>)]) -> Result<(), String> {
        let folder = File::open(root).unwrap();
        let changes = changes.iter().map(|(path, change)| ((*path).to_owned(), change.clone())).collect();
        apply(folder.as_fd(), &changes, 0).map_err(|error| error.to_string())
    }

    #[test]
    fn writes_modes_links_and_folders() {
        let root = tempfile::tempdir().unwrap();
        let changes = [
            ("a/b/run.sh", blob(0o100_755, "#!/bin/sh\n")),
            ("a/b/text", blob(0o100_644, "text")),
            ("link", blob(0o120_000, "a/b/text")),
        ];
        put(root.path(), &changes).unwrap();
        let mode = |path: &str| root.path().join(path).metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("a/b/run.sh") & 0o100, mode("a/b/text") & 0o111), (0o100, 0));
        assert_eq!(fs::read_to_string(root.path().join("link")).unwrap(), "text");
        put(root.path(), &[("a/b/run.sh", None), ("a/b/text", None), ("none/at/all", None)]).unwrap();
        assert!(!root.path().join("a").exists(), "emptied folders go");
        assert!(root.path().join("link").is_symlink());
    }

    #[test]
    fn nothing_outside_is_touched() {
        let root = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        let target = outside.path().join("target");
        fs::write(&target, "kept").unwrap();
        symlink(&target, root.path().join("file")).unwrap();
        symlink(outside.path(), root.path().join("folder")).unwrap();
        fs::hard_link(&target, root.path().join("hard")).unwrap();

        let through = put(root.path(), &[("folder/target", blob(0o100_644, "changed"))]);
        assert_eq!(through.unwrap_err(), "folder/target: passes a symbolic link");
        assert!(put(root.path(), &[("folder/target", None)]).is_err());
        for path in ["../x", "/etc/x", "a//b", "a/./b", "", "a/../../b"] {
            assert!(put(root.path(), &[(path, blob(0o100_644, ""))]).is_err(), "{path}");
        }
        let ends = [("file", blob(0o100_644, "new")), ("hard", blob(0o100_644, "new"))];
        put(root.path(), &ends).unwrap();
        assert_eq!(fs::read_to_string(&target).unwrap(), "kept");
        assert!(!root.path().join("file").is_symlink(), "the link itself is replaced");
    }

    #[test]
    fn files_and_folders_change_places() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("was-folder")).unwrap();
        fs::write(root.path().join("was-folder/inner"), "").unwrap();
        fs::write(root.path().join("was-file"), "").unwrap();
        let changes = [
            ("was-folder", blob(0o100_644, "file")),
            ("was-folder/inner", None),
            ("was-file", None),
            ("was-file/inner", blob(0o100_644, "")),
        ];
        put(root.path(), &changes).unwrap();
        assert!(root.path().join("was-folder").is_file() && root.path().join("was-file/inner").is_file());

        fs::create_dir(root.path().join("full")).unwrap();
        fs::write(root.path().join("full/untracked"), "").unwrap();
        assert!(
            put(root.path(), &[("full", blob(0o100_644, ""))]).is_err(),
            "unknown content is not removed"
        );
    }
}
