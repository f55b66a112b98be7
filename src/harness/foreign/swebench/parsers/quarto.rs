//! quarto's test runner (a Deno one, with colours).
//!
//! In: a part of a log. Out: statuses up to the list of errors; a test without a status on its line is failed.
//!
//! Invariant: names of temporary files are numbered by first use, so that they are the same in every run.

use super::{Map, Part, Word};
use crate::harness::foreign::Raised;
use crate::harness::foreign::pattern::search;
use crate::harness::foreign::text::{split_lines, strip};

pub(super) fn quarto_cli(part: &Part<'_>) -> Result<Map, Raised> {
    let temporary = [r"/tmp/(\w+)\.qmd", r"/tmp/(\w+)/"].map(search);
    let mut known: Vec<String> = Vec::new();
    let mut map = Map::default();
    for (at, line) in split_lines(part.text) {
        if line.contains("ERRORS") || line.contains("failures:") {
            break;
        }
        if !line.contains("[smoke]") && !line.contains("[unit]") {
            continue;
        }
        let mut line = line.to_owned();
        for pattern in &temporary {
            let Some(path) = pattern.find(&line).map(|found| found.as_str().to_owned()) else { continue };
            let number = known.iter().position(|other| *other == path).unwrap_or(known.len());
            if number == known.len() {
                known.push(path);
            }
            line = pattern.replace_all(&line, format!("/tmp/{number}")).into_owned();
        }
        let summary = ["passed", "failed", "steps"].iter().all(|word| line.contains(word));
        if line.starts_with("test result:") || summary || line.contains("34mINFO") {
            continue;
        }
        let name = strip(line.split("...").next().unwrap_or(&line));
        if line.contains("32mok") {
            map.put(name, Word::Passed, part.at + at);
        } else if line.contains("31mFAILED") || !map.contains(name) {
            map.put(name, Word::Failed, part.at + at);
        }
    }
    Ok(map)
}
