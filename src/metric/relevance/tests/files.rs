//! Whole files.

use super::*;

const LIB: &str = "mod a;\n";
const A: &str = "pub fn f() -> u32 {\n    1\n}\n";

fn base() -> Files {
    tree(&[
        ("Cargo.toml", "[package]\nname = \"x\"\n"),
        (".gitignore", "/target\n"),
        ("src/lib.rs", LIB),
        ("src/a.rs", A),
        ("tests/t.rs", "#[test]\nfn t() {}\n"),
    ])
}

/// Signs of the units of one added or edited file beside a fix.
fn signs(path: &str, text: &str, statement: &str) -> Vec<String> {
    let base = base();
    let result = edited(&base, &[("src/a.rs", Some("pub fn f() -> u32 {\n    2\n}\n")), (path, Some(text))]);
    let diff = diff(&changed(&base, &result));
    let input = Input { statement: Some(statement), ..Input::bare(&diff, &base) };
    let classified = classify(&input);
    let of_file = |one: &&Classified| View::new(&diff).path(&diff.units[one.unit]) == path;
    let sign = |one: &Classified| match (one.grade, one.sign) {
        (Some(grade), Some(sign)) => format!("{grade:?} {} {:?}", sign.name(), one.role),
        _ => format!("{:?} {:?}", one.class, one.role),
    };
    let mut found: Vec<String> = classified.iter().filter(of_file).map(sign).collect();
    found.dedup();
    found
}

#[test]
fn created_files() {
    let main = "fn main() {\n    println!(\"ok\");\n}\n";
    let cases: &[(&str, &str, &[&str])] = &[
        ("reproduce.py", "print(1)\n", &["B scratch Code"]),
        ("test_fix.sh", "cargo test\n", &["B scratch Other"]),
        ("debug.mjs", "console.log(1);\n", &["B scratch Code"]),
        ("build.rs", main, &["Unproven Code"]),
        ("vite.config.ts", "export default {};\n", &["Unproven Code"]),
        ("reproduce.rs", main, &["B scratch Code"]),
        ("test_issue.rs", main, &["B scratch Other"]),
        ("examples/debug_fail.rs", main, &["B scratch Code"]),
        ("examples/usage.rs", main, &["B scratch Code"]),
        ("examples/test_capacity.rs", main, &["B scratch Other"]),
        ("src/reproduce.rs", main, &["A unused Code"]),
        ("src/lost.rs", "pub fn g() {}\n", &["A unused Code"]),
        ("src/a.rs.orig", A, &["B scratch Other"]),
        ("src/a.rs.rej", "x\n", &["B scratch Other"]),
        ("SUMMARY.md", "# Summary\n", &["B scratch Other"]),
        ("check/Cargo.toml", "[package]\nname = \"check\"\n", &["B scratch Config"]),
        ("tests/reproduce.rs", "use x::a::f;\n\n#[test]\nfn r() {\n    f();\n}\n", &["Unproven Test"]),
        (".gitignore", "/target\ntarget/\n", &["B housekeeping Config"]),
        (".github/workflows/ci.yml", "on: push\n", &["B housekeeping Config"]),
        ("Cargo.lock", "version = 4\n", &["B housekeeping Config"]),
    ];
    for (path, text, expected) in cases {
        assert_eq!(signs(path, text, ""), *expected, "{path}");
        let named = signs(path, text, &format!("see {path}"));
        let accused = named.iter().any(|line| line.starts_with("A ") || line.starts_with("B "));
        assert!(!accused, "{path} is named by the statement: {named:?}");
    }
}

#[test]
fn a_probe_among_examples_is_scratch_although_the_statement_has_an_example() {
    let main = "fn main() {\n    println!(\"ok\");\n}\n";
    assert_eq!(signs("examples/test_capacity.rs", main, "For example, `f` is wrong."), ["B scratch Other"]);
    assert_eq!(signs("examples/usage.rs", main, "Please add an example."), ["Unproven Code"]);
}

