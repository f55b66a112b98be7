//! One unit for people: a line with id, kind, weight and needs, and the lines that it changes.

use std::fmt::Write;
use std::ops::Range;

use super::lines::{Line, end_of_line, lines_after, lines_before, lines_of, start_of_line};
use super::marked::{Marked, differing};
use super::{DIM, END, GREEN, Page, RED, gutter, kind_name, path};
use crate::diff::{Change, FilePair, Unit, UnitKind};
use crate::report::escape;

/// Lines shown of one side of a change; more are counted.
const MOST_LINES: usize = 40;
/// The same in created and deleted files, which show what they hold and not how it reads.
const MOST_WHOLE_LINES: usize = 3;
/// Places of a rename that are named.
const MOST_PLACES: usize = 12;

/// Writes a unit; `whole` says that its file is created or deleted.
pub(super) fn write(page: &mut Page<'_>, unit: &Unit, whole: bool) {
    let mut line = format!("    {} {} {}", unit.id, kind_name(unit.kind), unit.weight);
    let diff = page.diff;
    let file = unit.changes.first().and_then(|change| diff.files.get(change.file));
    if let (true, Some(file)) = (unit.file_level, file) {
        let _ = write!(line, "  {}", file_note(unit, file));
    }
    match unit.kind {
        UnitKind::Rename => line.push_str(&rename_note(page, unit)),
        UnitKind::Move => line.push_str(&move_note(page, unit)),
        _ => {}
    }
    if !unit.needs.is_empty() {
        let _ = write!(line, "  needs {}", unit.needs.join(", "));
    }
    page.line(DIM, &line);
    if unit.file_level || unit.kind == UnitKind::Rename {
        return;
    }
    for group in groups(page, unit) {
        let Some((first, file)) = group.first().and_then(|first| Some((*first, diff.files.get(first.file)?)))
        else {
            continue;
        };
        // A move says in its first line where the text went; the text itself is read once, at its new place.
        if unit.kind == UnitKind::Move && first.new[0] == first.new[1] {
            continue;
        }
        if unit.kind == UnitKind::Format && group.len() == 1 && write_blanks(page, file, first) {
            continue;
        }
        write_change(page, file, &group, whole);
    }
}

/// Changes that are seen in the same lines are shown together.
fn groups<'a>(page: &Page<'_>, unit: &'a Unit) -> Vec<Vec<&'a Change>> {
    let line = |bytes: &[u8], range: [usize; 2]| {
        let text = bytes.get(range[0]..range[1])?;
        (!text.contains(&b'\n')).then(|| start_of_line(bytes, range[0]))
    };
    let place = |change: &Change| {
        let file = page.diff.files.get(change.file)?;
        Some((change.file, line(&file.old_bytes, change.old)?, line(&file.new_bytes, change.new)?))
    };
    let in_order = |a: &Change, b: &Change| a.old[1] <= b.old[0] && a.new[1] <= b.new[0];
    let mut groups: Vec<Vec<&Change>> = Vec::new();
    for change in &unit.changes {
        match groups.last_mut() {
            Some(group)
                if group.last().is_some_and(|last| {
                    in_order(last, change) && place(last).is_some() && place(last) == place(change)
                }) =>
            {
                group.push(change);
            }
            _ => groups.push(vec![change]),
        }
    }
    groups
}

fn file_note(unit: &Unit, file: &FilePair) -> String {
    let mut note = escape::terminal(&unit.entity.join(" "));
    if unit.kind == UnitKind::Mode
        && file.old_mode != file.new_mode
        && let (Some(old), Some(new)) = (&file.old_mode, &file.new_mode)
    {
        let _ = write!(note, " {old} → {new}");
    }
    if file.binary && unit.kind == UnitKind::File {
        let sizes = (&file.old, &file.new);
        let (old, new) = (file.old_bytes.len(), file.new_bytes.len());
        let _ = match sizes {
            (Some(_), Some(_)) => write!(note, " {old} → {new} bytes"),
            (None, _) => write!(note, " {new} bytes"),
            (_, None) => write!(note, " {old} bytes"),
        };
    }
    note
}

