//! A night's report for people: the verdict first, then per model what got worse, on which tasks and how sure that is,
//! then trends, tasks that waver, and what the suite is still worth.
//!
//! In: a [`NightReport`]. Out: text for a terminal of some width, or Markdown under the size of a comment. Both are made
//! of the same `Page`, so that they say the same.
//!
//! Invariants: nothing is computed here but the height of a sparkline; the first line holds the verdict.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr;

use super::figures::{NONE, count, plural, ratio};
use super::markdown::LIMIT;
use super::table::{shorten, wrap};
use super::{View, escape};
use crate::stats::compare::{MetricComparison, ModelComparison, Verdict};
use crate::stats::health::Standing;
use crate::stats::nightly::{ModelNight, NightReport, Presence, SuiteNight};
use crate::stats::suite_health::SuiteHealth;
use crate::stats::trend::{Figure, Trend};

/// Names in a list are no more than this; the rest is counted.
const NAMES: usize = 6;
/// Nights of a sparkline.
const SPARK: usize = 30;
/// Names are shortened to this many columns.
const NAME: usize = 60;

/// How text from outside is made harmless.
#[derive(Debug, Clone, Copy)]
enum Escape {
    Terminal,
    Markdown,
}

impl Escape {
    /// A name, shortened.
    fn name(self, text: &str) -> String {
        let text = shorten(text, NAME);
        match self {
            Self::Terminal => escape::terminal(&text),
            Self::Markdown => escape::markdown(&text),
        }
    }

    /// A sentence with names in it.
    fn said(self, text: &str) -> String {
        match self {
            Self::Terminal => escape::terminal(text),
            Self::Markdown => escape::markdown(text),
        }
    }
}

/// What both formats say.
struct Page {
    headline: String,
    /// Needs somebody's eyes before anything else.
    loud: Vec<String>,
    suites: Vec<Section>,
    notes: Vec<String>,
}

struct Section {
    title: String,
    rows: Vec<[String; COLUMNS]>,
    lines: Vec<String>,
}

const COLUMNS: usize = 7;
const HEADS: [&str; COLUMNS] =
    ["model", "verdict", "resolved", "share", "nights", "irrelevant", "lint clean"];

/// For a terminal.
pub fn terminal(report: &NightReport, view: View) -> String {
    let page = page(report, Escape::Terminal);
    let width = view.width.max(40);
    let paint = |text: &str, code: &str| {
        if view.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    };
    let mut out = paint(&wrap(&page.headline, width, "  "), "1");
    out.push('\n');
    for line in &page.loud {
        let _ = writeln!(out, "{}", paint(&wrap(line, width, "  "), "31"));
    }
    for section in &page.suites {
        let _ = writeln!(out, "\n{}", wrap(&section.title, width, "  "));
        out.push_str(&table(&section.rows, width));
        for line in &section.lines {
            let _ = writeln!(out, "{}", wrap(line, width, "  "));
        }
    }
    if !page.notes.is_empty() {
        out.push('\n');
    }
    for line in &page.notes {
        let _ = writeln!(out, "{}", wrap(line, width, "  "));
    }
    out
}

