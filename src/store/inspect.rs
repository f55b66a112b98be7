//! A run's records one by one, whatever state the file is in.
//!
//! In: a run folder. Out: every record that can be read, and every line that cannot, by number: where [`super::read_run`]
//! stops at the first damage, an inspection names all of it.

use std::collections::BTreeSet;
use std::path::Path;

use super::info::RunInfo;
use super::read::{ReadError, read_info};
use crate::evaluate::Record;

/// A line that is no record of its own.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct BadLine {
    /// 1-based line of `records.jsonl`.
    pub line: usize,
    /// What is wrong with it.
    pub detail: String,
}

/// A run folder, read as far as it can be.
#[derive(Debug, Clone, PartialEq)]
pub struct Inspection {
    /// `run.json`.
    pub info: RunInfo,
    /// The first record of each trial, in the order of the file.
    pub records: Vec<Record>,
    /// Lines that hold none, or another record of a trial.
    pub bad: Vec<BadLine>,
}

/// Reads a run folder. Only a folder without a readable `run.json` or without records is an error.
pub fn inspect_run(path: &Path) -> Result<Inspection, ReadError> {
    let info = read_info(path)?;
    let file = path.join("records.jsonl");
    let text = std::fs::read(&file).map_err(|source| ReadError::Io { path: file, source })?;
    let mut found = Inspection { info, records: Vec::new(), bad: Vec::new() };
    let mut known = BTreeSet::new();
    for (at, line) in text.split(|byte| *byte == b'\n').enumerate() {
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let mut bad = |detail: String| found.bad.push(BadLine { line: at + 1, detail });
        match serde_json::from_slice::<Record>(line) {
            Err(error) => bad(format!("is no record: {error}")),
            Ok(record) if !known.insert(record.trial.clone()) => {
                bad(format!("is another record of trial {}", record.trial));
            }
            Ok(record) => found.records.push(record),
        }
    }
    Ok(found)
}
