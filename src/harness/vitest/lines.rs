//! vitest's text as runs of files.
//!
//! Output of tests stands below a line `stdout | FILE > test`, up to the next blank line, and is not read. What tests
//! write past vitest's console cannot be told from its lines; where it is of another form than the run's own (a test
//! with its file among files, or the other way round) it is left out, else the counts of the summary show it.

use std::collections::BTreeMap;

use super::super::script::run::{File, Run, Test, Told, package};
use super::super::script::{Stream, Text, counts, timed_bare};
use super::super::{Reading, Status, text};
use super::line::{Kind, Line, line, title, version, without_project};

/// Part of a run.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Results,
    Printed,
    FailedSuites,
    FailedTests,
    Behind,
}

/// A run that is being read.
struct Reader<'l> {
    run: Run,
    place: Place,
    /// Results of a form other than the run's own are left out at its end.
    files: Vec<File>,
    flat: Vec<File>,
    flat_at: BTreeMap<&'l str, usize>,
    /// Tests that the header of each file announces.
    announced: Vec<usize>,
    suites: Vec<&'l str>,
    /// Durations shorter than this are not printed.
    short: f64,
    failures: Vec<(usize, &'l str, bool)>,
}

impl Reader<'_> {
    fn new() -> Self {
        Self {
            run: Run::default(),
            place: Place::Results,
            files: Vec::new(),
            flat: Vec::new(),
            flat_at: BTreeMap::new(),
            announced: Vec::new(),
            suites: Vec::new(),
            short: 0.0,
            failures: Vec::new(),
        }
    }

    fn is_empty(&self) -> bool {
        self.files.is_empty() && self.flat.is_empty() && self.failures.is_empty()
    }
}

/// Reads a stream.
pub fn runs(stream: &Stream<'_>, reading: &mut Reading) -> Vec<Run> {
    let mut out = Vec::new();
    let mut reader = Reader::new();
    let mut current = None;
    for (at, Text { number, text }) in stream.lines.iter().copied().enumerate() {
        current = package(stream, text, current);
        if let Some(major) = version(text) {
            out.extend(reader.end(reading));
            reader = Reader::new();
            reader.short = if major < 3 { 0.3 } else { 0.0 };
            reader.run.line = number;
            reader.run.package = current.map(str::to_owned);
        } else if reader.place == Place::Printed {
            if text.is_empty() {
                reader.place = Place::Results;
            }
        } else if text.starts_with("stdout | ") || text.starts_with("stderr | ") {
            if reader.place == Place::Results {
                reader.place = Place::Printed;
            }
        } else if text.starts_with("⎯⎯") && text.contains(" Failed Suites ") {
            reader.place = Place::FailedSuites;
        } else if text.starts_with("⎯⎯") && text.contains(" Failed Tests ") {
            reader.place = Place::FailedTests;
        } else if text.starts_with("⎯⎯") && (text.contains(" Unhandled ") || text.contains("Errors ")) {
            reader.place = Place::Behind;
        } else if let Some(rest) =
            text.strip_prefix("      Tests  ").filter(|rest| rest.trim_end().ends_with(')'))
        {
            reader.run.told = Some(told(rest, number));
            if reader.run.line == 0 {
                reader.run.package = current.map(str::to_owned);
            }
            out.extend(reader.end(reading));
            reader = Reader { place: Place::Behind, ..Reader::new() };
        } else if let Some(rest) = text.strip_prefix(" FAIL  ") {
            if matches!(reader.place, Place::FailedSuites | Place::FailedTests) {
                reader.failures.push((number, rest, reader.place == Place::FailedSuites));
            }
        } else if reader.place == Place::Results
            && let Some(line) = line(text)
        {
            let next = stream.lines.get(at + 1).and_then(|next| self::line(next.text));
            reader.result(number, &line, next.as_ref());
        }
    }
    out.extend(reader.end(reading));
    out
}

impl<'l> Reader<'l> {
    fn result(&mut self, number: usize, line: &Line<'l>, next: Option<&Line<'_>>) {
        let status = line.status;
        match line.kind {
            Kind::File { path, tests, skipped, seconds } => {
                self.suites.clear();
                let status = if tests > 0 && tests == skipped { Status::Skipped } else { status };
                let broken = tests == 0 && status == Status::Failed;
                let (path, none) = (path.to_owned(), Vec::new());
                self.announced.push(tests);
                self.files.push(File {
                    path,
                    status,
                    seconds,
                    line: number,
                    tests: none,
                    broken,
                    quiet: false,
                });
            }
            Kind::Flat { path, title: text } => {
                let (title, seconds) = title(text, self.short);
                let at = *self.flat_at.entry(path).or_insert_with(|| {
                    let (path, tests) = (path.to_owned(), Vec::new());
                    self.flat.push(File {
                        path,
                        status: Status::Passed,
                        seconds: None,
                        line: number,
                        tests,
                        broken: false,
                        quiet: false,
                    });
                    self.flat.len() - 1
                });
                let title = title.strip_suffix(" [skipped]").unwrap_or(title).to_owned();
                self.flat[at].tests.push(Test { title, status, seconds, line: number });
            }
            Kind::Inner { level, text } => self.inner(number, status, level, text, next),
        }
    }

