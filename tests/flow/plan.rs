//! Plans and shards: parts run apart, joined in any order, are the run at once.

use std::fs;

use serde_json::Value;

use crate::util::{Project, body, files, without_machine};

fn project() -> Project {
    let project = Project::new(&["a", "b", "c"]);
    for task in ["a", "b", "c"] {
        project.predict("one", task, &body("n * 2"));
    }
    project.predict("two", "a", &body("n * 3"));
    project.predict("two", "c", &body("n + n"));
    project
}

const PLAN: [&str; 8] =
    ["plan", "--tasks", "tasks", "--predictions", "predictions", "--measures", "pass", "--shards=2"];

fn shard(project: &Project, part: &str, out: &str) -> crate::util::Ran {
    project.kerf(&["run", "--plan", "plan.json", "--shard", part, "--jobs", "2", "--out", out])
}

/// `run.json` without what is not compared.
fn info(project: &Project, out: &str) -> Value {
    let text = fs::read_to_string(project.path(out).join("run.json")).unwrap();
    let mut info: Value = serde_json::from_str(&text).unwrap();
    assert!(info.as_object_mut().unwrap().shift_remove("environment").is_some());
    info
}

#[test]
fn shards_joined_in_any_order_are_the_run_at_once() {
    let project = project();
    project.run().ended(0);
    let planned = project.kerf(&[&PLAN[..], &["--timings", "out"]].concat()).ended(0);
    assert!(
        planned.stdout.starts_with("suite tasks · 3 tasks on 1 snapshots · 12 trials · about"),
        "{}",
        planned.stdout
    );
    assert!(!planned.stdout.contains("assumed"), "{}", planned.stdout);
    let plan: Value = serde_json::from_str(&fs::read_to_string(project.path("plan.json")).unwrap()).unwrap();
    let group = &plan["groups"][0];
    assert_eq!(group["tasks"].as_array().unwrap().len(), 3);
    assert_eq!(
        (&group["basis"], &group["tasks"][0]["trials"][2]["basis"]),
        (&"task".into(), &"trial".into())
    );
    assert!(group["tasks"][0]["controls_s"].as_f64().unwrap() > 0.0);

    for (part, out) in [("1/2", "s1"), ("2/2", "s2")] {
        let ran = shard(&project, part, out).ended(0);
        assert!(ran.stderr.contains(&format!("this is shard {part}")), "{}", ran.stderr);
    }
    let counts = ["s1", "s2"].map(|out| crate::util::Records::read(&project.path(out)).0.len());
    assert!(counts.iter().all(|count| *count > 0) && counts.iter().sum::<usize>() == 12, "{counts:?}");
    for (order, out) in [(["s1", "s2"], "m12"), (["s2", "s1"], "m21")] {
        project.kerf(&["merge", order[0], order[1], "--out", out]).ended(0);
        assert_eq!(without_machine(&project.path(out)), without_machine(&project.path("out")));
        assert_eq!(info(&project, out), info(&project, "out"));
        assert_eq!(files(&project.path(out)), {
            let mut expected = files(&project.path("out"));
            expected.retain(|path| path != ".lock");
            expected
        });
    }
    assert_eq!(
        fs::read(project.path("m12/records.jsonl")).unwrap(),
        fs::read(project.path("m21/records.jsonl")).unwrap()
    );
    // The plan run without shards is the run at once, too.
    project.kerf(&["run", "--plan", "plan.json", "--jobs", "2", "--out", "whole"]).ended(0);
    assert_eq!(without_machine(&project.path("whole")), without_machine(&project.path("out")));
    assert_eq!(info(&project, "whole"), info(&project, "out"));
}

#[test]
fn what_cannot_be_joined_is_named() {
    let project = project();
    project.kerf(&PLAN).ended(0);
    for (part, out) in [("1/2", "s1"), ("2/2", "s2"), ("1/2", "again")] {
        shard(&project, part, out).ended(0);
    }
    fs::create_dir(project.path("half")).unwrap();
    for file in files(&project.path("s2")) {
        fs::create_dir_all(project.path("half").join(&file).parent().unwrap()).unwrap();
        fs::copy(project.path("s2").join(&file), project.path("half").join(&file)).unwrap();
    }
    project.edit("half/run.json", "\"complete\": true", "\"complete\": false");
    project.kerf(&[&PLAN[..], &["--seed", "7", "--out", "other.json"]].concat()).ended(0);
    let other = ["run", "--plan", "other.json", "--shard", "2/2", "--jobs", "2", "--out", "other"];
    project.kerf(&other).ended(0);
    project.run().ended(0);

    let said = |shards: &[&str]| {
        let ran = project.kerf(&[&["merge", "--out", "m"], shards].concat()).ended(2);
        assert!(!project.path("m").exists(), "nothing is written");
        ran.messages()
    };
    insta::assert_snapshot!(said(&["s1"]), @"kerf: shard 2/2 of the plan not given; run with kerf run --plan P --shard 2/2");
    insta::assert_snapshot!(said(&["s1", "again", "s2"]), @"kerf: again and s1 are both shard 1/2");
    insta::assert_snapshot!(said(&["s1", "half"]), @"kerf: half: shard 2/2 is not complete; the same `kerf run` carries it on");
    insta::assert_snapshot!(said(&["s1", "other"]), @"kerf: s1 and other are of different plans");
    insta::assert_snapshot!(said(&["s1", "out"]), @"kerf: out is no shard: it was run without --shard");
    let gone = said(&["s1", "nowhere"]);
    assert!(gone.contains("nowhere/run.json"), "{gone}");

    for part in ["3/2", "0/2", "1", "a/b"] {
        let ran = shard(&project, part, "s3").ended(2);
        assert!(ran.messages().contains("write i/n with i from 1 to n"), "{}", ran.stderr);
    }
    // Inputs that are no longer those of the plan.
    project.predict("two", "c", &body("n + n + 0"));
    let ran = shard(&project, "1/2", "s3").ended(2);
    assert!(
        ran.messages().contains("the prediction of two on c, sample 0 is missing or another one"),
        "{}",
        ran.stderr
    );
    project.edit("plan.json", "\"trials\": 12", "\"trials\": 13");
    project.edit("plan.json", "\"seed\": 0", "\"seed\": 1");
    let ran = shard(&project, "1/2", "s3").ended(2);
    assert!(ran.messages().contains("changed by hand"), "{}", ran.stderr);
}
