//! Where canaries go.
//!
//! cargo and nextest: a module at the end of each test program's root file, in packages that the tree changes (their
//! programs are built anew anyway). JavaScript's and Python's runners: a test file beside those that hold the task's
//! tests, named as they are.

use std::collections::BTreeSet;

use super::Marks;
use crate::diff::{Role, role_of};
use crate::harness::{Format, ReadContext, file_of};
use crate::patch::{Blob, Overlaid, Tree, TreeChanges};
use crate::syntax::language_of;

/// At most so many files are added where canaries have files of their own.
const FILES: usize = 4;

/// What canaries are planted in.
pub(in crate::evaluate) struct Ground<'a> {
    /// Base.
    pub base: &'a dyn Tree,
    /// Paths of the base.
    pub paths: &'a [String],
    /// Packages of the base.
    pub packages: &'a ReadContext,
    /// Format of the log.
    pub format: Format,
    /// Listed fail-to-pass.
    pub listed: &'a [String],
    /// Test files of the task.
    pub tests: &'a TreeChanges,
}

/// Whether canaries are known for this runner.
pub(in crate::evaluate) fn carries(format: Format) -> bool {
    match format {
        Format::Cargo
        | Format::Nextest
        | Format::Jest
        | Format::Vitest
        | Format::Mocha
        | Format::Node
        | Format::Pytest
        | Format::Unittest => true,
        Format::Junit | Format::Tap | Format::Go => false,
    }
}

/// Adds canaries to `changes`; none where the tree has no place for them.
pub(in crate::evaluate) fn plant(ground: &Ground, changes: &mut TreeChanges, token: String) -> Option<Marks> {
    let marked = matches!(ground.format, Format::Pytest | Format::Unittest);
    let mut marks = Marks { token, files: Vec::new(), marked };
    match ground.format {
        Format::Cargo | Format::Nextest => {
            for path in programs(ground, changes) {
                let tree = Overlaid { base: ground.base, changes };
                let Some(blob) = tree.blob(&path).filter(|blob| blob.mode != 0o120_000) else { continue };
                let Ok(text) = String::from_utf8(blob.bytes) else { continue };
                let preamble = preamble(&text);
                let text = text + &rust_module(&marks, &path, preamble);
                changes.insert(path.clone(), Some(Blob { mode: blob.mode, bytes: text.into_bytes() }));
                marks.files.push(path);
            }
        }
        Format::Jest | Format::Vitest | Format::Mocha | Format::Node | Format::Pytest | Format::Unittest => {
            for beside in neighbours(ground, changes) {
                let Some((path, text)) = test_file(&marks, ground.format, &beside) else { continue };
                changes.insert(path, Some(Blob { mode: 0o100_644, bytes: text.into_bytes() }));
                marks.files.push(beside);
            }
        }
        Format::Junit | Format::Tap | Format::Go => {}
    }
    (!marks.files.is_empty()).then_some(marks)
}

/// Root files of test programs in packages with changes.
fn programs(ground: &Ground, changes: &TreeChanges) -> BTreeSet<String> {
    let folder = |package: &str| if package.is_empty() { String::new() } else { format!("{package}/") };
    let mut packages: Vec<String> =
        ground.packages.packages.iter().map(|package| folder(&package.dir)).collect();
    packages.sort_by_key(|folder| std::cmp::Reverse(folder.len()));
    let package_of = |path: &str| packages.iter().find(|folder| path.starts_with(folder.as_str())).cloned();
    let touched: BTreeSet<String> = changes.keys().filter_map(|path| package_of(path)).collect();
    let tree = Overlaid { base: ground.base, changes };
    let is_root = |path: &str| {
        let Some(inside) =
            package_of(path).filter(|p| touched.contains(p)).map(|p| path[p.len()..].to_owned())
        else {
            return false;
        };
        let test = inside.strip_prefix("tests/").is_some_and(|rest| match rest.split_once('/') {
            None => ending(rest) == "rs",
            Some((_, rest)) => rest == "main.rs",
        });
        test || inside == "src/lib.rs" || inside == "src/main.rs"
    };
    let mut roots: BTreeSet<String> = ground.paths.iter().filter(|path| is_root(path)).cloned().collect();
    roots.extend(changes.keys().filter(|path| is_root(path)).cloned());
    for package in &touched {
        let manifest = tree.blob(&format!("{package}Cargo.toml"));
        let manifest = manifest.and_then(|blob| String::from_utf8(blob.bytes).ok());
        let manifest = manifest.and_then(|text| text.parse::<toml::Table>().ok()).unwrap_or_default();
        let listed = manifest.get("test").and_then(toml::Value::as_array).into_iter().flatten();
        for target in listed.chain(manifest.get("lib")) {
            roots.extend(
                target.get("path").and_then(toml::Value::as_str).map(|path| format!("{package}{path}")),
            );
        }
    }
    roots.retain(|path| tree.blob(path).is_some());
    roots
}

