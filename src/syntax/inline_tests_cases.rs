//! Examples and properties of carrying inline tests over.

use proptest::prelude::*;

use super::*;
use crate::syntax::language_of;

fn rust() -> &'static Language {
    language_of("a.rs").unwrap()
}

fn carried(target: &str, from: &str, known: &str) -> String {
    String::from_utf8(splice(rust(), target.as_bytes(), from.as_bytes(), known.as_bytes()).unwrap()).unwrap()
}

fn parse(text: &str) -> Source {
    Source::parse(rust(), text.as_bytes()).unwrap()
}

#[test]
fn what_counts_as_an_inline_test() {
    let text = "\
//! Inner.
use a::b;
// About the tests.
#[cfg(test)]
mod tests { #[test] fn inner() {} }

/// Documentation that would hang in the air.

#[test]
fn alone() {}
fn code() { #[cfg(test)] let a = 1; }
mod imp {
    fn code() {}
    #[cfg(all(test, unix))]
    use super::*;
    #[cfg(not(test))]
    mod other {}
}
impl A { #[cfg(test)] fn helper() {} }
#[cfg(test)]
mod out_of_line;
";
    let found: Vec<(String, String, &str)> = inline_tests(&parse(text))
        .into_iter()
        .map(|test| (test.path.join("/"), test.key.clone(), text[test.range].lines().next().unwrap()))
        .collect();
    let found: Vec<(&str, &str, &str)> = found.iter().map(|(p, k, l)| (p.as_str(), k.as_str(), *l)).collect();
    assert_eq!(
        found,
        [
            ("", "mod tests", "// About the tests."),
            ("", "fn alone", "/// Documentation that would hang in the air."),
            ("mod imp", "use super::*;", "#[cfg(all(test, unix))]"),
            ("", "mod out_of_line", "#[cfg(test)]"),
        ]
    );
}

#[test]
fn the_commits_tests_replace_those_of_the_result() {
    let known = "pub fn f() -> u8 { 1 }\n\n#[cfg(test)]\nmod tests {\n    old!();\n}\n";
    let from = "pub fn f() -> u8 { 1 }\n\n#[cfg(test)]\nmod tests {\n    new!();\n}\n";
    for (name, target, expected) in [
        (
            "replaced",
            "pub fn f() -> u8 { 2 }\n\n#[cfg(test)]\nmod tests {\n    own!();\n}\n// end\n",
            "pub fn f() -> u8 { 2 }\n\n#[cfg(test)]\nmod tests {\n    new!();\n}\n// end\n",
        ),
        (
            "absent: put at the end",
            "pub fn f() -> u8 { 2 }",
            "pub fn f() -> u8 { 2 }\n\n#[cfg(test)]\nmod tests {\n    new!();\n}\n",
        ),
        ("an empty file", "", "#[cfg(test)]\nmod tests {\n    new!();\n}\n"),
        (
            "under another name: both",
            "#[cfg(test)]\nmod mine {}\n",
            "#[cfg(test)]\nmod mine {}\n\n#[cfg(test)]\nmod tests {\n    new!();\n}\n",
        ),
        (
            "of several the one of that name",
            "#[cfg(test)]\nmod a {}\n#[cfg(test)]\nmod tests {}\n#[cfg(test)]\nmod b {}\n",
            "#[cfg(test)]\nmod a {}\n#[cfg(test)]\nmod tests {\n    new!();\n}\n#[cfg(test)]\nmod b {}\n",
        ),
        (
            "not marked as tests",
            "fn f() {}\nmod tests { fn g() {} }\n",
            "fn f() {}\n#[cfg(test)]\nmod tests {\n    new!();\n}\n",
        ),
        (
            "in a file of its own",
            "fn f() {}\n#[cfg(test)]\nmod tests;\n",
            "fn f() {}\n#[cfg(test)]\nmod tests {\n    new!();\n}\n",
        ),
    ] {
        assert_eq!(carried(target, from, known), expected, "{name}");
    }
}

#[test]
fn tests_that_the_commit_took_away_go() {
    let known = "fn f() {}\n\n#[test]\nfn a() {}\n\n#[test]\nfn b() {}\n\nfn g() {}\n";
    let from = "fn f() {}\n\n#[test]\nfn b() {}\n\nfn g() {}\n";
    assert_eq!(carried(known, from, known), from);
    let neighbours = "#[test]\nfn a() {}\n#[test]\nfn b() {}\n";
    assert_eq!(carried(neighbours, "", neighbours), "\n");
    assert_eq!(
        carried(&format!("mod x {{\n{neighbours}}}\n"), "", &format!("mod x {{{neighbours}}}")),
        "mod x {\n\n}\n"
    );
    assert_eq!(
        carried("#[test]\nfn a() {}\n\nfn f() {}\n", from, known),
        "fn f() {}\n\n#[test]\nfn b() {}\n"
    );
    assert_eq!(
        carried("fn f() {} // f\n#[test] fn a() {} fn h() {}\n", "", known),
        "fn f() {} // f\nfn h() {}\n"
    );
}

#[test]
fn tests_of_a_module_stay_in_it() {
    let from = "mod imp {\n    fn f() {}\n\n    #[test]\n    fn t() {}\n}\nfn g() {}\n";
    assert_eq!(
        carried("mod imp {\n    fn f() { 1 }\n}\nfn g() {}\n", from, ""),
        from.replace("f() {}", "f() { 1 }")
    );
    assert_eq!(carried("mod imp {}\n", from, ""), "mod imp {\n\n    #[test]\n    fn t() {}\n}\n");
    assert_eq!(carried("fn g() {}\n", from, ""), "fn g() {}\n\n    #[test]\n    fn t() {}\n");
}

#[test]
fn changed_test_functions_are_told_by_their_text() {
    let before = test_functions(&parse(
        "#[test]\nfn a() { 1 }\n#[cfg(test)] mod m { #[tokio::test] fn b() {} fn c() {} }",
    ));
    let after = test_functions(&parse("#[test] fn a() {\n1\n}\n#[test] fn b() { 2 }\n"));
    assert_eq!(before.keys().collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(before["a"], after["a"]);
    assert_ne!(before["b"], after["b"]);
}

/// Items of a program: code, test modules, test functions, test imports, code modules with items.
fn item(depth: u32) -> BoxedStrategy<String> {
    let name = prop::sample::select(vec!["a", "b", "tests"]);
    let comment = prop::sample::select(vec!["", "// Above.\n", "/// Doc.\n", "// Far.\n\n"]);
    let text = (name, comment, 0..6u8, 0..9u8).prop_map(|(name, comment, kind, body)| {
        comment.to_owned()
            + &match kind {
                0 => format!("pub fn {name}_{body}() -> u8 {{ {body} }}\n"),
                1 => format!("#[cfg(test)]\nmod {name} {{\n    #[test]\n    fn t() {{ {body}; }}\n}}\n"),
                2 => format!("#[test]\nfn {name}() {{ {body}; }}\n"),
                3 => format!("#[cfg(test)]\nuse crate::{name}{body};\n"),
                4 => format!("const {}{body}: u8 = {body}; // same line\n", name.to_uppercase()),
                _ => format!("#[derive(Debug)]\nstruct S{body};\n"),
            }
    });
    if depth == 0 {
        return text.boxed();
    }
    let module = (prop::sample::select(vec!["imp", "sys"]), prop::collection::vec(item(depth - 1), 0..4))
        .prop_map(|(name, items)| format!("mod {name} {{\n{}}}\n", items.concat()));
    prop_oneof![4 => text, 1 => module].boxed()
}

fn program() -> impl Strategy<Value = String> {
    (prop::collection::vec(item(2), 0..7), prop::bool::ANY)
        .prop_map(|(items, blank)| items.join(if blank { "\n" } else { "" }))
}

/// Without modules of code, and without a name used twice.
fn flat() -> impl Strategy<Value = String> {
    prop::collection::vec(item(0), 0..9).prop_map(|items| {
        items.into_iter().fold(String::new(), |text, item| {
            let longer = text.clone() + &item;
            if inline_tests(&parse(&longer)).iter().any(|test| test.nth > 0) { text } else { longer }
        })
    })
}

fn texts(text: &str) -> Vec<(Vec<String>, String)> {
    inline_tests(&parse(text)).into_iter().map(|test| (test.path, text[test.range].to_owned())).collect()
}

/// Modules of a program, by path.
fn modules(text: &str) -> Vec<Vec<String>> {
    layout(&parse(text)).scopes.into_iter().map(|scope| scope.path).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn the_result_parses_has_the_tests_and_keeps_the_code(
        target in program(), from in program(), known in program(),
    ) {
        let unmarked = layout(&parse(&target)).modules.iter().any(|module| module.key == "mod tests");
        prop_assume!(!unmarked);
        let result = carried(&target, &from, &known);
        let parsed = parse(&result);
        prop_assert_eq!(parsed.error_count(), 0, "{}", &result);
        prop_assert_eq!(code_hashes(&parsed), code_hashes(&parse(&target)), "{}", &result);
        let (there, known_modules) = (texts(&result), modules(&target));
        for (path, text) in texts(&from) {
            let path = if known_modules.contains(&path) { path } else { Vec::new() };
            prop_assert!(there.contains(&(path, text.clone())), "{}\nlacks\n{}", &result, text);
        }
    }

    #[test]
    fn carried_twice_is_carried_once(target in flat(), from in flat(), known in program()) {
        let once = carried(&target, &from, &known);
        prop_assert_eq!(carried(&once, &from, &known), once);
    }

    #[test]
    fn bytes_outside_the_tests_stay_where_all_tests_have_their_place(
        items in prop::collection::vec((item(1), 0..9u8, 0..9u8), 1..6),
    ) {
        // The same file twice, with other bodies of the tests.
        let file = |body: &dyn Fn(&(String, u8, u8)) -> u8| {
            items.iter().enumerate().map(|(at, item)| {
                format!("{}\n\n  #[cfg(test)]\nmod place_{at} {{ {}; }} // x\n", item.0, body(item))
            }).collect::<Vec<_>>().concat()
        };
        let (target, from) = (file(&|item| item.1), file(&|item| item.2));
        prop_assert_eq!(carried(&target, &from, &target), from);
    }

    #[test]
    fn no_text_makes_it_panic(target in "[a-z#\\[\\]{}();/! \n]{0,60}", from in program(), known in ".{0,30}") {
        let _ = splice(rust(), target.as_bytes(), from.as_bytes(), known.as_bytes());
        let _ = splice(rust(), from.as_bytes(), target.as_bytes(), from.as_bytes());
    }
}
