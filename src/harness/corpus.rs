//! Real logs of `tests/logs`, read whole: `RUNNER-VERSION-what.log`, made by running the runner on small crates that
//! hold one trap each (only `crlf` and `truncated` were altered afterwards). One line a test: its line in the log, its
//! status, its id.

use super::*;

/// A log of the folder.
fn bytes(name: &str) -> Vec<u8> {
    let path =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/logs").join(format!("{name}.log"));
    std::fs::read(path).unwrap()
}

/// Reads a log of the folder in the format that is found in it.
fn reading(name: &str, context: &ReadContext) -> Reading {
    let log = bytes(name);
    let (format, _) = detect(&log).unwrap();
    assert!(name.starts_with(format.name()), "{name} was taken for {}", format.name());
    read_in(format, &log, context)
}

/// Writes a reading down.
fn show(reading: &Reading) -> String {
    let mut out = String::new();
    for test in &reading.tests {
        let status = serde_json::to_value(test.status).unwrap();
        out += &format!("{:>4} {:<9} {}", test.line, status.as_str().unwrap(), test.id);
        out += &test.source_line.map_or(String::new(), |line| format!(" (line {line})"));
        out += "\n";
    }
    for part in &reading.incomplete {
        let announced = part.announced.map_or("?".to_owned(), |n| n.to_string());
        out +=
            &format!("incomplete: {} {} of {announced}\n", part.target.as_deref().unwrap_or("?"), part.seen);
    }
    for target in &reading.failed_targets {
        out += &format!("not built: {target}\n");
    }
    for odd in &reading.oddities {
        out += &format!("odd: {odd}\n");
    }
    for unread in &reading.unread {
        out += &format!("unread: {} {}\n", unread.line, unread.text);
    }
    out
}

fn check(name: &str, expected: &str) {
    check_in(name, &ReadContext::default(), expected);
}

