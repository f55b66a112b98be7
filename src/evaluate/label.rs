//! Units for people to label: a seeded sample of what patches changed, and kerf's own verdict kept apart from it.
//!
//! In: tasks with predictions. Out: [`LabelItem`]s without a verdict or a model's name, and the [`LabelKey`] that belongs to
//! each. Classes are found with gold and tests withheld, as in a review.
//!
//! Invariant: the same inputs and seed give the same items, in the same order.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::run::World;
use super::trees::changed_files;
use crate::diff::{Change, Diff, FilePair, Role, UnitKind, diff};
use crate::metric::relevance::{Class, Classified, Grade, Input, Sign, classify};
use crate::patch;
use crate::prediction::Prediction;
use crate::task::Task;

/// Schema name of an item.
pub const LABEL_SCHEMA: &str = "kerf/label/1";

/// Lines of context around a unit.
const CONTEXT: usize = 4;

/// Lines of one side that are shown.
const MOST_LINES: usize = 60;

/// What a rater says of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Label {
    /// The task needs it, or it belongs to what the task needs.
    Relevant,
    /// The task does not need it.
    Irrelevant,
    /// The rater cannot tell.
    Unsure,
}

impl Label {
    /// By its name, in any case.
    pub fn from_name(name: &str) -> Option<Self> {
        match name.trim().to_lowercase().as_str() {
            "relevant" => Some(Self::Relevant),
            "irrelevant" => Some(Self::Irrelevant),
            "unsure" => Some(Self::Unsure),
            _ => None,
        }
    }
}

/// A unit to be labelled; says neither who made it nor what kerf thinks of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LabelItem {
    /// `kerf/label/1`.
    pub schema: String,
    /// hash(task, patch, unit), 12 hex digits.
    pub id: String,
    /// Task id.
    pub task: String,
    /// hash(task, patch), 8 hex digits: units of one patch have the same.
    pub patch: String,
    /// Path after the change, else before.
    pub file: String,
    /// First and last line after the change; before it where the unit only deletes.
    pub lines: [usize; 2],
    /// The entities around it, outermost first.
    pub entity: Vec<String>,
    /// What it does.
    pub kind: UnitKind,
    /// Its weight in tokens.
    pub weight: u32,
    /// What it takes away.
    pub old: String,
    /// What it brings.
    pub new: String,
    /// The lines around it as a diff: ` ` kept, `-` before, `+` after.
    pub shown: String,
    /// The rater's label: `relevant`, `irrelevant` or `unsure`; null until it is given.
    pub label: Option<Label>,
    /// The rater's remark.
    pub note: String,
}

/// What kerf says of an item, and whose it is: not for raters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LabelKey {
    /// The item's id.
    pub id: String,
    /// Task id.
    pub task: String,
    /// Model.
    pub model: String,
    /// Scaffold.
    pub scaffold: Option<String>,
    /// 0-based.
    pub sample: u32,
    /// The unit's id in its diff.
    pub unit: String,
    /// kerf's class, gold and tests withheld.
    pub class: Class,
    /// Of an irrelevant unit.
    pub grade: Option<Grade>,
    /// Of an irrelevant unit.
    pub sign: Option<Sign>,
    /// Why.
    pub why: String,
}

/// A sample.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sample {
    /// Items with their keys, by task, then patch, then place.
    pub items: Vec<(LabelItem, LabelKey)>,
    /// Task id → its statement, of tasks with an item.
    pub statements: BTreeMap<String, String>,
    /// Patch → the whole of it, of patches with an item.
    pub patches: BTreeMap<String, String>,
    /// Number of units that were drawn from.
    pub units: usize,
    /// Tasks and predictions that gave none, with the reason.
    pub left_out: Vec<String>,
}

/// Draws `count` units over all predictions, each as likely as any other; units of tests, documents and generated files are
/// not drawn, since they are in no ratio.
pub fn sample(world: &World, tasks: &[(Task, Vec<Prediction>)], count: usize, seed: u64) -> Sample {
    let mut sample = Sample::default();
    let mut drawn: Vec<(String, usize, (LabelItem, LabelKey))> = Vec::new();
    let mut patches: BTreeMap<String, String> = BTreeMap::new();
    for (task, predictions) in tasks {
        let base = match world.mirrors.tree(&task.source, task.commit.as_deref()) {
            Ok(base) => base,
            Err(error) => {
                sample.left_out.push(format!("{}: {error}", task.id));
                continue;
            }
        };
        for prediction in predictions {
            let edits = match prediction.extract() {
                Ok(extracted) => extracted.edits,
                Err(error) => {
                    sample.left_out.push(format!("{}: {error}", prediction.origin));
                    continue;
                }
            };
            let changes = match patch::apply_edits(&base, &edits) {
                Ok(applied) => applied.changes,
                Err(error) => {
                    sample.left_out.push(format!("{}: {error}", prediction.origin));
                    continue;
                }
            };
            let diff = diff(&changed_files(&base, &changes));
            let statement = Some(task.statement.as_str());
            let allow = task.allow.as_deref();
            let classified = classify(&Input { statement, allow, ..Input::bare(&diff, &base) });
            let name = hash(&[&task.id, &prediction.hash()], 8);
            patches.insert(name.clone(), patch::render(&base, &changes));
            for one in classified.iter().filter(|one| counts(one)) {
                let (item, key) = item(task, prediction, &diff, &name, one);
                let order = hash(&[&seed.to_string(), &item.id], 32);
                drawn.push((order, drawn.len(), (item, key)));
            }
        }
    }
    sample.units = drawn.len();
    drawn.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
    drawn.truncate(count);
    drawn.sort_by(|a, b| (&a.2.0.task, &a.2.0.patch, a.1).cmp(&(&b.2.0.task, &b.2.0.patch, b.1)));
    sample.items = drawn.into_iter().map(|(_, _, item)| item).collect();
    let has = |wanted: &dyn Fn(&LabelItem) -> bool| sample.items.iter().any(|(item, _)| wanted(item));
    sample.statements = tasks
        .iter()
        .filter(|(task, _)| has(&|item| item.task == task.id))
        .map(|(task, _)| (task.id.clone(), task.statement.clone()))
        .collect();
    sample.patches = patches.into_iter().filter(|(name, _)| has(&|item| item.patch == *name)).collect();
    sample
}

