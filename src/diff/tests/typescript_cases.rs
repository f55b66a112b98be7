//! What a person would call the units of a change in TypeScript, TSX and JavaScript.

use super::*;

/// `name`, ending, old, new, units as [`show`] writes them.
type Case = (&'static str, &'static str, &'static str, &'static str, &'static [&'static str]);

const CASES: &[Case] = &[
    (
        "reflow",
        "ts",
        "function f() {\n  g(a, b);\n}\n",
        "function f() {\n  g(\n    a,\n    b,\n  );\n}\n",
        &["format [function f] 3:  ->  |  ->  |  -> ,"],
    ),
    (
        "re-indentation",
        "ts",
        "function f() {\n  a();\n  b();\n}\n",
        "function f() {\n    a();\n    b();\n}\n",
        &["format [function f] 1:  -> ", "format [function f] 1:  -> "],
    ),
    (
        "blank line",
        "ts",
        "const a = 1;\nconst b = 2;\n",
        "const a = 1;\n\nconst b = 2;\n",
        &["format [const b] 1:  -> "],
    ),
    (
        "semicolons left out",
        "ts",
        "const a = f();\nconst b = g();\n",
        "const a = f()\nconst b = g()\n",
        &["format [const b] 1: ; -> ", "format [] 1: ; -> "],
    ),
    (
        "semicolon before a bracket",
        "ts",
        "a();\n(b || c)();\n",
        "a()\n(b || c)();\n",
        &["body [] 7:  -> (b || c)()", "removed [] 8: (b || c)(); -> "],
    ),
    (
        "semicolon of an empty loop",
        "ts",
        "while (a());\nb();\n",
        "while (a())\nb();\n",
        &["body [] 3:  -> b()", "removed [] 4: b(); -> "],
    ),
    (
        "line break that ends a statement",
        "ts",
        "function f() {\n  return a(1);\n}\n",
        "function f() {\n  return\n  a(1);\n}\n",
        &["body [function f] 1:  -> "],
    ),
    ("trailing comma", "ts", "f(a, b);\n", "f(a, b,);\n", &["format [] 1:  -> ,"]),
    (
        "trailing comma of an array",
        "ts",
        "const x = [a];\n",
        "const x = [a,];\n",
        &["format [const x] 1:  -> ,"],
    ),
    ("hole in an array", "ts", "const x = [a,];\n", "const x = [a,,];\n", &["body [const x] 1:  -> ,"]),
    (
        "comment changed",
        "ts",
        "// one two\nf();\n",
        "// one three\nf();\n",
        &["comment [] 2: // one two -> // one three"],
    ),
    (
        "documentation added",
        "ts",
        "function f() {}\n",
        "/** Says why. */\nfunction f() {}\n",
        &["comment [function f] 8:  -> /** Says why. */"],
    ),
    (
        "commented-out code",
        "ts",
        "function f() {\n  a();\n}\n",
        "function f() {\n  // b();\n  a();\n}\n",
        &["comment [function f] 6:  -> // b();"],
    ),
    (
        "imports swapped",
        "ts",
        "import a from \"a\";\nimport b from \"b\";\n",
        "import b from \"b\";\nimport a from \"a\";\n",
        &["import [] 5:  -> import b from \"b\";", "import [] 5: import b from \"b\"; -> "],
    ),
    (
        "import in a list",
        "ts",
        "import { a, b } from \"m\";\n",
        "import { a, b, c } from \"m\";\n",
        &["import [] 2:  -> , c"],
    ),
    (
        "import on several lines",
        "ts",
        "import { a, b } from \"m\";\n",
        "import {\n  a,\n  b,\n} from \"m\";\n",
        &["format [] 3:  ->  |  ->  |  -> ,"],
    ),
    (
        "import of types",
        "ts",
        "import { A } from \"m\";\n",
        "import type { A } from \"m\";\n",
        &["import [] 1:  -> type"],
    ),
    (
        "import changed",
        "ts",
        "import { a } from \"m\";\n",
        "import { a } from \"n\";\n",
        &["import [] 2: \"m\" -> \"n\""],
    ),
    (
        "re-export",
        "ts",
        "export { a } from \"m\";\n",
        "export { a, b as c } from \"m\";\n",
        &["import [] 4:  -> , b as c"],
    ),
    (
        "require and its use",
        "js",
        "function f() {\n  a();\n}\n",
        "const { helper } = require(\"./x\");\nfunction f() {\n  a();\n  helper();\n}\n",
        &[
            "import [] 10:  -> const { helper } = require(\"./x\");",
            "added [function f] 4:  -> helper(); needs u0",
        ],
    ),
    (
        "local rename",
        "ts",
        "function f(a: number) {\n  const x = a;\n  g(x);\n  return x + 1;\n}\n",
        "function f(a: number) {\n  const y = a;\n  g(y);\n  return y + 1;\n}\n",
        &["rename [function f] 1: x -> y | x -> y | x -> y"],
    ),
    (
        "rename inside a template",
        "ts",
        "function f(a) {\n  const x = a;\n  return `n ${x}`;\n}\n",
        "function f(a) {\n  const y = a;\n  return `n ${y}`;\n}\n",
        &["rename [function f] 1: x -> y | x -> y"],
    ),
    (
        "local that is a key too",
        "ts",
        "function f(a) {\n  const x = a;\n  return { x };\n}\n",
        "function f(a) {\n  const y = a;\n  return { y };\n}\n",
        &["body [function f] 2: x -> y needs u1", "body [function f] 2: x -> y needs u0"],
    ),
    (
        "function renamed with its calls",
        "ts",
        "function one() {}\nfunction f() { one(); }\n",
        "function two() {}\nfunction f() { two(); }\n",
        &["rename [function two] 1: one -> two | one -> two"],
    ),
    (
        "moved function",
        "ts",
        "function a() {\n  one(1, 2);\n}\n\nfunction b() {\n  two();\n}\n\nfunction c() {\n  three();\n  four();\n}\n",
        "function b() {\n  two();\n}\n\nfunction c() {\n  three();\n  four();\n}\n\nfunction a() {\n  one(1, 2);\n}\n",
        &["move [function a] 0: function a() { one(1, 2); } ->  |  -> function a() { one(1, 2); }"],
    ),
    (
        "moved and edited",
        "ts",
        "export function a() {\n  one(1, 2);\n}\n\nfunction b() {\n  two();\n  five(5, 6, 7);\n}\n",
        "function b() {\n  two();\n  five(5, 6, 7);\n}\n\nexport function a() {\n  one(1, 3);\n}\n",
        &[
            "removed [function a] 14: export function a() { one(1, 2); } -> ",
            "added [function a] 14:  -> export function a() { one(1, 3); }",
        ],
    ),
    (
        "fix and format",
        "ts",
        "function f() {\n  a(1);\n  b( );\n}\n",
        "function f() {\n  a(2);\n  b();\n}\n",
        &["body [function f] 2: 1 -> 2", "format [function f] 1:  -> "],
    ),
    (
        "string",
        "ts",
        "const a = \"one\";\n",
        "const a = \"two\";\n",
        &["body [const a] 2: \"one\" -> \"two\""],
    ),
    ("quotes", "ts", "const a = \"one\";\n", "const a = 'one';\n", &["body [const a] 2: \"one\" -> 'one'"]),
    (
        "white space in a template",
        "ts",
        "const a = `x ${b} y`;\n",
        "const a = `x  ${b} y`;\n",
        &["body [const a] 2: x -> x"],
    ),
    (
        "tail of a template",
        "ts",
        "const a = `x ${b} y`;\n",
        "const a = `x ${b} z`;\n",
        &["body [const a] 2: y -> z"],
    ),
    (
        "template type",
        "ts",
        "type A = `a ${B}`;\n",
        "type A = `a  ${B}`;\n",
        &["signature [type A] 2: `a ${B}` -> `a ${B}`"],
    ),
    ("regex", "ts", "const a = /a b/;\n", "const a = /a  b/;\n", &["body [const a] 2: /a b/ -> /a b/"]),
    (
        "decorator",
        "ts",
        "class A {\n  f() {}\n}\n",
        "class A {\n  @log()\n  f() {}\n}\n",
        &["signature [class A/method f] 4:  -> @log()"],
    ),
    (
        "class decorator",
        "ts",
        "@a\nexport class A {}\n",
        "@a\n@b({ c: 1 })\nexport class A {}\n",
        &["signature [class A] 9:  -> @b({ c: 1 })"],
    ),
    (
        "generic",
        "ts",
        "function f(a: A): B {}\n",
        "function f<T>(a: A<T>): B {}\n",
        &["signature [function f] 3:  -> <T>", "signature [function f] 3:  -> <T> needs u0"],
    ),
    (
        "arrow function",
        "ts",
        "export const f = (a: number) => a + 1;\n",
        "export const f = (a: number) => a + 2;\n",
        &["body [function f] 2: 1 -> 2"],
    ),
    (
        "parameter of an arrow function",
        "ts",
        "const f = (a: A) => {\n  g(a);\n};\n",
        "const f = (a: A, b: B) => {\n  g(a);\n};\n",
        &["signature [function f] 4:  -> , b: B"],
    ),
    (
        "arrow function gets a block",
        "ts",
        "const f = () => g(1);\n",
        "const f = () => {\n  return g(1);\n};\n",
        &["body [function f] 2:  -> { |  -> }", "body [function f] 2:  -> return |  -> ; needs u0"],
    ),
    (
        "switch case",
        "ts",
        "function f() {\n  switch (x) {\n    case 1:\n      a();\n      break;\n    default:\n      b();\n  }\n}\n",
        "function f() {\n  switch (x) {\n    case 1:\n      a();\n      break;\n    case 2:\n      c();\n      break;\n    default:\n      b();\n  }\n}\n",
        &["added [function f] 9:  -> case 2: c(); break;"],
    ),
    (
        "statement in a switch case",
        "ts",
        "switch (x) {\n  case 1:\n    a();\n    break;\n}\n",
        "switch (x) {\n  case 1:\n    a();\n    c();\n    break;\n}\n",
        &["added [] 4:  -> c();"],
    ),
    (
        "overload",
        "ts",
        "function f(a: A): A;\nfunction f(a: any) {\n  return a;\n}\n",
        "function f(a: A): A;\nfunction f(a: B): B;\nfunction f(a: any) {\n  return a;\n}\n",
        &["added [function f] 10:  -> function f(a: B): B;"],
    ),
    (
        "method and field",
        "ts",
        "class A {\n  x = 1;\n  f() {\n    a();\n  }\n}\n",
        "class A {\n  x = 2;\n  y?: string;\n  f(z: Z) {\n    a();\n  }\n}\n",
        &[
            "body [class A] 2: 1 -> 2",
            "added [class A] 5:  -> y?: string;",
            "signature [class A/method f] 3:  -> z: Z",
        ],
    ),
    (
        "interface",
        "ts",
        "interface A {\n  a: string;\n}\n",
        "interface A {\n  a: string;\n  b?: number;\n}\n",
        &["signature [interface A] 5:  -> b?: number;"],
    ),
    ("type alias", "ts", "type A = B | C;\n", "type A = B | C | D;\n", &["signature [type A] 2:  -> | D"]),
    (
        "enum",
        "ts",
        "enum A {\n  B,\n  C = 2,\n}\n",
        "enum A {\n  B,\n  C = 3,\n  D,\n}\n",
        &["body [enum A] 2: 2 -> 3", "signature [enum A] 2:  -> D,"],
    ),
    (
        "namespace",
        "ts",
        "namespace N {\n  export const a = 1;\n}\n",
        "namespace N {\n  export const a = 2;\n  export function f() {}\n}\n",
        &[
            "body [namespace N/const a] 2: 1 -> 2",
            "added [namespace N/function f] 7:  -> export function f() {}",
        ],
    ),
    (
        "default export",
        "ts",
        "export default function () {\n  a(1);\n}\n",
        "export default function () {\n  a(2);\n}\n",
        &["body [export default] 2: 1 -> 2"],
    ),
    (
        "swapped statements",
        "ts",
        "function f() {\n  a(1);\n  b(2);\n}\n",
        "function f() {\n  b(2);\n  a(1);\n}\n",
        &["added [function f] 5:  -> b(2);", "removed [function f] 5: b(2); -> "],
    ),
    (
        "block put around statements",
        "ts",
        "function f() {\n  a(1);\n  b(2);\n}\n",
        "function f() {\n  if (c) {\n    a(1);\n    b(2);\n  }\n}\n",
        &["body [function f] 6:  -> if (c) { |  -> }", "format [function f] 1:  -> "],
    ),
    (
        "extracted function",
        "ts",
        "function f(a) {\n  const x = a + 1;\n  const y = x * 2;\n  return g(y);\n}\n",
        "function double(a) {\n  const x = a + 1;\n  const y = x * 2;\n  return y;\n}\n\nfunction f(a) {\n  return g(double(a));\n}\n",
        &[
            "added [function double] 24:  -> function double(a) { const x = a + 1; const y = x * 2; return y; }",
            "removed [function f] 7: const x = a + 1; ->  needs u2",
            "removed [function f] 7: const y = x * 2; ->  needs u3",
            "body [function f] 5: y -> double(a) needs u0",
        ],
    ),
    (
        "repeated equal statements",
        "ts",
        "function f() {\n  a();\n  a();\n}\n",
        "function f() {\n  a();\n  a();\n  a();\n}\n",
        &["added [function f] 4:  -> a();"],
    ),
    (
        "new helper and its use",
        "ts",
        "function f() {\n  a();\n}\n",
        "function f() {\n  a();\n  helper();\n}\n\nconst helper = () => {};\n",
        &[
            "added [function f] 4:  -> helper(); needs u1",
            "added [function helper] 9:  -> const helper = () => {};",
        ],
    ),
    (
        "property",
        "js",
        "module.exports = {\n  a: 1,\n  b() {},\n};\n",
        "module.exports = {\n  a: 2,\n  b() {},\n  c,\n};\n",
        &["body [] 2: 1 -> 2", "body [] 2:  -> c,"],
    ),
    (
        "promise chain",
        "ts",
        "a.then((x) => x.b).catch(c);\n",
        "a.then((x) => x.d).finally(e).catch(c);\n",
        &["body [] 1: b ->  needs u1", "body [] 1:  -> d", "body [] 4:  -> ).finally(", "body [] 1:  -> e"],
    ),
    (
        "test",
        "ts",
        "describe(\"sum\", () => {\n  it(\"adds\", () => {\n    expect(sum(1, 2)).toBe(3);\n  });\n});\n",
        "describe(\"sum\", () => {\n  it(\"adds\", () => {\n    expect(sum(1, 2)).toBe(4);\n  });\n\n  it(\"is empty\", () => {\n    expect(sum()).toBe(0);\n  });\n});\n",
        &[
            "body [describe sum/it adds] 2: 3 -> 4",
            "added [describe sum/it is empty] 23:  -> it(\"is empty\", () => { expect(sum()).toBe(0); });",
        ],
    ),
    (
        "jsx text",
        "tsx",
        "const a = <p>Hello world</p>;\n",
        "const a = <p>Hello there</p>;\n",
        &["body [const a] 2: Hello world -> Hello there"],
    ),
    (
        "jsx text on other lines",
        "tsx",
        "const a = (\n  <p>\n    Hello big\n    world\n  </p>\n);\n",
        "const a = (\n  <p>\n      Hello\n      big world\n  </p>\n);\n",
        &["format [const a] 3:  ->  |  ->  |  -> "],
    ),
    (
        "blank in jsx text",
        "tsx",
        "const a = <p>Hello {b}</p>;\n",
        "const a = <p>Hello{b}</p>;\n",
        &["body [const a] 2: Hello -> Hello"],
    ),
    (
        "two blanks in jsx text",
        "tsx",
        "const a = <p>a b</p>;\n",
        "const a = <p>a  b</p>;\n",
        &["removed [const a] 2: a b -> ", "added [const a] 1:  -> a b"],
    ),
    (
        "jsx attribute",
        "tsx",
        "const a = <A b=\"1\" c={2} />;\n",
        "const a = <A b=\"1\" c={3} d />;\n",
        &["body [const a] 2: 2 -> 3", "body [const a] 1:  -> d"],
    ),
    (
        "jsx child",
        "tsx",
        "const a = (\n  <ul>\n    <li>one</li>\n  </ul>\n);\n",
        "const a = (\n  <ul>\n    <li>one</li>\n    <li>two</li>\n  </ul>\n);\n",
        &["added [const a] 7:  -> <li>two</li>"],
    ),
    (
        "jsx tag",
        "jsx",
        "const a = <div><b /></div>;\n",
        "const a = <span><b /></span>;\n",
        &["body [const a] 4: div -> span | div -> span"],
    ),
    (
        "jsx wrapped",
        "jsx",
        "const a = <B c={1} />;\n",
        "const a = (\n  <div>\n    <B c={1} />\n  </div>\n);\n",
        &["body [const a] 2:  -> ( |  -> )", "added [const a] 6:  -> <div> |  -> </div>"],
    ),
    (
        "generic arrow in tsx",
        "tsx",
        "const f = <T,>(a: T) => a;\n",
        "const f = <T, U>(a: T) => a;\n",
        &["signature [function f] 1:  -> U"],
    ),
    (
        "parse error after",
        "ts",
        "function f() { a(); }\nfunction g() {}\n",
        "function f() { a(; }\nfunction g() {}\n",
        &["body [function f] 1: ) -> "],
    ),
    (
        "parse error before",
        "ts",
        "function f( { a(); }\n",
        "function f() { a(); }\n",
        &[
            "removed [] 9: function f( { a(); } -> ",
            "added [function f] 10:  -> function f() { a(); } needs u0",
        ],
    ),
    ("empty before", "ts", "", "function f() {}\n", &["added [function f] 6:  -> function f() {}"]),
    ("empty after", "js", "const f = () => {};\n", "", &["removed [function f] 9: const f = () => {}; -> "]),
    (
        "shebang",
        "js",
        "#!/usr/bin/env node\na();\n",
        "#!/usr/bin/env -S node\na();\n",
        &["removed [] 1: #!/usr/bin/env node -> ", "added [] 1:  -> #!/usr/bin/env -S node needs u0"],
    ),
];

