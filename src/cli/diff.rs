//! `kerf diff`: a change as edit units.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::Exit;
use super::exit::bad_input;
use super::report::{print, view};
use crate::diff::{ChangedFile, Diff, Side, closure, diff, revert};
use crate::evaluate::changed_files as changed_files_of;
use crate::patch::{self, Tree};
use crate::repo::{BaseTree, open_local};
use crate::report::diff_text;

/// Arguments of `kerf diff`.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("input").required(true).args(["paths", "repo"]).multiple(true))]
pub(super) struct DiffArguments {
    /// OLD and NEW files or folders; with --repo one range A..B
    #[arg(num_args = 1..=2, value_name = "OLD NEW")]
    paths: Vec<PathBuf>,
    /// Repository of a range or patch
    #[arg(long, value_name = "DIR")]
    repo: Option<PathBuf>,
    /// Patch to show against --base; - for standard input
    #[arg(long, requires = "repo", value_name = "FILE")]
    patch: Option<PathBuf>,
    /// Revision that --patch applies to
    #[arg(long, requires = "patch", default_value = "HEAD", value_name = "REV")]
    base: String,
    /// Print JSON
    #[arg(long, conflicts_with = "stat")]
    json: bool,
    /// Print weights by entity and kind
    #[arg(long)]
    stat: bool,
    /// Print the change without these units and what needs them, as a patch
    #[arg(long, value_delimiter = ',', value_name = "UNIT", conflicts_with_all = ["json", "stat"])]
    revert: Vec<String>,
    /// End with 6 where there are differences
    #[arg(long)]
    exit_code: bool,
}

/// Diffs and prints.
pub(super) fn main(arguments: &DiffArguments) -> anyhow::Result<Exit> {
    let files = changed_files(arguments)?;
    let found = diff(&files);
    if arguments.revert.is_empty() {
        let text = if arguments.json {
            serde_json::to_string(&found)?
        } else if arguments.stat {
            diff_text::stat(&found)
        } else {
            let view = view();
            diff_text::render(&found, view.colour, view.width)
        };
        if !text.is_empty() {
            print(&text)?;
        }
    } else {
        print(&without(&files, &found, &arguments.revert)?)?;
    }
    Ok(if arguments.exit_code && !found.units.is_empty() { Exit::Different } else { Exit::Fine })
}

/// The change without some units, as a patch against the old side.
fn without(files: &[ChangedFile], found: &Diff, units: &[String]) -> anyhow::Result<String> {
    let mut reverted = BTreeSet::new();
    for name in units {
        let index = found.units.iter().position(|unit| unit.id == *name).ok_or_else(|| {
            bad_input(format!(
                "--revert {name}: there is no such unit; `kerf diff --stat` and `--json` name them"
            ))
        })?;
        reverted.insert(index);
    }
    let changes = revert(found, &closure(found, &reverted));
    Ok(patch::render(&OldSides(files), &changes))
}

/// The old sides of changed files as a tree.
struct OldSides<'a>(&'a [ChangedFile]);

impl Tree for OldSides<'_> {
    fn blob(&self, path: &str) -> Option<patch::Blob> {
        let side = self.0.iter().filter_map(|file| file.old.as_ref()).find(|side| side.path == path)?;
        Some(patch::Blob { mode: side.mode, bytes: side.bytes.to_vec() })
    }

    fn paths(&self) -> Vec<String> {
        self.0.iter().filter_map(|file| file.old.as_ref()).map(|side| side.path.clone()).collect()
    }

    fn blob_by_id(&self, _: &str) -> Option<Vec<u8>> {
        None
    }
}

fn changed_files(arguments: &DiffArguments) -> anyhow::Result<Vec<ChangedFile>> {
    match (&arguments.repo, arguments.paths.as_slice(), &arguments.patch) {
        (None, [old, new], None) => between_paths(old, new),
        (Some(repo), [range], None) => {
            let range = range.to_string_lossy();
            let (from, to) = range
                .split_once("..")
                .filter(|(from, to)| !from.is_empty() && !to.is_empty())
                .ok_or_else(|| bad_input(format!("`{range}` is no range: write A..B")))?;
            let base = base_tree(repo, from)?;
            let changes = base.changes_to(&repo.display().to_string(), to).map_err(bad_input)?;
            Ok(changed_files_of(&base, &changes))
        }
        (Some(repo), [], Some(file)) => {
            let base = base_tree(repo, &arguments.base)?;
            let bytes = if file.as_os_str() == "-" {
                let mut bytes = Vec::new();
                std::io::stdin().read_to_end(&mut bytes)?;
                bytes
            } else {
                std::fs::read(file).map_err(|error| bad_input(format!("{}: {error}", file.display())))?
            };
            match patch::apply(&base, &bytes) {
                Ok(applied) => Ok(changed_files_of(&base, &applied.changes)),
                Err(patch::ApplyError::Empty) => Ok(Vec::new()),
                Err(error) => Err(bad_input(format!("{}: {error}", file.display()))),
            }
        }
        _ => Err(bad_input("give OLD NEW, or --repo R A..B, or --repo R --patch P")),
    }
}

fn base_tree(repo: &Path, revision: &str) -> anyhow::Result<BaseTree> {
    open_local(repo, revision).map_err(bad_input)
}

/// Two files, or two folders file by file.
fn between_paths(old: &Path, new: &Path) -> anyhow::Result<Vec<ChangedFile>> {
    if old.is_dir() != new.is_dir() {
        return Err(bad_input("OLD and NEW must be two files or two folders"));
    }
    if !old.is_dir() {
        let name = new.file_name().unwrap_or_default().to_string_lossy().into_owned();
        return Ok(vec![ChangedFile {
            old: Some(read_side(old, &name)?),
            new: Some(read_side(new, &name)?),
        }]);
    }
    let names: BTreeSet<String> = list(old)?.into_iter().chain(list(new)?).collect();
    let mut files = Vec::new();
    for name in names {
        let side = |root: &Path| {
            let path = root.join(&name);
            if path.symlink_metadata().is_ok() { read_side(&path, &name).map(Some) } else { Ok(None) }
        };
        let file = ChangedFile { old: side(old)?, new: side(new)? };
        if file.old != file.new {
            files.push(file);
        }
    }
    Ok(files)
}

fn list(root: &Path) -> anyhow::Result<Vec<String>> {
    let walk = ignore::WalkBuilder::new(root)
        .standard_filters(false)
        .filter_entry(|e| e.file_name() != ".git")
        .build();
    let mut names = Vec::new();
    for entry in walk {
        let entry = entry.with_context(|| format!("cannot list {}", root.display()))?;
        if entry.file_type().is_some_and(|kind| !kind.is_dir()) {
            names
                .push(entry.path().strip_prefix(root).unwrap_or(entry.path()).to_string_lossy().into_owned());
        }
    }
    Ok(names)
}

fn read_side(path: &Path, name: &str) -> anyhow::Result<Side> {
    let unreadable = |error: std::io::Error| bad_input(format!("{}: {error}", path.display()));
    let metadata = path.symlink_metadata().map_err(unreadable)?;
    let (mode, bytes) = if metadata.is_symlink() {
        let target = std::fs::read_link(path).map_err(unreadable)?;
        (0o120_000, target.into_os_string().into_encoded_bytes())
    } else {
        let executable = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o100 != 0;
        (if executable { 0o100_755 } else { 0o100_644 }, std::fs::read(path).map_err(unreadable)?)
    };
    Ok(Side { path: name.to_owned(), mode, bytes: bytes.into() })
}
