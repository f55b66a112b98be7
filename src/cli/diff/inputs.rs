//! What is compared.
//!
//! In: the arguments. Out: changed files with both sides, or the path that git calls unmerged.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::DiffArguments;
use super::folder::{self, label};
use crate::cli::exit::bad_input;
use crate::diff::{ChangedFile, Side};
use crate::evaluate::changed_files;
use crate::patch::{self, Rung};
use crate::repo::{BaseTree, merge_base, open_local, working_changes};

/// What there is to show.
pub(super) enum Input {
    /// Changed files.
    Files(Vec<ChangedFile>),
    /// Git asks about a path with a conflict.
    Unmerged(String),
}

/// Set by git for every external diff.
const GIT_COUNTER: &str = "GIT_DIFF_PATH_COUNTER";

/// Whether git runs kerf as its external diff.
pub(super) fn is_external(arguments: &DiffArguments) -> bool {
    arguments.repo.is_none()
        && match arguments.paths.len() {
            7 | 9 => true,
            1 => crate::cli::context::variables().contains_key(GIT_COUNTER),
            _ => false,
        }
}

/// Reads both sides of the change.
pub(super) fn read(arguments: &DiffArguments) -> anyhow::Result<Input> {
    if is_external(arguments) {
        return external(&arguments.paths);
    }
    let files = match (&arguments.repo, arguments.paths.as_slice(), &arguments.patch) {
        (None, [old, new], None) => between_paths(old, new)?,
        (None, [one], None) if one.exists() => {
            return Err(bad_input(format!(
                "{}: there is nothing to compare it with: give OLD and NEW",
                one.display()
            )));
        }
        (None, [range], None) => revisions(Path::new("."), &range.to_string_lossy())?,
        (Some(repo), [range], None) => revisions(repo, &range.to_string_lossy())?,
        (Some(repo), [], Some(file)) => patched(repo, &arguments.base, file)?,
        _ => return Err(bad_input("give OLD NEW, or --repo R A..B, or --repo R --patch P")),
    };
    Ok(Input::Files(files))
}

/// `A..B`, `A...B`, or `A` against the working tree. An empty side is `HEAD`, as in git.
fn revisions(repo: &Path, range: &str) -> anyhow::Result<Vec<ChangedFile>> {
    let head = |side: &str| if side.is_empty() { "HEAD".to_owned() } else { side.to_owned() };
    if let Some((from, to)) = range.split_once("...") {
        let (from, to) = (head(from), head(to));
        let base = merge_base(repo, &from, &to).map_err(bad_input)?;
        return between(repo, &base, &to);
    }
    match range.split_once("..") {
        Some(("", "")) => Err(bad_input(format!("`{range}` is no range: write A..B"))),
        Some((from, to)) => between(repo, &head(from), &head(to)),
        None => {
            let base = base_tree(repo, range)?;
            let changes = working_changes(repo, &base, range).map_err(bad_input)?;
            Ok(changed_files(&base, &changes))
        }
    }
}

fn between(repo: &Path, from: &str, to: &str) -> anyhow::Result<Vec<ChangedFile>> {
    let base = base_tree(repo, from)?;
    let changes = base.changes_to(&repo.display().to_string(), to).map_err(bad_input)?;
    Ok(changed_files(&base, &changes))
}

fn base_tree(repo: &Path, revision: &str) -> anyhow::Result<BaseTree> {
    open_local(repo, revision)
        .map_err(|error| bad_input(format!("{error}; give OLD NEW, or a revision of a repository")))
}

