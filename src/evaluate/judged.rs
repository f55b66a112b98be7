//! What the runs of a tree say about the patch: outcome, counts, oddities.
//!
//! In: a [`TestRun`] and what it is measured by. Out: [`Judged`], without running anything.

use std::collections::BTreeMap;

use super::detail::{TestDetail, TestList};
use super::integrity;
use super::listing;
use super::record::{Outcome, Reason, Reruns, Tests};
use super::sink::{Again, TestRun};
use super::tests::{Tester, Yardstick};
use crate::harness::{self, Observed, Reading, RulesError, Statuses, Verdict, VerdictOutcome, Why};
use crate::sandbox::Ended;

/// How oddities begin that tell why a result does not count.
const NOT_BELIEVED: &str = "not believed: ";

/// What a run says about a patch.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Judged {
    /// Outcome.
    pub outcome: Outcome,
    /// Why.
    pub reason: Option<Reason>,
    /// Counts.
    pub tests: Tests,
    /// Every listed test, and unlisted regressions.
    pub details: Vec<TestDetail>,
    /// Contradictions of the log, and lines of it that could not be read.
    pub oddities: Vec<String>,
    /// Seconds of the whole command, and of tests run by themselves.
    pub timing: BTreeMap<String, f64>,
}

impl Tester<'_> {
    /// Judges a run.
    pub fn grade(&self, yardstick: &Yardstick, run: &TestRun) -> Result<Judged, RulesError> {
        let (reading, pairs) = self.read_whole(run);
        let observed = self.observe(run);
        let mut verdict = harness::judge(&yardstick.lists, Some(&yardstick.before), &observed)?;
        let seems_good = verdict.outcome != VerdictOutcome::Unresolved;
        let unconfirmed = self.unconfirmed(yardstick, run);
        integrity::take_back(&mut verdict, &unconfirmed);
        let (mut outcome, mut reason) = outcome(run, &verdict);
        let mut oddities: Vec<String> = unconfirmed
            .iter()
            .map(|test| {
                format!("{NOT_BELIEVED}{test}: passed in the whole run, and not in a process of its own")
            })
            .collect();
        if outcome == Outcome::Resolved
            && let Some(how) = exit_code(run.whole.ended, &reading)
        {
            oddities.push(format!("every listed test passed, but the test command {how}"));
            if yardstick.gold_ended == Some(Ended::Exited(0)) && !timed_out(run) {
                oddities.push("no failure in the log explains that, and with gold it ends with 0".to_owned());
                (outcome, reason) = (Outcome::Unresolved, Some(Reason::NoVerdict));
            }
        }
        if seems_good {
            let mut doubts = integrity::doubts(yardstick, run, &reading, &pairs);
            if yardstick.listing {
                doubts.extend(listing::disagreements(self, run, &reading));
            }
            if !doubts.is_empty() {
                (outcome, reason) = (Outcome::Unresolved, Some(Reason::NoVerdict));
                oddities.extend(doubts.iter().map(|doubt| format!("{NOT_BELIEVED}{doubt}")));
            }
        }
        let reruns = self.reruns(run);
        oddities.extend(reading.oddities);
        oddities.extend(
            reading.unread.iter().map(|unread| format!("line {}: not read: {}", unread.line, unread.text)),
        );
        let odd = run.alone.iter().filter(|alone| alone.why != Again::Confirm);
        oddities.extend(odd.map(|alone| format!("{} was run alone ({:?})", alone.test, alone.why)));
        Ok(Judged {
            outcome,
            reason,
            tests: Tests {
                fail_to_pass: verdict.fail_to_pass.counts(),
                pass_to_pass: verdict.pass_to_pass.counts(),
                unlisted_regressions: verdict.unlisted_regressions.len() as u32,
                flaky: verdict.flaky.len() as u32,
                reruns,
                restored_settings: 0,
            },
            details: details(&verdict, &yardstick.before, &observed),
            oddities,
            timing: BTreeMap::from([
                ("whole_s".to_owned(), run.whole.seconds),
                ("alone_s".to_owned(), run.alone.iter().map(|alone| alone.output.seconds).sum::<f64>() + 0.0),
            ]),
        })
    }

    /// How often results changed in reruns; a rerun without a result does not count.
    fn reruns(&self, run: &TestRun) -> Option<Reruns> {
        let mut counts = Reruns::default();
        for alone in &run.alone {
            let (failed, [some, all]) = match alone.why {
                Again::Failed => (true, &mut counts.failed),
                Again::Control => (false, &mut counts.passed),
                Again::Missing | Again::Unreached | Again::Confirm => continue,
            };
            let statuses = self.read_marked(&alone.output.stdout, run.marks.as_ref()).0.statuses();
            let results: Vec<bool> =
                harness::find(&alone.test, &statuses).iter().map(|id| statuses[*id].holds()).collect();
            if results.is_empty() {
                continue;
            }
            let held = results.iter().all(|held| *held);
            *some += u32::from(held == failed);
            *all += 1;
        }
        (counts != Reruns::default()).then_some(counts)
    }
}

