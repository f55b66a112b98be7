//! What `kerf grade` prints and writes.
//!
//! In: grades. Out: text or JSON on standard output, kerf's records, report files of the other harnesses.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use anyhow::Context;

use super::{Done, GradeArguments};
use crate::cli::report::print;
use crate::evaluate::record::{Outcome, RECORD_SCHEMA, Reason, Record, Tests};
use crate::harness::grade::{Grade, GradeVerdict, Rules};
use crate::report::escape::terminal;
use crate::report::grade::render;

/// Prints the grade of a single log.
pub(super) fn single(grade: &Grade, json: bool) -> anyhow::Result<()> {
    if !json {
        return print(&render(grade));
    }
    let mut out = std::io::BufWriter::with_capacity(1 << 18, std::io::stdout().lock());
    serde_json::to_writer(&mut out, grade).map_err(std::io::Error::from)?;
    out.write_all(b"\n")?;
    Ok(out.flush()?)
}

/// Counts over a folder.
#[derive(Debug, Default)]
pub(super) struct Tally {
    logs: usize,
    outcomes: BTreeMap<String, usize>,
    agree: usize,
    differ: Vec<String>,
}

impl Tally {
    /// One line for one log.
    pub fn line(&mut self, grade: &Grade, json: bool) -> anyhow::Result<()> {
        self.logs += 1;
        let outcome = grade.verdict.as_ref().map_or("no lists", |verdict| verdict.outcome.as_str());
        *self.outcomes.entry(outcome.to_owned()).or_insert(0) += 1;
        if let (Some(published), Some(verdict)) = (grade.published, &grade.verdict) {
            if published == (verdict.outcome == "resolved") {
                self.agree += 1;
            } else {
                self.differ.push(grade.log.clone().unwrap_or_default());
            }
        }
        if json {
            return print(&serde_json::to_string(grade)?);
        }
        let log = grade.log.as_deref().unwrap_or_default();
        let format = grade.format.as_deref().unwrap_or("unknown format");
        let counts = grade.verdict.as_ref().map_or_else(String::new, |verdict| {
            let split = |list: &crate::harness::grade::SplitList| {
                format!("{}/{}", list.passed.len(), list.passed.len() + list.failed.len())
            };
            format!(" · {} {}", split(&verdict.fail_to_pass), split(&verdict.pass_to_pass))
        });
        let published = match grade.published {
            Some(true) => " · published: resolved",
            Some(false) => " · published: not resolved",
            None => "",
        };
        print(&format!("{:<12} {}  {format}{counts}{published}", outcome, terminal(log)))
    }

    /// The last lines.
    pub fn end(&self, json: bool) -> anyhow::Result<()> {
        if json {
            return Ok(());
        }
        let outcomes: Vec<String> =
            self.outcomes.iter().map(|(outcome, count)| format!("{count} {outcome}")).collect();
        print(&format!("{} logs: {}", self.logs, outcomes.join(", ")))?;
        let known = self.agree + self.differ.len();
        if known > 0 {
            print(&format!("{} of {known} agree with the report beside them", self.agree))?;
            for log in self.differ.iter().take(20) {
                print(&format!("  differs: {}", terminal(log)))?;
            }
        }
        Ok(())
    }
}

/// Writes what was asked for beside.
pub(super) fn files(arguments: &GradeArguments, rules: Rules, all: &[Done]) -> anyhow::Result<()> {
    if let Some(path) = &arguments.records {
        let mut text = String::new();
        for done in all {
            if let Some(record) = record(&done.grade) {
                text += &serde_json::to_string(&record)?;
                text.push('\n');
            }
        }
        std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    if let Some(folder) = &arguments.reports {
        for done in all {
            let name = done.grade.instance.as_deref().unwrap_or("log");
            let model = done.grade.model.as_deref().unwrap_or("model");
            let path = folder.join(file_name(model)).join(file_name(name)).join("report.json");
            let report = match &done.report {
                Some(report) => report.clone(),
                None => own_report(name, rules, &done.grade),
            };
            write(&path, &report)?;
        }
        write(&folder.join("report.json"), &summary(all))?;
    }
    Ok(())
}

/// A name as one part of a path.
fn file_name(name: &str) -> String {
    let safe: String =
        name.chars().map(|c| if matches!(c, '/' | '\\' | ':' | '\0') { '_' } else { c }).collect();
    if safe.is_empty() || safe.chars().all(|c| c == '.') { "_".to_owned() } else { safe }
}

fn write(path: &Path, value: &serde_json::Value) -> anyhow::Result<()> {
    let failed = || format!("cannot write {}", path.display());
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(failed)?;
    }
    std::fs::write(path, serde_json::to_string_pretty(value)? + "\n").with_context(failed)
}

