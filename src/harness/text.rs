//! A log as lines of clean text.
//!
//! In: bytes as a program or a terminal left them. Out: numbered lines without line ends, colours and other terminal
//! sequences; broken UTF-8 is replaced. A carriage return inside a line starts a new piece with the same number,
//! because that is how progress lines are overwritten.
//!
//! Invariant: line numbers are those that an editor shows for the original file.

use std::borrow::Cow;
use std::hash::{Hash, Hasher};

use rayon::prelude::*;

use super::Unread;

/// One line, or a piece of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line<'a> {
    /// 1-based.
    pub number: usize,
    /// Without line end and terminal sequences.
    pub text: Cow<'a, str>,
}

/// A whole log.
#[derive(Debug)]
pub struct Log<'a> {
    /// Its lines.
    pub lines: Vec<Line<'a>>,
}

impl<'a> Log<'a> {
    /// Splits and cleans.
    pub fn new(bytes: &'a [u8]) -> Self {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        // Checked as a whole where it can be: line by line is several times slower.
        let text = std::str::from_utf8(bytes).ok();
        let plain = memchr::memchr2(b'\r', 0x1b, bytes).is_none();
        let mut lines = match text {
            Some(text) if plain => plain_lines(text),
            _ => {
                let mut lines = Vec::with_capacity(bytes.len() / 50);
                let mut start = 0;
                for (at, end) in
                    memchr::memchr_iter(b'\n', bytes).chain(std::iter::once(bytes.len())).enumerate()
                {
                    pieces(&bytes[start..end], at + 1, &mut lines);
                    start = end + 1;
                }
                lines
            }
        };
        if bytes.ends_with(b"\n") || bytes.is_empty() {
            lines.pop();
        }
        Self { lines }
    }

    /// The first and last `count` lines, or none where these are all there are.
    pub fn ends(&self, count: usize) -> Option<Log<'_>> {
        let head = self.lines.get(..count)?;
        let tail = self.lines.get(self.lines.len().checked_sub(count)?.max(count)..)?;
        if self.lines.len() <= 2 * count {
            return None;
        }
        let mut lines = Vec::with_capacity(2 * count);
        for line in head.iter().chain(tail) {
            lines.push(Line { number: line.number, text: Cow::Borrowed(line.text.as_ref()) });
        }
        Some(Log { lines })
    }

    /// Text of a line by index, empty beyond the end.
    pub fn text(&self, index: usize) -> &str {
        self.lines.get(index).map_or("", |line| &line.text)
    }

    /// Number of a line by index; beyond the end that of the last.
    pub fn number(&self, index: usize) -> usize {
        self.lines.get(index).or(self.lines.last()).map_or(1, |line| line.number)
    }
}

/// The lines of a text without colours and carriage returns; of a long one side by side, since most of the work is the
/// system's, which gives memory page by page.
fn plain_lines(text: &str) -> Vec<Line<'_>> {
    let ends: Vec<usize> =
        memchr::memchr_iter(b'\n', text.as_bytes()).chain(std::iter::once(text.len())).collect();
    let line = |at: usize| {
        let start = at.checked_sub(1).map_or(0, |before| ends[before] + 1);
        Line { number: at + 1, text: Cow::Borrowed(&text[start..ends[at]]) }
    };
    (0..ends.len()).into_par_iter().with_min_len(1 << 14).map(line).collect()
}

/// The pieces of a line that is not plain text.
fn pieces<'a>(raw: &'a [u8], number: usize, lines: &mut Vec<Line<'a>>) {
    let raw = raw.strip_suffix(b"\r").unwrap_or(raw);
    for piece in raw.split(|&byte| byte == b'\r') {
        let text = match String::from_utf8_lossy(piece) {
            Cow::Borrowed(text) if text.contains('\u{1b}') => Cow::Owned(without_escapes(text)),
            Cow::Owned(text) if text.contains('\u{1b}') => Cow::Owned(without_escapes(&text)),
            text => text,
        };
        lines.push(Line { number, text });
    }
}

/// Takes out terminal sequences: `ESC [ … letter`, `ESC ] … BEL`, `ESC ( B` and two-byte ones.
fn without_escapes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\u{1b}' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('[') => {
                // Parameters and intermediates lie in 0x20..=0x3f, the final byte in 0x40..=0x7e. Anything else ends a
                // sequence that was cut, and is text again.
                while let Some(&next) = chars.peek() {
                    if matches!(next, ' '..='?') {
                        chars.next();
                        continue;
                    }
                    if matches!(next, '@'..='~') {
                        chars.next();
                    }
                    break;
                }
            }
            Some(']') => {
                while let Some(next) = chars.next() {
                    if next == '\u{7}' {
                        break;
                    }
                    if next == '\u{1b}' {
                        chars.next_if_eq(&'\\');
                        break;
                    }
                }
            }
            Some('(' | ')' | '#' | '%') => {
                chars.next();
            }
            _ => {}
        }
    }
    out
}

/// A hash that is the same on every machine: for sorting, never for telling apart.
pub fn hash(text: &str) -> u64 {
    let mut hasher = rustc_hash::FxHasher::default();
    text.hash(&mut hasher);
    hasher.finish()
}

/// Longest piece of a line that is kept, in characters.
const KEPT: usize = 200;

/// A line that could not be placed.
pub fn unread(number: usize, text: &str) -> Unread {
    Unread { line: number, text: text.chars().take(KEPT).collect() }
}

/// `12`, or `1_234`-free digits only: a count as runners print it.
pub fn count(text: &str) -> Option<usize> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(bytes: &[u8]) -> Vec<(usize, String)> {
        Log::new(bytes).lines.into_iter().map(|line| (line.number, line.text.into_owned())).collect()
    }

    #[test]
    fn splits_and_cleans() {
        let owned = |pairs: &[(usize, &str)]| -> Vec<(usize, String)> {
            pairs.iter().map(|(number, text)| (*number, (*text).to_owned())).collect()
        };
        assert_eq!(lines(b""), owned(&[]));
        assert_eq!(lines(b"a\nb"), owned(&[(1, "a"), (2, "b")]));
        assert_eq!(lines(b"a\r\n\r\nb\r\n"), owned(&[(1, "a"), (2, ""), (3, "b")]));
        assert_eq!(lines(b"10%\r20%\rdone\n"), owned(&[(1, "10%"), (1, "20%"), (1, "done")]));
        assert_eq!(lines(b"test x ... \x1b[32mok\x1b(B\x1b[m\n"), owned(&[(1, "test x ... ok")]));
        assert_eq!(lines(b"\x1b]8;;http://x\x07a\x1b]8;;\x1b\\b"), owned(&[(1, "ab")]));
        assert_eq!(lines(b"\x1b[3\xc3\nx\xff"), owned(&[(1, "\u{fffd}"), (2, "x\u{fffd}")]));
    }
}
