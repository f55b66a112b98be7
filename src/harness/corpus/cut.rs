//! Damaged logs of pytest, unittest, go and of JUnit's writers: what holds wherever a log stops, and for any bytes.

use proptest::prelude::*;

use super::*;

/// Logs of all forms, small enough for a debug build.
const LOGS: &[&str] = &[
    "pytest-9.2.0-rA",
    "pytest-9.2.0-rA-no-tb",
    "pytest-9.2.0-v",
    "pytest-9.2.0-v-s",
    "pytest-9.2.0-xdist-v",
    "pytest-9.2.0-q",
    "pytest-7.4.4-xdist-v",
    "pytest-6.2.5-rA",
    "pytest-9.2.0-collection-errors",
    "unittest-3.11-v",
    "unittest-3.11-buffer",
    "unittest-3.11-dots",
    "unittest-3.8.18-v",
    "unittest-django-5.2.19-v2",
    "go-1.27.3-v",
    "go-1.27.3-json",
    "go-1.27.3-plain",
    "go-1.19-json",
    "go-1.27.3-json-bench",
    "junit-gotestsum-1.8.2",
    "junit-unittest-xml",
    "junit-mocha-junit-reporter-2",
    "junit-phpunit-9.6.7",
    "junit-pytest-9.2.0-ids",
    "cargo-1.95.0-json",
    "nextest-0.9.143-libtest-json",
];

fn format_of(name: &str) -> Format {
    Format::from_name(name.split('-').next().unwrap()).unwrap()
}

fn damaged() -> impl Strategy<Value = (&'static str, Vec<u8>)> {
    let edit = (0..6_usize, any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<u8>());
    let log = prop::sample::select(LOGS.to_vec());
    (log.clone(), log, prop::collection::vec(edit, 0..8)).prop_map(|(name, other, edits)| {
        let mut log = bytes(name);
        let other = bytes(other);
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
                4 => {
                    let piece = other[..b.min(other.len()).min(2000)].to_vec();
                    log.splice(a..a, piece);
                }
                _ => log.swap(a, b),
            }
        }
        (name, log)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn damage_is_survived((name, log) in damaged()) {
        let lines = log.split(|&byte| byte == b'\n').count();
        detect(&log);
        for format in [format_of(name), Format::Pytest, Format::Unittest, Format::Go, Format::Junit] {
            let reading = read(format, &log);
            let statuses = reading.statuses();
            for test in &reading.tests {
                prop_assert!(test.line >= 1 && test.line <= lines && !test.id.is_empty(), "{format:?} {test:?} of {lines}");
                prop_assert!(find(&test.id, &statuses).contains(&test.id.as_str()), "{}", test.id);
            }
        }
    }

    /// Wherever a log stops, no test passes that did not pass in the whole.
    #[test]
    fn a_log_that_stops_gains_nothing(name in prop::sample::select(LOGS.to_vec()), at in any::<prop::sample::Index>()) {
        let log = bytes(name);
        let whole = read(format_of(name), &log).statuses();
        let cut = read(format_of(name), &log[..at.index(log.len() + 1)]).statuses();
        for id in cut.iter().filter(|(_, status)| status.holds()).map(|(id, _)| id) {
            // The package of a go test is known from its last line.
            let same = |(other, status): (&String, &Status)| {
                (other == id || other.strip_suffix(id.as_str()).is_some_and(|rest| rest.ends_with("::"))) && status.holds()
            };
            prop_assert!(whole.iter().any(same), "{name}: {id}");
        }
    }
}

/// Of two workers: a line that stops within the name of the test whose clean-up failed.
#[test]
fn an_error_cut_short_leaves_no_pass() {
    let name = "pytest-7.4.4-xdist-v";
    let log = bytes(name);
    let line = b"ERROR tests/test_ids.py::test_error_at_teardown";
    let at = log.windows(line.len()).position(|window| window == line).unwrap();
    for cut in at..at + line.len() {
        let found = read(format_of(name), &log[..cut]).statuses();
        let status = found.get("tests/test_ids.py::test_error_at_teardown");
        assert!(!status.unwrap().holds(), "{}", String::from_utf8_lossy(&log[at..cut]));
    }
}

/// The same at the end of every line, and one byte before it.
#[test]
fn no_end_of_a_line_gains_anything() {
    for name in LOGS {
        let log = bytes(name);
        let whole = read(format_of(name), &log).statuses();
        let ends = log.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at);
        let all: Vec<usize> = ends.collect();
        let step = 1 + all.len() / 150;
        for end in all.into_iter().step_by(step).flat_map(|at| [at.saturating_sub(1), at, at + 1]) {
            for (id, status) in read(format_of(name), &log[..end]).statuses() {
                let held = whole.iter().any(|(other, status)| other.ends_with(&id) && status.holds());
                assert!(!status.holds() || held, "{name}: {id} at {end}");
            }
        }
    }
}
