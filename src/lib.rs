//! kerf tells how cleanly a coding model cuts.
//!
//! Data flows one way:
//!
//! ```text
//! tasks and predictions in → checkout → sandboxed runs → edit units → metrics → records → statistics → reports
//!  task, prediction   patch, repo   sandbox, snapshot,   syntax, diff   lint,    evaluate,    stats      report
//!                                   harness                             metric   store
//! ```
//!
//! Each module owns one noun and imports only those above it in the list below.
//! Diffing, grading, relevance and statistics are functions from values to values;
//! only [`repo`], [`sandbox`], [`snapshot`], [`harness`], [`evaluate`], [`store`] and [`cli`] touch the world.

pub mod task;

pub mod prediction;

pub mod patch;

pub mod repo;

pub mod sandbox;

pub mod snapshot;

pub mod harness;

pub mod syntax;

pub mod diff;

pub mod lint;

pub mod metric;

pub mod schedule;

pub mod evaluate;

pub mod store;

pub mod stats;

pub mod calibrate;

pub mod report;

pub mod cli;
