//! Patches against small trees: tables by rung, and hostile paths.

use std::collections::BTreeMap;

use super::{Applied, ApplyError, Blob, Rung, Tree, apply, apply_edits, render};
use crate::prediction::reply;

/// Files in memory.
#[derive(Debug, Clone, Default)]
pub(super) struct Files {
    pub(super) blobs: BTreeMap<String, Blob>,
    /// Contents that the repository knows besides.
    objects: Vec<Vec<u8>>,
}

impl Tree for Files {
    fn blob(&self, path: &str) -> Option<Blob> {
        self.blobs.get(path).cloned()
    }

    fn paths(&self) -> Vec<String> {
        self.blobs.keys().cloned().collect()
    }

    fn blob_by_id(&self, hex_prefix: &str) -> Option<Vec<u8>> {
        let id = |bytes: &[u8]| git2::Oid::hash_object(git2::ObjectType::Blob, bytes).unwrap().to_string();
        self.objects.iter().find(|bytes| id(bytes).starts_with(hex_prefix)).cloned()
    }
}

pub(super) fn files(entries: &[(&str, &str)]) -> Files {
    let mut files = Files::default();
    for (path, text) in entries {
        let (path, mode) = match path.strip_suffix('@') {
            Some(path) => (path, 0o120_000),
            None => (*path, 0o100_644),
        };
        files.blobs.insert(path.to_owned(), Blob { mode, bytes: text.as_bytes().to_vec() });
    }
    files
}

/// The rung and the changed files, or the error.
pub(super) fn outcome(tree: &Files, patch: &str) -> String {
    told(apply(tree, patch.as_bytes()))
}

fn told(outcome: Result<Applied, ApplyError>) -> String {
    let applied = match outcome {
        Ok(applied) => applied,
        Err(ApplyError::Empty) => return "empty".to_owned(),
        Err(ApplyError::UnsafePath { .. }) => return "unsafe".to_owned(),
        Err(ApplyError::Malformed { line, .. }) => return format!("malformed {line}"),
        Err(error @ ApplyError::Rejected { .. }) => return format!("rejected: {error}"),
    };
    let mut words = vec![format!("{:?}", applied.rung)];
    for (path, blob) in &applied.changes {
        words.push(match blob {
            None => format!("-{path}"),
            Some(blob) => {
                let mode = if blob.mode == 0o100_644 { String::new() } else { format!("({:o})", blob.mode) };
                format!("{path}{mode}={:?}", String::from_utf8_lossy(&blob.bytes))
            }
        });
    }
    words.join(" ")
}

pub(super) fn numbers(range: std::ops::RangeInclusive<u32>) -> String {
    range.fold(String::new(), |text, number| text + &number.to_string() + "\n")
}

/// Changes 5 to five in a file of numbers.
pub(super) const FIVE: &str = "--- a/n\n+++ b/n\n@@ -3,5 +3,5 @@\n 3\n 4\n-5\n+five\n 6\n 7\n";

