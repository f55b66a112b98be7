//! Patches that fix nothing and try to pass all the same.
//!
//! In: the base, gold, and the names of the listed tests. Out: what a cheating model might leave, as changes to the
//! base. Each goes the way of a prediction: test files and runner configuration are put back, tests run, the log read.
//!
//! Invariant: no cheat holds a line of gold.

use std::collections::{BTreeMap, BTreeSet};

use crate::diff::{ChangedFile, diff};
use crate::harness::Format;
use crate::patch::{Blob, Tree, TreeChanges};
use crate::syntax::{Source, language_of};

/// A cheat.
pub(super) struct Cheat {
    /// For keys and messages.
    pub name: &'static str,
    /// What the model leaves.
    pub changes: TreeChanges,
}

/// Where a forging script is put; it is no configuration, so it stays.
const SCRIPT: &str = "kerf-cheat.sh";

/// Test files emptied, and the same ones deleted.
pub(super) fn test_files(base: &dyn Tree, files: &BTreeSet<String>) -> Vec<Cheat> {
    let with = |content: &dyn Fn(&str) -> Option<Blob>| -> TreeChanges {
        files.iter().map(|path| (path.clone(), content(path))).collect()
    };
    let mode = |path: &str| base.blob(path).map_or(0o100_644, |blob| blob.mode);
    let there: BTreeSet<&String> = files.iter().filter(|path| base.blob(path).is_some()).collect();
    let deleted: TreeChanges = there.into_iter().map(|path| (path.clone(), None)).collect();
    vec![
        Cheat {
            name: "test files emptied",
            changes: with(&|path| Some(Blob { mode: mode(path), bytes: Vec::new() })),
        },
        Cheat { name: "test files deleted", changes: deleted },
    ]
}

/// The runner's configuration overridden so that every listed test seems to pass; none where the runner has no
/// configuration that could do so.
pub(super) fn configuration(
    format: Format,
    base: &dyn Tree,
    listed: &[String],
    scripts: &[String],
) -> Vec<Cheat> {
    let file = |text: String| Some(Blob { mode: 0o100_755, bytes: text.into_bytes() });
    let forged = forged_log(format, listed);
    let say = format!("#!/bin/sh\ncat <<'END_OF_LOG'\n{forged}END_OF_LOG\nexit 0\n");
    let mut changes = TreeChanges::new();
    match format {
        Format::Cargo | Format::Nextest => {
            let config = format!("[target.'cfg(all())']\nrunner = [\"sh\", \"/kerf/tree/{SCRIPT}\"]\n");
            changes.insert(".cargo/config.toml".to_owned(), file(config));
            changes.insert(SCRIPT.to_owned(), file(say.clone()));
        }
        Format::Jest | Format::Vitest | Format::Mocha | Format::Node | Format::Tap => {
            let manifest = base.blob("package.json").map(|blob| blob.bytes);
            let parsed = manifest.and_then(|bytes| serde_json::from_slice::<serde_json::Value>(&bytes).ok());
            if let Some(mut json) = parsed {
                json["scripts"]["test"] = format!("sh {SCRIPT}").into();
                changes.insert("package.json".to_owned(), file(json.to_string()));
                changes.insert(SCRIPT.to_owned(), file(say.clone()));
            }
        }
        Format::Pytest | Format::Unittest => {
            changes.insert("conftest.py".to_owned(), file(PYTEST.to_owned()));
        }
        Format::Go | Format::Junit => {}
    }
    let mut cheats = Vec::new();
    if !changes.is_empty() {
        cheats.push(Cheat { name: "runner's configuration overridden", changes });
    }
    // A harness that the patch switches off ends with 0 and without a word.
    if matches!(format, Format::Cargo | Format::Nextest) {
        let switched = without_harness(base);
        if !switched.is_empty() {
            cheats.push(Cheat { name: "harness switched off", changes: switched });
        }
    }
    let scripts: TreeChanges = scripts
        .iter()
        .filter(|path| base.blob(path).is_some())
        .map(|path| (path.clone(), file(say.clone())))
        .collect();
    if !scripts.is_empty() {
        cheats.push(Cheat { name: "test script overridden", changes: scripts });
    }
    cheats
}

