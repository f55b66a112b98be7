//! A comparison on a terminal: the verdict and its reason first, then each model's figures and the tasks that changed.

use std::fmt::Write as _;

use super::super::bars;
use super::super::escape::terminal as escape;
use super::super::table::{Cell, Head, lay, shorten, wrap};
use super::super::{View, figures};
use super::{Header, rows};
use crate::stats::compare::{Comparison, Kind, Measure, ModelComparison, Verdict};

/// Models are shown with all their figures up to this number; the others with a line each.
const MODELS: usize = 6;

/// Changed tasks of a figure and direction are listed up to this number.
const TASKS: usize = 8;

/// Narrower terminals do without p: names of figures are worth more.
const WIDE: usize = 120;

/// Place of p among the columns.
const P: usize = 7;

/// Columns of an interval bar.
const BAR: usize = 21;

pub(super) fn render(header: &Header, found: &Comparison, view: View) -> String {
    let width = view.width.max(40);
    let mut out = String::new();
    let verdict = strong(found.verdict.name(), found.verdict, view);
    line(&mut out, width, &format!("{verdict} · {}", escape(&found.why)));
    line(&mut out, width, &rows::runs(header, &escape));
    let models = rows::by_verdict(found);
    for model in models.iter().take(MODELS) {
        out.push('\n');
        self::model(&mut out, width, model, found, view);
    }
    if models.len() > MODELS {
        out.push('\n');
        for model in &models[MODELS..] {
            let words = format!("{} {}: {}", model.verdict.name(), escape(&model.model), escape(&model.why));
            line(&mut out, width, &words);
        }
    }
    out.push('\n');
    for note in rows::notes(found, &escape) {
        line(&mut out, width, &note);
    }
    out
}

fn line(out: &mut String, width: usize, text: &str) {
    out.push_str(&wrap(text, width, "  "));
    out.push('\n');
}

fn strong(text: &str, verdict: Verdict, view: View) -> String {
    match (view.colour, verdict <= Verdict::Suspect) {
        (false, _) => text.to_owned(),
        (true, true) => format!("\x1b[1;31m{text}\x1b[0m"),
        (true, false) => format!("\x1b[1m{text}\x1b[0m"),
    }
}

fn model(out: &mut String, width: usize, model: &ModelComparison, found: &Comparison, view: View) {
    let head = format!(
        "{} against {} · {} · {}",
        escape(&model.model),
        escape(&model.baseline),
        rows::basis(model),
        model.verdict.name()
    );
    line(out, width, &head);
    let shown: Vec<_> = rows::shown(model).collect();
    let bounds = shown.iter().filter(|metric| is_fraction(&metric.metric)).flat_map(|metric| {
        let [low, high] = metric.interval.unwrap_or([metric.difference; 2]);
        [low.abs(), high.abs()]
    });
    let most = bounds.fold(0.02_f64, f64::max);
    let mut heads: Vec<Head> = rows::HEADS.iter().map(|&(name, rank)| head_of(name, rank)).collect();
    heads.insert(5, head_of("less · more", 6));
    let hides_p = width < WIDE;
    let table: Vec<Vec<Cell>> = shown
        .iter()
        .map(|metric| {
            let mut cells: Vec<Cell> =
                rows::cells(metric).into_iter().map(|text| Cell { text, stands_out: false }).collect();
            let bar = if is_fraction(&metric.metric) {
                bars::interval(metric.difference, metric.interval, most, BAR)
            } else {
                figures::NONE.to_owned()
            };
            cells.insert(5, Cell { text: bar, stands_out: false });
            if let Some(last) = cells.last_mut() {
                last.stands_out = metric.verdict <= Verdict::Suspect;
            }
            if hides_p {
                cells.remove(P);
            }
            cells
        })
        .collect();
    if hides_p {
        heads.remove(P);
    }
    out.push_str(&lay(&heads, &table, width, view.colour).text);
    let others: Vec<String> = model
        .metrics
        .iter()
        .filter(|metric| !metric.primary && metric.verdict > Verdict::Suspect)
        .map(rows::name)
        .collect();
    if !others.is_empty() {
        line(out, width, &format!("nothing to say of: {} (--json has all)", others.join(", ")));
    }
    for metric in model.metrics.iter().filter(|metric| metric.primary) {
        for (worse, count, tasks) in
            [(true, metric.worse_count, &metric.worse), (false, metric.better_count, &metric.better)]
        {
            if count > 0 {
                flips(out, width, model, found, (&metric.metric, worse, count, tasks));
            }
        }
    }
}

fn flips(
    out: &mut String,
    width: usize,
    model: &ModelComparison,
    found: &Comparison,
    (metric, worse, count, tasks): (&str, bool, u64, &[String]),
) {
    let direction = if worse { "worse" } else { "better" };
    let _ = writeln!(out, "{direction} at {} ({count}):", metric.replace('_', " "));
    for task in tasks.iter().take(TASKS) {
        let flip = found.flips.iter().find(|flip| {
            flip.model == model.model && flip.metric == metric && flip.worse == worse && flip.task == *task
        });
        let words = flip.map_or_else(String::new, |flip| {
            format!(
                "  {} → {}  {}",
                escape(&flip.was),
                escape(&flip.now),
                shorten(&escape(&flip.rests_on), 160)
            )
        });
        let blanks = "      ";
        let text = wrap(&format!("{}{words}", escape(task)), width.saturating_sub(2), blanks);
        let _ = writeln!(out, "  {}", text.trim_end());
    }
    if count > TASKS as u64 {
        let _ = writeln!(out, "  and {} more (--json names them)", count - TASKS as u64);
    }
}

fn head_of(name: &str, rank: u8) -> Head {
    // A column each: the group holds the name, the second line stays empty.
    Head { group: String::new(), name: name.to_owned(), rank }
}

fn is_fraction(metric: &str) -> bool {
    Measure::from_name(metric).is_some_and(|measure| measure.kind() != Kind::Amount)
}
