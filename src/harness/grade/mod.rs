//! A foreign log to a grade: no repository, no sandbox, no task.
//!
//! In: the bytes of a log, the lists, what the caller knows beside them (format, exit code, statuses at base). Out: a
//! [`Grade`]: every test with the line that it rests on, every line that could not be read, and a verdict.
//!
//! Invariant: nothing in the log can make a verdict better than its test lines do.

mod explain;
mod rules;

use std::collections::BTreeSet;

pub use explain::{Explanation, Opinion, explain};
pub use rules::{Foreign, ForeignError, Instance, Logs, Rules, Saw, by_multi_swe_bench, by_swebench};

use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::envelope::{self, Envelope, Trouble};
use super::{
    Format, Incomplete, Lists, Observed, ReadContext, Reading, RulesError, Status, Statuses, TestResult,
    Unread, Verdict, VerdictOutcome, Wanted, Why, judge,
};

/// Schema name of a grade.
pub const GRADE_SCHEMA: &str = "kerf/grade/1";

/// What is asked of a log.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// Its format; none: found out.
    pub format: Option<Format>,
    /// Lists; both empty: no verdict.
    pub lists: Lists,
    /// Statuses at base, if they are known.
    pub before: Option<Statuses>,
    /// Exit code of the test command, where the caller knows it and the log does not say.
    pub exit_code: Option<i32>,
    /// Exit code of the same command with gold: where it is not zero, a code that is not zero proves nothing.
    pub gold_exit_code: Option<i32>,
    /// What is known of the tree.
    pub context: ReadContext,
}

/// One test of a grade.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GradedTest {
    /// Qualified id.
    pub id: String,
    /// Status; of several results of one id the worst.
    pub status: Status,
    /// 1-based line of the log that it rests on.
    pub line: usize,
    /// Seconds, where the runner tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
}

/// A list, split.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SplitList {
    /// Tests that count as passed, as listed.
    pub passed: Vec<String>,
    /// All others, as listed.
    pub failed: Vec<String>,
}

/// A verdict under some rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GradeVerdict {
    /// `kerf`, `swebench` or `multi-swe-bench`.
    pub rules: String,
    /// An outcome as in a record: `resolved`, `partial`, `unresolved`, `apply_failed`, `timed_out`, `invalid`.
    pub outcome: String,
    /// Why it is not resolved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Fail-to-pass.
    pub fail_to_pass: SplitList,
    /// Pass-to-pass.
    pub pass_to_pass: SplitList,
    /// Ids outside the lists that held at base and fail now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unlisted_regressions: Vec<String>,
}

/// A graded log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Grade {
    /// [`GRADE_SCHEMA`].
    pub schema: String,
    /// The log's path, where a folder was graded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<String>,
    /// The instance that it belongs to, where a folder tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// The model, where a folder tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The format that was read; null where none was recognised.
    pub format: Option<String>,
    /// How sure the format is, 0 to 1; 1 where it was given.
    pub sure: f64,
    /// Tests in the order of the log.
    pub tests: Vec<GradedTest>,
    /// Lines that looked like results and could not be read.
    pub unread: Vec<Unread>,
    /// Something did not compile.
    #[serde(default)]
    pub build_failed: bool,
    /// What did not compile or load, as the log names it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed_targets: Vec<String>,
    /// Programs that did not come to their end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub incomplete: Vec<Incomplete>,
    /// Where the log contradicts itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub oddities: Vec<String>,
    /// Exit code of the test command, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
    /// Null where no lists were given.
    pub verdict: Option<GradeVerdict>,
    /// Verdicts by the other rules, where they were asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<GradeVerdict>,
    /// What each rule set says of each listed test, where that was asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub explain: Vec<Explanation>,
    /// What the report file beside the log says: `resolved` or not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<bool>,
}

