//! What is compared: every figure of a record, with its name, its kind and its good direction.
//!
//! Invariant: a value is a share or ratio in 0..=1, or a finite amount from 0 up; anything else counts as not measured.

use crate::evaluate::Record;
use crate::evaluate::record::{Context, Edits, LintStatus, Outcome};

/// A figure of a trial. The first four are the primary family, on which verdicts rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Measure {
    /// Resolved or not.
    Resolved,
    /// Resolved without an irrelevant unit; unknown where a resolved trial's edits were not measured.
    ResolvedAndClean,
    /// Headline of the edits.
    IrrelevantEditRatio,
    /// No new finding, suppression or unformatted line.
    LintClean,
    /// Grade A only.
    Strict,
    /// A, B and unproven.
    Upper,
    /// Irrelevant tokens.
    Excess,
    /// Unproven under suspicion.
    SuspectRatio,
    /// Outside the minimal set.
    RemovableRatio,
    /// An irrelevant unit at all.
    IrrelevantPatchRate,
    /// Agreement with the reference.
    FileRecall,
    /// Agreement with the reference.
    FilePrecision,
    /// Agreement with the reference.
    EntityRecall,
    /// Agreement with the reference.
    EntityPrecision,
    /// Files that the task needs.
    ObligationRecall,
    /// References carried along.
    Propagation,
    /// References to what is gone.
    Dangling,
    /// Names that nothing defines.
    Invented,
    /// Functions that existed.
    Reinvented,
    /// Prediction exactly in its form.
    WellFormed,
    /// US dollars.
    CostUsd,
    /// Tokens read.
    PromptTokens,
    /// Tokens written.
    CompletionTokens,
    /// Seconds.
    LatencyS,
    /// Steps of the agent.
    Steps,
}

/// What values a measure has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Yes or no.
    Share,
    /// 0..=1.
    Ratio,
    /// From 0 up, in a unit of its own.
    Amount,
}

/// Number of measures.
pub(super) const MEASURES: usize = 25;

impl Measure {
    /// All, in the order in which they are reported.
    pub const ALL: [Self; MEASURES] = [
        Self::Resolved,
        Self::ResolvedAndClean,
        Self::IrrelevantEditRatio,
        Self::LintClean,
        Self::Strict,
        Self::Upper,
        Self::Excess,
        Self::SuspectRatio,
        Self::RemovableRatio,
        Self::IrrelevantPatchRate,
        Self::FileRecall,
        Self::FilePrecision,
        Self::EntityRecall,
        Self::EntityPrecision,
        Self::ObligationRecall,
        Self::Propagation,
        Self::Dangling,
        Self::Invented,
        Self::Reinvented,
        Self::WellFormed,
        Self::CostUsd,
        Self::PromptTokens,
        Self::CompletionTokens,
        Self::LatencyS,
        Self::Steps,
    ];

    /// Whether the verdict of a comparison rests on it.
    pub fn is_primary(self) -> bool {
        self <= Self::LintClean
    }

