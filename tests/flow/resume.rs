//! The same command again: it answers from records, runs what is new, and gives the same bytes anywhere.

use std::fs;
use std::time::Instant;

use crate::util::{Project, body, command, files, without_machine};

fn with_two_models() -> Project {
    let project = Project::new(&["a", "b"]);
    for task in ["a", "b"] {
        project.predict("one", task, &body("n * 2"));
        project.predict("two", task, &body("n + n"));
    }
    project
}

#[test]
fn a_finished_run_answers_from_its_records() {
    let project = with_two_models();
    let first = project.run().ended(0);
    let bytes = fs::read(project.path("out/records.jsonl")).unwrap();
    let written = files(&project.path("out"));

    // With a cache of its own that stays without a snapshot: nothing is made ready, so nothing runs.
    let cache = tempfile::tempdir().unwrap();
    let begin = Instant::now();
    let mut again = command(env!("CARGO_BIN_EXE_kerf"));
    again.args(Project::arguments("out")).current_dir(project.folder()).env("KERF_CACHE", cache.path());
    let second = crate::util::Ran::new(&again.output().unwrap()).ended(0);
    let elapsed = begin.elapsed();
    assert!(!cache.path().join("snapshots").exists());
    assert_eq!(second.stderr, "", "nothing was run");
    assert_eq!(second.stdout, first.stdout);
    assert_eq!(fs::read(project.path("out/records.jsonl")).unwrap(), bytes);
    assert_eq!(files(&project.path("out")), written);
    assert!(elapsed.as_secs() < 10, "took {elapsed:?}");
}

#[test]
fn only_a_changed_prediction_runs_again() {
    let project = with_two_models();
    project.run().ended(0);
    let before = project.records();
    project.predict("two", "b", &body("n * 3"));
    let ran = project.run().ended(0);
    let done: Vec<&str> = ran
        .stderr
        .lines()
        .filter(|line| line.contains(" · "))
        .filter_map(|line| line.split_once(' ')?.1.into())
        .collect();
    assert_eq!(done, ["b · two: unresolved"], "{}", ran.stderr);
    assert!(!ran.stderr.contains("a: set up"), "task a is not made ready: {}", ran.stderr);
    let after = project.records();
    assert_eq!(after.0.len(), before.0.len());
    for (old, new) in before.0.iter().zip(&after.0) {
        let changed = old["task"] == "b" && old["model"] == "two";
        // Timings too: a kept record is the very line that stood there.
        assert_eq!(old == new, !changed, "{old}\n{new}");
    }
}

#[test]
fn a_new_model_and_a_removed_one() {
    let project = with_two_models();
    project.run().ended(0);
    project.predict("three", "a", &body("2 * n"));
    fs::remove_dir_all(project.path("predictions/one")).unwrap();
    project.run().ended(0);
    insta::assert_snapshot!(project.records().table(), @r"
    a gold resolved
    a empty unresolved/tests_failed
    a three resolved
    a two resolved
    b gold resolved
    b empty unresolved/tests_failed
    b two resolved
    b three missing
    ");
}

#[test]
fn a_changed_task_runs_all_of_its_trials_again() {
    let project = with_two_models();
    project.run().ended(0);
    let before = project.records();
    project.edit(
        "tasks/b/task.toml",
        "fail_to_pass = [\"tests/sums.rs::doubles\"]",
        "fail_to_pass = [\"tests/sums.rs::triples\"]",
    );
    project.run().ended(0);
    let after = project.records();
    assert_eq!(before.of("one", "a"), after.of("one", "a"));
    assert_ne!(before.of("one", "b")["run_key"], after.of("one", "b")["run_key"]);
    assert_eq!(after.outcome("empty", "b"), "resolved", "the new list asks for nothing new");
}

#[test]
fn identical_patches_run_once() {
    let project = Project::new(&["a"]);
    for model in ["one", "three", "two"] {
        project.predict(model, "a", &body("n + n"));
    }
    // Another text with the same effect is the same tree.
    project.predict("four", "a", &format!("\n\nAs asked:\n{}", body("n + n")));
    project.run().ended(0);
    let records = project.records();
    let key = &records.of("one", "a")["run_key"];
    for model in ["two", "three", "four"] {
        assert_eq!(&records.of(model, "a")["run_key"], key, "{model}");
        assert_eq!(records.outcome(model, "a"), "resolved");
    }
    assert_ne!(&records.of("gold", "a")["run_key"], key);
    let logs = files(&project.path("out/logs"));
    let runs = logs.iter().filter(|name| name.ends_with(".test.json.zst")).count();
    assert_eq!(runs, 4, "base, empty, gold and one for all four: {logs:?}");
    let mut trials = records.trials();
    trials.sort();
    trials.dedup();
    assert_eq!(trials.len(), 6, "they are trials of their own all the same");
}

#[test]
fn same_inputs_same_bytes_wherever_and_however_many_at_once() {
    let all_measures = |project: &Project, jobs: &str, seed: &str| {
        let arguments = [
            "run",
            "--tasks",
            "tasks",
            "--predictions",
            "predictions",
            "--out",
            "out",
            "--jobs",
            jobs,
            "--seed",
            seed,
        ];
        project.kerf(&arguments).ended(0);
        (without_machine(&project.path("out")), files(&project.path("out/details")))
    };
    let make = || {
        let project = with_two_models();
        project.predict(
            "two",
            "b",
            &format!("{}--- /dev/null\n+++ b/notes.txt\n@@ -0,0 +1 @@\n+todo\n", body("n+n")),
        );
        project
    };
    let (first, second) = (make(), make());
    let alone = all_measures(&first, "1", "1");
    assert_eq!(all_measures(&second, "2", "1"), alone);
    let edits = &first.records().of("two", "b").clone()["edits"];
    assert!(edits["irrelevant_edit_ratio"].as_f64().unwrap() > 0.0, "there is something to compare: {edits}");
    for name in &alone.1 {
        let read = |project: &Project| {
            let packed = fs::read(project.path("out/details").join(name)).unwrap();
            let json = zstd::decode_all(packed.as_slice()).unwrap();
            let mut detail: serde_json::Value = serde_json::from_slice(&json).unwrap();
            // Where a test stands in the log is up to the test threads.
            for test in detail["tests"].as_array_mut().unwrap() {
                test["line"].take();
            }
            detail.to_string()
        };
        assert_eq!(read(&first), read(&second), "{name}");
    }
    // Other options, other grades: the comparison above could have failed.
    assert_ne!(all_measures(&make(), "2", "2"), alone);
}
