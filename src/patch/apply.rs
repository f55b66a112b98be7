//! The ladder: a patch is tried from the clean tree at each rung, from strict to lenient, until one takes it whole.
//!
//! In: a tree and the bytes of a patch. Out: [`Applied`], or an [`ApplyError`] that names the file and hunk at which
//! strict placement failed. Unsafe paths are refused before any rung is tried.

use std::collections::BTreeSet;

use super::locate::{self, Misfit, Strictness};
use super::model::{Action, Binary, Body, FilePatch, Hunk, Patch, Severity};
use super::path::{self, LINK, Names};
use super::stage::Stage;
use super::{Applied, ApplyError, Blob, Rung, Tree, TreeChanges, binary, line, merge, parse::parse};

/// Context lines that may be ignored at the most lenient rung, at each end of a hunk.
const MOST_FUZZ: usize = 5;

/// Mode of an ordinary file.
const PLAIN: u32 = 0o100_644;

/// Mask of the kind of file in a mode.
const KIND: u32 = 0o170_000;

/// Applies a unified diff to a tree.
///
/// # Errors
/// [`ApplyError::Empty`] if nothing changes, [`ApplyError::Malformed`] if no diff or only a part of one could be
/// read, [`ApplyError::UnsafePath`] for a refused path, [`ApplyError::Rejected`] if no rung takes the whole patch.
pub fn apply(tree: &dyn Tree, patch: &[u8]) -> Result<Applied, ApplyError> {
    if patch.iter().all(u8::is_ascii_whitespace) {
        return Err(ApplyError::Empty);
    }
    let parsed = parse(patch);
    check_paths(tree, &parsed)?;
    if let Some(lost) = parsed.oddities.iter().find(|oddity| oddity.severity == Severity::Unreadable) {
        return Err(ApplyError::Malformed { line: lost.line, why: lost.text.clone() });
    }
    if parsed.files.is_empty() {
        let line =
            line::split(patch).iter().position(|line| !line.text.trim_ascii().is_empty()).unwrap_or(0) + 1;
        return Err(ApplyError::Malformed { line, why: "no diff could be read".to_owned() });
    }
    if parsed.files.iter().all(changes_nothing) {
        return Err(ApplyError::Malformed {
            line: parsed.files[0].line,
            why: "the diff has no hunk".to_owned(),
        });
    }
    climb(tree, &parsed)
}

/// Tries the rungs in order.
fn climb(tree: &dyn Tree, parsed: &Patch<'_>) -> Result<Applied, ApplyError> {
    let severity = parsed.severity().unwrap_or(Severity::Note);
    let unix = without_carriage_returns(parsed);
    let mut rungs: Vec<(Rung, &Patch<'_>)> = Vec::new();
    if severity == Severity::Note {
        rungs.extend([(Rung::Exact, parsed), (Rung::Offset, parsed)]);
    }
    rungs.push((Rung::Recounted, parsed));
    rungs.extend(unix.as_ref().map(|unix| (Rung::Recounted, unix)));
    rungs.push((Rung::ThreeWay, parsed));
    if severity <= Severity::Mended {
        rungs.push((Rung::Fuzz, parsed));
        rungs.extend(unix.as_ref().map(|unix| (Rung::Fuzz, unix)));
    }
    let mut told = None;
    for (rung, patch) in rungs {
        match attempt(tree, patch, rung) {
            Ok(changes) => return Ok(Applied { rung, changes }),
            Err(error @ ApplyError::UnsafePath { .. }) => return Err(error),
            Err(ApplyError::Empty) if rung != Rung::Fuzz => return Err(ApplyError::Empty),
            // What strict placement says helps most; lenient rungs only add that they failed too.
            Err(error) if rung <= Rung::Recounted => told = Some(error),
            Err(_) => {}
        }
    }
    Err(told.unwrap_or(ApplyError::Empty))
}

/// Refuses hostile paths wherever they stand, also on sides that are not written.
fn check_paths(tree: &dyn Tree, patch: &Patch<'_>) -> Result<(), ApplyError> {
    let mut links: BTreeSet<String> = BTreeSet::new();
    let mut gone: BTreeSet<String> = BTreeSet::new();
    for file in &patch.files {
        let names = names(file, tree)?;
        for path in [&names.old, &names.new].into_iter().flatten() {
            path::check(path).map_err(|why| ApplyError::unsafe_path(path, why))?;
            let is_link = |folder: &str| {
                links.contains(folder)
                    || !gone.contains(folder)
                        && tree.blob(folder).is_some_and(|blob| blob.mode & KIND == LINK)
            };
            if path::link_above(path, is_link).is_some() {
                return Err(ApplyError::unsafe_path(path, "passes a symbolic link"));
            }
        }
        if let (Some(old), None) = (&names.old, &names.new) {
            gone.insert(old.clone());
        }
        if file.new_mode.is_some_and(|mode| mode & KIND == LINK)
            && let Some(new) = names.new
        {
            links.insert(new);
        }
    }
    Ok(())
}

fn names(file: &FilePatch<'_>, tree: &dyn Tree) -> Result<Names, ApplyError> {
    path::resolve(file, tree).map_err(|(path, why)| ApplyError::unsafe_path(&path, why))
}

fn changes_nothing(file: &FilePatch<'_>) -> bool {
    file.action == Action::Modify
        && (file.new_mode.is_none() || file.new_mode == file.old_mode)
        && matches!(&file.body, Body::Text(hunks) if hunks.is_empty())
}

/// A patch that went through a program that writes CRLF, with its lines as they were; `None` for other patches.
fn without_carriage_returns<'a>(patch: &Patch<'a>) -> Option<Patch<'a>> {
    let mut patch = patch.clone();
    let mut any = false;
    for file in &mut patch.files {
        let Body::Text(hunks) = &mut file.body else { continue };
        for line in hunks.iter_mut().flat_map(|hunk| &mut hunk.lines) {
            if line.content.newline {
                line.content.text = line.content.text.strip_suffix(b"\r")?;
                any = true;
            }
        }
    }
    any.then_some(patch)
}

