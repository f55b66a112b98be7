//! The body of a hunk, read by its counts and, where they are wrong, by its looks.
//!
//! In: the lines of a patch and the place after a hunk header. Out: the body, the place after it, and what had to be
//! guessed. Counts that fit are always believed, because only they tell a removed line `-- x` from a file header.

use crate::prediction::hunk_header::HunkHeader;

use super::line::Line;
use super::model::{Hunk, HunkLine, Oddity, Op, Severity};

/// Blank context lines that may be restored at the trimmed end of a patch; `patch` restores as many.
const MOST_RESTORED: usize = 2;

/// A restored line of context.
const BLANK: HunkLine<'static> = HunkLine { op: Op::Context, content: Line { text: b"", newline: true } };

/// Reads the body that follows the header at `at - 1`; returns it and the index of the line after it.
pub fn body<'a>(
    lines: &[Line<'a>],
    at: usize,
    header: HunkHeader,
    oddities: &mut Vec<Oddity>,
) -> (Hunk<'a>, usize) {
    let hunk = |lines, restored| Hunk { line: at, header, lines, restored };
    let mut odd = |severity, text: &str| {
        oddities.push(Oddity { line: at, severity, text: text.to_owned() });
    };
    let counted = by_counts(lines, at, header, false);
    match counted {
        Counted::Whole(body, next) if !goes_on(lines, next) => return (hunk(body, 0), next),
        Counted::EndOfText(mut body, missing) if missing <= MOST_RESTORED => {
            odd(Severity::Mended, "blank context lines at the end of the patch are missing");
            body.extend(std::iter::repeat_n(BLANK, missing));
            return (hunk(body, missing), lines.len());
        }
        Counted::Whole(..) | Counted::EndOfText(..) | Counted::Wrong => {}
    }
    if let Counted::Whole(body, next) = by_counts(lines, at, header, true)
        && !goes_on(lines, next)
    {
        odd(Severity::Recounted, "context lines have lost their leading blank");
        return (hunk(body, 0), next);
    }
    odd(Severity::Recounted, "line counts of the hunk are wrong");
    let (body, blanks, next) = by_looks(lines, at, header);
    (hunk(body, blanks), next)
}

/// What reading by counts came to.
enum Counted<'a> {
    /// Counts and body agree.
    Whole(Vec<HunkLine<'a>>, usize),
    /// The text ended so many context lines early.
    EndOfText(Vec<HunkLine<'a>>, usize),
    /// Counts and body disagree.
    Wrong,
}

/// What the first byte of a line says about it.
enum Look {
    Body(Op),
    Blank,
    NoNewline,
    Other,
}

fn look(line: &Line<'_>) -> Look {
    match line.text.first() {
        Some(b' ') => Look::Body(Op::Context),
        Some(b'-') => Look::Body(Op::Delete),
        Some(b'+') => Look::Body(Op::Insert),
        Some(b'\\') => Look::NoNewline,
        _ if line.is_empty() => Look::Blank,
        _ => Look::Other,
    }
}

/// The line without its mark. A patch whose very last line lacks its newline means a line that has one.
fn marked<'a>(op: Op, line: &Line<'a>) -> HunkLine<'a> {
    HunkLine { op, content: Line { text: &line.text[1..], newline: true } }
}

/// A context line that stands without its mark.
fn bare<'a>(line: &Line<'a>) -> HunkLine<'a> {
    HunkLine { op: Op::Context, content: Line { text: line.text, newline: true } }
}

fn by_counts<'a>(lines: &[Line<'a>], at: usize, header: HunkHeader, unmarked: bool) -> Counted<'a> {
    let (mut old, mut new) = (header.old_count, header.new_count);
    let mut body: Vec<HunkLine<'a>> = Vec::new();
    let mut next = at;
    while old > 0 || new > 0 {
        let Some(line) = lines.get(next) else {
            return if old == new { Counted::EndOfText(body, old) } else { Counted::Wrong };
        };
        if is_name_pair(lines, next) && same_file(line, &lines[next + 1]) {
            return Counted::Wrong;
        }
        let read = match look(line) {
            Look::Body(op) => marked(op, line),
            Look::Blank => bare(line),
            Look::NoNewline => {
                let Some(last) = body.last_mut() else { return Counted::Wrong };
                last.content.newline = false;
                next += 1;
                continue;
            }
            Look::Other if unmarked && !begins_section(lines, next) => bare(line),
            Look::Other => return Counted::Wrong,
        };
        let (from_old, from_new) = match read.op {
            Op::Context => (1, 1),
            Op::Delete => (1, 0),
            Op::Insert => (0, 1),
        };
        if old < from_old || new < from_new {
            return Counted::Wrong;
        }
        old -= from_old;
        new -= from_new;
        body.push(read);
        next += 1;
    }
    if let (Some(line), Some(last)) = (lines.get(next), body.last_mut())
        && matches!(look(line), Look::NoNewline)
    {
        last.content.newline = false;
        next += 1;
    }
    Counted::Whole(body, next)
}

