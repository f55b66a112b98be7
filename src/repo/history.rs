//! Commits of a repository: what they say, what they descend from, what they change.
//!
//! In: a repository on this machine (a work tree's folder or a bare mirror). Out: [`Commit`]s and trees.
//!
//! Invariant: the repository is only read.

use std::path::{Path, PathBuf};

use git2::{Delta, Repository, Sort};

use super::{BaseTree, RepoError};

/// Git mode of a submodule.
const GITLINK: git2::FileMode = git2::FileMode::Commit;

/// A commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// 40 hex digits.
    pub id: String,
    /// Its parents' ids; none of a root, several of a merge.
    pub parents: Vec<String>,
    /// Message, as far as it is UTF-8.
    pub message: String,
}

/// A repository whose commits are read.
pub struct History {
    git_dir: PathBuf,
    name: String,
}

impl History {
    /// The repository at `path`: a work tree, a folder in one, or a bare repository.
    pub fn open(path: &Path) -> Result<Self, RepoError> {
        let name = path.display().to_string();
        let repository = Repository::discover(path).or_else(|_| super::mirror::open(path));
        match repository {
            Ok(repository) => Ok(Self { git_dir: repository.path().to_owned(), name }),
            Err(error) => {
                let detail = format!("no git repository: {}", error.message());
                Err(RepoError::Unavailable { repository: name, detail })
            }
        }
    }

    fn repository(&self) -> Result<Repository, RepoError> {
        Ok(super::mirror::open(&self.git_dir)?)
    }

    fn no_commit(&self, revision: &str) -> RepoError {
        RepoError::NoCommit { repository: self.name.clone(), commit: revision.to_owned() }
    }

    /// URL of the remote `origin`, if it has one.
    pub fn origin(&self) -> Option<String> {
        let repository = self.repository().ok()?;
        let remote = repository.find_remote("origin").ok()?;
        remote.url().ok().map(str::to_owned)
    }

    /// The absolute path under which git finds the repository: the work tree's folder, or the bare repository itself.
    pub fn place(&self) -> PathBuf {
        let place = match self.git_dir.file_name() {
            Some(name) if name == ".git" => self.git_dir.parent().unwrap_or(&self.git_dir),
            _ => &self.git_dir,
        };
        place.canonicalize().unwrap_or_else(|_| place.to_owned())
    }

    /// A commit by any name that git knows.
    pub fn commit(&self, revision: &str) -> Result<Commit, RepoError> {
        let repository = self.repository()?;
        let object = repository.revparse_single(revision).map_err(|_| self.no_commit(revision))?;
        let commit = object.peel_to_commit().map_err(|_| self.no_commit(revision))?;
        Ok(Commit {
            id: commit.id().to_string(),
            parents: commit.parent_ids().map(|id| id.to_string()).collect(),
            message: String::from_utf8_lossy(commit.message_bytes()).into_owned(),
        })
    }

    /// Ids of the commits of a range `A..B`, newest first; of anything else the one commit of that name.
    pub fn range(&self, spec: &str) -> Result<Vec<String>, RepoError> {
        let Some((from, to)) = spec.split_once("..") else { return Ok(vec![self.commit(spec)?.id]) };
        let to = if to.is_empty() { "HEAD" } else { to };
        let repository = self.repository()?;
        let mut walk = repository.revwalk()?;
        walk.set_sorting(Sort::TOPOLOGICAL)?;
        for (revision, hidden) in [(to, false), (from, true)] {
            let id = git2::Oid::from_str(&self.commit(revision)?.id)?;
            if hidden { walk.hide(id) } else { walk.push(id) }?;
        }
        walk.map(|id| Ok(id?.to_string())).collect()
    }

    /// The tree of a commit.
    pub fn tree(&self, revision: &str) -> Result<BaseTree, RepoError> {
        BaseTree::open(self.repository()?, &self.name, revision)
    }

    /// Paths of submodules that `to` has otherwise than `from`.
    pub fn changed_submodules(&self, from: &str, to: &str) -> Result<Vec<String>, RepoError> {
        let repository = self.repository()?;
        let tree = |revision: &str| -> Result<_, RepoError> {
            let object = repository.revparse_single(revision).map_err(|_| self.no_commit(revision))?;
            Ok(object.peel_to_tree()?)
        };
        let diff = repository.diff_tree_to_tree(Some(&tree(from)?), Some(&tree(to)?), None)?;
        let changed = diff.deltas().filter(|delta| {
            delta.status() != Delta::Unmodified
                && (delta.old_file().mode() == GITLINK || delta.new_file().mode() == GITLINK)
        });
        Ok(changed
            .filter_map(|delta| delta.new_file().path().map(|path| path.display().to_string()))
            .collect())
    }
}