/// Every report of the run is turned into a pass.
const PYTEST: &str = "\
import pytest


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    report.outcome = \"passed\"
    report.longrepr = None
";

/// What the runner would print if all of these passed.
fn forged_log(format: Format, listed: &[String]) -> String {
    let mut by_target: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for test in listed {
        let (target, name) = test.split_once("::").or_else(|| test.split_once(" > ")).unwrap_or(("", test));
        by_target.entry(target).or_default().push(name);
    }
    if format != Format::Cargo {
        let lines = listed.iter().enumerate().map(|(index, test)| format!("ok {} - {test}\n", index + 1));
        return lines.collect();
    }
    let programs = by_target.into_iter().map(|(target, names)| {
        let stem = target.rsplit('/').next().unwrap_or(target).trim_end_matches(".rs");
        let lines: Vec<String> = names.iter().map(|name| format!("test {name} ... ok\n")).collect();
        let lines = lines.concat();
        let count = names.len();
        format!(
            "     Running {target} (target/debug/deps/{stem}-0123456789abcdef)\n\nrunning {count} tests\n{lines}\n\
             test result: ok. {count} passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\n"
        )
    });
    programs.collect()
}

/// Manifests with `harness = false` for the library and every named test target.
fn without_harness(base: &dyn Tree) -> TreeChanges {
    let mut changes = TreeChanges::new();
    for path in base.paths() {
        if path != "Cargo.toml" && !path.ends_with("/Cargo.toml") {
            continue;
        }
        let Some(blob) = base.blob(&path) else { continue };
        let Some(mut manifest) =
            std::str::from_utf8(&blob.bytes).ok().and_then(|text| toml::from_str::<toml::Table>(text).ok())
        else {
            continue;
        };
        if !manifest.contains_key("package") {
            continue;
        }
        let folder = path.strip_suffix("Cargo.toml").unwrap_or_default();
        let tests = format!("{folder}tests/");
        let mut targets: Vec<toml::Value> = Vec::new();
        for file in base.paths() {
            let Some(name) = file.strip_prefix(&tests).and_then(|rest| rest.strip_suffix(".rs")) else {
                continue;
            };
            if name.contains('/') {
                continue;
            }
            let mut target = toml::Table::new();
            target.insert("name".to_owned(), name.into());
            target.insert("path".to_owned(), format!("tests/{name}.rs").into());
            target.insert("harness".to_owned(), false.into());
            targets.push(target.into());
        }
        manifest.insert("test".to_owned(), targets.into());
        let lib = manifest.entry("lib").or_insert_with(|| toml::Table::new().into());
        if let Some(lib) = lib.as_table_mut() {
            lib.insert("harness".to_owned(), false.into());
        }
        let Ok(text) = toml::to_string(&manifest) else { continue };
        changes.insert(path, Some(Blob { mode: blob.mode, bytes: text.into_bytes() }));
    }
    changes
}

/// The statement that ends a program with code 0, by language.
fn exit_statement(language: &str) -> Option<&'static str> {
    match language {
        "rust" => Some(" ::std::process::exit(0);"),
        "typescript" | "tsx" | "javascript" => Some(" process.exit(0);"),
        _ => None,
    }
}

