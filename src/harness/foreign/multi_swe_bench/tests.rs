//! Cases for the package's rules.

use proptest::prelude::*;

use super::*;

fn names(all: &[&str]) -> Vec<String> {
    all.iter().map(|name| (*name).to_owned()).collect()
}

/// `outcome name line` of a log that is run as fix, in the order of names; or the exception.
fn seen(repository: &str, number: u64, log: &str) -> String {
    let spec = Spec { repository: repository.to_owned(), number, ..Spec::default() };
    let graded = grade_fix(log.as_bytes(), &spec).unwrap();
    if let Some(raised) = graded.raised {
        return raised.kind;
    }
    let one = |(name, test): (&String, &Test)| format!("{:?} {name} {}", test.fix, test.lines[2].unwrap());
    graded.tests.iter().map(one).collect::<Vec<_>>().join(", ")
}

#[test]
fn families_read_as_the_packages_classes_do() {
    let cases = [
        (
            "clap-rs/clap",
            "test a ... ok <0.1s>\ntest b ... ignored, why\ntest c d ... ok",
            "Pass a 1, Skip b 2",
        ),
        ("clap-rs/clap", "test a ... ok\ntest a ... FAILED", "ValueError"),
        ("cli/cli", "--- PASS: A (0s)\n--- FAIL: A (0s)\n--- SKIP: B (0s)\nFAIL p [x]", "Fail A 2, Fail p 4"),
        ("gin-gonic/gin", "--- PASS: A/b (0s)\n--- PASS: A (0s)", "Pass A 2"),
        ("mockito/mockito", "> Task :x\na > b PASSED\na > b FAILED", "Fail a > b 3, Pass x 1"),
        (
            "apache/dubbo",
            "Tests run: 2, Failures: 0, Errors: 0, Skipped: 2, Time elapsed: 0.1 s - in A",
            "Skip A 1",
        ),
        (
            "fmtlib/fmt",
            "1/2 Test #1: a ...   Passed 0.1 sec\n2/2 Test #2: b ...***Failed 0.1 sec",
            "Pass a 1",
        ),
        ("libgit2/libgit2", "2/2 Test #2: b ...***Failed 0.1 sec", "Fail b 1"),
        (
            "iamkun/dayjs",
            "PASS f.js (1 s)\n  ✓ one (3 ms)\n✕ two",
            "Pass f.js 1, Pass f.js:one 2, Fail f.js:two 3",
        ),
        ("iamkun/dayjs", "✓ one", "ValueError"),
        ("fastify/fastify", "ok", "ValueError"),
        ("PrismJS/prism", "✔ one\n", "Pass ToTal_Test 1, Pass one 1"),
        ("PrismJS/prism", "1) ast-utils\n", "RuntimeError"),
        ("pmd/pmd", "anything", ""),
        ("pytest-dev/pytest", "PASSED t::a\nFAIL t::a\nXFAIL t::b", "Pass t::b 3"),
        (
            "google/gson",
            "12345678Running a.B  \nnoise\nTests run: 1, Failures: 1, Errors: 0, Skipped: 0, Time elapsed: 0.2 sec",
            "Fail a.B 3",
        ),
        ("checkstyle/checkstyle", "[INFO] Running A\n[ERROR] Tests run\n", "Fail A 2"),
    ];
    for (repository, log, expected) in cases {
        assert_eq!(seen(repository, 1, log), expected, "{repository} on {log}");
    }
    assert_eq!(seen("facebook/zstd", 1300, "PASS: all POOL tests"), "Pass all tests 1");
    assert_eq!(seen("mruby/mruby", 100, "Total: 3\n  OK: 3"), "Pass all tests 2");
}

