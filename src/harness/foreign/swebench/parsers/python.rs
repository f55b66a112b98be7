//! Python's runners: pytest's summary in five readings, Django's and sympy's own.
//!
//! In: a part of a log. Out: statuses; those of pytest are whatever stands first on the line.
//!
//! Invariant: only a line that begins (or, for `pytest_v2`, ends) with one of five words is a result of pytest's.

use std::borrow::Cow;

use super::{Map, Part, Word};
use crate::harness::foreign::Raised;
use crate::harness::foreign::pattern::{at_start, search};
use crate::harness::foreign::text::{split_lines, strip, words};

const STATUSES: [&str; 5] = ["FAILED", "PASSED", "SKIPPED", "ERROR", "XFAIL"];

fn begins(line: &str) -> bool {
    STATUSES.iter().any(|status| line.starts_with(status))
}

/// `SKIPPED [3] file:line: reason`, where the second word is a count.
fn counts_skips(status: &str, name: &str) -> bool {
    status == "SKIPPED" && at_start(r"^\[\d+\]$").is_match(name)
}

/// Lines of pytest's short summary, as status and second word.
fn summary(part: &Part<'_>, tidy: fn(&str) -> String, name: fn(&str) -> String) -> Map {
    let mut map = Map::default();
    for (at, line) in split_lines(part.text) {
        // Only matplotlib's reading tidies, and only lines with this word.
        let line = if line.contains("MouseButton") { Cow::Owned(tidy(line)) } else { Cow::Borrowed(line) };
        if !begins(&line) {
            continue;
        }
        let line = if line.starts_with("FAILED") { Cow::Owned(line.replace(" - ", " ")) } else { line };
        let mut all = words(&line);
        let (Some(status), Some(test)) = (all.next(), all.next()) else { continue };
        if !counts_skips(status, test) {
            map.put(name(test), Word::from(status), part.at + at);
        }
    }
    map
}

pub(super) fn pytest(part: &Part<'_>) -> Result<Map, Raised> {
    Ok(summary(part, str::to_owned, str::to_owned))
}

pub(super) fn matplotlib(part: &Part<'_>) -> Result<Map, Raised> {
    let tidy = |line: &str| line.replace("MouseButton.LEFT", "1").replace("MouseButton.RIGHT", "3");
    Ok(summary(part, tidy, str::to_owned))
}

/// Of a parameter that is an absolute path only the last part is kept.
pub(super) fn pytest_options(part: &Part<'_>) -> Result<Map, Raised> {
    Ok(summary(part, str::to_owned, short_option))
}

/// An id whose parameter, if it is an absolute path, is cut to its last part.
pub(in crate::harness::foreign) fn short_option(test: &str) -> String {
    let Some(found) = search(r"(.*?)\[(.*)\]").captures(test) else { return test.to_owned() };
    let (main, option) = (&found[1], &found[2]);
    if option.starts_with('/') && !option.starts_with("//") && !option.contains('*') {
        let last = option.rsplit('/').next().unwrap_or_default();
        return format!("{main}[/{last}]");
    }
    format!("{main}[{option}]")
}

/// Control characters taken out; ids may hold blanks; a status may also stand last.
pub(super) fn pytest_v2(part: &Part<'_>) -> Result<Map, Raised> {
    let mut map = Map::default();
    let colour = search(r"\[(\d+)m");
    for (at, raw) in split_lines(part.text) {
        // Without anything to take out, a line is what it is: most are no results.
        let clean = !raw.contains(|c: char| c < ' ' || c == '[');
        if clean && !begins(raw) && !STATUSES.iter().any(|status| raw.ends_with(status)) {
            continue;
        }
        let line = colour.replace_all(raw, "").replace(|c| matches!(c, '\u{1}'..='\u{1f}'), "");
        if begins(&line) {
            let line =
                if line.starts_with("FAILED") { line.split(" - ").next().unwrap_or(&line) } else { &line };
            let all: Vec<&str> = words(line).collect();
            if let [status, name @ ..] = &all[..]
                && let Some(first) = name.first()
                && !counts_skips(status, first)
            {
                map.put(name.join(" "), Word::from(*status), part.at + at);
            }
        } else if STATUSES.iter().any(|status| line.ends_with(status)) {
            let all: Vec<&str> = words(&line).collect();
            if let [name @ .., status] = &all[..]
                && !name.is_empty()
            {
                map.put(name.join(" "), Word::from(*status), part.at + at);
            }
        }
    }
    Ok(map)
}