/// kerf's verdict in the form of swebench's report of one instance.
fn own_report(name: &str, rules: Rules, grade: &Grade) -> serde_json::Value {
    let Some(verdict) = &grade.verdict else {
        return serde_json::json!({ name: { "resolved": false, "rules": rules.name() } });
    };
    let split = |list: &crate::harness::grade::SplitList| serde_json::json!({ "success": list.passed, "failure": list.failed });
    serde_json::json!({ name: {
        "patch_is_None": false,
        "patch_exists": true,
        "patch_successfully_applied": verdict.outcome != "apply_failed",
        "resolved": verdict.outcome == "resolved",
        "infra_failure": verdict.outcome == "invalid",
        "rules": rules.name(),
        "tests_status": {
            "FAIL_TO_PASS": split(&verdict.fail_to_pass),
            "PASS_TO_PASS": split(&verdict.pass_to_pass),
        },
    }})
}

/// Counts and ids over all logs, as the harnesses name them.
fn summary(all: &[Done]) -> serde_json::Value {
    let ids = |wanted: &dyn Fn(&GradeVerdict) -> bool| -> Vec<&str> {
        all.iter()
            .filter(|done| done.grade.verdict.as_ref().is_some_and(wanted))
            .filter_map(|done| done.grade.instance.as_deref())
            .collect()
    };
    let resolved = ids(&|verdict| verdict.outcome == "resolved");
    let invalid = ids(&|verdict| verdict.outcome == "invalid");
    let unresolved = ids(&|verdict| !matches!(verdict.outcome.as_str(), "resolved" | "invalid"));
    serde_json::json!({
        "total_instances": all.len(),
        "submitted_instances": all.len(),
        "completed_instances": resolved.len() + unresolved.len(),
        "resolved_instances": resolved.len(),
        "unresolved_instances": unresolved.len(),
        "error_instances": invalid.len(),
        "resolved_ids": resolved,
        "unresolved_ids": unresolved,
        "error_ids": invalid,
    })
}

/// A record of what the log alone tells; none without a verdict.
fn record(grade: &Grade) -> Option<Record> {
    let verdict = grade.verdict.as_ref()?;
    let (outcome, reason) = match verdict.outcome.as_str() {
        "resolved" => (Outcome::Resolved, None),
        "partial" => (Outcome::Partial, Some(reason(verdict))),
        "apply_failed" => (Outcome::ApplyFailed, None),
        "timed_out" => (Outcome::TimedOut, None),
        "invalid" => (Outcome::Invalid, Some(Reason::Setup)),
        _ => (Outcome::Unresolved, Some(reason(verdict))),
    };
    let task = grade.instance.clone().unwrap_or_else(|| grade.log.clone().unwrap_or_default());
    let model = grade.model.clone().unwrap_or_else(|| "unknown".to_owned());
    let language = match grade.format.as_deref() {
        Some("cargo" | "nextest") => "rust",
        Some("jest" | "vitest" | "mocha" | "node" | "tap") => "javascript",
        Some("pytest" | "unittest") => "python",
        Some("go") => "go",
        _ => "unknown",
    };
    let mut hasher = blake3::Hasher::new();
    for part in [task.as_str(), &model, grade.log.as_deref().unwrap_or_default()] {
        hasher.update(part.as_bytes());
        hasher.update(b"\0");
    }
    let counts = |list: &crate::harness::grade::SplitList| {
        [list.passed.len() as u32, (list.passed.len() + list.failed.len()) as u32]
    };
    let ran = matches!(outcome, Outcome::Resolved | Outcome::Partial | Outcome::Unresolved);
    Some(Record {
        schema: RECORD_SCHEMA.to_owned(),
        trial: hasher.finalize().to_hex()[..16].to_owned(),
        run_key: None,
        grade_key: None,
        task,
        language: language.to_owned(),
        tier: crate::syntax::language_named(language).map_or(3, |language| language.tier),
        gold_weight: None,
        model,
        scaffold: None,
        sample: 0,
        outcome,
        reason,
        apply: None,
        tests: ran.then(|| Tests {
            fail_to_pass: counts(&verdict.fail_to_pass),
            pass_to_pass: counts(&verdict.pass_to_pass),
            unlisted_regressions: verdict.unlisted_regressions.len() as u32,
            flaky: 0,
            reruns: None,
            restored_settings: 0,
        }),
        edits: None,
        lint: None,
        context: None,
        cost: crate::evaluate::record::Cost::default(),
        environment: BTreeMap::from([("rules".to_owned(), verdict.rules.clone().into())]),
        timing: BTreeMap::new(),
    })
}

fn reason(verdict: &GradeVerdict) -> Reason {
    match verdict.reason.as_deref() {
        Some("build_failed") => Reason::BuildFailed,
        Some("no_verdict") => Reason::NoVerdict,
        Some("missing_test") => Reason::MissingTest,
        _ => Reason::TestsFailed,
    }
}
