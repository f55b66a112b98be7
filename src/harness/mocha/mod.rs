//! Reader of mocha: its spec reporter, its JSON, and of other reporters (dot, min) the list of failures.
//!
//! In: a log. Out: a [`Reading`]. The spec reporter never names files: ids are `suite > title`. JSON does, but joins
//! nested suites by blanks: ids are `FILE > outer inner > title`. A hook that failed is a result of its own, `errored`,
//! under `suite > "before each" hook for "title"`; the test that it was for is `unreached`, and the log is incomplete,
//! since mocha leaves out the tests behind it without a word.
//!
//! Invariant: where there is a JSON report it alone counts.

mod report;
mod spec;

use super::script::{self, json};
use super::text::Log;
use super::{Format, Incomplete, ReadContext, Reading};

/// How sure one can be that a log is mocha's.
pub fn sniff(log: &Log<'_>) -> f64 {
    let (mut sure, mut suites) = (0.0_f64, false);
    for text in script::sample(log) {
        if spec::told(text).is_some_and(|(_, word)| word == "passing") {
            return 0.93;
        } else if text.contains("\"stats\": {") || text.contains("{\"stats\":{\"suites\":") {
            suites = true;
        } else if suites && text.contains("\"passes\":") {
            return 0.95;
        } else if spec::exception(text).is_some() {
            sure = sure.max(0.6);
        } else if spec::result(text).is_some_and(|(depth, mark, _)| depth >= 2 && mark == spec::Mark::Passed)
        {
            sure = sure.max(0.4);
        }
    }
    sure
}

/// Reads a log.
pub fn read(log: &Log<'_>, context: &ReadContext) -> Reading {
    let mut reading = Reading::new(Format::Mocha);
    let streams = script::streams(log);
    for stream in &streams {
        for found in json::find(&stream.lines, &["stats\""]) {
            report::read(&mut reading, &found, context);
        }
    }
    if reading.tests.is_empty() && reading.incomplete.is_empty() {
        let last = log.lines.last().map_or(1, |line| line.number);
        for stream in &streams {
            spec::read(&mut reading, stream, last, context);
        }
    }
    for target in reading.failed_targets.clone() {
        reading.build_failed = true;
        reading.incomplete.push(Incomplete { target: Some(target), announced: None, seen: 0, line: 1 });
    }
    let mut seen = std::collections::BTreeSet::new();
    reading.incomplete.retain(|part| seen.insert(part.target.clone()));
    reading.tests.sort_by_key(|test| test.line);
    reading
}
