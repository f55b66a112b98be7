//! What a snapshot holds that was built from a file.
//!
//! In: a snapshot's tree, and paths that a trial changes. Out: files by which build tools would take the old result for
//! fresh. A trial deletes them beside writing its changes: without them a tool has to build anew, whatever times a
//! patch, a build script or a test gives to sources afterwards.
//!
//! cargo: a unit's fingerprint, where the unit's list of sources (`target/*/deps/NAME-HASH.d`) names the file. Python:
//! the bytecode beside the source. What other tools keep goes by content.
//!
//! Invariant: nothing is named that would not be built anew anyway, as long as times are honest.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::sandbox::TREE;

/// Folders below which a `target` folder is looked for.
const DEPTH: usize = 2;

/// Results by source.
#[derive(Debug, Clone, Default)]
pub struct Stale {
    by_source: BTreeMap<String, BTreeSet<String>>,
}

impl Stale {
    /// Looks through a snapshot's tree; what cannot be read there is left out.
    pub fn read(tree: &Path) -> Self {
        let mut stale = Self::default();
        let mut folders = vec![(String::new(), 0)];
        while let Some((folder, depth)) = folders.pop() {
            for entry in fs::read_dir(tree.join(&folder)).into_iter().flatten().flatten() {
                let name = entry.file_name().to_string_lossy().into_owned();
                if !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                    continue;
                }
                let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
                if entry.path().join(".rustc_info.json").exists() || name == "target" {
                    stale.read_target(tree, &folder, &path);
                } else if depth < DEPTH && !name.starts_with('.') && name != "node_modules" {
                    folders.push((path, depth + 1));
                }
            }
        }
        stale
    }

    /// A target folder: its profiles, and those below the folder of a target triple.
    fn read_target(&mut self, tree: &Path, workspace: &str, target: &str) {
        for (path, name) in folders(tree, target) {
            if tree.join(&path).join("deps").is_dir() {
                self.read_profile(tree, workspace, &path);
            } else if !name.starts_with('.') {
                for (inner, _) in folders(tree, &path) {
                    self.read_profile(tree, workspace, &inner);
                }
            }
        }
    }

    fn read_profile(&mut self, tree: &Path, workspace: &str, profile: &str) {
        let units = folders(tree, &format!("{profile}/.fingerprint"));
        let mut by_hash: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (path, name) in &units {
            by_hash.entry(hash_of(name)).or_default().push(path);
        }
        let lists = fs::read_dir(tree.join(profile).join("deps")).into_iter().flatten().flatten();
        // Build scripts keep their lists beside themselves.
        let scripts = folders(tree, &format!("{profile}/build"));
        let scripts =
            scripts.iter().flat_map(|(path, _)| fs::read_dir(tree.join(path)).into_iter().flatten());
        for entry in lists.chain(scripts.flatten()) {
            let name = entry.file_name().to_string_lossy().into_owned();
            let Some(unit) = name.strip_suffix(".d").and_then(|stem| by_hash.get(hash_of(stem))) else {
                continue;
            };
            let Ok(text) = fs::read_to_string(entry.path()) else { continue };
            for source in sources(&text, workspace) {
                let all = self.by_source.entry(source).or_default();
                for folder in unit {
                    all.extend(files(tree, folder));
                }
            }
        }
    }

    /// What stands for the old state of these files.
    pub fn of<'a>(&self, tree: &Path, changed: impl Iterator<Item = &'a String>) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for path in changed {
            found.extend(self.by_source.get(path).into_iter().flatten().cloned());
            if let Some(stem) = path.strip_suffix(".py") {
                let (folder, module) = stem.rsplit_once('/').unwrap_or(("", stem));
                let cache = if folder.is_empty() {
                    "__pycache__".to_owned()
                } else {
                    format!("{folder}/__pycache__")
                };
                let ours = |file: &String| {
                    file.rsplit('/')
                        .next()
                        .and_then(|name| name.strip_prefix(module))
                        .is_some_and(|rest| rest.starts_with('.'))
                };
                found.extend(files(tree, &cache).into_iter().filter(ours));
            }
        }
        found
    }
}

/// What cargo puts behind the last `-`.
fn hash_of(name: &str) -> &str {
    name.rsplit_once('-').map_or("", |(_, hash)| hash)
}

/// Paths and names of folders in a folder of the tree.
fn folders(tree: &Path, folder: &str) -> Vec<(String, String)> {
    listed(tree, folder, true)
}

fn files(tree: &Path, folder: &str) -> Vec<String> {
    listed(tree, folder, false).into_iter().map(|(path, _)| path).collect()
}

fn listed(tree: &Path, folder: &str, wanted: bool) -> Vec<(String, String)> {
    let entries = fs::read_dir(tree.join(folder)).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir() == wanted))
        .filter_map(|entry| entry.file_name().into_string().ok())
        .map(|name| (format!("{folder}/{name}"), name))
        .collect()
}

/// Sources that a list in the form of `make` names, relative to the tree: those behind `FILE:`.
fn sources(list: &str, workspace: &str) -> BTreeSet<String> {
    let inside = format!("{TREE}/");
    let mut found = BTreeSet::new();
    for line in list.lines().filter(|line| !line.starts_with('#')) {
        let Some((_, sources)) = line.split_once(": ") else { continue };
        for source in sources.replace("\\ ", "\0").split_whitespace() {
            let source = source.replace('\0', " ");
            if let Some(below) = source.strip_prefix(&inside) {
                found.insert(below.to_owned());
            } else if !source.starts_with('/') {
                let joined =
                    if workspace.is_empty() { source.clone() } else { format!("{workspace}/{source}") };
                found.insert(joined);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_built_from_a_file_is_found() {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in [
            (
                "sub/target/debug/deps/sums-0a.d",
                "/kerf/tree/sub/target/debug/deps/sums-0a: tests/sums.rs a\\ b.rs\n\nsrc/x.rs:\n",
            ),
            (
                "sub/target/debug/deps/other-0b.d",
                "/kerf/tree/sub/target/debug/deps/other-0b: /kerf/tree/sub/src/lib.rs /root/.cargo/x.rs\n",
            ),
            ("sub/target/debug/.fingerprint/small-0a/test-sums", ""),
            ("sub/target/debug/.fingerprint/small-0a/dep-test-sums", ""),
            ("sub/target/debug/.fingerprint/small-0b/lib-small", ""),
            ("sub/target/debug/.fingerprint/dep-0c/lib-dep", ""),
            ("pkg/__pycache__/m.cpython-312.pyc", ""),
            ("pkg/__pycache__/mm.cpython-312.pyc", ""),
        ] {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let stale = Stale::read(folder.path());
        let of = |path: &str| {
            stale.of(folder.path(), [path.to_owned()].iter()).into_iter().collect::<Vec<_>>().join(" ")
        };
        let unit = "sub/target/debug/.fingerprint/small-0a";
        assert_eq!(of("sub/tests/sums.rs"), format!("{unit}/dep-test-sums {unit}/test-sums"));
        assert_eq!(of("sub/a b.rs"), of("sub/tests/sums.rs"));
        assert_eq!(of("sub/src/lib.rs"), "sub/target/debug/.fingerprint/small-0b/lib-small");
        assert_eq!(of("src/lib.rs"), "");
        assert_eq!(of("pkg/m.py"), "pkg/__pycache__/m.cpython-312.pyc");
    }
}
