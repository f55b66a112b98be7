//! Two trees to edit units: the smallest parts of a change that can be reverted on their own.
//!
//! In: the changed files of a base tree and a result tree, whole. Out: a [`Diff`]: files, [`Unit`]s with kind, role,
//! entity and weight, and which units force each other. Pure: no process, no file, no clock.
//!
//! Invariants (property-tested): reverting no unit gives the result byte for byte, reverting all gives the base; any
//! set closed under `needs` can be reverted.

mod align;
mod anchors;
mod check;
mod collapse;
mod contracts;
mod depend;
mod ends;
mod engine;
mod files;
mod layout;
mod leftovers;
mod lines;
mod moves;
mod names;
mod parsed;
mod pieces;
mod renames;
mod reparse;
mod revert;
mod role;
mod rows;
mod sequence;
mod shield;
mod sound;
mod trial;
mod units;
mod view;

#[cfg(test)]
mod tests;

pub use engine::diff;
pub use parsed::Parsed;
pub use revert::{closure, revert};
pub use role::role_of;

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What an edit unit does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UnitKind {
    /// Inside a body.
    Body,
    /// The head of an item: name, parameters, result, visibility, fields.
    Signature,
    /// A whole item or statement is new.
    Added,
    /// A whole item or statement is gone.
    Removed,
    /// An import.
    Import,
    /// A comment.
    Comment,
    /// White space or optional punctuation only: the same token stream.
    Format,
    /// One name replaced by another in all its places.
    Rename,
    /// The same text at another place.
    Move,
    /// A file created, deleted, renamed, or binary content.
    File,
    /// A file mode, end-of-line style or byte-order mark.
    Mode,
    /// A data file or a file without a grammar.
    Data,
}

/// What a file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Program text.
    Code,
    /// Tests.
    Test,
    /// Documentation.
    Doc,
    /// Settings and manifests.
    Config,
    /// Made by a program.
    Generated,
    /// None of these.
    Other,
}

/// One side of a changed file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// Path with `/`.
    pub path: String,
    /// Git mode.
    pub mode: u32,
    /// Content.
    pub bytes: Arc<[u8]>,
}

/// A changed file before and after; at least one side is there. Renames are found by the diff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedFile {
    /// Before, `None` for a created file.
    pub old: Option<Side>,
    /// After, `None` for a deleted file.
    pub new: Option<Side>,
}

/// A file pair of a [`Diff`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FilePair {
    /// Old path, null for a created file.
    pub old: Option<String>,
    /// New path, null for a deleted file.
    pub new: Option<String>,
    /// Old git mode in octal.
    pub old_mode: Option<String>,
    /// New git mode in octal.
    pub new_mode: Option<String>,
    /// Language by name, null where there is no grammar.
    pub language: Option<String>,
    /// What the file is for.
    pub role: Role,
    /// Not text.
    pub binary: bool,
    /// A time budget ran out and tokens, not trees, were compared.
    pub coarse: bool,
    /// Old content; empty for a created file.
    #[serde(skip, default = "no_bytes")]
    #[schemars(skip)]
    pub old_bytes: Arc<[u8]>,
    /// New content; empty for a deleted file.
    #[serde(skip, default = "no_bytes")]
    #[schemars(skip)]
    pub new_bytes: Arc<[u8]>,
    /// Both as they were parsed, where they were.
    #[serde(skip)]
    #[schemars(skip)]
    pub parsed: Parsed,
}

fn no_bytes() -> Arc<[u8]> {
    Arc::from([])
}

/// One place of a unit. Byte ranges are half open; lines are 1-based and inclusive, and an empty range has its last
/// line one less than its first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// Index into [`Diff::files`].
    pub file: usize,
    /// Byte range in the old file.
    pub old: [usize; 2],
    /// Byte range in the new file.
    pub new: [usize; 2],
    /// Line range in the old file.
    pub old_lines: [usize; 2],
    /// Line range in the new file.
    pub new_lines: [usize; 2],
}

/// The smallest part of a change that can be reverted on its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Unit {
    /// `u0`, `u1`, … in file order.
    pub id: String,
    /// What it does.
    pub kind: UnitKind,
    /// Its file's role, or `test` inside an inline test module.
    pub role: Role,
    /// The entities that hold it, outermost first.
    pub entity: Vec<String>,
    /// Tokens inserted and deleted; see `docs/metric.md` for comments, formats and files.
    pub weight: u32,
    /// It reverts existence, name or mode of a file.
    pub file_level: bool,
    /// Its places.
    pub changes: Vec<Change>,
    /// Names that it adds or changes.
    pub defines: Vec<String>,
    /// Names that it uses.
    pub uses: Vec<String>,
    /// Units whose reverting forces reverting this one.
    pub needs: Vec<String>,
}

/// A structural diff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Diff {
    /// `kerf/diff/1`.
    pub schema: String,
    /// Changed files, by new path, then old path.
    pub files: Vec<FilePair>,
    /// Units in file order, then by place.
    pub units: Vec<Unit>,
}
