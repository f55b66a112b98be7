//! Shards of a plan, joined.
//!
//! In: folders of shards, in any order. Out: the run folder that the plan run at once would have made, to the same bytes,
//! save what is not compared (`environment`, `timing`).
//!
//! Invariant: nothing is written unless every shard is there, once, complete, and of one plan run in one way.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::folder::{at, records_by_trial, write_aside};
use super::info::RunInfo;
use super::plan::{PlanError, PlanFile};
use super::read::{ReadError, read_info};
use crate::evaluate::SinkError;

/// Why shards cannot be joined.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// A folder cannot be read.
    #[error("{0}; merge needs folders that `kerf run --plan P --shard i/n` made")]
    Read(#[from] ReadError),
    /// A shard's plan cannot be read.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// Cannot be joined, for this reason.
    #[error("{0}")]
    Refused(String),
    /// The result cannot be written.
    #[error(transparent)]
    Write(#[from] SinkError),
}

fn refused<T>(why: impl Into<String>) -> Result<T, MergeError> {
    Err(MergeError::Refused(why.into()))
}

struct Piece {
    path: PathBuf,
    info: RunInfo,
    plan: PlanFile,
    index: usize,
    of: usize,
}

/// Joins shards into `out`, and returns what was joined.
pub fn merge(shards: &[PathBuf], out: &Path) -> Result<RunInfo, MergeError> {
    let mut pieces = shards.iter().map(|path| read(path)).collect::<Result<Vec<_>, _>>()?;
    pieces.sort_by(|a, b| (a.index, &a.path).cmp(&(b.index, &b.path)));
    let Some(first) = pieces.first() else { return refused("no shard is given") };
    check(&pieces, first)?;
    let mut lines = BTreeMap::new();
    for piece in &pieces {
        let path = piece.path.join("records.jsonl");
        for (trial, line) in records_by_trial(&path).map_err(at(&path))? {
            if lines.insert(trial.clone(), line).is_some() {
                return refused(format!("{}: trial {trial} is in another shard too", path.display()));
            }
        }
    }
    let order = first.plan.order();
    let mut text = Vec::new();
    for trial in &order {
        let Some(line) = lines.remove(trial) else {
            return refused(format!("no shard holds trial {trial}, though all are said to be complete"));
        };
        text.extend_from_slice(&line);
        text.push(b'\n');
    }
    if let Some(trial) = lines.keys().next() {
        return refused(format!("a shard holds trial {trial}, which is not in the plan"));
    }
    let info = joined(first, &order);
    write(&pieces, out, &text, &info)?;
    Ok(info)
}

fn read(path: &Path) -> Result<Piece, MergeError> {
    let info = read_info(path)?;
    let Some(shard) = info.shard.clone() else {
        return refused(format!("{} is no shard: it was run without --shard", path.display()));
    };
    let plan = PlanFile::read(&path.join("plan.json"))?;
    if plan.id != shard.plan {
        return refused(format!("{}: run.json and plan.json are of different plans", path.display()));
    }
    Ok(Piece { path: path.to_owned(), info, plan, index: shard.index, of: shard.of })
}

fn check(pieces: &[Piece], first: &Piece) -> Result<(), MergeError> {
    let two = |a: &Piece, b: &Piece| format!("{} and {}", a.path.display(), b.path.display());
    for piece in pieces {
        if piece.plan.id != first.plan.id {
            return refused(format!("{} are of different plans", two(first, piece)));
        }
        if piece.of != first.of {
            let both = two(first, piece);
            return refused(format!("{both} are of {} and of {} shards", first.of, piece.of));
        }
    }
    if let Some(pair) = pieces.windows(2).find(|pair| pair[0].index == pair[1].index) {
        return refused(format!("{} are both shard {}/{}", two(&pair[0], &pair[1]), pair[0].index, first.of));
    }
    let there: BTreeSet<usize> = pieces.iter().map(|piece| piece.index).collect();
    let missing: Vec<String> = (1..=first.of)
        .filter(|index| !there.contains(index))
        .map(|index| format!("{index}/{}", first.of))
        .collect();
    if !missing.is_empty() {
        let many = if missing.len() == 1 { "shard" } else { "shards" };
        return refused(format!(
            "{many} {} of the plan not given; run with kerf run --plan P --shard {}",
            missing.join(", "),
            missing[0]
        ));
    }
    for piece in pieces {
        if !piece.info.complete {
            return refused(format!(
                "{}: shard {}/{} is not complete; the same `kerf run` carries it on",
                piece.path.display(),
                piece.index,
                piece.of
            ));
        }
        let differs = [
            ("tools", piece.info.toolchains != first.info.toolchains),
            ("sandbox", piece.info.sandbox != first.info.sandbox),
            ("rules", piece.info.rules != first.info.rules),
            ("options", piece.info.options != first.info.options),
            ("version of kerf", piece.info.kerf != first.info.kerf),
        ];
        if let Some((what, _)) = differs.into_iter().find(|(_, differs)| *differs) {
            let both = two(first, piece);
            return refused(format!("{both} were run with another {what}: joined they would be no one run"));
        }
    }
    Ok(())
}

/// What `run.json` of the whole plan says.
fn joined(first: &Piece, order: &[String]) -> RunInfo {
    let plan = &first.plan;
    RunInfo {
        tasks: plan.task_infos(),
        trials: order.len(),
        plan: blake3::hash(order.join("\n").as_bytes()).to_hex().to_string(),
        inputs: plan.inputs.clone(),
        problems: plan.problems.clone(),
        suite: plan.suite.clone(),
        lock: plan.lock.clone(),
        shard: None,
        complete: true,
        ..first.info.clone()
    }
}

/// Details and logs first, `run.json` last: a merge that was cut off is no run yet, and the same command does it again.
fn write(pieces: &[Piece], out: &Path, records: &[u8], info: &RunInfo) -> Result<(), MergeError> {
    if let Ok(there) = read_info(out) {
        if there.plan != info.plan || there.shard.is_some() {
            return refused(format!("{} holds another run; choose another --out", out.display()));
        }
    } else if out.join("run.json").exists() || out.join("records.jsonl").exists() && !out.join(MARK).exists()
    {
        return refused(format!("{} is no run folder; choose another --out", out.display()));
    }
    for folder in [out.to_owned(), out.join("details"), out.join("logs")] {
        std::fs::create_dir_all(&folder).map_err(at(&folder))?;
    }
    super::folder::remove_leftovers(out);
    write_aside(&out.join(MARK), b"")?;
    for piece in pieces {
        for folder in ["details", "logs"] {
            copy(&piece.path.join(folder), &out.join(folder))?;
        }
    }
    write_aside(&out.join("records.jsonl"), records)?;
    let path = out.join("run.json");
    let mut json = serde_json::to_vec_pretty(info).map_err(|error| at(&path)(error.into()))?;
    json.push(b'\n');
    write_aside(&path, &json)?;
    let mark = out.join(MARK);
    std::fs::remove_file(&mark).map_err(at(&mark))?;
    Ok(())
}

/// There while a merge is under way.
const MARK: &str = ".merging";

fn copy(from: &Path, to: &Path) -> Result<(), SinkError> {
    let mut names: Vec<_> =
        std::fs::read_dir(from).map_err(at(from))?.flatten().map(|entry| entry.file_name()).collect();
    names.sort();
    for name in names {
        let path = from.join(&name);
        let bytes = std::fs::read(&path).map_err(at(&path))?;
        write_aside(&to.join(&name), &bytes)?;
    }
    Ok(())
}