#[test]
fn an_empty_file_that_nothing_declares_is_unused() {
    assert_eq!(signs("src/a/promotable.rs", "", ""), ["A unused Code"]);
}

#[test]
fn a_lockfile_follows_its_manifest() {
    let base = base();
    let result = edited(
        &base,
        &[
            ("Cargo.toml", Some("[package]\nname = \"x\"\n[dependencies]\nserde = \"1\"\n")),
            ("Cargo.lock", Some("version = 4\n")),
        ],
    );
    let shown = of_trees(&base, &result, "");
    assert!(shown.iter().any(|line| line.starts_with("generated")), "{shown:#?}");
}

#[test]
fn a_module_that_is_declared_is_no_scratch() {
    let base = base();
    let result = edited(
        &base,
        &[
            ("src/lib.rs", Some("mod a;\nmod debug_view;\n")),
            ("src/debug_view.rs", Some("pub fn view() {}\n")),
        ],
    );
    let shown = of_trees(&base, &result, "");
    assert!(shown.iter().all(|line| line.starts_with("unproven")), "{shown:#?}");
}

#[test]
fn only_modes_and_line_ends() {
    let base = base();
    let mut files = changed(&base, &edited(&base, &[("src/a.rs", Some(&A.replace('\n', "\r\n")))]));
    let same =
        |mode: u32| Some(Side { path: "src/lib.rs".to_owned(), mode, bytes: Arc::from(LIB.as_bytes()) });
    files.push(ChangedFile { old: same(0o100_644), new: same(0o100_755) });
    let diff = diff(&files);
    let classified = classify(&Input::bare(&diff, &base));
    let shown = show(&diff, &classified);
    assert!(shown.len() == 2 && shown.iter().all(|line| line.starts_with("A mode")), "{shown:#?}");
}

#[test]
fn notes_are_scratch_whatever_they_are_called() {
    for name in ["debug_notes.md", "SUMMARY.md", "reproduction.md", "fix-notes.txt"] {
        let found = signs(name, "# Notes\n\nWhat was tried.\n", "f gives the wrong number");
        assert!(found.iter().all(|sign| sign.starts_with("B scratch")), "{name}: {found:?}");
    }
    let kept = signs("CONTRIBUTING.md", "# Notes\n\nHow to help.\n", "f gives the wrong number");
    assert!(kept.iter().all(|sign| !sign.contains("scratch")), "{kept:?}");
}

#[test]
fn a_package_by_itself_is_scratch_although_the_statement_has_a_file_of_that_name() {
    let base = base();
    let result = edited(
        &base,
        &[
            (".gitignore", Some("/target\n**/*.rs.bk\nCargo.lock\ntry_it/\n")),
            ("try_it/Cargo.toml", Some("[package]\nname = \"try_it\"\n")),
            ("try_it/src/main.rs", Some("fn main() {}\n")),
        ],
    );
    let shown = of_trees(&base, &result, "panicked at src/main.rs:8:5");
    assert!(shown.iter().all(|line| line.starts_with("B ")), "{shown:#?}");
    let shown = of_trees(&base, &result, "please add a package try_it");
    assert!(!shown.iter().any(|line| line.starts_with("B scratch")), "{shown:#?}");
}

#[test]
fn a_module_that_a_macro_declares_is_reached() {
    let new = edited(
        &base(),
        &[
            ("src/lib.rs", Some("mod a;\n\ncfg_io! {\n    pub mod b;\n}\n")),
            ("src/b/mod.rs", Some("mod c;\n")),
            ("src/b/c.rs", Some("pub fn c() {}\n")),
            ("src/lost/mod.rs", Some("mod d;\n")),
            ("src/lost/d.rs", Some("pub fn d() {}\n")),
        ],
    );
    let diff = diff(&changed(&base(), &new));
    let base = base();
    let classified = classify(&Input::bare(&diff, &base));
    let accused: BTreeSet<&str> = classified
        .iter()
        .filter(|one| one.grade.is_some())
        .map(|one| View::new(&diff).path(&diff.units[one.unit]))
        .collect();
    assert_eq!(accused, BTreeSet::from(["src/lost/d.rs", "src/lost/mod.rs"]));
}