#[test]
fn rungs_of_one_hunk() {
    let ten = numbers(1..=10);
    let five = ten.replace("5\n", "five\n");
    let shifted = "0\n".to_owned() + &ten;
    let torn = ten.replace("3\n", "drei\n");
    let cases = [
        ("stated line", ten.as_str(), FIVE.to_owned(), format!("Exact n={five:?}")),
        ("another line", &shifted, FIVE.to_owned(), format!("Offset n={:?}", "0\n".to_owned() + &five)),
        ("blank line before", &ten, format!("\n{FIVE}"), format!("Recounted n={five:?}")),
        ("prose before", &ten, format!("Here it is:\n\n{FIVE}"), format!("Recounted n={five:?}")),
        ("no last newline", &ten, FIVE.trim_end().to_owned(), format!("Recounted n={five:?}")),
        ("wrong counts", &ten, FIVE.replace("-3,5 +3,5", "-3,9 +3,2"), format!("Recounted n={five:?}")),
        ("counts too small", &ten, FIVE.replace("-3,5 +3,5", "-3,2 +3,2"), format!("Recounted n={five:?}")),
        ("lost blanks", &ten, FIVE.replace("\n 6\n 7\n", "\n6\n7\n"), format!("Recounted n={five:?}")),
        ("CRLF diff", &ten, FIVE.replace('\n', "\r\n"), format!("Recounted n={five:?}")),
        ("torn context", &torn, FIVE.to_owned(), format!("Fuzz n={:?}", five.replace("3\n", "drei\n"))),
        (
            "wrong counts and torn context",
            &torn,
            FIVE.replace("-3,5 +3,5", "-3,9 +3,9"),
            "rejected: \"n\": hunk 1 matches nowhere".to_owned(),
        ),
        ("already applied", &five, FIVE.to_owned(), "rejected: \"n\": hunk 1 matches nowhere".to_owned()),
        ("another file", "a\nb\n", FIVE.to_owned(), "rejected: \"n\": hunk 1 matches nowhere".to_owned()),
    ];
    for (name, base, patch, expected) in cases {
        assert_eq!(outcome(&files(&[("n", base)]), &patch), expected, "{name}\n{patch}");
    }
}

#[test]
fn lost_blanks_of_indented_context() {
    let base = "fn a() {\n    one();\n    two();\n    three();\n    four();\n    five();\n    six();\n}\n";
    let patch = "--- a/n\n+++ b/n\n@@ -3,3 +3,3 @@\n    two();\n-    three();\n+    3();\n    four();\n";
    let expected = format!("Recounted n={:?}", base.replace("three", "3"));
    assert_eq!(outcome(&files(&[("n", base)]), patch), expected);
}

#[test]
fn three_way() {
    let base = numbers(1..=12);
    let now = base.replace("3\n", "drei\n");
    let id = git2::Oid::hash_object(git2::ObjectType::Blob, base.as_bytes()).unwrap().to_string();
    let patch = |hunk: &str| {
        format!("diff --git a/n b/n\nindex {}..1234567 100644\n--- a/n\n+++ b/n\n{hunk}", &id[..7])
    };
    let mut tree = files(&[("n", &now)]);
    let hunk = "@@ -2,5 +2,5 @@\n 2\n 3\n 4\n-5\n+five\n 6\n";
    let wrong = hunk.replace("-2,5 +2,5", "-2,9 +2,9");
    assert!(outcome(&tree, &patch(&wrong)).starts_with("rejected"), "the blob is not known");
    tree.objects.push(base.clone().into_bytes());
    let expected = format!("ThreeWay n={:?}", now.replace("5\n", "five\n"));
    assert_eq!(outcome(&tree, &patch(hunk)), expected);
    assert_eq!(outcome(&tree, &patch(&wrong)), expected);
    let conflict = "@@ -2,3 +2,3 @@\n 2\n-3\n+three\n 4\n";
    assert!(outcome(&tree, &patch(conflict)).starts_with("rejected"));
}

