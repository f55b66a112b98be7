//! Maven and gradle, read around output that comes in between.
//!
//! In: a part of a log. Out: statuses. Maven names no tests that pass, so the package runs each alone, takes names from
//! the traced commands and pairs them with the builds' results in order.
//!
//! Invariant: the n-th result answers for the n-th name that still waits.

use std::collections::VecDeque;

use super::{Map, Part, Word};
use crate::harness::foreign::Raised;
use crate::harness::foreign::pattern::{at_start, group};
use crate::harness::foreign::text::{split_lines, strip};

pub(super) fn maven(part: &Part<'_>) -> Result<Map, Raised> {
    let named = at_start(r"^.*-Dtest=(\S+).*$");
    let mut map = Map::default();
    let mut waiting: VecDeque<&str> = VecDeque::new();
    let mut early: VecDeque<(Word, usize)> = VecDeque::new();
    for (at, line) in split_lines(part.text) {
        let line = strip(line);
        if line.contains("-Dtest=")
            && let Some(name) = group(named, line)
        {
            waiting.push_back(name);
        }
        let word = match line {
            _ if line.ends_with("BUILD SUCCESS") => Word::Passed,
            _ if line.ends_with("BUILD FAILURE") => Word::Failed,
            _ => continue,
        };
        match waiting.pop_front() {
            Some(name) => map.put(name, word, part.at + at),
            None => early.push_back((word, part.at + at)),
        }
    }
    for (name, (word, at)) in waiting.into_iter().zip(early) {
        map.put(name, word, at);
    }
    Ok(map)
}

/// `Class > method PASSED`, or the status alone on a later line.
pub(super) fn gradle(part: &Part<'_>) -> Result<Map, Raised> {
    let whole = at_start(r"^([^>].+)\s+(PASSED|FAILED)$");
    let name_only = at_start(r"^([^>]\S*\s+>\s+\S+)$");
    let mut map = Map::default();
    let mut waiting: Option<&str> = None;
    for (at, line) in split_lines(part.text) {
        let line = strip(line);
        let word = match line {
            _ if line.ends_with("PASSED") => Some(Word::Passed),
            _ if line.ends_with("FAILED") => Some(Word::Failed),
            _ => None,
        };
        if let Some(word) = &word
            && let Some(name) = group(whole, line)
        {
            map.put(name, word.clone(), part.at + at);
            waiting = None;
        } else if line.contains('>')
            && let Some(name) = group(name_only, line)
        {
            waiting = Some(name);
        } else if let ("PASSED" | "FAILED", Some(word)) = (line, word)
            && let Some(name) = waiting.take()
        {
            map.put(name, word, part.at + at);
        }
    }
    Ok(map)
}