    /// A line below a file. A test whose suites are not told has no name.
    fn inner(&mut self, number: usize, status: Status, level: usize, text: &'l str, next: Option<&Line<'_>>) {
        let Some(file) = self.files.last_mut() else { return };
        if level > self.suites.len() {
            return;
        }
        self.suites.truncate(level);
        let deeper = next
            .is_some_and(|next| matches!(next.kind, Kind::Inner { level: below, .. } if below == level + 1));
        if let Some(suite) = suite(text).filter(|_| deeper) {
            self.suites.push(suite);
            return;
        }
        let (title, seconds) = title(text, self.short);
        // Version 1 repeats the file.
        let title =
            title.strip_prefix(file.path.as_str()).and_then(|rest| rest.strip_prefix(" > ")).unwrap_or(title);
        let title = self.suites.iter().copied().chain([title]).collect::<Vec<_>>().join(" > ");
        file.tests.push(Test { title, status, seconds, line: number });
    }

    /// Ends the run.
    fn end(&mut self, reading: &mut Reading) -> Option<Run> {
        if self.is_empty() {
            return None;
        }
        let mut run = std::mem::take(&mut self.run);
        let (flat, below): (usize, usize) =
            (self.flat.iter().map(|file| file.tests.len()).sum(), self.announced.iter().sum());
        let total = run.told.map(|told| told.total);
        let by_file = match total {
            Some(total) if flat != below => below.abs_diff(total) <= flat.abs_diff(total),
            _ => below >= flat,
        };
        let (own, other) = if by_file {
            (std::mem::take(&mut self.files), std::mem::take(&mut self.flat))
        } else {
            (std::mem::take(&mut self.flat), std::mem::take(&mut self.files))
        };
        for test in other.iter().flat_map(|file| &file.tests) {
            reading.unread.push(text::unread(test.line, &test.title));
        }
        run.files = own;
        if !by_file {
            // A verbose run names a file only where it has no tests.
            run.files.extend(other.into_iter().filter(|file| file.broken && file.tests.is_empty()));
        }
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        for (at, file) in run.files.iter_mut().enumerate() {
            places.entry(file.path.clone()).or_insert(at);
            let announced = if by_file { self.announced.get(at).copied() } else { None };
            file.quiet = announced.is_some_and(|announced| announced > file.tests.len());
        }
        for (number, rest, suite) in std::mem::take(&mut self.failures) {
            failure(&mut run, &mut places, number, rest, suite);
        }
        Some(run)
    }
}

/// A line of the list of failures.
fn failure(run: &mut Run, places: &mut BTreeMap<String, usize>, number: usize, rest: &str, suite: bool) {
    let whole = rest.split_once(" [ ").filter(|(_, tail)| suite && tail.ends_with(" ]"));
    let (path, title) = match whole {
        Some((path, _)) => (path, None),
        None => match rest.split_once(" > ") {
            Some((path, title)) => (path, Some(title)),
            None => return,
        },
    };
    let Some(path) = without_project(path) else { return };
    let at = *places.entry(path.to_owned()).or_insert_with(|| {
        let (path, tests) = (path.to_owned(), Vec::new());
        let (status, seconds) = (Status::Failed, None);
        run.files.push(File { path, status, seconds, line: number, tests, broken: false, quiet: false });
        run.files.len() - 1
    });
    let Some(file) = run.files.get_mut(at) else { return };
    file.status = Status::Failed;
    let Some(title) = title else {
        file.broken = true;
        return;
    };
    // What a suite's hook broke is told of the suite.
    let status = if suite { Status::Errored } else { Status::Failed };
    if !file.tests.iter().any(|test| test.title == title && test.status == status) {
        file.tests.push(Test { title: title.to_owned(), status, seconds: None, line: number });
    }
}

/// `outer (6) 12ms`.
fn suite(text: &str) -> Option<&str> {
    let (text, _) = timed_bare(text);
    let (suite, number) = text.strip_suffix(')')?.rsplit_once(" (")?;
    text::count(number).map(|_| suite)
}

fn told(rest: &str, line: usize) -> Told {
    let mut told = Told { line, ..Told::default() };
    let mut sum = 0;
    for (number, word) in counts(rest) {
        sum += number;
        match word {
            "passed" | "expected fail" => told.passed += number,
            "failed" => told.failed = number,
            _ => {}
        }
    }
    let total = rest.trim_end().strip_suffix(')').and_then(|rest| rest.rsplit_once('(')?.1.parse().ok());
    told.total = total.unwrap_or(sum);
    told.unrun = told.total.saturating_sub(sum);
    told
}
