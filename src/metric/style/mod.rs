//! Style beyond the linter: where a patch does not do as the code around it does.
//!
//! In: a [`Diff`] and the base tree. Out: findings of rules `style/…`, each with what the repository itself does as
//! evidence. They are remarks, shown apart: no figure of lint compliance counts them. Only what the patch wrote is
//! looked at, never what it moved, renamed over or re-indented.
//!
//! Invariant: without a custom of the repository there is no finding: a rule needs several examples and no exception.

mod docs;
mod errors;
mod naming;
mod tests;

use std::ops::Range;
use std::sync::Arc;

use crate::diff::{Diff, FilePair, Role, UnitKind};
use crate::lint::{Finding, Level};
use crate::patch::Tree;
use crate::syntax::{Source, language_of};

/// So many neighbours are read to learn a custom.
const MOST_NEIGHBOURS: usize = 40;

/// A changed file with what the rules ask of it.
struct Page<'a> {
    pair: &'a FilePair,
    path: &'a str,
    /// The text before; none of a created file.
    old: Option<Arc<Source>>,
    new: Arc<Source>,
    /// Bytes of the new text that the patch wrote.
    written: Vec<Range<usize>>,
    base: &'a dyn Tree,
}

impl Page<'_> {
    fn wrote(&self, byte: usize) -> bool {
        self.written.iter().any(|range| range.contains(&byte))
    }

    /// Whether a byte of the new text lies in a test.
    fn in_test(&self, byte: usize) -> bool {
        self.pair.role == Role::Test || self.new.in_test_module(byte)
    }

    /// Files of the same language in the same folder of the base, itself left out; each parsed.
    fn neighbours(&self) -> Vec<Source> {
        let folder = folder(self.path);
        let fits = |path: &String| {
            self::folder(path) == folder
                && Some(path.as_str()) != self.pair.old.as_deref()
                && language_of(path) == Some(self.new.language)
        };
        let paths = self.base.paths().into_iter().filter(fits).take(MOST_NEIGHBOURS);
        paths.filter_map(|path| Source::parse(self.new.language, self.base.blob(&path)?.bytes)).collect()
    }

    fn finding(&self, rule: &str, byte: usize, message: String) -> Finding {
        let before = &self.pair.new_bytes[..byte.min(self.pair.new_bytes.len())];
        Finding {
            tool: "kerf".to_owned(),
            rule: format!("style/{rule}"),
            level: Level::Note,
            file: self.path.to_owned(),
            line: before.iter().filter(|byte| **byte == b'\n').count() + 1,
            message,
        }
    }
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// What a patch does otherwise than the code around it, by file and line.
pub fn style(diff: &Diff, base: &dyn Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for (index, pair) in diff.files.iter().enumerate() {
        let Some(page) = page(diff, index, pair, base) else { continue };
        found.extend(naming::findings(&page));
        found.extend(errors::findings(&page));
        found.extend(docs::findings(&page));
        found.extend(tests::findings(&page));
    }
    found.sort_by(|a, b| (&a.file, a.line, &a.rule).cmp(&(&b.file, b.line, &b.rule)));
    found
}

fn page<'a>(diff: &Diff, index: usize, pair: &'a FilePair, base: &'a dyn Tree) -> Option<Page<'a>> {
    let path = pair.new.as_deref()?;
    if !matches!(pair.role, Role::Code | Role::Test) {
        return None;
    }
    let wrote = |kind| {
        matches!(
            kind,
            UnitKind::Body
                | UnitKind::Signature
                | UnitKind::Added
                | UnitKind::Import
                | UnitKind::Rename
                | UnitKind::File
        )
    };
    let units = diff.units.iter().filter(|unit| !unit.file_level && wrote(unit.kind));
    let written = units
        .flat_map(|unit| &unit.changes)
        .filter(|change| change.file == index)
        .map(|change| change.new[0]..change.new[1])
        .collect();
    Some(Page {
        pair,
        path,
        old: pair.old.as_ref().and_then(|_| pair.old_as(path)),
        new: pair.new_as(path)?,
        written,
        base,
    })
}

#[cfg(test)]
mod table {
    use super::*;
    use crate::diff::{ChangedFile, Side, diff};
    use crate::patch::memory::Files;

    /// `LINE rule: message` of each finding.
    pub(super) fn judged(base: &[(&str, &str)], path: &str, new: &str) -> Vec<String> {
        let side =
            |text: &str| Side { path: path.to_owned(), mode: 0o100_644, bytes: text.as_bytes().into() };
        let old = base.iter().find(|(name, _)| *name == path).map(|(_, text)| side(text));
        let diff = diff(&[ChangedFile { old, new: Some(side(new)) }]);
        let found = style(&diff, &Files::of(base));
        found.iter().map(|found| format!("{} {}: {}", found.line, found.rule, found.message)).collect()
    }

    #[test]
    fn what_moves_is_not_judged() {
        let old = "fn one_a() { x.unwrap(); }\nfn two_a() {}\nfn three_a() {}\nfn four_a() {}\nfn five_a() {}\nfn sixSeven() { long(1, 2, 3, 4); }\n";
        let moved = "fn sixSeven() { long(1, 2, 3, 4); }\nfn one_a() { x.unwrap(); }\nfn two_a() {}\nfn three_a() {}\nfn four_a() {}\nfn five_a() {}\n";
        assert!(judged(&[("src/a.rs", old)], "src/a.rs", moved).is_empty());
    }
}
