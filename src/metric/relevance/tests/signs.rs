//! Each sign: where it holds, and where it must not.

use super::*;

const FAR: &str = "fn far(a: u8) -> u8 {\n    let b = a + 1;\n    b * 2\n}\n";

fn check(old: &str, new: &str, wanted: &[&str]) {
    assert_eq!(judge(old, new), wanted, "\n{old}\n---\n{new}");
}

#[test]
fn formats() {
    // Away from any change.
    check(
        "fn f() { a(1); }\n\n\nfn g(x: u8) -> u8 {\n    x + 1\n}\n",
        "fn f() { a( 1 ); }\n\n\nfn g(x: u8) -> u8 {\n    x + 2\n}\n",
        &["irrelevant format A:  | ", "unproven: 1 => 2"],
    );
    // On the line of a change.
    let old = "fn f() {\n    a(1);\n    b(1);\n}\n";
    let found = judge(old, "fn f() {\n    a( 2 );\n    b(1);\n}\n");
    assert!(found.iter().all(|line| !line.starts_with("irrelevant")), "{found:?}");
}

#[test]
fn blocks_put_around_code_indent_it() {
    let old = "fn f(c: bool) {\n    a();\n    b();\n}\n";
    let new = "fn f(c: bool) {\n    if c {\n        a();\n        b();\n    }\n}\n";
    for line in judge(old, new) {
        assert!(line.starts_with("unproven") || line.starts_with("supporting"), "{line}");
    }
}

#[test]
fn comments() {
    let old = format!("fn f(x: u8) -> u8 {{\n    x + 1\n}}\n\n{FAR}");
    let new = format!(
        "fn f(x: u8) -> u8 {{\n    // One more.\n    x + 2\n}}\n\n{}",
        FAR.replace("    b * 2", "    // Twice.\n    b * 2")
    );
    check(&old, &new, &["supporting: // One more.", "unproven: 1 => 2", "irrelevant comment B: // Twice."]);
}

#[test]
fn unused() {
    let old = "fn f(x: u8) -> u8 {\n    x + 1\n}\n";
    let new = "use std::collections::HashMap;\nuse std::fmt::Write;\n\nfn f(x: u8) -> u8 {\n    let spare = 3;\n    x + 2\n}\n\n/// Helps.\nfn helper() {}\n\nfn used() {}\n\npub fn api() { used() }\n";
    check(
        old,
        new,
        &[
            "irrelevant unused A: use std::collections::HashMap;",
            "unproven: use std::fmt::Write;",
            "irrelevant unused A: let spare = 3;",
            "unproven: 1 => 2",
            "irrelevant unused A: /// Helps.",
            "irrelevant unused A: fn helper() {}",
            "unproven: fn used() {}",
            "unproven: pub fn api() { used() }",
        ],
    );
}

#[test]
fn imports_in_another_order() {
    let old = "use a::b;\nuse c::d;\n\nfn f(x: u8) -> u8 {\n    b(d(x)) + 1\n}\n";
    let new = "use c::d;\nuse a::b;\n\nfn f(x: u8) -> u8 {\n    b(d(x)) + 2\n}\n";
    let found = judge(old, new);
    assert!(
        found.iter().all(|line| line.starts_with("irrelevant neutral A: use") || line == "unproven: 1 => 2"),
        "{found:?}"
    );
    let found = judge(old, &new.replace("use a::b;", "use a::b;\nuse e::g;"));
    assert!(found.iter().any(|line| line == "irrelevant unused A: use e::g;"), "{found:?}");
}

#[test]
fn names_and_parentheses() {
    let text = "fn f(x: u8) -> u8 {\n    let a = x;\n    let y = a * 2;\n    y + 1\n}\n";
    for (old, new, wanted) in [
        ("let y = a * 2", "let y = (a) * 2", vec!["irrelevant neutral A: ( | )"]),
        ("y + 1", "y * (1 + 2)", vec!["unproven"]),
        ("a", "sum", vec!["irrelevant neutral A: a => sum | a => sum"]),
    ] {
        let new = if old == "a" { text.replace(" a ", " sum ") } else { text.replace(old, new) };
        let found = judge(text, &new);
        assert!(found.iter().zip(&wanted).all(|(line, wanted)| line.starts_with(wanted)), "{found:?}");
    }
    // The old name lives on outside the new one's scope, or inside it.
    let old = "fn f(x: u8) -> u8 {\n    let x = g(x);\n    h(x);\n    x\n}\n";
    let new = "fn f(x: u8) -> u8 {\n    let other = g(x);\n    h(other);\n    other\n}\n";
    let found = judge(old, new);
    assert!(found.iter().all(|line| line.starts_with("irrelevant neutral A")), "{found:?}");
    let found = judge(old, &new.replace("h(other)", "h(x)"));
    assert!(found.iter().all(|line| line.starts_with("unproven")), "{found:?}");
}

