//! Tasks from commits: a repository with a commit of every kind, what becomes of each, and whether the tasks judge.

use std::fs;
use std::path::Path;

use git2::{Oid, Repository, Signature, Time};
use serde_json::Value;

use crate::util::{Ran, Records, files, kerf_in};

const MANIFEST: &str =
    "[package]\nname = \"mini\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[lib]\ndoctest = false\n";
const LOCK: &str = "version = 4\n\n[[package]]\nname = \"mini\"\nversion = \"0.1.0\"\n";
const SOURCE: &str = "\
//! Sums.

/// Twice a number.
pub fn double(n: i64) -> i64 {
    n + 1
}

/// Three times a number.
pub fn triple(n: i64) -> i64 {
    n + 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn triples_one() {
        assert_eq!(triple(1), 3);
    }
}
";
const TESTS: &str = "#[test]\nfn one() {\n    assert_eq!(mini::double(1), 2);\n}\n";

/// A repository that grows by commits.
struct Growing {
    folder: tempfile::TempDir,
    repository: Repository,
    head: Option<Oid>,
}

impl Growing {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let repository = Repository::init(folder.path().join("mini")).unwrap();
        Self { folder, repository, head: None }
    }

    fn path(&self, file: &str) -> std::path::PathBuf {
        self.folder.path().join("mini").join(file)
    }

    fn edit(&self, file: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.path(file)).unwrap();
        assert!(text.contains(from), "{file} holds no {from:?}");
        fs::write(self.path(file), text.replacen(from, to, 1)).unwrap();
    }

    fn add(&self, file: &str, text: &str) {
        fs::create_dir_all(self.path(file).parent().unwrap()).unwrap();
        let old = fs::read_to_string(self.path(file)).unwrap_or_default();
        fs::write(self.path(file), old + text).unwrap();
    }

    fn test(&self, name: &str, body: &str) {
        self.add("tests/sums.rs", &format!("\n#[test]\nfn {name}() {{\n    {body}\n}}\n"));
    }

    /// Commits what stands in the folder; with `other` as a merge.
    fn commit(&mut self, message: &str, other: Option<Oid>) -> Oid {
        let mut index = self.repository.index().unwrap();
        index.add_all(["*"], git2::IndexAddOption::DEFAULT, None).unwrap();
        let tree = self.repository.find_tree(index.write_tree().unwrap()).unwrap();
        let who = Signature::new("a", "a@localhost", &Time::new(1_600_000_000, 0)).unwrap();
        let parents: Vec<_> =
            self.head.into_iter().chain(other).map(|id| self.repository.find_commit(id).unwrap()).collect();
        let parents: Vec<&git2::Commit<'_>> = parents.iter().collect();
        let id = self.repository.commit(None, &who, &who, message, &tree, &parents).unwrap();
        self.repository.reference("refs/heads/main", id, true, "").unwrap();
        self.repository.set_head("refs/heads/main").unwrap();
        self.head = Some(id);
        id
    }

    fn task_new(&self, arguments: &[&str]) -> Ran {
        let all = ["task", "new", "--repo", "mini", "--repeats", "2"].iter().chain(arguments);
        kerf_in(self.folder.path(), all)
    }
}

/// `reason`, or the fail-to-pass.
fn outcome(line: &Value) -> String {
    if let Some(reason) = line["reason"].as_str() {
        return reason.to_owned();
    }
    let tests = line["fail_to_pass"].as_array().unwrap();
    let tests: Vec<&str> = tests.iter().filter_map(Value::as_str).collect();
    format!("{}: {}", line["status"].as_str().unwrap(), tests.join(" "))
}

fn run_with(growing: &Growing, predictions: &[(&str, &str, String)]) -> String {
    let root = growing.folder.path();
    for (model, task, patch) in predictions {
        let folder = root.join("predictions").join(model);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(format!("{task}.diff")), patch).unwrap();
    }
    let arguments = "run --tasks tasks --predictions predictions --measures pass --jobs 2 --quiet --out out";
    kerf_in(root, arguments.split(' ')).ended(0);
    Records::read(&root.join("out")).table()
}

fn read(root: &Path, file: &str) -> String {
    fs::read_to_string(root.join(file)).unwrap()
}