/// The table with as many columns, from the left, as there is room for.
fn table(rows: &[[String; COLUMNS]], width: usize) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let mut out = String::new();
    let heads = HEADS.map(str::to_owned);
    let size =
        |column: usize| std::iter::once(&heads).chain(rows).map(|row| row[column].width()).max().unwrap_or(0);
    let mut columns = 0;
    let mut used = 0;
    while columns < COLUMNS && (columns < 3 || used + size(columns) <= width) {
        used += size(columns) + 2;
        columns += 1;
    }
    for row in std::iter::once(&heads).chain(rows) {
        let mut line = String::new();
        for (column, cell) in row.iter().take(columns).enumerate() {
            let pad = size(column).saturating_sub(cell.width());
            line.push_str(cell);
            line.push_str(&" ".repeat(pad + 2));
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// For a comment on a code host: at most [`LIMIT`] bytes; what is cut is counted.
pub fn markdown(report: &NightReport) -> String {
    let page = page(report, Escape::Markdown);
    let mut out = format!("**{}**\n\n", page.headline);
    let mut cut = 0;
    let mut add = |out: &mut String, text: &str| {
        // Room for the line that counts what was cut.
        if out.len() + text.len() + 100 <= LIMIT { out.push_str(text) } else { cut += 1 }
    };
    for line in &page.loud {
        add(&mut out, &format!("> **{line}**\n>\n"));
    }
    for section in &page.suites {
        add(&mut out, &format!("\n### {}\n\n", section.title));
        if !section.rows.is_empty() {
            let rule = [":--"; COLUMNS].join(" | ");
            let mut table = format!("| {} |\n| {rule} |\n", HEADS.join(" | "));
            for row in &section.rows {
                let cells: Vec<String> = row.iter().map(|cell| cell.replace('|', "\\|")).collect();
                let _ = writeln!(table, "| {} |", cells.join(" | "));
            }
            table.push('\n');
            add(&mut out, &table);
        }
        for line in &section.lines {
            add(&mut out, &format!("- {line}\n"));
        }
    }
    add(&mut out, "\n");
    for line in &page.notes {
        add(&mut out, &format!("- {line}\n"));
    }
    if cut > 0 {
        let _ = write!(out, "\n{} cut for want of room: see the JSON report\n", plural(cut, "line"));
    }
    out
}

fn page(report: &NightReport, escape: Escape) -> Page {
    let mut loud = Vec::new();
    for suite in &report.suites {
        if suite.verdict <= Verdict::Suspect {
            let on = if report.suites.len() > 1 {
                format!("{}: ", escape.name(&suite.suite))
            } else {
                String::new()
            };
            if suite.verdict == Verdict::Invalid {
                loud.push(format!("{on}{} — {}", suite.verdict.name(), escape.said(&suite.why)));
            }
            loud.extend(worse(suite, escape).into_iter().map(|line| format!("{on}{line}")));
        }
        for model in suite.models.iter().filter(|model| model.presence == Presence::Missing) {
            loud.push(format!(
                "{} is missing tonight: {}",
                escape.name(&model.model),
                escape.said(&model.why)
            ));
        }
    }
    let mut notes = Vec::new();
    if !report.missed.is_empty() {
        notes.push(format!("no night on {}", list(report.missed.iter().map(String::as_str), escape)));
    }
    if !report.partial.is_empty() {
        let which = list(report.partial.iter().map(String::as_str), escape);
        notes.push(format!("begun and never finished, counted nowhere: {which}"));
    }
    notes.extend(report.notes.iter().map(|note| escape.said(note)));
    Page {
        headline: format!(
            "kerf nightly {} · {} · {}",
            escape::terminal(&report.night),
            report.verdict.name(),
            escape.said(&report.why)
        ),
        loud,
        suites: report.suites.iter().map(|suite| section(suite, escape)).collect(),
        notes,
    }
}

fn section(suite: &SuiteNight, escape: Escape) -> Section {
    let against = suite.baseline.as_ref().map_or_else(
        || "no baseline".to_owned(),
        |base| format!("against {} ({})", escape.said(&base.name), base.how),
    );
    let retried = if suite.retried > 0 { format!(", {} run again", suite.retried) } else { String::new() };
    let mut title = format!(
        "{} · {} · {}, {} invalid{retried} · {against}",
        escape.name(&suite.suite),
        plural(suite.tasks, "task"),
        plural(suite.trials, "trial"),
        suite.invalid
    );
    for control in &suite.controls {
        let _ = write!(title, " · {} {}/{}", escape.said(&control.model), control.ok, control.total);
    }
    let mut lines = Vec::new();
    for model in suite.models.iter().filter(|model| model.verdict.is_some()) {
        lines.push(format!("{}: {}", escape.name(&model.model), escape.said(&model.why)));
    }
    lines.extend(better(suite, escape));
    lines.extend(moves(suite, escape));
    if let Some(comparison) = &suite.comparison {
        lines.extend(comparison.changed.iter().map(|change| {
            format!(
                "not as in the baseline: {} was {}, is {}",
                escape.said(&change.what),
                escape.said(&change.was),
                escape.said(&change.now)
            )
        }));
    }
    for flaky in suite.flaky.iter().take(NAMES) {
        let models = list(flaky.models.iter().map(String::as_str), escape);
        let (task, resolved, nights) = (escape.name(&flaky.task), flaky.resolved, flaky.nights);
        lines.push(format!(
            "wavers with the same patch: {task}, resolved {resolved} of {nights} times ({models})"
        ));
    }
    if suite.flaky.len() > NAMES {
        lines.push(format!("and {} that waver", plural((suite.flaky.len() - NAMES) as u64, "more task")));
    }
    lines.extend(suite.health.iter().flat_map(|health| worth(health, escape)));
    lines.extend(
        suite.problems.iter().take(NAMES).map(|problem| format!("cannot be read: {}", escape.said(problem))),
    );
    if suite.problems.len() > NAMES {
        lines.push(format!("and {} more problems", suite.problems.len() - NAMES));
    }
    Section { title, rows: suite.models.iter().map(|model| row(suite, model, escape)).collect(), lines }
}

fn row(suite: &SuiteNight, model: &ModelNight, escape: Escape) -> [String; COLUMNS] {
    let of = |figure| suite.trends.iter().find(|trend| trend.model == model.model && trend.figure == figure);
    let compared = compared(suite, &model.model);
    let metric = |name: &str| {
        let found =
            compared.and_then(|compared| compared.metrics.iter().find(|metric| metric.metric == name));
        found.map(|metric| format!("{} → {}", ratio(Some(metric.a)), ratio(Some(metric.b))))
    };
    let none = || NONE.to_owned();
    [
        escape.name(&model.model),
        match (model.presence, model.verdict) {
            (Presence::Missing, _) => "missing".to_owned(),
            (_, Some(verdict)) => verdict.name().to_owned(),
            (_, None) => "new".to_owned(),
        },
        model.resolved.as_ref().map_or_else(none, count),
        metric("resolved").or_else(|| Some(ratio(model.resolved.as_ref()?.value))).unwrap_or_else(none),
        of(Figure::Resolved).map_or_else(none, sparkline),
        metric("irrelevant_edit_ratio")
            .or_else(|| Some(ratio(model.irrelevant.as_ref()?.value)))
            .unwrap_or_else(none),
        metric("lint_clean").or_else(|| Some(ratio(model.lint.as_ref()?.value))).unwrap_or_else(none),
    ]
}

fn compared<'a>(suite: &'a SuiteNight, model: &str) -> Option<&'a ModelComparison> {
    suite.comparison.as_ref()?.comparisons.iter().find(|compared| compared.model == model)
}

