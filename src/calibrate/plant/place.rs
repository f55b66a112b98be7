//! Where plants go: the files around a gold patch, and their distances from it.

use std::collections::BTreeSet;

use super::Edit;
use super::text::{Family, Text, family_of};
use crate::patch::{Overlaid, Tree, TreeChanges};

/// How far from the fix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Distance {
    /// In a list of statements that the fix edits, on another statement.
    List,
    /// In a function that the fix edits, in another list.
    Function,
    /// In a file that the fix edits, in another function.
    File,
    /// In a second file that the fix edits.
    OtherTouched,
    /// In a file that the fix leaves alone.
    Untouched,
}

impl Distance {
    /// All, from near to far.
    pub const ALL: [Self; 5] = [Self::List, Self::Function, Self::File, Self::OtherTouched, Self::Untouched];

    /// As written.
    pub fn name(self) -> &'static str {
        match self {
            Self::List => "same list",
            Self::Function => "same function",
            Self::File => "same file",
            Self::OtherTouched => "other touched file",
            Self::Untouched => "untouched file",
        }
    }

    /// Outside the functions of the fix.
    pub fn far(self) -> bool {
        matches!(self, Self::File | Self::OtherTouched | Self::Untouched)
    }
}

/// A statement that can be planted at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    /// Its first line.
    pub line: usize,
    /// One past its last line.
    pub end: usize,
    /// Its list.
    pub block: usize,
}

impl Spot {
    pub(super) fn nowhere() -> Self {
        Self { line: 0, end: 0, block: 0 }
    }
}

/// A source file of the gold result.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Path.
    pub path: String,
    /// Content.
    pub content: String,
    /// The same, read.
    pub text: Text,
    /// Lines that the fix brought or that stand beside what it took.
    pub changed: BTreeSet<usize>,
    /// First line of inline tests.
    pub tests_from: usize,
    /// Identifiers on the lines of the fix, old and new.
    pub spoken: BTreeSet<String>,
    /// Of these, lines that stand in the result only.
    pub brought: BTreeSet<usize>,
    touched: bool,
}

impl SourceFile {
    /// Statements at a distance, the fix's own left out.
    pub(super) fn statements(&self, distance: Distance) -> Vec<Spot> {
        let all: Vec<Spot> = (0..self.text.lines.len().min(self.tests_from))
            .filter_map(|line| Some(Spot { line, end: line + 1, block: self.text.statement(line)? }))
            .collect();
        let blocks: BTreeSet<usize> =
            self.changed.iter().filter_map(|line| self.text.lines.get(*line)?.block).collect();
        let functions: BTreeSet<usize> =
            blocks.iter().filter_map(|block| self.text.function(*block)).collect();
        let mut found = Vec::new();
        for (number, spot) in all.iter().enumerate() {
            let next =
                all[number + 1..].iter().find(|other| other.block == spot.block).map(|other| other.line);
            let close = self.text.blocks[spot.block].close;
            let end = next.unwrap_or(close).min(close);
            let own = self.changed.range(spot.line..=end).next().is_some();
            let after = spot.line > 0 && self.changed.contains(&(spot.line - 1));
            let function = self.text.function(spot.block);
            let here = blocks.contains(&spot.block);
            let inside = function.is_some_and(|function| functions.contains(&function));
            let fits = match distance {
                Distance::List => here,
                Distance::Function => inside && !here,
                Distance::File | Distance::OtherTouched | Distance::Untouched => !inside && !here,
            };
            if fits && !own && !after && end > spot.line {
                found.push(Spot { end, ..*spot });
            }
        }
        found
    }

    /// First lines of items at the top of the file, those of the fix left out.
    pub(super) fn tops(&self) -> Vec<Spot> {
        let lines = 0..self.text.lines.len().min(self.tests_from);
        let tops: Vec<usize> = lines.filter(|line| self.text.top_item(*line)).collect();
        let last = self.text.lines.len().min(self.tests_from);
        let ends = tops.iter().skip(1).copied().chain([last]);
        let spots = tops.iter().zip(ends).map(|(line, end)| Spot { line: *line, end, block: usize::MAX });
        spots
            .filter(|spot| {
                let from = spot.line.saturating_sub(2);
                self.changed.range(from..spot.end).next().is_none()
            })
            .collect()
    }

    /// No edit lies on or beside a line of the fix, and the file reads as well with them as before.
    pub(super) fn takes(&self, edits: &[Edit]) -> bool {
        let own = |edit: &Edit| {
            self.changed.range(edit.line.saturating_sub(1)..=edit.line + edit.gone).next().is_some()
        };
        if edits.is_empty() || edits.iter().any(own) {
            return false;
        }
        let (planted, _) = super::super::apply::lines(&self.content, edits.iter().map(|edit| (0, edit)));
        sound(&self.path, &planted) || !sound(&self.path, &self.content)
    }

    /// TypeScript.
    pub(super) fn typed(&self) -> bool {
        matches!(self.path.rsplit_once('.'), Some((_, "ts" | "tsx")))
    }

    /// A word stands somewhere in the file.
    pub(super) fn says(&self, word: &str) -> bool {
        words(&self.content).any(|other| other == word)
    }
}

