//! Ablation through the program: units are taken out, the tests run again, and the record says what they need.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use crate::util::{Project, Ran, Records};

/// The fix by another way than the reference, through a helper; beside it other words for `triple`, and a left-over
/// print.
const PATCH: &str = "\
--- a/src/lib.rs
+++ b/src/lib.rs
@@ -2,10 +2,15 @@
\u{20}
 /// Twice a number.
 pub fn double(n: i64) -> i64 {
-    n + 1
+    eprintln!(\"DEBUG n = {n}\");
+    add(n, n)
+}
+
+fn add(a: i64, b: i64) -> i64 {
+    a + b
 }
\u{20}
 /// Three times a number.
 pub fn triple(n: i64) -> i64 {
-    n * 3
+    3 * n
 }
";

fn run(project: &Project, depth: &str) -> Ran {
    let line = format!(
        "run --tasks tasks --predictions predictions --measures edits,context --jobs 2 --ablation {depth} --out {depth}"
    );
    project.kerf(&line.split(' ').collect::<Vec<_>>())
}

fn record(project: &Project, depth: &str, model: &str) -> Value {
    Records::read(&project.path(depth)).of(model, "mini").clone()
}

fn detail(project: &Project, depth: &str, model: &str) -> Value {
    let record = record(project, depth, model);
    let path =
        project.path(depth).join(format!("details/{}.json.zst", record["grade_key"].as_str().unwrap()));
    serde_json::from_slice(&zstd::decode_all(fs::File::open(path).unwrap()).unwrap()).unwrap()
}

/// Unit by unit: what it is, its class, and what the tests said.
fn units(detail: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let line = |unit: &Value| {
        let entity: Vec<&str> = unit["entity"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        let suspect = if unit["suspect"] == true { " suspect" } else { "" };
        let found = &unit["ablation"];
        let tests: Vec<&str> =
            found["tests"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        format!(
            "{} {} | {}{suspect} | {} {}",
            text(&unit["kind"]),
            entity.join(" > "),
            text(&unit["class"]),
            text(&found["finding"]),
            tests.join(" ")
        )
        .trim_end()
        .to_owned()
    };
    detail["units"].as_array().unwrap().iter().map(line).collect::<Vec<_>>().join("\n")
}

fn logs(project: &Project, depth: &str) -> usize {
    fs::read_dir(project.path(depth).join("logs")).unwrap().count()
}

#[test]
fn the_tests_say_what_of_a_patch_they_need() {
    let project = Project::new(&["mini"]);
    project.predict("wide", "mini", PATCH);
    project.predict("wrong", "mini", &crate::util::body("n * 3"));
    for depth in ["off", "auto", "full"] {
        run(&project, depth).ended(0);
    }
    insta::assert_snapshot!(units(&detail(&project, "full", "wide")), @r"
    added fn double | irrelevant | removable
    body fn double | needed | needed tests/sums.rs::doubles
    body fn double | needed | needed tests/sums.rs::doubles
    added fn add | needed | needed tests/sums.rs::doubles
    body fn triple | unproven suspect | removable
    ");
    insta::assert_snapshot!(units(&detail(&project, "auto", "wide")), @r"
    added fn double | irrelevant | -
    body fn double | unproven | -
    body fn double | unproven | -
    added fn add | unproven | -
    body fn triple | unproven | -
    ");
    let [off, auto, full] = ["off", "auto", "full"].map(|depth| record(&project, depth, "wide"));

    // The headline does not depend on ablation.
    for field in
        ["irrelevant_edit_ratio", "strict", "excess", "by_kind", "marks", "irrelevant_units", "test_weight"]
    {
        assert_eq!(off["edits"][field], auto["edits"][field], "{field}");
        assert_eq!(off["edits"][field], full["edits"][field], "{field}");
    }
    let measured =
        |record: &Value| ["suspect_ratio", "removable_ratio"].map(|field| !record["edits"][field].is_null());
    assert_eq!([&off, &auto, &full].map(measured), [[false, false], [true, false], [true, true]]);
    assert!(full["edits"]["weight"]["needed"].as_u64().unwrap() > 0, "{full}");
    assert!(full["edits"]["upper"].as_f64() < off["edits"]["upper"].as_f64());
    assert_eq!(full["context"]["obligation_recall"], 1.0);
    assert_eq!(off["context"]["obligation_recall"], Value::Null);

    // A share of nothing is 0, without a sign.
    let records = fs::read_to_string(project.path("full/records.jsonl")).unwrap();
    assert!(!records.contains("-0.0"), "{records}");

    // Nothing speaks for a unit of a patch that turns no test.
    assert_eq!(record(&project, "full", "wrong")["edits"]["suspect_ratio"], Value::Null);
    let extra = logs(&project, "auto") - logs(&project, "off");
    assert!(extra <= 2, "{extra} more runs for one resolved patch");
    let went: BTreeMap<String, Value> =
        serde_json::from_value(detail(&project, "full", "wide")["ablation"].clone()).unwrap();
    assert!(went["runs"].as_u64() <= went["cap"].as_u64(), "{went:?}");
    assert_eq!(went["capped"], false);
}

#[test]
fn an_unknown_depth_is_bad_input() {
    let project = Project::new(&["mini"]);
    let ran = run(&project, "deep").ended(2);
    assert!(
        ran.stderr.contains("--ablation deep is unknown; known are off, auto and full"),
        "{}",
        ran.stderr
    );
}
