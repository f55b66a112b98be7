//! What the rules ask about a unit: its texts, its place in the trees, and what statement and scope name.

use std::collections::BTreeSet;
use std::ops::Range;

use globset::{Glob, GlobSet, GlobSetBuilder};

use super::mentions::Texts;
use super::{Evidence, Input};
use crate::diff::{Change, Diff, FilePair, Role, Unit, UnitKind};
use crate::syntax::{Source, TokenKind, language_of};

/// A side of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// Before.
    Old,
    /// After.
    New,
}

/// Everything known about a diff before a rule runs.
pub struct Facts<'a> {
    input: &'a Input<'a>,
    old: Vec<Option<Source>>,
    new: Vec<Option<Source>>,
    words: BTreeSet<String>,
    statement: String,
    scope: Option<GlobSet>,
    texts: std::sync::OnceLock<Texts>,
}

impl<'a> Facts<'a> {
    /// Parses the changed files.
    pub fn new(input: &'a Input<'a>) -> Self {
        let parse = |path: Option<&String>, file: &FilePair, bytes: &std::sync::Arc<[u8]>| {
            let language = language_of(path?).filter(|_| file.language.is_some())?;
            Source::parse(language, std::sync::Arc::clone(bytes))
        };
        let files = &input.diff.files;
        let statement = input.statement.unwrap_or_default().to_owned();
        let scope = input.allow.and_then(|globs| {
            let mut set = GlobSetBuilder::new();
            for glob in globs.iter().filter_map(|glob| Glob::new(glob).ok()) {
                set.add(glob);
            }
            set.build().ok()
        });
        Self {
            input,
            old: files.iter().map(|file| parse(file.old.as_ref(), file, &file.old_bytes)).collect(),
            new: files.iter().map(|file| parse(file.new.as_ref(), file, &file.new_bytes)).collect(),
            words: words(&statement),
            statement,
            scope,
            texts: std::sync::OnceLock::new(),
        }
    }

