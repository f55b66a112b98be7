//! Reading run folders, whole or records alone.

use std::path::{Path, PathBuf};

use super::info::RunInfo;
use super::stream::each_record;
use crate::evaluate::Record;

/// Why a run cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Nothing there.
    #[error("{path}: {source}")]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A line or file is no record or run.
    #[error("{path}:{line}: {detail}")]
    Malformed {
        /// Where.
        path: PathBuf,
        /// 1-based.
        line: usize,
        /// What is wrong.
        detail: String,
    },
}

/// A run as read.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// `run.json`, where there is one.
    pub info: Option<RunInfo>,
    /// Records in the order of the file.
    pub records: Vec<Record>,
}

/// Reads a run folder, a folder with records alone, or a records file into memory; see [`each_record`].
pub fn read_run(path: &Path) -> Result<Run, ReadError> {
    let mut records = Vec::new();
    let info = each_record(path, |record| records.push(record))?;
    Ok(Run { info, records })
}

pub(super) fn read_info(folder: &Path) -> Result<RunInfo, ReadError> {
    let path = folder.join("run.json");
    let text = std::fs::read(&path).map_err(|source| ReadError::Io { path: path.clone(), source })?;
    serde_json::from_slice(&text).map_err(|error| ReadError::Malformed {
        line: error.line(),
        detail: error.to_string(),
        path,
    })
}

/// The seed that a run was made with; 0 where its `run.json` does not say.
pub fn read_seed(path: &Path) -> u64 {
    read_info(path).map_or(0, |info| info.options.seed)
}

/// The detail of a grade, as JSON.
pub fn read_detail(folder: &Path, grade_key: &str) -> Result<serde_json::Value, ReadError> {
    let path = folder.join("details").join(format!("{grade_key}.json.zst"));
    let io = |source| ReadError::Io { path: path.clone(), source };
    let packed = std::fs::read(&path).map_err(io)?;
    let json = zstd::decode_all(packed.as_slice()).map_err(io)?;
    serde_json::from_slice(&json).map_err(|error| ReadError::Malformed {
        path: path.clone(),
        line: error.line(),
        detail: error.to_string(),
    })
}
