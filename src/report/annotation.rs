//! Remarks on lines of files, for code hosts: SARIF 2.1.0 and the commands that GitHub reads from a job's log.
//!
//! In: [`Annotation`]s. Out: text. Invariant: text from outside stays one field, whatever it holds.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::escape;

/// How loud a remark is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Loudness {
    /// To be known.
    Note,
    /// To be looked at.
    Warning,
    /// To be mended.
    Error,
}

/// A remark on a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation {
    /// Path from the root of the repository.
    pub file: String,
    /// 1-based, inclusive; none for the file as a whole.
    pub lines: Option<[usize; 2]>,
    /// Loudness.
    pub loudness: Loudness,
    /// Name of the rule, such as `irrelevant/debug`.
    pub rule: String,
    /// What it says in short.
    pub title: String,
    /// One or more sentences.
    pub message: String,
}

/// GitHub shows so many annotations of a kind in one step; the rest is counted.
const MOST_ANNOTATIONS: usize = 50;

/// Workflow commands, one a line.
pub fn github(annotations: &[Annotation]) -> String {
    let mut out = String::new();
    for one in annotations.iter().take(MOST_ANNOTATIONS) {
        let command = match one.loudness {
            Loudness::Note => "notice",
            Loudness::Warning => "warning",
            Loudness::Error => "error",
        };
        // Writing to a string cannot fail.
        let _ = write!(out, "::{command} file={}", property(&one.file));
        if let Some([first, last]) = one.lines {
            let _ = write!(out, ",line={},endLine={}", first.max(1), last.max(first).max(1));
        }
        let _ = writeln!(out, ",title={}::{}", property(&one.title), data(&one.message));
    }
    if annotations.len() > MOST_ANNOTATIONS {
        let _ =
            writeln!(out, "::notice ::{} more remarks are not shown", annotations.len() - MOST_ANNOTATIONS);
    }
    out
}

/// Text behind the second `::`: one line in which nothing is a command.
fn data(text: &str) -> String {
    escape::terminal(text).replace('%', "%25")
}

/// The value of a property: commas and colons would end it.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// A SARIF 2.1.0 log of one run; `rules` are names with what they mean.
pub fn sarif(annotations: &[Annotation], rules: &BTreeMap<String, String>) -> String {
    let rules: Vec<Value> = rules
        .iter()
        .map(|(name, meaning)| json!({"id": name, "shortDescription": {"text": escape::terminal(meaning)}}))
        .collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "kerf", "version": env!("CARGO_PKG_VERSION"), "rules": rules}},
            "columnKind": "unicodeCodePoints",
            "results": annotations.iter().map(result).collect::<Vec<_>>(),
        }],
    });
    format!("{log:#}\n")
}

fn result(one: &Annotation) -> Value {
    let level = match one.loudness {
        Loudness::Note => "note",
        Loudness::Warning => "warning",
        Loudness::Error => "error",
    };
    let mut place = Map::new();
    place.insert("artifactLocation".to_owned(), json!({"uri": uri(&one.file), "uriBaseId": "%SRCROOT%"}));
    if let Some([first, last]) = one.lines {
        let region = json!({"startLine": first.max(1), "endLine": last.max(first).max(1)});
        place.insert("region".to_owned(), region);
    }
    json!({
        "ruleId": escape::terminal(&one.rule),
        "level": level,
        "message": {"text": escape::terminal(&one.message)},
        "locations": [{"physicalLocation": place}],
    })
}

/// A path as a relative URI.
fn uri(path: &str) -> String {
    let mut out = String::new();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=@".contains(&byte) {
            out.push(byte as char);
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hostile() -> Annotation {
        Annotation {
            file: "src/a,b:c %.rs".to_owned(),
            lines: Some([3, 2]),
            loudness: Loudness::Warning,
            rule: "irrelevant/debug".to_owned(),
            title: "a::error b".to_owned(),
            message: "100 %\n::error::no\u{1b}[31m".to_owned(),
        }
    }

    #[test]
    fn a_command_stays_one_line_and_one_command() {
        insta::assert_snapshot!(github(&[hostile()]), @r"::warning file=src/a%2Cb%3Ac %25.rs,line=3,endLine=3,title=a%3A%3Aerror b::100 %25\n::error::no\x1b[31m");
        let many = vec![hostile(); 60];
        let text = github(&many);
        assert_eq!(text.lines().count(), 51);
        assert!(text.ends_with("::notice ::10 more remarks are not shown\n"));
    }

    #[test]
    fn sarif_holds_place_and_rule() {
        let rules = BTreeMap::from([("irrelevant/debug".to_owned(), "a left-over print".to_owned())]);
        let whole = Annotation { lines: None, ..hostile() };
        let log: Value = serde_json::from_str(&sarif(&[hostile(), whole], &rules)).expect("it is JSON");
        let results = &log["runs"][0]["results"];
        let place = &results[0]["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "src/a,b%3Ac%20%25.rs");
        assert_eq!(place["region"], json!({"startLine": 3, "endLine": 3}));
        assert_eq!(results[0]["message"]["text"], "100 %\\n::error::no\\x1b[31m");
        assert_eq!(results[1]["locations"][0]["physicalLocation"].get("region"), None);
        assert_eq!(log["runs"][0]["tool"]["driver"]["rules"][0]["id"], "irrelevant/debug");
    }
}
