//! A patch's figures on irrelevant edits: ratios over the weight of its units.
//!
//! In: a diff and the class of each unit. Out: [`EditFigures`]. Numerators and denominators count roles `code`, `config`
//! and `other`, class generated left out; an irrelevant scratch file counts as `other` wherever it lies, and a lockfile
//! that changed alone weighs 1.
//!
//! Invariant: adding an irrelevant unit lowers neither `excess` nor `upper`.

use std::collections::{BTreeMap, BTreeSet};

use crate::diff::{Diff, Role, Unit};
use crate::metric::relevance::{Class, Classified, Grade, Sign};

/// What was at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Gold and tests.
    Trial,
    /// Neither.
    Review,
}

/// Weight in tokens by class.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Weights {
    /// By ablation.
    pub needed: u32,
    /// Gold has it too.
    pub acquitted: u32,
    /// By place or dependence.
    pub supporting: u32,
    /// Grades A and B.
    pub irrelevant: u32,
    /// Everything else.
    pub unproven: u32,
}

/// Irrelevant edits of a patch. Ratios lie in 0..=1, null where there is no weight or the measure was not taken.
#[derive(Debug, Clone, PartialEq)]
pub struct EditFigures {
    /// `trial` or `review`.
    pub mode: String,
    /// Weight of grades A and B ÷ weight of all.
    pub irrelevant_edit_ratio: Option<f64>,
    /// Grade A only.
    pub strict: Option<f64>,
    /// A, B and unproven; null in a review.
    pub upper: Option<f64>,
    /// Irrelevant weight, in tokens.
    pub excess: u32,
    /// Unproven units under suspicion, by weight; null without ablation.
    pub suspect_ratio: Option<f64>,
    /// Weight outside the minimal set; null without full ablation.
    pub removable_ratio: Option<f64>,
    /// Some file was compared by tokens for want of time.
    pub coarse: bool,
    /// Irrelevant units that ablation proved needed.
    pub overturned: u32,
    /// Weight by class.
    pub weight: Weights,
    /// Number of irrelevant units.
    pub irrelevant_units: u32,
    /// Sign → (grade of its heavier part, weight).
    pub by_kind: BTreeMap<String, (String, u32)>,
    /// Hashes of normalised irrelevant edits with their weight, at most 20, heaviest first.
    pub marks: Vec<(String, u32)>,
    /// Weight in tests.
    pub test_weight: u32,
    /// Weight in documentation.
    pub doc_weight: u32,
}

/// Most marks that a record keeps.
const MARKS: usize = 20;

/// A unit's share in the headline: its weight, or `None` where its role does not count.
fn counted(unit: &Unit, found: &Classified, locks: &mut BTreeSet<usize>) -> Option<u32> {
    if found.class == Class::Generated {
        return None;
    }
    match unit.role {
        Role::Code | Role::Config | Role::Other => Some(unit.weight),
        Role::Test | Role::Doc => (found.sign == Some(Sign::Scratch)).then_some(unit.weight),
        Role::Generated => {
            let file = unit.changes.first().map_or(0, |change| change.file);
            (found.class == Class::Irrelevant).then(|| u32::from(locks.insert(file)))
        }
    }
}

