//! Unified diffs and the ladder that applies them.
//!
//! In: a base [`Tree`] and the bytes of a patch. Out: [`TreeChanges`], what differs afterwards, and the [`Rung`]
//! of the ladder that accepted it. [`parse`] never fails: what it cannot read it lists. [`apply`] starts from the
//! clean tree at each rung, and a patch that applies in part has failed.
//!
//! Invariant: no path that leaves the tree, passes a symbolic link or enters `.git` ever appears in [`TreeChanges`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

mod apply;
mod binary;
mod edits;
mod hunk;
pub mod line;
mod locate;
#[cfg(test)]
pub(crate) mod memory;
mod merge;
pub mod model;
mod name;
mod parse;
mod path;
mod render;
mod stage;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

pub use apply::apply;
pub use edits::apply_edits;
pub use parse::parse;
pub use render::render;

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
    /// What stands for the content of the file at `path` without reading it: equal stamps, equal bytes. None where there is
    /// no such thing.
    fn stamp(&self, path: &str) -> Option<[u8; 20]> {
        let _ = path;
        None
    }
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

    fn stamp(&self, path: &str) -> Option<[u8; 20]> {
        if self.changes.contains_key(path) { None } else { self.base.stamp(path) }
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

/// A patch that was taken whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// How lenient the application had to be.
    pub rung: Rung,
    /// What differs from the base; never empty.
    pub changes: TreeChanges,
}

/// Why a patch changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApplyError {
    /// There is nothing in it, or its result equals the base.
    #[error("the patch changes nothing")]
    Empty,
    /// A path is refused.
    #[error("path {path:?} {why}")]
    UnsafePath {
        /// The path as far as it could be read.
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// No diff, or only a part of one, could be read.
    #[error("line {line} of the patch: {why}")]
    Malformed {
        /// 1-based line of the patch text.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
    /// No rung takes the whole patch.
    #[error("{path:?}{} {why}", hunk.map(|hunk| format!(": hunk {hunk}")).unwrap_or_default())]
    Rejected {
        /// The file.
        path: String,
        /// 1-based number of the hunk or edit in that file, where one is to blame.
        hunk: Option<usize>,
        /// What is wrong with it.
        why: String,
    },
}

impl ApplyError {
    fn unsafe_path(path: &str, why: &str) -> Self {
        Self::UnsafePath { path: path.to_owned(), why: why.to_owned() }
    }

    /// `hunk` is 0-based.
    fn rejected(path: &str, hunk: Option<usize>, why: &str) -> Self {
        Self::Rejected { path: path.to_owned(), hunk: hunk.map(|hunk| hunk + 1), why: why.to_owned() }
    }
}
