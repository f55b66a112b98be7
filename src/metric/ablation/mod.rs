//! What of a patch can be taken out with the tests still passing: ablation, as a state machine without I/O.
//!
//! In: units with what each [needs](crate::diff::Unit::needs), and what static relevance expects of them; then, probe by
//! probe, what the tests said of the tree without a set of units. Out: [`Findings`]: units that the tests need, units
//! that they do not, and what nobody tried.
//!
//! The steps: without everything irrelevant; without what nothing reaches as well (the wider set is tried first, and the
//! narrower only where it fails); then, in full depth, the rest by groups, halved until single units are left. A tree
//! that does not build says nothing: what cannot go alone is tried with its neighbour, then with all others like it and by halves of
//! these. A set is always closed under `needs`.
//!
//! Invariants (property-tested): never more than [`Machine::cap`] runs; what is called removable was out in two passing
//! runs; what is called needed is a unit without which, in a tree that passed with it, a test failed, or what such a
//! unit needs, or one of several that cannot go one by one nor by halves, and without all of which a test failed, or one of
//! the last one or two beside what is needed, without which nothing builds.

mod machine;
mod order;
mod reach;
mod verdict;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

pub use machine::Machine;
pub use reach::{Seeds, unreached};
pub use verdict::{Ablated, expectations, verdict};

/// How far ablation goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// What is irrelevant, and what nothing reaches: at most two runs.
    Auto,
    /// The rest too, by groups.
    Full,
}

/// What static relevance expects of a unit: from surely out of the way to surely needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Expected {
    /// Not tried: tests, documentation and generated files are left as they are, unless what they need goes.
    Left,
    /// A comment or white space that belongs to the change.
    Inert,
    /// Grade A or B.
    Irrelevant,
    /// Nothing that the statement names or a fail-to-pass test uses leads to it.
    Unreached,
    /// Anything else.
    Open,
    /// The reference fix has it too.
    Likely,
}

/// What ablation starts from.
#[derive(Debug, Clone)]
pub struct Setup {
    /// By unit: the units whose reverting forces reverting this one.
    pub needs: Vec<BTreeSet<usize>>,
    /// By unit.
    pub expected: Vec<Expected>,
    /// How far to go.
    pub depth: Depth,
}

/// A question to the tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// Take these units out; closed under `needs`.
    pub without: BTreeSet<usize>,
    /// The same tree was run before, and is to be run once more.
    pub again: bool,
}

/// What the tests said of a tree. Votes are the listed tests that pass with the whole patch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Every vote passes.
    Holds,
    /// These votes fail, and the caller has seen that it is no chance.
    Fails(Vec<String>),
    /// The tree does not build.
    Broken,
    /// The tests came to no end, or it was not the tree that failed.
    Unresolved,
}

/// Why a unit is needed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Need {
    /// Votes that fail without it. None where nothing builds without it, and all that could go with it is needed.
    pub tests: Vec<String>,
    /// The unit that was tried, where that one needs this one.
    pub through: Option<usize>,
    /// Without it alone nothing builds: so many others had to go with it for a test to fail.
    pub with: usize,
}

/// What came of it; units by index.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// Members of the minimal set.
    pub needed: BTreeMap<usize, Need>,
    /// Out in at least two passing runs.
    pub removable: BTreeSet<usize>,
    /// Without them alone nothing builds.
    pub unresolved: BTreeSet<usize>,
    /// Never settled.
    pub open: BTreeSet<usize>,
    /// Runs made, confirmations included.
    pub runs: usize,
    /// The cap ended it.
    pub capped: bool,
}
