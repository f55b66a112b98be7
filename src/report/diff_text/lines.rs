//! Which lines of a file a byte range shows, and what of each is marked.
//!
//! In: a file's bytes, a range, and marks. Out: [`Line`]s with their numbers. A range that begins with line breaks or ends
//! with one shows the lines between only.

use std::ops::Range;

/// A line of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line<'a> {
    /// 1-based.
    pub number: usize,
    /// Without its end.
    pub text: &'a [u8],
    /// Marked ranges, in `text`.
    pub marks: Vec<Range<usize>>,
}

/// The lines that hold the visible text of `range`, whole. `first` is the number of the line in which the range begins;
/// `marks` are ranges of the file, in order.
pub(super) fn lines_of<'a>(
    bytes: &'a [u8],
    range: [usize; 2],
    first: usize,
    marks: &[Range<usize>],
) -> Vec<Line<'a>> {
    let Some(text) = bytes.get(range[0]..range[1]) else { return Vec::new() };
    let skipped = text.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    if skipped == text.len() {
        return Vec::new();
    }
    let breaks = text[..skipped].iter().filter(|byte| **byte == b'\n').count();
    let end = range[0] + text.trim_ascii_end().len();
    let mut at = start_of_line(bytes, range[0] + skipped);
    let mut number = first + breaks;
    let mut lines = Vec::new();
    while at < end {
        let to = end_of_line(bytes, at);
        lines.push(line(bytes, at..to, number, marks));
        at = to + 1;
        number += 1;
    }
    lines
}

/// At most `count` lines before the line in which `at` lies, and their numbers, if that one has number `number`.
pub(super) fn lines_before(bytes: &[u8], at: usize, number: usize, count: usize) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let mut start = start_of_line(bytes, at.min(bytes.len()));
    let mut number = number;
    while start > 0 && lines.len() < count && number > 1 {
        let end = start - 1;
        start = start_of_line(bytes, end);
        number -= 1;
        lines.push(line(bytes, start..end, number, &[]));
    }
    lines.reverse();
    lines
}

/// At most `count` lines that begin at or after `at`, the beginning of line `number`.
pub(super) fn lines_after(bytes: &[u8], at: usize, number: usize, count: usize) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let (mut at, mut number) = (at, number);
    while at < bytes.len() && lines.len() < count {
        let to = end_of_line(bytes, at);
        lines.push(line(bytes, at..to, number, &[]));
        at = to + 1;
        number += 1;
    }
    lines
}

/// Where the line of `at` begins.
pub(super) fn start_of_line(bytes: &[u8], at: usize) -> usize {
    bytes[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1)
}

/// Where the line of `at` ends, its line feed left out.
pub(super) fn end_of_line(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |length| at + length)
}

fn line<'a>(bytes: &'a [u8], range: Range<usize>, number: usize, marks: &[Range<usize>]) -> Line<'a> {
    let text = &bytes[range.clone()];
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    let inside = |mark: &Range<usize>| {
        let (from, to) = (mark.start.max(range.start), mark.end.min(range.start + text.len()));
        (from < to).then(|| from - range.start..to - range.start)
    };
    let first = marks.partition_point(|mark| mark.end <= range.start);
    let marks = marks[first..].iter().take_while(|mark| mark.start < range.end).filter_map(inside).collect();
    Line { number, text, marks }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_show_whole_lines() {
        let bytes = b"one\ntwo three\r\nfour\n\nfive";
        let texts = |lines: Vec<Line<'_>>| -> Vec<(usize, String)> {
            lines
                .into_iter()
                .map(|line| (line.number, String::from_utf8_lossy(line.text).into_owned()))
                .collect()
        };
        let two = || (2, "two three".to_owned());
        assert_eq!(texts(lines_of(bytes, [8, 11], 2, &[])), [two()]);
        assert_eq!(texts(lines_of(bytes, [3, 20], 1, &[])), [two(), (3, "four".into())]);
        assert_eq!(texts(lines_of(bytes, [20, 21], 3, &[])), []);
        assert_eq!(texts(lines_of(bytes, [20, 99], 3, &[])), []);
        assert_eq!(texts(lines_before(bytes, 16, 3, 2)), [(1, "one".into()), two()]);
        assert_eq!(
            texts(lines_after(bytes, 15, 3, 9)),
            [(3, "four".into()), (4, String::new()), (5, "five".into())]
        );
        let marked = lines_of(bytes, [4, 19], 2, &[4..7, 8..17]);
        assert_eq!(marked[0].marks, [0..3, 4..9]);
        assert_eq!(marked[1].marks, std::slice::from_ref(&(0..2)));
    }
}
