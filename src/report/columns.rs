//! The table of models: which columns there are and what stands in their cells.
//!
//! In: a summary. Out: headings and rows that the terminal and Markdown reports lay out. Columns in which no model has
//! a figure are left out and named.
//!
//! Models come in the order of their resolved share, then resolved and clean, best first, then by name.
//!
//! Invariant: a figure that rests on fewer trials or tasks than its model's row says so, as `(n)`.

use std::cmp::Ordering;

use super::bars;
use super::figures::{
    NONE, amount, count, percent, percent_interval, plural, ratio, ratio_interval, resting_on,
};
use super::table::Head;
use crate::patch::Rung;
use crate::stats::RunSummary;
use crate::stats::interval::Share;
use crate::stats::summary::{Mean, ModelSummary, Total};
use crate::task::Span;

/// Headings and rows, not yet escaped: only the first cell of a row holds text from outside.
#[derive(Debug, Clone, PartialEq)]
pub struct Columns {
    /// Headings.
    pub heads: Vec<Head>,
    /// Rows, best model first.
    pub rows: Vec<Vec<Figure>>,
    /// Groups in which nothing was measured.
    pub unmeasured: Vec<String>,
}

/// A cell before layout.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Figure {
    /// As shown.
    pub text: String,
    /// Put behind it: ` (n)` where it rests on fewer than its row.
    pub note: String,
    /// How bad it is, comparable within its column; none for names and intervals.
    badness: Option<f64>,
    /// The worst of its column.
    pub worst: bool,
}

/// Characters of a bar.
const BAR: usize = 17;

type Make = fn(&RunSummary, &ModelSummary) -> Figure;

/// Group, name, rank (higher gives way first), cell.
const COLUMNS: [(&str, &str, u8, Make); 18] = [
    ("model", "", 0, |_, model| plain(name(model))),
    ("resolved", "share", 0, |_, model| share(count(&model.resolved), &model.resolved)),
    ("resolved", "95 %", 4, |_, model| plain(percent_interval(model.resolved.interval))),
    ("resolved", "0 to 100 %", 15, |_, model| {
        let Share { value, interval, .. } = model.resolved;
        plain(value.map_or_else(|| NONE.to_owned(), |value| bars::share(value, interval, BAR)))
    }),
    ("resolved", "and clean", 9, |_, model| {
        share(count(&model.resolved_and_clean), &model.resolved_and_clean)
    }),
    ("irrelevant edits", "ratio", 1, |_, model| mean(model, &model.edits.all.ratio)),
    ("irrelevant edits", "95 %", 10, |_, model| plain(ratio_interval(model.edits.all.ratio.interval))),
    ("irrelevant edits", "strict", 6, |_, model| mean(model, &model.edits.all.strict)),
    ("irrelevant edits", "upper", 11, |_, model| mean(model, &model.edits.all.upper)),
    ("irrelevant edits", "excess", 12, |_, model| {
        let excess = &model.edits.all.excess;
        bad(amount(excess.value), excess.value).noted(resting_on(excess.tasks, model.tasks))
    }),
    ("irrelevant edits", "in patches", 7, |_, model| {
        let rate = &model.edits.all.irrelevant_patch_rate;
        bad(percent_sign(rate), rate.value).noted(resting_on(rate.n, model.trials))
    }),
    ("lint", "clean", 2, |_, model| {
        let clean = &model.lint.clean;
        share(percent_sign(clean), clean).noted(resting_on(clean.n, model.trials))
    }),
    ("local → global", "pass", 3, local_global),
    ("local → global", "gap", 5, |_, model| {
        let gap = &model.context.gap;
        bad(gap.value.map_or_else(|| NONE.to_owned(), |value| format!("{:.0}", value * 100.0)), gap.value)
    }),
    ("local → global", "95 %", 8, |_, model| plain(percent_interval(model.context.gap.interval))),
    ("cost", "a trial", 6, |_, model| {
        let dollars = each(model.cost.usd);
        bad(dollars.map_or_else(|| NONE.to_owned(), |dollars| format!("${dollars:.2}")), dollars)
            .noted(resting_on(model.cost.usd.trials, model.trials))
    }),
    ("predictions", "well formed", 13, |_, model| {
        let formed = &model.apply.well_formed;
        share(percent_sign(formed), formed).noted(resting_on(formed.n, model.trials))
    }),
    ("predictions", "applied", 14, |_, model| plain(rungs(model))),
];

/// The table of a run.
pub fn columns(summary: &RunSummary) -> Columns {
    let mut models: Vec<&ModelSummary> = summary.models.iter().collect();
    models.sort_by(|a, b| {
        by_share(&a.resolved, &b.resolved)
            .then_with(|| by_share(&a.resolved_and_clean, &b.resolved_and_clean))
            .then_with(|| (&a.model, &a.scaffold).cmp(&(&b.model, &b.scaffold)))
    });
    let mut found =
        Columns { heads: Vec::new(), rows: vec![Vec::new(); models.len()], unmeasured: Vec::new() };
    for (group, name, rank, make) in COLUMNS {
        let mut cells: Vec<Figure> = models.iter().map(|model| make(summary, model)).collect();
        if rank > 0 && cells.iter().all(|cell| cell.text == NONE) {
            continue;
        }
        mark_worst(&mut cells);
        found.heads.push(Head { group: group.to_owned(), name: name.to_owned(), rank });
        for (row, cell) in found.rows.iter_mut().zip(cells) {
            row.push(cell);
        }
    }
    // Hardly any prediction states its cost: nobody misses it.
    for (group, ..) in COLUMNS.iter().filter(|(group, ..)| *group != "cost") {
        let shown = found.heads.iter().any(|head| head.group == *group);
        if !shown && !models.is_empty() && !found.unmeasured.iter().any(|other| other == group) {
            found.unmeasured.push((*group).to_owned());
        }
    }
    found
}

