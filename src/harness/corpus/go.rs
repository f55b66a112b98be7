//! Logs of `go test`: two packages with a test of one name, one that does not build, one whose imports are not there,
//! tests that panic, exit, hang, print results, and stand behind printed text.

use super::*;
use Status::{Errored, Failed, Passed, Skipped, TimedOut};

const GO: &[(&str, Status)] = &[
    ("a::ExampleAdd", Passed),
    ("a::ExampleAdd_wrong", Failed),
    ("a::FuzzAdd", Passed),
    ("a::FuzzAdd/seed#0", Passed),
    ("a::TestAdd", Passed),
    ("a::TestFails", Failed),
    ("a::TestGlued", Passed),
    ("a::TestGluedErr", Passed),
    ("a::TestParA", Passed),
    ("a::TestParA/s", Passed),
    ("a::TestParB", Passed),
    ("a::TestSame", Passed),
    ("a::TestSkips", Skipped),
    ("a::TestSubs", Failed),
    ("a::TestSubs/#", Passed),
    ("a::TestSubs/#00", Passed),
    ("a::TestSubs/a/b", Failed),
    ("a::TestSubs/deep", Passed),
    ("a::TestSubs/deep/er", Skipped),
    ("a::TestSubs/one_two", Passed),
    ("a::TestSubs/x_(0.00s)", Passed),
    ("b::TestOk", Passed),
    ("b::TestSame", Failed),
    ("dies::TestFirst", Passed),
    ("dies::TestPanics", Failed),
    ("dies::TestPanics/sub", Failed),
    ("exits::TestExits", Errored),
    ("exits::TestFirst", Passed),
    ("good::TestGood", Passed),
    ("good::TestGood/x", Passed),
    ("slow::TestHangs", TimedOut),
    ("slow::TestQuick", Passed),
];

fn short(reading: &Reading) -> Vec<(String, Status)> {
    let short = |id: &str| id.strip_prefix("example.com/shop/").unwrap_or(id).to_owned();
    reading.statuses().iter().map(|(id, status)| (short(id), *status)).collect()
}

fn go(keep: impl Fn(&str, Status) -> bool) -> Vec<(String, Status)> {
    GO.iter()
        .filter(|(id, status)| keep(id, *status))
        .map(|(id, status)| ((*id).to_owned(), *status))
        .collect()
}

#[test]
fn one_module_in_all_forms() {
    for form in ["1.19-v", "1.19-json", "1.19-plain", "1.27.3-v", "1.27.3-json", "1.27.3-plain"] {
        let reading = reading(&format!("go-{form}"), &ReadContext::default());
        // Without -v failures alone are named.
        let plain = form.ends_with("plain");
        assert_eq!(short(&reading), go(|_, status| !plain || status == Failed), "{form}");
        let mut broken = reading.failed_targets.clone();
        broken.sort();
        assert_eq!(
            (broken, reading.build_failed),
            (vec!["example.com/shop/broken".into(), "example.com/shop/setup".into()], true)
        );
        let mut ends: Vec<_> = reading.incomplete.iter().filter_map(|part| part.target.as_deref()).collect();
        ends.sort_unstable();
        let expected =
            ["broken", "dies", "exits", "setup", "slow"].map(|name| format!("example.com/shop/{name}"));
        assert_eq!(ends, expected, "{form}");
        assert!(reading.oddities.is_empty(), "{form}: {:?}", reading.oddities);
        // What TestFails printed; since 1.20 -json knows it for what it is.
        assert_eq!(reading.unread.len(), usize::from(form != "1.27.3-json"), "{form}: {:?}", reading.unread);
    }
}

#[test]
fn go_junit_gives_the_same_ids() {
    let reading = reading("junit-gotestsum-1.8.2", &ReadContext::default());
    // The file has no slow package, and calls a test that exits failed.
    let mut expected = go(|id, _| !id.starts_with("slow"));
    for (_, status) in &mut expected {
        if *status == Errored {
            *status = Failed;
        }
    }
    assert_eq!(short(&reading), expected);
    assert_eq!(
        (reading.failed_targets, reading.build_failed),
        (vec!["example.com/shop/broken".to_owned()], true)
    );
}

#[test]
fn go_cached_and_empty_packages() {
    check(
        "go-1.27.3-cached-v",
        "
   3 passed    example.com/shop/good::TestGood
   4 passed    example.com/shop/good::TestGood/x
",
    );
}

#[test]
fn go_benchmarks() {
    for name in ["go-1.27.3-bench", "go-1.27.3-json-bench"] {
        let reading = reading(name, &ReadContext::default());
        assert_eq!(
            short(&reading),
            [("a::BenchmarkAdd/one".to_owned(), Passed), ("a::BenchmarkTwo".to_owned(), Passed)],
            "{name}"
        );
        assert!(reading.incomplete.is_empty(), "{name}");
    }
}

#[test]
fn results_that_nobody_began() {
    let log = "=== RUN   TestA\n=== RUN   TestFake\n--- PASS: TestFake (0.00s)\nok  \tfake.com/x\t0.01s\n--- FAIL: TestA (0.00s)\n\
               === RUN   TestB\n--- PASS: TestB (0.00s)\n--- PASS: TestFake2 (0.00s)\nFAIL\nFAIL\texample.com/x\t0.01s\n";
    let reading = read(Format::Go, log.as_bytes());
    let read: Vec<_> = reading.tests.iter().map(|test| (test.id.as_str(), test.status)).collect();
    assert_eq!(read, [("example.com/x::TestA", Failed), ("example.com/x::TestB", Passed)]);
    assert_eq!((reading.unread.len(), reading.oddities.len()), (2, 2), "{:?}", reading.oddities);
}
