//! Rust, one file.

use super::*;

const BASE: &str = "\
use std::fmt;
use std::mem;

/// Adds one.
pub fn add(a: u32) -> u32 {
    // one more
    let sum = a + 1;
    let twice = sum * 2;
    mem::drop(twice);
    sum
}

/// Formats.
pub fn show(f: &mut fmt::Formatter) -> fmt::Result {
    let text = \"x\";
    f.write_str(text)
}
";

/// BASE with texts replaced.
fn after(edits: &[(&str, &str)]) -> String {
    edits.iter().fold(BASE.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    })
}

/// The fix that all cases hold, so that there is an anchor.
const FIX: (&str, &str) = ("a + 1", "a.wrapping_add(1)");

#[test]
fn signs() {
    type Case = (&'static str, &'static [(&'static str, &'static str)], &'static [&'static str]);
    let cases: &[Case] = &[
        ("the fix alone", &[], &[]),
        ("format elsewhere", &[("let text = \"x\"", "let text   =   \"x\"")], &["A format"]),
        ("format in the same list", &[("sum * 2", "sum*2")], &["A format"]),
        ("a blank line elsewhere", &[("    f.write_str", "\n    f.write_str")], &["A format"]),
        (
            "a comment elsewhere",
            &[("    f.write_str", "    // writes the text\n    f.write_str")],
            &["B comment"],
        ),
        ("a comment on the fix", &[("    // one more", "    // one more, wrapping")], &["supporting"]),
        ("a comment above the fix", &[("    let sum", "    // wraps\n    let sum")], &["supporting"]),
        ("docs of the fixed item", &[("/// Adds one.", "/// Adds one, wrapping.")], &["supporting"]),
        ("docs of another item", &[("/// Formats.", "/// Formats the value.")], &["B comment"]),
        ("an old comment deleted", &[("/// Formats.\n", "")], &["B comment"]),
        ("a local renamed", &[("let text", "let words"), ("str(text", "str(words")], &["A neutral"]),
        (
            "imports in another order",
            &[("use std::fmt;\nuse std::mem;", "use std::mem;\nuse std::fmt;")],
            &["A neutral", "A neutral"],
        ),
        ("parentheses", &[("sum * 2", "(sum * 2)")], &["A neutral"]),
        ("parentheses that matter", &[("sum * 2", "(sum * 2 + 3) * 2")], &["unproven"]),
        (
            "a longer type",
            &[("-> fmt::Result {\n    let text = \"x\"", "-> fmt::Result {\n    let text: &str = \"x\"")],
            &["A neutral"],
        ),
        (
            "an unused import",
            &[("use std::mem;", "use std::mem;\nuse std::collections::HashMap;")],
            &["A unused"],
        ),
        ("an import of a trait", &[("use std::mem;", "use std::mem;\nuse std::fmt::Write;")], &["unproven"]),
        (
            "a trait whose methods are not called",
            &[("use std::mem;", "use std::mem;\nuse std::string::ToString;")],
            &["A unused"],
        ),
        (
            "an unused helper",
            &[("/// Formats.", "fn helper() -> u32 {\n    7\n}\n\n/// Formats.")],
            &["A unused"],
        ),
        (
            "a public helper",
            &[("/// Formats.", "pub fn helper() -> u32 {\n    7\n}\n\n/// Formats.")],
            &["B unused"],
        ),
        ("an unused variable", &[("    f.write_str", "    let n = 3;\n    f.write_str")], &["A unused"]),
        (
            "a variable with effects",
            &[("    f.write_str", "    let n = f.width();\n    f.write_str")],
            &["unproven"],
        ),
        (
            "a documented public helper",
            &[("/// Formats.", "/// Seven.\npub fn helper() -> u32 {\n    7\n}\n\n/// Formats.")],
            &["supporting", "unproven"],
        ),
        (
            "a variable with an underscore",
            &[("    f.write_str", "    let _n = 3;\n    f.write_str")],
            &["A unused"],
        ),
        (
            "a comment with a word that the fix has as a name",
            &[("    f.write_str", "    // the sum of all\n    f.write_str")],
            &["B comment"],
        ),
        ("a print", &[("    f.write_str", "    println!(\"x\");\n    f.write_str")], &["B debug"]),
        ("a marked print", &[("    sum\n", "    eprintln!(\"DEBUG {sum}\");\n    sum\n")], &["B debug"]),
        ("dbg! alone", &[("    sum\n", "    dbg!(sum);\n    sum\n")], &["B debug"]),
        ("dbg! around", &[("f.write_str(text)", "f.write_str(dbg!(text))")], &["B debug"]),
        (
            "commented-out code",
            &[("    f.write_str", "    // let text = \"y\";\n    f.write_str")],
            &["B debug"],
        ),
    ];
    for (name, edits, expected) in cases {
        let mut edits = edits.to_vec();
        edits.push(FIX);
        let shown = judged(BASE, &after(&edits), "");
        let mut left = shown.clone();
        let fix = left.iter().position(|line| line.starts_with("unproven") && line.contains("wrapping_add"));
        let fix = fix.or_else(|| left.iter().position(|line| line.starts_with("unproven")));
        left.remove(fix.unwrap_or_else(|| panic!("{name}: no fix in {shown:#?}")));
        let classes: Vec<&str> = left.iter().map(|line| line.split(':').next().unwrap_or("")).collect();
        assert_eq!(classes, *expected, "{name}: {shown:#?}");
    }
}

