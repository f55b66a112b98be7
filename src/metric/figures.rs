//! Classes to the figures of a record.
//!
//! Numerators and denominators are token weights over the roles `code`, `config` and `other`, class `generated` left out;
//! `docs/metric.md` has the definitions. A ratio without any such weight is null, never 0.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::diff::{Diff, Role};

use super::relevance::{Class, Classified, Grade, Sign, View};

/// What was at hand when the patch was judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// A trial: gold or tests.
    Trial,
    /// Neither gold nor tests: behavioural units are unproven for want of proof, so no bound is given.
    Review,
}

impl Mode {
    /// As written in records.
    pub fn name(self) -> &'static str {
        match self {
            Self::Trial => "trial",
            Self::Review => "review",
        }
    }
}

/// Weight in tokens by class; over roles `code`, `config`, `other`, without class `generated`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ClassWeights {
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

impl ClassWeights {
    /// All classes together.
    pub fn total(&self) -> u32 {
        [self.needed, self.acquitted, self.supporting, self.irrelevant, self.unproven]
            .into_iter()
            .fold(0, u32::saturating_add)
    }
}

/// The figures of one patch, as a record's `edits` has them. What only ablation measures (suspect and removable ratio,
/// overturned units) is not here.
#[derive(Debug, Clone, PartialEq)]
pub struct EditFigures {
    /// What was at hand.
    pub mode: Mode,
    /// Weight of grades A and B ÷ weight of all, 0..=1.
    pub irrelevant_edit_ratio: Option<f64>,
    /// Weight of grade A ÷ weight of all, 0..=1.
    pub strict: Option<f64>,
    /// Weight of grades A and B, of unproven units and of files compared only coarsely ÷ weight of all, 0..=1.
    pub upper: Option<f64>,
    /// Weight of grades A and B, in tokens.
    pub excess: u32,
    /// Some file was compared by tokens for want of time.
    pub coarse: bool,
    /// Weight by class.
    pub weight: ClassWeights,
    /// Number of irrelevant units.
    pub irrelevant_units: u32,
    /// Sign → (lowest grade, weight).
    pub by_kind: BTreeMap<String, (String, u32)>,
    /// Hashes of normalised irrelevant edits with their weight, at most 20, heaviest first, then by hash.
    pub marks: Vec<(String, u32)>,
    /// What each of these marks stands for: sign, file where it belongs to the edit, text removed and added, cut.
    pub mark_names: BTreeMap<String, String>,
    /// Weight in tests, generated left out.
    pub test_weight: u32,
    /// Weight in documentation, generated left out.
    pub doc_weight: u32,
}

/// At most so many marks are kept.
const MOST_MARKS: usize = 20;

/// The figures of a classified patch.
pub fn figures(diff: &Diff, classified: &[Classified], mode: Mode) -> EditFigures {
    let view = View::new(diff);
    let mut weight = ClassWeights::default();
    let (mut strict, mut upper, mut irrelevant_units) = (0_u32, 0_u32, 0);
    let (mut test_weight, mut doc_weight) = (0_u32, 0_u32);
    let mut by_sign: BTreeMap<Sign, (Grade, u32)> = BTreeMap::new();
    let mut marks: BTreeMap<Mark, u32> = BTreeMap::new();
    for one in classified {
        let Some(unit) = diff.units.get(one.unit) else { continue };
        if one.class == Class::Generated {
            continue;
        }
        match one.role {
            Role::Code | Role::Config | Role::Other => {}
            Role::Test => {
                test_weight = test_weight.saturating_add(unit.weight);
                continue;
            }
            Role::Doc => {
                doc_weight = doc_weight.saturating_add(unit.weight);
                continue;
            }
            Role::Generated => continue,
        }
        let of_class = match one.class {
            Class::Needed => &mut weight.needed,
            Class::Acquitted => &mut weight.acquitted,
            Class::Supporting => &mut weight.supporting,
            Class::Irrelevant => &mut weight.irrelevant,
            Class::Unproven => &mut weight.unproven,
            Class::Generated => continue,
        };
        *of_class = of_class.saturating_add(unit.weight);
        let coarse = view.file(unit).is_some_and(|file| file.coarse);
        if coarse || matches!(one.class, Class::Irrelevant | Class::Unproven) {
            upper = upper.saturating_add(unit.weight);
        }
        let (Class::Irrelevant, Some(grade), Some(sign)) = (one.class, one.grade, one.sign) else { continue };
        irrelevant_units += 1;
        if grade == Grade::A {
            strict = strict.saturating_add(unit.weight);
        }
        let entry = by_sign.entry(sign).or_insert((grade, 0));
        *entry = (entry.0.max(grade), entry.1.saturating_add(unit.weight));
        let mark = marks.entry(mark(&view, one.unit, sign)).or_default();
        *mark = mark.saturating_add(unit.weight);
    }
    let all = weight.total();
    let ratio = |part: u32| (all > 0).then(|| f64::from(part) / f64::from(all));
    let mut marks: Vec<(Mark, u32)> = marks.into_iter().collect();
    marks.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    marks.truncate(MOST_MARKS);
    EditFigures {
        mode,
        irrelevant_edit_ratio: ratio(weight.irrelevant),
        strict: ratio(strict),
        upper: if mode == Mode::Trial { ratio(upper) } else { None },
        excess: weight.irrelevant,
        coarse: diff.files.iter().any(|file| file.coarse),
        weight,
        irrelevant_units,
        by_kind: by_sign
            .into_iter()
            .map(|(sign, (grade, weight))| (sign.name().to_owned(), (format!("{grade:?}"), weight)))
            .collect(),
        mark_names: marks.iter().map(|(mark, _)| (mark.hash.clone(), mark.name.clone())).collect(),
        marks: marks.into_iter().map(|(mark, weight)| (mark.hash, weight)).collect(),
        test_weight,
        doc_weight,
    }
}

/// By what an edit is found again in other patches.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Mark {
    hash: String,
    name: String,
}

/// Characters of a removed or added text that are named.
const NAMED: usize = 48;

/// A normalised edit: the sign, the file's name without its folders where it belongs to the edit, and the words deleted
/// and inserted. The same habit in two repositories has the same mark. The name holds nothing that is not hashed.
fn mark(view: &View, unit: usize, sign: Sign) -> Mark {
    let edit = &view.diff.units[unit];
    let mut hasher = blake3::Hasher::new();
    let mut feed = |part: &str| {
        hasher.update(part.as_bytes());
        hasher.update(&[0]);
    };
    let mut name = sign.name().to_owned();
    feed(sign.name());
    let path = view.path(edit);
    if matches!(sign, Sign::Scratch | Sign::Housekeeping | Sign::Mode) || edit.file_level {
        let file = path.rsplit('/').next().unwrap_or(path);
        feed(file);
        name.push(' ');
        name.push_str(file);
    }
    for (way, text) in [("- ", view.deleted(edit)), ("+ ", view.inserted(edit))] {
        // White space is all that a format edit has; that of the file's line ends is not its own.
        if sign == Sign::Format {
            feed(&text.replace("\r\n", "\n"));
        } else {
            text.split_whitespace().for_each(&mut feed);
        }
        feed("\u{1}");
        let words: Vec<&str> = text.split_whitespace().take(NAMED).collect();
        if !words.is_empty() {
            let words = words.join(" ");
            let cut: String = words.chars().take(NAMED).collect();
            let more = if cut.len() < words.len() { "…" } else { "" };
            name.extend([" ", way, &cut, more]);
        }
    }
    Mark { hash: hasher.finalize().to_hex().chars().take(16).collect(), name }
}
