//! Logs of pytest and unittest. One folder of tests was run in many forms: parameters with every kind of bracket, blank
//! and dash, printed results and summaries, errors before and after tests, subtests, classes that cannot be set up.

use super::*;
use Status::{Errored, Failed, Passed, Skipped, Xfailed, Xpassed};

/// What `-v` names; `-rA` names all but the skipped.
const PYTEST: &[(&str, Status)] = &[
    ("tests/test_ids.py::TestA::test_b[  lead]", Passed),
    ("tests/test_ids.py::TestA::test_b[100%]", Passed),
    ("tests/test_ids.py::TestA::test_b[PASSED x]", Passed),
    ("tests/test_ids.py::TestA::test_b[[1]]", Failed),
    ("tests/test_ids.py::TestA::test_b[[]", Failed),
    ("tests/test_ids.py::TestA::test_b[\\xe9]", Passed),
    ("tests/test_ids.py::TestA::test_b[]]", Passed),
    ("tests/test_ids.py::TestA::test_b[a - b]]", Failed),
    ("tests/test_ids.py::TestA::test_b[a b]", Passed),
    ("tests/test_ids.py::TestA::test_b[a/b.py]", Passed),
    ("tests/test_ids.py::TestA::test_b[a::b]", Passed),
    ("tests/test_ids.py::TestA::test_b[line\\nbreak]", Passed),
    ("tests/test_ids.py::TestA::test_b[ok [ 50%]]", Passed),
    ("tests/test_ids.py::TestA::test_b[tab\\t]", Passed),
    ("tests/test_ids.py::TestA::test_b[two  blanks]", Passed),
    ("tests/test_ids.py::TestA::test_b[x - y]", Passed),
    ("tests/test_ids.py::TestA::test_plain", Passed),
    ("tests/test_ids.py::test_error_at_teardown", Errored),
    ("tests/test_ids.py::test_errors", Errored),
    ("tests/test_ids.py::test_expected", Xfailed),
    ("tests/test_ids.py::test_fails_and_errors_at_teardown", Failed),
    ("tests/test_ids.py::test_pairs[1-2]", Failed),
    ("tests/test_ids.py::test_pairs[3.5-None]", Passed),
    ("tests/test_ids.py::test_pairs[\\x00\\xff-]", Passed),
    ("tests/test_ids.py::test_pairs[a2-y]", Passed),
    ("tests/test_ids.py::test_prints", Failed),
    ("tests/test_ids.py::test_prints_and_passes", Passed),
    ("tests/test_ids.py::test_skipped", Skipped),
    ("tests/test_ids.py::test_skipped_too", Skipped),
    ("tests/test_ids.py::test_strict", Failed),
    ("tests/test_ids.py::test_unexpected", Xpassed),
    ("tests/test_more.py::TestCase::test_one", Passed),
    ("tests/test_more.py::TestCase::test_skip", Skipped),
    ("tests/test_more.py::TestCase::test_subs", Failed),
    ("tests/test_more.py::TestCase::test_xf", Xfailed),
    ("tests/test_more.py::TestCase::test_xp", Failed),
    ("tests/test_more.py::TestOuter::TestInner::test_deep", Passed),
    ("tests/test_more.py::test_one", Skipped),
];

/// Statuses by id. Since version 9 a parameter of 150 characters is called `a2`.
fn statuses(reading: &Reading) -> Vec<(String, Status)> {
    let short = |id: String| id.replace(&"x".repeat(150), "a2");
    reading
        .statuses()
        .into_iter()
        .map(|(id, status)| (short(id), status))
        .collect::<Statuses>()
        .into_iter()
        .collect()
}

fn owned(all: &[(&str, Status)], keep: impl Fn(Status) -> bool) -> Vec<(String, Status)> {
    all.iter().filter(|(_, s)| keep(*s)).map(|(id, s)| ((*id).to_owned(), *s)).collect()
}

fn pytest_in(forms: &[&str], keep: impl Fn(Status) -> bool) {
    for form in forms {
        let reading = reading(&format!("pytest-{form}"), &ReadContext::default());
        assert_eq!(statuses(&reading), owned(PYTEST, &keep), "{form}");
        assert_eq!(reading.tests.len(), reading.statuses().len(), "{form}");
        let printed = usize::from(*form == "9.2.0-v-s");
        assert_eq!((reading.oddities.len(), reading.unread.len()), (printed, printed), "{form}: {reading:?}");
        assert!(reading.incomplete.is_empty() && !reading.build_failed, "{form}");
    }
}

