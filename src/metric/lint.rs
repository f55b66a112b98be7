//! Two lint runs compared: what a patch made new, what it fixed, what it silenced.
//!
//! In: findings on base and on the result, the structural diff between them. Out: [`Compared`], and the
//! [`LintFigures`] of a record. Findings are compared as multisets: a finding is the same where tool, rule and message
//! (numbers aside) agree and it stands on the same unchanged line, or else in the same entity.
//!
//! Invariant: shifting lines, or moving an entity whole, makes no finding new.

use std::collections::{BTreeMap, BTreeSet};

use similar::{DiffTag, TextDiff};

use super::suppression;
use crate::diff::{Diff, FilePair, Role, UnitKind};
use crate::lint::{Finding, Level};
use crate::syntax::{Source, language_of};

/// Findings of the result against those of the base.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Compared {
    /// On the result only; lines of the result.
    pub new: Vec<Finding>,
    /// On the base only; lines of the base.
    pub fixed: Vec<Finding>,
}

/// A changed file, ready for lookups.
struct Lookup<'a> {
    old: &'a str,
    /// Old line of each unchanged new line.
    lines: BTreeMap<usize, usize>,
    old_source: Option<Source>,
    new_source: Option<Source>,
}

impl<'a> Lookup<'a> {
    fn new(file: &'a FilePair) -> Option<(&'a str, Self)> {
        let new = file.new.as_deref()?;
        let parse = |path: &str, bytes: &std::sync::Arc<[u8]>| {
            language_of(path).and_then(|language| Source::parse(language, std::sync::Arc::clone(bytes)))
        };
        let old = file.old.as_deref().unwrap_or(new);
        let lookup = Self {
            old,
            lines: unchanged_lines(&file.old_bytes, &file.new_bytes),
            old_source: parse(old, &file.old_bytes),
            new_source: parse(new, &file.new_bytes),
        };
        Some((new, lookup))
    }
}

/// New line → old line, both 1-based, of the lines that a line diff keeps.
fn unchanged_lines(old: &[u8], new: &[u8]) -> BTreeMap<usize, usize> {
    let (old, new) = (String::from_utf8_lossy(old), String::from_utf8_lossy(new));
    let diff = TextDiff::from_lines(old.as_ref(), new.as_ref());
    let mut lines = BTreeMap::new();
    for op in diff.ops() {
        if op.tag() == DiffTag::Equal {
            lines.extend(op.new_range().zip(op.old_range()).map(|(new, old)| (new + 1, old + 1)));
        }
    }
    lines
}

/// The names of the entities around a line, by the first byte of the line that is not blank.
fn entity(source: Option<&Source>, line: usize) -> Vec<String> {
    let Some(source) = source else { return Vec::new() };
    let bytes = &source.bytes;
    let start = match line.checked_sub(2) {
        None => 0,
        Some(skip) => bytes
            .iter()
            .enumerate()
            .filter(|(_, b)| **b == b'\n')
            .nth(skip)
            .map_or(bytes.len(), |(at, _)| at + 1),
    };
    let blank = bytes[start..].iter().take_while(|b| **b == b' ' || **b == b'\t').count();
    source.entity_at(start + blank)
}