/// Applies all sections at one rung.
fn attempt(tree: &dyn Tree, patch: &Patch<'_>, rung: Rung) -> Result<TreeChanges, ApplyError> {
    let mut stage = Stage::new(tree);
    let mut leaving = BTreeSet::new();
    for file in &patch.files {
        if let (Action::Delete | Action::Rename(..), Some(old)) = (&file.action, names(file, tree)?.old) {
            leaving.insert(old);
        }
    }
    for file in &patch.files {
        section(&mut stage, file, rung, &leaving)?;
    }
    stage.finish()
}

/// Applies one section.
fn section(
    stage: &mut Stage<'_>,
    file: &FilePatch<'_>,
    rung: Rung,
    leaving: &BTreeSet<String>,
) -> Result<(), ApplyError> {
    let names = names(file, stage)?;
    let path = names.new.clone().or(names.old.clone()).unwrap_or_default();
    let rejected = |why: &str| ApplyError::rejected(&path, None, why);
    for mode in [file.old_mode, file.new_mode].into_iter().flatten() {
        if !matches!(mode & KIND, 0o100_000 | LINK) {
            return Err(rejected("has a mode that is neither a file's nor a symbolic link's"));
        }
    }
    match &file.action {
        Action::Create => create(stage, file, &path, rung),
        Action::Delete => {
            let old = stage.blob(&path).ok_or_else(|| rejected("does not exist"))?;
            let left = content(stage, file, &path, &old, rung)?;
            if !left.is_empty() {
                return Err(rejected("is deleted by a patch that does not hold all its content"));
            }
            stage.remove(&path)
        }
        Action::Modify if names.old != names.new => {
            let (from, to) = (names.old.unwrap_or_default(), names.new.unwrap_or_default());
            relocate(stage, file, &from, &to, rung, leaving)
        }
        Action::Modify => match stage.blob(&path) {
            Some(old) => {
                let new = modified(stage, file, &path, &old, rung)?;
                stage.write(&path, new)
            }
            None if makes_whole_file(file) => create(stage, file, &path, rung),
            None => Err(rejected("does not exist")),
        },
        Action::Rename(..) | Action::Copy(..) => {
            let (from, to) = (names.old.unwrap_or_default(), names.new.unwrap_or_default());
            relocate(stage, file, &from, &to, rung, leaving)
        }
    }
}

/// A file that gets another name, or a copy under another name.
fn relocate(
    stage: &mut Stage<'_>,
    file: &FilePatch<'_>,
    from: &str,
    to: &str,
    rung: Rung,
    leaving: &BTreeSet<String>,
) -> Result<(), ApplyError> {
    if from != to && stage.blob(to).is_some() && !leaving.contains(to) {
        return Err(ApplyError::rejected(to, None, "exists already"));
    }
    // Sources are meant as they were before the patch, so that files can swap their names.
    let in_base = stage.base().blob(from);
    let moves_base = in_base.is_some();
    let old = in_base
        .or_else(|| stage.blob(from))
        .ok_or_else(|| ApplyError::rejected(from, None, "does not exist"))?;
    let new = modified(stage, file, from, &old, rung)?;
    if from != to && !matches!(file.action, Action::Copy(..)) {
        if moves_base { stage.move_away(from)? } else { stage.remove(from)? }
    }
    stage.write(to, new)
}

