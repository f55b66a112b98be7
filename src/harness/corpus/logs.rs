//! Each log and all that is read from it.

use super::check;

#[test]
fn cargo_aborts_one_thread() {
    check(
        "cargo-1.95.0-aborts-one-thread",
        "
  11 passed    tests/mid.rs::a_first
  12 errored   tests/mid.rs::b_aborts
  19 passed    tests/other.rs::fine
  26 passed    tests/quits.rs::a_first
  27 errored   tests/quits.rs::b_exits
incomplete: tests/mid.rs 1 of 4
incomplete: tests/quits.rs 1 of 3
",
    );
}

#[test]
fn cargo_aborts_shuffled() {
    check(
        "cargo-1.95.0-aborts-shuffled",
        "
  12 passed    tests/mid.rs::a_first
  13 passed    tests/mid.rs::c_third
  14 errored   tests/mid.rs::b_aborts
  24 passed    tests/other.rs::other
  25 passed    tests/other.rs::fine
incomplete: tests/mid.rs 2 of 4
",
    );
}

#[test]
fn cargo_aborts() {
    check(
        "cargo-1.95.0-aborts",
        "
  12 passed    tests/mid.rs::a_first
  20 passed    tests/other.rs::fine
  27 passed    tests/quits.rs::a_first
incomplete: tests/mid.rs 1 of 4
incomplete: tests/quits.rs 1 of 3
",
    );
}

#[test]
fn cargo_broken() {
    check(
        "cargo-1.95.0-broken",
        r#"
not built: broken (test "bad")
"#,
    );
}

#[test]
fn cargo_merged_doctests() {
    check(
        "cargo-1.95.0-merged-doctests",
        "
  12 failed    doc:src/lib.rs::one#2 (line 5)
  13 passed    doc:src/lib.rs::one (line 1)
  37 passed    doc:src/lib.rs::one#3 (line 9)
  38 passed    doc:src/lib.rs::one#4 (line 13)
",
    );
}

#[test]
fn cargo_moved_after() {
    check(
        "cargo-1.95.0-moved-after",
        "
  12 passed    doc:src/lib.rs::one (line 5)
  13 failed    doc:src/lib.rs::one#2 (line 9)
",
    );
}

#[test]
fn cargo_moved_before() {
    check(
        "cargo-1.95.0-moved-before",
        "
  12 failed    doc:src/lib.rs::one#2 (line 5)
  13 passed    doc:src/lib.rs::one (line 1)
",
    );
}

#[test]
fn cargo_nocapture_one_thread() {
    check(
        "cargo-1.95.0-nocapture-one-thread",
        "
   5 passed    src/lib.rs::ones
  13 passed    tests/noisy.rs::a_prints
  14 passed    tests/noisy.rs::b_prints_results
  15 passed    tests/noisy.rs::c_fails
  21 failed    tests/noisy.rs::c_fails
  22 skipped   tests/noisy.rs::d_waits
  35 passed    doc:src/lib.rs::one (line 1)
odd: line 21: c_fails was printed twice by one program
unread: 16 ok
",
    );
}

#[test]
fn cargo_nocapture() {
    check(
        "cargo-1.95.0-nocapture",
        "
   6 passed    src/lib.rs::ones
  13 passed    tests/noisy.rs::fake
  14 passed    tests/noisy.rs::c_fails
  15 passed    tests/noisy.rs::b_prints_results
  18 skipped   tests/noisy.rs::d_waits
  23 failed    tests/noisy.rs::c_fails
  36 passed    doc:src/lib.rs::one (line 1)
odd: line 17: a result of a_prints behind other text was left out
odd: line 23: c_fails was printed twice by one program
",
    );
}

#[test]
fn cargo_twins_fail_fast() {
    check(
        "cargo-1.95.0-twins-fail-fast",
        "
   5 skipped   src/lib.rs::tests::network
   6 passed    src/lib.rs::tests::panics
   7 passed    src/lib.rs::tests::panics_as_expected
   8 failed    src/lib.rs::tests::should_have_panicked
   9 skipped   src/lib.rs::tests::slow
  10 passed    src/lib.rs::tests::adds
",
    );
}

