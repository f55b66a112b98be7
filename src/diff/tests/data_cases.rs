//! What a person would call the units of a change in JSON, TOML, YAML, Go and Java.

use super::*;

/// Path, `name`, old, new, units as [`show`] writes them.
type Case = (&'static str, &'static str, &'static str, &'static str, &'static [&'static str]);

const CASES: &[Case] = &[
    (
        "package.json",
        "a version raised, a dependency added",
        "{\n  \"version\": \"1.0.0\",\n  \"dependencies\": {\n    \"a\": \"1\"\n  }\n}\n",
        "{\n  \"version\": \"1.1.0\",\n  \"dependencies\": {\n    \"a\": \"1\",\n    \"b\": \"2\"\n  }\n}\n",
        &["data [version] 2: \"1.0.0\" -> \"1.1.0\"", "data [dependencies/b] 4:  -> , \"b\": \"2\""],
    ),
    (
        "a.json",
        "indented otherwise",
        "{\n  \"a\": [1, 2]\n}\n",
        "{\n    \"a\": [\n        1,\n        2\n    ]\n}\n",
        &["format [a] 4:  ->  |  ->  |  ->  |  -> "],
    ),
    (
        "tsconfig.json",
        "a comment",
        "{\n  // old\n  \"a\": true\n}\n",
        "{\n  // new\n  \"a\": true\n}\n",
        &["comment [] 2: // old -> // new"],
    ),
    (
        "Cargo.toml",
        "a feature, a dependency",
        "[package]\nname = \"a\"\n\n[dependencies]\nserde = \"1\"\n",
        "[package]\nname = \"a\"\n\n[dependencies]\nserde = { version = \"1\", features = [\"derive\"] }\nregex = \"1\"\n",
        &[
            "data [dependencies/serde/features] 10:  -> { |  -> version = |  -> , features = [\"derive\"] |  -> }",
            "added [dependencies/regex] 3:  -> regex = \"1\"",
        ],
    ),
    (
        "a.toml",
        "a trailing comma",
        "a = [\n  1,\n  2\n]\n",
        "a = [\n  1,\n  2,\n]\n",
        &["format [a] 1:  -> ,"],
    ),
    ("a.toml", "a table renamed", "[a]\nx = 1\n", "[b]\nx = 1\n", &["data [b] 2: a -> b"]),
    (
        "ci.yml",
        "a step added, a key changed",
        "on: push\njobs:\n  test:\n    steps:\n      - run: a\n      - run: b\n",
        "on: [push, pull_request]\njobs:\n  test:\n    steps:\n      - run: a\n      - run: c\n      - run: b\n",
        &[
            "data [on] 2:  -> [ |  -> ]",
            "data [on] 2:  -> , pull_request",
            "added [jobs/test/steps] 4:  -> - run: c",
        ],
    ),
    (
        "ci.yml",
        "moved under another key",
        "a:\n  x: 1\nb:\n  y: 2\n",
        "a:\n  x: 1\n  b:\n    y: 2\n",
        &["removed [b] 5: b: y: 2 -> ", "added [a/b] 5:  -> b: y: 2"],
    ),
    (
        "a/ring.go",
        "a statement, an import, a method",
        "package ring\n\nimport (\n\t\"fmt\"\n)\n\nfunc (r *Ring) Push(v int) {\n\tr.at(v)\n}\n",
        "package ring\n\nimport (\n\t\"fmt\"\n\t\"os\"\n)\n\nfunc (r *Ring) Push(v int) {\n\tfmt.Println(v)\n\tr.at(v)\n}\n\nfunc (r Ring) Len() int { return 0 }\n",
        &[
            "import [] 1:  -> \"os\"",
            "added [func (Ring).Push] 6:  -> fmt.Println(v)",
            "added [func (Ring).Len] 13:  -> func (r Ring) Len() int { return 0 }",
        ],
    ),
    (
        "a/ring.go",
        "formatted",
        "package ring\n\nfunc f(a int, b int) int { return a+b }\n",
        "package ring\n\nfunc f(a int, b int) int {\n\treturn a + b\n}\n",
        &["format [func f] 3:  ->  |  ->  |  -> ", "format [func f] 1:  -> "],
    ),
    (
        "src/main/java/Ring.java",
        "a field, a method, a comment",
        "class Ring {\n    int head;\n\n    int size() {\n        return 1; // one\n    }\n}\n",
        "class Ring {\n    int head;\n    int tail;\n\n    @Override\n    int size() {\n        return 2; // two\n    }\n}\n",
        &[
            "added [class Ring/field tail] 3:  -> int tail;",
            "signature [class Ring/method size] 2:  -> @Override",
            "body [class Ring/method size] 2: 1 -> 2",
            "comment [class Ring/method size] 2: // one -> // two",
        ],
    ),
];

#[test]
fn units_of_data_and_of_the_third_tier() {
    for (path, name, old, new, expected) in CASES {
        let diff = of_path(path, old, new);
        let all: Vec<usize> = (0..diff.units.len()).collect();
        assert_eq!(without(&diff, &all), *old, "{path}: {name}");
        assert_eq!(show(&diff), *expected, "{path}: {name}");
    }
}
