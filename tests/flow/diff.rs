//! `kerf diff` on files, folders, ranges and patches.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use serde_json::Value;

use crate::util::{Project, Ran, body, command, files, kerf_in};

const OLD: &str = "\
use std::fmt;

/// A point.
pub struct Point {
    pub x: i32,
}

impl Point {
    pub fn left(&self) -> i32 {
        self.x - 1
    }

    pub fn right(&self) -> i32 {
        self.x + 1
    }
}
";

fn new() -> String {
    OLD.replace("use std::fmt;\n\n", "").replace("self.x - 1", "self.x.saturating_sub(1)").replace(
        "pub fn right(&self) -> i32 {\n        self.x + 1",
        "pub fn right(&self) -> i32 { self.x + 1",
    )
}

fn two_files() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("old.rs"), OLD).unwrap();
    fs::write(folder.path().join("new.rs"), new()).unwrap();
    folder
}

fn diff(folder: &Path, arguments: &[&str]) -> Ran {
    kerf_in(folder, [&["diff"], arguments].concat())
}

/// Puts the old bytes of every change in place of the new ones, file by file.
fn reverted(diff: &Value, old: &str, new: &str) -> String {
    let range = |value: &Value| {
        let at = |index: usize| value[index].as_u64().unwrap() as usize;
        at(0)..at(1)
    };
    let mut changes: Vec<_> = diff["units"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|unit| unit["changes"].as_array().unwrap())
        .map(|change| (range(&change["new"]), range(&change["old"])))
        .collect();
    changes.sort_by_key(|(new, old)| (new.start, old.start));
    let (mut text, mut end) = (String::new(), 0);
    for (at, from) in changes {
        assert!(at.start >= end, "changes overlap");
        text += &new[end..at.start];
        text += &old[from];
        end = at.end;
    }
    text + &new[end..]
}

