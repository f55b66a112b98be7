//! Tests named and placed as the repository's are.

use super::{Page, folder};
use crate::diff::{Role, role_of};
use crate::lint::Finding;
use crate::syntax::{DefinitionKind, Source, language_of};

/// Fewer examples make no custom.
const ENOUGH: usize = 3;

pub(super) fn findings(page: &Page) -> Vec<Finding> {
    let mut found = names(page);
    found.extend(place(page));
    found
}

/// Names of tests with the byte where each stands: functions that are tests, titles in JavaScript.
fn tests(source: &Source) -> Vec<(String, usize)> {
    if ["rust", "python"].contains(&source.language.name) {
        let functions = source.definitions().into_iter().filter(|one| {
            let is_function = matches!(one.kind, DefinitionKind::Function | DefinitionKind::Method);
            let text =
                String::from_utf8_lossy(&source.bytes[one.range.start..one.name_range.start]).into_owned();
            is_function
                && (text.contains("test]")
                    || source.language.name == "python" && one.name.starts_with("test"))
        });
        return functions.map(|one| (one.name, one.name_range.start)).collect();
    }
    let title = |token: usize| {
        let call = [&b"it"[..], b"test"].contains(&source.text(token)) && source.text(token + 1) == b"(";
        let text = String::from_utf8_lossy(source.text(token + 2)).into_owned();
        let quoted = text.starts_with(['\'', '"', '`']);
        (call && quoted)
            .then(|| (text.trim_matches(['\'', '"', '`']).to_owned(), source.tokens[token + 2].range().start))
    };
    (0..source.tokens.len().saturating_sub(2)).filter_map(title).collect()
}

/// How the first word of a test's name goes, where repositories differ in it.
fn custom(language: &str, name: &str) -> (&'static str, bool) {
    match language {
        "rust" | "python" => ("begin with `test_`", name.starts_with("test_")),
        _ => ("begin with \"should\"", name.starts_with("should ")),
    }
}

fn names(page: &Page) -> Vec<Finding> {
    let language = page.new.language.name;
    let mut known = page.old.as_deref().map(tests).unwrap_or_default();
    if known.len() < ENOUGH {
        known.extend(page.neighbours().iter().flat_map(tests));
    }
    let Some((first, _)) = known.first() else { return Vec::new() };
    let (words, usual) = custom(language, first);
    if known.len() < ENOUGH || known.iter().any(|(name, _)| custom(language, name).1 != usual) {
        return Vec::new();
    }
    tests(&page.new)
        .into_iter()
        .filter(|(name, byte)| page.wrote(*byte) && custom(language, name).1 != usual)
        .map(|(name, byte)| {
            let not = if usual { "does not" } else { "does" };
            let count = known.len();
            let all = if usual {
                format!("all {count} tests here do")
            } else {
                format!("none of {count} tests here does")
            };
            page.finding("tests", byte, format!("the name `{name}` {not} {words}; {all}"))
        })
        .collect()
}

/// Where a test file stands, and what marks its name.
fn habit(path: &str) -> (&'static str, &'static str) {
    let name = path.rsplit('/').next().unwrap_or(path);
    let within = |words: &[&str]| folder(path).split('/').any(|part| words.contains(&part));
    let place = if within(&["__tests__"]) {
        "in `__tests__`"
    } else if within(&["tests", "test", "spec", "specs"]) {
        "in a folder for tests"
    } else {
        "beside the code"
    };
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let mark = [(".test", "`.test`"), (".spec", "`.spec`"), ("_test", "`_test`")]
        .into_iter()
        .find(|(end, _)| stem.ends_with(end))
        .map_or(if stem.starts_with("test_") { "`test_`" } else { "nothing" }, |(_, mark)| mark);
    (place, mark)
}

fn place(page: &Page) -> Option<Finding> {
    if page.pair.old.is_some() || page.pair.role != Role::Test || page.new.language.name == "rust" {
        return None;
    }
    if tests(&page.new).is_empty() {
        return None;
    }
    let known: Vec<(&str, &str)> = page
        .base
        .paths()
        .iter()
        .filter(|path| language_of(path) == Some(page.new.language) && role_of(path, b"") == Role::Test)
        .filter(|path| {
            page.base
                .blob(path)
                .and_then(|blob| Source::parse(page.new.language, blob.bytes))
                .is_some_and(|source| !tests(&source).is_empty())
        })
        .take(super::MOST_NEIGHBOURS)
        .map(|path| habit(path))
        .collect();
    let usual = *known.first()?;
    let own = habit(page.path);
    if known.len() < ENOUGH || own == usual || known.iter().any(|one| *one != usual) {
        return None;
    }
    let show = |(place, mark): (&str, &str)| format!("{place}, marked by {mark} in its name");
    let message = format!("a test file {}; all {} others are {}", show(own), known.len(), show(usual));
    Some(page.finding("tests", 0, message))
}

#[cfg(test)]
mod table {
    use super::super::table::judged;

    #[test]
    fn tests_are_named_as_before() {
        let rust = |name: &str| format!("#[test]\nfn {name}() {{\n    assert!(true);\n}}\n");
        let base: String = ["test_one", "test_two", "test_three"].iter().map(|name| rust(name)).collect();
        let path = "tests/a.rs";
        let cases = [(rust("test_four"), 0), (rust("counts_four"), 1)];
        for (added, expected) in cases {
            let found = judged(&[(path, &base)], path, &format!("{base}{added}"));
            assert_eq!(found.len(), expected, "{added}: {found:?}");
        }
        let js = "it('adds', () => {});\nit('takes', () => {});\ntest('divides', () => {});\n";
        let found =
            judged(&[("a.test.js", js)], "a.test.js", &format!("{js}it('should multiply', () => {{}});\n"));
        assert_eq!(
            found,
            [
                "4 style/tests: the name `should multiply` does begin with \"should\"; none of 3 tests here does"
            ]
        );
    }

    #[test]
    fn test_files_stand_where_the_others_do() {
        let text = "it('adds', () => {});\n";
        let base = [("src/a.test.ts", text), ("src/b.test.ts", text), ("src/x/c.test.ts", text)];
        assert_eq!(
            judged(&base, "tests/d.spec.ts", text),
            [
                "1 style/tests: a test file in a folder for tests, marked by `.spec` in its name; all 3 others are beside the code, marked by `.test` in its name"
            ]
        );
        assert!(judged(&base, "src/d.test.ts", text).is_empty());
    }
}