pub(super) fn seaborn(part: &Part<'_>) -> Result<Map, Raised> {
    let mut map = Map::default();
    for (at, line) in split_lines(part.text) {
        let mut all = words(line);
        let (Some(first), Some(second)) = (all.next(), all.next()) else { continue };
        let at = part.at + at;
        if line.starts_with("FAILED") {
            map.put(second, Word::Failed, at);
        } else if line.contains(" PASSED ") {
            if second == "PASSED" {
                map.put(first, Word::Passed, at);
            }
        } else if line.starts_with("PASSED") {
            map.put(second, Word::Passed, at);
        }
    }
    Ok(map)
}

pub(in crate::harness::foreign) fn sympy(part: &Part<'_>) -> Result<Map, Raised> {
    let mut map = Map::default();
    for found in search(r"(_*) (.*)\.py:(.*) (_*)").captures_iter(part.text) {
        let at = found.get(0).map_or(0, |all| all.start());
        map.put(format!("{}.py:{}", &found[2], &found[3]), Word::Failed, part.at + at);
    }
    for (at, line) in split_lines(part.text) {
        let line = strip(line);
        let word = match line {
            _ if !line.starts_with("test_") => continue,
            _ if line.ends_with(" E") => Word::Error,
            _ if line.ends_with(" F") => Word::Failed,
            _ if line.ends_with(" ok") => Word::Passed,
            _ => continue,
        };
        if let Some(test) = words(line).next() {
            map.put(test, word, part.at + at);
        }
    }
    Ok(map)
}

/// The unittest runner's verbose lines, with what Django's own output does to them.
pub(in crate::harness::foreign) fn django(part: &Part<'_>) -> Result<Map, Raised> {
    const VERSION: &str = "--version is equivalent to version";
    const MOVED: &str = "Applying sites.0002_alter_domain_unique...test_no_migrations";
    let mut map = Map::default();
    let mut before: Option<&str> = None;
    for (at, line) in split_lines(part.text) {
        let at = part.at + at;
        let mut line = strip(line);
        if line.contains(VERSION) {
            map.put(VERSION, Word::Passed, at);
        }
        if let Some((name, _)) = line.split_once(" ... ") {
            before = Some(name);
        }
        if let Some(suffix) = [" ... ok", " ... OK", " ...  OK"].into_iter().find(|end| line.ends_with(end)) {
            if line.starts_with(MOVED) {
                line = line.split_once("...").map_or(line, |(_, rest)| strip(rest));
            }
            map.put(line.rsplit_once(suffix).map_or(line, |(name, _)| name), Word::Passed, at);
        }
        if let Some((name, _)) = line.split_once(" ... skipped") {
            map.put(name, Word::Skipped, at);
        }
        for (end, start, word) in
            [(" ... FAIL", "FAIL:", Word::Failed), (" ... ERROR", "ERROR:", Word::Error)]
        {
            if line.ends_with(end)
                && let Some((name, _)) = line.split_once(end)
            {
                map.put(name, word.clone(), at);
            }
            if line.starts_with(start) {
                let name = words(line).nth(1);
                let name =
                    name.ok_or_else(|| Raised::new("IndexError", format!("nothing after `{start}`")))?;
                map.put(name, word, at);
            }
        }
        if line.starts_with("ok")
            && let Some(name) = before
        {
            map.put(name, Word::Passed, at);
        }
    }
    // A long print can come between a test and its `ok`.
    for (hint, pattern) in [
        (
            "Testing against Django installed in ",
            r"(?m)^(.*?)\s\.\.\.\sTesting against Django installed in ((?s:.*?)) silenced\)\.\nok$",
        ),
        ("Internal Server Error: ", r"(?m)^(.*?)\s\.\.\.\sInternal Server Error: /(.*)/\nok$"),
        (
            "System check identified no issues",
            r"(?m)^(.*?)\s\.\.\.\sSystem check identified no issues \(0 silenced\)\nok$",
        ),
    ] {
        if !part.text.contains(&hint[..12]) {
            continue;
        }
        for found in search(pattern).captures_iter(part.text) {
            let (Some(all), Some(name)) = (found.get(0), found.get(1)) else { continue };
            let ok = all.end() - "ok".len();
            map.put(name.as_str(), Word::Passed, part.at + ok);
        }
    }
    Ok(map)
}
