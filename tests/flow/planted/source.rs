//! Trees of tasks as git repositories, and reference fixes as patches: of the house's own and of published crates.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::util::{cache, files, house, kerf_in};

/// A task with its base checked out.
pub struct Base {
    pub task: String,
    /// Folder of the task.
    pub folder: PathBuf,
    /// A repository whose HEAD is the base.
    pub tree: PathBuf,
    /// The reference fix, as a patch to the base.
    pub gold: String,
}

pub fn git(folder: &Path, arguments: &[&str]) {
    let identity = ["-c", "user.name=a", "-c", "user.email=a@b"];
    let output = Command::new("git").args(identity).args(arguments).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

pub fn copy(from: &Path, to: &Path) {
    for file in files(from) {
        let target = to.join(&file);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(from.join(&file), target).unwrap();
    }
}

/// What a tree holds beyond its HEAD, as a patch.
pub fn captured(tree: &Path, task: &str) -> String {
    kerf_in(tree, ["capture", "--task", task, "--model", "planted", "--patch"]).ended(0).stdout
}

/// Writes a patch into a clean tree.
pub fn applied(tree: &Path, patch: &str) {
    git(tree, &["reset", "-q", "--hard"]);
    git(tree, &["clean", "-q", "-d", "--force"]);
    let file = tree.with_extension("patch");
    fs::write(&file, patch).unwrap();
    git(tree, &["apply", file.to_str().unwrap()]);
}

impl Base {
    /// Of a task in Rust; none for others. A published crate is fetched by name and version.
    pub fn of(folder: &Path, trees: &Path) -> Option<Self> {
        fs::create_dir_all(trees).unwrap();
        let task = folder.file_name().unwrap().to_string_lossy().into_owned();
        let toml: toml::Table = fs::read_to_string(folder.join("task.toml")).unwrap().parse().unwrap();
        if toml["language"].as_str() != Some("rust") {
            return None;
        }
        let repo = &toml["repo"];
        let text = |key: &str| repo[key].as_str().unwrap();
        let tree = trees.join(&task);
        let (kind, source) = text("source").split_once(':').unwrap();
        match kind {
            "path" => copy(&house().join(source), &tree),
            "crate" => {
                // Into the cache that runs use, with all that the task needs.
                let line = ["suite", "fetch", cache().to_str().unwrap(), "--tasks", folder.to_str().unwrap()];
                kerf_in(trees, line).ended(0);
                let (name, version) = source.split_once('@').unwrap();
                copy(&release(trees, name, version), &tree);
            }
            other => panic!("{task}: a source of kind {other}"),
        }
        git(&tree, &["init", "-q"]);
        git(&tree, &["add", "-A"]);
        git(&tree, &["commit", "-q", "-m", "base"]);
        let gold = if let Ok(patch) = fs::read_to_string(folder.join("gold.patch")) {
            patch
        } else {
            let (name, _) = source.split_once('@').unwrap();
            let new = release(trees, name, text("gold_version"));
            for path in repo["gold_paths"].as_array().unwrap() {
                let path = path.as_str().unwrap();
                let _ = fs::create_dir_all(tree.join(path).parent().unwrap());
                fs::copy(new.join(path), tree.join(path)).unwrap();
            }
            captured(&tree, &task)
        };
        Some(Self { task, folder: folder.to_owned(), tree, gold })
    }
}

/// Sources of a published crate that kerf has fetched, in a folder of their own.
fn release(trees: &Path, name: &str, version: &str) -> PathBuf {
    let folder = trees.join("releases").join(format!("{name}-{version}"));
    fs::create_dir_all(&folder).unwrap();
    let archive = cache().join("releases/crate").join(format!("{name}-{version}.tar.gz"));
    let arguments = ["-x", "-z", "--strip-components=1", "--no-same-owner", "-f"];
    let status = Command::new("tar").args(arguments).arg(&archive).current_dir(&folder).status().unwrap();
    assert!(status.success(), "{}", archive.display());
    folder
}
