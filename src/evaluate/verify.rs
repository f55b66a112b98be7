//! Which trials of a run are run again, and what differs then.
//!
//! In: the run's trials with their outcomes, a sample size, a seed; then pairs of records. Out: trial ids, and
//! [`Difference`]s field by field.
//!
//! Invariants: the same seed draws the same trials; a larger sample of the same seed holds every smaller one; every
//! outcome that the run has is in the sample.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::plan::{EMPTY, GOLD};
use super::record::{Outcome, Record};

/// How much is run again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Sample {
    /// This share of each outcome's trials, 0 to 1, at least one of each.
    Share(f64),
    /// So many trials, spread over the outcomes by their size, at least one of each.
    Count(usize),
    /// Everything.
    All,
}

impl Sample {
    /// `5%`, `20`, `all`.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "all" {
            return Some(Self::All);
        }
        match text.strip_suffix('%') {
            Some(number) => {
                let share: f64 = number.trim().parse().ok()?;
                (share > 0.0 && share <= 100.0).then_some(Self::Share(share / 100.0))
            }
            None => text.parse().ok().filter(|count| *count > 0).map(Self::Count),
        }
    }

    /// How many of `stratum` trials of `all`.
    fn of(self, stratum: usize, all: usize) -> usize {
        let wanted = match self {
            Self::All => return stratum,
            Self::Share(share) => stratum as f64 * share,
            Self::Count(count) => stratum as f64 * count as f64 / all.max(1) as f64,
        };
        (wanted.round() as usize).clamp(1, stratum.max(1))
    }
}

/// Draws trials: by outcome, in an order that the seed alone decides; and the controls of every task drawn.
pub fn draw(records: &[Record], sample: Sample, seed: u64) -> BTreeSet<String> {
    let is_control = |record: &Record| [GOLD, EMPTY].contains(&record.model.as_str());
    let mut strata: BTreeMap<Outcome, Vec<(blake3::Hash, &Record)>> = BTreeMap::new();
    // Controls are drawn with their tasks; a run of nothing else is drawn from them.
    let predictions = records.iter().filter(|record| !is_control(record)).count();
    let pool = |record: &&Record| predictions == 0 || !is_control(record);
    for record in records.iter().filter(pool) {
        let place = blake3::hash(format!("{seed}\0{}", record.trial).as_bytes());
        strata.entry(record.outcome).or_default().push((place, record));
    }
    let all = strata.values().map(Vec::len).sum();
    let mut drawn: BTreeSet<String> = BTreeSet::new();
    let mut tasks: BTreeSet<&str> = BTreeSet::new();
    for stratum in strata.values_mut() {
        stratum.sort_by_key(|(place, _)| *place.as_bytes());
        for (_, record) in stratum.iter().take(sample.of(stratum.len(), all)) {
            drawn.insert(record.trial.clone());
            tasks.insert(&record.task);
        }
    }
    let whole = sample == Sample::All;
    let controls = records.iter().filter(|record| is_control(record));
    drawn.extend(
        controls
            .filter(|record| whole || tasks.contains(record.task.as_str()))
            .map(|record| record.trial.clone()),
    );
    drawn
}

/// A field of a record that came out otherwise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Difference {
    /// Path of the field: `tests.fail_to_pass[0]`.
    pub field: String,
    /// In the run.
    pub was: Value,
    /// Run again.
    pub now: Value,
}

/// Everything in which two records of one trial differ; `environment` and `timing` are not compared.
pub fn differences(was: &Record, now: &Record) -> Vec<Difference> {
    let value = |record: &Record| {
        let mut value = serde_json::to_value(record).unwrap_or(Value::Null);
        if let Some(fields) = value.as_object_mut() {
            fields.retain(|name, _| name != "environment" && name != "timing");
        }
        value
    };
    let mut found = Vec::new();
    compare("", &value(was), &value(now), &mut found);
    found
}

