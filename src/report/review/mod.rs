//! A review for people and code hosts.
//!
//! In: a [`Review`]. Out: text for a terminal, Markdown for a pull request, or annotations. The worst comes first:
//! files by irrelevant weight, in a file its irrelevant units by grade B before A, then by weight.
//!
//! Invariant: text from outside is escaped; nothing is computed but sums for headings.

mod annotations;
mod markdown;
mod terminal;
#[cfg(test)]
mod tests;

pub use annotations::{annotations, rules};
pub use markdown::render as markdown;
pub use terminal::render as terminal;

use crate::diff::FilePair;
use crate::evaluate::detail::UnitDetail;
use crate::evaluate::record::LintStatus;
use crate::evaluate::review::{Review, ReviewContext, ReviewLint};
use crate::metric::context::SymbolAt;
use crate::metric::relevance::{Class, Grade};

use super::figures::{plural, ratio};

/// Units of one file.
struct OfFile<'a> {
    path: &'a str,
    /// Irrelevant ones, worst first.
    irrelevant: Vec<&'a UnitDetail>,
    /// The others, in order.
    others: Vec<&'a UnitDetail>,
    weight: u64,
}

fn path_of(file: &FilePair) -> &str {
    file.new.as_deref().or(file.old.as_deref()).unwrap_or("")
}

fn files(review: &Review) -> Vec<OfFile<'_>> {
    let mut files: Vec<OfFile> = review
        .files
        .iter()
        .map(|file| OfFile { path: path_of(file), irrelevant: Vec::new(), others: Vec::new(), weight: 0 })
        .collect();
    for unit in &review.units {
        let Some(file) = unit.changes.first().and_then(|change| files.get_mut(change.file)) else { continue };
        if unit.class == Class::Irrelevant {
            file.irrelevant.push(unit);
            file.weight += u64::from(unit.weight);
        } else {
            file.others.push(unit);
        }
    }
    for file in &mut files {
        file.irrelevant.sort_by_key(|unit| {
            (std::cmp::Reverse(unit.grade), std::cmp::Reverse(unit.weight), unit.changes[0].new)
        });
    }
    files.sort_by_key(|file| (std::cmp::Reverse((file.irrelevant.len().min(1), file.weight)), file.path));
    files
}

/// First and last line of a unit: in the new file, in the old one where the unit only deletes. Empty for the file.
fn lines(review: &Review, unit: &UnitDetail) -> Option<[usize; 2]> {
    let change = unit.changes.first().filter(|_| !unit.file_level)?;
    let file = review.files.get(change.file)?;
    if file.new.is_none() {
        return Some(change.old_lines);
    }
    // An inserted statement may begin with the line break before it: what is shown begins with its text.
    let text = file.new_bytes.get(change.new[0]..change.new[1]).unwrap_or_default();
    let blank = text.len() - text.trim_ascii_start().len();
    let breaks =
        if blank == text.len() { 0 } else { text[..blank].iter().filter(|byte| **byte == b'\n').count() };
    let first = change.new_lines[0] + breaks;
    Some([first, change.new_lines[1].max(first)])
}

fn grade(unit: &UnitDetail) -> &'static str {
    match unit.grade {
        Some(Grade::A) => "A",
        Some(Grade::B) => "B",
        None => "",
    }
}

fn sign(unit: &UnitDetail) -> &'static str {
    unit.sign.map_or("", |sign| sign.name())
}

fn class_name(class: Class) -> &'static str {
    match class {
        Class::Generated => "generated",
        Class::Acquitted => "acquitted",
        Class::Needed => "needed",
        Class::Supporting => "supporting",
        Class::Irrelevant => "irrelevant",
        Class::Unproven => "unproven",
    }
}

/// What was reviewed, and how large it is.
fn subject(review: &Review, code: &dyn Fn(&str) -> String) -> String {
    let head = review.head.as_deref().map_or_else(|| "the working tree".to_owned(), code);
    format!(
        "{} → {head} · {} · {}",
        code(&review.base),
        plural(review.files.len() as u64, "file"),
        plural(review.units.len() as u64, "unit")
    )
}

