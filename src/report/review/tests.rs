//! A small review in every format.

use std::collections::BTreeMap;

use super::*;
use crate::evaluate::record::LintStatus;
use crate::evaluate::review::{LineOf, REVIEW_SCHEMA, ReviewContext, Unusable, classified};
use crate::lint::{Finding, Level};
use crate::metric::context::SymbolAt;
use crate::patch::{Blob, TreeChanges, memory::Files};
use crate::report::{View, annotation};

const VIEW: View = View { width: 100, colour: false };

/// A fix with a left-over print, a note, and white space elsewhere.
fn made() -> Review {
    let base = Files::of(&[(
        "src/lib.rs",
        "pub fn double(n: i64) -> i64 {\n    n + 1\n}\n\npub fn triple(n: i64) -> i64 {\n    n * 3\n}\n",
    )]);
    let text = "pub fn double(n: i64) -> i64 {\n    println!(\"DEBUG {n}\");\n    n * 2\n}\n\npub fn triple(n: i64)  ->  i64 {\n    n * 3\n}\n";
    let blob = |text: &str| Some(Blob { mode: 0o100_644, bytes: text.as_bytes().to_vec() });
    let changes = TreeChanges::from([
        ("src/lib.rs".to_owned(), blob(text)),
        ("debug_\u{1b}[31mfail.py".to_owned(), blob("print(1)\n")),
    ]);
    let reviewed = classified(&base, &changes, Some("`double` must double."));
    let finding = Finding {
        tool: "clippy".to_owned(),
        rule: "clippy::x".to_owned(),
        level: Level::Warning,
        file: "src/lib.rs".to_owned(),
        line: 2,
        message: "no <b>prints</b>".to_owned(),
    };
    Review {
        schema: REVIEW_SCHEMA.to_owned(),
        base: "main".to_owned(),
        head: None,
        files: reviewed.diff.files.clone(),
        units: reviewed.units(),
        edits: Some(reviewed.edits()),
        lint: Some(ReviewLint {
            status: LintStatus::Findings,
            new: vec![finding],
            fixed: 1,
            suppressions: Vec::new(),
            unformatted_lines: vec![LineOf { file: "src/lib.rs".to_owned(), line: 6 }],
            changed_code_lines: 4,
            judged: std::collections::BTreeSet::new(),
            unusable: vec![Unusable { tool: "prettier".to_owned(), why: "cannot be run".to_owned() }],
        }),
        context: Some(ReviewContext {
            dangling: Some(vec![SymbolAt { symbol: "old".to_owned(), file: "src/b.rs".to_owned(), line: 3 }]),
            ..ReviewContext::default()
        }),
    }
}

#[test]
fn a_terminal_shows_the_worst_first() {
    let text = terminal(&made(), false, VIEW);
    assert!(text.starts_with("main → the working tree · 2 files · "), "{text}");
    let at = |part: &str| text.find(part).unwrap_or_else(|| panic!("no {part:?} in\n{text}"));
    assert!(at("B debug") < at("A format"), "{text}");
    for part in [
        "lint: findings, 1 new finding, 1 unformatted line, 1 fixed",
        "src/lib.rs:2",
        "prettier: cannot be run",
    ] {
        at(part);
    }
    assert!(
        text.contains("src/b.rs:3  `old` is left without a definition") && !text.contains('\u{1b}'),
        "{text}"
    );
}

#[test]
fn a_pull_request_gets_a_table() {
    let text = markdown(&made());
    assert!(text.contains("| B debug | `src/lib.rs:2` |"), "{text}");
    assert!(text.contains("- `src/lib.rs:2` `clippy::x no <b>prints</b>`"), "{text}");
}

#[test]
fn a_comment_stays_below_what_code_hosts_take() {
    let mut review = made();
    let unit = review.units.iter().find(|unit| unit.class == Class::Irrelevant).expect("one is").clone();
    review.units.extend(vec![unit; 2000]);
    let text = markdown(&review);
    assert!(text.len() <= crate::report::markdown::LIMIT && text.contains("more units not shown"));
}

#[test]
fn remarks_name_file_line_and_rule() {
    let remarks = annotations(&made());
    let has = |rule: &str, lines| remarks.iter().any(|one| one.rule == rule && one.lines == lines);
    assert!(has("irrelevant/debug", Some([2, 2])) && has("lint/clippy::x", Some([2, 2])), "{remarks:?}");
    assert!(has("lint/unformatted", Some([6, 6])) && has("context/dangling", Some([3, 3])), "{remarks:?}");
    let rules: BTreeMap<String, String> = rules(&remarks);
    assert!(remarks.iter().all(|one| rules.contains_key(&one.rule)));
    assert!(!annotation::github(&remarks).contains('\u{1b}'));
}

#[test]
fn what_is_clean_says_so() {
    let base = Files::of(&[("src/lib.rs", "fn a() -> u32 {\n    1\n}\n")]);
    let new = Blob { mode: 0o100_644, bytes: b"fn a() -> u32 {\n    2\n}\n".to_vec() };
    let reviewed = classified(&base, &TreeChanges::from([("src/lib.rs".to_owned(), Some(new))]), None);
    let review = Review {
        units: reviewed.units(),
        edits: Some(reviewed.edits()),
        files: reviewed.diff.files.clone(),
        lint: None,
        context: None,
        ..made()
    };
    insta::assert_snapshot!(terminal(&review, false, VIEW), @r"
    main → the working tree · 1 file · 1 unit
    nothing irrelevant found in 2 tokens
    ");
    assert!(annotations(&review).is_empty());
}
