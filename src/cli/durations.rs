//! How long tasks took, so that the slowest begin first next time.
//!
//! In: records of finished runs. Out: `durations.json` in kerf's cache, seconds of a task's slowest trial by the task's
//! hash. It orders work and decides nothing: a file that is missing, damaged or cannot be written is no error.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::store::read_run;
use crate::task::Suite;

/// So many tasks are remembered at most.
const MOST: usize = 100_000;

/// What is known.
pub(super) struct Durations {
    path: PathBuf,
    by_hash: BTreeMap<String, f64>,
}

impl Durations {
    /// From kerf's cache folder.
    pub(super) fn read(cache: &Path) -> Self {
        let path = cache.join("durations.json");
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        Self { path, by_hash: serde_json::from_str(&text).unwrap_or_default() }
    }

    /// Seconds by task of a suite.
    pub(super) fn of(&self, suite: &Suite) -> BTreeMap<String, f64> {
        let known =
            suite.tasks.iter().filter_map(|task| Some((task.id.clone(), *self.by_hash.get(&task.hash)?)));
        known.collect()
    }

    /// Learns from a finished run; `hashes` of its tasks by id.
    pub(super) fn keep(mut self, run: &Path, hashes: &BTreeMap<String, String>) {
        let Ok(run) = read_run(run) else { return };
        let mut slowest: BTreeMap<&String, f64> = BTreeMap::new();
        for record in &run.records {
            let (Some(hash), Some(seconds)) = (hashes.get(&record.task), record.timing.get("test_s")) else {
                continue;
            };
            let entry = slowest.entry(hash).or_insert(0.0);
            *entry = entry.max(*seconds);
        }
        if self.by_hash.len() > MOST {
            self.by_hash.clear();
        }
        self.by_hash.extend(slowest.into_iter().map(|(hash, seconds)| (hash.clone(), seconds)));
        let aside = self.path.with_extension(format!("{}.aside", std::process::id()));
        let written =
            serde_json::to_vec(&self.by_hash).is_ok_and(|json| std::fs::write(&aside, json).is_ok());
        if !written || std::fs::rename(&aside, &self.path).is_err() {
            let _ = std::fs::remove_file(&aside);
        }
    }
}
