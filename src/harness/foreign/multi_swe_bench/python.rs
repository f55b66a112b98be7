//! pytest and the other Python runners, as this package reads them.
//!
//! In: a text. Out: sets. The readers come from an older SWE-bench: they keep one status for each name, the last, and
//! sort names into sets at the end; a status that is none of the five is dropped then.
//!
//! Invariant: a name stands in one set at most.

use std::borrow::Cow;

use super::sets::Sets;
use crate::harness::foreign::Raised;
use crate::harness::foreign::pattern::{at_start, group, search};
use crate::harness::foreign::swebench::parsers::{Map, Part, python};
use crate::harness::foreign::swebench::{Spec, Word};
use crate::harness::foreign::text::{split_lines, splitlines, strip, words};

/// The package's list has four short words more than SWE-bench's, so more lines count.
const STATUSES: [&str; 9] = ["PASS", "FAIL", "SKIP", "NONE", "FAILED", "PASSED", "SKIPPED", "ERROR", "XFAIL"];

fn begins(line: &str) -> bool {
    STATUSES.iter().any(|status| line.starts_with(status))
}

fn sorted(map: Map) -> Sets {
    let mut sets = Sets::default();
    for (name, entry) in map.into_entries() {
        let set = match entry.word {
            Word::Passed | Word::Xfail => &mut sets.passed,
            Word::Failed | Word::Error => &mut sets.failed,
            Word::Skipped => &mut sets.skipped,
            Word::Other(_) => continue,
        };
        set.insert(name, entry.at);
    }
    sets
}

fn without_dashes(line: Cow<'_, str>) -> Cow<'_, str> {
    if line.starts_with("FAILED") { Cow::Owned(line.replace(" - ", " ")) } else { line }
}

fn summary(text: &str, tidy: fn(&str) -> Cow<'_, str>, name: fn(&str) -> String) -> Sets {
    let mut map = Map::default();
    for (at, line) in split_lines(text) {
        let line = tidy(line);
        if !begins(&line) {
            continue;
        }
        let line = without_dashes(line);
        let mut all = words(&line);
        if let (Some(status), Some(test)) = (all.next(), all.next()) {
            map.put(name(test), Word::from(status), at);
        }
    }
    sorted(map)
}

pub(super) fn pytest(text: &str) -> Sets {
    summary(text, |line| Cow::Borrowed(line), str::to_owned)
}

pub(super) fn matplotlib(text: &str) -> Sets {
    let tidy = |line: &str| -> Cow<'_, str> {
        if line.contains("MouseButton") {
            Cow::Owned(line.replace("MouseButton.LEFT", "1").replace("MouseButton.RIGHT", "3"))
        } else {
            Cow::Owned(line.to_owned())
        }
    };
    summary(text, tidy, str::to_owned)
}

pub(super) fn pytest_options(text: &str) -> Sets {
    summary(text, |line| Cow::Borrowed(line), python::short_option)
}

/// Control characters taken out; a status may also stand second on a line that ends in one.
pub(super) fn pytest_v2(text: &str) -> Sets {
    let colour = search(r"\[(\d+)m");
    let mut map = Map::default();
    for (at, raw) in split_lines(text) {
        let line = colour.replace_all(raw, "").replace(|c| matches!(c, '\u{1}'..='\u{1f}'), "");
        if begins(&line) {
            let line = without_dashes(Cow::Borrowed(&line));
            let mut all = words(&line);
            if let (Some(status), Some(test)) = (all.next(), all.next()) {
                map.put(test, Word::from(status), at);
            }
        } else if STATUSES.iter().any(|status| line.ends_with(status)) {
            let mut all = words(&line);
            if let (Some(test), Some(status)) = (all.next(), all.next()) {
                map.put(test, Word::from(status), at);
            }
        }
    }
    sorted(map)
}

pub(super) fn seaborn(text: &str) -> Result<Sets, Raised> {
    let short = |line: &str| Raised::new("IndexError", format!("nothing after the status: {line}"));
    let mut map = Map::default();
    for (at, line) in split_lines(text) {
        let mut all = words(line);
        let (first, second) = (all.next(), all.next());
        if line.starts_with("FAILED") {
            map.put(second.ok_or_else(|| short(line))?, Word::Failed, at);
        } else if line.contains(" PASSED ") {
            if second.ok_or_else(|| short(line))? == "PASSED" {
                map.put(first.unwrap_or_default(), Word::Passed, at);
            }
        } else if line.starts_with("PASSED") {
            map.put(second.ok_or_else(|| short(line))?, Word::Passed, at);
        }
    }
    Ok(sorted(map))
}

pub(super) fn django(text: &str) -> Result<Sets, Raised> {
    let spec = Spec::default();
    python::django(&Part { text, at: 0, spec: &spec }).map(sorted)
}

pub(super) fn sympy(text: &str) -> Result<Sets, Raised> {
    let spec = Spec::default();
    python::sympy(&Part { text, at: 0, spec: &spec }).map(sorted)
}

pub(super) fn pyscf(text: &str) -> Sets {
    let (passed, failed) = (at_start(r"PASSED\s+(.*)"), at_start(r"FAILED\s+([^\s-]+)"));
    let mut sets = Sets::default();
    for (at, line) in splitlines(text) {
        if let Some(name) = group(passed, line) {
            sets.passed.insert(strip(name).to_owned(), at);
        } else if let Some(name) = group(failed, line) {
            sets.failed.insert(strip(name).to_owned(), at);
        }
    }
    sets
}