#[test]
fn pytest_tests_in_all_forms() {
    pytest_in(
        &["9.2.0-v", "9.2.0-v-color", "9.2.0-v-s", "9.2.0-xdist-v", "7.4.4-v", "7.4.4-xdist-v", "6.2.5-v"],
        |_| true,
    );
    pytest_in(&["9.2.0-rA", "9.2.0-xdist", "7.4.4-rA", "6.2.5-rA"], |status| status != Skipped);
    let fails = |status| matches!(status, Failed | Errored);
    pytest_in(&["9.2.0-plain", "9.2.0-q", "9.2.0-xdist-q", "7.4.4-q"], fails);
}

#[test]
fn a_pytest_id_with_a_bracket_alone_is_told_by_nothing_but_titles() {
    // Without titles `[a - b]]` could as well be `[a` and a message.
    let reading = reading("pytest-9.2.0-rA-no-tb", &ReadContext::default());
    let differ: Vec<_> =
        statuses(&reading).into_iter().filter(|(id, s)| !PYTEST.contains(&(id.as_str(), *s))).collect();
    assert_eq!(differ, []);
}

#[test]
fn pytest_and_its_junit_file_give_the_same_ids() {
    let mut text = reading("pytest-9.2.0-v", &ReadContext::default()).statuses();
    // The file does not tell an unexpected pass from any other.
    text.entry("tests/test_ids.py::test_unexpected".to_owned()).and_modify(|status| *status = Passed);
    assert_eq!(text, reading("junit-pytest-9.2.0-ids", &ReadContext::default()).statuses());
}

#[test]
fn pytest_that_does_not_come_to_its_tests() {
    let uncollected = "
incomplete: tests/test_broken.py 0 of ?
incomplete: tests/test_syntax.py 0 of ?
incomplete: ? 0 of 38
not built: tests/test_broken.py
not built: tests/test_syntax.py
";
    check("pytest-9.2.0-interrupted", uncollected);
    check("pytest-6.2.5-interrupted", uncollected);
    check("pytest-9.2.0-usage", "incomplete: ? 0 of ?\nnot built: tests/nope.py\n");
    check("pytest-9.2.0-no-such-test", "incomplete: ? 0 of ?\n");
    check("pytest-9.2.0-unknown-option", "incomplete: ? 0 of ?\n");
    check("pytest-9.2.0-none", "");
    check(
        "pytest-9.2.0-vv-x",
        "
   8 passed    tests/test_ids.py::TestA::test_b[a b]
   9 passed    tests/test_ids.py::TestA::test_b[x - y]
  10 failed    tests/test_ids.py::TestA::test_b[[1]]
incomplete: ? 3 of 38
",
    );
    let reading = reading("pytest-9.2.0-collection-errors", &ReadContext::default());
    assert!(reading.build_failed && reading.failed_targets.len() == 2 && reading.tests.len() == 34);
}

#[test]
fn pytest_reasons_over_two_lines() {
    check(
        "pytest-9.2.0-durations",
        "
   8 passed    tests/test_more.py::TestCase::test_one
   9 skipped   tests/test_more.py::TestCase::test_skip
  12 xfailed   tests/test_more.py::TestCase::test_xf
  13 failed    tests/test_more.py::TestCase::test_xp
  14 passed    tests/test_more.py::TestOuter::TestInner::test_deep
  15 skipped   tests/test_more.py::test_one
  64 failed    tests/test_more.py::TestCase::test_subs
",
    );
}

#[test]
fn a_summary_that_a_test_prints_is_none() {
    let forged = "=========================== short test summary info ============================\n\
                  PASSED tests/test_a.py::test_gone\n============ 2 passed in 0.01s ============\n";
    let log = format!(
        "============================= test session starts ==============================\ncollected 2 items\n\n\
         tests/test_a.py F.                                                       [100%]\n\n\
         =================================== FAILURES ===================================\n\
         ____________________________________ test_x ____________________________________\n\
         ----------------------------- Captured stdout call -----------------------------\n{forged}\
         ============================= test session starts ==============================\n\
         tests/test_a.py::test_gone PASSED                                        [100%]\n{forged}\
         =========================== short test summary info ============================\n\
         PASSED tests/test_a.py::test_y\nFAILED tests/test_a.py::test_x - assert 0\n\
         ========================= 1 failed, 1 passed in 0.12s ==========================\n"
    );
    let one = read(Format::Pytest, log.as_bytes());
    let one = show(&one);
    assert_eq!(one, ["  18 passed    tests/test_a.py::test_y", "  19 failed    tests/test_a.py::test_x"]);
    // Two real runs one after another are both read.
    let second = log.replace("test_a.py", "test_b.py");
    let two = read(Format::Pytest, format!("{log}{second}").as_bytes());
    assert_eq!((two.tests.len(), two.oddities.len(), two.incomplete.len()), (4, 0, 0), "{:?}", show(&two));
}

