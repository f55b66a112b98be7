//! What holds for every patch.

use proptest::prelude::*;

use super::*;
use crate::metric::figures::{EditFigures, Mode, figures};

/// A library of small functions, one of which the fix changes.
fn text(count: usize) -> String {
    let function = |n| format!("pub fn f{n}(a: u32) -> u32 {{\n    let b = a + {n};\n    b * 2\n}}\n\n");
    (0..count).map(function).collect::<Vec<_>>().concat()
}

/// Puts one irrelevant edit into function `n`, away from the fix in function 0.
fn clutter(text: &str, n: usize, kind: usize) -> String {
    let line = format!("    let b = a + {n};\n");
    let to = match kind % 6 {
        0 => format!("    let b  =  a + {n};\n"),
        1 => format!("{line}\n    // doubles it\n\n"),
        2 => format!("{line}    eprintln!(\"DEBUG {{b}}\");\n"),
        3 => format!("{line}    let spare{n} = 1;\n"),
        4 => format!("    let b = (a + {n});\n"),
        _ => format!("\n{line}"),
    };
    text.replacen(&line, &to, 1)
}

fn excess(base: &Files, new: &str, extra: &[(&str, Option<&str>)]) -> (u32, EditFigures) {
    let mut edits = vec![("src/a.rs", Some(new))];
    edits.extend(extra);
    let diff = diff(&changed(base, &edited(base, &edits)));
    let input = Input::bare(&diff, base);
    let figures = figures(&diff, &classify(&input), Mode::Trial);
    (figures.excess, figures)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn an_irrelevant_edit_more_never_lowers_excess(edits in proptest::collection::vec((1_usize..6, 0_usize..6), 1..5)) {
        let old = text(6);
        let base = library(&old);
        let mut new = old.replacen("a + 0", "a - 1", 1);
        let (mut before, fix) = excess(&base, &new, &[]);
        prop_assert_eq!(before, 0);
        prop_assert_eq!(fix.irrelevant_edit_ratio, Some(0.0));
        let mut used = BTreeSet::new();
        let mut upper = fix.upper;
        for (n, kind) in edits {
            if !used.insert(n) {
                continue;
            }
            new = clutter(&new, n, kind);
            let (after, figures) = excess(&base, &new, &[]);
            prop_assert!(after > before, "kind {kind}: {before} then {after}");
            prop_assert!(figures.upper >= upper, "kind {kind}: {upper:?} then {:?}", figures.upper);
            (before, upper) = (after, figures.upper);
        }
    }

    #[test]
    fn line_ends_of_the_base_change_no_figure(n in 1_usize..6, kind in 0_usize..6) {
        let old = text(6);
        let new = clutter(&old.replacen("a + 0", "a - 1", 1), n, kind);
        let windows = |text: &str| text.replace('\n', "\r\n");
        let (_, unix) = excess(&library(&old), &new, &[]);
        let (_, dos) = excess(&library(&windows(&old)), &windows(&new), &[]);
        prop_assert_eq!(unix, dos);
    }

    /// However many lines of context its hunks have: down to none, where neighbouring hunks are apart, up to one hunk.
    #[test]
    fn the_context_of_a_patch_changes_no_figure(n in 1_usize..6, kind in 0_usize..6, radius in 0_usize..24) {
        let old = text(6);
        let base = library(&old);
        let new = clutter(&old.replacen("a + 0", "a - 1", 1), n, kind);
        let lines = similar::TextDiff::from_lines(&old, &new);
        let patch = lines.unified_diff().context_radius(radius).header("a/src/a.rs", "b/src/a.rs").to_string();
        let applied = crate::patch::apply(&base, patch.as_bytes()).unwrap();
        let blob = applied.changes["src/a.rs"].clone().unwrap();
        let written = String::from_utf8(blob.bytes).unwrap();
        prop_assert_eq!(excess(&base, &new, &[]), excess(&base, &written, &[]), "{}", patch);
    }

    /// A planted bug and its exact reversal: nothing of that is irrelevant.
    #[test]
    fn the_reversal_of_a_bug_is_clean(n in 0_usize..6, bug in 0_usize..5) {
        let good = text(6);
        let line = format!("    let b = a + {n};\n");
        let bad = match bug {
            0 => good.replacen(&line, &format!("    let b = a - {n};\n"), 1),
            1 => good.replacen(&format!("{line}    b * 2\n"), "    a * 2\n", 1),
            2 => good.replacen(&format!("f{n}(a: u32) -> u32"), &format!("f{n}(a: u32, c: u32) -> u32"), 1),
            3 => good.replacen(&line, &format!("{line}    if a > 3 {{\n        return 0;\n    }}\n"), 1),
            _ => good.replacen(&format!("pub fn f{n}"), &format!("pub fn g{n}"), 1),
        };
        let (found, figures) = excess(&library(&bad), &good, &[]);
        prop_assert_eq!((found, figures.irrelevant_edit_ratio), (0, Some(0.0)));
    }

    #[test]
    fn the_order_of_files_changes_no_figure(n in 1_usize..6, kind in 0_usize..6) {
        let old = text(6);
        let base = library(&old);
        let new = clutter(&old.replacen("a + 0", "a - 1", 1), n, kind);
        let result = edited(&base, &[("src/a.rs", Some(&new)), ("reproduce.py", Some("x = 1\n")), (".gitignore", Some("*.x\n"))]);
        let mut files = changed(&base, &result);
        let of = |files: &[ChangedFile]| {
            let diff = diff(files);
            let classified = classify(&Input::bare(&diff, &base));
            figures(&diff, &classified, Mode::Trial)
        };
        let first = of(&files);
        files.reverse();
        prop_assert_eq!(first, of(&files));
    }
}

