//! mocha's JSON report.
//!
//! In: an object found in a log. Out: results in a [`Reading`]. `tests` holds every test that ended; what failed there
//! has an `err`, what passed has a `speed` or stands among `passes`. Hooks that failed stand among `failures` only.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::script::{file, json::Found};
use super::super::{Incomplete, ReadContext, Reading, Status, TestResult};
use super::spec::hook;

/// Reads an object.
pub fn read(reading: &mut Reading, found: &Found, context: &ReadContext) {
    let empty = Vec::new();
    let list = |key: &str| found.value[key].as_array().unwrap_or(&empty).iter();
    let key = |test: &Value| (test["file"].as_str().unwrap_or_default().to_owned(), full(test).to_owned());
    let passes: BTreeSet<_> = list("passes").map(key).collect();
    let pending: BTreeSet<_> = list("pending").map(key).collect();
    let line = found.line;
    let (mut passed, mut failed) = (0, 0);
    let mut seen = BTreeSet::new();
    for test in list("tests") {
        let erred = test["err"].as_object().is_some_and(|err| !err.is_empty());
        let status = if erred {
            Status::Failed
        } else if test["speed"].is_string() || (passes.contains(&key(test)) && test["duration"].is_number()) {
            Status::Passed
        } else if pending.contains(&key(test)) {
            Status::Skipped
        } else {
            Status::Unreached
        };
        passed += usize::from(status == Status::Passed);
        failed += usize::from(erred);
        seen.insert(key(test));
        push(reading, test, status, line, context);
    }
    for test in list("failures").filter(|test| !seen.contains(&key(test))) {
        failed += 1;
        let title = test["title"].as_str().unwrap_or_default();
        push(
            reading,
            test,
            if hook(title).is_some() { Status::Errored } else { Status::Failed },
            line,
            context,
        );
        if let Some(hook) = hook(title) {
            if let Some(name) = hook.unreached() {
                let id = id(test, name, context);
                let status = Status::Unreached;
                reading.tests.push(TestResult { id, status, line, seconds: None, source_line: None });
            }
            let target = test["file"].as_str().map(|path| file(path, context));
            let seen = seen.len();
            reading.incomplete.push(Incomplete { target, announced: None, seen, line });
        }
    }
    let told = |key: &str| found.value["stats"][key].as_u64().map(|number| number as usize);
    if found.cut {
        let (announced, seen) = (told("tests"), seen.len());
        reading.incomplete.push(Incomplete { target: None, announced, seen, line });
        reading.oddities.push(format!("line {line}: the JSON report has no end"));
        return;
    }
    for (word, told, seen) in [("passes", told("passes"), passed), ("failures", told("failures"), failed)] {
        if let Some(told) = told.filter(|told| *told != seen) {
            reading.oddities.push(format!("line {line}: the report tells {told} {word}, {seen} are there"));
        }
    }
}

fn full(test: &Value) -> &str {
    test["fullTitle"].as_str().unwrap_or_default()
}

/// `FILE > outer inner > title`.
fn id(test: &Value, title: &str, context: &ReadContext) -> String {
    let own = test["title"].as_str().unwrap_or_default();
    let suites = full(test).strip_suffix(own).unwrap_or_default().trim_end();
    let path = test["file"].as_str().map(|path| file(path, context)).unwrap_or_default();
    [path.as_str(), suites, title].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" > ")
}

fn push(reading: &mut Reading, test: &Value, status: Status, line: usize, context: &ReadContext) {
    let Some(title) = test["title"].as_str() else { return };
    let id = id(test, title, context);
    if id.is_empty() {
        return;
    }
    let seconds = test["duration"].as_f64().map(|milliseconds| milliseconds / 1000.0);
    reading.tests.push(TestResult { id, status, line, seconds, source_line: None });
}
