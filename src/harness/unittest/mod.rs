//! Reader of Python's unittest, Django's runner included.
//!
//! In: a log. Out: a [`Reading`] with ids `pkg.mod.Class::test_x` whatever the version of Python prints in its brackets.
//! Without `-v` only failures have names. A failed subtest fails its test. A class or module whose set-up failed, and a
//! module that could not be imported, are failed targets: their tests were never begun.
//!
//! Invariant: passes are read only while tests run, never from the text of failures.

mod line;

use std::collections::BTreeMap;

use self::line::Head;
use super::text::{self, Log};
use super::{Format, Incomplete, ReadContext, Reading, Status, TestResult};

/// How sure one can be that a log is unittest's.
pub fn sniff(log: &Log<'_>) -> f64 {
    let mut sure = 0.0_f64;
    let mut ran = false;
    for text in log.lines.iter().map(|line| line.text.as_ref()) {
        if ran && line::verdict(text).is_some() {
            return 0.93;
        }
        if line::ran(text).is_some() {
            ran = true;
            sure = sure.max(0.85);
        } else if line::failure(text).is_some() {
            sure = sure.max(0.7);
        } else if let Some(head) = line::head(text)
            && head.rest.strip_prefix(" ... ").is_some_and(|rest| line::result(rest).is_some())
        {
            sure = sure.max(0.85);
        }
    }
    sure
}

/// Reads a log.
pub fn read(log: &Log<'_>, _context: &ReadContext) -> Reading {
    let mut reader = Reader::default();
    for (at, line) in log.lines.iter().enumerate() {
        let before = if at == 0 { "" } else { log.text(at - 1) };
        reader.line(line.text.as_ref(), before, line.number);
    }
    reader.finish()
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Tests run.
    #[default]
    Progress,
    /// Failures are told.
    Failures,
    /// `Ran 3 tests` has come.
    Ended,
}

/// A test that was begun.
#[derive(Debug)]
struct Open<'t> {
    head: Head<'t>,
    line: usize,
    /// A result behind printed text: holds once something else follows.
    provisional: Option<(Status, usize)>,
    /// Another test's line behind the head. Up to Python 3.10 a test whose subtest failed has no result of its own; but
    /// the text may also be printed, and a result follows.
    next: Option<(Head<'t>, Status)>,
}

