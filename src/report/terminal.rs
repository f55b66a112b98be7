//! The report that a person sees first: a line on the run, the table of models, what to look at next.
//!
//! In: header, summary, perhaps a calibration, and the [`View`]. Out: text for a terminal of that width.
//!
//! Invariant: without colour there is no escape sequence, and nothing is told by colour alone.

use super::columns::{Figure, columns};
use super::figures::plural;
use super::notes::notes;
use super::pictures::planes;
use super::table::{Cell, Head, lay, shorten, wrap};
use super::{Calibration, RunHeader, View, escape};
use crate::stats::RunSummary;
use unicode_width::UnicodeWidthStr;

/// Narrower terminals get lines of this width.
const LEAST_WIDTH: usize = 40;

/// From this width on there is room for pictures.
const WIDE: usize = 120;

/// The whole report.
pub fn render(
    header: &RunHeader,
    summary: &RunSummary,
    calibration: Option<&Calibration>,
    view: View,
) -> String {
    let width = view.width.max(LEAST_WIDTH);
    let mut out = wrap(&headline(header, &escape::terminal), width, "  ");
    out.push_str("\n\n");
    let columns = columns(summary);
    if !columns.rows.is_empty() {
        let room: Vec<usize> = (0..columns.heads.len())
            .map(|column| columns.rows.iter().map(|row| row[column].note.width()).max().unwrap_or(0))
            .collect();
        let rows: Vec<Vec<Cell>> = columns
            .rows
            .iter()
            .map(|row| {
                // Notes are padded, so that figures stand below each other.
                let cell = |(figure, room): (&Figure, &usize)| Cell {
                    text: format!("{}{:room$}", escape::terminal(&figure.text), figure.note),
                    stands_out: figure.worst,
                };
                row.iter().zip(&room).map(cell).collect()
            })
            .collect();
        let heads: Vec<Head> = columns
            .heads
            .iter()
            .zip(&room)
            .map(|(head, room)| Head { name: format!("{}{:room$}", head.name, ""), ..head.clone() })
            .collect();
        let laid = lay(&heads, &rows, width, view.colour);
        out.push_str(&laid.text);
        out.push('\n');
        let hidden: Vec<String> = laid
            .left_out
            .iter()
            .map(|&column| &columns.heads[column])
            .filter(|head| head.rank <= LAST_USUAL_RANK)
            .map(|head| format!("{} {}", head.group, head.name))
            .collect();
        if !hidden.is_empty() {
            out.push_str(&wrap(&format!("no room for: {}", hidden.join(", ")), width, "  "));
            out.push('\n');
        }
    }
    // On a narrow screen the table is what counts; Markdown has the planes anyway.
    if width >= WIDE {
        for plane in planes(summary, &escape::terminal) {
            out.push('\n');
            for line in plane {
                out.push_str(&shorten(&line, width));
                out.push('\n');
            }
        }
        out.push('\n');
    }
    for note in notes(header, summary, &columns, calibration, &escape::terminal) {
        let text = wrap(&note.text, width, "  ");
        let last = text.lines().last().map_or(0, UnicodeWidthStr::width);
        out.push_str(&if note.loud && view.colour { bold(&text) } else { text });
        if let Some(command) = note.command {
            let beside = last + 3 + command.width() <= width;
            out.push_str(if beside { "   " } else { "\n  " });
            out.push_str(&command);
        }
        out.push('\n');
    }
    out
}

/// Columns up to this rank are missed where there is no room; the others are extras of wide terminals.
const LAST_USUAL_RANK: u8 = 7;

fn bold(text: &str) -> String {
    format!("\x1b[1m{text}\x1b[0m")
}

/// `suite demo · 12 tasks (lock 3f9c1a) · 60 trials, 0 invalid · namespaces sandbox`.
pub fn headline(header: &RunHeader, escape: &dyn Fn(&str) -> String) -> String {
    let lock = header.lock.as_ref().map_or_else(String::new, |lock| {
        format!(" (lock {})", escape(&lock.chars().take(6).collect::<String>()))
    });
    let mut parts = vec![
        format!("suite {}", escape(&header.suite)),
        format!("{}{lock}", plural(header.tasks, "task")),
        format!("{}, {} invalid", plural(header.trials, "trial"), header.invalid),
    ];
    parts.extend(header.sandbox.as_ref().map(|sandbox| match &**sandbox {
        "none" => "NO SANDBOX, patches were trusted".to_owned(),
        sandbox => format!("{} sandbox", escape(sandbox)),
    }));
    parts.join(" · ")
}