/// What stands behind the last dot of a path.
fn ending(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(_, ending)| ending)
}

/// How the module reaches the standard library in a file: one without it must ask for it.
fn preamble(text: &str) -> &'static str {
    if text.contains("#![no_std]") { "    extern crate std;\n" } else { "" }
}

/// With the switch set the second one fails only if each assertion does: a macro of that name that the code under test puts
/// before the module is seen here too.
fn rust_module(marks: &Marks, path: &str, preamble: &str) -> String {
    let (pair, holder, switch) = (marks.pair(path), marks.holder(path), marks.switch());
    let std = if preamble.is_empty() { "::std" } else { "self::std" };
    let fails = ["assert!(1 == 2)", "assert_eq!(1, 2)", "assert_ne!(1, 1)"]
        .map(|check| format!("{std}::panic::catch_unwind(|| {{ {check}; }}).is_err()"));
    format!(
        "\n#[cfg(test)]\nmod {holder} {{\n{preamble}    #[test]\n    fn {}() {{}}\n    #[test]\n    fn {}() {{\n        \
         if {std}::env::var_os(\"{switch}\").is_some() && {} {{\n            {std}::panic!(\"set\");\n        }}\n    }}\n}}\n",
        pair.passing,
        pair.failing,
        fails.join(" && ")
    )
}

/// One test file of each folder and form of name that holds the task's tests.
fn neighbours(ground: &Ground, changes: &TreeChanges) -> Vec<String> {
    let tree = Overlaid { base: ground.base, changes };
    let listed = ground.listed.iter().map(|id| file_of(id).to_owned());
    let files: BTreeSet<String> = listed
        .chain(ground.tests.keys().cloned())
        .filter(|path| role_of(path, b"") == Role::Test && language_of(path).is_some())
        .filter(|path| tree.blob(path).is_some_and(|blob| blob.mode != 0o120_000))
        .collect();
    let mut forms = BTreeSet::new();
    files.into_iter().filter(|path| forms.insert(form(path, "*"))).take(FILES).collect()
}

/// A path like this one with another word where the file's own is.
pub(super) fn form(path: &str, word: &str) -> String {
    let (folder, name) = path.rsplit_once('/').map_or(("", path), |(folder, name)| (folder, name));
    let (stem, ending) = name.split_once('.').map_or((name, ""), |(stem, ending)| (stem, ending));
    let before =
        ["test_", "test-", "spec_", "spec-"].into_iter().find(|one| stem.starts_with(one)).unwrap_or("");
    let after =
        ["_test", "-test", "_spec", "-spec"].into_iter().find(|one| stem.ends_with(one)).unwrap_or("");
    let slash = if folder.is_empty() { "" } else { "/" };
    format!("{folder}{slash}{before}{word}{after}.{ending}")
}

/// The second one is expected to fail, and does where a failing call is reported as one. Code under test that shares the
/// process and has every report say `passed` cannot tell which of its own must not.
const PYTEST: &str = "\
import pytest
from _pytest.runner import CallInfo


def test_PASSING():
    pass


def test_FAILING(request):
    def fails():
        assert 1 == 2

    call = CallInfo.from_call(fails, 'call')
    if request.node.ihook.pytest_runtest_makereport(item=request.node, call=call).failed:
        pytest.xfail('as it must')
";

/// The same of assertions.
const UNITTEST: &str = "\
import unittest


class Z(unittest.TestCase):
    def test_PASSING(self):
        pass

    @unittest.expectedFailure
    def test_FAILING(self):
        for check in (lambda: self.assertEqual(1, 2), lambda: self.assertTrue(0), lambda: self.assertIn(1, [])):
            try:
                check()
            except AssertionError:
                continue
            return
        self.fail('as it must')
";

