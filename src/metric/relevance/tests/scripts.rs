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
