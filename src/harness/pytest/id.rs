//! Ids of pytest: `path/test_x.py::TestA::test_b[a b - c]`.
//!
//! In: text that begins with an id. Out: where the id ends. Parameters hold anything but line ends, brackets need not be
//! balanced, and a message follows behind ` - `; so what is known from elsewhere in the log (lines of `-v`, headings of
//! failures) is asked first.

use std::collections::BTreeSet;

/// Whether text can be an id as a whole: a file, `::`, and a name.
pub fn valid(id: &str) -> bool {
    let Some((path, name)) = id.split_once("::") else { return false };
    #[allow(clippy::case_sensitive_file_extension_comparisons, reason = "Python knows no `.PY`")]
    let file = path.contains('.') && (path.ends_with(".py") || !path.contains([' ', '(', '<', '"', '\'']));
    file && !path.starts_with([' ', '\t']) && !name.is_empty() && !name.starts_with([' ', ':'])
}

/// Whether every bracket is closed.
pub fn balanced(text: &str) -> bool {
    let mut depth = 0_i64;
    for byte in text.bytes() {
        match byte {
            b'[' => depth += 1,
            b']' => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return false;
        }
    }
    depth == 0
}

/// The id with which text begins: up to the first blank outside of brackets.
pub fn first(text: &str) -> Option<&str> {
    let from = text.find("::")?;
    let mut depth = 0_i64;
    let mut end = text.len();
    for (at, byte) in text.bytes().enumerate().skip(from) {
        match byte {
            b'[' => depth += 1,
            b']' => depth -= 1,
            b' ' if depth <= 0 => {
                end = at;
                break;
            }
            _ => {}
        }
    }
    let id = text[..end].trim_end();
    (valid(id) && (depth <= 0 || end < text.len() || text.ends_with([']', ' ']))).then_some(id)
}

/// Dashes that are looked at, so that hostile lines stay linear.
const CUTS: usize = 64;

/// Cuts the message off `ID - message`. `titles` are headings of failures (`TestA.test_b[a b]`).
pub fn cut<'t>(text: &'t str, known: &BTreeSet<&str>, titles: &BTreeSet<&str>) -> &'t str {
    let ends = || text.match_indices(" - ").map(|(at, _)| at).take(CUTS).chain([text.len()]);
    let whole = |at: usize| text[..at].trim_end();
    if let Some(at) = ends().find(|at| known.contains(whole(*at))) {
        return whole(at);
    }
    let mut titled = None;
    for at in ends() {
        if let Some((_, name)) = whole(at).split_once("::")
            && titles.contains(name.replace("::", ".").as_str())
        {
            titled = Some(at);
        }
    }
    if let Some(at) = titled {
        return whole(at);
    }
    let closed = |at: &usize| {
        let id = whole(*at);
        balanced(id) && (id.ends_with(']') || !id.contains('['))
    };
    if let Some(at) = ends().find(closed) {
        return whole(at);
    }
    // Brackets without a partner: up to the first one that a message follows.
    let at = text.find("] - ").map_or(text.len(), |at| at + 1);
    whole(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_cut_off() {
        let none = BTreeSet::new();
        let cases = [
            ("t/x.py::b - assert 1", "t/x.py::b"),
            ("t/x.py::b[x - y] - assert [1", "t/x.py::b[x - y]"),
            ("t/x.py::b[[1]] - a - b", "t/x.py::b[[1]]"),
            ("t/x.py::b[[] - assert '['", "t/x.py::b[[]"),
            ("t/x.py::b[a b]", "t/x.py::b[a b]"),
            ("t/x.py", "t/x.py"),
        ];
        for (text, expected) in cases {
            assert_eq!(cut(text, &none, &none), expected, "{text}");
        }
        let text = "t/x.py::A::b[a - b]] - assert 'a - b]' not in x";
        assert_eq!(cut(text, &none, &BTreeSet::from(["A.b[a - b]]"])), "t/x.py::A::b[a - b]]");
        assert_eq!(cut(text, &BTreeSet::from(["t/x.py::A::b[a - b]]"]), &none), "t/x.py::A::b[a - b]]");
    }
}