#[derive(Debug, Default)]
struct Reader<'t> {
    part: Part,
    open: Option<Open<'t>>,
    tests: BTreeMap<String, (Status, usize)>,
    /// Results of this run, by id, to be held against `Ran N tests`.
    run: BTreeMap<String, Status>,
    broken: Vec<(&'t str, usize)>,
    /// The last failure told was of a loader.
    loader: Option<(&'t str, usize)>,
    failures: (usize, usize),
    ran: Option<(usize, usize)>,
    /// Something was read, and no end of the run.
    unfinished: Option<usize>,
    oddities: Vec<String>,
    unread: Vec<super::Unread>,
    /// First lines of docstrings, with ids.
    titles: Vec<(String, String)>,
    imports: bool,
    /// `OK` or `FAILED (…)` has come.
    told: bool,
    /// Marks of the quiet form were seen.
    dots: bool,
    /// What a failed test printed follows (`-b`), without a mark of its end.
    replayed: bool,
    /// Passes read behind that.
    doubtful: Vec<(String, usize)>,
}

impl<'t> Reader<'t> {
    fn line(&mut self, text: &'t str, before: &str, number: usize) {
        if line::rule(text, b'=') {
            self.settle(true);
            self.part = Part::Failures;
            return;
        }
        if let Some(ran) = line::ran(text)
            && (line::rule(before, b'-') || before.is_empty())
        {
            self.settle(true);
            self.ran = Some((ran, number));
            self.part = Part::Ended;
            return;
        }
        match self.part {
            Part::Progress => self.progress(text, number),
            Part::Failures => self.failure(text, before, number),
            Part::Ended => {
                if let Some((failures, errors)) = line::verdict(text) {
                    self.end(failures, errors, number);
                } else if line::head(text).is_some() {
                    if self.ran.is_none() {
                        self.begin_next();
                        self.progress(text, number);
                    } else {
                        self.unread.push(text::unread(number, text));
                    }
                }
            }
        }
    }

    fn begin_next(&mut self) {
        self.part = Part::Progress;
        self.run.clear();
        self.dots = false;
        self.replayed = false;
        self.told = false;
        self.failures = (0, 0);
    }

    fn end(&mut self, failures: usize, errors: usize, number: usize) {
        let Some((ran, _)) = self.ran else { return };
        self.told = true;
        self.without_printed(ran);
        let skipped = self.run.values().filter(|status| **status == Status::Skipped).count();
        let verbose = self.run.len() > self.failures.0 + self.failures.1;
        // Skips of whole classes are not counted since 3.12; set-ups never are.
        let fits = !verbose || (ran <= self.run.len() && ran + skipped >= self.run.len());
        if !fits {
            let seen = self.run.len();
            self.oddities
                .push(format!("line {number}: {ran} tests are told to have run, {seen} were printed"));
        }
        if (failures, errors) != self.failures {
            let told = self.failures;
            self.oddities.push(format!(
                "line {number}: {failures} failures and {errors} errors are counted, {} and {} are told",
                told.0, told.1
            ));
        } else if fits {
            self.ran = None;
            self.unfinished = None;
        }
    }

    /// Takes out passes that tests had printed, where more are there than ran: those first behind replayed output, and
    /// all of them in the quiet form.
    fn without_printed(&mut self, ran: usize) {
        let doubtful = std::mem::take(&mut self.doubtful);
        let excess = self.run.len().saturating_sub(ran);
        let mut printed: Vec<String> = doubtful.into_iter().take(excess).map(|(id, _)| id).collect();
        if self.dots && self.run.len() < ran {
            let passed = self.run.iter().filter(|(_, status)| **status == Status::Passed);
            printed.extend(passed.map(|(id, _)| id.clone()));
        }
        for id in printed {
            self.run.remove(&id);
            if let Some((_, line)) = self.tests.remove(&id) {
                self.unread.push(text::unread(line, &id));
                self.oddities.push(format!("line {line}: a result that a test printed"));
            }
        }
    }

    fn progress(&mut self, text: &'t str, number: usize) {
        let Some(head) = line::head(text) else {
            self.behind(text, number);
            return;
        };
        self.unfinished.get_or_insert(number);
        if head.part {
            let failed = text.rsplit_once(" ... ").and_then(|(_, rest)| line::result(rest));
            if let Some(status @ (Status::Failed | Status::Errored)) = failed {
                self.push(&head, status, number);
                // A test whose subtest failed has no line of its own.
                if self.open.as_ref().is_some_and(|open| same(&open.head, &head)) {
                    self.open = None;
                }
            }
            return;
        }
        self.settle(true);
        let rest = head.rest.strip_prefix(" ...");
        if let Some(status) = rest.and_then(line::result) {
            self.push(&head, status, number);
            return;
        }
        if !head.rest.is_empty() && rest.is_none() {
            return;
        }
        let next = rest.and_then(|rest| line::head(rest.trim_start())).and_then(|next| {
            let status = next.rest.strip_prefix(" ...").and_then(line::result)?;
            Some((next, status))
        });
        let glued = rest.filter(|_| next.is_none()).and_then(line::glued);
        let provisional = glued.map(|status| (status, number));
        self.open = Some(Open { head, line: number, provisional, next });
    }

    /// A line that begins no test: a docstring with its result, printed text, a result alone.
    fn behind(&mut self, text: &str, number: usize) {
        self.replayed |= matches!(text, "Stdout:" | "Stderr:");
        let marks = text.bytes().take_while(|byte| b".FEsxu".contains(byte)).count();
        self.dots |= self.run.is_empty() && marks > 0 && (marks == text.len() || text.starts_with('.'));
        let Some(open) = &mut self.open else { return };
        // The first line of a docstring stands between the name and the result.
        if open.head.rest.is_empty()
            && number == open.line + 1
            && let Some((title, _)) = text.rsplit_once(" ... ")
        {
            self.titles.push((title.trim().to_owned(), format!("{}::{}", open.head.class, open.head.name)));
        }
        let whole =
            line::result(text).or_else(|| text.rsplit_once(" ... ").and_then(|(_, rest)| line::result(rest)));
        if let Some(status) = whole.or_else(|| line::glued(text)) {
            let status = open.provisional.map_or(status, |(before, _)| before.worst(status));
            open.provisional = Some((status, number));
        }
        if let (Some(status), true) = (line::result(text), open.provisional.is_some()) {
            let status = open.provisional.map_or(status, |(before, _)| before.worst(status));
            let head = open.head;
            if let Some((next, _)) = &open.next {
                self.unread.push(text::unread(open.line, next.name));
            }
            self.open = None;
            self.push(&head, status, number);
        }
    }

    /// Ends the open test; with `more` something follows, so that a result behind printed text holds.
    fn settle(&mut self, more: bool) {
        let Some(open) = self.open.take() else { return };
        if let Some((next, status)) = open.next.filter(|_| more) {
            self.push(&next, status, open.line);
        }
        match open.provisional.filter(|_| more) {
            Some((status, line)) => self.push(&open.head, status, line),
            None => self.push(&open.head, Status::Unreached, open.line),
        }
    }

    fn push(&mut self, head: &Head<'t>, status: Status, line: usize) {
        if head.class.starts_with("unittest.loader.") || head.class.starts_with("unittest.suite.") {
            self.run.insert(head.name.to_owned(), status);
            return;
        }
        if matches!(head.name, "setUpClass" | "setUpModule" | "tearDownClass" | "tearDownModule") {
            return;
        }
        let id = format!("{}::{}", head.class, head.name);
        if self.replayed
            && self.part == Part::Progress
            && status == Status::Passed
            && !self.run.contains_key(&id)
        {
            self.doubtful.push((id.clone(), line));
        }
        self.run.entry(id.clone()).and_modify(|s| *s = s.worst(status)).or_insert(status);
        let old = self.tests.entry(id).or_insert((status, line));
        // A result beats none, the worse of two holds.
        if old.0 == Status::Unreached || old.0.worst(status) != old.0 && status != Status::Unreached {
            *old = (status, line);
        }
    }

    fn failure(&mut self, text: &'t str, before: &str, number: usize) {
        if let Some((status, head)) =
            line::failure(text).filter(|_| line::rule(before, b'=') || text.starts_with('U'))
        {
            match status {
                Status::Failed => self.failures.0 += 1,
                Status::Errored => self.failures.1 += 1,
                _ => {}
            }
            self.unfinished.get_or_insert(number);
            self.loader = None;
            match head.name {
                _ if head.class.starts_with("unittest.loader.") => self.loader = Some((head.name, number)),
                "setUpClass" | "setUpModule" => self.broken.push((head.class, number)),
                "tearDownClass" | "tearDownModule" => {
                    self.oddities.push(format!("line {number}: {} of {} failed", head.name, head.class));
                }
                _ => self.push(&head, status, number),
            }
        } else if let Some((module, line)) = self.loader
            && text.starts_with("ImportError: Failed to import test module")
        {
            self.broken.push((module, line));
            self.imports = true;
            self.loader = None;
        }
    }

    fn finish(mut self) -> Reading {
        self.settle(false);
        if !self.told {
            // What was printed cannot be told from what is so without the number of tests.
            let replayed = std::mem::take(&mut self.doubtful);
            let passes =
                self.run.iter().filter(|(_, status)| self.dots && status.holds()).map(|(id, _)| id.clone());
            for id in passes.chain(replayed.into_iter().map(|(id, _)| id)).collect::<Vec<_>>() {
                self.tests.entry(id).and_modify(|test| test.0 = Status::Unreached);
            }
        }
        let mut reading = Reading::new(Format::Unittest);
        reading.oddities = self.oddities;
        reading.unread = self.unread;
        reading.titles = self.titles;
        reading.build_failed = self.imports;
        for (target, line) in self.broken {
            let target = target.to_owned();
            if !reading.failed_targets.contains(&target) {
                reading.failed_targets.push(target.clone());
                reading.incomplete.push(Incomplete { target: Some(target), announced: None, seen: 0, line });
            }
        }
        let seen = self.tests.values().filter(|(status, _)| *status != Status::Unreached).count();
        if let Some(line) = self.unfinished.filter(|_| !self.told) {
            reading.incomplete.push(Incomplete { target: None, announced: None, seen, line });
        }
        let tests = self.tests.into_iter();
        reading.tests = tests
            .map(|(id, (status, line))| TestResult { id, status, line, seconds: None, source_line: None })
            .collect();
        reading.tests.sort_by_key(|test| test.line);
        reading
    }
}

fn same(a: &Head<'_>, b: &Head<'_>) -> bool {
    a.name == b.name && a.class == b.class
}