fn compare(path: &str, was: &Value, now: &Value, found: &mut Vec<Difference>) {
    match (was, now) {
        (Value::Object(old), Value::Object(new)) => {
            let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
            for name in names {
                let inner = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                let side =
                    |fields: &serde_json::Map<String, Value>| fields.get(name).cloned().unwrap_or_default();
                compare(&inner, &side(old), &side(new), found);
            }
        }
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
            for (at, (was, now)) in old.iter().zip(new).enumerate() {
                compare(&format!("{path}[{at}]"), was, now, found);
            }
        }
        (was, now) if was != now => {
            found.push(Difference { field: path.to_owned(), was: was.clone(), now: now.clone() });
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn record(at: usize, model: &str, outcome: &str) -> Record {
        serde_json::from_value(serde_json::json!({
            "schema": "kerf/record/1", "trial": format!("{model}{at}"), "run_key": null, "grade_key": null,
            "task": format!("t{}", at % 7), "language": "rust", "tier": 1, "gold_weight": null, "model": model,
            "scaffold": null, "sample": 0, "outcome": outcome, "reason": null, "apply": null,
            "tests": {"fail_to_pass": [1, 2], "pass_to_pass": [3, 3], "unlisted_regressions": 0, "flaky": 0},
            "edits": null, "lint": null, "context": null, "timing": {"test_s": at as f64},
            "cost": {"usd": null, "prompt_tokens": null, "completion_tokens": null, "latency_s": null, "steps": null},
        }))
        .unwrap()
    }

    fn run(outcomes: &[usize]) -> Vec<Record> {
        let name = |n: &usize| ["resolved", "unresolved", "timed_out"][n % 3];
        let mut records: Vec<Record> =
            outcomes.iter().enumerate().map(|(at, n)| record(at, "m", name(n))).collect();
        for at in 0..7 {
            records.extend([record(at, GOLD, "resolved"), record(at, EMPTY, "unresolved")]);
        }
        records
    }

    #[test]
    fn sizes_are_read() {
        for (text, expected) in [
            ("5%", Some(Sample::Share(0.05))),
            ("100%", Some(Sample::Share(1.0))),
            ("20", Some(Sample::Count(20))),
            ("all", Some(Sample::All)),
            ("0", None),
            ("0%", None),
            ("101%", None),
            ("NaN%", None),
            ("many", None),
            ("-1", None),
        ] {
            assert_eq!(Sample::parse(text), expected, "{text}");
        }
    }

    #[test]
    fn every_field_that_differs_is_named() {
        let was = record(1, "m", "resolved");
        let mut now = Record { outcome: Outcome::Unresolved, ..was.clone() };
        now.timing.insert("test_s".to_owned(), 99.0);
        assert_eq!(differences(&was, &was), []);
        now.tests.as_mut().unwrap().fail_to_pass = [2, 2];
        now.lint = serde_json::from_value(serde_json::json!({
            "status": "clean", "new": {}, "fixed": 0, "suppressions": 0, "unformatted_lines": 0, "changed_code_lines": 1
        })).unwrap();
        let fields: Vec<String> = differences(&was, &now).into_iter().map(|found| found.field).collect();
        assert_eq!(fields, ["lint", "outcome", "tests.fail_to_pass[0]"]);
    }

    proptest! {
        #[test]
        fn rare_outcomes_and_controls_are_drawn(
            outcomes in prop::collection::vec(0..3usize, 1..80), percent in 1..101u32, seed in 0..5u64,
        ) {
            let records = run(&outcomes);
            let drawn = draw(&records, Sample::Share(f64::from(percent) / 100.0), seed);
            let taken: Vec<&Record> = records.iter().filter(|record| drawn.contains(&record.trial)).collect();
            for record in records.iter().filter(|record| record.model == "m") {
                prop_assert!(taken.iter().any(|other| other.model == "m" && other.outcome == record.outcome));
            }
            for record in &taken {
                let controls = taken.iter().filter(|other| other.task == record.task && other.model != "m");
                prop_assert_eq!(controls.count(), 2);
            }
            let more = draw(&records, Sample::All, seed);
            prop_assert!(drawn.is_subset(&more) && more.len() == records.len());
            prop_assert_eq!(draw(&records, Sample::Share(f64::from(percent) / 100.0), seed), drawn);
        }
    }
}
