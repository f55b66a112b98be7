//! Examples of patches that change how tests run.

use super::*;
use crate::patch::memory::Files;

const MANIFEST: &str = r#"[package]
name = "a"
version = "0.1.0"

[lib]
doctest = false

[[test]]
name = "sums"
path = "tests/sums.rs"

[dependencies]
"#;

#[expect(clippy::unnecessary_wraps, reason = "the form of a change")]
fn file(text: &str) -> Option<Blob> {
    Some(Blob { mode: 0o100_644, bytes: text.as_bytes().to_vec() })
}

fn base() -> Files {
    Files::of(&[
        ("Cargo.toml", MANIFEST),
        ("tests/sums.rs", ""),
        ("pytest.ini", "[pytest]\n"),
        ("setup.cfg", "[metadata]\nname = a\n\n[tool:pytest]\naddopts = -q\n\n[flake8]\nx = 1\n"),
        (
            "package.json",
            r#"{"name":"a","scripts":{"test":"jest","build":"tsc"},"jest":{"bail":0},"dependencies":{}}"#,
        ),
        ("check.sh", "cargo test\n"),
    ])
}

/// What comes of a model's change of one file: its text then (`-` for none, `=` as base), and what was put back.
fn restored(path: &str, text: Option<&str>, gold: Option<&TreeChanges>) -> (String, Vec<String>) {
    let base = base();
    let tests = TreeChanges::new();
    let reference = Reference { base: &base, tests: &tests, gold, command: "./check.sh" };
    let mut changes = TreeChanges::from([(path.to_owned(), text.and_then(file))]);
    let put_back = restore(&reference, &mut changes);
    let now = match changes.get(path) {
        None => "=".to_owned(),
        Some(None) => "-".to_owned(),
        Some(Some(blob)) => String::from_utf8(blob.bytes.clone()).unwrap(),
    };
    (now, put_back)
}

#[test]
fn files_of_the_runner_alone_are_put_back_whole_and_added_ones_go() {
    for (path, text) in [
        (".cargo/config.toml", Some("[target.'cfg(all())']\nrunner = 'true'\n")),
        ("crates/x/.cargo/config.toml", Some("x")),
        ("rust-toolchain.toml", Some("x")),
        ("conftest.py", Some("x")),
        ("pytest.ini", Some("[pytest]\naddopts = --co\n")),
        ("pytest.ini", None),
        ("web/vitest.config.ts", Some("x")),
        (".mocharc.json", Some("{}")),
        ("check.sh", Some("echo test a ... ok\n")),
        (".npmrc", Some("script-shell=./x")),
        ("pytest.py", Some("print('1 passed')")),
        ("_pytest/runner.py", Some("x")),
        ("random.py", Some("x")),
    ] {
        assert_eq!(restored(path, text, None), ("=".to_owned(), vec![path.to_owned()]), "{path}");
    }
    for path in [
        "src/lib.rs",
        "tests/new.rs",
        "Cargo.lock",
        "tsconfig.json",
        "go.mod",
        "vite.config.ts",
        "src/types.py",
        "json.md",
    ] {
        assert_eq!(restored(path, Some("x"), None), ("x".to_owned(), vec![]), "{path}");
    }
}

#[test]
fn a_manifest_keeps_what_the_patch_needs_and_loses_what_it_switches() {
    let with_dependency = MANIFEST.replace("[dependencies]", "[dependencies]\nlog = \"0.4\"");
    let (same, nothing) = restored("Cargo.toml", Some(&with_dependency), None);
    assert_eq!(
        (same.as_str(), nothing.len()),
        (with_dependency.as_str(), 0),
        "not even its layout is touched"
    );

    let switched = with_dependency
        .replace("doctest = false", "harness = false\ntest = false")
        .replace("path = \"tests/sums.rs\"", "path = \"src/fake.rs\"\nharness = false")
        + "\n[profile.test]\noverflow-checks = false\n\n[[bin]]\nname = \"b\"\npath = \"src/b.rs\"\nharness = false\n";
    let switched = switched.replace("version =", "autotests = false\nversion =");
    let (text, put_back) = restored("Cargo.toml", Some(&switched), None);
    let now: toml::Table = toml::from_str(&text).unwrap();
    let before: toml::Table = toml::from_str(MANIFEST).unwrap();
    assert_eq!(now["lib"], before["lib"]);
    assert_eq!(now["test"], before["test"]);
    assert_eq!(now["package"], before["package"]);
    assert!(now.get("profile").is_none());
    assert_eq!(now["dependencies"]["log"].as_str(), Some("0.4"));
    assert_eq!(now["bin"][0]["path"].as_str(), Some("src/b.rs"));
    assert!(now["bin"][0].get("harness").is_none());
    assert_eq!(
        put_back.join(" | "),
        "Cargo.toml: bin.b.harness | Cargo.toml: lib.doctest | Cargo.toml: lib.harness | Cargo.toml: lib.test | \
         Cargo.toml: package.autotests | Cargo.toml: profile | Cargo.toml: test"
    );
}

