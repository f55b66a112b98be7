//! The JSON that jest made and vitest follows: `testResults` of files, `assertionResults` of tests.
//!
//! In: an object found in a log. Out: a [`Run`]. Of a cut object all files are read whose name was written; tests of
//! the last file, whose name comes after them, are not known to belong anywhere and are left out.

use serde_json::Value;

use super::super::{Reading, Status, text};
use super::json::Found;
use super::run::{File, Run, Test, Told};

/// Reads an object.
pub fn run(reading: &mut Reading, found: &Found) -> Run {
    let line = found.line;
    let mut run = Run { line, ..Run::default() };
    let empty = Vec::new();
    for entry in found.value["testResults"].as_array().unwrap_or(&empty) {
        let Some(path) = entry["name"].as_str().filter(|path| !path.is_empty()) else {
            if !found.cut {
                reading.unread.push(text::unread(line, "an entry of testResults without a name"));
            }
            continue;
        };
        run.files.push(file(reading, entry, path, line));
    }
    if !found.cut {
        run.told = told(&found.value, &run.files, line);
    }
    if run.told.is_none() {
        reading.oddities.push(format!("line {line}: the JSON report has no end or no counts"));
    }
    run
}

fn file(reading: &mut Reading, entry: &Value, path: &str, line: usize) -> File {
    let empty = Vec::new();
    let mut tests = Vec::new();
    for assertion in entry["assertionResults"].as_array().unwrap_or(&empty) {
        match test(assertion, line) {
            Some(test) => tests.push(test),
            None => reading.unread.push(text::unread(line, &assertion.to_string())),
        }
    }
    let failed = entry["status"].as_str() == Some("failed");
    let message = entry["message"].as_str().unwrap_or_default();
    let time = |key: &str| entry[key].as_f64().filter(|time| *time > 0.0);
    let seconds = time("endTime").zip(time("startTime")).map(|(end, start)| (end - start).max(0.0) / 1000.0);
    File {
        path: path.to_owned(),
        status: if failed { Status::Failed } else { Status::Passed },
        seconds,
        line,
        broken: failed && (tests.is_empty() || message.contains("● Test suite failed to run")),
        quiet: false,
        tests,
    }
}

fn test(assertion: &Value, line: usize) -> Option<Test> {
    let title = assertion["title"].as_str()?;
    let failing = assertion["failing"].as_bool() == Some(true);
    let status = match (assertion["status"].as_str().unwrap_or_default(), failing) {
        ("passed", false) => Status::Passed,
        ("passed", true) => Status::Xfailed,
        ("failed", false) => Status::Failed,
        ("failed", true) => Status::Xpassed,
        ("pending" | "skipped" | "disabled" | "todo", _) => Status::Skipped,
        // Announced and not run, or the report was cut before its status.
        (_, _) => Status::Unreached,
    };
    let empty = Vec::new();
    let suites = assertion["ancestorTitles"].as_array().unwrap_or(&empty);
    let mut parts: Vec<&str> =
        suites.iter().filter_map(Value::as_str).filter(|suite| !suite.is_empty()).collect();
    parts.push(title);
    let seconds = assertion["duration"].as_f64().map(|milliseconds| milliseconds / 1000.0);
    Some(Test { title: parts.join(" > "), status, seconds, line })
}

fn told(value: &Value, files: &[File], line: usize) -> Option<Told> {
    let number = |key: &str| value[key].as_u64().map(|number| number as usize);
    let (mut passed, failed, total) =
        (number("numPassedTests")?, number("numFailedTests")?, number("numTotalTests")?);
    // Early vitest counts as passed all that did not fail.
    if passed + failed == total && number("numRuntimeErrorTestSuites").is_none() {
        passed = files.iter().flat_map(|file| &file.tests).filter(|test| test.status.holds()).count();
    }
    Some(Told { passed, failed, total, unrun: 0, files: None, line })
}
