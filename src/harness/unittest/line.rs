//! What one line of a unittest log says.
//!
//! In: a clean line. Out: the head of a test, a result at its end, a heading of a failure, the last counts.

use super::super::Status;
use super::super::text::count;

/// `test_x (pkg.mod.Class.test_x)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head<'t> {
    /// Method.
    pub name: &'t str,
    /// `pkg.mod.Class`.
    pub class: &'t str,
    /// What follows it on the line.
    pub rest: &'t str,
    /// A subtest's line: two blanks before it, or values behind it.
    pub part: bool,
}

/// Reads the head of a test.
pub fn head(text: &str) -> Option<Head<'_>> {
    let trimmed = text.trim_start_matches(' ');
    let indent = text.len() - trimmed.len();
    if indent != 0 && indent != 2 {
        return None;
    }
    let (name, rest) = trimmed.split_once(" (")?;
    let (place, rest) = rest.split_once(')')?;
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '<' | '>' | '-');
    let named =
        name.starts_with(|c: char| c.is_alphanumeric() || c == '_') && !name.contains(char::is_whitespace);
    let dotted =
        place.contains('.') && place.chars().all(plain) && !place.starts_with(|c: char| c.is_ascii_digit());
    if !named || !dotted || !(rest.is_empty() || rest.starts_with(' ')) {
        return None;
    }
    // Since 3.11 the place holds the method too.
    let class = place.strip_suffix(name).and_then(|class| class.strip_suffix('.')).unwrap_or(place);
    let part = indent == 2 || rest.starts_with(" [") || rest.starts_with(" (");
    Some(Head { name, class, rest, part })
}

/// What follows ` ... `, as far as it is a result as a whole.
pub fn result(text: &str) -> Option<Status> {
    match text.trim() {
        "ok" => Some(Status::Passed),
        "FAIL" => Some(Status::Failed),
        "ERROR" => Some(Status::Errored),
        "expected failure" => Some(Status::Xfailed),
        "unexpected success" => Some(Status::Xpassed),
        text if text.starts_with("skipped '") || text.starts_with("skipped \"") || text == "skipped" => {
            Some(Status::Skipped)
        }
        _ => None,
    }
}

/// A result behind printed text.
pub fn glued(text: &str) -> Option<Status> {
    let text = text.trim_end();
    let ends = [
        ("ok", Status::Passed),
        ("FAIL", Status::Failed),
        ("ERROR", Status::Errored),
        ("expected failure", Status::Xfailed),
        ("unexpected success", Status::Xpassed),
    ];
    let whole = ends.into_iter().find(|(word, _)| text.ends_with(word)).map(|(_, status)| status);
    whole.or_else(|| (text.ends_with('\'') && text.contains("skipped '")).then_some(Status::Skipped))
}

/// `FAIL: test_x (pkg.mod.Class.test_x) (i=1)`: status and head.
pub fn failure(text: &str) -> Option<(Status, Head<'_>)> {
    let words =
        [("FAIL: ", Status::Failed), ("ERROR: ", Status::Errored), ("UNEXPECTED SUCCESS: ", Status::Xpassed)];
    let (status, rest) =
        words.into_iter().find_map(|(word, status)| Some((status, text.strip_prefix(word)?)))?;
    Some((status, head(rest)?))
}

/// A line of `=` or `-`, as it stands round failures.
pub fn rule(text: &str, mark: u8) -> bool {
    text.len() == 70 && text.bytes().all(|byte| byte == mark)
}

/// `Ran 19 tests in 0.008s`.
pub fn ran(text: &str) -> Option<usize> {
    let (number, rest) = text.strip_prefix("Ran ")?.split_once(" test")?;
    let time = rest.strip_prefix("s in ").or_else(|| rest.strip_prefix(" in "))?;
    let digits = time.trim_end().strip_suffix('s')?;
    digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.').then(|| count(number))?
}

/// `FAILED (failures=3, errors=6, skipped=3)` or `OK`: failures and errors.
pub fn verdict(text: &str) -> Option<(usize, usize)> {
    let text = text.trim_end();
    let Some(rest) = text.strip_prefix("FAILED").or_else(|| text.strip_prefix("OK")) else {
        return (text == "NO TESTS RAN").then_some((0, 0));
    };
    let inside = match rest {
        "" => "",
        rest => rest.strip_prefix(" (")?.strip_suffix(')')?,
    };
    let mut out = (0, 0);
    for (word, number) in inside.split(", ").filter_map(|part| part.split_once('=')) {
        let number = count(number)?;
        match word {
            "failures" => out.0 = number,
            "errors" => out.1 = number,
            _ => {}
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads() {
        let cases = [
            ("test_x (pkg.mod.A.test_x) ... ok", Some(("test_x", "pkg.mod.A", " ... ok", false))),
            ("test_x (pkg.mod.A) ... ok", Some(("test_x", "pkg.mod.A", " ... ok", false))),
            ("test_x (pkg.mod.A)", Some(("test_x", "pkg.mod.A", "", false))),
            (
                "  test_x (pkg.mod.A.test_x) [m] (i=1) ... FAIL",
                Some(("test_x", "pkg.mod.A", " [m] (i=1) ... FAIL", true)),
            ),
            ("test_x (pkg.mod.A.test_x) (i=1)", Some(("test_x", "pkg.mod.A", " (i=1)", true))),
            ("finished (in 0.3 s) ... ok", None),
            ("took (0.30) ... ok", None),
            ("    test_x (pkg.mod.A)", None),
        ];
        for (text, expected) in cases {
            assert_eq!(head(text).map(|h| (h.name, h.class, h.rest, h.part)), expected, "{text}");
        }
    }

    #[test]
    fn ends() {
        assert_eq!(ran("Ran 19 tests in 0.008s"), Some(19));
        assert_eq!(ran("Ran 1 test in 0.008s"), Some(1));
        assert_eq!(ran("Ran 5 tests across 1 files. [12ms]"), None);
        assert_eq!(verdict("FAILED (failures=3, errors=6, skipped=3)"), Some((3, 6)));
        assert_eq!(verdict("OK (skipped=1)"), Some((0, 0)));
        assert_eq!(verdict("OK then"), None);
        assert_eq!(result(" skipped 'no net ... ok'"), Some(Status::Skipped));
    }
}
