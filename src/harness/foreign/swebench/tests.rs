//! Cases for the package's rules: its mistakes are the point.

use proptest::prelude::*;

use super::*;

fn spec(parser: &str, fail_to_pass: &[&str], pass_to_pass: &[&str]) -> Spec {
    let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Spec { fail_to_pass: own(fail_to_pass), pass_to_pass: own(pass_to_pass), ..Spec::new(parser) }
}

/// `name status line`, in the order of names.
fn seen(parser: &str, log: &str) -> Vec<String> {
    let graded = grade(log.as_bytes(), &Spec::new(parser)).unwrap();
    graded.statuses.iter().map(|(name, seen)| format!("{name} {} {}", seen.word.text(), seen.line)).collect()
}

#[test]
fn parsers_drop_confuse_and_cut_names_as_the_package_does() {
    let cases: &[(&str, &str, &[&str])] = &[
        ("parse_log_cargo", "test g - should panic ... ok\ntest src/lib.rs - foo (line 3) ... ok\n", &[]),
        ("parse_log_cargo", "test e ... ignored\ntest i ... ok <0.01s>\ntest f ...   ok\n", &["f PASSED 3"]),
        ("parse_log_cargo", "test t ... ok\ntest t ... FAILED", &["t FAILED 2"]),
        ("parse_log_gotest", "    --- PASS: A/b (0.00s)\nFAIL pkg [build failed]\n", &["A/b PASSED 1"]),
        ("parse_log_gotest", "--- SKIP: A (x) (0.00s)", &["A (x) SKIPPED 1"]),
        ("parse_log_jest", "  ✓ one (3 ms)\n  ○ two\n✕ one (2s)", &["one FAILED 3", "two SKIPPED 2"]),
        ("parse_log_vitest", " ✓ a > b 3ms\n × c 12", &["a > b PASSED 1", "c FAILED 2"]),
        ("parse_log_tap", "ok 3 c # SKIP x\nnot ok 4 - d", &["- d FAILED 2", "c # SKIP x PASSED 1"]),
        (
            "parse_log_pytest",
            "PASSED t.py::p[a b]\nXPASS t.py::e\nERROR: x y",
            &["t.py::p[a PASSED 1", "x ERROR: 3"],
        ),
        ("parse_log_pytest", "SKIPPED [2] t.py:3: why\nFAILED t.py::b - boom", &["t.py::b FAILED 2"]),
        (
            "parse_log_pytest_v2",
            "PASSED t.py::p[a b]\nt.py::s PASSED",
            &["t.py::p[a b] PASSED 1", "t.py::s PASSED 2"],
        ),
        ("parse_log_pytest_options", "PASSED t.py::q[/x/y]", &["t.py::q[/y] PASSED 1"]),
        ("parse_log_django", "a (x) ... noise\nok\nFAIL: b (x)", &["a (x) PASSED 2", "b FAILED 3"]),
        ("parse_log_maven", "+ mvn -Dtest=A\n+ mvn -Dtest=B\n[INFO] BUILD FAILURE", &["A FAILED 3"]),
        ("parse_log_gradle_custom", "a > b\nnoise\nPASSED\n> c PASSED", &["a > b PASSED 3"]),
        ("parse_log_karma", "Starting browser\n  s\n    ✔ one\n", &["s > one PASSED 3"]),
        ("parse_log_p5js", "x\n1) s\n   t:\n<a>2) u: </a>{\n3) v: \n}", &["s:t FAILED 2"]),
        ("parse_log_phpunit", "Su (a\\B)\n ✔ one\n ↩ two", &["Su > one PASSED 2", "Su > two SKIPPED 3"]),
        ("parse_log_googletest", "x [ FAILED ] S.c (1 ms)", &["S.c FAILED 1"]),
    ];
    for (parser, log, expected) in cases {
        assert_eq!(seen(parser, log), *expected, "{parser} on {log}");
    }
}

#[test]
fn lists_are_judged_with_skips_and_cut_ids() {
    let pytest = "PASSED t.py::a[x1]\nXFAIL t.py::a[x2]\nSKIPPED t.py::s\nFAILED t.py::f\nPASSED t.py::m[1]\nFAILED t.py::m[2]\nERROR: odd";
    // fail-to-pass, pass-to-pass → verdict
    let cases: &[(&[&str], &[&str], Resolution)] = &[
        (&["t.py::a[x1]"], &["t.py::s"], Resolution::Full),
        (&["t.py::a[x"], &[], Resolution::Full),
        (&["t.py::m["], &[], Resolution::No),
        (&["t.py::s"], &[], Resolution::No),
        (&["t.py::a[x1]", "t.py::f"], &[], Resolution::Partial),
        (&["t.py::a[x1]", "t.py::f"], &["t.py::missing"], Resolution::No),
        (&[], &[], Resolution::Full),
        // A status that is no word of the rules counts neither way.
        (&["odd"], &[], Resolution::Full),
    ];
    for (fail_to_pass, pass_to_pass, resolution) in cases {
        let graded = grade(pytest.as_bytes(), &spec("parse_log_pytest", fail_to_pass, pass_to_pass)).unwrap();
        assert_eq!(graded.resolution, *resolution, "{fail_to_pass:?} {pass_to_pass:?}");
    }
    let graded = grade(pytest.as_bytes(), &spec("parse_log_pytest", &["t.py::a[x"], &[])).unwrap();
    let test = &graded.tests[0];
    assert_eq!((test.key.as_deref(), test.line, test.side), (Some("t.py::a[x1]"), Some(1), Side::Success));
}

