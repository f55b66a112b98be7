//! Two lint runs compared: what a patch made new and what it fixed.
//!
//! In: findings on base and on the result, the structural diff between them. Out: [`Compared`]. Findings are compared as
//! multisets, the strictest likeness first: the same message on the same line, in the same entity, in an entity that
//! moved to another file, the same rule on a line that is the same, and last what is said once of a whole file, with a
//! number, at a line of the same number. Lines and names are those of the base, as
//! [`Lines`] tells them; numbers in messages count lines and sizes, and are left out.
//!
//! Invariant: shifting lines, moving or re-indenting what is there, or renaming it, makes no finding new.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::lines::{Lines, first_letter, starts};
use crate::diff::{Diff, FilePair};
use crate::lint::Finding;
use crate::syntax::{Source, language_of};

/// Findings of the result against those of the base.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Compared {
    /// On the result only; lines of the result.
    pub new: Vec<Finding>,
    /// On the base only; lines of the base.
    pub fixed: Vec<Finding>,
}

/// One side of a changed file, parsed when an entity is first asked for.
struct Text {
    path: String,
    bytes: Arc<[u8]>,
    parsed: OnceCell<Option<Source>>,
    starts: OnceCell<Vec<usize>>,
}

impl Text {
    fn new(path: &str, bytes: &Arc<[u8]>) -> Self {
        Self {
            path: path.to_owned(),
            bytes: Arc::clone(bytes),
            parsed: OnceCell::new(),
            starts: OnceCell::new(),
        }
    }

    /// The names of the entities around a line.
    fn entity(&self, line: usize) -> Vec<String> {
        let parse = || Source::parse(language_of(&self.path)?, Arc::clone(&self.bytes));
        let Some(source) = self.parsed.get_or_init(parse) else { return Vec::new() };
        let starts = self.starts.get_or_init(|| starts(&self.bytes));
        source.entity_at(first_letter(&self.bytes, starts, line))
    }
}

/// The changed files, by the paths of each side.
struct Texts<'a> {
    lines: Lines<'a>,
    old: BTreeMap<&'a str, Text>,
    new: BTreeMap<&'a str, Text>,
}

impl<'a> Texts<'a> {
    fn new(diff: &'a Diff) -> Self {
        let side = |path: fn(&FilePair) -> Option<&str>, bytes: fn(&FilePair) -> &Arc<[u8]>| {
            let text = |pair: &'a FilePair| Some((path(pair)?, Text::new(path(pair)?, bytes(pair))));
            diff.files.iter().filter_map(text).collect()
        };
        Self {
            lines: Lines::new(diff),
            old: side(|pair| pair.old.as_deref(), |pair| &pair.old_bytes),
            new: side(|pair| pair.new.as_deref(), |pair| &pair.new_bytes),
        }
    }

    /// A path of the result as the base had it.
    fn old_path<'b>(&'b self, finding: &'b Finding) -> &'b str {
        self.lines.pair(&finding.file).and_then(|pair| pair.old.as_deref()).unwrap_or(&finding.file)
    }

    /// The entities around a finding with the names of the base; none in a file that did not change.
    fn entity(&self, finding: &Finding, is_new: bool) -> Option<Vec<String>> {
        if is_new {
            let names = self.new.get(finding.file.as_str())?.entity(finding.line);
            return Some(names.iter().map(|name| self.lines.old_names(name)).collect());
        }
        Some(self.old.get(finding.file.as_str())?.entity(finding.line))
    }
}

/// A message without its numbers.
pub(super) fn normal(message: &str) -> String {
    let mut text = String::with_capacity(message.len());
    for c in message.chars() {
        if !c.is_ascii_digit() {
            text.push(c);
        } else if !text.ends_with('#') {
            text.push('#');
        }
    }
    text
}

/// Compares two runs of the same linters.
pub fn compare(base: &[Finding], after: &[Finding], diff: &Diff) -> Compared {
    let texts = Texts::new(diff);
    let kind = |finding: &Finding, is_new: bool| {
        let message = if is_new { &texts.lines.old_names(&finding.message) } else { &finding.message };
        (finding.tool.clone(), finding.rule.clone(), normal(message))
    };
    let place = |finding: &Finding, is_new: bool| {
        let (file, line) = if is_new {
            texts.lines.origin(&finding.file, finding.line)?
        } else {
            (finding.file.as_str(), finding.line)
        };
        Some((file.to_owned(), line))
    };

    let mut old: Vec<Option<&Finding>> = base.iter().map(Some).collect();
    let mut new: Vec<Option<&Finding>> = after.iter().map(Some).collect();
    cancel(&mut old, &mut new, |finding, is_new| Some((kind(finding, is_new), place(finding, is_new)?)));
    cancel(&mut old, &mut new, |finding, is_new| {
        let names = texts.entity(finding, is_new)?;
        let file = if is_new { texts.old_path(finding) } else { &finding.file };
        Some((kind(finding, is_new), file.to_owned(), names))
    });
    // What stands in no entity is told by its file alone.
    cancel(&mut old, &mut new, |finding, is_new| {
        let names = texts.entity(finding, is_new)?;
        (!names.is_empty()).then(|| (kind(finding, is_new), names))
    });
    // A checker puts what it knows of other places into its message: the same rule on the same line is the same finding.
    cancel(&mut old, &mut new, |finding, is_new| {
        Some((finding.tool.clone(), finding.rule.clone(), place(finding, is_new)?))
    });
    // What counts a whole file is said of the line at which the count is too high, whatever stands there.
    let counts = |list: &[Finding]| {
        let mut counts: BTreeMap<(String, String, String), usize> = BTreeMap::new();
        for finding in list {
            *counts.entry((finding.tool.clone(), finding.rule.clone(), finding.file.clone())).or_insert(0) +=
                1;
        }
        counts
    };
    let (on_base, on_result) = (counts(base), counts(after));
    cancel(&mut old, &mut new, |finding, is_new| {
        let one = (finding.tool.clone(), finding.rule.clone(), finding.file.clone());
        let is_only = (if is_new { &on_result } else { &on_base }).get(&one) == Some(&1);
        let file = if is_new { texts.old_path(finding) } else { &finding.file };
        let counted = finding.message.bytes().any(|byte| byte.is_ascii_digit());
        (is_only && counted).then(|| (kind(finding, is_new), file.to_owned(), finding.line))
    });
    let collect = |list: Vec<Option<&Finding>>| {
        let mut list: Vec<Finding> = list.into_iter().flatten().cloned().collect();
        list.sort();
        list
    };
    Compared { new: collect(new), fixed: collect(old) }
}

/// Takes out pairs of an old and a new finding with the same key.
fn cancel<K: Ord>(
    old: &mut [Option<&Finding>],
    new: &mut [Option<&Finding>],
    key: impl Fn(&Finding, bool) -> Option<K>,
) {
    if new.iter().all(Option::is_none) {
        return;
    }
    let mut waiting: BTreeMap<K, Vec<usize>> = BTreeMap::new();
    for (index, finding) in old.iter().enumerate().rev() {
        if let Some(key) = finding.and_then(|finding| key(finding, false)) {
            waiting.entry(key).or_default().push(index);
        }
    }
    for slot in new.iter_mut() {
        let twin = slot.and_then(|finding| waiting.get_mut(&key(finding, true)?)?.pop());
        if let Some(index) = twin {
            old[index] = None;
            *slot = None;
        }
    }
}
