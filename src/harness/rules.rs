//! Statuses to a verdict, by kerf's own rules.
//!
//! In: a task's lists, statuses of base (with the test patch), what was observed of the patched tree. Out: a
//! [`Verdict`] in which each listed test names the line of the log that it rests on. What has no result yet is listed
//! apart, so that the caller can run it alone, merge, and judge again.
//!
//! Invariant: a test that nobody saw pass never counts as passed.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Index, Observed, Status, Statuses};

/// A task's tests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lists {
    /// Must turn from failing to passing.
    pub fail_to_pass: Vec<String>,
    /// Must go on passing.
    pub pass_to_pass: Vec<String>,
}

impl Lists {
    /// Lists for `pass_to_pass = "base"`: what passes at base with base's own tests and still exists and passes with
    /// gold, fail-to-pass left out.
    pub fn base(fail_to_pass: Vec<String>, base: &Statuses, gold: &Statuses) -> Self {
        let index = Index::new(gold.keys().map(String::as_str));
        let taken: BTreeSet<&str> = fail_to_pass.iter().flat_map(|listed| index.find(listed)).collect();
        let pass_to_pass = base
            .iter()
            .filter(|(id, status)| status.holds() && gold.get(*id).is_some_and(|s| s.holds()))
            .map(|(id, _)| id)
            .filter(|id| !taken.contains(id.as_str()))
            .cloned()
            .collect();
        Self { fail_to_pass, pass_to_pass }
    }
}

/// What a trial's tests say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerdictOutcome {
    /// Every listed test holds.
    Resolved,
    /// Every pass-to-pass holds, some but not all fail-to-pass do.
    Partial,
    /// Anything less.
    Unresolved,
}

/// Why a verdict is not `resolved`; the first that applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Something did not compile, and listed tests are absent.
    BuildFailed,
    /// The log has no test at all.
    NoVerdict,
    /// A listed test failed.
    TestsFailed,
    /// No listed test failed, but one never came to a result.
    MissingTest,
}

/// One listed test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// As listed.
    pub listed: String,
    /// Ids that it means; empty where the log has none.
    pub ids: Vec<String>,
    /// The worst status of those.
    pub status: Status,
    /// The worst status at base, where base was run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Status>,
    /// 1-based line of the log that the status rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// Which log: 0 the whole command, then reruns.
    #[serde(default)]
    pub run: usize,
}

/// One list, judged.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListVerdict {
    /// Tests that count as passed.
    pub passed: Vec<Judged>,
    /// All others.
    pub failed: Vec<Judged>,
}

impl ListVerdict {
    /// `[passed, listed]`.
    pub fn counts(&self) -> [u32; 2] {
        [self.passed.len() as u32, (self.passed.len() + self.failed.len()) as u32]
    }
}

/// A verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Outcome.
    pub outcome: VerdictOutcome,
    /// None where resolved.
    pub reason: Option<Why>,
    /// Fail-to-pass.
    pub fail_to_pass: ListVerdict,
    /// Pass-to-pass.
    pub pass_to_pass: ListVerdict,
    /// Listed tests that no line names, as listed: to be run alone.
    pub missing: Vec<String>,
    /// Listed tests that a crash or the end of the log left without a result, as listed: to be run alone once.
    pub unreached: Vec<String>,
    /// Ids outside the lists that held at base and fail now.
    pub unlisted_regressions: Vec<String>,
    /// Ids of listed tests with both a pass and a failure in different runs.
    pub flaky: Vec<String>,
}

/// Lists that cannot be judged by.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RulesError {
    /// Nothing listed: everything would pass.
    #[error("the task lists no tests: neither fail_to_pass nor pass_to_pass has an entry")]
    EmptyLists,
}

