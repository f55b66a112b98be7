//! The lint measure with the real linters: planted violations, harmless edits and suppressions, of `tests/lint-cases`.
//!
//! `CASES=all` takes every case, without it those marked `ci`; `CASE=NAME` one. One run of kerf a repository: a model a case.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;
use serde_json::Value;

use crate::util::{Edit, Project, Records, files, house, kerf_in};

/// The cases of a repository.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    repository: String,
    language: String,
    setup: Vec<String>,
    build: Vec<String>,
    /// What goes into the base beside the files of the folder of the table's name.
    #[serde(default)]
    base: Vec<Edit>,
    #[serde(default)]
    planted: Vec<Case>,
    #[serde(default)]
    harmless: Vec<Case>,
    #[serde(default)]
    suppression: Vec<Case>,
}

/// One edit, and all that may be said of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    /// Part of the test at every change.
    #[serde(default)]
    ci: bool,
    edits: Vec<Edit>,
    /// Rule and a text in its line; the file, where it is not that of the first edit.
    #[serde(default)]
    new: Vec<Vec<String>>,
    /// Texts in changed lines that a formatter would alter.
    #[serde(default)]
    unformatted: Vec<String>,
    /// Rule and a text in its line.
    #[serde(default)]
    suppressions: Vec<Vec<String>>,
    /// A suppression may silence what would be new, or bring what complains of it: then `new` is not looked at.
    #[serde(default)]
    new_aside: bool,
}

fn git(folder: &Path, arguments: &[&str]) -> Vec<u8> {
    let identity = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "core.autocrlf=false"];
    let output = Command::new("git").args(identity).args(arguments).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn copy(from: &Path, to: &Path) {
    for file in
        files(from).iter().filter(|file| !file.starts_with("node_modules/") && !file.starts_with("target/"))
    {
        let target = to.join(file);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(from.join(file), target).unwrap();
    }
}

const TASK: &str = "cases";

/// A folder with one task on a repository with old findings.
struct Bench {
    folder: tempfile::TempDir,
    cases: Cases,
}

/// Where `texts` stand in the result of a case: `RULE FILE:LINE`.
fn places(case: &Case, tree: &Path, expected: &[Vec<String>]) -> Vec<String> {
    // A fourth word: which of several lines it is.
    let place = |one: &Vec<String>| {
        let file = one.get(2).map_or_else(|| case.edits[0].file(), String::as_str);
        if !tree.join(file).exists() {
            return format!("{} {file}:1", one[0]);
        }
        let nth = one.get(3).map_or(1, |nth| nth.parse().unwrap());
        let text = fs::read_to_string(tree.join(file))
            .unwrap_or_else(|error| panic!("{}: {file}: {error}", case.name));
        let found: Vec<usize> = text
            .lines()
            .enumerate()
            .filter(|(_, line)| line.contains(&one[1]))
            .map(|(at, _)| at + 1)
            .collect();
        let is_known = if one.len() > 3 { found.len() >= nth } else { found.len() == 1 };
        assert!(is_known, "{}: lines with {:?}: {found:?}", case.name, one[1]);
        format!("{} {file}:{}", one[0], found[nth - 1])
    };
    let mut found: Vec<String> = expected.iter().map(place).collect();
    found.sort();
    found
}

