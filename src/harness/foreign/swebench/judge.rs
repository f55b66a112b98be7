//! Statuses and lists to a verdict.
//!
//! In: statuses by name and an instance's lists. Out: for each listed test the status that answers for it and on which
//! side it falls, and the resolution.
//!
//! Invariant: a test counts as often as it is listed.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::parsers::Map;
use super::{EvalType, Graded, Spec, Word};

/// Which list a test stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum List {
    /// `FAIL_TO_PASS`.
    FailToPass,
    /// `PASS_TO_PASS`.
    PassToPass,
}

/// Where a listed test ends up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// In `success`.
    Success,
    /// In `failure`.
    Failure,
    /// In neither, so that it does not count at all: its status is a word that the rules do not know.
    Neither,
}

/// A listed test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JudgedTest {
    /// As listed.
    pub name: String,
    /// Where.
    pub list: List,
    /// The name in the log that answers for it; another one only where the listed id is cut off in its parameters.
    pub key: Option<String>,
    /// That one's status.
    pub word: Option<Word>,
    /// 1-based line of the log that the status rests on.
    pub line: Option<usize>,
    /// Where it ends up.
    pub side: Side,
}

/// The verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Resolution {
    /// Both lists hold in full.
    #[serde(rename = "RESOLVED_FULL")]
    Full,
    /// Pass-to-pass holds in full, fail-to-pass in part.
    #[serde(rename = "RESOLVED_PARTIAL")]
    Partial,
    /// Anything else.
    #[serde(rename = "RESOLVED_NO")]
    No,
}

/// Judges both lists. Lines are filled in later.
#[allow(clippy::match_same_arms, reason = "one row for each rule")]
pub(super) fn tests(map: &Map, spec: &Spec) -> Vec<JudgedTest> {
    let lists = [(List::FailToPass, &spec.fail_to_pass), (List::PassToPass, &spec.pass_to_pass)];
    lists
        .into_iter()
        .flat_map(|(list, names)| names.iter().map(move |name| (list, name)))
        .map(|(list, name)| {
            let key = match spec.eval_type {
                EvalType::PassAndFail => answering(name, map),
                EvalType::FailOnly => map.contains(name).then_some(name.as_str()),
            };
            let word = key.and_then(|key| map.word(key));
            let side = match (spec.eval_type, word, list) {
                (EvalType::FailOnly, Some(Word::Failed), _) => Side::Failure,
                (EvalType::FailOnly, _, _) | (_, Some(Word::Passed | Word::Xfail), _) => Side::Success,
                (_, Some(Word::Skipped), List::PassToPass) => Side::Success,
                (_, None | Some(Word::Failed | Word::Error | Word::Skipped), _) => Side::Failure,
                (_, Some(Word::Other(_)), _) => Side::Neither,
            };
            let (key, word) = (key.map(str::to_owned), word.cloned());
            JudgedTest { name: name.clone(), list, key, word, line: None, side }
        })
        .collect()
}

/// The name in the log that answers for a listed one. Ids that are cut off in the middle of their parameters are
/// answered for by the first that begins so, if all that do agree on passing.
fn answering<'a>(name: &'a str, map: &'a Map) -> Option<&'a str> {
    if map.contains(name) {
        return Some(name);
    }
    if name.matches('[').count() <= name.matches(']').count() {
        return None;
    }
    let mut found: Vec<_> = map.from(name).take_while(|(key, _)| key.starts_with(name)).collect();
    found.sort_by_key(|(_, entry)| entry.order);
    let (first, entry) = found.first()?;
    let passes = entry.word.passes();
    found.iter().all(|(_, entry)| entry.word.passes() == passes).then_some(first.as_str())
}

pub(super) fn resolution(tests: &[JudgedTest]) -> Resolution {
    let count = |list, side| tests.iter().filter(|test| test.list == list && test.side == side).count();
    let (ok, bad) = (count(List::FailToPass, Side::Success), count(List::FailToPass, Side::Failure));
    let kept = count(List::PassToPass, Side::Failure) == 0;
    match (bad, ok, kept) {
        (0, _, true) => Resolution::Full,
        (_, 1.., true) => Resolution::Partial,
        _ => Resolution::No,
    }
}

pub(super) fn report(graded: &Graded) -> Value {
    let mut report = json!({
        "patch_is_None": false,
        "patch_exists": true,
        "patch_successfully_applied": graded.found,
        "resolved": graded.resolved(),
        "infra_failure": graded.infra.as_ref().is_some_and(|infra| infra.environment),
    });
    if let Some(infra) = &graded.infra {
        report["infra_failure_reason"] = json!(infra.reason);
    }
    if graded.found {
        let side = |list, side| {
            let of = graded.tests.iter().filter(|test| test.list == list && test.side == side);
            of.map(|test| test.name.as_str()).collect::<Vec<_>>()
        };
        let list = |list| json!({"success": side(list, Side::Success), "failure": side(list, Side::Failure)});
        let none = json!({"success": [], "failure": []});
        report["tests_status"] = json!({
            "FAIL_TO_PASS": list(List::FailToPass),
            "PASS_TO_PASS": list(List::PassToPass),
            "FAIL_TO_FAIL": none,
            "PASS_TO_FAIL": none,
        });
    }
    report
}
