//! A grade for people: the verdict first, then what it rests on.
//!
//! In: a [`Grade`]. Out: text; ids and lines of the log pass `escape`.

use std::fmt::Write as _;

use super::escape::terminal;
use crate::harness::Status;
use crate::harness::grade::{Explanation, Grade, GradeVerdict};

/// So many names of a kind are listed.
const SHOWN: usize = 20;

/// The grade of one log.
pub fn render(grade: &Grade) -> String {
    let mut out = String::new();
    if let Some(log) = &grade.log {
        line(&mut out, format_args!("{}", terminal(log)));
    }
    let format = match &grade.format {
        Some(format) => format!("{format} ({:.0} % sure)", grade.sure * 100.0),
        None => "no known format".to_owned(),
    };
    let mut counts: Vec<(Status, usize)> = Vec::new();
    for test in &grade.tests {
        match counts.iter_mut().find(|(status, _)| *status == test.status) {
            Some((_, count)) => *count += 1,
            None => counts.push((test.status, 1)),
        }
    }
    counts.sort_unstable();
    let mut facts = vec![format, format!("{} tests", grade.tests.len())];
    facts.extend(counts.iter().map(|(status, count)| format!("{count} {}", word(*status))));
    if let Some(code) = grade.exit_code {
        facts.push(format!("exit code {code}"));
    }
    line(&mut out, format_args!("{}", facts.join(" · ")));
    if let Some(verdict) = &grade.verdict {
        self::verdict(&mut out, verdict, grade.published);
    }
    for other in &grade.others {
        let reason =
            other.reason.as_ref().map_or_else(String::new, |reason| format!(" ({})", terminal(reason)));
        line(&mut out, format_args!("{}{reason} by the rules of {}", other.outcome, other.rules));
    }
    for test in &grade.explain {
        explanation(&mut out, test);
    }
    list(&mut out, "not built", grade.failed_targets.iter().map(String::as_str));
    for part in grade.incomplete.iter().take(SHOWN) {
        let target = part.target.as_deref().unwrap_or("a program");
        let announced = part.announced.map_or_else(String::new, |n| format!(" of {n}"));
        line(
            &mut out,
            format_args!(
                "line {}: {} ended before its end: {}{announced} tests have a result",
                part.line,
                terminal(target),
                part.seen
            ),
        );
    }
    list(&mut out, "odd", grade.oddities.iter().map(String::as_str));
    for unread in grade.unread.iter().take(SHOWN) {
        line(&mut out, format_args!("line {}: not read: {}", unread.line, terminal(&unread.text)));
    }
    more(&mut out, grade.unread.len(), "lines not read");
    out
}

fn verdict(out: &mut String, verdict: &GradeVerdict, published: Option<bool>) {
    let reason = verdict.reason.as_ref().map_or_else(String::new, |reason| format!(" ({reason})"));
    let split = |list: &crate::harness::grade::SplitList| {
        format!("{}/{}", list.passed.len(), list.passed.len() + list.failed.len())
    };
    let published = match published {
        Some(true) => " · published: resolved",
        Some(false) => " · published: not resolved",
        None => "",
    };
    line(
        out,
        format_args!(
            "{}{reason} by the rules of {} · fail-to-pass {} · pass-to-pass {}{published}",
            verdict.outcome,
            verdict.rules,
            split(&verdict.fail_to_pass),
            split(&verdict.pass_to_pass)
        ),
    );
    list(out, "fail-to-pass failed", verdict.fail_to_pass.failed.iter().map(String::as_str));
    list(out, "pass-to-pass failed", verdict.pass_to_pass.failed.iter().map(String::as_str));
    list(out, "regression outside the lists", verdict.unlisted_regressions.iter().map(String::as_str));
}

/// One test, all rule sets: kerf's line first, the others where they say something else.
fn explanation(out: &mut String, test: &Explanation) {
    let list = test.list.replace('_', "-");
    let mark = if test.differs { "≠" } else { " " };
    line(out, format_args!("{mark} {list} {}", terminal(&test.test)));
    for (at, opinion) in test.opinions.iter().enumerate() {
        if at > 0 && !test.differs {
            continue;
        }
        let counts = match opinion.passed {
            Some(true) => "counts as passed",
            Some(false) => "does not count as passed",
            None => "does not count at all",
        };
        let status = opinion.status.as_deref().unwrap_or("not seen");
        let place = match (opinion.line, &opinion.text) {
            (Some(number), Some(text)) => format!(" · line {number}: {}", terminal(text)),
            (Some(number), None) => format!(" · line {number}"),
            (None, _) => String::new(),
        };
        line(out, format_args!("    {:<15} {} ({counts}){place}", opinion.rules, terminal(status)));
    }
}

fn list<'a>(out: &mut String, what: &str, names: impl ExactSizeIterator<Item = &'a str>) {
    let count = names.len();
    for name in names.take(SHOWN) {
        line(out, format_args!("{what}: {}", terminal(name)));
    }
    more(out, count, what);
}

fn more(out: &mut String, count: usize, what: &str) {
    if count > SHOWN {
        line(out, format_args!("… and {} more {what} (--json has all)", count - SHOWN));
    }
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{text}");
}

/// A status as a word.
pub fn word(status: Status) -> &'static str {
    match status {
        Status::Passed => "passed",
        Status::Failed => "failed",
        Status::Errored => "errored",
        Status::Skipped => "skipped",
        Status::Xfailed => "xfailed",
        Status::Xpassed => "xpassed",
        Status::TimedOut => "timed out",
        Status::Missing => "missing",
        Status::Unreached => "unreached",
    }
}