#[test]
fn what_the_statement_names_has_no_sign() {
    let helper = after(&[FIX, ("/// Formats.", "fn helper() -> u32 {\n    7\n}\n\n/// Formats.")]);
    assert!(judged(BASE, &helper, "").iter().any(|line| line.starts_with("A unused")));
    assert!(!judged(BASE, &helper, "please add `helper`").iter().any(|line| line.starts_with("A unused")));
    let print = after(&[FIX, ("    f.write_str", "    println!(\"x\");\n    f.write_str")]);
    assert!(!judged(BASE, &print, "add logging to show").iter().any(|line| line.starts_with('B')));
}

#[test]
fn what_only_a_debug_print_uses_goes_with_it() {
    let new = after(&[
        FIX,
        ("/// Formats.", "fn length(text: &str) -> usize {\n    text.len()\n}\n\n/// Formats."),
        ("    f.write_str", "    let n = length(text);\n    eprintln!(\"DEBUG {n}\");\n    f.write_str"),
    ]);
    let shown = judged(BASE, &new, "");
    let debug: Vec<&String> = shown.iter().filter(|line| line.starts_with("B debug")).collect();
    assert_eq!(debug.len(), 3, "{shown:#?}");
}

#[test]
fn a_helper_that_the_fix_uses_is_not_accused() {
    let new = after(&[
        ("a + 1", "helper(a)"),
        ("/// Formats.", "fn helper(a: u32) -> u32 {\n    a\n}\n\n/// Formats."),
    ]);
    let shown = judged(BASE, &new, "");
    assert!(shown.iter().all(|line| !line.starts_with('A') && !line.starts_with('B')), "{shown:#?}");
}

#[test]
fn indentation_around_a_new_block_is_forced() {
    let old = "pub fn f(a: u32) {\n    first(a);\n    second(a);\n}\n";
    let new = "pub fn f(a: u32) {\n    if a > 1 {\n        first(a);\n        second(a);\n    }\n}\n";
    let shown = judged(old, new, "");
    assert!(shown.iter().all(|line| !line.starts_with('A')), "{shown:#?}");
    assert!(!shown.is_empty());
}

#[test]
fn what_is_put_into_a_block_is_indented_by_force() {
    let body: String = (0..9).map(|n| format!("    go({n});\n")).collect::<Vec<_>>().concat();
    let deep = body.replace("    go", "        go");
    let function = format!("fn first() {{\n{body}}}\n");
    let looped = format!("fn first() {{\n    loop {{\n{deep}    }}\n}}\n");
    let module = format!("mod inner {{\n    fn first() {{\n{deep}    }}\n}}\n");
    let two = format!("{function}\n{}", function.replace("first", "second"));
    let inner = module.strip_suffix("}\n").unwrap_or_default();
    let second = module.strip_prefix("mod inner {\n").unwrap_or_default().replace("first", "second");
    let both = format!("{inner}\n{second}");
    let pairs = [(&function, &looped), (&function, &module), (&two, &both)];
    for (old, new) in pairs.into_iter().flat_map(|(a, b)| [(a, b), (b, a)]) {
        let shown = judged(old, new, "");
        assert!(!shown.is_empty());
        assert!(shown.iter().all(|line| !line.starts_with("A format")), "{shown:#?}");
    }
}

