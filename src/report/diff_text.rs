//! A structural diff for people.
//!
//! In: a [`Diff`]. Out: text: a heading per file and per entity, then its units with id, kind, weight and lines. Text of
//! the files is hostile: control characters are shown, never sent to the terminal.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::diff::{Change, Diff, FilePair, Role, Unit, UnitKind};

const RED: &str = "\u{1b}[31m";
const GREEN: &str = "\u{1b}[32m";
const BOLD: &str = "\u{1b}[1m";
const DIM: &str = "\u{1b}[2m";
const END: &str = "\u{1b}[0m";

/// Lines shown of one side of a change; more are counted.
const MOST_LINES: usize = 40;

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

/// Text without anything that a terminal obeys: control characters, marks that turn the direction of writing, and
/// invisible characters are written as escapes.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' => out.push_str("    "),
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' => {
                out.extend(c.escape_unicode());
            }
            c if c.is_control() => out.extend(c.escape_default()),
            c => out.push(c),
        }
    }
    out
}

/// `text`, cut to `width` characters.
fn fit(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(width.saturating_sub(1)).collect();
    cut.push('…');
    cut
}

struct Paint(bool);

impl Paint {
    fn with(&self, code: &str, text: &str) -> String {
        if self.0 { format!("{code}{text}{END}") } else { text.to_owned() }
    }
}

/// The whole diff as text, lines at most `width` characters wide (at least 20).
pub fn render(diff: &Diff, colour: bool, width: usize) -> String {
    let width = width.max(20);
    let paint = Paint(colour);
    let mut out = String::new();
    for (index, file) in diff.files.iter().enumerate() {
        let heading = fit(&heading(file), width);
        let _ = writeln!(out, "{}", paint.with(BOLD, &heading));
        let mut entity: Option<&[String]> = None;
        for unit in
            diff.units.iter().filter(|unit| unit.changes.first().is_some_and(|first| first.file == index))
        {
            if !unit.file_level && entity != Some(&unit.entity) {
                let name =
                    if unit.entity.is_empty() { "(file)".to_owned() } else { unit.entity.join(" › ") };
                let _ = writeln!(out, "  {}", paint.with(BOLD, &fit(&escape(&name), width - 2)));
                entity = Some(&unit.entity);
            }
            write_unit(&mut out, diff, unit, &paint, width);
        }
    }
    let weight: u64 = diff.units.iter().map(|unit| u64::from(unit.weight)).sum();
    let _ = writeln!(
        out,
        "{}, {}, weight {weight}",
        plural(diff.files.len(), "file"),
        plural(diff.units.len(), "unit")
    );
    out
}