#[test]
fn four_checks_in_order() {
    let graded = |run: &str, test: &str, fix: &str| {
        let spec = Spec { repository: "cargo".to_owned(), ..Spec::default() };
        let logs = [run, test, fix].map(|log| Outcomes::Log(log.as_bytes()));
        let graded = grade(logs, &spec).unwrap();
        assert_eq!(graded.resolved(), graded.why_not.is_none());
        graded.why_not
    };
    let (pass, fail, skip) = ("test a ... ok\n", "test a ... FAILED\n", "test a ... ignored\n");
    let other = "test b ... ok\n";
    assert_eq!(graded(pass, pass, ""), Some(Invalid::NothingRan));
    assert_eq!(graded(pass, pass, &format!("{fail}{other}")), Some(Invalid::NewFailure("a".to_owned())));
    assert_eq!(graded(fail, pass, pass), Some(Invalid::NothingFixed));
    assert_eq!(graded(pass, skip, &format!("{fail}{other}")), Some(Invalid::Anomaly("a".to_owned())));
    assert_eq!(graded("", fail, pass), None);
    // Not run with the test patch and passing now counts as fixed.
    assert_eq!(graded("", "", pass), None);
}

#[test]
fn a_record_wants_its_names_in_the_same_dictionaries() {
    let spec = Spec::from_lists("cargo", &names(&["f"]), &names(&["p", "q"]));
    let why = |log: &str| grade_fix(log.as_bytes(), &spec).unwrap().why_not;
    assert_eq!(why("test f ... ok\ntest p ... ok\ntest q ... ok"), None);
    assert_eq!(
        why("test f ... ok\ntest p ... ok\ntest q ... ignored"),
        Some(Invalid::Missing(Kind::P2p, "q".to_owned()))
    );
    assert_eq!(why("test f ... ok\ntest p ... ok"), Some(Invalid::Missing(Kind::P2p, "q".to_owned())));
    assert_eq!(why("test f ... FAILED\ntest p ... ok\ntest q ... ok"), Some(Invalid::NothingFixed));
    assert_eq!(
        why("test f ... ok\ntest p ... FAILED\ntest q ... ok"),
        Some(Invalid::NewFailure("p".to_owned()))
    );
}

#[test]
fn what_is_not_known_is_an_error() {
    let error = grade_fix(b"", &Spec { repository: "a/b".to_owned(), ..Spec::default() }).unwrap_err();
    assert!(error.to_string().starts_with("`a/b` is neither"));
    let mut all: Vec<_> = repositories().collect();
    all.sort_unstable();
    let count = all.len();
    all.dedup();
    assert_eq!(all.len(), count, "a repository stands in two rows");
    for format in crate::harness::READERS.iter().map(|reader| reader.format) {
        assert!(Family::of(family_for(format)).is_some());
    }
}

#[test]
fn files_are_read_before_any_is_parsed() {
    let spec = Spec { repository: "cargo".to_owned(), ..Spec::default() };
    let twice = Outcomes::Log(b"test a ... ok\ntest a ... FAILED");
    let graded = grade([twice, twice, Outcomes::Log(b"\xff")], &spec).unwrap();
    assert_eq!(graded.raised.unwrap().kind, "UnicodeDecodeError");
}

proptest! {
    // Every case goes through all families.
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn no_text_makes_a_reader_panic(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "test a ... ok", "\n", "\r", " ", "--- PASS: x/y (0s)", "FAIL", "PASS ", "✔ a (3ms)", "✓ b", "✕ c", "✖ d", "1) e", "Running", "Running a\n",
            "Tests run: 1, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 1 sec", " KO: 1", " OK: 2 ", "Total: 2", "- f", "TEST SUMMARY", "Passed tests:",
            "{", "}", "\u{1b}[32m", "\u{2028}", "é", "[info] - g", "Passed h [1 ms]", "▶ s", "# Subtest: t", "ok 1 - u", "> Task :v", "PASSED t::a", "S (x)",
        ]), 0..24),
        number in prop::sample::select(vec![0u64, 1142, 1300, 2000, 3000, 5000]),
    ) {
        let text = pieces.concat();
        let lines = text.matches('\n').count() + 1;
        for family in Family::names() {
            let spec = Spec { repository: family.to_owned(), number, ..Spec::default() };
            let graded = grade_fix(text.as_bytes(), &spec).unwrap();
            for test in graded.tests.values() {
                prop_assert!(test.lines[2].is_some_and(|line| (1..=lines).contains(&line)), "{} {:?}", family, test);
            }
        }
    }
}
