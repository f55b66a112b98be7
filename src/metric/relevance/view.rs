//! A diff with its files parsed: texts, tokens and names of units.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::Evidence;
use crate::diff::{Change, Diff, FilePair, Unit};
use crate::syntax::{Definition, Source, TokenKind, flag};

/// Both sides of a file, parsed when first asked for.
struct Sides {
    old: OnceCell<Option<Arc<Source>>>,
    new: OnceCell<Option<Arc<Source>>>,
    definitions: OnceCell<Vec<Definition>>,
}

/// A diff with its files parsed.
pub(crate) struct View<'a> {
    pub diff: &'a Diff,
    sides: Vec<Sides>,
    by_id: BTreeMap<&'a str, usize>,
}

impl<'a> View<'a> {
    pub fn new(diff: &'a Diff) -> Self {
        let sides = diff
            .files
            .iter()
            .map(|_| Sides { old: OnceCell::new(), new: OnceCell::new(), definitions: OnceCell::new() })
            .collect();
        let by_id = diff.units.iter().enumerate().map(|(index, unit)| (unit.id.as_str(), index)).collect();
        Self { diff, sides, by_id }
    }

    pub fn file(&self, unit: &Unit) -> Option<&'a FilePair> {
        self.diff.files.get(unit.changes.first()?.file)
    }

    /// Path after, else before.
    pub fn path(&self, unit: &Unit) -> &'a str {
        self.file(unit).map_or("", path_of)
    }

    pub fn old(&self, file: usize) -> Option<&Source> {
        let pair = self.diff.files.get(file)?;
        let parse = || pair.old_as(pair.old.as_deref().filter(|_| !pair.binary)?);
        self.sides[file].old.get_or_init(parse).as_deref()
    }

    pub fn new_side(&self, file: usize) -> Option<&Source> {
        let pair = self.diff.files.get(file)?;
        let parse = || pair.new_as(pair.new.as_deref().filter(|_| !pair.binary)?);
        self.sides[file].new.get_or_init(parse).as_deref()
    }

    /// Definitions of the new side.
    pub fn definitions(&self, file: usize) -> &[Definition] {
        self.sides[file]
            .definitions
            .get_or_init(|| self.new_side(file).map(Source::definitions).unwrap_or_default())
    }

    pub fn old_text(&self, change: &Change) -> &'a [u8] {
        text(&self.diff.files, change.file, change.old, true)
    }

    pub fn new_text(&self, change: &Change) -> &'a [u8] {
        text(&self.diff.files, change.file, change.new, false)
    }

    /// A change's range on one side without the white space around it; where there is nothing else, all of it.
    pub fn core(&self, change: &Change, old: bool) -> Range<usize> {
        let (range, text) =
            if old { (change.old, self.old_text(change)) } else { (change.new, self.new_text(change)) };
        let trimmed = text.trim_ascii_start();
        if trimmed.is_empty() {
            return range[0]..range[1];
        }
        let start = range[0] + text.len() - trimmed.len();
        start..start + trimmed.trim_ascii_end().len()
    }

    /// All new text of a unit, lossily decoded.
    pub fn inserted(&self, unit: &Unit) -> String {
        let parts: Vec<_> =
            unit.changes.iter().map(|change| String::from_utf8_lossy(self.new_text(change))).collect();
        parts.join("\n")
    }

    /// All old text of a unit, lossily decoded.
    pub fn deleted(&self, unit: &Unit) -> String {
        let parts: Vec<_> =
            unit.changes.iter().map(|change| String::from_utf8_lossy(self.old_text(change))).collect();
        parts.join("\n")
    }

    /// Tokens that a unit deletes and inserts, comments aside; words where there is no grammar.
    pub fn tokens(&self, unit: &Unit) -> (Vec<String>, Vec<String>) {
        let mut both = (Vec::new(), Vec::new());
        for change in &unit.changes {
            push_tokens(self.old(change.file), self.old_text(change), change.old, &mut both.0);
            push_tokens(self.new_side(change.file), self.new_text(change), change.new, &mut both.1);
        }
        both
    }

    /// The change is of documentation.
    pub fn documents(&self, change: &Change) -> bool {
        [false, true].into_iter().any(|old| {
            let side = if old { self.old(change.file) } else { self.new_side(change.file) };
            side.is_some_and(|source| (source.language.doc_comment)(&source.bytes[self.core(change, old)]))
        })
    }

    /// Indices of the units that a unit needs.
    pub fn needs(&self, unit: usize) -> Vec<usize> {
        self.diff.units[unit].needs.iter().filter_map(|id| self.by_id.get(id.as_str()).copied()).collect()
    }

    pub fn evidence(&self, unit: &Unit, text: impl Into<String>) -> Evidence {
        let line = unit.changes.first().map_or(0, |change| {
            if unit.file_level {
                0
            } else if change.new[0] < change.new[1] || self.diff.files[change.file].old.is_none() {
                change.new_lines[0]
            } else {
                change.old_lines[0]
            }
        });
        let mut text: String = text.into();
        if text.is_empty() {
            let shown = self.inserted(unit);
            let shown = if shown.trim().is_empty() { self.deleted(unit) } else { shown };
            text = shown
                .lines()
                .find(|line| !line.trim().is_empty())
                .unwrap_or("")
                .trim()
                .chars()
                .take(120)
                .collect();
        }
        Evidence { file: self.path(unit).to_owned(), line, text }
    }

    /// Places of a name in the new side of a file outside some byte ranges: identifiers, and words in strings.
    pub fn mentions(&self, file: usize, name: &str, outside: &[Range<usize>]) -> Vec<usize> {
        self.new_side(file).map_or_else(Vec::new, |source| {
            mentions(source, name)
                .into_iter()
                .filter(|at| !outside.iter().any(|range| range.contains(at)))
                .collect()
        })
    }
}

