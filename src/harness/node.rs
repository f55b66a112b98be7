//! Reader of the spec reporter of node's own test runner.
//!
//! In: a log. Out: a [`Reading`] with ids `suite > title`: the reporter names files only where one could not be run,
//! which is then `errored`, named in `failed_targets`, and incomplete. A line with tests below it stands for those, so
//! it is a result only where it failed though none of them did, or where the end tells that the log has no suites, so
//! that it is a test with subtests.
//!
//! ```text
//! ▶ outer
//!   ✔ title (0.76ms)
//!   ✖ fails (1.2ms)
//! ✖ outer (8.7ms)
//! ℹ tests 2
//! ```
//!
//! Invariant: nothing below `✖ failing tests:` is read; it repeats what stands above.

use std::collections::BTreeMap;

use super::script::{self, Stream, file, indent, is_script, timed};
use super::text::{self, Log, count};
use super::{Format, Incomplete, ReadContext, Reading, Status, TestResult};

/// A line with a mark.
struct Point<'l> {
    level: usize,
    status: Status,
    title: &'l str,
    seconds: Option<f64>,
}

/// `  ✔ title (0.76ms) # TODO`.
fn point(text: &str) -> Option<Point<'_>> {
    let (depth, rest) = indent(text);
    let (mark, rest) = rest.split_once(' ')?;
    let mut status = match mark {
        "✔" => Status::Passed,
        "✖" => Status::Failed,
        "﹣" => Status::Skipped,
        "⚠" => Status::Xfailed,
        _ => return None,
    };
    if depth % 2 == 1 || depth > 200 {
        return None;
    }
    let (mut title, mut seconds) = timed(rest);
    if seconds.is_none()
        && let Some((before, note)) = rest.rsplit_once(" # ")
        && let (cut, Some(time)) = timed(before)
    {
        (title, seconds) = (cut, Some(time));
        // A reason may be any text: the mark tells that a test was skipped.
        if note.starts_with("TODO") || status != Status::Skipped {
            status = match status {
                Status::Passed => Status::Xpassed,
                Status::Failed => Status::Xfailed,
                other => other,
            };
        }
    }
    // Cancelled tests have no duration.
    let known = seconds.is_some() || status == Status::Failed;
    (known && !title.is_empty()).then_some(Point { level: depth / 2, status, title, seconds })
}

/// `  ▶ outer`; in early versions also the end of it, with a duration.
fn begin(text: &str) -> Option<(usize, &str)> {
    let (depth, rest) = indent(text);
    let title = rest.strip_prefix("▶ ")?;
    (depth % 2 == 0 && depth <= 200).then_some((depth / 2, title))
}

/// `ℹ tests 31`.
fn told(text: &str) -> Option<(&str, usize)> {
    let (word, number) = text.strip_prefix("ℹ ")?.split_once(' ')?;
    matches!(word, "tests" | "suites" | "pass" | "fail" | "cancelled" | "skipped" | "todo")
        .then_some((word, count(number)?))
}

/// How sure one can be that a log is node's.
pub fn sniff(log: &Log<'_>) -> f64 {
    let (mut tests, mut sure) = (false, 0.0_f64);
    for text in script::sample(log) {
        match told(text) {
            Some(("tests", _)) => tests = true,
            Some(("suites" | "pass", _)) if tests => return 0.96,
            _ if begin(text).is_some_and(|(level, _)| level == 0) => sure = sure.max(0.5),
            _ if point(text).is_some_and(|point| point.level == 0 && point.seconds.is_some()) => {
                sure = sure.max(0.5);
            }
            _ => {}
        }
    }
    sure
}

/// Reads a log.
pub fn read(log: &Log<'_>, context: &ReadContext) -> Reading {
    let mut reading = Reading::new(Format::Node);
    let last = log.lines.last().map_or(1, |line| line.number);
    for stream in script::streams(log) {
        runs(&mut reading, &stream, last, context);
    }
    reading.build_failed = !reading.failed_targets.is_empty();
    reading.tests.sort_by_key(|test| test.line);
    reading
}

