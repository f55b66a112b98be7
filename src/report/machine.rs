//! A run's report for other programs: CSV, JUnit, SARIF, GitHub's workflow commands.
//!
//! In: a summary, records one at a time, or places of findings. Out: text.
//!
//! Invariant: text from outside is escaped for its format.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::task::{first_place, list, text};
use super::{escape, sarif};
use crate::evaluate::Record;
use crate::evaluate::record::{LintStatus, Outcome};
use crate::stats::RunSummary;
use crate::stats::interval::Share;
use crate::stats::summary::Mean;

/// GitHub shows no more annotations of a kind in a step.
const ANNOTATIONS: usize = 10;

/// One line a model, with a header.
pub fn csv(summary: &RunSummary) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut heads: Vec<String> =
        ["model", "scaffold", "tasks", "trials", "invalid", "missing"].map(str::to_owned).into();
    let mut rows: Vec<Vec<String>> = Vec::new();
    for model in &summary.models {
        let (edits, context) = (&model.edits.all, &model.context);
        let share = |share: &Share| (share.value, share.interval, share.n);
        let mean = |mean: &Mean| (mean.value, mean.interval, mean.trials);
        let figures = [
            ("resolved", share(&model.resolved)),
            ("resolved_of_all", share(&model.resolved_of_all)),
            ("resolved_and_clean", share(&model.resolved_and_clean)),
            ("irrelevant_edit_ratio", mean(&edits.ratio)),
            ("strict", mean(&edits.strict)),
            ("upper", mean(&edits.upper)),
            ("excess", mean(&edits.excess)),
            ("irrelevant_patch_rate", share(&edits.irrelevant_patch_rate)),
            ("lint_clean", share(&model.lint.clean)),
            ("file_recall", mean(&context.file_recall)),
            ("entity_recall", mean(&context.entity_recall)),
            ("obligation_recall", mean(&context.obligation_recall)),
            ("propagation", mean(&context.propagation)),
            ("well_formed", share(&model.apply.well_formed)),
        ];
        let mut row = vec![model.model.clone(), model.scaffold.clone().unwrap_or_default()];
        row.extend([model.tasks, model.trials, model.invalid, model.missing].map(|n| n.to_string()));
        let number = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
        for (name, (value, interval, n)) in figures {
            if rows.is_empty() {
                heads.extend(["", "_low", "_high", "_n"].map(|end| format!("{name}{end}")));
            }
            row.extend([value, interval.map(|[low, _]| low), interval.map(|[_, high]| high)].map(number));
            row.push(n.to_string());
        }
        for (name, total) in [
            ("cost_usd", &model.cost.usd),
            ("prompt_tokens", &model.cost.prompt_tokens),
            ("completion_tokens", &model.cost.completion_tokens),
            ("latency_s", &model.cost.latency_s),
        ] {
            if rows.is_empty() {
                heads.push(name.to_owned());
            }
            row.push(number(total.sum));
        }
        rows.push(row);
    }
    rows.insert(0, heads);
    for row in rows {
        // Writing into memory cannot fail.
        let _ = writer.write_record(row.iter().map(|cell| escape::spreadsheet(cell)));
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// A test case a trial: it fails where the trial is not resolved, is an error where it is invalid, skipped where there is
/// no prediction.
#[derive(Debug, Default)]
pub struct Junit {
    cases: String,
    tests: u64,
    failures: u64,
    errors: u64,
    skipped: u64,
}

impl Junit {
    /// Takes a trial in.
    pub fn add(&mut self, record: &Record) {
        let name = |value: Value| value.as_str().unwrap_or_default().to_owned();
        let mut why = name(json!(record.outcome));
        if let Some(reason) = record.reason {
            let _ = write!(why, " ({})", name(json!(reason)));
        }
        if let Some(tests) = &record.tests {
            let ([f, of_f], [p, of_p]) = (tests.fail_to_pass, tests.pass_to_pass);
            let _ = write!(why, ", fail-to-pass {f}/{of_f}, pass-to-pass {p}/{of_p}");
        }
        let why = escape::xml(&why);
        self.tests += 1;
        let inside = match record.outcome {
            Outcome::Resolved => String::new(),
            Outcome::Invalid => {
                self.errors += 1;
                format!("<error message=\"{why}\"/>")
            }
            Outcome::Missing => {
                self.skipped += 1;
                "<skipped message=\"no prediction\"/>".to_owned()
            }
            _ => {
                self.failures += 1;
                format!("<failure message=\"{why}\"/>")
            }
        };
        let sample = if record.sample > 0 { format!(" #{}", record.sample) } else { String::new() };
        let class = super::columns::full_name(&record.model, record.scaffold.as_deref());
        let _ = writeln!(
            self.cases,
            "    <testcase classname=\"{}\" name=\"{}{sample}\">{inside}</testcase>",
            escape::xml(&class),
            escape::xml(&record.task)
        );
    }

    /// The document.
    pub fn finish(self, suite: &str) -> String {
        let Self { cases, tests, failures, errors, skipped } = self;
        let name = escape::xml(suite);
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"kerf\">\n  <testsuite name=\"{name}\" \
             tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\">\n{cases}  \
             </testsuite>\n</testsuites>\n"
        )
    }
}