#[test]
fn whole_files_come_and_go() {
    let tree = files(&[("a", "1\n"), ("d/b", "2\n"), ("empty", ""), ("l@", "a")]);
    let new = |mode: &str, path: &str, body: &str| {
        format!("diff --git a/{path} b/{path}\nnew file mode {mode}\n{body}")
    };
    let text = |path: &str| format!("--- /dev/null\n+++ b/{path}\n@@ -0,0 +1 @@\n+x\n");
    let delete = "diff --git a/a b/a\ndeleted file mode 100644\n--- a/a\n+++ /dev/null\n@@ -1 +0,0 @@\n-1\n";
    let cases = [
        (new("100644", "n", &text("n")), "Exact n=\"x\\n\""),
        (new("100755", "d/n", &text("d/n")), "Exact d/n(100755)=\"x\\n\""),
        (new("100644", "n", ""), "Exact n=\"\""),
        (new("100644", "a", &text("a")), "rejected: \"a\" exists already"),
        (new("100644", "d", &text("d")), "rejected: \"d\" is a folder"),
        (new("100644", "a/n", &text("a/n")), "rejected: \"a/n\" lies below a file"),
        (new("160000", "n", &text("n")), "rejected: \"n\" has a mode that is neither a file's nor a symbolic link's"),
        (text("n"), "Exact n=\"x\\n\""),
        ("--- n\n+++ n\n@@ -0,0 +1 @@\n+x\n".to_owned(), "Exact n=\"x\\n\""),
        (delete.to_owned(), "Exact -a"),
        (delete.replace("-1\n", "-2\n"), "rejected: \"a\": hunk 1 matches nowhere"),
        (delete.replace("@@ -1 +0,0 @@\n-1\n", ""), "rejected: \"a\" is deleted by a patch that does not hold all its content"),
        (delete.replace("/a", "/x"), "rejected: \"x\" does not exist"),
        ("diff --git a/empty b/empty\ndeleted file mode 100644\nindex e69de29..0000000\n".to_owned(), "Exact -empty"),
        ("diff --git a/a b/a\nold mode 100644\nnew mode 100755\n".to_owned(), "Exact a(100755)=\"1\\n\""),
        ("diff --git a/a b/a\nold mode 100644\nnew mode 100644\n".to_owned(), "malformed 1"),
        ("diff --git a/a b/c\nsimilarity index 100%\nrename from a\nrename to c\n".to_owned(), "Exact -a c=\"1\\n\""),
        ("diff --git a/a b/c\nrename from a\nrename to c\n--- a/a\n+++ b/c\n@@ -1 +1 @@\n-1\n+9\n".to_owned(), "Exact -a c=\"9\\n\""),
        ("diff --git a/a b/c\ncopy from a\ncopy to c\n".to_owned(), "Exact c=\"1\\n\""),
        ("diff --git a/a b/d/b\nrename from a\nrename to d/b\n".to_owned(), "rejected: \"d/b\" exists already"),
        ("diff --git a/x b/y\nrename from x\nrename to y\n".to_owned(), "rejected: \"x\" does not exist"),
        (
            "diff --git a/a b/d/b\nrename from a\nrename to d/b\ndiff --git a/d/b b/a\nrename from d/b\nrename to a\n".to_owned(),
            "Exact a=\"2\\n\" d/b=\"1\\n\"",
        ),
        (format!("{delete}{}", new("120000", "a", "--- /dev/null\n+++ b/a\n@@ -0,0 +1 @@\n+d/b\n\\ No newline at end of file\n")), "Exact a(120000)=\"d/b\""),
        (delete.to_owned() + &new("100644", "a/n", &text("a/n")), "Exact -a a/n=\"x\\n\""),
        ("diff --git a/a b/a\nindex 1..2 100644\nBinary files a/a and b/a differ\n".to_owned(), "rejected: \"a\" is binary, and the patch does not hold its content"),
        (new("100644", "n", "index 0..2\nBinary files /dev/null and b/n differ\n"), "Fuzz n=\"\""),
        ("diff --git a/a b/a\ndeleted file mode 100644\nBinary files a/a and /dev/null differ\n".to_owned(), "rejected: \"a\" is binary, and the patch does not hold its content"),
        ("diff --git a/a b/c\n--- a/a\n+++ b/c\n@@ -1 +1 @@\n-1\n+9\n".to_owned(), "Exact -a c=\"9\\n\""),
        ("--- a/a\n+++ b/a\n@@ -1 +1 @@\n-1\n+1\n".to_owned(), "empty"),
        ("--- a/a\n+++ b/a\n@@ -1 +1 @@\n-1\n+2\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-2\n+3\n".to_owned(), "Exact a=\"3\\n\""),
        ("--- a/a\n+++ b/a\n@@ -1 +1 @@\n-1\n+2\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-2\n+3\n".to_owned(), "rejected: \"x\" does not exist"),
        (String::new(), "empty"),
        (" \n\n".to_owned(), "empty"),
        ("No changes.\n".to_owned(), "malformed 1"),
        ("diff --git a/a b/a\n".to_owned(), "malformed 1"),
        ("--- a/a\n+++ b/a\n@@ ... @@\n-1\n+2\n".to_owned(), "malformed 3"),
    ];
    for (patch, expected) in cases {
        assert_eq!(outcome(&tree, &patch), expected, "{patch}");
    }
}

