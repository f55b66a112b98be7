//! Attacks on the verdict with the protection off: what they bring where somebody applies the patch, runs the test command
//! and believes what is printed. So the checks in `hostile` can fail.

use std::fs;
use std::process::Command;

use super::hostile::on_the_verdict;
use crate::util::{Project, Ran, body, files};

/// The tree of the task with its own tests, as a run starts from it, in a folder of its own.
fn tree(project: &Project) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (from, to) in [("repos/mini", ""), ("tasks/mini/tests", "tests")] {
        for file in files(&project.path(from)) {
            let target = folder.path().join(to).join(&file);
            fs::create_dir_all(target.parent().unwrap()).unwrap();
            fs::copy(project.path(from).join(&file), target).unwrap();
        }
    }
    folder
}

#[test]
fn attacks_on_the_verdict_convince_who_only_runs_the_tests() {
    let project = Project::new(&["mini"]);
    for attack in on_the_verdict() {
        let tree = tree(&project);
        let at = tree.path();
        // The model's patch wins over the task's tests: nothing is put back.
        let patch = attack.patch.replace("@@ -1,11 +0,0 @@", "@@ -1,16 +0,0 @@").replace(
            "-    assert_eq!(double(1), 2);\n-}\n",
            "-    assert_eq!(double(1), 2);\n-}\n-\n-#[test]\n-fn doubles() {\n-    assert_eq!(double(4), 8);\n-}\n",
        );
        fs::write(at.join("attack.patch"), &patch).unwrap();
        let mut apply = Command::new("git");
        apply.args(["apply", "attack.patch"]).current_dir(at);
        let applied = Ran::new(&apply.output().unwrap());
        if attack.name == "git-hook" {
            assert!(applied.code != Some(0) || at.join(".git/hooks/post-checkout").exists(), "{applied:?}");
            continue;
        }
        applied.ended(0);
        // Its runner stands where the sandbox has the tree.
        let config = at.join(".cargo/config.toml");
        if let Ok(text) = fs::read_to_string(&config) {
            fs::write(&config, text.replace("/kerf/tree", &at.display().to_string())).unwrap();
        }
        let mut cargo = Command::new("cargo");
        cargo.args(["test", "--offline", "--no-fail-fast"]).current_dir(at);
        cargo.env("CARGO_TARGET_DIR", at.join("target")).env_remove("RUSTFLAGS");
        let ran = Ran::new(&cargo.output().unwrap());
        let says = |test: &str| ran.stdout.contains(&format!("test {test} ... ok"));
        assert!(says("doubles") && says("one") && says("triples"), "{}: {ran:?}", attack.name);
        // Whoever kills cargo cannot have it end with 0 as well.
        assert_eq!(ran.code == Some(0), attack.name != "kills-runner", "{}: {ran:?}", attack.name);
        assert!(!fs::read_to_string(at.join("src/lib.rs")).unwrap().contains("n * 2"), "the code is wrong");
    }
}

#[test]
fn assertions_that_the_code_under_test_replaces_do_not_convince() {
    let with = |command: &str| {
        let project = Project::new(&["mini"]);
        for file in ["repos/mini/tests/sums.rs", "tasks/mini/tests/sums.rs"] {
            project.edit(
                file,
                "use mini::{double, triple};",
                "#[macro_use]\nextern crate mini;\nuse mini::{double, triple};",
            );
        }
        project.edit("tasks/mini/task.toml", "cargo test --offline --no-fail-fast", command);
        let hollow = "--- a/src/lib.rs\n+++ b/src/lib.rs\n@@ -1,3 +1,7 @@\n //! Sums.\n \n+#[macro_export]\n\
                      +macro_rules! assert_eq {\n+    ($($any:tt)*) => {};\n+}\n /// Twice a number.\n";
        project.predict("hollow", "mini", hollow);
        project.predict("fix", "mini", &body("n * 2"));
        project.run().ended(0);
        assert_eq!(project.records().outcome("fix", "mini"), "resolved");
        project.records().outcome("hollow", "mini")
    };
    assert_eq!(with("cargo test --offline --no-fail-fast"), "unresolved/tests_failed");
    // Canary: a command that names its tests leaves planted ones out.
    assert_eq!(with("cargo test --offline --no-fail-fast -- doubles triples one"), "resolved");
}
