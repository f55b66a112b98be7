//! The line that opens a hunk of a unified diff: `@@ -5,7 +5,8 @@ fn heading`.
//!
//! It is read here, and not beside the patch parser, because replies must tell a diff from prose before any patch
//! is parsed, and this module comes first.

/// Positions and lengths stated by a hunk header, in lines; starts are 1-based, 0 where a side is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HunkHeader {
    /// First line on the old side.
    pub old_start: usize,
    /// Lines on the old side.
    pub old_count: usize,
    /// First line on the new side.
    pub new_start: usize,
    /// Lines on the new side.
    pub new_count: usize,
}

impl HunkHeader {
    /// Reads a header; a count left out is 1, and whatever follows the second `@@` is a heading.
    pub fn parse(line: &[u8]) -> Option<Self> {
        let rest = line.strip_prefix(b"@@ -")?;
        let (old_start, old_count, rest) = range(rest)?;
        let rest = rest.strip_prefix(b" +")?;
        let (new_start, new_count, rest) = range(rest)?;
        rest.strip_prefix(b" @@")?;
        Some(Self { old_start, old_count, new_start, new_count })
    }
}

/// `5,7` or `5`, and what follows.
fn range(text: &[u8]) -> Option<(usize, usize, &[u8])> {
    let (start, rest) = number(text)?;
    match rest.strip_prefix(b",") {
        Some(rest) => {
            let (count, rest) = number(rest)?;
            Some((start, count, rest))
        }
        None => Some((start, 1, rest)),
    }
}

/// A decimal number of at most nine digits, so that sums never overflow.
fn number(text: &[u8]) -> Option<(usize, &[u8])> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits == 0 || digits > 9 {
        return None;
    }
    let value = text[..digits].iter().fold(0, |sum, digit| sum * 10 + usize::from(digit - b'0'));
    Some((value, &text[digits..]))
}

#[cfg(test)]
mod tests {
    use super::HunkHeader;

    #[test]
    fn headers() {
        let cases = [
            ("@@ -5,7 +6,8 @@ fn heading", Some([5, 7, 6, 8])),
            ("@@ -1 +1,2 @@", Some([1, 1, 1, 2])),
            ("@@ -0,0 +1 @@\r", Some([0, 0, 1, 1])),
            ("@@ ... @@", None),
            ("@@ -a,7 +6,8 @@", None),
            ("@@ -1,7 +6,8", None),
            ("@@ -99999999999,7 +6,8 @@", None),
            ("", None),
        ];
        for (line, expected) in cases {
            let found = HunkHeader::parse(line.as_bytes())
                .map(|header| [header.old_start, header.old_count, header.new_start, header.new_count]);
            assert_eq!(found, expected, "{line}");
        }
    }
}
