//! Repositories: bare mirrors, fixture trees, and checkouts without history.
//!
//! In: a task's source and base commit. Out: a [`BaseTree`], read from the object database without touching the disk,
//! and checkouts that hold one commit and nothing later. Networks are left to the `git` program, so that a user's
//! credentials and proxies hold; everything after a clone is done by libgit2.
//!
//! Invariant: no checkout holds history, remotes, tags or reflogs of its source: published benchmarks leaked the fix
//! that way.

mod checkout;
mod fixture;
mod history;
mod mirror;
mod release;
mod tree;
mod worktree;

use std::path::PathBuf;

pub use checkout::checkout;
pub use history::{Commit, History};
pub use mirror::{Mirrors, open_local};
pub use release::{Client, Release};
pub use tree::BaseTree;
pub use worktree::{LeftOut, left_out, merge_base, put_back, working_changes};

/// Why a repository could not be had. Never the patch's fault.
#[derive(Debug, thiserror::Error)]
pub enum RepoError {
    /// No mirror, and no clone.
    #[error("cannot get {repository}: {detail}")]
    Unavailable {
        /// Which.
        repository: String,
        /// Why, and what to do.
        detail: String,
    },
    /// The commit is not in the repository.
    #[error("{repository} holds no commit {commit}")]
    NoCommit {
        /// Which.
        repository: String,
        /// The commit sought.
        commit: String,
    },
    /// A folder could not be read or written.
    #[error("{path}: {source}")]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// libgit2 failed.
    #[error("git: {0}")]
    Git(#[from] git2::Error),
}
