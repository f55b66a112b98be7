//! Reader of `cargo nextest run` in its text form.
//!
//! In: a log. Out: a [`Reading`] with the same ids as the reader of `cargo test`: nextest names packages and targets,
//! never files, so the usual places are assumed (`tests/NAME.rs`, `src/main.rs` for a program of the package's name).
//!
//! Of several tries of a test the last one holds. The list of failures under the summary trumps every line above it,
//! since captured output may imitate those.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::cargo::{self, crate_name, libtest, under};
use super::text::{self, Log, count};
use super::{Format, Incomplete, ReadContext, Reading, Status, TestResult};

/// A line with a status word.
#[derive(Debug, Clone, PartialEq)]
struct Event<'t> {
    /// Number of the try, where tests are tried again.
    attempt: Option<usize>,
    /// None while a test still runs (`SLOW`, `START`).
    status: Option<Status>,
    seconds: Option<f64>,
    /// `3` of `(3/10)`; absent for a try that is not the last, and in old versions.
    place: Option<usize>,
    binary: &'t str,
    name: &'t str,
}

/// Column of the bracket that holds the time; output of tests is indented further.
const BRACKET: usize = 13;

fn event(text: &str) -> Option<Event<'_>> {
    if text.as_bytes().get(BRACKET) != Some(&b'[') || !text.is_char_boundary(BRACKET) {
        return None;
    }
    let (head, rest) = text.split_at(BRACKET);
    let mut words = head.split_whitespace().peekable();
    let mut attempt = None;
    if words.next_if_eq(&"TRY").is_some() {
        attempt = Some(count(words.next()?)?);
    }
    let status = status(words.next()?)?;
    if let Some((tries, _)) = words.next().and_then(|word| word.split_once('/')) {
        attempt = Some(count(tries)?);
    }
    let (time, rest) = rest[1..].split_once(']')?;
    let time = time.trim().trim_start_matches('>').trim();
    let seconds =
        time.strip_suffix('s').and_then(|time| time.parse::<f64>().ok()).filter(|time| time.is_finite());
    let mut rest = rest.trim();
    let mut place = None;
    if let Some(inside) = rest.strip_prefix('(') {
        let (inside, tail) = inside.split_once(") ")?;
        place = inside.split_once('/').and_then(|(place, _)| count(place.trim()));
        rest = tail.trim_start();
    }
    let (binary, name) = rest.split_once(' ')?;
    let name = name.trim();
    (!name.is_empty()).then_some(Event { attempt, status, seconds, place, binary, name })
}

/// What a status word says; none if it is no status word. Signals are named by their short or full names.
#[allow(clippy::option_option, reason = "no status word, a word for a test that still runs, a status")]
fn status(word: &str) -> Option<Option<Status>> {
    Some(match word {
        "PASS" | "LEAK" | "FLAKY" | "TMPASS" => Some(Status::Passed),
        "FAIL" | "LKFAIL" | "LEAK-FAIL" | "FL+LK" | "FLKY-FL" => Some(Status::Failed),
        "TMT" | "TIMEOUT" => Some(Status::TimedOut),
        "SKIP" => Some(Status::Skipped),
        // XFAIL: here the program itself could not be started.
        "XFAIL" | "ABORT" | "ABRT" | "SEGV" | "KILL" | "TERM" | "HUP" | "INT" | "QUIT" | "ILL" | "TRAP"
        | "BUS" | "FPE" | "PIPE" | "ALRM" | "SYS" => Some(Status::Errored),
        "START" | "SLOW" | "TRMNTG" | "TERMINATING" | "RETRY" | "DELAY" => None,
        _ if word.len() > 3 && word.starts_with("SIG") => Some(Status::Errored),
        _ => return None,
    })
}

/// `Summary [   0.131s] 10 tests run: 9 passed, 1 failed, 0 skipped`, or `3/10 tests run` after an early stop.
#[derive(Debug, Default, PartialEq)]
struct Summary {
    run: usize,
    passed: usize,
}

