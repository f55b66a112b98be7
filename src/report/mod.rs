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
pub mod diff_text;
pub mod escape;
pub mod figures;
pub mod grade;
pub mod json;
pub mod label_sheet;
pub mod machine;
pub mod markdown;
pub mod nightly;
pub mod notes;
pub mod review;
pub mod sarif;
pub mod svg;
pub mod table;
pub mod task;
pub mod terminal;

#[cfg(test)]
mod tests;

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
}

/// How well grades hold on planted edits, from `kerf calibrate`; all in 0..=1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Calibration {
    /// Precision and recall of grade A.
    pub a: [f64; 2],
    /// Precision and recall of grade B.
    pub b: [f64; 2],
}

/// Where text is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View {
    /// Columns of the terminal; under 40 is treated as 40.
    pub width: usize,
    /// Whether colour and bold may be used. They only repeat what the text says.
    pub colour: bool,
}
