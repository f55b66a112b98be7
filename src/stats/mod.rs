//! Statistics over records: intervals, pass@k, paired tests, and the summary of a run.
//!
//! In: counts, and [`Record`](crate::evaluate::Record)s. Out: plain values with their uncertainty and the number they
//! rest on. Pure functions; each states its formula, source and assumptions. Random numbers come from a seed.
//!
//! Invariant: the same records in any order, with the same options, give the same bits.

pub mod agreement;
pub mod binomial;
pub mod bootstrap;
mod cell;
pub mod change;
pub mod compare;
pub mod cusum;
pub mod family;
mod fold;
pub mod gap;
pub mod habits;
pub mod health;
pub mod interval;
pub mod logistic;
mod model;
pub mod nightly;
pub mod pair;
pub mod pass;
pub mod permutation;
pub mod strata;
pub mod student;
pub mod suite_health;
pub mod summary;
pub mod trend;
pub use fold::Summariser;
pub use summary::{Options, RunSummary, summarise};
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
