//! The folder of a validation: `proofs/`, `logs/`.
//!
//! In: proofs and test runs as they come. Out: what an interrupted validation had, so that the same command goes on
//! from there. A proof is kept under the key of all that it rests on; one whose key no longer fits is never read.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::folder::{OpenError, at, pack, remove_leftovers, unpack, write_aside};
use crate::evaluate::detail::Detail;
use crate::evaluate::{LintRun, Proof, Record, Sink, SinkError, TestRun};

/// A validation's folder, open for writing.
pub struct ProofFolder {
    path: PathBuf,
    /// Held while the folder is open; the system frees it with the process.
    _lock: File,
}

impl ProofFolder {
    /// Opens or makes it.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        for folder in [path.to_owned(), path.join("proofs"), path.join("logs")] {
            std::fs::create_dir_all(&folder).map_err(at(&folder))?;
        }
        let lock_path = path.join(".lock");
        let lock = File::create(&lock_path).map_err(at(&lock_path))?;
        if lock.try_lock().is_err() {
            return Err(OpenError::Busy(path.to_owned()));
        }
        if path.join("run.json").exists() {
            return Err(OpenError::Foreign(path.to_owned()));
        }
        remove_leftovers(path);
        Ok(Self { path: path.to_owned(), _lock: lock })
    }

    /// The proof of that key, if it was ever made.
    pub fn proof(&self, key: &str) -> Option<Proof> {
        let text = std::fs::read(self.path.join(format!("proofs/{key}.json"))).ok()?;
        serde_json::from_slice(&text).ok()
    }

    /// Keeps a proof.
    pub fn keep_proof(&self, key: &str, proof: &Proof) -> Result<(), SinkError> {
        self.write(&format!("proofs/{key}.json"), &serde_json::to_vec_pretty(proof).unwrap_or_default())
    }

    /// Writes a file of the folder, whole or not at all.
    pub fn write(&self, relative: &str, bytes: &[u8]) -> Result<(), SinkError> {
        write_aside(&self.path.join(relative), bytes)
    }
}

impl Sink for ProofFolder {
    fn has_record(&self, _: &str) -> bool {
        false
    }

    fn test_run(&self, run_key: &str) -> Option<TestRun> {
        unpack(&self.path.join(format!("logs/{run_key}.test.json.zst")))
    }

    fn keep_test_run(&self, run_key: &str, run: &TestRun) -> Result<(), SinkError> {
        pack(&self.path.join(format!("logs/{run_key}.test.json.zst")), run)
    }

    fn lint_run(&self, _: &str) -> Option<LintRun> {
        None
    }

    fn keep_lint_run(&self, _: &str, _: &LintRun) -> Result<(), SinkError> {
        Ok(())
    }

    fn keep_detail(&self, _: &str, _: &Detail) -> Result<(), SinkError> {
        Ok(())
    }

    fn keep_record(&self, _: &Record) -> Result<(), SinkError> {
        Ok(())
    }
}