/// A grade, and the verdict in full for those who explain it.
#[derive(Debug, Clone)]
pub struct Graded {
    /// The grade.
    pub grade: Grade,
    /// The verdict with lines, by kerf's rules.
    pub verdict: Option<Verdict>,
}

/// Grades a log by kerf's rules.
pub fn grade(log: &[u8], question: &Question) -> Graded {
    let envelope = envelope::open(log);
    let text = super::text::Log::new(envelope.body);
    let (format, sure) = match question.format {
        Some(format) => (Some(format), 1.0),
        None => match super::detect_in(&text) {
            Some((format, sure)) => (Some(format), sure),
            None => (None, 0.0),
        },
    };
    let mut reading = match format {
        Some(format) => super::read_log(format, &text, &question.context),
        None => Reading::new(Format::Cargo),
    };
    drop(text);
    shift(&mut reading, envelope.lines_before);
    let exit_code = envelope.exit_code.or(question.exit_code);
    let mut oddities = std::mem::take(&mut reading.oddities);
    let verdict = verdict(&reading, question);
    let shown = verdict.as_ref().map(|verdict| {
        let mut shown = split(verdict);
        overrule(&mut shown, &envelope);
        doubt_exit_code(&mut shown, &reading, exit_code, question.gold_exit_code, &mut oddities);
        shown
    });
    if envelope.marked && !envelope.complete && envelope.trouble.is_none() {
        oddities.push("the log ends before the mark of the tests' end".to_owned());
    }
    let grade = Grade {
        schema: GRADE_SCHEMA.to_owned(),
        log: None,
        instance: None,
        model: None,
        format: format.map(|format| format.name().to_owned()),
        sure,
        tests: tests(reading.tests),
        unread: reading.unread,
        build_failed: reading.build_failed,
        failed_targets: reading.failed_targets,
        incomplete: reading.incomplete,
        oddities,
        exit_code,
        verdict: shown,
        others: Vec::new(),
        explain: Vec::new(),
        published: None,
    };
    Graded { grade, verdict }
}

fn verdict(reading: &Reading, question: &Question) -> Option<Verdict> {
    let Question { lists, before, .. } = question;
    if lists.fail_to_pass.is_empty() && lists.pass_to_pass.is_empty() {
        return None;
    }
    // Lists are short where logs are long: only tests that a listed name may mean are looked at, and failures where
    // base tells of regressions.
    let wanted = Wanted::new(lists.fail_to_pass.iter().chain(&lists.pass_to_pass));
    let fails = |status: Status| !status.holds() && status != Status::Skipped;
    let listed: BTreeSet<&str> =
        lists.fail_to_pass.iter().chain(&lists.pass_to_pass).map(|name| name.trim()).collect();
    let titled = reading.titles.iter().filter(|(title, _)| listed.contains(title.as_str()));
    let titled: BTreeSet<&str> = titled.map(|(_, id)| id.as_str()).collect();
    let kept = |test: &TestResult| {
        wanted.may_mean(&test.id)
            || (before.is_some() && fails(test.status))
            || (!titled.is_empty() && titled.contains(test.id.as_str()))
    };
    let observed = Observed::of(reading, kept);
    match judge(lists, before.as_ref(), &observed) {
        Ok(mut verdict) => {
            if verdict.reason == Some(Why::NoVerdict) && !reading.tests.is_empty() {
                verdict.reason = Some(Why::MissingTest);
            }
            Some(verdict)
        }
        Err(RulesError::EmptyLists) => None,
    }
}

/// Line numbers of the body to those of the file.
fn shift(reading: &mut Reading, by: usize) {
    if by == 0 {
        return;
    }
    for test in &mut reading.tests {
        test.line += by;
    }
    for unread in &mut reading.unread {
        unread.line += by;
    }
    for part in &mut reading.incomplete {
        part.line += by;
    }
}

