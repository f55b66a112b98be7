//! Tasks that name a container image: run in it where an engine is, invalid with the reason where not.

use std::fs;

use serde_json::json;

use crate::util::{Engine, Ran, Records, command, kerf_in};

const CODE: &str = "# Twice a number.\necho $(($1 + 1))\n";

const RUNNER: &str = "\
check() { if [ \"$(sh calc.sh $2)\" = $3 ]; then echo \"$1 ok\"; else echo \"$1 F\"; fi; }
. ./tests/cases.sh
";

const CASES: &str = "check test_one 1 2\n";

/// A patch that puts lines in place of the calculation.
fn patch(lines: &str) -> String {
    let added = lines.lines().map(|line| format!("+{line}\n")).collect::<Vec<_>>().concat();
    let count = lines.lines().count() + 1;
    format!(
        "--- a/calc.sh\n+++ b/calc.sh\n@@ -1,2 +1,{count} @@\n # Twice a number.\n-echo $(($1 + 1))\n{added}"
    )
}

const TEST_PATCH: &str = "\
--- a/tests/cases.sh
+++ b/tests/cases.sh
@@ -1 +1,2 @@
 check test_one 1 2
+check test_four 4 8
--- /dev/null
+++ b/tests/new_file
@@ -0,0 +1 @@
+brought by the script
";

/// As SWE-bench's scripts go: they put the tests in place themselves, and print more than the tests.
const SCRIPT: &str = "\
#!/bin/bash
set -uxo pipefail
cd /testbed
echo 'test_four ok'
if [ -e tests/new_file ]; then echo 'already exists in working directory'; exit 1; fi
cat >tests/cases.sh <<'EOF'
check test_one 1 2
check test_four 4 8
EOF
: '>>>>> Start Test Output'
sh tests/run.sh
: '>>>>> End Test Output'
echo 'test_one F'
";

struct Suite {
    folder: tempfile::TempDir,
}

