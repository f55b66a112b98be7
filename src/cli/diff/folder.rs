//! Two folders, file by file.
//!
//! In: two folders. Out: the files that differ, symbolic links as links, ignored files too; folders named `.git` are left
//! out. A name that is not UTF-8 is shown with `\xNN` in place of its stray bytes.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fmt::Write;
use std::fs::Metadata;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::cli::exit::bad_input;
use crate::diff::{ChangedFile, Side};
use crate::report::escape;

/// Unreadable files that are named; more are counted.
const MOST_NAMED: usize = 5;

/// Files that differ, in order of their names. An error names the files that cannot be read.
pub(super) fn compare(old: &Path, new: &Path) -> anyhow::Result<Vec<ChangedFile>> {
    let names: BTreeSet<PathBuf> = list(old)?.into_iter().chain(list(new)?).collect();
    let names: Vec<PathBuf> = names.into_iter().collect();
    let read: Vec<Result<ChangedFile, String>> = names
        .par_iter()
        .map(|name| Ok(ChangedFile { old: side(&old.join(name), name)?, new: side(&new.join(name), name)? }))
        .collect();
    let mut files = Vec::new();
    let mut errors = Vec::new();
    for file in read {
        match file {
            Ok(file) if file.old != file.new => files.push(file),
            Ok(_) => {}
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() {
        return Ok(files);
    }
    let more = errors.len().saturating_sub(MOST_NAMED);
    errors.truncate(MOST_NAMED);
    let more = if more > 0 { format!("; and {more} more") } else { String::new() };
    Err(bad_input(format!("{}{more}", errors.join("; "))))
}

/// Files and links below a folder, relative to it.
fn list(root: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let walk = ignore::WalkBuilder::new(root)
        .standard_filters(false)
        .filter_entry(|entry| entry.file_name() != ".git")
        .build();
    let mut names = Vec::new();
    for entry in walk {
        let entry = entry.map_err(|error| bad_input(format!("cannot list {}: {error}", root.display())))?;
        let Some(kind) = entry.file_type().filter(|kind| !kind.is_dir()) else { continue };
        let name = entry.path().strip_prefix(root).unwrap_or(entry.path());
        // The folder itself may be a link.
        if name.as_os_str().is_empty() {
            continue;
        }
        if kind.is_file() || kind.is_symlink() {
            names.push(name.to_owned());
        } else {
            let name = escape::terminal(&label(entry.path().as_os_str()));
            eprintln!("kerf: {name}: left out, neither a file nor a link");
        }
    }
    Ok(names)
}

fn side(path: &Path, name: &Path) -> Result<Option<Side>, String> {
    let unreadable = |error: std::io::Error| format!("{}: {error}", path.display());
    let metadata = match path.symlink_metadata() {
        Ok(metadata) => metadata,
        Err(error)
            if matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) =>
        {
            return Ok(None);
        }
        Err(error) => return Err(unreadable(error)),
    };
    let (mode, bytes) = if metadata.is_symlink() {
        (0o120_000, std::fs::read_link(path).map_err(unreadable)?.into_os_string().into_vec())
    } else if metadata.is_file() {
        (mode(&metadata), std::fs::read(path).map_err(unreadable)?)
    } else {
        return Ok(None);
    };
    Ok(Some(Side { path: label(name.as_os_str()), mode, bytes: bytes.into() }))
}

/// Git's mode of a regular file.
pub(super) fn mode(metadata: &Metadata) -> u32 {
    if metadata.permissions().mode() & 0o100 != 0 { 0o100_755 } else { 0o100_644 }
}

/// A name as text: stray bytes as `\xNN`.
pub(super) fn label(name: &OsStr) -> String {
    let mut text = String::new();
    for chunk in name.as_bytes().utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text
}

/// A filter as text, without `./` before and `/` behind it.
pub(super) fn filter(path: &OsString) -> String {
    let text = label(path);
    let text = text.strip_prefix("./").unwrap_or(&text);
    text.trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stray_bytes_are_shown() {
        assert_eq!(label(OsStr::from_bytes(b"a\xff/\xc3\xa4")), "a\\xff/ä");
        assert_eq!(filter(&OsString::from("./src/")), "src");
    }
}
