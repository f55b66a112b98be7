//! Units that are known to go alone, without a parse: their number decides how much of a large file is tried, and what goes
//! back together where the trials run out.

use std::collections::BTreeMap;

use super::*;
use crate::diff::units::units;

/// `name`, path, old, new, units that have to be tried.
const CASES: &[(&str, &str, &str, &str, usize)] = &[
    (
        "argument of an attribute",
        "a.rs",
        "#[cfg(feature = \"a\")]\nfn f() {}\n",
        "#[cfg(feature = \"b\")]\nfn f() {}\n",
        0,
    ),
    (
        "attributes and what they stand at",
        "a.rs",
        "#[inline]\n#[cfg(any(a, b))]\nfn f() {\n    g(1);\n}\n",
        "#[inline]\n#[cfg(any(a, c, d))]\nfn f() {\n    g(2);\n    h();\n}\n",
        0,
    ),
    (
        "argument of a decorator",
        "a.ts",
        "class A {\n  @b({ c: 1 }) d = 1;\n  @e(1) f() {}\n}\n",
        "class A {\n  @b({ c: 2 }) d = 1;\n  @e(1, 2) f() {}\n}\n",
        0,
    ),
    (
        "field beside a changed one",
        "a.js",
        "class A {\n  #b = 1;\n  d() {}\n}\n",
        "class A {\n  #b = 2;\n  #c;\n  d(e) {}\n}\n",
        0,
    ),
    (
        "members between semicolons",
        "a.ts",
        "interface A {\n  b: string;\n  c: number;\n}\n",
        "interface A {\n  x: boolean;\n  b: string[];\n  d: null;\n  c: bigint;\n}\n",
        0,
    ),
    (
        "functions on one line",
        "a.js",
        "function a(){return 1}function b(){return 2}function c(){return 3}",
        "function a(){return 1}function x(y){throw y}function c(){return 3}",
        0,
    ),
    (
        "bracket behind what has ended",
        "a.js",
        "a();\n(function (b) {\n  b.c = 1;\n})(d);\n",
        "var d;\n(function (b) {\n  b.c = 1;\n})(d);\n",
        0,
    ),
    ("beginning of a statement", "a.js", "assert.exists(this, a);\nb();\n", "exists(this, a);\nb();\n", 0),
    (
        "statement in a list of which another is not told",
        "a.js",
        "import { a } from \"b\"\n\nexport function c(d) {\n  return {\n    e(f) {\n      e(f, d)\n    },\n    g() {\n      h(d)\n    }\n  }\n}\n",
        "import { a } from \"b\";\n\nexport function c(d) {\n  return {\n    // One.\n    e: function (f) {\n      e(f, d);\n    },\n    // One.\n    g: function () {\n      h(d);\n    }\n  };\n}\n\nexport default {\n  c\n};\n",
        4,
    ),
    // What may be read otherwise has to be tried.
    ("value at the end of a line", "a.js", "a = {}\n;[1].b()\n", "a = {}\nc()\n;[1].b()\n", 2),
    ("bracket behind a value", "a.js", "a = b\n(c)\n", "a = b\nd\n(c)\n", 1),
    ("brace of a value", "a.js", "var a = {}\nd()", "var a = {}\nfunction b(){}[c].d()\nd()", 1),
];

#[test]
fn what_is_known_to_go_alone_is_not_tried() {
    let mut wrong = Vec::new();
    for (name, path, old, new, expected) in CASES {
        let aligned = engine::aligned(path, old, new).unwrap();
        let found = units(0, &aligned, Role::Code, &BTreeMap::new());
        let doubtful: Vec<_> =
            found.iter().filter(|(_, draft)| !draft.safe).map(|(key, draft)| (key, &draft.changes)).collect();
        if doubtful.len() != *expected {
            wrong.push(format!("{name}: {doubtful:?}"));
        }
        of_path(&format!("src/{path}"), old, new);
        of_path(&format!("src/{path}"), new, old);
    }
    assert_eq!(wrong, Vec::<String>::new());
}