/// An irrelevant unit or a lint finding at its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// `irrelevant/debug`, `lint/clippy::dbg_macro`.
    pub rule: String,
    /// Who and on which task.
    pub trial: String,
    /// What.
    pub text: String,
    /// Proven, or a finding of level error.
    pub is_sure: bool,
    /// File in the repository of the task.
    pub file: String,
    /// 1-based.
    pub line: Option<u64>,
}

/// What a trial's detail has to show, irrelevant units first.
pub fn located(record: &Record, detail: &Value) -> Vec<Located> {
    let who = super::columns::full_name(&record.model, record.scaffold.as_deref());
    let trial = format!("{} by {who}", record.task);
    let files = list(Some(detail), &["files"]);
    let units = list(Some(detail), &["units"]).iter().filter(|unit| text(unit, "class") == "irrelevant");
    let mut found: Vec<Located> = units
        .map(|unit| {
            let (file, line) = first_place(unit, files);
            let sign = if text(unit, "sign").is_empty() { text(unit, "kind") } else { text(unit, "sign") };
            Located {
                rule: format!("irrelevant/{sign}"),
                trial: trial.clone(),
                text: format!("grade {}: {}", text(unit, "grade"), text(unit, "why")),
                is_sure: text(unit, "grade") == "A",
                file,
                line,
            }
        })
        .collect();
    let measured = record.lint.as_ref().is_some_and(|lint| lint.status == LintStatus::Findings);
    if measured {
        found.extend(list(Some(detail), &["lint", "new"]).iter().map(|finding| Located {
            rule: format!("lint/{}", text(finding, "rule")),
            trial: trial.clone(),
            text: text(finding, "message").to_owned(),
            is_sure: text(finding, "level") == "error",
            file: text(finding, "file").to_owned(),
            line: finding.get("line").and_then(Value::as_u64),
        }));
    }
    found
}

/// SARIF 2.1.0: a result a finding.
pub fn sarif_log(findings: &[Located]) -> serde_json::Result<String> {
    let mut rules: Vec<&str> = findings.iter().map(|finding| &*finding.rule).collect();
    rules.sort_unstable();
    rules.dedup();
    let rules: Vec<Value> = rules.iter().map(|rule| json!({"id": escape::terminal(rule)})).collect();
    let results: Vec<Value> = findings
        .iter()
        .map(|finding| {
            json!({
                "ruleId": escape::terminal(&finding.rule),
                "level": if finding.is_sure { "warning" } else { "note" },
                "message": {"text": escape::terminal(&format!("{}: {}", finding.trial, finding.text))},
                "locations": [sarif::location(&finding.file, finding.line)],
            })
        })
        .collect();
    sarif::document(&rules, &results)
}

