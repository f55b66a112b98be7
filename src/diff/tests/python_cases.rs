//! What a person would call the units of a change in Python.

use super::*;

/// `name`, old, new, units as [`show`] writes them.
type Case = (&'static str, &'static str, &'static str, &'static [&'static str]);

const CASES: &[Case] = &[
    (
        "reflow",
        "def f():\n    g(a, b)\n",
        "def f():\n    g(\n        a,\n        b,\n    )\n",
        &["format [def f] 3:  ->  |  ->  |  -> ,"],
    ),
    (
        "other width of indentation",
        "def f():\n  a()\n  if b:\n    c()\n  d()\n",
        "def f():\n    a()\n    if b:\n        c()\n    d()\n",
        &["format [def f] 4:  ->  |  ->  |  ->  |  -> "],
    ),
    (
        "blank line",
        "def f():\n    a()\ndef g():\n    b()\n",
        "def f():\n    a()\n\n\ndef g():\n    b()\n",
        &["format [def g] 1:  -> "],
    ),
    (
        "statement taken out of a block",
        "if a:\n    b(1)\n    c(2)\nd()\n",
        "if a:\n    b(1)\nc(2)\nd()\n",
        &["body [] 1:  -> "],
    ),
    (
        "statement taken into a block",
        "for x in y:\n    b(x)\nc(2)\n",
        "for x in y:\n    b(x)\n    c(2)\n",
        &["body [] 1:  -> "],
    ),
    (
        "block put around statements",
        "def f():\n    a(1)\n    b(2)\n    c(3)\n",
        "def f():\n    if x:\n        a(1)\n        b(2)\n    c(3)\n",
        &["body [def f] 3:  -> if x: |  -> "],
    ),
    (
        "wrapped and edited",
        "def f():\n    a(1)\n    b(2)\n    c(3)\n",
        "def f():\n    if x:\n        a(1)\n        b(4)\n        c(3)\n",
        &[
            "body [def f] 3:  -> if x: |  ->  needs u1",
            "removed [def f] 4: b(2) -> ",
            "added [def f] 4:  -> b(4) needs u0",
        ],
    ),
    (
        "indented otherwise with a new statement",
        "def f():\n  a(1)\n  b(2)\n",
        "def f():\n    a(1)\n    new(3)\n    b(2)\n",
        &["format [def f] 2:  ->  |  -> ", "added [def f] 4:  -> new(3) needs u0"],
    ),
    ("comment", "# one two\nx = 1\n", "# one three\nx = 1\n", &["comment [] 2: # one two -> # one three"]),
    (
        "docstring",
        "def f():\n    \"\"\"Says what.\"\"\"\n    a()\n",
        "def f():\n    \"\"\"Says why.\"\"\"\n    a()\n",
        &["body [def f] 2: Says what. -> Says why."],
    ),
    (
        "imports swapped",
        "import os\nimport sys\n",
        "import sys\nimport os\n",
        &["import [] 2:  -> import sys", "import [] 2: import sys -> "],
    ),
    ("import in a list", "from a import b, c\n", "from a import b, c, d\n", &["import [] 2:  -> , d"]),
    (
        "import and its use",
        "def f():\n    a()\n",
        "from x import helper\n\ndef f():\n    a()\n    helper()\n",
        &["import [] 4:  -> from x import helper", "added [def f] 3:  -> helper() needs u0"],
    ),
    (
        "local rename",
        "def f(a):\n    x = a\n    g(x)\n    return x + 1\n",
        "def f(a):\n    y = a\n    g(y)\n    return y + 1\n",
        &["rename [def f] 1: x -> y | x -> y | x -> y"],
    ),
    (
        "local called like an attribute",
        "def f(a):\n    x = a\n    g(x, a.x)\n",
        "def f(a):\n    y = a\n    g(y, a.y)\n",
        &[
            "body [def f] 2: x -> y needs u1,u2",
            "body [def f] 2: x -> y needs u0",
            "body [def f] 2: x -> y needs u0",
        ],
    ),
    (
        "moved function",
        "def a():\n    one(1, 2)\n\n\ndef b():\n    two()\n\n\ndef c():\n    three()\n    four()\n",
        "def b():\n    two()\n\n\ndef c():\n    three()\n    four()\n\n\ndef a():\n    one(1, 2)\n",
        &["move [def a] 0: def a(): one(1, 2) ->  |  -> def a(): one(1, 2)"],
    ),
    ("one-tuple", "x = (a)\n", "x = (a,)\n", &["body [const x] 1:  -> ,"]),
    ("comma of a one-tuple taken away", "x = (1,)\n", "x = (1, 2)\n", &["body [const x] 1:  -> 2"]),
    ("trailing comma of a pair", "x = (a, b)\n", "x = (a, b,)\n", &["format [const x] 1:  -> ,"]),
    ("trailing comma of a list", "x = [a]\n", "x = [a,]\n", &["format [const x] 1:  -> ,"]),
    ("trailing comma of a call", "f(a, b)\n", "f(a, b,)\n", &["format [] 1:  -> ,"]),
    (
        "decorator",
        "class A:\n    def f(self):\n        a()\n",
        "class A:\n    @property\n    def f(self):\n        a()\n",
        &["signature [class A/def f] 2:  -> @property"],
    ),
    (
        "parameter with default and call changed",
        "def f(a):\n    return a\n\ndef g():\n    return f(1)\n",
        "def f(a, b=2):\n    return a\n\ndef g():\n    return f(1, b=3)\n",
        &["signature [def f] 4:  -> , b=2", "body [def g] 4:  -> , b=3 needs u0"],
    ),
    (
        "format string",
        "def f(x):\n    print(f\"a {x}\")\n",
        "def f(x):\n    print(f\"a {x!r} b\")\n",
        &["body [def f] 2:  -> !r |  -> b"],
    ),
    ("white space in a string", "x = 'a b'\n", "x = 'a  b'\n", &["body [const x] 2: a b -> a b"]),
    (
        "swapped statements",
        "def f():\n    a(1)\n    b(2)\n",
        "def f():\n    b(2)\n    a(1)\n",
        &["added [def f] 4:  -> b(2)", "removed [def f] 4: b(2) -> "],
    ),
    (
        "repeated equal statements",
        "def f():\n    a()\n    a()\n",
        "def f():\n    a()\n    a()\n    a()\n",
        &["added [def f] 3:  -> a()"],
    ),
    ("else added", "if a:\n    b()\n", "if a:\n    b()\nelse:\n    c()\n", &["body [] 5:  -> else: c()"]),
    (
        "match case added",
        "match x:\n    case 1:\n        a()\n    case _:\n        b()\n",
        "match x:\n    case 1:\n        a()\n    case 2:\n        c()\n    case _:\n        b()\n",
        &["added [] 6:  -> case 2: c()"],
    ),
    ("constant", "LIMIT = 1\n", "LIMIT = 2\n", &["body [const LIMIT] 2: 1 -> 2"]),
    (
        "only statement of a block replaced",
        "def f():\n    pass\n",
        "def f():\n    return g(1)\n",
        &["body [def f] 6: pass -> return g(1)"],
    ),
    (
        "parse error after",
        "def f():\n    a()\ndef g():\n    b()\n",
        "def f():\n    a(\ndef g():\n    b()\n",
        &["body [def f] 1: ) -> "],
    ),
    ("empty before", "", "def f():\n    a()\n", &["added [def f] 8:  -> def f(): a()"]),
    ("empty after", "def f():\n    a()\n", "", &["removed [def f] 8: def f(): a() -> "]),
    (
        "extracted function",
        "def f(a):\n    x = a + 1\n    y = x * 2\n    return g(y)\n",
        "def double(a):\n    x = a + 1\n    y = x * 2\n    return y\n\ndef f(a):\n    return g(double(a))\n",
        &[
            "added [def double] 18:  -> def double(a): x = a + 1 y = x * 2 return y",
            "removed [def f] 5: x = a + 1 ->  needs u2",
            "removed [def f] 5: y = x * 2 ->  needs u3",
            "body [def f] 5: y -> double(a) needs u0",
        ],
    ),
    (
        "line break that ends a statement",
        "def f():\n    return a(1)\n",
        "def f():\n    return\n    a(1)\n",
        &["body [def f] 1:  -> "],
    ),
];

#[test]
fn units_are_what_a_person_would_call_them() {
    for (name, old, new, expected) in CASES {
        assert_eq!(show(&of_path("src/a.py", old, new)), *expected, "{name}");
    }
}

#[test]
fn a_debug_print_beside_a_fix_is_a_unit_of_its_own() {
    let old = "def f(a):\n    x = a - 1\n    return x\n";
    let new = "def f(a):\n    x = a + 1\n    print(\"x\", x)\n    return x\n";
    let diff = of_path("src/a.py", old, new);
    assert_eq!(show(&diff), ["body [def f] 2: - -> +", "added [def f] 8:  -> print(\"x\", x)"]);
    assert_eq!(without(&diff, &[1]), new.replace("    print(\"x\", x)\n", ""));
}

#[test]
fn a_block_goes_back_to_its_old_place_line_by_line() {
    let old = "def f():\n    a(1)\n    for x in y:\n        b(x)\n    return c\n";
    let new = "def f():\n    with d:\n        a(1)\n        for x in y:\n            b(x)\n    return e\n";
    let diff = of_path("src/a.py", old, new);
    assert_eq!(without(&diff, &[0]), old.replace("return c", "return e"));
    assert_eq!(without(&diff, &[1]), new.replace("return e", "return c"));
}

#[test]
fn ends_of_lines_are_one_unit() {
    let old = "def f():\n    a(1)\n";
    let diff = of_path("src/a.py", old, &old.replace('1', "2").replace('\n', "\r\n"));
    assert_eq!(show(&diff), ["mode [end of line] 1:  -> ", "body [def f] 2: 1 -> 2"]);
}

#[test]
fn a_created_file_has_a_unit_for_each_item() {
    let files = [file("src/a.py", None, Some(b"import a\n\n\ndef f():\n    a.b()\n"))];
    let diff = diff(&files);
    invariants::hold(&files, &diff);
    assert_eq!(
        show(&diff),
        [
            "file [file created] 1:  -> ",
            "import [] 2:  -> import a needs u0",
            "added [def f] 10:  -> def f(): a.b() needs u0,u1"
        ]
    );
}