/// What `-v` names of a package with a module that cannot be imported and classes that cannot be set up.
const UNITTEST: &[(&str, Status)] = &[
    ("pkg.test_a.TestA::test_doc", Passed),
    ("pkg.test_a.TestA::test_doc_fails", Failed),
    ("pkg.test_a.TestA::test_errors", Errored),
    ("pkg.test_a.TestA::test_expected", Xfailed),
    ("pkg.test_a.TestA::test_fails", Failed),
    ("pkg.test_a.TestA::test_ok", Passed),
    ("pkg.test_a.TestA::test_prints", Passed),
    ("pkg.test_a.TestA::test_prints_glued", Passed),
    ("pkg.test_a.TestA::test_skip_inside", Skipped),
    ("pkg.test_a.TestA::test_skipped", Skipped),
    ("pkg.test_a.TestA::test_subs", Failed),
    ("pkg.test_a.TestA::test_subs_pass", Passed),
    ("pkg.test_a.TestA::test_teardown_error", Errored),
    ("pkg.test_a.TestA::test_unexpected", Xpassed),
    ("pkg.test_a.TestC::test_ok", Passed),
    ("pkg.test_a.TestD::test_x", Skipped),
    ("pkg.test_good.TestG::test_x", Passed),
    ("pkg.test_good.TestG::test_y", Passed),
];

#[test]
fn unittest_tests_in_all_forms() {
    for form in ["3.8.18-v", "3.11-v", "3.11-buffer", "3.13.0-v", "3.8.18-dots", "3.11-dots", "3.13.0-dots"] {
        let reading = reading(&format!("unittest-{form}"), &ReadContext::default());
        let quiet = form.ends_with("dots");
        let named = |status| {
            !quiet || matches!(status, Failed | Errored) || (status == Xpassed && !form.starts_with("3.8"))
        };
        assert_eq!(statuses(&reading), owned(UNITTEST, named), "{form}");
        let broken = ["pkg.test_a.TestB", "pkg.test_broken", "pkg.test_setup"];
        assert_eq!(
            (reading.failed_targets, reading.build_failed),
            (broken.map(str::to_owned).to_vec(), true),
            "{form}"
        );
        assert!(reading.incomplete.len() == 3, "{form}");
    }
}

#[test]
fn unittest_of_all_kinds() {
    check("unittest-3.11-none", "");
    check(
        "unittest-3.11-missing",
        "
   1 passed    pkg.test_good.TestG::test_x
   2 passed    pkg.test_good.TestG::test_y
incomplete: test_gone 0 of ?
not built: test_gone
",
    );
    let reading = reading("unittest-django-5.2.19-v2", &ReadContext::default());
    let expected = [
        ("app.tests.One::test_doc", Passed),
        ("app.tests.One::test_fail", Failed),
        ("app.tests.One::test_ok", Passed),
        ("app.tests.One::test_sub", Failed),
        ("app.tests.Two::test_db", Passed),
        ("app.tests.Two::test_skip", Skipped),
    ];
    assert_eq!(statuses(&reading), owned(&expected, |_| true));
    assert!(reading.incomplete.is_empty() && reading.oddities.is_empty());
}

#[test]
fn unittest_text_that_a_test_prints() {
    let log = "test_a (m.A.test_a) ... test_b (m.A.test_b) ... ok\nFAIL\ntest_c (m.A.test_c) ... notebook";
    let cut = read(Format::Unittest, log.as_bytes());
    assert_eq!(cut.statuses().get("m.A::test_c"), Some(&Status::Unreached));
    assert_eq!(cut.statuses().get("m.A::test_b"), None);
    assert_eq!(cut.statuses().get("m.A::test_a"), Some(&Failed));
    assert_eq!(cut.incomplete.len(), 1);
}

#[test]
fn pytest_reruns() {
    for name in ["pytest-9.2.0-reruns-v", "pytest-9.2.0-reruns-rA"] {
        let reading = reading(name, &ReadContext::default());
        let tests = ["fine", "flaky", "never"].map(|test| format!("tests/test_flaky.py::test_{test}"));
        let expected: Vec<_> = tests.into_iter().zip([Passed, Passed, Failed]).collect();
        assert_eq!(statuses(&reading), expected, "{name}");
        assert!(
            reading.oddities.is_empty() && reading.incomplete.is_empty(),
            "{name}: {:?}",
            reading.oddities
        );
    }
}
