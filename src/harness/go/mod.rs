//! Reader of `go test`: its text forms and `-json`.
//!
//! In: a log. Out: a [`Reading`] with ids `PKG::TestA/sub`, the import path before the test. A package that does not
//! build is a failed target and has no end of its own, so that its tests are not taken for deleted ones. Without `-v`
//! Go names failures only, so that is all there is to read.
//!
//! Invariant: a pass counts only of a test that was begun ([`package`]).

mod json;
mod line;
mod package;

use std::borrow::Cow;
use std::collections::BTreeMap;

use self::line::{Ending, Step};
use self::package::Package;
use super::text::{self, Log};
use super::{Format, Incomplete, ReadContext, Reading, Status};

/// How sure one can be that a log is go's.
pub fn sniff(log: &Log<'_>) -> f64 {
    let mut sure = 0.0_f64;
    for text in log.lines.iter().map(|line| line.text.as_ref()) {
        let here = match text.as_bytes().first() {
            Some(b'{') if json::is_event(text) => 0.97,
            Some(b'=') if text.starts_with("=== RUN   ") && line::step(text).is_some() => 0.92,
            Some(b'o' | b'F' | b'?') if line::ending(text).is_some() => {
                if text.contains('\t') {
                    0.93
                } else {
                    0.6
                }
            }
            Some(b'-') if line::step(text).is_some() => 0.6,
            _ => 0.0,
        };
        sure = sure.max(here);
        if sure > 0.95 {
            break;
        }
    }
    sure
}

/// Reads a log.
pub fn read(log: &Log<'_>, _context: &ReadContext) -> Reading {
    let mut reader = Reader {
        reading: Reading::new(Format::Go),
        text: Package::default(),
        ended: None,
        json: BTreeMap::new(),
        packages: 0,
        complaint: false,
    };
    for line in &log.lines {
        let text = line.text.as_ref();
        if text.is_empty() {
            continue;
        }
        if json::is_event(text) {
            match json::event(text) {
                Some(event) => reader.event(&event, line.number),
                None => reader.reading.unread.push(text::unread(line.number, text)),
            }
        } else {
            reader.line(text, line.number);
        }
    }
    reader.finish()
}

struct Reader {
    reading: Reading,
    /// The package whose text is being read; Go prints packages one after another.
    text: Package,
    /// An `ok` that came while tests were open: of a test's making if one of those goes on, else the package's end.
    ended: Option<(String, usize)>,
    json: BTreeMap<String, Package>,
    packages: usize,
    /// The go command said something against the whole.
    complaint: bool,
}

impl Reader {
    fn line(&mut self, text: &str, number: usize) {
        if let Some(step) = line::step(text) {
            if let Some((name, at)) = self.ended.take() {
                if self.text.continues(&step) {
                    self.reading.oddities.push(format!("line {at}: {name} is told to be ok amid its tests"));
                } else {
                    self.close(&name, false);
                }
            }
            self.text.step(&step, number, text);
        } else if let Some((name, ending)) = line::ending(text) {
            self.ending(name, ending, number);
        } else if let Some(name) = line::benchmark(text) {
            self.text.benchmark(name, number);
        } else {
            self.complaint |= is_complaint(text);
            self.text.output(text);
        }
    }

    fn ending(&mut self, name: &str, ending: Ending, number: usize) {
        if let Some((before, _)) = self.ended.take() {
            self.close(&before, false);
        }
        match ending {
            Ending::Ok if self.text.has_open() => self.ended = Some((name.to_owned(), number)),
            Ending::Ok => self.close(name, false),
            Ending::Failed => self.close(name, true),
            Ending::NotBuilt => self.not_built(name, number),
            Ending::Empty => self.packages += 1,
        }
    }

    fn close(&mut self, name: &str, failed: bool) {
        self.packages += 1;
        // With -json the lines of the text form are inside of events.
        std::mem::take(&mut self.text).close(Some(name), Some(failed), &mut self.reading);
    }

    fn not_built(&mut self, name: &str, number: usize) {
        self.packages += 1;
        self.reading.build_failed = true;
        if self.reading.failed_targets.iter().any(|target| target == name) {
            return;
        }
        self.reading.failed_targets.push(name.to_owned());
        let target = Some(name.to_owned());
        self.reading.incomplete.push(Incomplete { target, announced: None, seen: 0, line: number });
    }

    fn event(&mut self, event: &json::Event<'_>, number: usize) {
        let Some(name) = event.package.as_deref() else {
            self.reading.build_failed |= event.action == "build-fail";
            return;
        };
        let action = event.action.as_ref();
        let status = match action {
            "pass" | "bench" => Some(Status::Passed),
            "fail" => Some(Status::Failed),
            "skip" => Some(Status::Skipped),
            _ => None,
        };
        let Some(test) = event.test.as_deref().filter(|test| !test.is_empty()) else {
            match (action, status) {
                ("output", _) => {
                    let text = event.output.as_deref().unwrap_or_default().trim_end();
                    let built = !matches!(line::ending(text), Some((_, Ending::NotBuilt)));
                    if !built {
                        self.not_built(name, number);
                    } else if let Some(bench) = line::benchmark(text) {
                        self.json.entry(name.to_owned()).or_default().benchmark(bench, number);
                    } else if let Some(package) = self.json.get_mut(name) {
                        package.output(text);
                    }
                }
                (_, Some(status)) => {
                    let package = self.json.remove(name);
                    if event.failed_build.is_some() {
                        self.not_built(name, number);
                    } else if !self.reading.failed_targets.iter().any(|target| target == name) {
                        self.packages += 1;
                        let failed = status == Status::Failed;
                        package.unwrap_or_default().close(Some(name), Some(failed), &mut self.reading);
                    }
                }
                // `start`.
                _ => drop(self.json.entry(name.to_owned()).or_default()),
            }
            return;
        };
        let package = match self.json.get_mut(name) {
            Some(package) => package,
            None => self.json.entry(name.to_owned()).or_default(),
        };
        let step = match (action, status) {
            ("run", _) => Step::Run(test),
            ("pause", _) => Step::Pause(test),
            ("cont", _) => Step::Continue(test),
            ("output", _) => {
                let text = event.output.as_deref().unwrap_or_default();
                if test.starts_with("Benchmark") && text.contains(" ns/op") {
                    package.benchmark(test, number);
                } else {
                    package.printed(text.trim_end(), number);
                }
                return;
            }
            (_, Some(status)) => Step::Result { name: test, status, seconds: event.elapsed },
            _ => return,
        };
        package.step(&step, number, &format!("{action} {test}"));
    }

    fn finish(mut self) -> Reading {
        if let Some((name, _)) = self.ended.take() {
            self.close(&name, false);
        }
        if !self.text.is_empty() {
            self.text.close(None, None, &mut self.reading);
        }
        for (name, package) in self.json {
            package.close(Some(&name), None, &mut self.reading);
        }
        let nothing = self.packages == 0 && self.reading.tests.is_empty();
        self.reading.build_failed |= nothing && self.complaint;
        self.reading.tests.sort_by_key(|test| test.line);
        self.reading
    }
}

/// `go: cannot find main module`, but not `go: downloading x v1.2.3`.
fn is_complaint(text: &str) -> bool {
    let said: Option<Cow<'_, str>> = text.strip_prefix("go: ").map(Cow::Borrowed);
    said.is_some_and(|said| {
        let news = ["downloading ", "finding ", "found ", "extracting ", "added ", "upgraded ", "warning"];
        !news.iter().any(|word| said.starts_with(word))
    })
}
