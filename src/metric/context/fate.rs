//! What became of a place of the base: kept (perhaps elsewhere), edited, or gone.
//!
//! In: a [`Diff`]. Out: for a byte range of a base file a [`Fate`]. Text outside units is the text of before, shifted; in
//! a unit that only moves or re-formats text a name is found again by counting its occurrences.
//!
//! Invariant: what is called kept has the same text in the result.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::diff::{Change, Diff, FilePair, UnitKind};

/// What became of a range of the base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fate<'a> {
    /// The same text, in this file of the result.
    Kept(&'a str, Range<usize>),
    /// Replaced: the unit's number, the file, and the bytes that stand there now.
    Edited(usize, &'a str, Range<usize>),
    /// Nothing stands there any more.
    Gone,
}

/// A change of a file, with its unit.
#[derive(Debug)]
struct Step<'a> {
    unit: usize,
    change: &'a Change,
}

/// Where places of the base are in the result.
#[derive(Debug)]
pub(super) struct Fates<'a> {
    diff: &'a Diff,
    /// Old path → file number and its changes by old place.
    files: BTreeMap<&'a str, (usize, Vec<Step<'a>>)>,
}

impl<'a> Fates<'a> {
    pub fn new(diff: &'a Diff) -> Self {
        let mut files: BTreeMap<&str, (usize, Vec<Step>)> = BTreeMap::new();
        for (number, pair) in diff.files.iter().enumerate() {
            if let Some(old) = pair.old.as_deref() {
                files.insert(old, (number, Vec::new()));
            }
        }
        for (unit, change) in diff
            .units
            .iter()
            .enumerate()
            .filter(|(_, unit)| !unit.file_level)
            .flat_map(|(number, unit)| unit.changes.iter().map(move |change| (number, change)))
        {
            let old = diff.files.get(change.file).and_then(|pair| pair.old.as_deref());
            if let Some((_, steps)) = old.and_then(|old| files.get_mut(old)) {
                steps.push(Step { unit, change });
            }
        }
        for (_, steps) in files.values_mut() {
            steps.sort_by_key(|step| (step.change.old, step.change.new));
        }
        Self { diff, files }
    }

    /// What became of a range that holds one token.
    pub fn of(&self, file: &'a str, range: &Range<usize>) -> Fate<'a> {
        let Some((number, steps)) = self.files.get(file) else { return Fate::Kept(file, range.clone()) };
        let pair = &self.diff.files[*number];
        let inside = steps.iter().find(|step| {
            let [start, end] = step.change.old;
            start < range.end && range.start < end
        });
        if let Some(step) = inside {
            return self.inside(pair, step, range);
        }
        let Some(new) = pair.new.as_deref() else { return Fate::Gone };
        let before = steps.iter().rev().find(|step| step.change.old[1] <= range.start);
        let (old_end, new_end) = before.map_or((0, 0), |step| (step.change.old[1], step.change.new[1]));
        let start = range.start - old_end + new_end;
        kept(pair, new, range, start).unwrap_or(Fate::Edited(usize::MAX, new, start..start))
    }

    /// A unit changes tokens in a range of a base file: white space, comments and moves aside.
    pub fn touched(&self, file: &str, range: &Range<usize>) -> bool {
        let Some((_, steps)) = self.files.get(file) else { return false };
        steps.iter().any(|step| {
            let [start, end] = step.change.old;
            let meets = if start == end {
                range.start <= start && start <= range.end
            } else {
                start < range.end && range.start < end
            };
            meets && !self.is_still(step.unit)
        })
    }

    fn is_still(&self, unit: usize) -> bool {
        matches!(self.diff.units[unit].kind, UnitKind::Format | UnitKind::Comment | UnitKind::Move)
    }

    fn inside(&self, pair: &'a FilePair, step: &Step<'a>, range: &Range<usize>) -> Fate<'a> {
        let change = step.change;
        if self.is_still(step.unit) {
            let targets = self.diff.units[step.unit].changes.iter().filter(|other| {
                if change.new[0] < change.new[1] { *other == change } else { other.new[0] < other.new[1] }
            });
            for target in targets {
                let Some(to) = self.diff.files.get(target.file) else { continue };
                if let Some(found) = again(pair, change, to, target, range) {
                    return found;
                }
            }
        }
        match pair.new.as_deref() {
            Some(new) if change.new[0] < change.new[1] => {
                Fate::Edited(step.unit, new, change.new[0]..change.new[1])
            }
            _ => Fate::Gone,
        }
    }
}