#[test]
fn nulls_are_not_noughts() {
    let base = library("pub fn f() {}\n");
    let none = figures(&diff(&[]), &[], Mode::Trial);
    assert_eq!((none.irrelevant_edit_ratio, none.upper, none.excess), (None, None, 0));
    let tests_only = edited(&base, &[("tests/t.rs", Some("#[test]\nfn t() {}\n"))]);
    let diff = diff(&changed(&base, &tests_only));
    let classified = classify(&Input::bare(&diff, &base));
    let found = figures(&diff, &classified, Mode::Review);
    assert_eq!((found.irrelevant_edit_ratio, found.excess), (None, 0));
    assert!(found.test_weight > 0);
}

#[test]
fn ratios_marks_and_kinds() {
    let base = library("pub fn f() -> u32 {\n    1\n}\n\npub fn g() -> u32 {\n    1\n}\n");
    let (excess, found) = excess(
        &base,
        "pub fn f() -> u32 {\n    2\n}\n\npub fn g() -> u32 {\n    1  \n}\n",
        &[(".gitignore", Some("target/\n"))],
    );
    assert_eq!(found.weight.total(), found.weight.irrelevant + found.weight.unproven);
    assert_eq!(excess, found.weight.irrelevant);
    let share = f64::from(found.weight.irrelevant) / f64::from(found.weight.total());
    assert_eq!(found.irrelevant_edit_ratio, Some(share));
    assert_eq!(found.upper, Some(1.0));
    assert!(found.strict < found.irrelevant_edit_ratio);
    let kinds: Vec<(&str, &str)> =
        found.by_kind.iter().map(|(sign, (grade, _))| (sign.as_str(), grade.as_str())).collect();
    assert_eq!(kinds, [("format", "A"), ("housekeeping", "B")]);
    assert_eq!(found.marks.iter().map(|(_, weight)| weight).sum::<u32>(), excess);
    assert!(found.marks.iter().all(|(hash, _)| hash.len() == 16));
    assert!(found.marks.is_sorted_by(|a, b| a.1 >= b.1));
}

/// Gold is in the base already: what comes on top is neither gold's nor needed, whatever it is.
#[test]
fn on_top_of_gold_nothing_is_acquitted() {
    let base = library(&text(3).replacen("a + 0", "a - 1", 1));
    let none = diff(&[]);
    let edits = [("a + 1", "a + 7"), ("b * 2", "(b * 2)"), ("pub fn f2", "// two\npub fn f2")];
    for (from, to) in edits {
        let result = edited(&base, &[("src/a.rs", Some(&base.0["src/a.rs"].replacen(from, to, 1)))]);
        let diff = diff(&changed(&base, &result));
        let input = Input { gold: Some(&none), ..Input::bare(&diff, &base) };
        for one in classify(&input) {
            assert!(
                !matches!(one.class, Class::Acquitted | Class::Needed | Class::Supporting),
                "{from}: {one:?}"
            );
        }
    }
}
