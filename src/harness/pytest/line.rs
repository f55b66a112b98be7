//! What one line of a pytest log says.
//!
//! In: a clean line. Out: a heading, counts, a result with its id, a progress line. Nothing here knows what came before.

use super::super::Status;
use super::super::text::count;
use super::id;

/// A status word at the end of `-v` lines and at the beginning of summary lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// A result.
    Is(Status),
    /// A part of a test failed.
    SubFailed,
    /// A part of a test passed or was skipped: says nothing of the whole.
    SubOther,
    /// Tried again: says nothing.
    Rerun,
}

/// Words, each before those that it begins with.
const WORDS: &[(&str, Word)] = &[
    ("PASSED", Word::Is(Status::Passed)),
    ("FAILED", Word::Is(Status::Failed)),
    ("ERROR", Word::Is(Status::Errored)),
    ("SKIPPED", Word::Is(Status::Skipped)),
    ("XFAIL", Word::Is(Status::Xfailed)),
    ("xfail", Word::Is(Status::Xfailed)),
    ("XPASS", Word::Is(Status::Xpassed)),
    ("xpass", Word::Is(Status::Xpassed)),
    ("RERUN", Word::Rerun),
    ("SUBFAILED", Word::SubFailed),
    ("SUBFAIL", Word::SubFailed),
    ("SUBPASSED", Word::SubOther),
    ("SUBPASS", Word::SubOther),
    ("SUBSKIPPED", Word::SubOther),
    ("SUBSKIP", Word::SubOther),
];

/// What closes or parts a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heading<'t> {
    /// `=== test session starts ===`.
    Start,
    /// `=== short test summary info ===`.
    Summary,
    /// `=== FAILURES ===` and the like: free text follows.
    Section,
    /// `=== 1 failed, 2 passed in 0.10s ===`, without the `=` under `-q`.
    Counts(Counts),
    /// `___ TestA.test_b[a b] ___`.
    Test(&'t str),
    /// `!!! Interrupted: … !!!`.
    Stopped(&'t str),
}

/// Counts of the last line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub passed: usize,
    pub failed: usize,
    pub errors: usize,
    pub skipped: usize,
    pub xfailed: usize,
    pub xpassed: usize,
    /// Tests left out by `-k` or `-m`.
    pub deselected: usize,
}

impl Counts {
    /// Counts one result.
    pub fn add(&mut self, word: Word) {
        match word {
            Word::Is(Status::Passed) => self.passed += 1,
            Word::Is(Status::Failed) | Word::SubFailed => self.failed += 1,
            Word::Is(Status::Skipped) => self.skipped += 1,
            Word::Is(Status::Xfailed) => self.xfailed += 1,
            Word::Is(Status::Xpassed) => self.xpassed += 1,
            Word::Is(_) => self.errors += 1,
            Word::SubOther | Word::Rerun => {}
        }
    }

    /// Whether the last line's counts fit what was printed while tests ran: errors and skips of the collection are not
    /// among that, and of `parts` failed subtests some are.
    pub fn fit(&self, printed: &Self, parts: usize) -> bool {
        self.passed == printed.passed
            && self.failed >= printed.failed
            && self.failed <= printed.failed + parts
            && self.xfailed == printed.xfailed
            && self.xpassed == printed.xpassed
            && self.errors >= printed.errors
            && self.skipped >= printed.skipped
    }
}

/// Reads a heading.
pub fn heading(text: &str) -> Option<Heading<'_>> {
    let text = text.trim_end();
    match text.as_bytes().first()? {
        b'=' => {
            let inside = text.trim_matches('=');
            let title = inside.strip_prefix(' ')?.strip_suffix(' ')?.trim();
            Some(match title {
                "test session starts" => Heading::Start,
                "short test summary info" => Heading::Summary,
                _ => counts(title).map_or(Heading::Section, Heading::Counts),
            })
        }
        b'_' if text.ends_with('_') => {
            let inside = text.trim_matches('_');
            let title = inside.strip_prefix(' ').and_then(|title| title.strip_suffix(' '));
            title.map(Heading::Test)
        }
        b'!' if text.starts_with("!!!") && text.ends_with("!!!") => {
            let title = text.trim_matches('!').trim();
            (!title.is_empty()).then_some(Heading::Stopped(title))
        }
        b'0'..=b'9' | b'n' => counts(text).map(Heading::Counts),
        _ => None,
    }
}

