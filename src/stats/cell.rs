//! What is kept of one model on one task while records stream by.
//!
//! In: the records of that pair, in any order. Out: sums, from which every figure with an interval is made. Sums are
//! integers (values in units of 10⁻¹²), because integers add up to the same in every order and floats do not.
//!
//! Invariant: a cell has a fixed size of some 300 bytes, whatever number of records goes into it.

use super::bootstrap::Part;
use crate::evaluate::Record;
use crate::evaluate::record::{Edits, LintStatus, Outcome};

/// Values in 0..=1 are kept in this part of 1.
const UNIT: f64 = 1e12;

/// Which trials a figure of edits is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// Every trial whose edits were measured.
    All,
    /// Resolved trials.
    Resolved,
}

/// A figure that is a mean over tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Figure {
    Ratio(Scope),
    Strict(Scope),
    Upper(Scope),
    Excess(Scope),
    Suspect(Scope),
    Removable(Scope),
    FileRecall,
    FilePrecision,
    EntityRecall,
    EntityPrecision,
    ObligationRecall,
    Propagation,
}

/// Number of [`Figure`]s.
pub(super) const FIGURES: usize = 18;

impl Figure {
    pub(super) fn index(self) -> usize {
        let of = |place: usize, scope: Scope| place + if scope == Scope::All { 0 } else { 6 };
        match self {
            Self::Ratio(scope) => of(0, scope),
            Self::Strict(scope) => of(1, scope),
            Self::Upper(scope) => of(2, scope),
            Self::Excess(scope) => of(3, scope),
            Self::Suspect(scope) => of(4, scope),
            Self::Removable(scope) => of(5, scope),
            Self::FileRecall => 12,
            Self::FilePrecision => 13,
            Self::EntityRecall => 14,
            Self::EntityPrecision => 15,
            Self::ObligationRecall => 16,
            Self::Propagation => 17,
        }
    }
}

/// A count of a count: so many of so many.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Of {
    pub count: u32,
    pub n: u32,
}

impl Of {
    pub(super) fn add(&mut self, hit: bool) {
        self.count = self.count.saturating_add(u32::from(hit));
        self.n = self.n.saturating_add(1);
    }

    pub(super) fn pair(self) -> (u64, u64) {
        (self.count.into(), self.n.into())
    }
}

/// Irrelevant weight of all weight.
#[derive(Debug, Clone, Copy, Default)]
struct Weight {
    irrelevant: u64,
    all: u64,
}

/// Sums over the records of one model on one task.
#[derive(Debug, Clone, Default)]
pub(super) struct Cell {
    /// Resolved, of trials that are not invalid.
    pub resolved: Of,
    /// Resolved, of all trials.
    pub resolved_of_all: Of,
    /// Resolved without an irrelevant unit, of trials that are not invalid.
    pub clean: Of,
    /// Resolved trials whose edits were not measured.
    pub unmeasured: u32,
    /// Patches with an irrelevant unit: all, resolved.
    pub marred: [Of; 2],
    /// Lint clean.
    pub lint_clean: Of,
    /// Well-formed predictions.
    pub well_formed: Of,
    /// Values out of range.
    pub out_of_range: u32,
    sums: [u64; FIGURES],
    counts: [u32; FIGURES],
    pooled: [Weight; 2],
}

impl Cell {
    /// Takes a record in.
    pub(super) fn add(&mut self, record: &Record) {
        let resolved = record.outcome == Outcome::Resolved;
        self.resolved_of_all.add(resolved);
        if let Some(apply) = &record.apply {
            self.well_formed.add(apply.well_formed);
        }
        if record.outcome == Outcome::Invalid {
            return;
        }
        self.resolved.add(resolved);
        let spotless = record.edits.as_ref().is_some_and(|edits| edits.irrelevant_units == 0);
        self.clean.add(resolved && spotless);
        match &record.edits {
            Some(edits) => {
                self.add_edits(edits, Scope::All);
                if resolved {
                    self.add_edits(edits, Scope::Resolved);
                }
            }
            None => self.unmeasured = self.unmeasured.saturating_add(u32::from(resolved)),
        }
        if let Some(lint) = &record.lint {
            match lint.status {
                LintStatus::Clean => self.lint_clean.add(true),
                LintStatus::Findings | LintStatus::BuildFailed => self.lint_clean.add(false),
                LintStatus::Invalid | LintStatus::NoLinter => {}
            }
        }
        if let Some(context) = &record.context {
            self.add_share(Figure::FileRecall, context.file_recall);
            self.add_share(Figure::FilePrecision, context.file_precision);
            self.add_share(Figure::EntityRecall, context.entity_recall);
            self.add_share(Figure::EntityPrecision, context.entity_precision);
            self.add_share(Figure::ObligationRecall, context.obligation_recall);
            self.add_share(Figure::Propagation, context.propagation);
        }
    }

    fn add_edits(&mut self, edits: &Edits, scope: Scope) {
        let place = usize::from(scope == Scope::Resolved);
        self.marred[place].add(edits.irrelevant_units > 0);
        self.add_share(Figure::Ratio(scope), edits.irrelevant_edit_ratio);
        self.add_share(Figure::Strict(scope), edits.strict);
        self.add_share(Figure::Upper(scope), edits.upper);
        self.add_share(Figure::Suspect(scope), edits.suspect_ratio);
        self.add_share(Figure::Removable(scope), edits.removable_ratio);
        if edits.irrelevant_edit_ratio.is_some() {
            self.add_units(Figure::Excess(scope), edits.excess.into());
            let weight = &edits.weight;
            let all =
                [weight.needed, weight.acquitted, weight.supporting, weight.irrelevant, weight.unproven];
            let pooled = &mut self.pooled[place];
            pooled.irrelevant = pooled.irrelevant.saturating_add(weight.irrelevant.into());
            pooled.all = all.into_iter().fold(pooled.all, |sum, part| sum.saturating_add(part.into()));
        }
    }

    fn add_share(&mut self, figure: Figure, value: Option<f64>) {
        match value {
            Some(value) if (0.0..=1.0).contains(&value) => {
                self.add_units(figure, (value * UNIT).round() as u64);
            }
            Some(_) => self.out_of_range = self.out_of_range.saturating_add(1),
            None => {}
        }
    }

    fn add_units(&mut self, figure: Figure, units: u64) {
        let index = figure.index();
        self.sums[index] = self.sums[index].saturating_add(units);
        self.counts[index] = self.counts[index].saturating_add(1);
    }

    /// Trials that a figure rests on here.
    pub(super) fn trials(&self, figure: Figure) -> u64 {
        self.counts[figure.index()].into()
    }

    /// The task's mean, as a part of the mean over tasks.
    pub(super) fn mean(&self, figure: Figure) -> Part {
        let index = figure.index();
        let unit = if matches!(figure, Figure::Excess(_)) { 1.0 } else { UNIT };
        let count = self.counts[index];
        Part::once((count > 0).then(|| self.sums[index] as f64 / unit / f64::from(count)))
    }

    /// Irrelevant weight above, all weight below the line.
    pub(super) fn pooled(&self, scope: Scope) -> Part {
        let weight = self.pooled[usize::from(scope == Scope::Resolved)];
        Part { numerator: weight.irrelevant as f64, denominator: weight.all as f64 }
    }
}
