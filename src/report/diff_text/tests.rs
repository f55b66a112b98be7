//! What people see of a diff.

use std::sync::Arc;

use super::*;
use crate::diff::{ChangedFile, Side, diff};

#[allow(clippy::unnecessary_wraps, reason = "a side as a changed file has it")]
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
    insta::assert_snapshot!(render(&example(), style(80, false)), @r#"
    src/a.rs  (code, rust)
      (file)
        u0 import 5
             2 + use c::d;
      fn f
        u1 body 2
             4 -     let x = a - 1;
                               ^
             5 +     let x = a + 1; // \x1b[31mred
                               ^
        u2 comment 5
             4 -     let x = a - 1;
             5 +     let x = a + 1; // \x1b[31mred
                                    ^^^^^^^^^^^^^^
        u3 added 6
             6 +     dbg!(x);
    1 file, 4 units, weight 18: 1 body, 1 added, 1 import, 1 comment
    "#);
    insta::assert_snapshot!(stat(&example()), @r#"
    units  weight  entity           kinds
        1       5  src/a.rs         import
        3      13  src/a.rs › fn f  body, added, comment
        4      18  total

    units  weight  kind
        1       2  body
        1       6  added
        1       5  import
        1       5  comment
        4      18  total
    "#);
}

#[test]
fn context_is_shown_where_it_is_asked_for() {
    let text = render(&example(), Style { context: 1, ..style(80, false) });
    insta::assert_snapshot!(text, @r#"
    src/a.rs  (code, rust)
      (file)
        u0 import 5
             1   use a::b;
             2 + use c::d;
             3
      fn f
        u1 body 2
             4   fn f(a: u8) -> u8 {
             4 -     let x = a - 1;
                               ^
             5 +     let x = a + 1; // \x1b[31mred
                               ^
             6       dbg!(x);
        u2 comment 5
             4   fn f(a: u8) -> u8 {
             4 -     let x = a - 1;
             5 +     let x = a + 1; // \x1b[31mred
                                    ^^^^^^^^^^^^^^
             6       dbg!(x);
        u3 added 6
             5       let x = a + 1; // \x1b[31mred
             6 +     dbg!(x);
             7       x
    1 file, 4 units, weight 18: 1 body, 1 added, 1 import, 1 comment
    "#);
}

#[test]
fn colour_marks_what_changed() {
    let text = render(&example(), style(80, true)).replace('\u{1b}', "ESC");
    insta::assert_snapshot!(text, @r#"
    ESC[1msrc/a.rs  (code, rust)ESC[0m
    ESC[1m  (file)ESC[0m
    ESC[2m    u0 import 5ESC[0m
    ESC[1;32m         2 +ESC[0m ESC[1;32muse c::d;ESC[0m
    ESC[1m  fn fESC[0m
    ESC[2m    u1 body 2ESC[0m
    ESC[1;31m         4 -ESC[0m     let x = a ESC[1;31m-ESC[0m 1;
    ESC[1;32m         5 +ESC[0m     let x = a ESC[1;32m+ESC[0m 1; // \x1b[31mred
    ESC[2m    u2 comment 5ESC[0m
    ESC[1;31m         4 -ESC[0m     let x = a - 1;
    ESC[1;32m         5 +ESC[0m     let x = a + 1; ESC[1;32m// \x1b[31mredESC[0m
    ESC[2m    u3 added 6ESC[0m
    ESC[1;32m         6 +ESC[0m     ESC[1;32mdbg!(x);ESC[0m
    ESC[1m1 file, 4 units, weight 18: 1 body, 1 added, 1 import, 1 commentESC[0m
    "#);
}

#[test]
fn renames_moves_and_format() {
    let f = "fn f(n: u8) -> u8 {\n    let total = n;\n    total + total\n}\n";
    let g = "fn g() {\n    one(1);\n    two(2);\n    three(3);\n}\n";
    let h = "fn h() {\n    four(4);\n}\n";
    let old = format!("{g}\n{h}\n{f}");
    let new = format!("{h}\n{g}\n{}", f.replace("total", "sum"));
    let laid = ("fn a() {\n    x(1,2);\n    y( 3 );\n}\n", "fn a() {\n    x(1, 2);\n    y(3);\n}\n");
    let found = diff(&[changed("src/a.rs", &old, &new), changed("src/b.rs", laid.0, laid.1)]);
    insta::assert_snapshot!(render(&found, style(80, false)), @r#"
    src/a.rs  (code, rust)
      fn h
        u0 move 0  lines 7–9 → 1–3
             1 + fn h() {
             2 +     four(4);
             3 + }
      fn f
        u1 rename 1  total → sum in 3 places: lines 12, 13
    src/b.rs  (code, rust)  2 format units, weight 3: u2, u3
    2 files, 4 units, weight 4: 2 format, 1 rename, 1 move
    "#);
}

#[test]
fn files_that_come_go_and_change_their_nature() {
    let lines = |n: usize| (0..n).map(|i| format!("    call_{i}();\n")).collect::<Vec<_>>().concat();
    let body = format!("fn big() {{\n{}}}\n", lines(60));
    let found = diff(&[
        ChangedFile { old: None, new: side("new.rs", 0o100_644, body.as_bytes()) },
        ChangedFile { old: side("old.txt", 0o100_644, b"gone\n"), new: None },
        ChangedFile { old: side("run.sh", 0o100_644, b"ls\n"), new: side("run.sh", 0o100_755, b"ls\n") },
        ChangedFile { old: side("x.bin", 0o100_644, b"\0a"), new: side("x.bin", 0o100_644, b"\0abc") },
    ]);
    insta::assert_snapshot!(render(&found, style(80, false)), @r#"
    new.rs  (code, rust, created)
        u0 file 1  file created
      fn big
        u1 added 246  needs u0
             1 + fn big() {
             2 +     call_0();
             3 +     call_1();
                 … 59 more lines (--full shows them)
    old.txt  (doc, deleted)
        u2 file 1  file deleted  needs u3
      (file)
        u3 data 1
             1 - gone
    run.sh  (code)
        u4 mode 1  file mode 100644 → 100755
    x.bin  (other, binary)
        u5 file 1  content 2 → 4 bytes
    4 files, 6 units, weight 251: 1 added, 3 file, 1 mode, 1 data
    "#);
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