/// The figures in a line; none where edits were not measured.
fn headline(review: &Review) -> Option<String> {
    let edits = review.edits.as_ref()?;
    let weight = &edits.weight;
    let all = [weight.needed, weight.acquitted, weight.supporting, weight.irrelevant, weight.unproven]
        .into_iter()
        .map(u64::from)
        .sum::<u64>();
    if all == 0 {
        return Some("no edit of code".to_owned());
    }
    if edits.irrelevant_units == 0 {
        return Some(format!("nothing irrelevant found in {}", plural(all, "token")));
    }
    let kinds: Vec<String> =
        edits.by_kind.iter().map(|(sign, (grade, weight))| format!("{sign} {weight} ({grade})")).collect();
    Some(format!(
        "irrelevant {} of {} ({}), in {}: {} · strict {}",
        edits.excess,
        plural(all, "token"),
        ratio(edits.irrelevant_edit_ratio),
        plural(edits.irrelevant_units.into(), "unit"),
        kinds.join(", "),
        ratio(edits.strict)
    ))
}

/// A cross-file finding.
struct Reach<'a> {
    rule: &'static str,
    symbol: &'a str,
    file: &'a str,
    line: usize,
    /// What is wrong with the symbol, after its name.
    what: String,
}

/// Cross-file findings, the surest first. What dangles is not said again as left behind.
fn reach(context: &ReviewContext) -> Vec<Reach<'_>> {
    let mut found = Vec::new();
    for at in context.dangling.iter().flatten() {
        let what = "is left without a definition".to_owned();
        found.push(Reach { rule: "dangling", symbol: &at.symbol, file: &at.file, line: at.line, what });
    }
    for one in context.invented.iter().flatten() {
        let sure = if one.heuristic { ", as far as the repository's text tells" } else { "" };
        let what = format!("is defined nowhere ({}{sure})", one.rule);
        found.push(Reach { rule: "invented", symbol: &one.symbol, file: &one.file, line: one.line, what });
    }
    for one in context.reinvented.iter().flatten() {
        let (like, similar) = (&one.like, one.similarity);
        let what =
            format!("is there already as `{}` in {}:{} ({similar:.2})", like.symbol, like.file, like.line);
        found.push(Reach { rule: "reinvented", symbol: &one.symbol, file: &one.file, line: one.line, what });
    }
    for left in &context.left_behind {
        let same = |at: &SymbolAt| at.symbol == left.symbol && at.file == left.file && at.line == left.line;
        if !context.dangling.iter().flatten().any(same) {
            let what = format!("is not carried along: {}", left.why);
            let (symbol, file, line) = (&left.symbol, &left.file, left.line);
            found.push(Reach { rule: "left_behind", symbol, file, line, what });
        }
    }
    found
}

/// The share of references that were carried along; none where there is none, or nothing was left.
fn carried(context: &ReviewContext) -> Option<String> {
    let share = context.propagation.filter(|_| !context.left_behind.is_empty())?;
    Some(format!("context: propagation {}", ratio(Some(share))))
}

fn lint_line(lint: &ReviewLint) -> String {
    let status = match lint.status {
        LintStatus::Clean => "clean",
        LintStatus::Findings => "findings",
        LintStatus::BuildFailed => "the result does not build",
        LintStatus::Invalid => "could not be run",
        LintStatus::NoLinter => "no linter is known for these files",
    };
    let mut parts = vec![format!("lint: {status}")];
    for (n, noun) in [
        (lint.new.len() as u64, "new finding"),
        (lint.suppressions.len() as u64, "suppression"),
        (lint.unformatted_lines.len() as u64, "unformatted line"),
        (lint.fixed.into(), "finding fixed"),
    ] {
        parts.extend((n > 0 && noun != "finding fixed").then(|| plural(n, noun)));
        parts.extend((n > 0 && noun == "finding fixed").then(|| format!("{n} fixed")));
    }
    parts.join(", ")
}
