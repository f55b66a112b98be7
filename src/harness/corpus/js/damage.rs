//! Damaged logs of JavaScript's runners: what holds for any bytes, and what cutting may never do.

use proptest::prelude::*;

use super::*;

/// Logs as they get when cut, doubled, shuffled, joined with others or overwritten.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let edit = (0..6_usize, any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<u8>());
    let names = prop::sample::select(ours());
    (names.clone(), names, prop::collection::vec(edit, 0..12)).prop_map(|((_, name), (_, other), edits)| {
        let mut log = bytes(&name);
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
                    let other = bytes(&other);
                    let (low, high) = (a % other.len(), b % other.len());
                    let piece = other[low.min(high)..low.max(high)].to_vec();
                    log.splice(a..a, piece);
                }
                _ => log.swap(a, b),
            }
        }
        log
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn readers_never_panic_and_point_into_the_log(log in damaged()) {
        let lines = log.split(|&b| b == b'\n').count();
        detect(&log);
        for format in OURS {
            for root in [None, Some("/tmp/jsl/j30".to_owned())] {
                let context = ReadContext { root, ..workspace() };
                let reading = read_in(*format, &log, &context);
                for test in &reading.tests {
                    assert!(test.line >= 1 && test.line <= lines && !test.id.is_empty(), "{test:?}");
                    assert!(test.seconds.is_none_or(f64::is_finite));
                }
                for part in &reading.incomplete {
                    assert!(part.line >= 1 && part.line <= lines, "{part:?}");
                }
            }
        }
    }

    #[test]
    fn readers_take_any_bytes(log in prop::collection::vec(any::<u8>(), 0..400)) {
        for format in OURS {
            read(*format, &log);
        }
    }

    #[test]
    fn readers_take_any_words(words in prop::collection::vec(prop::sample::select(WORDS.to_vec()), 0..60)) {
        let log = words.concat();
        for format in OURS {
            read(*format, log.as_bytes());
        }
    }
}

/// What logs are made of.
const WORDS: &[&str] = &[
    "\n",
    "\n",
    "\n  ",
    "\n    ",
    " ",
    "  ",
    "✓",
    "✔ ",
    "✖ ",
    "× ",
    "❯ ",
    "↓ ",
    "○ ",
    "﹣ ",
    "▶ ",
    "● ",
    "ℹ tests 3",
    "PASS a.test.js",
    "FAIL a.test.js",
    " FAIL  a.test.js > s > t",
    "s > t",
    "a.test.js (3 tests) 5ms",
    "title",
    "(5 ms)",
    "5ms",
    "1) ",
    "- ",
    "  1 passing (5ms)",
    "  2 failing",
    "ok 1 - a",
    "not ok 2",
    "1..3",
    "# Subtest: x",
    "  ---",
    "  ...",
    "TAP version 14",
    "Bail out!",
    "Tests: 1 failed, 2 total",
    "      Tests  1 failed (3)",
    " RUN  v3.2.7 /x",
    "⎯⎯ Failed Tests 1 ⎯⎯",
    "{\"numTotalTests\":1,",
    "{\"stats\":{",
    "\"testResults\":[{\"name\":\"a.js\"",
    "}",
    "]",
    "\u{1b}[31m",
    "é",
    "{",
    "\"",
    "\r",
    "\t",
    "#",
    "\\",
];

/// A log that is cut gains no pass: what holds in the part holds in the whole. And it is known to be cut.
fn gains_nothing(format: Format, name: &str, cuts: usize) {
    let log = bytes(name);
    let normal = ids::normal;
    let all = read(format, &log);
    let mut whole: BTreeMap<String, (Status, usize)> = BTreeMap::new();
    for test in &all.tests {
        let entry = whole.entry(normal(&test.id)).or_insert((test.status, 0));
        *entry = (entry.0.worst(test.status), entry.1 + 1);
    }
    // Steps that share no factor with the length of a line.
    for at in (0..=log.len()).step_by(log.len() / cuts + 1) {
        let cut = read(format, &log[..at]);
        for (id, status) in cut.statuses().iter().filter(|(_, status)| status.holds()) {
            let id = normal(id);
            // Results that a test forges; text beside a report, which names files as the report does not.
            if id.contains("fake") || id.contains("forged") || (name.ends_with("-json") && !id.contains("::"))
            {
                continue;
            }
            // Which package a file is of shows only in a whole log. Of tests of one name the first may hold.
            let mut same = whole.iter().filter(|(full, _)| full.ends_with(&id));
            assert!(
                same.any(|(_, (full, times))| full.holds() || *times > 1),
                "{name} cut at {at}: {id} {status:?}"
            );
        }
        // Between two whole runs of several packages nothing tells that another was to come.
        let several = ["workspaces", "turbo", "pnpm"].iter().any(|word| name.ends_with(word));
        if !cut.tests.is_empty() && cut.tests.len() < all.tests.len() && !several {
            assert!(!cut.incomplete.is_empty(), "{name} cut at {at}: nobody would know");
        }
    }
}

#[test]
fn cutting_a_log_gains_nothing() {
    for (format, name) in ours() {
        gains_nothing(format, &name, 90);
    }
}
