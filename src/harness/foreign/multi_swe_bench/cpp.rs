//! C and C++ readers that are more than patterns on lines.
//!
//! In: a text and, for some, the number of the pull request. Out: sets; several readers know one test only, `build` or
//! `all tests`.
//!
//! Invariant: a made-up test rests on the last line that speaks for it, or on the first line of the log.

use super::lines::AUTOMAKE;
use super::rules::{Rules, STRIPPED, read};
use super::sets::{Set, Sets};
use crate::harness::foreign::Raised;
use crate::harness::foreign::pattern::{at_start, group, int, search};
use crate::harness::foreign::text::{splitlines, strip};

fn one(name: &str, at: usize) -> Set {
    Set::from([(name.to_owned(), at)])
}

/// automake's lines; for some pull requests a single line tells of all tests.
pub(super) fn zstd(text: &str, number: u64) -> Sets {
    let sign = match number {
        1831..=2703 => "make[1]: Leaving directory '/home/zstd/doc/educational_decoder'",
        1230..=1748 => "PASS: all POOL tests",
        _ => return read(text, &AUTOMAKE),
    };
    let all = one("all tests", text.rfind(sign).unwrap_or(0));
    if text.matches(sign).count() == 1 {
        Sets { passed: all, ..Sets::default() }
    } else {
        Sets { failed: all, ..Sets::default() }
    }
}

pub(super) fn mruby(text: &str, number: u64) -> Result<Sets, Raised> {
    let mut sets = Sets::default();
    if number >= 4933 {
        const RULES: Rules = Rules { pass: &[r"^(.*?)\s*:\s*\.$"], fail: &[r"^(.*?)\s*:\s*F$"], ..STRIPPED };
        sets = read(text, &RULES);
        let ends: Vec<usize> = search(r"\sOK:\s").find_iter(text).map(|found| found.start() + 1).collect();
        let set = if ends.len() == 2 { &mut sets.passed } else { &mut sets.failed };
        set.insert("build".to_owned(), ends.last().copied().unwrap_or(0));
    } else if number >= 2784 {
        let mut bad: Vec<(u128, usize)> = search(r"\sKO:\s*(\d+)")
            .captures_iter(text)
            .filter_map(|found| Some((int(&found[1])?, found.get(1)?.start())))
            .collect();
        // One failure is known and does not count, even where that makes less than none.
        let mut less_than_none = false;
        if text.matches("Fail: regression for #1564").count() == 1 {
            let Some((second, _)) = bad.get_mut(1) else {
                return Err(Raised::new("IndexError", "the log has no second count of failures"));
            };
            less_than_none = *second == 0;
            *second = second.saturating_sub(1);
        }
        let at = bad.last().map_or(0, |(_, at)| *at);
        let built = bad.len() == 2;
        let set = if built { &mut sets.passed } else { &mut sets.failed };
        set.insert("build".to_owned(), at);
        let fine = built && !less_than_none && bad.iter().all(|(count, _)| *count == 0);
        let set = if fine { &mut sets.passed } else { &mut sets.failed };
        set.insert("all tests".to_owned(), at);
    } else {
        let number = |pattern| {
            let found = search(pattern).captures(text)?;
            Some((int(&found[1])?, found.get(1)?.start()))
        };
        let (total, ok) = (number(r"Total:\s*(\d+)"), number(r"\sOK:\s*(\d+)"));
        let at = ok.or(total).map_or(0, |(_, at)| at);
        match (total, ok) {
            (Some((total, _)), Some((ok, _))) if total == ok && ok > 0 => sets.passed = one("all tests", at),
            _ => sets.failed = one("all tests", at),
        }
    }
    Ok(sets)
}

/// One test, from words anywhere in the log.
pub(super) fn amrex(text: &str) -> Sets {
    let (mut success, mut failed, mut trouble) = (None, None, None);
    for (at, line) in splitlines(text) {
        let lower = line.to_lowercase();
        if line.contains("SUCCESS") || line.contains("TEST_RESULT: PASS") {
            success = Some(at);
        }
        if line.contains("TEST_RESULT: FAIL") {
            failed = Some(at);
            trouble = Some(at);
        }
        let link = lower.contains("error:")
            && (lower.contains("undefined reference") || lower.contains("compilation"));
        let assertion = line.contains("AMREX_ALWAYS_ASSERT") || line.contains("Assertion");
        if assertion || lower.contains("abort") || link {
            trouble = Some(at);
        }
    }
    let name = "amrex_test";
    let mut sets = Sets::default();
    match (success, trouble) {
        (Some(at), _) => sets.passed = one(name, at),
        (None, Some(at)) => sets.failed = one(name, at),
        (None, None) => sets.passed = one(name, 0),
    }
    if let Some(at) = failed {
        sets.failed = one(name, at);
    }
    sets
}

