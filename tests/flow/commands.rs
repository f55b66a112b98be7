//! The other commands on real input: report, task check, doctor, schema, completions.

use std::fs;

use serde_json::Value;

use crate::util::{Project, body, house, kerf_in};

#[test]
fn a_report_in_every_format() {
    let project = Project::new(&["a"]);
    project.predict("good", "a", &body("n * 2"));
    project.predict("bad<b>|", "a", &body("n * 3"));
    let ran =
        project.kerf(&["run", "--tasks", "tasks", "--predictions", "predictions", "--out", "out"]).ended(0);
    let report = |format: &str| project.kerf(&["report", "out", "--format", format]).ended(0).stdout;

    let terminal = report("terminal");
    assert_eq!(terminal, ran.stdout, "what a run prints at its end");
    assert!(!terminal.contains('\u{1b}'), "no colour where there is no terminal");
    let row = |name: &str| terminal.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
    assert!(row("good").contains("1/1") && row("bad<b>|").contains("0/1"), "{terminal}");

    let markdown = report("markdown");
    assert!(markdown.contains("| `good` | 1/1 |"), "{markdown}");
    assert!(markdown.contains("| `bad<b>\\|` | **0/1** |"), "a hostile name stays in its cell: {markdown}");

    let json: Value = serde_json::from_str(&report("json")).unwrap();
    let models: Vec<&Value> =
        json["models"].as_array().unwrap().iter().map(|model| &model["model"]).collect();
    assert_eq!(models, ["bad<b>|", "good"], "controls are no models: {json}");

    // Records alone are enough, for readers that have nothing else.
    let alone = project.kerf(&["report", "out/records.jsonl", "--format", "json"]).ended(0).stdout;
    assert_eq!(serde_json::from_str::<Value>(&alone).unwrap()["models"], json["models"]);

    let task = project.kerf(&["report", "out", "--task", "a", "--model", "good"]).ended(0).stdout;
    assert!(
        task.contains("src/lib.rs:5") && task.contains("the reference fix makes the same change"),
        "{task}"
    );
    project.kerf(&["report", "out", "--task", "b"]).ended(2);
    project.kerf(&["report", "out", "--format", "pdf"]).ended(2);
}

#[test]
fn the_bundled_suite_reads_without_a_problem() {
    let ran = kerf_in(house(), ["task", "check", "--json"]).ended(0);
    let json: Value = serde_json::from_str(&ran.stdout).unwrap();
    let folders = |suite: &str| {
        fs::read_dir(house().join(suite))
            .unwrap()
            .flatten()
            .filter(|e| e.path().join("task.toml").exists())
            .count()
    };
    let real = kerf_in(house(), ["task", "check", "--tasks", "tasks/real"]).ended(0).stdout;
    assert!(real.contains(&format!("{} tasks read", folders("tasks/real"))), "{real}");
    let folders = folders("tasks");
    assert_eq!(json["tasks"].as_array().unwrap().len(), folders);
    assert_eq!(json["problems"], Value::Array(Vec::new()));
    let text = kerf_in(house(), ["task", "check"]).ended(0).stdout;
    let lock = &json["lock"].as_str().unwrap()[..6];
    assert!(text.ends_with(&format!("{folders} tasks read (lock {lock}), 0 unreadable\n")), "{text}");
}

#[test]
fn doctor_finds_what_these_tests_need() {
    let ran = kerf_in(house(), ["doctor", "--json"]).ended(0);
    let json: Value = serde_json::from_str(&ran.stdout).unwrap();
    let findings = json["findings"].as_array().unwrap();
    for name in ["tools: rust", "cache"] {
        let finding = findings.iter().find(|finding| finding["name"] == name).unwrap();
        assert_eq!(finding["fine"], true, "{finding}");
    }
    assert!(findings.iter().any(|finding| finding["name"].as_str().unwrap().starts_with("sandbox: ")));
    for finding in findings.iter().filter(|finding| finding["fine"] == false) {
        assert_ne!(finding["advice"], "", "says how to get it: {finding}");
    }
}

#[test]
fn doctor_without_tools_says_what_to_install() {
    let mut command = crate::util::command(env!("CARGO_BIN_EXE_kerf"));
    let output = command.arg("doctor").env("PATH", "/nowhere").output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("MISSING tools: rust") && text.contains("rustup"), "{text}");
}

#[test]
fn schemas_are_those_in_the_docs() {
    let names = kerf_in(house(), ["schema"]).ended(0).stdout;
    let known = [
        "bundle",
        "calibrate",
        "compare",
        "context",
        "detail",
        "diff",
        "grade",
        "label",
        "label-key",
        "label-score",
        "night",
        "nightly",
        "plan",
        "record",
        "review",
        "run",
        "summary",
        "task-new",
        "validate",
        "verify",
    ];
    assert_eq!(names.lines().collect::<Vec<_>>(), known);
    let folder = tempfile::tempdir().unwrap();
    kerf_in(folder.path(), ["schema", "--out", "all"]).ended(0);
    for name in names.lines() {
        let printed = kerf_in(house(), ["schema", name]).ended(0).stdout;
        let schema: Value = serde_json::from_str(&printed).unwrap();
        assert!(schema["properties"].is_object(), "{name}");
        let file = format!("{name}.schema.json");
        assert_eq!(fs::read_to_string(folder.path().join("all").join(&file)).unwrap(), printed);
        let kept = house().join("docs/schemas");
        if kept.is_dir() {
            let text = fs::read_to_string(kept.join(&file)).unwrap();
            assert_eq!(text, printed, "docs/schemas is old: kerf schema --out docs/schemas");
        }
    }
}

#[test]
fn completions_know_the_commands() {
    let script = kerf_in(house(), ["completions", "bash"]).ended(0).stdout;
    for word in ["_kerf", "report", "--predictions", "--exit-code"] {
        assert!(script.contains(word), "{word}");
    }
    assert!(!script.contains("__sandbox"), "the launcher is nobody's command");
    kerf_in(house(), ["completions", "csh"]).ended(2);
}
