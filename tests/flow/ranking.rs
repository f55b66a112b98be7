//! The bundled suite with our sample predictions: profiles must come out as they were made.
//!
//! `TASKS=all` evaluates every task; without it four are taken, of both repositories and of every span.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::util::{Records, house, kerf_in};

const SAMPLE: [&str; 4] = ["ledger-decimal-comma", "ledger-entry-ids", "tempo-day-either", "tempo-half-even"];

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Tasks with their predictions in a folder of their own; path sources are found from the task upwards.
fn evaluate() -> (BTreeMap<String, Value>, Records) {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    let all = std::env::var("TASKS").is_ok_and(|tasks| tasks == "all");
    copy(&house().join("repos"), &place("repos"));
    for entry in fs::read_dir(house().join("tasks")).unwrap().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() && (all || SAMPLE.contains(&name.as_str())) {
            copy(&entry.path(), &place("tasks").join(&name));
        }
    }
    for profile in fs::read_dir(house().join("predictions")).unwrap().flatten().filter(|e| e.path().is_dir())
    {
        for file in fs::read_dir(profile.path()).unwrap().flatten() {
            let task = file.path().file_stem().unwrap().to_string_lossy().into_owned();
            if place("tasks").join(&task).is_dir() {
                let target = place("predictions").join(profile.file_name());
                fs::create_dir_all(&target).unwrap();
                fs::copy(file.path(), target.join(file.file_name())).unwrap();
            }
        }
    }
    let arguments = ["run", "--tasks", "tasks", "--predictions", "predictions", "--out", "out"];
    kerf_in(folder.path(), arguments).ended(0);
    let report = kerf_in(folder.path(), ["report", "out", "--format", "json"]).ended(0).stdout;
    let report: Value = serde_json::from_str(&report).unwrap();
    let models = report["models"].as_array().unwrap();
    let models =
        models.iter().map(|model| (model["model"].as_str().unwrap().to_owned(), model.clone())).collect();
    (models, Records::read(&place("out")))
}

/// The maker's label of a task.
fn span(task: &str) -> String {
    let text = fs::read_to_string(house().join("tasks").join(task).join("task.toml")).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("span = \"")).unwrap();
    line.trim_end_matches('"').to_owned()
}

fn ratio(record: &Value) -> f64 {
    record["edits"]["irrelevant_edit_ratio"].as_f64().unwrap_or_else(|| panic!("no ratio: {record}"))
}

/// Malformed predictions: how they must come out, as `malformed/EXPECTED-*.md` say: outcomes, rungs, reason.
fn malformed(task: &str) -> (&'static [&'static str], &'static [&'static str], Option<&'static str>) {
    match task {
        "ledger-allocate" | "tempo-half-even" | "tempo-day-either" => (&["resolved"], &["exact"], None),
        "ledger-csv-quotes" => (&["apply_failed"], &[], None),
        "ledger-decimal-comma" | "ledger-minor-units" | "tempo-wheel-jump" | "tempo-wait-time" => {
            (&["resolved"], &["recounted"], None)
        }
        "ledger-entry-ids" => (&["malformed", "apply_failed"], &[], None),
        "ledger-pending-status" => (&["apply_failed"], &[], Some("unsafe_path")),
        "ledger-posting-notes" => (&["resolved"], &["fuzz"], None),
        // A lenient reader takes what is left of a cut patch; that does not compile.
        "tempo-fractions" => (&["malformed", "apply_failed", "unresolved"], &["recounted", "fuzz"], None),
        other => panic!("EXPECTED-*.md says nothing of {other}"),
    }
}

/// What is wrong with a record, if anything.
fn fault(records: &Records, record: &Value) -> Option<String> {
    let (model, task) = (record["model"].as_str().unwrap(), record["task"].as_str().unwrap());
    let (outcome, span) = (record["outcome"].as_str().unwrap(), span(task));
    let clean = record["lint"]["status"] == "clean";
    let complaint = match model {
        "empty" if outcome == "resolved" => "resolves",
        "gold" | "focused" | "sprawling" | "careless" if outcome != "resolved" => "does not resolve",
        "gold" if record["edits"]["strict"] != 0.0 => "has grade A units",
        "focused" if ratio(record) > 0.0 => "has irrelevant edits",
        "focused" if !clean => "is not clean",
        "sprawling" if ratio(record) <= 0.3 => "is too relevant",
        "careless" if clean => "is clean",
        "careless" if ratio(record) >= ratio(records.of("sprawling", task)) => "sprawls",
        "local-only" if (outcome == "resolved") != (span == "local") => {
            "should resolve local tasks, and these only"
        }
        "malformed" => {
            let (outcomes, rungs, reason) = malformed(task);
            let rung = record["apply"]["rung"].as_str();
            let rung_fits =
                rung.is_none_or(|rung| rungs.contains(&rung)) && (rung.is_some() || outcome != "resolved");
            let reason_fits = reason.is_none_or(|reason| record["reason"] == reason);
            if outcomes.contains(&outcome) && rung_fits && reason_fits {
                return None;
            }
            "is not as EXPECTED-*.md says"
        }
        "gold" | "empty" | "focused" | "sprawling" | "careless" | "local-only" => {
            if model != "empty" && record["context"]["span"] != span.as_str() {
                "has another span than its maker says"
            } else {
                return None;
            }
        }
        other => panic!("no expectation for {other}"),
    };
    Some(format!("{model} on {task} ({span}) {complaint}: {record}"))
}

#[test]
fn profiles_rank_as_they_were_made() {
    let (models, records) = evaluate();
    let tasks = records.0.iter().filter(|record| record["model"] == "gold").count();
    assert!(tasks >= SAMPLE.len());
    assert_eq!(records.0.len(), tasks * 7, "two controls and five profiles a task");
    let faults: Vec<String> = records.0.iter().filter_map(|record| fault(&records, record)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
    assert_eq!(
        models.keys().collect::<Vec<_>>(),
        ["careless", "focused", "local-only", "malformed", "sprawling"]
    );
}

#[test]
fn an_expectation_that_does_not_hold_is_a_fault() {
    let record = |model: &str, ratio: f64, outcome: &str| {
        serde_json::json!({"model": model, "task": "tempo-half-even", "outcome": outcome, "reason": null,
            "apply": {"rung": "exact"}, "lint": {"status": "clean"}, "context": {"span": "local"},
            "edits": {"irrelevant_edit_ratio": ratio, "strict": ratio}})
    };
    let of = |ratio: f64, outcome: &str, model: &str| {
        let records = Records(vec![record("sprawling", 0.5, "resolved")]);
        fault(&records, &record(model, ratio, outcome)).is_some()
    };
    for (model, ratio) in
        [("gold", 0.0), ("focused", 0.0), ("sprawling", 0.4), ("local-only", 0.0), ("malformed", 0.0)]
    {
        assert!(!of(ratio, "resolved", model), "{model}");
        assert!(of(ratio, "unresolved", model), "{model}");
    }
    assert!(
        of(0.1, "resolved", "gold") && of(0.1, "resolved", "focused") && of(0.3, "resolved", "sprawling")
    );
    assert!(of(0.0, "resolved", "careless") && of(0.0, "resolved", "empty"));
}
