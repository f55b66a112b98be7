//! What people see of a diff.

use std::sync::Arc;

use super::*;
use crate::diff::{ChangedFile, Side, diff};

fn side(path: &str, mode: u32, text: &[u8]) -> Option<Side> {
    Some(Side { path: path.into(), mode, bytes: Arc::from(text) })
}

fn changed(path: &str, old: &str, new: &str) -> ChangedFile {
    ChangedFile { old: side(path, 0o100_644, old.as_bytes()), new: side(path, 0o100_644, new.as_bytes()) }
}

fn style(width: usize, colour: bool) -> Style {
    Style { view: View { width, colour }, context: 0, full: false }
}

fn example() -> Diff {
    let old = "use a::b;\n\nfn f(a: u8) -> u8 {\n    let x = a - 1;\n    x\n}\n";
    let new = "use a::b;\nuse c::d;\n\nfn f(a: u8) -> u8 {\n    let x = a + 1; // \u{1b}[31mred\n    dbg!(x);\n    x\n}\n";
    diff(&[changed("src/a.rs", old, new)])
}

#[test]
fn people_see_lines_under_headings() {
    insta::assert_snapshot!(render(&example(), style(80, false)), @"");
    insta::assert_snapshot!(stat(&example()), @"");
}

#[test]
fn context_is_shown_where_it_is_asked_for() {
    let text = render(&example(), Style { context: 1, ..style(80, false) });
    insta::assert_snapshot!(text, @"");
}

#[test]
fn colour_marks_what_changed() {
    let text = render(&example(), style(80, true)).replace('\u{1b}', "ESC");
    insta::assert_snapshot!(text, @"");
}

#[test]
fn renames_moves_and_format() {
    let old = "fn f(n: u8) -> u8 {\n    let total = n;\n    total + total\n}\n\nfn g() {\n    one(1);\n    two(2);\n    three(3);\n}\n\nfn h() {\n    four(4);\n}\n";
    let new = "fn g() {\n    one(1);\n    two(2);\n    three(3);\n}\n\nfn f(n: u8) -> u8 {\n    let sum = n;\n    sum + sum\n}\n\nfn h() {\n    four(4);\n}\n";
    let laid = ("fn a() {\n    x(1,2);\n    y( 3 );\n}\n", "fn a() {\n    x(1, 2);\n    y(3);\n}\n");
    let found = diff(&[changed("src/a.rs", old, new), changed("src/b.rs", laid.0, laid.1)]);
    insta::assert_snapshot!(render(&found, style(80, false)), @"");
}

#[test]
fn files_that_come_go_and_change_their_nature() {
    let lines = |n: usize| (0..n).map(|i| format!("    call_{i}();\n")).collect::<String>();
    let body = format!("fn big() {{\n{}}}\n", lines(60));
    let found = diff(&[
        ChangedFile { old: None, new: side("new.rs", 0o100_644, body.as_bytes()) },
        ChangedFile { old: side("old.txt", 0o100_644, b"gone\n"), new: None },
        ChangedFile { old: side("run.sh", 0o100_644, b"ls\n"), new: side("run.sh", 0o100_755, b"ls\n") },
        ChangedFile { old: side("x.bin", 0o100_644, b"\0a"), new: side("x.bin", 0o100_644, b"\0abc") },
    ]);
    insta::assert_snapshot!(render(&found, style(80, false)), @"");
    let full = render(&found, Style { full: true, ..style(80, false) });
    assert!(full.contains("call_59()") && !full.contains("--full"), "{full}");
}

#[test]
fn nothing_in_a_file_reaches_the_terminal() {
    let hostile = "\u{1b}]0;x\u{7}\r\u{202e}";
    let found = diff(&[changed(
        &format!("a{hostile}.py"),
        &format!("def f{hostile}():\n    pass\n"),
        &format!("def g{hostile}():\n    x = '{hostile}'\n"),
    )]);
    let text = render(&found, style(80, false)) + &stat(&found);
    assert!(!text.chars().any(|c| c.is_control() && c != '\n') && !text.contains('\u{202e}'), "{text}");
    assert!(render(&example(), style(80, true)).contains(RED));
}

#[test]
fn no_line_is_wider_than_the_screen() {
    let long = format!("fn f() {{ g(\"{}\"); }}\n", "模型 ".repeat(100));
    let found =
        diff(&[changed("a.rs", &long, &long.replace("g(", "h(")), changed("b.rs", "fn a() {}\n", &long)]);
    for line in render(&found, style(60, false)).lines() {
        assert!(line.width() <= 60, "{line}");
    }
}

#[test]
fn runs_of_ids_are_short() {
    assert_eq!(runs(&["u1", "u2", "u3", "u7", "u9", "u10"]), "u1–u3, u7, u9, u10");
}
