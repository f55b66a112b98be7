//! Ablation on the bundled tasks: code planted beside the reference fix, which no test needs, is told from the fix.
//!
//! `TASKS=all` takes every task in Rust, `TASKS=NAME,NAME` these; without it one is taken. The figures are printed.

mod minimal;
mod source;

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use self::minimal::minimise;
use self::source::{Base, applied, captured, copy};
use crate::util::{Records, house, kerf_in};

const SAMPLE: &str = "tempo-half-even";

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

/// A fix with planted code, as a patch, and the number of pieces planted. The tree is left with both in it.
fn prediction(base: &Base, fix: &str) -> (String, usize) {
    applied(&base.tree, fix);
    let paths = fix
        .lines()
        .filter_map(|line| line.strip_prefix("+++ b/"))
        .map(|path| path.split('\t').next().unwrap_or(path))
        .filter(|path| Path::new(path).extension().is_some_and(|extension| extension == "rs"));
    let planted = paths
        .take(2)
        .enumerate()
        .map(|(number, path)| {
            let old =
                Command::new("git").args(["show", &format!("HEAD:{path}")]).current_dir(&base.tree).output();
            plant(&base.tree.join(path), &String::from_utf8_lossy(&old.unwrap().stdout), number)
        })
        .sum();
    (captured(&base.tree, &base.task), planted)
}

/// What ablation said of the patches of all tasks.
#[derive(Debug, Default)]
struct Told {
    /// Pieces planted, and of these named removable.
    planted: (usize, usize),
    /// Units of the fixes: needed, removable, not settled.
    fix: [usize; 3],
    /// Runs of `auto`, by task.
    extra: Vec<u64>,
}

/// Evaluates fixes with planted code at each depth, and counts what is said of them.
fn told(folder: &Path, fixes: &[(Base, String)]) -> Told {
    let place = |name: &str| folder.join(name);
    let mut tasks = Vec::new();
    for (base, fix) in fixes {
        let (patch, planted) = prediction(base, fix);
        if planted == 0 {
            println!("{}: nothing could be planted", base.task);
            continue;
        }
        copy(&base.folder, &place("tasks").join(&base.task));
        fs::create_dir_all(place("predictions/planted")).unwrap();
        fs::write(place("predictions/planted").join(format!("{}.diff", base.task)), patch).unwrap();
        tasks.push((base, planted));
    }
    for depth in ["off", "auto", "full"] {
        let line = format!(
            "run --quiet --tasks tasks --predictions predictions --measures edits,context --ablation {depth} --out {depth}"
        );
        kerf_in(folder, line.split(' ')).ended(0);
    }
    let record = |depth: &str, task: &str| Records::read(&place(depth)).of("planted", task).clone();
    let detail = |depth: &str, task: &str| -> Value {
        let key = record(depth, task)["grade_key"].as_str().unwrap().to_owned();
        let file = fs::File::open(place(depth).join(format!("details/{key}.json.zst"))).unwrap();
        serde_json::from_slice(&zstd::decode_all(file).unwrap()).unwrap()
    };
    let (mut told, mut joined) = (Told::default(), Vec::new());
    for (base, planted) in tasks {
        let task = base.task.as_str();
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
        let (mut found, mut right, mut fix) = (0, 0, [0; 3]);
        for unit in detail_of_full["units"].as_array().unwrap() {
            let finding = unit["ablation"]["finding"].as_str().unwrap_or("-");
            match part(&base.tree, &detail_of_full, unit) {
                Part::Planted => {
                    found += 1;
                    right += usize::from(finding == "removable");
                }
                Part::Fix => match finding {
                    "needed" => fix[0] += 1,
                    "removable" => fix[1] += 1,
                    _ => fix[2] += 1,
                },
                Part::Other => {}
            }
        }
        if found != planted {
            joined.push(format!("{task}: {planted} pieces planted, {found} units hold them"));
        }
        let runs = detail("auto", task)["ablation"]["runs"].as_u64().unwrap();
        println!(
            "{task}: full {} of at most {} runs{}, auto {runs}; {right} of {found} planted pieces removable, fix {} needed, \
             {} removable, {} not settled",
            went["runs"],
            went["cap"],
            if went["capped"] == true { ", capped" } else { "" },
            fix[0],
            fix[1],
            fix[2],
        );
        told.planted = (told.planted.0 + found, told.planted.1 + right);
        for (sum, more) in told.fix.iter_mut().zip(fix) {
            *sum += more;
        }
        told.extra.push(runs);
    }
    told.extra.sort_unstable();
    println!("planted pieces named removable: {} of {}", told.planted.1, told.planted.0);
    println!(
        "units of the fix: {} needed, {} removable, {} not settled",
        told.fix[0], told.fix[1], told.fix[2]
    );
    println!("runs of auto: median {}, most {}", told.median(), told.extra.last().copied().unwrap_or(0));
    assert_eq!(joined, Vec::<String>::new(), "planted pieces are units of their own");
    told
}