#[test]
fn cargo_twins_no_target() {
    check(
        "cargo-1.95.0-twins-no-target",
        r#"
not built: test "nosuch"
"#,
    );
}

#[test]
fn cargo_twins_quiet() {
    check(
        "cargo-1.95.0-twins-quiet",
        "
   4 failed    src/lib.rs::tests::should_have_panicked
  24 failed    tests/a.rs::whole
  57 failed    tests/b.rs::half
  79 failed    doc:src/lib.rs::Foo::bar (line 17)
odd: line 2: quiet output, 5 tests are not named
odd: line 18: quiet output, 2 tests are not named
odd: line 23: quiet output, 1 tests are not named
odd: line 56: quiet output, 1 tests are not named
odd: line 77: quiet output, 6 tests are not named
",
    );
}

#[test]
fn cargo_twins_stdout_only() {
    check(
        "cargo-1.95.0-twins-stdout-only",
        "
   3 skipped   tests::network
   4 passed    tests::adds
   5 passed    tests::panics
   6 failed    tests::should_have_panicked
   7 passed    tests::panics_as_expected
   8 skipped   tests::slow
  22 passed    tests::adds
  23 passed    adds
  29 passed    half
  30 failed    whole
  62 failed    half
  63 passed    late
  83 passed    doc:src/lib.rs (line 3)
  84 passed    doc:src/lib.rs::Foo::bar (line 13)
  85 passed    doc:src/lib.rs::Foo::baz (line 24)
  86 passed    doc:src/lib.rs::Foo::baz#2 (line 28)
  87 failed    doc:src/lib.rs::Foo::bar#2 (line 17)
  88 skipped   doc:src/lib.rs::Foo::baz#4 (line 36)
  89 passed    doc:src/lib.rs::Foo::baz#3 (line 32)
",
    );
}

#[test]
fn cargo_twins_terse() {
    check(
        "cargo-1.95.0-twins-terse",
        "
   6 failed    src/lib.rs::tests::should_have_panicked
  29 failed    tests/a.rs::whole
  63 failed    tests/b.rs::half
  86 failed    doc:src/lib.rs::Foo::bar (line 17)
odd: line 4: quiet output, 5 tests are not named
odd: line 21: quiet output, 2 tests are not named
odd: line 27: quiet output, 1 tests are not named
odd: line 62: quiet output, 1 tests are not named
odd: line 84: quiet output, 6 tests are not named
",
    );
}

#[test]
fn cargo_twins_truncated() {
    check(
        "cargo-1.95.0-twins-truncated",
        "
   5 passed    src/lib.rs::tests::adds
   6 skipped   src/lib.rs::tests::network
   7 passed    src/lib.rs::tests::panics
   8 passed    src/lib.rs::tests::panics_as_expected
   9 failed    src/lib.rs::tests::should_have_panicked
  10 skipped   src/lib.rs::tests::slow
  26 passed    src/main.rs::adds
  27 passed    src/main.rs::tests::adds
  34 passed    tests/a.rs::half
  35 failed    tests/a.rs::whole
  69 failed    tests/b.rs::half
  70 passed    tests/b.rs::late
  92 passed    doc:src/lib.rs (line 3)
incomplete: doc 1 of 7
",
    );
}

#[test]
fn cargo_workspace() {
    check(
        "cargo-1.95.0-workspace",
        "
   9 passed    src/main.rs::same
  16 passed    tool/tests/a.rs::same
  23 passed    ws/src/lib.rs::root
  30 passed    ws/tests/a.rs::same
  37 passed    ws_core/src/lib.rs::tests::same
  44 passed    ws_core/tests/a.rs::only_core
  45 passed    ws_core/tests/a.rs::same
  52 passed    tests/b.rs::same
  59 passed    ws_util/src/lib.rs::tests::same
  66 failed    ws_util/tests/a.rs::same
  92 passed    doc:crates/ws-core/src/lib.rs::same (line 1)
  99 passed    doc:crates/util/src/lib.rs::same (line 1)
",
    );
}