/// A test file of its own, to stand beside another one: path and text.
fn test_file(marks: &Marks, format: Format, beside: &str) -> Option<(String, String)> {
    let (pair, switch) = (marks.pair(beside), marks.switch());
    let (passing, failing) = (&pair.passing, &pair.failing);
    let path = form(beside, &marks.holder(beside));
    let python = ending(&path) == "py";
    let script = |head: &str, test: &str| {
        format!(
            "// @ts-nocheck\n{head}{test}('{passing}', () => {{}});\n{test}('{failing}', () => {{\n  \
             if (process.env.{switch}) throw new Error('set');\n}});\n"
        )
    };
    let text = match format {
        Format::Vitest if !python => script("import { test } from 'vitest';\n", "test"),
        Format::Jest if !python => script("", "test"),
        Format::Mocha if !python => script("", "(typeof it === 'undefined' ? test : it)"),
        Format::Node if !python => {
            let load = if ["mjs", "mts"].contains(&ending(&path)) {
                "import { test } from 'node:test';\n"
            } else {
                "const { test } = process.getBuiltinModule ? process.getBuiltinModule('node:test') : \
                 require('node:test');\n"
            };
            script(load, "test")
        }
        Format::Pytest if python => PYTEST.replace("PASSING", passing).replace("FAILING", failing),
        Format::Unittest if python => UNITTEST.replace("PASSING", passing).replace("FAILING", failing),
        _ => return None,
    };
    Some((path, text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harness::Package;
    use crate::patch::memory::Files;

    fn planted(format: Format, files: &[(&str, &str)], changed: &[&str], listed: &[&str]) -> TreeChanges {
        let base = Files::of(files);
        let paths: Vec<String> = files.iter().map(|(path, _)| (*path).to_owned()).collect();
        let packages = ["", "b"].map(|dir| Package { name: format!("p{dir}"), dir: dir.to_owned() });
        let ground = Ground {
            base: &base,
            paths: &paths,
            packages: &ReadContext { packages: packages.to_vec(), root: None },
            format,
            listed: &listed.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>(),
            tests: &TreeChanges::new(),
        };
        let mut changes: TreeChanges =
            changed.iter().map(|path| ((*path).to_owned(), base.blob(path))).collect();
        let before = changes.clone();
        let marks = plant(&ground, &mut changes, "token".to_owned());
        assert_eq!(marks.is_none(), changes == before, "{changes:?}");
        changes
    }

    #[test]
    fn programs_of_changed_packages_carry_canaries() {
        let files = [
            ("Cargo.toml", "[package]\nname = 'a'\n[[test]]\nname = 'x'\npath = 'checks/x.rs'\n"),
            ("src/lib.rs", "pub fn a() {}"),
            ("src/inner.rs", ""),
            ("tests/one.rs", ""),
            ("tests/two/main.rs", ""),
            ("tests/common/mod.rs", ""),
            ("checks/x.rs", ""),
            ("b/Cargo.toml", ""),
            ("b/src/lib.rs", "#![no_std]\n"),
        ];
        let mut changes = planted(Format::Cargo, &files, &["src/inner.rs"], &[]);
        changes.remove("src/inner.rs");
        let paths: Vec<&str> = changes.keys().map(String::as_str).collect();
        assert_eq!(paths, ["checks/x.rs", "src/lib.rs", "tests/one.rs", "tests/two/main.rs"]);
        let text = String::from_utf8(changes["src/lib.rs"].clone().unwrap().bytes).unwrap();
        assert!(text.starts_with("pub fn a() {}\n#[cfg(test)]\nmod z"), "{text}");
        let other = planted(Format::Cargo, &files, &["b/src/lib.rs"], &[]);
        let text = String::from_utf8(other["b/src/lib.rs"].clone().unwrap().bytes).unwrap();
        assert!(
            other.len() == 1 && text.contains("extern crate std;") && text.contains("self::std::env"),
            "{text}"
        );
        assert_eq!(planted(Format::Cargo, &files, &[], &[]).len(), 0, "nothing is built anew for their sake");
    }

    #[test]
    fn others_get_a_file_named_as_their_neighbours() {
        for (format, beside, start, end) in [
            (Format::Vitest, "src/a.test.ts", "src/z", ".test.ts"),
            (Format::Mocha, "test/index.js", "test/z", ".js"),
            (Format::Pytest, "tests/test_a.py", "tests/test_z", ".py"),
            (Format::Pytest, "tests/a_test.py", "tests/z", "_test.py"),
        ] {
            let listed = format!("{beside}::x");
            let changes = planted(format, &[(beside, "")], &[], &[&listed, "gone.test.ts > x"]);
            let path = changes.keys().next().unwrap();
            assert!(changes.len() == 1 && path.starts_with(start) && path.ends_with(end), "{path}");
        }
        assert!(planted(Format::Tap, &[("test/a.js", "")], &[], &["test/a.js::x"]).is_empty());
    }
}
