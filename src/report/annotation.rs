//! Remarks on lines of files, for code hosts: as SARIF and as the commands that GitHub reads from
//! a job's log.
//!
//! In: [`Annotation`]s. Out: text. Invariant: text from outside stays one field, whatever it holds.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{escape, sarif};

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
        let kind = match one.loudness {
            Loudness::Note => "notice",
            Loudness::Warning => "warning",
            Loudness::Error => "error",
        };
        let line = one.lines.map(|[first, _]| first.max(1) as u64);
        out.push_str(&escape::workflow_command(kind, &one.title, Some(&one.file), line, &one.message));
    }
    if annotations.len() > MOST_ANNOTATIONS {
        let more = format!("{} more remarks are not shown", annotations.len() - MOST_ANNOTATIONS);
        out.push_str(&escape::workflow_command("notice", "kerf", None, None, &more));
    }
    out
}

/// A SARIF log; `rules` are names with what they mean.
pub fn sarif(annotations: &[Annotation], rules: &BTreeMap<String, String>) -> serde_json::Result<String> {
    let rules: Vec<Value> = rules
        .iter()
        .map(|(name, meaning)| json!({"id": name, "shortDescription": {"text": escape::terminal(meaning)}}))
        .collect();
    sarif::document(&rules, &annotations.iter().map(result).collect::<Vec<_>>())
}

fn result(one: &Annotation) -> Value {
    let level = match one.loudness {
        Loudness::Note => "note",
        Loudness::Warning => "warning",
        Loudness::Error => "error",
    };
    let mut location = sarif::location(&one.file, one.lines.map(|[first, _]| first.max(1) as u64));
    if let Some([first, last]) = one.lines {
        location["physicalLocation"]["region"]["endLine"] = json!(last.max(first).max(1));
    }
    json!({
        "ruleId": escape::terminal(&one.rule),
        "level": level,
        "message": {"text": escape::terminal(&one.message)},
        "locations": [location],
    })
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
        let text = github(&vec![hostile(); 60]);
        assert_eq!(text.lines().count(), 51);
        let first =
            "::warning file=src/a%2Cb%3Ac %25.rs,line=3,title=a%3A%3Aerror b::100 %25\\n::error::no\\x1b[31m";
        assert_eq!(text.lines().next(), Some(first));
        assert!(text.ends_with("::10 more remarks are not shown\n"));
    }

    #[test]
    fn sarif_holds_place_and_rule() {
        let rules = BTreeMap::from([("irrelevant/debug".to_owned(), "a left-over print".to_owned())]);
        let whole = Annotation { lines: None, ..hostile() };
        let log = sarif(&[hostile(), whole], &rules).expect("it can be written");
        let log: Value = serde_json::from_str(&log).expect("it is JSON");
        let results = &log["runs"][0]["results"];
        let place = &results[0]["locations"][0]["physicalLocation"];
        assert_eq!(place["region"], json!({"startLine": 3, "endLine": 3}));
        assert_eq!(results[0]["message"]["text"], "100 %\\n::error::no\\x1b[31m");
        assert_eq!(results[1]["locations"][0]["physicalLocation"].get("region"), None);
        assert_eq!(log["runs"][0]["tool"]["driver"]["rules"][0]["id"], "irrelevant/debug");
    }
}
