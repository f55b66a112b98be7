//! What stands under the table: what did not count, whether the controls held, where to look next, how far the
//! metric can be trusted.
//!
//! In: header and summary, and how to escape. Out: [`Note`]s in the order in which they are shown.

use std::collections::BTreeMap;

use super::columns::{self, Columns, full_name};
use super::escape;
use super::figures::{NONE, count, list, plural};
use super::gaps;
use super::habits;
use super::{Calibration, RunHeader};
use crate::stats::RunSummary;
use crate::stats::interval::Share;
use crate::stats::summary::{ControlSummary, Finding, ModelSummary};

/// A line under the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Words, already escaped for the output.
    pub text: String,
    /// A command that shows more, for a POSIX shell; not escaped for Markdown.
    pub command: Option<String>,
    /// Something is wrong with the run itself.
    pub loud: bool,
}

/// All notes of a run. `escape` makes text from outside harmless for the output.
pub fn notes(
    header: &RunHeader,
    summary: &RunSummary,
    columns: &Columns,
    calibration: Option<&Calibration>,
    escape: &dyn Fn(&str) -> String,
) -> Vec<Note> {
    let mut found: Vec<Note> = Vec::new();
    let mut say = |text: Option<String>, loud: bool| {
        found.extend(text.map(|text| Note { text, command: None, loud }));
    };
    say(
        (summary.models.is_empty()).then(|| "no predictions: only controls, or nothing, was run".to_owned()),
        true,
    );
    say(
        (!columns.unmeasured.is_empty()).then(|| format!("not measured: {}", columns.unmeasured.join(", "))),
        false,
    );
    say(legend(columns), false);
    say(columns::span_note(summary), false);
    for text in gaps::notes(summary, escape) {
        say(Some(text), false);
    }
    for text in habits::notes(summary, escape) {
        say(Some(text), false);
    }
    say(invalid(summary, escape), true);
    say(missing(summary, escape), false);
    say(no_code(summary, escape), false);
    say(reruns(summary), false);
    say(damaged(summary), true);
    let (controls, off) = controls(&summary.controls, escape);
    say(controls, off);
    found.extend(next(header, summary, escape));
    let measured = summary.models.iter().any(|model| model.edits.all.ratio.trials > 0);
    if measured {
        found.push(Note { text: error(calibration), command: None, loud: false });
    }
    found
}

fn legend(columns: &Columns) -> Option<String> {
    let some = columns.rows.iter().flat_map(|row| row.iter().skip(1)).any(|cell| !cell.note.is_empty());
    some.then(|| "(n): rests on n only, where others had nothing to measure".to_owned())
}

/// Models with a figure over 0, highest first.
fn with(
    summary: &RunSummary,
    figure: impl Fn(&ModelSummary) -> u64,
) -> std::vec::IntoIter<(&ModelSummary, u64)> {
    let mut found: Vec<_> =
        summary.models.iter().map(|model| (model, figure(model))).filter(|(_, n)| *n > 0).collect();
    found.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    found.into_iter()
}

fn reasons(reasons: &BTreeMap<String, u64>, escape: &dyn Fn(&str) -> String) -> String {
    reasons.iter().map(|(reason, n)| format!("{} {n}", escape(reason))).collect::<Vec<_>>().join(", ")
}

fn invalid(summary: &RunSummary, escape: &dyn Fn(&str) -> String) -> Option<String> {
    let models = with(summary, |model| model.invalid);
    (models.len() > 0).then(|| {
        let each = models.map(|(model, n)| {
            format!(
                "{} {n} ({}; as failures {})",
                escape(&columns::name(model)),
                reasons(&model.invalid_reasons, &|reason| escape::terminal(reason)),
                count(&model.resolved_of_all)
            )
        });
        format!("invalid, left out of every figure: {}", list(each))
    })
}

fn missing(summary: &RunSummary, escape: &dyn Fn(&str) -> String) -> Option<String> {
    let models = with(summary, |model| model.missing);
    (models.len() > 0).then(|| {
        let each = models.map(|(model, n)| format!("{} {n}", escape(&columns::name(model))));
        format!("no prediction, counted as not resolved: {}", list(each))
    })
}

fn no_code(summary: &RunSummary, escape: &dyn Fn(&str) -> String) -> Option<String> {
    let models = with(summary, |model| model.edits.no_code_edit);
    (models.len() > 0).then(|| {
        let each = models.map(|(model, n)| format!("{} {n}", escape(&columns::name(model))));
        format!("patches without a code edit, without a ratio: {}", list(each))
    })
}