/// A message without its numbers: they count lines and sizes.
fn normal(message: &str) -> String {
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

/// Tool, rule and message without numbers.
type Kind = (String, String, String);

/// Compares two runs of the same linters.
pub fn compare(base: &[Finding], after: &[Finding], diff: &Diff) -> Compared {
    let lookups: BTreeMap<&str, Lookup> = diff.files.iter().filter_map(Lookup::new).collect();
    let by_old: BTreeMap<&str, &Lookup> = lookups.values().map(|lookup| (lookup.old, lookup)).collect();
    let kind = |finding: &Finding| -> Kind {
        (finding.tool.clone(), finding.rule.clone(), normal(&finding.message))
    };

    let mut old: Vec<Option<&Finding>> = base.iter().map(Some).collect();
    let mut new: Vec<Option<&Finding>> = after.iter().map(Some).collect();
    // The strictest likeness first, so that a stranger never takes a twin's place.
    let same_line = |finding: &Finding, is_new: bool| {
        let (file, line) = match (is_new, lookups.get(finding.file.as_str())) {
            (true, Some(lookup)) => (lookup.old, *lookup.lines.get(&finding.line)?),
            _ => (finding.file.as_str(), finding.line),
        };
        Some((kind(finding), file.to_owned(), line))
    };
    cancel(&mut old, &mut new, same_line);
    let names = |finding: &Finding, is_new: bool| {
        if is_new {
            lookups
                .get(finding.file.as_str())
                .map(|lookup| (lookup, entity(lookup.new_source.as_ref(), finding.line)))
        } else {
            let lookup = by_old.get(finding.file.as_str()).copied();
            lookup.map(|lookup| (lookup, entity(lookup.old_source.as_ref(), finding.line)))
        }
    };
    let same_entity = |finding: &Finding, is_new: bool| {
        let (lookup, names) = names(finding, is_new)?;
        Some((kind(finding), lookup.old.to_owned(), names))
    };
    cancel(&mut old, &mut new, same_entity);
    // An entity may have moved to another file; what stands in no entity is told by its file alone.
    let moved_entity = |finding: &Finding, is_new: bool| {
        let (_, names) = names(finding, is_new)?;
        (!names.is_empty()).then(|| (kind(finding), names))
    };
    cancel(&mut old, &mut new, moved_entity);
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

/// 1-based lines of a new file that the change added or altered, by line diff.
pub fn changed_lines(file: &FilePair) -> BTreeSet<usize> {
    let kept = unchanged_lines(&file.old_bytes, &file.new_bytes);
    let count = String::from_utf8_lossy(&file.new_bytes).lines().count();
    (1..=count).filter(|line| !kept.contains_key(line)).collect()
}

/// Changed lines that the formatter would alter. `altered` are the lines of the new file that it would alter, `before`
/// those of the old file: in a file that was never formatted, a line that was altered already and only shifted is not
/// among the changed ones.
pub fn unformatted_lines(file: &FilePair, altered: &[usize]) -> Vec<usize> {
    let changed = changed_lines(file);
    altered.iter().copied().filter(|line| changed.contains(line)).collect()
}

/// Whether a patch satisfies the linters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LintStatus {
    /// No new warning, error, suppression or unformatted changed line.
    Clean,
    /// Something new.
    Findings,
    /// The result does not compile.
    BuildFailed,
    /// No linter could be run.
    Invalid,
    /// There is none.
    NoLinter,
}

/// The lint figures of a patch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LintFigures {
    /// Status.
    pub status: LintStatus,
    /// New findings by level.
    pub new: BTreeMap<String, u32>,
    /// Findings of the base that are gone.
    pub fixed: u32,
    /// Suppressions added.
    pub suppressions: u32,
    /// Changed lines that the formatter would alter.
    pub unformatted_lines: u32,
    /// Lines added or altered in code and test files.
    pub changed_code_lines: u32,
}

/// What the linters said, in parts.
#[derive(Debug, Clone, Default)]
pub struct LintParts<'a> {
    /// Findings compared.
    pub compared: Compared,
    /// Suppressions added.
    pub suppressions: &'a [Finding],
    /// Number of changed lines that the formatter would alter.
    pub unformatted_lines: usize,
    /// The result does not compile.
    pub build_failed: bool,
    /// Linters of the repository.
    pub linters: usize,
    /// Of these, how many could not be run.
    pub unusable: usize,
}

/// Sums up. Notes are counted, but do not make a patch unclean. Where a linter could not be run there is no clean
/// bill; what the others found stands.
pub fn figures(parts: &LintParts, diff: &Diff) -> LintFigures {
    let mut new: BTreeMap<String, u32> = BTreeMap::new();
    for finding in &parts.compared.new {
        *new.entry(finding.level.name().to_owned()).or_insert(0) += 1;
    }
    let grave = parts.compared.new.iter().any(|finding| finding.level != Level::Note);
    let status = if parts.linters == 0 {
        LintStatus::NoLinter
    } else if parts.build_failed {
        LintStatus::BuildFailed
    } else if grave || !parts.suppressions.is_empty() || parts.unformatted_lines > 0 {
        LintStatus::Findings
    } else if parts.unusable > 0 {
        LintStatus::Invalid
    } else {
        LintStatus::Clean
    };
    let changed: usize = diff
        .files
        .iter()
        .filter(|file| matches!(file.role, Role::Code | Role::Test) && !file.binary)
        .map(|file| changed_lines(file).len())
        .sum();
    LintFigures {
        status,
        new,
        fixed: parts.compared.fixed.len() as u32,
        suppressions: parts.suppressions.len() as u32,
        unformatted_lines: parts.unformatted_lines as u32,
        changed_code_lines: changed as u32,
    }
}