#[test]
fn units_of_two_files_give_the_old_one_back() {
    let folder = two_files();
    let ran = diff(folder.path(), &["old.rs", "new.rs", "--json"]).ended(0);
    let json: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(json["schema"], "kerf/diff/1");
    assert_eq!(reverted(&json, OLD, &new()), OLD);
    let kinds: Vec<_> =
        json["units"].as_array().unwrap().iter().map(|unit| unit["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["import", "body", "format"], "{json}");
}

#[test]
fn stat_text_and_exit_code() {
    let folder = two_files();
    let stat = diff(folder.path(), &["old.rs", "new.rs", "--stat"]).ended(0).stdout;
    insta::assert_snapshot!(stat, @r#"
    units  weight  entity                          kinds
        1       5  new.rs                          import
        1       5  new.rs › impl Point › fn left   body
        1       1  new.rs › impl Point › fn right  format
        3      11  total

    units  weight  kind
        1       5  body
        1       5  import
        1       1  format
        3      11  total
    "#);
    let text = diff(folder.path(), &["old.rs", "new.rs", "--exit-code"]).ended(6).stdout;
    assert!(text.contains("saturating_sub") && !text.contains('\u{1b}'), "{text}");
    let same = diff(folder.path(), &["old.rs", "old.rs", "--exit-code"]).ended(0);
    assert_eq!(same.stdout, "no differences\n");
    diff(folder.path(), &["old.rs", "nowhere.rs"]).ended(2);
}

#[test]
fn a_unit_reverted_leaves_the_others() {
    let folder = two_files();
    let json = diff(folder.path(), &["old.rs", "new.rs", "--json"]).ended(0).stdout;
    let json: Value = serde_json::from_str(&json).unwrap();
    let units = json["units"].as_array().unwrap();
    let format = units.iter().find(|unit| unit["kind"] == "format").unwrap();
    let patch = diff(folder.path(), &["old.rs", "new.rs", "--revert", format["id"].as_str().unwrap()])
        .ended(0)
        .stdout;
    assert!(patch.contains("saturating_sub") && patch.contains("-use std::fmt;"), "{patch}");
    assert!(!patch.contains("{ self.x + 1"), "the layout is as it was: {patch}");
    let unknown = diff(folder.path(), &["old.rs", "new.rs", "--revert", "u99"]).ended(2);
    assert!(unknown.stderr.contains("there is no such unit"), "{}", unknown.stderr);
}

#[test]
fn a_range_of_a_repository() {
    let folder = tempfile::tempdir().unwrap();
    let repository = git2::Repository::init(folder.path().join("repo")).unwrap();
    let author = git2::Signature::new("a", "a@example.org", &git2::Time::new(0, 0)).unwrap();
    let mut parent = None;
    for text in [OLD, &new()] {
        fs::create_dir_all(folder.path().join("repo/src")).unwrap();
        fs::write(folder.path().join("repo/src/lib.rs"), text).unwrap();
        let mut index = repository.index().unwrap();
        index.add_path(Path::new("src/lib.rs")).unwrap();
        let tree = repository.find_tree(index.write_tree().unwrap()).unwrap();
        let parents: Vec<git2::Commit<'_>> =
            parent.iter().map(|id| repository.find_commit(*id).unwrap()).collect();
        let parents: Vec<&git2::Commit<'_>> = parents.iter().collect();
        parent = Some(repository.commit(Some("HEAD"), &author, &author, "c", &tree, &parents).unwrap());
    }
    let ran = diff(folder.path(), &["--repo", "repo", "HEAD~1..HEAD", "--json"]).ended(0);
    let json: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(json["files"][0]["new"], "src/lib.rs");
    assert_eq!(reverted(&json, OLD, &new()), OLD);
    diff(folder.path(), &["--repo", "repo", "HEAD..HEAD", "--exit-code"]).ended(0);
    diff(folder.path(), &["--repo", "repo", "HEAD~9..HEAD"]).ended(2);
}

#[test]
fn a_patch_against_a_repository() {
    let project = Project::new(&[]);
    let repository = git2::Repository::init(project.path("repos/mini")).unwrap();
    let author = git2::Signature::new("a", "a@example.org", &git2::Time::new(0, 0)).unwrap();
    let mut index = repository.index().unwrap();
    index.add_all(["*"], git2::IndexAddOption::DEFAULT, None).unwrap();
    let tree = repository.find_tree(index.write_tree().unwrap()).unwrap();
    repository.commit(Some("HEAD"), &author, &author, "c", &tree, &[]).unwrap();
    project.write("fix.diff", &body("n * 2"));
    let ran = project.kerf(&["diff", "--repo", "repos/mini", "--patch", "fix.diff", "--json"]).ended(0);
    let json: Value = serde_json::from_str(&ran.stdout).unwrap();
    let old = fs::read_to_string(project.path("repos/mini/src/lib.rs")).unwrap();
    assert_eq!(reverted(&json, &old, &old.replace("n + 1", "n * 2")), old);
    assert_eq!(json["units"][0]["entity"], serde_json::json!(["fn double"]));
    project.write("bad.diff", &body("n * 2").replace("n + 1", "n - 1"));
    let ran = project.kerf(&["diff", "--repo", "repos/mini", "--patch", "bad.diff"]).ended(2);
    assert!(ran.stderr.contains("bad.diff"), "{}", ran.stderr);
}

/// git in a folder, with nobody's settings.
fn git(folder: &Path, arguments: &[&str]) -> Ran {
    let mut git = command("git");
    git.args(arguments)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1");
    for (name, value) in [("NAME", "a"), ("EMAIL", "a@example.org"), ("DATE", "1700000000 +0000")] {
        git.env(format!("GIT_AUTHOR_{name}"), value).env(format!("GIT_COMMITTER_{name}"), value);
    }
    git.env("GIT_EXTERNAL_DIFF", format!("{} diff", env!("CARGO_BIN_EXE_kerf")));
    Ran::new(&git.output().unwrap())
}

const NUMBERS: &str = "pub fn one() -> u8 {\n    1\n}\n\npub fn two() -> u8 {\n    one() + 1\n}\n";

/// Writes the files of a side: changed, created, deleted, renamed, mode, binary, link.
fn write_side(root: &Path, new: bool) {
    for name in ["src", "data"] {
        fs::create_dir_all(root.join(name)).unwrap();
    }
    let put = |path: &str, bytes: &[u8]| fs::write(root.join(path), bytes).unwrap();
    let mode = |path: &str, mode: u32| {
        fs::set_permissions(root.join(path), std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    };
    let text = if new {
        NUMBERS.replace("one() + 1", "one() + one()") + "\nfn three() -> u8 {\n    3\n}\n"
    } else {
        NUMBERS.to_owned()
    };
    put("src/lib.rs", text.as_bytes());
    put("data/blob.bin", if new { b"\0\x01\x02new" } else { b"\0\x01old" });
    put("run.sh", b"#!/bin/sh\nls\n");
    mode("run.sh", if new { 0o755 } else { 0o644 });
    let renamed = "fn keep() {\n    first();\n    second();\n    third();\n}\n";
    put(if new { "src/after.rs" } else { "src/before.rs" }, renamed.as_bytes());
    put(
        if new { "src/made.rs" } else { "src/gone.rs" },
        if new { b"fn made() {}\n" } else { b"struct Gone { field: u64 }\n" },
    );
    std::os::unix::fs::symlink(if new { "run.sh" } else { "src/lib.rs" }, root.join("link")).unwrap();
}

fn two_folders() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, new) in [("old", false), ("new", true)] {
        fs::create_dir(folder.path().join(name)).unwrap();
        write_side(&folder.path().join(name), new);
    }
    folder
}

/// What stands in a folder: path, executable, content or target.
fn content(root: &Path) -> Vec<(String, bool, Vec<u8>)> {
    let mut found = Vec::new();
    for path in files(root) {
        let full = root.join(&path);
        let metadata = full.symlink_metadata().unwrap();
        let link = metadata.is_symlink();
        let executable =
            !link && std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o100 != 0;
        let bytes = if link {
            fs::read_link(&full).unwrap().into_os_string().into_encoded_bytes()
        } else {
            fs::read(&full).unwrap()
        };
        if !path.starts_with(".git/") {
            found.push((path, executable, bytes));
        }
    }
    found
}

#[test]
fn patches_of_units_apply_with_git_and_give_the_files() {
    let folder = two_folders();
    let root = folder.path();
    let json: Value = serde_json::from_str(&diff(root, &["old", "new", "--json"]).ended(0).stdout).unwrap();
    let units: Vec<&str> =
        json["units"].as_array().unwrap().iter().map(|unit| unit["id"].as_str().unwrap()).collect();
    let after = |patch: &str, name: &str| {
        let target = root.join(name);
        fs::create_dir(&target).unwrap();
        write_side(&target, false);
        git(&target, &["init", "-q"]).ended(0);
        fs::write(root.join("p.diff"), patch).unwrap();
        if !patch.is_empty() {
            git(&target, &["apply", "../p.diff"]).ended(0);
        }
        content(&target)
    };
    let all = units.join(",");
    assert_eq!(
        after(&diff(root, &["old", "new", "--only", &all]).ended(0).stdout, "t-all"),
        content(&root.join("new"))
    );
    let none = diff(root, &["old", "new", "--revert", &all]).ended(0).stdout;
    assert_eq!((none.as_str(), after(&none, "t-none")), ("", content(&root.join("old"))));
    // Every unit taken back alone: a file that it does not touch is as on the new side.
    for unit in &units {
        let ran = diff(root, &["old", "new", "--revert", unit]).ended(0);
        let left = after(&ran.stdout, &format!("t-{unit}"));
        let places: BTreeSet<u64> = json["units"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|other| other["id"] == **unit || ran.stderr.contains(other["id"].as_str().unwrap()))
            .flat_map(|other| other["changes"].as_array().unwrap())
            .map(|change| change["file"].as_u64().unwrap())
            .collect();
        for (index, file) in json["files"].as_array().unwrap().iter().enumerate() {
            let pick = |side: &[(String, bool, Vec<u8>)], path: &Value| {
                side.iter().find(|(name, ..)| path.as_str() == Some(name.as_str())).cloned()
            };
            if !places.contains(&(index as u64)) {
                let new = content(&root.join("new"));
                assert_eq!(pick(&left, &file["new"]), pick(&new, &file["new"]), "{unit} {file}");
            }
        }
        assert_ne!(left, content(&root.join("new")), "{unit} took nothing back");
    }
}

#[test]
fn what_a_unit_forces_is_told() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.rs"), "fn f() {\n    old();\n}\n").unwrap();
    let new = "fn helper() {\n    work();\n}\n\nfn f() {\n    old();\n    helper();\n}\n";
    fs::write(folder.path().join("b.rs"), new).unwrap();
    let json: Value =
        serde_json::from_str(&diff(folder.path(), &["a.rs", "b.rs", "--json"]).ended(0).stdout).unwrap();
    let units = json["units"].as_array().unwrap();
    let user = units.iter().find(|unit| unit["needs"] != serde_json::json!([])).unwrap();
    let (need, user) = (user["needs"][0].as_str().unwrap(), user["id"].as_str().unwrap());
    let ran = diff(folder.path(), &["a.rs", "b.rs", "--revert", need]).ended(0);
    assert!(
        ran.stderr.contains(&format!("also taken back, because they need these units: {user}")),
        "{}",
        ran.stderr
    );
    let ran = diff(folder.path(), &["a.rs", "b.rs", "--only", user]).ended(0);
    assert!(
        ran.stderr.contains(&format!("also kept, because these units need them: {need}")),
        "{}",
        ran.stderr
    );
}

fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let repo = folder.path().join("repo");
    fs::create_dir(&repo).unwrap();
    git(&repo, &["init", "-q", "-b", "main"]).ended(0);
    write_side(&repo, false);
    fs::write(repo.join(".gitignore"), "ignored\n").unwrap();
    git(&repo, &["add", "-A"]).ended(0);
    git(&repo, &["commit", "-qm", "one"]).ended(0);
    folder
}