#[test]
fn names_and_prefixes() {
    let tree = files(&[("src/x", "1\n"), ("a/src/y", "1\n"), ("with blank", "1\n"), ("ä", "1\n")]);
    let hunk = "@@ -1 +1 @@\n-1\n+2\n";
    let cases = [
        ("--- a/src/x\n+++ b/src/x\n", "src/x"),
        ("--- src/x\n+++ src/x\n", "src/x"),
        ("diff --git src/x src/x\n--- src/x\n+++ src/x\n", "src/x"),
        (
            "--- orig/src/x\t2024-01-02 03:04:05.0 +0100\n+++ new/src/x\t2024-01-02 03:04:06.0 +0100\n",
            "src/x",
        ),
        ("--- src/x.orig\n+++ src/x\n", "src/x"),
        ("--- i/src/x\n+++ w/src/x\n", "src/x"),
        ("--- a/src/y\n+++ a/src/y\n", "a/src/y"),
        ("diff --git a/with blank b/with blank\n--- a/with blank\t\n+++ b/with blank\t\n", "with blank"),
        ("diff --git \"a/\\303\\244\" \"b/\\303\\244\"\n--- \"a/\\303\\244\"\n+++ \"b/\\303\\244\"\n", "ä"),
        ("--- a/./src//x\n+++ b/./src//x\n", "src/x"),
        ("Index: src/x\n==========\n--- src/x\t(revision 1)\n+++ src/x\t(working copy)\n", "src/x"),
    ];
    for (head, path) in cases {
        assert_eq!(outcome(&tree, &format!("{head}{hunk}")), format!("Exact {path}=\"2\\n\""), "{head}");
    }
}

#[test]
fn hostile_paths_are_refused_on_both_sides() {
    let tree = files(&[("a", "1\n"), ("link@", "d"), ("d/x", "1\n")]);
    let create = |path: &str| format!("--- /dev/null\n+++ {path}\n@@ -0,0 +1 @@\n+x\n");
    let link = |path: &str, target: &str| {
        format!(
            "diff --git a/{path} b/{path}\nnew file mode 120000\n--- /dev/null\n+++ b/{path}\n@@ -0,0 +1 @@\n+{target}\n\\ No newline at end of file\n"
        )
    };
    let refused = [
        create("b/../x"), create("/etc/passwd"), create("b/.git/hooks/pre-commit"), create("b/.GIT/x"),
        create("b/a/../../x"), create("b/link/x"), create("b/x\\..\\y"), create("\"b/x\\000y\""), create("../x"),
        "diff --git a/../x b/a\nrename from ../x\nrename to y\n".to_owned(),
        "diff --git a/a b/../y\nrename from a\nrename to ../y\n".to_owned(),
        "diff --git a/a b/a\nrename from a\nrename to link/y\n".to_owned(),
        "--- a/link/x\n+++ b/link/x\n@@ -1 +1 @@\n-1\n+2\n".to_owned(),
        "--- a/../a\n+++ b/a\n@@ -1 +1 @@\n-1\n+2\n".to_owned(),
        link("new", "d") + &create("b/new/y"),
        link("new", "/etc"), link("new", "../x"), link("d/new", "../../x"), link("new", ".git/config"),
        "--- a/link\n+++ b/link\n@@ -1 +1 @@\n-d\n\\ No newline at end of file\n+/etc\n\\ No newline at end of file\n".to_owned(),
    ];
    for patch in refused {
        assert_eq!(outcome(&tree, &patch), "unsafe", "{patch}");
    }
    assert_eq!(outcome(&tree, &link("new", "d/x")), "Exact new(120000)=\"d/x\"");
}