#[test]
fn every_kind_of_commit() {
    let mut growing = Growing::new();
    for (file, text) in [
        ("Cargo.toml", MANIFEST),
        ("Cargo.lock", LOCK),
        (".gitignore", "target\n"),
        ("src/lib.rs", SOURCE),
        ("tests/sums.rs", TESTS),
    ] {
        growing.add(file, text);
    }
    let mut kinds: Vec<(&str, Oid)> = vec![("root", growing.commit("Begin", None))];
    growing.edit("src/lib.rs", "n + 1", "n * 2");
    growing.test("doubles", "assert_eq!(mini::double(4), 8);");
    let fix = "Double every number, not only one (#7)\n\nCloses #3\n\nSigned-off-by: A <a@localhost>\n";
    kinds.push(("fix", growing.commit(fix, None)));
    growing.edit("src/lib.rs", "n + 2", "n * 3");
    growing.edit(
        "src/lib.rs",
        "    }\n}\n",
        "    }\n\n    #[test]\n    fn triples_two() {\n        assert_eq!(triple(2), 6);\n    }\n}\n",
    );
    kinds.push(("inline", growing.commit("Triple every number, not only one", None)));
    growing.edit("src/lib.rs", "n * 3", "3 * n");
    kinds.push(("refactor", growing.commit("Turn it round", None)));
    growing.add("README.md", "# Sums\n");
    kinds.push(("doc", growing.commit("Say what it is", None)));
    growing.test("zero", "assert_eq!(mini::double(0), 0);");
    kinds.push(("test", growing.commit("Test zero", None)));
    growing.edit("src/lib.rs", "3 * n", "n + n + n");
    growing.test("triple_zero", "assert_eq!(mini::triple(0), 0);");
    kinds.push(("nothing turns", growing.commit("Add, do not multiply", None)));
    growing.edit("src/lib.rs", "n + n + n", "n + n +");
    growing.test("bad", "assert_eq!(mini::triple(2), 6);");
    kinds.push(("broken", growing.commit("Break it", None)));
    growing.edit("src/lib.rs", "n + n +", "n * 3");
    growing.test("good", "assert_eq!(mini::triple(3), 9);");
    kinds.push(("repair", growing.commit("Repair it", None)));
    let side = kinds[4].1;
    kinds.push(("merge", growing.commit("Merge", Some(side))));
    fs::write(
        growing.folder.path().join("commits"),
        kinds.iter().map(|(_, id)| id.to_string()).collect::<Vec<_>>().join(
            "
",
        ),
    )
    .unwrap();

    let ran = growing.task_new(&["--commits", "commits", "--json", "--keep"]).ended(0);
    let lines: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let table: Vec<String> =
        kinds.iter().zip(&lines).map(|((kind, _), line)| format!("{kind} {}", outcome(line))).collect();
    insta::assert_snapshot!(table.join("\n"), @r"
    root root
    fix proven: tests/sums.rs::doubles
    inline proven: src/lib.rs::tests::triples_two
    refactor no_test_changed
    doc no_test_changed
    test no_code_changed
    nothing turns no_test_turns
    broken gold_broken
    repair base_broken
    merge merge
    ");
    let id = |at: usize| lines[at]["task"].as_str().unwrap().to_owned();
    let (fix, inline) = (id(1), id(2));
    let root = growing.folder.path();
    let mut written: Vec<String> =
        files(&root.join("tasks")).into_iter().filter(|path| !path.starts_with("rejected")).collect();
    written.sort();
    let mut expected: Vec<String> = [&fix, &inline]
        .iter()
        .flat_map(|id| {
            ["gold.patch", "statement.md", "task.toml", "tests.patch"].map(|file| format!("{id}/{file}"))
        })
        .collect();
    expected.sort();
    assert_eq!(written, expected);
    assert_eq!(
        read(root, &format!("tasks/{fix}/statement.md")),
        "Double every number, not only one\n\nCloses #3\n"
    );
    let source = format!("source = \"git:{}\"", growing.path("").canonicalize().unwrap().display());
    assert!(read(root, &format!("tasks/{fix}/task.toml")).contains(&source));
    let gold = read(root, &format!("tasks/{inline}/gold.patch"));
    assert!(gold.contains("n * 3") && !gold.contains("triples_two"), "code alone: {gold}");
    let tests = read(root, &format!("tasks/{inline}/tests.patch"));
    assert!(tests.contains("triples_two") && !tests.contains("+    n * 3"), "tests alone: {tests}");
    assert!(root.join(format!("tasks/rejected/{}/reason.txt", id(7))).exists());
    kerf_in(root, ["task", "check", "--tasks", "tasks"]).ended(0);

    // The tasks judge: gold's text resolves, nothing does not; nor does a model by what it does to the tests in its file.
    let own = "--- a/src/lib.rs\n+++ b/src/lib.rs\n@@ -8,15 +8,3 @@\n /// Three times a number.\n pub fn triple(n: i64) -> i64 {\n";
    let deleted = "-\n-#[cfg(test)]\n-mod tests {\n-    use super::*;\n-\n-    #[test]\n-    fn triples_one() {\n-        assert_eq!(triple(1), 3);\n-    }\n-}\n";
    let cheat = format!("{own}-    n + 2\n+    n + 3\n }}\n{deleted}").replace("-8,15 +8,3", "-8,14 +8,4");
    let fixed = cheat.replace("n + 3", "n * 3");
    let table = run_with(
        &growing,
        &[
            ("gold-like", &fix, read(root, &format!("tasks/{fix}/gold.patch"))),
            ("gold-like", &inline, gold),
            ("nothing", &fix, String::new()),
            ("nothing", &inline, String::new()),
            ("deletes-tests", &inline, cheat),
            ("fixes-and-deletes-tests", &inline, fixed),
        ],
    );
    let table: String = table.replace(&fix, "fix").replace(&inline, "inline");
    let mut rows: Vec<&str> = table.lines().collect();
    rows.sort_unstable();
    insta::assert_snapshot!(rows.join("\n"), @r"
    fix deletes-tests missing
    fix empty unresolved/tests_failed
    fix fixes-and-deletes-tests missing
    fix gold resolved
    fix gold-like resolved
    fix nothing empty
    inline deletes-tests unresolved/tests_failed
    inline empty unresolved/tests_failed
    inline fixes-and-deletes-tests resolved
    inline gold resolved
    inline gold-like resolved
    inline nothing empty
    ");

    // Again: what is there is not touched. Without running: the same test by its name.
    let commit = kinds[1].1.to_string();
    let again = growing.task_new(&["--commit", &commit]).ended(5);
    assert!(again.stdout.contains("the task exists already"), "{}", again.stdout);
    let unproven = ["--commit", &commit, "--no-validate", "--id", "named", "--out", "other"];
    growing.task_new(&unproven).ended(0);
    assert!(read(root, "other/named/task.toml").contains("fail_to_pass = [\"doubles\"]"));
    let merge = kinds[9].1.to_string();
    let merged = growing.task_new(&["--commit", &merge, "--first-parent", "--no-validate"]).ended(5);
    assert!(merged.stdout.contains("no test changed"), "{}", merged.stdout);
}

#[test]
fn bad_input_is_told() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("plain")).unwrap();
    let mut growing = Growing::new();
    growing.add("README.md", "# x\n");
    growing.commit("Begin", None);
    let repo = growing.path("").display().to_string();
    for (arguments, message) in [
        (vec!["--repo", "plain", "--commit", "HEAD"], "a plain folder makes no task"),
        (vec!["--repo", "nowhere", "--commit", "HEAD"], "no such folder, and no URL"),
        (vec!["--repo", &repo, "--commit", "v9"], "holds no commit v9"),
        (vec!["--repo", &repo], "no commit: give --commit REV"),
        (vec!["--repo", &repo, "--commit", "HEAD", "--id", "a/b"], "must be a plain name"),
        (vec!["--repo", &repo, "--commit", "HEAD", "--format", "x"], "--format x is unknown"),
        (vec!["--repo", &repo, "--commit", "HEAD..HEAD"], "the range holds no commit"),
    ] {
        let ran = kerf_in(folder.path(), ["task", "new"].iter().chain(&arguments)).ended(2);
        assert!(ran.stderr.contains(message), "{arguments:?}: {}", ran.stderr);
    }
}
