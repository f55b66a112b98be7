//! Whether a log is taken for an account of a run.
//!
//! In: a decoded log. Out: the statuses of the part between the markers (of the whole log, where that part has none),
//! or why the log does not count; and a guess whether the environment was at fault.
//!
//! Invariant: the order of the checks is the package's; the first that fails is the reason.

use serde::{Deserialize, Serialize};

use super::parsers::{Map, Parse, Part};
use super::{Spec, Word};
use crate::harness::foreign::Raised;
use crate::harness::foreign::pattern::{int, search};

/// The line before the output of the tests.
pub const START_MARKER: &str = ">>>>> Start Test Output";
/// The line after it.
pub const END_MARKER: &str = ">>>>> End Test Output";

/// Any of these anywhere in the log spoils it.
const BAD: [&str; 4] =
    [">>>>> Patch Apply Failed", ">>>>> Reset Failed", ">>>>> Tests Errored", ">>>>> Tests Timed Out"];

/// Summaries of runners that did run something.
const RAN: &str = concat!(
    r"(?m)Executed [1-9]\d* of \d+|TOTAL: [1-9]\d* (?:SUCCESS|FAILED)|[1-9]\d* passing|Tests:\s+[1-9]\d*",
    r"|Test Suites:\s+(?:\d+ \w+, )*[1-9]\d* total|^# tests [1-9]\d*|[1-9]\d* specs?, \d+ failures?|': ok$",
);
const EXIT: &str = r">>>>> Test Exit Code:\s*(-?\d+)";

/// Why a log was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhyNot {
    /// This marker of a failed step stands in it.
    BadMarker(String),
    /// It lacks the marker of the start or the end of the tests' output.
    NoMarkers,
    /// No statuses, and no sign that tests ran.
    NothingRan,
    /// The tests' command ended with this code, yet no status is a failure.
    ExitCode(String),
}

/// A likely fault of the environment. It does not change the verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Infra {
    /// The package's name for it (`out_of_memory`).
    pub reason: String,
    /// Whether a patch cannot plausibly cause it: only then the report's `infra_failure` is true.
    pub environment: bool,
}

/// Whether a log holds both markers, so that it can be graded as a whole evaluation log.
pub fn is_marked(log: &[u8]) -> bool {
    let holds = |marker: &str| log.windows(marker.len()).any(|window| window == marker.as_bytes());
    holds(START_MARKER) && holds(END_MARKER)
}

/// Statuses, and why they do not count.
pub(super) fn statuses(text: &str, parse: Parse, spec: &Spec) -> Result<(Map, Option<WhyNot>), Raised> {
    if let Some(bad) = BAD.iter().find(|bad| text.contains(**bad)) {
        return Ok((Map::default(), Some(WhyNot::BadMarker((*bad).to_owned()))));
    }
    // What lies between the first start and the first end or next start after it.
    let (Some(start), true) = (text.find(START_MARKER), text.contains(END_MARKER)) else {
        return Ok((Map::default(), Some(WhyNot::NoMarkers)));
    };
    let from = start + START_MARKER.len();
    let inner = &text[from..];
    let inner = inner.split(START_MARKER).next().unwrap_or(inner);
    let inner = inner.split(END_MARKER).next().unwrap_or(inner);
    let mut map = parse(&Part { text: inner, at: from, spec })?;
    if map.is_empty() {
        map = parse(&Part { text, at: 0, spec })?;
    }
    if map.is_empty() && !search(RAN).is_match(text) {
        return Ok((map, Some(WhyNot::NothingRan)));
    }
    let failed = |map: &Map| map.entries().any(|(_, entry)| matches!(entry.word, Word::Failed | Word::Error));
    if !map.is_empty() && !failed(&map) && text.contains(">>>>> Test Exit Code") {
        let code = search(EXIT).captures(text).map(|found| found[1].to_owned());
        if let Some(code) = code.filter(|code| int(code.trim_start_matches('-')) != Some(0)) {
            return Ok((map, Some(WhyNot::ExitCode(code))));
        }
    }
    Ok((map, None))
}

/// The first sign of a fault of the environment.
pub(super) fn infra(text: &str) -> Option<Infra> {
    const SIGNS: [(&str, bool, &str); 8] = [
        ("browser_launch_failed", true, r"Failed to launch|Failed to connect to the bus"),
        ("display_unavailable", true, r"cannot open display|Missing X server|unable to open X display"),
        ("out_of_memory", true, r"(?m)Cannot allocate memory|OutOfMemoryError|^Killed$"),
        ("container_unavailable", true, r"Error response from daemon|Cannot connect to the Docker daemon"),
        ("network_unreachable", true, r"Could not resolve host|Temporary failure in name resolution"),
        ("missing_module", false, r"Cannot find module|MODULE_NOT_FOUND|ModuleNotFoundError"),
        ("no_tests_collected", false, r"no tests ran|collected 0 items"),
        ("tests_timed_out", false, r"Timeout error: \d+ seconds exceeded"),
    ];
    SIGNS
        .iter()
        .find(|(_, _, sign)| search(sign).is_match(text))
        .map(|(reason, environment, _)| Infra { reason: (*reason).to_owned(), environment: *environment })
}
