//! Reader of pytest's text: plain, `-v`, `-q`, `-r…`, with and without xdist.
//!
//! In: a log. Out: a [`Reading`] with ids as pytest prints them (`path/test_x.py::TestA::test_b[a b]`). Each test has
//! one result: what was printed while it ran and what the short summary says are joined, the worse holds. Without `-v`
//! and `-rA` pytest names failures only; skipped tests have no names outside of `-v`.
//!
//! Invariant: nothing between the progress and the last short summary is a result.

mod id;
mod line;
mod session;

use std::collections::{BTreeMap, BTreeSet};

use self::line::{Heading, Word};
use self::session::Session;
use super::text::{self, Log};
use super::{Format, Incomplete, ReadContext, Reading, Status, TestResult};

/// How sure one can be that a log is pytest's.
pub fn sniff(log: &Log<'_>) -> f64 {
    let mut sure = 0.0_f64;
    let mut progress = false;
    for text in log.lines.iter().map(|line| line.text.as_ref()) {
        let here = match line::heading(text) {
            Some(Heading::Start) => 0.98,
            Some(Heading::Summary) => 0.95,
            Some(Heading::Counts(_)) if text.starts_with('=') || progress => 0.92,
            Some(Heading::Counts(_)) => 0.6,
            Some(_) => 0.0,
            None => match line::verbose(text) {
                Some(line) if line.word.is_some() => 0.85,
                _ if text.starts_with("INTERNALERROR>") => 0.9,
                _ if text.contains("pytest: error: ")
                    || text.starts_with("ImportError while loading conftest ") =>
                {
                    0.9
                }
                _ => {
                    progress |= text.ends_with("%]") && line::marks(text).is_some();
                    0.0
                }
            },
        };
        sure = sure.max(here);
        if sure > 0.95 {
            break;
        }
    }
    sure
}

/// Reads a log.
pub fn read(log: &Log<'_>, context: &ReadContext) -> Reading {
    let mut reading = Reading::new(Format::Pytest);
    let mut session = Session::new(1);
    let mut tests = Tests { order: Vec::new(), context };
    for line in &log.lines {
        let text = line.text.as_ref();
        if session.begins_next(text) {
            let done = std::mem::replace(&mut session, Session::new(line.number));
            close(done, &mut tests, &mut reading);
        }
        session.line(text, line.number);
        whole(text, line.number, &mut reading);
    }
    close(session, &mut tests, &mut reading);
    reading.tests = tests.joined();
    reading
}

/// What stands outside of any run: pytest could not begin.
fn whole(text: &str, number: usize, reading: &mut Reading) {
    let stopped = |reading: &mut Reading| {
        reading.incomplete.push(Incomplete { target: None, announced: None, seen: 0, line: number });
    };
    if let Some(path) = text.strip_prefix("ImportError while loading conftest ") {
        reading.build_failed = true;
        reading.failed_targets.push(path.trim_matches(['\'', '.']).to_owned());
        stopped(reading);
    } else if let Some(path) = text.strip_prefix("ERROR: file or directory not found: ") {
        reading.failed_targets.push(path.trim().to_owned());
        stopped(reading);
    } else if text.starts_with("ERROR: not found: ") || text.contains("pytest: error: ") {
        stopped(reading);
    }
}

struct Tests<'c> {
    order: Vec<TestResult>,
    context: &'c ReadContext,
}

impl Tests<'_> {
    fn push(&mut self, id: &str, status: Status, line: usize) {
        let id = self.id(id);
        self.order.push(TestResult { id, status, line, seconds: None, source_line: None });
    }

    /// The id with `/` in its path, relative to the tree.
    fn id(&self, id: &str) -> String {
        let (path, name) = id.split_once("::").unwrap_or((id, ""));
        let path = path.replace('\\', "/");
        let root = self.context.root.as_deref().unwrap_or_default();
        let inside =
            path.strip_prefix(root).and_then(|rest| rest.strip_prefix('/')).filter(|_| !root.is_empty());
        let path = inside.unwrap_or(&path);
        if name.is_empty() { path.to_owned() } else { format!("{path}::{name}") }
    }

    /// One result for each id, in the order of the lines they rest on.
    fn joined(self) -> Vec<TestResult> {
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        let mut out: Vec<TestResult> = Vec::new();
        for test in self.order {
            if let Some(old) = places.get(&test.id).and_then(|at| out.get_mut(*at)) {
                if old.status.worst(test.status) != old.status {
                    (old.status, old.line) = (test.status, test.line);
                }
            } else {
                places.insert(test.id.clone(), out.len());
                out.push(test);
            }
        }
        out.sort_by_key(|test| test.line);
        out
    }
}

