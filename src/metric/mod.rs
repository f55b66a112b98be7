//! Relevance, ablation, lint comparison and context: values in, values out.
//!
//! In: a [`crate::diff::Diff`], gold's diff, statement, findings of two lint runs. Out: a class with its proof for every
//! unit, and the figures of a record.
//!
//! Invariant: gold is seen only to acquit and to measure agreement, span and obligations.

pub mod ablation;
pub mod context;
pub mod figures;
pub mod lint;
pub mod project;
pub mod relevance;
pub mod style;