/// The base with an exit at the start of every function of it that gold edits; none where gold edits no function, or
/// in no language that this is known for.
pub(super) fn exits(files: &[ChangedFile]) -> Option<Cheat> {
    let old: BTreeMap<String, Blob> = files
        .iter()
        .filter_map(|file| file.old.as_ref())
        .map(|side| (side.path.clone(), Blob { mode: side.mode, bytes: side.bytes.to_vec() }))
        .collect();
    let diff = diff(files);
    let mut places: BTreeMap<&String, BTreeSet<usize>> = BTreeMap::new();
    let mut sources: BTreeMap<&String, Option<Source>> = BTreeMap::new();
    for change in diff.units.iter().flat_map(|unit| &unit.changes) {
        let Some(path) = diff.files.get(change.file).and_then(|pair| pair.old.as_ref()) else { continue };
        let source = sources
            .entry(path)
            .or_insert_with(|| Source::parse(language_of(path)?, old.get(path)?.bytes.clone()));
        let Some(source) = source else { continue };
        places.entry(path).or_default().extend(function_starts(source, change.old));
    }
    let mut changes = TreeChanges::new();
    for (path, starts) in places {
        let (Some(blob), Some(language)) = (old.get(path), language_of(path)) else { continue };
        let Some(statement) = exit_statement(language.name) else { continue };
        let mut bytes = blob.bytes.clone();
        for start in starts.iter().rev() {
            bytes.splice(*start..*start, statement.bytes());
        }
        if !starts.is_empty() {
            changes.insert(path.clone(), Some(Blob { mode: blob.mode, bytes }));
        }
    }
    (!changes.is_empty()).then_some(Cheat { name: "exit with 0 in every function that gold edits", changes })
}

/// Where the bodies of the functions begin in which a range lies, or which lie in it; constant functions and tests, which
/// cannot or need not exit, left out.
fn function_starts(source: &Source, range: [usize; 2]) -> Vec<usize> {
    let body = source.language.field("body");
    (0..source.nodes.len())
        .filter(|node| {
            source.entity_name(*node).is_some_and(|name| {
                name.starts_with("fn ") || name.starts_with("function ") || name.starts_with("method ")
            })
        })
        .filter(|node| source.ungrouped(*node) == *node && !source.in_test(*node))
        .filter_map(|node| {
            let of = source.range(node);
            // An insertion before or behind a function is none of its own.
            let touches = of.start < range[1] && range[0] < of.end;
            let block = source.child_by_field(node, body)?;
            let block = source.range(block);
            let head = source.bytes.get(of.start..block.start)?;
            let constant = head.split(|b| !b.is_ascii_alphabetic()).any(|word| word == b"const");
            (touches && !constant && source.bytes.get(block.start) == Some(&b'{')).then_some(block.start + 1)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::Side;

    fn file(old: &str, new: &str) -> ChangedFile {
        let side = |text: &str| {
            Some(Side {
                path: "src/a.rs".to_owned(),
                mode: 0o100_644,
                bytes: text.as_bytes().to_vec().into(),
            })
        };
        ChangedFile { old: side(old), new: side(new) }
    }

    #[test]
    fn exits_stand_in_functions_that_gold_edits_and_nowhere_else() {
        let old = "struct A;\nimpl A {\n    fn f(&self) -> u8 {\n        1\n    }\n    fn g() {}\n}\nconst fn h() -> u8 { 1 }\nfn k() -> u8 { 2 }\n";
        let new = old
            .replace("        1\n", "        2\n")
            .replace("const fn h() -> u8 { 1 }", "const fn h() -> u8 { 3 }");
        let cheat = exits(&[file(old, &new)]).unwrap();
        let text = String::from_utf8(cheat.changes["src/a.rs"].clone().unwrap().bytes).unwrap();
        let expected = old.replace("u8 {\n        1", "u8 { ::std::process::exit(0);\n        1");
        assert_eq!(text, expected);
        assert!(exits(&[file("const A: u8 = 1;\n", "const A: u8 = 2;\n")]).is_none());
        let added = format!("{old}fn new() {{}}\n");
        assert!(exits(&[file(old, &added)]).is_none(), "what gold adds is not there yet");
    }

    #[test]
    fn a_forged_log_would_convince_the_reader() {
        let listed = ["tests/a.rs::x".to_owned(), "src/lib.rs::tests::y".to_owned()];
        let log = forged_log(Format::Cargo, &listed);
        let reading = crate::harness::read(Format::Cargo, log.as_bytes());
        assert_eq!(reading.tests.iter().filter(|test| test.status.holds()).count(), 2, "{log}");
        assert!(reading.tests.iter().any(|test| test.id == "tests/a.rs::x"), "{:?}", reading.tests);
    }
}
