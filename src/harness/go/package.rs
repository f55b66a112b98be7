//! The tests of one Go package, as far as its output has come.
//!
//! In: steps and endings in the order of the log. Out: results. A passed or skipped test must have been begun: `go
//! test` tells both, so a result without a beginning is text that some test printed. Tests at the top level run one after
//! another until they pause, so one that begins inside another is printed text too, unless the outer one never ends.
//!
//! Invariant: a test that was begun has a result or is left open; none is lost.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{Incomplete, Reading, Status, TestResult, text};
use super::line::Step;

/// A test that was begun.
#[derive(Debug)]
struct Begun {
    line: usize,
    paused: bool,
    /// The top-level test amid which it began.
    inside: Option<String>,
}

#[derive(Debug)]
struct Done {
    name: String,
    status: Status,
    seconds: Option<f64>,
    line: usize,
    inside: Option<String>,
}

/// State of a package.
#[derive(Debug, Default)]
pub struct Package {
    first: usize,
    open: BTreeMap<String, Begun>,
    done: Vec<Done>,
    names: BTreeSet<String>,
    /// Results of tests that nobody began.
    stray: Vec<(usize, String)>,
    /// The top-level test that runs now.
    active: Option<String>,
    /// Its last line but the ending was `PASS` or `FAIL`.
    told: Option<Status>,
    /// Results that stood behind printed text, by test: before 1.20 `-json` told them as output only.
    glued: BTreeMap<String, (Status, Option<f64>, usize)>,
    /// `panic: test timed out`.
    clock: bool,
    /// Names under `running tests:`.
    timed_out: BTreeSet<String>,
}

impl Package {
    /// Whether nothing was read yet.
    pub fn is_empty(&self) -> bool {
        self.open.is_empty() && self.done.is_empty() && self.stray.is_empty()
    }

    /// Whether a test has begun and not ended; benchmarks never tell their end.
    pub fn has_open(&self) -> bool {
        self.open.keys().any(|name| !name.starts_with("Benchmark"))
    }

    /// Whether a step continues a test that is open.
    pub fn continues(&self, step: &Step<'_>) -> bool {
        match step {
            Step::Run(name) => name.contains('/') && self.open.contains_key(top(name)),
            Step::Pause(name) | Step::Continue(name) | Step::Result { name, .. } => {
                self.open.contains_key(*name)
            }
        }
    }

    /// A step.
    pub fn step(&mut self, step: &Step<'_>, line: usize, text: &str) {
        if self.first == 0 {
            self.first = line;
        }
        self.told = None;
        match *step {
            Step::Run(name) => {
                let inside = if name.contains('/') {
                    self.open.get(top(name)).and_then(|outer| outer.inside.clone())
                } else {
                    self.active.clone().filter(|active| active != name)
                };
                if !name.contains('/') && inside.is_none() {
                    self.active = Some(name.to_owned());
                }
                self.names.insert(name.to_owned());
                self.open.insert(name.to_owned(), Begun { line, paused: false, inside });
            }
            Step::Pause(name) => {
                if let Some(begun) = self.open.get_mut(name) {
                    begun.paused = true;
                }
                if self.active.as_deref() == Some(top(name)) && !name.contains('/') {
                    self.active = None;
                }
            }
            Step::Continue(name) => {
                if let Some(begun) = self.open.get_mut(name) {
                    begun.paused = false;
                }
            }
            Step::Result { name, status, seconds } => {
                if self.active.as_deref() == Some(name) {
                    self.active = None;
                }
                let begun = self.open.remove(name);
                // Without -v only failures are told, and nothing is told of a beginning.
                if begun.is_none() && status != Status::Failed && !self.names.contains(name) {
                    self.stray.push((line, text.to_owned()));
                    return;
                }
                let inside = begun.and_then(|begun| begun.inside);
                self.done.push(Done { name: name.to_owned(), status, seconds, line, inside });
            }
        }
    }

    /// A benchmark's figures.
    pub fn benchmark(&mut self, name: &str, line: usize) {
        self.open.remove(name);
        if self.active.as_deref() == Some(name) {
            self.active = None;
        }
        let done = Done { name: name.to_owned(), status: Status::Passed, seconds: None, line, inside: None };
        self.done.push(done);
    }

    /// A line of output in `-json`.
    pub fn printed(&mut self, text: &str, line: usize) {
        if !text.starts_with(['-', ' '])
            && let Some(Step::Result { name, status, seconds }) = super::line::step(text)
            && self.open.contains_key(name)
        {
            self.glued.insert(name.to_owned(), (status, seconds, line));
            if self.active.as_deref() == Some(name) {
                self.active = None;
            }
        }
        self.output(text);
    }