#[test]
fn bytes_are_kept() {
    let crlf = numbers(1..=10).replace('\n', "\r\n");
    let patch = FIVE.replace("3\n 4\n-5\n+five\n 6\n 7\n", "3\r\n 4\r\n-5\r\n+five\r\n 6\r\n 7\r\n");
    let expected = format!("Exact n={:?}", crlf.replace("5\r", "five\r"));
    assert_eq!(outcome(&files(&[("n", &crlf)]), &patch), expected);
    assert_eq!(
        outcome(&files(&[("n", &crlf)]), &patch.replace("/n\n", "/n\r\n").replace("@@\n", "@@\r\n")),
        expected
    );

    let end = "--- a/n\n+++ b/n\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n";
    assert_eq!(outcome(&files(&[("n", "a\nb")]), end), "Exact n=\"a\\nc\\n\"");
    assert!(outcome(&files(&[("n", "a\nb\n")]), end).starts_with("rejected"));
    let open = "--- a/n\n+++ b/n\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n\\ No newline at end of file\n";
    assert_eq!(outcome(&files(&[("n", "a\nb\n")]), open), "Exact n=\"a\\nc\"");

    let mut tree = files(&[]);
    tree.blobs.insert("n".to_owned(), Blob { mode: 0o100_644, bytes: b"\xff\n\x80\n".to_vec() });
    let applied = apply(&tree, b"--- a/n\n+++ b/n\n@@ -1,2 +1,2 @@\n \xff\n-\x80\n+\x81\n").unwrap();
    assert_eq!(applied.changes["n"].as_ref().unwrap().bytes, b"\xff\n\x81\n");
}

#[test]
fn chopped_ends() {
    let base = "a\nb\nc\n\n\nd\n";
    let whole = "--- a/n\n+++ b/n\n@@ -1,5 +1,5 @@\n a\n-b\n+B\n c\n \n \n";
    for chopped in [whole.trim_end(), whole.strip_suffix(" \n").unwrap()] {
        assert_eq!(
            outcome(&files(&[("n", base)]), chopped),
            "Recounted n=\"a\\nB\\nc\\n\\n\\nd\\n\"",
            "{chopped:?}"
        );
    }
    let mail = whole.to_owned() + "-- \n2.40.0\n\n";
    assert_eq!(outcome(&files(&[("n", base)]), &mail), "Exact n=\"a\\nB\\nc\\n\\n\\nd\\n\"");
    let two = format!("{}\n\n{whole}", FIVE.replace("/n", "/m"));
    assert!(outcome(&files(&[("n", base), ("m", &numbers(1..=9))]), &two).starts_with("Exact m="));
}

#[test]
fn blank_lines_between_files_are_no_context() {
    let ten = numbers(1..=10);
    let five = ten.replace("5\n", "five\n");
    let tree = files(&[("n", &ten), ("m", &ten)]);
    for counts in ["-3,5 +3,5", "-3,2 +3,2", "-3,9 +3,9"] {
        let two = FIVE.replace("-3,5 +3,5", counts) + "\n\n" + &FIVE.replace("/n", "/m");
        let rung = if counts == "-3,5 +3,5" { "Exact" } else { "Recounted" };
        assert_eq!(outcome(&tree, &two), format!("{rung} m={five:?} n={five:?}"), "{counts}");
    }
}

#[test]
fn hunks_that_overlap_need_fuzz() {
    let patch =
        "--- a/n\n+++ b/n\n@@ -1,4 +1,4 @@\n 1\n-2\n+two\n 3\n 4\n@@ -3,4 +3,4 @@\n 3\n 4\n-5\n+five\n 6\n";
    let base = numbers(1..=9);
    let expected = base.replace("2\n", "two\n").replace("5\n", "five\n");
    assert_eq!(outcome(&files(&[("n", &base)]), patch), format!("Fuzz n={expected:?}"));
}

#[test]
fn an_insertion_is_not_made_twice() {
    // With all context ignored it would fit anywhere; read backwards it fits as it stands, so it has been made.
    let patch = "--- a/n\n+++ b/n\n@@ -3,6 +3,7 @@\n 3\n 4\n 5\n+new\n 6\n 7\n 8\n";
    let base = numbers(1..=10);
    let done = base.replace("5\n", "5\nnew\n");
    assert_eq!(outcome(&files(&[("n", &base)]), patch), format!("Exact n={done:?}"));
    assert!(outcome(&files(&[("n", &done)]), patch).starts_with("rejected"));
}