impl Bench {
    fn new(table: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let own = house().join("tests/lint-cases");
        let text = fs::read_to_string(own.join(format!("{table}.toml"))).unwrap();
        let cases: Cases = toml::from_str(&text).unwrap_or_else(|error| panic!("{table}: {error}"));
        let bench = Self { folder, cases };
        let tree = bench.path("repos/base");
        copy(&house().join("repos").join(&bench.cases.repository), &tree);
        copy(&own.join(table), &tree);
        for edit in &bench.cases.base {
            edit.apply(&tree);
        }
        copy(&tree, &bench.path("work"));
        git(&bench.path("work"), &["init", "-q"]);
        git(&bench.path("work"), &["add", "-A", "--force"]);
        git(&bench.path("work"), &["commit", "-q", "-m", "base"]);
        let list = |commands: &[String]| serde_json::to_string(commands).unwrap();
        let toml = format!(
            "schema = \"kerf/task/1\"\nid = \"{TASK}\"\nlanguage = \"{}\"\n[repo]\nsource = \"path:repos/base\"\n\
             [environment]\nsetup = {}\nbuild = {}\n\
             [test]\ncommand = \"echo 1..1; echo ok 1 - it\"\nformat = \"tap\"\nfail_to_pass = [\"it\"]\npass_to_pass = []\n",
            bench.cases.language,
            list(&bench.cases.setup),
            list(&bench.cases.build)
        );
        let task = bench.path(&format!("tasks/{TASK}"));
        fs::create_dir_all(&task).unwrap();
        fs::write(task.join("task.toml"), toml).unwrap();
        fs::write(task.join("statement.md"), "Cases.\n").unwrap();
        fs::write(task.join("tests.patch"), "").unwrap();
        bench
    }

    fn path(&self, relative: &str) -> PathBuf {
        self.folder.path().join(relative)
    }

    /// Leaves a prediction of a case; returns what is expected to be new, unformatted and silenced.
    fn predict(&self, case: &Case) -> [Vec<String>; 3] {
        let tree = self.path("work");
        for edit in &case.edits {
            edit.apply(&tree);
        }
        git(&tree, &["add", "-A", "--force"]);
        let patch = git(&tree, &["diff", "--cached", "--binary"]);
        assert!(!patch.is_empty(), "{}: nothing is edited", case.name);
        let place = self.path(&format!("predictions/{}", case.name));
        fs::create_dir_all(&place).unwrap();
        fs::write(place.join(format!("{TASK}.diff")), patch).unwrap();
        let formatted: Vec<Vec<String>> =
            case.unformatted.iter().map(|text| vec!["line".to_owned(), text.clone()]).collect();
        let expected = [
            places(case, &tree, &case.new),
            places(case, &tree, &formatted),
            places(case, &tree, &case.suppressions),
        ];
        git(&tree, &["reset", "-q", "--hard"]);
        expected
    }

    fn detail(&self, record: &Value) -> Value {
        let key = record["grade_key"].as_str().unwrap();
        let file = fs::File::open(self.path(&format!("out/details/{key}.json.zst"))).unwrap();
        serde_json::from_slice(&zstd::decode_all(file).unwrap()).unwrap()
    }
}

/// `RULE FILE:LINE` of findings.
fn found(list: &Value) -> Vec<String> {
    let show = |one: &Value| match one["rule"].as_str() {
        Some(rule) => format!("{rule} {}:{}", one["file"].as_str().unwrap(), one["line"]),
        None => format!("line {}:{}", one[0].as_str().unwrap(), one[1]),
    };
    let mut found: Vec<String> = list.as_array().into_iter().flatten().map(show).collect();
    found.sort();
    found
}

/// Runs the cases of a table and returns what went wrong, a line a case, after printing how many were right.
fn run(table: &str) -> Vec<String> {
    let bench = Bench::new(table);
    let only = std::env::var("CASE").ok();
    let all = std::env::var("CASES").is_ok_and(|cases| cases == "all");
    let wanted = |case: &&Case| only.as_ref().map_or(all || case.ci, |name| *name == case.name);
    let groups = [
        ("planted", &bench.cases.planted),
        ("harmless", &bench.cases.harmless),
        ("suppression", &bench.cases.suppression),
    ];
    let mut expected: BTreeMap<&str, [Vec<String>; 3]> = BTreeMap::new();
    for case in groups.iter().flat_map(|(_, cases)| cases.iter()).filter(wanted) {
        assert!(expected.insert(&case.name, bench.predict(case)).is_none(), "{} twice", case.name);
    }
    kerf_in(
        bench.folder.path(),
        "run --quiet --jobs 1 --tasks tasks --predictions predictions --measures lint --out out".split(' '),
    )
    .ended(0);
    let records = Records::read(&bench.path("out"));
    let mut wrong = Vec::new();
    for (group, cases) in groups {
        let (mut right, mut count) = (0, 0);
        for case in cases.iter().filter(wanted) {
            count += 1;
            let record = records.of(&case.name, TASK);
            let detail = &bench.detail(record)["lint"];
            let [new, lines, silenced] = &expected[case.name.as_str()];
            let mut said = Vec::new();
            let mut compare = |what: &str, expected: &Vec<String>, found: Vec<String>| {
                if *expected != found {
                    said.push(format!("{what}: expected {expected:?}, found {found:?}"));
                }
            };
            if !case.new_aside {
                compare("new", new, found(&detail["new"]));
            }
            compare("unformatted", lines, found(&detail["unformatted_lines"]));
            compare("suppressions", silenced, found(&detail["suppressions"]));
            if detail["unusable"].as_array().is_some_and(|list| !list.is_empty()) {
                said.push(format!("unusable: {}", detail["unusable"]));
            }
            if record["lint"]["status"] == "build_failed" {
                said.push("it does not build".to_owned());
            }
            if said.is_empty() {
                right += 1;
            } else {
                wrong.push(format!("{table} {group} {}: {}", case.name, said.join("; ")));
            }
        }
        println!("{table}: {group}: {right} of {count} right");
    }
    let base = &bench.detail(records.of("empty", TASK))["lint"];
    println!("{table}: linters {}", base["versions"]);
    wrong
}

