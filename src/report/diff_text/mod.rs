//! A structural diff for people.
//!
//! In: a [`Diff`] and how it is to be shown. Out: text: a heading per file and per entity, then its units with id, kind,
//! weight and lines, and one line of totals. What of a line a unit changes is coloured, or has carets below it. Text of
//! the files is hostile: control characters are shown, never sent to the terminal.

mod lines;
mod marked;
mod stat;
#[cfg(test)]
mod tests;
mod unit;

use std::collections::BTreeMap;
use std::fmt::Write;

pub use stat::stat;
use unicode_width::UnicodeWidthStr;

use crate::diff::{Diff, FilePair, Role, Unit, UnitKind};
use crate::report::{View, escape, table};

const RED: &str = "\u{1b}[1;31m";
const GREEN: &str = "\u{1b}[1;32m";
const BOLD: &str = "\u{1b}[1m";
const DIM: &str = "\u{1b}[2m";
const END: &str = "\u{1b}[0m";

/// Units shown of a created or deleted file; more are counted.
const MOST_UNITS: usize = 30;

/// How a diff is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Width and colour; under 40 columns are treated as 40.
    pub view: View,
    /// Lines of context before and after the lines of a unit.
    pub context: usize,
    /// Show all lines of large units, and all units of created and deleted files.
    pub full: bool,
}

/// A kind as it is written in JSON.
pub fn kind_name(kind: UnitKind) -> &'static str {
    match kind {
        UnitKind::Body => "body",
        UnitKind::Signature => "signature",
        UnitKind::Added => "added",
        UnitKind::Removed => "removed",
        UnitKind::Import => "import",
        UnitKind::Comment => "comment",
        UnitKind::Format => "format",
        UnitKind::Rename => "rename",
        UnitKind::Move => "move",
        UnitKind::File => "file",
        UnitKind::Mode => "mode",
        UnitKind::Data => "data",
    }
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Code => "code",
        Role::Test => "test",
        Role::Doc => "doc",
        Role::Config => "config",
        Role::Generated => "generated",
        Role::Other => "other",
    }
}

/// What units are written to.
struct Page<'a> {
    diff: &'a Diff,
    style: Style,
    width: usize,
    out: String,
}

impl Page<'_> {
    fn line(&mut self, code: &str, text: &str) {
        let text = table::shorten(text, self.width);
        let text = text.trim_end();
        let _ = if self.style.view.colour {
            writeln!(self.out, "{code}{text}{END}")
        } else {
            writeln!(self.out, "{text}")
        };
    }
}

/// The whole diff as text.
pub fn render(diff: &Diff, style: Style) -> String {
    if diff.files.is_empty() {
        return "no differences\n".to_owned();
    }
    let mut of_file: Vec<Vec<&Unit>> = vec![Vec::new(); diff.files.len()];
    for unit in &diff.units {
        if let Some(units) = unit.changes.first().and_then(|change| of_file.get_mut(change.file)) {
            units.push(unit);
        }
    }
    let mut page = Page { diff, style, width: style.view.width.max(40), out: String::new() };
    for (file, units) in diff.files.iter().zip(&of_file) {
        write_file(&mut page, file, units);
    }
    let total = total(diff);
    page.line(BOLD, &total);
    page.out
}

fn write_file(page: &mut Page<'_>, file: &FilePair, units: &[&Unit]) {
    let notes = notes(file);
    let format_only = !units.is_empty() && units.iter().all(|unit| unit.kind == UnitKind::Format);
    let mut heading = format!("{}  {notes}", path(file));
    if format_only && !page.style.full && units.len() > 1 {
        let ids: Vec<&str> = units.iter().map(|unit| unit.id.as_str()).collect();
        let _ = write!(
            heading,
            "  {}, weight {}: {}",
            plural(ids.len(), "format unit"),
            weight(units),
            runs(&ids)
        );
        page.line(BOLD, &heading);
        return;
    }
    // What the heading loses at its end can be read in JSON; its path can be long.
    page.line(BOLD, &heading);
    let whole = file.old.is_none() || file.new.is_none();
    let most = if whole && !page.style.full { MOST_UNITS } else { usize::MAX };
    let mut entity: Option<&[String]> = None;
    for unit in units.iter().take(most) {
        if !unit.file_level && entity != Some(&unit.entity) {
            let name = if unit.entity.is_empty() { "(file)".to_owned() } else { unit.entity.join(" › ") };
            page.line(BOLD, &format!("  {}", escape::terminal(&name)));
            entity = Some(&unit.entity);
        }
        unit::write(page, unit, whole);
    }
    if let Some(rest) = units.get(most..).filter(|rest| !rest.is_empty()) {
        let count = rest.len();
        page.line(DIM, &format!("    … {count} more units, weight {} (--full shows them)", weight(rest)));
    }
}

fn weight<U: std::borrow::Borrow<Unit>>(units: &[U]) -> u64 {
    units.iter().map(|unit| u64::from(unit.borrow().weight)).sum()
}

/// `1 file, 3 units, weight 8: 2 body, 1 import`.
fn total(diff: &Diff) -> String {
    let mut kinds: BTreeMap<UnitKind, usize> = BTreeMap::new();
    for unit in &diff.units {
        *kinds.entry(unit.kind).or_default() += 1;
    }
    let kinds: Vec<String> =
        kinds.iter().map(|(kind, count)| format!("{count} {}", kind_name(*kind))).collect();
    format!(
        "{}, {}, weight {}: {}",
        plural(diff.files.len(), "file"),
        plural(diff.units.len(), "unit"),
        weight(&diff.units),
        kinds.join(", ")
    )
}

fn plural(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// `u3–u6, u9`, from ids in order.
fn runs(ids: &[&str]) -> String {
    let number = |id: &str| id.get(1..).and_then(|digits| digits.parse::<usize>().ok());
    let mut out = String::new();
    let mut at = 0;
    while let Some(first) = ids.get(at) {
        let mut end = at;
        while let (Some(a), Some(b)) = (ids.get(end), ids.get(end + 1)) {
            if number(a).map(|a| a + 1) != number(b) {
                break;
            }
            end += 1;
        }
        let _ = write!(out, "{}{first}", if at == 0 { "" } else { ", " });
        if end > at {
            let _ = write!(out, "{}{}", if end == at + 1 { ", " } else { "–" }, ids[end]);
        }
        at = end + 1;
    }
    out
}

fn path(file: &FilePair) -> String {
    match (&file.old, &file.new) {
        (Some(old), Some(new)) if old != new => {
            format!("{} → {}", escape::terminal(old), escape::terminal(new))
        }
        (_, Some(path)) | (Some(path), None) => escape::terminal(path),
        (None, None) => String::new(),
    }
}

fn notes(file: &FilePair) -> String {
    let mut notes = vec![role_name(file.role).to_owned()];
    notes.extend(file.language.as_deref().map(escape::terminal));
    for (holds, name) in [
        (file.binary, "binary"),
        (file.old.is_none(), "created"),
        (file.new.is_none(), "deleted"),
        (file.coarse, "coarse: compared by tokens"),
    ] {
        if holds {
            notes.push(name.to_owned());
        }
    }
    format!("({})", notes.join(", "))
}

/// Columns that a number, a mark and the blanks around them take before the text of a line.
fn gutter() -> usize {
    "    123456 - ".width()
}