fn close(mut session: Session<'_>, tests: &mut Tests<'_>, reading: &mut Reading) {
    session.decide();
    let known: BTreeSet<&str> =
        session.verbose.iter().map(|entry| entry.id).chain(session.open.keys().copied()).collect();
    let mut listed = line::Counts::default();
    let mut summed = false;
    for entry in &session.verbose {
        match entry.word {
            Word::Is(status) if status.holds() && session.unsure(entry.id) => {
                tests.push(entry.id, Status::Unreached, entry.line);
            }
            Word::Is(status) => tests.push(entry.id, status, entry.line),
            Word::SubFailed => tests.push(entry.id, Status::Failed, entry.line),
            Word::SubOther | Word::Rerun => {}
        }
    }
    let mut uncollected: BTreeMap<String, usize> =
        session.uncollected.iter().map(|(path, line)| (tests.id(path), *line)).collect();
    for entry in &session.summary {
        let place = id::cut(entry.id, &known, &session.titles);
        summed = true;
        listed.add(entry.word);
        match entry.word {
            Word::Is(Status::Skipped) if !id::valid(place) => {}
            Word::Is(Status::Errored) if !id::valid(place) || uncollected.contains_key(&tests.id(place)) => {
                uncollected.entry(tests.id(place)).or_insert(entry.line);
            }
            _ if !id::valid(place) => reading.unread.push(text::unread(entry.line, entry.id)),
            // Passes are listed before failures, so of a list that stops they are not sure.
            Word::Is(status) if status.holds() && !session.ended => {
                if !known.contains(place) {
                    tests.push(place, Status::Unreached, entry.line);
                }
            }
            Word::Is(status) => tests.push(place, status, entry.line),
            Word::SubFailed => tests.push(place, Status::Failed, entry.line),
            Word::SubOther | Word::Rerun => {}
        }
    }
    for (id, line) in &session.open {
        tests.push(id, session.open_status(id), *line);
    }
    for entry in &session.doubtful {
        reading.unread.push(text::unread(entry.line, entry.id));
        reading.oddities.push(format!("line {}: a result printed amid another test", entry.line));
    }
    let seen = session.printed.passed + session.printed.failed + session.printed.skipped;
    for (path, line) in uncollected {
        reading.build_failed = true;
        let target = Some(path.clone());
        reading.incomplete.push(Incomplete { target, announced: None, seen: 0, line });
        if !reading.failed_targets.contains(&path) {
            reading.failed_targets.push(path);
        }
    }
    let something = session.begun || !session.verbose.is_empty() || !session.open.is_empty();
    if something && (!session.ended || session.stopped.is_some() || session.fatal) {
        let line = session.stopped.unwrap_or(session.first);
        reading.incomplete.push(Incomplete { target: None, announced: session.collected, seen, line });
    }
    if let Some((counts, line)) = session.counts {
        check(&session, &counts, line, summed.then_some(&listed), reading);
    }
}

/// Counts of the last line against what was printed.
fn check(
    session: &Session<'_>,
    counts: &line::Counts,
    line: usize,
    listed: Option<&line::Counts>,
    reading: &mut Reading,
) {
    if session.printed != line::Counts::default() && !counts.fit(&session.printed, session.parts()) {
        let printed = session.printed;
        reading.oddities.push(format!(
            "line {line}: {} passed and {} failed are told, {} and {} were printed",
            counts.passed, counts.failed, printed.passed, printed.failed
        ));
    }
    if let Some(listed) = listed {
        // Which words the summary holds depends on `-r`; where it holds one it holds all of them.
        let pairs = [(listed.passed, counts.passed, "passed"), (listed.failed, counts.failed, "failed")];
        for (listed, told, word) in pairs {
            if listed > 0 && listed != told {
                reading.oddities.push(format!("line {line}: {told} {word} are told, {listed} are listed"));
            }
        }
    }
}
