//! Lines of files and of patches: bytes without their newline, and whether there was one.
//!
//! A carriage return belongs to the text, so files with CRLF ends come out as they went in.

/// A line: text without `\n`, and whether `\n` followed. Only a last line may lack it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line<'a> {
    /// Bytes up to the newline.
    pub text: &'a [u8],
    /// Whether a newline follows.
    pub newline: bool,
}

impl<'a> Line<'a> {
    /// The text without the carriage return of a CRLF end.
    pub fn without_cr(&self) -> &'a [u8] {
        self.text.strip_suffix(b"\r").unwrap_or(self.text)
    }

    /// Whether nothing but a carriage return is on the line.
    pub fn is_empty(&self) -> bool {
        self.without_cr().is_empty()
    }
}

/// Splits bytes into lines. Joining them again gives the same bytes.
pub fn split(bytes: &[u8]) -> Vec<Line<'_>> {
    bytes
        .split_inclusive(|byte| *byte == b'\n')
        .map(|line| match line.strip_suffix(b"\n") {
            Some(text) => Line { text, newline: true },
            None => Line { text: line, newline: false },
        })
        .collect()
}

/// The bytes of lines in their order.
pub fn join<'a>(lines: impl IntoIterator<Item = &'a Line<'a>>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for line in lines {
        bytes.extend_from_slice(line.text);
        if line.newline {
            bytes.push(b'\n');
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::{join, split};

    #[test]
    fn lines_join_to_the_same_bytes() {
        for bytes in ["", "\n", "a", "a\n", "a\r\nb", "\n\n", "\r"] {
            assert_eq!(join(&split(bytes.as_bytes())), bytes.as_bytes(), "{bytes:?}");
        }
        assert_eq!(split(b"a\r\nb").len(), 2);
    }
}
