//! Names, imports and tests in each language, and what no language may do: lose a byte, or panic.

use proptest::prelude::*;

use super::{LANGUAGES, Source, flag, language_of};

fn parse(path: &str, text: &str) -> Source {
    Source::parse(language_of(path).unwrap(), text.as_bytes()).unwrap()
}

fn imports(path: &str, text: &str) -> Vec<String> {
    let shown = |import: super::Import| {
        let name = import.name().unwrap_or("-").to_owned();
        format!("{} as {name}{}", import.path.join(" "), if import.public { " public" } else { "" })
    };
    parse(path, text).imports().into_iter().map(shown).collect()
}

fn definitions(path: &str, text: &str) -> Vec<String> {
    let all = parse(path, text).definitions().into_iter();
    all.map(|d| format!("{:?} {}{}", d.kind, d.name, if d.exported { "" } else { " private" })).collect()
}

#[test]
fn names_of_go_and_java() {
    let go = "package a\n\nimport (\n\t\"fmt\"\n\tm \"x/y\"\n)\n\ntype R struct{ n int }\n\nfunc (r *R) Push() {}\nfunc f() {}\n";
    assert_eq!(imports("a.go", go), ["fmt as fmt", "x y as m"]);
    assert_eq!(definitions("a.go", go), ["Type R", "Field n", "Method Push", "Function f"]);
    let java = "import a.B;\nimport static a.C.d;\nclass R {\n    int n = 1;\n    void push() {}\n}\n";
    assert_eq!(imports("R.java", java), ["a B as B", "a C d as d"]);
    assert_eq!(definitions("R.java", java), ["Type R", "Field n", "Method push"]);
}

