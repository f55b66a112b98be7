//! The figures of a calibration, as written and as read again.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::SCHEMA;
use crate::stats::interval::Share;

/// What `kerf calibrate` measured: `kerf/calibrate/1`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Calibration {
    /// `kerf/calibrate/1`.
    pub schema: String,
    /// Version of kerf.
    pub kerf: String,
    /// Version of the rules that were measured.
    pub rules: String,
    /// Seed.
    pub seed: u64,
    /// Gold patches that plants were put into.
    pub patches: u64,
    /// Patches that could not be had or hold no place for a plant, with the reason.
    pub left_out: Vec<String>,
    /// By grade, pooled over kinds, distances and languages of tier 1.
    pub grades: Vec<ByGrade>,
    /// By kind, all languages.
    pub kinds: Vec<ByKind>,
    /// Recall by way of planting.
    pub ways: Vec<Recall>,
    /// Recall by distance.
    pub distances: Vec<Recall>,
    /// Recall by language.
    pub languages: Vec<Recall>,
    /// Of legitimate edits planted: the share that was accused.
    pub legitimate: Vec<Recall>,
    /// Of gold's own units, without any plant: accused at A, and at A or B.
    pub own: [Share; 2],
    /// These units, and every plant that was missed or edit that was wrongly accused: at most 200.
    pub wrong: Vec<Accused>,
}

/// Precision and recall of a grade.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ByGrade {
    /// `A` or `B`.
    pub grade: String,
    /// Of the units given this grade, the share that was planted as irrelevant.
    pub precision: Share,
    /// Of the plants of kinds of this grade, the share all of whose units were found irrelevant at this grade or a firmer one.
    pub recall: Share,
}

/// Precision and recall of a kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ByKind {
    /// Kind.
    pub kind: String,
    /// Of the units with this sign, the share that was planted as irrelevant.
    pub precision: Share,
    /// Of its plants, the share all of whose units were found irrelevant, under whatever sign.
    pub recall: Share,
}

/// A share of plants.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Recall {
    /// Of what.
    pub of: String,
    /// Share.
    pub share: Share,
}

/// A wrong verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Accused {
    /// `missed` plant, `accused` although needed, or accused in `gold` itself.
    pub what: String,
    /// Task.
    pub task: String,
    /// File.
    pub file: String,
    /// 1-based line in the result.
    pub line: usize,
    /// The plant's way and distance, or the unit's kind.
    pub way: String,
    /// What kerf said.
    pub said: String,
    /// The text.
    pub text: String,
}

impl Calibration {
    /// Precision and recall of a grade, where there were plants.
    pub fn grade(&self, grade: &str) -> Option<[f64; 2]> {
        let found = self.grades.iter().find(|one| one.grade == grade)?;
        Some([found.precision.value?, found.recall.value?])
    }
}

/// Reads a calibration; an error names what is wrong with it.
pub fn read(text: &str) -> Result<Calibration, String> {
    let found: Calibration = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if found.schema == SCHEMA { Ok(found) } else { Err(format!("schema is {}, not {SCHEMA}", found.schema)) }
}
