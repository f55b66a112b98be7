//! Snapshots: a base checkout, set up and built once, read-only, that trials start from.
//!
//! In: a base tree, the commands of its environment, a [`Toolchain`]. Out: a [`Snapshot`] in the cache, under a key of
//! all that went into it. It is built inside the sandbox at the path where trials will see it, aside from its final
//! place, and renamed there when whole: a crash leaves no half snapshot.
//!
//! Invariant: the network is reachable in set-up only.

mod build;
pub mod entries;
mod made;
mod stale;
mod toolchain;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use build::Snapshots;
pub use made::Made;
use serde::{Deserialize, Serialize};
pub use stale::Stale;
pub use toolchain::{LANGUAGES, Toolchain, ToolchainError, find as find_toolchain};

use crate::sandbox::{SandboxError, StepOutput};

/// What a snapshot is made of.
pub struct Request<'a> {
    /// Base tree.
    pub tree: &'a crate::repo::BaseTree,
    /// Set-up and build commands.
    pub environment: &'a crate::task::Environment,
    /// Named commands run after the build whose output is kept: linters on the base. They may fail.
    pub warm: &'a BTreeMap<String, String>,
    /// Tools.
    pub toolchain: &'a Toolchain,
}

/// A built base, ready for trials.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// Hash of everything it was made of, 32 hex digits.
    pub key: String,
    /// Its tree on the host.
    pub tree: PathBuf,
    /// What was kept of its making.
    pub meta: Meta,
    /// Its lock, shared: nobody removes it while it is used.
    #[allow(dead_code, reason = "held, not read")]
    held: Option<Arc<File>>,
}

/// What is kept of a snapshot's making.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Meta {
    /// Build commands that failed, each with the end of its log. A base that does not build is no failure of kerf:
    /// the fix may be what makes it build.
    pub build_failures: Vec<(String, String)>,
    /// Output of the warm commands by name.
    pub warm: BTreeMap<String, StepOutput>,
    /// Seconds that the making took.
    pub seconds: f64,
    /// When it was done, in seconds since 1970: what a trial writes must be newer.
    #[serde(default)]
    pub built: u64,
    /// Room of its tree in bytes.
    #[serde(default)]
    pub bytes: u64,
    /// Hash over names, modes and contents of its tree.
    #[serde(default)]
    pub sum: String,
}

/// Why there is no snapshot. Never the patch's fault: a trial that meets it is invalid.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// A set-up command failed.
    #[error("set-up failed: `{}` {how}: {tail}", first_line(command))]
    Setup {
        /// The command.
        command: String,
        /// How it ended.
        how: String,
        /// The end of what it printed.
        tail: String,
    },
    /// The sandbox failed.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// The checkout failed.
    #[error(transparent)]
    Repo(#[from] crate::repo::RepoError),
    /// The cache could not be written.
    #[error("snapshot cache: {path}: {source}")]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// A command's first line, for messages.
fn first_line(command: &str) -> String {
    let command = command.trim();
    match command.split_once('\n') {
        Some((first, _)) => format!("{first} …"),
        None => command.to_owned(),
    }
}

fn io(path: &Path) -> impl FnOnce(std::io::Error) -> SnapshotError {
    let path = path.to_owned();
    move |source| SnapshotError::Io { path, source }
}
