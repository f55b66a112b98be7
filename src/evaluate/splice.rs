//! Inline tests of a task: the tests that stand in code files.
//!
//! In: a base, a task's test files, a model's changes. Out: for code files in which the test patch changes inline tests
//! only, the model's version with the task's tests in it. The same carrying over splits a commit into code and tests
//! ([`split`]).
//!
//! Invariant: of a code file only inline tests ever come from a test patch.

use crate::diff::{Role, role_of};
use crate::patch::{Blob, Overlaid, Tree, TreeChanges};
use crate::syntax::inline_tests::{code_hashes, inline_tests, may_hold_tests, splice};
use crate::syntax::{Language, Source, language_of};

/// The language of a code file that may hold tests.
fn language(path: &str) -> Option<&'static Language> {
    let language = language_of(path).filter(|language| may_hold_tests(language))?;
    (role_of(path, b"") == Role::Code).then_some(language)
}

/// A test patch's version of a file differs from base in inline tests only, so that these, and not the file, are what it
/// is about.
fn changes_inline_tests_only(language: &'static Language, base: &[u8], tests: &[u8]) -> bool {
    let [Some(before), Some(after)] = [base, tests].map(|bytes| Source::parse(language, bytes)) else {
        return false;
    };
    let any = !inline_tests(&before).is_empty() || !inline_tests(&after).is_empty();
    any && code_hashes(&before) == code_hashes(&after)
}

/// Whether what a test patch does to a file is a matter of inline tests.
pub(super) fn is_inline(base: &dyn Tree, path: &str, tests: Option<&Blob>) -> bool {
    let (Some(language), Some(tests)) = (language(path), tests) else { return false };
    let before = base.blob(path).map(|blob| blob.bytes).unwrap_or_default();
    changes_inline_tests_only(language, &before, &tests.bytes)
}

/// Where a model left the file that base and test patch call `path`: there, or as the other of the two files in which
/// a module may live (`a.rs`, `a/mod.rs`).
fn place_of(result: &dyn Tree, path: &str) -> String {
    let twin = match path.strip_suffix("/mod.rs") {
        Some(folder) => format!("{folder}.rs"),
        None => path.strip_suffix(".rs").map_or_else(String::new, |stem| format!("{stem}/mod.rs")),
    };
    if result.blob(path).is_none() && result.blob(&twin).is_some() { twin } else { path.to_owned() }
}

/// Puts the inline tests of one file of the test patch into `changes`, the model's. A file that is gone is made anew, with
/// nothing but the tests.
pub(super) fn put(base: &dyn Tree, changes: &mut TreeChanges, path: &str, tests: &Blob) {
    let Some(language) = language(path) else { return };
    let (place, old) = {
        let result = Overlaid { base, changes };
        let place = place_of(&result, path);
        let old = result.blob(&place);
        (place, old)
    };
    let known = base.blob(path).map(|blob| blob.bytes).unwrap_or_default();
    let target = old.as_ref().map_or(&[][..], |blob| &blob.bytes);
    let mode = old.as_ref().map_or(tests.mode, |blob| blob.mode);
    // A symbolic link is no code.
    if mode & 0o170_000 != 0o100_000 {
        return;
    }
    if let Some(bytes) = splice(language, target, &tests.bytes, &known) {
        changes.insert(place, Some(Blob { mode, bytes }));
    }
}

/// A change in two: code, and tests. Both are changes to the same base.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Split {
    /// Everything but tests: code, documentation, settings.
    pub gold: TreeChanges,
    /// Test files, and code files in which inline tests alone differ from base.
    pub tests: TreeChanges,
    /// Code files of `tests`.
    pub inline: Vec<String>,
}

/// Splits a change by path and, inside code files, by syntax.
pub fn split(base: &dyn Tree, changes: &TreeChanges) -> Split {
    let mut split = Split::default();
    for (path, after) in changes {
        let before = base.blob(path);
        let content = after.as_ref().or(before.as_ref()).map_or(&[][..], |blob| &blob.bytes);
        if role_of(path, content) == Role::Test {
            split.tests.insert(path.clone(), after.clone());
            continue;
        }
        let parts = after.as_ref().and_then(|after| parts(path, before.as_ref(), after));
        let Some((code, tests)) = parts else {
            split.gold.insert(path.clone(), after.clone());
            continue;
        };
        if before.as_ref() != Some(&code) {
            split.gold.insert(path.clone(), Some(code));
        }
        if before.as_ref() != Some(&tests) && !tests.bytes.is_empty() {
            split.tests.insert(path.clone(), Some(tests));
            split.inline.push(path.clone());
        }
    }
    split
}

