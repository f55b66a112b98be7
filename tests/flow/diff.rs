//! `kerf diff` on files, folders, ranges and patches.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::util::{Project, Ran, body, kerf_in};

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
    insta::assert_snapshot!(stat, @r"
    units  weight  entity
        1       5  new.rs
        1       5  new.rs › impl Point › fn left
        1       1  new.rs › impl Point › fn right
    units  weight  kind
        1       5  body
        1       5  import
        1       1  format
    ");
    let text = diff(folder.path(), &["old.rs", "new.rs", "--exit-code"]).ended(6).stdout;
    assert!(text.contains("saturating_sub") && !text.contains('\u{1b}'), "{text}");
    let same = diff(folder.path(), &["old.rs", "old.rs", "--exit-code"]).ended(0);
    assert_eq!(same.stdout, "0 files, 0 units, weight 0\n");
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
    diff(folder.path(), &["--repo", "repo", "HEAD"]).ended(2);
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