fn kept<'a>(pair: &FilePair, new: &'a str, range: &Range<usize>, start: usize) -> Option<Fate<'a>> {
    let place = start..start + range.len();
    let same = pair.new_bytes.get(place.clone())? == pair.old_bytes.get(range.clone())?;
    same.then_some(Fate::Kept(new, place))
}

/// The token of a range in the text that a unit put elsewhere or formatted anew: the occurrence of the same rank, where
/// both texts hold it equally often.
fn again<'a>(
    from: &FilePair,
    change: &Change,
    to: &'a FilePair,
    target: &Change,
    range: &Range<usize>,
) -> Option<Fate<'a>> {
    let word = from.old_bytes.get(range.clone()).filter(|word| !word.is_empty())?;
    let before = places(&from.old_bytes, change.old, word);
    let after = places(&to.new_bytes, target.new, word);
    let rank = before.iter().position(|at| *at == range.start)?;
    if before.len() != after.len() {
        return None;
    }
    let start = *after.get(rank)?;
    Some(Fate::Kept(to.new.as_deref()?, start..start + word.len()))
}

/// Places of a word in a part of a text, as a whole word.
fn places(bytes: &[u8], [start, end]: [usize; 2], word: &[u8]) -> Vec<usize> {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte == b'$' || *byte >= 0x80;
    let Some(part) = bytes.get(start..end) else { return Vec::new() };
    memchr::memmem::find_iter(part, word)
        .filter(|at| {
            let before = at.checked_sub(1).and_then(|at| part.get(at));
            let after = part.get(at + word.len());
            !before.is_some_and(is_word) && !after.is_some_and(is_word)
        })
        .map(|at| start + at)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::diff;
    use crate::metric::relevance::tests::{changed, edited, tree};

    /// What became of the first occurrence of `word` in `src/a.rs`.
    fn fate(old: &str, new: &[(&str, Option<&str>)], word: &str) -> String {
        let base = tree(&[("src/a.rs", old), ("src/b.rs", "mod b1;\n")]);
        let result = edited(&base, new);
        let diff = diff(&changed(&base, &result));
        let fates = Fates::new(&diff);
        let at = old.find(word).unwrap();
        match fates.of("src/a.rs", &(at..at + word.len())) {
            Fate::Kept(file, range) => {
                let text = diff.files.iter().find(|pair| pair.new.as_deref() == Some(file));
                let text = text.map_or(old.as_bytes(), |pair| &pair.new_bytes);
                assert_eq!(&text[range.clone()], word.as_bytes());
                format!("{file}:{}", text[..range.start].iter().filter(|byte| **byte == b'\n').count() + 1)
            }
            Fate::Edited(..) => "edited".to_owned(),
            Fate::Gone => "gone".to_owned(),
        }
    }

    #[test]
    fn what_became_of_a_name() {
        let old = "fn a() {\n    one();\n    two(1, 2);\n}\n\nfn b() {\n    three(4, 5, 6, 7);\n}\n";
        let table: &[(&str, &str, &str)] = &[
            (
                "fn a() {\n    zero();\n    one();\n    two(1, 2);\n}\n\nfn b() {\n    three(4, 5, 6, 7);\n}\n",
                "two",
                "src/a.rs:4",
            ),
            (
                "fn a() {\n    one();\n    two(1, 2, 3);\n}\n\nfn b() {\n    three(4, 5, 6, 7);\n}\n",
                "two",
                "src/a.rs:3",
            ),
            (
                "fn a() {\n    one();\n    deux(1, 2);\n}\n\nfn b() {\n    three(4, 5, 6, 7);\n}\n",
                "two",
                "edited",
            ),
            ("fn a() {\n    one();\n}\n\nfn b() {\n    three(4, 5, 6, 7);\n}\n", "two", "gone"),
            (
                "fn a() {\n    one();\n    two(\n        1,\n        2,\n    );\n}\n\nfn b() {\n    three(4, 5, 6, 7);\n}\n",
                "two",
                "src/a.rs:3",
            ),
            (
                "fn b() {\n    three(4, 5, 6, 7);\n}\n\nfn a() {\n    one();\n    two(1, 2);\n}\n",
                "three",
                "src/a.rs:2",
            ),
        ];
        for (new, word, expected) in table {
            assert_eq!(fate(old, &[("src/a.rs", Some(new))], word), *expected, "{new}");
        }
        let elsewhere = [
            ("src/a.rs", Some("fn a() {\n    one();\n    two(1, 2);\n}\n")),
            ("src/b.rs", Some("mod b1;\n\nfn b() {\n    three(4, 5, 6, 7);\n}\n")),
        ];
        assert_eq!(fate(old, &elsewhere, "three"), "src/b.rs:4");
        assert_eq!(fate(old, &[("src/a.rs", None)], "one"), "gone");
    }
}