/// A bar a night, the lowest and highest of the nights shown at either end, but no less than a tenth apart; `·` where a
/// night is no point.
pub fn sparkline(trend: &Trend) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let last = &trend.points[trend.points.len().saturating_sub(SPARK)..];
    let values = || last.iter().filter_map(|point| point.value);
    let (low, high) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
    let (middle, half) = (f64::midpoint(low, high), ((high - low) / 2.0).max(0.05));
    let bar = |value: f64| {
        let place = (value - (middle - half)) / (2.0 * half) * 7.0;
        BARS[place.round().clamp(0.0, 7.0) as usize]
    };
    last.iter().map(|point| point.value.map_or('·', bar)).collect()
}

/// What got worse, or may have: figure, by how much, how sure, on which tasks.
fn worse(suite: &SuiteNight, escape: Escape) -> Vec<String> {
    let mut lines = Vec::new();
    for model in suite.comparison.iter().flat_map(|comparison| &comparison.comparisons) {
        for metric in &model.metrics {
            if metric.primary && matches!(metric.verdict, Verdict::Regressed | Verdict::Suspect) {
                let tasks = match metric.worse_count {
                    0 => String::new(),
                    all => format!(": worse on {}", some(&metric.worse, all, escape)),
                };
                lines.push(format!(
                    "{} {} — {}{tasks}",
                    escape.name(&model.model),
                    metric.verdict.name(),
                    told(metric)
                ));
            }
        }
    }
    lines
}

fn better(suite: &SuiteNight, escape: Escape) -> Vec<String> {
    let mut lines = Vec::new();
    for model in suite.comparison.iter().flat_map(|comparison| &comparison.comparisons) {
        for metric in &model.metrics {
            if metric.primary && metric.verdict == Verdict::Improved {
                let tasks = some(&metric.better, metric.better_count, escape);
                lines.push(format!(
                    "{} IMPROVED — {}: better on {tasks}",
                    escape.name(&model.model),
                    told(metric)
                ));
            }
        }
    }
    lines
}

/// `resolved 0.62 → 0.52, −0.10 (95 % −0.15 to −0.05, q 0.001; 0.07 could be seen)`.
fn told(metric: &MetricComparison) -> String {
    let signed = |value: f64| format!("{}{:.2}", if value < 0.0 { "−" } else { "+" }, value.abs());
    let mut sure = Vec::new();
    if let Some([low, high]) = metric.interval {
        sure.push(format!("95 % {} to {}", signed(low), signed(high)));
    }
    match metric.q_value {
        Some(q) => sure.push(format!("q {}", chance(q))),
        None => sure.push(format!("p {}", chance(metric.p_value))),
    }
    let seen =
        metric.minimum_detectable.map_or_else(String::new, |least| format!("; {least:.2} could be seen"));
    format!(
        "{} {} → {}, {} ({}{seen})",
        metric.metric.replace('_', " "),
        ratio(Some(metric.a)),
        ratio(Some(metric.b)),
        signed(metric.difference),
        sure.join(", ")
    )
}

