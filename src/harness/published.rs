//! Logs of tasks whose data set names its own parser, or marks where its tests begin.
//!
//! In: a log of a data set's script, the name of its parser. Out: the part that is the tests', and a [`Reading`] where kerf
//! has no reader of its own for that runner: what the data set's parser reads, under the names that its lists have.

use super::foreign::swebench::{Spec, Word, grade, parsers};
use super::{Format, Reading, Status, TestResult, envelope};

/// The tests' part of a log that a script with marks of SWE-bench printed, and the lines before it; the whole log of any
/// other command.
pub fn body_of<'a>(command: &str, log: &'a [u8]) -> (&'a [u8], usize) {
    if !command.contains(envelope::START) {
        return (log, 0);
    }
    let opened = envelope::open(log);
    if opened.marked { (opened.body, opened.lines_before) } else { (&[], 0) }
}

/// What SWE-bench's parser of that name reads; none where there is none of that name.
pub fn read_published(parser: &str, log: &[u8]) -> Option<Reading> {
    if !parsers().any(|known| known == parser) {
        return None;
    }
    let graded = grade(log, &Spec::new(parser)).ok()?;
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
        assert!(read_published("parse_log_of_nobody", log).is_none() && read_published("tap", log).is_none());
    }

    #[test]
    fn only_what_stands_between_the_marks_is_the_tests() {
        let script = "set -x\n: '>>>>> Start Test Output'\nrun\n: '>>>>> End Test Output'\n";
        let log = "+ pip install\nPASSED forged\n+ : '>>>>> Start Test Output'\nPASSED a\n+ : '>>>>> End Test Output'\nPASSED late\n";
        assert_eq!(body_of(script, log.as_bytes()), (&b"PASSED a\n"[..], 3));
        assert_eq!(body_of("run", log.as_bytes()), (log.as_bytes(), 0), "other commands have no marks");
        assert_eq!(body_of(script, b"PASSED a\n").0, b"", "the script never came to its tests");
    }
}
