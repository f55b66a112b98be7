//! What each bridge is for, and what has to be left alone.

use proptest::prelude::*;

use super::bridge::read;
use super::{LANGUAGES, Source, language_of};

fn parse(path: &str, text: &str) -> Source {
    Source::parse(language_of(path).unwrap(), text.as_bytes()).unwrap()
}

/// `path`, a text that the grammar cannot read by itself.
const NEEDED: &[(&str, &str)] = &[
    ("a.ts", "export interface A<in B> { c: B }\n"),
    ("a.ts", "class A<in out B extends C, out D = 1> {}\n"),
    ("a.ts", "type F<\n  in A,\n  /** @ts-ignore */\n  out B extends string,\n> = (a: A) => B;\n"),
    ("a.ts", "export type * from \"./a\";\nexport type * as b from './b';\n"),
    ("a.ts", "let a: import(\"./x\").Y<Z>;\n"),
    ("a.ts", "type A = import('./x').Y.Z[];\n"),
    ("a.ts", "f<typeof import('x')>();\n"),
    ("a.ts", "type A = () => (import(\"x\").Y | undefined)[];\n"),
    ("a.ts", "type A<type> = B | (type extends C ? 1 : 2);\n"),
    ("a.ts", "function f(using: A) {}\ng(using, 2);\n"),
    ("a.ts", "type A<B extends string> = `see \\`${B}\\``;\n"),
    ("a.ts", "interface A {\n  (a: B): C\n  <D>(a: B): C\n}\n"),
    (
        "a.ts",
        "let a: {\n  <D>(a: B): C<D>\n  /**\n   * @since 1\n   */\n  <D, E extends (a: D) => B>(a: B): C\n}\n",
    ),
    ("a.ts", "let a: {\n  b: C // why\n  // and\n  <D>(a: B): C\n}\n"),
    ("a.ts", "interface A {\n  b: C\n  in: E\n  instanceof?: E\n  in2: F\n}\n"),
    ("a.tsx", "let a = <b>A & B</b>;\n"),
    ("a.tsx", "let a = (\n  <b c={d}>\n    A{d} & B\n  </b>\n);\n"),
    ("a.tsx", "let a = <a href=\"/?a=1&b=2\" c='d&e'>f</a>;\n"),
    ("a.jsx", "let a = <p class=\"b\" for={c}>d</p>;\n"),
    ("a.js", "export { if_ as if, void_ as void };\n"),
    ("a.js", "import { class as b } from \"c\";\n"),
    ("a.js", "a()\nin_b = 1\n"),
    ("a.rs", "fn f() { a(str![[r#\"x\"#]]); }\n"),
    ("a.rs", "fn f() { let a = try!(g()); }\n"),
    ("a.rs", "fn f(a: Box<dyn 'b + FnOnce()>, c: impl 'b + D) {}\n"),
    ("a.rs", "fn f() { g(Token![~]); }\n"),
    ("a.rs", "macro_rules! a { [$] => { b }; }\n"),
    ("a.rs", "unsafe extern \"C\" {\n    safe fn f();\n    pub safe fn g();\n}\n"),
];

#[test]
fn what_a_grammar_does_not_know_is_no_error() {
    for (path, text) in NEEDED {
        let source = parse(path, text);
        assert_eq!(source.error_count(), 0, "{text}\n{}", source.tree.root_node().to_sexp());
        let mut parser = tree_sitter::Parser::new();
        parser.set_language(&source.language.kinds().grammar).unwrap();
        // Else the bridge can go.
        assert!(parser.parse(text, None).unwrap().root_node().has_error(), "{text}");
        let seen: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
        let held = (0..source.tokens.len()).flat_map(|token| source.text(token));
        let held: Vec<u8> = held.copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
        assert_eq!(held, seen, "{text}");
    }
}

