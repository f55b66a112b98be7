//! Reader of vitest: text of its default, verbose and tree reporters, and `--reporter=json`.
//!
//! In: a log. Out: a [`Reading`] with ids such as `src/a.test.ts > suite > title`. The default reporter names the tests
//! of files with a failure only, and from version 4 on their suites not at all: a file whose tests are not all named
//! has a result of its own, under its name.
//!
//! Invariant: where there is a JSON report it alone counts, since text beside it may be anything that tests print.

mod line;
mod lines;

use super::script::{self, json, report, run};
use super::text::Log;
use super::{Format, ReadContext, Reading};

/// How sure one can be that a log is vitest's.
pub fn sniff(log: &Log<'_>) -> f64 {
    let (mut files, mut sure) = (false, 0.0_f64);
    for text in script::sample(log) {
        if line::version(text).is_some() {
            return 0.97;
        } else if text.starts_with(" Test Files  ") {
            files = true;
        } else if files && text.starts_with("      Tests  ") {
            return 0.95;
        } else if text.contains("{\"numTotalTestSuites\":") && !text.contains("\"numRuntimeErrorTestSuites\"")
        {
            return 0.96;
        } else if let Some(line) = line::line(text) {
            let place = matches!(line.kind, line::Kind::File { .. } | line::Kind::Flat { .. });
            sure = sure.max(if place { 0.7 } else { 0.0 });
        }
    }
    sure
}

/// Reads a log.
pub fn read(log: &Log<'_>, context: &ReadContext) -> Reading {
    let mut reading = Reading::new(Format::Vitest);
    let streams = script::streams(log);
    let mut runs = Vec::new();
    for stream in &streams {
        let mut package = None;
        for found in json::find(&stream.lines, &["numTotalTestSuites", "numFailedTestSuites"]) {
            let before = stream.lines.iter().take_while(|line| line.number <= found.line);
            package = before.fold(package, |package, line| run::package(stream, line.text, package));
            let mut read = report::run(&mut reading, &found);
            read.package = package.map(str::to_owned);
            runs.push(read);
        }
    }
    if runs.is_empty() {
        for stream in &streams {
            runs.extend(lines::runs(stream, &mut reading));
        }
    }
    let last = log.lines.last().map_or(1, |line| line.number);
    run::settle(&mut reading, runs, last, context);
    reading
}