#[test]
fn counts_do_not_swallow_the_next_file() {
    let two = FIVE.replace("-3,5 +3,5", "-3,6 +3,6") + &FIVE.replace("/n", "/m");
    let ten = numbers(1..=10);
    let five = ten.replace("5\n", "five\n");
    let tree = files(&[("n", &ten), ("m", &ten)]);
    assert_eq!(outcome(&tree, &two), format!("Recounted m={five:?} n={five:?}"));
}

#[test]
fn fuzz_takes_the_nearest_place() {
    // Context of the hunk is torn at its beginning; what is left occurs twice.
    let base = "x\nk\nold\nl\ny\nz\n?\nk\nold\nl\ny\n";
    let near =
        |start: u32| format!("--- a/n\n+++ b/n\n@@ -{start},5 +{start},5 @@\n !\n k\n-old\n+new\n l\n y\n");
    let tree = files(&[("n", base)]);
    assert_eq!(outcome(&tree, &near(1)), format!("Fuzz n={:?}", base.replacen("old", "new", 1)));
    let later = base.replacen("old", "new", 2).replacen("new", "old", 1);
    assert_eq!(outcome(&tree, &near(6)), format!("Fuzz n={later:?}"));
}

#[test]
fn binary_patches() {
    let mut tree = files(&[]);
    let old: Vec<u8> = (0..=255).collect();
    tree.blobs.insert("b".to_owned(), Blob { mode: 0o100_644, bytes: old.clone() });
    let new: Vec<u8> = old.iter().rev().copied().collect();
    let changes = BTreeMap::from([("b".to_owned(), Some(Blob { mode: 0o100_644, bytes: new }))]);
    let patch = render(&tree, &changes);
    let applied = apply(&tree, patch.as_bytes()).unwrap();
    assert_eq!((applied.rung, &applied.changes), (Rung::Exact, &changes));
    tree.blobs.insert("b".to_owned(), Blob { mode: 0o100_644, bytes: b"other".to_vec() });
    assert!(outcome(&tree, &patch).starts_with("rejected"), "made against other content");
    assert!(outcome(&tree, &patch.replace("literal 2", "literal 3")).starts_with("malformed"));
}