fn chance(p: f64) -> String {
    if p < 0.001 { "<0.001".to_owned() } else { format!("{p:.3}") }
}

/// Change points, and sums that are over their limit.
fn moves(suite: &SuiteNight, escape: Escape) -> Vec<String> {
    let mut lines = Vec::new();
    for trend in &suite.trends {
        let (model, figure) = (escape.name(&trend.model), trend.figure.name().replace('_', " "));
        for change in &trend.changes {
            lines.push(format!(
                "{model}: {figure} went from {} to {} on the night of {} ({}, p {})",
                ratio(Some(change.before)),
                ratio(Some(change.after)),
                escape.said(&change.night),
                if change.worse { "worse" } else { "better" },
                chance(change.p_value)
            ));
        }
        if let Some(alarm) = &trend.alarm {
            lines.push(format!(
                "{model}: {figure} is {} than its level of {} since {}; over the limit since {}",
                if alarm.worse { "worse" } else { "better" },
                ratio(Some(alarm.level)),
                escape.said(&alarm.since),
                escape.said(&alarm.night)
            ));
        }
    }
    lines
}

fn worth(health: &SuiteHealth, escape: Escape) -> Vec<String> {
    let mut lines = vec![format!(
        "suite: worth {:.1} of {} after {} in {}: {} at the frontier, {} unknown",
        health.effective_tasks,
        plural(health.tasks, "task"),
        plural(health.attempts, "different attempt"),
        plural(health.nights, "night"),
        health.standings.get(&Standing::Frontier).unwrap_or(&0),
        health.standings.get(&Standing::Unknown).unwrap_or(&0)
    )];
    let of = |standing: Standing, what: &str, lines: &mut Vec<String>| {
        let tasks = health.of(standing);
        if !tasks.is_empty() {
            lines.push(format!("{what}: {}", list(tasks.iter().copied(), escape)));
        }
    };
    of(Standing::Saturated, "to retire, nearly always resolved", &mut lines);
    of(Standing::Moving, "out of reach before, resolved of late", &mut lines);
    of(Standing::OutOfReach, "out of reach", &mut lines);
    let odd: Vec<&str> = health
        .each
        .iter()
        .filter(|task| task.discrimination.is_some_and(|value| value < -0.2))
        .map(|task| task.task.as_str())
        .collect();
    if !odd.is_empty() {
        lines.push(format!("weaker models do better on: {}", list(odd.iter().copied(), escape)));
    }
    if let Some(found) = &health.saturation {
        let end = |end: Option<f64>| end.map_or_else(|| "never".to_owned(), |age| format!("{age:.0}"));
        lines.push(format!(
            "the best model will have resolved 95 % at an age of {:.0} nights (95 % {} to {})",
            found.age,
            end(found.interval[0]),
            end(found.interval[1])
        ));
    }
    lines
}

