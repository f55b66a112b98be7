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
            &["pytest", ".", "mark", ".", "skipif"],
            &["pytest", ".", "mark", ".", "xfail"],
            &["pytest", ".", "skip", "("],
            &["unittest", ".", "skip"],
            &["unittest", ".", "skipIf"],
            &["unittest", ".", "skipUnless"],
            &["unittest", ".", "SkipTest"],
            &[".", "skipTest", "("],
            &["unittest", ".", "expectedFailure"],
        ],
        comments: &[
            "noqa",
            "type: ignore",
            "type:ignore",
            "mypy: ignore",
            "mypy: disable",
            "pyright: ignore",
            "pyright: basic",
            "ruff: noqa",
            "fmt: off",
            "fmt: skip",
            "yapf: disable",
            "isort: skip",
            "isort:skip",
            "pylint: disable",
            "nosec",
            "pragma: no cover",
        ],
        test_marks: &[&["def", "test*"], &["class", "Test*"]],
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
        &["suite", ".", "skip"],
        &["context", ".", "skip"],
        &["it", ".", "skipIf"],
        &["test", ".", "skipIf"],
        &["describe", ".", "skipIf"],
        &["describe", ".", "todo"],
        &["fit", "("],
        &["fdescribe", "("],
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
        "c8 ignore",
        "v8 ignore",
        "oxlint-disable",
        "tslint:disable",
        "deno-lint-ignore",
        "stylelint-disable",
    ],
    test_marks: &[&["it", "("], &["test", "("]],
};

/// A suppression in a text: what it is and where.
struct Place {
    what: String,
    line: usize,
}

/// Texts without a grammar here in whose comments JavaScript's tools are silenced.
const PLAIN: &[&str] =
    &[".css", ".scss", ".sass", ".less", ".vue", ".svelte", ".astro", ".html", ".md", ".yml", ".yaml"];

/// Comments of a text without a grammar, a line each.
fn plain_places(bytes: &[u8]) -> Vec<Place> {
    let text = String::from_utf8_lossy(bytes);
    let marked = |line: &str| {
        let comment = ["/*", "//", "<!--", "#"].iter().filter_map(|mark| line.find(mark)).min()?;
        let word = JAVASCRIPT.comments.iter().find(|word| line[comment..].contains(*word))?;
        Some(silenced(line[comment..].trim_end_matches("-->"), word))
    };
    let lines = text.lines().enumerate();
    lines.filter_map(|(at, line)| marked(line).map(|what| Place { what, line: at + 1 })).collect()
}

/// What a comment of eslint's own switches off in a file: `/* eslint eqeqeq: "off" */`.
fn switched_off(text: &str) -> Option<String> {
    let rules = text.strip_prefix("/*")?.trim_start().strip_prefix("eslint ")?;
    let is_off = |rule: &&str| {
        rule.split_once(':').is_some_and(|(_, level)| {
            let level = level.trim().trim_end_matches("*/").trim().trim_matches(['[', ']', '"', '\'']);
            matches!(level, "off" | "0")
        })
    };
    let off: Vec<&str> = rules.split(',').filter(is_off).collect();
    let names = off.iter().filter_map(|rule| rule.split(':').next()).map(str::trim);
    (!off.is_empty()).then(|| format!("eslint off: {}", names.collect::<Vec<_>>().join(", ")))
}

fn places(path: &str, bytes: &std::sync::Arc<[u8]>) -> Vec<Place> {
    if PLAIN.iter().any(|ending| path.ends_with(ending)) {
        return plain_places(bytes);
    }
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
            } else if let Some(what) =
                switched_off(&text).filter(|_| silencer.comments == JAVASCRIPT.comments)
            {
                places.push(Place { what, line: line() });
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
            sequence.iter().enumerate().all(|(at, word)| {
                let text = if token + at < source.tokens.len() { source.text(token + at) } else { b"" };
                match word.strip_suffix('*') {
                    Some(begin) => text.starts_with(begin.as_bytes()),
                    None => text == word.as_bytes(),
                }
            })
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
