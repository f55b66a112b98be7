//! The bundled suite with our sample predictions: profiles must come out as they were made, in each language.
//!
//! `TASKS=all` evaluates every task; without it four in Rust are taken, of both repositories and of every span, and one
//! each in TypeScript and Python. These two need Node, Python and a registry of packages; without, the test says so past
//! the capture of output and looks at nothing.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::util::{Records, command, house, kerf_in};

const SAMPLE: [&str; 6] = [
    "ledger-decimal-comma",
    "ledger-entry-ids",
    "tempo-day-either",
    "tempo-half-even",
    "kiln-atmosphere",
    "furrow-sow-until",
];

pub(super) fn copy(from: &Path, to: &Path) {
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

/// Folders of the tasks of both bundled suites, by id.
fn tasks() -> BTreeMap<String, PathBuf> {
    ["tasks", "tasks/more"]
        .iter()
        .flat_map(|suite| fs::read_dir(house().join(suite)).unwrap().flatten())
        .filter(|entry| entry.path().join("task.toml").exists())
        .map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.path()))
        .collect()
}

/// What `task.toml` says in a line such as `span = "local"`.
fn field(task: &str, name: &str) -> String {
    let text = fs::read_to_string(tasks()[task].join("task.toml")).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(&format!("{name} = \""))).unwrap();
    line.trim_end_matches('"').to_owned()
}

/// Tasks of a language with their predictions in a folder of their own; path sources are found from the task upwards.
fn evaluate(folder: &Path, language: &str) -> (BTreeMap<String, Value>, Records) {
    let place = |name: &str| folder.join(name);
    let all = std::env::var("TASKS").is_ok_and(|tasks| tasks == "all");
    copy(&house().join("repos"), &place("repos"));
    for (name, from) in tasks() {
        if (all || SAMPLE.contains(&name.as_str())) && field(&name, "language") == language {
            copy(&from, &place("tasks").join(&name));
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
    kerf_in(folder, arguments).ended(0);
    let report = kerf_in(folder, ["report", "out", "--format", "json"]).ended(0).stdout;
    let report: Value = serde_json::from_str(&report).unwrap();
    let models = report["models"].as_array().unwrap();
    let models =
        models.iter().map(|model| (model["model"].as_str().unwrap().to_owned(), model.clone())).collect();
    (models, Records::read(&place("out")))
}

/// Fetches pytest into an environment of its own.
pub(super) const PYTEST: &str =
    "python3 -m venv v && v/bin/pip -q --retries 0 --timeout 10 download --no-deps pytest==8.4.2";

/// Whether a tool and the registry that it fetches from are there; says loudly where not.
pub(super) fn can_set_up(what: &str, probe: &str) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let probed = command("sh").current_dir(folder.path()).args(["-c", probe]).output().unwrap();
    if !probed.status.success() {
        let why = String::from_utf8_lossy(&probed.stderr).lines().last().unwrap_or_default().to_owned();
        // Not `eprintln!`, which is captured.
        let said = format!("\nNOT TESTED: {what}: `{probe}` fails here: {why}\n");
        std::io::stderr().write_all(said.as_bytes()).unwrap();
    }
    probed.status.success()
}

fn ratio(record: &Value) -> f64 {
    record["edits"]["irrelevant_edit_ratio"].as_f64().unwrap_or_else(|| panic!("no ratio: {record}"))
}

/// Malformed predictions: how they must come out, as `malformed/EXPECTED-*.md` say: outcomes, rungs, reason.
fn malformed(task: &str) -> (&'static [&'static str], &'static [&'static str], Option<&'static str>) {
    match task {
        "ledger-allocate"
        | "tempo-half-even"
        | "tempo-day-either"
        | "kiln-draft-of-member"
        | "kiln-filter-words"
        | "quern-null-keys"
        | "quern-in-list"
        | "furrow-seed-packets" => (&["resolved"], &["exact"], None),
        "ledger-csv-quotes" | "quern-column-labels" => (&["apply_failed"], &[], None),
        "ledger-decimal-comma"
        | "ledger-minor-units"
        | "tempo-wheel-jump"
        | "tempo-wait-time"
        | "kiln-cooling"
        | "quern-nulls-last" => (&["resolved"], &["recounted"], None),
        "ledger-entry-ids" => (&["malformed", "apply_failed"], &[], None),
        "ledger-pending-status" | "furrow-rest-years" => (&["apply_failed"], &[], Some("unsafe_path")),
        "ledger-posting-notes" | "furrow-sow-until" => (&["resolved"], &["fuzz"], None),
        // A lenient reader takes what is left of a cut patch; that does not compile.
        "tempo-fractions" | "kiln-atmosphere" => {
            (&["malformed", "apply_failed", "unresolved"], &["recounted", "fuzz"], None)
        }
        other => panic!("EXPECTED-*.md says nothing of {other}"),
    }
}

/// What is wrong with a record, if anything.
fn fault(records: &Records, record: &Value) -> Option<String> {
    let (model, task) = (record["model"].as_str().unwrap(), record["task"].as_str().unwrap());
    let (outcome, span) = (record["outcome"].as_str().unwrap(), field(task, "span"));
    let clean = record["lint"]["status"] == "clean";
    let complaint = match model {
        "empty" if outcome == "resolved" => "resolves",
        "gold" | "focused" | "sprawling" | "careless" if outcome != "resolved" => "does not resolve",
        "gold" if record["edits"]["strict"] != 0.0 => "has grade A units",
        "gold" if !clean => "has lint findings",
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

/// Evaluates the tasks of a language; every profile must be as it was made.
fn rank(folder: &Path, language: &str) -> Records {
    let (models, records) = evaluate(folder, language);
    let tasks = records.0.iter().filter(|record| record["model"] == "gold").count();
    assert!(tasks > 0);
    assert_eq!(records.0.len(), tasks * 7, "two controls and five profiles a task");
    let faults: Vec<String> = records.0.iter().filter_map(|record| fault(&records, record)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
    assert_eq!(
        models.keys().collect::<Vec<_>>(),
        ["careless", "focused", "local-only", "malformed", "sprawling"]
    );
    records
}

#[test]
fn profiles_rank_as_they_were_made() {
    rank(tempfile::tempdir().unwrap().path(), "rust");
}

#[test]
fn profiles_rank_as_they_were_made_in_typescript() {
    let probe = "npm view vitest@3.2.4 version --fetch-retries=0 --fetch-timeout=10000";
    if !can_set_up("profiles in typescript", probe) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let records = rank(folder.path(), "typescript");
    let active = records.of("gold", "kiln-atmosphere")["environment"]["integrity"].to_string();
    assert!(active.contains("confirmation") && active.contains("canaries"), "{active}");
    let arguments = ["report", "out", "--task", "kiln-atmosphere", "--model", "careless"];
    let report = kerf_in(folder.path(), arguments).ended(0).stdout;
    for rule in
        ["react-hooks/exhaustive-deps", "jsx-a11y/click-events-have-key-events", "TS2741", "unformatted line"]
    {
        assert!(report.contains(rule), "{rule} is missing: {report}");
    }
}

#[test]
fn profiles_rank_as_they_were_made_in_python() {
    if can_set_up("profiles in python", PYTEST) {
        rank(tempfile::tempdir().unwrap().path(), "python");
    }
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