/// Bitcoin's functional tests; the line that sums up is no failure.
pub(super) fn bitcoin(text: &str) -> Sets {
    const RULES: Rules = Rules {
        pass: &[r"^([\w\-./]+(?:\s+--[\w\-]+)?)\s+\|\s+✓\s+Passed\s+\|"],
        fail: &[r"^([\w\-./]+(?:\s+--[\w\-]+)?)\s+\|\s+✖\s+Failed\s+\|"],
        ..STRIPPED
    };
    let mut sets = read(text, &RULES);
    sets.failed.remove("ALL");
    sets
}

/// Configuration checks and ctest lines, all in lower case.
pub(super) fn catch2(text: &str) -> Sets {
    let kinds = [
        [r"(?i)^-- Performing Test (.+) - Success$", r"(?i)^\d+/\d+ Test\s+#\d+: (.+) \.+\s+ Passed\s+.+$"],
        [r"(?i)^-- Performing Test (.+) - Failed$", r"(?i)^\d+/\d+ Test\s+#\d+: (.+) \.+\*\*\*Failed\s+.+$"],
        [r"(?i)^-- Performing Test (.+) - skipped$", r"(?i)^-- Performing Test (.+) - skipped$"],
    ]
    .map(|patterns| patterns.map(at_start));
    let mut sets = Sets::default();
    for (at, line) in splitlines(text) {
        let line = strip(line).to_lowercase();
        for (kind, set) in kinds.iter().zip([&mut sets.passed, &mut sets.failed, &mut sets.skipped]) {
            for name in kind.iter().filter_map(|pattern| group(pattern, &line)) {
                set.insert(name.to_owned(), at);
            }
        }
    }
    sets
}

/// Result lines, then lists under a summary; which list a line belongs to is told by the headings before the first
/// line of the same text.
pub(super) fn cactus(text: &str) -> Sets {
    let mut sets = Sets::default();
    let mut summary = false;
    let before = |line: &str, heading: &str| {
        let end = text.find(line).unwrap_or(0);
        text[..end].contains(heading)
    };
    for (at, line) in splitlines(text) {
        let line = strip(line);
        let starts = [
            ("Result: PASS", &mut sets.passed),
            ("Result: FAIL", &mut sets.failed),
            ("Result: SKIP", &mut sets.skipped),
        ];
        for (start, set) in starts {
            if line.starts_with(start)
                && let Some((_, name)) = line.split_once(" - ")
            {
                set.insert(strip(name).to_owned(), at);
            }
        }
        if line.contains("TEST SUMMARY") {
            summary = true;
            continue;
        }
        let Some(item) = line.strip_prefix("- ").filter(|_| summary) else { continue };
        if before(line, "Passed tests:") {
            let name = strip(item);
            if !name.is_empty() && !name.ends_with(':') {
                sets.passed.insert(name.to_owned(), at);
            }
            continue;
        }
        let set = match line {
            _ if before(line, "Failed tests:") => &mut sets.failed,
            _ if before(line, "Skipped tests:") => &mut sets.skipped,
            _ => continue,
        };
        let name = strip(item.split(':').next().unwrap_or(item));
        if !name.is_empty() && !name.ends_with("tests") {
            set.insert(name.to_owned(), at);
        }
    }
    sets
}

/// ctest's lines and lists, and pytest's.
pub(super) fn openmm(text: &str) -> Sets {
    let test = search(r"Test\s+#(\d+):\s+(\S+)");
    let listed = at_start(r"\s*\d+\s+-\s+(\S+)");
    let (passed, failed) = (at_start(r"PASSED\s+(.*)"), at_start(r"FAILED\s+([^\s-]+)"));
    let mut sets = Sets::default();
    for (at, line) in splitlines(text) {
        let bad = line.contains("***Failed");
        if line.contains("Test")
            && line.contains('#')
            && (bad || line.contains("Passed"))
            && let Some(found) = test.captures(line)
        {
            let set = if bad { &mut sets.failed } else { &mut sets.passed };
            set.insert(found[2].to_owned(), at);
        }
        if line.contains("(Failed)")
            && let Some(name) = group(listed, line)
        {
            sets.failed.insert(name.to_owned(), at);
        }
        if let Some(name) = group(passed, line) {
            sets.passed.insert(strip(name).to_owned(), at);
        } else if let Some(name) = group(failed, line) {
            sets.failed.insert(strip(name).to_owned(), at);
        }
    }
    sets
}
