//! One task in detail: what each trial changed, which units count as irrelevant and why, which tests failed, what the
//! linters found.
//!
//! In: the run's records of that task, and the details that they point to as plain JSON by grade key. Out: text for a
//! terminal.
//!
//! Details are read field by field, and what is not there is not shown: older and newer details remain readable.
//!
//! Invariant: text from outside is escaped; a trial without details still shows what its record holds.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use super::columns::{full_name, rung_name};
use super::figures::{NONE, plural, ratio};
use super::table::{shorten, wrap};
use super::{View, escape};
use crate::evaluate::Record;
use crate::evaluate::record::{Edits, LintStatus, Tests};

/// How oddities begin that tell of tampering with the tests.
const TAMPERING: &[&str] = &["not believed: ", "put back before the tests ran: "];

/// Tests and findings listed per trial; the rest is counted.
const LIST: usize = 20;

/// Records of a task, of one model or all, ordered by model, scaffold and sample.
pub fn select<'a>(records: &'a [Record], task: &str, model: Option<&str>) -> Vec<&'a Record> {
    let mut found: Vec<&Record> = records
        .iter()
        .filter(|record| record.task == task && model.is_none_or(|model| record.model == model))
        .collect();
    found.sort_by(|a, b| (&a.model, &a.scaffold, a.sample).cmp(&(&b.model, &b.scaffold, b.sample)));
    found
}

/// The trials of one task. `details` are by grade key. Of a single trial every unit is listed, of several only the
/// irrelevant and suspect ones.
pub fn render(trials: &[&Record], details: &BTreeMap<String, Value>, view: View) -> String {
    let Some(first) = trials.first() else { return "no trial of this task\n".to_owned() };
    let span = trials.iter().find_map(|record| record.context.as_ref()?.span);
    let span = span.map_or_else(String::new, |span| format!(" · span {}", word(&serde_json::json!(span))));
    let mut out =
        format!("task {} · {}{span}\n", escape::terminal(&first.task), escape::terminal(&first.language));
    for record in trials {
        out.push('\n');
        let detail = record.grade_key.as_ref().and_then(|key| details.get(key));
        trial(&mut out, record, detail, trials.len() == 1, view);
    }
    out
}

fn trial(out: &mut String, record: &Record, detail: Option<&Value>, every_unit: bool, view: View) {
    let width = view.width.max(40);
    let name = escape::terminal(&full_name(&record.model, record.scaffold.as_deref()));
    let sample = if record.sample > 0 { format!(" · sample {}", record.sample) } else { String::new() };
    let reason =
        record.reason.map_or_else(String::new, |reason| format!(" ({})", word(&serde_json::json!(reason))));
    let outcome = word(&serde_json::json!(record.outcome));
    let name = if view.colour { format!("\x1b[1m{name}\x1b[0m") } else { name };
    line(out, width, 0, &format!("{name}{sample} · {outcome}{reason}"));
    if let Some(apply) = &record.apply {
        let rung = apply.rung.map_or("not applied", rung_name);
        let formed = if apply.well_formed { "well formed" } else { "not well formed" };
        line(out, width, 2, &format!("patch: {}, {formed}, {rung}", escape::terminal(&apply.format)));
    }
    if let Some(tests) = &record.tests {
        line(out, width, 2, &counts(tests));
        failed_tests(out, width, detail);
        tampering(out, width, detail);
    }
    if let Some(edits) = &record.edits {
        line(out, width, 2, &edit_figures(edits));
        units(out, width, detail, every_unit);
    }
    if let Some(lint) = &record.lint {
        let new: Vec<String> = lint
            .new
            .iter()
            .map(|(level, n)| plural((*n).into(), &format!("new {}", escape::terminal(level))))
            .collect();
        let mut parts = vec![format!("lint: {}", lint_word(lint.status))];
        parts.extend(new);
        for (n, noun) in [(lint.suppressions, "suppression"), (lint.unformatted_lines, "unformatted line")] {
            parts.extend((n > 0).then(|| plural(n.into(), noun)));
        }
        line(out, width, 2, &parts.join(", "));
        findings(out, width, detail);
    }
    if let Some(context) = &record.context {
        let figures = [
            ("file recall", context.file_recall),
            ("file precision", context.file_precision),
            ("entity recall", context.entity_recall),
            ("entity precision", context.entity_precision),
            ("obligation recall", context.obligation_recall),
            ("propagation", context.propagation),
        ];
        let known: Vec<String> = figures
            .iter()
            .filter(|(_, value)| value.is_some())
            .map(|(name, value)| format!("{name} {}", ratio(*value)))
            .collect();
        let counted = [
            ("dangling", context.dangling),
            ("invented", context.invented),
            ("reinvented", context.reinvented),
        ];
        let counted =
            counted.iter().filter_map(|(name, n)| n.filter(|n| *n > 0).map(|n| format!("{name} {n}")));
        let known: Vec<String> = known.into_iter().chain(counted).collect();
        if !known.is_empty() {
            line(out, width, 2, &format!("context: {}", known.join(", ")));
            reach(out, width, detail);
        }
    }
}

