//! What the readers of JavaScript's runners share: streams, paths, durations, counts.
//!
//! In: a log's lines. Out: one [`Stream`] for each package whose output was mixed into it (turbo's `pkg:test: `,
//! pnpm's `packages/a test: `, lerna's `pkg: `), without those prefixes and without the time stamps of a CI service.
//! Readers read each stream by itself, so that two packages' lines never mix.
//!
//! Invariant: every line of a log is in one stream, once, in order, under its own number.

pub mod json;
mod prefix;
pub mod report;
pub mod run;

pub use prefix::{Stream, sample, streams};

use super::ReadContext;

/// A line of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text<'l> {
    /// 1-based line of the log.
    pub number: usize,
    /// Without its prefix.
    pub text: &'l str,
}

/// Endings of files that hold tests.
const ENDINGS: &[&str] = &[
    ".js", ".ts", ".jsx", ".tsx", ".mjs", ".cjs", ".mts", ".cts", ".vue", ".svelte", ".coffee", ".es6",
    ".json", ".snap", ".feature", ".md",
];

/// Whether a word is the name of a script.
pub fn is_script(word: &str) -> bool {
    ENDINGS.iter().any(|ending| word.len() > ending.len() && word.ends_with(ending))
}

/// A file as ids name it: relative to the root of the tree where that is known, `/` between its parts.
pub fn file(path: &str, context: &ReadContext) -> String {
    let path = path.trim();
    let path = path.strip_prefix("file://").unwrap_or(path);
    let path = match &context.root {
        Some(root) => {
            path.strip_prefix(root.as_str()).and_then(|rest| rest.strip_prefix('/')).unwrap_or(path)
        }
        None => path,
    };
    let path = path.strip_prefix("./").unwrap_or(path);
    if path.contains('\\') { path.replace('\\', "/") } else { path.to_owned() }
}

/// Number of spaces that a line begins with, and the rest.
pub fn indent(text: &str) -> (usize, &str) {
    let rest = text.trim_start_matches(' ');
    (text.len() - rest.len(), rest)
}

/// Seconds of `5 ms`, `1.2 s`, `12.5ms`, `1m 3s`, `2 min`; none for anything else.
pub fn seconds(text: &str) -> Option<f64> {
    let mut rest = text.trim();
    let mut total = 0.0;
    let mut any = false;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').filter(|at| *at > 0)?;
        let (number, tail) = rest.split_at(digits);
        let number: f64 = number.parse().ok()?;
        let tail = tail.trim_start();
        let unit = tail.find(|c: char| !c.is_alphabetic()).unwrap_or(tail.len());
        let scale = match &tail[..unit] {
            "ms" => 0.001,
            "s" => 1.0,
            "m" | "min" => 60.0,
            "h" => 3600.0,
            "μs" | "µs" => 0.000_001,
            _ => return None,
        };
        total += number * scale;
        any = true;
        rest = tail[unit..].trim_start();
    }
    any.then_some(total)
}

/// Splits a duration in parentheses off the end of a title: ` (5 ms)`.
pub fn timed(text: &str) -> (&str, Option<f64>) {
    if let Some(inside) = text.strip_suffix(')')
        && let Some(at) = inside.rfind(" (")
        && let Some(seconds) = seconds(&inside[at + 2..])
    {
        return (text[..at].trim_end(), Some(seconds));
    }
    (text, None)
}

/// Splits a bare duration off the end of a title: ` 5ms`.
pub fn timed_bare(text: &str) -> (&str, Option<f64>) {
    if let Some(at) = text.rfind(' ')
        && text[at + 1..].starts_with(|c: char| c.is_ascii_digit())
        && let Some(seconds) = seconds(&text[at + 1..])
    {
        return (text[..at].trim_end(), Some(seconds));
    }
    (text, None)
}

/// Name in npm's, pnpm's and yarn's announcement of a script: `> pkg@1.0.0 test`, with or without a folder behind it.
pub fn announced(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("> ")?;
    let (package, script) = rest.split_once(' ')?;
    let at = package.rfind('@').filter(|at| *at > 0)?;
    let version = &package[at + 1..];
    (version.starts_with(|c: char| c.is_ascii_digit()) && !script.is_empty()).then_some(&package[..at])
}

/// Counts of a summary: `1 failed, 2 passed, 3 total` or `1 failed | 2 passed (3)`.
pub fn counts(text: &str) -> Vec<(usize, &str)> {
    text.split([',', '|'])
        .filter_map(|part| {
            let (number, word) = part.trim().split_once(' ')?;
            let word = word.split(" (").next().unwrap_or(word);
            Some((super::text::count(number)?, word.trim()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        let cases = [
            ("5 ms", Some(0.005)),
            ("1.2 s", Some(1.2)),
            ("5ms", Some(0.005)),
            ("1m 3s", Some(63.0)),
            ("0.5ms", Some(0.0005)),
            ("5", None),
            ("ms", None),
            ("5 m s", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(seconds(text), expected, "{text}");
        }
        assert_eq!(timed("takes (5 ms) (31 ms)"), ("takes (5 ms)", Some(0.031)));
        assert_eq!(timed("takes (5 apples)"), ("takes (5 apples)", None));
        assert_eq!(timed_bare("takes 31ms"), ("takes", Some(0.031)));
        assert_eq!(timed_bare("takes a ms"), ("takes a ms", None));
    }

    #[test]
    fn announcements_of_scripts() {
        assert_eq!(announced("> app@1.0.0 test"), Some("app"));
        assert_eq!(announced("> @scope/app@1.0.0-rc.1 test /home/x"), Some("@scope/app"));
        assert_eq!(announced("> jest --ci"), None);
        assert_eq!(announced("> 5 | test('x')"), None);
    }

    #[test]
    fn summaries() {
        assert_eq!(counts("1 failed, 2 passed, 3 total"), [(1, "failed"), (2, "passed"), (3, "total")]);
        assert_eq!(counts("1 failed | 2 passed (3)"), [(1, "failed"), (2, "passed")]);
    }

    #[test]
    fn files() {
        let root = ReadContext { root: Some("/work/app".into()), ..ReadContext::default() };
        assert_eq!(file("/work/app/src/a.test.ts", &root), "src/a.test.ts");
        assert_eq!(file("/work/apple/a.test.ts", &root), "/work/apple/a.test.ts");
        assert_eq!(file("./src\\a.js", &ReadContext::default()), "src/a.js");
    }
}
