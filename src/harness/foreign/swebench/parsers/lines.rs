//! Parsers that look at one stripped line at a time.
//!
//! In: a part of a log. Out: statuses. Most are a row: a pattern, which group is the status and which the name, and
//! the words for a status. cargo, whose logs are the largest, is matched by hand.
//!
//! Invariant: a line speaks for one test at most.

use super::{Map, Part, Word};
use crate::harness::foreign::Raised;
use crate::harness::foreign::pattern::{at_start, search};
use crate::harness::foreign::text::{split_lines, strip, words};

/// One pattern for a whole line.
struct Row {
    /// A line that lacks this cannot match; saves the pattern's work.
    hint: &'static str,
    pattern: &'static str,
    status: usize,
    name: usize,
    words: &'static [(&'static str, Word)],
}

fn read(part: &Part<'_>, row: &Row, tidy: fn(&Word, &str) -> String) -> Map {
    let mut map = Map::default();
    let pattern = at_start(row.pattern);
    for (at, line) in split_lines(part.text) {
        if !line.contains(row.hint) {
            continue;
        }
        let Some(found) = pattern.captures(strip(line)) else { continue };
        let (Some(status), Some(name)) = (found.get(row.status), found.get(row.name)) else { continue };
        if let Some((_, word)) = row.words.iter().find(|(text, _)| *text == status.as_str()) {
            map.put(tidy(word, name.as_str()), word.clone(), part.at + at);
        }
    }
    map
}

fn as_is(_: &Word, name: &str) -> String {
    name.to_owned()
}

/// `test NAME ... ok`: four words, so a name with a blank is no name.
pub(super) fn cargo(part: &Part<'_>) -> Result<Map, Raised> {
    let mut map = Map::default();
    for (at, line) in split_lines(part.text) {
        let line = strip(line);
        if !line.starts_with("test") {
            continue;
        }
        let mut all = words(line);
        let four = (all.next(), all.next(), all.next(), all.next(), all.next());
        let (Some("test"), Some(name), Some("..."), Some(status), None) = four else { continue };
        let word = match status {
            "ok" => Word::Passed,
            "FAILED" => Word::Failed,
            _ => continue,
        };
        map.put(name, word, part.at + at);
    }
    Ok(map)
}

pub(super) fn gotest(part: &Part<'_>) -> Result<Map, Raised> {
    const ROW: Row = Row {
        hint: "--- ",
        pattern: r"^--- (PASS|FAIL|SKIP): (.+) \((.+)\)$",
        status: 1,
        name: 2,
        words: &[("PASS", Word::Passed), ("FAIL", Word::Failed), ("SKIP", Word::Skipped)],
    };
    Ok(read(part, &ROW, as_is))
}

pub(super) fn jest(part: &Part<'_>) -> Result<Map, Raised> {
    const ROW: Row = Row {
        hint: "",
        pattern: r"^\s*(✓|✕|○)\s(.+?)(?:\s\((\d+\s*m?s)\))?$",
        status: 1,
        name: 2,
        words: &[("✓", Word::Passed), ("✕", Word::Failed), ("○", Word::Skipped)],
    };
    Ok(read(part, &ROW, |_, name| strip(name).to_owned()))
}

pub(super) fn jest_json(part: &Part<'_>) -> Result<Map, Raised> {
    const ROW: Row = Row {
        hint: "] ",
        pattern: r"^\[(PASSED|FAILED)\]\s(.+)$",
        status: 1,
        name: 2,
        words: &[("PASSED", Word::Passed), ("FAILED", Word::Failed)],
    };
    const ANY_SPACE: Row = Row { hint: "]", ..ROW };
    Ok(read(part, &ANY_SPACE, as_is))
}

/// jest's text or JSON form, by the number at the end of the instance's id.
pub(super) fn immutable_js(part: &Part<'_>) -> Result<Map, Raised> {
    match part.spec.instance_id.rsplit('-').next() {
        Some("2006") => jest(part),
        Some("2005") => jest_json(part),
        _ => Err(unknown_instance(part)),
    }
}

fn unknown_instance(part: &Part<'_>) -> Raised {
    Raised::new("ValueError", format!("the parser does not know the instance `{}`", part.spec.instance_id))
}

pub(super) fn vitest(part: &Part<'_>) -> Result<Map, Raised> {
    const ROW: Row = Row {
        hint: "",
        pattern: r"^\s*(✓|×|↓)\s(.+?)(?:\s(\d+\s*m?s?|\[skipped\]))?$",
        status: 1,
        name: 2,
        words: &[("✓", Word::Passed), ("×", Word::Failed), ("↓", Word::Skipped)],
    };
    Ok(read(part, &ROW, as_is))
}

pub(super) fn tap(part: &Part<'_>) -> Result<Map, Raised> {
    const ROW: Row = Row {
        hint: "ok ",
        pattern: r"^(ok|not ok) (\d+) (.+)$",
        status: 1,
        name: 3,
        words: &[("ok", Word::Passed), ("not ok", Word::Failed)],
    };
    Ok(read(part, &ROW, as_is))
}