fn summary(text: &str) -> Option<Summary> {
    if text.as_bytes().get(BRACKET) != Some(&b'[') {
        return None;
    }
    let rest = text.trim_start().strip_prefix("Summary [")?;
    let (_, rest) = rest.split_once("] ")?;
    let (run, rest) = rest.split_once(" test")?;
    let run = run.trim().split('/').next().and_then(count)?;
    let (_, counts) = rest.split_once(": ")?;
    let passed = counts.split(',').find_map(|part| count(part.trim().split_once(" passed")?.0)).unwrap_or(0);
    Some(Summary { run, passed })
}

/// `Starting 10 tests across 9 binaries (1 test skipped)`.
fn starting(text: &str) -> Option<usize> {
    let rest = text.trim_start().strip_prefix("Starting ")?;
    let (tests, rest) = rest.split_once(" test")?;
    rest.contains("across").then(|| count(tests))?
}

/// How sure one can be that a log is nextest's.
pub fn sniff(log: &Log<'_>) -> f64 {
    let mut sure = 0.0_f64;
    for text in log.lines.iter().map(|line| line.text.as_ref()) {
        if text.contains("Nextest run ID") {
            return 0.99;
        }
        if summary(text).is_some() || starting(text).is_some() {
            sure = sure.max(0.95);
        } else if text.starts_with("error: command `") && text.contains("test --no-run --message-format") {
            sure = sure.max(0.9);
        } else if status_line(text).is_some_and(|line| event(&line).is_some()) {
            sure = sure.max(0.92);
        } else if event(text).is_some() {
            sure = sure.max(0.7);
        }
    }
    sure
}

/// An event of `--message-format libtest-json` as the line of the text form: `rj::a$half` is `half` of `rj::a`.
fn status_line(text: &str) -> Option<String> {
    let libtest::Event::Result(name, status, seconds) = libtest::event(text)? else { return None };
    let (binary, test) = name.split_once('$')?;
    let (package, target) = binary.split_once("::")?;
    let word = match status {
        Status::Passed => "PASS",
        Status::Skipped => "SKIP",
        _ => "FAIL",
    };
    // The library goes by the package's name alone.
    let binary = if target == crate_name(package) || target == package { package } else { binary };
    // A try that is not the first carries its number: `half#2`.
    let (test, attempt) = match test.rsplit_once('#').and_then(|(test, n)| Some((test, count(n)?))) {
        Some((test, attempt)) => (test, format!("TRY {attempt} ")),
        None => (test, String::new()),
    };
    Some(format!("{:>12} [{:>8.3}s] {binary} {test}", format!("{attempt}{word}"), seconds.unwrap_or(0.0)))
}