#[test]
fn a_rename_that_an_edit_relies_on_has_no_sign() {
    let rename = [("let text", "let words"), ("str(text", "str(words")];
    let alone = judged(BASE, &after(&[rename[0], rename[1], FIX]), "");
    assert!(alone.iter().any(|line| line.starts_with("A neutral")), "{alone:#?}");
    let used = after(&[rename[0], rename[1], ("    f.write_str", "    check(words)?;\n    f.write_str")]);
    let shown = judged(BASE, &used, "");
    assert!(shown.iter().all(|line| !line.starts_with('A')), "{shown:#?}");
}

/// An inserted statement equal to the one below it but for its indentation: whichever of them counts as the old one,
/// the white space is the insertion's.
#[test]
fn an_equal_line_beside_an_insertion_is_not_reformatted() {
    let old = "fn f(&self) {\n    let n = self.len();\n    g(n);\n}\n";
    let new =
        "fn f(&self) {\n        let n = self.len();\n        h(n);\n    let n = self.len();\n    g(n);\n}\n";
    let shown = judged(old, new, "");
    assert!(shown.iter().all(|line| !line.starts_with('A')), "{shown:#?}");
}

#[test]
fn a_closing_remark_belongs_to_the_statement_above() {
    let new = after(&[(
        "    let twice",
        "    if sum > 9 {\n        return 9;\n    }\n    // Else there is room.\n\n    let twice",
    )]);
    let shown = judged(BASE, &new, "");
    assert!(shown.iter().any(|line| line.starts_with("supporting: // Else")), "{shown:#?}");
    assert!(shown.iter().all(|line| !line.starts_with('B')), "{shown:#?}");
}

#[test]
fn documentation_reworded_to_what_the_statement_names_is_no_clutter() {
    let new = after(&[("/// Formats.", "/// Formats as `add` does.")]);
    assert!(judged(BASE, &new, "").iter().any(|line| line.starts_with("B comment")));
    assert!(judged(BASE, &new, "`add` is not mentioned").iter().all(|line| line.starts_with("unproven")));
}

#[test]
fn gold_acquits_and_what_it_needs_supports() {
    let helper = ("/// Formats.", "fn helper(a: u32) -> u32 {\n    a\n}\n\n/// Formats.");
    let new = after(&[("a + 1", "helper(a)"), helper, ("sum * 2", "sum*2")]);
    let base = library(BASE);
    let result = edited(&base, &[("src/a.rs", Some(&new))]);
    let gold_tree = edited(&base, &[("src/a.rs", Some(&after(&[("a + 1", "helper(a)")])))]);
    let (patch, gold) = (diff(&changed(&base, &result)), diff(&changed(&base, &gold_tree)));
    let input = Input { gold: Some(&gold), ..Input::bare(&patch, &base) };
    let shown = show(&patch, &classify(&input));
    assert!(shown.iter().any(|line| line.starts_with("acquitted")), "{shown:#?}");
    assert!(shown.iter().any(|line| line.starts_with("supporting: fn helper")), "{shown:#?}");
    assert!(shown.iter().any(|line| line.starts_with("A format")), "{shown:#?}");
    // All of gold, judged by gold, is acquitted.
    let own = classify(&Input { gold: Some(&gold), ..Input::bare(&gold, &base) });
    assert!(own.iter().all(|one| one.class == Class::Acquitted), "{own:#?}");
}

#[test]
fn documentation_of_what_a_body_newly_does_is_no_clutter() {
    let old = "/// Adds one.\npub fn f(x: u8) -> u8 {\n    let y = x;\n    y + 1\n}\n\npub fn g() {}\n";
    let new = "/// How much is added.\nconst STEP: u8 = 2;\n\n/// Adds one, or two where that\n/// is wanted.\npub fn f(x: u8) -> u8 {\n    let y = x;\n    check(y);\n    y + STEP\n}\n\npub fn g() {}\n";
    for line in judged(old, new, "f is wrong") {
        assert!(!line.contains(" comment:"), "{line}");
    }
}

