//! Runners whose lines have to be read with what came before: mocha's ticks, karma's tree, phpunit's headings; and
//! jest's file lines.
//!
//! In: a part of a log. Out: statuses under the names that the package makes up of headings and titles.
//!
//! Invariant: a heading holds until the next one, whatever stands between.

use super::{Map, Part, Word};
use crate::harness::foreign::Raised;
use crate::harness::foreign::pattern::{at_start, group, search};
use crate::harness::foreign::text::{split_lines, strip};

/// `PASS file (1.2s)`: jest without `--verbose`, one status for each file.
pub(super) fn carbon(part: &Part<'_>) -> Result<Map, Raised> {
    let mut map = Map::default();
    for (at, line) in split_lines(part.text) {
        let (word, patterns) = if line.starts_with("PASS") {
            const PASS: [&str; 4] = [
                r"^PASS\s(.*)\s\([\d\.]+ms\)",
                r"^PASS\s(.*)\s\([\d\.]+\ss\)",
                r"^PASS\s(.*)\s\([\d\.]+s\)",
                r"^PASS\s(.*)",
            ];
            (Word::Passed, PASS)
        } else if line.starts_with("FAIL") {
            const FAIL: [&str; 4] = [
                r"^FAIL\s(.*)\s\([\d\.]+ms\)",
                r"^FAIL\s(.*)\s\([\d\.]+\ss\)",
                r"^FAIL\s(.*)\s\([\d\.]+s\)",
                r"^FAIL\s(.*)",
            ];
            (Word::Failed, FAIL)
        } else {
            continue;
        };
        if let Some(name) = patterns.into_iter().find_map(|pattern| group(at_start(pattern), line)) {
            map.put(name, word, part.at + at);
        }
    }
    Ok(map)
}

/// mocha's spec reporter up to its summary, with the last line that is indented and no result as the suite.
pub(super) fn highlightjs(part: &Part<'_>) -> Result<Map, Raised> {
    let end = search(r"\n[ \t]*\d+ passing").find(part.text).map_or(part.text.len(), |found| found.start());
    let timing = search(r"\(\d+ms\)");
    let failed = at_start(r"^\d+\)");
    let mut map = Map::default();
    let mut suite: Option<&str> = None;
    for (at, line) in split_lines(&part.text[..end]) {
        let text = strip(line);
        let (rest, word) = if text.starts_with(['✓', '✔']) {
            let tick = if text.starts_with('✓') { '✓' } else { '✔' };
            (line.split_once(tick), Word::Passed)
        } else if failed.is_match(text) {
            (line.split_once(')'), Word::Failed)
        } else {
            if line.starts_with("  ") {
                suite = Some(text);
            }
            continue;
        };
        let Some((_, rest)) = rest else { continue };
        let name = timing.replace_all(rest, "");
        let name = strip(&name);
        let full = suite.map_or_else(|| name.to_owned(), |suite| format!("{suite}.{name}"));
        map.put(full, word, part.at + at);
    }
    Ok(map)
}

/// Failures only.
pub(super) fn marked(part: &Part<'_>) -> Result<Map, Raised> {
    let pattern = at_start(r"^\d+\)\s(.*)");
    let mut map = Map::default();
    for (at, line) in split_lines(part.text) {
        if let Some(name) = group(pattern, line) {
            map.put(strip(name), Word::Failed, part.at + at);
        }
    }
    Ok(map)
}

/// karma's tree. Where the tree goes back further than it came the package raises an exception.
pub(super) fn karma(part: &Part<'_>) -> Result<Map, Raised> {
    let pattern = at_start(r"^(\s*)?([✔✖])?\s(.*)$");
    let mut map = Map::default();
    let mut depth: Option<usize> = None;
    let mut suites: Vec<&str> = Vec::new();
    let mut started = false;
    for (at, line) in split_lines(part.text) {
        if line.starts_with("SUMMARY:") {
            break;
        }
        if line.contains("Starting browser") {
            started = true;
            continue;
        }
        if !started {
            continue;
        }
        let Some(found) = pattern.captures(line) else { continue };
        let indent = found.get(1).map_or(0, |indent| indent.as_str().chars().count());
        let name = found.get(3).map_or("", |name| name.as_str());
        match found.get(2).map(|status| status.as_str()) {
            None if indent == 0 => {}
            None if depth.is_none_or(|depth| indent > depth) => {
                depth = Some(indent);
                suites.push(name);
            }
            None if depth.is_some_and(|depth| indent < depth) => {
                depth = Some(indent);
                if suites.pop().is_none() {
                    return Err(Raised::new("IndexError", "the tree goes back further than it came"));
                }
            }
            None => {}
            Some(status) => {
                let full = suites.iter().copied().chain([name]).collect::<Vec<_>>().join(" > ");
                map.put(full, if status == "✔" { Word::Passed } else { Word::Failed }, part.at + at);
            }
        }
    }
    Ok(map)
}

/// phpunit's testdox form: a heading with the class in brackets, then its tests.
pub(super) fn phpunit(part: &Part<'_>) -> Result<Map, Raised> {
    let heading = at_start(r"^(\w.+) \(.+\)$");
    let test = at_start(r"^\s*([✔✘↩])\s*(.*)$");
    let mut map = Map::default();
    let mut suite = "None";
    for (at, line) in split_lines(part.text) {
        if let Some(found) = group(heading, line) {
            suite = found;
            continue;
        }
        let Some(found) = test.captures(line) else { continue };
        let word = match &found[1] {
            "✔" => Word::Passed,
            "✘" => Word::Failed,
            _ => Word::Skipped,
        };
        map.put(format!("{suite} > {}", &found[2]), word, part.at + at);
    }
    Ok(map)
}
