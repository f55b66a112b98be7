//! Lines of TAP.

use super::super::Status;
use super::super::script::seconds;
use super::super::text::count;

/// `not ok 3 - title # TODO why`, without its indentation.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// Passed, failed, or what a directive makes of it.
    pub status: Status,
    /// Its number, where it has one.
    pub number: Option<usize>,
    /// Escapes undone, directive taken off.
    pub title: String,
    /// From a `# time=5ms`.
    pub seconds: Option<f64>,
    /// Its subtests follow in braces.
    pub brace: bool,
}

/// Reads a point.
pub fn point(text: &str) -> Option<Point> {
    let (ok, rest) = match text.strip_prefix("not ok") {
        Some(rest) => (false, rest),
        None => (true, text.strip_prefix("ok")?),
    };
    if !rest.is_empty() && !rest.starts_with(' ') {
        return None;
    }
    let rest = rest.trim_start();
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (number, rest) = match count(&rest[..digits]) {
        Some(number) if rest[digits..].is_empty() || rest[digits..].starts_with(' ') => {
            (Some(number), rest[digits..].trim_start())
        }
        _ => (None, rest),
    };
    let rest = rest.strip_prefix("- ").unwrap_or(if rest == "-" { "" } else { rest });
    let (rest, brace) = match rest.strip_suffix('{') {
        Some(before) if before.is_empty() || before.ends_with(' ') => (before.trim_end(), true),
        _ => (rest, false),
    };
    let (description, directive) = directive(rest);
    let word = directive.split([' ', ':', '-']).next().unwrap_or_default().to_ascii_lowercase();
    let status = match (ok, word.as_str()) {
        (_, word) if word.starts_with("skip") => Status::Skipped,
        (true, "todo") => Status::Xpassed,
        (false, "todo") => Status::Xfailed,
        (true, _) => Status::Passed,
        (false, _) => Status::Failed,
    };
    let seconds = directive.strip_prefix("time=").and_then(seconds);
    Some(Point { status, number, title: unescaped(description.trim()), seconds, brace })
}

/// Splits a directive off a description: behind a ` #` that is not escaped, if it is one at all.
fn directive(text: &str) -> (&str, &str) {
    let bytes = text.as_bytes();
    for (at, _) in text.match_indices('#').collect::<Vec<_>>().into_iter().rev() {
        let escapes = bytes[..at].iter().rev().take_while(|byte| **byte == b'\\').count();
        let apart = at == 0 || bytes[at - 1] == b' ';
        if escapes % 2 == 1 || !apart {
            continue;
        }
        let rest = text[at + 1..].trim();
        let lower = rest.get(..4).map(str::to_ascii_lowercase);
        if matches!(lower.as_deref(), Some("skip" | "todo")) || rest.starts_with("time=") {
            return (&text[..at], rest);
        }
    }
    (text, "")
}

/// `\#` and `\\` undone.
pub fn unescaped(text: &str) -> String {
    if !text.contains('\\') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match chars.peek() {
            Some(&next) if c == '\\' && matches!(next, '#' | '\\') => {
                out.push(next);
                chars.next();
            }
            _ => out.push(c),
        }
    }
    out
}

/// `TAP version 14`.
pub fn version(text: &str) -> bool {
    text.trim().strip_prefix("TAP version ").is_some_and(|rest| count(rest.trim()).is_some())
}

/// `1..5`, `1..0 # SKIP why`.
pub fn plan(text: &str) -> Option<usize> {
    let rest = text.strip_prefix("1..")?;
    let number = rest.split(' ').next()?;
    let tail = rest[number.len()..].trim();
    (tail.is_empty() || tail.starts_with('#')).then_some(count(number)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points() {
        let cases = [
            ("ok 1 - adds", Some((Status::Passed, Some(1), "adds"))),
            ("ok 1 adds", Some((Status::Passed, Some(1), "adds"))),
            ("ok - adds", Some((Status::Passed, None, "adds"))),
            ("ok", Some((Status::Passed, None, ""))),
            ("not ok 2 - x # TODO later", Some((Status::Xfailed, Some(2), "x"))),
            ("ok 2 - x # todo", Some((Status::Xpassed, Some(2), "x"))),
            ("ok 3 c # SKIP x", Some((Status::Skipped, Some(3), "c"))),
            ("ok 3 c # skipped: x", Some((Status::Skipped, Some(3), "c"))),
            ("ok 4 a # b", Some((Status::Passed, Some(4), "a # b"))),
            ("ok 4 each \\#1 \\# SKIP no", Some((Status::Passed, Some(4), "each #1 # SKIP no"))),
            ("ok 4 a \\\\# SKIP", Some((Status::Passed, Some(4), "a \\# SKIP"))),
            ("ok 5 - 100% # time=5ms", Some((Status::Passed, Some(5), "100%"))),
            ("ok 5 - t # time=5ms {", Some((Status::Passed, Some(5), "t"))),
            ("okay 1", None),
            ("ok1", None),
            ("nothing", None),
        ];
        for (text, expected) in cases {
            let found = point(text);
            let found = found.as_ref().map(|point| (point.status, point.number, point.title.as_str()));
            assert_eq!(found, expected, "{text}");
        }
        assert_eq!(plan("1..0 # SKIP no"), Some(0));
        assert_eq!(plan("1..5 apples"), None);
    }
}