/// Figures of a patch; `classified` holds one entry a unit, in unit order.
pub fn figures(diff: &Diff, classified: &[Classified], mode: Mode) -> EditFigures {
    let mut weight = Weights::default();
    let mut strict = 0;
    let mut suspect = 0;
    let mut irrelevant_units = 0;
    let mut kinds: BTreeMap<Sign, BTreeMap<Grade, u32>> = BTreeMap::new();
    let mut marks: BTreeMap<String, u32> = BTreeMap::new();
    let (mut test_weight, mut doc_weight) = (0, 0);
    let mut locks = BTreeSet::new();
    for found in classified {
        let Some(unit) = diff.units.get(found.unit) else { continue };
        let Some(share) = counted(unit, found, &mut locks) else {
            match unit.role {
                Role::Test => test_weight += unit.weight,
                Role::Doc => doc_weight += unit.weight,
                Role::Code | Role::Config | Role::Generated | Role::Other => {}
            }
            continue;
        };
        match found.class {
            Class::Generated => {}
            Class::Acquitted => weight.acquitted += share,
            Class::Needed => weight.needed += share,
            Class::Supporting => weight.supporting += share,
            Class::Unproven => weight.unproven += share,
            Class::Irrelevant => {
                weight.irrelevant += share;
                irrelevant_units += 1;
                let grade = found.grade.unwrap_or(Grade::B);
                strict += if grade == Grade::A { share } else { 0 };
                if let Some(sign) = found.sign {
                    *kinds.entry(sign).or_default().entry(grade).or_default() += share;
                    *marks.entry(mark(diff, unit, sign)).or_default() += share;
                }
            }
        }
        suspect += if found.suspect { share } else { 0 };
    }
    let all = weight.needed + weight.acquitted + weight.supporting + weight.irrelevant + weight.unproven;
    let ratio = |part: u32| (all > 0).then(|| f64::from(part) / f64::from(all));
    let ablated = classified.iter().any(|found| found.suspect || found.class == Class::Needed);
    let by_kind = kinds
        .into_iter()
        .map(|(sign, grades)| {
            let heaviest = grades.iter().max_by_key(|(grade, weight)| (**weight, **grade));
            let grade = heaviest.map_or(Grade::B, |(grade, _)| *grade);
            (sign.name().to_owned(), (grade.name().to_owned(), grades.values().sum()))
        })
        .collect();
    let mut marks: Vec<(String, u32)> = marks.into_iter().collect();
    marks.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    marks.truncate(MARKS);
    EditFigures {
        mode: if mode == Mode::Trial { "trial" } else { "review" }.to_owned(),
        irrelevant_edit_ratio: ratio(weight.irrelevant),
        strict: ratio(strict),
        upper: if mode == Mode::Trial { ratio(weight.irrelevant + weight.unproven) } else { None },
        excess: weight.irrelevant,
        suspect_ratio: if ablated && mode == Mode::Trial { ratio(suspect) } else { None },
        removable_ratio: None,
        coarse: diff.files.iter().any(|file| file.coarse),
        overturned: 0,
        weight,
        irrelevant_units,
        by_kind,
        marks,
        test_weight,
        doc_weight,
    }
}

/// Weight of a diff's units in roles `code`, `config` and `other`.
pub fn weight(diff: &Diff) -> u32 {
    let counts = |unit: &&Unit| matches!(unit.role, Role::Code | Role::Config | Role::Other);
    diff.units.iter().filter(counts).map(|unit| unit.weight).sum()
}

/// Names an edit by sign and text alone, so that the same edit in other patches has the same name.
fn mark(diff: &Diff, unit: &Unit, sign: Sign) -> String {
    let mut hash = blake3::Hasher::new();
    hash.update(sign.name().as_bytes());
    for change in &unit.changes {
        let Some(file) = diff.files.get(change.file) else { continue };
        for (side, bytes, place) in [("+", &file.new_bytes, change.new), ("-", &file.old_bytes, change.old)] {
            hash.update(b"\0").update(side.as_bytes());
            let text = bytes.get(place[0]..place[1]).unwrap_or_default();
            for word in text.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()) {
                hash.update(b" ").update(word);
            }
        }
    }
    if unit.file_level {
        // Nothing but the name tells such edits apart.
        let path = unit.changes.first().and_then(|change| diff.files.get(change.file));
        hash.update(
            path.and_then(|file| file.new.as_ref().or(file.old.as_ref())).map_or(b"", |p| p.as_bytes()),
        );
        for entity in &unit.entity {
            hash.update(entity.as_bytes());
        }
    }
    hash.finalize().to_hex().as_str().chars().take(16).collect()
}
