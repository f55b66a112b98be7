//! One test program of a cargo log: what it announced, what it printed, what it told at its end.
//!
//! In: entries as [`super::scan`] finds them. Out: counts, and the results that hold. A name printed twice counts once
//! and with its worse result; doctests of macros share names and count each.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{Status, text};
use super::line::{self, DocName, Summary};

/// One result.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Name as printed, without the mark of its kind.
    pub name: String,
    /// The name's parts, for a doctest.
    pub doc: Option<DocName>,
    /// Status.
    pub status: Status,
    /// Line of the log.
    pub line: usize,
    /// Seconds.
    pub seconds: Option<f64>,
}

/// A test program from its announcement to its summary.
#[derive(Debug, Default)]
pub struct Block {
    /// Line of the announcement.
    pub line: usize,
    /// Tests announced; none where the log begins amid a block.
    pub announced: Option<usize>,
    /// Results.
    pub entries: Vec<Entry>,
    /// Its summary; none where it never came.
    pub summary: Option<Summary>,
    /// What cargo says about running it again: `-p core --test a`.
    pub rerun: Option<String>,
    /// Headers seen before it.
    pub headers_before: usize,
    /// Its captured output has no end, so that whatever came after it is lost too.
    pub swallowed: bool,
    /// `.`, `F` and `i` of quiet output.
    pub dots: usize,
    /// Tests begun whose result is not known yet, with index and number of their line.
    pub pending: Vec<(String, usize, usize)>,
    /// Results found behind other text on a line; they count only if the block lacks results otherwise.
    pub glued: Vec<Entry>,
}

impl Block {
    /// Tests with a result; a name printed twice counts once.
    pub fn seen(&self) -> usize {
        let names: BTreeSet<&str> = self.plain().map(|entry| entry.name.as_str()).collect();
        let docs = self.entries.iter().filter(|entry| entry.doc.is_some()).count();
        (names.len() + docs).max(self.dots)
    }

    fn plain(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.doc.is_none())
    }

    pub fn count(&self, status: Status) -> usize {
        let docs = self.entries.iter().filter(|entry| entry.doc.is_some() && entry.status == status).count();
        let mut worst = BTreeMap::new();
        for entry in self.plain() {
            worst
                .entry(&entry.name)
                .and_modify(|s: &mut Status| *s = s.worst(entry.status))
                .or_insert(entry.status);
        }
        docs + worst.values().filter(|s| **s == status).count()
    }

    /// Takes results that stood behind other text, as far as results are lacking; gives those that were left out, with
    /// their lines. Where an own line is forged the glued one is lost, which a rerun mends; the reverse would not be.
    pub fn take_glued(&mut self) -> Vec<(String, usize)> {
        let glued = std::mem::take(&mut self.glued);
        let seen: BTreeSet<String> = self.entries.iter().map(|entry| entry.name.clone()).collect();
        let new: Vec<Entry> = glued.into_iter().filter(|entry| !seen.contains(&entry.name)).collect();
        let lacking =
            self.announced.map_or(0, |announced| announced.saturating_sub(self.seen() + self.pending.len()));
        if new.len() <= lacking {
            self.entries.extend(new);
            return Vec::new();
        }
        new.into_iter().map(|entry| (entry.name, entry.line)).collect()
    }
}

/// The parts of a name that rustdoc printed.
pub fn doc(name: &str) -> Option<DocName> {
    line::doc_name(name).filter(|doc| doc.line.is_some())
}

/// `..i.F. 87/200`: how many tests.
pub fn dots(text: &str) -> Option<usize> {
    let marks = text.split(' ').next()?;
    let rest = text[marks.len()..].trim();
    let progress = rest.is_empty()
        || rest.split_once('/').is_some_and(|(a, b)| text::count(a).is_some() && text::count(b).is_some());
    let all = !marks.is_empty() && marks.bytes().all(|byte| matches!(byte, b'.' | b'F' | b'i' | b'a' | b'b'));
    (all && progress).then_some(marks.len())
}
