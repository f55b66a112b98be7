//! Cells and lines that terminal and Markdown share.

use crate::report::figures::{NONE, amount, percent, plural, ratio};
use crate::stats::compare::{Comparison, Kind, Measure, MetricComparison, ModelComparison, Verdict};

/// Headings of the table of figures, with their rank in narrow terminals.
pub(super) const HEADS: [(&str, u8); 9] = [
    ("figure", 0),
    ("was", 1),
    ("is", 1),
    ("change", 0),
    ("95 %", 2),
    ("q", 3),
    ("p", 5),
    ("could see", 4),
    ("verdict", 0),
];

fn kind(metric: &MetricComparison) -> Kind {
    Measure::from_name(&metric.metric).map_or(Kind::Amount, Measure::kind)
}

/// The cells of one figure, in the order of [`HEADS`].
pub(super) fn cells(metric: &MetricComparison) -> [String; 9] {
    let kind = kind(metric);
    let value = |value: f64| match kind {
        Kind::Share => format!("{} %", percent(Some(value))),
        Kind::Ratio => ratio(Some(value)),
        Kind::Amount => amount(Some(value)),
    };
    let interval = metric.interval.map_or_else(
        || NONE.to_owned(),
        |[low, high]| format!("{} to {}", signed(kind, low), signed(kind, high)),
    );
    [
        name(metric),
        value(metric.a),
        value(metric.b),
        signed(kind, metric.difference),
        interval,
        metric.q_value.map_or_else(|| NONE.to_owned(), chance),
        chance(metric.p_value),
        metric.minimum_detectable.map_or_else(|| NONE.to_owned(), |least| size(kind, least)),
        metric.verdict.name().to_owned(),
    ]
}

/// Name of a figure, with the tasks it rests on where they are fewer than the model's.
pub(super) fn name(metric: &MetricComparison) -> String {
    metric.metric.replace('_', " ")
}

fn size(kind: Kind, value: f64) -> String {
    match kind {
        Kind::Share | Kind::Ratio => format!("{:.1}", value * 100.0),
        Kind::Amount if value >= 100.0 => format!("{value:.0}"),
        Kind::Amount => format!("{value:.2}"),
    }
}

fn signed(kind: Kind, value: f64) -> String {
    let text = size(kind, value.abs());
    let nothing = text.chars().all(|c| c == '0' || c == '.');
    match (nothing, value < 0.0) {
        (true, _) => text,
        (false, true) => format!("−{text}"),
        (false, false) => format!("+{text}"),
    }
}

fn chance(p: f64) -> String {
    if p < 0.0001 { "<0.0001".to_owned() } else { format!("{p:.4}") }
}

/// Models, worst first, then by name.
pub(super) fn by_verdict(found: &Comparison) -> Vec<&ModelComparison> {
    let mut models: Vec<&ModelComparison> = found.comparisons.iter().collect();
    models.sort_by(|a, b| (a.verdict, &a.model).cmp(&(b.verdict, &b.model)));
    models
}

/// Figures that are shown with all their numbers: the primary family, and what is suspect beside it.
pub(super) fn shown(model: &ModelComparison) -> impl Iterator<Item = &MetricComparison> {
    model.metrics.iter().filter(|metric| metric.primary || metric.verdict <= Verdict::Suspect)
}

/// `200 tasks, 400 and 400 trials, 1 missing and 0 invalid left out`.
pub(super) fn basis(model: &ModelComparison) -> String {
    let [a, b] = model.trials;
    let trials = if a == model.n && b == model.n { String::new() } else { format!(", {a} and {b} trials") };
    format!(
        "{}{trials}, {} missing and {} invalid left out",
        plural(model.n, "task"),
        model.excluded.missing,
        model.excluded.invalid
    )
}

/// What else a reader must know, line by line; `escape` makes text from outside harmless.
pub(super) fn notes(found: &Comparison, escape: &dyn Fn(&str) -> String) -> Vec<String> {
    let mut notes = Vec::new();
    notes.push(match (found.controls, found.controls_off.len()) {
        (0, _) => "controls: none in either run, so nothing vouches for them".to_owned(),
        (_, 0) => format!("controls: all {} hold", found.controls),
        _ => format!("CONTROLS OFF: {}", list(&found.controls_off, escape)),
    });
    for change in found.changed.iter().take(12) {
        let grave = if change.matters { " — figures may differ for that alone" } else { "" };
        notes.push(format!(
            "changed: {}: was {}, is {}{grave}",
            escape(&change.what),
            escape(&change.was),
            escape(&change.now)
        ));
    }
    if found.changed.len() > 12 {
        notes.push(format!("and {} more changes", found.changed.len() - 12));
    }
    let [gone, new] = found.other_tasks;
    if gone + new > 0 {
        notes.push(format!(
            "tasks of one suite only, not compared: {gone} of the baseline, {new} of the candidate"
        ));
    }
    if !found.unpaired.is_empty() {
        notes.push(format!("models on one side only: {}", list(&found.unpaired, escape)));
    }
    notes
}

fn list(names: &[String], escape: &dyn Fn(&str) -> String) -> String {
    let shown: Vec<String> = names.iter().take(8).map(|name| escape(name)).collect();
    let more = if names.len() > 8 { format!(" and {} more", names.len() - 8) } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

/// `runs/a → runs/b`.
pub(super) fn runs(header: &super::Header, escape: &dyn Fn(&str) -> String) -> String {
    let suite = header.suite.as_ref().map_or_else(String::new, |suite| format!("suite {} · ", escape(suite)));
    match &header.candidate {
        Some(candidate) => format!("{suite}{} → {}", escape(&header.baseline), escape(candidate)),
        None => format!("{suite}models of {}", escape(&header.baseline)),
    }
}