    /// Name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Resolved => "resolved",
            Self::ResolvedAndClean => "resolved_and_clean",
            Self::IrrelevantEditRatio => "irrelevant_edit_ratio",
            Self::LintClean => "lint_clean",
            Self::Strict => "strict",
            Self::Upper => "upper",
            Self::Excess => "excess",
            Self::SuspectRatio => "suspect_ratio",
            Self::RemovableRatio => "removable_ratio",
            Self::IrrelevantPatchRate => "irrelevant_patch_rate",
            Self::FileRecall => "file_recall",
            Self::FilePrecision => "file_precision",
            Self::EntityRecall => "entity_recall",
            Self::EntityPrecision => "entity_precision",
            Self::ObligationRecall => "obligation_recall",
            Self::Propagation => "propagation",
            Self::Dangling => "dangling",
            Self::Invented => "invented",
            Self::Reinvented => "reinvented",
            Self::WellFormed => "well_formed",
            Self::CostUsd => "cost_usd",
            Self::PromptTokens => "prompt_tokens",
            Self::CompletionTokens => "completion_tokens",
            Self::LatencyS => "latency_s",
            Self::Steps => "steps",
        }
    }

    /// The measure of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|measure| measure.name() == name)
    }

    /// What values it has.
    pub fn kind(self) -> Kind {
        match self {
            Self::Resolved
            | Self::ResolvedAndClean
            | Self::LintClean
            | Self::IrrelevantPatchRate
            | Self::WellFormed => Kind::Share,
            Self::IrrelevantEditRatio
            | Self::Strict
            | Self::Upper
            | Self::SuspectRatio
            | Self::RemovableRatio
            | Self::FileRecall
            | Self::FilePrecision
            | Self::EntityRecall
            | Self::EntityPrecision
            | Self::ObligationRecall
            | Self::Propagation => Kind::Ratio,
            Self::Excess
            | Self::Dangling
            | Self::Invented
            | Self::Reinvented
            | Self::CostUsd
            | Self::PromptTokens
            | Self::CompletionTokens
            | Self::LatencyS
            | Self::Steps => Kind::Amount,
        }
    }

    /// Whether a higher value is better.
    pub fn more_is_better(self) -> bool {
        matches!(
            self,
            Self::Resolved
                | Self::ResolvedAndClean
                | Self::LintClean
                | Self::FileRecall
                | Self::FilePrecision
                | Self::EntityRecall
                | Self::EntityPrecision
                | Self::ObligationRecall
                | Self::Propagation
                | Self::WellFormed
        )
    }

    /// Sums are kept in whole parts of this size, so that the order of adding does not matter.
    pub(super) fn unit(self) -> f64 {
        match self {
            Self::LatencyS => 1e-9,
            _ if self.kind() == Kind::Ratio || self == Self::CostUsd => 1e-12,
            _ => 1.0,
        }
    }

    /// The value of a trial that is neither invalid nor missing; none where it was not measured or is out of range.
    pub fn of(self, record: &Record) -> Option<f64> {
        let edits = |of: fn(&Edits) -> Option<f64>| record.edits.as_ref().and_then(of);
        let context = |of: fn(&Context) -> Option<f64>| record.context.as_ref().and_then(of);
        let count = |n: Option<u32>| n.map(f64::from);
        let tokens = |n: Option<u64>| n.map(|n| n as f64);
        let yes = |yes: bool| f64::from(u8::from(yes));
        let resolved = record.outcome == Outcome::Resolved;
        let value = match self {
            Self::Resolved => Some(yes(resolved)),
            Self::ResolvedAndClean if resolved => edits(|edits| Some(yes_if(edits.irrelevant_units == 0))),
            Self::ResolvedAndClean => Some(0.0),
            Self::IrrelevantEditRatio => edits(|edits| edits.irrelevant_edit_ratio),
            Self::LintClean => record.lint.as_ref().and_then(|lint| match lint.status {
                LintStatus::Clean => Some(1.0),
                LintStatus::Findings | LintStatus::BuildFailed => Some(0.0),
                LintStatus::Invalid | LintStatus::NoLinter => None,
            }),
            Self::Strict => edits(|edits| edits.strict),
            Self::Upper => edits(|edits| edits.upper),
            // Without weight there is no ratio, and no excess either.
            Self::Excess => edits(|edits| edits.irrelevant_edit_ratio.map(|_| f64::from(edits.excess))),
            Self::SuspectRatio => edits(|edits| edits.suspect_ratio),
            Self::RemovableRatio => edits(|edits| edits.removable_ratio),
            Self::IrrelevantPatchRate => edits(|edits| Some(yes_if(edits.irrelevant_units > 0))),
            Self::FileRecall => context(|context| context.file_recall),
            Self::FilePrecision => context(|context| context.file_precision),
            Self::EntityRecall => context(|context| context.entity_recall),
            Self::EntityPrecision => context(|context| context.entity_precision),
            Self::ObligationRecall => context(|context| context.obligation_recall),
            Self::Propagation => context(|context| context.propagation),
            Self::Dangling => count(record.context.as_ref().and_then(|context| context.dangling)),
            Self::Invented => count(record.context.as_ref().and_then(|context| context.invented)),
            Self::Reinvented => count(record.context.as_ref().and_then(|context| context.reinvented)),
            Self::WellFormed => record.apply.as_ref().map(|apply| yes(apply.well_formed)),
            Self::CostUsd => record.cost.usd,
            Self::PromptTokens => tokens(record.cost.prompt_tokens),
            Self::CompletionTokens => tokens(record.cost.completion_tokens),
            Self::LatencyS => record.cost.latency_s,
            Self::Steps => tokens(record.cost.steps),
        };
        let most = if self.kind() == Kind::Amount { 1e15 * self.unit() } else { 1.0 };
        value.filter(|value| (0.0..=most).contains(value))
    }
}

fn yes_if(yes: bool) -> f64 {
    f64::from(u8::from(yes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_distinct_and_in_order() {
        for (place, measure) in Measure::ALL.into_iter().enumerate() {
            assert_eq!(measure as usize, place);
            assert_eq!(Measure::from_name(measure.name()), Some(measure));
        }
        assert_eq!(Measure::ALL.iter().filter(|measure| measure.is_primary()).count(), 4);
    }
}
