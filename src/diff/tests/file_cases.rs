//! Files that come, go, change their name, mode, ends of lines or encoding.

use super::*;

fn shown(files: &[ChangedFile]) -> Vec<String> {
    let diff = diff(files);
    invariants::hold(files, &diff);
    show(&diff)
}

fn one(path: &str, old: Option<&[u8]>, new: Option<&[u8]>) -> Vec<String> {
    shown(&[file(path, old, new)])
}

#[test]
fn created_and_deleted_files_have_a_unit_and_their_elements() {
    let text: &[u8] = b"use a::b;\n\nfn f() {}\n";
    assert_eq!(
        one("src/a.rs", None, Some(text)),
        [
            "file [file created] 1:  -> ",
            "import [] 5:  -> use a::b; needs u0",
            "added [fn f] 6:  -> fn f() {} needs u0"
        ]
    );
    assert_eq!(
        one("src/a.rs", Some(text), None),
        [
            "file [file deleted] 1:  ->  needs u1,u2",
            "import [] 5: use a::b; -> ",
            "removed [fn f] 6: fn f() {} -> "
        ]
    );
    assert_eq!(one("src/a.rs", None, Some(b"")), ["file [file created] 1:  -> "]);
    assert_eq!(
        one("notes.txt", None, Some(b"one two\n")),
        ["file [file created] 1:  -> ", "data [] 2:  -> one two needs u0"]
    );
}

#[test]
fn renames_are_found_by_content_and_by_likeness() {
    let lines: Vec<String> = (0..20).map(|i| format!("fn f{i}() {{ a({i}); }}\n")).collect();
    let lines = lines.concat();
    let changed = lines.replace("a(3)", "b(3)");
    let moved = |new: &str| {
        [file("src/a.rs", Some(lines.as_bytes()), None), file("src/b.rs", None, Some(new.as_bytes()))]
    };
    assert_eq!(shown(&moved(&lines)), ["file [file renamed] 1:  -> "]);
    assert_eq!(shown(&moved(&changed)), ["file [file renamed] 1:  -> ", "body [fn f3] 2: a -> b"]);
    assert_eq!(shown(&moved("fn other() {}\n")).len(), 2 + 21);
}

#[test]
fn ends_of_lines_are_one_unit_and_the_rest_is_compared_without_them() {
    let old: &[u8] = b"fn f() {\n    a(1);\n}\n";
    assert_eq!(
        one("src/a.rs", Some(old), Some(b"fn f() {\r\n    a(2);\r\n    b();\r\n}\r\n")),
        ["mode [end of line] 1:  -> ", "body [fn f] 2: 1 -> 2", "added [fn f] 4:  -> b();"]
    );
    assert_eq!(one("src/a.rs", Some(b"a;\r\nb;\r\n"), Some(b"a;\nb;\n")), ["mode [end of line] 1:  -> "]);
    assert_eq!(one("a.txt", Some(b"a\r\nb\n"), Some(b"a\nb\n")).len(), 1);
}

#[test]
fn marks_and_modes_are_units() {
    assert_eq!(
        one("src/a.rs", Some(b"fn f() { 1 }\n"), Some(b"\xef\xbb\xbffn f() { 2 }\n")),
        ["mode [byte-order mark] 1:  -> ", "body [fn f] 2: 1 -> 2"]
    );
    let mut changed = file("run.sh", Some(b"a\n"), Some(b"a\n"));
    changed.new.as_mut().unwrap().mode = 0o100_755;
    assert_eq!(shown(&[changed]), ["mode [file mode] 1:  -> "]);
}

#[test]
fn what_is_no_text_is_one_unit_and_what_is_no_utf8_is_lines() {
    assert_eq!(one("a.png", Some(b"\0a"), Some(b"\0b")), ["file [content] 1: -> ".replace(": ->", ":  ->")]);
    assert_eq!(one("src/a.rs", Some(b"// \xe9\nfn f() {}\n"), Some(b"// \xe8\nfn f() {}\n")).len(), 1);
    assert_eq!(one("a.ini", Some(b"a = 1\nb = 2\n"), Some(b"a = 1\nb = 3\n")), ["data [] 2: b = 2 -> b = 3"]);
    assert_eq!(one("src/a.rs", Some(b"fn f() {}\n"), Some(b"fn f() {}\n")), Vec::<String>::new());
}

