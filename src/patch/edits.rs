//! Applies edits of every form that replies come in.
//!
//! In: a tree and [`Edits`]. Out: the same as from [`apply`]. Forms without line numbers are found by their text: what
//! matches to the byte is [`Rung::Exact`], what matches with trailing blanks aside is [`Rung::Fuzz`].

use crate::prediction::reply::{Chunk, Edits, FileChange, FileEdit, Mark, Replacement, WholeFile};

use super::line::{self, Line};
use super::stage::Stage;
use super::{Applied, ApplyError, Blob, Rung, Tree, apply};

/// Mode of an ordinary file.
const PLAIN: u32 = 0o100_644;

/// Applies edits to a tree.
///
/// # Errors
/// As [`apply`]: nothing changes, a path is refused, or an edit does not fit.
pub fn apply_edits(tree: &dyn Tree, edits: &Edits) -> Result<Applied, ApplyError> {
    let mut stage = Stage::new(tree);
    let mut rung = Rung::Exact;
    match edits {
        Edits::Unified(diff) => return apply(tree, diff.as_bytes()),
        Edits::SearchReplace(blocks) => {
            for (index, block) in blocks.iter().enumerate() {
                rung = rung.max(replace(&mut stage, block, index)?);
            }
        }
        Edits::BeginPatch(files) => {
            for file in files {
                rung = rung.max(change(&mut stage, file)?);
            }
        }
        Edits::WholeFiles(files) => {
            for WholeFile { path, content } in files {
                stage.check(path)?;
                let mode = stage.blob(path).map_or(PLAIN, |blob| blob.mode);
                stage.write(path, Blob { mode, bytes: content.clone().into_bytes() })?;
            }
        }
    }
    Ok(Applied { rung, changes: stage.finish()? })
}

/// One SEARCH/REPLACE block: the lines searched must be there once.
fn replace(stage: &mut Stage<'_>, block: &Replacement, index: usize) -> Result<Rung, ApplyError> {
    let path = &block.path;
    stage.check(path)?;
    let rejected = |why| ApplyError::rejected(path, Some(index), why);
    let old = stage.blob(path);
    if block.search.trim().is_empty() {
        if old.as_ref().is_some_and(|blob| !blob.bytes.trim_ascii().is_empty()) {
            return Err(rejected("searches nothing in a file that is not empty"));
        }
        let mode = old.map_or(PLAIN, |blob| blob.mode);
        stage.write(path, Blob { mode, bytes: block.replace.clone().into_bytes() })?;
        return Ok(Rung::Exact);
    }
    let old = old.ok_or_else(|| rejected("does not exist"))?;
    let lines = line::split(&old.bytes);
    let wanted = line::split(block.search.as_bytes());
    let found = find(&lines, &wanted, 0);
    if found.places.len() > 1 {
        return Err(rejected("holds the searched lines more than once"));
    }
    let at = *found.places.first().ok_or_else(|| rejected("does not hold the searched lines"))?;
    let new = line::split(block.replace.as_bytes());
    let bytes = splice(&lines, at..at + wanted.len(), new.into_iter());
    stage.write(path, Blob { mode: old.mode, bytes })?;
    Ok(found.rung)
}

/// One file of a `*** Begin Patch` block.
fn change(stage: &mut Stage<'_>, file: &FileEdit) -> Result<Rung, ApplyError> {
    let path = &file.path;
    stage.check(path)?;
    let old = stage.blob(path);
    let rejected = |why| ApplyError::rejected(path, None, why);
    match &file.change {
        FileChange::Add(_) if old.is_some() => Err(rejected("exists already")),
        FileChange::Add(content) => {
            stage.write(path, Blob { mode: PLAIN, bytes: content.clone().into_bytes() })?;
            Ok(Rung::Exact)
        }
        FileChange::Delete => {
            old.ok_or_else(|| rejected("does not exist"))?;
            stage.remove(path)?;
            Ok(Rung::Exact)
        }
        FileChange::Update { move_to, chunks } => {
            let mut blob = old.ok_or_else(|| rejected("does not exist"))?;
            let mut rung = Rung::Exact;
            let mut from = 0;
            for (index, chunk) in chunks.iter().enumerate() {
                let done = place(&blob.bytes, chunk, from)
                    .map_err(|why| ApplyError::rejected(path, Some(index), why))?;
                (blob.bytes, from) = (done.bytes, done.next);
                rung = rung.max(done.rung);
            }
            match move_to {
                Some(to) if to != path => {
                    stage.check(to)?;
                    if stage.blob(to).is_some() {
                        return Err(ApplyError::rejected(to, None, "exists already"));
                    }
                    stage.remove(path)?;
                    stage.write(to, blob)?;
                }
                _ => stage.write(path, blob)?,
            }
            Ok(rung)
        }
    }
}