#[test]
fn a_test_target_that_went_with_its_file_stays_away() {
    let (base, tests) = (base(), TreeChanges::new());
    let reference = Reference { base: &base, tests: &tests, gold: None, command: "" };
    let without = MANIFEST.replace("[[test]]\nname = \"sums\"\npath = \"tests/sums.rs\"\n", "");
    let mut changes =
        TreeChanges::from([("Cargo.toml".to_owned(), file(&without)), ("tests/sums.rs".to_owned(), None)]);
    restore(&reference, &mut changes);
    let text = String::from_utf8(changes["Cargo.toml"].clone().unwrap().bytes).unwrap();
    assert!(!text.contains("sums"), "{text}");
}

#[test]
fn where_gold_changes_a_setting_a_patch_that_changes_it_gets_golds() {
    let set = |value: &str| format!("{MANIFEST}\n[profile.dev]\nopt-level = {value}\n");
    let gold = TreeChanges::from([
        ("Cargo.toml".to_owned(), file(&set("1"))),
        ("jest.config.js".to_owned(), file("gold")),
    ]);
    let manifest = |text: &str| restored("Cargo.toml", Some(text), Some(&gold));
    assert_eq!(manifest(&set("1")), (set("1"), vec![]), "gold's own stays");
    let (text, put_back) = manifest(&set("3"));
    assert_eq!(toml::from_str::<toml::Table>(&text).unwrap(), toml::from_str(&set("1")).unwrap());
    assert_eq!(put_back, ["Cargo.toml: profile"]);
    let other = MANIFEST.replace("0.1.0", "0.2.0");
    assert_eq!(manifest(&other), (other.clone(), vec![]), "not touched: base's");
    assert_eq!(restored("jest.config.js", Some("mine"), Some(&gold)).0, "gold");
}

#[test]
fn package_json_keeps_dependencies_and_new_scripts() {
    let mine = r#"{"name":"a","scripts":{"test":"true","pretest":"rm -r tests","build":"tsc","lint":"eslint"},"dependencies":{"x":"1"}}"#;
    let (text, put_back) = restored("package.json", Some(mine), None);
    let now: serde_json::Value = serde_json::from_str(&text).unwrap();
    let expected = serde_json::json!({
        "name": "a", "scripts": {"test": "jest", "build": "tsc", "lint": "eslint"},
        "dependencies": {"x": "1"}, "jest": {"bail": 0},
    });
    assert_eq!(now, expected);
    assert_eq!(
        put_back.join(" "),
        "package.json: jest package.json: scripts.pretest package.json: scripts.test"
    );
}

#[test]
fn of_setup_cfg_only_the_sections_of_the_runner_are_put_back() {
    let mine = "[metadata]\nname = b\n\n[tool:pytest]\naddopts = --co\n\n[flake8]\nx = 2\n";
    let (text, put_back) = restored("setup.cfg", Some(mine), None);
    assert_eq!(text, "[metadata]\nname = b\n\n[flake8]\nx = 2\n[tool:pytest]\naddopts = -q\n\n");
    assert_eq!(put_back, ["setup.cfg: [tool:pytest]"]);
}

#[test]
fn links_in_the_place_of_settings_go() {
    let (base, tests) = (base(), TreeChanges::new());
    let reference = Reference { base: &base, tests: &tests, gold: None, command: "" };
    let link = |to: &str| Some(Blob { mode: LINK, bytes: to.as_bytes().to_vec() });
    let mut changes = TreeChanges::from([
        (".cargo".to_owned(), link("evil")),
        ("Cargo.toml".to_owned(), link("evil.toml")),
    ]);
    assert_eq!(restore(&reference, &mut changes), [".cargo", "Cargo.toml"]);
    assert!(changes.is_empty());
}

#[test]
fn what_the_test_patch_brings_stays() {
    let base = base();
    let tests = TreeChanges::from([("conftest.py".to_owned(), file("task"))]);
    let reference = Reference { base: &base, tests: &tests, gold: None, command: "" };
    let mut changes = tests.clone();
    assert!(restore(&reference, &mut changes).is_empty());
    assert_eq!(changes, tests);
}
