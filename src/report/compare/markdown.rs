//! A comparison as a comment on a pull request: at most [`LIMIT`] bytes, worst first; what is cut is counted.

use std::fmt::Write as _;

use super::super::bars;
use super::super::escape::{markdown as escape, markdown_cell};
use super::super::markdown::LIMIT;
use super::super::table::shorten;
use super::{Header, rows};
use crate::stats::compare::{Comparison, Kind, Measure, MetricComparison, ModelComparison, Verdict};

/// Bytes kept for notes and the count of what is cut.
const TAIL: usize = 8_000;

/// Changed tasks of a figure and direction are listed up to this number.
const TASKS: usize = 20;

/// Names are shortened to this many columns.
const NAME: usize = 80;

pub(super) fn render(header: &Header, found: &Comparison) -> String {
    let code = |text: &str| escape(&shorten(text, NAME));
    let mut out =
        format!("**{}** · {}\n\n{}\n\n", found.verdict.name(), plain(&found.why), rows::runs(header, &code));
    let mut cut = 0;
    for model in rows::by_verdict(found) {
        let part = self::model(header, model, found);
        if out.len() + part.len() + TAIL > LIMIT {
            cut += 1;
        } else {
            out.push_str(&part);
        }
    }
    if cut > 0 {
        let _ = write!(out, "{cut} more models, not worse than these, in `kerf compare --json`\n\n");
    }
    for note in rows::notes(found, &code) {
        let line = format!("- {note}\n");
        if out.len() + line.len() <= LIMIT {
            out.push_str(&line);
        }
    }
    out
}

/// Words of kerf's own with names in them: harmless in Markdown, and still readable.
fn plain(text: &str) -> String {
    let text = super::super::escape::terminal(text);
    text.chars()
        .flat_map(|c| if "\\`*_[]<>#|@~&!".contains(c) { vec!['\\', c] } else { vec![c] })
        .collect::<String>()
        .replace("\\@", "@\u{2060}")
}

fn model(header: &Header, model: &ModelComparison, found: &Comparison) -> String {
    let mut out = format!(
        "### {} against {}: {}\n\n{}\n\n",
        escape(&shorten(&model.model, NAME)),
        escape(&shorten(&model.baseline, NAME)),
        model.verdict.name(),
        rows::basis(model)
    );
    out.push_str(&table(rows::shown(model)));
    for metric in model.metrics.iter().filter(|metric| metric.primary) {
        for (worse, count, tasks) in
            [(true, metric.worse_count, &metric.worse), (false, metric.better_count, &metric.better)]
        {
            if count > 0 {
                out.push_str(&flips(header, model, found, &metric.metric, worse, count, tasks));
            }
        }
    }
    let others: Vec<&MetricComparison> =
        model.metrics.iter().filter(|metric| !metric.primary && metric.verdict > Verdict::Suspect).collect();
    if !others.is_empty() {
        out.push_str("<details><summary>Other figures</summary>\n\n");
        out.push_str(&table(others.into_iter()));
        out.push_str("</details>\n\n");
    }
    out
}

fn table<'a>(metrics: impl Iterator<Item = &'a MetricComparison>) -> String {
    let mut heads: Vec<&str> = rows::HEADS.iter().map(|(name, _)| *name).collect();
    heads.insert(5, "less · more");
    let mut out = format!("| {} |\n| :-- |{}\n", heads.join(" | "), " --: |".repeat(heads.len() - 1));
    for metric in metrics {
        let mut cells: Vec<String> = rows::cells(metric).into();
        let fraction = Measure::from_name(&metric.metric).is_some_and(|m| m.kind() != Kind::Amount);
        let [low, high] = metric.interval.unwrap_or([0.0; 2]);
        let most = low.abs().max(high.abs()).max(0.2);
        let bar = if fraction {
            bars::interval(metric.difference, metric.interval, most, 15)
        } else {
            String::new()
        };
        cells.insert(5, bar);
        if metric.verdict <= Verdict::Suspect
            && let Some(last) = cells.last_mut()
        {
            *last = format!("**{last}**");
        }
        let _ = writeln!(out, "| {} |", cells.join(" | "));
    }
    out.push('\n');
    out
}

fn flips(
    header: &Header,
    model: &ModelComparison,
    found: &Comparison,
    metric: &str,
    worse: bool,
    count: u64,
    tasks: &[String],
) -> String {
    let direction = if worse { "Worse" } else { "Better" };
    let open = if worse { " open" } else { "" };
    let mut out = format!(
        "<details{open}><summary>{direction} at {} ({count})</summary>\n\n| task | was | is | rests on |\n\
         | :-- | :-- | :-- | :-- |\n",
        metric.replace('_', " ")
    );
    for task in tasks.iter().take(TASKS) {
        let flip = found.flips.iter().find(|flip| {
            flip.model == model.model && flip.metric == metric && flip.worse == worse && flip.task == *task
        });
        let cell =
            |text: &str| if text.is_empty() { String::new() } else { markdown_cell(&shorten(text, 160)) };
        let [was, now, rests_on] = flip.map_or_else(Default::default, |flip| {
            [&flip.was, &flip.now, &flip.rests_on].map(|text| cell(text))
        });
        let name = header
            .link
            .as_ref()
            .map_or_else(|| cell(task), |link| format!("[{}]({})", cell(task), link.to(task, &model.model)));
        let _ = writeln!(out, "| {name} | {was} | {now} | {rests_on} |");
    }
    out.push('\n');
    if count > TASKS as u64 {
        let _ = write!(out, "and {} more\n\n", count - TASKS as u64);
    }
    out.push_str("</details>\n\n");
    out
}