/// One entry an id, in the order of the log.
fn tests(all: Vec<TestResult>) -> Vec<GradedTest> {
    const NONE: u32 = u32::MAX;
    // By hash first: comparing ids is slow, since they begin alike.
    let mut order: Vec<(u64, u32)> =
        all.par_iter().enumerate().map(|(at, test)| (super::text::hash(&test.id), at as u32)).collect();
    let id = |at: u32| all[at as usize].id.as_str();
    order.par_sort_unstable();
    // Most ids stand alone: nothing of them is looked at, since each look is a miss of the cache.
    for same in order.chunk_by_mut(|a, b| a.0 == b.0).filter(|same| same.len() > 1) {
        if same.iter().any(|(_, at)| id(*at) != id(same[0].1)) {
            same.sort_by(|a, b| id(a.1).cmp(id(b.1)).then(a.1.cmp(&b.1)));
        }
    }
    // The first place of an id stays, with the worst result and its line.
    let mut worst: Vec<u32> = vec![NONE; all.len()];
    for group in order.chunk_by(|a, b| a.0 == b.0 && id(a.1) == id(b.1)) {
        let Some((_, first)) = group.first() else { continue };
        let mut chosen = *first;
        let group = if group.len() > 1 { group } else { &[] };
        for (_, at) in group {
            let (old, new) = (all[chosen as usize].status, all[*at as usize].status);
            if old.worst(new) != old {
                chosen = *at;
            }
        }
        worst[*first as usize] = chosen;
    }
    if worst.iter().zip(0..).any(|(chosen, at)| *chosen != at) {
        let results: Vec<Option<(Status, usize, Option<f64>)>> = worst
            .into_iter()
            .map(|chosen| all.get(chosen as usize).map(|test| (test.status, test.line, test.seconds)))
            .collect();
        return all
            .into_iter()
            .zip(results)
            .filter_map(|(test, result)| {
                result.map(|(status, line, seconds)| GradedTest { id: test.id, status, line, seconds })
            })
            .collect();
    }
    all.into_iter()
        .map(|TestResult { id, status, line, seconds, .. }| GradedTest { id, status, line, seconds })
        .collect()
}

fn split(verdict: &Verdict) -> GradeVerdict {
    let names = |tests: &[super::Judged]| tests.iter().map(|test| test.listed.clone()).collect();
    let list =
        |list: &super::ListVerdict| SplitList { passed: names(&list.passed), failed: names(&list.failed) };
    GradeVerdict {
        rules: "kerf".to_owned(),
        outcome: match verdict.outcome {
            VerdictOutcome::Resolved => "resolved",
            VerdictOutcome::Partial => "partial",
            VerdictOutcome::Unresolved => "unresolved",
        }
        .to_owned(),
        reason: verdict.reason.map(|why| {
            match why {
                Why::BuildFailed => "build_failed",
                Why::NoVerdict => "no_verdict",
                Why::TestsFailed => "tests_failed",
                Why::MissingTest => "missing_test",
            }
            .to_owned()
        }),
        fail_to_pass: list(&verdict.fail_to_pass),
        pass_to_pass: list(&verdict.pass_to_pass),
        unlisted_regressions: verdict.unlisted_regressions.clone(),
    }
}

/// What the harness itself says goes before the tests. Nothing is made better by it.
fn overrule(verdict: &mut GradeVerdict, envelope: &Envelope<'_>) {
    let Some(trouble) = envelope.trouble else { return };
    let (outcome, reason) = match trouble {
        Trouble::ApplyFailed => ("apply_failed", None),
        Trouble::TimedOut if verdict.outcome == "resolved" => ("unresolved", Some("no_verdict")),
        Trouble::TimedOut => ("timed_out", None),
        // The harness failed before the patched tree ran: that says nothing about the patch.
        Trouble::ResetFailed | Trouble::Errored | Trouble::NeverBegan => ("invalid", Some("setup")),
    };
    outcome.clone_into(&mut verdict.outcome);
    verdict.reason = reason.map(str::to_owned);
}

