//! JavaScript, TypeScript and Python, one file.

use super::*;

const SCRIPT: &str = "\
const path = require('path');

function add(a, b) {
  const first = a + 1;
  const second = b + first;
  return second;
}

function show(value) {
  const text = 'x';
  if (value) return 1;
  if (value) if (text) show(text);
  else show(1);
  return text + value;
}

module.exports = { add, show };
";

const PYTHON: &str = "\
import os


def add(a, b):
    first = a + 1
    return b + first


def show(value):
    text = 'x'
    return text + value
";

type Case = (&'static str, &'static [(&'static str, &'static str)], &'static [&'static str]);

/// Classes beside the fix's own.
fn hold(path: &str, text: &str, fix: (&str, &str), cases: &[Case]) {
    let base = tree(&[("package.json", "{\"main\": \"a.js\"}\n"), ("lib/other.txt", "x\n"), (path, text)]);
    for (name, edits, expected) in cases {
        let all = edits.iter().chain([&fix]);
        let new = all.fold(text.to_owned(), |text, (from, to)| {
            assert!(text.contains(from), "{name}: {from}");
            text.replacen(from, to, 1)
        });
        let shown = of_trees(&base, &edited(&base, &[(path, Some(&new))]), "");
        let mut classes: Vec<&str> = shown.iter().map(|line| line.split(':').next().unwrap_or("")).collect();
        let own = shown.iter().position(|line| line == "unproven: 2");
        classes.remove(own.unwrap_or_else(|| panic!("{name}: no fix in {shown:#?}")));
        assert_eq!(classes, *expected, "{name}: {shown:#?}");
    }
}

#[test]
fn javascript() {
    hold(
        "a.js",
        SCRIPT,
        ("a + 1", "a + 2"),
        &[
            ("quotes", &[("'x'", "\"x\"")], &["B neutral"]),
            (
                "braces around one statement",
                &[("if (value) return 1;", "if (value) {\n    return 1;\n  }")],
                &["A neutral"],
            ),
            (
                "braces that bind an else",
                &[(
                    "if (value) if (text) show(text);\n  else",
                    "if (value) {\n    if (text) show(text);\n  } else",
                )],
                &["unproven"],
            ),
            ("another string", &[("'x'", "\"y\"")], &["unproven"]),
            ("a debugger", &[("  return text", "  debugger;\n  return text")], &["B debug"]),
            (
                "a print of a local",
                &[("  return text", "  console.log('text', text);\n  return text")],
                &["B debug"],
            ),
            (
                "an unused function",
                &[("function show", "function spare(a) {\n  return a;\n}\n\nfunction show")],
                &["A unused"],
            ),
        ],
    );
}

#[test]
fn python() {
    hold(
        "a.py",
        PYTHON,
        ("a + 1", "a + 2"),
        &[
            ("quotes", &[("'x'", "\"x\"")], &["B neutral"]),
            (
                "a docstring elsewhere",
                &[("(value):\n", "(value):\n    \"\"\"Shows.\"\"\"\n")],
                &["B comment"],
            ),
            (
                "a docstring of what changes",
                &[("(a, b):\n", "(a, b):\n    \"\"\"Adds.\"\"\"\n")],
                &["unproven"],
            ),
            ("a type that is known", &[("text = 'x'", "text: str = 'x'")], &["A neutral"]),
            ("a type that is not", &[("text = 'x'", "text: bytes = 'x'")], &["unproven"]),
            (
                "an f-string",
                &[("    return text +", "    print(f\"text={text}\")\n    return text +")],
                &["B debug"],
            ),
            (
                "a private function",
                &[("def show", "def _spare(a):\n    return a\n\n\ndef show")],
                &["A unused"],
            ),
            (
                "an exported function",
                &[("def show", "def spare(a):\n    return a\n\n\ndef show")],
                &["B unused"],
            ),
        ],
    );
}