/// Cross-file findings with file and line.
fn reach(out: &mut String, width: usize, detail: Option<&Value>) {
    for (part, what) in [
        ("dangling", "is left without a definition"),
        ("invented", "is defined nowhere"),
        ("reinvented", "is there already elsewhere"),
        ("left_behind", "is not carried along"),
    ] {
        let all = list(detail, &["context", part]);
        for one in all.iter().take(LIST) {
            let at = place(&escaped(one, "file"), one.get("line").and_then(Value::as_u64));
            let why = escaped(one, "why");
            let why = if why.is_empty() { why } else { format!(": {why}") };
            line(out, width, 4, &format!("{at}  {} {what}{why}", escaped(one, "symbol")));
        }
        more(out, all.len(), "finding");
    }
}

/// What the patch did to the way in which tests run, and why its log is not believed.
fn tampering(out: &mut String, width: usize, detail: Option<&Value>) {
    let oddities = list(detail, &["oddities"]).iter().filter_map(Value::as_str);
    let told: Vec<&str> =
        oddities.filter(|odd| TAMPERING.iter().any(|start| odd.starts_with(start))).collect();
    for odd in told.iter().take(LIST) {
        line(out, width, 4, &escape::terminal(odd));
    }
    more(out, told.len(), "line");
}

/// A line with its continuation indented further.
fn line(out: &mut String, width: usize, indent: usize, text: &str) {
    let blanks = " ".repeat(indent);
    let _ = writeln!(out, "{blanks}{}", wrap(text, width.saturating_sub(indent), &" ".repeat(indent + 4)));
}

fn counts(tests: &Tests) -> String {
    let [f, of_f] = tests.fail_to_pass;
    let [p, of_p] = tests.pass_to_pass;
    let mut text = format!("tests: fail-to-pass {f}/{of_f}, pass-to-pass {p}/{of_p}");
    for (n, noun) in [(tests.unlisted_regressions, "unlisted regression"), (tests.flaky, "flaky test")] {
        if n > 0 {
            let _ = write!(text, ", {}", plural(n.into(), noun));
        }
    }
    text
}

fn edit_figures(edits: &Edits) -> String {
    let share = match edits.irrelevant_edit_ratio {
        Some(_) => format!(
            "{} (strict {}, upper {})",
            ratio(edits.irrelevant_edit_ratio),
            ratio(edits.strict),
            ratio(edits.upper)
        ),
        None => "no code edit".to_owned(),
    };
    let weight = &edits.weight;
    let classes = [
        ("needed", weight.needed),
        ("acquitted", weight.acquitted),
        ("supporting", weight.supporting),
        ("irrelevant", weight.irrelevant),
        ("unproven", weight.unproven),
    ];
    let parts: Vec<String> = classes
        .iter()
        .filter(|(_, weight)| *weight > 0)
        .map(|(class, weight)| format!("{class} {weight}"))
        .collect();
    let tokens = if parts.is_empty() { String::new() } else { format!(" · tokens: {}", parts.join(", ")) };
    let coarse = if edits.coarse { " · coarse" } else { "" };
    format!("irrelevant edits: {share}{tokens}{coarse}")
}

