//! A branch or working tree by itself: no task, no gold, no tests, and nothing of it executed outside the sandbox.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::util::{Ran, kerf_in};

fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=a", "-c", "user.email=a@b", "-c", "protocol.file.allow=always"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

const SOURCE: &str = "\
/// Twice a number.
pub fn double(n: i64) -> i64 {
    n + 1
}

/// Three times a number.
pub fn triple(n: i64) -> i64 {
    n * 3
}
";

const MANIFEST: &str = "[package]\nname = \"mini\"\nversion = \"0.1.0\"\nedition = \"2021\"\n";

/// A repository with a commit `base`, in a folder that goes with it.
struct Repository(tempfile::TempDir);

impl Repository {
    fn new() -> Self {
        let repository = Self(tempfile::tempdir().unwrap());
        fs::create_dir_all(repository.path("")).unwrap();
        git(&repository.path(""), &["init", "-q", "-b", "main"]);
        repository.write("src/lib.rs", SOURCE);
        repository.write("Cargo.toml", MANIFEST);
        repository.write(".gitignore", "/target\n");
        repository.write("Cargo.lock", "version = 4\n\n[[package]]\nname = \"mini\"\nversion = \"0.1.0\"\n");
        repository.commit("base");
        git(&repository.path(""), &["tag", "base"]);
        repository
    }

    fn path(&self, relative: &str) -> PathBuf {
        self.0.path().join("repo").join(relative)
    }

