//! Trees of suites by indentation: calypso's jest, next's karma and cypress, lighthouse's mocha.
//!
//! In: a part of a log. Out: statuses under `suite - suite - title`.
//!
//! Invariant: a suite ends where a line stands no deeper than it.

use super::{Map, Part, Word, javascript};
use crate::harness::foreign::Raised;
use crate::harness::foreign::pattern::{at_start, group, search};
use crate::harness::foreign::text::{Edited, indent, lstrip, offset, split_lines, strip};

/// The suites that a line stands in.
#[derive(Default)]
struct Suites<'a>(Vec<(&'a str, usize)>);

impl<'a> Suites<'a> {
    /// Takes an indented line for the title of a suite.
    fn heading(&mut self, line: &'a str) {
        let depth = indent(line);
        if depth > 0 {
            while self.0.pop_if(|(_, other)| *other >= depth).is_some() {}
            self.0.push((strip(line), depth));
        }
    }

    fn path(&self) -> String {
        self.0.iter().map(|(title, _)| *title).collect::<Vec<_>>().join(" - ")
    }

    fn test(&self, title: &str) -> String {
        if self.0.is_empty() { title.to_owned() } else { format!("{} - {title}", self.path()) }
    }
}

/// jest's verbose form after each command that the shell traced.
pub(super) fn calypso(part: &Part<'_>) -> Result<Map, Raised> {
    let timed = search(r"\(\d+ms\)");
    let mut map = Map::default();
    let mut suites = Suites::default();
    for run in part.text.split(" ./node_modules/.bin/jest ").skip(1) {
        for (at, line) in split_lines(run) {
            if line.starts_with("Test Suites") || line.starts_with("  ● ") {
                break;
            }
            let (word, with, without) = match strip(line) {
                text if text.starts_with('✓') => (Word::Passed, r"^\s+✓\s(.*)\(\d+ms\)$", r"^\s+✓\s(.*)"),
                text if text.starts_with('✕') => (Word::Failed, r"^\s+✕\s(.*)\(\d+ms\)$", r"^\s+✕\s(.*)"),
                _ => {
                    suites.heading(line);
                    continue;
                }
            };
            let pattern = at_start(if timed.is_match(line) { with } else { without });
            let title = group(pattern, line).ok_or_else(|| {
                Raised::new("AttributeError", format!("a result without the expected form: {line}"))
            })?;
            let name = format!("{} - {title}", suites.path());
            map.put(strip(&name), word, part.at + offset(part.text, run) + at);
        }
    }
    Ok(map)
}

/// By version: cypress for 1.27, else karma.
pub(super) fn next(part: &Part<'_>) -> Result<Map, Raised> {
    Ok(if part.spec.version == "1.27" { next_cypress(part) } else { next_karma(part) })
}

fn next_karma(part: &Part<'_>) -> Map {
    let escapes = search(r"\x1B(?:[@-Z\\-_]|\[[0-?]*[ -/]*[@-~])");
    let plain = Edited::without(part.text, escapes);
    let short = Edited::without(&plain.text, search(r"(?s)AssertionError:\s+#([\s\S]*?)\n\n"));
    let text = short.text.as_str();
    let mut map = Map::default();
    let mut suites = Suites::default();
    for run in text.split(" xvfb-run ").skip(1) {
        let run = run.rsplit("Starting browser Chrome").next().unwrap_or(run);
        for (at, line) in split_lines(run) {
            if line.starts_with("TOTAL") {
                break;
            }
            if ["ERROR", "LOG", "WARN", "Check", "in"].iter().any(|start| strip(line).starts_with(start)) {
                continue;
            }
            let (title, word) = if let Some((_, title)) = line.split_once('✗') {
                (title, Word::Failed)
            } else if let Some((_, title)) = line.split_once('✓') {
                (title, Word::Passed)
            } else {
                suites.heading(line);
                continue;
            };
            let old = plain.old(short.old(offset(text, run) + at));
            map.put(suites.test(lstrip(title)), word, part.at + old);
        }
    }
    map
}

fn next_cypress(part: &Part<'_>) -> Map {
    let heading = search(r"Running:(.*)\)\n{3}\s{2}(.*)\n");
    let failed = search(r"(?m)^\s{4}\d+\)\s(.*)");
    let passed = search(r"(?m)^\s{4}✓\s(.*)\(");
    let mut map = Map::default();
    let found: Vec<_> = heading.captures_iter(part.text).collect();
    for (index, suite) in found.iter().enumerate() {
        let from = suite.get(0).map_or(0, |all| all.end());
        let to =
            found.get(index + 1).and_then(|next| next.get(0)).map_or(part.text.len(), |next| next.start());
        let title = &suite[2];
        for (pattern, word) in [(&failed, Word::Failed), (&passed, Word::Passed)] {
            for test in pattern.captures_iter(&part.text[from..to]).filter_map(|test| test.get(1)) {
                let name = format!("{title}: {}", strip(test.as_str()));
                map.put(name, word.clone(), part.at + from + test.start());
            }
        }
    }
    map
}

/// By version: mocha's spec form, jest's file lines, or mocha's JSON read by pattern.
pub(super) fn lighthouse(part: &Part<'_>) -> Result<Map, Raised> {
    let version = part.spec.version.as_str();
    if matches!(version, "9.5" | "10.0" | "10.2") {
        return Ok(lighthouse_mocha(part));
    }
    let number: f64 = strip(version).parse().map_err(|_| {
        Raised::new("ValueError", format!("the parser needs a number as the version, not `{version}`"))
    })?;
    if number >= 3.0 { javascript::carbon(part) } else { Ok(lighthouse_json(part)) }
}

fn lighthouse_mocha(part: &Part<'_>) -> Map {
    let begin = search(r"running\s\d+\stest\sfiles");
    let end = search(r"\d+\spassing");
    let forms = [
        (r"✔\s(.*)\s\(\d+m+s\)", Word::Passed),
        (r"✔\s(.*)", Word::Passed),
        (r"\d+\)\s(.*)\s\(\d+m+s\)", Word::Failed),
        (r"\d+\)\s(.*)", Word::Failed),
    ];
    let forms = forms.map(|(pattern, word)| (at_start(pattern), word));
    let mut map = Map::default();
    for run in begin.split(part.text).skip(1) {
        let run = strip(end.split(run).next().unwrap_or(run));
        let mut suites = Suites::default();
        for (at, line) in split_lines(run) {
            let text = strip(line);
            match forms.iter().find_map(|(form, word)| Some((group(form, text)?, word))) {
                Some((title, word)) => {
                    map.put(suites.test(title), word.clone(), part.at + offset(part.text, run) + at);
                }
                None => suites.heading(line),
            }
        }
    }
    map
}

fn lighthouse_json(part: &Part<'_>) -> Map {
    let title = search(r#""fullTitle":\s"(.*)",\n"#);
    let mut map = Map::default();
    for run in part.text.split("./node_modules/.bin/mocha --reporter json").skip(1) {
        for (list, end, word) in
            [("\"passes\": [", "]", Word::Passed), ("\"failures\": [", "],", Word::Failed)]
        {
            let tests = run.rsplit(list).next().unwrap_or(run);
            let tests = tests.rsplit_once(end).map_or(tests, |(tests, _)| tests);
            for test in title.captures_iter(tests).filter_map(|found| found.get(1)) {
                let at = offset(part.text, test.as_str());
                map.put(test.as_str(), word.clone(), part.at + at);
            }
        }
    }
    map
}
