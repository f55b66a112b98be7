//! One test program of a cargo log: what it announced, what it printed, what it told at its end.
//!
//! In: entries as [`super::scan`] finds them. Out: counts, and the results that hold. A name printed twice counts once
//! and with its worse result; doctests of macros share names and count each.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::super::{Status, text};
use super::line::{self, DocName, Summary};

/// One result.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry<'l> {
    /// Name as printed, without the mark of its kind.
    pub name: Cow<'l, str>,
    /// The name's parts, for a doctest.
    pub doc: Option<Box<DocName>>,
    /// Status.
    pub status: Status,
    /// Line of the log.
    pub line: usize,
    /// Seconds.
    pub seconds: Option<f64>,
}

/// A test program from its announcement to its summary.
#[derive(Debug, Default, PartialEq)]
pub struct Block<'l> {
    /// Line of the announcement.
    pub line: usize,
    /// Tests announced; none where the log begins amid a block.
    pub announced: Option<usize>,
    /// Results.
    pub entries: Vec<Entry<'l>>,
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
    pub pending: Vec<(Cow<'l, str>, usize, usize)>,
    /// Results found behind other text on a line; they count only if the block lacks results otherwise.
    pub glued: Vec<Entry<'l>>,
}

impl<'l> Block<'l> {
    /// Tests with a result; a name printed twice counts once.
    pub fn seen(&self) -> usize {
        let docs = self.entries.iter().filter(|entry| entry.doc.is_some()).count();
        let mut names = 0;
        self.each_name(|_| names += 1);
        (names + docs).max(self.dots)
    }

    /// What the results amount to; of a name printed twice the worse counts.
    pub fn tally(&self) -> Tally<'l> {
        let mut tally = Tally::default();
        for entry in self.entries.iter().filter(|entry| entry.doc.is_some()) {
            tally.counts[entry.status as usize] += 1;
        }
        self.each_name(|entries| {
            if let Some(worst) = entries.iter().map(|entry| entry.status).reduce(Status::worst) {
                tally.counts[worst as usize] += 1;
            }
            tally.twice.extend(entries.get(1).map(|second| (second.line, second.name.clone())));
        });
        tally.twice.sort_unstable();
        tally
    }

    /// Calls with the entries of each name, doctests left out. Sorting by hash first: names of one program have long
    /// beginnings in common, so that comparing them is most of the work of reading a log.
    fn each_name(&self, mut call: impl FnMut(&[&Entry<'l>])) {
        let mut keys: Vec<(u64, usize)> = Vec::with_capacity(self.entries.len());
        for (at, entry) in self.entries.iter().enumerate() {
            if entry.doc.is_none() {
                keys.push((text::hash(&entry.name), at));
            }
        }
        keys.sort_unstable();
        let mut same: Vec<&Entry<'l>> = Vec::new();
        for group in keys.chunk_by(|a, b| a.0 == b.0) {
            same.clear();
            same.extend(group.iter().map(|(_, at)| &self.entries[*at]));
            // Equal hashes of different names: rare, or made on purpose.
            if same.len() > 1 && same.iter().any(|entry| entry.name != same[0].name) {
                same.sort_by(|a, b| a.name.cmp(&b.name));
            }
            for names in same.chunk_by(|a, b| a.name == b.name) {
                call(names);
            }
        }
    }

    /// Takes results that stood behind other text, as far as results are lacking; gives those that were left out, with
    /// their lines. Where an own line is forged the glued one is lost, which a rerun mends; the reverse would not be.
    pub fn take_glued(&mut self) -> Vec<(Cow<'l, str>, usize)> {
        let glued = std::mem::take(&mut self.glued);
        if glued.is_empty() {
            return Vec::new();
        }
        let seen: BTreeSet<&str> = self.entries.iter().map(|entry| &*entry.name).collect();
        let new: Vec<Entry<'l>> = glued.into_iter().filter(|entry| !seen.contains(&*entry.name)).collect();
        let lacking =
            self.announced.map_or(0, |announced| announced.saturating_sub(self.seen() + self.pending.len()));
        if new.len() <= lacking {
            self.entries.extend(new);
            return Vec::new();
        }
        new.into_iter().map(|entry| (entry.name, entry.line)).collect()
    }
}

/// What the results of a program amount to.
#[derive(Debug, Clone, Default)]
pub struct Tally<'l> {
    counts: [usize; 9],
    /// Names printed more than once, with the line of the second time, in the order of the log.
    pub twice: Vec<(usize, Cow<'l, str>)>,
}

impl Tally<'_> {
    /// Tests of one status.
    pub fn of(&self, status: Status) -> usize {
        self.counts[status as usize]
    }
}

/// The parts of a name that rustdoc printed.
pub fn doc(name: &str) -> Option<Box<DocName>> {
    if !name.ends_with(')') {
        return None;
    }
    line::doc_name(name).filter(|doc| doc.line.is_some()).map(Box::new)
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