/// How much rerunning failures flatters: passes drawn at random are rerun as a control.
fn reruns(summary: &RunSummary) -> Option<String> {
    let sum = |of: &dyn Fn(&ModelSummary) -> [u64; 2]| {
        let each = summary.models.iter().map(of);
        each.fold([0, 0], |all, one| [all[0] + one[0], all[1] + one[1]])
    };
    let failed = sum(&|model| model.reruns.failed);
    let passed = sum(&|model| model.reruns.passed);
    (failed[1] + passed[1] > 0).then(|| {
        format!(
            "run again alone: of {} {} passed; of {} drawn at random {} failed",
            plural(failed[1], "failed pass-to-pass test"),
            failed[0],
            plural(passed[1], "passed one"),
            passed[0]
        )
    })
}

fn damaged(summary: &RunSummary) -> Option<String> {
    (summary.out_of_range > 0).then(|| {
        format!(
            "{} out of range in the records, taken as not measured",
            plural(summary.out_of_range, "value")
        )
    })
}

/// The line on controls, and whether one is off.
fn controls(controls: &[ControlSummary], escape: &dyn Fn(&str) -> String) -> (Option<String>, bool) {
    let off = controls.iter().any(|control| control.ok < control.total);
    let each: Vec<String> = controls
        .iter()
        .map(|control| {
            let tasks = list(control.off.iter().map(|task| escape(task)));
            let tasks = if tasks.is_empty() { tasks } else { format!(" (not {tasks})") };
            format!("{} {}/{} {}{tasks}", control.model, control.ok, control.total, expected(&control.model))
        })
        .collect();
    let text = (!each.is_empty())
        .then(|| format!("{}: {}", if off { "CONTROLS OFF" } else { "controls" }, each.join(", ")));
    (text, off)
}

fn expected(control: &str) -> &'static str {
    if control == "gold" { "resolved" } else { "not resolved" }
}

/// Where to look next: the heaviest irrelevant edits, else the task that fewest resolve.
fn next(header: &RunHeader, summary: &RunSummary, escape: &dyn Fn(&str) -> String) -> Option<Note> {
    let command = |task: &str, model: Option<&str>| {
        let model = model.map_or_else(String::new, |model| format!(" --model {}", escape::shell(model)));
        format!("kerf report {} --task {}{model}", escape::shell(&header.path), escape::shell(task))
    };
    if let Some(finding) = summary.findings.first() {
        let many = summary.models.len() > 1;
        return Some(Note {
            text: describe(finding, escape),
            command: Some(command(&finding.task, many.then_some(&*finding.model))),
            loud: false,
        });
    }
    let hard = summary.hardest.first()?;
    Some(Note {
        text: format!(
            "hardest: {}, resolved by {} of {}",
            escape(&hard.task),
            hard.resolved,
            plural(hard.trials, "trial")
        ),
        command: Some(command(&hard.task, None)),
        loud: false,
    })
}

/// `3 irrelevant units (20 tokens) in TASK by MODEL: format 6 (A), comment 9 (B)`; heaviest sign first.
pub fn describe(finding: &Finding, escape: &dyn Fn(&str) -> String) -> String {
    format!(
        "{} ({}) in {} by {}: {}",
        plural(finding.irrelevant_units.into(), "irrelevant unit"),
        plural(finding.excess.into(), "token"),
        escape(&finding.task),
        escape(&full_name(&finding.model, finding.scaffold.as_deref())),
        signs(&finding.by_kind)
    )
}

/// `format 6 (A), comment 9 (B)`: weight in tokens by sign, heaviest first.
pub fn signs(by_kind: &BTreeMap<String, (String, u32)>) -> String {
    let mut signs: Vec<_> = by_kind.iter().collect();
    signs.sort_by_key(|(_, (_, weight))| std::cmp::Reverse(*weight));
    let each: Vec<String> = signs
        .iter()
        .map(|(sign, (grade, weight))| {
            format!("{} {weight} ({})", escape::terminal(sign), escape::terminal(grade))
        })
        .collect();
    if each.is_empty() { NONE.to_owned() } else { each.join(", ") }
}

/// The metric's own error, in a line.
pub fn error(calibration: Option<&Calibration>) -> String {
    let grades: Vec<String> = calibration
        .into_iter()
        .flat_map(|found| &found.grades)
        .map(|(grade, precision, recall)| {
            format!("{grade} {} precision, {} recall", share(precision), share(recall))
        })
        .collect();
    match calibration {
        Some(found) if !grades.is_empty() => {
            format!("metric error on edits planted in {}: {} (kerf calibrate)", found.on, grades.join(" · "))
        }
        _ => "metric error: not measured yet, so read small differences in irrelevant edits with care"
            .to_owned(),
    }
}

/// `0.99 (0.98–1.00)`.
pub fn share(share: &Share) -> String {
    match (share.value, share.interval) {
        (Some(value), Some([low, high])) => format!("{value:.2} ({low:.2}–{high:.2})"),
        _ => NONE.to_owned(),
    }
}
