//! A commit's tree, read from the object database on demand.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use git2::{ObjectType, Oid, Repository, TreeWalkMode, TreeWalkResult};

use super::RepoError;
use crate::patch::{Blob, Tree, TreeChanges};

/// Git mode of a submodule, which is no file.
const GITLINK: i32 = 0o160_000;

/// The tree of a base commit.
pub struct BaseTree {
    repository: Mutex<Repository>,
    id: Oid,
    entries: BTreeMap<String, (u32, Oid)>,
}

impl BaseTree {
    /// The tree of `revision` (a commit, tag or anything that names a tree).
    pub fn open(repository: Repository, name: &str, revision: &str) -> Result<Self, RepoError> {
        let missing = || RepoError::NoCommit { repository: name.to_owned(), commit: revision.to_owned() };
        let id = {
            let object = repository.revparse_single(revision).map_err(|_| missing())?;
            object.peel(ObjectType::Tree).map_err(|_| missing())?.id()
        };
        let entries = entries_of(&repository, id)?;
        Ok(Self { repository: Mutex::new(repository), id, entries })
    }

    /// The tree's object id, 40 hex digits.
    pub fn id(&self) -> String {
        self.id.to_string()
    }

    /// What `revision` of the same repository has otherwise than this tree.
    pub fn changes_to(&self, name: &str, revision: &str) -> Result<TreeChanges, RepoError> {
        let missing = || RepoError::NoCommit { repository: name.to_owned(), commit: revision.to_owned() };
        let repository = self.repository.lock().unwrap_or_else(PoisonError::into_inner);
        let later = {
            let object = repository.revparse_single(revision).map_err(|_| missing())?;
            let id = object.peel(ObjectType::Tree).map_err(|_| missing())?.id();
            entries_of(&repository, id)?
        };
        let mut changes = TreeChanges::new();
        for (path, (mode, oid)) in &later {
            if self.entries.get(path) != Some(&(*mode, *oid)) {
                let bytes = repository.find_blob(*oid)?.content().to_vec();
                changes.insert(path.clone(), Some(Blob { mode: *mode, bytes }));
            }
        }
        for path in self.entries.keys().filter(|path| !later.contains_key(*path)) {
            changes.insert(path.clone(), None);
        }
        Ok(changes)
    }
}

fn entries_of(repository: &Repository, tree: Oid) -> Result<BTreeMap<String, (u32, Oid)>, RepoError> {
    let mut entries = BTreeMap::new();
    repository.find_tree(tree)?.walk(TreeWalkMode::PreOrder, |folder, entry| {
        // A path that is no UTF-8 cannot be named in a patch of ours; the checkout does without it.
        if entry.kind() == Some(ObjectType::Blob)
            && entry.filemode() != GITLINK
            && let Ok(name) = entry.name()
        {
            entries.insert(format!("{folder}{name}"), (entry.filemode() as u32, entry.id()));
        }
        TreeWalkResult::Ok
    })?;
    Ok(entries)
}

impl Tree for BaseTree {
    fn blob(&self, path: &str) -> Option<Blob> {
        let (mode, oid) = *self.entries.get(path)?;
        let repository = self.repository.lock().unwrap_or_else(PoisonError::into_inner);
        let blob = repository.find_blob(oid).ok()?;
        Some(Blob { mode, bytes: blob.content().to_vec() })
    }

    fn paths(&self) -> Vec<String> {
        self.entries.keys().cloned().collect()
    }

    fn stamp(&self, path: &str) -> Option<[u8; 20]> {
        self.entries.get(path)?.1.as_bytes().try_into().ok()
    }

    fn blob_by_id(&self, hex_prefix: &str) -> Option<Vec<u8>> {
        if hex_prefix.len() < 4 || !hex_prefix.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let repository = self.repository.lock().unwrap_or_else(PoisonError::into_inner);
        // Only blobs of this very tree: a later object of the mirror must not help a patch to apply.
        let oid =
            self.entries.values().map(|(_, oid)| *oid).find(|oid| oid.to_string().starts_with(hex_prefix))?;
        repository.find_blob(oid).ok().map(|blob| blob.content().to_vec())
    }
}