    fn write(&self, relative: &str, text: &str) {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn commit(&self, message: &str) {
        git(&self.path(""), &["add", "-A"]);
        git(&self.path(""), &["commit", "-q", "--allow-empty", "-m", message]);
    }

    /// The fix of `double`, and what an agent leaves beside it.
    fn leave_a_mess(&self) {
        let text = SOURCE
            .replace("    n + 1\n", "    println!(\"DEBUG n = {n}\");\n    n * 2\n")
            .replace("    n * 3\n", "    n  *  3\n");
        self.write("src/lib.rs", &text);
        self.write("reproduce.py", "import mini\nprint(mini.double(4))\n");
        self.write("tmp/reproduce_bug.py", "print('still wrong')\n");
    }

    fn review(&self, arguments: &[&str]) -> Ran {
        kerf_in(&self.path(""), ["review", "--base", "base"].iter().chain(arguments))
    }
}

/// `kind entity: class sign` of each unit.
fn classes(review: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let units = review["units"].as_array().unwrap().iter().map(|unit| {
        let file = &review["files"][unit["changes"][0]["file"].as_u64().unwrap() as usize]["new"];
        let (kind, class, sign) = (text(&unit["kind"]), text(&unit["class"]), text(&unit["sign"]));
        format!("{} {kind}: {class} {sign}", text(file))
    });
    units.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_working_tree_is_reviewed_in_every_format() {
    let repository = Repository::new();
    repository.leave_a_mess();
    fs::write(repository.path("large.bin"), [0_u8, 255].repeat(2_000_000)).unwrap();
    let review: Value = serde_json::from_str(&repository.review(&["--json"]).ended(0).stdout).unwrap();
    let found = classes(&review);
    for line in [
        "src/lib.rs added: irrelevant debug",
        "src/lib.rs body: unproven -",
        "src/lib.rs format: irrelevant format",
        "reproduce.py file: irrelevant scratch",
    ] {
        assert!(found.lines().any(|one| one == line), "no `{line}` in\n{found}");
    }
    assert_eq!(review["schema"], "kerf/review/1");
    assert_eq!((&review["base"], &review["head"]), (&"base".into(), &Value::Null));
    let edits = &review["edits"];
    assert_eq!(edits["mode"], "review");
    for field in ["upper", "suspect_ratio", "removable_ratio"] {
        assert_eq!(edits[field], Value::Null, "{field}");
    }
    assert!(edits["irrelevant_edit_ratio"].as_f64().unwrap() > 0.3, "{edits}");
    assert_eq!(review["lint"], Value::Null, "it was not asked for");
    let debug = review["units"].as_array().unwrap().iter().find(|unit| unit["sign"] == "debug").unwrap();
    assert_eq!((&debug["grade"], &debug["suspect"]), (&"B".into(), &false.into()));
    assert_eq!(debug["evidence"][0]["file"], "src/lib.rs");
    assert!(debug["evidence"][0]["line"].as_u64().is_some_and(|line| line == 2 || line == 3), "{debug}");

    let text = repository.review(&[]).ended(0).stdout;
    assert!(text.starts_with("base → the working tree · "), "{text}");
    assert!(text.find("B debug").unwrap() < text.find("A format").unwrap(), "{text}");
    assert!(
        repository.review(&["--format", "markdown"]).ended(0).stdout.contains("| B debug | `src/lib.rs:3` |")
    );
    let sarif: Value =
        serde_json::from_str(&repository.review(&["--format", "sarif"]).ended(0).stdout).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert!(results.iter().any(|result| result["ruleId"] == "irrelevant/debug"), "{results:?}");
    let commands = repository.review(&["--format", "github"]).ended(0).stdout;
    assert!(commands.contains("::warning file=src/lib.rs,line=3,title="), "{commands}");

    repository.write("why.md", "The message that `println` prints, DEBUG, belongs to reproduce.py.\n");
    let told = repository.review(&["--json", "--statement", "why.md"]).ended(0).stdout;
    let told: Value = serde_json::from_str(&told).unwrap();
    let scratch = |review: &Value| {
        classes(review)
            .lines()
            .filter(|line| line.starts_with("reproduce.py") && line.contains("scratch"))
            .count()
    };
    assert!(scratch(&review) > scratch(&told), "what the statement names is no scratch file");
}

#[test]
fn fix_gives_a_patch_that_git_takes_and_applies_it_only_when_told() {
    let repository = Repository::new();
    repository.leave_a_mess();
    let before = git(&repository.path(""), &["status", "--porcelain"]);
    let ran = repository.review(&["--fix"]).ended(0);
    assert_eq!(git(&repository.path(""), &["status", "--porcelain"]), before, "the tree is as it was");
    fs::write(repository.0.path().join("fix.diff"), &ran.stdout).unwrap();
    git(repository.0.path(), &["clone", "-q", "repo", "fresh"]);
    let fresh = repository.0.path().join("fresh");
    git(&fresh, &["apply", "../fix.diff"]);
    assert_eq!(
        fs::read_to_string(fresh.join("src/lib.rs")).unwrap(),
        SOURCE.replace("    n + 1\n", "    n * 2\n")
    );

    repository.review(&["--fix", "--apply"]).ended(0);
    assert_eq!(git(&repository.path(""), &["status", "--porcelain"]), " M src/lib.rs\n");
    assert_eq!(
        fs::read_to_string(repository.path("src/lib.rs")).unwrap(),
        SOURCE.replace("    n + 1\n", "    n * 2\n")
    );
    assert!(!repository.path("tmp").exists(), "folders that it leaves empty go too");
    assert_eq!(repository.review(&["--fix"]).ended(0).stdout, ran.stdout, "nothing more is taken out");
    repository.review(&["--fix", "--apply", "--head", "main"]).ended(2);
}

#[test]
fn nothing_of_a_hostile_tree_is_executed() {
    let repository = Repository::new();
    let marker = repository.0.path().join("executed");
    let script = repository.path("evil.sh");
    fs::write(&script, format!("#!/bin/sh\ntouch {}\ncat\n", marker.display())).unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let evil = script.to_string_lossy().into_owned();
    for (name, value) in [
        ("filter.evil.clean", &evil),
        ("filter.evil.smudge", &evil),
        ("core.fsmonitor", &evil),
        ("diff.external", &evil),
    ] {
        git(&repository.path(""), &["config", name, value]);
    }
    repository.write(".gitattributes", "*.rs filter=evil diff=evil\n");
    repository.write("build.rs", &format!("fn main() {{ std::fs::write({marker:?}, \"\").unwrap(); }}\n"));
    repository.leave_a_mess();
    symlink("/etc/passwd", repository.path("link")).unwrap();
    symlink("/", repository.path("root")).unwrap();
    repository.write("src/\u{1b}[31mred.rs", "fn a() {}\n");
    for arguments in [&["--json"][..], &[], &["--fix"], &["--format", "github"], &["--fix", "--apply"]] {
        let ran = repository.review(arguments).ended(0);
        assert!(!marker.exists(), "{arguments:?} executed something of the tree");
        assert!(!ran.stdout.contains("root:x:0") && !ran.stdout.contains('\u{1b}'), "{}", ran.stdout);
    }
}

#[test]
fn a_branch_is_compared_with_where_it_parted() {
    let repository = Repository::new();
    git(&repository.path(""), &["switch", "-q", "-c", "feature"]);
    repository.leave_a_mess();
    repository.commit("mess");
    git(&repository.path(""), &["switch", "-q", "main"]);
    repository.write("src/other.rs", "pub fn other() {}\n");
    repository.commit("meanwhile");
    let files = |arguments: &[&str]| {
        let ran = kerf_in(&repository.path(""), ["review", "--json"].iter().chain(arguments)).ended(0);
        let review: Value = serde_json::from_str(&ran.stdout).unwrap();
        let names = review["files"].as_array().unwrap().iter();
        let name = |file: &Value| file["new"].as_str().or(file["old"].as_str()).unwrap().to_owned();
        names.map(name).collect::<Vec<_>>()
    };
    let expected = ["reproduce.py", "src/lib.rs", "tmp/reproduce_bug.py"];
    assert_eq!(files(&["--base", "main...feature"]), expected);
    assert_eq!(files(&["--base", "main", "--head", "feature", "--merge-base"]), expected);
    assert!(files(&["--base", "main", "--head", "feature"]).contains(&"src/other.rs".to_owned()));

    git(
        repository.0.path(),
        &[
            "clone",
            "-q",
            "--depth",
            "1",
            "-b",
            "main",
            &format!("file://{}", repository.path("").display()),
            "shallow",
        ],
    );
    let ran = kerf_in(&repository.0.path().join("shallow"), ["review", "--base", "HEAD~1"]).ended(2);
    assert!(
        ran.stderr.contains("this clone is shallow") && ran.stderr.contains("git fetch"),
        "{}",
        ran.stderr
    );
}

#[test]
fn linters_run_in_the_sandbox_or_the_status_says_that_they_did_not() {
    let repository = Repository::new();
    let marker = repository.0.path().join("executed");
    let text = SOURCE.replace("    n + 1\n", "    return n * 2;\n");
    repository.write("src/lib.rs", &text);
    repository.write("build.rs", &format!("fn main() {{ let _ = std::fs::write({marker:?}, \"\"); }}\n"));
    let lint =
        |ran: Ran| -> Value { serde_json::from_str::<Value>(&ran.ended(0).stdout).unwrap()["lint"].clone() };
    let found = lint(repository.review(&["--json", "--measures", "lint"]));
    assert_eq!(found["status"], "findings", "{found}");
    let new = &found["new"][0];
    assert_eq!(
        (&new["rule"], &new["file"], &new["line"]),
        (&"clippy::needless_return".into(), &"src/lib.rs".into(), &3.into())
    );
    assert!(!marker.exists(), "the build script ran outside the sandbox");

    // Without the language's tools there is no clean bill.
    repository.write("src/lib.rs", &SOURCE.replace("    n + 1\n", "    n * 2\n"));
    let mut command = crate::util::command(env!("CARGO_BIN_EXE_kerf"));
    command.args(["review", "--base", "base", "--json", "--measures", "lint"]);
    command.current_dir(repository.path("")).env("PATH", "/nowhere");
    let without = lint(Ran::new(&command.output().unwrap()));
    assert_eq!(without["status"], "invalid", "{without}");
    assert!(without["unusable"][0]["why"].as_str().unwrap().contains("cannot be run"), "{without}");
}

#[test]
fn wrong_arguments_are_named() {
    let repository = Repository::new();
    for (arguments, said) in [
        (&["--format", "pdf"][..], "known are terminal, json, markdown, sarif and github"),
        (&["--measures", "pass"], "--measures pass is unknown; known are edits, lint and context"),
        (&["--statement", "nowhere.md"], "nowhere.md"),
        (&["--head", "nowhere"], "nowhere"),
    ] {
        let ran = repository.review(arguments).ended(2);
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
    }
    assert_eq!(repository.review(&["--format", "github"]).ended(0).stdout, "");
}
