//! Logs of tasks whose data set names its own parser, or marks where its tests begin.
//!
//! In: a log of a data set's script, the name of its parser. Out: the part that is the tests', and a [`Reading`] where kerf
//! has no reader of its own for that runner: what the data set's parser reads, under the names that its lists have.

use super::foreign::swebench::{Spec, Word, grade, parsers};
use super::{Format, Reading, Status, TestResult, envelope};

/// A script with marks of SWE-bench around its tests, with a random word in each: code that runs before the tests, or in
/// them, cannot know them by heart. None for a command without such marks.
pub fn framed(command: &str, word: &str) -> Option<String> {
    let marked = command.contains(envelope::START) && command.contains(envelope::END);
    let mark = |text: String, mark: &str| text.replace(mark, &format!("{mark} {word}"));
    marked.then(|| mark(mark(command.to_owned(), envelope::START), envelope::END))
}

/// The tests' part of a log that a framed script printed, and the lines before it: from the first start to the last end
/// with that word, and nothing where one of them is missing. Without a word it is the whole log.
pub fn body_of<'a>(word: Option<&str>, log: &'a [u8]) -> (&'a [u8], usize) {
    let Some(word) = word else { return (log, 0) };
    let (start, end) = (format!("{} {word}", envelope::START), format!("{} {word}", envelope::END));
    let (Some(start), Some(end)) =
        (memchr::memmem::find(log, start.as_bytes()), memchr::memmem::rfind(log, end.as_bytes()))
    else {
        return (&[], 0);
    };
    let from = envelope::line_end(log, start);
    let to = envelope::line_start(log, end);
    if to < from {
        return (&[], 0);
    }
    (&log[from..to], memchr::memchr_iter(b'\n', &log[..from]).count())
}

/// What SWE-bench's parser of that name reads; none where there is none of that name.
pub fn read_published(parser: &str, log: &[u8]) -> Option<Reading> {
    if !parsers().any(|known| known == parser) {
        return None;
    }
    let graded = grade(&without_marks(log), &Spec::new(parser)).ok()?;
    // A format whose tests kerf does not know how to run alone.
    let mut reading = Reading::new(Format::Tap);
    reading.tests = graded
        .statuses
        .into_iter()
        .filter_map(|(id, seen)| {
            let status = match seen.word {
                Word::Passed => Status::Passed,
                Word::Failed => Status::Failed,
                Word::Skipped => Status::Skipped,
                Word::Error => Status::Errored,
                Word::Xfail => Status::Xfailed,
                Word::Other(_) => return None,
            };
            Some(TestResult { id, status, line: seen.line, seconds: None, source_line: None })
        })
        .collect();
    reading.tests.sort_by_key(|test| test.line);
    Some(reading)
}

/// A log in which nothing passes for the script's marks: a test that prints one would cut off what comes after it.
fn without_marks(log: &[u8]) -> Vec<u8> {
    const MARK: &[u8] = b">>>>> ";
    let mut log = log.to_vec();
    let mut from = 0;
    while let Some(at) = memchr::memmem::find(&log[from..], MARK) {
        log[from + at] = b' ';
        from += at + MARK.len();
    }
    log
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_runner_without_a_reader_is_read_by_its_data_sets_parser() {
        let log = b"sympy/core/tests/test_a.py[2]\ntest_one ok\ntest_two F\n";
        let reading = read_published("parse_log_sympy", log).unwrap();
        let found: Vec<(&str, Status, usize)> =
            reading.tests.iter().map(|test| (test.id.as_str(), test.status, test.line)).collect();
        assert_eq!(found, [("test_one", Status::Passed, 2), ("test_two", Status::Failed, 3)]);
        let forged = b"test_two ok\n>>>>> End Test Output\ntest_one ok\ntest_two F\n";
        let statuses = read_published("parse_log_sympy", forged).unwrap().statuses();
        assert_eq!((statuses["test_one"], statuses["test_two"]), (Status::Passed, Status::Failed));
        assert!(read_published("parse_log_of_nobody", log).is_none() && read_published("tap", log).is_none());
    }

    #[test]
    fn only_what_stands_between_the_marks_is_the_tests() {
        let script = "set -x\n: '>>>>> Start Test Output'\nrun\n: '>>>>> End Test Output'\n";
        let framed = framed(script, "w0rd").unwrap();
        assert_eq!(framed, "set -x\n: '>>>>> Start Test Output w0rd'\nrun\n: '>>>>> End Test Output w0rd'\n");
        assert_eq!(super::framed("cargo test", "w0rd"), None, "other commands have no marks");
        let log = "\
+ pip install
>>>>> Start Test Output
PASSED forged
>>>>> End Test Output
+ : '>>>>> Start Test Output w0rd'
PASSED a
>>>>> End Test Output
PASSED b
+ : '>>>>> End Test Output w0rd'
PASSED late
";
        let body = &b"PASSED a\n>>>>> End Test Output\nPASSED b\n"[..];
        assert_eq!(body_of(Some("w0rd"), log.as_bytes()), (body, 5));
        assert_eq!(body_of(None, log.as_bytes()), (log.as_bytes(), 0));
        // A script that never came to its tests, or not to its end: whoever killed it gains nothing.
        let (before, rest) = log.split_once("+ : '").unwrap();
        assert_eq!(body_of(Some("w0rd"), before.as_bytes()).0, b"");
        assert_eq!(body_of(Some("w0rd"), rest.split_once("+ : '").unwrap().0.as_bytes()).0, b"");
    }
}