/// Path after, else before.
pub(crate) fn path_of(file: &FilePair) -> &str {
    file.new.as_deref().or(file.old.as_deref()).unwrap_or("")
}

fn text(files: &[FilePair], file: usize, range: [usize; 2], old: bool) -> &[u8] {
    let bytes = files.get(file).map(|pair| if old { &pair.old_bytes[..] } else { &pair.new_bytes[..] });
    bytes.and_then(|bytes| bytes.get(range[0]..range[1])).unwrap_or(&[])
}

fn push_tokens(source: Option<&Source>, text: &[u8], range: [usize; 2], into: &mut Vec<String>) {
    match source {
        Some(source) => {
            for token in tokens_in(source, range[0]..range[1]) {
                if source.tokens[token].kind != TokenKind::Comment {
                    into.push(String::from_utf8_lossy(source.text(token)).into_owned());
                }
            }
        }
        None => into.extend(String::from_utf8_lossy(text).split_whitespace().map(str::to_owned)),
    }
}

/// Token numbers that begin in a byte range.
pub(crate) fn tokens_in(source: &Source, range: Range<usize>) -> Range<usize> {
    let first = source.tokens.partition_point(|token| (token.start as usize) < range.start);
    let last = source.tokens.partition_point(|token| (token.start as usize) < range.end);
    first..last.max(first)
}

/// Bytes at which a name stands: as an identifier, or as a word in a string (format strings and attributes name
/// things in strings).
pub(crate) fn mentions(source: &Source, name: &str) -> Vec<usize> {
    let mut found = Vec::new();
    for (number, token) in source.tokens.iter().enumerate() {
        let text = source.text(number);
        let here = if source.nodes[token.node as usize].is(flag::IDENTIFIER) || token.kind == TokenKind::Word
        {
            text == name.as_bytes()
        } else {
            matches!(token.kind, TokenKind::Literal | TokenKind::Error) && has_word(text, name)
        };
        if here {
            found.push(token.start as usize);
        }
    }
    found
}

/// `name` stands in `text` with no letter, digit or underscore beside it.
pub(crate) fn has_word(text: &[u8], name: &str) -> bool {
    words(text, name).next().is_some()
}

/// Where the word stands.
fn words<'t>(text: &'t [u8], name: &'t str) -> impl Iterator<Item = usize> + 't {
    let word = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let places = memchr::memmem::find_iter(text, name).filter(|_| !name.is_empty());
    places.filter(move |start| {
        let before = start.checked_sub(1).and_then(|before| text.get(before));
        !word(before) && !word(text.get(start + name.len()))
    })
}

/// A word that makes a type stands before the name somewhere.
pub(crate) fn may_define(text: &[u8], name: &str) -> bool {
    const MAKE: [&[u8]; 7] = [b"struct", b"enum", b"union", b"type", b"trait", b"class", b"interface"];
    words(text, name).any(|at| {
        let before = text[..at].trim_ascii_end();
        before.len() < at && MAKE.iter().any(|make| before.ends_with(make))
    })
}

/// Line breaks in a text.
pub(crate) fn line_breaks(text: &[u8]) -> usize {
    text.split(|byte| *byte == b'\n').count() - 1
}