/// Words of letters, digits and `_`.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
}

/// A parser takes the text without an error.
pub(super) fn sound(path: &str, text: &str) -> bool {
    let language: tree_sitter::Language = match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("rs") => tree_sitter_rust::LANGUAGE.into(),
        Some("ts" | "mts" | "cts") => tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
        Some("tsx") => tree_sitter_typescript::LANGUAGE_TSX.into(),
        Some("py") => tree_sitter_python::LANGUAGE.into(),
        _ => tree_sitter_javascript::LANGUAGE.into(),
    };
    let mut parser = tree_sitter::Parser::new();
    parser.set_language(&language).is_ok()
        && parser.parse(text, None).is_some_and(|tree| !tree.root_node().has_error())
}

/// The files around a gold patch.
pub struct Ground<'a> {
    /// The base.
    pub base: &'a dyn Tree,
    /// What the fix changes.
    pub gold: &'a TreeChanges,
    /// Source files that the fix edits, then some that it leaves alone.
    pub files: Vec<SourceFile>,
    /// All paths of the result.
    pub paths: Vec<String>,
}

/// Untouched files that are read.
const UNTOUCHED: usize = 12;
/// Larger files are left alone.
const LARGEST: usize = 200_000;

impl<'a> Ground<'a> {
    /// Reads the files.
    pub fn new(base: &'a dyn Tree, gold: &'a TreeChanges) -> Self {
        let result = Overlaid { base, changes: gold };
        let paths = result.paths();
        let mut files = Vec::new();
        let touched = paths.iter().filter(|path| gold.contains_key(*path));
        let others = paths.iter().filter(|path| !gold.contains_key(*path));
        let mut untouched = 0;
        for path in touched.chain(others) {
            let is_touched = gold.contains_key(path);
            let Some(family) = family_of(path).filter(|_| !aside(path)) else { continue };
            let text = |tree: &dyn Tree| {
                let blob = tree.blob(path).filter(|blob| blob.mode & 0o170_000 == 0o100_000)?;
                let text = String::from_utf8(blob.bytes).ok()?;
                (text.len() < LARGEST && !text.contains('\r') && text.lines().all(|line| line.len() < 500))
                    .then_some(text)
            };
            let Some(content) = text(&result) else { continue };
            let before = text(base);
            if !is_touched {
                untouched += 1;
                if untouched > UNTOUCHED {
                    break;
                }
            }
            files.push(read(path, family, content, before.as_deref(), is_touched));
        }
        Self { base, gold, files, paths }
    }

    /// Files in which something can be at a distance.
    pub(super) fn files_at(&self, distance: Distance) -> Vec<&SourceFile> {
        let touched = self.files.iter().filter(|file| file.touched);
        match distance {
            Distance::List | Distance::Function | Distance::File => touched.collect(),
            Distance::OtherTouched => touched.skip(1).collect(),
            Distance::Untouched => self.files.iter().filter(|file| !file.touched).collect(),
        }
    }
}

/// Tests, examples and the like: not where plants are looked for.
fn aside(path: &str) -> bool {
    const PARTS: &[&str] = &[
        "test",
        "tests",
        "__tests__",
        "spec",
        "examples",
        "benches",
        "bench",
        "benchmark",
        "benchmarks",
        "fixtures",
        "dist",
        "lib-cov",
        "vendor",
        "node_modules",
        "docs",
        "doc",
        "ci",
        "scripts",
        "example",
        "perf",
    ];
    let name = path.rsplit('/').next().unwrap_or(path);
    path.split('/').any(|part| PARTS.contains(&part) || part.starts_with('.'))
        || ["test", ".spec.", ".d.ts", ".min.", "bench", "conftest", "setup.py", "build.rs", ".config."]
            .iter()
            .any(|part| name.contains(part))
}

fn read(path: &str, family: Family, content: String, before: Option<&str>, touched: bool) -> SourceFile {
    let mut changed = BTreeSet::new();
    let mut brought = BTreeSet::new();
    let mut spoken = BTreeSet::new();
    let old = before.unwrap_or("");
    if touched {
        let (old_lines, new_lines): (Vec<&str>, Vec<&str>) =
            (old.lines().collect(), content.lines().collect());
        for op in similar::capture_diff_slices(similar::Algorithm::Histogram, &old_lines, &new_lines) {
            if op.tag() == similar::DiffTag::Equal {
                continue;
            }
            changed.extend(op.new_range());
            brought.extend(op.new_range());
            if op.new_range().is_empty() {
                changed.extend([op.new_range().start.saturating_sub(1), op.new_range().start]);
            }
            let lines = old_lines[op.old_range()].iter().chain(&new_lines[op.new_range()]);
            spoken.extend(lines.flat_map(|line| words(line)).map(str::to_owned));
        }
    }
    let text = Text::read(family, &content);
    let tests_from = text
        .lines
        .iter()
        .position(|line| line.text.contains("#[cfg(test)]") || line.text.starts_with("if __name__"))
        .unwrap_or(text.lines.len());
    SourceFile { path: path.to_owned(), content, text, changed, tests_from, spoken, brought, touched }
}