fn plural(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

fn heading(file: &FilePair) -> String {
    let name = match (&file.old, &file.new) {
        (Some(old), Some(new)) if old != new => format!("{} → {}", escape(old), escape(new)),
        (_, Some(path)) | (Some(path), None) => escape(path),
        (None, None) => String::new(),
    };
    let mut notes = vec![role_name(file.role).to_owned()];
    notes.extend(file.language.clone());
    if file.binary {
        notes.push("binary".to_owned());
    }
    if file.coarse {
        notes.push("coarse".to_owned());
    }
    format!("{name}  ({})", notes.join(", "))
}

fn write_unit(out: &mut String, diff: &Diff, unit: &Unit, paint: &Paint, width: usize) {
    let mut line = format!("    {} {} {}", unit.id, kind_name(unit.kind), unit.weight);
    if unit.file_level {
        let modes = unit.changes.first().and_then(|change| diff.files.get(change.file)).map(|file| {
            let mode = |mode: &Option<String>| mode.clone().unwrap_or_default();
            (mode(&file.old_mode), mode(&file.new_mode))
        });
        let _ = write!(line, "  {}", escape(&unit.entity.join(" ")));
        if let (UnitKind::Mode, Some((old, new))) = (unit.kind, modes)
            && old != new
        {
            let _ = write!(line, " {old} → {new}");
        }
    }
    if !unit.needs.is_empty() {
        let _ = write!(line, "  needs {}", unit.needs.join(", "));
    }
    let _ = writeln!(out, "{}", paint.with(DIM, &fit(&line, width)));
    if unit.file_level {
        return;
    }
    for change in &unit.changes {
        let Some(file) = diff.files.get(change.file) else { continue };
        let room = width.saturating_sub(15).max(5);
        for (mark, code, bytes, range, lines) in [
            ('-', RED, &file.old_bytes, change.old, change.old_lines),
            ('+', GREEN, &file.new_bytes, change.new, change.new_lines),
        ] {
            for (number, text) in shown(bytes, range, lines, unit.kind) {
                let number = number.map_or_else(String::new, |number| number.to_string());
                let text = format!("    {number:>6} {mark} {}", fit(&text, room));
                let _ = writeln!(out, "{}", paint.with(code, text.trim_end()));
            }
        }
        other_file(out, diff, unit, change);
    }
}

/// A move or rename may have places in another file than the one that it is listed under.
fn other_file(out: &mut String, diff: &Diff, unit: &Unit, change: &Change) {
    let first = unit.changes.first().map(|first| first.file);
    if first != Some(change.file)
        && let Some(file) = diff.files.get(change.file)
    {
        let _ = writeln!(
            out,
            "             in {}",
            escape(file.new.as_deref().or(file.old.as_deref()).unwrap_or(""))
        );
    }
}

/// The lines of a range with their numbers. A part of one line is shown as that line; white space alone as marks.
fn shown(bytes: &[u8], range: [usize; 2], lines: [usize; 2], kind: UnitKind) -> Vec<(Option<usize>, String)> {
    let Some(text) = bytes.get(range[0]..range[1]).filter(|text| !text.is_empty()) else { return Vec::new() };
    if kind == UnitKind::Format && text.iter().all(u8::is_ascii_whitespace) {
        let text = String::from_utf8_lossy(text);
        let marks = text.replace(' ', "·").replace('\t', "→").replace("\r\n", "↵").replace('\n', "↵");
        return vec![(Some(lines[0]), escape(&marks))];
    }
    // Leading line breaks belong to the range so that lines come out whole; what is read begins behind them.
    let skipped = text.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let breaks = text[..skipped].split(|byte| *byte == b'\n').count() - 1;
    let from = bytes[..range[0] + skipped].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let end = range[0] + text.trim_ascii_end().len();
    let to = bytes[end..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |at| end + at);
    if from >= to {
        return Vec::new();
    }
    let whole = String::from_utf8_lossy(&bytes[from..to]).into_owned();
    let count = whole.lines().count();
    let mut shown: Vec<(Option<usize>, String)> = whole
        .lines()
        .take(MOST_LINES)
        .enumerate()
        .map(|(index, line)| (Some(lines[0] + breaks + index), escape(line)))
        .collect();
    if count > MOST_LINES {
        shown.push((None, format!("… {} more lines", count - MOST_LINES)));
    }
    shown
}

/// Units and weight by file and entity, and by kind, as two small tables.
pub fn stat(diff: &Diff) -> String {
    let mut entities: BTreeMap<(usize, &[String]), (usize, u64)> = BTreeMap::new();
    let mut kinds: BTreeMap<UnitKind, (usize, u64)> = BTreeMap::new();
    for unit in &diff.units {
        let file = unit.changes.first().map_or(0, |change| change.file);
        let none: &[String] = &[];
        let entity = if unit.file_level { none } else { &unit.entity[..] };
        for (count, weight) in
            [entities.entry((file, entity)).or_default(), kinds.entry(unit.kind).or_default()]
        {
            *count += 1;
            *weight += u64::from(unit.weight);
        }
    }
    let mut out = String::from(" units  weight  entity\n");
    for ((file, entity), (count, weight)) in entities {
        let pair = diff.files.get(file);
        let path = pair.and_then(|pair| pair.new.as_deref().or(pair.old.as_deref())).unwrap_or("");
        let mut name = escape(path);
        for part in entity {
            let _ = write!(name, " › {}", escape(part));
        }
        let _ = writeln!(out, "{count:>6}  {weight:>6}  {name}");
    }
    out.push_str(" units  weight  kind\n");
    for (kind, (count, weight)) in kinds {
        let _ = writeln!(out, "{count:>6}  {weight:>6}  {}", kind_name(kind));
    }
    out
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::diff::{ChangedFile, Side, diff};

    fn example() -> Diff {
        let side = |text: &str| {
            Some(Side { path: "src/a.rs".into(), mode: 0o100_644, bytes: Arc::from(text.as_bytes()) })
        };
        let old = "use a::b;\n\nfn f(a: u8) -> u8 {\n    let x = a - 1;\n    x\n}\n";
        let new = "use a::b;\nuse c::d;\n\nfn f(a: u8) -> u8 {\n    let x = a + 1; // \u{1b}[31mred\n    dbg!(x);\n    x\n}\n";
        diff(&[ChangedFile { old: side(old), new: side(new) }])
    }

    #[test]
    fn people_see_lines_under_headings() {
        insta::assert_snapshot!(render(&example(), false, 80), @r#"
        src/a.rs  (code, rust)
          (file)
            u0 import 5
                 2 + use c::d;
          fn f
            u1 body 2
                 4 -     let x = a - 1;
                 5 +     let x = a + 1; // \u{1b}[31mred
            u2 comment 5
                 5 +     let x = a + 1; // \u{1b}[31mred
            u3 added 6
                 6 +     dbg!(x);
        1 file, 4 units, weight 18
        "#);
        insta::assert_snapshot!(stat(&example()), @r#"
         units  weight  entity
             1       5  src/a.rs
             3      13  src/a.rs › fn f
         units  weight  kind
             1       2  body
             1       6  added
             1       5  import
             1       5  comment
        "#);
    }

    #[test]
    fn nothing_in_a_file_reaches_the_terminal() {
        let text = render(&example(), false, 80);
        assert!(!text.contains('\u{1b}'), "{text}");
        assert_eq!(escape("a\u{1b}[0m\r\u{202e}\t"), "a\\u{1b}[0m\\r\\u{202e}    ");
        assert!(render(&example(), true, 80).contains(RED));
    }
}
