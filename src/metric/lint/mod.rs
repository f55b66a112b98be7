//! Lint compliance of a patch: what it made new, fixed, silenced, left unformatted.
//!
//! In: findings on base and on the result, the structural diff between them. Out: [`Compared`], suppressions, [`Cause`]s,
//! and the [`LintFigures`] of a record.
//!
//! Invariant: shifting lines, moving or re-indenting what is there, or renaming it, makes no finding new.

mod cascade;
mod compare;
mod lines;
mod moved;
mod relaxed;
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
/// `before`, by path in the base, the lines of old texts that it would have altered. What the patch only moved, indented
/// otherwise or renamed, and what the formatter did not like where it stood before, is not the patch's.
pub fn unformatted_lines(
    diff: &Diff,
    file: &FilePair,
    altered: &[usize],
    before: &BTreeMap<String, Vec<usize>>,
) -> Vec<usize> {
    let origins = same_before(diff, file, altered);
    let was_altered =
        |(path, line): &(&str, usize)| before.get(*path).is_some_and(|lines| lines.contains(line));
    origins
        .into_iter()
        .filter(|(_, origin)| !origin.as_ref().is_some_and(was_altered))
        .map(|(line, _)| line)
        .collect()
}

/// Paths in the base of the texts that a formatter must be asked about to tell which altered lines were there before.
pub fn asked_before(diff: &Diff, file: &FilePair, altered: &[usize]) -> BTreeSet<String> {
    let origins = same_before(diff, file, altered);
    origins.into_iter().filter_map(|(_, origin)| origin.map(|(path, _)| path.to_owned())).collect()
}

