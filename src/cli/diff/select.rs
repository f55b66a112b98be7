//! A part of a change: some files of it to look at, or some units of it as a patch.
//!
//! In: a diff, and names of files or units. Out: the diff of these files, or a patch that applies to the old side.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;

use super::DiffArguments;
use super::folder::filter;
use crate::cli::exit::bad_input;
use crate::diff::{ChangedFile, Diff, closure, revert};
use crate::patch::{self, Blob, Tree};

/// The files below `filters`, all without any, and their units. Ids stay, and so does what a unit needs, shown or not; the
/// other file of a move or rename is kept.
pub(super) fn narrowed(mut diff: Diff, filters: &[OsString]) -> Diff {
    if filters.is_empty() {
        return diff;
    }
    let filters: Vec<String> = filters.iter().map(filter).collect();
    let below = |path: &String| {
        filters.iter().any(|filter| {
            filter.is_empty()
                || filter == "."
                || path
                    .strip_prefix(filter.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    };
    let wanted: Vec<bool> =
        diff.files.iter().map(|file| file.old.iter().chain(&file.new).any(below)).collect();
    let is_wanted = |file: usize| wanted.get(file).copied().unwrap_or(false);
    diff.units.retain(|unit| unit.changes.iter().any(|change| is_wanted(change.file)));
    let mut kept: BTreeSet<usize> = (0..diff.files.len()).filter(|file| is_wanted(*file)).collect();
    kept.extend(diff.units.iter().flat_map(|unit| &unit.changes).map(|change| change.file));
    let numbers: BTreeMap<usize, usize> = kept.iter().enumerate().map(|(new, old)| (*old, new)).collect();
    for change in diff.units.iter_mut().flat_map(|unit| &mut unit.changes) {
        change.file = numbers.get(&change.file).copied().unwrap_or(change.file);
    }
    let mut file = 0;
    diff.files.retain(|_| {
        file += 1;
        kept.contains(&(file - 1))
    });
    diff
}

/// The patch that `--revert` or `--only` asks for. What else had to go or to stay is said on standard error.
pub(super) fn patch(
    files: &[ChangedFile],
    found: &Diff,
    arguments: &DiffArguments,
) -> anyhow::Result<String> {
    if !arguments.filters.is_empty() {
        return Err(bad_input("--revert and --only give the patch of all files: leave out the PATHs"));
    }
    let stray = |side: &crate::diff::Side| side.path.contains("\\x") && arguments.repo.is_none();
    if let Some(side) =
        files.iter().flat_map(|file| [&file.old, &file.new]).flatten().find(|side| stray(side))
    {
        return Err(bad_input(format!(
            "{}: a name that is not UTF-8 cannot be written in a patch",
            side.path
        )));
    }
    let reverted = if arguments.only.is_empty() {
        let wanted = indices(found, "--revert", &arguments.revert)?;
        let closed = closure(found, &wanted);
        tell(found, &wanted, &closed, "also taken back, because they need these units");
        closed
    } else {
        let wanted = indices(found, "--only", &arguments.only)?;
        let kept = needed(found, &wanted);
        tell(found, &wanted, &kept, "also kept, because these units need them");
        (0..found.units.len()).filter(|unit| !kept.contains(unit)).collect()
    };
    Ok(patch::render(&OldSides(files), &revert(found, &reverted)))
}

fn indices(found: &Diff, option: &str, names: &[String]) -> anyhow::Result<BTreeSet<usize>> {
    let mut indices = BTreeSet::new();
    for name in names.iter().map(|name| name.trim()).filter(|name| !name.is_empty()) {
        let index = found.units.iter().position(|unit| unit.id == name).ok_or_else(|| {
            let known = match found.units.as_slice() {
                [] => "there are no differences".to_owned(),
                [only] => format!("there is {} only", only.id),
                [first, .., last] => format!("there are {} to {}; `kerf diff` shows them", first.id, last.id),
            };
            bad_input(format!("{option} {name}: there is no such unit; {known}"))
        })?;
        indices.insert(index);
    }
    Ok(indices)
}

/// The units and all that they need, directly or not.
fn needed(found: &Diff, units: &BTreeSet<usize>) -> BTreeSet<usize> {
    let numbers: BTreeMap<&str, usize> =
        found.units.iter().enumerate().map(|(index, unit)| (unit.id.as_str(), index)).collect();
    let mut closed = units.clone();
    let mut waiting: Vec<usize> = units.iter().copied().collect();
    while let Some(unit) = waiting.pop() {
        let needs = found.units.get(unit).map(|unit| unit.needs.as_slice()).unwrap_or_default();
        for need in needs.iter().filter_map(|need| numbers.get(need.as_str())) {
            if closed.insert(*need) {
                waiting.push(*need);
            }
        }
    }
    closed
}

fn tell(found: &Diff, wanted: &BTreeSet<usize>, closed: &BTreeSet<usize>, what: &str) {
    let further: Vec<&str> = closed
        .difference(wanted)
        .filter_map(|index| found.units.get(*index))
        .map(|unit| unit.id.as_str())
        .collect();
    if !further.is_empty() {
        eprintln!("kerf: {what}: {}", further.join(", "));
    }
}

/// The old sides of changed files as a tree.
struct OldSides<'a>(&'a [ChangedFile]);

impl Tree for OldSides<'_> {
    fn blob(&self, path: &str) -> Option<Blob> {
        let side = self.0.iter().filter_map(|file| file.old.as_ref()).find(|side| side.path == path)?;
        Some(Blob { mode: side.mode, bytes: side.bytes.to_vec() })
    }

    fn paths(&self) -> Vec<String> {
        self.0.iter().filter_map(|file| file.old.as_ref()).map(|side| side.path.clone()).collect()
    }

    fn blob_by_id(&self, _: &str) -> Option<Vec<u8>> {
        None
    }
}