/// Whether lines that follow a hunk whose counts are used up still look like its body.
fn goes_on(lines: &[Line<'_>], at: usize) -> bool {
    for (index, line) in lines.iter().enumerate().skip(at) {
        if begins_section(lines, index) || is_rule(line) {
            return false;
        }
        match look(line) {
            Look::Body(Op::Delete | Op::Insert) => return true,
            Look::Body(Op::Context) => {}
            Look::Blank | Look::NoNewline | Look::Other => return false,
        }
    }
    false
}

/// The body up to where it stops looking like one, how many unmarked blank lines end it, and the place after it.
fn by_looks<'a>(lines: &[Line<'a>], at: usize, header: HunkHeader) -> (Vec<HunkLine<'a>>, usize, usize) {
    let mut body: Vec<HunkLine<'a>> = Vec::new();
    // Blank lines without a mark at the end may be context or may separate files: the stated count decides.
    let mut blanks = 0;
    let mut old = 0;
    let mut next = at;
    while let Some(line) = lines.get(next) {
        if begins_section(lines, next) || is_rule(line) {
            break;
        }
        let read = match look(line) {
            Look::Body(op) => marked(op, line),
            Look::Blank => bare(line),
            Look::NoNewline => {
                if let Some(last) = body.last_mut() {
                    last.content.newline = false;
                }
                next += 1;
                continue;
            }
            Look::Other if old < header.old_count => bare(line),
            Look::Other => break,
        };
        blanks = if matches!(look(line), Look::Blank) { blanks + 1 } else { 0 };
        old += usize::from(read.op != Op::Insert);
        body.push(read);
        next += 1;
    }
    let surplus = blanks.min(old.saturating_sub(header.old_count));
    body.truncate(body.len() - surplus);
    (body, blanks - surplus, next)
}

/// Whether the line at `at` begins another hunk or another file's section, or closes a fence around the diff.
pub fn begins_section(lines: &[Line<'_>], at: usize) -> bool {
    let Some(line) = lines.get(at) else { return false };
    let text = line.text;
    text.starts_with(b"diff --git ")
        || text.starts_with(b"@@ ")
        || text.starts_with(b"```")
        || text.starts_with(b"*** End Patch")
        || (text.starts_with(b"Index: ")
            && lines.get(at + 1).is_some_and(|line| line.text.starts_with(b"===")))
        || is_name_pair(lines, at)
}

/// Whether `--- OLD`, `+++ NEW` stand at `at`, followed by a hunk or by nothing.
pub fn is_name_pair(lines: &[Line<'_>], at: usize) -> bool {
    let starts = |offset: usize, prefix: &[u8]| {
        lines.get(at + offset).is_some_and(|line| line.text.starts_with(prefix))
    };
    starts(0, b"--- ") && starts(1, b"+++ ") && (starts(2, b"@@") || lines.len() == at + 2)
}

/// Whether a name pair names one file on both sides: counts that are too large would swallow it as a changed line.
fn same_file(old: &Line<'_>, new: &Line<'_>) -> bool {
    fn path<'a>(line: &Line<'a>) -> &'a [u8] {
        let name = line.without_cr().get(4..).unwrap_or_default();
        let name = name.split(|byte| *byte == b'\t').next().unwrap_or_default();
        name.strip_prefix(b"a/").or_else(|| name.strip_prefix(b"b/")).unwrap_or(name)
    }
    path(old) == path(new) || path(old) == b"/dev/null" || path(new) == b"/dev/null"
}

/// A line that ends a mailed patch or divides prose.
fn is_rule(line: &Line<'_>) -> bool {
    matches!(line.without_cr(), b"-- " | b"--" | b"---")
}
