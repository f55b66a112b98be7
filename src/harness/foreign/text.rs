//! Text as Python sees it.
//!
//! In: bytes of a log. Out: a string as `open(path).read()` gives it (strict UTF-8, every line end a line feed), with
//! a way back from byte offsets to line numbers of the file; and Python's white space, `split` and `splitlines`.
//!
//! Invariant: line numbers count line feeds of the bytes, as editors and kerf's own readers do.

use std::borrow::Cow;

use super::Raised;

/// A decoded log.
#[derive(Debug)]
pub(crate) struct Text<'a> {
    /// With `\n` for `\r\n` and for a lone `\r`.
    pub text: Cow<'a, str>,
    /// Offsets of line feeds in `text` that were a lone `\r` in the file, ascending.
    lone: Vec<usize>,
}

impl<'a> Text<'a> {
    /// Decodes as Python's text mode does.
    pub fn read(bytes: &'a [u8]) -> Result<Self, Raised> {
        let text = std::str::from_utf8(bytes).map_err(|error| {
            Raised::new("UnicodeDecodeError", format!("byte {} of the log is not UTF-8", error.valid_up_to()))
        })?;
        if !text.contains('\r') {
            return Ok(Self { text: Cow::Borrowed(text), lone: Vec::new() });
        }
        let mut out = String::with_capacity(text.len());
        let mut lone = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find('\r') {
            out.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix('\n') {
                rest = after;
            } else {
                lone.push(out.len());
            }
            out.push('\n');
        }
        out.push_str(rest);
        Ok(Self { text: Cow::Owned(out), lone })
    }

    /// Puts text before and after.
    pub fn wrapped(self, before: &str, after: &str) -> Text<'static> {
        let lone = self.lone.iter().map(|at| at + before.len()).collect();
        Text { text: Cow::Owned(format!("{before}{}{after}", self.text)), lone }
    }

    /// Line numbers of many offsets, 1-based, in the order of the offsets given.
    pub fn lines(&self, offsets: &[usize]) -> Vec<usize> {
        let mut order: Vec<usize> = (0..offsets.len()).collect();
        order.sort_unstable_by_key(|&index| offsets[index]);
        let mut lines = vec![0; offsets.len()];
        let bytes = self.text.as_bytes();
        let (mut from, mut line) = (0, 1);
        for index in order {
            let to = offsets[index].min(bytes.len());
            line += bytes[from..to].iter().filter(|&&byte| byte == b'\n').count();
            from = to;
            lines[index] = line - self.lone.partition_point(|&at| at < to);
        }
        lines
    }
}

/// A text made of pieces of another one, with the way back.
#[derive(Debug, Default)]
pub(crate) struct Edited {
    /// What is left.
    pub text: String,
    /// Where each piece begins in `text` and where in the old text.
    pieces: Vec<(usize, usize)>,
}

impl Edited {
    /// A text without what a pattern matches.
    pub fn without(text: &str, pattern: &regex::Regex) -> Self {
        let mut edited = Self::default();
        let mut from = 0;
        for found in pattern.find_iter(text) {
            edited.push(&text[from..found.start()], from);
            from = found.end();
        }
        edited.push(&text[from..], from);
        edited
    }

    /// Adds a piece that begins there in the old text.
    pub fn push(&mut self, piece: &str, old: usize) {
        self.pieces.push((self.text.len(), old));
        self.text.push_str(piece);
    }

    /// With other text in place of a range; it stands where the range began.
    pub fn replaced(&self, start: usize, end: usize, by: &str) -> Self {
        let moved = start + by.len();
        let mut pieces: Vec<_> = self.pieces.iter().copied().filter(|(at, _)| *at < start).collect();
        pieces.push((start, self.old(start)));
        pieces.push((moved, self.old(end)));
        pieces
            .extend(self.pieces.iter().filter(|(at, _)| *at > end).map(|(at, old)| (at - end + moved, *old)));
        Self { text: [&self.text[..start], by, &self.text[end..]].concat(), pieces }
    }

    /// Offset in the old text of one in the new.
    pub fn old(&self, new: usize) -> usize {
        let after = self.pieces.partition_point(|(start, _)| *start <= new);
        let (start, old) =
            after.checked_sub(1).and_then(|at| self.pieces.get(at)).copied().unwrap_or_default();
        old + (new - start)
    }
}

/// Whether Python's `str.isspace` and `\s` hold for a character.
pub(crate) fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}')
}

/// Python's `str.strip()`.
pub(crate) fn strip(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// Python's `str.lstrip()`.
pub(crate) fn lstrip(text: &str) -> &str {
    text.trim_start_matches(is_space)
}

/// Python's `str.split()`.
pub(crate) fn words(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    text.split(is_space).filter(|word| !word.is_empty())
}

/// White space at the start, in characters: `len(line) - len(line.lstrip())`.
pub(crate) fn indent(line: &str) -> usize {
    line.chars().take_while(|&c| is_space(c)).count()
}

/// Python's `text.split("\n")` with the offset of each piece.
pub(crate) fn split_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split('\n').scan(0, |next, line| {
        let at = *next;
        *next += line.len() + 1;
        Some((at, line))
    })
}

/// Python's `text.splitlines()` with the offset of each line: it also ends lines at form feeds, file separators and
/// Unicode's own line ends, and gives no empty last line.
pub(crate) fn splitlines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let rest = text.get(from..).filter(|rest| !rest.is_empty())?;
        let at = from;
        let (line, end) = match rest.find(ends_line) {
            None => (rest, rest.len()),
            Some(end) if rest[end..].starts_with("\r\n") => (&rest[..end], end + 2),
            Some(end) => (&rest[..end], end + rest[end..].chars().next().map_or(1, char::len_utf8)),
        };
        from += end;
        Some((at, line))
    })
}

fn ends_line(c: char) -> bool {
    matches!(c, '\n'..='\r' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Where a part of a text begins in it; both must be of one string.
pub(crate) fn offset(text: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_become_line_feeds_and_lines_are_those_of_the_file() {
        let text = Text::read(b"a\r\nb\rc\nd").unwrap();
        assert_eq!(text.text, "a\nb\nc\nd");
        assert_eq!(text.lines(&[6, 0, 2, 4]), [3, 1, 2, 2]);
        assert_eq!(Text::read(b"a\xff").unwrap_err().kind, "UnicodeDecodeError");
        assert_eq!(Text::read(b"x").unwrap().wrapped("1\n", "\n").text, "1\nx\n");
    }

    #[test]
    fn python_splits() {
        let all = |text| splitlines(text).map(|(at, line)| format!("{at}:{line}")).collect::<Vec<_>>();
        assert_eq!(all("a\n\nb\u{2028}c\x0bd\r\n"), ["0:a", "2:", "3:b", "7:c", "9:d"]);
        assert!(all("").is_empty());
        assert_eq!(split_lines("a\n\nb").collect::<Vec<_>>(), [(0, "a"), (2, ""), (3, "b")]);
        assert_eq!(words(" a\u{1f}b\u{a0}c ").collect::<Vec<_>>(), ["a", "b", "c"]);
        assert_eq!(strip("\u{1f}\u{3000}a "), "a");
        assert_eq!(indent("\t\u{a0}x"), 2);
    }
}
