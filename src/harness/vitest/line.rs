//! One line of vitest's text.
//!
//! ```text
//!  ✓ src/a.test.ts (3 tests | 1 skipped) 5ms        a file
//!  ✓ src/a.test.ts > suite > title 5ms              a test, verbose
//!    ✓ suite > title 5ms                            a test below its file (up to version 3)
//!      × title 5ms (retry x2)                       a test below its suite (tree, and from version 4 on)
//! ```

use super::super::Status;
use super::super::script::{indent, is_script, seconds, timed_bare};
use super::super::text::count;

/// What stands behind the mark.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind<'t> {
    /// A file with so many tests.
    File { path: &'t str, tests: usize, skipped: usize, seconds: Option<f64> },
    /// A test with its file.
    Flat { path: &'t str, title: &'t str },
    /// A test or a suite below a file, this many steps.
    Inner { level: usize, text: &'t str },
}

/// A line with a mark.
#[derive(Debug, Clone, PartialEq)]
pub struct Line<'t> {
    /// What the mark says; a file or suite with a failure is failed.
    pub status: Status,
    /// The rest.
    pub kind: Kind<'t>,
}

/// Reads a line; none where it bears no mark at a place where vitest puts one.
pub fn line(text: &str) -> Option<Line<'_>> {
    let (depth, rest) = indent(text);
    if depth == 0 || depth % 2 == 0 || depth > 200 {
        return None;
    }
    let (mark, rest) = rest.split_once(' ')?;
    let status = match mark {
        "✓" | "√" => Status::Passed,
        "×" | "❯" | "✖" => Status::Failed,
        "↓" | "□" => Status::Skipped,
        "·" => Status::Unreached,
        _ => return None,
    };
    let rest = rest.trim();
    let kind = if depth > 1 {
        Kind::Inner { level: (depth - 3) / 2, text: rest }
    } else if let Some(file) = file(rest) {
        file
    } else {
        let (path, title) = rest.split_once(" > ")?;
        let path = without_project(path)?;
        Kind::Flat { path, title }
    };
    Some(Line { status, kind })
}

/// `src/a.test.ts (3 tests | 1 failed) 5ms`.
fn file(rest: &str) -> Option<Kind<'_>> {
    let (at, inside) = rest.match_indices(" (").find_map(|(at, _)| {
        let (inside, tail) = rest[at + 2..].split_once(')')?;
        let (number, word) = inside.split_once(' ')?;
        count(number)?;
        let behind = tail.trim();
        let ends = behind.is_empty() || behind.starts_with(|c: char| c.is_ascii_digit());
        (word.starts_with("test") && ends).then_some((at, inside))
    })?;
    let path = without_project(rest[..at].trim_end())?;
    let (mut tests, mut skipped) = (0, 0);
    for part in inside.split('|') {
        let Some((number, word)) = part.trim().split_once(' ') else { continue };
        let number = count(number).unwrap_or(0);
        match word {
            "test" | "tests" => tests = number,
            "skipped" | "todo" => skipped += number,
            _ => {}
        }
    }
    let tail = rest[at..].split_once(')').map_or("", |(_, tail)| tail.trim());
    let time = seconds(tail.split(' ').next().unwrap_or_default());
    Some(Kind::File { path, tests, skipped, seconds: time })
}

/// A file without the project in front of it: `|unit| src/a.test.ts`, or a coloured label.
pub fn without_project(path: &str) -> Option<&str> {
    let path = path.trim();
    let path = match path.strip_prefix('|').and_then(|rest| rest.split_once("| ")) {
        Some((_, path)) => path.trim_start(),
        None => match path.split_once(' ') {
            Some((project, path)) if !project.contains('/') => path.trim_start(),
            _ => path,
        },
    };
    is_script(path).then_some(path)
}

/// A title without what stands behind it: duration, retries, heap. `short`: a duration of less is no duration, since
/// this version prints none.
pub fn title(text: &str, short: f64) -> (&str, Option<f64>) {
    let mut text = text.trim_end();
    if let Some(at) = text.rfind(' ').filter(|_| text.ends_with(" MB heap used"))
        && let Some((before, number)) = text[..at].trim_end_matches(" MB heap").rsplit_once(' ')
        && count(number).is_some()
    {
        text = before;
    }
    for word in [" (repeat x", " (retry x"] {
        if let Some(at) = text.rfind(word)
            && text[at + word.len()..].strip_suffix(')').and_then(count).is_some()
        {
            text = text[..at].trim_end();
        }
    }
    let (short_text, seconds) = timed_bare(text);
    if seconds.is_some_and(|seconds| seconds >= short) { (short_text, seconds) } else { (text, None) }
}

/// Major version in ` RUN  v3.2.7 /path`.
pub fn version(text: &str) -> Option<usize> {
    let rest =
        text.strip_prefix(" RUN ").or_else(|| text.strip_prefix(" DEV "))?.trim_start().strip_prefix('v')?;
    count(rest.split('.').next()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        let file = |path, tests, skipped, seconds| Some(Kind::File { path, tests, skipped, seconds });
        let cases = [
            (" ✓ src/a.test.ts (3 tests) 5ms", file("src/a.test.ts", 3, 0, Some(0.005))),
            (
                " ❯ a.test.ts  (4 tests | 1 failed | 2 skipped | 1 todo) 1.5s",
                file("a.test.ts", 4, 3, Some(1.5)),
            ),
            (" ❯ |unit| a.test.ts (0 test)", file("a.test.ts", 0, 0, None)),
            (" ✓  unit  a.test.ts (1 test) 1ms 12 MB heap used", file("a.test.ts", 1, 0, Some(0.001))),
            (" ✓ a.ts > x (2 tests)", file("a.ts > x", 2, 0, None).filter(|_| false)),
            (" ↓ a.ts > s > t", Some(Kind::Flat { path: "a.ts", title: "s > t" })),
            ("   × s > t 5ms", Some(Kind::Inner { level: 0, text: "s > t 5ms" })),
            ("     ✓ t", Some(Kind::Inner { level: 1, text: "t" })),
            ("✓ fake", None),
            ("  ✓ a.ts > t", None),
            (" ✓ x > t", None),
        ];
        for (text, expected) in cases {
            let found = line(text).map(|line| line.kind);
            if text.contains("> x (2") {
                assert_eq!(found, Some(Kind::Flat { path: "a.ts", title: "x (2 tests)" }));
            } else {
                assert_eq!(found, expected, "{text}");
            }
        }
    }

    #[test]
    fn titles() {
        let cases = [
            ("waits 5ms", 0.0, ("waits", Some(0.005))),
            ("waits 5ms", 0.3, ("waits 5ms", None)),
            ("waits (5 ms) 31ms (retry x2)", 0.0, ("waits (5 ms)", Some(0.031))),
            ("waits 31ms (retry x2) (repeat x3)", 0.0, ("waits", Some(0.031))),
            ("x 5ms 12 MB heap used", 0.0, ("x", Some(0.005))),
        ];
        for (text, short, expected) in cases {
            assert_eq!(title(text, short), expected, "{text}");
        }
        assert_eq!(version(" RUN  v4.1.12 /x"), Some(4));
    }
}