/// A suite or test that has begun.
struct Open<'l> {
    title: &'l str,
    line: usize,
    failed: bool,
}

/// A run that is being read.
#[derive(Default)]
struct Run<'l> {
    open: Vec<Open<'l>>,
    tests: Vec<TestResult>,
    /// Lines that stand for those below them, with the tests before each.
    parents: Vec<TestResult>,
    told: BTreeMap<&'l str, usize>,
    behind: bool,
    end: usize,
}

fn runs(reading: &mut Reading, stream: &Stream<'_>, last: usize, context: &ReadContext) {
    let mut run = Run::default();
    for line in &stream.lines {
        let text = line.text;
        if let Some((word, number)) = told(text) {
            if word == "tests" && run.told.contains_key("tests") {
                run.settle(reading, last);
                run = Run::default();
            }
            run.told.insert(word, number);
            run.end = line.number;
        } else if run.told.is_empty() {
            run.line(line.number, text, context, reading);
        } else if text == "✖ failing tests:" {
            run.behind = true;
        } else if !run.behind && (begin(text).is_some() || point(text).is_some()) {
            // Another run of the same log.
            run.settle(reading, last);
            run = Run::default();
            run.line(line.number, text, context, reading);
        } else if run.behind && begin(text).is_some_and(|(level, _)| level == 0) {
            run.settle(reading, last);
            run = Run::default();
            run.line(line.number, text, context, reading);
        }
    }
    run.settle(reading, last);
}

impl<'l> Run<'l> {
    fn line(&mut self, number: usize, text: &'l str, context: &ReadContext, reading: &mut Reading) {
        if let Some((level, title)) = begin(text) {
            let (short, seconds) = timed(title);
            if seconds.is_some() && self.open.get(level).is_some_and(|open| open.title == short) {
                let failed = self.open.get(level).is_some_and(|open| open.failed);
                self.close(number, &Point { level, status: Status::Passed, title: short, seconds }, failed);
            } else if level <= self.open.len() {
                self.open.truncate(level);
                self.open.push(Open { title, line: number, failed: false });
            }
            return;
        }
        let Some(point) = point(text) else {
            if text.trim_start().starts_with("'test timed out after ")
                && let Some(test) = self.tests.last_mut().filter(|test| test.line + 1 == number)
                && test.status == Status::Failed
            {
                test.status = Status::TimedOut;
            }
            return;
        };
        if point.level > self.open.len() {
            if point.seconds.is_some() {
                reading.unread.push(text::unread(number, text));
            }
            return;
        }
        if let Some(open) = self.open.get(point.level)
            && open.title == point.title
        {
            let failed = open.failed;
            self.close(number, &point, failed);
            return;
        }
        self.open.truncate(point.level);
        if point.status == Status::Failed {
            for open in &mut self.open {
                open.failed = true;
            }
        }
        let outermost = point.level == 0 && self.open.is_empty();
        let path = file(point.title, context);
        let is_file = outermost && is_script(point.title) && point.title.contains('/');
        if is_file && point.status == Status::Failed {
            if !reading.failed_targets.contains(&path) {
                reading.failed_targets.push(path.clone());
            }
            let target = Some(path.clone());
            reading.incomplete.push(Incomplete { target, announced: None, seen: 0, line: number });
        }
        let (id, status) = match point.status {
            Status::Failed if is_file => (path, Status::Errored),
            status if is_file => (path, status),
            status => (self.id(point.title), status),
        };
        self.tests.push(TestResult { id, status, line: number, seconds: point.seconds, source_line: None });
    }

    fn id(&self, title: &str) -> String {
        self.open.iter().map(|open| open.title).chain([title]).collect::<Vec<_>>().join(" > ")
    }

