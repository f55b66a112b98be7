//! Prints verdicts on folders of patches named by environment variables at build time; for reading, not for proof.

use std::path::Path;

use super::*;
use crate::metric::figures::{Mode, figures};
use crate::patch::{Overlaid, TreeChanges, apply, parse};

fn changed_files(base: &dyn Tree, changes: &TreeChanges) -> Vec<ChangedFile> {
    let side = |path: &str, blob: Blob| Side {
        path: path.to_owned(),
        mode: blob.mode,
        bytes: Arc::from(blob.bytes),
    };
    let pair = |(path, blob): (&String, &Option<Blob>)| ChangedFile {
        old: base.blob(path).map(|blob| side(path, blob)),
        new: blob.clone().map(|blob| side(path, blob)),
    };
    changes.iter().map(pair).collect()
}

fn show(name: &str, base: &dyn Tree, patch: &[u8], gold: Option<&Diff>, statement: Option<&str>) {
    let applied = match apply(base, patch) {
        Ok(applied) => applied,
        Err(error) => return println!("## {name}: {error}"),
    };
    let diff = diff(&changed_files(base, &applied.changes));
    let found = classify(&Input { diff: &diff, gold, statement, allow: None, base });
    let figures = figures(&diff, &found, Mode::Trial);
    println!(
        "## {name}: ratio {:.2?} strict {:.2?} upper {:.2?} excess {} {:?}",
        figures.irrelevant_edit_ratio, figures.strict, figures.upper, figures.excess, figures.by_kind
    );
    for found in &found {
        let unit = &diff.units[found.unit];
        let path = diff.files[unit.changes[0].file].new.clone().unwrap_or_default();
        let text: String = line(&diff, found).chars().take(230).collect();
        println!(
            "  {path}:{} {:?} w{} {text}   -- {}",
            unit.changes[0].new_lines[0], unit.role, unit.weight, found.why
        );
    }
}

#[test]
#[ignore = "needs KERF_TEMPO: a folder with repos, tasks and predictions"]
fn fixtures() {
    let Some(root) = option_env!("KERF_TEMPO") else { return };
    let root = Path::new(root);
    let mut base = Files::default();
    let mut folders = vec![root.join("repos/tempo")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(root.join("repos/tempo")).unwrap().to_str().unwrap().to_owned();
                base.0.insert(name, std::fs::read(path).unwrap());
            }
        }
    }
    for task in ["day-either", "fractions", "half-even", "wait-time", "wheel-jump"] {
        let folder = root.join(format!("tasks/tempo-{task}"));
        let statement = std::fs::read_to_string(folder.join("statement.md")).unwrap();
        let gold = std::fs::read(folder.join("gold.patch")).unwrap();
        let applied = apply(&base, &gold).unwrap();
        let gold_diff = diff(&changed_files(&base, &applied.changes));
        show(&format!("gold {task}"), &base, &gold, None, Some(&statement));
        for profile in ["focused", "sprawling", "careless", "local-only"] {
            let patch = std::fs::read(root.join(format!("predictions/{profile}/tempo-{task}.diff"))).unwrap();
            show(&format!("{profile} {task}"), &base, &patch, Some(&gold_diff), Some(&statement));
        }
    }
}

#[test]
#[ignore = "needs KERF_DATA (tasks and predictions) and KERF_MIRROR (a bare repository)"]
fn predictions() {
    let (Some(data), Some(mirror)) = (option_env!("KERF_DATA"), option_env!("KERF_MIRROR")) else { return };
    let read = |name: &str| -> Vec<serde_json::Value> {
        let text = std::fs::read_to_string(Path::new(data).join(name)).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let text = |value: &serde_json::Value, key: &str| value[key].as_str().unwrap_or_default().to_owned();
    let predictions = read("rust-predictions.jsonl");
    for task in read("rust-tasks.jsonl") {
        let base = crate::repo::open_local(Path::new(mirror), &text(&task, "base_commit")).unwrap();
        let gold_changes = base.changes_to("mirror", &text(&task, "gold_commit")).unwrap();
        let tests: Vec<String> =
            task["test_files"].as_array().unwrap().iter().map(|v| v.as_str().unwrap().to_owned()).collect();
        let gold_changes: TreeChanges =
            gold_changes.into_iter().filter(|(path, _)| !tests.contains(path)).collect();
        let gold = diff(&changed_files(&base, &gold_changes));
        let statement = text(&task, "problem_statement");
        let id = text(&task, "instance_id");
        for (what, statement) in [("with statement", Some(statement.as_str())), ("alone", None)] {
            let found = classify(&Input { diff: &gold, gold: None, statement, allow: None, base: &base });
            let measured = figures(&gold, &found, Mode::Trial);
            println!(
                "## GOLD {id} {what}: {:.3?} strict {:.3?} {:?}",
                measured.irrelevant_edit_ratio, measured.strict, measured.by_kind
            );
            for found in found.iter().filter(|found| found.class == Class::Irrelevant) {
                let path = diff_path(&gold, found);
                println!(
                    "  {path} {}   -- {}",
                    line(&gold, found).chars().take(230).collect::<String>(),
                    found.why
                );
            }
        }
        let overlaid = Overlaid { base: &base, changes: &gold_changes };
        assert!(!overlaid.paths().is_empty());
        for prediction in predictions.iter().filter(|p| text(p, "instance_id") == id) {
            let name = format!("{id} {}", text(prediction, "model_name_or_path"));
            let patch = text(prediction, "model_patch");
            assert!(parse(patch.as_bytes()).files.len() < 10_000);
            show(&name, &base, patch.as_bytes(), Some(&gold), Some(&statement));
        }
    }
}

fn diff_path(diff: &Diff, found: &Classified) -> String {
    let unit = &diff.units[found.unit];
    format!(
        "{}:{}",
        diff.files[unit.changes[0].file].new.clone().unwrap_or_default(),
        unit.changes[0].new_lines[0]
    )
}
