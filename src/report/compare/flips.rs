//! Tasks that changed, each with what it rests on: a test and its line of the log, an edit unit, a finding.
//!
//! In: a comparison, records of both sides and, where a run keeps them, details as plain JSON. Out: [`Flip`]s. Details are
//! read field by field; what is not there costs its evidence only.

use serde_json::Value;

use super::super::figures::ratio;
use super::super::task::{first_place, list, text};
use crate::evaluate::Record;
use crate::evaluate::record::Outcome;
use crate::stats::compare::{Comparison, Flip, Kind, Measure};

/// The changed tasks to be shown: of every primary figure the first `each` a direction.
pub fn wanted(found: &Comparison, each: usize) -> Vec<Flip> {
    let mut flips = Vec::new();
    for model in &found.comparisons {
        for metric in model.metrics.iter().filter(|metric| metric.primary) {
            for (worse, tasks) in [(true, &metric.worse), (false, &metric.better)] {
                flips.extend(tasks.iter().take(each).map(|task| Flip {
                    model: model.model.clone(),
                    metric: metric.metric.clone(),
                    task: task.clone(),
                    worse,
                    ..Flip::default()
                }));
            }
        }
    }
    flips
}

/// The sample that shows a change best on one side, kept while records pass by: the best of the better side, the worst
/// of the other; of equals the lowest sample.
#[derive(Debug, Clone, Default)]
pub struct Telling {
    kept: Option<(f64, Record)>,
}

impl Telling {
    /// Looks at a record of the flip's model and task; `is_now` says on which side.
    pub fn see(&mut self, flip: &Flip, is_now: bool, record: &Record) {
        let Some(measure) = Measure::from_name(&flip.metric) else { return };
        if matches!(record.outcome, Outcome::Invalid | Outcome::Missing) {
            return;
        }
        let Some(value) = measure.of(record) else { return };
        let worst = flip.worse == is_now;
        let telling = if measure.more_is_better() == worst { -value } else { value };
        let tells_less = self
            .kept
            .as_ref()
            .is_some_and(|(kept, one)| kept.total_cmp(&telling).then(record.sample.cmp(&one.sample)).is_ge());
        if !tells_less {
            self.kept = Some((telling, record.clone()));
        }
    }

    /// The record, if there was any.
    pub fn record(&self) -> Option<&Record> {
        self.kept.as_ref().map(|(_, record)| record)
    }
}

/// Says what a flip rests on. Details are those of the two records.
pub fn fill(
    flip: &mut Flip,
    was: Option<&Record>,
    now: Option<&Record>,
    detail_was: Option<&Value>,
    detail_now: Option<&Value>,
) {
    let Some(measure) = Measure::from_name(&flip.metric) else { return };
    flip.was = was.map_or_else(String::new, |record| state(measure, record));
    flip.now = now.map_or_else(String::new, |record| state(measure, record));
    let (culprit, detail) = if flip.worse { (now, detail_now) } else { (was, detail_was) };
    let Some(culprit) = culprit else { return };
    flip.sample = culprit.sample;
    let unresolved = culprit.outcome != Outcome::Resolved;
    let found = match measure {
        Measure::Resolved => test(culprit, detail),
        Measure::ResolvedAndClean if unresolved => test(culprit, detail),
        Measure::LintClean => finding(culprit, detail),
        _ => unit(culprit, detail),
    };
    (flip.rests_on, flip.file, flip.line) = found;
}

type Found = (String, Option<String>, Option<u64>);

fn state(measure: Measure, record: &Record) -> String {
    let reason =
        record.reason.map_or_else(String::new, |reason| format!(" ({})", word(&serde_json::json!(reason))));
    match (measure, measure.of(record)) {
        (Measure::Resolved, _) => format!("{}{reason}", word(&serde_json::json!(record.outcome))),
        (_, None) => String::new(),
        (Measure::ResolvedAndClean, Some(1.0)) => "resolved and clean".to_owned(),
        (Measure::ResolvedAndClean, _) if record.outcome == Outcome::Resolved => {
            "resolved, not clean".to_owned()
        }
        (Measure::ResolvedAndClean, _) => format!("{}{reason}", word(&serde_json::json!(record.outcome))),
        (Measure::LintClean, _) => record
            .lint
            .as_ref()
            .map_or_else(String::new, |lint| word(&serde_json::json!(lint.status)).replace('_', " ")),
        (measure, value) if measure.kind() != Kind::Amount => ratio(value),
        (_, Some(value)) => value.to_string(),
    }
}

