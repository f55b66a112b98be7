//! Bad input: each a clear message or outcome, and the rest of the run unharmed.

use std::fs;

use crate::util::{Project, body, kerf_in};

/// Stands beside bad input in each run, to see that nothing else suffers.
fn sound() -> Project {
    let project = Project::new(&["sound"]);
    project.predict("m", "sound", &body("n * 2"));
    project
}

#[test]
fn unreadable_tasks_are_named_and_the_others_run() {
    let project = sound();
    for task in ["broken", "field", "kind", "twin"] {
        project.task(task);
    }
    project.edit("tasks/broken/task.toml", "language = \"rust\"", "language = \"rust");
    project.edit("tasks/field/task.toml", "fail_to_pass", "fail_to_pas");
    project.edit("tasks/kind/task.toml", "timeout = \"120s\"", "timeout = 120");
    project.edit("tasks/twin/task.toml", "id = \"twin\"", "id = \"sound\"");

    let checked = project.kerf(&["task", "check"]).ended(2);
    insta::assert_snapshot!(checked.stderr, @r#"
    tasks/broken/task.toml:3: is no valid TOML: invalid basic string, expected `"`
    tasks/field/task.toml:15: field `test.fail_to_pas`: is unknown; did you mean `fail_to_pass`?
    tasks/kind/task.toml:14: field `test.timeout`: must be a string, not integer
    tasks/twin/task.toml: field `id`: the id `sound` is used twice in this suite (also tasks/sound/task.toml)
    "#);
    assert!(checked.stdout.contains("1 tasks read"), "{}", checked.stdout);

    let ran = project.run().ended(2);
    assert_eq!(
        ran.messages().replace("kerf: ", ""),
        checked.stderr.trim_end(),
        "a run says the same of tasks as their check"
    );
    insta::assert_snapshot!(project.records().table(), @r"
    sound gold resolved
    sound empty unresolved/tests_failed
    sound m resolved
    ");
}

#[test]
fn gold_that_does_not_apply_makes_its_own_task_invalid() {
    let project = sound();
    project.task("stale");
    project.edit("tasks/stale/gold.patch", "-    n + 1", "-    n + 7");
    project.task("wrong");
    project.write("tasks/wrong/gold.patch", &body("n * 4"));
    for task in ["stale", "wrong"] {
        project.predict("m", task, &body("n * 3"));
    }
    let ran = project.run().ended(0);
    assert!(ran.stderr.contains("stale: invalid: gold does not apply to the base"), "{}", ran.stderr);
    insta::assert_snapshot!(project.records().table(), @r"
    sound gold resolved
    sound empty unresolved/tests_failed
    sound m resolved
    stale gold invalid/gold_failed
    stale empty invalid/gold_failed
    stale m invalid/gold_failed
    wrong gold invalid/gold_failed
    wrong empty unresolved/tests_failed
    wrong m invalid/gold_failed
    ");
}

#[test]
fn a_patch_that_leaves_the_tree_writes_nothing_anywhere() {
    let project = sound();
    let new_file =
        |path: &str| format!("{}--- /dev/null\n+++ b/{path}\n@@ -0,0 +1 @@\n+out\n", body("n * 2"));
    let outside = project.path("outside.txt");
    let absolute =
        format!("{}--- /dev/null\n+++ {}\n@@ -0,0 +1 @@\n+out\n", body("n * 2"), outside.display());
    project.predict("climbs", "sound", &new_file("../../../outside.txt"));
    project.predict("absolute", "sound", &absolute);
    project.predict("git", "sound", &new_file(".git/hooks/pre-commit"));
    project.run().ended(0);
    insta::assert_snapshot!(project.records().table(), @r"
    sound gold resolved
    sound empty unresolved/tests_failed
    sound absolute apply_failed/unsafe_path
    sound climbs apply_failed/unsafe_path
    sound git apply_failed/unsafe_path
    sound m resolved
    ");
    let strangers = ["out", "predictions", "repos", "tasks"];
    let mut here: Vec<_> =
        fs::read_dir(project.folder()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    here.sort();
    assert_eq!(here, strangers, "nothing is written beside");
    // The hook would have run as kerf's user: it may stand nowhere in what was kept.
    assert!(!crate::util::files(project.folder()).iter().any(|path| path.ends_with("pre-commit")));
}

#[test]
fn a_line_cut_in_half_costs_only_itself() {
    let project = sound();
    project.task("other");
    let line = |task: &str| {
        serde_json::json!({"instance_id": task, "model_name_or_path": "lines", "model_patch": body("n * 2")})
            .to_string()
    };
    let half = &line("other")[..60];
    project.write("lines.jsonl", &format!("{}\n{half}\n", line("sound")));
    let mut arguments = Project::arguments("out");
    arguments.extend(["--predictions", "lines.jsonl"]);
    let ran = project.kerf(&arguments).ended(2);
    insta::assert_snapshot!(ran.messages(), @"kerf: lines.jsonl:2: is cut short at column 60; the prediction is left out");
    insta::assert_snapshot!(project.records().table(), @r"
    other gold resolved
    other empty unresolved/tests_failed
    other lines missing
    other m missing
    sound gold resolved
    sound empty unresolved/tests_failed
    sound lines resolved
    sound m resolved
    ");
    assert!(ran.stdout.contains("lines"), "the table is printed all the same: {}", ran.stdout);
}

#[test]
fn a_prediction_for_an_unknown_task_is_a_warning() {
    let project = sound();
    project.predict("m", "nowhere", &body("n * 2"));
    let ran = project.run().ended(0);
    insta::assert_snapshot!(ran.messages(), @"kerf: 1 predictions name no task of this suite: nowhere");
    assert_eq!(project.records().0.len(), 3);
}

#[test]
fn no_model_may_be_called_gold() {
    let project = sound();
    project.predict("gold", "sound", &body("n * 5"));
    let ran = project.run().ended(2);
    insta::assert_snapshot!(ran.messages(), @"kerf: predictions/gold/sound.diff: model `gold` is the name of a control; rename the model");
    insta::assert_snapshot!(project.records().table(), @r"
    sound gold resolved
    sound empty unresolved/tests_failed
    sound m resolved
    ");
}

#[test]
fn wrong_usage_ends_with_2_and_says_what_is_known() {
    let project = sound();
    let cases: &[(&[&str], &str)] = &[
        (&["run", "--colour"], "unexpected argument '--colour'"),
        (&["rum"], "a similar subcommand exists: 'run'"),
        (&["run", "--tasks", "tasks", "--measures", "speed"], "known are pass, edits, lint, context"),
        (&["run", "--tasks", "tasks", "--jobs", "0"], "write a number above 0, or auto"),
        (&["run", "--tasks", "tasks", "--seed", "x"], "invalid value 'x'"),
        (&["run", "--tasks", "tasks", "--sandbox", "none"], "say --trust-patches as well"),
        (&["run", "--tasks", "tasks", "--sandbox", "docker"], "known are namespaces, container and none"),
        (&["run", "--tasks", "nowhere"], "nowhere: cannot be read"),
        (&["run", "--tasks", "repos"], "holds no task"),
        (&["run", "--tasks", "tasks", "--predictions", "none.jsonl"], "none.jsonl"),
        (&["run"], "give --tasks, or write [run]"),
        (&["report", "nowhere"], "give a run folder or a records file"),
        (&["report"], "required arguments were not provided"),
        (&["schema", "nothing"], "known are bundle, calibrate, compare, context, detail, diff, grade"),
        (&["diff", "one"], "give OLD NEW"),
    ];
    for (arguments, expected) in cases {
        let ran = project.kerf(arguments);
        assert_eq!(ran.code, Some(2), "{arguments:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(expected), "{arguments:?}: {}", ran.stderr);
        assert_eq!(ran.stdout, "", "{arguments:?}: nothing for a machine to take as a result");
    }
    assert!(!project.path("out").exists() && !project.path("runs").exists(), "nothing was begun");
}

#[test]
fn a_folder_that_is_no_run_is_left_alone() {
    let project = sound();
    project.write("out/records.jsonl", "my own notes\n");
    let ran = project.run();
    assert_ne!(ran.code, Some(0));
    assert!(ran.stderr.contains("is no run folder; choose another --out"), "{}", ran.stderr);
    assert_eq!(fs::read_to_string(project.path("out/records.jsonl")).unwrap(), "my own notes\n");
}

#[test]
fn a_wrong_field_of_kerf_toml_is_named() {
    let project = sound();
    project.write("kerf.toml", "[run]\ntasks = \"tasks\"\npredictons = [\"predictions\"]\n");
    let ran = kerf_in(project.folder(), ["run"]).ended(2);
    assert!(ran.stderr.contains("kerf.toml"), "{}", ran.stderr);
    assert!(ran.stderr.contains("unknown field `predictons`"), "{}", ran.stderr);
}