    /// Any other line.
    pub fn output(&mut self, text: &str) {
        match text.trim_end() {
            "PASS" => self.told = Some(Status::Passed),
            "FAIL" => self.told = Some(Status::Failed),
            text if text.starts_with("panic: test timed out after ") => self.clock = true,
            text if self.clock && text.starts_with("\t\tTest") => {
                self.timed_out.extend(text.split_whitespace().next().map(str::to_owned));
            }
            _ => {}
        }
    }

    /// Writes down what became of the tests. `failed` is what the package's last line told; none where it never came.
    pub fn close(mut self, name: Option<&str>, failed: Option<bool>, reading: &mut Reading) {
        let shown = name.unwrap_or("a package without an end");
        for (test, (status, seconds, line)) in std::mem::take(&mut self.glued) {
            if let Some(begun) = self.open.remove(&test) {
                self.done.push(Done { name: test, status, seconds, line, inside: begun.inside });
            }
        }
        let outer: BTreeSet<&str> = self.done.iter().map(|done| done.name.as_str()).collect();
        // Of a log that stops nobody knows whether the outer test would have ended.
        let pending: BTreeSet<String> =
            if failed.is_none() { self.open.keys().cloned().collect() } else { BTreeSet::new() };
        let is_text = |inside: &Option<String>| {
            inside.as_deref().is_some_and(|name| outer.contains(name) || pending.contains(name))
        };
        let printed: Vec<bool> = self.done.iter().map(|done| is_text(&done.inside)).collect();
        let open: Vec<(String, Begun)> = std::mem::take(&mut self.open)
            .into_iter()
            .filter(|(test, begun)| !test.starts_with("Benchmark") && !is_text(&begun.inside))
            .collect();
        let id = |test: &str| name.map_or_else(|| test.to_owned(), |package| format!("{package}::{test}"));
        let mut failures = 0;
        let mut seen = 0;
        for (done, printed) in self.done.iter().zip(printed) {
            let Done { name: test, status, seconds, line, .. } = done;
            if printed && *status != Status::Failed {
                reading.unread.push(text::unread(*line, &format!("a result of {test} inside another test")));
                reading.oddities.push(format!("line {line}: {test} was begun inside another test"));
                continue;
            }
            seen += 1;
            failures += usize::from(*status == Status::Failed);
            let seconds = *seconds;
            reading.tests.push(TestResult {
                id: id(test),
                status: *status,
                line: *line,
                seconds,
                source_line: None,
            });
        }
        for (line, text) in &self.stray {
            reading.unread.push(text::unread(*line, text));
        }
        let begun = open.len();
        let killed = self.killed(&open, failed);
        for (test, begun) in open {
            let status = killed.get(&test).copied().unwrap_or(Status::Unreached);
            reading.tests.push(TestResult {
                id: id(&test),
                status,
                line: begun.line,
                seconds: None,
                source_line: None,
            });
        }
        let dead = match failed {
            None => true,
            Some(true) => self.told.is_none(),
            Some(false) => begun > 0,
        };
        if dead && !(self.first == 0 && failed == Some(false)) {
            let target = name.map(str::to_owned);
            reading.incomplete.push(Incomplete { target, announced: None, seen, line: self.first.max(1) });
        }
        match failed {
            Some(false) if failures > 0 => {
                reading.oddities.push(format!("{shown} is told to be ok, {failures} of its tests failed"));
            }
            Some(true) if !dead && failures == 0 && seen > 0 => {
                reading.oddities.push(format!("{shown} is told to have failed, none of its tests did"));
            }
            _ => {}
        }
    }

    /// Which of the open tests the death of the program can be laid to.
    fn killed(&self, open: &[(String, Begun)], failed: Option<bool>) -> BTreeMap<String, Status> {
        let running: Vec<&str> =
            open.iter().filter(|(_, begun)| !begun.paused).map(|(test, _)| test.as_str()).collect();
        // One chain of a test and its subtests: nothing else ran.
        let chain =
            running.windows(2).all(|pair| pair[1].strip_prefix(pair[0]).is_some_and(|r| r.starts_with('/')));
        let status = if self.clock { Status::TimedOut } else { Status::Errored };
        let named = |test: &str| {
            self.timed_out
                .iter()
                .any(|late| late == test || late.strip_prefix(test).is_some_and(|r| r.starts_with('/')))
        };
        running
            .iter()
            .filter(|test| failed == Some(true) && (chain || (self.clock && named(test))))
            .map(|test| ((*test).to_owned(), status))
            .collect()
    }
}

/// The top-level test of a subtest.
fn top(name: &str) -> &str {
    name.split('/').next().unwrap_or(name)
}