#[test]
fn the_words_at_the_top_of_a_new_module_belong_to_it() {
    let base = library("pub fn f() {}\n");
    let result = edited(
        &base,
        &[
            ("src/lib.rs", Some("mod a;\nmod b;\n")),
            (
                "src/b.rs",
                Some("//! Numbers.\n\nuse crate::a::f;\n\n/// Runs.\npub fn run() {\n    f();\n}\n"),
            ),
            ("src/a.rs", Some("pub fn f() { crate::b::run() }\n")),
        ],
    );
    for line in of_trees(&base, &result, "") {
        assert!(!line.contains(" comment:"), "{line}");
    }
}

/// Classes of the units beside the fix.
fn beside(old: &str, new: &str) -> Vec<String> {
    let shown = judged(old, new, "");
    shown.into_iter().filter(|line| !line.starts_with("unproven")).collect()
}

#[test]
fn an_item_whose_documentation_is_a_test_is_used() {
    let carrier = "/// ```compile_fail\n/// add(1, 2);\n/// ```\nfn _add_takes_one() {}\n";
    let shown = beside(BASE, &after(&[FIX, ("/// Formats.", &format!("{carrier}\n/// Formats."))]));
    assert!(!shown.iter().any(|line| line.starts_with('A')), "{shown:#?}");
    let shown = beside(BASE, &after(&[FIX, ("/// Formats.", "/// Adds.\nfn _add() {}\n\n/// Formats.")]));
    assert!(shown.iter().any(|line| line.starts_with("A unused")), "{shown:#?}");
}

#[test]
fn a_part_of_a_type_that_is_named_in_full_uses_no_import() {
    let old = "use std::sync::atomic::{AtomicUsize, Ordering};\n\npub fn f(n: &AtomicUsize) -> usize {\n    n.load(Ordering::Acquire)\n}\n";
    let fix = old.replace("n.load(Ordering::Acquire)", "n.load(Ordering::Acquire) + 1");
    let import = "use std::sync::atomic::Ordering::Acquire;\n";
    let shown = beside(old, &format!("{import}{fix}"));
    assert!(shown.iter().any(|line| line.starts_with("A unused")), "{shown:#?}");
    let shown = beside(old, &format!("{import}{}", fix.replace("Ordering::Acquire)", "Acquire)")));
    assert!(!shown.iter().any(|line| line.starts_with('A')), "{shown:#?}");
    // What the module around has is no import of this one; of a module inside it would be.
    let old = "pub fn f() {\n    super::stop(1);\n}\n";
    let shown = beside(old, &format!("use crate::stop;\n\n{}", old.replace("(1)", "(2)")));
    assert!(shown.iter().any(|line| line.starts_with("A unused")), "{shown:#?}");
    let inner = format!("mod inner {{\n    {}}}\n", old.replace('\n', "\n    "));
    let shown = beside(&inner, &format!("use crate::stop;\n\n{}", inner.replace("(1)", "(2)")));
    assert!(!shown.iter().any(|line| line.starts_with('A')), "{shown:#?}");
}

#[test]
fn headings_of_new_and_removed_items_belong_to_them() {
    let new = after(&[
        (
            "/// Formats.",
            "// ===== lengths =====\n\npub(crate) fn length(a: &str) -> usize {\n    show as usize + a.len()\n}\n\n/// Formats.",
        ),
        ("a + 1", "length(\"\") as u32"),
    ]);
    for (old, new) in [(BASE, new.as_str()), (new.as_str(), BASE)] {
        let shown = beside(old, new);
        assert!(!shown.iter().any(|line| line.contains(" comment")), "{shown:#?}");
    }
}