pub(super) fn redis(part: &Part<'_>) -> Result<Map, Raised> {
    const ROW: Row = Row {
        hint: "]:",
        pattern: r"^\[(ok|err|skip|ignore)\]:\s(.+?)(?:\s\((\d+\s*m?s)\))?$",
        status: 1,
        name: 2,
        words: &[
            ("ok", Word::Passed),
            ("err", Word::Failed),
            ("skip", Word::Skipped),
            ("ignore", Word::Skipped),
        ],
    };
    Ok(read(part, &ROW, |word, name| match word {
        Word::Failed => search(r"\s+in\s+\S+$").replace(name, "").into_owned(),
        _ => name.to_owned(),
    }))
}

pub(super) fn jq(part: &Part<'_>) -> Result<Map, Raised> {
    const ROW: Row = Row {
        hint: ":",
        pattern: r"^\s*(PASS|FAIL):\s(.+)$",
        status: 1,
        name: 2,
        words: &[("PASS", Word::Passed), ("FAIL", Word::Failed)],
    };
    Ok(read(part, &ROW, as_is))
}

pub(super) fn micropython(part: &Part<'_>) -> Result<Map, Raised> {
    const ROW: Row = Row {
        hint: "",
        pattern: r"^(pass|FAIL|skip)\s+(.+)$",
        status: 1,
        name: 2,
        words: &[("pass", Word::Passed), ("FAIL", Word::Failed), ("skip", Word::Skipped)],
    };
    Ok(read(part, &ROW, as_is))
}

pub(super) fn googletest(part: &Part<'_>) -> Result<Map, Raised> {
    const ROW: Row = Row {
        hint: "[",
        pattern: r"^.*\[\s*(OK|FAILED)\s*\]\s(.*)\s\(.*\)$",
        status: 1,
        name: 2,
        words: &[("OK", Word::Passed), ("FAILED", Word::Failed)],
    };
    Ok(read(part, &ROW, as_is))
}

pub(super) fn ant(part: &Part<'_>) -> Result<Map, Raised> {
    const ROW: Row = Row {
        hint: "[junit]",
        pattern: r"^\s*\[junit\]\s+\[(PASS|FAIL|ERR)\]\s+(.*)$",
        status: 1,
        name: 2,
        words: &[("PASS", Word::Passed), ("FAIL", Word::Failed), ("ERR", Word::Failed)],
    };
    Ok(read(part, &ROW, as_is))
}

pub(super) fn minitest(part: &Part<'_>) -> Result<Map, Raised> {
    const ROW: Row = Row {
        hint: ". ",
        pattern: r"^(.+)\. .*=.*(\.|F|E).*$",
        status: 2,
        name: 1,
        words: &[(".", Word::Passed), ("F", Word::Failed), ("E", Word::Failed)],
    };
    Ok(read(part, &ROW, as_is))
}

pub(super) fn cucumber(part: &Part<'_>) -> Result<Map, Raised> {
    const ROW: Row = Row {
        hint: " .",
        pattern: r"^(.*) \.+(\.|F)",
        status: 2,
        name: 1,
        words: &[(".", Word::Passed), ("F", Word::Failed)],
    };
    Ok(read(part, &ROW, as_is))
}

/// Minitest or cucumber, by the number in the instance's id.
pub(super) fn jekyll(part: &Part<'_>) -> Result<Map, Raised> {
    match part.spec.instance_id.split('-').nth(1) {
        Some("9141" | "8047" | "8167") => minitest(part),
        Some("8761" | "8771") => cucumber(part),
        Some(_) => Err(unknown_instance(part)),
        None => Err(Raised::new("IndexError", "the instance's id has no number")),
    }
}

pub(super) fn ruby_unit(part: &Part<'_>) -> Result<Map, Raised> {
    const ROW: Row = Row {
        hint: ":",
        pattern: r"^\s*(?:test: )?(.+):\s+(?:(\.)|(E|F|O)(?:\W|$))",
        status: 2,
        name: 1,
        words: &[],
    };
    let mut map = Map::default();
    let pattern = at_start(ROW.pattern);
    for (at, line) in split_lines(part.text).filter(|(_, line)| line.contains(ROW.hint)) {
        let Some(found) = pattern.captures(strip(line)) else { continue };
        let word = match found.get(3).map(|status| status.as_str()) {
            None => Word::Passed,
            Some("O") => Word::Skipped,
            Some(_) => Word::Failed,
        };
        map.put(&found[ROW.name], word, part.at + at);
    }
    Ok(map)
}

pub(super) fn rspec(part: &Part<'_>) -> Result<Map, Raised> {
    const ROW: Row = Row {
        hint: " - ",
        pattern: r"(.+) - (passed|failed)",
        status: 2,
        name: 1,
        words: &[("passed", Word::Passed), ("failed", Word::Failed)],
    };
    Ok(read(part, &ROW, as_is))
}