/// A code file's code with the tests of base, and base's code with the file's tests; `None` where it holds no tests, or
/// where they cannot be told apart.
fn parts(path: &str, before: Option<&Blob>, after: &Blob) -> Option<(Blob, Blob)> {
    let language = language(path)?;
    let old = before.map_or(&[][..], |blob| &blob.bytes);
    let new = &after.bytes;
    let code = splice(language, new, old, new)?;
    let tests = splice(language, old, new, old)?;
    // What cannot be put together again must not be taken apart.
    let whole = splice(language, &code, &tests, old)?;
    let [Some(joined), Some(wanted)] = [&whole, new].map(|bytes| Source::parse(language, &bytes[..])) else {
        return None;
    };
    if code_hashes(&joined) != code_hashes(&wanted)
        || inline_tests(&joined).len() != inline_tests(&wanted).len()
        || (tests != old && !changes_inline_tests_only(language, old, &tests))
    {
        return None;
    }
    let tests_mode = before.map_or(after.mode, |blob| blob.mode);
    Some((Blob { mode: after.mode, bytes: code }, Blob { mode: tests_mode, bytes: tests }))
}

#[cfg(test)]
mod unit {
    use super::*;
    use crate::patch::memory::Files;

    const BASE: &str =
        "pub fn f() -> u8 {\n    1\n}\n\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn old() {}\n}\n";

    fn blob(text: &str) -> Blob {
        Blob { mode: 0o100_644, bytes: text.as_bytes().to_vec() }
    }

    fn text(changes: &TreeChanges, path: &str) -> String {
        String::from_utf8(changes[path].clone().unwrap().bytes).unwrap()
    }

    #[test]
    fn a_commit_is_split_by_path_and_by_syntax() {
        let base = Files::of(&[("src/lib.rs", BASE), ("src/a.rs", "fn a() {}\n"), ("tests/t.rs", "")]);
        let fixed = BASE.replace("    1\n", "    2\n").replace("old", "new");
        let created = "pub fn b() {}\n\n#[test]\nfn t() {}\n";
        let changes: TreeChanges = [
            ("src/lib.rs", Some(blob(&fixed))),
            ("src/a.rs", Some(blob("fn a() { 1 }\n"))),
            ("src/b.rs", Some(blob(created))),
            ("tests/t.rs", Some(blob("// t\n"))),
            ("README.md", Some(blob("# b\n"))),
        ]
        .map(|(path, blob)| (path.to_owned(), blob))
        .into();
        let split = split(&base, &changes);
        let gold: Vec<&str> = split.gold.keys().map(String::as_str).collect();
        assert_eq!(gold, ["README.md", "src/a.rs", "src/b.rs", "src/lib.rs"]);
        assert_eq!(split.tests.keys().collect::<Vec<_>>(), ["src/b.rs", "src/lib.rs", "tests/t.rs"]);
        assert_eq!(split.inline, ["src/b.rs", "src/lib.rs"]);
        assert_eq!(text(&split.gold, "src/lib.rs"), BASE.replace("    1\n", "    2\n"));
        assert_eq!(text(&split.tests, "src/lib.rs"), BASE.replace("old", "new"));
        assert_eq!(text(&split.gold, "src/b.rs"), "pub fn b() {}\n");
        assert_eq!(text(&split.tests, "src/b.rs"), "#[test]\nfn t() {}\n");
        assert!(is_inline(&base, "src/lib.rs", split.tests["src/lib.rs"].as_ref()));
        assert!(!is_inline(&base, "src/lib.rs", Some(&blob(&fixed))), "code differs too");
        assert!(!is_inline(&base, "tests/t.rs", Some(&blob("#[test] fn a() {}"))), "a test file");

        let mut joined = split.gold.clone();
        for path in &split.inline {
            put(&base, &mut joined, path, split.tests[path].as_ref().unwrap());
        }
        assert_eq!(text(&joined, "src/lib.rs"), fixed);
        assert_eq!(text(&joined, "src/b.rs"), created);
    }

    #[test]
    fn a_file_without_a_change_of_tests_is_gold() {
        let base = Files::of(&[("src/lib.rs", BASE)]);
        let after = BASE.replace("    1\n", "    2\n");
        let split = split(&base, &TreeChanges::from([("src/lib.rs".to_owned(), Some(blob(&after)))]));
        assert_eq!(text(&split.gold, "src/lib.rs"), after);
        assert_eq!(split.tests, TreeChanges::new());
    }

    #[test]
    fn tests_follow_a_module_that_moved_and_outlive_a_deleted_file() {
        let base = Files::of(&[("src/a.rs", BASE)]);
        let tests = blob(&BASE.replace("old", "new"));
        let moved: TreeChanges =
            [("src/a.rs".to_owned(), None), ("src/a/mod.rs".to_owned(), Some(blob("fn g() {}\n")))].into();
        let mut changes = moved.clone();
        put(&base, &mut changes, "src/a.rs", &tests);
        assert!(changes["src/a.rs"].is_none());
        assert!(text(&changes, "src/a/mod.rs").contains("fn new()"));
        let mut gone = TreeChanges::from([("src/a.rs".to_owned(), None)]);
        put(&base, &mut gone, "src/a.rs", &tests);
        assert_eq!(text(&gone, "src/a.rs"), "#[cfg(test)]\nmod tests {\n    #[test]\n    fn new() {}\n}\n");
    }
}
