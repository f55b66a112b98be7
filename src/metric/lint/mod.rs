//! Lint compliance of a patch: what it made new, fixed, silenced, left unformatted.
//!
//! In: findings on base and on the result, the structural diff between them. Out: [`Compared`], suppressions, [`Cause`]s,
//! and the [`LintFigures`] of a record.
//!
//! Invariant: shifting lines, moving or re-indenting what is there, or renaming it, makes no finding new.

mod cascade;
mod compare;
mod lines;
mod settings;
mod suppression;

use std::collections::{BTreeMap, BTreeSet};

use similar::{DiffTag, TextDiff};

pub use cascade::{Cause, causes};
pub use compare::{Compared, compare};

use crate::diff::{Diff, FilePair, Role, UnitKind};
use crate::lint::{Finding, Level};

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

/// 1-based lines of a new file that the change added or altered, by line diff.
pub fn changed_lines(file: &FilePair) -> BTreeSet<usize> {
    let kept = unchanged_lines(&file.old_bytes, &file.new_bytes);
    let count = String::from_utf8_lossy(&file.new_bytes).lines().count();
    (1..=count).filter(|line| !kept.contains_key(line)).collect()
}

/// Changed lines of a file that the formatter would alter. `altered` are the lines of the new text that it would alter;
/// `before` the same of the old text, where it was asked. What the patch only moved, word for word, and what the
/// formatter did not like there either, is not the patch's.
pub fn unformatted_lines(diff: &Diff, file: &FilePair, altered: &[usize], before: &[usize]) -> Vec<usize> {
    let changed = changed_lines(file);
    let mut lines: Vec<usize> = altered.iter().copied().filter(|line| changed.contains(line)).collect();
    if lines.is_empty() || before.is_empty() {
        return lines;
    }
    let Some(path) = file.new.as_deref() else { return lines };
    let origins = lines::Lines::new(diff);
    let text =
        |bytes: &[u8], line: usize| bytes.split(|byte| *byte == b'\n').nth(line - 1).map(<[u8]>::to_vec);
    lines.retain(|line| {
        origins.origin(path, *line).is_none_or(|(from, old)| {
            let same = text(&file.new_bytes, *line) == text(&file.old_bytes, old);
            file.old.as_deref() != Some(from) || !before.contains(&old) || !same
        })
    });
    lines
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

/// Suppressions that a change adds, and settings that it loosens.
pub fn suppressions(diff: &Diff) -> Vec<Finding> {
    let mut found = suppression::added(diff);
    found.extend(diff.files.iter().flat_map(settings::loosened));
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
    fn a_finding_on_what_is_renamed_stays_old() {
        let old = "fn a(x: u8) {\n    two(x, x);\n}\n";
        let new = "fn a(first: u8) {\n    two(first, first);\n}\n";
        let found = compare(&[finding(2, "`x` twice")], &[finding(2, "`first` twice")], &changed(old, new));
        assert_eq!(found, Compared::default());
    }

    #[test]
    fn a_message_that_tells_of_another_place_stays_old() {
        let new = BASE.replace("two()", "three()");
        let found =
            compare(&[finding(2, "expected `u8`")], &[finding(2, "expected `u16`")], &changed(BASE, &new));
        assert_eq!(found, Compared::default());
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
        assert_eq!(unformatted_lines(&diff, &diff.files[0], &[2, 6], &[]), [2]);
    }

    #[test]
    fn an_unformatted_line_that_only_moved_is_not_the_patchs() {
        let old = "fn a() {\n    one( 1, 2 , 3);\n    two();\n}\n\nfn b() {\n    two();\n}\n";
        let new = "fn b() {\n    two();\n}\n\nfn a() {\n    one( 1, 2 , 3);\n    two();\n}\n";
        let diff = changed(old, new);
        assert!(unformatted_lines(&diff, &diff.files[0], &[6], &[2]).is_empty());
        assert_eq!(unformatted_lines(&diff, &diff.files[0], &[6], &[]), [6]);
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
