//! The report as a comment on a pull request: under 64 kB whatever the run holds, worst first.
//!
//! In: as [`terminal`](super::terminal). Out: GitHub-flavoured Markdown with the same figures and notes.
//!
//! Invariant: the result is at most [`LIMIT`] bytes; what is cut is counted.

use std::fmt::Write as _;

use super::columns::columns;
use super::figures::plural;
use super::notes::{Note, describe, notes, share};
use super::pictures::planes;
use super::table::shorten;
use super::terminal::headline;
use super::{Calibration, RunHeader, escape};
use crate::stats::RunSummary;

/// Bytes; GitHub takes 65,536 characters.
pub const LIMIT: usize = 64_000;

/// Names are shortened to this many columns, so that one name cannot fill the comment.
const NAME: usize = 80;

/// Bytes kept for what follows the table.
const TAIL: usize = 24_000;

/// The whole report.
pub fn render(header: &RunHeader, summary: &RunSummary, calibration: Option<&Calibration>) -> String {
    let code = |text: &str| escape::markdown(&shorten(text, NAME));
    let mut out = format!("**kerf** · {}\n\n", headline(header, &code));
    let columns = columns(summary);
    let notes = notes(header, summary, &columns, calibration, &code);
    for note in notes.iter().filter(|note| note.loud) {
        push(&mut out, &format!("> **{}**\n\n", note.text), LIMIT - TAIL);
    }
    if !columns.rows.is_empty() {
        let heads: Vec<String> = columns
            .heads
            .iter()
            .map(|head| format!("{} {}", head.group, head.name).trim().to_owned())
            .collect();
        let aligned = vec!["--:"; heads.len().saturating_sub(1)].join(" | ");
        // Writing to a string cannot fail.
        let _ = write!(out, "| {} |\n| :-- | {aligned} |\n", heads.join(" | "));
        let mut cut = 0_u64;
        for row in columns.rows.iter().rev() {
            let cells: Vec<String> = row
                .iter()
                .enumerate()
                .map(|(place, figure)| match (place, figure.worst) {
                    (0, _) => escape::markdown_cell(&shorten(&figure.text, NAME)),
                    (_, true) => format!("**{}**{}", figure.text, figure.note),
                    (_, false) => format!("{}{}", figure.text, figure.note),
                })
                .collect();
            cut += u64::from(!push(&mut out, &format!("| {} |\n", cells.join(" | ")), LIMIT - TAIL));
        }
        out.push('\n');
        if cut > 0 {
            let cut = plural(cut, "model");
            let _ = write!(out, "{cut} more, better than these, in `kerf report --format json`\n\n");
        }
    }
    for note in notes.iter().filter(|note| !note.loud) {
        push(&mut out, &line(note), LIMIT - TAIL / 2);
    }
    planes_of(&mut out, summary);
    calibration_of(&mut out, calibration);
    findings(&mut out, header, summary, &code);
    out
}

/// Folded away: a comment is read from its top.
fn planes_of(out: &mut String, summary: &RunSummary) {
    // In a code block only its end could break out, and names are shortened and stripped of control characters.
    let name = |text: &str| shorten(&escape::terminal(text), NAME).replace('`', "'");
    for plane in planes(summary, &name) {
        let part = format!(
            "\n<details><summary>{}</summary>\n\n```text\n{}\n```\n\n</details>\n",
            "Models on a plane",
            plane.join("\n")
        );
        push(out, &part, LIMIT - TAIL / 4);
    }
}

/// The metric comes with its error, kind by kind.
fn calibration_of(out: &mut String, calibration: Option<&Calibration>) {
    let Some(found) = calibration else { return };
    let mut part = format!(
        "\n<details><summary>Error of the irrelevance metric</summary>\n\nEdits planted in {}, {}; shares with 95 % \
         ranges.\n\n| kind | precision | recall | plants |\n| :-- | --: | --: | --: |\n",
        found.on,
        escape::markdown(&found.rules)
    );
    let grades = found.grades.iter().map(|(grade, ..)| format!("grade {grade}"));
    let kinds = found.kinds.iter().map(|(kind, ..)| kind.clone());
    for (name, (_, precision, recall)) in grades.chain(kinds).zip(found.grades.iter().chain(&found.kinds)) {
        let _ = writeln!(
            part,
            "| {} | {} | {} | {} |",
            escape::markdown_cell(&name),
            share(precision),
            share(recall),
            recall.n
        );
    }
    part.push_str("\n</details>\n");
    push(out, &part, LIMIT - TAIL / 4);
}

fn line(note: &Note) -> String {
    let command =
        note.command.as_ref().map_or_else(String::new, |command| format!(" → {}", escape::markdown(command)));
    format!("- {}{command}\n", note.text)
}

fn findings(out: &mut String, header: &RunHeader, summary: &RunSummary, code: &dyn Fn(&str) -> String) {
    const START: &str = "\n<details><summary>Heaviest irrelevant edits</summary>\n\n";
    const END: &str = "\n</details>\n";
    if summary.findings.is_empty() || out.len() + START.len() + END.len() > LIMIT {
        return;
    }
    out.push_str(START);
    for finding in &summary.findings {
        let link = header.link.as_ref().map_or_else(String::new, |link| {
            format!(" · [details]({})", link.to(&finding.task, &finding.model))
        });
        push(out, &format!("- {}{link}\n", describe(finding, code)), LIMIT - END.len());
    }
    out.push_str(END);
}

/// Appends a part if it fits.
fn push(out: &mut String, part: &str, limit: usize) -> bool {
    let fits = out.len() + part.len() <= limit;
    if fits {
        out.push_str(part);
    }
    fits
}