/// Judges. `before` are statuses of base with the test patch; without them a skipped pass-to-pass test does not count
/// as passed, and regressions outside the lists cannot be told.
pub fn judge(lists: &Lists, before: Option<&Statuses>, after: &Observed) -> Result<Verdict, RulesError> {
    if lists.fail_to_pass.is_empty() && lists.pass_to_pass.is_empty() {
        return Err(RulesError::EmptyLists);
    }
    let index = Index::new(after.tests.keys().map(String::as_str))
        .with_lines(after.source_lines.iter().map(|(id, line)| (id.as_str(), *line)))
        .with_titles(&after.titles);
    let old = before.map(|before| Index::new(before.keys().map(String::as_str)));
    let fail_to_pass = unique(&lists.fail_to_pass);
    let pass_to_pass = unique(&lists.pass_to_pass);
    // Both lists together: where doctests moved, the order of all listed lines of an item tells them apart.
    let all: Vec<&str> = fail_to_pass.iter().chain(&pass_to_pass).copied().collect();
    let found = index.find_all(&all);
    let found_before = old.as_ref().map(|old| old.find_all(&all));
    let judged: Vec<Judged> = all
        .iter()
        .enumerate()
        .map(|(at, listed)| {
            let was = before.zip(found_before.as_ref()).and_then(|(before, found)| {
                found[at].iter().filter_map(|id| before.get(*id)).copied().reduce(Status::worst)
            });
            one(listed, &found[at], was, after)
        })
        .collect();
    let mut verdict = Verdict {
        outcome: VerdictOutcome::Unresolved,
        reason: None,
        fail_to_pass: ListVerdict::default(),
        pass_to_pass: ListVerdict::default(),
        missing: named(&judged, Status::Missing),
        unreached: named(&judged, Status::Unreached),
        unlisted_regressions: regressions(&found, before, after),
        flaky: Vec::new(),
    };
    let listed_ids: BTreeSet<&str> = found.iter().flatten().copied().collect();
    verdict.flaky = after.flaky().filter(|id| listed_ids.contains(id)).map(str::to_owned).collect();
    for (at, test) in judged.into_iter().enumerate() {
        let listed_to_fail = at < fail_to_pass.len();
        let skipped = test.status == Status::Skipped && test.before == Some(Status::Skipped);
        let list = if listed_to_fail { &mut verdict.fail_to_pass } else { &mut verdict.pass_to_pass };
        if test.status.holds() || (!listed_to_fail && skipped) {
            list.passed.push(test);
        } else {
            list.failed.push(test);
        }
    }
    verdict.outcome = outcome(&verdict);
    verdict.reason = reason(&verdict, after);
    Ok(verdict)
}

fn unique(listed: &[String]) -> Vec<&str> {
    let mut seen = BTreeSet::new();
    listed.iter().map(String::as_str).filter(|name| seen.insert(*name)).collect()
}

fn named(judged: &[Judged], status: Status) -> Vec<String> {
    let names: BTreeSet<&str> =
        judged.iter().filter(|test| test.status == status).map(|test| test.listed.as_str()).collect();
    names.into_iter().map(str::to_owned).collect()
}

fn one(listed: &str, ids: &[&str], before: Option<Status>, after: &Observed) -> Judged {
    let mut worst: Option<super::Seen> = None;
    for seen in ids.iter().filter_map(|id| after.tests.get(*id)) {
        if worst.is_none_or(|old| old.status.worst(seen.status) != old.status) {
            worst = Some(*seen);
        }
    }
    let ids = ids.iter().map(|id| (*id).to_owned()).collect();
    let Some(seen) = worst else {
        let status = if cut_off(listed, after) { Status::Unreached } else { Status::Missing };
        return Judged { listed: listed.to_owned(), ids, status, before, line: None, run: 0 };
    };
    Judged {
        listed: listed.to_owned(),
        ids,
        status: seen.status,
        before,
        line: (seen.line > 0).then_some(seen.line),
        run: seen.run,
    }
}

/// Whether a program that may hold the test did not come to its end.
fn cut_off(listed: &str, after: &Observed) -> bool {
    let name = super::ids::python(listed).unwrap_or_else(|| super::ids::normal(listed));
    let doc = listed.starts_with("doc:") || super::cargo::doc_name(listed).is_some();
    let qualified = name.split_once("::").is_some_and(|(target, _)| target.contains(['/', '.']));
    after.incomplete.iter().any(|part| match part.target.as_deref() {
        Some("doc") => doc,
        Some(target) if doc => target == "doc",
        Some(target) if qualified => {
            // A module that cannot be imported takes its classes with it.
            name.strip_prefix(target).is_some_and(|rest| rest.starts_with([':', '.']))
        }
        Some(_) | None => true,
    })
}

