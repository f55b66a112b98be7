//! A folder with a tiny crate, tasks on it and predictions: a snapshot of it builds in about a second.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Ran, Records, kerf_in};

const MANIFEST: &str = r#"[package]
name = "mini"
version = "0.1.0"
edition = "2021"

[lib]
test = false
doctest = false
"#;

const LOCK: &str = r#"version = 4

[[package]]
name = "mini"
version = "0.1.0"
"#;

const SOURCE: &str = "\
//! Sums.

/// Twice a number.
pub fn double(n: i64) -> i64 {
    n + 1
}

/// Three times a number.
pub fn triple(n: i64) -> i64 {
    n * 3
}
";

const BASE_TESTS: &str = "\
use mini::{double, triple};

#[test]
fn triples() {
    assert_eq!(triple(2), 6);
}

#[test]
fn one() {
    assert_eq!(double(1), 2);
}
";

const NEW_TEST: &str = "
#[test]
fn doubles() {
    assert_eq!(double(4), 8);
}
";

/// A patch that puts `lines` in place of the body of `double`; `n * 2` is the fix.
pub fn body(lines: &str) -> String {
    let added: Vec<String> = lines.lines().map(|line| format!("+    {line}\n")).collect();
    let (count, added) = (added.len() + 2, added.concat());
    format!(
        "--- a/src/lib.rs\n+++ b/src/lib.rs\n@@ -4,3 +4,{count} @@\n pub fn double(n: i64) -> i64 {{\n-    n + 1\n{added} }}\n"
    )
}

/// The project, gone when dropped.
pub struct Project {
    folder: tempfile::TempDir,
}

impl Project {
    /// With these tasks, all alike, and no prediction.
    pub fn new(tasks: &[&str]) -> Self {
        let project = Self { folder: tempfile::tempdir().unwrap() };
        project.write("repos/mini/Cargo.toml", MANIFEST);
        project.write("repos/mini/Cargo.lock", LOCK);
        project.write("repos/mini/src/lib.rs", SOURCE);
        project.write("repos/mini/tests/sums.rs", BASE_TESTS);
        fs::create_dir_all(project.path("predictions")).unwrap();
        for task in tasks {
            project.task(task);
        }
        project
    }

    /// A path in it.
    pub fn path(&self, relative: &str) -> PathBuf {
        self.folder.path().join(relative)
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file, with the folders above it.
    pub fn write(&self, relative: &str, text: &str) {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Changes a file; fails where `from` does not stand in it.
    pub fn edit(&self, relative: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.path(relative)).unwrap();
        assert!(text.contains(from), "{relative} holds no {from:?}");
        self.write(relative, &text.replacen(from, to, 1));
    }

    /// A task: `double` is to double.
    pub fn task(&self, id: &str) {
        let toml = format!(
            r#"schema = "kerf/task/1"
id = "{id}"
language = "rust"

[repo]
source = "path:repos/mini"

[environment]
setup = []

[test]
command = "cargo test --offline --no-fail-fast"
format = "cargo"
timeout = "120s"
fail_to_pass = ["tests/sums.rs::doubles"]
pass_to_pass = "base"
"#
        );
        self.write(&format!("tasks/{id}/task.toml"), &toml);
        self.write(&format!("tasks/{id}/statement.md"), "`double` must double any number.\n");
        self.write(&format!("tasks/{id}/gold.patch"), &body("n * 2"));
        self.write(&format!("tasks/{id}/tests/sums.rs"), &format!("{BASE_TESTS}{NEW_TEST}"));
    }

    /// A prediction, or another one in its place.
    pub fn predict(&self, model: &str, task: &str, patch: &str) {
        self.write(&format!("predictions/{model}/{task}.diff"), patch);
    }

    /// Arguments of a run into `out`, tests alone.
    pub fn arguments(out: &str) -> Vec<&str> {
        "run --tasks tasks --predictions predictions --measures pass --jobs 2 --out"
            .split(' ')
            .chain([out])
            .collect()
    }

    /// Runs into `out`, tests alone.
    pub fn run(&self) -> Ran {
        self.kerf(&Self::arguments("out"))
    }

    /// kerf in the project's folder.
    pub fn kerf(&self, arguments: &[&str]) -> Ran {
        kerf_in(self.folder(), arguments)
    }

    /// Records of the run in `out`.
    pub fn records(&self) -> Records {
        Records::read(&self.path("out"))
    }
}
