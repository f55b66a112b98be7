//! One event of libtest's JSON (`--format json`), which nextest writes too.
//!
//! In: a line. Out: an event, or nothing. What tests print lies inside of strings and is never an event.

use serde::Deserialize;

use super::super::Status;
use super::line::Summary;

/// An event.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A program announces its tests.
    Announced(usize),
    /// A test was begun.
    Begun(String),
    /// A test's result and seconds.
    Result(String, Status, Option<f64>),
    /// A program ended.
    Ended(Summary),
}

#[derive(Debug, Deserialize)]
struct Raw {
    #[serde(rename = "type")]
    kind: String,
    event: Option<String>,
    name: Option<String>,
    test_count: Option<usize>,
    exec_time: Option<f64>,
    #[serde(default)]
    passed: usize,
    #[serde(default)]
    failed: usize,
    #[serde(default)]
    ignored: usize,
    #[serde(default)]
    measured: usize,
}

/// Reads an event.
pub fn event(text: &str) -> Option<Event> {
    if !is_event(text) {
        return None;
    }
    let raw: Raw = serde_json::from_str(text.trim()).ok()?;
    let name = raw.name.filter(|name| !name.is_empty());
    Some(match (raw.kind.as_str(), raw.event.as_deref()) {
        ("suite", Some("started")) => Event::Announced(raw.test_count?),
        ("suite", Some("ok" | "failed")) => {
            let Raw { passed, failed, ignored, measured, .. } = raw;
            Event::Ended(Summary { passed, failed, ignored, measured })
        }
        ("test", Some("started")) => Event::Begun(name?),
        ("bench", _) => Event::Result(name?, Status::Passed, None),
        ("test", Some(word)) => {
            let status = match word {
                "ok" => Status::Passed,
                "failed" => Status::Failed,
                "ignored" => Status::Skipped,
                // `timeout` says that a test is slow, not that it ended.
                _ => return None,
            };
            Event::Result(name?, status, raw.exec_time.filter(|time| time.is_finite()))
        }
        _ => return None,
    })
}

/// Whether a line looks like an event.
pub fn is_event(text: &str) -> bool {
    text.starts_with('{')
        && text.contains("\"type\"")
        && (text.contains("\"event\"") || text.contains("\"bench\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events() {
        let cases = [
            (r#"{ "type": "suite", "event": "started", "test_count": 3 }"#, Some(Event::Announced(3))),
            (r#"{ "type": "test", "event": "started", "name": "a::b" }"#, Some(Event::Begun("a::b".into()))),
            (
                r#"{"type":"test","event":"ok","name":"a","exec_time":0.5}"#,
                Some(Event::Result("a".into(), Status::Passed, Some(0.5))),
            ),
            (
                r#"{ "type": "test", "name": "a", "event": "ignored", "message": "slow" }"#,
                Some(Event::Result("a".into(), Status::Skipped, None)),
            ),
            (r#"{ "type": "test", "name": "a", "event": "timeout" }"#, None),
            (r#"{ "type": "test", "name": "a", "ev"#, None),
            (r#"{"type":"log","event":"ok"}"#, None),
        ];
        for (text, expected) in cases {
            assert_eq!(event(text), expected, "{text}");
        }
    }
}
