//! Flows of kerf from start to end, through the program itself: what goes in, what stands in records, what is said.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests, which start kerf itself")]

mod ablation;
mod bad_input;
mod cache;
mod capture;
mod commands;
mod compare;
mod container;
mod context;
mod data_sets;
mod diff;
mod disk_full;
mod endurance;
mod grade;
mod hostile;
mod hostile_free;
mod hostile_python;
mod hostile_tools;
mod kills;
mod label;
mod lint;
mod missing_tools;
mod nightly;
mod outcomes;
mod plan;
mod planted;
mod ranking;
mod resume;
mod review;
mod samples;
mod task_new;
mod validate;
mod verify;
