//! Records for tests, written as one reads them: `trial("m", "t").resolved().irrelevant(90, &[("debug", "B", 10)])`.

use std::collections::BTreeMap;

use crate::evaluate::Record;
use crate::evaluate::record::{
    Apply, ClassWeights, Context, Cost, Edits, Lint, LintStatus, Outcome, RECORD_SCHEMA, Reason,
};
use crate::patch::Rung;
use crate::task::Span;

/// A record under construction.
#[derive(Debug, Clone)]
pub(crate) struct Trial(Record);

/// An unresolved trial of `model` on `task` that applied exactly and of which nothing else was measured.
pub(crate) fn trial(model: &str, task: &str) -> Trial {
    Trial(Record {
        schema: RECORD_SCHEMA.to_owned(),
        trial: format!("{model}/{task}/0"),
        run_key: None,
        grade_key: None,
        task: task.to_owned(),
        language: "rust".to_owned(),
        tier: 1,
        gold_weight: None,
        model: model.to_owned(),
        scaffold: None,
        sample: 0,
        outcome: Outcome::Unresolved,
        reason: None,
        apply: Some(Apply { format: "unified".to_owned(), well_formed: true, rung: Some(Rung::Exact) }),
        tests: None,
        edits: None,
        lint: None,
        context: None,
        cost: Cost::default(),
        environment: BTreeMap::new(),
        timing: BTreeMap::new(),
    })
}

impl Trial {
    pub(crate) fn build(self) -> Record {
        self.0
    }

    pub(crate) fn outcome(mut self, outcome: Outcome) -> Self {
        self.0.outcome = outcome;
        self
    }

    pub(crate) fn resolved(self) -> Self {
        self.outcome(Outcome::Resolved)
    }

    /// Nothing was there to apply, or nothing was applied.
    pub(crate) fn missing(mut self) -> Self {
        self.0.apply = None;
        self.outcome(Outcome::Missing)
    }

    pub(crate) fn invalid(mut self, reason: Reason) -> Self {
        self.0.reason = Some(reason);
        self.outcome(Outcome::Invalid)
    }

    pub(crate) fn sample(mut self, sample: u32) -> Self {
        self.0.sample = sample;
        self.0.trial = format!("{}/{}/{sample}", self.0.model, self.0.task);
        self
    }

    pub(crate) fn scaffold(mut self, scaffold: &str) -> Self {
        self.0.scaffold = Some(scaffold.to_owned());
        self
    }

    pub(crate) fn grade_key(mut self, key: &str) -> Self {
        self.0.grade_key = Some(key.to_owned());
        self
    }

    /// Edits of `relevant` tokens that are needed or supporting, without any irrelevant one.
    pub(crate) fn edits(self, relevant: u32) -> Self {
        self.irrelevant(relevant, &[])
    }

    /// Edits with irrelevant units: sign, grade, weight.
    pub(crate) fn irrelevant(mut self, relevant: u32, signs: &[(&str, &str, u32)]) -> Self {
        let of = |grades: &str| {
            signs.iter().filter(|sign| grades.contains(sign.1)).map(|sign| sign.2).sum::<u32>()
        };
        let all = relevant + of("AB");
        let ratio = |weight: u32| (all > 0).then(|| f64::from(weight) / f64::from(all));
        self.0.edits = Some(Edits {
            mode: "trial".to_owned(),
            irrelevant_edit_ratio: ratio(of("AB")),
            strict: ratio(of("A")),
            upper: ratio(of("AB")),
            excess: of("AB"),
            suspect_ratio: None,
            removable_ratio: None,
            coarse: false,
            overturned: 0,
            weight: ClassWeights { needed: relevant, irrelevant: of("AB"), ..ClassWeights::default() },
            irrelevant_units: signs.len() as u32,
            by_kind: signs
                .iter()
                .map(|&(sign, grade, weight)| (sign.to_owned(), (grade.to_owned(), weight)))
                .collect(),
            marks: Vec::new(),
            mark_names: BTreeMap::new(),
            test_weight: 0,
            doc_weight: 0,
        });
        self
    }

    /// Marks of what [`Self::irrelevant`] made: hash, weight; each is named after its hash.
    pub(crate) fn marks(mut self, marks: &[(u64, u32)]) -> Self {
        if let Some(edits) = &mut self.0.edits {
            edits.marks = marks.iter().map(|(mark, weight)| (format!("{mark:016x}"), *weight)).collect();
            edits.mark_names = edits
                .marks
                .iter()
                .map(|(hash, _)| (hash.clone(), format!("edit {}", hash.trim_start_matches('0'))))
                .collect();
        }
        self
    }

    pub(crate) fn lint(mut self, status: LintStatus) -> Self {
        self.0.lint = Some(Lint {
            status,
            new: BTreeMap::new(),
            fixed: 0,
            suppressions: 0,
            unformatted_lines: 0,
            changed_code_lines: 10,
        });
        self
    }

    pub(crate) fn span(mut self, span: Span) -> Self {
        self.0.context.get_or_insert_with(Context::default).span = Some(span);
        self
    }

    pub(crate) fn recall(mut self, file_recall: f64) -> Self {
        self.0.context.get_or_insert_with(Context::default).file_recall = Some(file_recall);
        self
    }

    pub(crate) fn rung(mut self, rung: Option<Rung>, well_formed: bool) -> Self {
        self.0.apply = Some(Apply { format: "unified".to_owned(), well_formed, rung });
        self
    }

    pub(crate) fn cost(mut self, usd: f64) -> Self {
        self.0.cost.usd = Some(usd);
        self
    }
}

/// The run of the reports' examples: four models on twelve tasks (five local, three neighbour, four global), controls
/// and one invalid trial.
pub(crate) fn demo() -> Vec<Record> {
    let span = |place: usize| match place {
        0..5 => Span::Local,
        5..8 => Span::Neighbour,
        _ => Span::Global,
    };
    let mut records = Vec::new();
    for place in 0..12 {
        let task = format!("task-{place:02}");
        let of = |model: &str| trial(model, &task).span(span(place));
        let clean = |model: &str| of(model).edits(40).lint(LintStatus::Clean);
        records.push(clean("gold").resolved().build());
        records.push(of("empty").outcome(Outcome::Empty).build());
        records.push(clean("focused").resolved().build());
        let signs = [("format", "A", 6 + place as u32), ("comment", "B", 9), ("scratch", "B", 5)];
        let lint = if place % 2 == 0 { LintStatus::Findings } else { LintStatus::Clean };
        let sprawling =
            of("sprawling").irrelevant(30, &signs).lint(lint).rung(Some(Rung::Recounted), place != 3);
        records.push(if place == 11 { sprawling } else { sprawling.resolved() }.build());
        let local = clean("local-only");
        records.push(if place < 6 { local.resolved() } else { local }.build());
        records.push(match place {
            4 => of("careless").invalid(Reason::Sandbox).build(),
            5 => trial("careless", &task).missing().build(),
            6 => trial("careless", &task).outcome(Outcome::ApplyFailed).rung(None, false).build(),
            _ if place % 3 == 0 => {
                of("careless").irrelevant(40, &[("debug", "B", 4)]).lint(LintStatus::BuildFailed).build()
            }
            _ => of("careless").edits(25).lint(LintStatus::Findings).resolved().build(),
        });
    }
    records
}
