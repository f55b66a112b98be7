//! JSON as data sets hold it: serde_json's, and escapes of half a surrogate pair besides.
//!
//! Test names of parsers are full of odd characters, and Python and JavaScript write half a pair as it is (`\ud800`),
//! which is no Unicode text. It is read as U+FFFD; everything else is as strict as ever.

use std::borrow::Cow;

use serde::de::DeserializeOwned;

/// Reads a JSON value.
pub(crate) fn from_slice<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, serde_json::Error> {
    serde_json::from_slice(bytes).or_else(|error| match mended(bytes) {
        // A text that needed no mending, or is not saved by it, has the fault that was found first.
        Cow::Borrowed(_) => Err(error),
        Cow::Owned(bytes) => serde_json::from_slice(&bytes).map_err(|_| error),
    })
}

/// The text with `\ufffd` in place of every escape of half a pair.
fn mended(bytes: &[u8]) -> Cow<'_, [u8]> {
    let mut halves = Vec::new();
    let mut at = 0;
    while let Some(step) = bytes.get(at..).and_then(|rest| rest.iter().position(|byte| *byte == b'\\')) {
        at += step;
        match unit(bytes, at) {
            Some(0xd800..=0xdbff) if matches!(unit(bytes, at + 6), Some(0xdc00..=0xdfff)) => at += 12,
            Some(0xd800..=0xdfff) => {
                halves.push(at);
                at += 6;
            }
            // Another escape, of which the second byte may be a backslash too.
            _ => at += 2,
        }
    }
    if halves.is_empty() {
        return Cow::Borrowed(bytes);
    }
    let mut mended = bytes.to_vec();
    for half in halves {
        if let Some(place) = mended.get_mut(half..half + 6) {
            place.copy_from_slice(b"\\ufffd");
        }
    }
    Cow::Owned(mended)
}

/// The code unit of a `\uXXXX` at a byte.
fn unit(bytes: &[u8], at: usize) -> Option<u32> {
    let digits = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_of_pairs_are_read_and_pairs_kept() {
        let cases = [
            (r#""a\ud800b""#, Some("a\u{fffd}b")),
            (r#""\udc00\ud83d\ude00\ud83d""#, Some("\u{fffd}😀\u{fffd}")),
            (r#""\\ud800""#, Some("\\ud800")),
            (r#""\ud800" x"#, None),
            (r#""\ud8"#, None),
        ];
        for (text, expected) in cases {
            assert_eq!(from_slice::<String>(text.as_bytes()).ok().as_deref(), expected, "{text}");
        }
    }
}