struct Seen<'t> {
    tries: Vec<(Event<'t>, usize)>,
    listed: Option<(Event<'t>, usize)>,
}

/// Reads.
pub fn read(log: &Log<'_>, context: &ReadContext) -> Reading {
    let mut reading = Reading::new(Format::Nextest);
    let mut seen: BTreeMap<(&str, &str), Seen<'_>> = BTreeMap::new();
    let mut order = Vec::new();
    let mut announced = None;
    // Output of tests may imitate a summary: the last one holds.
    let end = log.lines.iter().rposition(|line| summary(&line.text).is_some());
    let told = end.and_then(|end| summary(log.text(end)));
    let mut places = BTreeSet::new();
    // Programs begun and ended by their events.
    let mut programs = (0_usize, 0_usize);
    let mut text_form = false;
    let texts: Vec<Cow<'_, str>> = log
        .lines
        .iter()
        .map(|line| match status_line(&line.text) {
            Some(line) => Cow::Owned(line),
            None => Cow::Borrowed(line.text.as_ref()),
        })
        .collect();
    for (at, (line, text)) in log.lines.iter().zip(&texts).enumerate() {
        let text = text.as_ref();
        if text.starts_with('{') {
            match libtest::event(text) {
                Some(libtest::Event::Announced(_)) => programs.0 += 1,
                Some(libtest::Event::Ended(_)) => programs.1 += 1,
                _ => {}
            }
            continue;
        }
        let from_event = line.text.starts_with('{');
        text_form |= !from_event && event(text).is_some();
        if let Some(mut event) = event(text) {
            // The last line of a log without a summary may be cut amid a name.
            if end.is_none() && !from_event && at + 1 == texts.len() {
                event.status = None;
            }
            let key = (event.binary, event.name);
            let entry = seen.entry(key).or_insert_with(|| {
                order.push(key);
                Seen { tries: Vec::new(), listed: None }
            });
            if !from_event && end.is_some_and(|end| at > end) {
                entry.listed = Some((event, line.number));
                continue;
            }
            if event.status.is_some() && event.place.is_some_and(|place| !places.insert(place)) {
                reading
                    .oddities
                    .push(format!("line {}: a second result with the same place in the run", line.number));
            }
            entry.tries.push((event, line.number));
        } else if let Some(tests) = starting(text) {
            if announced.is_none() {
                announced = Some((tests, line.number));
            }
        } else if let Some(error) = cargo::error(text) {
            match error {
                cargo::Error::Build(target) if !reading.failed_targets.contains(&target) => {
                    reading.failed_targets.push(target);
                }
                cargo::Error::Other if announced.is_none() && seen.is_empty() => reading.build_failed = true,
                _ => {}
            }
        } else if at > 0
            && text.starts_with("        ")
            && text.trim_start().starts_with("PASS ")
            && event_like(text)
        {
            reading.unread.push(text::unread(line.number, text));
        }
    }
    reading.build_failed |= !reading.failed_targets.is_empty();
    let paths = paths(&order, context);
    for (key, path) in order.iter().zip(&paths) {
        let Some(seen) = seen.get(key) else { continue };
        let id = format!("{path}::{}", key.1);
        if let Some((test, note)) = settle(id, seen, told.is_some()) {
            reading.oddities.extend(note);
            reading.tests.push(test);
        }
    }
    reading.tests.sort_by_key(|test| test.line);
    if text_form || programs.0 == 0 || programs.0 != programs.1 {
        check(&mut reading, announced, told.as_ref());
    }
    reading
}

/// A status line at the wrong place, as in output that was indented.
fn event_like(text: &str) -> bool {
    text.contains('[') && event(text).is_none() && text.find('[').is_some_and(|at| at < BRACKET + 2)
}

/// Joins the tries of one test.
fn settle(id: String, seen: &Seen<'_>, ended: bool) -> Option<(TestResult, Option<String>)> {
    let finished: Vec<_> =
        seen.tries.iter().filter_map(|(event, line)| Some((event, *line, event.status?))).collect();
    let last_place = finished.iter().rev().find(|(event, _, _)| event.place.is_some());
    let tried = finished.iter().any(|(event, _, _)| event.attempt.is_some());
    // Where tests are not tried again there is one result; of two the worse holds.
    let chosen = if tried {
        last_place.or(finished.last()).copied()
    } else {
        finished.iter().copied().reduce(|a, b| if a.2.worst(b.2) == a.2 { a } else { b })
    };
    let (mut status, mut line, mut seconds) = if let Some((event, line, status)) = chosen {
        (status, line, event.seconds)
    } else {
        let begun =
            seen.tries.first().map(|(_, line)| *line).or(seen.listed.as_ref().map(|(_, line)| *line))?;
        (if ended { Status::Errored } else { Status::Unreached }, begun, None)
    };
    if let Some((event, at)) = &seen.listed
        && let Some(listed) = event.status
        && !listed.holds()
        && listed != Status::Skipped
        && (status.holds() || chosen.is_none())
    {
        (status, line, seconds) = (listed, *at, event.seconds);
    }
    let failures = finished.iter().filter(|(_, _, status)| !status.holds()).count();
    let note = (status.holds() && failures > 0).then(|| {
        format!(
            "line {line}: {id} passed after {failures} failed {}",
            if failures == 1 { "try" } else { "tries" }
        )
    });
    Some((TestResult { id, status, line, seconds, source_line: None }, note))
}

/// Counts against lines.
fn check(reading: &mut Reading, announced: Option<(usize, usize)>, told: Option<&Summary>) {
    let ran = reading
        .tests
        .iter()
        .filter(|test| test.status != Status::Skipped && test.status != Status::Unreached);
    let (seen, passed) =
        ran.fold((0, 0), |(seen, passed), test| (seen + 1, passed + usize::from(test.status.holds())));
    if let Some(told) = told
        && (told.run != seen || told.passed != passed)
    {
        let Summary { run, passed: told } = told;
        reading
            .oddities
            .push(format!("the summary tells {run} run and {told} passed, {seen} and {passed} were printed"));
    }
    match announced {
        Some((tests, line)) if seen < tests => {
            reading.incomplete.push(Incomplete { target: None, announced: Some(tests), seen, line });
        }
        None if told.is_none() && !reading.tests.is_empty() => {
            reading.incomplete.push(Incomplete { target: None, announced: None, seen, line: 1 });
        }
        _ => {}
    }
}

/// For each test the path of its target.
pub fn paths(tests: &[(&str, &str)], context: &ReadContext) -> Vec<String> {
    let mut users: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for (binary, _) in tests {
        let (package, path) = place(binary);
        users.entry(path).or_default().insert(package);
    }
    tests
        .iter()
        .map(|(binary, _)| {
            let (package, path) = place(binary);
            if let Some(known) = context.packages.iter().find(|known| known.name == package) {
                return under(Some(&known.dir), &path);
            }
            let shared = context.packages.is_empty() && users.get(&path).is_some_and(|users| users.len() > 1);
            if shared { format!("{}/{path}", crate_name(package)) } else { path }
        })
        .collect()
}

/// Package and usual path of a binary id: `core`, `core::a`, `tool::bin/tool`.
fn place(binary: &str) -> (&str, String) {
    let Some((package, target)) = binary.split_once("::") else { return (binary, "src/lib.rs".to_owned()) };
    let path = match target.split_once('/') {
        Some(("bin", name)) if name == package => "src/main.rs".to_owned(),
        Some(("bin", name)) => format!("src/bin/{name}.rs"),
        Some(("example", name)) => format!("examples/{name}.rs"),
        Some(("bench", name)) => format!("benches/{name}.rs"),
        _ if target == "proc-macro" => "src/lib.rs".to_owned(),
        _ => format!("tests/{target}.rs"),
    };
    (package, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_lines() {
        let read = |text| {
            event(text).map(|event| (event.attempt, event.status, event.place, event.binary, event.name))
        };
        let cases = [
            (
                "        PASS [   0.006s] ( 1/10) tool::bin/tool same",
                Some((None, Some(Status::Passed), Some(1), "tool::bin/tool", "same")),
            ),
            ("        PASS [   0.006s] tool same", Some((None, Some(Status::Passed), None, "tool", "same"))),
            (
                "  TRY 1 ABRT [   0.007s] (───) r::f aborts",
                Some((Some(1), Some(Status::Errored), None, "r::f", "aborts")),
            ),
            (
                "   FLAKY 3/3 [   0.012s] (3/5) r::f flaky",
                Some((Some(3), Some(Status::Passed), Some(3), "r::f", "flaky")),
            ),
            ("        SLOW [>  1.000s] (───) r::f slow", Some((None, None, None, "r::f", "slow"))),
            (
                "     SIGSEGV [   0.007s] r::f crash",
                Some((None, Some(Status::Errored), None, "r::f", "crash")),
            ),
            ("            PASS [   0.003s] (1/5) r::f fake", None),
            ("     Summary [   0.131s] 10 tests run: 9 passed, 1 failed, 0 skipped", None),
            ("    Finished [", None),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn totals() {
        let text =
            "     Summary [   6.279s] 5 tests run: 2 passed (1 flaky), 2 failed, 1 timed out, 1 skipped";
        assert_eq!(summary(text), Some(Summary { run: 5, passed: 2 }));
        let text = "     Summary [   0.1s] 3/10 tests run: 2 passed, 1 failed, 0 skipped";
        assert_eq!(summary(text), Some(Summary { run: 3, passed: 2 }));
        assert_eq!(starting("    Starting 5 tests across 2 binaries (1 test skipped)"), Some(5));
    }
}
