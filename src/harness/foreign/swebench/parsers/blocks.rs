//! Parsers that search the whole text, failures that span lines among them.
//!
//! In: a part of a log. Out: statuses; most record failures only and belong to `fail_only` instances.
//!
//! Invariant: patterns are tried one after the other over the whole text, so later patterns win.

use super::{Map, Part, Word};
use crate::harness::foreign::Raised;
use crate::harness::foreign::pattern::search;
use crate::harness::foreign::text::{Edited, strip};

/// All matches of a pattern: a group's text and where the match begins.
fn all<'t>(pattern: &'static str, text: &'t str, group: usize) -> Vec<(&'t str, usize)> {
    let found = search(pattern);
    let matches = found.captures_iter(text);
    matches.filter_map(|found| Some((found.get(group)?.as_str(), found.get(0)?.start()))).collect()
}

/// `re.sub(r"\s+", " ", …).strip()`.
fn one_line(text: &str) -> String {
    strip(&search(r"\s+").replace_all(text, " ")).to_owned()
}

/// mocha's numbered failures, up to the first word that ends in `Error`.
pub(super) fn eslint(part: &Part<'_>) -> Result<Map, Raised> {
    let mut map = Map::default();
    for (name, at) in all(r"(\s{2}\d+\))([\s\S]*?)\s+(?:(.*)Error)", part.text, 2) {
        // The match may begin with the line ends before its number.
        let skip = part.text[at..].len() - part.text[at..].trim_start().len();
        map.put(one_line(name), Word::Failed, part.at + at + skip);
    }
    Ok(map)
}

/// karma's failures in the browsers that the project ran.
pub(super) fn bpmn_js(part: &Part<'_>) -> Result<Map, Raised> {
    let patterns = [
        (r"2KPhantomJS\s[\d\.]+\s\(Linux\s[\d\.]+\)\s(.*)FAILED\n", 1),
        (r"2KPhantomJS\s[\d\.]+\s\(Linux\sx86_64\)\s(.*)FAILED\n", 1),
        (r"Chrome\sHeadless\s(.*)\s\(Linux\sx86_64\)\s(.*)FAILED\n", 2),
        (r"HeadlessChrome\s[\d\.]+\s\(Linux\s[\d\.]+\)\s(.*)FAILED\n", 1),
    ];
    let mut map = Map::default();
    for (pattern, group) in patterns {
        for (name, at) in all(pattern, part.text, group) {
            map.put(name, Word::Failed, part.at + at);
        }
    }
    Ok(map)
}

pub(super) fn openlayers(part: &Part<'_>) -> Result<Map, Raised> {
    let patterns = [
        r"(?m)Chrome\sHeadless\s[\d\.]+\s\(Linux\s[\d\._\S]+\)\s(.*)\sFAILED\n",
        r"(?m)Chrome\s[\d\.]+\s\(Linux\s[\d\._\S]+\)\s(.*)FAILED\n",
        r"(?m)^\s{2}\d+\)([\s\S]*?)Error:",
        r"(?m)^case\s(.*):\smismatch",
    ];
    let mut map = Map::default();
    for pattern in patterns {
        for (name, at) in all(pattern, part.text, 1) {
            map.put(one_line(name), Word::Failed, part.at + at);
        }
    }
    Ok(map)
}

/// jest's file lines, failures first, so that a file named twice counts as passed.
pub(super) fn grommet(part: &Part<'_>) -> Result<Map, Raised> {
    let timing = search(r"\s\([\d\.]+\s?(?:ms|s)\)$");
    let mut map = Map::default();
    for (pattern, word) in [(r"(?m)^FAIL\s(.*)", Word::Failed), (r"(?m)^PASS\s(.*)", Word::Passed)] {
        for (name, at) in all(pattern, part.text, 1) {
            map.put(timing.replace(strip(name), ""), word.clone(), part.at + at);
        }
    }
    Ok(map)
}

pub(super) fn chart_js(part: &Part<'_>) -> Result<Map, Raised> {
    let plain = Edited::without(part.text, search(r"\x1B(?:[@-Z\\-_]|\[[0-?]*[ -/]*[@-~])"));
    let mut map = Map::default();
    let pattern = r"(?m)Chrome\s[\d\.]+[^\S\r\n]\(.+?\)[^\S\r\n](.*)FAILED$";
    for (name, at) in all(pattern, &plain.text, 1) {
        map.put(name, Word::Failed, part.at + plain.old(at));
    }
    Ok(map)
}
