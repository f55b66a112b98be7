//! One run of pytest, from its first line to its counts.
//!
//! In: lines in order. Out: results as printed while tests ran, results of the short summary, what was not collected.
//!
//! Between the progress and the summary lies free text: tracebacks, and whatever tests printed, whole logs of pytest
//! among it. So of several summaries the last one holds, and a run has ended only where the counts fit its progress.

use std::collections::{BTreeMap, BTreeSet};

use super::super::Status;
use super::line::{self, Counts, Heading, Verbose, Word};

/// A result with its line.
#[derive(Debug, Clone)]
pub struct Entry<'t> {
    pub id: &'t str,
    pub word: Word,
    pub line: usize,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Part {
    #[default]
    Progress,
    Free,
    Summary,
}

/// A run.
#[derive(Debug, Default)]
pub struct Session<'t> {
    /// Line of its beginning.
    pub first: usize,
    part: Part,
    /// Anything of pytest's own was seen.
    pub begun: bool,
    /// Results printed while tests ran.
    pub verbose: Vec<Entry<'t>>,
    /// Lines of the short summary: word, rest of the line.
    pub summary: Vec<Entry<'t>>,
    /// Headings of failures.
    pub titles: BTreeSet<&'t str>,
    /// Files that could not be collected.
    pub uncollected: Vec<(&'t str, usize)>,
    /// Tests begun without a result.
    pub open: BTreeMap<&'t str, usize>,
    /// `collected 38 items`.
    pub collected: Option<usize>,
    /// The last line of counts.
    pub counts: Option<(Counts, usize)>,
    /// Counted from progress.
    pub printed: Counts,
    /// The run came to its end.
    pub ended: bool,
    /// `!!! … !!!`, an internal error, a fatal one.
    pub stopped: Option<usize>,
    /// The interpreter itself died.
    pub fatal: bool,
    /// Results printed amid another test.
    pub doubtful: Vec<Entry<'t>>,
    pending: Option<&'t str>,
    held: Vec<Entry<'t>>,
    /// The last result was found behind printed text.
    loose: bool,
    workers: bool,
    /// Tests begun on a line of their own: with a subtest that failed (9.0 and later), or with output.
    split: BTreeSet<&'t str>,
    /// For each worker (none without xdist) the test whose result came last.
    last: BTreeMap<Option<usize>, &'t str>,
}

impl<'t> Session<'t> {
    /// A run that begins at a line.
    pub fn new(first: usize) -> Self {
        Self { first, ..Self::default() }
    }

    /// Whether its counts have come and fit, so that another run may follow.
    pub fn is_complete(&self) -> bool {
        self.counts.is_some_and(|(counts, _)| counts.fit(&self.printed, self.parts()))
    }

    /// Failed subtests, which the progress does not tell: those of the summary, without one perhaps all failures.
    pub fn parts(&self) -> usize {
        if self.summary.is_empty() {
            return self.counts.map_or(0, |(counts, _)| counts.failed);
        }
        self.summary.iter().filter(|entry| entry.word == Word::SubFailed).count()
    }

    /// Whether a line begins another run.
    pub fn begins_next(&self, text: &str) -> bool {
        if !self.is_complete() {
            return false;
        }
        match line::heading(text) {
            Some(Heading::Start) => true,
            Some(_) => false,
            None => {
                let percent = text.trim_end().ends_with("%]");
                percent
                    && (line::marks(text).is_some() || line::verbose(text).is_some_and(|v| v.word.is_some()))
            }
        }
    }

    /// A line.
    pub fn line(&mut self, text: &'t str, number: usize) {
        if self.returns(text) {
            self.part = Part::Progress;
            self.summary.clear();
            self.counts = None;
        }
        match line::heading(text) {
            Some(Heading::Start) => self.begun = true,
            Some(Heading::Summary) => {
                self.begun = true;
                self.summary.clear();
                self.counts = None;
                self.part = Part::Summary;
            }
            Some(Heading::Counts(counts)) => {
                self.begun = true;
                self.counts = Some((counts, number));
                if self.part == Part::Progress {
                    self.part = Part::Free;
                }
            }
            Some(Heading::Section) => self.part = Part::Free,
            Some(Heading::Test(title)) if self.part == Part::Free => {
                if let Some(path) = title.strip_prefix("ERROR collecting ") {
                    self.uncollected.push((path.trim(), number));
                }
                let name = ["ERROR at setup of ", "ERROR at teardown of "]
                    .into_iter()
                    .find_map(|lead| title.strip_prefix(lead))
                    .unwrap_or(title);
                self.titles.insert(name);
            }
            Some(Heading::Stopped(_)) => self.stopped = Some(number),
            _ => self.other(text, number),
        }
    }

    /// Whether headings came amid a test that now tells its end: the test had printed them.
    fn returns(&self, text: &str) -> bool {
        let Some(pending) = self.pending.filter(|_| self.part != Part::Progress) else { return false };
        match line::verbose(text) {
            Some(line) => line.word.is_some() && line.id == pending,
            None => line::trailing(text).is_some() && line::leading(text).is_none(),
        }
    }

