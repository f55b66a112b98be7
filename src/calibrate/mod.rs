//! kerf's own error: edits of known worth planted into gold patches, then classified with gold and tests withheld.
//!
//! In: gold patches with their bases, a seed, how many plants a kind. Out: a [`Calibration`]: precision and recall by kind
//! and grade with intervals, by distance and language, and what gold's own units were accused of. [`plant`] makes the
//! edits; it shares nothing with the rules that are measured.
//!
//! Invariant: the same patches, seed and number give the same figures.

mod apply;
mod measure;
pub mod plant;
mod report;
#[cfg(test)]
mod tests;

pub use measure::{Case, Wanted, calibrate};
pub use report::{Accused, ByGrade, ByKind, Calibration, Recall, read};

/// Name of the file in a run folder that reports read.
pub const FILE: &str = "calibrate.json";

/// What kerf measured of itself on its bundled suite, for runs that have no calibration of their own: `scripts/proof
/// calibrate` writes it. None only where the file of this build cannot be read.
pub fn bundled() -> Option<Calibration> {
    read(include_str!("bundled.json")).ok()
}

/// Schema name.
pub const SCHEMA: &str = "kerf/calibrate/1";