/// A notice a model with its figures, then a warning or notice a finding, at most ten of either.
pub fn github(summary: &RunSummary, findings: &[Located]) -> String {
    let mut out = String::new();
    for model in summary.models.iter().take(ANNOTATIONS) {
        let title = format!("kerf: {}", super::columns::name(model));
        let text = format!(
            "resolved {}, irrelevant edits {}, lint clean {}, {} invalid, {} missing",
            super::figures::count(&model.resolved),
            super::figures::ratio(model.edits.all.ratio.value),
            super::figures::count(&model.lint.clean),
            model.invalid,
            model.missing
        );
        out.push_str(&escape::workflow_command("notice", &title, None, None, &text));
    }
    for finding in findings.iter().take(ANNOTATIONS) {
        let text = format!("{}: {}", finding.trial, finding.text);
        let file = Some(&*finding.file).filter(|file| !file.is_empty());
        out.push_str(&escape::workflow_command("warning", &finding.rule, file, finding.line, &text));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::testing::{demo, trial};
    use crate::stats::{Options, summarise};

    #[test]
    fn a_line_a_model() {
        let text = csv(&summarise(&demo(), &Options { seed: 1, resamples: 50 }));
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let heads = reader.headers().unwrap().clone();
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        let of = |row: &csv::StringRecord, name: &str| {
            row.get(heads.iter().position(|head| head == name).unwrap()).unwrap().to_owned()
        };
        assert_eq!(rows.len(), 4);
        assert_eq!(
            (of(&rows[1], "model"), of(&rows[1], "resolved"), of(&rows[1], "resolved_n")),
            ("focused".into(), "1".into(), "12".into())
        );
        assert!(csv(&summarise(&[], &Options::default())).starts_with("model,"));
    }

    #[test]
    fn a_case_a_trial() {
        let mut junit = Junit::default();
        for record in demo().iter().filter(|record| record.model == "careless") {
            junit.add(record);
        }
        junit.add(&trial("<m>\x1b", "t\"&").resolved().build());
        let text = junit.finish("demo");
        assert!(text.contains("tests=\"13\" failures=\"4\" errors=\"1\" skipped=\"1\""), "{text}");
        assert!(text.contains("classname=\"&lt;m&gt;\\x1b\" name=\"t&quot;&amp;\""), "{text}");
    }

    #[test]
    fn findings_have_their_place() {
        let record = trial("m", "t").lint(LintStatus::Findings).build();
        let detail = json!({
            "files": [{"old": "a.rs", "new": "a.rs"}],
            "units": [{"class": "irrelevant", "grade": "A", "sign": "format", "why": "token stream identical",
                "changes": [{"file": 0, "new_lines": [14, 15]}]}, {"class": "needed"}],
            "lint": {"new": [{"rule": "dbg_macro", "level": "warning", "file": "b.rs", "line": 9, "message": "no\n::error::dbg"}]},
        });
        let found = located(&record, &detail);
        let log: Value = serde_json::from_str(&sarif_log(&found).unwrap()).unwrap();
        let places: Vec<String> = log["runs"][0]["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|result| {
                let place = &result["locations"][0]["physicalLocation"];
                format!(
                    "{}:{} {}",
                    place["artifactLocation"]["uri"].as_str().unwrap(),
                    place["region"]["startLine"],
                    result["level"]
                )
            })
            .collect();
        assert_eq!(places, ["a.rs:14 \"warning\"", "b.rs:9 \"note\""]);
        insta::assert_snapshot!(github(&summarise(&[record], &Options::default()), &found), @r"
        ::notice title=kerf%3A m::resolved 0/1, irrelevant edits –, lint clean 0/1, 0 invalid, 0 missing
        ::warning file=a.rs,line=14,title=irrelevant/format::t by m: grade A: token stream identical
        ::warning file=b.rs,line=9,title=lint/dbg_macro::t by m: no\n::error::dbg
        ");
    }
}