/// Units of an edit of one script, the fix's own aside.
fn shown(path: &str, old: &str, new: &str) -> Vec<String> {
    let base = tree(&[("package.json", "{\"main\": \"a.js\"}\n"), (path, old)]);
    let shown = of_trees(&base, &edited(&base, &[(path, Some(new))]), "");
    shown.into_iter().filter(|line| !line.starts_with("unproven")).collect()
}

#[test]
fn documentation_of_a_function_that_is_assigned() {
    let old =
        "/**\n * Sets.\n */\n\nres.set = function set(code) {\n  this.code = code;\n  return this;\n};\n";
    let new = old
        .replace("Sets.", "Throws.")
        .replace("  this.code = code;", "  if (!code) throw code;\n  this.code = code;");
    let found = shown("a.js", old, &new);
    assert!(!found.iter().any(|line| line.starts_with('B')), "{found:#?}");
}

#[test]
fn an_import_that_becomes_one_of_values_is_another() {
    let old = "import type { A } from './a'\nimport { B } from './b'\n\nexport const f = (a: A) => B(a)\n";
    let new = old.replace("import type", "import").replace("B(a)", "new A(B(a))");
    let found = shown("a.ts", old, &new);
    assert!(!found.iter().any(|line| line.starts_with('B')), "{found:#?}");
}

#[test]
fn an_import_out_of_a_condition_is_another() {
    let old = "import os\n\nif os.name:\n    from a import b\n\n\ndef f(x):\n    return x\n";
    let new = "import os\n\nfrom a import b\n\n\ndef f(x):\n    return b(x)\n";
    let found = shown("a.py", old, new);
    assert!(!found.iter().any(|line| line.starts_with('B')), "{found:#?}");
}

#[test]
fn a_parameter_of_another_type_may_have_another_name() {
    let old = "function f(ways: Way[]): number {\n  return ways.length\n}\n";
    let new = "function f(keys: readonly Key[]): number {\n  return keys.length\n}\n";
    let found = shown("a.ts", old, new);
    assert!(!found.iter().any(|line| line.starts_with('A')), "{found:#?}");
    let found = shown("a.ts", old, &old.replace("ways", "keys"));
    assert!(found.iter().any(|line| line.starts_with("A neutral")), "{found:#?}");
}

#[test]
fn a_variable_or_class_that_nothing_uses_in_python() {
    let old = "import os\n\n\nclass A:\n    def f(self, a):\n        b = os.name\n        return a + b\n";
    for (from, to) in [
        ("        return", "        probe_status = [1, 2]\n        return"),
        ("        b = os", "        probe_status = [1, 2]\n        b = os"),
    ] {
        let new = old.replace(from, to).replace("a + b", "b + a");
        let found = shown("a.py", old, &new);
        assert!(found.iter().any(|line| line.starts_with("A unused")), "{found:#?}");
    }
}

#[test]
fn a_class_that_nothing_uses_has_no_effects_by_its_methods() {
    let old = "const a = require('a');\n\nfunction f() {\n  return a(1);\n}\n\nmodule.exports = f;\n";
    let new = old
        .replace("a(1)", "a(2)")
        .replace("module", "class Spare {\n  size() {\n    return a(3);\n  }\n}\n\nmodule");
    let found = shown("a.js", old, &new);
    assert!(found.iter().any(|line| line.starts_with("A unused")), "{found:#?}");
}

#[test]
fn a_debug_print_is_one_although_the_statement_is_of_printing() {
    let old = "pub fn f(a: u32) -> u32 {\n    let b = a;\n    b + 1\n}\n";
    let new = old.replace("    b + 1", "    println!(\"b = {:?}\", b);\n    b + 2");
    let found = judged(old, &new, "The output of printing is wrong.");
    assert!(found.iter().any(|line| line.starts_with("B debug")), "{found:#?}");
}