    /// The diff.
    pub fn diff(&self) -> &'a Diff {
        self.input.diff
    }

    /// A unit.
    pub fn unit(&self, unit: usize) -> &'a Unit {
        &self.input.diff.units[unit]
    }

    /// A statement was given.
    pub fn has_statement(&self) -> bool {
        !self.statement.trim().is_empty()
    }

    /// The result's files as text, read at first use.
    pub fn texts(&self) -> &Texts {
        self.texts.get_or_init(|| Texts::read(self.input))
    }

    /// The file pair of a unit's first change.
    pub fn file(&self, unit: usize) -> &'a FilePair {
        let file = self.unit(unit).changes.first().map_or(0, |change| change.file);
        &self.input.diff.files[file]
    }

    /// The path of a unit's first change: the new one, else the old.
    pub fn path(&self, unit: usize) -> &'a str {
        let file = self.file(unit);
        file.new.as_deref().or(file.old.as_deref()).unwrap_or_default()
    }

    /// A unit of a created file, or its creation.
    pub fn created(&self, unit: usize) -> bool {
        self.file(unit).old.is_none()
    }

    /// A parsed side of a file.
    pub fn source(&self, file: usize, side: Side) -> Option<&Source> {
        match side {
            Side::Old => self.old.get(file)?.as_ref(),
            Side::New => self.new.get(file)?.as_ref(),
        }
    }

    /// A side's bytes.
    pub fn bytes(&self, file: usize, side: Side) -> &'a [u8] {
        let file = &self.input.diff.files[file];
        match side {
            Side::Old => &file.old_bytes,
            Side::New => &file.new_bytes,
        }
    }

    /// The changed text of one place, white space at its ends kept.
    pub fn text(&self, change: &Change, side: Side) -> &'a [u8] {
        self.bytes(change.file, side).get(range(change, side)).unwrap_or_default()
    }

    /// Numbers of the tokens that lie in a place.
    pub fn tokens(&self, change: &Change, side: Side) -> Range<usize> {
        let Some(source) = self.source(change.file, side) else { return 0..0 };
        let range = range(change, side);
        let first = source.tokens.partition_point(|token| (token.start as usize) < range.start);
        let last = source.tokens.partition_point(|token| (token.end as usize) <= range.end);
        first..last.max(first)
    }

    /// Texts of a unit's tokens on one side, comments left out.
    pub fn words_of(&self, unit: usize, side: Side) -> Vec<Vec<u8>> {
        let mut words = Vec::new();
        for change in &self.unit(unit).changes {
            if let Some(source) = self.source(change.file, side) {
                let tokens = self.tokens(change, side);
                let tokens = tokens.filter(|token| source.tokens[*token].kind != TokenKind::Comment);
                words.extend(tokens.map(|token| source.text(token).to_vec()));
            } else {
                let lines = self.text(change, side).split(|byte| *byte == b'\n');
                words.extend(lines.map(|line| line.trim_ascii_end().to_vec()).filter(|l| !l.is_empty()));
            }
        }
        words
    }

    /// A place without the white space at its ends; `None` if nothing is left.
    pub fn trimmed(&self, change: &Change, side: Side) -> Option<Range<usize>> {
        let whole = range(change, side);
        let text = self.text(change, side);
        let lead = text.len() - text.trim_ascii_start().len();
        let kept = text.trim_ascii().len();
        (kept > 0).then(|| whole.start + lead..whole.start + lead + kept)
    }

    /// 1-based lines of a byte range; of an empty one the line of its place.
    pub fn lines(&self, file: usize, side: Side, range: &Range<usize>) -> (usize, usize) {
        let bytes = self.bytes(file, side);
        let line = |at: usize| bytes[..at.min(bytes.len())].split(|byte| *byte == b'\n').count();
        let first = line(range.start);
        (first, if range.end > range.start { line(range.end - 1) } else { first })
    }

    /// The first changed line of a unit.
    pub fn first_line(&self, unit: usize) -> Option<Evidence> {
        let change = self.unit(unit).changes.first()?;
        let file = &self.diff().files[change.file];
        let new = self.trimmed(change, Side::New).map(|range| (Side::New, range));
        let old = self.trimmed(change, Side::Old).map(|range| (Side::Old, range));
        let blank = (Side::New, change.new[0]..change.new[0]);
        let (side, range) = new.or(old).unwrap_or(blank);
        let path = if side == Side::New { &file.new } else { &file.old };
        let line = self.lines(change.file, side, &range).0;
        Some(Evidence {
            file: path.as_ref().or(file.old.as_ref()).or(file.new.as_ref())?.clone(),
            line,
            text: line_text(self.bytes(change.file, side), line),
        })
    }

    /// Every change of the unit inserts and deletes nothing.
    pub fn only_inserts(&self, unit: usize) -> bool {
        let changes = &self.unit(unit).changes;
        changes.iter().all(|change| self.text(change, Side::Old).trim_ascii().is_empty())
            && changes.iter().any(|change| !self.text(change, Side::New).trim_ascii().is_empty())
    }

    /// The statement holds this word.
    pub fn states(&self, word: &str) -> bool {
        self.words.contains(word)
    }

    /// The statement holds one of these words, in any case.
    pub fn states_any(&self, words: &[&str]) -> bool {
        let lower = self.statement.to_lowercase();
        let lower = self::words(&lower);
        words.iter().any(|word| lower.contains(*word))
    }

    /// The statement holds this text.
    pub fn states_text(&self, text: &str) -> bool {
        !text.is_empty() && self.statement.contains(text)
    }

    /// Statement or scope names this file.
    pub fn names_file(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        self.states_text(name) || self.scope.as_ref().is_some_and(|scope| scope.is_match(path))
    }

    /// Program text that is not a test.
    pub fn is_code(&self, unit: usize) -> bool {
        matches!(self.unit(unit).role, Role::Code)
    }

    /// Units of one kind.
    pub fn kind(&self, unit: usize) -> UnitKind {
        self.unit(unit).kind
    }
}

/// The bytes of a place.
pub fn range(change: &Change, side: Side) -> Range<usize> {
    match side {
        Side::Old => change.old[0]..change.old[1],
        Side::New => change.new[0]..change.new[1],
    }
}

/// A line's text for people.
pub fn line_text(bytes: &[u8], line: usize) -> String {
    let text = bytes.split(|byte| *byte == b'\n').nth(line.saturating_sub(1)).unwrap_or_default();
    String::from_utf8_lossy(text.trim_ascii()).chars().take(160).collect()
}

/// Runs of letters, digits and `_`.
fn words(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}
