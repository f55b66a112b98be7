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