/// `1 failed, 2 passed, 1 warning in 0.10s (0:00:00)`.
fn counts(text: &str) -> Option<Counts> {
    let (parts, time) = text.rsplit_once(" in ")?;
    let (time, unit) = time.split_once(' ').unwrap_or((time, ""));
    // Before pytest 5: `in 0.12 seconds`.
    let digits = time.strip_suffix('s').or(Some(time).filter(|_| unit.starts_with("seconds")))?;
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return None;
    }
    let mut out = Counts::default();
    if parts == "no tests ran" {
        return Some(out);
    }
    for part in parts.split(", ") {
        let (number, word) = part.split_once(' ')?;
        let number = count(number)?;
        match word {
            "passed" => out.passed = number,
            "failed" => out.failed = number,
            "error" | "errors" => out.errors = number,
            "skipped" => out.skipped = number,
            "xfailed" => out.xfailed = number,
            "xpassed" => out.xpassed = number,
            "deselected" => out.deselected = number,
            // `warnings`, `rerun`, `subtests passed`, and what plugins add.
            _ if word.len() < 30 => {}
            _ => return None,
        }
    }
    Some(out)
}

/// Drops ` [ 50%]` or ` [ 3/40]` at the end.
pub fn without_progress(text: &str) -> &str {
    let text = text.trim_end();
    let progress = text.rfind('[').filter(|_| text.ends_with(']')).filter(|at| {
        let inside = text[at + 1..text.len() - 1].trim();
        let of = inside
            .split_once('/')
            .is_some_and(|(a, b)| count(a.trim()).is_some() && count(b.trim()).is_some());
        of || inside.strip_suffix('%').is_some_and(|digits| count(digits).is_some())
    });
    progress.map_or(text, |at| text[..at].trim_end())
}

/// A `-v` line: id and word. `None` for the word: the test was begun, its result comes later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verbose<'t> {
    /// Id as printed.
    pub id: &'t str,
    /// Result.
    pub word: Option<Word>,
    /// Number of xdist's worker that ran it.
    pub worker: Option<usize>,
}

/// Reads a `-v` line: `ID PASSED  [ 50%]`, `ID SKIPPED (reason)`, `[gw0] [ 50%] PASSED ID`, or `ID` alone.
pub fn verbose(text: &str) -> Option<Verbose<'_>> {
    if let Some(rest) = text.strip_prefix("[gw") {
        let (worker, rest) = rest.split_once("] ")?;
        let worker = Some(count(worker)?);
        let rest = match rest.strip_prefix('[') {
            Some(percent) => percent.split_once("] ")?.1,
            None => rest,
        };
        let (word, id) = leading(rest).filter(|(_, id)| id::valid(id))?;
        return Some(Verbose { id, word: Some(word), worker });
    }
    if !text.contains("::") || text.starts_with([' ', '\t', '[']) {
        return None;
    }
    let line = without_progress(text);
    for (name, word) in WORDS {
        if let Some(id) = line.strip_suffix(name).and_then(|id| id.strip_suffix(' ')).map(str::trim_end)
            && id::valid(id)
        {
            return Some(Verbose { id, word: Some(*word), worker: None });
        }
    }
    // A reason in round brackets, or the name of a part: the word that follows a whole id.
    let mut last = None;
    // As many as any real id holds, so that hostile lines stay linear.
    for (at, _) in line.match_indices(' ').take(500) {
        let rest = &line[at + 1..];
        let found = WORDS.iter().find(|(name, word)| {
            rest.strip_prefix(name).is_some_and(|tail| match word {
                Word::SubFailed | Word::SubOther => tail.starts_with(['[', '(', ' ']),
                _ => tail.starts_with(" ("),
            })
        });
        let before = line[..at].trim_end();
        if let Some((_, word)) = found
            && id::valid(before)
        {
            last = Some(Verbose { id: before, word: Some(*word), worker: None });
            if id::balanced(before) {
                return last;
            }
        }
    }
    if last.is_some() {
        return last;
    }
    // An id alone, or with what the test printed behind it.
    let id = id::first(text)?;
    Some(Verbose { id, word: None, worker: None })
}

/// The word at the end of a line whose beginning is lost or was printed by the test.
pub fn trailing(text: &str) -> Option<Word> {
    let line = without_progress(text);
    let found = WORDS.iter().find(|(name, _)| line.ends_with(name) && *name != "xfail" && *name != "xpass");
    found.map(|(_, word)| *word)
}

/// A line of the short summary: word and the rest, which begins with an id.
pub fn leading(text: &str) -> Option<(Word, &str)> {
    for (name, word) in WORDS {
        let Some(rest) = text.strip_prefix(name) else { continue };
        match word {
            Word::SubFailed | Word::SubOther if rest.starts_with(['[', '(', ' ']) => {
                // `SUBFAILED[message] (i=1) ID`: the id is the first word that holds `::` and a file.
                let at = rest.match_indices(' ').map(|(at, _)| at + 1).find(|at| {
                    let token = rest[*at..].split(' ').next().unwrap_or_default();
                    token.split_once("::").is_some_and(|(path, _)| path.contains('.'))
                })?;
                return Some((*word, rest[at..].trim_end()));
            }
            Word::Is(_) | Word::Rerun => {
                if let Some(rest) = rest.strip_prefix(' ') {
                    return Some((*word, rest.trim_end()));
                }
            }
            _ => {}
        }
    }
    None
}