fn paths(ran: &Ran) -> Vec<String> {
    let json: Value = serde_json::from_str(&ran.stdout).unwrap();
    json["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file["new"].as_str().or(file["old"].as_str()).unwrap().to_owned())
        .collect()
}

#[test]
fn a_revision_against_the_working_tree() {
    let folder = repository();
    let repo = folder.path().join("repo");
    let json = |arguments: &[&str]| paths(&diff(&repo, &[&["--json"], arguments].concat()).ended(0));
    assert_eq!(json(&["HEAD"]), Vec::<String>::new());
    fs::write(repo.join("src/lib.rs"), NUMBERS.replace('1', "5")).unwrap();
    fs::write(repo.join("untracked.rs"), "fn u() {}\n").unwrap();
    fs::write(repo.join("ignored"), "x").unwrap();
    fs::remove_file(repo.join("src/gone.rs")).unwrap();
    assert_eq!(json(&["HEAD"]), ["src/gone.rs", "src/lib.rs", "untracked.rs"]);
    git(&repo, &["add", "untracked.rs"]).ended(0);
    assert_eq!(json(&["--repo", ".", "HEAD"]), ["src/gone.rs", "src/lib.rs", "untracked.rs"]);
    assert_eq!(json(&["HEAD", "--", "src/"]), ["src/gone.rs", "src/lib.rs"]);
    assert_eq!(json(&["HEAD", "--", "sr"]), Vec::<String>::new());
    git(folder.path(), &["clone", "-q", "--bare", "repo", "bare"]).ended(0);
    assert!(diff(folder.path(), &["--repo", "bare", "HEAD"]).ended(2).stderr.contains("no working tree"));
}

#[test]
fn ranges_have_the_meaning_that_git_gives_them() {
    let folder = repository();
    let repo = folder.path().join("repo");
    git(&repo, &["checkout", "-qb", "side"]).ended(0);
    fs::write(repo.join("side.rs"), "fn s() {}\n").unwrap();
    git(&repo, &["add", "-A"]).ended(0);
    git(&repo, &["commit", "-qm", "side"]).ended(0);
    git(&repo, &["checkout", "-q", "main"]).ended(0);
    fs::write(repo.join("main.rs"), "fn m() {}\n").unwrap();
    git(&repo, &["add", "-A"]).ended(0);
    git(&repo, &["commit", "-qm", "main"]).ended(0);
    let json = |range: &str| paths(&diff(&repo, &[range, "--json"]).ended(0));
    assert_eq!(json("main...side"), ["side.rs"]);
    assert_eq!(json("main..side").len(), 2);
    assert_eq!(json("HEAD~1.."), ["main.rs"]);
    assert_eq!(json("..HEAD"), Vec::<String>::new());
    for bad in ["..", "nothing..HEAD", "HEAD..nothing", "nothing...HEAD", "nothing"] {
        let ran = diff(&repo, &[bad]).ended(2);
        assert!(ran.stderr.starts_with("kerf: "), "{bad}: {}", ran.stderr);
    }
}

#[test]
fn git_calls_kerf_for_its_own_diffs() {
    let folder = repository();
    let repo = folder.path().join("repo");
    for name in ["link", "src/before.rs", "src/gone.rs"] {
        fs::remove_file(repo.join(name)).unwrap();
    }
    write_side(&repo, true);
    git(&repo, &["add", "-A"]).ended(0);
    let text = git(&repo, &["diff", "--cached", "-M", "--ext-diff"]).ended(0).stdout;
    for expected in [
        "src/before.rs → src/after.rs",
        "file mode 100644 → 100755",
        "made.rs",
        "file deleted",
        "content 5 → 6 bytes",
        "fn two",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    let text = git(&repo, &["log", "-p", "--ext-diff", "-1"]).ended(0).stdout;
    assert!(text.contains("file created"), "{text}");
}

#[test]
fn pipes_and_nothing_are_sides_too() {
    let folder = two_files();
    let mut kerf = command(env!("CARGO_BIN_EXE_kerf"));
    kerf.args(["diff", "old.rs", "-", "--json"]).current_dir(folder.path());
    kerf.stdin(fs::File::open(folder.path().join("new.rs")).unwrap());
    let json: Value = serde_json::from_str(&Ran::new(&kerf.output().unwrap()).ended(0).stdout).unwrap();
    assert_eq!(reverted(&json, OLD, &new()), OLD);
    assert_eq!((&json["files"][0]["language"], &json["files"][0]["new"]), (&"rust".into(), &"old.rs".into()));
    let text = diff(folder.path(), &["/dev/null", "new.rs"]).ended(0).stdout;
    assert!(text.contains("file created"), "{text}");
    for (bad, why) in [
        (&["-", "-"][..], "only one of"),
        (&["old.rs"], "nothing to compare it with"),
        (&["old.rs", "."], "two files or two folders"),
        (&["old.rs", "new.rs", "third.rs"], "give OLD NEW"),
        (&["old.rs", "nowhere.rs"], "nowhere.rs: No such file"),
        (&["old.rs", "new.rs", "--only", "u77"], "there are u0 to u2"),
        (&["old.rs", "new.rs", "--only", "u1", "--", "x"], "leave out the PATHs"),
        (&["a", "b", "c", "mode", "d", "e", "f"], "is no mode of a file"),
    ] {
        let ran = diff(folder.path(), bad).ended(2);
        assert!(ran.stderr.contains(why), "{bad:?}: {}", ran.stderr);
    }
}

#[test]
fn folders_hold_more_than_text() {
    let folder = two_folders();
    let odd = std::ffi::OsStr::from_bytes(b"odd\xff.rs");
    fs::write(folder.path().join("new").join(odd), "fn odd() {}\n").unwrap();
    nix::unistd::mkfifo(&folder.path().join("new/pipe"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    let ran = diff(folder.path(), &["old", "new"]).ended(0);
    assert!(ran.stdout.contains("odd\\xff.rs"), "{}", ran.stdout);
    assert!(ran.stderr.contains("pipe: left out"), "{}", ran.stderr);
    let ran = diff(folder.path(), &["old", "new", "--revert", "u0"]).ended(2);
    assert!(ran.stderr.contains("not UTF-8"), "{}", ran.stderr);
}

#[test]
fn people_see_the_folders() {
    let folder = two_folders();
    let text = diff(folder.path(), &["old", "new", "-U1"]).ended(0).stdout;
    insta::assert_snapshot!(text, @r#"
    data/blob.bin  (other, binary)
        u0 file 1  content 5 → 6 bytes
    link  (other)
      (file)
        u1 data 6
             1 - src/lib.rs
             1 + run.sh
    run.sh  (code)
        u2 mode 1  file mode 100644 → 100755
    src/before.rs → src/after.rs  (code, rust)
        u3 file 1  file renamed
    src/gone.rs  (code, rust, deleted)
        u4 file 1  file deleted  needs u5
      struct Gone
        u5 removed 7
             1 - struct Gone { field: u64 }
    src/lib.rs  (code, rust)
      fn two
        u6 body 4
             5   pub fn two() -> u8 {
             6 -     one() + 1
                             ^
             6 +     one() + one()
                             ^^^^^
             7   }
      fn three
        u7 added 9
             8
             9 + fn three() -> u8 {
            10 +     3
            11 + }
    src/made.rs  (code, rust, created)
        u8 file 1  file created
      fn made
        u9 added 6  needs u8
             1 + fn made() {}
    7 files, 10 units, weight 37: 1 body, 2 added, 1 removed, 4 file, 1 mode, 1 data
    "#);
}

/// The same change with other context, hunks split, and files in another order, is the same diff.
#[test]
fn how_a_patch_is_written_does_not_matter() {
    let folder = repository();
    let repo = folder.path().join("repo");
    for name in ["link", "src/before.rs", "src/gone.rs"] {
        fs::remove_file(repo.join(name)).unwrap();
    }
    write_side(&repo, true);
    git(&repo, &["add", "-A"]).ended(0);
    let patch = |arguments: &[&str]| {
        git(&repo, &[&["diff", "--cached", "--no-ext-diff", "--binary"], arguments].concat()).ended(0).stdout
    };
    let plain = patch(&[]);
    let mut sections: Vec<String> = Vec::new();
    for line in plain.split_inclusive('\n') {
        if line.starts_with("diff --git ") {
            sections.push(String::new());
        }
        sections.last_mut().unwrap().push_str(line);
    }
    assert!(sections.len() > 5);
    sections.reverse();
    let json = |patch: &str| {
        fs::write(folder.path().join("p.diff"), patch).unwrap();
        diff(folder.path(), &["--repo", "repo", "--patch", "p.diff", "--json"]).ended(0).stdout
    };
    let expected = json(&plain);
    for (name, other) in [
        ("no context", patch(&["-U0"])),
        ("long context", patch(&["-U40"])),
        ("joined hunks", patch(&["--inter-hunk-context=9"])),
        ("another algorithm", patch(&["--patience"])),
        ("renames", patch(&["-M"])),
        ("reversed", sections.concat()),
    ] {
        assert_eq!(json(&other), expected, "{name}");
    }
    let range = diff(folder.path(), &["--repo", "repo", "HEAD", "--json"]).ended(0).stdout;
    assert_eq!(range, expected);
}