#[test]
fn comments_that_follow_the_change() {
    let old = "impl A {\n    pub fn bytes(&self) -> u8 {\n        1\n    }\n\n    /// See `bytes`.\n    fn rest(&self) -> u8 {\n        self.bytes()\n    }\n}\n\n// The end.\n\nfn gone() {\n    work();\n}\n";
    let new = "impl A {\n    pub fn chunk(&self) -> u8 {\n        2\n    }\n\n    /// See `chunk`.\n    fn rest(&self) -> u8 {\n        self.chunk() + 1\n    }\n}\n";
    for line in judge(old, new) {
        assert!(!line.starts_with("irrelevant"), "{line}");
    }
}

#[test]
fn debug() {
    let old = format!("fn f(x: u8) -> u8 {{\n    x + 1\n}}\n\n{FAR}");
    let new = format!(
        "fn f(x: u8) -> u8 {{\n    println!(\"x is {{x}}\");\n    // let y = x + 3;\n    x + 2\n}}\n\n{}",
        FAR.replace("a + 1", "dbg!(a) + 1")
    );
    check(
        &old,
        &new,
        &[
            "irrelevant debug B: println!(\"x is {x}\");",
            "irrelevant debug B: // let y = x + 3;",
            "unproven: 1 => 2",
            "irrelevant debug B: dbg!( | )",
        ],
    );
}

#[test]
fn paths() {
    let fix = ("src/lib.rs", "fn f() { 1 }\n", "fn f() { 2 }\n");
    for (path, wanted) in [
        ("reproduce.py", Some(Sign::Scratch)),
        ("examples/debug_fail.rs", Some(Sign::Scratch)),
        ("examples/reproduce.rs", Some(Sign::Scratch)),
        ("src/bin/repro.rs", Some(Sign::Scratch)),
        ("tests/reproduce.rs", None),
        ("test_fix.sh", Some(Sign::Scratch)),
        ("test_issue/src/main.rs", Some(Sign::Scratch)),
        ("test_it.rs", Some(Sign::Scratch)),
        ("src/lib.rs.orig", Some(Sign::Scratch)),
        ("SUMMARY.md", Some(Sign::Scratch)),
        ("IMPLEMENTATION_NOTES.md", Some(Sign::Scratch)),
        ("docs/guide.md", None),
        ("src/fix_point.rs", Some(Sign::Unused)),
        ("build.rs", None),
        ("examples/hello.rs", None),
        (".gitignore", Some(Sign::Housekeeping)),
        ("Cargo.lock", Some(Sign::Housekeeping)),
        (".github/workflows/ci.yml", Some(Sign::Housekeeping)),
        ("tests/data/a.diff", None),
    ] {
        let (_, found) = judge_with(&[fix, (path, "", "fn main() { work(1) }\n")], Some("It fails."), None);
        assert_eq!(found.iter().find_map(|found| found.sign), wanted, "{path}: {found:#?}");
    }
}

#[test]
fn what_only_a_debug_print_uses_goes_with_it() {
    let old = "fn f(x: u8) -> u8 {\n    x + 1\n}\n";
    let new = "fn shown(x: u8) -> u8 {\n    x * 3\n}\n\nfn f(x: u8) -> u8 {\n    println!(\"DEBUG {}\", shown(x));\n    x + 2\n}\n";
    check(
        old,
        new,
        &[
            "irrelevant debug B: fn shown(x: u8) -> u8 { x * 3 }",
            "irrelevant debug B: println!(\"DEBUG {}\", shown(x));",
            "unproven: 1 => 2",
        ],
    );
}

#[test]
fn gold_acquits() {
    let old = "fn f(x: u8) -> u8 {\n    x + 1\n}\n";
    let new = "// Two.\nfn f( x: u8) -> u8 {\n    helper(x + 2)\n}\n\nfn helper(x: u8) -> u8 {\n    x\n}\n";
    let gold = "fn f(x: u8) -> u8 {\n    helper(x + 2)\n}\n\nfn helper(x: u8) -> u8 {\n    x\n}\n";
    let (diff, found) = judge_with(&[("src/a.rs", old, new)], None, Some(&[("src/a.rs", old, gold)]));
    let lines: Vec<String> = found.iter().map(|found| line(&diff, found)).collect();
    assert!(lines.iter().any(|line| line.starts_with("acquitted: fn helper")), "{lines:?}");
    // A patch with gold alone is acquitted whole.
    let (_, found) = judge_with(&[("src/a.rs", old, gold)], None, Some(&[("src/a.rs", old, gold)]));
    assert!(found.iter().all(|found| found.class == Class::Acquitted));
}

#[test]
fn what_the_statement_names_is_no_clutter() {
    let files = [("src/lib.rs", "fn f() { 1 }\n", "fn f() { 2 }\n"), (".gitignore", "a\n", "a\nb\n")];
    let (_, found) = judge_with(&files, Some("Add b to .gitignore."), None);
    assert!(found.iter().all(|found| found.class != Class::Irrelevant));
    let base = base(&files);
    let diff = diff(&changed(&files));
    let allow = [".gitignore".to_owned()];
    let input = Input { diff: &diff, gold: None, statement: None, allow: Some(&allow), base: &base };
    assert!(classify(&input).iter().all(|found| found.class != Class::Irrelevant));
}
