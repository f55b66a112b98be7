//! Which edit units a task asked for, and which it did not: one class a unit, each with its proof.
//!
//! In: a structural diff, gold's diff if there is one, the task's statement and scope, the base tree. Out: a
//! [`Classified`] for every unit. Signs of irrelevance are small rules, one file each in `signs`; a rule accuses only
//! by facts that it can name, and what no rule and no link decides is [`Class::Unproven`].
//!
//! Invariant: gold only acquits. Taking it away never turns an unproven unit into an irrelevant one.

mod acquit;
mod anchors;
mod facts;
mod mentions;
mod signs;
mod spread;
mod support;

#[cfg(test)]
mod tests;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::diff::{Diff, Role, UnitKind};
use anchors::Anchors;
use facts::Facts;
use signs::Found;

/// What became of a unit; the first that holds, in this order (needed is found by ablation only).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Written by a program.
    Generated,
    /// Gold has the same change.
    Acquitted,
    /// Member of the minimal set that ablation confirmed.
    Needed,
    /// By place or dependence.
    Supporting,
    /// Positive evidence that the task did not ask for it.
    Irrelevant,
    /// Everything else.
    Unproven,
}

/// How sure an irrelevant unit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum Grade {
    /// Proven by tokens, trees or references.
    A,
    /// A strong sign.
    B,
}

impl Grade {
    /// `A` or `B`.
    pub fn name(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
        }
    }
}

/// The rule that found a unit irrelevant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sign {
    /// The same token stream.
    Format,
    /// Nothing refers to it.
    Unused,
    /// Another spelling of the same program.
    Neutral,
    /// File mode, ends of lines, byte-order mark.
    Mode,
    /// A comment away from the change.
    Comment,
    /// A left-over print or commented-out code.
    Debug,
    /// A reproduction program, note, backup or log.
    Scratch,
    /// Ignore files, editor and CI settings, a lockfile alone.
    Housekeeping,
}

impl Sign {
    /// As it is serialised.
    pub fn name(self) -> &'static str {
        match self {
            Self::Format => "format",
            Self::Unused => "unused",
            Self::Neutral => "neutral",
            Self::Mode => "mode",
            Self::Comment => "comment",
            Self::Debug => "debug",
            Self::Scratch => "scratch",
            Self::Housekeeping => "housekeeping",
        }
    }
}

/// A line that a verdict rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// Path.
    pub file: String,
    /// 1-based line.
    pub line: usize,
    /// The line, white space trimmed, at most 160 characters.
    pub text: String,
}

/// A unit's verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Classified {
    /// Index into [`Diff::units`].
    pub unit: usize,
    /// Class.
    pub class: Class,
    /// Of an irrelevant unit.
    pub grade: Option<Grade>,
    /// Of an irrelevant unit: the rule.
    pub sign: Option<Sign>,
    /// Found removable in two runs without a path to the task; never set without ablation.
    pub suspect: bool,
    /// What the verdict rests on.
    pub evidence: Vec<Evidence>,
    /// One sentence.
    pub why: String,
}

/// What a verdict may look at.
pub struct Input<'a> {
    /// The change.
    pub diff: &'a Diff,
    /// The reference change.
    pub gold: Option<&'a Diff>,
    /// What was asked for.
    pub statement: Option<&'a str>,
    /// Globs of files that the task allows to change.
    pub allow: Option<&'a [String]>,
    /// The tree before the change.
    pub base: &'a dyn crate::patch::Tree,
}

/// A class for every unit, in unit order.
pub fn classify(input: &Input) -> Vec<Classified> {
    let facts = Facts::new(input);
    let count = input.diff.units.len();
    let mut verdicts: Vec<Option<Classified>> = (0..count).map(|unit| generated(&facts, unit)).collect();
    if let Some(gold) = input.gold {
        let acquitted = acquit::find(&facts, gold);
        for (unit, evidence) in acquitted {
            verdicts[unit].get_or_insert_with(|| Classified {
                evidence: vec![evidence],
                ..verdict(unit, Class::Acquitted, "the reference makes the same change".to_owned())
            });
        }
    }
    let open = |unit: usize| verdicts[unit].is_none();
    let mut found: Vec<Option<Found>> =
        (0..count).map(|unit| if open(unit) { signs::without_place(&facts, unit) } else { None }).collect();
    let candidates = signs::unused::candidates(&facts, &verdicts, &found);
    signs::unused::find(&candidates, &mut found);
    spread::drop_needed(&facts, &verdicts, &mut found);
    // Before anchors are chosen: a helper of a debug print is none. After it again: comments mention names too.
    spread::downward(&facts, &candidates, &verdicts, &mut found);
    let acquitted = |unit: usize| verdicts[unit].as_ref().is_some_and(|v| v.class == Class::Acquitted);
    let anchors = Anchors::new(&facts, |unit| {
        let kind = input.diff.units[unit].kind;
        if matches!(kind, UnitKind::Comment | UnitKind::Format | UnitKind::Mode) {
            return false;
        }
        let generated = verdicts[unit].as_ref().is_some_and(|v| v.class == Class::Generated);
        acquitted(unit) || (!generated && found[unit].is_none() && input.diff.units[unit].role != Role::Test)
    });
    for unit in 0..count {
        if verdicts[unit].is_none() && found[unit].is_none() {
            match signs::by_place(&facts, &anchors, unit) {
                signs::Placed::Sign(sign) => found[unit] = Some(sign),
                signs::Placed::Near(why) => {
                    verdicts[unit] = Some(verdict(unit, Class::Supporting, why));
                }
                signs::Placed::Open => {}
            }
        }
    }
    spread::downward(&facts, &candidates, &verdicts, &mut found);
    for (unit, found) in found.into_iter().enumerate() {
        if let (None, Some(found)) = (&verdicts[unit], found) {
            let mut evidence = found.evidence;
            if evidence.is_empty() {
                evidence.extend(facts.first_line(unit));
            }
            verdicts[unit] = Some(Classified {
                grade: Some(found.grade),
                sign: Some(found.sign),
                evidence,
                ..verdict(unit, Class::Irrelevant, found.why)
            });
        }
    }
    support::fill(&facts, &anchors, &mut verdicts);
    verdicts
        .into_iter()
        .enumerate()
        .map(|(unit, known)| {
            known.unwrap_or_else(|| verdict(unit, Class::Unproven, support::tried(&facts, unit)))
        })
        .collect()
}

fn verdict(unit: usize, class: Class, why: String) -> Classified {
    Classified { unit, class, grade: None, sign: None, suspect: false, evidence: Vec::new(), why }
}

fn generated(facts: &Facts, unit: usize) -> Option<Classified> {
    if facts.diff().units[unit].role != Role::Generated {
        return None;
    }
    let path = facts.path(unit);
    let why = match signs::housekeeping::manifest_of(path) {
        Some(manifest) => match signs::housekeeping::changed_manifest(facts, manifest) {
            Some(manifest) => format!("`{manifest}` changed with it"),
            None => return None,
        },
        None => format!("`{path}` is written by a program"),
    };
    Some(verdict(unit, Class::Generated, why))
}
