//! Writes changes as a unified diff in git's form.
//!
//! In: a tree and what differs from it. Out: text that [`super::apply`] and `git apply` take at rung exact, and from
//! which they make the same files. Content that is not UTF-8 is written as a binary patch.

use std::fmt::Write;

use similar::{Algorithm, DiffOp, capture_diff_slices, group_diff_ops};

use super::line::{self, Line};
use super::{Blob, Tree, TreeChanges, binary};

/// Lines of context around a change.
const CONTEXT: usize = 3;

/// Mask of the kind of file in a mode.
const KIND: u32 = 0o170_000;

/// The changes as a diff, files in the order of their paths. Renames are written as deletion and creation.
pub fn render(old: &dyn Tree, changes: &TreeChanges) -> String {
    let mut out = String::new();
    for (path, new) in changes {
        let before = old.blob(path);
        match (&before, new) {
            // Git has no change of a file's kind: it writes two sections.
            (Some(before), Some(after)) if before.mode & KIND != after.mode & KIND => {
                file(path, Some(before), None, &mut out);
                file(path, None, Some(after), &mut out);
            }
            (before, new) if before != new => file(path, before.as_ref(), new.as_ref(), &mut out),
            _ => {}
        }
    }
    out
}

fn file(path: &str, old: Option<&Blob>, new: Option<&Blob>, out: &mut String) {
    let (a, b) = (quoted(&format!("a/{path}")), quoted(&format!("b/{path}")));
    let _ = writeln!(out, "diff --git {a} {b}");
    match (old, new) {
        (None, Some(new)) => {
            let _ = writeln!(out, "new file mode {:o}", new.mode);
        }
        (Some(old), None) => {
            let _ = writeln!(out, "deleted file mode {:o}", old.mode);
        }
        (Some(old), Some(new)) if old.mode != new.mode => {
            let _ = writeln!(out, "old mode {:o}\nnew mode {:o}", old.mode, new.mode);
        }
        _ => {}
    }
    let bytes = |blob: Option<&Blob>| blob.map_or(Vec::new(), |blob| blob.bytes.clone());
    let (before, after) = (bytes(old), bytes(new));
    if before == after {
        return;
    }
    let id = |blob: Option<&Blob>| {
        let hash = |blob: &Blob| git2::Oid::hash_object(git2::ObjectType::Blob, &blob.bytes).ok();
        blob.and_then(hash).map_or_else(|| "0".repeat(40), |id| id.to_string())
    };
    let mode = match (old, new) {
        (Some(old), Some(new)) if old.mode == new.mode => format!(" {:o}", new.mode),
        _ => String::new(),
    };
    let is_text = |bytes: &[u8]| !bytes.contains(&0) && std::str::from_utf8(bytes).is_ok();
    let text = is_text(&before) && is_text(&after);
    let short = if text { 10 } else { 40 };
    let _ = writeln!(out, "index {}..{}{mode}", &id(old)[..short], &id(new)[..short]);
    if !text {
        binary::write_literal(&after, out);
        return;
    }
    // A name with a blank is ended by a tab, so that no time stamp is seen in it.
    let end = if path.contains(' ') { "\t" } else { "" };
    let side = |name: &str, there: bool| if there { format!("{name}{end}") } else { "/dev/null".to_owned() };
    let _ = writeln!(out, "--- {}\n+++ {}", side(&a, old.is_some()), side(&b, new.is_some()));
    hunks(&line::split(&before), &line::split(&after), out);
}

fn hunks(old: &[Line<'_>], new: &[Line<'_>], out: &mut String) {
    let ops = capture_diff_slices(Algorithm::Myers, old, new);
    for group in group_diff_ops(ops, CONTEXT) {
        let (Some(first), Some(last)) = (group.first(), group.last()) else { continue };
        let old_range = first.old_range().start..last.old_range().end;
        let new_range = first.new_range().start..last.new_range().end;
        let _ = writeln!(out, "@@ -{} +{} @@", position(&old_range), position(&new_range));
        for op in &group {
            let kept = matches!(op, DiffOp::Equal { .. });
            for line in &old[op.old_range()] {
                write_line(if kept { ' ' } else { '-' }, line, out);
            }
            if !kept {
                for line in &new[op.new_range()] {
                    write_line('+', line, out);
                }
            }
        }
    }
}

/// `START,COUNT` with 1-based start; an empty range states the line before it.
fn position(range: &std::ops::Range<usize>) -> String {
    match range.len() {
        0 => format!("{},0", range.start),
        1 => format!("{}", range.start + 1),
        count => format!("{},{count}", range.start + 1),
    }
}

fn write_line(mark: char, line: &Line<'_>, out: &mut String) {
    out.push(mark);
    out.push_str(&String::from_utf8_lossy(line.text));
    out.push('\n');
    if !line.newline {
        out.push_str("\\ No newline at end of file\n");
    }
}

/// The name in git's quotes where it holds control characters, quotes, backslashes or anything beyond ASCII.
fn quoted(name: &str) -> String {
    if name.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\') {
        return name.to_owned();
    }
    let mut text = String::from("\"");
    for byte in name.bytes() {
        match byte {
            b'"' | b'\\' => {
                let _ = write!(text, "\\{}", char::from(byte));
            }
            b' '..=b'~' => text.push(char::from(byte)),
            _ => {
                let _ = write!(text, "\\{byte:03o}");
            }
        }
    }
    text.push('"');
    text
}