/// The first listed test that does not hold; else the record's counts.
fn test(record: &Record, detail: Option<&Value>) -> Found {
    let held = ["passed", "xfailed", "skipped"];
    let failed = list(detail, &["tests"]).iter().find(|test| {
        let after = text(test, "after");
        !after.is_empty() && !held.contains(&after)
    });
    if let Some(test) = failed {
        let line = test.get("line").and_then(Value::as_u64);
        let at = line.map_or_else(String::new, |line| format!(", log line {line}"));
        return (format!("{} {}{at}", text(test, "id"), text(test, "after")), None, None);
    }
    let counts = record.tests.as_ref().map(|tests| {
        let ([f, of_f], [p, of_p]) = (tests.fail_to_pass, tests.pass_to_pass);
        format!("fail-to-pass {f}/{of_f}, pass-to-pass {p}/{of_p}")
    });
    (counts.unwrap_or_default(), None, None)
}

/// The heaviest irrelevant unit; else the record's signs.
fn unit(record: &Record, detail: Option<&Value>) -> Found {
    let weight = |unit: &Value| unit.get("weight").and_then(Value::as_u64).unwrap_or(0);
    let irrelevant = list(detail, &["units"]).iter().filter(|unit| text(unit, "class") == "irrelevant");
    let mut units: Vec<&Value> = irrelevant.collect();
    units.sort_by_key(|unit| std::cmp::Reverse(weight(unit)));
    if let Some(unit) = units.first() {
        let (file, line) = first_place(unit, list(detail, &["files"]));
        let place = line.map_or_else(|| file.clone(), |line| format!("{file}:{line}"));
        let sign = if text(unit, "sign").is_empty() { text(unit, "kind") } else { text(unit, "sign") };
        let words = format!(
            "{place} {sign} ({}), {} tokens: {}",
            text(unit, "grade"),
            weight(unit),
            text(unit, "why")
        );
        return (words, Some(file).filter(|file| !file.is_empty()), line);
    }
    let signs = record.edits.as_ref().map(|edits| {
        let each = edits.by_kind.iter().map(|(sign, (grade, weight))| format!("{sign} {weight} ({grade})"));
        each.collect::<Vec<_>>().join(", ")
    });
    (signs.unwrap_or_default(), None, None)
}

/// The first new finding, suppression or unformatted line; else the record's counts.
fn finding(record: &Record, detail: Option<&Value>) -> Found {
    let findings = list(detail, &["lint", "new"]).iter().chain(list(detail, &["lint", "suppressions"]));
    if let Some(finding) = findings.into_iter().next() {
        let (file, line) = (text(finding, "file"), finding.get("line").and_then(Value::as_u64));
        let place = line.map_or_else(|| file.to_owned(), |line| format!("{file}:{line}"));
        let words = [text(finding, "level"), text(finding, "rule"), text(finding, "message")];
        let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
        return (
            format!("{place} {}", words.join(" ")),
            Some(file.to_owned()).filter(|f| !f.is_empty()),
            line,
        );
    }
    if let Some(place) = list(detail, &["lint", "unformatted_lines"]).first() {
        let file = place.get(0).and_then(Value::as_str).unwrap_or_default().to_owned();
        let line = place.get(1).and_then(Value::as_u64);
        let at = line.map_or_else(String::new, |line| format!(":{line}"));
        return (format!("{file}{at} is not formatted"), Some(file), line);
    }
    let counts = record.lint.as_ref().map(|lint| {
        let mut parts: Vec<String> = lint.new.iter().map(|(level, n)| format!("{n} new {level}")).collect();
        for (n, what) in [(lint.suppressions, "suppressions"), (lint.unformatted_lines, "unformatted lines")]
        {
            parts.extend((n > 0).then(|| format!("{n} {what}")));
        }
        parts.join(", ")
    });
    (counts.unwrap_or_default(), None, None)
}

fn word(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
