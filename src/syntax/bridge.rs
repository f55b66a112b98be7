//! What a grammar does not know, put so that it can read it.
//!
//! In: a text. Out: for the parser alone, a text of the same length in which a word that the grammar has no rule for is
//! blank, or a name, or a sign that it knows. Tokens are read from the real text: what the parser saw as blanks is under no
//! leaf, and a token nevertheless.
//!
//! Invariant: what is put depends on the text near it alone, and nothing is put into a text that the grammar can read.

use std::ops::Range;

use memchr::memmem;

/// What the parser sees in the place of some bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// Blanks.
    Blank,
    /// One name.
    Name,
    /// The same byte in place of each.
    Byte(u8),
}

/// What to put over which bytes; `None` where the grammar can do without.
pub type Over = Option<(Range<usize>, Put)>;

/// Where a grammar needs help.
#[derive(Debug, Clone, Copy)]
pub struct Bridge {
    /// Occurs wherever it does.
    pub needle: &'static [u8],
    /// Asked with the text and where the needle begins.
    pub over: fn(&[u8], usize) -> Over,
}

/// The text that the parser is given, where it is another one.
pub(crate) fn read(bridges: &[Bridge], text: &[u8]) -> Option<Vec<u8>> {
    let mut read = None;
    for bridge in bridges {
        for at in memmem::find_iter(text, bridge.needle) {
            let Some((range, put)) = (bridge.over)(text, at) else { continue };
            let with = match put {
                Put::Blank => b' ',
                Put::Name => b'_',
                Put::Byte(byte) => byte,
            };
            read.get_or_insert_with(|| text.to_vec())[range].fill(with);
        }
    }
    read
}

/// The parser is given the same in what two texts have in common; `changes` are the other bytes of both, in order.
pub(crate) fn alike(
    old: &[u8],
    new: &[u8],
    changes: impl IntoIterator<Item = (Range<usize>, Range<usize>)>,
) -> bool {
    let (mut p, mut q) = (0, 0);
    for (from, to) in changes {
        if old[p..from.start] != new[q..to.start] {
            return false;
        }
        (p, q) = (from.end, to.end);
    }
    old[p..] == new[q..]
}

/// A byte of a name in most languages.
pub(super) fn in_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

/// The first byte from `at` on that is no white space.
pub(super) fn seen(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(rest.len())
}

/// Where the last byte before `at` that is no white space ends.
pub(super) fn seen_before(text: &[u8], at: usize) -> usize {
    text[..at].iter().rposition(|byte| !byte.is_ascii_whitespace()).map_or(0, |last| last + 1)
}

/// The name, or word, that begins at `at`; empty where none does.
pub(super) fn word(text: &[u8], at: usize) -> &[u8] {
    let rest = text.get(at..).unwrap_or_default();
    &rest[..rest.iter().position(|byte| !in_name(*byte)).unwrap_or(rest.len())]
}

/// The name, or word, that ends at `end`; empty where none does.
pub(super) fn word_before(text: &[u8], end: usize) -> &[u8] {
    &text[text[..end].iter().rposition(|byte| !in_name(*byte)).map_or(0, |last| last + 1)..end]
}
