//! One line of a file with what changed in it marked, cut to a width.
//!
//! In: a line's bytes and the byte ranges that are marked. Out: cells of display width, a window of them that holds the
//! first mark, and text with colour or with carets below.
//!
//! Invariant: no byte of the line reaches a terminal but as a visible character.

use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};
use unicode_width::UnicodeWidthStr;

use crate::report::escape;

/// More tokens than this on a side are marked as a whole.
const MOST_TOKENS: usize = 3000;

/// What is looked at of a longer line, in bytes for each column of room.
const BYTES_A_COLUMN: usize = 16;

/// A visible character, or an escape in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Cell {
    text: String,
    width: usize,
    marked: bool,
    blank: bool,
}

/// A line to be shown: at most as wide as it was asked to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Marked(Vec<Cell>);

impl Marked {
    /// `line` without its end; `marks` are ranges in it. At most `width` columns, with `…` where something is cut.
    pub(super) fn new(line: &[u8], marks: &[Range<usize>], width: usize) -> Self {
        let first = marks.iter().find(|mark| !mark.is_empty()).map_or(0, |mark| mark.start);
        let most = width.saturating_mul(BYTES_A_COLUMN);
        let from = if line.len() > most { character(line, first.saturating_sub(most / 4)) } else { 0 };
        let to = character(line, line.len().min(from.saturating_add(most)));
        let mut cells = cells(&line[from..to], from, marks);
        if from > 0 {
            cells.insert(0, ellipsis());
        }
        if to < line.len() {
            cells.push(ellipsis());
        }
        Self(window(cells, width))
    }

    /// Marked cells in `code`, the others as they are.
    pub(super) fn coloured(&self, code: &str, end: &str) -> String {
        let mut out = String::new();
        let mut open = false;
        for cell in &self.0 {
            if cell.marked != open {
                out.push_str(if cell.marked { code } else { end });
                open = cell.marked;
            }
            out.push_str(&cell.text);
        }
        if open {
            out.push_str(end);
        }
        out
    }

    /// The text alone.
    pub(super) fn plain(&self) -> String {
        self.0.iter().map(|cell| cell.text.as_str()).collect()
    }

    /// Carets below the marked cells, none where nothing or all of the line is marked.
    pub(super) fn carets(&self) -> Option<String> {
        let seen = || self.0.iter().filter(|cell| !cell.blank);
        if !seen().any(|cell| cell.marked) || seen().all(|cell| cell.marked) {
            return None;
        }
        let mut out = String::new();
        for cell in &self.0 {
            let mark = if cell.marked { "^" } else { " " };
            out.push_str(&mark.repeat(cell.width));
        }
        Some(out.trim_end().to_owned())
    }
}

fn ellipsis() -> Cell {
    Cell { text: "…".to_owned(), width: 1, marked: false, blank: true }
}

/// The beginning of the character that `at` lies in.
fn character(line: &[u8], at: usize) -> usize {
    (at.saturating_sub(3)..=at)
        .rev()
        .find(|at| line.get(*at).is_none_or(|byte| byte & 0xc0 != 0x80))
        .unwrap_or(at)
}

fn cells(line: &[u8], offset: usize, marks: &[Range<usize>]) -> Vec<Cell> {
    let mut cells = Vec::with_capacity(line.len());
    let mut at = offset;
    let mut put = |text: String, at: usize, blank: bool| {
        let marked = marks.iter().any(|mark| mark.contains(&at));
        let width = text.width();
        cells.push(Cell { text, width, marked, blank });
    };
    for chunk in line.utf8_chunks() {
        for character in chunk.valid().chars() {
            let text = match character {
                '\t' => "    ".to_owned(),
                other => escape::terminal(other.encode_utf8(&mut [0; 4])),
            };
            put(text, at, character.is_whitespace());
            at += character.len_utf8();
        }
        for byte in chunk.invalid() {
            put(format!("\\x{byte:02x}"), at, false);
            at += 1;
        }
    }
    cells
}

/// As many cells as fit, from the beginning if the first mark is seen there.
fn window(cells: Vec<Cell>, width: usize) -> Vec<Cell> {
    let total: usize = cells.iter().map(|cell| cell.width).sum();
    if total <= width {
        return cells;
    }
    let room = width.saturating_sub(1);
    let mark = cells.iter().position(|cell| cell.marked).unwrap_or(0);
    let before: usize = cells[..mark].iter().map(|cell| cell.width).sum();
    let mut shown = Vec::new();
    let mut used = 0;
    let mut start = 0;
    if before + 8 > room {
        // The mark is put behind a third of the line, so that one sees what it belongs to.
        let mut left = 0;
        start = mark;
        while start > 0 && left + cells[start - 1].width <= room / 3 {
            start -= 1;
            left += cells[start].width;
        }
        if start > 0 {
            shown.push(ellipsis());
            used = 1;
        }
    }
    let mut whole = true;
    for cell in &cells[start..] {
        if used + cell.width > room {
            whole = false;
            break;
        }
        used += cell.width;
        shown.push(cell.clone());
    }
    if !whole {
        shown.push(ellipsis());
    }
    shown
}

