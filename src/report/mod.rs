//! What people and machines read: one file per format.
//!
//! In: a [`RunSummary`](crate::stats::RunSummary) with the [`RunHeader`] of its run, or the records and details of one
//! task. Out: text. [`terminal`] and [`markdown`] share their [`columns`] and [`notes`], so that they say the same.
//!
//! Invariants: no statistic is computed here; text from outside (model names, test ids, paths, reasons) passes
//! [`escape`] before it is printed; without colour no control character but the line feed is ever written.

pub mod annotation;
pub mod bars;
pub mod columns;
pub mod compare;
pub mod dependents;
pub mod diff_text;
pub mod escape;
pub mod figures;
pub mod gaps;
pub mod grade;
pub mod habits;
pub mod json;
pub mod label_sheet;
pub mod link;
pub mod machine;
pub mod markdown;
pub mod nightly;
pub mod notes;
pub mod pictures;
pub mod review;
pub mod sarif;
pub mod svg;
pub mod table;
pub mod task;
pub mod terminal;

#[cfg(test)]
mod tests;

use crate::calibrate;
use crate::stats::interval::Share;

/// What is said about a run above its table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunHeader {
    /// Name of the suite.
    pub suite: String,
    /// Hash of the suite's lock, in full or abbreviated.
    pub lock: Option<String>,
    /// Tasks of the suite.
    pub tasks: u64,
    /// Trials, controls left out.
    pub trials: u64,
    /// Of these invalid.
    pub invalid: u64,
    /// `namespaces`, `container` or `none`; none where it is not known.
    pub sandbox: Option<String>,
    /// The run folder as the user would type it.
    pub path: String,
    /// Where details of tasks are kept; for Markdown.
    pub link: Option<link::Link>,
}

/// How well the relevance rules hold on planted edits, from `kerf calibrate`.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    /// Gold patches that were planted into: `this suite`, `kerf's bundled suite`.
    pub on: String,
    /// Version of the rules that were measured.
    pub rules: String,
    /// By grade: name, precision, recall.
    pub grades: Vec<(String, Share, Share)>,
    /// By kind: name, precision, recall.
    pub kinds: Vec<(String, Share, Share)>,
}

impl Calibration {
    /// What was measured on the gold patches of `on`.
    pub fn of(measured: &calibrate::Calibration, on: &str) -> Self {
        Self {
            on: on.to_owned(),
            rules: measured.rules.clone(),
            grades: measured
                .grades
                .iter()
                .map(|one| (one.grade.clone(), one.precision, one.recall))
                .collect(),
            kinds: measured.kinds.iter().map(|one| (one.kind.clone(), one.precision, one.recall)).collect(),
        }
    }
}

/// Where text is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View {
    /// Columns of the terminal; under 40 is treated as 40.
    pub width: usize,
    /// Whether colour and bold may be used. They only repeat what the text says.
    pub colour: bool,
}
