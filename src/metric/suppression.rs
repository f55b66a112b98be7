//! Findings silenced instead of mended: attributes and comments that switch a linter off, tests skipped or deleted.

use std::collections::BTreeMap;

use crate::diff::{Diff, FilePair, Unit};
use crate::lint::{Finding, Level};
use crate::syntax::{Source, TokenKind, language_of};

/// How a language silences its linters.
struct Silencer {
    /// Language.
    language: &'static str,
    /// Token sequences that silence, without white space between.
    tokens: &'static [&'static [&'static str]],
    /// Words in comments that silence.
    comments: &'static [&'static str],
    /// Token sequences that mark a test.
    test_marks: &'static [&'static [&'static str]],
}

/// One row a language.
const SILENCERS: &[Silencer] = &[
    Silencer {
        language: "rust",
        tokens: &[
            &["#", "[", "allow"],
            &["#", "!", "[", "allow"],
            &["#", "[", "expect"],
            &["#", "!", "[", "expect"],
            &["#", "[", "ignore"],
            &["#", "[", "rustfmt", "::", "skip"],
        ],
        comments: &[],
        test_marks: &[&["test", "]"]],
    },
    JAVASCRIPT,
    Silencer { language: "typescript", ..JAVASCRIPT },
    Silencer { language: "tsx", ..JAVASCRIPT },
    Silencer {
        language: "python",
        tokens: &[
            &["pytest", ".", "mark", ".", "skip"],
            &["pytest", ".", "mark", ".", "xfail"],
            &["unittest", ".", "skip"],
        ],
        comments: &[
            "noqa",
            "type: ignore",
            "pyright: ignore",
            "ruff: noqa",
            "fmt: off",
            "fmt: skip",
            "pylint: disable",
            "pragma: no cover",
        ],
        test_marks: &[],
    },
];

/// JavaScript, and what grew from it.
const JAVASCRIPT: Silencer = Silencer {
    language: "javascript",
    tokens: &[
        &["it", ".", "skip"],
        &["test", ".", "skip"],
        &["describe", ".", "skip"],
        &["it", ".", "todo"],
        &["test", ".", "todo"],
        &["xit", "("],
        &["xdescribe", "("],
    ],
    comments: &[
        "eslint-disable",
        "@ts-ignore",
        "@ts-expect-error",
        "@ts-nocheck",
        "prettier-ignore",
        "biome-ignore",
        "istanbul ignore",
        "stylelint-disable",
    ],
    test_marks: &[&["it", "("], &["test", "("]],
};

/// A suppression in a text: what it is and where.
struct Place {
    what: String,
    line: usize,
}

fn places(path: &str, bytes: &std::sync::Arc<[u8]>) -> Vec<Place> {
    let Some(language) = language_of(path) else { return Vec::new() };
    let Some(silencer) = SILENCERS.iter().find(|row| row.language == language.name) else {
        return Vec::new();
    };
    let Some(source) = Source::parse(language, std::sync::Arc::clone(bytes)) else { return Vec::new() };
    let mut places = Vec::new();
    for token in 0..source.tokens.len() {
        let line = || line_of(bytes, source.tokens[token].range().start);
        if source.tokens[token].kind == TokenKind::Comment {
            let text = String::from_utf8_lossy(source.text(token)).into_owned();
            if let Some(word) = silencer.comments.iter().find(|word| text.contains(*word)) {
                places.push(Place { what: (*word).to_owned(), line: line() });
            }
            continue;
        }
        let matches = |sequence: &[&str]| {
            sequence.iter().enumerate().all(|(at, word)| source.text(token + at) == word.as_bytes())
        };
        if silencer.tokens.iter().any(|sequence| matches(sequence)) {
            places.push(Place { what: attribute(&source, token), line: line() });
        }
    }
    places
}

/// The attribute that starts at a token, up to its closing bracket.
fn attribute(source: &Source, start: usize) -> String {
    let mut depth = 0_i32;
    let mut text = String::new();
    for token in start..source.tokens.len().min(start + 64) {
        let word = source.text(token);
        text.push_str(&String::from_utf8_lossy(word));
        match word {
            b"[" => depth += 1,
            b"]" => {
                depth -= 1;
                if depth == 0 {
                    break;
                }
            }
            _ => {}
        }
    }
    text
}

fn line_of(bytes: &[u8], at: usize) -> usize {
    bytes[..at.min(bytes.len())].iter().filter(|b| **b == b'\n').count() + 1
}

/// Suppressions that a file has more of than before, the later places first to count as added.
pub(super) fn added(file: &FilePair) -> Vec<Finding> {
    let Some(new) = file.new.as_deref() else { return Vec::new() };
    let mut before: BTreeMap<String, usize> = BTreeMap::new();
    for place in file.old.as_deref().map(|old| places(old, &file.old_bytes)).unwrap_or_default() {
        *before.entry(place.what).or_insert(0) += 1;
    }
    let after = places(new, &file.new_bytes);
    let changed = super::lint::changed_lines(file);
    let mut surplus: BTreeMap<&str, usize> = BTreeMap::new();
    for place in &after {
        *surplus.entry(&place.what).or_insert(0) += 1;
    }
    for (what, count) in &before {
        if let Some(left) = surplus.get_mut(what.as_str()) {
            *left = left.saturating_sub(*count);
        }
    }
    let mut found = Vec::new();
    for place in after.iter().filter(|place| changed.contains(&place.line)) {
        let Some(left) = surplus.get_mut(place.what.as_str()).filter(|left| **left > 0) else { continue };
        *left -= 1;
        found.push(Finding {
            tool: "kerf".to_owned(),
            rule: "suppression".to_owned(),
            level: Level::Warning,
            file: new.to_owned(),
            line: place.line,
            message: place.what.clone(),
        });
    }
    found
}

/// A unit that deletes a test.
pub(super) fn deleted_test(diff: &Diff, unit: &Unit) -> Option<Finding> {
    let change = unit.changes.first()?;
    let file = diff.files.get(change.file)?;
    let path = file.old.as_deref()?;
    let language = language_of(path)?;
    let silencer = SILENCERS.iter().find(|row| row.language == language.name)?;
    let gone = file.old_bytes.get(change.old[0]..change.old[1])?;
    let source = Source::parse(language, gone)?;
    let marked = |sequence: &&[&str]| {
        (0..source.tokens.len()).any(|token| {
            sequence.iter().enumerate().all(|(at, word)| source.text(token + at) == word.as_bytes())
        })
    };
    silencer.test_marks.iter().any(marked).then(|| Finding {
        tool: "kerf".to_owned(),
        rule: "deleted_test".to_owned(),
        level: Level::Warning,
        file: path.to_owned(),
        line: change.old_lines[0],
        message: unit.entity.join(" > "),
    })
}
