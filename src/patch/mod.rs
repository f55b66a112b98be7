//! Unified diffs and the ladder that applies them.
//!
//! In: a base [`Tree`] and the bytes of a patch. Out: [`TreeChanges`], what differs afterwards, and the [`Rung`]
//! of the ladder that accepted it. [`parse`] never fails: what it cannot read it lists. [`apply`] starts from the
//! clean tree at each rung, and a patch that applies in part has failed.
//!
//! Invariant: no path that leaves the tree, passes a symbolic link or enters `.git` ever appears in [`TreeChanges`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A file's content with its git mode (`0o100644`, `0o100755`, `0o120000` for a symbolic link).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    /// Git file mode.
    pub mode: u32,
    /// Content; of a symbolic link its target.
    pub bytes: Vec<u8>,
}

/// What differs from a base tree: path → new content, or `None` for a deleted file. Paths use `/`.
pub type TreeChanges = BTreeMap<String, Option<Blob>>;

/// A read-only tree of files at one commit.
pub trait Tree: Send + Sync {
    /// The file at `path`, or `None` where there is no file (folders are no files).
    fn blob(&self, path: &str) -> Option<Blob>;
    /// All file paths below the root, sorted.
    fn paths(&self) -> Vec<String>;
    /// A blob of the repository by an abbreviated or full object id, for three-way application.
    fn blob_by_id(&self, hex_prefix: &str) -> Option<Vec<u8>>;
}

/// A base tree with changes laid over it.
pub struct Overlaid<'a> {
    /// The tree below.
    pub base: &'a dyn Tree,
    /// What differs from it.
    pub changes: &'a TreeChanges,
}

impl Tree for Overlaid<'_> {
    fn blob(&self, path: &str) -> Option<Blob> {
        match self.changes.get(path) {
            Some(change) => change.clone(),
            None => self.base.blob(path),
        }
    }

    fn paths(&self) -> Vec<String> {
        let mut paths: std::collections::BTreeSet<String> = self.base.paths().into_iter().collect();
        for (path, change) in self.changes {
            match change {
                Some(_) => paths.insert(path.clone()),
                None => paths.remove(path),
            };
        }
        paths.into_iter().collect()
    }

    fn blob_by_id(&self, hex_prefix: &str) -> Option<Vec<u8>> {
        self.base.blob_by_id(hex_prefix)
    }
}

/// How lenient the application had to be; from strict to lenient.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Rung {
    /// Every hunk at its stated line.
    Exact,
    /// Every hunk found, some at another line.
    Offset,
    /// After repair of wrong hunk counts, a missing last newline or blank lines before the diff.
    Recounted,
    /// By a three-way merge with the blob that the patch names.
    ThreeWay,
    /// With context lines dropped, as `patch --fuzz=5` does.
    Fuzz,
}
