//! What may come of a trial: tests that hang, crash or do not compile, answers that are none.

use serde_json::{Value, json};

use crate::util::{Project, body};

#[test]
fn a_patch_that_hangs_crashes_or_does_not_compile_harms_no_other() {
    let project = Project::new(&["mini"]);
    project.edit("tasks/mini/task.toml", "120s", "20s");
    let patches = [
        ("aborts", body("std::process::abort()")),
        ("cheats", body("if n == 4 { 8 } else { 0 }")),
        ("exits", body("std::process::exit(0)")),
        ("fix", body("n * 2")),
        ("hangs", body("std::thread::sleep(std::time::Duration::from_secs(3600));\nn * 2")),
        ("nothing", String::new()),
        ("panics", body("panic!(\"no {n}\")")),
        ("prose", "I would multiply by two.\n".to_owned()),
        ("typo", body("m * 2")),
        ("unmoved", body("n + 1")),
    ];
    for (model, patch) in &patches {
        project.predict(model, "mini", patch);
    }
    project.run().ended(0);
    let records = project.records();
    insta::assert_snapshot!(records.table(), @r"
    mini gold resolved
    mini empty unresolved/tests_failed
    mini aborts unresolved/missing_test
    mini cheats unresolved/tests_failed
    mini exits unresolved/missing_test
    mini fix resolved
    mini hangs timed_out
    mini nothing empty
    mini panics unresolved/tests_failed
    mini prose malformed
    mini typo unresolved/build_failed
    mini unmoved empty
    ");
    let seconds = records.of("hangs", "mini")["timing"]["test_s"].as_f64().unwrap();
    assert!((20.0..60.0).contains(&seconds), "stopped within its time, not {seconds} s");
}

#[test]
fn answers_that_are_none_have_outcomes_of_their_own() {
    let project = Project::new(&["a", "b"]);
    let line = |model: &str, fields: Value| {
        let mut line = json!({"instance_id": "a", "model_name_or_path": model});
        line.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        line.to_string() + "\n"
    };
    let fenced = format!("Here it is:\n\n```diff\n{}```\nDone.\n", body("n * 2"));
    let lines = [
        line("blank", json!({"model_patch": ""})),
        line("null", json!({"model_patch": null})),
        line("reply", json!({"reply": fenced, "cost_usd": 0.25, "steps": 3})),
        line("silent", json!({"reply": "I cannot help with that."})),
    ];
    project.write("predictions.jsonl", &lines.concat());
    project
        .kerf(&[&Project::arguments("out")[..], &["--predictions", "predictions.jsonl"]].concat())
        .ended(0);
    let records = project.records();
    insta::assert_snapshot!(records.table(), @r"
    a gold resolved
    a empty unresolved/tests_failed
    a blank empty
    a null empty
    a reply resolved
    a silent malformed
    b gold resolved
    b empty unresolved/tests_failed
    b blank missing
    b null missing
    b reply missing
    b silent missing
    ");
    let reply = records.of("reply", "a");
    assert_eq!(reply["apply"], json!({"format": "unified", "well_formed": false, "rung": "exact"}));
    assert_eq!((&reply["cost"]["usd"], &reply["cost"]["steps"]), (&json!(0.25), &json!(3)));
    for field in ["apply", "tests", "edits", "lint", "context", "run_key"] {
        assert_eq!(records.of("reply", "b")[field], Value::Null, "{field} of a missing prediction");
    }
}

#[test]
fn a_set_up_that_fails_is_no_fault_of_any_patch() {
    let project = Project::new(&["mini"]);
    project.edit("tasks/mini/task.toml", "setup = []", "setup = [\"echo no such tool >&2; exit 3\"]");
    project.predict("m", "mini", &body("n * 2"));
    let ran = project.run().ended(5);
    assert!(
        ran.stderr.contains(
            "mini: invalid: set-up failed: `echo no such tool >&2; exit 3` ended with 3: no such tool"
        ),
        "{}",
        ran.stderr
    );
    insta::assert_snapshot!(project.records().table(), @r"
    mini gold invalid/setup
    mini empty invalid/setup
    mini m invalid/setup
    ");

    // Beside a task that works, the run as a whole is no failure.
    project.task("sound");
    project.run().ended(0);
    assert_eq!(project.records().outcome("gold", "sound"), "resolved");

    // Invalid is no answer: once the set-up works, the same command evaluates these trials.
    project.edit("tasks/mini/task.toml", "setup = [\"echo no such tool >&2; exit 3\"]", "setup = []");
    project.run().ended(0);
    assert_eq!(project.records().outcome("m", "mini"), "resolved");
}