#[test]
fn units_are_what_a_person_would_call_them() {
    for (name, ending, old, new, expected) in CASES {
        assert_eq!(show(&of_path(&format!("src/a.{ending}"), old, new)), *expected, "{name}");
    }
}

#[test]
fn a_debug_print_beside_a_fix_is_a_unit_of_its_own() {
    let old = "export function f(a: number) {\n  const x = a - 1;\n  return x;\n}\n";
    let new =
        "export function f(a: number) {\n  const x = a + 1;\n  console.log(\"x\", x);\n  return x;\n}\n";
    let diff = of_path("src/a.ts", old, new);
    assert_eq!(
        show(&diff),
        ["body [function f] 2: - -> +", "added [function f] 9:  -> console.log(\"x\", x);"]
    );
    assert_eq!(without(&diff, &[1]), new.replace("  console.log(\"x\", x);\n", ""));
}

#[test]
fn ends_of_lines_are_one_unit() {
    let old = "function f() {\n  a(1);\n}\n";
    let diff = of_path("src/a.ts", old, &old.replace('1', "2").replace('\n', "\r\n"));
    assert_eq!(show(&diff), ["mode [end of line] 1:  -> ", "body [function f] 2: 1 -> 2"]);
}

#[test]
fn created_and_deleted_files_have_a_unit_for_each_item() {
    let text: &[u8] = b"import a from \"a\";\n\nexport const b = a(1);\n";
    for (old, new, expected) in [
        (
            None,
            Some(text),
            [
                "file [file created] 1:  -> ",
                "import [] 5:  -> import a from \"a\"; needs u0",
                "added [const b] 9:  -> export const b = a(1); needs u0,u1",
            ],
        ),
        (
            Some(text),
            None,
            [
                "file [file deleted] 1:  ->  needs u1,u2",
                "import [] 5: import a from \"a\"; ->  needs u2",
                "removed [const b] 9: export const b = a(1); -> ",
            ],
        ),
    ] {
        let files = [file("src/a.ts", old, new)];
        let diff = diff(&files);
        invariants::hold(&files, &diff);
        assert_eq!(show(&diff), expected);
    }
}

#[test]
fn every_ending_of_the_family_is_read() {
    for ending in ["ts", "mts", "cts", "tsx", "js", "jsx", "mjs", "cjs"] {
        let diff = of_path(&format!("src/a.{ending}"), "f(1);\n", "f(2);\n");
        assert_eq!(show(&diff), ["body [] 2: 1 -> 2"], "{ending}");
    }
}