#[test]
fn attributes_of_the_base_give_roles() {
    let mut base = base();
    base.0.insert(".gitattributes".to_owned(), "src/a.rs linguist-generated\n".to_owned());
    let result = edited(&base, &[("src/a.rs", Some("pub fn f() -> u32 {\n    2\n}\n"))]);
    let shown = of_trees(&base, &result, "");
    assert!(shown.iter().all(|line| line.starts_with("generated")), "{shown:#?}");
    // What the patch itself says of its files counts for nothing.
    base.0.remove(".gitattributes");
    let own = edited(&result, &[(".gitattributes", Some("src/a.rs linguist-generated\n"))]);
    let shown = of_trees(&base, &own, "");
    assert!(!shown.iter().any(|line| line.starts_with("generated")), "{shown:#?}");
}

#[test]
fn a_new_test_must_reach_what_changes() {
    let role = |text: &str| {
        let base = base();
        let fix = ("src/a.rs", Some("pub fn frob() -> u32 {\n    2\n}\n"));
        let base = edited(
            &base,
            &[("src/a.rs", Some("pub fn frob() -> u32 {\n    1\n}\n")), ("src/lib.rs", Some("pub mod b;\n"))],
        );
        let result = edited(&base, &[fix, ("tests/new.rs", Some(text))]);
        let diff = diff(&changed(&base, &result));
        let classified = classify(&Input::bare(&diff, &base));
        let of_file = |one: &&Classified| View::new(&diff).path(&diff.units[one.unit]) == "tests/new.rs";
        classified.iter().find(of_file).map(|one| one.role)
    };
    assert_eq!(role("#[test]\nfn t() {\n    assert_eq!(x::a::frob(), 2);\n}\n"), Some(Role::Test));
    assert_eq!(role("#[test]\nfn t() {\n    println!(\"{}\", 1 + 1);\n}\n"), Some(Role::Other));
}

/// Signs of a program that is created beside the fix of a package in Python or JavaScript.
fn beside(base: &Files, fix: (&str, &str), path: &str, text: &str) -> Vec<String> {
    let result = edited(base, &[(fix.0, Some(fix.1)), (path, Some(text))]);
    let diff = diff(&changed(base, &result));
    let classified = classify(&Input::bare(&diff, base));
    let of_file = classified.iter().filter(|one| View::new(&diff).path(&diff.units[one.unit]) == path);
    let mut found: Vec<String> = of_file
        .map(|one| match one.sign {
            Some(sign) => format!("{} {:?}", sign.name(), one.role),
            None => format!("{:?} {:?}", one.class, one.role),
        })
        .collect();
    found.dedup();
    found
}

#[test]
fn programs_left_beside_a_package_in_python() {
    let base = tree(&[
        ("pyproject.toml", "[project]\nname = \"pkg\"\n"),
        ("pkg/__init__.py", ""),
        ("pkg/core.py", "def frob(a):\n    return a\n"),
        ("tests/test_core.py", "from pkg.core import frob\n\n\ndef test_frob():\n    assert frob(1) == 1\n"),
    ]);
    let fix = ("pkg/core.py", "def frob(a):\n    return a + 1\n");
    let program = "from pkg.core import frob\n\nprint(frob(1))\n";
    let test = "from pkg.core import frob\n\n\ndef test_more():\n    assert frob(1) == 2\n";
    let guarded = "from pkg.core import frob\n\n\ndef test_more():\n    print(frob(1))\n\n\nif __name__ == \"__main__\":\n    test_more()\n";
    for (path, text, expected) in [
        ("reproduce_issue.py", program, "scratch"),
        ("test_fix.py", program, "scratch"),
        ("test_issue_123.py", test, "scratch"),
        ("test_frob_edge_cases.py", guarded, "scratch"),
        ("debug_frob.py", program, "scratch"),
        ("edge_case_check.py", program, "scratch"),
        ("pkg/test_script.py", program, "scratch"),
        ("tests/test_more.py", test, "Test"),
    ] {
        let found = beside(&base, fix, path, text);
        assert!(found.iter().all(|line| line.contains(expected)), "{path}: {found:?}");
    }
}

