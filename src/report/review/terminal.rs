//! For a terminal.

use std::fmt::Write as _;

use super::{carried, class_name, files, grade, headline, lines, lint_line, reach, sign, subject};
use crate::evaluate::detail::UnitDetail;
use crate::evaluate::review::Review;
use crate::report::figures::plural;
use crate::report::table::{shorten, wrap};
use crate::report::{View, escape};

/// Findings of a kind listed; the rest is counted.
const LIST: usize = 20;

/// The whole review; with `every`, units that are not irrelevant too.
pub fn render(review: &Review, every: bool, view: View) -> String {
    let width = view.width.max(40);
    let code = |text: &str| escape::terminal(&shorten(text, 80));
    let mut out = format!("{}\n", subject(review, &code));
    if let Some(headline) = headline(review) {
        push(&mut out, width, 0, &headline);
    }
    for file in files(review) {
        if file.irrelevant.is_empty() && !every {
            continue;
        }
        let path = escape::terminal(file.path);
        let path = if view.colour { format!("\x1b[1m{path}\x1b[0m") } else { path };
        let _ = writeln!(out, "\n{path}");
        for unit in &file.irrelevant {
            let mark = format!("{} {}", grade(unit), sign(unit));
            let mark = if view.colour { format!("\x1b[31m{mark}\x1b[0m") } else { mark };
            one(&mut out, width, review, unit, &mark);
        }
        if every {
            for unit in &file.others {
                one(&mut out, width, review, unit, class_name(unit.class));
            }
        } else if !file.others.is_empty() {
            push(&mut out, width, 2, &plural(file.others.len() as u64, "other unit"));
        }
    }
    if let Some(lint) = &review.lint {
        let _ = writeln!(out, "\n{}", lint_line(lint));
        let found = lint.new.iter().chain(&lint.suppressions);
        for finding in found.clone().take(LIST) {
            let (file, rule) = (escape::terminal(&finding.file), escape::terminal(&finding.rule));
            let message = escape::terminal(&shorten(&finding.message, 200));
            push(&mut out, width, 2, &format!("{file}:{}  {rule} {message}", finding.line));
        }
        for line in lint.unformatted_lines.iter().take(LIST) {
            push(&mut out, width, 2, &format!("{}:{}  unformatted", escape::terminal(&line.file), line.line));
        }
        let more = found.count().saturating_sub(LIST) + lint.unformatted_lines.len().saturating_sub(LIST);
        if more > 0 {
            let _ = writeln!(out, "  and {more} more");
        }
        for tool in &lint.unusable {
            let (name, why) = (escape::terminal(&tool.tool), escape::terminal(&shorten(&tool.why, 300)));
            push(&mut out, width, 2, &format!("{name}: {why}"));
        }
    }
    if let Some(context) = &review.context {
        if let Some(carried) = carried(context) {
            let _ = writeln!(out, "\n{carried}");
        }
        let found = reach(context);
        for one in found.iter().take(LIST) {
            let (file, symbol) = (escape::terminal(one.file), escape::terminal(one.symbol));
            let what = escape::terminal(&shorten(&one.what, 200));
            push(&mut out, width, 0, &format!("{file}:{}  `{symbol}` {what}", one.line));
        }
        if found.len() > LIST {
            let _ = writeln!(out, "  and {} more", found.len() - LIST);
        }
    }
    out
}

fn one(out: &mut String, width: usize, review: &Review, unit: &UnitDetail, mark: &str) {
    let place = match lines(review, unit) {
        None => "file".to_owned(),
        Some([first, last]) if first >= last => format!("line {first}"),
        Some([first, last]) => format!("lines {first}–{last}"),
    };
    let entity =
        unit.entity.last().map_or_else(String::new, |name| format!(" in {}", escape::terminal(name)));
    let weight = plural(unit.weight.into(), "token");
    let why = escape::terminal(&shorten(&unit.why, 300));
    push(
        out,
        width,
        2,
        &format!("{mark}  {place}{entity} · {weight} · {}: {why}", escape::terminal(&unit.id)),
    );
}

fn push(out: &mut String, width: usize, indent: usize, text: &str) {
    let blanks = " ".repeat(indent);
    let _ = writeln!(out, "{blanks}{}", wrap(text, width.saturating_sub(indent), &" ".repeat(indent + 4)));
}