fn failed_tests(out: &mut String, width: usize, detail: Option<&Value>) {
    let tests: Vec<&Value> = list(detail, &["tests"])
        .iter()
        .filter(|test| !["passed", "xfailed", "skipped"].contains(&text(test, "after")))
        .filter(|test| test.get("after").is_some_and(|after| !after.is_null()))
        .collect();
    for test in tests.iter().take(LIST) {
        let at = test
            .get("line")
            .and_then(Value::as_u64)
            .map_or_else(String::new, |at| format!(", log line {at}"));
        let (id, list) = (escaped(test, "id"), escaped(test, "list"));
        let (before, after) = (escaped(test, "before"), escaped(test, "after"));
        line(out, width, 4, &format!("{id}  {before} → {after} ({list}{at})"));
    }
    more(out, tests.len(), "test");
}

/// New findings, a cause once with the number of others that it explains; then suppressions, then remarks on style.
fn findings(out: &mut String, width: usize, detail: Option<&Value>) {
    let causes = list(detail, &["lint", "causes"]);
    if causes.is_empty() {
        found(out, width, list(detail, &["lint", "new"]).iter().map(|finding| (finding, 1)));
    } else {
        let count = |cause: &Value| cause.get("findings").and_then(Value::as_u64).unwrap_or(1);
        found(out, width, causes.iter().filter_map(|cause| Some((cause.get("first")?, count(cause)))));
    }
    for part in ["suppressions", "style"] {
        found(out, width, list(detail, &["lint", part]).iter().map(|finding| (finding, 1)));
    }
}

fn found<'a>(out: &mut String, width: usize, found: impl Iterator<Item = (&'a Value, u64)> + Clone) {
    for (finding, count) in found.clone().take(LIST) {
        let at = place(&escaped(finding, "file"), finding.get("line").and_then(Value::as_u64));
        let mut words =
            vec![escaped(finding, "level"), escaped(finding, "rule"), escaped(finding, "message")];
        if count > 1 {
            words.push(format!("(and {} of the same cause)", count - 1));
        }
        words.retain(|word| !word.is_empty());
        line(out, width, 4, &format!("{at}  {}", words.join(" ")));
    }
    more(out, found.count(), "finding");
}

/// One unit as it is listed.
struct Shown {
    order: usize,
    mark: String,
    place: String,
    why: String,
}

fn units(out: &mut String, width: usize, detail: Option<&Value>, every: bool) {
    let files = list(detail, &["files"]);
    let mut shown: Vec<Shown> = list(detail, &["units"])
        .iter()
        .map(|unit| show(unit, files))
        .filter(|unit| every || unit.order < UNREMARKABLE)
        .collect();
    shown.sort_by_key(|unit| unit.order);
    let marks = shown.iter().map(|unit| unit.mark.len()).max().unwrap_or(0).min(24);
    for unit in &shown {
        line(out, width, 4, &format!("{:marks$}  {}  {}", unit.mark, unit.place, unit.why));
    }
}

/// Units from this order on are listed only where a single trial is looked at.
const UNREMARKABLE: usize = 3;

fn show(unit: &Value, files: &[Value]) -> Shown {
    let (class, grade) = (text(unit, "class"), text(unit, "grade"));
    let suspect = unit.get("suspect").and_then(Value::as_bool) == Some(true);
    let order = match (class, grade) {
        ("irrelevant", "A") => 0,
        ("irrelevant", _) => 1,
        ("unproven", _) if suspect => 2,
        ("unproven", _) => 3,
        ("supporting", _) => 4,
        _ => 5,
    };
    let what = if text(unit, "sign").is_empty() { escaped(unit, "kind") } else { escaped(unit, "sign") };
    let mark = match (class, grade) {
        ("irrelevant", _) => format!("{} {what}", escape::terminal(grade)),
        _ if suspect => format!("suspect {what}"),
        _ => format!("{} {what}", escape::terminal(class)),
    };
    let weight = unit
        .get("weight")
        .and_then(Value::as_u64)
        .map_or_else(String::new, |n| format!(" · {}", plural(n, "token")));
    Shown { order, mark, place: format!("{}{weight}", location(unit, files)), why: escaped(unit, "why") }
}