/// Some of `all` names.
fn some(names: &[String], all: u64, escape: Escape) -> String {
    let shown: Vec<String> = names.iter().take(NAMES).map(|name| escape.name(name)).collect();
    let rest = all.saturating_sub(shown.len() as u64);
    let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

fn list<'a>(names: impl Iterator<Item = &'a str>, escape: Escape) -> String {
    let names: Vec<String> = names.map(str::to_owned).collect();
    some(&names, names.len() as u64, escape)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::evaluate::Record;
    use crate::stats::nightly::{Baseline, Tonight, night_report, suite_night};
    use crate::stats::summary::{Options, summarise};
    use crate::stats::testing::trial;
    use crate::stats::trend::{Flaky, Point, TrendAlarm, TrendChange};
    use crate::stats::{compare, health};

    /// Forty tasks by a model with this name, of which so many are resolved, with controls.
    fn night(model: &str, resolved: usize) -> Vec<Record> {
        let mut records: Vec<Record> = (0..40)
            .map(|at| {
                let trial = trial(model, &format!("task-{at:02}"));
                if at < resolved { trial.resolved().build() } else { trial.build() }
            })
            .collect();
        records.push(trial("gold", "task-00").resolved().build());
        records.push(trial("empty", "task-00").build());
        records
    }

    fn report(model: &str) -> NightReport {
        let (before, now) = (night(model, 28), night(model, 14));
        let summary = summarise(&now, &Options::default());
        let points = [0.7, 0.68, 0.7, 0.72, 0.35];
        let point = |(at, value): (usize, &f64)| Point {
            night: format!("2026-11-{:02}", at + 5),
            value: Some(*value),
            tasks: 40,
        };
        let mut points: Vec<Point> = points.iter().enumerate().map(point).collect();
        points[2].value = None;
        let trend = Trend {
            model: model.to_owned(),
            figure: Figure::Resolved,
            points,
            alarm: Some(TrendAlarm {
                night: "2026-11-09".into(),
                since: "2026-11-09".into(),
                worse: true,
                level: 0.7,
                sigma: 0.025,
            }),
            changes: vec![TrendChange {
                night: "2026-11-09".into(),
                before: 0.7,
                after: 0.35,
                p_value: 0.002,
                worse: true,
            }],
        };
        let health = SuiteHealth {
            tasks: 40,
            attempts: 200,
            nights: 5,
            standings: BTreeMap::from([(Standing::Saturated, 1), (Standing::Frontier, 39)]),
            effective_tasks: 31.5,
            saturation: Some(health::Saturation { age: 90.0, interval: [Some(40.0), None] }),
            each: vec![crate::stats::suite_health::TaskHealth {
                task: "task-00".into(),
                standing: Standing::Saturated,
                resolved: 30,
                attempts: 30,
                discrimination: Some(-0.4),
            }],
        };
        let baseline = Baseline { name: "2026-11-08".into(), how: "last good night".into(), run: "r".into() };
        let suite = suite_night(Tonight {
            suite: "demo".into(),
            run: "nights/2026-11-09/demo".into(),
            lock: String::new(),
            summary: &summary,
            retried: 2,
            missing: BTreeMap::from([("gone".to_owned(), "predictions/gone is not there".to_owned())]),
            problems: vec!["p.jsonl:3: is no prediction".into()],
            baseline: Some(baseline),
            comparison: Some(compare::compare(&before, &now, &compare::Options::default())),
            uncompared: String::new(),
            trends: vec![trend],
            flaky: vec![Flaky {
                task: "task-39".into(),
                models: vec![model.to_owned()],
                resolved: 2,
                nights: 5,
            }],
            health: Some(health),
        });
        let missed = vec!["2026-11-07".to_owned()];
        night_report("2026-11-09", vec![suite], missed, vec!["2026-11-06".into()], vec!["a note".into()])
    }

    #[test]
    fn the_verdict_first_then_what_got_worse() {
        insta::assert_snapshot!("wide", terminal(&report("focused"), View { width: 110, colour: false }));
        let narrow = terminal(&report("focused"), View { width: 44, colour: false });
        assert!(narrow.lines().all(|line| line.width() <= 44), "{narrow}");
        let markdown = markdown(&report("focused"));
        assert!(
            markdown.contains("> **`focused` REGRESSED — resolved 0.70 → 0.35, −0.35 (95 % "),
            "{markdown}"
        );
        assert!(
            markdown.contains("| `focused` | REGRESSED | 14/40 | 0.70 → 0.35 | █▇·█▁ | – | – |"),
            "{markdown}"
        );
    }

    #[test]
    fn hostile_names_stay_names() {
        let hostile = "a`|b\u{1b}[31m\u{202e}<script>@all";
        let shown = terminal(&report(hostile), View { width: 200, colour: false });
        assert!(shown.chars().all(|c| c == '\n' || !c.is_control() && c != '\u{202e}'), "{shown:?}");
        let shown = markdown(&report(hostile));
        assert!(shown.chars().all(|c| c == '\n' || !c.is_control() && c != '\u{202e}'), "{shown:?}");
        for line in shown.lines().filter(|line| line.contains("<script>")) {
            assert!(line.contains("``a`"), "{line}");
        }
    }

    #[test]
    fn markdown_stays_under_its_limit() {
        let mut long = report("focused");
        let suite = long.suites[0].clone();
        long.suites =
            (0..200).map(|at| SuiteNight { suite: format!("suite {at}"), ..suite.clone() }).collect();
        let text = markdown(&long);
        assert!(text.len() <= LIMIT && text.len() > LIMIT - 2000, "{}", text.len());
        assert!(text.starts_with("**kerf nightly 2026-11-09 · REGRESSED"));
        assert!(text.contains("cut for want of room"));
    }

    #[test]
    fn colour_only_repeats() {
        let plain = terminal(&report("focused"), View { width: 100, colour: false });
        let coloured = terminal(&report("focused"), View { width: 100, colour: true });
        let bare =
            ["\x1b[1m", "\x1b[31m", "\x1b[0m"].iter().fold(coloured, |text, code| text.replace(code, ""));
        assert_eq!(bare, plain);
    }
}
