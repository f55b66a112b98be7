//! Reader of jest: its text, terse or `--verbose`, and its `--json`.
//!
//! In: a log. Out: a [`Reading`] with ids such as `src/a.test.js > suite > title`. Terse text names failing tests
//! only: there each file has a result of its own, under its name. A file that could not be run is `errored`, named in
//! `failed_targets`, and incomplete.
//!
//! Invariant: where there is a JSON report it alone counts, since text beside it may be anything that tests print.

mod lines;

use super::script::{self, json, report, run};
use super::text::Log;
use super::{Format, ReadContext, Reading};

/// How sure one can be that a log is jest's.
pub fn sniff(log: &Log<'_>) -> f64 {
    let (mut suites, mut sure) = (false, 0.0_f64);
    for text in script::sample(log) {
        if text.starts_with("Test Suites: ") && text.contains(" total") {
            suites = true;
        } else if suites && text.starts_with("Tests: ") && text.contains(" total") {
            return 0.95;
        } else if text.contains("\"numRuntimeErrorTestSuites\"") {
            return 0.97;
        } else if lines::header(text).is_some() {
            sure = sure.max(0.6);
        } else if text.starts_with("  ● Test suite failed to run") {
            sure = sure.max(0.7);
        }
    }
    sure
}

/// Reads a log.
pub fn read(log: &Log<'_>, context: &ReadContext) -> Reading {
    let mut reading = Reading::new(Format::Jest);
    let streams = script::streams(log);
    let mut runs = Vec::new();
    for stream in &streams {
        let mut package = None;
        for found in json::find(&stream.lines, &["numFailedTestSuites", "numTotalTestSuites"]) {
            let before = stream.lines.iter().take_while(|line| line.number <= found.line);
            package = before.fold(package, |package, line| run::package(stream, line.text, package));
            let mut read = report::run(&mut reading, &found);
            read.package = package.map(str::to_owned);
            runs.push(read);
        }
    }
    if runs.is_empty() {
        for stream in &streams {
            runs.extend(lines::runs(stream));
        }
    }
    let last = log.lines.last().map_or(1, |line| line.number);
    run::settle(&mut reading, runs, last, context);
    reading
}
