//! Run folders: `run.json`, `records.jsonl`, `details/`, `logs/`.
//!
//! In: records, details and logs as they come. Out: a folder that the same command completes after any interruption,
//! with the same bytes as an undisturbed run, and readers for it. This module alone reads old records.
//!
//! Invariants: a record is a whole line or absent; files other than `records.jsonl` are written aside and renamed;
//! a finished folder's records stand in plan order.

mod folder;
pub mod history;
mod info;
mod inspect;
mod lines;
mod merge;
mod plan;
mod proofs;
mod read;
mod stream;

pub use folder::{OpenError, RunFolder, write_aside as write_whole};
pub use info::{Changed, Inputs, RUN_SCHEMA, RunInfo, Shard, TaskInfo};
pub use inspect::{BadLine, Inspection, inspect_run};
pub use merge::{MergeError, merge};
pub use plan::{Group, PLAN_SCHEMA, PlanError, PlanFile, PlannedTask, PlannedTrial};
pub use proofs::ProofFolder;
pub use read::{ReadError, Run, read_detail, read_run, read_seed};
pub use stream::{Who, each_record, each_record_of};