#[test]
fn imports_of_typescript() {
    let text = "\
import a, { b, c as d } from \"./m\";
import * as e from 'e';
import type { F } from \"f\";
import \"g\";
export { h, i as j } from \"h\";
export * from \"k\";
export * as l from \"l\";
import m = require(\"m\");
const { n, o: p } = require(\"n\");
const q = require(\"q\").r;
async function s() { await import(\"./t\"); const u = require(\"u\"); }
export { a };
";
    assert_eq!(
        imports("a.ts", text),
        [
            "./m default as a",
            "./m b as b",
            "./m c as d",
            "e * as e",
            "f F as F",
            "g as -",
            "h h as h public",
            "h i as j public",
            "k * as - public",
            "l * as l public",
            "m * as m",
            "n n as n",
            "n o as p",
            "q r as q",
            "./t as -",
            "u as -",
        ]
    );
}

#[test]
fn imports_of_python() {
    let text = "import a, b.c as d, e.f\nfrom g.h import i as j, k\nfrom . import l\nfrom ..m import (n,)\nfrom o import *\nfrom __future__ import p\n";
    assert_eq!(
        imports("a.py", text),
        [
            "a as a",
            "b c as d",
            "e f as e",
            "g h i as j",
            "g h k as k",
            ". l as l",
            ".. m n as n",
            "o * as -",
            "__future__ p as p"
        ]
    );
}

#[test]
fn definitions_of_typescript() {
    let text = "\
import x from \"x\";
export function a(b: B, { c, d: [e] }: D, ...f: F[]) { const g = 1; for (const h of b) {} try {} catch (i) {} }
const j = (k: K) => k;
const l = 1, m = 2;
export class N { o = 1; #p() {} private q() {} r(): void {} }
export interface S { t: string; u(): void }
type V = 1;
enum W { X, Y = 2 }
namespace Z { export const z = 1; }
";
    assert_eq!(
        definitions("a.ts", text),
        [
            "Function a",
            "Parameter b private",
            "Parameter c private",
            "Parameter e private",
            "Parameter f private",
            "Local g private",
            "Local h private",
            "Local i private",
            "Function j private",
            "Parameter k private",
            "Constant l private",
            "Constant m private",
            "Type N",
            "Field o",
            "Method #p private",
            "Method q private",
            "Method r",
            "Type S",
            "Field t",
            "Method u",
            "Type V private",
            "Type W private",
            "Variant X",
            "Variant Y",
            "Module Z private",
            "Constant z",
        ]
    );
    assert_eq!(definitions("a.js", "function a() {}\n"), ["Function a"], "a script's names are everybody's");
}

#[test]
fn definitions_of_python() {
    let text = "A = 1\ndef b(c, d=2, *e, f: int = 3, **g):\n    h, (i, j) = k\n    for l in m: pass\n    with n as o: pass\n    [p for p in q]\n    def r(): pass\nclass S(T):\n    u = 1\n    @v\n    def w(self): self.x = y\n";
    assert_eq!(
        definitions("a.py", text),
        [
            "Constant A",
            "Function b",
            "Parameter c",
            "Parameter d",
            "Parameter e",
            "Parameter f",
            "Parameter g",
            "Local h private",
            "Local i private",
            "Local j private",
            "Local l private",
            "Local o private",
            "Local p private",
            "Function r private",
            "Type S",
            "Field u",
            "Method w",
            "Parameter self",
        ]
    );
}

#[test]
fn entities_are_found_from_bytes() {
    let script = "\
@d export class A { f = () => { one(); }; static g() { two; } }
export const h = async () => { three; };
export default { i() { four; } };
describe(\"sum\", () => { it.each([1])(`adds`, () => { five; }); });
const j = { k: six };
";
    let python = "@d\nclass A:\n    @e\n    def f(self):\n        one\nB = two\nif c:\n    def g(): three\n";
    for (path, text, needle, entity) in [
        ("a.ts", script, "one", "class A/method f"),
        ("a.ts", script, "two", "class A/method g"),
        ("a.ts", script, "@d", "class A"),
        ("a.ts", script, "three", "function h"),
        ("a.ts", script, "export const", "function h"),
        ("a.ts", script, "four", "export default/method i"),
        ("a.ts", script, "five", "describe sum/it adds"),
        ("a.ts", script, "six", "const j"),
        ("a.py", python, "one", "class A/def f"),
        ("a.py", python, "@e", "class A/def f"),
        ("a.py", python, "@d", "class A"),
        ("a.py", python, "two", "const B"),
        ("a.py", python, "three", "def g"),
    ] {
        let at = text.find(needle).unwrap();
        assert_eq!(parse(path, text).entity_at(at).join("/"), entity, "{needle}");
    }
}

#[test]
fn tests_are_known() {
    let script = "it('adds', () => { one; });\ntest.skip('x', () => { two; });\nfoo.test('y');\nit(three);\n";
    let python = "def test_a():\n    one\nclass TestB:\n    def c(self):\n        two\ndef d():\n    three\n";
    for (path, text) in [("a.js", script), ("a.py", python)] {
        let source = parse(path, text);
        for (needle, test) in [("one", true), ("two", true), ("three", false)] {
            assert_eq!(source.in_test_module(text.find(needle).unwrap()), test, "{path} {needle}");
        }
    }
}

#[test]
fn white_space_in_running_text_is_text_where_it_shows() {
    let tokens = |text: &str| -> Vec<String> {
        let source = parse("a.tsx", &format!("<p>{text}</p>"));
        let words = source
            .tokens
            .iter()
            .enumerate()
            .filter(|(_, token)| source.nodes[token.node as usize].is(flag::TEXT));
        words.map(|(number, _)| String::from_utf8_lossy(source.text(number)).into_owned()).collect()
    };
    assert_eq!(tokens("a b"), ["a", "b"]);
    assert_eq!(tokens("\n  a\n  b  \n"), ["a", "b"]);
    assert_eq!(tokens("a  b "), ["a  b "]);
    assert_eq!(tokens("{c} {d}"), [" "]);
    assert_eq!(tokens(" a\n"), [" a"]);
}

#[test]
fn every_kind_that_a_language_names_is_one_of_its_grammar() {
    // The rows of the JavaScript family share their lists; a kind must be known to one of its grammars.
    let known = |kind: &str, name: &str| {
        LANGUAGES
            .iter()
            .filter(|other| {
                other.name == name
                    || (name != "rust" && name != "python" && other.name != "rust" && other.name != "python")
            })
            .any(|other| {
                let grammar = (other.grammar)();
                (0..grammar.node_kind_count()).any(|id| grammar.node_kind_for_id(id as u16) == Some(kind))
            })
    };
    for language in LANGUAGES {
        let entities: Vec<&str> = language.entities.iter().map(|entity| entity.node).collect();
        let fields: Vec<&str> = language.body_fields.iter().map(|(kind, _)| *kind).collect();
        for kinds in [
            language.containers,
            language.statement_lists,
            language.bodies,
            language.attributes,
            language.wrappers,
            language.own_bodies,
            language.items,
            language.statements,
            language.comments,
            language.atoms,
            language.texts,
            language.literals,
            language.identifiers,
            language.imports,
            language.loads,
            language.tests,
            language.refined,
            language.opaque,
            language.trailing_separator,
            language.trailing_of_many,
            language.agreeing,
            language.line_ends,
            language.block_ended,
            language.file_like,
            &entities,
            &fields,
        ] {
            for kind in kinds {
                assert!(known(kind, language.name), "{}: {kind}", language.name);
            }
        }
    }
}

/// Tokens are disjoint, in order, and only white space lies between them; every question has an answer.
fn check(language: &'static super::Language, bytes: &[u8]) {
    let source = Source::parse(language, bytes).unwrap();
    let mut position = 0;
    for token in &source.tokens {
        let range = token.range();
        assert!(range.start >= position && range.end > range.start, "{token:?} at {position}");
        assert!(bytes[position..range.start].iter().all(u8::is_ascii_whitespace), "lost before {token:?}");
        position = range.end;
    }
    assert!(bytes[position..].iter().all(u8::is_ascii_whitespace), "lost at the end");
    for (number, node) in source.nodes.iter().enumerate().skip(1) {
        assert!((node.parent as usize) < number, "{}: node {number} has no parent before it", language.name);
    }
    source.definitions();
    source.imports();
    source.error_count();
    for byte in 0..=bytes.len() {
        source.entity_at(byte);
        source.statement_at(byte);
        source.in_test_module(byte);
    }
}

const WORDS: &[&str] = &[
    "function", "class", "A", "f", "(", ")", "{", "}", "[", "]", ";", ",", "=>", "=", "<", "/>", "</", ">",
    "a b", "  ", "\n", "\n    ", "`x ${", "`", "'s'", "\"", "/r/", "// c\n", "/*", "# c\n", "@d", "import",
    "from", "export", "default", "const", "def", ":", "\"\"\"", "f\"{", "if", "else", "return", "case",
    "switch", "it('x', ", "lambda", "\\\n", "é", "\t",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn any_bytes_become_tokens(bytes in proptest::collection::vec(any::<u8>(), 0..160)) {
        for language in LANGUAGES {
            check(language, &bytes);
        }
    }

    #[test]
    fn any_soup_becomes_tokens(words in proptest::collection::vec(proptest::sample::select(WORDS), 0..50)) {
        for language in LANGUAGES {
            check(language, words.join(" ").as_bytes());
            check(language, words.concat().as_bytes());
        }
    }
}
