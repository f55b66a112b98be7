//! A run, run again: nothing is found in an honest one, and exactly what was altered in another.

use std::fs;

use serde_json::Value;

use crate::util::{Project, Ran, body};

fn verify(project: &Project, arguments: &[&str]) -> Ran {
    let all: Vec<&str> = ["verify", "out", "--json"].iter().chain(arguments).copied().collect();
    project.kerf(&all)
}

fn json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap()
}

#[test]
fn an_honest_run_stands_and_an_altered_one_does_not() {
    let project = Project::new(&["a"]);
    project.predict("right", "a", &body("n * 2"));
    project.predict("wrong", "a", &body("n * 3"));
    project.run().ended(0);
    let written = fs::read(project.path("out/records.jsonl")).unwrap();

    let found = json(&verify(&project, &["--sample", "all"]).ended(0));
    assert_eq!((&found["sampled"], &found["equal"]), (&4.into(), &4.into()), "{found}");
    assert_eq!(found["changed"], Value::Array(vec![]));
    assert_eq!(fs::read(project.path("out/records.jsonl")).unwrap(), written, "the run is only read");

    // One trial better than it is: found in the smallest sample, since its outcome is a stratum of its own.
    let text = String::from_utf8(written).unwrap();
    let lines: Vec<String> = text
        .lines()
        .map(|line| {
            if line.contains("\"wrong\"") {
                line.replacen("\"unresolved\"", "\"partial\"", 1)
            } else {
                line.to_owned()
            }
        })
        .collect();
    project.write("out/records.jsonl", &(lines.join("\n") + "\n"));
    let found = json(&verify(&project, &["--sample", "1"]).ended(6));
    assert_eq!(found["differences"].as_array().unwrap().len(), 1, "{found}");
    let difference = &found["differences"][0];
    assert_eq!((&difference["trial"]["model"], &difference["trial"]["task"]), (&"wrong".into(), &"a".into()));
    let fields = serde_json::json!([{"field": "outcome", "was": "partial", "now": "unresolved"}]);
    assert_eq!(difference["fields"], fields);
    let said = project.kerf(&["verify", "out", "--sample", "all"]).ended(6).stdout;
    assert!(said.contains("outcome: was \"partial\", is \"unresolved\""), "{said}");

    // A record gone, a line that is none, and a prediction that is no longer there.
    let right = lines.iter().position(|line| line.contains("\"right\"")).unwrap();
    let mut damaged = lines.clone();
    damaged[right] = damaged[right].replacen("resolved", "half a", 1);
    project.write("out/records.jsonl", &(damaged.join("\n") + "\n"));
    fs::remove_dir_all(project.path("predictions/wrong")).unwrap();
    let found = json(&verify(&project, &[]).ended(6));
    assert_eq!(found["missing"][0]["model"], "right");
    assert_eq!(found["unreadable"][0]["line"], right + 1);
    assert_eq!(found["unplanned"][0]["model"], "wrong");
    assert_eq!(found["changed"][0]["what"], "plan", "{found}");
}

#[test]
fn bad_input_is_told() {
    let project = Project::new(&["a"]);
    for (arguments, message) in [
        (vec!["verify", "nowhere"], "verify needs the folder of a finished run"),
        (vec!["verify", "out", "--sample", "0%"], "write 5%, 20 or all"),
    ] {
        let ran = project.kerf(&arguments).ended(2);
        assert!(ran.stderr.contains(message), "{}", ran.stderr);
    }
}
