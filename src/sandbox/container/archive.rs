//! What is put into a container: a tar file.
//!
//! In: files with modes, the payload's ids, the time that they get. Out: an archive that engines unpack. Engines resolve
//! its names inside the container; here they are checked all the same.
//!
//! Invariant: every name is relative and without `..`; every file gets a fresh time.

use std::collections::BTreeMap;
use std::io::{self, Read};

use tar::{Builder, EntryType, Header};

use crate::patch::{Blob, TreeChanges};

/// Whose the files are to be, and how old.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stampers {
    pub user: u64,
    pub group: u64,
    pub time: u64,
}

/// The files that changes write; deletions are no part of an archive.
pub(super) fn of_changes(changes: &TreeChanges, by: Stampers) -> io::Result<Vec<u8>> {
    let files = changes.iter().filter_map(|(path, blob)| Some((path.as_str(), blob.as_ref()?)));
    of_files(files, by)
}

/// An archive of files, in their order.
pub(super) fn of_files<'a>(
    files: impl Iterator<Item = (&'a str, &'a Blob)>,
    by: Stampers,
) -> io::Result<Vec<u8>> {
    let mut builder = Builder::new(Vec::new());
    for (path, blob) in files {
        check(path)?;
        let mut header = Header::new_gnu();
        header.set_uid(by.user);
        header.set_gid(by.group);
        header.set_mtime(by.time);
        match blob.mode {
            0o120_000 => {
                header.set_entry_type(EntryType::Symlink);
                header.set_mode(0o777);
                header.set_size(0);
                builder.append_link(&mut header, path, target(&blob.bytes)?)?;
            }
            // A submodule: git leaves an empty folder.
            0o160_000 => {
                header.set_entry_type(EntryType::Directory);
                header.set_mode(0o755);
                header.set_size(0);
                builder.append_data(&mut header, format!("{path}/"), io::empty())?;
            }
            mode => {
                header.set_entry_type(EntryType::Regular);
                header.set_mode(if mode & 0o111 == 0 { 0o644 } else { 0o755 });
                header.set_size(blob.bytes.len() as u64);
                builder.append_data(&mut header, path, blob.bytes.as_slice())?;
            }
        }
    }
    builder.into_inner()
}

fn check(path: &str) -> io::Result<()> {
    let plain = |part: &str| !matches!(part, "" | "." | "..") && !part.contains('\0');
    if path.split('/').all(plain) {
        Ok(())
    } else {
        Err(io::Error::other(format!("{path}: no path of a tree")))
    }
}

#[cfg(unix)]
fn target(bytes: &[u8]) -> io::Result<&std::path::Path> {
    use std::os::unix::ffi::OsStrExt;
    if bytes.is_empty() || bytes.contains(&0) {
        return Err(io::Error::other("a link to nowhere"));
    }
    Ok(std::path::Path::new(std::ffi::OsStr::from_bytes(bytes)))
}

#[cfg(not(unix))]
fn target(bytes: &[u8]) -> io::Result<&std::path::Path> {
    std::str::from_utf8(bytes).map(std::path::Path::new).map_err(io::Error::other)
}

/// Eight bytes of a hash over the one file of an archive: kind, mode, link and content. None for an archive that holds
/// something else.
pub(super) fn sum(archive: &[u8]) -> Option<u64> {
    let mut archive = tar::Archive::new(archive);
    let mut entries = archive.entries().ok()?;
    let mut entry = entries.next()?.ok()?;
    let mut hasher = blake3::Hasher::new();
    hasher.update(&[entry.header().entry_type().as_byte()]);
    hasher.update(&entry.header().mode().ok()?.to_le_bytes());
    if let Some(link) = entry.link_name_bytes() {
        hasher.update(&link);
    }
    let mut content = Vec::new();
    entry.read_to_end(&mut content).ok()?;
    hasher.update(&content);
    hasher.finalize().as_bytes()[..8].try_into().ok().map(u64::from_le_bytes)
}

/// The files of an archive of one folder, by their paths below it: mode and content, links as links.
pub(super) fn files(
    archive: &[u8],
    wanted: impl Fn(&str) -> bool,
) -> io::Result<BTreeMap<String, (u32, Vec<u8>)>> {
    let mut found = BTreeMap::new();
    for entry in tar::Archive::new(archive).entries()? {
        let mut entry = entry?;
        let Ok(full) = String::from_utf8(entry.path_bytes().into_owned()) else { continue };
        // The first part is the folder itself.
        let Some((_, path)) = full.split_once('/') else { continue };
        if path.is_empty() || !wanted(path) || check(path).is_err() {
            continue;
        }
        let kind = entry.header().entry_type();
        if kind.is_symlink() {
            let target = entry.link_name_bytes().map(std::borrow::Cow::into_owned).unwrap_or_default();
            found.insert(path.to_owned(), (0o120_000, target));
        } else if kind.is_file() {
            let mode = if entry.header().mode()? & 0o111 == 0 { 0o100_644 } else { 0o100_755 };
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes)?;
            found.insert(path.to_owned(), (mode, bytes));
        }
    }
    Ok(found)
}