/// `src/a.rs:12` of a unit's first change, in the new file unless it is gone.
fn location(unit: &Value, files: &[Value]) -> String {
    let changes = list(Some(unit), &["changes"]);
    let more = if changes.len() > 1 { format!(" (+{})", changes.len() - 1) } else { String::new() };
    let (file, line) = first_place(unit, files);
    format!("{}{more}", place(&escape::terminal(&file), line))
}

/// File and line of a unit's first change, in the new file unless it is gone; not escaped.
pub(super) fn first_place(unit: &Value, files: &[Value]) -> (String, Option<u64>) {
    let Some(change) = list(Some(unit), &["changes"]).first() else { return (String::new(), None) };
    let file =
        change.get("file").and_then(Value::as_u64).and_then(|file| files.get(usize::try_from(file).ok()?));
    let start = |side: &str| change.get(side).and_then(|lines| lines.get(0)).and_then(Value::as_u64);
    let name = |side: &str| file.map_or("", |file| text(file, side)).to_owned();
    if name("new").is_empty() { (name("old"), start("old_lines")) } else { (name("new"), start("new_lines")) }
}

fn place(file: &str, line: Option<u64>) -> String {
    match (file, line) {
        ("", _) => NONE.to_owned(),
        (file, Some(line)) => format!("{file}:{line}"),
        (file, None) => file.to_owned(),
    }
}

fn more(out: &mut String, n: usize, noun: &str) {
    if n > LIST {
        let _ = writeln!(out, "    and {}", plural((n - LIST) as u64, &format!("more {noun}")));
    }
}

/// The list at a path of field names, or nothing.
pub(super) fn list<'a>(value: Option<&'a Value>, path: &[&str]) -> &'a [Value] {
    let found = path.iter().try_fold(value, |value, field| Some(value?.get(field))).flatten();
    found.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

pub(super) fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value.get(field).and_then(Value::as_str).unwrap_or("")
}

/// A field's text, escaped and of bounded length.
fn escaped(value: &Value, field: &str) -> String {
    shorten(&escape::terminal(text(value, field)), 200)
}