/// `path`, a text that looks like one for a bridge and is not.
const LEFT: &[(&str, &str)] = &[
    ("a.ts", "for (const a in b) { c(a < d, out + 1) }\n"),
    ("a.ts", "f(a, out as B, out)\n"),
    ("a.ts", "type * 2\n"),
    ("a.ts", "import(\"x\").then((a) => a[0]);\nconst b = (await import(\"x\")).c<D>();\n"),
    ("a.ts", "let a: import(\"x\").Y;\nlet b: typeof import(\"x\");\n"),
    ("a.ts", "using a = f();\nawait using b = g();\n"),
    ("a.ts", "let a = `b\\\\`;\n"),
    ("a.ts", "const a =\n  <A>(b: A) => b\nconst c = (d: E) =>\n  <A>(b: A) => b\n"),
    ("a.ts", "let a: {\n  b: C;\n  <D>(a: B): C,\n  // c\n  <D>(a: B): C\n}\n"),
    ("a.ts", "a = b // c\n  < d\nif (a\n  in b) {}\n"),
    ("a.tsx", "let a = <b>&amp; &#38; {c && d} {e & f}</b>;\n"),
    ("a.js", "let a = b & c, d = e && f\nconst as = 1\nreturn as\n"),
    ("a.js", "if (a) b = \"c\"; else d={}; export default {}\n"),
    ("a.js", "a\nin b\ninfo()\n"),
    ("a.rs", "fn f() { let a: &str = \"b\"; my_str![1]; retry!(2); str::len(a); $crate::b; $($c)* }\n"),
    ("a.rs", "unsafe fn f(a: Box<dyn 'static>) {}\n"),
];

#[test]
fn what_a_grammar_knows_is_given_to_it_as_it_is() {
    for (path, text) in LEFT {
        let language = language_of(path).unwrap();
        let read = read(language.bridges, text.as_bytes()).unwrap_or_else(|| text.as_bytes().to_vec());
        assert_eq!(String::from_utf8_lossy(&read), *text, "{path}");
    }
}

#[test]
fn what_stands_before_an_element_goes_into_it() {
    let source = parse("a.ts", "interface A<in B, out C> {}\n");
    let list = (0..source.nodes.len()).find(|node| source.kind_name(*node) == "type_parameters").unwrap();
    let elements: Vec<String> = source.elements(list).map(|node| source.node_text(node)).collect();
    assert_eq!(elements, ["in B", "out C"]);
}

/// What bridges look for, and what they look at.
const PARTS: [&str; 44] = [
    "in ",
    "out ",
    "<",
    ">",
    ",",
    "A",
    "=",
    "import(",
    "\"x\"",
    "'",
    ")",
    ".then",
    ".A",
    "[",
    "(",
    "\n",
    "\r\n",
    "  ",
    " as ",
    "class",
    "=\"",
    "&",
    "&amp;",
    "</b>",
    "<b>",
    "/*",
    "*/",
    "// ",
    "`",
    "\\",
    "using",
    "type *",
    "from",
    "export ",
    "(type extends ",
    "safe fn",
    "str!",
    "try!",
    "dyn '",
    "+",
    "$",
    "~",
    "typeof ",
    "é",
];

proptest! {
    #[test]
    fn a_text_keeps_its_length_and_its_tokens(
        parts in proptest::collection::vec(proptest::sample::select(&PARTS[..]), 0..30),
        language in proptest::sample::select(LANGUAGES),
    ) {
        let text = parts.concat();
        let length = read(language.bridges, text.as_bytes()).map_or(text.len(), |read| read.len());
        prop_assert_eq!(length, text.len());
        let source = Source::parse(language, text.as_bytes()).unwrap();
        let ends = std::iter::once(0).chain(source.tokens.iter().map(|token| token.end as usize));
        let starts = source.tokens.iter().map(|token| token.start as usize).chain([text.len()]);
        for (end, start) in ends.zip(starts) {
            prop_assert!(text.as_bytes()[end..start].iter().all(u8::is_ascii_whitespace), "{:?}", text);
        }
    }
}
