//! Fixes known to be minimal: of a reference fix everything is taken out that the tests let go, piece by piece, each
//! tried as a prediction of its own. Nothing of ablation has a part in it.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::source::Base;
use crate::util::{Records, kerf_in};

/// Fixes of more pieces are left out: each is a trial a round.
const MOST: usize = 24;

/// A task with a fix of which no piece can go.
pub struct Minimal {
    pub base: Base,
    pub patch: String,
    /// Pieces that are left, each shown to be needed.
    pub pieces: usize,
}

/// Pieces that change what a program does.
fn pieces(tree: &Path, patch: &str) -> Vec<String> {
    let file = tree.with_extension("patch");
    fs::write(&file, patch).unwrap();
    let shown = kerf_in(tree, ["diff", "--repo", ".", "--patch", file.to_str().unwrap(), "--json"]).ended(0);
    let diff: Value = serde_json::from_str(&shown.stdout).unwrap();
    let counts = |unit: &&Value| {
        ["code", "config", "other"].iter().any(|role| unit["role"] == *role)
            && !["comment", "format"].iter().any(|kind| unit["kind"] == *kind)
    };
    let units = diff["units"].as_array().unwrap().iter().filter(counts);
    units.map(|unit| unit["id"].as_str().unwrap().to_owned()).collect()
}

/// The patch without pieces and what needs them.
fn without(tree: &Path, patch: &str, pieces: &[String]) -> String {
    let file = tree.with_extension("patch");
    fs::write(&file, patch).unwrap();
    let pieces = pieces.join(",");
    let line = ["diff", "--repo", ".", "--patch", file.to_str().unwrap(), "--revert", &pieces];
    kerf_in(tree, line).ended(0).stdout
}

/// What is to be tried in a round: the fix as it is, and without each piece.
struct Round {
    pieces: Vec<String>,
    done: bool,
}

/// Takes fixes down until no piece can go. Tasks whose fix has too many pieces, or does not resolve, are said and left out.
pub fn minimise(folder: &Path, bases: Vec<Base>) -> Vec<Minimal> {
    let mut left: Vec<(Minimal, Round)> = Vec::new();
    for base in bases {
        let number = pieces(&base.tree, &base.gold).len();
        if number > MOST {
            println!("{}: {number} pieces in the reference fix, not tried", base.task);
            continue;
        }
        let patch = base.gold.clone();
        left.push((Minimal { base, patch, pieces: number }, Round { pieces: Vec::new(), done: false }));
    }
    for round in 0.. {
        let out = format!("minimise-{round}");
        let place = folder.join(&out);
        let write = |model: &str, task: &str, patch: &str| {
            fs::create_dir_all(place.join("predictions").join(model)).unwrap();
            fs::write(place.join("predictions").join(model).join(format!("{task}.diff")), patch).unwrap();
        };
        for (one, state) in left.iter_mut().filter(|(_, state)| !state.done) {
            super::source::copy(&one.base.folder, &place.join("tasks").join(&one.base.task));
            state.pieces = pieces(&one.base.tree, &one.patch);
            write("whole", &one.base.task, &one.patch);
            for piece in &state.pieces {
                let patch = without(&one.base.tree, &one.patch, std::slice::from_ref(piece));
                write(piece, &one.base.task, &patch);
            }
        }
        if !place.exists() {
            break;
        }
        let records = run(folder, &out);
        for (one, state) in left.iter_mut().filter(|(_, state)| !state.done) {
            let task = one.base.task.as_str();
            let resolves = |model: &str| records.of(model, task)["outcome"] == "resolved";
            if !resolves("whole") {
                println!("{task}: the fix itself comes out as {}", records.of("whole", task)["outcome"]);
                (state.done, one.pieces) = (true, 0);
                continue;
            }
            let removable: Vec<String> =
                state.pieces.iter().filter(|piece| resolves(piece)).cloned().collect();
            // Several that can go one by one need not go together: one a round.
            let Some(first) = removable.first() else {
                (state.done, one.pieces) = (true, state.pieces.len());
                continue;
            };
            let all = without(&one.base.tree, &one.patch, &removable);
            let together = removable.len() > 1 && !all.trim().is_empty() && tried(folder, &out, one, &all);
            let first = std::slice::from_ref(first);
            one.patch = if together { all } else { without(&one.base.tree, &one.patch, first) };
        }
    }
    left.retain(|(one, _)| one.pieces > 0);
    left.into_iter().map(|(one, _)| one).collect()
}

/// Whether a patch resolves its task.
fn tried(folder: &Path, out: &str, one: &Minimal, patch: &str) -> bool {
    let task = &one.base.task;
    let out = format!("{out}/together/{task}");
    let place = folder.join(&out);
    super::source::copy(&one.base.folder, &place.join("tasks").join(task));
    fs::create_dir_all(place.join("predictions/all")).unwrap();
    fs::write(place.join(format!("predictions/all/{task}.diff")), patch).unwrap();
    run(folder, &out).of("all", task)["outcome"] == "resolved"
}

/// Tests alone: no edit units, no ablation.
fn run(folder: &Path, place: &str) -> Records {
    let line = format!(
        "run --quiet --tasks {place}/tasks --predictions {place}/predictions --measures pass --out {place}/run"
    );
    kerf_in(folder, line.split(' ')).ended(0);
    Records::read(&folder.join(place).join("run"))
}