    fn other(&mut self, text: &'t str, number: usize) {
        if text.starts_with("INTERNALERROR>") {
            self.stopped.get_or_insert(number);
            self.begun = true;
        } else if text.starts_with("Fatal Python error: ") {
            self.fatal = true;
        }
        match self.part {
            Part::Progress => self.progress(text, number),
            Part::Summary => {
                if let Some((word, id)) = line::leading(text) {
                    self.summary.push(Entry { id, word, line: number });
                }
            }
            Part::Free => {}
        }
    }

    fn progress(&mut self, text: &'t str, number: usize) {
        if let Some(found) = collected(text) {
            self.collected = self.collected.max(Some(found));
            return;
        }
        if let Some(Verbose { id, word, worker }) = line::verbose(text) {
            self.workers |= worker.is_some();
            let Some(word) = word else {
                if self.workers || self.pending.is_none() {
                    self.open.entry(id).or_insert(number);
                }
                if !self.workers && self.pending.is_none() {
                    self.pending = Some(id);
                    self.split.insert(id);
                    self.loose = false;
                }
                return;
            };
            let entry = Entry { id, word, line: number };
            if !self.workers && self.pending.is_some_and(|pending| pending != id) {
                self.held.push(entry);
                return;
            }
            self.loose = false;
            // An error whose line stops within a test's name is of the test that came last, and not of another.
            let begun = |last: &&str| {
                word == Word::Is(Status::Errored) && last.len() > id.len() && last.starts_with(id)
            };
            if !self.last.get(&worker).is_some_and(begun) {
                self.last.insert(worker, id);
            }
            self.take(entry);
        } else if let Some(word) = line::trailing(text)
            && (self.pending.is_some() || self.loose)
        {
            if let Some(id) = self.pending {
                // What was printed between the beginning of a test and its end is the test's own.
                self.doubtful.append(&mut self.held);
                self.last.insert(None, id);
                self.take(Entry { id, word, line: number });
                self.loose = true;
            } else if let (Some(last), Word::Is(status)) = (self.verbose.last_mut(), word)
                && let Word::Is(before) = last.word
            {
                last.word = Word::Is(before.worst(status));
            }
        } else if let Some(counts) = line::marks(text) {
            let printed = &mut self.printed;
            printed.passed += counts.passed;
            printed.failed += counts.failed;
            printed.errors += counts.errors;
            printed.skipped += counts.skipped;
            printed.xfailed += counts.xfailed;
            printed.xpassed += counts.xpassed;
        }
    }

    fn take(&mut self, entry: Entry<'t>) {
        self.printed.add(entry.word);
        if matches!(entry.word, Word::Is(_)) {
            self.open.remove(entry.id);
            if self.pending == Some(entry.id) {
                self.pending = None;
            }
        }
        self.verbose.push(entry);
    }

    /// The progress is over: a test that never told its end did not keep others from telling theirs.
    pub fn settle(&mut self) {
        self.pending = None;
        self.loose = false;
        for entry in std::mem::take(&mut self.held) {
            self.split.insert(entry.id);
            self.take(entry);
        }
    }

    /// The test that ran when the interpreter died.
    pub fn victim(&self) -> Option<&'t str> {
        let mut open = self.open.keys();
        open.next().copied().filter(|_| open.next().is_none() && self.fatal)
    }

    /// Whether a pass may still be followed by an error of the test's own clean-up: the log stops, and it came last.
    pub fn unsure(&self, id: &str) -> bool {
        let part = !self.workers && self.split.contains(id);
        !self.ended && (part || self.last.values().any(|last| *last == id))
    }

    /// Settles whether the last line of counts is the run's own: it fits what was printed, or as many passes are listed
    /// as it tells.
    pub fn decide(&mut self) {
        self.settle();
        let listed = self.summary.iter().filter(|entry| entry.word == Word::Is(Status::Passed)).count();
        let nothing = self.printed == Counts::default();
        self.ended = self.counts.is_some_and(|(counts, _)| {
            counts.fit(&self.printed, self.parts()) || listed == counts.passed || (nothing && listed == 0)
        });
    }

    /// Status of an open test.
    pub fn open_status(&self, id: &str) -> Status {
        if self.victim() == Some(id) { Status::Errored } else { Status::Unreached }
    }
}

/// `collected 38 items / 2 errors`, `2 workers [38 items]`, `gw0 [38] / gw1 [38]`.
fn collected(text: &str) -> Option<usize> {
    if let Some(at) = text.find("collected ")
        && (at == 0 || text.starts_with("collecting ..."))
    {
        let (number, rest) = text[at + 10..].split_once(' ')?;
        return rest.starts_with("item").then(|| super::super::text::count(number))?;
    }
    let (workers, rest) = text.split_once(" workers [").or_else(|| text.split_once(" worker ["))?;
    super::super::text::count(workers)?;
    super::super::text::count(rest.split(' ').next()?)
}