fn regressions(found: &[Vec<&str>], before: Option<&Statuses>, after: &Observed) -> Vec<String> {
    let Some(before) = before else { return Vec::new() };
    let listed: BTreeSet<&str> = found.iter().flatten().copied().collect();
    let fails = |s: Status| matches!(s, Status::Failed | Status::Errored | Status::TimedOut);
    let held: BTreeMap<&String, &Status> = before.iter().filter(|(_, status)| status.holds()).collect();
    after
        .tests
        .iter()
        .filter(|(id, seen)| fails(seen.status) && held.contains_key(id) && !listed.contains(id.as_str()))
        .map(|(id, _)| id.clone())
        .collect()
}

fn outcome(verdict: &Verdict) -> VerdictOutcome {
    let Verdict { fail_to_pass, pass_to_pass, .. } = verdict;
    match (fail_to_pass.failed.is_empty(), pass_to_pass.failed.is_empty()) {
        (true, true) => VerdictOutcome::Resolved,
        (false, true) if !fail_to_pass.passed.is_empty() => VerdictOutcome::Partial,
        _ => VerdictOutcome::Unresolved,
    }
}

fn reason(verdict: &Verdict, after: &Observed) -> Option<Why> {
    if verdict.outcome == VerdictOutcome::Resolved {
        return None;
    }
    let open = !verdict.missing.is_empty() || !verdict.unreached.is_empty();
    let failed = verdict.fail_to_pass.failed.iter().chain(&verdict.pass_to_pass.failed);
    Some(if after.build_failed && open {
        Why::BuildFailed
    } else if after.tests.is_empty() {
        Why::NoVerdict
    } else if failed.into_iter().any(|test| !test.status.is_open()) {
        Why::TestsFailed
    } else {
        Why::MissingTest
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use Status::{Errored, Failed, Passed, Skipped, TimedOut, Unreached, Xfailed, Xpassed};

    fn statuses(all: &[(&str, Status)]) -> Statuses {
        all.iter().map(|(id, status)| ((*id).to_owned(), *status)).collect()
    }

    fn lists(fail_to_pass: &[&str], pass_to_pass: &[&str]) -> Lists {
        let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Lists { fail_to_pass: own(fail_to_pass), pass_to_pass: own(pass_to_pass) }
    }

    #[test]
    fn outcomes() {
        use VerdictOutcome::{Partial, Resolved, Unresolved};
        let two = lists(&["t.rs::f", "t.rs::g"], &["t.rs::p"]);
        let before = [("t.rs::f", Failed), ("t.rs::g", Failed), ("t.rs::p", Passed)];
        // f, g, p after → outcome and reason
        let cases = [
            ([Passed, Passed, Passed], Resolved, None),
            ([Xfailed, Passed, Xfailed], Resolved, None),
            ([Passed, Failed, Passed], Partial, Some(Why::TestsFailed)),
            ([Passed, Skipped, Passed], Partial, Some(Why::TestsFailed)),
            ([Passed, Xpassed, Passed], Partial, Some(Why::TestsFailed)),
            ([Passed, Unreached, Passed], Partial, Some(Why::MissingTest)),
            ([Failed, Failed, Passed], Unresolved, Some(Why::TestsFailed)),
            ([Passed, Passed, Failed], Unresolved, Some(Why::TestsFailed)),
            ([Passed, Passed, Errored], Unresolved, Some(Why::TestsFailed)),
            ([Passed, Passed, TimedOut], Unresolved, Some(Why::TestsFailed)),
            ([Passed, Passed, Skipped], Unresolved, Some(Why::TestsFailed)),
        ];
        for ([f, g, p], outcome, reason) in cases {
            let after = statuses(&[("t.rs::f", f), ("t.rs::g", g), ("t.rs::p", p)]);
            let verdict = judge(&two, Some(&statuses(&before)), &Observed::from(&after)).unwrap();
            assert_eq!((verdict.outcome, verdict.reason), (outcome, reason), "{f:?} {g:?} {p:?}");
        }
    }

    #[test]
    fn a_skip_counts_only_where_base_skips_too() {
        let after = Observed::from(&statuses(&[("t.rs::p", Skipped)]));
        let base = |status| statuses(&[("t.rs::p", status)]);
        let outcome = |before: Option<&Statuses>| judge(&lists(&[], &["p"]), before, &after).unwrap().outcome;
        assert_eq!(outcome(Some(&base(Skipped))), VerdictOutcome::Resolved);
        assert_eq!(outcome(Some(&base(Passed))), VerdictOutcome::Unresolved);
        assert_eq!(outcome(None), VerdictOutcome::Unresolved);
        // Never for fail-to-pass.
        let verdict = judge(&lists(&["p"], &[]), Some(&base(Skipped)), &after).unwrap();
        assert_eq!(verdict.outcome, VerdictOutcome::Unresolved);
    }

    #[test]
    fn of_a_bare_name_all_must_pass() {
        let after = Observed::from(&statuses(&[("tests/a.rs::half", Passed), ("tests/b.rs::half", Failed)]));
        let verdict = judge(&lists(&["half"], &[]), None, &after).unwrap();
        assert_eq!(verdict.fail_to_pass.failed[0].ids.len(), 2);
        let verdict = judge(&lists(&["tests/a.rs::half"], &[]), None, &after).unwrap();
        assert_eq!(verdict.outcome, VerdictOutcome::Resolved);
    }

    #[test]
    fn lists_without_tests_are_an_error_and_names_listed_twice_count_once() {
        let after = Observed::from(&statuses(&[("t.rs::p", Passed)]));
        assert_eq!(judge(&Lists::default(), None, &after), Err(RulesError::EmptyLists));
        let verdict = judge(&lists(&["p", "p"], &["p"]), None, &after).unwrap();
        assert_eq!((verdict.fail_to_pass.counts(), verdict.pass_to_pass.counts()), ([1, 1], [1, 1]));
    }

    #[test]
    fn regressions_outside_the_lists_are_named() {
        let before =
            statuses(&[("t.rs::a", Passed), ("t.rs::b", Failed), ("t.rs::c", Passed), ("t.rs::p", Passed)]);
        let after =
            statuses(&[("t.rs::a", Failed), ("t.rs::b", Failed), ("t.rs::new", Failed), ("t.rs::p", Passed)]);
        let verdict = judge(&lists(&[], &["p"]), Some(&before), &Observed::from(&after)).unwrap();
        assert_eq!(verdict.unlisted_regressions, ["t.rs::a"]);
        assert_eq!(verdict.outcome, VerdictOutcome::Resolved);
    }

    #[test]
    fn a_build_that_failed_is_the_reason() {
        let log = b"error: could not compile `x` (test \"a\") due to 1 previous error\n";
        let after = Observed::from(&super::super::read(super::super::Format::Cargo, log));
        let verdict = judge(&lists(&["half"], &["p"]), None, &after).unwrap();
        assert_eq!((verdict.outcome, verdict.reason), (VerdictOutcome::Unresolved, Some(Why::BuildFailed)));
        let nothing = Observed::from(&super::super::read(super::super::Format::Cargo, b"Killed\n"));
        let verdict = judge(&lists(&["half"], &["p"]), None, &nothing).unwrap();
        assert_eq!(verdict.reason, Some(Why::NoVerdict));
    }

    #[test]
    fn base_lists_hold_what_passes_before_and_with_gold() {
        let base = statuses(&[
            ("t.rs::a", Passed),
            ("t.rs::b", Passed),
            ("t.rs::c", Failed),
            ("t.rs::gone", Passed),
        ]);
        let gold =
            statuses(&[("t.rs::a", Passed), ("t.rs::b", Failed), ("t.rs::c", Passed), ("t.rs::f", Passed)]);
        let lists = Lists::base(vec!["f".to_owned()], &base, &gold);
        assert_eq!(lists.pass_to_pass, ["t.rs::a"]);
    }
}