    /// The end of what was begun.
    fn close(&mut self, line: usize, point: &Point<'_>, failed_below: bool) {
        let Point { level, status, title, seconds } = *point;
        self.open.truncate(level);
        let id = self.id(title);
        let result = TestResult { id, status, line, seconds, source_line: None };
        if status == Status::Failed && !failed_below {
            for open in &mut self.open {
                open.failed = true;
            }
            self.tests.push(result);
        } else {
            self.parents.push(result);
        }
    }

    fn settle(mut self, reading: &mut Reading, last: usize) {
        let counts = std::mem::take(&mut self.told);
        let told = |word: &str| counts.get(word).copied();
        let ended = told("tests").is_some();
        if self.tests.is_empty() && self.parents.is_empty() && self.open.is_empty() && !ended {
            return;
        }
        let parents = self.parents.len();
        if told("suites") == Some(0) {
            self.tests.append(&mut self.parents);
        }
        let seen = self.tests.len();
        let line = self.tests.first().map_or(self.end.max(1), |test| test.line);
        if ended {
            self.compare(reading, parents, &told);
        } else {
            for open in &self.open {
                let line = open.line;
                reading.incomplete.push(Incomplete { target: None, announced: None, seen, line });
            }
            if self.open.is_empty() {
                reading.incomplete.push(Incomplete { target: None, announced: None, seen, line });
            }
        }
        for mut test in self.tests {
            if !ended && test.line >= last && test.status != Status::Failed {
                reading.unread.push(text::unread(test.line, &test.id));
                test.status = Status::Unreached;
            }
            reading.tests.push(test);
        }
    }

    /// Counts against lines. Suites are not counted as tests, nor by what became of them.
    fn compare(&self, reading: &mut Reading, parents: usize, told: &dyn Fn(&str) -> Option<usize>) {
        let end = self.end;
        let count =
            |wanted: &[Status]| self.tests.iter().filter(|test| wanted.contains(&test.status)).count();
        let (tests, suites) = (told("tests").unwrap_or(0), told("suites").unwrap_or(0));
        let points = if suites == 0 { self.tests.len() } else { self.tests.len() + parents };
        if points < tests {
            let seen = self.tests.len();
            let announced = Some(tests);
            reading.incomplete.push(Incomplete { target: None, announced, seen, line: end });
        }
        // A suite that failed by itself, or was skipped, is a point and no test.
        if points > tests + suites {
            reading.oddities.push(format!(
                "line {end}: the end tells {tests} tests and {suites} suites, {points} were printed"
            ));
        }
        let passed = count(&[Status::Passed]);
        let told_passed = told("pass").unwrap_or(0);
        if passed > told_passed || (suites == 0 && passed < told_passed) {
            reading
                .oddities
                .push(format!("line {end}: the end tells {told_passed} pass, {passed} were printed"));
        }
        let failed = count(&[Status::Failed, Status::Errored, Status::TimedOut]);
        let told_failed = told("fail").unwrap_or(0) + told("cancelled").unwrap_or(0);
        if failed < told_failed.saturating_sub(parents) || failed > told_failed + suites {
            reading
                .oddities
                .push(format!("line {end}: the end tells {told_failed} failed, {failed} were printed"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        let read = |text| point(text).map(|point| (point.level, point.status, point.title));
        let cases = [
            ("✔ takes (5ms) (0.14083ms)", Some((0, Status::Passed, "takes (5ms)"))),
            ("  ✖ one", Some((1, Status::Failed, "one"))),
            ("﹣ waits (0.1ms) # SKIP", Some((0, Status::Skipped, "waits"))),
            ("﹣ waits (0.1ms) # for TODO", Some((0, Status::Skipped, "waits"))),
            ("✔ a # b (0.1ms)", Some((0, Status::Passed, "a # b"))),
            ("✔ later (0.1ms) # TODO", Some((0, Status::Xpassed, "later"))),
            ("✖ later (0.1ms) # TODO", Some((0, Status::Xfailed, "later"))),
            ("✔ fake", None),
            (" ✔ fake (1ms)", None),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text), expected, "{text}");
        }
    }
}