/// A command that fails although every test passes tells of something that the log does not show: forged output, or a
/// crash behind the last test. Unless it does so with gold too.
fn doubt_exit_code(
    verdict: &mut GradeVerdict,
    reading: &Reading,
    code: Option<i32>,
    with_gold: Option<i32>,
    oddities: &mut Vec<String>,
) {
    let Some(code) = code.filter(|code| *code != 0) else { return };
    let explained = reading.build_failed
        || !reading.failed_targets.is_empty()
        || reading.tests.iter().any(|test| {
            matches!(test.status, Status::Failed | Status::Errored | Status::TimedOut | Status::Xpassed)
        });
    if explained {
        return;
    }
    if with_gold.is_some_and(|gold| gold != 0) {
        oddities.push(format!("exit code {code} although no test failed, as with gold"));
        return;
    }
    oddities.push(format!("exit code {code} although no test failed"));
    if matches!(verdict.outcome.as_str(), "resolved" | "partial") {
        "unresolved".clone_into(&mut verdict.outcome);
        verdict.reason = Some("no_verdict".to_owned());
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    fn question(fail_to_pass: &[&str]) -> Question {
        let lists = Lists {
            fail_to_pass: fail_to_pass.iter().map(|id| (*id).to_owned()).collect(),
            pass_to_pass: Vec::new(),
        };
        Question { lists, ..Question::default() }
    }

    fn outcome(log: &str, question: &Question) -> (String, Option<String>) {
        let verdict = grade(log.as_bytes(), question).grade.verdict.unwrap();
        (verdict.outcome, verdict.reason)
    }

    const OK: &str = "running 1 test\ntest a ... ok\n\ntest result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n";

    #[test]
    fn what_the_harness_says_goes_before_the_tests() {
        let wrapped = |code: i32| {
            format!("x\n>>>>> Start Test Output\n{OK}>>>>> End Test Output\n>>>>> Test Exit Code: {code}\n")
        };
        let own = |outcome: &str, reason: Option<&str>| (outcome.to_owned(), reason.map(str::to_owned));
        let asked = question(&["a"]);
        let with_gold = Question { gold_exit_code: Some(1), ..asked.clone() };
        let told = Question { exit_code: Some(101), ..asked.clone() };
        let cases = [
            (OK.to_owned(), &asked, own("resolved", None)),
            (OK.to_owned(), &told, own("unresolved", Some("no_verdict"))),
            (wrapped(0), &asked, own("resolved", None)),
            (wrapped(1), &asked, own("unresolved", Some("no_verdict"))),
            (wrapped(1), &with_gold, own("resolved", None)),
            (format!("{}>>>>> Tests Timed Out\n", wrapped(0)), &asked, own("unresolved", Some("no_verdict"))),
            (">>>>> Patch Apply Failed\n".to_owned(), &asked, own("apply_failed", None)),
            (">>>>> Reset Failed\n".to_owned(), &asked, own("invalid", Some("setup"))),
            (String::new(), &asked, own("unresolved", Some("no_verdict"))),
        ];
        for (log, question, expected) in cases {
            assert_eq!(outcome(&log, question), expected, "{log}");
        }
    }

    #[test]
    fn lines_are_those_of_the_file() {
        let log = format!("x\n>>>>> Start Test Output\n{OK}");
        assert_eq!(grade(log.as_bytes(), &question(&["a"])).grade.tests[0].line, 4);
    }

    #[test]
    fn an_id_stands_once_with_its_worst_result() {
        let log = OK.replace("test a ... ok\n", "test b ... ok\ntest a ... ok\ntest b ... FAILED\n");
        let tests = grade(log.as_bytes(), &Question::default()).grade.tests;
        let shown: Vec<_> = tests.iter().map(|test| (test.id.as_str(), test.status, test.line)).collect();
        assert_eq!(shown, [("b", Status::Failed, 4), ("a", Status::Passed, 3)]);
    }
}
