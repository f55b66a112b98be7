//! Checkouts for trials: the base's files, one commit, no history.

use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, symlink};
use std::path::Path;

use git2::{IndexAddOption, Repository, RepositoryInitOptions};

use super::{RepoError, fixture};
use crate::patch::Tree;

/// Writes `tree` into the empty folder `target` and makes it a repository of one commit. Every file gets the time of
/// its writing.
pub fn checkout(tree: &dyn Tree, target: &Path) -> Result<(), RepoError> {
    for path in tree.paths() {
        let Some(blob) = tree.blob(&path) else { continue };
        let full = target.join(&path);
        let io = |source| RepoError::Io { path: full.clone(), source };
        if let Some(parent) = full.parent() {
            std::fs::create_dir_all(parent).map_err(io)?;
        }
        if blob.mode == 0o120_000 {
            symlink(String::from_utf8_lossy(&blob.bytes).as_ref(), &full).map_err(io)?;
            continue;
        }
        let mode = if blob.mode & 0o100 == 0 { 0o644 } else { 0o755 };
        let mut file =
            std::fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(&full).map_err(io)?;
        file.write_all(&blob.bytes).map_err(io)?;
    }
    let repository = Repository::init_opts(target, RepositoryInitOptions::new().external_template(false))?;
    let mut index = repository.index()?;
    index.add_all(["*"], IndexAddOption::FORCE, None)?;
    index.write()?;
    let written = index.write_tree()?;
    let author = fixture::signature()?;
    // Without a reference to write the reflog into: the commit is made first, the branch set after.
    let commit = repository.commit(None, &author, &author, "Base", &repository.find_tree(written)?, &[])?;
    repository.reference("refs/heads/main", commit, true, "")?;
    repository.set_head("refs/heads/main")?;
    let _ = std::fs::remove_dir_all(target.join(".git/logs"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::Mirrors;
    use crate::task::Source;

    #[test]
    fn a_checkout_holds_one_commit_and_no_reflog() {
        let source = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(source.path().join("src")).unwrap();
        std::fs::write(source.path().join("src/lib.rs"), "pub fn one() {}\n").unwrap();
        std::fs::write(source.path().join(".gitignore"), "out.txt\n").unwrap();
        std::fs::write(source.path().join("out.txt"), "ignored\n").unwrap();
        let cache = tempfile::tempdir().unwrap();
        let mirrors = Mirrors::new(cache.path().to_owned(), None);
        let tree = mirrors.tree(&Source::Path(source.path().to_owned()), None).unwrap();
        assert_eq!(tree.paths(), [".gitignore", "src/lib.rs"]);

        let target = tempfile::tempdir().unwrap();
        checkout(&tree, target.path()).unwrap();
        let repository = Repository::open(target.path()).unwrap();
        let mut walk = repository.revwalk().unwrap();
        walk.push_head().unwrap();
        assert_eq!(walk.count(), 1);
        assert!(repository.remotes().unwrap().is_empty());
        assert!(!target.path().join(".git/logs").exists());
        assert_eq!(repository.head().unwrap().peel_to_tree().unwrap().id().to_string(), tree.id());
    }

    #[test]
    fn a_plain_tree_has_the_same_hash_wherever_it_stands() {
        let ids: Vec<String> = (0..2)
            .map(|_| {
                let source = tempfile::tempdir().unwrap();
                std::fs::write(source.path().join("a.txt"), "a\n").unwrap();
                let cache = tempfile::tempdir().unwrap();
                Mirrors::new(cache.path().to_owned(), None)
                    .tree(&Source::Path(source.path().to_owned()), None)
                    .unwrap()
                    .id()
            })
            .collect();
        assert_eq!(ids[0], ids[1]);
    }
}