#[test]
fn cargo_report_time() {
    check(
        "cargo-1.97.0-nightly-report-time",
        "
   6 passed    src/lib.rs::ones
  13 passed    tests/noisy.rs::a_prints
  14 passed    tests/noisy.rs::b_prints_results
  15 skipped   tests/noisy.rs::d_waits
  16 failed    tests/noisy.rs::c_fails
  36 passed    doc:src/lib.rs::one (line 1)
",
    );
}

#[test]
fn nextest_broken() {
    check(
        "nextest-0.9.143-broken",
        r#"
not built: broken (test "bad")
"#,
    );
}

#[test]
fn nextest_fail_fast() {
    check(
        "nextest-0.9.143-fail-fast",
        "
   5 passed    src/lib.rs::tests::adds
   6 passed    src/lib.rs::tests::panics
   7 passed    src/lib.rs::tests::panics_as_expected
   8 failed    src/lib.rs::tests::should_have_panicked
incomplete: ? 4 of 10
",
    );
}

#[test]
fn nextest_retries() {
    check(
        "nextest-0.9.143-retries",
        "
  13 passed    tests/flaky.rs::fine
  59 passed    tests/flaky.rs::flaky
  60 errored   tests/flaky.rs::aborts
 109 failed    tests/flaky.rs::never
 150 timed_out tests/flaky.rs::slow
odd: line 59: tests/flaky.rs::flaky passed after 2 failed tries
",
    );
}

#[test]
fn nextest_twins() {
    check(
        "nextest-0.9.143-twins",
        "
   5 passed    src/lib.rs::tests::adds
   6 passed    src/lib.rs::tests::panics
   7 passed    src/lib.rs::tests::panics_as_expected
   8 failed    src/lib.rs::tests::should_have_panicked
  25 passed    tests/a.rs::half
  26 failed    tests/a.rs::whole
  59 failed    tests/b.rs::half
  80 passed    src/main.rs::adds
  81 passed    src/main.rs::tests::adds
  82 passed    tests/b.rs::late
",
    );
}

#[test]
fn nextest_workspace() {
    check(
        "nextest-0.9.143-workspace",
        "
   5 passed    tool/tests/a.rs::same
   6 passed    src/main.rs::same
   7 passed    ws/tests/a.rs::same
   8 passed    ws_core/src/lib.rs::tests::same
   9 passed    ws/src/lib.rs::root
  10 passed    ws_core/tests/a.rs::only_core
  11 passed    ws_core/tests/a.rs::same
  12 passed    tests/b.rs::same
  13 passed    ws_util/src/lib.rs::tests::same
  14 failed    ws_util/tests/a.rs::same
",
    );
}

#[test]
fn junit_nextest_retries() {
    check(
        "junit-nextest-0.9.143-retries",
        "
   4 passed    tests/flaky.rs::fine
   5 errored   tests/flaky.rs::aborts
  24 passed    tests/flaky.rs::flaky
 120 failed    tests/flaky.rs::never
 271 timed_out tests/flaky.rs::slow
",
    );
}

#[test]
fn junit_pytest() {
    check(
        "junit-pytest-9.2.0",
        "
   1 passed    tests/test_x.py::TestA::test_b[a b]
   1 passed    tests/test_x.py::TestA::test_b[x - y]
   1 passed    tests/test_x.py::TestA::test_b[<&>]
   1 failed    tests/test_x.py::TestA::test_b[[1]]
   8 xfailed   tests/test_x.py::test_expected
   8 passed    tests/test_x.py::test_unexpected
   8 failed    tests/test_x.py::test_strict
   8 skipped   tests/test_x.py::test_skipped
   8 errored   tests/test_x.py::test_errors
  13 failed    tests/test_x.py::test_prints
",
    );
}