/// The name under which an enum stands in records.
fn word(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn lint_word(status: LintStatus) -> &'static str {
    match status {
        LintStatus::Clean => "clean",
        LintStatus::Findings => "findings",
        LintStatus::BuildFailed => "build failed",
        LintStatus::Invalid => "could not be run",
        LintStatus::NoLinter => "no linter",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::record::Reason;
    use crate::stats::testing::trial as make;
    use crate::task::Span;
    use serde_json::json;

    const VIEW: View = View { width: 100, colour: false };

    fn record() -> Record {
        let mut record = make("m", "ledger-rounding")
            .grade_key("k")
            .span(Span::Local)
            .recall(0.5)
            .irrelevant(30, &[("format", "A", 6), ("debug", "B", 4)])
            .lint(LintStatus::Findings)
            .build();
        record.reason = Some(Reason::TestsFailed);
        record.tests = Some(Tests {
            fail_to_pass: [2, 3],
            pass_to_pass: [96, 96],
            unlisted_regressions: 1,
            ..Tests::default()
        });
        record
    }

    fn detail() -> Value {
        json!({
            "files": [{"old": "src/a.rs", "new": "src/a.rs"}, {"old": "notes\u{1b}[31m.md", "new": null}],
            "units": [
                {"kind": "body", "class": "needed", "grade": null, "sign": null, "weight": 30, "why": "tests fail without it",
                 "changes": [{"file": 0, "old_lines": [6, 6], "new_lines": [6, 7]}]},
                {"kind": "body", "class": "irrelevant", "grade": "B", "sign": "debug", "weight": 4, "why": "left-over print",
                 "changes": [{"file": 1, "old_lines": [40, 40], "new_lines": [40, 39]}]},
                {"kind": "format", "class": "irrelevant", "grade": "A", "sign": "format", "weight": 6,
                 "why": "token stream identical",
                 "changes": [{"file": 0, "old_lines": [12, 12], "new_lines": [14, 15]}, {"file": 9}]},
            ],
            "tests": [
                {"id": "tests/a.rs::ok", "list": "fail_to_pass", "before": "failed", "after": "passed", "line": 3},
                {"id": "tests/a.rs::bad", "list": "fail_to_pass", "before": "failed", "after": "failed", "line": 12},
            ],
            "lint": {"new": [{"tool": "clippy", "rule": "clippy::dbg_macro", "level": "warning", "file": "src/a.rs", "line": 9}]},
        })
    }

    #[test]
    fn a_single_trial_shows_every_unit() {
        let record = record();
        let text = render(&[&record], &BTreeMap::from([("k".to_owned(), detail())]), VIEW);
        insta::assert_snapshot!(text, @r"
        task ledger-rounding · rust · span local

        m · unresolved (tests_failed)
          patch: unified, well formed, exact
          tests: fail-to-pass 2/3, pass-to-pass 96/96, 1 unlisted regression
            tests/a.rs::bad  failed → failed (fail_to_pass, log line 12)
          irrelevant edits: 0.25 (strict 0.15, upper 0.25) · tokens: needed 30, irrelevant 10
            A format     src/a.rs:14 (+1) · 6 tokens  token stream identical
            B debug      notes\x1b[31m.md:40 · 4 tokens  left-over print
            needed body  src/a.rs:6 · 30 tokens  tests fail without it
          lint: findings
            src/a.rs:9  warning clippy::dbg_macro
          context: file recall 0.50
        ");
    }

    #[test]
    fn tampering_with_the_tests_is_told() {
        let record = record();
        let mut detail = detail();
        detail["oddities"] =
            serde_json::json!(["line 3: not read: x", "put back before the tests ran: .cargo/config.toml"]);
        let text = render(
            &[&record],
            &BTreeMap::from([("k".to_owned(), detail)]),
            View { width: 99, colour: false },
        );
        assert!(text.contains("    put back before the tests ran: .cargo/config.toml\n"), "{text}");
        assert!(!text.contains("not read"), "{text}");
    }

    #[test]
    fn several_trials_show_what_is_remarkable() {
        let records = [make("n", "ledger-rounding").missing().build(), record(), make("n", "other").build()];
        let chosen = select(&records, "ledger-rounding", None);
        insta::assert_snapshot!(render(&chosen, &BTreeMap::from([("k".to_owned(), detail())]), View { width: 60, colour: false }), @r"
        task ledger-rounding · rust · span local

        m · unresolved (tests_failed)
          patch: unified, well formed, exact
          tests: fail-to-pass 2/3, pass-to-pass 96/96, 1 unlisted
              regression
            tests/a.rs::bad  failed → failed (fail_to_pass, log line
                12)
          irrelevant edits: 0.25 (strict 0.15, upper 0.25) · tokens:
              needed 30, irrelevant 10
            A format  src/a.rs:14 (+1) · 6 tokens  token stream
                identical
            B debug   notes\x1b[31m.md:40 · 4 tokens  left-over
                print
          lint: findings
            src/a.rs:9  warning clippy::dbg_macro
          context: file recall 0.50

        n · missing
        ");
        assert_eq!(select(&records, "ledger-rounding", Some("n")).len(), 1);
        assert_eq!(render(&[], &BTreeMap::new(), VIEW), "no trial of this task\n");
    }

    #[test]
    fn any_detail_can_be_shown() {
        let record = record();
        let odd = [
            json!(null),
            json!([1]),
            json!({"units": 3, "tests": {}}),
            json!({"units": [{}, 1, null], "tests": [{"after": 7}],
            "lint": [1], "files": "x"}),
            json!({"units": [{"changes": [{"file": -1}]}, {"changes": [null]}]}),
        ];
        for detail in odd {
            let text = render(&[&record], &BTreeMap::from([("k".to_owned(), detail)]), VIEW);
            assert!(text.contains("fail-to-pass 2/3"));
        }
        assert!(render(&[&record], &BTreeMap::new(), VIEW).contains("irrelevant edits: 0.25"));
    }
}