/// When the one file of an archive was last modified, in seconds since 1970.
pub(super) fn time(archive: &[u8]) -> i64 {
    let mut archive = tar::Archive::new(archive);
    let found = archive.entries().ok().and_then(|mut entries| entries.next()?.ok()?.header().mtime().ok());
    found.map_or(0, |time| i64::try_from(time).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BY: Stampers = Stampers { user: 7, group: 8, time: 1_800_000_000 };

    #[allow(clippy::unnecessary_wraps, reason = "as changes hold it")]
    fn blob(mode: u32, text: &str) -> Option<Blob> {
        Some(Blob { mode, bytes: text.as_bytes().to_vec() })
    }

    #[test]
    fn files_links_and_modes_come_back() {
        let long = format!("{}/file", "deep".repeat(40));
        let changes: TreeChanges = [
            ("a/b.sh".to_owned(), blob(0o100_755, "#!/bin/sh\n")),
            ("gone".to_owned(), None),
            ("link".to_owned(), blob(0o120_000, "../any where")),
            (long.clone(), blob(0o100_644, "x")),
            ("module".to_owned(), blob(0o160_000, "")),
        ]
        .into();
        let packed = of_changes(&changes, BY).unwrap();
        let mut archive = tar::Archive::new(packed.as_slice());
        let rows: Vec<String> = archive
            .entries()
            .unwrap()
            .map(|entry| {
                let entry = entry.unwrap();
                let header = entry.header();
                let path = String::from_utf8_lossy(&entry.path_bytes()).replace("deep", "");
                let link = entry.link_name_bytes().map(|name| String::from_utf8_lossy(&name).into_owned());
                let times = (header.uid().unwrap(), header.gid().unwrap(), header.mtime().unwrap());
                format!("{path} {:o} {link:?} {times:?}", header.mode().unwrap())
            })
            .collect();
        insta::assert_snapshot!(rows.join("\n"), @r#"
        a/b.sh 755 None (7, 8, 1800000000)
        /file 644 None (7, 8, 1800000000)
        link 777 Some("../any where") (7, 8, 1800000000)
        module/ 755 None (7, 8, 1800000000)
        "#);
    }

    #[test]
    fn the_files_of_a_folder_come_out_by_their_paths_in_it() {
        let changes: TreeChanges = [
            ("testbed/a".to_owned(), blob(0o100_755, "x")),
            ("testbed/.git/HEAD".to_owned(), blob(0o100_644, "x")),
            ("testbed/dir/link".to_owned(), blob(0o120_000, "../a")),
        ]
        .into();
        let packed = of_changes(&changes, BY).unwrap();
        let found = files(&packed, |path| !path.starts_with(".git/")).unwrap();
        let expected = [
            ("a".to_owned(), (0o100_755, b"x".to_vec())),
            ("dir/link".to_owned(), (0o120_000, b"../a".to_vec())),
        ];
        assert_eq!(found, expected.into());
    }

    #[test]
    fn names_that_lead_away_are_refused() {
        for path in ["/etc/x", "../x", "a/../b", "a//b", "./a", "", "a/"] {
            let changes: TreeChanges = [(path.to_owned(), blob(0o100_644, ""))].into();
            assert!(of_changes(&changes, BY).is_err(), "{path}");
        }
    }

    #[test]
    fn a_sum_sees_content_mode_and_kind() {
        let of = |mode, text| sum(&of_changes(&[("a".to_owned(), blob(mode, text))].into(), BY).unwrap());
        let plain = of(0o100_644, "x");
        assert!(plain.is_some());
        for other in [of(0o100_644, "y"), of(0o100_755, "x"), of(0o120_000, "x")] {
            assert!(other.is_some() && other != plain);
        }
        assert_eq!(sum(&[]), None);
        let packed = of_changes(&[("a".to_owned(), blob(0o100_644, "x"))].into(), BY).unwrap();
        assert_eq!((time(&packed), time(&[])), (1_800_000_000, 0));
    }
}
