//! Logs of others, graded by the program itself: one log, a folder as a harness writes it, and what goes out again.

use std::fs;

use serde_json::{Value, json};

use crate::util::{Project, house, kerf_in};

fn log(name: &str) -> String {
    house().join("tests/logs").join(name).display().to_string()
}

#[test]
fn one_log_by_three_rule_sets() {
    let twins = log("cargo-1.95.0-twins.log");
    let asked = [
        "grade",
        "--log",
        &twins,
        "--fail-to-pass",
        "tests/a.rs::half",
        "--pass-to-pass",
        "tests/a.rs::whole",
    ];
    let ran = kerf_in(house(), asked.iter().copied().chain(["--json"])).ended(0);
    let grade: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((&grade["schema"], &grade["format"]), (&json!("kerf/grade/1"), &json!("cargo")));
    assert_eq!(grade["verdict"]["outcome"], "unresolved");
    assert_eq!(grade["verdict"]["fail_to_pass"]["passed"], json!(["tests/a.rs::half"]));
    assert_eq!(grade["verdict"]["pass_to_pass"]["failed"], json!(["tests/a.rs::whole"]));

    let told = kerf_in(house(), asked.iter().copied().chain(["--explain"])).ended(0).stdout;
    let half = told.split('≠').find(|part| part.contains("fail-to-pass tests/a.rs::half")).unwrap();
    assert!(half.contains("kerf            passed (counts as passed) · line 36: test half ... ok"), "{told}");
    assert!(half.contains("swebench        not seen"), "bare names are all that swebench knows: {told}");
}

#[test]
fn lists_come_from_files_and_a_data_set() {
    let project = Project::new(&[]);
    project.write("ids", "tests/a.rs::half\n");
    let instance = json!({"instance_id": "o__r-1", "repo": "o/r", "base_commit": "c".repeat(40), "language": "Rust",
        "patch": "x", "test_patch": "", "problem_statement": "S", "FAIL_TO_PASS": ["half"], "PASS_TO_PASS": []});
    project.write("set.jsonl", &(instance.to_string() + "\n"));
    let twins = log("cargo-1.95.0-twins.log");
    let outcome = |arguments: &[&str]| {
        let ran = project.kerf(&[&["grade", "--json", "--log", &twins], arguments].concat()).ended(0);
        serde_json::from_str::<Value>(&ran.stdout).unwrap()["verdict"]["outcome"].clone()
    };
    assert_eq!(outcome(&["--fail-to-pass", "@ids"]), "resolved");
    // A bare name means every test of that name, and one of them fails.
    assert_eq!(outcome(&["--tasks", "set.jsonl", "--instance", "o__r-1"]), "unresolved");

    let said = project.kerf(&["grade", "--log", &twins, "--format", "karma"]).ended(2).stderr;
    assert!(said.contains("karma") && said.contains("nextest"), "{said}");
    project.kerf(&["grade", "--log", "nowhere.log"]).ended(2);
    project.kerf(&["grade", "--log", &twins, "--tasks", "set.jsonl", "--instance", "o__r-2"]).ended(2);
}

#[test]
fn a_folder_as_swebench_writes_it() {
    let project = Project::new(&[]);
    let place = "logs/run/model-a/o__r-1";
    let split = |good: &[&str], bad: &[&str]| json!({"success": good, "failure": bad});
    let report = json!({"o__r-1": {"resolved": true, "tests_status": {
        "FAIL_TO_PASS": split(&["tests/a.rs::half"], &[]), "PASS_TO_PASS": split(&[], &["tests/a.rs::whole"])}}});
    project.write(&format!("{place}/report.json"), &report.to_string());
    let twins = fs::read_to_string(log("cargo-1.95.0-twins.log")).unwrap();
    project.write(&format!("{place}/test_output.txt"), &twins);

    let ran = project.kerf(&["grade", "--log", "logs", "--records", "records.jsonl", "--reports", "reports"]);
    insta::assert_snapshot!(ran.ended(0).stdout, @r"
    unresolved   run/model-a/o__r-1/test_output.txt  cargo · 1/1 0/1 · published: resolved
    1 logs: 1 unresolved
    0 of 1 agree with the report beside them
      differs: run/model-a/o__r-1/test_output.txt
    ");
    let told: Value =
        serde_json::from_slice(&fs::read(project.path("reports/model-a/o__r-1/report.json")).unwrap())
            .unwrap();
    assert_eq!(told["o__r-1"]["resolved"], false);
    let all: Value = serde_json::from_slice(&fs::read(project.path("reports/report.json")).unwrap()).unwrap();
    assert_eq!(all["unresolved_ids"], json!(["o__r-1"]));
    let table = project.kerf(&["report", "records.jsonl"]).ended(0).stdout;
    assert!(table.contains("model-a"), "{table}");
}

/// A suite that ends with 1 though every test passes: with gold too, so that it says nothing of a patch.
#[test]
fn a_suite_that_exits_1_with_gold() {
    let exits = log("jest-30.5.2-exits-1.log");
    let verdict = |more: &[&str]| {
        let tests = "test/price.test.js > price > of 1 is 1";
        let asked = ["grade", "--log", &exits, "--fail-to-pass", tests, "--json", "--exit-code", "1"];
        let ran = kerf_in(house(), asked.iter().chain(more).copied()).ended(0);
        serde_json::from_str::<Value>(&ran.stdout).unwrap()
    };
    assert_eq!(verdict(&["--gold-exit-code", "1"])["verdict"]["outcome"], "resolved");
    let doubted = verdict(&["--gold-exit-code", "0"]);
    assert_eq!(doubted["verdict"]["outcome"], "unresolved", "{doubted}");
}