/// Suppressions that a change adds.
pub fn suppressions(diff: &Diff) -> Vec<Finding> {
    let mut found: Vec<Finding> = diff.files.iter().flat_map(suppression::added).collect();
    for unit in diff.units.iter().filter(|unit| unit.kind == UnitKind::Removed && unit.role == Role::Test) {
        found.extend(suppression::deleted_test(diff, unit));
    }
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::{ChangedFile, Side, diff};

    fn changed(old: &str, new: &str) -> Diff {
        let side =
            |text: &str| Side { path: "src/a.rs".to_owned(), mode: 0o100_644, bytes: text.as_bytes().into() };
        diff(&[ChangedFile { old: Some(side(old)), new: Some(side(new)) }])
    }

    fn finding(line: usize, message: &str) -> Finding {
        Finding {
            tool: "clippy".to_owned(),
            rule: "clippy::x".to_owned(),
            level: Level::Warning,
            file: "src/a.rs".to_owned(),
            line,
            message: message.to_owned(),
        }
    }

    const BASE: &str = "fn a() {\n    one();\n}\n\nfn b() {\n    two();\n}\n";

    #[test]
    fn old_findings_stay_old_wherever_their_line_goes() {
        let cases = [
            ("a comment above", "// new\nfn a() {\n    one();\n}\n\nfn b() {\n    two();\n}\n", 3),
            (
                "re-indented in a block",
                "fn a() {\n    if x {\n        one();\n    }\n}\n\nfn b() {\n    two();\n}\n",
                3,
            ),
            ("moved below", "fn b() {\n    two();\n}\n\nfn a() {\n    one();\n}\n", 6),
        ];
        for (what, new, line) in cases {
            let found = compare(
                &[finding(2, "too long (105/100)")],
                &[finding(line, "too long (107/100)")],
                &changed(BASE, new),
            );
            assert_eq!(found, Compared::default(), "{what}");
        }
    }

    #[test]
    fn one_more_of_an_old_finding_in_the_same_function_is_new() {
        let new = "fn a() {\n    one();\n    one();\n}\n\nfn b() {\n    two();\n}\n";
        let found = compare(&[finding(2, "m")], &[finding(2, "m"), finding(3, "m")], &changed(BASE, new));
        assert_eq!(found.new.len(), 1);
        assert!(found.fixed.is_empty());
    }

    #[test]
    fn a_finding_in_another_function_is_new_and_the_old_one_fixed() {
        let new = "fn a() {\n    fine();\n}\n\nfn b() {\n    one();\n}\n";
        let found = compare(&[finding(2, "m")], &[finding(6, "m")], &changed(BASE, new));
        assert_eq!((found.new.len(), found.fixed.len()), (1, 1));
    }

    #[test]
    fn suppressions_added_count_and_moved_ones_do_not() {
        let base = "#[allow(dead_code)]\nfn a() {}\n\nfn b() {}\n";
        let moved = "fn b() {}\n\n#[allow(dead_code)]\nfn a() {}\n";
        let added = "#[allow(dead_code)]\nfn a() {}\n\n#[allow(dead_code)]\nfn b() {}\n";
        let text = "#[allow(dead_code)]\nfn a() { \"#[allow(x)]\"; }\n\nfn b() {}\n";
        assert!(suppressions(&changed(base, moved)).is_empty());
        assert!(suppressions(&changed(base, text)).is_empty());
        let found = suppressions(&changed(base, added));
        assert_eq!(
            found.iter().map(|f| (f.line, f.message.as_str())).collect::<Vec<_>>(),
            [(4, "#[allow(dead_code)]")]
        );
    }

    #[test]
    fn a_deleted_test_is_a_suppression() {
        let base = "fn a() {}\n\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn x() {\n        super::a();\n    }\n\n    #[test]\n    fn y() {\n        super::a();\n    }\n}\n";
        let new = "fn a() {}\n\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn x() {\n        super::a();\n    }\n}\n";
        let found = suppressions(&changed(base, new));
        assert_eq!(found.iter().map(|f| f.rule.as_str()).collect::<Vec<_>>(), ["deleted_test"]);
    }

    #[test]
    fn only_lines_that_the_patch_changed_are_unformatted() {
        let new = "fn a() {\n    one( );\n}\n\nfn b() {\n    two();\n}\n";
        let diff = changed(BASE, new);
        // The formatter would alter line 2, and line 6 as it would have before.
        assert_eq!(unformatted_lines(&diff.files[0], &[2, 6]), [2]);
    }

    #[test]
    fn the_status_says_the_worst_that_holds() {
        let diff = changed(BASE, BASE);
        let parts = |new: usize, unformatted, build_failed, linters, unusable| LintParts {
            compared: Compared { new: vec![finding(1, "m"); new], fixed: Vec::new() },
            suppressions: &[],
            unformatted_lines: unformatted,
            build_failed,
            linters,
            unusable,
        };
        let cases = [
            (parts(0, 0, false, 2, 0), LintStatus::Clean),
            (parts(1, 0, false, 2, 0), LintStatus::Findings),
            (parts(0, 1, false, 2, 0), LintStatus::Findings),
            (parts(1, 0, true, 2, 0), LintStatus::BuildFailed),
            (parts(0, 0, false, 2, 1), LintStatus::Invalid),
            (parts(1, 0, false, 2, 1), LintStatus::Findings),
            (parts(0, 0, false, 0, 0), LintStatus::NoLinter),
        ];
        for (parts, status) in cases {
            assert_eq!(figures(&parts, &diff).status, status, "{parts:?}");
        }
    }
}