#[test]
fn a_remark_at_the_end_of_a_line_is_about_that_line() {
    let old = "pub fn f(a: u32) -> u32 {\n    let b = a;\n    b + 1\n}\n";
    let new = old.replace("let b = a;", "let b = a; // As it was.").replace("b + 1", "b + 2");
    let found = judged(old, &new, "");
    assert!(found.iter().any(|line| line.starts_with("B comment")), "{found:#?}");
}

/// What a field means is written above it; the code that reads it changes.
#[test]
fn documentation_of_a_field_follows_the_code_that_reads_it() {
    let old = "\
export interface Filter {
  readonly owner?: string;
  /** A part of the name, capital letters or not. */
  readonly text: string;
}

export function passes(name: string, { text }: Filter): boolean {
  return name.includes(text.trim());
}
";
    let fix = ("name.includes(text.trim())", "words(text).every(word => name.includes(word))");
    let said = ("A part of the name, capital letters or not.", "Words that all must be there, in any order.");
    let judge = |text: &str, edits: &[(&str, &str)]| {
        let new = edits.iter().fold(text.to_owned(), |text, (from, to)| text.replacen(from, to, 1));
        let base = tree(&[("package.json", "{}\n"), ("a.ts", text)]);
        of_trees(&base, &edited(&base, &[("a.ts", Some(&new))]), "")
    };
    let accused = |shown: &[String]| shown.iter().any(|line| line.starts_with("B comment"));
    let shown = judge(old, &[fix, said]);
    assert!(shown.iter().any(|line| line.starts_with("supporting")) && !accused(&shown), "{shown:#?}");
    // Of a field that no changed statement names it is a comment like others, and so is one that was not there.
    let other = old.replace("  readonly owner", "  /** Who made it. */\n  readonly owner");
    let shown = judge(&other, &[fix, ("Who made it.", "Whose piece it is.")]);
    assert!(accused(&shown), "{shown:#?}");
    let bare = old.replace("  /** A part of the name, capital letters or not. */\n", "");
    let shown = judge(&bare, &[fix, ("  readonly text", "  /** A text. */\n  readonly text")]);
    assert!(accused(&shown), "{shown:#?}");
}

/// Layout that a change of a statement brings with it is at its ends; comments in a long statement are about its parts.
#[test]
fn around_a_statement_that_changes() {
    const OLD: &str = "\
function f(a, b) {
  const c = take(a, b);
  for (const one of c) {
    first(one);
    second(one);
  }
  return wrap(() => {
    return a + 1;
  });
}

function g(
  a,
  b,
) {
  return a;
}
";
    let judge = |edits: &[(&str, &str)]| {
        let new = edits.iter().fold(OLD.to_owned(), |text, (from, to)| {
            assert!(text.contains(from), "{from}");
            text.replacen(from, to, 1)
        });
        let base = tree(&[("package.json", "{}\n"), ("a.js", OLD)]);
        of_trees(&base, &edited(&base, &[("a.js", Some(&new))]), "")
    };
    let accused = |edits: &[(&str, &str)], sign: &str| judge(edits).iter().any(|line| line.starts_with(sign));
    let head = ("of c)", "of c.items)");
    assert!(accused(&[head, ("take(a, b)", "take(\n    a,\n    b\n  )")], "A format"));
    assert!(!accused(&[head, ("b);\n  for", "b);\n\n  for")], "A format"));
    let body = ("() => {\n    return a + 1;\n  }", "() => { return a; }");
    assert!(!accused(&[body], "A format"), "{:#?}", judge(&[body]));
    assert!(accused(&[head, ("    second", "    // Then the other\n    second")], "B comment"));
    assert!(accused(&[head, ("second(one);", "second(one); // the other")], "B comment"));
    assert!(!accused(&[head, ("  for", "  // Of each\n  for")], "B comment"));
    assert!(!accused(&[("  b,\n) {", "  // Of which\n  b = 1,\n) {")], "B comment"));
}
