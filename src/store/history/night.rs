//! `night.json`: what a night's folder is, kept in it. The history is made of these and of the runs beside them.

use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::evaluate::SinkError;
use crate::store::folder::{at, remove_leftovers, write_aside};

/// Schema name of a night.
pub const NIGHT_SCHEMA: &str = "kerf/night/1";

/// A night as its folder says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NightFile {
    /// `kerf/night/1`.
    pub schema: String,
    /// Its name: the date, YYYY-MM-DD.
    pub night: String,
    /// When it began, in seconds since 1970; not compared.
    pub began: u64,
    /// All suites were run to their end and reported.
    pub finished: bool,
    /// Whoever wanted to know was told.
    #[serde(default)]
    pub notified: bool,
    /// The whole verdict, once there is one.
    pub verdict: Option<String>,
    /// A person took its figures as the new level: it is a good baseline whatever its verdict, and trends begin anew.
    #[serde(default)]
    pub accepted: bool,
    /// Suites in the order of `kerf.toml`.
    pub suites: Vec<NightSuite>,
}

/// A suite of a night.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NightSuite {
    /// Name.
    pub suite: String,
    /// Run folder, below that of the night.
    pub folder: String,
    /// The verdict on it, once there is one.
    pub verdict: Option<String>,
    /// Models without predictions this night.
    #[serde(default)]
    pub missing: Vec<MissingModel>,
}

/// A model that had no predictions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MissingModel {
    /// Model.
    pub model: String,
    /// Why.
    pub why: String,
}

impl NightFile {
    /// Reads a night's folder; none where it holds no readable `night.json`.
    pub fn read(folder: &Path) -> Option<Self> {
        let text = std::fs::read(folder.join("night.json")).ok()?;
        serde_json::from_slice(&text).ok()
    }

    /// Writes it, whole or not at all.
    pub fn write(&self, folder: &Path) -> Result<(), SinkError> {
        let path = folder.join("night.json");
        let mut json = serde_json::to_vec_pretty(self).map_err(|error| at(&path)(error.into()))?;
        json.push(b'\n');
        write_aside(&path, &json)
    }

    /// The suite of that name, if its figures can be compared with: the night is finished, and the suite was neither worse
    /// than its own baseline nor invalid, or a person accepted the night.
    pub fn good_suite(&self, name: &str) -> Option<&NightSuite> {
        let bad = ["REGRESSED", "INVALID", "SUSPECT"];
        let suite = self.suites.iter().find(|suite| suite.suite == name).filter(|_| self.finished)?;
        let is_bad = suite.verdict.as_deref().is_none_or(|verdict| bad.contains(&verdict));
        (self.accepted || !is_bad).then_some(suite)
    }
}

/// Removes half-written files that a kerf which died left in a night's folder.
pub fn sweep(folder: &Path) {
    remove_leftovers(folder);
    remove_leftovers(&folder.join("predictions"));
}

/// Folders of nights below `root`, by name; those that kerf did not make are left out.
pub fn night_folders(root: &Path) -> Vec<(PathBuf, NightFile)> {
    let mut found: Vec<(PathBuf, NightFile)> = std::fs::read_dir(root)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.path(), NightFile::read(&entry.path())?)))
        .collect();
    found.sort_by(|a, b| a.1.night.cmp(&b.1.night).then_with(|| a.0.cmp(&b.0)));
    found
}
