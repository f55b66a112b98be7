//! Each sign: where it holds, and where it must not.

use super::*;

const FAR: &str = "fn far(a: u8) -> u8 {\n    let b = a + 1;\n    b * 2\n}\n";

fn check(old: &str, new: &str, wanted: &[&str]) {
    assert_eq!(judge(old, new), wanted, "\n{old}\n---\n{new}");
}

#[test]
fn formats() {
    for (old, new, wanted) in [
        // Away from any change.
        (
            "fn f() { a(1); }\n\n\nfn g(x: u8) -> u8 {\n    x + 1\n}\n",
            "fn f() { a( 1 ); }\n\n\nfn g(x: u8) -> u8 {\n    x + 2\n}\n",
            vec!["irrelevant format A: 1 => 1", "unproven: 1 => 2"],
        ),
    ] {
        check(old, new, &wanted);
    }
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
fn neutral() {
    let old = format!("use a::b;\nuse c::d;\n\nfn f(x: u8) -> u8 {{\n    b(d(x)) + 1\n}}\n\n{FAR}");
    let far = FAR.replace("let b", "let sum").replace("b * 2", "(sum) * 2");
    let new = format!("use c::d;\nuse a::b;\n\nfn f(x: u8) -> u8 {{\n    b(d(x)) + 2\n}}\n\n{far}");
    let found = judge(&old, &new);
    println!("{found:#?}");
    assert_eq!(found.iter().filter(|line| line.starts_with("irrelevant neutral A")).count(), found.len() - 1);
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
        let signs: Vec<Option<Sign>> = found
            .iter()
            .filter(|f| !f.evidence.iter().any(|e| e.file == "src/lib.rs") && f.why != found[found.len() - 1].why || true)
            .map(|found| found.sign)
            .collect();
        assert_eq!(signs.iter().flatten().next().copied(), wanted, "{path}: {found:#?}");
    }
}
