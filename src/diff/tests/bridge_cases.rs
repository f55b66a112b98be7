//! Changes in files that the grammars cannot read by themselves (see `syntax::bridge`).

use super::*;

/// `name`, ending, old, new, units as [`show`] writes them.
const CASES: &[(&str, &str, &str, &str, &[&str])] = &[
    (
        "variance added to a type parameter",
        "ts",
        "interface A<B, C> {\n  b: B;\n}\n",
        "interface A<in out B, C> {\n  b: B;\n}\n",
        &["signature [interface A] 2:  -> in out"],
    ),
    (
        "type parameter with variance, and a member",
        "ts",
        "interface A<in B> {\n  b: B;\n}\nconst d = 1;\n",
        "interface A<in B, out C> {\n  b: B;\n  c(): void;\n}\nconst d = 2;\n",
        &[
            "signature [interface A] 3:  -> , out C",
            "signature [interface A/method c] 6:  -> c(): void;",
            "body [const d] 2: 1 -> 2",
        ],
    ),
    (
        "types handed on, one more",
        "ts",
        "export type * from \"./a\";\nexport type * from \"./b\";\n",
        "export type * from \"./a\";\nexport type * from \"./c\";\nexport type * from \"./b\";\n",
        &["import [] 6:  -> export type * from \"./c\";"],
    ),
    (
        "overload without semicolons",
        "ts",
        "let f: {\n  <A>(a: A): B<A>\n  <A>(a: A, b: C): B<A>\n}\n",
        "let f: {\n  <A>(a: A): B<A>\n  <A>(a: A, b: C, d: D): B<A>\n  <A>(e: E): A\n}\n",
        &["signature [const f] 4:  -> , d: D", "signature [const f] 10:  -> <A>(e: E): A"],
    ),
    (
        "words around an ampersand",
        "tsx",
        "let a = <b>Plan & Bill</b>;\n",
        "let a = <b>Plan & Pay</b>;\n",
        &["body [const a] 2: Plan & Bill -> Plan & Pay"],
    ),
    (
        "class of an element",
        "jsx",
        "let a = <p class=\"b\">c</p>;\nlet d = 1;\n",
        "let a = <p class=\"e\">c</p>;\nlet d = 2;\n",
        &["body [const a] 2: \"b\" -> \"e\"", "body [const d] 2: 1 -> 2"],
    ),
    (
        "snapshot in a macro called like a type",
        "rs",
        "fn f() {\n    a(str![[\"b\"]]);\n    c();\n}\n",
        "fn f() {\n    a(str![[\"d\"]]);\n    e();\n    c();\n}\n",
        &["body [fn f] 2: \"b\" -> \"d\"", "added [fn f] 4:  -> e();"],
    ),
    (
        "function that is safe",
        "rs",
        "unsafe extern \"C\" {\n    fn f();\n    fn g();\n}\n",
        "unsafe extern \"C\" {\n    safe fn f();\n    fn g(a: u8);\n}\n",
        &["signature [fn f] 1:  -> safe", "signature [fn g] 3:  -> a: u8"],
    ),
];

#[test]
fn units_of_what_a_grammar_does_not_know() {
    for (name, ending, old, new, expected) in CASES {
        assert_eq!(show(&of_path(&format!("src/a.{ending}"), old, new)), *expected, "{name}");
    }
}