#[test]
fn findings_in_rust_are_new_only_where_the_patch_made_them() {
    assert_eq!(run("ledger"), Vec::<String>::new());
}

#[test]
fn findings_in_tsx_are_new_only_where_the_patch_made_them() {
    assert_eq!(run("kiln"), Vec::<String>::new());
}

#[test]
fn findings_in_typescript_are_new_only_where_the_patch_made_them() {
    assert_eq!(run("quern"), Vec::<String>::new());
}

/// A fix that changes a function's parameters does not compile with the old tests; the hidden ones come with the task.
#[test]
fn hidden_tests_stand_in_the_linted_tree_and_are_not_judged() {
    let project = Project::new(&["mini"]);
    let hidden = "tasks/mini/tests/sums.rs";
    project.edit(hidden, "double(1)", "double(1, 2)");
    // Their makers' own carelessness is nobody else's.
    project.edit(
        hidden,
        "    assert_eq!(double(4), 8);",
        "    let unused = 3;\n    assert_eq!(double(4, 2), 8);",
    );
    let fix = |body: &str| {
        let count = 2 + body.lines().count();
        format!(
            "--- a/src/lib.rs\n+++ b/src/lib.rs\n@@ -3,4 +3,{count} @@\n /// Twice a number.\n-pub fn double(n: i64) -> i64 {{\n-    n + 1\n{body} }}\n"
        )
    };
    let complete = fix("+pub fn double(n: i64, by: i64) -> i64 {\n+    n * by\n");
    project.write("tasks/mini/gold.patch", &complete);
    project.predict("complete", "mini", &complete);
    project.predict(
        "careless",
        "mini",
        &fix("+pub fn double(n: i64, by: i64) -> i64 {\n+    let twice = n * by;\n+    twice\n"),
    );
    let tests = "--- a/tests/sums.rs\n+++ b/tests/sums.rs\n@@ -9,4 +9,5 @@\n #[test]\n fn one() {\n-    assert_eq!(double(1), 2);\n+    let unused = 3;\n+    assert_eq!(double(1, 2), 2);\n }\n";
    project.predict("own-tests", "mini", &format!("{complete}{tests}"));
    let arguments = "run --tasks tasks --predictions predictions --measures pass,lint --out out";
    kerf_in(project.folder(), arguments.split(' ')).ended(0);
    let records = project.records();
    let status = |model: &str| {
        let record = records.of(model, "mini");
        assert_eq!(record["outcome"], "resolved", "{record}");
        format!("{} {}", record["lint"]["status"], record["lint"]["new"])
    };
    assert_eq!(status("gold"), "\"clean\" {}");
    assert_eq!(status("complete"), "\"clean\" {}");
    assert_eq!(status("own-tests"), "\"clean\" {}");
    assert_eq!(status("careless"), "\"findings\" {\"warning\":1}");
}
