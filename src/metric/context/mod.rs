//! Cross-file behaviour: how far a task's fix reaches, and how far a patch's reach agrees with gold's.
//!
//! In: diffs of gold and of a patch, the tree's [`ImportGraph`]. Out: a [`Span`](crate::task::Span) and
//! [`Agreement`]. Gold is one fix of many: agreement with it is no verdict.
//!
//! Invariant: units that count as irrelevant never lend a file or entity to either side.

mod agreement;
mod graph;
mod rust;
mod span;

pub use agreement::{Agreement, agreement};
pub use graph::ImportGraph;
pub use span::span;