fn patched(repo: &Path, revision: &str, file: &Path) -> anyhow::Result<Vec<ChangedFile>> {
    let base = base_tree(repo, revision)?;
    let bytes = if is_stdin(file) {
        stdin()?
    } else {
        std::fs::read(file).map_err(|error| unreadable(file, &error))?
    };
    match patch::apply(&base, &bytes) {
        Ok(applied) => {
            let how = match applied.rung {
                Rung::Exact => None,
                Rung::Offset => Some("at other lines than it says"),
                Rung::Recounted => Some("after its form was mended"),
                Rung::ThreeWay => Some("by a three-way merge"),
                Rung::Fuzz => Some("only with context lines left out"),
            };
            if let Some(how) = how {
                eprintln!("kerf: the patch applies to {revision} {how}");
            }
            Ok(changed_files(&base, &applied.changes))
        }
        Err(patch::ApplyError::Empty) => Ok(Vec::new()),
        Err(error) => Err(bad_input(format!("{} does not apply to {revision}: {error}", file.display()))),
    }
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn stdin() -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn unreadable(path: &Path, error: &std::io::Error) -> anyhow::Error {
    bad_input(format!("{}: {error}", path.display()))
}

/// Two files, or two folders file by file.
fn between_paths(old: &Path, new: &Path) -> anyhow::Result<Vec<ChangedFile>> {
    for path in [old, new].into_iter().filter(|path| !is_stdin(path)) {
        path.metadata().map_err(|error| unreadable(path, &error))?;
    }
    if old.is_dir() != new.is_dir() {
        return Err(bad_input("OLD and NEW must be two files or two folders"));
    }
    if old.is_dir() {
        return folder::compare(old, new);
    }
    if is_stdin(old) && is_stdin(new) {
        return Err(bad_input("only one of OLD and NEW can be standard input"));
    }
    // One file is shown under one name: the new one's, unless that is a pipe or nothing.
    let named = [new, old].into_iter().find(|path| !is_stdin(path) && path.is_file());
    let name = named.or(Some(new)).and_then(Path::file_name).map(label).unwrap_or_default();
    let mode =
        named.and_then(|path| path.metadata().ok()).map_or(0o100_644, |metadata| folder::mode(&metadata));
    let sides = ChangedFile { old: side(old, &name, mode)?, new: side(new, &name, mode)? };
    Ok(if sides.old == sides.new { Vec::new() } else { vec![sides] })
}

/// The file at `path`, links followed; none for `/dev/null`. What is no regular file has mode `mode`.
fn side(path: &Path, name: &str, mode: u32) -> anyhow::Result<Option<Side>> {
    if path == Path::new("/dev/null") {
        return Ok(None);
    }
    let (mode, bytes) = if is_stdin(path) {
        (mode, stdin()?)
    } else {
        let metadata = path.metadata().map_err(|error| unreadable(path, &error))?;
        let own = if metadata.is_file() { folder::mode(&metadata) } else { mode };
        (own, std::fs::read(path).map_err(|error| unreadable(path, &error))?)
    };
    Ok(Some(Side { path: name.to_owned(), mode, bytes: bytes.into() }))
}

/// Git's protocol: path, then file, object id and mode of either side, then a renamed file's new path and a header.
fn external(arguments: &[PathBuf]) -> anyhow::Result<Input> {
    let (name, old, old_mode, new, new_mode, other) = match arguments {
        [name] => return Ok(Input::Unmerged(label(name.as_os_str()))),
        [name, old, _, old_mode, new, _, new_mode] => (name, old, old_mode, new, new_mode, name),
        [name, old, _, old_mode, new, _, new_mode, other, _] => (name, old, old_mode, new, new_mode, other),
        _ => return Err(bad_input("git's external diffs have 1, 7 or 9 arguments")),
    };
    let side = |file: &Path, mode: &Path, name: &Path| {
        // A side that is not there has the mode `.`.
        if mode.as_os_str() == "." || file == Path::new("/dev/null") {
            return Ok(None);
        }
        let mode = mode.to_string_lossy();
        let mode =
            u32::from_str_radix(&mode, 8).map_err(|_| bad_input(format!("`{mode}` is no mode of a file")))?;
        side(file, &label(name.as_os_str()), mode).map(|side| side.map(|side| Side { mode, ..side }))
    };
    let sides = ChangedFile { old: side(old, old_mode, name)?, new: side(new, new_mode, other)? };
    Ok(Input::Files(if sides.old == sides.new { Vec::new() } else { vec![sides] }))
}