/// Changed lines among these, with path and line in the base where the same text stood.
fn same_before<'a>(
    diff: &'a Diff,
    file: &'a FilePair,
    altered: &[usize],
) -> Vec<(usize, Option<(&'a str, usize)>)> {
    let changed = changed_lines(file);
    let changed: Vec<usize> = altered.iter().copied().filter(|line| changed.contains(line)).collect();
    let Some(path) = file.new.as_deref().filter(|_| !changed.is_empty()) else { return Vec::new() };
    let lines = lines::Lines::new(diff);
    let text = |bytes: &[u8], line: usize| -> Option<String> {
        let line = bytes.split(|byte| *byte == b'\n').nth(line.checked_sub(1)?)?;
        Some(String::from_utf8_lossy(line).trim_start().to_owned())
    };
    let origin = |line: usize| {
        let (from, old) = lines.origin(path, line)?;
        let pair = diff.files.iter().find(|pair| pair.old.as_deref() == Some(from))?;
        let mine = lines.old_names(&text(&file.new_bytes, line)?);
        (text(&pair.old_bytes, old)? == mine).then_some((pair.old.as_deref()?, old))
    };
    changed.into_iter().map(|line| (line, origin(line))).collect()
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
    found.extend(settings::deleted(diff));
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
    fn a_count_of_a_whole_file_stays_old() {
        let new = format!("{}{BASE}", "// new\n".repeat(4));
        let long = |n: u8| finding(5, &format!("File has too many lines ({n}). Maximum allowed is 4."));
        assert_eq!(compare(&[long(7)], &[long(8)], &changed(BASE, &new)), Compared::default());
        let other = compare(&[finding(5, "no number")], &[finding(5, "no number")], &changed(BASE, &new));
        assert_eq!(other.new.len(), 1);
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

    /// Each word that silences, in each language: added it is told, and where it stood before it is not.
    #[test]
    fn what_silences_in_each_language() {
        let table: &[(&str, &str, &str, &[&str])] = &[
            ("a.py", "x = 1\n", "x = 1  # noqa: E501\n", &["noqa: E501"]),
            ("a.py", "x = 1\n", "x = f()  # type: ignore[misc]\n", &["type: ignore[misc]"]),
            ("a.py", "x = 1\n", "x = f()  # type:ignore\n", &["type:ignore"]),
            ("a.py", "x = 1\n", "# mypy: ignore-errors\nx = 1\n", &["mypy: ignore-errors"]),
            ("a.py", "x = 1  # noqa: E501\n", "y = 2\nx = 1  # noqa: E501\n", &[]),
            ("a.py", "x = 1\n", "x = \"# noqa\"\n", &[]),
            (
                "test_a.py",
                "def test_x():\n    pass\n",
                "@pytest.mark.skipif(True, reason='x')\ndef test_x():\n    pass\n",
                &["pytest.mark.skipif"],
            ),
            (
                "a.ts",
                "f();\n",
                "// eslint-disable-next-line no-var -- why\nf();\n",
                &["eslint-disable-next-line no-var"],
            ),
            ("a.ts", "f();\n", "/* eslint eqeqeq: \"off\", no-var: 2 */\nf();\n", &["eslint off: eqeqeq"]),
            ("a.ts", "f();\n", "/* eslint eqeqeq: \"error\" */\nf();\n", &[]),
            ("a.ts", "f();\n", "// prettier-ignore\nf();\n", &["prettier-ignore"]),
            ("a.ts", "f();\n", "// biome-ignore lint/a/b: c\nf();\n", &["biome-ignore lint/a/b:"]),
            ("a.ts", "f();\n", "// @ts-expect-error x\nf();\n", &["@ts-expect-error"]),
            ("a.tsx", "f();\n", "// @ts-nocheck\nf();\n", &["@ts-nocheck"]),
            ("a.js", "f();\n", "/* c8 ignore next */\nf();\n", &["c8 ignore"]),
            ("a.css", "a { b: c }\n", "/* stylelint-disable */\na { b: c }\n", &["stylelint-disable"]),
            ("a.vue", "<a/>\n", "<!-- eslint-disable-next-line -->\n<a/>\n", &["eslint-disable-next-line"]),
            ("a.test.ts", "it('a', () => {});\n", "it.only('a', () => {});\n", &["it.only"]),
        ];
        for (path, old, new, expected) in table {
            let side = |text: &str| Side {
                path: (*path).to_owned(),
                mode: 0o100_644,
                bytes: text.as_bytes().into(),
            };
            let diff = diff(&[ChangedFile { old: Some(side(old)), new: Some(side(new)) }]);
            let found = suppressions(&diff);
            let found: Vec<&str> = found.iter().map(|one| one.message.as_str()).collect();
            assert_eq!(found, *expected, "{path}: {new}");
        }
    }

    #[test]
    fn deleted_tests_in_each_language() {
        let table: &[(&str, &str, Option<&str>, usize)] = &[
            ("tests/a.rs", "#[test]\nfn x() {}\n\n#[test]\nfn y() {}\n", Some("#[test]\nfn x() {}\n"), 1),
            (
                "tests/test_a.py",
                "def test_x():\n    f()\n\n\ndef test_y():\n    g()\n",
                Some("def test_x():\n    f()\n"),
                1,
            ),
            (
                "tests/test_a.py",
                "def test_x():\n    f()\n\n\ndef help_y():\n    g()\n",
                Some("def test_x():\n    f()\n"),
                0,
            ),
            (
                "a.test.ts",
                "it('x', () => {\n  f();\n});\n\nit('y', () => {\n  g();\n});\n",
                Some("it('x', () => {\n  f();\n});\n"),
                1,
            ),
            ("tests/a.rs", "#[test]\nfn x() {}\n", None, 1),
            ("a.test.ts", "it('x', () => {\n  f();\n});\n", None, 1),
            ("tests/test_a.py", "def test_x():\n    f()\n", None, 1),
        ];
        for (path, old, new, expected) in table {
            let side = |text: &str| Side {
                path: (*path).to_owned(),
                mode: 0o100_644,
                bytes: text.as_bytes().into(),
            };
            let diff = diff(&[ChangedFile { old: Some(side(old)), new: new.map(side) }]);
            let found = suppressions(&diff);
            assert_eq!(found.len(), *expected, "{path}: {old} {found:?}");
        }
    }

    #[test]
    fn only_lines_that_the_patch_changed_are_unformatted() {
        let new = "fn a() {\n    one( );\n}\n\nfn b() {\n    two();\n}\n";
        let diff = changed(BASE, new);
        // The formatter would alter line 2, and line 6 as it would have before.
        assert_eq!(unformatted_lines(&diff, &diff.files[0], &[2, 6], &BTreeMap::new()), [2]);
    }

    #[test]
    fn an_unformatted_line_that_was_there_before_is_not_the_patchs() {
        let old = "fn a(x: u8) {\n    one( 1, x , 3);\n    two();\n}\n\nfn b() {\n    two();\n}\n";
        let cases = [
            ("moved", "fn b() {\n    two();\n}\n\nfn a(x: u8) {\n    one( 1, x , 3);\n    two();\n}\n", 6),
            (
                "indented",
                "fn a(x: u8) {\n    if y {\n        one( 1, x , 3);\n    }\n    two();\n}\n\nfn b() {\n    two();\n}\n",
                3,
            ),
            ("renamed", "fn a(y: u8) {\n    one( 1, y , 3);\n    two();\n}\n\nfn b() {\n    two();\n}\n", 2),
        ];
        for (what, new, line) in cases {
            let diff = changed(old, new);
            let file = &diff.files[0];
            assert_eq!(asked_before(&diff, file, &[line]).len(), 1, "{what}");
            let before = |lines: &[usize]| BTreeMap::from([("src/a.rs".to_owned(), lines.to_vec())]);
            assert!(unformatted_lines(&diff, file, &[line], &before(&[2])).is_empty(), "{what}");
            assert_eq!(unformatted_lines(&diff, file, &[line], &before(&[7])), [line], "{what}");
        }
    }

    #[test]
    fn an_unformatted_line_that_came_from_another_file_is_not_the_patchs() {
        let side = |path: &str, text: &str| Side {
            path: path.to_owned(),
            mode: 0o100_644,
            bytes: text.as_bytes().into(),
        };
        let gone = "fn a() {\n    one_of_them( 1, 2 , 3);\n}\n";
        let diff = diff(&[
            ChangedFile {
                old: Some(side("a.rs", &format!("{gone}fn b() {{}}\n"))),
                new: Some(side("a.rs", "fn b() {}\n")),
            },
            ChangedFile { old: None, new: Some(side("b.rs", &format!("//! New.\n{gone}"))) },
        ]);
        let file = &diff.files[1];
        assert_eq!(asked_before(&diff, file, &[1, 3]), BTreeSet::from(["a.rs".to_owned()]));
        let before = BTreeMap::from([("a.rs".to_owned(), vec![2])]);
        assert_eq!(unformatted_lines(&diff, file, &[1, 3], &before), [1]);
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
