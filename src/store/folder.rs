//! Writing a run folder, and going on with one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::info::RunInfo;
use super::read::read_info;
use crate::evaluate::detail::Detail;
use crate::evaluate::{LintRun, Record, Sink, SinkError, TestRun};

/// Why a run folder cannot be written to.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another kerf writes there now.
    #[error("{0} is being written by another kerf; wait for it, or choose another --out")]
    Busy(PathBuf),
    /// The folder holds something else.
    #[error("{0} is no run folder; choose another --out")]
    Foreign(PathBuf),
    /// It cannot be written.
    #[error(transparent)]
    Io(#[from] SinkError),
}

/// A run folder open for writing.
pub struct RunFolder {
    path: PathBuf,
    info: RunInfo,
    records: Mutex<Records>,
    /// Held while the folder is open; the system frees it with the process.
    _lock: File,
}

struct Records {
    file: File,
    known: BTreeSet<String>,
}

impl RunFolder {
    /// Opens `path` for a run of `info`. Records that an earlier, interrupted run left are kept where they answer the
    /// same question; a line cut in half is dropped.
    pub fn open(path: &Path, info: RunInfo) -> Result<Self, OpenError> {
        for folder in [path.to_owned(), path.join("details"), path.join("logs")] {
            std::fs::create_dir_all(&folder).map_err(at(&folder))?;
        }
        let lock_path = path.join(".lock");
        let lock = File::create(&lock_path).map_err(at(&lock_path))?;
        if lock.try_lock().is_err() {
            return Err(OpenError::Busy(path.to_owned()));
        }
        remove_leftovers(path);
        let info_path = path.join("run.json");
        let records_path = path.join("records.jsonl");
        let earlier = match read_info(path) {
            Ok(earlier) => Some(earlier),
            Err(_) if info_path.exists() || records_path.exists() => {
                return Err(OpenError::Foreign(path.to_owned()));
            }
            Err(_) => None,
        };
        let kept = match &earlier {
            Some(earlier) => kept_records(&records_path, earlier, &info).map_err(at(&records_path))?,
            None => BTreeMap::new(),
        };
        let mut text = Vec::new();
        for line in kept.values() {
            text.extend_from_slice(line);
            text.push(b'\n');
        }
        if std::fs::read(&records_path).ok().as_deref() != Some(&text) {
            write_aside(&records_path, &text)?;
        }
        let mut file = OpenOptions::new().write(true).open(&records_path).map_err(at(&records_path))?;
        file.seek(SeekFrom::End(0)).map_err(at(&records_path))?;
        let folder = Self {
            path: path.to_owned(),
            info,
            records: Mutex::new(Records { file, known: kept.into_keys().collect() }),
            _lock: lock,
        };
        folder.write_info(false)?;
        Ok(folder)
    }

    /// Writes another file of the folder, whole or not at all.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), SinkError> {
        write_aside(&self.path.join(name), bytes)
    }

    /// Number of records.
    pub fn record_count(&self) -> usize {
        self.records.lock().unwrap_or_else(PoisonError::into_inner).known.len()
    }

    /// Brings the records into plan order, leaves out those of trials that are no longer planned, and marks the run
    /// complete if none is missing. True if it is complete.
    pub fn finish(&self, order: &[String]) -> Result<bool, SinkError> {
        let path = self.path.join("records.jsonl");
        let mut lines = records_by_trial(&path).map_err(at(&path))?;
        let mut text = Vec::new();
        let mut complete = true;
        for trial in order {
            match lines.remove(trial) {
                Some(line) => {
                    text.extend_from_slice(&line);
                    text.push(b'\n');
                }
                None => complete = false,
            }
        }
        if complete {
            write_aside(&path, &text)?;
            self.write_info(true)?;
        }
        Ok(complete)
    }

    fn write_info(&self, complete: bool) -> Result<(), SinkError> {
        let info = RunInfo { complete, ..self.info.clone() };
        let path = self.path.join("run.json");
        let mut json = serde_json::to_vec_pretty(&info).map_err(|error| at(&path)(error.into()))?;
        json.push(b'\n');
        write_aside(&path, &json)
    }

    fn packed<T: DeserializeOwned>(&self, relative: &str) -> Option<T> {
        unpack(&self.path.join(relative))
    }

    fn pack<T: Serialize>(&self, relative: &str, value: &T) -> Result<(), SinkError> {
        pack(&self.path.join(relative), value)
    }
}

/// Reads what [`pack`] wrote; none where it is not there or damaged.
pub(super) fn unpack<T: DeserializeOwned>(path: &Path) -> Option<T> {
    let packed = std::fs::read(path).ok()?;
    serde_json::from_slice(&zstd::decode_all(packed.as_slice()).ok()?).ok()
}