/// `  total → sum in 5 places: lines 4, 7, 9`.
fn rename_note(page: &Page<'_>, unit: &Unit) -> String {
    let text = |bytes: &[u8], range: [usize; 2]| {
        escape::terminal(&String::from_utf8_lossy(
            bytes.get(range[0]..range[1]).unwrap_or_default().trim_ascii(),
        ))
    };
    let named = unit.changes.iter().find_map(|change| {
        let file = page.diff.files.get(change.file)?;
        Some((text(&file.old_bytes, change.old), text(&file.new_bytes, change.new)))
    });
    let Some((old, new)) = named else { return String::new() };
    let mut lines: Vec<(usize, usize)> =
        unit.changes.iter().map(|change| (change.file, change.new_lines[0])).collect();
    lines.dedup();
    let home = lines.first().map_or(0, |first| first.0);
    let names: Vec<String> = lines
        .iter()
        .take(MOST_PLACES)
        .map(|(file, line)| match page.diff.files.get(*file) {
            Some(other) if *file != home => format!("{}:{line}", path(other)),
            _ => line.to_string(),
        })
        .collect();
    let more = if lines.len() > MOST_PLACES { ", …" } else { "" };
    let places = super::plural(unit.changes.len(), "place");
    format!(
        "  {old} → {new} in {places}: line{} {}{more}",
        if lines.len() == 1 { "" } else { "s" },
        names.join(", ")
    )
}

/// `  lines 4–9 → 20–25`, with the file where it is another one.
fn move_note(page: &Page<'_>, unit: &Unit) -> String {
    let gone = unit.changes.iter().find(|change| change.new[0] == change.new[1]);
    let come = unit.changes.iter().find(|change| change.old[0] == change.old[1]);
    let (Some(gone), Some(come)) = (gone, come) else { return String::new() };
    let span = |bytes: &[u8], range: [usize; 2], first: usize| {
        let lines = lines_of(bytes, range, first, &[]);
        match (lines.first(), lines.last()) {
            (Some(a), Some(b)) if a.number != b.number => format!("{}–{}", a.number, b.number),
            (Some(a), _) => a.number.to_string(),
            _ => first.to_string(),
        }
    };
    let (Some(old), Some(new)) = (page.diff.files.get(gone.file), page.diff.files.get(come.file)) else {
        return String::new();
    };
    let name =
        |file: &FilePair| if gone.file == come.file { String::new() } else { format!("{}:", path(file)) };
    format!(
        "  lines {}{} → {}{}",
        name(old),
        span(&old.old_bytes, gone.old, gone.old_lines[0]),
        name(new),
        span(&new.new_bytes, come.new, come.new_lines[0])
    )
}

/// White space in place of other white space is shown as marks; says whether it was that.
fn write_blanks(page: &mut Page<'_>, file: &FilePair, change: &Change) -> bool {
    let sides = [
        (&file.old_bytes, change.old, change.old_lines[0], '-', RED),
        (&file.new_bytes, change.new, change.new_lines[0], '+', GREEN),
    ];
    let text = |bytes: &[u8], range: [usize; 2]| bytes.get(range[0]..range[1]).unwrap_or_default().to_vec();
    if !sides.iter().all(|(bytes, range, ..)| text(bytes, *range).iter().all(u8::is_ascii_whitespace)) {
        return false;
    }
    for (bytes, range, number, sign, code) in sides {
        let mut marks = String::new();
        for byte in text(bytes, range) {
            marks.push(match byte {
                b' ' => '·',
                b'\t' => '→',
                b'\n' => '↵',
                _ => '␍',
            });
        }
        if !marks.is_empty() {
            let marks: [&[u8]; 1] = [marks.as_bytes()];
            let whole = 0..marks[0].len();
            write_line(page, &Line { number, text: marks[0], marks: vec![whole] }, sign, code);
        }
    }
    true
}

