//! `comment`: neither inside, directly above or at the line end of a changed statement, nor on a changed item.

use crate::diff::{Change, Unit, UnitKind};
use crate::metric::relevance::{Facts, Grade, Mark, Sign, has_tokens};

/// Comments that tools read: not prose, so not claimed.
const DIRECTIVES: &[&str] = &[
    "rustfmt",
    "clippy",
    "eslint",
    "prettier-ignore",
    "@ts-",
    "noqa",
    "type: ignore",
    "pylint",
    "fmt: o",
    "go:",
    "+build",
    "#!",
    "istanbul",
    "c8 ignore",
    "nolint",
    "SPDX-",
    "Copyright",
    "tarpaulin",
    "cbindgen",
    "__PURE__",
    "@vite",
    "webpack",
    "v8 ignore",
    "biome-ignore",
    "deno-lint",
    "jshint",
    "sourceMappingURL",
    "@license",
    "@preserve",
    "mypy:",
    "pyright:",
    "ruff:",
    "isort:",
    "pragma:",
    "codespell",
    "spellchecker",
    "grcov",
];

/// A statement that speaks of documentation may ask for it, and seldom asks for notes beside the code: what is said to
/// users, or was said before, in a file that changes otherwise too, or where nothing else changes at all.
fn may_be_asked_for(facts: &Facts, edit: &Unit) -> bool {
    let kept = |change: &Change| {
        facts.view.documents(change) || !facts.view.old_text(change).trim_ascii().is_empty()
    };
    let proper = |unit: &&Unit| has_tokens(unit) && !unit.file_level;
    let mut files = facts.input.diff.units.iter().filter(proper).flat_map(|unit| &unit.changes).peekable();
    let alone = files.peek().is_none();
    let beside = files.any(|change| edit.changes.iter().any(|own| own.file == change.file));
    edit.changes.iter().any(kept) && (alone || beside)
}

pub(super) fn find(facts: &Facts, unit: usize) -> Option<Mark> {
    let edit = facts.unit(unit);
    if edit.kind != UnitKind::Comment
        || facts.topic.about_comments()
        || facts.topic.about_documentation() && may_be_asked_for(facts, edit)
    {
        return None;
    }
    let (old, new) = (facts.view.deleted(edit), facts.view.inserted(edit));
    if DIRECTIVES.iter().any(|sign| old.contains(sign) || new.contains(sign)) {
        return None;
    }
    // Documentation that speaks of what the statement names may be a part of the answer.
    let reworded = !old.trim().is_empty() && !new.trim().is_empty();
    if reworded && facts.topic.names_any_of(&[&old, &new]) {
        return None;
    }
    let what = match (old.trim().is_empty(), new.trim().is_empty()) {
        (true, _) => "added",
        (_, true) => "deleted",
        _ => "reworded",
    };
    Some(Mark {
        sign: Sign::Comment,
        grade: Grade::B,
        evidence: vec![facts.at(unit, "")],
        why: format!("a comment is {what} where no statement or item changes"),
    })
}
