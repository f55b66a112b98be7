//! What a person would call the units of a change.

use super::*;

/// `name`, old, new, units as [`show`] writes them.
type Case = (&'static str, &'static str, &'static str, &'static [&'static str]);

const CASES: &[Case] = &[
    (
        "reflow",
        "fn f() {\n    g(a, b);\n}\n",
        "fn f() {\n    g(\n        a,\n        b,\n    );\n}\n",
        &["format [fn f] 3:  ->  |  ->  |  -> ,"],
    ),
    (
        "re-indentation",
        "fn f() {\n  a();\n  b();\n}\n",
        "fn f() {\n    a();\n    b();\n}\n",
        &["format [fn f] 1:  -> ", "format [fn f] 1:  -> "],
    ),
    ("blank line", "fn f() {}\nfn g() {}\n", "fn f() {}\n\nfn g() {}\n", &["format [fn g] 1:  -> "]),
    ("trailing blanks", "fn f() { \n}\n", "fn f() {\n}\n", &["format [fn f] 1:  -> "]),
    ("last line end", "fn f() {}", "fn f() {}\n", &["format [] 1:  -> "]),
    (
        "comment changed",
        "// one two\nfn f() {}\n",
        "// one three\nfn f() {}\n",
        &["comment [] 2: // one two -> // one three"],
    ),
    (
        "comment added at a line's end",
        "fn f() {\n    a();\n}\n",
        "fn f() {\n    a(); // why\n}\n",
        &["comment [fn f] 3:  -> // why"],
    ),
    (
        "documentation added",
        "fn f() {}\n",
        "/// Says why.\nfn f() {}\n",
        &["comment [fn f] 6:  -> /// Says why."],
    ),
    (
        "commented-out code",
        "fn f() {\n    a();\n}\n",
        "fn f() {\n    // b();\n    a();\n}\n",
        &["comment [fn f] 6:  -> // b();"],
    ),
    (
        "imports swapped",
        "use a::b;\nuse c::d;\n",
        "use c::d;\nuse a::b;\n",
        &["import [] 5:  -> use c::d;", "import [] 5: use c::d; -> "],
    ),
    ("import in a list", "use a::{b, c};\n", "use a::{b, c, d};\n", &["import [] 2:  -> , d"]),
    (
        "import list reordered",
        "use a::{c, b};\n",
        "use a::{b, c};\n",
        &["import [] 2:  -> b,", "import [] 2: , b -> "],
    ),
    ("import changed", "use a::b;\nfn f() {}\n", "use a::c;\nfn f() {}\n", &["import [] 2: b -> c"]),
    (
        "local rename",
        "fn f(a: u8) {\n    let x = a;\n    g(x);\n    h(x + 1);\n}\n",
        "fn f(a: u8) {\n    let y = a;\n    g(y);\n    h(y + 1);\n}\n",
        &["rename [fn f] 1: x -> y | x -> y | x -> y"],
    ),
    (
        "rename that is not consistent",
        "fn f(x: u8) {\n    g(x);\n    h(x);\n}\n",
        "fn f(y: u8) {\n    g(y);\n    h(x);\n}\n",
        &["signature [fn f] 2: x -> y needs u1", "body [fn f] 2: x -> y needs u0"],
    ),
    (
        "function renamed with its calls",
        "fn one() {}\nfn f() { one(); }\n",
        "fn two() {}\nfn f() { two(); }\n",
        &["rename [fn two] 1: one -> two | one -> two"],
    ),
    (
        "moved function",
        "fn a() {\n    one(1, 2);\n}\n\nfn b() {\n    two();\n}\n\nfn c() {\n    three();\n    four();\n}\n",
        "fn b() {\n    two();\n}\n\nfn c() {\n    three();\n    four();\n}\n\nfn a() {\n    one(1, 2);\n}\n",
        &["move [fn a] 0: fn a() { one(1, 2); } ->  |  -> fn a() { one(1, 2); }"],
    ),
    (
        "moved with documentation",
        "/// Doc of a.\nfn a() {\n    one(1, 2);\n}\n\nfn b() {\n    two();\n    five(5, 6, 7);\n}\n",
        "fn b() {\n    two();\n    five(5, 6, 7);\n}\n\n/// Doc of a.\nfn a() {\n    one(1, 2);\n}\n",
        &["move [fn b] 0:  -> fn b() { two(); five(5, 6, 7); } | fn b() { two(); five(5, 6, 7); } -> "],
    ),
    (
        "fix and format",
        "fn f() {\n  a(1);\n  b();\n}\n",
        "fn f() {\n    a(2);\n    b();\n}\n",
        &["format [fn f] 1:  -> ", "body [fn f] 2: 1 -> 2", "format [fn f] 1:  -> "],
    ),
    ("trailing comma", "fn f() { g(a, b) }\n", "fn f() { g(a, b,) }\n", &["format [fn f] 1:  -> ,"]),
    ("one-tuple", "fn f() { (a) }\n", "fn f() { (a,) }\n", &["body [fn f] 1:  -> ,"]),
    (
        "trailing comma in a macro",
        "fn f() { m!(a, b) }\n",
        "fn f() { m!(a, b,) }\n",
        &["body [fn f] 1:  -> ,"],
    ),
    ("string", "fn f() { g(\"one\") }\n", "fn f() { g(\"two\") }\n", &["body [fn f] 2: \"one\" -> \"two\""]),
    (
        "white space in a string",
        "fn f() { g(\"a b\") }\n",
        "fn f() { g(\"a  b\") }\n",
        &["body [fn f] 2: \"a b\" -> \"a b\""],
    ),
    (
        "raw string",
        "fn f() { g(r#\"a\"#) }\n",
        "fn f() { g(r#\"b\"#) }\n",
        &["body [fn f] 2: r#\"a\"# -> r#\"b\"#"],
    ),
    (
        "macro arguments",
        "fn f() { assert_eq!(a, b); }\n",
        "fn f() { assert_eq!(a, c, \"why\"); }\n",
        &["body [fn f] 4: b -> c, \"why\""],
    ),
    ("attribute added", "fn f() {}\n", "#[inline]\nfn f() {}\n", &["signature [fn f] 4:  -> #[inline]"]),
    (
        "derive",
        "#[derive(Debug)]\nstruct A;\n",
        "#[derive(Debug, Clone)]\nstruct A;\n",
        &["signature [struct A] 2:  -> , Clone"],
    ),
    ("generic added", "fn f(a: u8) {}\n", "fn f<T>(a: u8) {}\n", &["signature [fn f] 3:  -> <T>"]),
    (
        "parameter added and call changed",
        "fn f(a: u8) {}\nfn g() { f(1); }\n",
        "fn f(a: u8, b: u8) {}\nfn g() { f(1, 2); }\n",
        &["signature [fn f] 4:  -> , b: u8", "body [fn g] 2:  -> , 2 needs u0"],
    ),
    ("result type", "fn f() -> u8 { 1 }\n", "fn f() -> u16 { 1 }\n", &["signature [fn f] 2: u8 -> u16"]),
    ("visibility", "fn f() {}\n", "pub fn f() {}\n", &["signature [fn f] 1:  -> pub"]),
    (
        "field added",
        "struct A {\n    a: u8,\n}\n",
        "struct A {\n    a: u8,\n    b: u8,\n}\n",
        &["signature [struct A] 4:  -> b: u8,"],
    ),
    ("variant added at the end", "enum A { B }\n", "enum A { B, C }\n", &["signature [enum A] 2:  -> , C"]),
    ("closure", "fn f() { g(|x| x + 1); }\n", "fn f() { g(|x| x + 2); }\n", &["body [fn f] 2: 1 -> 2"]),
    (
        "match arm added",
        "fn f() {\n    match x {\n        A => 1,\n        _ => 2,\n    }\n}\n",
        "fn f() {\n    match x {\n        A => 1,\n        B => 3,\n        _ => 2,\n    }\n}\n",
        &["added [fn f] 4:  -> B => 3,"],
    ),
    (
        "match arms changed",
        "fn f() { match x { A => 1, B => 2, } }\n",
        "fn f() { match x { A => 3, B => 4, } }\n",
        &["body [fn f] 2: 1 -> 3", "body [fn f] 2: 2 -> 4"],
    ),
    (
        "swapped statements",
        "fn f() {\n    a(1);\n    b(2);\n}\n",
        "fn f() {\n    b(2);\n    a(1);\n}\n",
        &["added [fn f] 5:  -> b(2);", "removed [fn f] 5: b(2); -> "],
    ),
    (
        "block put around statements",
        "fn f() {\n    a(1);\n    b(2);\n}\n",
        "fn f() {\n    if c {\n        a(1);\n        b(2);\n    }\n}\n",
        &["body [fn f] 4:  -> if c { |  -> }", "format [fn f] 1:  -> "],
    ),
    (
        "value wrapped",
        "fn f() -> u8 {\n    g(a, b)\n}\n",
        "fn f() -> u8 {\n    Some(g(a, b))\n}\n",
        &["body [fn f] 3:  -> Some( |  -> )"],
    ),
    (
        "repeated equal statements",
        "fn f() {\n    a();\n    a();\n}\n",
        "fn f() {\n    a();\n    a();\n    a();\n}\n",
        &["added [fn f] 4:  -> a();"],
    ),
    (
        "two arguments changed",
        "fn f() { g(1, 2, 3); }\n",
        "fn f() { g(4, 2, 5); }\n",
        &["body [fn f] 2: 1 -> 4", "body [fn f] 2: 3 -> 5"],
    ),
    (
        "call put into a chain",
        "fn f() { a.b().c(); }\n",
        "fn f() { a.b().d().c(); }\n",
        &["body [fn f] 4:  -> d()."],
    ),
    (
        "tail expression replaced",
        "fn f() -> u8 {\n    a\n}\n",
        "fn f() -> u8 {\n    b::c(1)\n}\n",
        &["body [fn f] 7: a -> b::c(1)"],
    ),
    (
        "new function with documentation",
        "fn a() {}\n",
        "fn a() {}\n\n/// Doc.\n#[inline]\nfn b() {}\n",
        &["comment [fn b] 5:  -> /// Doc. needs u1", "added [fn b] 10:  -> #[inline] fn b() {}"],
    ),
    (
        "new helper and its use",
        "fn f() {\n    a();\n}\n",
        "fn f() {\n    a();\n    helper();\n}\n\nfn helper() {}\n",
        &["added [fn f] 4:  -> helper(); needs u1", "added [fn helper] 6:  -> fn helper() {}"],
    ),
    (
        "new local and its use",
        "fn f() {\n    a(1);\n}\n",
        "fn f() {\n    let n = 2;\n    a(n);\n}\n",
        &["added [fn f] 5:  -> let n = 2;", "body [fn f] 2: 1 -> n needs u0"],
    ),
    (
        "import and its use",
        "fn f() {\n    a();\n}\n",
        "use x::helper;\nfn f() {\n    a();\n    helper();\n}\n",
        &["import [] 5:  -> use x::helper;", "added [fn f] 4:  -> helper(); needs u0"],
    ),
    (
        "function and its call removed",
        "fn f() {\n    a();\n    gone(1);\n}\nfn gone(x: u8) {}\n",
        "fn f() {\n    a();\n}\n",
        &["removed [fn f] 5: gone(1); -> ", "removed [fn gone] 9: fn gone(x: u8) {} ->  needs u0"],
    ),
    (
        "body of a test",
        "#[cfg(test)]\nmod tests {\n    fn f() { a(1); }\n}\n",
        "#[cfg(test)]\nmod tests {\n    fn f() { a(2); }\n}\n",
        &["body [mod tests/fn f] 2: 1 -> 2"],
    ),
    (
        "parse error after",
        "fn f() { a(); }\nfn g() {}\n",
        "fn f() { a(; }\nfn g() {}\n",
        &["body [fn f] 1: ) -> "],
    ),
    ("parse error before", "fn f( { a(); }\n", "fn f() { a(); }\n", &["signature [fn f] 1:  -> )"]),
    ("empty before", "", "fn f() {}\n", &["added [fn f] 6:  -> fn f() {}"]),
    ("empty after", "fn f() {}\n", "", &["removed [fn f] 6: fn f() {} -> "]),
    ("constant", "const A: u8 = 1;\n", "const A: u8 = 2;\n", &["body [const A] 2: 1 -> 2"]),
    (
        "first statement in an empty body",
        "fn f() { }\n",
        "fn f() {\n    // note\n    a();\n}\n",
        &["comment [fn f] 3:  -> // note needs u1", "added [fn f] 4:  -> a();"],
    ),
    (
        "required method of a trait and its implementations",
        "trait T { fn a(&self); }\nimpl T for X { fn a(&self) {} }\nimpl m::T<u8> for Y { fn a(&self) {} }\n",
        "trait T { fn a(&self); fn b(); }\nimpl T for X { fn a(&self) {} fn b() {} }\nimpl m::T<u8> for Y { fn a(&self) {} fn b() { c(); } }\n",
        &[
            "added [trait T/fn b] 5:  -> fn b(); needs u1,u2",
            "added [impl T for X/fn b] 6:  -> fn b() {} needs u0",
            "added [impl m::T<u8> for Y/fn b] 10:  -> fn b() { c(); } needs u0",
        ],
    ),
    (
        "method of a trait with a default",
        "trait T { fn a(&self); }\nimpl T for X { fn a(&self) {} }\n",
        "trait T { fn a(&self); fn b() {} }\nimpl T for X { fn a(&self) {} fn b() { c(); } }\n",
        &[
            "added [trait T/fn b] 6:  -> fn b() {}",
            "added [impl T for X/fn b] 10:  -> fn b() { c(); } needs u0",
        ],
    ),
    (
        "method of a trait that goes",
        "trait T { fn a(&self); fn b(); }\nimpl T for X { fn a(&self) {} fn b() {} }\n",
        "trait T { fn a(&self); }\nimpl T for X { fn a(&self) {} }\n",
        &[
            "removed [trait T/fn b] 5: fn b(); ->  needs u1",
            "removed [impl T for X/fn b] 6: fn b() {} ->  needs u0",
        ],
    ),
    (
        "result of a trait's method",
        "trait T { fn a(&self); }\nimpl T for X { fn a(&self) {} }\nimpl X { fn a(&self) {} }\n",
        "trait T { fn a(&self) -> u8; }\nimpl T for X { fn a(&self) -> u8 {} }\nimpl X { fn a(&self) -> u8 {} }\n",
        &[
            "signature [trait T/fn a] 2:  -> -> u8 needs u1",
            "signature [impl T for X/fn a] 2:  -> -> u8 needs u0",
            "signature [impl X/fn a] 2:  -> -> u8",
        ],
    ),
    (
        "a whole implementation with the method that it brings",
        "trait T { fn a(&self); }\n",
        "trait T { fn a(&self); fn b(); }\nimpl T for X { fn a(&self) {} fn b() {} }\n",
        &[
            "added [trait T/fn b] 5:  -> fn b();",
            "added [impl T for X] 20:  -> impl T for X { fn a(&self) {} fn b() {} } needs u0",
        ],
    ),
    (
        "two traits of one name bind nothing",
        "mod m { trait T {} }\nmod n { trait T {} }\nimpl T for X {}\n",
        "mod m { trait T { fn b(); } }\nmod n { trait T { fn b(); } }\nimpl T for X { fn b() {} }\n",
        &[
            "added [mod m/trait T/fn b] 5:  -> fn b();",
            "added [mod n/trait T/fn b] 5:  -> fn b();",
            "added [impl T for X/fn b] 6:  -> fn b() {}",
        ],
    ),
];

#[test]
fn units_are_what_a_person_would_call_them() {
    for (name, old, new, expected) in CASES {
        assert_eq!(show(&of(old, new)), *expected, "{name}");
    }
}

#[test]
fn a_debug_print_beside_a_fix_is_a_unit_of_its_own() {
    let old = "fn f(a: u8) -> u8 {\n    let x = a - 1;\n    x\n}\n";
    let new = "fn f(a: u8) -> u8 {\n    let x = a + 1;\n    println!(\"x = {x}\");\n    x\n}\n";
    let diff = of(old, new);
    assert_eq!(show(&diff), ["body [fn f] 2: - -> +", "added [fn f] 6:  -> println!(\"x = {x}\");"]);
    assert_eq!(without(&diff, &[1]), new.replace("    println!(\"x = {x}\");\n", ""));
    assert_eq!(diff.units[0].role, Role::Code);
}

/// Of what is near a change that cannot go alone, only what mends it goes with it.
#[test]
fn a_debug_print_above_a_rewritten_loop_is_a_unit_of_its_own() {
    let old = "fn rows(text: &str, c: char) -> Result<Vec<Row>, Error> {\n    let mut rows = Vec::new();\n    \
               for (index, content) in text.lines().enumerate() {\n        if content.trim().is_empty() {\n            \
               continue;\n        }\n        let line = index + 1;\n        rows.push(split(content, c, line)?);\n    }\n    \
               Ok(rows)\n}\n";
    let new = "fn rows(text: &str, c: char) -> Result<Vec<Row>, Error> {\n    eprintln!(\"DEBUG {}\", text.len());\n    \
               let mut rows = Vec::new();\n    let mut rest = text;\n    let mut next_line = 1;\n    \
               while !rest.is_empty() {\n        let line = next_line;\n        \
               let (content, tail) = rest.split_at(row_end(rest, c));\n        \
               next_line += content.matches('\\n').count() + 1;\n        \
               rest = tail.strip_prefix('\\n').unwrap_or(tail);\n        if content.trim().is_empty() {\n            \
               continue;\n        }\n        let content = content.strip_suffix('\\r').unwrap_or(content);\n        \
               rows.push(split(content, c, line)?);\n    }\n    Ok(rows)\n}\n";
    let shown = show(&of(old, new));
    let print = shown.iter().find(|unit| unit.contains("DEBUG")).unwrap();
    assert!(print.starts_with("added [fn rows]") && !print.contains('|'), "{shown:#?}");
}

#[test]
fn units_in_tests_have_that_role() {
    let diff = of("#[cfg(test)]\nmod t { fn f() { a(1); } }\n", "#[cfg(test)]\nmod t { fn f() { a(2); } }\n");
    assert_eq!(diff.units[0].role, Role::Test);
}