fn write_change(page: &mut Page<'_>, file: &FilePair, group: &[&Change], whole: bool) {
    let (Some(first), Some(last)) = (group.first(), group.last()) else { return };
    let (old_range, new_range) = ([first.old[0], last.old[1]], [first.new[0], last.new[1]]);
    let (old_marks, new_marks) = marks(file, group);
    let old = lines_of(&file.old_bytes, old_range, first.old_lines[0], &old_marks);
    let new = lines_of(&file.new_bytes, new_range, first.new_lines[0], &new_marks);
    // Where one side has no text to show, the line that it stands in says what the change did to it.
    let inside = |lines: &[Line<'_>]| {
        lines.iter().any(|line| {
            let first = line.text.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(0);
            let end = line.text.trim_ascii_end().len();
            line.marks.first().is_some_and(|mark| mark.start > first)
                || line.marks.last().is_some_and(|mark| mark.end < end)
        })
    };
    let old_line = (old.is_empty() && new.len() == 1 && inside(&new))
        .then(|| line_at(&file.old_bytes, old_range[0]))
        .flatten();
    let new_line = (new.is_empty() && old.len() == 1 && inside(&old))
        .then(|| line_at(&file.new_bytes, new_range[0]))
        .flatten();
    let old: Vec<Line<'_>> = if old.is_empty() { old_line.into_iter().collect() } else { old };
    let new: Vec<Line<'_>> = if new.is_empty() { new_line.into_iter().collect() } else { new };
    let context = page.style.context;
    // Context is read on the new side; around a change that leaves nothing there, on the old one.
    let (bytes, around, range) =
        if new.is_empty() { (&file.old_bytes, &old, old_range) } else { (&file.new_bytes, &new, new_range) };
    let (Some(first), Some(last)) = (around.first(), around.last()) else { return };
    let (first_number, after_number) = (first.number, last.number + 1);
    let start = range[0] + bytes[range[0]..range[1]].iter().take_while(|b| b.is_ascii_whitespace()).count();
    let end = range[0] + bytes[range[0]..range[1]].trim_ascii_end().len();
    let after = (end_of_line(bytes, end.max(range[0])) + 1).min(bytes.len());
    if context > 0 {
        for line in lines_before(bytes, start.min(bytes.len()), first_number, context) {
            write_line(page, &line, ' ', DIM);
        }
    }
    let most = match (page.style.full, whole) {
        (true, _) => usize::MAX,
        (false, true) => MOST_WHOLE_LINES,
        (false, false) => MOST_LINES,
    };
    for (lines, sign, code) in [(&old, '-', RED), (&new, '+', GREEN)] {
        // One line more is shown rather than counted.
        let shown = if lines.len() <= most.saturating_add(1) { lines.len() } else { most };
        for line in &lines[..shown] {
            write_line(page, line, sign, code);
        }
        if shown < lines.len() {
            let count = lines.len() - shown;
            let blanks = " ".repeat(gutter());
            page.line(DIM, &format!("{blanks}… {count} more lines (--full shows them)"));
        }
    }
    if context > 0 {
        for line in lines_after(bytes, after, after_number, context) {
            write_line(page, &line, ' ', DIM);
        }
    }
}

/// What of the old and of the new file the changes mark.
fn marks(file: &FilePair, group: &[&Change]) -> (Vec<Range<usize>>, Vec<Range<usize>>) {
    let (mut old, mut new) = (Vec::new(), Vec::new());
    for change in group {
        let before = file.old_bytes.get(change.old[0]..change.old[1]).unwrap_or_default();
        let after = file.new_bytes.get(change.new[0]..change.new[1]).unwrap_or_default();
        let [gone, come] = differing(before, after);
        old.extend(gone.into_iter().map(|mark| mark.start + change.old[0]..mark.end + change.old[0]));
        new.extend(come.into_iter().map(|mark| mark.start + change.new[0]..mark.end + change.new[0]));
    }
    (old, new)
}

/// The line that holds offset `at`, without marks; none if nothing is to be seen in it.
fn line_at(bytes: &[u8], at: usize) -> Option<Line<'_>> {
    let at = at.min(bytes.len());
    let start = start_of_line(bytes, at);
    let number = 1 + bytes[..start].iter().filter(|byte| **byte == b'\n').count();
    let text = &bytes[start..end_of_line(bytes, at)];
    (!text.trim_ascii().is_empty()).then_some(Line { number, text, marks: Vec::new() })
}

fn write_line(page: &mut Page<'_>, line: &Line<'_>, sign: char, code: &str) {
    let room = page.width.saturating_sub(gutter()).max(10);
    let marked = Marked::new(line.text, &line.marks, room);
    let head = format!("    {:>6} {sign}", line.number);
    if page.style.view.colour {
        let text =
            if sign == ' ' { format!("{code}{}{END}", marked.plain()) } else { marked.coloured(code, END) };
        let _ = writeln!(page.out, "{code}{head}{END} {text}");
        return;
    }
    let _ = writeln!(page.out, "{}", format!("{head} {}", marked.plain()).trim_end());
    if let Some(carets) = marked.carets() {
        let _ = writeln!(page.out, "{}{carets}", " ".repeat(gutter()));
    }
}
