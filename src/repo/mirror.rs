//! Bare mirrors: cloned once, or pointed at by a template.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use git2::{Repository, RepositoryOpenFlags};

use super::{BaseTree, Client, History, Release, RepoError, fixture};
use crate::task::Source;

/// Where repositories are found and kept.
#[derive(Clone)]
pub struct Mirrors {
    /// Folder of clones and of repositories made from plain trees.
    cache: PathBuf,
    /// Path of local mirrors, such as `/mirrors/{owner}+{name}/repo`.
    template: Option<String>,
    /// Runs the clients of registries.
    client: Option<Arc<dyn Client>>,
}

impl Mirrors {
    /// Mirrors kept in `cache`; `template` is looked at first, with `{owner}` and `{name}` filled in.
    pub fn new(cache: PathBuf, template: Option<String>) -> Self {
        Self { cache, template, client: None }
    }

    /// With releases fetched by this client; without, only those fetched before are there.
    #[must_use]
    pub fn with_client(self, client: Arc<dyn Client>) -> Self {
        Self { client: Some(client), ..self }
    }

    /// The tree of a release.
    pub fn release(&self, release: &Release) -> Result<BaseTree, RepoError> {
        let repository = self.repository_of(release)?;
        BaseTree::open(repository, &format!("{}@{}", release.name, release.version), "HEAD")
    }

    /// SHA-256 of a release's archive, 64 hex digits.
    pub fn sha256(&self, release: &Release) -> Result<String, RepoError> {
        release.sha256(&self.cache.join("releases"), self.client.as_deref())
    }

    fn repository_of(&self, release: &Release) -> Result<Repository, RepoError> {
        let files = release.files(&self.cache.join("releases"), self.client.as_deref())?;
        fixture::of_files(&files, &self.cache.join("fixtures"))
    }

    /// The tree of a source at its base commit. A plain tree has one commit only.
    pub fn tree(&self, source: &Source, commit: Option<&str>) -> Result<BaseTree, RepoError> {
        let name = describe(source);
        match source {
            Source::Registry { registry, name, version, sha256 } => {
                self.release(&Release { registry: *registry, name, version, sha256: sha256.as_deref() })
            }
            Source::Path(folder) => {
                let repository = fixture::repository(folder, &self.cache.join("fixtures"))?;
                BaseTree::open(repository, &name, commit.unwrap_or("HEAD"))
            }
            Source::Git(_) | Source::GitHub { .. } => {
                let commit = commit.ok_or_else(|| no_commit(&name))?;
                BaseTree::open(self.repository(source, commit)?, &name, commit)
            }
        }
    }

    /// The tree of files that come from elsewhere, such as a task's image.
    pub fn of_files(
        &self,
        source: &Source,
        files: &BTreeMap<String, (u32, Vec<u8>)>,
    ) -> Result<BaseTree, RepoError> {
        let repository = fixture::of_files(files, &self.cache.join("images"))?;
        BaseTree::open(repository, &describe(source), "HEAD")
    }

    /// The commits of a source that has a history; of a clone, fresh enough to hold `commit`.
    pub fn history(&self, source: &Source, commit: &str) -> Result<History, RepoError> {
        History::open(self.repository(source, commit)?.path())
    }

    fn repository(&self, source: &Source, commit: &str) -> Result<Repository, RepoError> {
        let name = describe(source);
        match source {
            Source::Registry { registry, name, version, sha256 } => {
                let sha256 = sha256.as_deref();
                self.repository_of(&Release { registry: *registry, name, version, sha256 })
            }
            Source::Path(folder) => fixture::repository(folder, &self.cache.join("fixtures")),
            Source::Git(url) => self.clone_of(url, commit, &name),
            Source::GitHub { owner, name: repository } => {
                if let Some(template) = &self.template {
                    let path =
                        PathBuf::from(template.replace("{owner}", owner).replace("{name}", repository));
                    return open(&path).map_err(|error| RepoError::Unavailable {
                        repository: name.clone(),
                        detail: format!("no mirror at {}: {}", path.display(), error.message()),
                    });
                }
                self.clone_of(&format!("https://github.com/{owner}/{repository}"), commit, &name)
            }
        }
    }

    /// A clone that holds `commit`: as it is in the cache, freshened, or made.
    fn clone_of(&self, url: &str, commit: &str, name: &str) -> Result<Repository, RepoError> {
        let mirrors = self.cache.join("mirrors");
        std::fs::create_dir_all(&mirrors)
            .map_err(|source| RepoError::Io { path: mirrors.clone(), source })?;
        let hash = blake3::hash(url.as_bytes()).to_hex();
        let target = mirrors.join(format!("{}.git", &hash.as_str()[..16]));
        // Two kerf processes may want the same mirror: the second waits and finds it made.
        let lock_path = target.with_extension("lock");
        let lock =
            File::create(&lock_path).map_err(|source| RepoError::Io { path: lock_path.clone(), source })?;
        lock.lock().map_err(|source| RepoError::Io { path: lock_path, source })?;
        if let Ok(repository) = open(&target) {
            if repository.revparse_single(commit).is_ok() {
                return Ok(repository);
            }
            git(&["--git-dir", &target.to_string_lossy(), "fetch", "--quiet", "--prune", "origin"], name)?;
            return Ok(open(&target)?);
        }
        let staging = tempfile::tempdir_in(&mirrors)
            .map_err(|source| RepoError::Io { path: mirrors.clone(), source })?;
        let staged = staging.path().join("clone.git");
        git(&["clone", "--quiet", "--mirror", "--", url, &staged.to_string_lossy()], name)?;
        let _ = std::fs::remove_dir_all(&target);
        std::fs::rename(&staged, &target).map_err(|source| RepoError::Io { path: target.clone(), source })?;
        Ok(open(&target)?)
    }
}

/// The tree of a revision in a repository on this machine, bare or not.
pub fn open_local(path: &Path, revision: &str) -> Result<BaseTree, RepoError> {
    let name = path.display().to_string();
    let repository = Repository::discover(path).or_else(|_| open(path)).map_err(|error| {
        RepoError::Unavailable { repository: name.clone(), detail: error.message().to_owned() }
    })?;
    BaseTree::open(repository, &name, revision)
}

/// A mirror belongs to whoever made it, not always to this user; it is only read.
pub(super) fn open(path: &Path) -> Result<Repository, git2::Error> {
    Repository::open_ext(path, RepositoryOpenFlags::NO_SEARCH, &[] as &[&Path])
}

fn no_commit(name: &str) -> RepoError {
    RepoError::Unavailable { repository: name.to_owned(), detail: "the task names no commit".to_owned() }
}

/// A source in words.
fn describe(source: &Source) -> String {
    match source {
        Source::Path(folder) => folder.display().to_string(),
        Source::Git(url) => url.clone(),
        Source::GitHub { owner, name } => format!("{owner}/{name}"),
        Source::Registry { .. } => source.to_string(),
    }
}

/// The user's own git: the one way over a network.
#[allow(clippy::disallowed_methods, reason = "git is the user's own program and never sees a patched tree")]
fn git(arguments: &[&str], name: &str) -> Result<(), RepoError> {
    let unavailable = |detail: String| RepoError::Unavailable { repository: name.to_owned(), detail };
    let output = std::process::Command::new("git")
        .args(arguments)
        .env("GIT_TERMINAL_PROMPT", "0")
        .stdin(std::process::Stdio::null())
        .output()
        .map_err(|error| unavailable(format!("the git program cannot be started: {error}")))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let last = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("git failed");
    Err(unavailable(format!("{last}; local mirrors can be named with --mirror")))
}