fn timed_out(run: &TestRun) -> bool {
    matches!(run.whole.ended, Ended::TimedOut | Ended::OutOfMemory)
}

/// How a test command ended that did not end with 0, unless its log says why: a failure, something that was not built,
/// a test program that did not come to its end.
fn exit_code(ended: Ended, reading: &Reading) -> Option<String> {
    let failed = |status| {
        use harness::Status::{Errored, Failed, TimedOut, Unreached};
        matches!(status, Errored | Failed | TimedOut | Unreached)
    };
    let explained = reading.build_failed
        || !reading.failed_targets.is_empty()
        || !reading.incomplete.is_empty()
        || reading.tests.iter().any(|test| failed(test.status));
    let how = match ended {
        Ended::Exited(0) => return None,
        Ended::Exited(code) => format!("ended with {code}"),
        Ended::Signalled(signal) => format!("was killed by signal {signal}"),
        Ended::TimedOut => return Some("did not end in time".to_owned()),
        Ended::OutOfMemory => return Some("ran out of memory".to_owned()),
    };
    (!explained).then_some(how)
}

fn outcome(run: &TestRun, verdict: &Verdict) -> (Outcome, Option<Reason>) {
    let outcome = match verdict.outcome {
        VerdictOutcome::Resolved => return (Outcome::Resolved, None),
        VerdictOutcome::Partial => Outcome::Partial,
        VerdictOutcome::Unresolved => Outcome::Unresolved,
    };
    match run.whole.ended {
        Ended::TimedOut => return (Outcome::TimedOut, None),
        Ended::OutOfMemory => return (Outcome::Unresolved, Some(Reason::Resource)),
        Ended::Exited(_) | Ended::Signalled(_) => {}
    }
    let reason = match verdict.reason {
        Some(Why::BuildFailed) => Reason::BuildFailed,
        Some(Why::NoVerdict) => Reason::NoVerdict,
        Some(Why::MissingTest) => Reason::MissingTest,
        Some(Why::TestsFailed) | None => Reason::TestsFailed,
    };
    (outcome, Some(reason))
}

fn details(verdict: &Verdict, before: &Statuses, observed: &Observed) -> Vec<TestDetail> {
    let mut details = Vec::new();
    let lists =
        [(TestList::FailToPass, &verdict.fail_to_pass), (TestList::PassToPass, &verdict.pass_to_pass)];
    for (list, judged) in lists {
        for test in judged.failed.iter().chain(&judged.passed) {
            details.push(TestDetail {
                id: test.listed.clone(),
                list,
                before: test.before,
                after: test.status,
                line: test.line.filter(|_| test.run == 0),
            });
        }
    }
    for id in &verdict.unlisted_regressions {
        let Some(seen) = observed.tests.get(id) else { continue };
        details.push(TestDetail {
            id: id.clone(),
            list: TestList::Unlisted,
            before: before.get(id).copied(),
            after: seen.status,
            line: (seen.run == 0 && seen.line > 0).then_some(seen.line),
        });
    }
    details
}

#[cfg(test)]
mod unit {
    use super::*;
    use crate::harness::Format;

    #[test]
    fn an_exit_code_counts_where_no_line_explains_it() {
        let read = |log: &str| harness::read(Format::Cargo, log.as_bytes());
        let fine = "running 1 test\ntest a ... ok\n\ntest result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n";
        let failed = "running 1 test\ntest b ... FAILED\n\ntest result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n";
        let both = format!("{fine}{failed}");
        let cut = format!("{fine}running 2 tests\ntest b ... ok\n");
        for (log, ended, odd) in [
            (fine, Ended::Exited(0), false),
            (fine, Ended::Exited(1), true),
            (fine, Ended::Signalled(9), true),
            (fine, Ended::TimedOut, true),
            (both.as_str(), Ended::Exited(101), false),
            (cut.as_str(), Ended::Exited(101), false),
        ] {
            assert_eq!(exit_code(ended, &read(log)).is_some(), odd, "{ended:?}\n{log}");
        }
    }
}
