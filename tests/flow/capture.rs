//! A prediction of a working tree: whatever an agent left is in it, or named.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::util::kerf_in;

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

fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = |path: &str| folder.path().join("repo").join(path);
    fs::create_dir_all(at("src")).unwrap();
    fs::create_dir_all(folder.path().join("other")).unwrap();
    git(&folder.path().join("other"), &["init", "-q"]);
    git(&folder.path().join("other"), &["commit", "-q", "--allow-empty", "-m", "one"]);
    git(&at(""), &["init", "-q"]);
    for (path, text) in [
        ("src/a.rs", "fn a() {}\n"),
        ("src/old.rs", "fn b() {}\n"),
        ("gone.txt", "x\n"),
        (".gitignore", "out/\n"),
    ] {
        fs::write(at(path), text).unwrap();
    }
    fs::write(at("image.bin"), [0_u8, 1, 2, 255]).unwrap();
    fs::write(at("run.sh"), "#!/bin/sh\n").unwrap();
    git(&at(""), &["submodule", "--quiet", "add", "../other", "sub"]);
    git(&at(""), &["add", "."]);
    git(&at(""), &["commit", "-q", "-m", "base"]);
    folder
}

/// Files with content and mode, of the index after everything was added.
fn listed(folder: &Path) -> String {
    git(folder, &["add", "-A"]);
    git(folder, &["ls-files", "-s"])
        .lines()
        .filter(|line| !line.contains("160000"))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn whatever_an_agent_left_is_captured_or_named() {
    let folder = repository();
    let repo = folder.path().join("repo");
    let at = |path: &str| repo.join(path);
    fs::write(at("src/a.rs"), "fn a() { 1; }").unwrap();
    fs::rename(at("src/old.rs"), at("src/new name.rs")).unwrap();
    fs::remove_file(at("gone.txt")).unwrap();
    fs::write(at("image.bin"), [0_u8, 9, 9, 255, 0]).unwrap();
    fs::write(at("fresh.bin"), [0_u8, 7]).unwrap();
    fs::set_permissions(at("run.sh"), fs::Permissions::from_mode(0o755)).unwrap();
    fs::create_dir_all(at("out")).unwrap();
    fs::write(at("out/log.txt"), "noise\n").unwrap();
    fs::write(at("empty.txt"), "").unwrap();
    symlink("src/a.rs", at("link")).unwrap();
    git(&at("sub"), &["commit", "-q", "--allow-empty", "-m", "two"]);
    git(&repo, &["add", "src/a.rs"]);

    let arguments = ["capture", "--task", "t-1", "--model", "m", "--scaffold", "s", "--sample", "2"];
    let ran = kerf_in(&repo, arguments).ended(0);
    let line: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(line["instance_id"], "t-1");
    assert_eq!((&line["model_name_or_path"], &line["sample"]), (&"m".into(), &2.into()));
    assert!(ran.stderr.contains("ignored, so not captured: out/"), "{}", ran.stderr);
    assert!(ran.stderr.contains("submodules, which a patch cannot change: sub"), "{}", ran.stderr);

    // git itself makes the same tree of it.
    let patch = line["model_patch"].as_str().unwrap();
    let expected = listed(&repo);
    let fresh = folder.path().join("fresh");
    git(folder.path(), &["clone", "-q", "repo", "fresh"]);
    fs::write(folder.path().join("p.diff"), patch).unwrap();
    git(&fresh, &["apply", "../p.diff"]);
    assert_eq!(listed(&fresh), expected);
}

#[test]
fn a_clean_tree_is_an_empty_prediction_and_lines_are_added() {
    let folder = repository();
    let repo = folder.path().join("repo");
    for model in ["a", "b"] {
        let out = ["capture", "--task", "t", "--model", model, "--out", "../all.jsonl"];
        let ran = kerf_in(&repo, out).ended(0);
        assert!(ran.stderr.contains("the prediction is empty") && ran.stdout.is_empty(), "{}", ran.stderr);
    }
    let text = fs::read_to_string(folder.path().join("all.jsonl")).unwrap();
    assert_eq!(text.lines().count(), 2);
    kerf_in(&repo, ["capture", "--task", "t", "--model", "m", "--base", "nowhere"]).ended(2);
    kerf_in(&repo, ["capture", "--task", "", "--model", "m"]).ended(2);
    kerf_in(folder.path(), ["capture", "--task", "t", "--model", "m"]).ended(2);
}