/// The mean over the trials that state it.
pub fn each(total: Total) -> Option<f64> {
    total.sum.filter(|_| total.trials > 0).map(|sum| sum / total.trials as f64)
}

/// A model's name, with its scaffold where it has one.
pub fn name(model: &ModelSummary) -> String {
    full_name(&model.model, model.scaffold.as_deref())
}

/// `model`, or `model (scaffold)`.
pub fn full_name(model: &str, scaffold: Option<&str>) -> String {
    scaffold.map_or_else(|| model.to_owned(), |scaffold| format!("{model} ({scaffold})"))
}

/// Highest first, unknown last.
fn by_share(a: &Share, b: &Share) -> Ordering {
    b.value.unwrap_or(-1.0).total_cmp(&a.value.unwrap_or(-1.0))
}

impl Figure {
    fn noted(self, note: String) -> Self {
        Self { note, ..self }
    }
}

fn plain(text: String) -> Figure {
    Figure { text, ..Figure::default() }
}

fn bad(text: String, badness: Option<f64>) -> Figure {
    Figure { text, badness, ..Figure::default() }
}

fn share(text: String, share: &Share) -> Figure {
    bad(text, share.value.map(|value| -value))
}

fn mean(model: &ModelSummary, mean: &Mean) -> Figure {
    bad(ratio(mean.value), mean.value).noted(resting_on(mean.tasks, model.tasks))
}

fn percent_sign(share: &Share) -> String {
    if share.value.is_none() { NONE.to_owned() } else { format!("{} %", percent(share.value)) }
}

/// `100 → 75`, with tasks where they are fewer than the run has of either span.
fn local_global(summary: &RunSummary, model: &ModelSummary) -> Figure {
    let of = |span| model.context.pass_by_span.get(&span);
    let (local, global) = (of(Span::Local), of(Span::Global));
    let rate = |pass: Option<f64>| percent(pass);
    let (from, to) =
        (local.and_then(|pass| pass.resolved.value), global.and_then(|pass| pass.resolved.value));
    if from.is_none() && to.is_none() {
        return plain(NONE.to_owned());
    }
    let tasks = |span: Span| of(span).map_or(0, |pass| pass.tasks);
    let full = |span: Span| summary.spans.get(&span).copied().unwrap_or(0);
    let (locals, globals) = (tasks(Span::Local), tasks(Span::Global));
    let fewer = locals < full(Span::Local) || globals < full(Span::Global);
    let note = if fewer { format!(" ({locals}, {globals})") } else { String::new() };
    share(
        format!("{} → {}{note}", rate(from), rate(to)),
        &global.map_or_else(Share::unknown, |pass| pass.resolved),
    )
}

fn rungs(model: &ModelSummary) -> String {
    let named = model.apply.rungs.iter().map(|(rung, n)| (rung_name(*rung), *n));
    let all: Vec<String> = named
        .chain((model.apply.not_applied > 0).then_some(("failed", model.apply.not_applied)))
        .map(|(name, n)| format!("{name} {n}"))
        .collect();
    if all.is_empty() { NONE.to_owned() } else { all.join(", ") }
}

/// A rung as it stands in records.
pub fn rung_name(rung: Rung) -> &'static str {
    match rung {
        Rung::Exact => "exact",
        Rung::Offset => "offset",
        Rung::Recounted => "recounted",
        Rung::ThreeWay => "three_way",
        Rung::Fuzz => "fuzz",
    }
}

/// What the table says of spans in words: how many tasks each has, and why no gap is given.
pub fn span_note(summary: &RunSummary) -> Option<String> {
    let of = |span| summary.spans.get(&span).copied().unwrap_or(0);
    if summary.spans.is_empty() || summary.models.is_empty() {
        return None;
    }
    let tasks = format!(
        "spans: {} local, {} neighbour and {}",
        of(Span::Local),
        of(Span::Neighbour),
        plural(of(Span::Global), "global task")
    );
    let refused = summary.models.iter().filter(|model| model.context.gap.refused.is_some()).count();
    let needs = crate::stats::summary::MIN_GAP_TASKS;
    Some(match refused {
        0 => tasks,
        n if n == summary.models.len() => format!("{tasks}; no gap under {needs} tasks on either side"),
        _ => format!("{tasks}; no gap for models with under {needs} tasks on either side"),
    })
}

/// Marks the worst cells of a column, unless all are alike to the eye.
fn mark_worst(cells: &mut [Figure]) {
    let known: Vec<f64> = cells.iter().filter_map(|cell| cell.badness).collect();
    let Some(most) = known.iter().copied().max_by(f64::total_cmp) else { return };
    let worst = |cell: &Figure| cell.badness.is_some_and(|badness| badness >= most);
    let Some(text) = cells.iter().find(|cell| worst(cell)).map(|cell| cell.text.clone()) else { return };
    if cells.iter().all(|cell| cell.badness.is_none() || cell.text == text) {
        return;
    }
    for cell in cells {
        cell.worst = worst(cell);
    }
}
