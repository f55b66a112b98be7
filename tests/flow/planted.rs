//! Ablation on the bundled tasks: code planted beside the reference fix, which no test needs, is told from the fix.
//!
//! `TASKS=all` takes every task in Rust; without it one is taken. The figures are printed.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::util::{Records, files, house, kerf_in};

const SAMPLE: &str = "tempo-half-even";

fn git(folder: &Path, arguments: &[&str]) {
    let identity = ["-c", "user.name=a", "-c", "user.email=a@b"];
    let output = Command::new("git").args(identity).args(arguments).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn copy(from: &Path, to: &Path) {
    for file in files(from) {
        let target = to.join(&file);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(from.join(&file), target).unwrap();
    }
}

/// Puts code into a file that changes nothing: a statement in the first two functions that the base has too, and a function
/// at its end. Returns how many pieces; each has `planted` in its text. A statement in a function that the fix adds would be
/// part of that addition.
fn plant(path: &Path, base: &str, number: usize) -> usize {
    let text = fs::read_to_string(path).unwrap();
    let (mut out, mut planted, mut in_tests) = (String::new(), 0, false);
    for line in text.lines() {
        // Inline tests are the task's own, and nothing in them is tried.
        in_tests |= line.contains("cfg(test)");
        out.push_str(line);
        out.push('\n');
        let head = line.trim_start().trim_start_matches("pub ").trim_start_matches("pub(crate) ");
        let is_old = base.lines().any(|old| old == line);
        if planted < 2 && !in_tests && is_old && head.starts_with("fn ") && line.ends_with('{') {
            let indent = line.len() - line.trim_start().len() + 4;
            let blanks = " ".repeat(indent);
            writeln!(out, "{blanks}std::hint::black_box(\"planted {number} {planted}\".len());").unwrap();
            planted += 1;
        }
    }
    writeln!(
        out,
        "\n/// Adds up.\npub fn planted_{number}(numbers: &[u8]) -> usize {{\n    numbers.iter().map(|n| usize::from(*n)).sum()\n}}"
    )
    .unwrap();
    fs::write(path, out).unwrap();
    planted + 1
}

/// The reference fix of a task with planted code, as a patch, and the number of pieces planted.
fn prediction(folder: &Path, task: &str) -> (String, usize) {
    let toml = fs::read_to_string(house().join("tasks").join(task).join("task.toml")).unwrap();
    let source = toml.lines().find_map(|line| line.strip_prefix("source = \"path:")).unwrap();
    let tree = folder.join("trees").join(task);
    copy(&house().join(source.trim_end_matches('"')), &tree);
    git(&tree, &["init", "-q"]);
    git(&tree, &["add", "-A"]);
    git(&tree, &["commit", "-q", "-m", "base"]);
    let gold = house().join("tasks").join(task).join("gold.patch");
    let base = |path: &str| {
        fs::read_to_string(house().join(source.trim_end_matches('"')).join(path)).unwrap_or_default()
    };
    git(&tree, &["apply", gold.to_str().unwrap()]);
    let gold = fs::read_to_string(gold).unwrap();
    let changed = gold
        .lines()
        .filter_map(|line| line.strip_prefix("+++ b/"))
        .filter(|path| Path::new(path).extension().is_some_and(|extension| extension == "rs"));
    let planted =
        changed.take(2).enumerate().map(|(number, path)| plant(&tree.join(path), &base(path), number)).sum();
    let ran = kerf_in(&tree, ["capture", "--task", task, "--model", "planted", "--patch"]).ended(0);
    (ran.stdout, planted)
}

#[test]
fn planted_code_is_told_from_the_fix() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    let all = std::env::var("TASKS").is_ok_and(|tasks| tasks == "all");
    copy(&house().join("repos"), &place("repos"));
    let mut tasks = Vec::new();
    for entry in fs::read_dir(house().join("tasks")).unwrap().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().join("gold.patch").is_file() && (all || name == SAMPLE) {
            let (patch, planted) = prediction(folder.path(), &name);
            if planted == 0 {
                continue;
            }
            copy(&entry.path(), &place("tasks").join(&name));
            fs::create_dir_all(place("predictions/planted")).unwrap();
            fs::write(place("predictions/planted").join(format!("{name}.diff")), patch).unwrap();
            tasks.push((name, planted));
        }
    }
    tasks.sort();
    let (mut right, mut pieces, mut fix_right, mut fix_wrong, mut open) = (0, 0, 0, 0, 0);
    let (mut extra, mut joined) = (Vec::new(), Vec::new());
    for depth in ["off", "auto", "full"] {
        let line = format!(
            "run --quiet --tasks tasks --predictions predictions --measures edits,context --ablation {depth} --out {depth}"
        );
        kerf_in(folder.path(), line.split(' ')).ended(0);
    }
    let record = |depth: &str, task: &str| Records::read(&place(depth)).of("planted", task).clone();
    let detail = |depth: &str, task: &str| -> Value {
        let key = record(depth, task)["grade_key"].as_str().unwrap().to_owned();
        let file = fs::File::open(place(depth).join(format!("details/{key}.json.zst"))).unwrap();
        serde_json::from_slice(&zstd::decode_all(file).unwrap()).unwrap()
    };
    for (task, planted) in &tasks {
        let full = record("full", task);
        if full["outcome"] != "resolved" {
            println!("{task}: {} with planted code: not counted", full["outcome"]);
            continue;
        }
        for field in ["irrelevant_edit_ratio", "strict", "excess", "by_kind", "marks"] {
            assert_eq!(full["edits"][field], record("off", task)["edits"][field], "{task} {field}");
        }
        let detail_of_full = detail("full", task);
        let went = &detail_of_full["ablation"];
        assert!(went["runs"].as_u64() <= went["cap"].as_u64(), "{task}: {went}");
        // What is planted stands in its own tree: its units are known by their places.
        let mut found = 0;
        let before = (fix_right, fix_wrong, open, right);
        for unit in detail_of_full["units"].as_array().unwrap() {
            let change = &unit["changes"][0];
            let file = &detail_of_full["files"][change["file"].as_u64().unwrap() as usize]["new"];
            let text = fs::read_to_string(place("trees").join(task).join(file.as_str().unwrap_or("-")));
            let text = text.unwrap_or_default();
            let at = |n: usize| change["new"][n].as_u64().unwrap() as usize;
            let (from, to) = (at(0).min(text.len()), at(1).min(text.len()));
            let inside = text.get(from..to).unwrap_or("");
            let counts = ["code", "config", "other"].iter().any(|role| unit["role"] == *role);
            let finding = unit["ablation"]["finding"].as_str().unwrap_or("-");
            if inside.contains("planted") {
                found += 1;
                right += u32::from(finding == "removable");
            } else if counts
                && unit["kind"] != "comment"
                && unit["kind"] != "format"
                && !inside.contains("Adds up")
            {
                match finding {
                    "needed" => fix_right += 1,
                    "removable" => fix_wrong += 1,
                    _ => open += 1,
                }
            }
        }
        pieces += found;
        if found as usize != *planted {
            joined.push(format!("{task}: {planted} pieces planted, {found} units hold them"));
        }
        let runs = detail("auto", task)["ablation"]["runs"].as_u64().unwrap();
        println!(
            "{task}: full {} of at most {} runs{}, auto {runs}; {} of {found} planted pieces removable, fix {} needed, {} removable, \
             {} not settled",
            went["runs"],
            went["cap"],
            if went["capped"] == true { ", capped" } else { "" },
            right - before.3,
            fix_right - before.0,
            fix_wrong - before.1,
            open - before.2,
        );
        extra.push(runs);
    }
    extra.sort_unstable();
    println!("planted pieces named removable: {right} of {pieces}");
    println!("units of the fix: {fix_right} needed, {fix_wrong} removable, {open} not settled");
    println!("runs of auto: median {}, most {}", extra[extra.len() / 2], extra[extra.len() - 1]);
    assert_eq!(joined, Vec::<String>::new(), "planted pieces are units of their own");
    assert!(right * 100 >= pieces * 95, "{right} of {pieces}");
    assert!(extra[extra.len() / 2] <= 2);
}
