//! The samples in docs/samples are what the binary prints today: reports from the bundled suite's own records, which
//! `scripts/samples` made, comparisons from made-up runs, written here.
//!
//! `KERF_WRITE_SAMPLES=1 cargo test --test main flow::samples` writes them anew.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::util::{house, kerf_in};

const TASKS: usize = 120;

/// One trial, and the detail it rests on.
fn trial(model: &str, task: usize, resolved: bool, untidy: bool, lint: bool) -> (Value, Value) {
    let id = format!("ledger-{task:03}");
    let key = format!("{model}-{task}-{resolved}-{untidy}-{lint}");
    let (bad, good) = (if untidy { 6 + task as u32 % 5 } else { 0 }, 40);
    let ratio = f64::from(bad) / f64::from(bad + good);
    let record = json!({
        "schema": "kerf/record/1", "trial": format!("{model}/{task}"), "run_key": null, "grade_key": key, "task": id,
        "language": "rust", "tier": 1, "gold_weight": 52, "model": model, "scaffold": null, "sample": 0,
        "outcome": if resolved { "resolved" } else { "unresolved" },
        "reason": if resolved { Value::Null } else { json!("tests_failed") },
        "apply": {"format": "unified", "well_formed": true, "rung": "exact"},
        "tests": {"fail_to_pass": [if resolved { 3 } else { 2 }, 3], "pass_to_pass": [96, 96], "unlisted_regressions": 0, "flaky": 0},
        "edits": {"mode": "trial", "irrelevant_edit_ratio": ratio, "strict": 0.0, "upper": ratio, "excess": bad,
            "suspect_ratio": null, "removable_ratio": null, "coarse": false, "overturned": 0,
            "weight": {"needed": good, "acquitted": 0, "supporting": 0, "irrelevant": bad, "unproven": 0},
            "irrelevant_units": u32::from(untidy), "by_kind": if untidy { json!({"debug": ["B", bad]}) } else { json!({}) },
            "marks": [], "test_weight": 0, "doc_weight": 0},
        "lint": {"status": if lint { "clean" } else { "findings" }, "new": if lint { json!({}) } else { json!({"warning": 1}) },
            "fixed": 0, "suppressions": 0, "unformatted_lines": 0, "changed_code_lines": 12},
        "context": null, "cost": {"usd": 0.04, "prompt_tokens": 9000 + task, "completion_tokens": 700, "latency_s": null, "steps": null},
        "environment": {}, "timing": {}
    });
    let after = if resolved { "passed" } else { "failed" };
    let unit = json!({"kind": "added", "class": "irrelevant", "grade": "B", "sign": "debug", "weight": bad,
        "why": "left-over print", "changes": [{"file": 0, "old_lines": [40, 39], "new_lines": [41, 41]}]});
    let finding = json!({"tool": "clippy", "rule": "clippy::needless_clone", "level": "warning", "file": "src/rounding.rs", "line": 12});
    let detail = json!({
        "tests": [{"id": "tests/rounding.rs::half_even", "list": "fail_to_pass", "before": "failed", "after": after, "line": 12 + task}],
        "files": [{"old": "src/rounding.rs", "new": "src/rounding.rs"}],
        "units": if untidy { json!([unit]) } else { json!([]) },
        "lint": {"new": if lint { json!([]) } else { json!([finding]) }},
    });
    (record, detail)
}

/// A run folder: `steady` is the same both nights, `restless` loses a tenth of its tasks and leaves prints behind.
fn write(folder: &Path, tonight: bool) {
    fs::create_dir_all(folder.join("details")).unwrap();
    let mut text = String::new();
    for task in 0..TASKS {
        let steady = trial("steady", task, task % 3 != 0, task % 10 == 0, task % 4 != 0);
        let fell = tonight && task % 8 == 1;
        let rose = tonight && task == 60;
        let restless =
            trial("restless", task, task % 5 < 4 && !fell || rose, tonight && task % 6 == 0, task % 7 != 0);
        let gold = trial("gold", task, true, false, true);
        let empty = trial("empty", task, false, false, true);
        for (record, detail) in [gold, empty, steady, restless] {
            writeln!(text, "{record}").unwrap();
            let key = record["grade_key"].as_str().unwrap();
            let packed = zstd::encode_all(detail.to_string().as_bytes(), 3).unwrap();
            fs::write(folder.join("details").join(format!("{key}.json.zst")), packed).unwrap();
        }
    }
    fs::write(folder.join("records.jsonl"), text).unwrap();
}

#[test]
fn samples_of_comparisons_are_those_of_the_binary() {
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join("monday"), false);
    write(&folder.path().join("tuesday"), true);
    for (name, arguments) in [
        ("compare.txt", vec!["compare", "monday", "tuesday"]),
        ("compare.md", vec!["compare", "monday", "tuesday", "--format", "markdown"]),
        ("compare.svg", vec!["compare", "monday", "tuesday", "--format", "svg"]),
    ] {
        is_sample(name, &kerf_in(folder.path(), arguments).ended(3).stdout);
    }
}

#[test]
fn samples_of_the_bundled_suite_are_those_of_the_binary() {
    let samples = house().join("docs/samples");
    for (name, arguments) in [
        ("terminal.txt", vec!["report", "bundled"]),
        ("terminal.svg", vec!["report", "bundled", "--format", "svg"]),
        ("report.md", vec!["report", "bundled", "--format", "markdown"]),
        ("task.txt", vec!["report", "bundled", "--task", "tempo-wait-time"]),
    ] {
        is_sample(name, &kerf_in(&samples, arguments).ended(0).stdout);
    }
    let readme = fs::read_to_string(house().join("README.md")).unwrap();
    let table = fs::read_to_string(samples.join("terminal.txt")).unwrap();
    let first = table.lines().take_while(|line| !line.starts_with("(n)")).collect::<Vec<_>>().join("\n");
    assert!(
        readme.contains(first.trim_end()),
        "README.md shows another table than docs/samples/terminal.txt"
    );
}

fn is_sample(name: &str, now: &str) {
    let path = house().join("docs/samples").join(name);
    if std::env::var_os("KERF_WRITE_SAMPLES").is_some() {
        fs::write(&path, now).unwrap();
    }
    let then = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        now == then,
        "docs/samples/{name} is out of date: KERF_WRITE_SAMPLES=1 cargo test --test main flow::samples"
    );
}