/// Writes a value as compressed JSON, whole or not at all.
pub(super) fn pack<T: Serialize>(path: &Path, value: &T) -> Result<(), SinkError> {
    let packed = serde_json::to_vec(value)
        .map_err(std::io::Error::from)
        .and_then(|json| zstd::encode_all(json.as_slice(), 3))
        .map_err(at(path))?;
    write_aside(path, &packed)
}

impl Sink for RunFolder {
    fn has_record(&self, trial: &str) -> bool {
        self.records.lock().unwrap_or_else(PoisonError::into_inner).known.contains(trial)
    }

    fn test_run(&self, run_key: &str) -> Option<TestRun> {
        self.packed(&format!("logs/{run_key}.test.json.zst"))
    }

    fn keep_test_run(&self, run_key: &str, run: &TestRun) -> Result<(), SinkError> {
        self.pack(&format!("logs/{run_key}.test.json.zst"), run)
    }

    fn lint_run(&self, run_key: &str) -> Option<LintRun> {
        self.packed(&format!("logs/{run_key}.lint.json.zst"))
    }

    fn keep_lint_run(&self, run_key: &str, run: &LintRun) -> Result<(), SinkError> {
        self.pack(&format!("logs/{run_key}.lint.json.zst"), run)
    }

    fn keep_detail(&self, grade_key: &str, detail: &Detail) -> Result<(), SinkError> {
        self.pack(&format!("details/{grade_key}.json.zst"), detail)
    }

    fn keep_record(&self, record: &Record) -> Result<(), SinkError> {
        let path = self.path.join("records.jsonl");
        let mut line = serde_json::to_vec(record).map_err(|error| at(&path)(error.into()))?;
        line.push(b'\n');
        let mut records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        let end = records.file.stream_position().map_err(at(&path))?;
        let written = records.file.write_all(&line).and_then(|()| records.file.flush());
        if let Err(error) = written {
            // Half a line must not stay: the disk may have room again for the next one.
            let _ = records.file.set_len(end);
            let _ = records.file.seek(SeekFrom::Start(end));
            return Err(at(&path)(error));
        }
        records.known.insert(record.trial.clone());
        Ok(())
    }
}

/// Lines of an earlier run that answer the same questions, by trial.
fn kept_records(
    path: &Path,
    earlier: &RunInfo,
    info: &RunInfo,
) -> std::io::Result<BTreeMap<String, Vec<u8>>> {
    if !earlier.answers(info) {
        return Ok(BTreeMap::new());
    }
    let mut lines = records_by_trial(path)?;
    lines.retain(|_, line| {
        serde_json::from_slice::<Record>(line).is_ok_and(|record| {
            // An invalid trial is no answer: it is tried again.
            record.outcome != crate::evaluate::record::Outcome::Invalid
                && info.task_hash(&record.task).is_some()
                && info.task_hash(&record.task) == earlier.task_hash(&record.task)
        })
    });
    Ok(lines)
}

/// Whole lines of `records.jsonl` that hold a record, by trial; the first of a trial counts.
pub(super) fn records_by_trial(path: &Path) -> std::io::Result<BTreeMap<String, Vec<u8>>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return Err(error),
    };
    let mut reader = BufReader::new(file);
    let mut lines = BTreeMap::new();
    loop {
        let mut line = Vec::new();
        if reader.read_until(b'\n', &mut line)? == 0 || line.pop() != Some(b'\n') {
            return Ok(lines);
        }
        if let Ok(record) = serde_json::from_slice::<Record>(&line) {
            lines.entry(record.trial).or_insert(line);
        }
    }
}

pub(super) fn at(path: &Path) -> impl FnOnce(std::io::Error) -> SinkError + use<> {
    let path = path.to_owned();
    move |source| SinkError { path, source }
}

/// Files being written begin with this.
const ASIDE: &str = ".aside-";

/// Removes half-written files of a kerf that died; nobody else writes while the folder is locked.
pub(super) fn remove_leftovers(path: &Path) {
    for folder in [path.to_owned(), path.join("details"), path.join("logs"), path.join("proofs")] {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().starts_with(ASIDE) {
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }
}

/// Writes a file whole or not at all.
pub fn write_aside(path: &Path, bytes: &[u8]) -> Result<(), SinkError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut aside = tempfile::Builder::new().prefix(ASIDE).tempfile_in(folder).map_err(at(path))?;
    aside.write_all(bytes).map_err(at(path))?;
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    aside.as_file().set_permissions(mode).map_err(at(path))?;
    aside.persist(path).map_err(|error| at(path)(error.error))?;
    Ok(())
}