#[test]
fn an_old_comment_over_a_paragraph_is_reworded_with_it() {
    let old = "pub fn f(a: u32) -> u32 {\n    // Doubles.\n    let b = a;\n    let c = b * 2;\n\n    // Ends.\n    let d = c;\n\n    g(d)\n}\n";
    let fix = old.replace("b * 2", "b * 3");
    let shown = beside(old, &fix.replace("// Doubles.", "// Three times as much."));
    assert!(!shown.iter().any(|line| line.starts_with('B')), "{shown:#?}");
    let shown = beside(old, &fix.replace("// Ends.", "// The end."));
    assert!(shown.iter().any(|line| line.starts_with("B comment")), "{shown:#?}");
    // A new one there would be about the line that it stands on.
    let shown = beside(&old.replace("    // Doubles.\n", ""), &fix);
    assert!(shown.iter().any(|line| line.starts_with("B comment")), "{shown:#?}");
}

#[test]
fn documentation_that_follows_the_code_is_no_clutter() {
    let old = "/// Shows `limit.to_string()`.\npub fn show(n: u32) {}\n\npub fn at_most(n: u32) -> bool {\n    n.to_string().len() < 3\n}\n";
    let fix = old.replace("    n.to_string().len() < 3", "    n.to_owned().len() < MAX_LEN");
    let shown = beside(old, &fix.replace("limit.to_string()", "limit.to_owned()"));
    assert!(!shown.iter().any(|line| line.starts_with('B')), "{shown:#?}");
    let shown = beside(old, &fix.replace("/// Shows", "/// Shows (at most `MAX_LEN`)"));
    assert!(!shown.iter().any(|line| line.starts_with('B')), "{shown:#?}");
    let shown = beside(old, &fix.replace("/// Shows", "/// Displays"));
    assert!(shown.iter().any(|line| line.starts_with("B comment")), "{shown:#?}");
}

#[test]
fn a_where_clause_is_no_body() {
    let old = "impl<T> A for B<T>\nwhere\n    T: C,\n{\n    fn f(&self) {}\n\n    fn g(&self) {}\n}\n";
    let new = old.replace("impl<T>", "unsafe impl<T>").replace("fn g(&self) {}", "fn g(&self) { }");
    let shown = beside(old, &new);
    assert!(shown.iter().any(|line| line.starts_with("A format")), "{shown:#?}");
}

#[test]
fn words_alone_may_be_the_answer() {
    let new = BASE.replace("/// Formats.", "/// Formats, and never calls `add`.");
    assert!(judged(BASE, &new, "").iter().any(|line| line.starts_with("B comment")));
    let shown = judged(
        BASE,
        &BASE.replace("    f.write_str", "    // As `add` does.\n    f.write_str"),
        "`add` is odd",
    );
    assert!(shown.iter().all(|line| line.starts_with("unproven")), "{shown:#?}");
}

/// Who speaks of documentation asks for documentation.
#[test]
fn notes_are_no_documentation() {
    let note = ("    f.write_str", "    // handle the text\n    f.write_str");
    let accused = |statement: &str, edits: &[(&str, &str)]| {
        judged(BASE, &after(edits), statement).iter().any(|line| line.starts_with("B comment"))
    };
    assert!(accused("The documentation promises more.", &[FIX, note]));
    assert!(!accused("The comments say otherwise, fix the comment.", &[FIX, note]));
    let documented = ("/// Formats.", "/// Formats what is given.");
    assert!(accused("", &[FIX, documented]));
    assert!(!accused("Update the documentation.", &[FIX, documented]));
    assert!(!accused("Update the documentation.", &[documented]));
}

/// What is put behind the value of a block changes that value, not all of the block.
#[test]
fn a_longer_value_at_the_end_of_a_block() {
    let old = "pub fn f(a: &[u32]) -> Vec<u32> {\n    let b = g(a, 1);\n    h(&b);\n    b\n}\n";
    let new = "pub fn f(a: &[u32]) -> Vec<u32> {\n    let b = g(\n        a,\n        1,\n    );\n    h(&b);\n    b.into_iter().rev().collect()\n}\n";
    let shown = judged(old, new, "");
    assert!(shown.iter().any(|line| line.starts_with("A format")), "{shown:#?}");
    let new = "pub fn f(a: &[u32]) -> Vec<u32> {\n    // Look first\n    let b = g(a, 1);\n    h(&b);\n    b.into_iter().rev().collect()\n}\n";
    let shown = judged(old, new, "");
    assert!(shown.iter().any(|line| line.starts_with("B comment")), "{shown:#?}");
}
