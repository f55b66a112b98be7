//! JUnit files of several writers, and libtest's JSON.

use super::*;

#[test]
fn junit_unittest() {
    let statuses = reading("junit-unittest-xml", &ReadContext::default());
    let mut text = reading("unittest-3.11-v", &ReadContext::default());
    assert_eq!(statuses.failed_targets.len(), 3);
    // The file does not tell an expected failure from a skip.
    for test in &mut text.tests {
        test.status = match test.status {
            Status::Xfailed => Status::Skipped,
            Status::Xpassed => Status::Errored,
            status => status,
        };
    }
    let late =
        |all: Statuses| all.into_iter().filter(|(id, _)| !id.contains("tearDownClass")).collect::<Statuses>();
    assert_eq!(late(statuses.statuses()), late(text.statuses()));
}

#[test]
fn junit_of_other_writers() {
    check(
        "junit-vitest-3.2.7",
        "
   4 passed    src/a.test.mjs > adds > two & <three>
   6 failed    src/a.test.mjs > adds > fails
  23 skipped   src/a.test.mjs > adds > later
  26 skipped   src/a.test.mjs > adds > sometime
  29 passed    src/a.test.mjs > adds > deep > er > x
",
    );
    check(
        "junit-mocha-junit-reporter-2",
        "
   6 passed    adds > two & <three>
   8 failed    adds > fails
  15 passed    adds > deep > er > x
odd: line 5: adds tells 3 tests, 2 are there
",
    );
    check(
        "junit-phpunit-9.6.7",
        "
   4 passed    App.Tests.ATest::testOk
   6 failed    App.Tests.ATest::testRow with data set \"first one\"
  17 passed    App.Tests.ATest::testRow with data set #0
  19 errored   App.Tests.ATest::testError
  25 skipped   App.Tests.ATest::testSkip
",
    );
    check(
        "junit-ctest-3.25.1",
        "
  11 passed    good
  14 failed    bad one
  19 skipped   off
  22 errored   gone
",
    );
}

#[test]
fn libtest_json() {
    check(
        "cargo-1.95.0-json",
        "
   6 passed    src/lib.rs::tests::adds
   8 passed    src/lib.rs::tests::panics
  10 skipped   src/lib.rs::tests::slow
  15 passed    tests/a.rs::half
  17 failed    tests/a.rs::whole
  23 failed    tests/b.rs::half
  25 passed    tests/b.rs::other
  31 passed    tests/c.rs::a_first
  32 errored   tests/c.rs::b_aborts
  40 passed    doc:src/lib.rs::one (line 1)
incomplete: tests/c.rs 1 of 3
",
    );
    let text = reading("nextest-0.9.143-libtest-json", &ReadContext::default());
    let events = reading("nextest-0.9.143-libtest-json-plus-stdout", &ReadContext::default());
    let fail = |status: &Status| if status.holds() { "passes" } else { "does not" };
    let plain = |reading: &Reading| -> Vec<(String, &'static str)> {
        reading.statuses().iter().map(|(id, status)| (id.clone(), fail(status))).collect()
    };
    assert_eq!(plain(&text), plain(&events));
    assert_eq!(events.tests.len(), 10);
    assert!(text.incomplete.is_empty() && events.incomplete.is_empty() && events.oddities.is_empty());
}

#[test]
fn every_log_is_known_for_what_it_is() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/logs");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        let Some(name) = name.strip_suffix(".log") else { continue };
        let found = detect(&bytes(name)).map(|(format, sure)| (format.name(), sure));
        assert!(
            found.is_some_and(|(format, _)| name.starts_with(&format!("{format}-"))),
            "{name}: {found:?}"
        );
        count += 1;
    }
    assert!(count > 60, "{count}");
}

#[test]
fn several_files_and_other_text_in_one_log() {
    let file = "<?xml version=\"1.0\"?>\n<testsuite name=\"x\" tests=\"1\"><testcase classname=\"com.x.T\" name=\"NAME\"/></testsuite>\n";
    let log =
        format!("$ cat reports\n{}done: a < b\n{}", file.replace("NAME", "m"), file.replace("NAME", "n"));
    assert_eq!(detect(log.as_bytes()).map(|(format, _)| format), Some(Format::Junit));
    let reading = read(Format::Junit, log.as_bytes());
    assert_eq!(show(&reading), ["   3 passed    com.x.T::m", "   6 passed    com.x.T::n"]);
}
