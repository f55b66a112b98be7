//! Table and property tests of parsing and names.

use proptest::prelude::*;

use super::*;

const EXAMPLE: &str = "\
use std::fmt::{self, Display as Show};
mod other;

/// Holds.
#[derive(Debug)]
pub struct Foo {
    a: u8, // note
}

impl fmt::Display for Foo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = 3;
        write!(f, \"{width}\")
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn holds() {}
}
";

fn parse(text: &str) -> Source {
    Source::parse(language_of("a.rs").unwrap(), text.as_bytes()).unwrap()
}

fn at(text: &str, needle: &str) -> usize {
    text.find(needle).unwrap()
}

#[test]
fn endings_name_languages() {
    assert_eq!(language_of("src/a.rs").map(|l| l.name), Some("rust"));
    for path in ["rs", ".rs", "a.txt", "", "a/", "a.rs/b"] {
        assert_eq!(language_of(path), None, "{path}");
    }
}

#[test]
fn entities_are_found_from_bytes() {
    let source = parse(EXAMPLE);
    for (needle, path) in [
        ("write!", vec!["impl fmt::Display for Foo", "fn fmt"]),
        ("#[derive", vec!["struct Foo"]),
        ("/// Holds", vec!["struct Foo"]),
        ("// note", vec!["struct Foo"]),
        ("#[test]", vec!["mod tests", "fn holds"]),
        ("use std", vec![]),
    ] {
        assert_eq!(source.entity_at(at(EXAMPLE, needle)), path, "{needle}");
    }
    assert_eq!(source.entity_at(EXAMPLE.len() + 9), Vec::<String>::new());
}

#[test]
fn statements_and_items_are_found_from_bytes() {
    let source = parse(EXAMPLE);
    let text = |range: std::ops::Range<usize>| &EXAMPLE[range];
    assert_eq!(text(source.statement_at(at(EXAMPLE, "width = "))), "let width = 3;");
    assert_eq!(text(source.statement_at(at(EXAMPLE, "u8"))), "a: u8");
    assert_eq!(text(source.statement_at(at(EXAMPLE, "#[test]"))), "#[test]\n    fn holds() {}");
    assert!(text(source.item_at(at(EXAMPLE, "a: u8"))).starts_with("#[derive(Debug)]\npub struct"));
    assert_eq!(text(source.item_at(at(EXAMPLE, "mod other"))), "mod other;");
}

#[test]
fn imports_are_read() {
    let source =
        parse("pub use a::{b::{self, c}, d as e, f::*};\nuse g;\nextern crate h as i;\nmod j;\nmod k {}\n");
    let all: Vec<_> =
        source.imports().iter().map(|i| (i.path.join("::"), i.name().map(str::to_owned), i.public)).collect();
    let expected = [
        ("a::b::self", Some("b"), true),
        ("a::b::c", Some("c"), true),
        ("a::d", Some("e"), true),
        ("a::f::*", None, true),
        ("g", Some("g"), false),
        ("h", Some("i"), false),
        ("j", Some("j"), false),
    ];
    let expected: Vec<_> =
        expected.iter().map(|(p, n, e)| ((*p).to_owned(), n.map(str::to_owned), *e)).collect();
    assert_eq!(all, expected);
    assert!(source.imports().last().unwrap().is_mod_decl);
}

#[test]
fn definitions_tell_kind_and_reach() {
    let source = parse(
        "fn a(x: u8) { let (y, mut z) = (x, 1); }\npub struct B { c: u8 }\nenum D { E }\nimpl B { fn f(&self) {} }\nimpl T for B { fn g() {} }\n#[no_mangle] fn h() {}\n",
    );
    let all: Vec<_> = source
        .definitions()
        .into_iter()
        .map(|d| format!("{} {:?} {} {}", d.name, d.kind, d.exported, d.has_attributes))
        .collect();
    assert_eq!(
        all,
        [
            "a Function false false",
            "x Parameter false false",
            "y Local false false",
            "z Local false false",
            "B Type true false",
            "c Field false false",
            "D Type false false",
            "E Variant true false",
            "f Method false false",
            "g Method true false",
            "h Function false true",
        ]
    );
}

#[test]
fn test_items_are_known() {
    let text = "fn a() {}\n#[cfg(test)]\nmod t { fn b() {} }\n#[tokio::test]\nasync fn c() {}\n#[cfg(not(test))]\nfn d() {}\n#[cfg(all(test, unix))]\nmod e { fn g() {} }\n";
    let source = parse(text);
    for (needle, inside) in [("a()", false), ("b()", true), ("c()", true), ("d()", false), ("g()", true)] {
        assert_eq!(source.in_test_module(at(text, needle)), inside, "{needle}");
    }
}

/// Tokens are disjoint, in order, and only white space lies between them.
fn check(bytes: &[u8]) {
    let Some(source) = Source::parse(language_of("a.rs").unwrap(), bytes) else { panic!("not parsed") };
    let mut position = 0;
    for (number, token) in source.tokens.iter().enumerate() {
        let range = token.range();
        assert!(range.start >= position && range.end > range.start, "{token:?} at {position}");
        assert!(bytes[position..range.start].iter().all(u8::is_ascii_whitespace), "lost before {token:?}");
        let leaf = &source.nodes[token.node as usize];
        assert!(leaf.tokens().contains(&number));
        position = range.end;
    }
    assert!(bytes[position..].iter().all(u8::is_ascii_whitespace), "lost at the end");
    for (number, node) in source.nodes.iter().enumerate() {
        assert!(node.end as usize > number && node.first <= node.last);
        assert!(number == 0 || (node.parent as usize) < number);
    }
    source.definitions();
    source.imports();
    for byte in 0..=bytes.len() {
        source.entity_at(byte);
        source.statement_at(byte);
    }
}

#[test]
fn no_byte_is_lost() {
    check(EXAMPLE.as_bytes());
    for text in [
        "",
        "\n",
        "fn",
        "fn a( {",
        "}}}",
        "#[a]",
        "#[a] }",
        "mod a { #[b] } fn c(){}",
        "let \u{7f} = é;",
        "\u{feff}fn a() {}",
        "\"",
        "/*",
        "x \0 y",
        "r#\"",
        "use {{{{a}}}};",
    ] {
        check(text.as_bytes());
    }
    check(&[0xff, 0xfe, b'f', b'n', 0x80, b' ', 0xc3]);
    // White space to the grammar alone.
    check(b"\0\0{\x0b0\0\0}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_bytes_become_tokens(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        check(&bytes);
    }

    #[test]
    fn any_soup_becomes_tokens(words in proptest::collection::vec(
        proptest::sample::select(vec!["fn", "a", "(", ")", "{", "}", ";", ",", "#[", "]", "//x\n", "/*y*/", "\"s\"", "\"", "<", ">", "::", "\n", "use", "match", "=>", "é", "'a", "r#\"", "!"]), 0..60)) {
        check(words.join(" ").as_bytes());
        check(words.concat().as_bytes());
    }
}