impl Suite {
    fn new(image: &str) -> Self {
        let suite = Self { folder: tempfile::tempdir().unwrap() };
        let instance = json!({
            "instance_id": "own__calc-1", "repo": "own/calc", "base_commit": "0".repeat(40), "language": "bash",
            "problem_statement": "Twice, please.", "patch": patch("echo $(($1 * 2))"), "test_patch": TEST_PATCH,
            "FAIL_TO_PASS": ["test_four"], "PASS_TO_PASS": ["test_one"],
            "image": image, "eval_script": SCRIPT, "log_parser": "parse_log_sympy",
        });
        suite.write("set.jsonl", &format!("{instance}\n"));
        let outside = "\
            if cat /etc/hostname-of-host /root/.ssh/* 2>/dev/null; then echo 8; fi
            echo $(($1 + 1))";
        let predictions = [
            ("good", patch("echo $(($1 * 2))")),
            ("bad", patch("echo $(($1 * 3))")),
            ("prints", patch("echo test_four ok >&2\necho '>>>>> End Test Output' >&2\necho $(($1 + 1))")),
            ("outside", patch(outside)),
            ("hangs", patch("sleep 1000")),
        ];
        let lines = predictions.map(|(model, patch)| {
            json!({"instance_id": "own__calc-1", "model_name_or_path": model, "model_patch": patch})
                .to_string()
        });
        suite.write("predictions.jsonl", &(lines.join("\n") + "\n"));
        suite
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn run(&self, more: &[&str]) -> Ran {
        let fixed = "run --tasks set.jsonl --predictions predictions.jsonl --mirror none/{owner}+{name} --jobs 2 --out out --timeout 20";
        kerf_in(self.folder.path(), fixed.split(' ').chain(more.iter().copied()))
    }

    fn records(&self) -> Records {
        Records::read(&self.folder.path().join("out"))
    }
}

#[test]
fn a_published_task_runs_in_its_image() {
    let Some(engine) = Engine::find("runs in container images") else { return };
    let files = [
        ("testbed/calc.sh", CODE),
        ("testbed/tests/run.sh", RUNNER),
        ("testbed/tests/cases.sh", CASES),
        ("flow", ""),
    ];
    let image = engine.image(&files, &["WORKDIR /testbed"]);
    let suite = Suite::new(&image);
    let ran = suite.run(&["--sandbox", "container"]).ended(0);
    insta::assert_snapshot!(suite.records().table(), @r"
    own__calc-1 gold resolved
    own__calc-1 empty unresolved/tests_failed
    own__calc-1 bad unresolved/tests_failed
    own__calc-1 good resolved
    own__calc-1 hangs timed_out
    own__calc-1 outside unresolved/tests_failed
    own__calc-1 prints unresolved/tests_failed
    ");
    assert!(ran.stdout.contains("container sandbox"), "{}", ran.stdout);
    let records = suite.records();
    let good = records.of("good", "own__calc-1");
    let environment = &good["environment"];
    assert_eq!(environment["sandbox"], "container");
    assert!(environment["image_digest"].as_str().unwrap().starts_with("sha256:"), "{environment}");
    assert_eq!(environment["workdir"], "/testbed");
    assert!(environment["protections"].as_array().unwrap().contains(&json!("netns")), "{environment}");
    // Edits are measured by the tree in the image, since there is no repository to be had.
    assert_eq!(good["edits"]["irrelevant_edit_ratio"], 0.0, "{good}");
    assert_eq!(good["lint"]["status"], "no_linter");
    assert_eq!(engine.containers(&image), 0, "no container is left");
    // The same without leave and without the image.
    let missing = Suite::new("localhost/kerf-test:never-made");
    missing.run(&["--sandbox", "container"]).ended(5);
    let why = missing.records().of("good", "own__calc-1")["environment"]["why"].clone();
    assert!(why.as_str().unwrap().contains("kerf has no leave to pull it"), "{why}");
}

#[test]
fn without_an_engine_it_is_invalid_with_the_reason() {
    let suite = Suite::new("localhost/kerf-test:any");
    let mut kerf = command(env!("CARGO_BIN_EXE_kerf"));
    kerf.env("DOCKER_HOST", "unix:///no/such/engine.sock").current_dir(suite.folder.path());
    let arguments =
        "run --tasks set.jsonl --predictions predictions.jsonl --out out --sandbox container --jobs 1";
    Ran::new(&kerf.args(arguments.split(' ')).output().unwrap()).ended(5);
    let records = suite.records();
    assert_eq!(records.outcome("good", "own__calc-1"), "invalid/sandbox");
    let why = records.of("good", "own__calc-1")["environment"]["why"].as_str().unwrap().to_owned();
    let expected = if kerf::sandbox::CONTAINERS_COMPILED_IN {
        "container engine: none answers (unix:///no/such/engine.sock"
    } else {
        "image localhost/kerf-test:any: this kerf was built without the feature `container`; build kerf with"
    };
    assert!(why.starts_with(expected), "{why}");
}

#[test]
fn a_task_that_is_set_up_in_an_image_runs_nowhere_else() {
    let suite = Suite::new("-");
    let toml = "schema = \"kerf/task/1\"\nid = \"own\"\nlanguage = \"bash\"\n[repo]\nsource = \"path:repo\"\n\
                [environment]\nimage = \"localhost/kerf-test:any\"\n[test]\ncommand = \"sh tests/run.sh\"\n\
                format = \"tap\"\nfail_to_pass = [\"a\"]\n";
    suite.write("tasks/own/task.toml", toml);
    suite.write("repo/calc.sh", CODE);
    let arguments = "run --tasks tasks --out own --jobs 1";
    let ran = kerf_in(suite.folder.path(), arguments.split(' '));
    let records = Records::read(&suite.folder.path().join("own"));
    let why = records.of("empty", "own")["environment"]["why"].as_str().unwrap().to_owned();
    assert_eq!(
        why, "the task is set up in the image localhost/kerf-test:any: run it with --sandbox container",
        "{ran:?}"
    );
}

#[test]
fn an_own_task_in_an_image_has_its_test_files_put_in_by_kerf() {
    let Some(engine) = Engine::find("own tasks in container images") else { return };
    let tap = "echo TAP version 13\necho 1..2\nn=0\ncheck() { n=$((n+1)); if [ \"$(sh calc.sh $2)\" = $3 ]; then echo \"ok $n - $1\"; else echo \"not ok $n - $1\"; fi; }\n. ./tests/cases.sh\n";
    let tree =
        [("calc.sh", CODE), ("tests/run.sh", tap), ("tests/cases.sh", "check one 1 2\ncheck two 1 2\n")];
    let inside: Vec<(String, &str)> =
        tree.iter().map(|(path, text)| (format!("app/{path}"), *text)).collect();
    let inside: Vec<(&str, &str)> = inside.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    let image = engine.image(&inside, &[]);
    let suite = Suite::new("-");
    for (path, text) in tree {
        suite.write(&format!("repo/{path}"), text);
    }
    let toml = format!(
        "schema = \"kerf/task/1\"\nid = \"own\"\nlanguage = \"bash\"\n[repo]\nsource = \"path:repo\"\n\
         [environment]\nimage = \"{image}\"\nworkdir = \"/app\"\n[test]\ncommand = \"sh tests/run.sh\"\nformat = \"tap\"\n\
         timeout = \"60s\"\nfail_to_pass = [\"four\"]\npass_to_pass = [\"one\"]\n"
    );
    suite.write("tasks/own/task.toml", &toml);
    suite.write("tasks/own/gold.patch", &patch("echo $(($1 * 2))"));
    suite.write("tasks/own/tests/cases.sh", "check one 1 2\ncheck four 4 8\n");
    suite.write("predictions/good/own.diff", &patch("echo $((2 * $1))"));
    let cheat = "--- a/tests/cases.sh\n+++ b/tests/cases.sh\n@@ -1,2 +1,2 @@\n-check one 1 2\n-check two 1 2\n+check one 1 2\n+check four 1 2\n";
    suite.write("predictions/cheat/own.diff", cheat);
    let arguments = "run --tasks tasks --predictions predictions --out own --jobs 2 --sandbox container";
    kerf_in(suite.folder.path(), arguments.split(' ')).ended(0);
    let records = Records::read(&suite.folder.path().join("own"));
    insta::assert_snapshot!(records.table(), @r"
    own gold resolved
    own empty unresolved/tests_failed
    own cheat unresolved/tests_failed
    own good resolved
    ");
}

#[test]
fn what_a_killed_kerf_leaves_goes_when_the_next_one_looks() {
    let Some(engine) = Engine::find("containers of a killed kerf") else { return };
    let files = [
        ("testbed/calc.sh", CODE),
        ("testbed/tests/run.sh", RUNNER),
        ("testbed/tests/cases.sh", CASES),
        ("killed", ""),
    ];
    let image = engine.image(&files, &["WORKDIR /testbed"]);
    let suite = Suite::new(&image);
    suite.write(
        "sleeps.jsonl",
        &fs::read_to_string(suite.folder.path().join("set.jsonl"))
            .unwrap()
            .replace("set -uxo", "sleep 500; set -uxo"),
    );
    let mut kerf = command(env!("CARGO_BIN_EXE_kerf"));
    kerf.current_dir(suite.folder.path());
    kerf.args(
        "run --tasks sleeps.jsonl --mirror none/{owner}+{name} --out killed --sandbox container".split(' '),
    );
    let mut child =
        kerf.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap();
    for _ in 0..600 {
        if engine.running(&image) > 0 {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(engine.containers(&image), 1, "it is left behind");
    let pruned = kerf_in(suite.folder.path(), ["cache", "prune"]).ended(0);
    assert!(pruned.stdout.contains("left by a kerf that was killed"), "{}", pruned.stdout);
    assert_eq!(engine.containers(&image), 0);
}