fn check_in(name: &str, context: &ReadContext, expected: &str) {
    let lines = |text: &str| {
        text.lines().map(str::trim_end).filter(|l| !l.is_empty()).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(lines(&show(&reading(name, context))), lines(expected), "{name}");
}

/// Two packages and a root: `tests/a.rs` in each of four.
fn workspace() -> ReadContext {
    let package = |name: &str, dir: &str| Package { name: name.to_owned(), dir: dir.to_owned() };
    ReadContext {
        packages: vec![
            package("ws", ""),
            package("ws-core", "crates/ws-core"),
            package("ws-util", "crates/util"),
            package("tool", "crates/tool"),
        ],
    }
}

/// What the crate `twins` holds: one name in two test targets, a forged summary and forged results in the output of a
/// failing test, every mark that libtest and rustdoc put behind a name.
const TWINS: &[(&str, Status)] = &[
    ("doc:src/lib.rs", Status::Passed),
    ("doc:src/lib.rs::Foo::bar", Status::Passed),
    ("doc:src/lib.rs::Foo::bar#2", Status::Failed),
    ("doc:src/lib.rs::Foo::baz", Status::Passed),
    ("doc:src/lib.rs::Foo::baz#2", Status::Passed),
    ("doc:src/lib.rs::Foo::baz#3", Status::Passed),
    ("doc:src/lib.rs::Foo::baz#4", Status::Skipped),
    ("src/lib.rs::tests::adds", Status::Passed),
    ("src/lib.rs::tests::network", Status::Skipped),
    ("src/lib.rs::tests::panics", Status::Passed),
    ("src/lib.rs::tests::panics_as_expected", Status::Passed),
    ("src/lib.rs::tests::should_have_panicked", Status::Failed),
    ("src/lib.rs::tests::slow", Status::Skipped),
    ("src/main.rs::adds", Status::Passed),
    ("src/main.rs::tests::adds", Status::Passed),
    ("tests/a.rs::half", Status::Passed),
    ("tests/a.rs::whole", Status::Failed),
    ("tests/b.rs::half", Status::Failed),
    ("tests/b.rs::late", Status::Passed),
];

#[test]
fn one_crate_in_all_forms() {
    for form in ["", "-one-thread", "-color", "-crlf", "-verbose", "-show-output", "-stderr-first"] {
        let reading = reading(&format!("cargo-1.95.0-twins{form}"), &ReadContext::default());
        let statuses = reading.statuses();
        let read: Vec<(&str, Status)> = statuses.iter().map(|(id, status)| (id.as_str(), *status)).collect();
        assert_eq!(read, TWINS, "{form}");
        assert_eq!(
            (reading.tests.len(), reading.oddities, reading.unread),
            (TWINS.len(), vec![], vec![]),
            "{form}"
        );
        assert!(reading.incomplete.is_empty() && !reading.build_failed, "{form}");
    }
}

#[test]
fn cargo_aborts_one_thread() {
    check(
        "cargo-1.95.0-aborts-one-thread",
        r#"
  11 passed    tests/mid.rs::a_first
  12 errored   tests/mid.rs::b_aborts
  19 passed    tests/other.rs::fine
  26 passed    tests/quits.rs::a_first
  27 errored   tests/quits.rs::b_exits
incomplete: tests/mid.rs 1 of 4
incomplete: tests/quits.rs 1 of 3
"#,
    );
}

#[test]
fn cargo_aborts() {
    check(
        "cargo-1.95.0-aborts",
        r#"
  12 passed    tests/mid.rs::a_first
  20 passed    tests/other.rs::fine
  27 passed    tests/quits.rs::a_first
incomplete: tests/mid.rs 1 of 4
incomplete: tests/quits.rs 1 of 3
"#,
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
        r#"
  12 failed    doc:src/lib.rs::one#2 (line 5)
  13 passed    doc:src/lib.rs::one (line 1)
  37 passed    doc:src/lib.rs::one#3 (line 9)
  38 passed    doc:src/lib.rs::one#4 (line 13)
"#,
    );
}

#[test]
fn cargo_moved_after() {
    check(
        "cargo-1.95.0-moved-after",
        r#"
  12 passed    doc:src/lib.rs::one (line 5)
  13 failed    doc:src/lib.rs::one#2 (line 9)
"#,
    );
}

#[test]
fn cargo_moved_before() {
    check(
        "cargo-1.95.0-moved-before",
        r#"
  12 failed    doc:src/lib.rs::one#2 (line 5)
  13 passed    doc:src/lib.rs::one (line 1)
"#,
    );
}

#[test]
fn cargo_nocapture_one_thread() {
    check(
        "cargo-1.95.0-nocapture-one-thread",
        r#"
   5 passed    src/lib.rs::ones
  13 passed    tests/noisy.rs::a_prints
  14 passed    tests/noisy.rs::b_prints_results
  15 passed    tests/noisy.rs::c_fails
  21 failed    tests/noisy.rs::c_fails
  22 skipped   tests/noisy.rs::d_waits
  35 passed    doc:src/lib.rs::one (line 1)
odd: line 21: c_fails was printed twice by one program
unread: 16 ok
"#,
    );
}

#[test]
fn cargo_nocapture() {
    check(
        "cargo-1.95.0-nocapture",
        r#"
   6 passed    src/lib.rs::ones
  13 passed    tests/noisy.rs::fake
  14 passed    tests/noisy.rs::c_fails
  15 passed    tests/noisy.rs::b_prints_results
  18 skipped   tests/noisy.rs::d_waits
  23 failed    tests/noisy.rs::c_fails
  36 passed    doc:src/lib.rs::one (line 1)
odd: line 17: a result of a_prints behind other text was left out
odd: line 23: c_fails was printed twice by one program
"#,
    );
}

#[test]
fn cargo_twins_fail_fast() {
    check(
        "cargo-1.95.0-twins-fail-fast",
        r#"
   5 skipped   src/lib.rs::tests::network
   6 passed    src/lib.rs::tests::panics
   7 passed    src/lib.rs::tests::panics_as_expected
   8 failed    src/lib.rs::tests::should_have_panicked
   9 skipped   src/lib.rs::tests::slow
  10 passed    src/lib.rs::tests::adds
"#,
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
        r#"
   4 failed    src/lib.rs::tests::should_have_panicked
  24 failed    tests/a.rs::whole
  57 failed    tests/b.rs::half
  79 failed    doc:src/lib.rs::Foo::bar (line 17)
odd: line 2: quiet output, 5 tests are not named
odd: line 18: quiet output, 2 tests are not named
odd: line 23: quiet output, 1 tests are not named
odd: line 56: quiet output, 1 tests are not named
odd: line 77: quiet output, 6 tests are not named
"#,
    );
}

#[test]
fn cargo_twins_stdout_only() {
    check(
        "cargo-1.95.0-twins-stdout-only",
        r#"
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
"#,
    );
}

#[test]
fn cargo_twins_terse() {
    check(
        "cargo-1.95.0-twins-terse",
        r#"
   6 failed    src/lib.rs::tests::should_have_panicked
  29 failed    tests/a.rs::whole
  63 failed    tests/b.rs::half
  86 failed    doc:src/lib.rs::Foo::bar (line 17)
odd: line 4: quiet output, 5 tests are not named
odd: line 21: quiet output, 2 tests are not named
odd: line 27: quiet output, 1 tests are not named
odd: line 62: quiet output, 1 tests are not named
odd: line 84: quiet output, 6 tests are not named
"#,
    );
}

#[test]
fn cargo_twins_truncated() {
    check(
        "cargo-1.95.0-twins-truncated",
        r#"
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
"#,
    );
}

#[test]
fn cargo_workspace() {
    check(
        "cargo-1.95.0-workspace",
        r#"
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
"#,
    );
}

#[test]
fn cargo_report_time() {
    check(
        "cargo-1.97.0-nightly-report-time",
        r#"
   6 passed    src/lib.rs::ones
  13 passed    tests/noisy.rs::a_prints
  14 passed    tests/noisy.rs::b_prints_results
  15 skipped   tests/noisy.rs::d_waits
  16 failed    tests/noisy.rs::c_fails
  36 passed    doc:src/lib.rs::one (line 1)
"#,
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
        r#"
   5 passed    src/lib.rs::tests::adds
   6 passed    src/lib.rs::tests::panics
   7 passed    src/lib.rs::tests::panics_as_expected
   8 failed    src/lib.rs::tests::should_have_panicked
incomplete: ? 4 of 10
"#,
    );
}

#[test]
fn nextest_retries() {
    check(
        "nextest-0.9.143-retries",
        r#"
  13 passed    tests/flaky.rs::fine
  59 passed    tests/flaky.rs::flaky
  60 errored   tests/flaky.rs::aborts
 109 failed    tests/flaky.rs::never
 150 timed_out tests/flaky.rs::slow
odd: line 59: tests/flaky.rs::flaky passed after 2 failed tries
"#,
    );
}

#[test]
fn nextest_twins() {
    check(
        "nextest-0.9.143-twins",
        r#"
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
"#,
    );
}

#[test]
fn nextest_workspace() {
    check(
        "nextest-0.9.143-workspace",
        r#"
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
"#,
    );
}

#[test]
fn cargo_workspace_with_known_packages() {
    check_in(
        "cargo-1.95.0-workspace",
        &workspace(),
        r#"
   9 passed    crates/tool/src/main.rs::same
  16 passed    crates/tool/tests/a.rs::same
  23 passed    src/lib.rs::root
  30 passed    tests/a.rs::same
  37 passed    crates/ws-core/src/lib.rs::tests::same
  44 passed    crates/ws-core/tests/a.rs::only_core
  45 passed    crates/ws-core/tests/a.rs::same
  52 passed    crates/ws-core/tests/b.rs::same
  59 passed    crates/util/src/lib.rs::tests::same
  66 failed    crates/util/tests/a.rs::same
  92 passed    doc:crates/ws-core/src/lib.rs::same (line 1)
  99 passed    doc:crates/util/src/lib.rs::same (line 1)
"#,
    );
}

#[test]
fn both_runners_give_the_same_ids() {
    let pairs = [
        ("cargo-1.95.0-workspace", "nextest-0.9.143-workspace", workspace()),
        ("cargo-1.95.0-twins", "nextest-0.9.143-twins", ReadContext::default()),
    ];
    for (cargo, nextest, context) in pairs {
        let mut cargo = reading(cargo, &context).statuses();
        // Nextest runs no doctests and does not name what is ignored.
        cargo.retain(|id, status| !id.starts_with("doc:") && *status != Status::Skipped);
        assert_eq!(cargo, reading(nextest, &context).statuses());
    }
}

#[test]
fn a_doctest_keeps_its_id_when_lines_above_move() {
    let ids = |name| reading(name, &ReadContext::default()).statuses();
    assert_eq!(ids("cargo-1.95.0-moved-before"), ids("cargo-1.95.0-moved-after"));
    let after = reading("cargo-1.95.0-moved-after", &ReadContext::default());
    let lists = Lists {
        fail_to_pass: vec!["src/lib.rs - one (line 1)".into()],
        pass_to_pass: vec!["src/lib.rs - one (line 5)".into()],
    };
    let verdict = judge(&lists, None, &Observed::from(&after)).unwrap();
    assert_eq!(verdict.fail_to_pass.passed[0].ids, ["doc:src/lib.rs::one"]);
    assert_eq!(verdict.pass_to_pass.failed[0].ids, ["doc:src/lib.rs::one#2"]);
}

#[test]
fn a_crash_leaves_tests_unreached_and_running_them_alone_settles_it() {
    let crashed = reading("cargo-1.95.0-aborts-one-thread", &ReadContext::default());
    let listed =
        ["tests/mid.rs::b_aborts", "tests/mid.rs::d_never", "tests/other.rs::gone", "c_never", "fine"];
    let lists = Lists { fail_to_pass: vec![], pass_to_pass: listed.map(str::to_owned).to_vec() };
    let mut after = Observed::from(&crashed);
    let verdict = judge(&lists, None, &after).unwrap();
    assert_eq!(verdict.unreached, ["c_never", "tests/mid.rs::d_never"]);
    assert_eq!(verdict.missing, ["tests/other.rs::gone"]);
    assert_eq!(verdict.pass_to_pass.counts(), [1, 5]);
    let alone = b"     Running tests/mid.rs (target/debug/deps/mid-b0abf1e2602d92e6)\n\nrunning 1 test\ntest d_never ... ok\n";
    after.merge(&read(Format::Cargo, alone));
    let verdict = judge(&lists, None, &after).unwrap();
    assert_eq!(verdict.pass_to_pass.counts(), [2, 5]);
    assert_eq!(verdict.pass_to_pass.passed[0].run, 1);
}

/// Logs as they get when cut, doubled, shuffled or overwritten.
fn damaged() -> impl proptest::strategy::Strategy<Value = Vec<u8>> {
    use proptest::prelude::*;
    let names = [
        "cargo-1.95.0-twins",
        "cargo-1.95.0-nocapture-one-thread",
        "cargo-1.95.0-workspace",
        "cargo-1.95.0-aborts",
        "cargo-1.95.0-twins-quiet",
        "nextest-0.9.143-retries",
        "nextest-0.9.143-twins",
        "cargo-1.95.0-broken",
    ];
    let edit = (0..5_usize, any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<u8>());
    (prop::sample::select(names.to_vec()), prop::collection::vec(edit, 0..12)).prop_map(|(name, edits)| {
        let mut log = bytes(name);
        for (kind, a, b, byte) in edits {
            if log.is_empty() {
                break;
            }
            let (a, b) = (a.index(log.len()), b.index(log.len()));
            let (low, high) = (a.min(b), a.max(b));
            match kind {
                0 => log.truncate(high),
                1 => log[a] = byte,
                2 => drop(log.drain(low..high.min(low + 400))),
                3 => {
                    let piece = log[low..high.min(low + 900)].to_vec();
                    log.splice(a..a, piece);
                }
                _ => log.swap(a, b),
            }
        }
        log
    })
}

proptest::proptest! {
    #[test]
    fn readers_never_panic_and_point_into_the_log(log in damaged()) {
        let lines = log.split(|&b| b == b'\n').count();
        detect(&log);
        for reader in READERS {
            for context in [ReadContext::default(), workspace()] {
                let reading = read_in(reader.format, &log, &context);
                for test in &reading.tests {
                    assert!(test.line >= 1 && test.line <= lines && !test.id.is_empty());
                    // Whatever was read can be listed again and is found.
                    assert!(find(&test.id, &reading.statuses()).contains(&test.id.as_str()), "{}", test.id);
                    alone_command(reader.format, "cargo test", &test.id, &context);
                }
            }
        }
    }

    #[test]
    fn readers_take_any_bytes(log in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..400)) {
        for reader in READERS {
            read(reader.format, &log);
        }
    }

    /// A log that is cut off never gains a pass.
    #[test]
    fn cutting_a_log_gains_nothing(at in 0..6000_usize) {
        for name in ["cargo-1.95.0-twins-one-thread", "cargo-1.95.0-workspace"] {
            let log = bytes(name);
            let whole = read(Format::Cargo, &log).statuses();
            let cut = read(Format::Cargo, &log[..at.min(log.len())]);
            for test in cut.tests.iter().filter(|test| test.status.holds() && !test.id.starts_with("doc:")) {
                // Which packages share a path is known only from a whole log.
                let ids: Vec<_> = whole.iter().filter(|(id, _)| id.ends_with(&test.id)).collect();
                assert!(ids.iter().any(|(_, status)| status.holds()), "{}", test.id);
            }
        }
    }
}
