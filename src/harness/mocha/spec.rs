//! mocha's spec reporter, and the end that all of its text reporters have in common.
//!
//! ```text
//!   outer                          a suite, two blanks deep
//!     ✔ title (61ms)               its own tests come before its inner suites
//!     inner
//!       1) fails                   failures are numbered
//!       - pending
//!
//!   1 passing (1s)                 the end
//!   1 failing
//!
//!   1) outer
//!        inner
//!          fails:                  failures again, by their full names
//! ```
//!
//! A line printed by a test may look like a result. It is one only at a depth where mocha could write one: two deeper
//! than the suite that was named last, or at the outermost level behind a blank line; failures must be numbered in
//! order. What still slips through shows in the counts.

use super::super::script::{Stream, Text, file, indent, seconds, timed};
use super::super::text::{self, count};
use super::super::{Incomplete, ReadContext, Reading, Status, TestResult};

/// What a line tells of a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// A tick.
    Passed,
    /// A dash.
    Pending,
    /// A number.
    Failed(usize),
}

/// Depth, mark and title of a result.
pub fn result(text: &str) -> Option<(usize, Mark, &str)> {
    let (depth, rest) = indent(text);
    if depth < 2 || depth % 2 == 1 {
        return None;
    }
    let (mark, title) = rest.split_once(' ')?;
    let mark = match mark {
        "✔" | "✓" | "√" => Mark::Passed,
        "-" => Mark::Pending,
        _ => Mark::Failed(count(mark.strip_suffix(')')?)?),
    };
    (!title.trim().is_empty()).then_some((depth, mark, title))
}

/// `  20 passing (1s)`, `  4 pending`, `  11 failing`.
pub fn told(text: &str) -> Option<(usize, &str)> {
    let rest = text.strip_prefix("  ")?;
    let (number, rest) = rest.split_once(' ')?;
    let number = count(number)?;
    let (word, tail) = rest.split_once(' ').unwrap_or((rest, ""));
    let tail = tail.strip_prefix('(').and_then(|tail| tail.strip_suffix(')'));
    match (word, tail) {
        ("passing", Some(tail)) if seconds(tail).is_some() => Some((number, word)),
        ("pending" | "failing", None) if !rest.contains(' ') => Some((number, word)),
        _ => None,
    }
}

/// File in ` Exception during run: /path/a.js:1`, or an empty one.
pub fn exception(text: &str) -> Option<&str> {
    let rest = text.trim_start().strip_prefix("Exception during run: ")?;
    let path = rest.split(':').next().unwrap_or_default().trim();
    Some(if path.starts_with('/') { path } else { "" })
}

/// A hook that failed.
#[derive(Debug, PartialEq, Eq)]
pub struct Hook<'t> {
    after: bool,
    test: Option<&'t str>,
}

impl<'t> Hook<'t> {
    /// The test that it was for, where it came before it.
    pub fn unreached(&self) -> Option<&'t str> {
        self.test.filter(|_| !self.after)
    }
}

/// `"before each" hook: name for "title"`.
pub fn hook(title: &str) -> Option<Hook<'_>> {
    let kinds = [("before all", false), ("before each", false), ("after all", true), ("after each", true)];
    let (kind, rest) = title.strip_prefix('"')?.split_once("\" hook")?;
    let after = kinds.iter().find(|(known, _)| *known == kind)?.1;
    let test = rest.find(" for \"").and_then(|at| rest[at + 6..].strip_suffix('"'));
    Some(Hook { after, test })
}

/// A result before it has its id.
struct Found<'l> {
    suites: Vec<&'l str>,
    title: &'l str,
    mark: Mark,
    line: usize,
}