#[test]
fn programs_left_beside_a_package_in_javascript() {
    let base = tree(&[
        ("package.json", "{\"main\": \"lib/core.js\", \"scripts\": {\"test\": \"mocha test/*.js\"}}\n"),
        ("lib/core.js", "exports.frob = function (a) {\n  return a;\n};\n"),
        ("test/core.js", "const { frob } = require('../lib/core');\n\nit('frobs', () => frob(1));\n"),
    ]);
    let fix = ("lib/core.js", "exports.frob = function (a) {\n  return a + 1;\n};\n");
    let program = "const { frob } = require('./lib/core');\n\nconsole.log(frob(1));\n";
    for (path, text, expected) in [
        ("test.js", program, "scratch"),
        ("reproduce.mjs", program, "scratch"),
        ("debug-frob.js", program, "scratch"),
        ("test-fix.js", program, "scratch"),
        ("issue-12.test.js", program, "scratch"),
        ("check.ts", program, "scratch"),
        ("repro_issue.py", "print(1)\n", "scratch"),
        ("debug_test.py", "print(1)\n", "scratch"),
        ("check.sh", "node lib/core.js\n", "scratch"),
        ("test/more.js", "const { frob } = require('../lib/core');\n\nit('frobs', () => frob(2));\n", "Test"),
    ] {
        let found = beside(&base, fix, path, text);
        assert!(found.iter().all(|line| line.contains(expected)), "{path}: {found:?}");
    }
}

/// A demonstration and the script that runs it name each other.
#[test]
fn a_demonstration_with_a_script_of_its_own() {
    let manifest = |scripts: &str| {
        format!(
            "{{\n  \"main\": \"lib/core.js\",\n  \"scripts\": {{\n    \"test\": \"mocha\"{scripts}\n  }}\n}}\n"
        )
    };
    let judge = |path: &str, statement: &str, readme: &str| {
        let base = tree(&[
            ("package.json", &manifest("")),
            ("README.md", "# Core\n"),
            ("lib/core.js", "exports.f = () => 1;\n"),
            ("test/core.js", "require('../lib/core');\n"),
        ]);
        let scripts = manifest(&format!(",\n    \"sort:demo\": \"node {path}\""));
        let edits = [
            ("lib/core.js", Some("exports.f = () => 2;\n")),
            ("package.json", Some(scripts.as_str())),
            ("README.md", Some(readme)),
            (path, Some("const { f } = require('../lib/core');\nconsole.log(f());\n")),
        ];
        let result = edited(&base, &edits);
        let diff = diff(&changed(&base, &result));
        let input = Input { statement: Some(statement), ..Input::bare(&diff, &base) };
        let shown: Vec<String> = classify(&input)
            .iter()
            .filter(|one| one.sign == Some(Sign::Scratch))
            .map(|one| View::new(&diff).path(&diff.units[one.unit]).to_owned())
            .collect();
        shown.into_iter().collect::<BTreeSet<String>>().into_iter().collect::<Vec<_>>()
    };
    let readme = "# Core\n";
    assert_eq!(judge("scripts/sort-demo.js", "", readme), ["package.json", "scripts/sort-demo.js"]);
    assert!(judge("scripts/sort.js", "", readme).is_empty());
    assert!(judge("scripts/sort-demo.js", "", "# Core\n\nSee sort-demo.js.\n").is_empty());
    assert!(judge("scripts/sort-demo.js", "Add `scripts/sort-demo.js`.", readme).is_empty());
}
