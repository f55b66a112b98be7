//! `kerf compare` on records alone and on run folders: verdict, exit code, refusals.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::util::{Ran, kerf_in};

/// A record of model m, as a run writes it.
fn record(task: usize, sample: u32, outcome: &str) -> Value {
    json!({
        "schema": "kerf/record/1", "trial": format!("{task}/{sample}"), "run_key": null, "grade_key": null,
        "task": format!("t{task:03}"), "language": "rust", "tier": 1, "gold_weight": 5, "model": "m", "scaffold": null,
        "sample": sample, "outcome": outcome, "reason": null, "apply": null, "tests": null, "edits": null, "lint": null,
        "context": null, "cost": {"usd": null, "prompt_tokens": null, "completion_tokens": null, "latency_s": null, "steps": null},
        "environment": {}, "timing": {}
    })
}

fn write(folder: &Path, name: &str, records: &[Value]) {
    let mut text = String::new();
    for record in records {
        writeln!(text, "{record}").unwrap();
    }
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn run(n: usize, outcome: impl Fn(usize) -> &'static str) -> Vec<Value> {
    (0..n).map(|task| record(task, 0, outcome(task))).collect()
}

fn compare(folder: &Path, arguments: &[&str]) -> Ran {
    kerf_in(folder, ["compare"].iter().chain(arguments).copied())
}

fn verdict(ran: &Ran) -> Value {
    serde_json::from_str::<Value>(&ran.stdout).unwrap()["verdict"].clone()
}

#[test]
fn verdicts_and_exit_codes() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let resolved = |yes: bool| if yes { "resolved" } else { "unresolved" };
    let base = run(100, |task| resolved(task < 60));
    write(folder, "base/records.jsonl", &base);
    let cases: [(&str, Vec<Value>, &str, i32, i32); 7] = [
        ("worse", run(100, |task| resolved((15..60).contains(&task))), "REGRESSED", 3, 3),
        ("better", run(100, |task| resolved(task < 75)), "IMPROVED", 0, 0),
        ("same", base.clone(), "INCONCLUSIVE", 0, 4),
        (
            "spoiled",
            run(100, |task| if task < 11 { "invalid" } else { resolved(task < 60) }),
            "INVALID",
            5,
            5,
        ),
        ("lost", base[3..].to_vec(), "INVALID", 5, 5),
        (
            "missing",
            run(100, |task| if task < 2 { "missing" } else { resolved(task < 60) }),
            "INCONCLUSIVE",
            0,
            4,
        ),
        ("again", [base.clone(), base.clone()].concat(), "INCONCLUSIVE", 0, 4),
    ];
    for (name, records, expected, code, strict) in cases {
        write(folder, &format!("{name}.jsonl"), &records);
        let file = format!("{name}.jsonl");
        let ran = compare(folder, &["base", &file, "--json"]).ended(code);
        assert_eq!(verdict(&ran), expected, "{name}");
        compare(folder, &["base", &file, "--strict"]).ended(strict);
    }
    let found: Value =
        serde_json::from_str(&compare(folder, &["base", "worse.jsonl", "--json"]).stdout).unwrap();
    let model = &found["comparisons"][0];
    assert_eq!((&found["schema"], &model["baseline"]), (&"kerf/compare/1".into(), &"m@base".into()));
    assert_eq!((&model["n"], &model["excluded"]), (&100.into(), &json!({"missing": 0, "invalid": 0})));
    let metric = &model["metrics"][0];
    assert_eq!(
        (&metric["metric"], &metric["a"], &metric["b"]),
        (&"resolved".into(), &0.6.into(), &0.45.into())
    );
    assert_eq!(metric["worse"].as_array().unwrap().len(), 15);
}