#[test]
fn replies() {
    let tree = files(&[
        ("x.rs", "a\nb\nc\nb\n"),
        ("crlf.rs", "a\r\nb\r\n"),
        ("blank.rs", "a  \nb\n"),
        ("open.rs", "a\nb"),
    ]);
    let block = |path: &str, search: &str, replace: &str| {
        format!("{path}\n<<<<<<< SEARCH\n{search}=======\n{replace}>>>>>>> REPLACE\n")
    };
    let begin = |body: &str| format!("*** Begin Patch\n{body}*** End Patch\n");
    let cases = [
        (block("x.rs", "a\nb\n", "A\n"), "Exact x.rs=\"A\\nc\\nb\\n\""),
        (block("x.rs", "b\n", "B\n"), "rejected: \"x.rs\": hunk 1 holds the searched lines more than once"),
        (block("x.rs", "q\n", "B\n"), "rejected: \"x.rs\": hunk 1 does not hold the searched lines"),
        (block("blank.rs", "a\n", "A\n"), "Fuzz blank.rs=\"A\\nb\\n\""),
        (block("crlf.rs", "a\n", "A\n"), "Fuzz crlf.rs=\"A\\r\\nb\\r\\n\""),
        (block("open.rs", "b\n", "c\n"), "Exact open.rs=\"a\\nc\""),
        (block("new.rs", "", "n\n"), "Exact new.rs=\"n\\n\""),
        (block("x.rs", "", "n\n"), "rejected: \"x.rs\": hunk 1 searches nothing in a file that is not empty"),
        (block("x.rs", "a\n", "A\n") + &block("x.rs", "A\n", "AA\n"), "Exact x.rs=\"AA\\nb\\nc\\nb\\n\""),
        (block("../x.rs", "", "n\n"), "unsafe"),
        (block("x.rs", "a\n", "a\n"), "empty"),
        (begin("*** Update File: x.rs\n@@ c\n-b\n+B\n"), "Exact x.rs=\"a\\nb\\nc\\nB\\n\""),
        (begin("*** Update File: x.rs\n-b\n+B\n"), "Exact x.rs=\"a\\nB\\nc\\nb\\n\""),
        (begin("*** Update File: x.rs\n-b\n+B\n*** End of File\n"), "Exact x.rs=\"a\\nb\\nc\\nB\\n\""),
        (begin("*** Update File: x.rs\n b\n-c\n@@\n-b\n+B\n"), "Exact x.rs=\"a\\nb\\nB\\n\""),
        // The second anchor is in what the first chunk has shown.
        (begin("*** Update File: x.rs\n-a\n+A\n b\n c\n@@ c\n-b\n+B\n"), "Exact x.rs=\"A\\nb\\nc\\nB\\n\""),
        (
            begin("*** Update File: x.rs\n-a\n@@ a\n-b\n"),
            "rejected: \"x.rs\": hunk 2 lacks the line of an anchor",
        ),
        (
            begin("*** Update File: x.rs\n@@ q\n-b\n"),
            "rejected: \"x.rs\": hunk 1 lacks the line of an anchor",
        ),
        (
            begin("*** Update File: x.rs\n-q\n"),
            "rejected: \"x.rs\": hunk 1 does not hold the lines of a chunk",
        ),
        (begin("*** Update File: x.rs\n*** Move to: y.rs\n-a\n"), "Exact -x.rs y.rs=\"b\\nc\\nb\\n\""),
        (begin("*** Update File: x.rs\n*** Move to: ../y.rs\n-a\n"), "unsafe"),
        (begin("*** Add File: x.rs\n+a\n"), "rejected: \"x.rs\" exists already"),
        (begin("*** Add File: d/y.rs\n+a\n*** Delete File: x.rs\n"), "Exact d/y.rs=\"a\\n\" -x.rs"),
        ("x.rs\n```rust\nnew\n```\n".to_owned(), "Exact x.rs=\"new\\n\""),
        (".git/config\n```\nnew\n```\n".to_owned(), "unsafe"),
    ];
    for (text, expected) in cases {
        let edits = reply::from_reply(&text).unwrap().edits;
        let found = told(apply_edits(&tree, &edits));
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn a_rendered_diff() {
    let tree = files(&[("a", "1\n2\n"), ("with blank", "1"), ("gone", "x\n")]);
    let blob = |text: &str| Some(Blob { mode: 0o100_644, bytes: text.as_bytes().to_vec() });
    let changes = BTreeMap::from([
        ("a".to_owned(), Some(Blob { mode: 0o100_755, bytes: b"1\n3\n".to_vec() })),
        ("with blank".to_owned(), blob("2")),
        ("gone".to_owned(), None),
        ("ä".to_owned(), blob("")),
    ]);
    insta::assert_snapshot!(render(&tree, &changes).replace('\t', "<tab>"), @r#"
    diff --git a/a b/a
    old mode 100644
    new mode 100755
    index 1191247b6d..2b2f2e1b92
    --- a/a
    +++ b/a
    @@ -1,2 +1,2 @@
     1
    -2
    +3
    diff --git a/gone b/gone
    deleted file mode 100644
    index 587be6b4c3..0000000000
    --- a/gone
    +++ /dev/null
    @@ -1 +0,0 @@
    -x
    diff --git a/with blank b/with blank
    index 56a6051ca2..d8263ee986 100644
    --- a/with blank<tab>
    +++ b/with blank<tab>
    @@ -1 +1 @@
    -1
    \ No newline at end of file
    +2
    \ No newline at end of file
    diff --git "a/\303\244" "b/\303\244"
    new file mode 100644
    "#);
    assert_eq!(apply(&tree, render(&tree, &changes).as_bytes()).unwrap().changes, changes);
}