impl Told {
    fn median(&self) -> u64 {
        self.extra.get(self.extra.len() / 2).copied().unwrap_or(0)
    }
}

/// What a unit is a part of.
enum Part {
    Planted,
    Fix,
    /// Comments, white space, tests, documentation.
    Other,
}

/// What is planted stands in its own tree: its units are known by their places.
fn part(tree: &Path, detail: &Value, unit: &Value) -> Part {
    let change = &unit["changes"][0];
    let file = &detail["files"][change["file"].as_u64().unwrap() as usize]["new"];
    let text = fs::read_to_string(tree.join(file.as_str().unwrap_or("-"))).unwrap_or_default();
    let at = |n: usize| (change["new"][n].as_u64().unwrap() as usize).min(text.len());
    let inside = text.get(at(0)..at(1)).unwrap_or("");
    let counts = ["code", "config", "other"].iter().any(|role| unit["role"] == *role);
    if inside.contains("planted") {
        Part::Planted
    } else if counts && unit["kind"] != "comment" && unit["kind"] != "format" && !inside.contains("Adds up") {
        Part::Fix
    } else {
        Part::Other
    }
}

/// Tasks of folders that `TASKS` names, separated by commas; `all` means every task; by default a sample.
fn bases(trees: &Path, folders: &[&str]) -> Vec<Base> {
    let wanted = std::env::var("TASKS").unwrap_or_else(|_| SAMPLE.to_owned());
    let mut paths: Vec<PathBuf> = Vec::new();
    for folder in folders {
        let entries = fs::read_dir(house().join(folder)).unwrap().flatten();
        paths.extend(entries.map(|entry| entry.path()).filter(|path| path.join("task.toml").is_file()));
    }
    paths.sort();
    paths
        .iter()
        .filter(|path| {
            let name = path.file_name().unwrap().to_string_lossy();
            wanted == "all" || wanted.split(',').any(|one| one == name)
        })
        .filter_map(|path| Base::of(path, trees))
        .collect()
}

#[test]
fn planted_code_is_told_from_the_fix() {
    let folder = tempfile::tempdir().unwrap();
    copy(&house().join("repos"), &folder.path().join("repos"));
    let bases = bases(&folder.path().join("trees"), &["tasks"]);
    let fixes: Vec<(Base, String)> = bases
        .into_iter()
        .map(|base| {
            let gold = base.gold.clone();
            (base, gold)
        })
        .collect();
    let told = told(folder.path(), &fixes);
    let (pieces, right) = told.planted;
    assert!(right * 100 >= pieces * 95, "{right} of {pieces}");
    assert!(told.median() <= 2);
}

/// Fixes taken down until no piece can go, bundled ones and those of published crates; then what is needed is known too.
#[test]
fn of_a_minimal_fix_with_planted_code_all_is_named_right() {
    let folder = tempfile::tempdir().unwrap();
    copy(&house().join("repos"), &folder.path().join("repos"));
    let all = std::env::var("TASKS").is_ok_and(|tasks| tasks != SAMPLE);
    let folders: &[&str] = if all { &["tasks", "tasks/real"] } else { &["tasks"] };
    let minimal = minimise(folder.path(), bases(&folder.path().join("trees"), folders));
    for one in &minimal {
        println!("{}: minimal with {} pieces", one.base.task, one.pieces);
    }
    let fixes: Vec<(Base, String)> = minimal.into_iter().map(|one| (one.base, one.patch)).collect();
    let told = told(folder.path(), &fixes);
    let (pieces, removable) = told.planted;
    let [needed, wrong, open] = told.fix;
    let (right, of) = (removable + needed, pieces + needed + wrong + open);
    println!("named right: {right} of {of}; a unit of a minimal fix called removable: {wrong}");
    assert!(right * 100 >= of * 95, "{right} of {of}");
}
