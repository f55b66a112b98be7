//! Reading run folders, whole or records alone.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use super::info::RunInfo;
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

/// Reads a run folder, a folder with records alone, or a records file. A last line without its end is an interrupted
/// run's and left out; any other line that is no record is an error.
pub fn read_run(path: &Path) -> Result<Run, ReadError> {
    let is_folder = path.is_dir();
    let records_path = if is_folder { path.join("records.jsonl") } else { path.to_owned() };
    let info = if is_folder && path.join("run.json").exists() { Some(read_info(path)?) } else { None };
    let io = |source| ReadError::Io { path: records_path.clone(), source };
    let mut reader = BufReader::new(File::open(&records_path).map_err(io)?);
    let mut records = Vec::new();
    let mut number = 0;
    let mut line = Vec::new();
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line).map_err(io)? == 0 {
            return Ok(Run { info, records });
        }
        number += 1;
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        match serde_json::from_slice(&line) {
            Ok(record) => records.push(record),
            Err(_) if line.last() != Some(&b'\n') => return Ok(Run { info, records }),
            Err(error) => {
                let detail = format!("is no record: {error}");
                return Err(ReadError::Malformed { path: records_path, line: number, detail });
            }
        }
    }
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
