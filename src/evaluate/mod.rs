//! A trial from start to end: the only place where the parts meet.
//!
//! In: a [`Plan`] (tasks with their trials, options) and a [`World`] (mirrors, sandbox, snapshots, tools). Out: one
//! [`Record`] and one [`Detail`](detail::Detail) a trial, given to a [`Sink`] as they come.
//!
//! For each task: base tree, snapshot, then the controls, really run: the base with its own tests, the base with the
//! test patch (`empty`) and gold. For each trial: read the prediction, apply it, run the tests with the task's test
//! files restored, grade, diff into units, classify, lint, compare with gold.
//!
//! Invariant: an error of kerf or of the machine ends in outcome `invalid`, never in a verdict about the patch.

mod ablate;
mod bench;
mod canary;
mod client;
pub mod detail;
pub mod discover;
pub mod draft;
mod edits;
pub mod fallout;
mod golds;
mod integrity;
mod judged;
pub mod keys;
pub mod label;
mod lints;
mod listing;
mod lists;
pub mod make;
mod packages;
mod plan;
pub mod record;
pub mod review;
mod run;
mod settings;
pub mod shards;
mod sink;
mod splice;
mod statement;
mod symbols;
mod tests;
mod trees;
mod trial;
pub mod validate;
pub mod verify;

pub use bench::{Fetched, fetch};
pub use canary::Marks;
pub use golds::Golds;
pub use plan::{Ablation, EMPTY, GOLD, Measure, Options, Plan, Subject, TaskPlan, Trial};
pub use record::Record;
pub use run::{World, run};
pub use sink::{Again, AloneRun, Event, LintRun, Sink, SinkError, TestRun, Watcher};
pub use splice::{Split, split};
pub use trees::changed_files;
pub use validate::{Proof, ProofStatus, ValidateOptions, Validation, validate};
