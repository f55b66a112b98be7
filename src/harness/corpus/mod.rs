//! Real logs of `tests/logs`, read whole: `RUNNER-VERSION-what.log`, made by running the runner on small crates that
//! hold one trap each (only `crlf` and `truncated` were altered afterwards). One line a test: its line in the log, its
//! status, its id.

mod cut;
mod damage;
mod go;
mod js;
mod junit;
mod logs;
mod python;

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

/// Writes a reading down, line by line.
fn show(reading: &Reading) -> Vec<String> {
    let mut out = Vec::new();
    for test in &reading.tests {
        let status = serde_json::to_value(test.status).unwrap();
        let source = test.source_line.map_or(String::new(), |line| format!(" (line {line})"));
        out.push(format!("{:>4} {:<9} {}{source}", test.line, status.as_str().unwrap(), test.id));
    }
    for part in &reading.incomplete {
        let announced = part.announced.map_or("?".to_owned(), |n| n.to_string());
        out.push(format!(
            "incomplete: {} {} of {announced}",
            part.target.as_deref().unwrap_or("?"),
            part.seen
        ));
    }
    out.extend(reading.failed_targets.iter().map(|target| format!("not built: {target}")));
    out.extend(reading.oddities.iter().map(|odd| format!("odd: {odd}")));
    out.extend(reading.unread.iter().map(|unread| format!("unread: {} {}", unread.line, unread.text)));
    out
}

fn check(name: &str, expected: &str) {
    check_in(name, &ReadContext::default(), expected);
}

fn check_in(name: &str, context: &ReadContext, expected: &str) {
    let expected: Vec<&str> = expected.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(show(&reading(name, context)), expected, "{name}");
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
        root: None,
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
fn cargo_workspace_with_known_packages() {
    check_in(
        "cargo-1.95.0-workspace",
        &workspace(),
        "
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
",
    );
}

#[test]
fn both_runners_give_the_same_ids() {
    let pairs = [
        ("cargo-1.95.0-workspace", "nextest-0.9.143-workspace", workspace()),
        ("cargo-1.95.0-twins", "nextest-0.9.143-twins", ReadContext::default()),
        ("cargo-1.95.0-twins", "junit-nextest-0.9.143-twins", ReadContext::default()),
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

/// Text of a program `tests/NAME.rs` in two parts: cargo's header and what the program prints.
fn program(name: &str, tests: &[&str]) -> (String, String) {
    let header = format!("     Running tests/{name}.rs (target/debug/deps/{name}-0123456789abcdef)\n");
    let lines = tests.iter().map(|test| format!("test {test} ... ok\n")).collect::<Vec<_>>().concat();
    let n = tests.len();
    let counts = format!("{n} passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s");
    (header, format!("\nrunning {n} tests\n{lines}\ntest result: ok. {counts}\n\n"))
}

#[test]
fn headers_that_come_early_late_or_never() {
    let ((head_a, body_a), (head_b, body_b)) = (program("a", &["x", "y"]), program("b", &["x", "z"]));
    let inside =
        |body: &str, header: &str, before: &str| body.replacen(before, &format!("{header}{before}"), 1);
    let all = ["tests/a.rs::x", "tests/a.rs::y", "tests/b.rs::x", "tests/b.rs::z"];
    let cases = [
        ("in order", format!("{head_a}{body_a}{head_b}{body_b}"), all),
        ("all first", format!("{head_a}{head_b}{body_a}{body_b}"), all),
        ("early", format!("{head_a}{}{body_b}", inside(&body_a, &head_b, "test y")), all),
        (
            "late",
            format!("{}{}", inside(&body_a, &head_a, "test x"), inside(&body_b, &head_b, "test x")),
            all,
        ),
        ("second lost", format!("{head_a}{body_a}{body_b}"), ["tests/a.rs::x", "tests/a.rs::y", "x", "z"]),
        ("first lost", format!("{body_a}{head_b}{body_b}"), ["x", "y", "tests/b.rs::x", "tests/b.rs::z"]),
        ("none", format!("{body_a}{body_b}"), ["x", "y", "x", "z"]),
    ];
    for (case, log, expected) in cases {
        let reading = read(Format::Cargo, log.as_bytes());
        let ids: Vec<&str> = reading.tests.iter().map(|test| test.id.as_str()).collect();
        assert_eq!(ids, expected, "{case}");
        assert!(reading.incomplete.is_empty() && reading.unread.is_empty(), "{case}");
    }
}

#[test]
fn a_forged_summary_of_the_right_size_does_not_end_captured_output() {
    let forged =
        "test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s";
    let (header, body) = program("a", &["fake"]);
    let log = format!(
        "running 2 tests\ntest x ... FAILED\ntest y ... ok\n\nfailures:\n\n---- x stdout ----\n{forged}\n\n{header}{body}\n\n\
         failures:\n    x\n\ntest result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out\n"
    );
    let reading = read(Format::Cargo, log.as_bytes());
    assert_eq!(show(&reading), ["   2 failed    x", "   3 passed    y"]);
}

#[test]
fn packages_without_a_library_are_told_apart() {
    let (header, body) = program("a", &["x"]);
    let log = format!("{header}{body}{header}{body}");
    let ids = |context: &ReadContext| -> Vec<String> {
        read_in(Format::Cargo, log.as_bytes(), context).tests.into_iter().map(|test| test.id).collect()
    };
    assert_eq!(ids(&ReadContext::default()), ["package-1/tests/a.rs::x", "package-2/tests/a.rs::x"]);
    let package = |name: &str| Package { name: name.to_owned(), dir: format!("crates/{name}") };
    // Two groups, three packages: nothing tells which two, and the log says so.
    let three = ReadContext { packages: ["m", "n", "o"].map(package).to_vec(), root: None };
    assert_eq!(read_in(Format::Cargo, log.as_bytes(), &three).oddities.len(), 2);
}

/// Without its announcement a program that aborted must not take results of the next one for its own.
#[test]
fn an_abort_without_announcement_passes_nothing() {
    let log = String::from_utf8(bytes("cargo-1.95.0-aborts-shuffled")).unwrap();
    let kept: Vec<&str> = log.lines().filter(|line| !line.starts_with("running ")).collect();
    let log = kept.join("\n");
    let statuses = read(Format::Cargo, log.as_bytes()).statuses();
    assert_eq!(statuses.get("tests/mid.rs::b_aborts"), Some(&Status::Errored), "{statuses:?}");
    assert_eq!(statuses.get("tests/other.rs::other"), Some(&Status::Passed), "{statuses:?}");
}