#[test]
fn other_nights() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "all.jsonl", &run(200, |_| "resolved"));
    write(folder, "none.jsonl", &run(200, |_| "unresolved"));
    write(folder, "one.jsonl", &run(1, |_| "resolved"));
    for (a, b, expected, code) in [
        ("all", "all", "EQUIVALENT", 0),
        ("none", "none", "EQUIVALENT", 0),
        ("all", "none", "REGRESSED", 3),
        ("one", "one", "INCONCLUSIVE", 0),
    ] {
        let ran = compare(folder, &[&format!("{a}.jsonl"), &format!("{b}.jsonl"), "--json"]).ended(code);
        assert_eq!(verdict(&ran), expected, "{a} {b}");
    }
    // Samples, and a control that is off.
    let samples = |good: u32| -> Vec<Value> {
        (0..50)
            .flat_map(|task| (0..4).map(move |sample| (task, sample)))
            .map(|(task, sample)| record(task, sample, if sample < good { "resolved" } else { "unresolved" }))
            .collect()
    };
    write(folder, "three.jsonl", &samples(3));
    write(folder, "two.jsonl", &samples(2));
    let ran = compare(folder, &["three.jsonl", "two.jsonl", "--json"]).ended(3);
    let found: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(found["comparisons"][0]["metrics"][0]["difference"], -0.25);
    let mut off = samples(3);
    let mut gold = record(0, 0, "unresolved");
    gold["model"] = "gold".into();
    off.push(gold);
    write(folder, "off.jsonl", &off);
    let ran = compare(folder, &["three.jsonl", "off.jsonl"]).ended(5);
    assert!(ran.stdout.starts_with("INVALID · controls are off (candidate: gold on t000)"), "{}", ran.stdout);
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let base = run(20, |_| "resolved");
    write(folder, "base/records.jsonl", &base);
    write(folder, "twice.jsonl", &[base.clone(), run(1, |_| "unresolved")].concat());
    let mut other = base.clone();
    for record in &mut other {
        record["model"] = "n".into();
    }
    write(folder, "two.jsonl", &[base.clone(), other].concat());
    for (arguments, message) in [
        (vec!["base", "nowhere"], "give a run folder or a records file"),
        (vec!["base", "twice.jsonl"], "twice.jsonl:21: is another record of `m` on `t000`, sample 0"),
        (vec!["two.jsonl"], "--models m,n"),
        (vec!["base", "base", "--models", "x"], "no model `x`; there are m"),
        (vec!["base", "base", "--format", "pdf"], "--format pdf is unknown"),
        (vec!["base", "base", "--margin=-1"], "--margin"),
    ] {
        let ran = compare(folder, &arguments);
        assert!(ran.code == Some(2) && ran.stderr.contains(message), "{arguments:?}: {}", ran.stderr);
    }
    compare(folder, &["two.jsonl", "--models", "m,n"]).ended(0);
    compare(folder, &["base", "two.jsonl", "--models", "n", "--against", "m"]).ended(0);

    // Runs that say what they were made of.
    let info = |rules: &str, hash: &str, tool: &str| {
        let tasks: Vec<Value> =
            (0..20).map(|task| json!({"id": format!("t{task:03}"), "hash": hash})).collect();
        json!({
            "schema": "kerf/run/1", "kerf": "0.1.0", "rules": rules, "suite": "s", "lock": "l", "tasks": tasks, "trials": 20,
            "plan": "p", "options": {"measures": ["pass"], "seed": 0, "timeout_s": null},
            "toolchains": {"rust": [tool]}, "sandbox": "namespaces", "problems": [], "complete": true
        })
    };
    for (name, info) in [
        ("base", info("1", "h", "rustc 1")),
        ("same", info("1", "h", "rustc 2")),
        ("rules", info("2", "h", "rustc 1")),
        ("tasks", info("1", "i", "rustc 1")),
    ] {
        write(folder, &format!("{name}/records.jsonl"), &base);
        fs::write(folder.join(name).join("run.json"), info.to_string()).unwrap();
    }
    let ran = compare(folder, &["base", "same"]).ended(0);
    assert!(ran.stdout.contains("changed: toolchain rust: was rustc 1, is rustc 2"), "{}", ran.stdout);
    for name in ["rules", "tasks"] {
        let ran = compare(folder, &["base", name]).ended(2);
        assert!(ran.stderr.contains("these runs are not comparable"), "{}", ran.stderr);
        compare(folder, &["base", name, "--force"]).ended(0);
    }
}

#[test]
fn every_format_of_a_report() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "base.jsonl", &run(5, |task| if task < 3 { "resolved" } else { "unresolved" }));
    for (format, start) in [
        ("csv", "model,scaffold"),
        ("junit", "<?xml"),
        ("sarif", "{"),
        ("github", "::notice title=kerf%3A m::resolved 3/5"),
        ("svg", "<svg "),
    ] {
        let ran = kerf_in(folder, ["report", "base.jsonl", "--format", format]).ended(0);
        assert!(ran.stdout.starts_with(start), "{format}: {}", ran.stdout);
    }
    write(folder, "twice.jsonl", &[record(1, 0, "resolved"), record(1, 0, "unresolved")]);
    let ran = kerf_in(folder, ["report", "twice.jsonl"]).ended(2);
    assert!(ran.stderr.contains("is another record of"), "{}", ran.stderr);
}