/// What of two texts differs, as byte ranges of each: words and signs that have no partner. Texts that have little in
/// common differ as a whole.
pub(super) fn differing(old: &[u8], new: &[u8]) -> [Vec<Range<usize>>; 2] {
    let visible = |text: &[u8]| -> Vec<Range<usize>> {
        let start = text.len() - text.trim_ascii_start().len();
        let end = text.trim_ascii_end().len();
        std::iter::once(if start < end { start..end } else { 0..text.len() }).collect()
    };
    let whole = || [visible(old), visible(new)];
    if old.is_empty() || new.is_empty() {
        return whole();
    }
    let (a, b) = (words(old), words(new));
    if a.len() > MOST_TOKENS || b.len() > MOST_TOKENS {
        return whole();
    }
    let texts = |bytes, words: &[Range<usize>]| -> Vec<Vec<u8>> {
        let bytes: &[u8] = bytes;
        words.iter().map(|word| bytes[word.clone()].to_vec()).collect()
    };
    let (p, q) = (texts(old, &a), texts(new, &b));
    let ops = capture_diff_slices(Algorithm::Myers, &p, &q);
    let same: usize =
        ops.iter().filter(|op| matches!(op, DiffOp::Equal { .. })).map(|op| op.old_range().len()).sum();
    if 3 * same < a.len().max(b.len()) {
        return whole();
    }
    let mut marks = [Vec::new(), Vec::new()];
    for op in ops.iter().filter(|op| !matches!(op, DiffOp::Equal { .. })) {
        for (side, words, range) in [(0, &a, op.old_range()), (1, &b, op.new_range())] {
            if let (Some(first), Some(last)) = (words.get(range.start), words[range.clone()].last()) {
                marks[side].push(first.start..last.end);
            }
        }
    }
    marks
}

/// Runs of letters, digits and `_`, and every other visible byte or character by itself.
fn words(text: &[u8]) -> Vec<Range<usize>> {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80;
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        let length =
            if is_word(byte) { text[at..].iter().take_while(|byte| is_word(**byte)).count() } else { 1 };
        if !byte.is_ascii_whitespace() {
            found.push(at..at + length);
        }
        at += length;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_long_line_shows_its_mark() {
        let line = format!("{}WORD{}", "a ".repeat(100), " b".repeat(100));
        let marked = Marked::new(line.as_bytes(), std::slice::from_ref(&(200..204)), 30);
        assert_eq!(marked.plain(), "… a a a a WORD b b b b b b b …");
        assert_eq!(marked.carets().unwrap(), "          ^^^^");
        assert_eq!(marked.coloured("<", ">"), "… a a a a <WORD> b b b b b b b …");
        assert_eq!(Marked::new(b"short", &[], 30).plain(), "short");
    }

    #[test]
    fn wide_and_hostile_text_keeps_its_columns() {
        let marked = Marked::new("模型 = x\u{1b}[31m\u{ff}".as_bytes(), std::slice::from_ref(&(0..6)), 40);
        assert_eq!(marked.plain(), "模型 = x\\x1b[31mÿ");
        assert_eq!(marked.carets().unwrap(), "^^^^");
        assert_eq!(Marked::new("模型模型".as_bytes(), &[], 6).plain(), "模型…");
        assert_eq!(Marked::new(b"a\xffb", &[], 40).plain(), "a\\xffb");
    }

    #[test]
    fn words_without_a_partner_are_marked() {
        let text = |old: &str, new: &str| {
            let [a, b] = differing(old.as_bytes(), new.as_bytes());
            let pick = |text: &str, marks: &[Range<usize>]| {
                marks.iter().map(|mark| text[mark.clone()].to_owned()).collect::<Vec<_>>().join("|")
            };
            (pick(old, &a), pick(new, &b))
        };
        for (old, new, gone, come) in [
            ("let x = a - 1;", "let x = a + 1;", "-", "+"),
            ("f(a, b)", "f(a, c, d)", "b", "c, d"),
            ("", "x y", "", "x y"),
            ("one two", "three four", "one two", "three four"),
        ] {
            assert_eq!(text(old, new), (gone.to_owned(), come.to_owned()), "{old} → {new}");
        }
    }

    proptest! {
        #[test]
        fn nothing_is_wider_than_asked(line in proptest::collection::vec(any::<u8>(), 0..300), at in 0usize..300, width in 2usize..60) {
            let at = at.min(line.len());
            let marked = Marked::new(&line, std::slice::from_ref(&(at..line.len())), width);
            prop_assert!(marked.plain().width() <= width || marked.plain().chars().count() < 3);
            prop_assert!(!marked.plain().chars().any(char::is_control));
        }
    }
}