#[test]
fn fail_only_takes_a_missing_test_for_a_success() {
    let spec =
        |names: &[&str]| Spec { eval_type: EvalType::FailOnly, ..spec("parse_log_marked", names, &[]) };
    let log = b"1) bad\n3 specs, 1 failure\n";
    assert_eq!(grade(log, &spec(&["never seen"])).unwrap().resolution, Resolution::Full);
    assert_eq!(grade(log, &spec(&["bad"])).unwrap().resolution, Resolution::No);
    assert_eq!(grade(b"no sign of a run", &spec(&["x"])).unwrap().why_not, Some(WhyNot::NothingRan));
}

#[test]
fn logs_are_accepted_by_markers_results_and_exit_code() {
    let whole = |log: &str| {
        let spec = Spec { marked: true, ..spec("parse_log_cargo", &["a"], &[]) };
        grade(log.as_bytes(), &spec).unwrap()
    };
    let ran = format!("+ x\n{START_MARKER}\ntest a ... ok\n{END_MARKER}\n");
    assert!(whole(&ran).resolved());
    assert_eq!(whole(&ran).tests[0].line, Some(3));
    assert!(whole(&format!("{ran}>>>>> Test Exit Code: 0\n")).resolved());
    let forged = whole(&format!("{ran}>>>>> Test Exit Code: 101\n"));
    assert_eq!((forged.found, forged.why_not), (false, Some(WhyNot::ExitCode("101".to_owned()))));
    assert_eq!(whole("test a ... ok\n").why_not, Some(WhyNot::NoMarkers));
    let timed_out = whole(&format!("{ran}>>>>> Tests Timed Out\n"));
    assert!(matches!(timed_out.why_not, Some(WhyNot::BadMarker(_))));
    // Results outside the markers count where there are none inside.
    assert!(whole(&format!("test a ... ok\n{START_MARKER}\n{END_MARKER}\n")).resolved());
    let killed = whole(&format!("{START_MARKER}\nKilled\n{END_MARKER}\n"));
    assert_eq!(killed.infra, Some(Infra { reason: "out_of_memory".to_owned(), environment: true }));
    assert_eq!(
        grade(b"\xff", &Spec::new("parse_log_cargo")).unwrap().raised.unwrap().kind,
        "UnicodeDecodeError"
    );
}

#[test]
fn the_report_is_the_packages() {
    let graded = grade(b"test a ... ok\n", &spec("parse_log_cargo", &["a"], &["b"])).unwrap();
    insta::assert_snapshot!(graded.report().to_string(), @r#"{"patch_is_None":false,"patch_exists":true,"patch_successfully_applied":true,"resolved":false,"infra_failure":false,"tests_status":{"FAIL_TO_PASS":{"success":["a"],"failure":[]},"PASS_TO_PASS":{"success":[],"failure":["b"]},"FAIL_TO_FAIL":{"success":[],"failure":[]},"PASS_TO_FAIL":{"success":[],"failure":[]}}}"#);
}

#[test]
fn a_parser_that_is_not_known_is_an_error_that_names_the_known() {
    let error = grade(b"", &Spec::new("parse_log_none")).unwrap_err().to_string();
    assert!(
        error.starts_with("swebench has no log parser `parse_log_none`; it has parse_log_pytest, "),
        "{error}"
    );
    for format in crate::harness::READERS.iter().map(|reader| reader.format) {
        assert!(parsers().any(|name| name == parser_for(format)));
    }
}

/// Texts made of what parsers look for.
fn texts() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "test a ... ok",
        "\n",
        "\r",
        "  ",
        "--- PASS: x (0s)",
        "PASSED t[1",
        "FAILED",
        "✓ a",
        "✔",
        "1) x",
        ": ",
        "(3ms)",
        "<a>",
        "</a>",
        "{",
        "}",
        "[",
        "]",
        " ./node_modules/.bin/jest ",
        " xvfb-run ",
        "Starting browser Chrome\n",
        "running 3 test files",
        "<doctest>",
        "</doctest>",
        "<TestCase name='a'>",
        "<SubCase>",
        "-Dtest=a",
        "BUILD SUCCESS",
        "[smoke] /tmp/a/ ... 32mok",
        "FAIL: ",
        "ok",
        " ... ",
        "\u{1b}[31m",
        "é",
        "\u{2028}",
        "./node_modules/.bin/mocha tests/run.js --reporter json",
        "SUMMARY:",
        "PASS a",
        "FAIL b",
        "Running a\n",
        "Tests run: 1, Failures: 0",
        "> Task :x",
    ]);
    prop::collection::vec(pieces, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    // Every case goes through all parsers, twice.
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn no_text_makes_a_parser_panic(text in texts(), version in prop::sample::select(vec!["", "1.27", "9.5", "2", "3.1"])) {
        for parser in parsers() {
            let spec = Spec { version: version.to_owned(), instance_id: "i-2005".to_owned(), ..Spec::new(parser) };
            let bare = grade(text.as_bytes(), &spec).unwrap();
            let lines = text.matches('\n').count() + 1;
            prop_assert!(bare.statuses.values().all(|seen| (1..=lines).contains(&seen.line)));
            // Bare output is what stands between markers.
            let whole = format!("{START_MARKER}\n{text}\n{END_MARKER}\n");
            let marked = grade(whole.as_bytes(), &Spec { marked: true, ..spec }).unwrap();
            prop_assert_eq!(bare.resolution, marked.resolution);
            prop_assert_eq!(bare.report(), marked.report());
        }
    }
}