fn counts(one: &Classified) -> bool {
    matches!(one.role, Role::Code | Role::Config | Role::Other) && one.class != Class::Generated
}

fn item(
    task: &Task,
    prediction: &Prediction,
    diff: &Diff,
    patch: &str,
    one: &Classified,
) -> (LabelItem, LabelKey) {
    let unit = &diff.units[one.unit];
    let id = hash(&[&task.id, patch, &unit.id], 12);
    let first = unit.changes.first();
    let file = first.and_then(|change| diff.files.get(change.file));
    let gone = file.is_some_and(|file| file.new.is_none());
    let text = |change: &Change, old: bool| {
        let Some(file) = diff.files.get(change.file) else { return String::new() };
        let (bytes, range) = if old { (&file.old_bytes, change.old) } else { (&file.new_bytes, change.new) };
        bytes
            .get(range[0]..range[1])
            .map(|text| String::from_utf8_lossy(text).into_owned())
            .unwrap_or_default()
    };
    let all = |old: bool| -> String {
        let parts: Vec<String> = unit.changes.iter().map(|change| text(change, old)).collect();
        if unit.file_level { String::new() } else { parts.join("\n") }
    };
    let shown = if unit.file_level {
        file.map(about_file).unwrap_or_default()
    } else {
        unit.changes.iter().map(|change| around(diff, change)).collect::<Vec<_>>().join("\n")
    };
    let item = LabelItem {
        schema: LABEL_SCHEMA.to_owned(),
        id: id.clone(),
        task: task.id.clone(),
        patch: patch.to_owned(),
        file: file.and_then(|file| file.new.clone().or_else(|| file.old.clone())).unwrap_or_default(),
        lines: first.map_or([0, 0], |change| if gone { change.old_lines } else { change.new_lines }),
        entity: unit.entity.clone(),
        kind: unit.kind,
        weight: unit.weight,
        old: all(true),
        new: all(false),
        shown,
        label: None,
        note: String::new(),
    };
    let key = LabelKey {
        id,
        task: task.id.clone(),
        model: prediction.model.clone(),
        scaffold: prediction.scaffold.clone(),
        sample: prediction.sample,
        unit: unit.id.clone(),
        class: one.class,
        grade: one.grade,
        sign: one.sign,
        why: one.why.clone(),
    };
    (item, key)
}

/// What happens to a file as a whole.
fn about_file(file: &FilePair) -> String {
    match (&file.old, &file.new) {
        (None, Some(new)) => format!("+ file {new} is created"),
        (Some(old), None) => format!("- file {old} is deleted"),
        (Some(old), Some(new)) if old != new => format!("- file {old}\n+ file {new}"),
        (Some(old), Some(_)) => format!("file {old}: mode, line ends, mark or binary content"),
        (None, None) => String::new(),
    }
}

/// The lines of one place with some around it.
fn around(diff: &Diff, change: &Change) -> String {
    let Some(file) = diff.files.get(change.file) else { return String::new() };
    let (old, new) = (String::from_utf8_lossy(&file.old_bytes), String::from_utf8_lossy(&file.new_bytes));
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let (first, last) = (change.new_lines[0].max(1), change.new_lines[1]);
    let mut out = Vec::new();
    let from = first.saturating_sub(CONTEXT + 1);
    out.extend(new.iter().take(first - 1).skip(from).map(|line| format!(" {line}")));
    side(&mut out, '-', &old, change.old_lines);
    side(&mut out, '+', &new, change.new_lines);
    out.extend(new.iter().skip(last).take(CONTEXT).map(|line| format!(" {line}")));
    out.join("\n")
}

fn side(out: &mut Vec<String>, mark: char, lines: &[&str], range: [usize; 2]) {
    let all = lines.iter().take(range[1]).skip(range[0].saturating_sub(1));
    let count = all.clone().count();
    out.extend(all.take(MOST_LINES).map(|line| format!("{mark}{line}")));
    if count > MOST_LINES {
        out.push(format!("{mark}… {} more lines", count - MOST_LINES));
    }
}

fn hash(parts: &[&str], digits: usize) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().to_hex()[..digits].to_owned()
}
