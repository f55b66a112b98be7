//! Units for people to label: drawn by a seed, blind, and scored against kerf.

use std::fmt::Write;
use std::fs;

use serde_json::Value;

use crate::util::{Project, body};

fn export<'a>(out: &'a str, seed: &'a str) -> Vec<&'a str> {
    "label export --tasks tasks --predictions predictions --count 6 --out"
        .split(' ')
        .chain([out, "--seed", seed])
        .collect()
}

fn project() -> Project {
    let project = Project::new(&["a", "b"]);
    for task in ["a", "b"] {
        project.predict("secret-model", task, &body("println!(\"DEBUG {n}\");\nn * 2"));
        project.predict("other-model", task, &body("n + n\n// done"));
    }
    project
}

#[test]
fn units_are_drawn_by_a_seed_and_say_neither_model_nor_verdict() {
    let project = project();
    let ran = project.kerf(&export("one", "1")).ended(0);
    assert!(ran.stdout.contains("6 of "), "{}", ran.stdout);
    project.kerf(&export("again", "1")).ended(0);
    project.kerf(&export("other", "2")).ended(0);
    let read = |path: &str| fs::read_to_string(project.path(path)).unwrap();
    for name in ["labels.jsonl", "labels.csv", "sheet.md", "key.jsonl"] {
        assert_eq!(read(&format!("one/{name}")), read(&format!("again/{name}")), "{name}");
    }
    assert_ne!(read("one/labels.jsonl"), read("other/labels.jsonl"));
    for name in ["labels.jsonl", "labels.csv", "sheet.md"] {
        let text = read(&format!("one/{name}"));
        for word in ["secret-model", "other-model", "grade", "\"class\"", "left-over print:"] {
            assert!(!text.contains(word), "{name} says {word}");
        }
    }
    assert!(read("one/key.jsonl").contains("secret-model"));
    project.kerf(&export("one", "1")).ended(2);
}

#[test]
fn raters_and_kerf_are_compared() {
    let project = project();
    project.kerf(&export("out", "1")).ended(0);
    let keys: Vec<Value> = fs::read_to_string(project.path("out/key.jsonl"))
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let truth = |key: &Value| if key["class"] == "irrelevant" { "irrelevant" } else { "relevant" };
    // Two raters who agree with kerf, one of them in a spreadsheet and once unsure; a third who calls everything relevant.
    let mut csv = String::from("id,note,Label\n");
    let (mut lines, mut third) = (String::new(), String::new());
    for (number, key) in keys.iter().enumerate() {
        let id = key["id"].as_str().unwrap();
        writeln!(csv, "{id},\"a, b\",{}", if number == 0 { "unsure" } else { truth(key) }).unwrap();
        writeln!(lines, "{{\"id\":\"{id}\",\"label\":\"{}\"}}", truth(key)).unwrap();
        writeln!(third, "{{\"id\":\"{id}\",\"label\":\"Relevant\"}}").unwrap();
    }
    project.write("ann.csv", &csv);
    project.write("bob.jsonl", &lines);
    project.write("eve.jsonl", &third);
    let ran = project
        .kerf(&["label", "score", "--key", "out/key.jsonl", "--json", "ann.csv", "bob.jsonl"])
        .ended(0);
    let score: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(score["agreement"]["pairs"][0]["agreed"]["count"], 5);
    assert_eq!(score["no_consensus"], 1, "one says unsure, one does not: that is no majority");
    assert_eq!(score["grades_a_and_b"]["precision"]["value"], 1.0);
    assert_eq!(score["grades_a_and_b"]["recall"]["value"], 1.0);
    assert_eq!(score["differences"], Value::Array(Vec::new()));
    let all = ["label", "score", "--key", "out/key.jsonl", "ann.csv", "bob.jsonl", "eve.jsonl"];
    let text = project.kerf(&all).ended(0).stdout;
    assert!(text.contains("ann and bob: 83 % agree of 6") && text.contains("Fleiss' kappa"), "{text}");
    assert!(text.contains("kerf, grades A and B: precision"), "{text}");
}

#[test]
fn labels_that_are_none_are_named_with_their_line() {
    let project = project();
    project.kerf(&export("out", "1")).ended(0);
    let key = fs::read_to_string(project.path("out/key.jsonl")).unwrap();
    let id = serde_json::from_str::<Value>(key.lines().next().unwrap()).unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    for (text, said) in [
        (
            format!("id,label\n{id},maybe\n"),
            "a.csv:2: label: `maybe` is none; write relevant, irrelevant or unsure",
        ),
        (format!("id,label\n{id},relevant\n{id},relevant\n"), "a.csv:3: id: item"),
        ("id,label\nx,relevant\n".to_owned(), "is not in out/key.jsonl"),
        (format!("id\n{id}\n"), "there is no column `label`"),
    ] {
        project.write("a.csv", &text);
        let ran = project.kerf(&["label", "score", "--key", "out/key.jsonl", "a.csv"]).ended(2);
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
    }
}
