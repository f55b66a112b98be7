//! What set-up and build left in a snapshot's tree: installed packages, environments, build results.
//!
//! In: a snapshot's tree, and the paths that the base tracks. Out: whether a path is theirs. A patch that writes there
//! changes no source: it changes the tools that the tests are run with (`node_modules/.bin/vitest`,
//! `.venv/…/_pytest/runner.py`, `target/debug/deps/…`).
//!
//! Invariant: what the base tracks is never theirs, and neither is a folder that holds something tracked. Single files that
//! set-up leaves in such a folder are not theirs either.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Names of tools' places that count also where set-up made none: whatever looks for a package finds a nearer one first.
const TOOLS: &[&str] = &["node_modules", "site-packages", "__pycache__", ".venv", "venv", ".pnp.cjs"];

/// Places of set-up and build.
#[derive(Debug, Clone, Default)]
pub struct Made {
    /// Files and folders of the base.
    tracked: BTreeSet<String>,
    /// Folders in which the base tracks nothing; what is in them is not listed.
    roots: BTreeSet<String>,
}

impl Made {
    /// Looks through a snapshot's tree; what cannot be read there is left out.
    pub fn read(tree: &Path, paths: &[String]) -> Self {
        let mut made = Self::of(paths);
        let mut folders = vec![String::new()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(tree.join(&folder)).into_iter().flatten().flatten() {
                let name = entry.file_name().to_string_lossy().into_owned();
                let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
                // A single file beside sources is as a rule a lockfile or a version, which honest patches hold too.
                if !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                    continue;
                }
                if made.tracked.contains(&path) {
                    folders.push(path);
                } else {
                    made.roots.insert(path);
                }
            }
        }
        made
    }

    /// Without a look at the tree: folders of tools alone.
    pub fn of(paths: &[String]) -> Self {
        let tracked = paths.iter().flat_map(|path| upwards(path)).map(str::to_owned).collect();
        Self { tracked, roots: BTreeSet::new() }
    }

    /// The folder of theirs that a path is or lies in.
    pub fn root<'a>(&self, path: &'a str) -> Option<&'a str> {
        let theirs = |part: &&str| {
            let name = part.rsplit('/').next().unwrap_or(part);
            let by_name = TOOLS.contains(&name) || *part == "target";
            !self.tracked.contains(*part) && (self.roots.contains(*part) || by_name)
        };
        upwards(path).filter(theirs).last()
    }
}

/// A path and the folders above it, inwards first.
fn upwards(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| path.rsplit_once('/').map(|(folder, _)| folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_base_does_not_track_is_theirs() {
        let tree = tempfile::tempdir().unwrap();
        for file in [
            "src/lib.rs",
            "src/gen/out.rs",
            "target/debug/deps/a",
            "node_modules/vitest/cli.js",
            "vendor/node_modules/own.js",
            "vendor/node_modules/added.js",
            "Cargo.lock",
        ] {
            let path = tree.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let tracked = ["src/lib.rs", "vendor/node_modules/own.js"].map(str::to_owned);
        let made = Made::read(tree.path(), &tracked);
        for (path, expected) in [
            ("src/lib.rs", None),
            ("src/new.rs", None),
            ("new/a.rs", None),
            ("src/gen/out.rs", Some("src/gen")),
            ("src/gen/other.rs", Some("src/gen")),
            ("target", Some("target")),
            ("target/debug/deps/b", Some("target")),
            ("node_modules/.bin/vitest", Some("node_modules")),
            ("vendor/node_modules/own.js", None),
            ("vendor/node_modules/new.js", None),
            ("vendor/node_modules/added.js", None),
            ("src/node_modules/vitest/index.js", Some("src/node_modules")),
            ("Cargo.lock", None),
            ("a/.pnp.cjs", Some("a/.pnp.cjs")),
        ] {
            assert_eq!(made.root(path), expected, "{path}");
        }
        // Where there is no tree to look at, names say it.
        let unseen = Made::of(&tracked);
        assert_eq!(unseen.root(".venv/bin/pytest"), Some(".venv"));
        assert_eq!(unseen.root("target/debug/a"), Some("target"));
        assert_eq!(unseen.root("src/gen/out.rs"), None);
    }
}
