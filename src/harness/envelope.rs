//! What a public harness wraps round a runner's output.
//!
//! In: a log, as a harness kept it or as the runner printed it. Out: which bytes are the runner's, and what the harness
//! itself says (exit code, patch not applied, time out). A log without marks is the runner's output alone.
//!
//! Invariant: line numbers of the body stay those of the whole file ([`Envelope::lines_before`]).

/// What a harness says went wrong outside the tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The patch did not apply.
    ApplyFailed,
    /// The checkout could not be reset: nothing was tested.
    ResetFailed,
    /// The test command could not be run.
    Errored,
    /// The wall clock ended the tests.
    TimedOut,
    /// The tests were to begin and the log ends before they did.
    NeverBegan,
}

/// A log taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Envelope<'a> {
    /// Whether any mark of a harness was found.
    pub marked: bool,
    /// The runner's output.
    pub body: &'a [u8],
    /// Lines of the log before the body.
    pub lines_before: usize,
    /// Exit code of the test command, where the log tells it.
    pub exit_code: Option<i32>,
    /// What went wrong outside the tests.
    pub trouble: Option<Trouble>,
    /// The body's end is marked; false for a log that was cut, and where there are no marks.
    pub complete: bool,
}

pub(super) const START: &str = ">>>>> Start Test Output";
pub(super) const END: &str = ">>>>> End Test Output";
const EXIT: &str = ">>>>> Test Exit Code: ";
const TROUBLES: &[(&str, Trouble)] = &[
    (">>>>> Patch Apply Failed", Trouble::ApplyFailed),
    (">>>>> Reset Failed", Trouble::ResetFailed),
    (">>>>> Tests Errored", Trouble::Errored),
    (">>>>> Tests Timed Out", Trouble::TimedOut),
];

/// Takes a log apart. Marks that tests print themselves gain nothing: the first start and the last end count, and a
/// trouble can only make a verdict worse.
pub fn open(log: &[u8]) -> Envelope<'_> {
    let bare = Envelope {
        marked: false,
        body: log,
        lines_before: 0,
        exit_code: None,
        trouble: None,
        complete: false,
    };
    if memchr::memmem::find(log, b">>>>> ").is_none() {
        return bare;
    }
    let start = memchr::memmem::find(log, START.as_bytes());
    let end = memchr::memmem::rfind(log, END.as_bytes());
    let trouble =
        TROUBLES.iter().find(|(mark, _)| on_a_line_of_its_own(log, mark)).map(|(_, trouble)| *trouble);
    let Some(start) = start else {
        return match (trouble, end) {
            // A program may print such arrows for its own reasons.
            (None, None) => bare,
            (trouble, _) => {
                Envelope { marked: true, body: &[], trouble: trouble.or(Some(Trouble::NeverBegan)), ..bare }
            }
        };
    };
    let from = line_end(log, start);
    let end = end.filter(|end| *end >= from);
    let to = end.map_or(log.len(), |end| line_start(log, end));
    let after = end.map_or(&[][..], |end| &log[line_end(log, end)..]);
    Envelope {
        marked: true,
        body: &log[from..to.max(from)],
        lines_before: memchr::memchr_iter(b'\n', &log[..from]).count(),
        exit_code: exit_code(after),
        trouble,
        complete: end.is_some(),
    }
}

/// The code that the harness printed behind the end of the tests.
fn exit_code(after: &[u8]) -> Option<i32> {
    let at = memchr::memmem::rfind(after, EXIT.as_bytes())? + EXIT.len();
    let line = &after[at..line_end(after, at)];
    std::str::from_utf8(line).ok()?.trim().trim_end_matches('\'').parse().ok()
}

/// Whether a line is the mark, alone or as a shell's trace shows it (`+ echo '>>>>> …'`).
fn on_a_line_of_its_own(log: &[u8], mark: &str) -> bool {
    memchr::memmem::find_iter(log, mark.as_bytes()).any(|at| {
        let before = &log[line_start(log, at)..at];
        before.iter().all(u8::is_ascii_whitespace) || before.starts_with(b"+ ")
    })
}

pub(super) fn line_start(log: &[u8], at: usize) -> usize {
    memchr::memrchr(b'\n', &log[..at]).map_or(0, |newline| newline + 1)
}

/// The place behind the line feed of the line that holds `at`.
pub(super) fn line_end(log: &[u8], at: usize) -> usize {
    memchr::memchr(b'\n', &log[at..]).map_or(log.len(), |newline| at + newline + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Body, lines before it, exit code, trouble, complete.
    type Shown<'a> = (&'a str, usize, Option<i32>, Option<Trouble>, bool);

    fn shown(log: &str) -> Shown<'_> {
        let Envelope { body, lines_before, exit_code, trouble, complete, .. } = open(log.as_bytes());
        (std::str::from_utf8(body).unwrap(), lines_before, exit_code, trouble, complete)
    }

    #[test]
    fn logs_as_harnesses_leave_them() {
        let cases: &[(&str, Shown<'_>)] = &[
            ("test a ... ok\n", ("test a ... ok\n", 0, None, None, false)),
            (
                "+ git apply\n+ : '>>>>> Start Test Output'\ntest a ... ok\n+ : '>>>>> End Test Output'\n>>>>> Test Exit Code: 1\n",
                ("test a ... ok\n", 2, Some(1), None, true),
            ),
            // Cut in the middle.
            (">>>>> Start Test Output\ntest a ... ok\n", ("test a ... ok\n", 1, None, None, false)),
            (">>>>> Start Test Output", ("", 0, None, None, false)),
            // A test prints the end itself: the harness's own comes last.
            (
                ">>>>> Start Test Output\n>>>>> End Test Output\n>>>>> Test Exit Code: 0\ntest a ... FAILED\n>>>>> End Test Output\n>>>>> Test Exit Code: 101\n",
                (
                    ">>>>> End Test Output\n>>>>> Test Exit Code: 0\ntest a ... FAILED\n",
                    1,
                    Some(101),
                    None,
                    true,
                ),
            ),
            (">>>>> Patch Apply Failed\n", ("", 0, None, Some(Trouble::ApplyFailed), false)),
            (
                ">>>>> Start Test Output\nx\n>>>>> Tests Timed Out\n",
                ("x\n>>>>> Tests Timed Out\n", 1, None, Some(Trouble::TimedOut), false),
            ),
            ("docker: no space\n>>>>> End Test Output\n", ("", 0, None, Some(Trouble::NeverBegan), false)),
            ("assert >>>>> left\n", ("assert >>>>> left\n", 0, None, None, false)),
        ];
        for (log, expected) in cases {
            assert_eq!(shown(log), *expected, "{log}");
        }
    }
}
