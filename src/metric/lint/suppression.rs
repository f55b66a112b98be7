//! Findings silenced instead of mended: attributes and comments that switch a linter off, tests skipped or deleted.

use std::collections::BTreeMap;

use super::lines::Lines;
use crate::diff::{Diff, Unit};
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
            &["#", "[", "cfg_attr"],
            &["#", "!", "[", "cfg_attr"],
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
            &["pytest", ".", "skip", "("],
            &["unittest", ".", "skip"],
            &["unittest", ".", "expectedFailure"],
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
        &["it", ".", "fails"],
        &["test", ".", "fails"],
        &["test", ".", "failing"],
        &["it", ".", "only"],
        &["test", ".", "only"],
        &["describe", ".", "only"],
        &["xtest", "("],
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
                places.push(Place { what: silenced(&text, word), line: line() });
            }
            continue;
        }
        let matches = |sequence: &[&str]| {
            sequence.iter().enumerate().all(|(at, word)| source.text(token + at) == word.as_bytes())
        };
        if silencer.tokens.iter().any(|sequence| matches(sequence)) {
            let what = attribute(&source, token);
            if !what.contains("cfg_attr")
                || ["allow(", "expect(", "ignore", "rustfmt::skip"].iter().any(|word| what.contains(word))
            {
                places.push(Place { what, line: line() });
            }
        }
    }
    places
}

/// What a comment silences: the word with the rules behind it, without the reason that may follow.
fn silenced(text: &str, word: &str) -> String {
    let rest = text.find(word).map_or("", |at| &text[at..]);
    let rest = rest.split(" --").next().unwrap_or(rest).trim_end_matches(['*', '/', ' ']);
    let rules = rest[word.len().min(rest.len())..].split(char::is_whitespace);
    let is_rule = |word: &&str| {
        word.contains(['-', '/', '[', '=', ',', ':']) || word.chars().any(|c| c.is_ascii_digit())
    };
    let kept: Vec<&str> =
        rules.enumerate().filter(|(at, rule)| *at == 0 || is_rule(rule)).map(|(_, rule)| rule).collect();
    format!("{word}{}", kept.join(" ")).trim_end().chars().take(100).collect()
}

/// What starts at a token, for people: an attribute up to its closing bracket, a call up to its opening one.
fn attribute(source: &Source, start: usize) -> String {
    let is_attribute = source.text(start) == b"#";
    let mut depth = 0_i32;
    let mut text = String::new();
    for token in start..source.tokens.len().min(start + 64) {
        let word = source.text(token);
        match word {
            b"(" if !is_attribute => break,
            b"[" => depth += 1,
            b"]" => depth -= 1,
            _ => {}
        }
        text.push_str(&String::from_utf8_lossy(word));
        if word == b"]" && depth == 0 {
            break;
        }
    }
    text
}

fn line_of(bytes: &[u8], at: usize) -> usize {
    bytes[..at.min(bytes.len())].iter().filter(|b| **b == b'\n').count() + 1
}

/// Suppressions that the result has more of than the base: not those on a line that had the same before, wherever it
/// stood, and in each file only what is more than before, the later places first to count as added.
pub(super) fn added(diff: &Diff) -> Vec<Finding> {
    let lines = Lines::new(diff);
    let old: BTreeMap<&str, Vec<Place>> = diff
        .files
        .iter()
        .filter_map(|file| Some((file.old.as_deref()?, places(file.old.as_deref()?, &file.old_bytes))))
        .collect();
    let mut found = Vec::new();
    for file in &diff.files {
        let Some(new) = file.new.as_deref() else { continue };
        let after = places(new, &file.new_bytes);
        let mut surplus: BTreeMap<&str, usize> = BTreeMap::new();
        for place in &after {
            *surplus.entry(&place.what).or_insert(0) += 1;
        }
        for place in file.old.as_deref().and_then(|path| old.get(path)).into_iter().flatten() {
            if let Some(left) = surplus.get_mut(place.what.as_str()) {
                *left = left.saturating_sub(1);
            }
        }
        for place in &after {
            let was_there = lines.origin(new, place.line).is_some_and(|(path, line)| {
                old.get(path)
                    .is_some_and(|list| list.iter().any(|one| one.line == line && one.what == place.what))
            });
            let Some(left) = surplus.get_mut(place.what.as_str()).filter(|left| **left > 0 && !was_there)
            else {
                continue;
            };
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
