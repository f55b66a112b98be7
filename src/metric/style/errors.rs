//! Errors handled as the module handles them: handed on, not asserted away.

use std::ops::Range;

use super::Page;
use crate::lint::Finding;
use crate::syntax::Source;

/// Fewer examples make no custom.
const ENOUGH: usize = 3;

/// What a language does with an error, and what takes its place where one does not care.
struct Idiom {
    languages: &'static [&'static str],
    /// Begins at a token: the careless form.
    careless: fn(&Source, usize) -> bool,
    /// Begins at a token: the careful form.
    careful: fn(&Source, usize) -> bool,
    /// What the careful form is called.
    custom: &'static str,
}

const IDIOMS: &[Idiom] = &[
    Idiom {
        languages: &["rust"],
        careless: |source, at| {
            source.text(at) == b"."
                && [&b"unwrap"[..], b"expect"].contains(&source.text(at + 1))
                && source.text(at + 2) == b"("
        },
        careful: |source, at| source.text(at) == b"?" && kind(source, at) == "try_expression",
        custom: "`?`",
    },
    Idiom {
        languages: &["typescript", "tsx"],
        careless: |source, at| source.text(at) == b"!" && kind(source, at) == "non_null_expression",
        careful: |source, at| [&b"?."[..], b"??"].contains(&source.text(at)),
        custom: "`?.` or `??`",
    },
    Idiom {
        languages: &["python"],
        careless: |source, at| source.text(at) == b"except" && source.text(at + 1) == b":",
        careful: |source, at| source.text(at) == b"except" && source.text(at + 1) != b":",
        custom: "a named exception",
    },
];

/// The kind of the node that a token stands in.
fn kind(source: &Source, token: usize) -> &'static str {
    let leaf = source.tokens.get(token).map(|token| token.node as usize);
    leaf.and_then(|leaf| source.parent(leaf)).map_or("", |node| source.kind_name(node))
}

/// Places of a form outside tests.
fn places(source: &Source, form: fn(&Source, usize) -> bool) -> Vec<Range<usize>> {
    let at = (0..source.tokens.len()).filter(|token| form(source, *token));
    at.map(|token| source.tokens[token].range()).filter(|range| !source.in_test_module(range.start)).collect()
}

pub(super) fn findings(page: &Page) -> Vec<Finding> {
    let language = page.new.language.name;
    let Some(idiom) = IDIOMS.iter().find(|idiom| idiom.languages.contains(&language)) else {
        return Vec::new();
    };
    let Some(old) = &page.old else { return Vec::new() };
    let careful = places(old, idiom.careful).len();
    if careful < ENOUGH || !places(old, idiom.careless).is_empty() {
        return Vec::new();
    }
    places(&page.new, idiom.careless)
        .into_iter()
        .filter(|range| page.wrote(range.start) && !page.in_test(range.start))
        .map(|range| {
            let text = String::from_utf8_lossy(&page.new.bytes[range.start..]);
            let what: String = text.chars().take_while(|letter| !['(', ';', '\n'].contains(letter)).take(20).collect();
            let message = format!(
                "`{what}`: outside tests this file had none; where something can fail it has {} {careful} times",
                idiom.custom
            );
            page.finding("errors", range.start, message)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::table::judged;

    #[test]
    fn errors_are_handled_as_before() {
        let careful = "fn a() -> R {\n    b()?;\n    c()?;\n    d()?;\n    Ok(())\n}\n";
        let mixed = "fn a() -> R {\n    b()?;\n    c()?;\n    d()?;\n    e.unwrap();\n    Ok(())\n}\n";
        let in_test =
            "#[cfg(test)]\nmod tests {\n    #[test]\n    fn x() {\n        a().unwrap();\n    }\n}\n";
        let cases: [(&str, &str, &str, usize); 6] = [
            ("src/a.rs", careful, "fn e() {\n    f().unwrap();\n}\n", 1),
            ("src/a.rs", careful, "fn e() {\n    f().expect(\"x\");\n}\n", 1),
            ("src/a.rs", careful, in_test, 0),
            ("src/a.rs", mixed, "fn e() {\n    f().unwrap();\n}\n", 0),
            ("src/a.ts", "f(a?.b, c ?? d, e?.g);\n", "h(a!.b);\n", 1),
            (
                "a.py",
                "try:\n    a()\nexcept E:\n    pass\ntry:\n    b()\nexcept F:\n    pass\ntry:\n    c()\nexcept G:\n    pass\n",
                "try:\n    d()\nexcept:\n    pass\n",
                1,
            ),
        ];
        for (path, base, added, expected) in cases {
            let found = judged(&[(path, base)], path, &format!("{base}{added}"));
            assert_eq!(found.len(), expected, "{added}: {found:?}");
        }
        let found = judged(&[("src/a.rs", careful)], "src/a.rs", &careful.replace("d()?", "d().unwrap()"));
        assert_eq!(
            found,
            [
                "4 style/errors: `.unwrap`: outside tests this file had none; where something can fail it has `?` 3 times"
            ]
        );
    }
}
