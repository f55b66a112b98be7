//! Signs that a task did not ask for a unit. One rule a file; each names the facts that it rests on.
//!
//! Rules that need no other unit run first ([`without_place`]); what they leave and gold acquits are the anchors, and the
//! rules of place ([`by_place`]) ask how far a comment or white space is from one.

mod comment;
mod debug;
mod format;
pub mod housekeeping;
mod mode;
mod neutral;
mod rename;
mod scratch;
pub mod unused;

use super::anchors::Anchors;
use super::facts::Facts;
use super::{Evidence, Grade, Sign};
use crate::diff::UnitKind;

/// A sign that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The rule.
    pub sign: Sign,
    /// How sure.
    pub grade: Grade,
    /// It also holds for what other units need.
    pub firm: bool,
    /// What it rests on.
    pub evidence: Vec<Evidence>,
    /// One sentence.
    pub why: String,
}

impl Found {
    /// A proof.
    pub fn proven(sign: Sign, why: impl Into<String>) -> Self {
        Self { sign, grade: Grade::A, firm: false, evidence: Vec::new(), why: why.into() }
    }

    /// A strong sign.
    pub fn strong(sign: Sign, why: impl Into<String>) -> Self {
        Self { grade: Grade::B, ..Self::proven(sign, why) }
    }

    /// A sign that the needs of others do not shake.
    pub fn firm(self) -> Self {
        Self { firm: true, ..self }
    }
}

/// What the rules of place say.
pub enum Placed {
    /// A sign.
    Sign(Found),
    /// It belongs to an anchor.
    Near(String),
    /// Nothing.
    Open,
}

/// Signs that need no anchor; the first that holds.
pub fn without_place(facts: &Facts, unit: usize) -> Option<Found> {
    scratch::sign(facts, unit)
        .or_else(|| housekeeping::sign(facts, unit))
        .or_else(|| mode::sign(facts, unit))
        .or_else(|| debug::sign(facts, unit))
        .or_else(|| neutral::sign(facts, unit))
}

/// Signs that depend on the way to the next anchor.
pub fn by_place(facts: &Facts, anchors: &Anchors, unit: usize) -> Placed {
    match facts.kind(unit) {
        // Equal words at another indentation.
        UnitKind::Comment if facts.unit(unit).weight == 0 => format::place(facts, anchors, unit),
        UnitKind::Comment => comment::place(facts, anchors, unit),
        UnitKind::Format => format::place(facts, anchors, unit),
        _ => Placed::Open,
    }
}
