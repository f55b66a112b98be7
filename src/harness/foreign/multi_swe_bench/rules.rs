//! Readers that are lists of patterns tried on each line.
//!
//! In: a text and [`Rules`]. Out: sets. What differs between repositories is in the rules: what is taken out of a line
//! first, whether a pattern must match at its start, and what happens to a name in two sets.
//!
//! Invariant: within a line passes are looked for before failures before skips, save in [`Join::FailuresFirst`].

use regex::Regex;

use super::sets::Sets;
use crate::harness::foreign::pattern::{at_start, group, search};
use crate::harness::foreign::text::{splitlines, strip};

/// What becomes of a name that was seen before, and of a line that several patterns match.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Join {
    /// Names enter every set that they match; two sets then are an exception.
    Plain,
    /// As plain, but at most one pass and one failure for each line.
    First,
    /// A failure takes a name out of the passed ones and keeps it out.
    FailWins,
    /// A failure takes a name out of both other sets; a skip counts only of a test that failed, and of none that
    /// passed.
    Strict,
    /// As strict, with a subtest's name cut at its last `/` when it enters a set, though not when it is looked up.
    StrictParent,
    /// Failures, then skips, then passes; the first that matches ends the line, and earlier kinds win.
    FailuresFirst,
}

/// How a line is read.
pub(super) struct Rules {
    /// A line without any of these cannot match; none to try every line.
    pub hints: &'static [&'static str],
    /// Taken out of each line first.
    pub ansi: Option<&'static str>,
    /// Whether white space around the line goes.
    pub strip: bool,
    /// Whether a pattern may begin anywhere.
    pub search: bool,
    /// Whether white space around a name goes.
    pub strip_name: bool,
    pub pass: &'static [&'static str],
    pub fail: &'static [&'static str],
    pub skip: &'static [&'static str],
    pub join: Join,
}

/// Colours.
pub(super) const COLOUR: Option<&str> = Some(r"\x1b\[[0-9;]*m");

/// Nothing done to lines, patterns at their start, names in every set that they match.
pub(super) const PLAIN: Rules = Rules {
    hints: &[],
    ansi: None,
    strip: false,
    search: false,
    strip_name: false,
    pass: &[],
    fail: &[],
    skip: &[],
    join: Join::Plain,
};

/// As plain, of stripped lines.
pub(super) const STRIPPED: Rules = Rules { strip: true, ..PLAIN };

/// A line as the patterns see it.
pub(super) fn tidy<'t>(line: &'t str, ansi: Option<&Regex>, stripped: bool) -> std::borrow::Cow<'t, str> {
    use std::borrow::Cow;
    let line = match ansi {
        Some(ansi) if line.contains('\u{1b}') => ansi.replace_all(line, ""),
        _ => Cow::Borrowed(line),
    };
    match (stripped, line) {
        (false, line) => line,
        (true, Cow::Borrowed(line)) => Cow::Borrowed(strip(line)),
        (true, Cow::Owned(line)) => Cow::Owned(strip(&line).to_owned()),
    }
}

pub(super) fn read(text: &str, rules: &Rules) -> Sets {
    let ansi = rules.ansi.map(search);
    let compile = |patterns: &[&'static str]| -> Vec<&'static Regex> {
        patterns
            .iter()
            .map(|pattern| if rules.search { search(pattern) } else { at_start(pattern) })
            .collect()
    };
    let (pass, fail, skip) = (compile(rules.pass), compile(rules.fail), compile(rules.skip));
    let mut sets = Sets::default();
    for (at, line) in splitlines(text) {
        if !rules.hints.is_empty() && !rules.hints.iter().any(|hint| line.contains(hint)) {
            continue;
        }
        let line = tidy(line, ansi, rules.strip);
        if line.is_empty() {
            continue;
        }
        let names = |patterns: &[&Regex]| -> Vec<String> {
            let names = patterns.iter().filter_map(|pattern| group(pattern, &line));
            let names = names.map(|name| if rules.strip_name { strip(name) } else { name });
            let most = if matches!(rules.join, Join::First | Join::FailuresFirst) { 1 } else { usize::MAX };
            names.take(most).map(str::to_owned).collect()
        };
        if rules.join == Join::FailuresFirst {
            failures_first(&mut sets, at, || names(&fail), || names(&skip), || names(&pass));
            continue;
        }
        for name in names(&pass) {
            passed(&mut sets, name, at, rules.join);
        }
        for name in names(&fail) {
            failed(&mut sets, name, at, rules.join);
        }
        for name in names(&skip) {
            skipped(&mut sets, name, at, rules.join);
        }
    }
    sets
}

fn failures_first(
    sets: &mut Sets,
    at: usize,
    fail: impl Fn() -> Vec<String>,
    skip: impl Fn() -> Vec<String>,
    pass: impl Fn() -> Vec<String>,
) {
    if let Some(name) = fail().pop() {
        sets.passed.remove(&name);
        sets.skipped.remove(&name);
        sets.failed.insert(name, at);
    } else if let Some(name) = skip().pop() {
        if !sets.failed.contains_key(&name) {
            sets.passed.remove(&name);
            sets.skipped.insert(name, at);
        }
    } else if let Some(name) = pass().pop()
        && !sets.failed.contains_key(&name)
        && !sets.skipped.contains_key(&name)
    {
        sets.passed.insert(name, at);
    }
}

#[allow(clippy::match_same_arms, reason = "one row for each policy")]
fn passed(sets: &mut Sets, name: String, at: usize, join: Join) {
    match join {
        Join::Plain | Join::First | Join::FailuresFirst => {}
        Join::FailWins | Join::Strict | Join::StrictParent if sets.failed.contains_key(&name) => return,
        Join::FailWins => {}
        Join::Strict | Join::StrictParent => {
            sets.skipped.remove(&name);
        }
    }
    sets.passed.insert(entered(name, join), at);
}

fn failed(sets: &mut Sets, name: String, at: usize, join: Join) {
    match join {
        Join::Plain | Join::First | Join::FailuresFirst => {}
        Join::FailWins => {
            sets.passed.remove(&name);
        }
        Join::Strict | Join::StrictParent => {
            sets.passed.remove(&name);
            sets.skipped.remove(&name);
        }
    }
    sets.failed.insert(entered(name, join), at);
}

fn skipped(sets: &mut Sets, name: String, at: usize, join: Join) {
    let strict = matches!(join, Join::Strict | Join::StrictParent);
    if strict && (sets.passed.contains_key(&name) || !sets.failed.contains_key(&name)) {
        return;
    }
    sets.skipped.insert(entered(name, join), at);
}

fn entered(name: String, join: Join) -> String {
    match (join, name.rfind('/')) {
        (Join::StrictParent, Some(slash)) => name[..slash].to_owned(),
        _ => name,
    }
}