/// `tests/test_x.py ..F.s   [ 81%]`, or the marks alone: what they count.
pub fn marks(text: &str) -> Option<Counts> {
    let line = without_progress(text);
    let (path, marks) = line.rsplit_once(' ').unwrap_or(("", line));
    if marks.is_empty() || !(path.is_empty() || path.trim_end().contains('.') && !path.contains("  ")) {
        return None;
    }
    let mut out = Counts::default();
    for mark in marks.bytes() {
        out.add(match mark {
            b'.' => Word::Is(Status::Passed),
            b'F' => Word::Is(Status::Failed),
            b'E' => Word::Is(Status::Errored),
            b's' => Word::Is(Status::Skipped),
            b'x' => Word::Is(Status::Xfailed),
            b'X' => Word::Is(Status::Xpassed),
            // A part of a test: failed, or with xdist any.
            b'u' | b'R' | b',' | b'-' => Word::Rerun,
            _ => return None,
        });
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbose_lines() {
        let is = |id, status| Some((id, Some(Word::Is(status))));
        let cases = [
            ("t/x.py::A::b[a b] PASSED                 [  2%]", is("t/x.py::A::b[a b]", Status::Passed)),
            ("t/x.py::b[PASSED x] PASSED [ 2%]", is("t/x.py::b[PASSED x]", Status::Passed)),
            ("t/x.py::b[ok [ 50%]] PASSED [ 2%]", is("t/x.py::b[ok [ 50%]]", Status::Passed)),
            ("t/x.py::b[ok [ 50%]] FAILED", is("t/x.py::b[ok [ 50%]]", Status::Failed)),
            ("t/x.py::b[[] FAILED  [3/40]", is("t/x.py::b[[]", Status::Failed)),
            ("t/x.py::b SKIPPED (no net: [x] - y)    [ 65%]", is("t/x.py::b", Status::Skipped)),
            ("t/x.py::b SKIPPED (could not import", is("t/x.py::b", Status::Skipped)),
            (
                "t/x.py::b[SKIPPED (x)] SKIPPED (PASSED (y)) [ 65%]",
                is("t/x.py::b[SKIPPED (x)]", Status::Skipped),
            ),
            ("t/x.py::b SUBFAILED[m s] (i=1)", Some(("t/x.py::b", Some(Word::SubFailed)))),
            ("[gw0] [ 50%] PASSED t/x.py::b[a b] ", is("t/x.py::b[a b]", Status::Passed)),
            ("[gw1] XFAIL t/x.py::b ", is("t/x.py::b", Status::Xfailed)),
            ("t/x.py::b[a b] ", Some(("t/x.py::b[a b]", None))),
            ("t/x.py::b printed text", Some(("t/x.py::b", None))),
            ("t/x.py ..F.  [ 10%]", None),
            ("std::vector FAILED", None),
            ("  t/x.py::b PASSED", None),
        ];
        for (text, expected) in cases {
            assert_eq!(verbose(text).map(|line| (line.id, line.word)), expected, "{text}");
        }
    }

    #[test]
    fn headings() {
        assert_eq!(heading("===== test session starts ====="), Some(Heading::Start));
        assert_eq!(heading("= FAILURES ="), Some(Heading::Section));
        assert_eq!(heading("___ TestA.test_b[__] ___"), Some(Heading::Test("TestA.test_b[__]")));
        assert_eq!(
            heading("!!! stopping after 1 failures !!!"),
            Some(Heading::Stopped("stopping after 1 failures"))
        );
        let counts = Counts { passed: 2, failed: 1, errors: 3, ..Counts::default() };
        for text in [
            "1 failed, 2 passed, 1 warning, 3 errors, 2 subtests passed in 0.12s",
            "= 1 failed, 2 passed, 3 error in 62.10s (0:01:02) =",
        ] {
            assert_eq!(heading(text), Some(Heading::Counts(counts)), "{text}");
        }
        assert_eq!(heading("no tests ran in 0.00s"), Some(Heading::Counts(Counts::default())));
        assert_eq!(heading("3 times in 5 days"), None);
        assert_eq!(
            marks("tests/test_x.py ..F.s   [ 81%]").map(|c| (c.passed, c.failed, c.skipped)),
            Some((3, 1, 1))
        );
        assert_eq!(marks("some text here."), None);
    }
}