/// Whether a section for a file that is not there holds all of it.
fn makes_whole_file(file: &FilePatch<'_>) -> bool {
    matches!(&file.body, Body::Text(hunks)
        if matches!(hunks.as_slice(), [only] if only.header.old_start == 0 && only.header.old_count == 0))
}

fn create(stage: &mut Stage<'_>, file: &FilePatch<'_>, path: &str, rung: Rung) -> Result<(), ApplyError> {
    if stage.blob(path).is_some() {
        return Err(ApplyError::rejected(path, None, "exists already"));
    }
    let empty = Blob { mode: PLAIN, bytes: Vec::new() };
    // Lines of a new file have one place only, so no rung is more lenient with them than another.
    let rung = if matches!(file.body, Body::Omitted) { rung } else { Rung::Offset };
    let bytes = content(stage, file, path, &empty, rung)?;
    stage.write(path, Blob { mode: canonical(file.new_mode.unwrap_or(PLAIN)), bytes })
}

/// The file after the section: content and mode.
fn modified(
    stage: &Stage<'_>,
    file: &FilePatch<'_>,
    path: &str,
    old: &Blob,
    rung: Rung,
) -> Result<Blob, ApplyError> {
    if [file.old_mode, file.new_mode].into_iter().flatten().any(|mode| mode & KIND != old.mode & KIND) {
        return Err(ApplyError::rejected(path, None, "is of another kind than the patch says"));
    }
    let bytes = content(stage, file, path, old, rung)?;
    Ok(Blob { mode: file.new_mode.map_or(old.mode, canonical), bytes })
}

/// Git keeps of a file's mode only whether it may be run.
fn canonical(mode: u32) -> u32 {
    match mode & KIND {
        LINK => LINK,
        _ if mode & 0o100 != 0 => 0o100_755,
        _ => PLAIN,
    }
}

/// The new content of a file at one rung.
fn content(
    stage: &Stage<'_>,
    file: &FilePatch<'_>,
    path: &str,
    old: &Blob,
    rung: Rung,
) -> Result<Vec<u8>, ApplyError> {
    let rejected = |why| ApplyError::rejected(path, None, why);
    match &file.body {
        // `patch` does not see what was left out: a new file comes out empty, an old one as it was.
        Body::Omitted if rung == Rung::Fuzz && file.action != Action::Delete => Ok(old.bytes.clone()),
        Body::Omitted => Err(rejected("is binary, and the patch does not hold its content")),
        Body::Binary(change) => {
            if !names_content(file, &old.bytes) {
                return Err(rejected("is not the binary file that the patch was made against"));
            }
            let known = matches!(change, Binary::Literal(_)) || !old.bytes.is_empty();
            if !known {
                return Err(rejected("is empty, and the patch holds a delta"));
            }
            binary::apply(change, &old.bytes).map_err(rejected)
        }
        Body::Text(hunks) => text(stage, file, hunks, &old.bytes, rung)
            .map_err(|misfit| ApplyError::rejected(path, Some(misfit.hunk), misfit.why)),
    }
}

fn text(
    stage: &Stage<'_>,
    file: &FilePatch<'_>,
    hunks: &[Hunk<'_>],
    old: &[u8],
    rung: Rung,
) -> Result<Vec<u8>, Misfit> {
    match rung {
        Rung::Exact => locate::strict(old, hunks, Strictness::Stated),
        Rung::Offset => locate::strict(old, hunks, Strictness::Nearest),
        Rung::Recounted => locate::strict(old, hunks, Strictness::Mended),
        Rung::ThreeWay => {
            let base = file.index.as_ref().and_then(|(id, _)| {
                if id.bytes().all(|digit| digit == b'0') { None } else { stage.blob_by_id(id) }
            });
            let Some(base) = base else { return locate::strict(old, hunks, Strictness::Mended) };
            let theirs = locate::strict(&base, hunks, Strictness::Mended)?;
            merge::three_way(&base, old, &theirs)
                .ok_or(Misfit { hunk: 0, why: "conflicts in a three-way merge" })
        }
        Rung::Fuzz => locate::fuzzy(old, hunks, MOST_FUZZ),
    }
}

/// Whether the old object id of the patch, if it is a SHA-1, is that of the content.
fn names_content(file: &FilePatch<'_>, bytes: &[u8]) -> bool {
    let Some((old, _)) = &file.index else { return true };
    if old.len() > 40 || old.bytes().all(|digit| digit == b'0') {
        return true;
    }
    git2::Oid::hash_object(git2::ObjectType::Blob, bytes)
        .is_ok_and(|id| id.to_string().starts_with(&old.to_ascii_lowercase()))
}
