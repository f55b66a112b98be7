//! The tests that programs say they hold, against the tests that the log shows.
//!
//! In: a log of the whole command, which names the test programs that cargo built. Out: a command that asks each of them
//! for its list ([`ask`]), and where list and log do not agree ([`disagreements`]). A log that code under test printed
//! itself must hold exactly the tests that its own program lists, in every program.
//!
//! Invariant: like every doubt, a disagreement needs a witness: it counts where gold's run agrees.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::canary::Marks;
use super::sink::TestRun;
use super::tests::Tester;
use crate::harness::{self, Format, Reading};
use crate::sandbox::Ended;

/// So many disagreements are named at most.
const NAMED: usize = 8;

/// How the header of a program's list begins; what follows is cargo's own header.
const HEADER: &str = "     Running ";

/// The command that asks the programs of a log for their lists; none where it names none.
pub(super) fn ask(log: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(log);
    let mut command = String::new();
    let mut seen = BTreeSet::new();
    for line in text.lines().filter(|line| line.starts_with(HEADER)) {
        let Some(program) = program(line) else { continue };
        if !seen.insert(program) {
            continue;
        }
        // The program's folder holds no library that it needs but by cargo's own settings: those that lack it fail here
        // with gold as well.
        let _ = writeln!(command, "echo {}; {} --list 2>/dev/null </dev/null", quoted(line), quoted(program));
    }
    (!command.is_empty()).then_some(command)
}

/// `target/debug/deps/sums-0123456789abcdef` of a header; only below the tree, as cargo prints its own.
fn program(line: &str) -> Option<&str> {
    let path = line.strip_suffix(')')?.rsplit_once('(')?.1;
    let plain = path.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.'));
    (plain && path.starts_with("target/") && !path.contains("..")).then_some(path)
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A program's list as its log would be, had every test passed: so the same reader gives the same names.
fn as_log(listing: &[u8]) -> String {
    let text = String::from_utf8_lossy(listing);
    let mut log = String::new();
    let mut tests: Vec<&str> = Vec::new();
    let end = |log: &mut String, tests: &mut Vec<&str>| {
        let count = tests.len();
        let _ = writeln!(log, "\nrunning {count} tests");
        for test in tests.drain(..) {
            let _ = writeln!(log, "test {test} ... ok");
        }
        let _ = writeln!(
            log,
            "\ntest result: ok. {count} passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n"
        );
    };
    for line in text.lines() {
        if line.starts_with(HEADER) {
            if !log.is_empty() {
                end(&mut log, &mut tests);
            }
            log.push_str(line);
            log.push('\n');
        } else if let Some(test) = line.strip_suffix(": test") {
            tests.push(test);
        }
    }
    if !log.is_empty() {
        end(&mut log, &mut tests);
    }
    log
}

/// Tests that were listed and have no result, and results of tests that were not listed; none where nothing was asked.
/// `reading` is that of the whole log, canaries taken out.
pub(super) fn disagreements(tester: &Tester, run: &TestRun, reading: &Reading) -> Vec<String> {
    if run.whole.cut_bytes > 0 {
        return Vec::new();
    }
    let Some(listing) = &run.listing else {
        // Whoever hides the names of the programs is not asked for lists.
        let hides = !reading.tests.is_empty() && ask(&run.whole.stdout).is_none();
        return hides.then(|| "the log names no test program".to_owned()).into_iter().collect();
    };
    let mut listed = harness::read_in(Format::Cargo, as_log(&listing.stdout).as_bytes(), tester.context);
    run.marks.as_ref().map(|marks: &Marks| marks.take(&mut listed));
    let names = |reading: &Reading| -> BTreeSet<String> {
        let tests =
            reading.tests.iter().filter(|test| !test.id.starts_with("doc:") && !test.status.is_open());
        tests.map(|test| test.id.clone()).collect()
    };
    let (listed, shown) = (names(&listed), names(reading));
    // A program that crashed says so; what it did not come to is run alone.
    let crashed = |test: &String| {
        let file = harness::file_of(test);
        run.whole.ended != Ended::Exited(0)
            && reading.incomplete.iter().any(|program| program.target.as_deref().is_none_or(|of| of == file))
    };
    let without = listed
        .difference(&shown)
        .filter(|test| !crashed(test))
        .map(|test| format!("{test}: its program lists it, and the log has no result"));
    let strange = shown
        .difference(&listed)
        .map(|test| format!("{test}: the log has a result, and no program lists it"));
    without.chain(strange).take(NAMED).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "   Compiling mini v0.1.0\n     Running unittests src/lib.rs (target/debug/deps/mini-0123456789abcdef)\n\n\
                       running 0 tests\n     Running tests/sums.rs (target/debug/deps/sums-0123456789abcdef)\n\
                            Running tests/x.rs (/bin/sh)\n     Running tests/x.rs (target/../../bin/sh)\n     Running a (target/x'; y)\n";

    #[test]
    fn programs_of_the_tree_are_asked_and_no_others() {
        insta::assert_snapshot!(ask(LOG.as_bytes()).unwrap(), @r"
        echo '     Running unittests src/lib.rs (target/debug/deps/mini-0123456789abcdef)'; 'target/debug/deps/mini-0123456789abcdef' --list 2>/dev/null </dev/null
        echo '     Running tests/sums.rs (target/debug/deps/sums-0123456789abcdef)'; 'target/debug/deps/sums-0123456789abcdef' --list 2>/dev/null </dev/null
        ");
        assert_eq!(ask(b"running 1 test\ntest a ... ok\n"), None);
    }

    #[test]
    fn a_list_reads_like_a_log() {
        let listing = "     Running unittests src/lib.rs (target/debug/deps/mini-0123456789abcdef)\ntests::a: test\nb: benchmark\n\n1 test, 1 benchmark\n\
                       \x20    Running tests/sums.rs (target/debug/deps/sums-0123456789abcdef)\none: test\ntwo: test\n\n2 tests, 0 benchmarks\n";
        let reading = harness::read(Format::Cargo, as_log(listing.as_bytes()).as_bytes());
        let ids: Vec<&str> = reading.tests.iter().map(|test| test.id.as_str()).collect();
        assert_eq!(ids, ["src/lib.rs::tests::a", "tests/sums.rs::one", "tests/sums.rs::two"]);
        assert!(
            reading.unread.is_empty() && reading.incomplete.is_empty() && reading.oddities.is_empty(),
            "{reading:?}"
        );
    }
}
