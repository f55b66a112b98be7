//! Why a test counts as it does, and where the rules differ.
//!
//! In: the log, kerf's verdict with lines, the verdicts of the other harnesses. Out: for each listed test what every
//! rule set says of it and the line that it says so by.
//!
//! Invariant: a line is quoted as it stands in the log.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::{Judged, Verdict};
use super::{Foreign, Rules, Saw};

/// What one rule set says of a test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Opinion {
    /// `kerf`, `swebench` or `multi-swe-bench`.
    pub rules: String,
    /// Its own word for what it saw; null where it saw nothing.
    pub status: Option<String>,
    /// Whether the test counts as passed; null where it does not count at all.
    pub passed: Option<bool>,
    /// 1-based line that this rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// That line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// A listed test, explained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Explanation {
    /// As listed.
    pub test: String,
    /// `fail_to_pass` or `pass_to_pass`.
    pub list: String,
    /// Ids that kerf takes it for; empty where the log has none.
    pub ids: Vec<String>,
    /// One a rule set, kerf's first.
    pub opinions: Vec<Opinion>,
    /// The rule sets do not agree on it.
    pub differs: bool,
}

/// So many characters of a line are quoted.
const QUOTED: usize = 200;

/// Explains every listed test, fail-to-pass first.
pub fn explain(log: &[u8], verdict: &Verdict, others: &[(Rules, Foreign)]) -> Vec<Explanation> {
    let lists = [("fail_to_pass", &verdict.fail_to_pass), ("pass_to_pass", &verdict.pass_to_pass)];
    let others: Vec<(Rules, BTreeMap<&str, &Saw>)> = others
        .iter()
        .map(|(rules, foreign)| {
            (*rules, foreign.tests.iter().map(|saw| (saw.listed.as_str(), saw)).collect())
        })
        .collect();
    let mut all = Vec::new();
    for (list, judged) in lists {
        let tests = judged
            .failed
            .iter()
            .map(|test| (test, false))
            .chain(judged.passed.iter().map(|test| (test, true)));
        for (test, passed) in tests {
            let mut opinions = vec![own(test, passed)];
            for (rules, saws) in &others {
                let saw = saws.get(test.listed.as_str());
                opinions.push(Opinion {
                    rules: rules.name().to_owned(),
                    status: saw.and_then(|saw| saw.word.clone()),
                    passed: saw.map_or(Some(false), |saw| saw.passed),
                    line: saw.and_then(|saw| saw.line),
                    text: None,
                });
            }
            let differs = opinions.iter().any(|opinion| opinion.passed != Some(passed));
            all.push(Explanation {
                test: test.listed.clone(),
                list: list.to_owned(),
                ids: test.ids.clone(),
                opinions,
                differs,
            });
        }
    }
    quote(log, &mut all);
    all
}

fn own(test: &Judged, passed: bool) -> Opinion {
    let status = serde_json::to_value(test.status).ok().and_then(|value| value.as_str().map(str::to_owned));
    Opinion {
        rules: Rules::Kerf.name().to_owned(),
        status,
        passed: Some(passed),
        line: test.line,
        text: None,
    }
}

/// Fills in the lines' texts, reading the log once.
fn quote(log: &[u8], all: &mut [Explanation]) {
    let mut wanted: BTreeMap<usize, String> = all
        .iter()
        .flat_map(|test| &test.opinions)
        .filter_map(|opinion| opinion.line)
        .map(|line| (line, String::new()))
        .collect();
    let Some(last) = wanted.keys().next_back().copied() else { return };
    for (at, raw) in log.split(|byte| *byte == b'\n').enumerate().take(last) {
        if let Some(text) = wanted.get_mut(&(at + 1)) {
            *text = String::from_utf8_lossy(raw).trim_end().chars().take(QUOTED).collect();
        }
    }
    for opinion in all.iter_mut().flat_map(|test| &mut test.opinions) {
        opinion.text = opinion.line.and_then(|line| wanted.get(&line).cloned());
    }
}