#[derive(Default)]
struct Reader<'l> {
    found: Vec<Found<'l>>,
    /// Lines that may be suites, by depth, each with its place in the stream.
    named: Vec<(usize, usize, &'l str)>,
    /// Depth at which results are due, and the place of the suite that says so.
    due: (usize, usize),
    blank: bool,
    failures: usize,
    unread: Vec<(usize, &'l str)>,
    /// Counts of the end: passing, pending, failing, and its line.
    told: Option<[usize; 3]>,
    end: usize,
    listed: Vec<(Vec<&'l str>, usize)>,
    begun: Option<usize>,
}

/// Reads a stream.
pub fn read(reading: &mut Reading, stream: &Stream<'_>, last: usize, context: &ReadContext) {
    let mut reader = Reader { due: (2, 0), blank: true, ..Reader::default() };
    let mut listing: Option<(Vec<&str>, usize)> = None;
    for (at, Text { number, text }) in stream.lines.iter().copied().enumerate() {
        if let Some((number_told, word)) = told(text) {
            if word == "passing" {
                reader.told = Some([number_told, 0, 0]);
                reader.end = number;
            } else if let Some(counts) = &mut reader.told {
                counts[if word == "pending" { 1 } else { 2 }] = number_told;
            }
            continue;
        }
        if let Some(path) = exception(text) {
            let path = file(path, context);
            reading.build_failed = true;
            if !path.is_empty() && !reading.failed_targets.contains(&path) {
                reading.failed_targets.push(path);
            }
        }
        if reader.told.is_some() {
            reader.list(&mut listing, number, text);
            // Another run begins with a result or a suite at the outermost level behind a blank line.
            let open = result(text).is_some_and(|(depth, mark, _)| depth == 2 && mark == Mark::Passed);
            if listing.is_none() && open {
                reader.settle(reading, last);
                reader = Reader { due: (2, 0), blank: true, ..Reader::default() };
            } else {
                continue;
            }
        }
        reader.line(at, number, text);
    }
    reader.settle(reading, last);
}

impl<'l> Reader<'l> {
    fn line(&mut self, at: usize, number: usize, text: &'l str) {
        if let Some((depth, mark, title)) = result(text) {
            self.result(number, depth, mark, title, text);
            self.blank = false;
            return;
        }
        let (depth, rest) = indent(text);
        if depth >= 2 && depth % 2 == 0 && depth < 200 && !rest.is_empty() {
            let outermost = depth == 2;
            if !outermost || self.blank || self.due.0 == 2 {
                self.named.retain(|(other, _, _)| *other < depth);
                self.named.push((depth, at + 1, rest));
            }
        }
        // What tests print between two suites does not make the next one a nested one.
        self.blank = rest.is_empty() || (self.blank && depth == 0);
    }

    fn result(&mut self, number: usize, depth: usize, mark: Mark, title: &'l str, text: &'l str) {
        let newer = self.named.iter().rev().find(|(other, at, _)| *other + 2 == depth && *at > self.due.1);
        let due = match newer {
            Some((_, at, _)) => Some((depth, *at)),
            None if depth == self.due.0 => Some(self.due),
            None if depth == 2 && self.blank => Some((2, self.due.1)),
            // A hook of an outer suite fails after its inner suites.
            None if hook(title).is_some() && depth < self.due.0 => Some(self.due),
            None => None,
        };
        let numbered = match mark {
            Mark::Failed(n) => n == self.failures + 1,
            Mark::Passed | Mark::Pending => true,
        };
        let Some(due) = due.filter(|_| numbered) else {
            // Text that is numbered or dashed is common in what tests print.
            if mark == Mark::Passed {
                self.unread.push((number, text));
            }
            return;
        };
        self.due = due;
        self.failures += usize::from(matches!(mark, Mark::Failed(_)));
        self.begun.get_or_insert(number);
        let suites =
            self.named.iter().filter(|(other, _, _)| *other < depth).map(|(_, _, name)| *name).collect();
        self.found.push(Found { suites, title, mark, line: number });
    }

    /// A line behind the end: failures by their full names.
    fn list(&mut self, listing: &mut Option<(Vec<&'l str>, usize)>, number: usize, text: &'l str) {
        let (depth, rest) = indent(text);
        let next = self.listed.len() + 1;
        let begin = rest.split_once(") ").filter(|(n, _)| {
            depth == 2 && count(n) == Some(next) && self.told.is_some_and(|told| next <= told[2])
        });
        if let Some((_, name)) = begin {
            *listing = Some((Vec::new(), number));
            self.name(listing, name);
        } else if listing.is_some() {
            if rest.is_empty() || depth < 7 {
                *listing = None;
            } else {
                self.name(listing, rest);
            }
        }
    }

    fn name(&mut self, listing: &mut Option<(Vec<&'l str>, usize)>, name: &'l str) {
        let Some((mut parts, line)) = listing.take() else { return };
        if let Some(title) = name.strip_suffix(':') {
            parts.push(title);
            self.listed.push((parts, line));
        } else {
            parts.push(name);
            *listing = Some((parts, line));
        }
    }

    /// Writes what was found.
    fn settle(&mut self, reading: &mut Reading, last: usize) {
        reading.unread.extend(self.unread.drain(..).map(|(line, text)| text::unread(line, text)));
        if self.found.is_empty() && self.told.is_none() {
            return;
        }
        // Of a reporter that names no passes, what looks like some is a test's text.
        let told_all: usize = self.told.map_or(0, |told| told.iter().sum());
        if self.found.len() * 2 < told_all {
            for found in self.found.drain(..).filter(|found| found.mark == Mark::Passed) {
                reading.unread.push(text::unread(found.line, found.title));
            }
        }
        let slow = durations(&self.found);
        let (mut passed, mut failed, mut pending) = (0, 0, 0);
        let seen = self.found.len();
        let line = self.begun.or(self.found.first().map(|found| found.line)).unwrap_or(self.end.max(1));
        let spec = !self.found.is_empty();
        for Found { suites, title, mark, line } in self.found.drain(..) {
            let (title, seconds) = match mark {
                Mark::Passed => slow.split(title),
                Mark::Pending | Mark::Failed(_) => (title, None),
            };
            let mut status = match mark {
                Mark::Passed => Status::Passed,
                Mark::Pending => Status::Skipped,
                Mark::Failed(_) => Status::Failed,
            };
            match mark {
                Mark::Passed => passed += 1,
                Mark::Pending => pending += 1,
                Mark::Failed(_) => failed += 1,
            }
            if self.told.is_none() && line >= last && status != Status::Failed {
                reading.unread.push(text::unread(line, title));
                status = Status::Unreached;
            }
            push(reading, &suites, title, status, line, seconds);
        }
        if !spec {
            // Dots: only failures are named.
            for (parts, line) in self.listed.drain(..) {
                if let Some((title, suites)) = parts.split_last() {
                    failed += 1;
                    push(reading, suites, title, Status::Failed, line, None);
                }
            }
        }
        let Some(told) = self.told else {
            reading.incomplete.push(Incomplete { target: None, announced: None, seen, line });
            return;
        };
        let end = self.end;
        if !spec && told[0] + told[1] > 0 {
            let unnamed = told[0] + told[1];
            reading.oddities.push(format!("line {end}: quiet output, {unnamed} tests are not named"));
            let (announced, seen) = (Some(told.iter().sum()), failed);
            reading.incomplete.push(Incomplete { target: None, announced, seen, line: end });
        }
        for (word, told, seen) in
            [("passing", told[0], passed), ("pending", told[1], pending), ("failing", told[2], failed)]
        {
            if told != seen && (spec || word == "failing") {
                reading
                    .oddities
                    .push(format!("line {end}: the end tells {told} {word}, {seen} were printed"));
            }
        }
    }
}

fn push(
    reading: &mut Reading,
    suites: &[&str],
    title: &str,
    status: Status,
    line: usize,
    seconds: Option<f64>,
) {
    let id = |title: &str| suites.iter().copied().chain([title]).collect::<Vec<_>>().join(" > ");
    let failed_hook = hook(title).filter(|_| status == Status::Failed);
    let status = if failed_hook.is_some() { Status::Errored } else { status };
    reading.tests.push(TestResult { id: id(title), status, line, seconds, source_line: None });
    if let Some(hook) = failed_hook {
        if let Some(test) = hook.unreached() {
            let status = Status::Unreached;
            reading.tests.push(TestResult { id: id(test), status, line, seconds: None, source_line: None });
        }
        let seen = reading.tests.len();
        reading.incomplete.push(Incomplete { target: None, announced: None, seen, line });
    }
}

/// Which durations behind titles are mocha's.
struct Durations {
    all: bool,
}

/// By default mocha prints durations of more than half of 75 ms only: a shorter one belongs to a title, unless many
/// results have one, as where the threshold was set lower.
fn durations(found: &[Found<'_>]) -> Durations {
    let passed: Vec<Option<f64>> =
        found.iter().filter(|found| found.mark == Mark::Passed).map(|found| timed(found.title).1).collect();
    let short = passed.iter().flatten().filter(|seconds| **seconds < SLOW).count();
    Durations { all: short * 4 > passed.len() && short > 1 }
}

/// Seconds below which mocha prints no duration by default.
const SLOW: f64 = 0.0375;

impl Durations {
    fn split<'t>(&self, title: &'t str) -> (&'t str, Option<f64>) {
        let (short, seconds) = timed(title);
        if self.all || seconds.is_some_and(|seconds| seconds >= SLOW) {
            (short, seconds)
        } else {
            (title, None)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        assert_eq!(result("    ✔ waits (7ms) (61ms)"), Some((4, Mark::Passed, "waits (7ms) (61ms)")));
        assert_eq!(result("  12) fails"), Some((2, Mark::Failed(12), "fails")));
        assert_eq!(result("  - waits"), Some((2, Mark::Pending, "waits")));
        assert_eq!(result("✔ fake"), None);
        assert_eq!(result("  suite"), None);
        assert_eq!(told("  20 passing (1s)"), Some((20, "passing")));
        assert_eq!(told("  4 pending"), Some((4, "pending")));
        assert_eq!(told("  4 pending tests"), None);
        assert_eq!(told("  20 passing tests (1s)"), None);
        assert_eq!(
            hook("\"before each\" hook: db for \"one\"").and_then(|hook| hook.unreached()),
            Some("one")
        );
        assert_eq!(hook("\"after all\" hook for \"one\"").map(|hook| hook.unreached()), Some(None));
        assert_eq!(hook("\"before\" something"), None);
    }
}
