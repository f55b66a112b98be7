//! What one line of a `go test` log says.
//!
//! In: a clean line. Out: a step of a test, the last line of a package, or nothing. Go rewrites blanks in the names of
//! subtests, so a name is always one word.

use super::super::Status;

/// A step in the life of a test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Step<'t> {
    /// `=== RUN   NAME`.
    Run(&'t str),
    /// `=== PAUSE NAME`: waits for the sequential tests to end.
    Pause(&'t str),
    /// `=== CONT  NAME`.
    Continue(&'t str),
    /// `--- PASS: NAME (0.00s)`.
    Result {
        /// Name.
        name: &'t str,
        /// Status.
        status: Status,
        /// Seconds.
        seconds: Option<f64>,
    },
}

/// Reads a step. It may stand behind text that a test printed without a line end; results of subtests are indented.
pub fn step(text: &str) -> Option<Step<'_>> {
    if let Some(at) = text.rfind("=== ") {
        let rest = &text[at + 4..];
        let name = rest.get(6..).and_then(|name| one_word(name.trim_end()));
        match rest.get(..6) {
            Some("RUN   ") => return name.map(Step::Run),
            Some("PAUSE ") => return name.map(Step::Pause),
            Some("CONT  ") => return name.map(Step::Continue),
            _ => {}
        }
    }
    let at = text.rfind("--- ")?;
    let (before, rest) = text.split_at(at);
    let rest = &rest[4..];
    let (status, rest) =
        [("PASS: ", Status::Passed), ("FAIL: ", Status::Failed), ("SKIP: ", Status::Skipped)]
            .into_iter()
            .find_map(|(word, status)| Some((status, rest.strip_prefix(word)?)))?;
    let (name, time) = rest.trim_end().rsplit_once(" (")?;
    let name = one_word(name)?;
    let digits = time.strip_suffix(" seconds)").or_else(|| time.strip_suffix("s)"))?;
    let seconds = digits.parse::<f64>().ok().filter(|seconds| seconds.is_finite())?;
    // `    a_test.go:5: --- PASS: TestFake (0.00s)` is what t.Log prints; a deeper line is text of several lines.
    let indented = !before.is_empty() && before.bytes().all(|byte| byte == b' ');
    let logged = before.trim_start().split_once(": ").is_some_and(|(place, _)| place.contains(".go:"));
    (!logged && (!indented || name.contains('/'))).then_some(Step::Result {
        name,
        status,
        seconds: Some(seconds),
    })
}

fn one_word(name: &str) -> Option<&str> {
    (!name.is_empty() && !name.contains(char::is_whitespace)).then_some(name)
}

/// How a package ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// `ok`, also from the cache.
    Ok,
    /// Its tests failed, or its program died.
    Failed,
    /// It or its tests did not compile.
    NotBuilt,
    /// It has no tests.
    Empty,
}

/// `ok PKG 0.003s`, `FAIL PKG [build failed]`, `? PKG [no test files]`, parts set off by tabs: the package and its end.
pub fn ending(text: &str) -> Option<(&str, Ending)> {
    let (word, rest) = ["ok ", "ok\t", "FAIL ", "FAIL\t", "? ", "?\t"]
        .into_iter()
        .find_map(|word| Some((word, text.strip_prefix(word)?)))?;
    let rest = rest.trim_start();
    let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
    let (package, tail) = rest.split_at(end);
    let tail = tail.trim_start();
    let timed =
        tail.starts_with("(cached)") || tail.split(char::is_whitespace).next().is_some_and(is_seconds);
    let ending = match word.trim_end() {
        "ok" if timed => Ending::Ok,
        "FAIL" if tail.starts_with("[build failed]") || tail.starts_with("[setup failed]") => {
            Ending::NotBuilt
        }
        "FAIL" if timed => Ending::Failed,
        "?" if tail.starts_with("[no test files]") => Ending::Empty,
        _ => return None,
    };
    (!package.is_empty()).then_some((package, ending))
}

fn is_seconds(word: &str) -> bool {
    word.strip_suffix('s').is_some_and(|number| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    })
}

/// `BenchmarkAdd-8   1000000   1.2 ns/op`: the name without the number of processors.
pub fn benchmark(text: &str) -> Option<&str> {
    if !text.starts_with("Benchmark") || !text.contains(" ns/op") {
        return None;
    }
    let name = text.split(char::is_whitespace).next()?;
    match name.rsplit_once('-') {
        Some((stem, digits)) if super::super::text::count(digits).is_some() => Some(stem),
        _ => Some(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[allow(clippy::unnecessary_wraps, reason = "as `step` gives it")]
    fn result(name: &str, status: Status, seconds: f64) -> Option<Step<'_>> {
        Some(Step::Result { name, status, seconds: Some(seconds) })
    }

    #[test]
    fn steps() {
        let cases = [
            ("=== RUN   TestA/x_y", Some(Step::Run("TestA/x_y"))),
            ("printed=== RUN   TestA", Some(Step::Run("TestA"))),
            ("=== PAUSE TestA", Some(Step::Pause("TestA"))),
            ("=== CONT  TestA", Some(Step::Continue("TestA"))),
            ("=== RUN   Test A", None),
            ("--- PASS: TestA (0.01s)", result("TestA", Status::Passed, 0.01)),
            ("    --- FAIL: TestA/x_(0.00s) (0.25s)", result("TestA/x_(0.00s)", Status::Failed, 0.25)),
            ("no line end--- SKIP: TestA (0.00s)", result("TestA", Status::Skipped, 0.0)),
            ("--- PASS: TestA (0.01 seconds)", result("TestA", Status::Passed, 0.01)),
            ("    a_test.go:5: --- PASS: TestFake (0.00s)", None),
            ("        --- PASS: TestFake (0.00s)", None),
            ("--- PASS: TestA (0.0", None),
            ("--- PASS: TestA", None),
            ("--- BENCH: BenchmarkA-8", None),
        ];
        for (text, expected) in cases {
            assert_eq!(step(text), expected, "{text}");
        }
    }

    #[test]
    fn endings() {
        let cases = [
            ("ok  \texample.com/a\t0.003s", Some(("example.com/a", Ending::Ok))),
            (
                "ok  \texample.com/a\t(cached)\tcoverage: 80.0% of statements",
                Some(("example.com/a", Ending::Ok)),
            ),
            ("ok   example.com/a 0.003s [no tests to run]", Some(("example.com/a", Ending::Ok))),
            ("FAIL\texample.com/a\t0.015s", Some(("example.com/a", Ending::Failed))),
            ("FAIL\texample.com/a [build failed]", Some(("example.com/a", Ending::NotBuilt))),
            ("FAIL\texample.com/a [setup failed]", Some(("example.com/a", Ending::NotBuilt))),
            ("?   \texample.com/a\t[no test files]", Some(("example.com/a", Ending::Empty))),
            ("FAIL", None),
            ("FAIL: test_x (mod.A)", None),
            ("ok 1 - title", None),
        ];
        for (text, expected) in cases {
            assert_eq!(ending(text), expected, "{text}");
        }
        assert_eq!(benchmark("BenchmarkAdd/x-2  \t 1000\t 0.3 ns/op"), Some("BenchmarkAdd/x"));
    }
}