/// A file after a chunk.
struct Placed {
    bytes: Vec<u8>,
    /// Line from which the next chunk is searched.
    next: usize,
    rung: Rung,
}

/// Places a chunk at its first match from line `from`, behind its anchors.
fn place(bytes: &[u8], chunk: &Chunk, from: usize) -> Result<Placed, &'static str> {
    let lines = line::split(bytes);
    let mut from = from;
    let mut rung = Rung::Exact;
    for anchor in &chunk.anchors {
        let is = |test: &dyn Fn(&[u8]) -> bool| (from..lines.len()).find(|at| test(lines[*at].without_cr()));
        let exact = is(&|text| text == anchor.as_bytes());
        let at = exact.or_else(|| is(&|text| text.trim_ascii() == anchor.trim().as_bytes()));
        // An anchor in what the chunk before has shown says no more than that this one comes behind it.
        let passed = || lines[..from].iter().any(|line| line.without_cr() == anchor.as_bytes());
        from = match at {
            Some(at) => at + 1,
            None if passed() => from,
            None => return Err("lacks the line of an anchor"),
        };
    }
    let old = || chunk.lines.iter().filter(|line| line.mark != Mark::Add);
    let wanted: Vec<Line<'_>> =
        old().map(|line| Line { text: line.text.as_bytes(), newline: true }).collect();
    let at = if wanted.is_empty() {
        // Nothing says where: behind the anchors, else at the end.
        if chunk.anchors.is_empty() { lines.len() } else { from }
    } else {
        let found = find(&lines, &wanted, from);
        let at_end = found.places.iter().find(|at| **at + wanted.len() == lines.len());
        let place = if chunk.at_end { at_end.or(found.places.first()) } else { found.places.first() };
        rung = found.rung;
        *place.ok_or("does not hold the lines of a chunk")?
    };
    let mut kept = lines[at..at + wanted.len()].iter();
    let mut new = Vec::new();
    for line in &chunk.lines {
        match line.mark {
            Mark::Keep => new.extend(kept.next().copied()),
            Mark::Remove => {
                kept.next();
            }
            Mark::Add => new.push(Line { text: line.text.as_bytes(), newline: true }),
        }
    }
    let next = at + new.len();
    Ok(Placed { bytes: splice(&lines, at..at + wanted.len(), new.into_iter()), next, rung })
}

/// Where lines were found, and how strictly.
struct Found {
    places: Vec<usize>,
    rung: Rung,
}

/// All places of `wanted` in `lines` from line `from`: to the byte, else with trailing blanks aside. Of the last line
/// of either side the newline does not count.
fn find(lines: &[Line<'_>], wanted: &[Line<'_>], from: usize) -> Found {
    let all = |same: &dyn Fn(&[u8], &[u8]) -> bool| -> Vec<usize> {
        let last = lines.len().checked_sub(wanted.len()).map_or(0, |last| last + 1);
        (from..last)
            .filter(|at| wanted.iter().zip(&lines[*at..]).all(|(wanted, line)| same(wanted.text, line.text)))
            .collect()
    };
    let places = all(&|wanted, line| wanted == line);
    if !places.is_empty() {
        return Found { places, rung: Rung::Exact };
    }
    Found { places: all(&|wanted, line| wanted.trim_ascii_end() == line.trim_ascii_end()), rung: Rung::Fuzz }
}

/// Lines with a range replaced. New lines take the line end of the file, and the file's last line keeps having or
/// lacking its newline.
fn splice<'a>(
    lines: &[Line<'a>],
    range: std::ops::Range<usize>,
    new: impl Iterator<Item = Line<'a>>,
) -> Vec<u8> {
    let crlf = lines.iter().any(|line| line.newline)
        && lines.iter().all(|line| !line.newline || line.text.ends_with(b"\r"));
    let last_newline = lines.last().is_none_or(|line| line.newline);
    let mut bytes = Vec::new();
    let mut push = |line: &Line<'_>| {
        bytes.extend_from_slice(line.text);
        if crlf && !line.text.ends_with(b"\r") {
            bytes.push(b'\r');
        }
        bytes.push(b'\n');
    };
    lines[..range.start].iter().for_each(&mut push);
    new.for_each(|line| push(&line));
    lines[range.end..].iter().for_each(&mut push);
    if !last_newline {
        bytes.pop_if(|byte| *byte == b'\n');
        if crlf {
            bytes.pop_if(|byte| *byte == b'\r');
        }
    }
    bytes
}