#[test]
fn elements_move_between_files() {
    let a = "fn a() {\n    one(1, 2, 3);\n}\nfn b() { two(); }\n";
    let b = "fn c() { three(); }\n";
    let files = [
        file("src/a.rs", Some(a.as_bytes()), Some(b"fn b() { two(); }\n")),
        file("src/b.rs", Some(b.as_bytes()), Some(format!("{b}\nfn a() {{ one(1, 2, 3); }}\n").as_bytes())),
    ];
    assert_eq!(shown(&files), ["move [fn a] 0: fn a() { one(1, 2, 3); } ->  |  -> fn a() { one(1, 2, 3); }"]);
}

#[test]
fn large_generated_files_are_compared() {
    let line = |i: usize, n: usize| format!("pub const C{i}: u32 = {};\n", i * n);
    let text = |n: usize| (0..8000).map(|i| line(i, n)).collect::<Vec<_>>().concat();
    let diff = diff(&[file("src/a.rs", Some(text(1).as_bytes()), Some(text(2).as_bytes()))]);
    assert_eq!(diff.units.len(), 7999);
    assert!(!diff.files[0].coarse);
    // A table of 50,000 lines with a change in every 50th.
    let row = |i: usize, n: usize| {
        format!("pub const C{i}: u32 = {};\n", if i.is_multiple_of(50) { i + n } else { i })
    };
    let text = |n: usize| (0..50_000).map(|i| row(i, n)).collect::<Vec<_>>().concat();
    let files = [file("src/a.rs", Some(text(0).as_bytes()), Some(text(1).as_bytes()))];
    let diff = super::diff(&files);
    let shown = show(&diff);
    assert_eq!(shown.len(), 1000);
    assert_eq!(shown[1], "body [const C50] 2: 50 -> 51");
    assert!(!diff.files[0].coarse);
}

/// A bundle is built anew as a whole; a small one is read like any file.
#[test]
fn a_large_bundle_is_one_unit() {
    let line = |i: usize, n: usize| {
        format!("function f{i}() {{ return {}; }}\n", if i.is_multiple_of(900) { n } else { 0 })
    };
    let text = |lines: usize, n: usize| {
        let functions: String = (0..lines).map(|i| line(i, n)).collect();
        format!("{functions}//# sourceMappingURL=a.js.map\n")
    };
    let of_lines = |lines: usize| {
        let (old, new) = (text(lines, 1), text(lines, 2));
        of_path("dist/a.js", &old, &new)
    };
    let small = of_lines(1000);
    assert_eq!(show(&small), ["body [function f0] 2: 1 -> 2", "body [function f900] 2: 1 -> 2"]);
    let large = of_lines(9000);
    let [unit] = &large.units[..] else { panic!("{:#?}", show(&large)) };
    assert_eq!((unit.kind, unit.weight, unit.changes.len()), (UnitKind::Data, 20, 10));
    assert_eq!((large.files[0].role, large.files[0].language.as_deref()), (Role::Generated, None));
}

#[test]
fn an_import_needs_what_it_imports_and_what_hands_it_on() {
    let sides = [
        ("src/a.rs", "fn f() {}\n", "fn f() {}\npub const N: u8 = 1;\n"),
        ("src/b.rs", "use crate::{X};\nfn h() {}\n", "use crate::{X, N};\nfn h() {}\n"),
        ("src/lib.rs", "pub use a::{X};\n", "pub use a::{X, N};\n"),
    ];
    let files = |back: bool| {
        let side = |(path, old, new): (&'static str, &'static str, &'static str)| {
            let (old, new) = if back { (new, old) } else { (old, new) };
            file(path, Some(old.as_bytes()), Some(new.as_bytes()))
        };
        sides.map(side)
    };
    assert_eq!(
        shown(&files(false)),
        [
            "added [const N] 8:  -> pub const N: u8 = 1;",
            "import [] 2:  -> , N needs u0,u2",
            "import [] 2:  -> , N needs u0"
        ]
    );
    assert_eq!(
        shown(&files(true)),
        [
            "removed [const N] 8: pub const N: u8 = 1; ->  needs u1,u2",
            "import [] 2: , N -> ",
            "import [] 2: , N ->  needs u1"
        ]
    );
}
