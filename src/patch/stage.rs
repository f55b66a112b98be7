//! The tree while a patch is applied to it: what is written, what is removed, and the rules of paths and links.
//!
//! In: a base tree. Out: [`TreeChanges`] that hold only what differs, or the first rule broken. Writes win over
//! removals, so that two files can swap their names.

use std::collections::{BTreeMap, BTreeSet};

use super::path::{self, LINK};
use super::{ApplyError, Blob, Tree, TreeChanges};

/// Mask of the kind of file in a mode.
const KIND: u32 = 0o170_000;

/// A base tree with what a patch has done to it so far.
pub struct Stage<'a> {
    base: &'a dyn Tree,
    written: BTreeMap<String, Blob>,
    removed: BTreeSet<String>,
}

impl Tree for Stage<'_> {
    fn blob(&self, path: &str) -> Option<Blob> {
        match self.written.get(path) {
            Some(blob) => Some(blob.clone()),
            None if self.removed.contains(path) => None,
            None => self.base.blob(path),
        }
    }

    fn paths(&self) -> Vec<String> {
        let kept = self.base.paths().into_iter().filter(|path| !self.removed.contains(path));
        let all: BTreeSet<String> = kept.chain(self.written.keys().cloned()).collect();
        all.into_iter().collect()
    }

    fn blob_by_id(&self, hex_prefix: &str) -> Option<Vec<u8>> {
        self.base.blob_by_id(hex_prefix)
    }
}

impl<'a> Stage<'a> {
    /// Nothing done yet.
    pub fn new(base: &'a dyn Tree) -> Self {
        Self { base, written: BTreeMap::new(), removed: BTreeSet::new() }
    }

    /// The tree below.
    pub fn base(&self) -> &'a dyn Tree {
        self.base
    }

    /// Refuses a path by its looks, or because a folder of it is a symbolic link.
    pub fn check(&self, path: &str) -> Result<(), ApplyError> {
        path::check(path).map_err(|why| ApplyError::unsafe_path(path, why))?;
        let is_link = |folder: &str| self.blob(folder).is_some_and(|blob| blob.mode & KIND == LINK);
        match path::link_above(path, is_link) {
            Some(_) => Err(ApplyError::unsafe_path(path, "passes a symbolic link")),
            None => Ok(()),
        }
    }

    /// Writes a file.
    pub fn write(&mut self, path: &str, blob: Blob) -> Result<(), ApplyError> {
        self.check(path)?;
        self.written.insert(path.to_owned(), blob);
        Ok(())
    }

    /// Removes a file that an earlier step may have written.
    pub fn remove(&mut self, path: &str) -> Result<(), ApplyError> {
        self.check(path)?;
        self.written.remove(path);
        self.removed.insert(path.to_owned());
        Ok(())
    }

    /// Removes the base's file, but not one that has been written in its place.
    pub fn move_away(&mut self, path: &str) -> Result<(), ApplyError> {
        self.check(path)?;
        self.removed.insert(path.to_owned());
        Ok(())
    }

    /// What differs from the base, once the whole obeys the rules.
    pub fn finish(self) -> Result<TreeChanges, ApplyError> {
        for path in self.written.keys() {
            self.check(path)?;
        }
        let mut changes = TreeChanges::new();
        for path in &self.removed {
            if !self.written.contains_key(path) && self.base.blob(path).is_some() {
                changes.insert(path.clone(), None);
            }
        }
        let mut created = Vec::new();
        for (path, blob) in &self.written {
            let before = self.base.blob(path);
            if before.as_ref() == Some(blob) {
                continue;
            }
            if blob.mode & KIND == LINK {
                path::check_target(path, &blob.bytes).map_err(|why| ApplyError::unsafe_path(path, why))?;
            }
            if before.is_none() {
                created.push(path.as_str());
            }
            changes.insert(path.clone(), Some(blob.clone()));
        }
        self.check_folders(&created)?;
        if changes.is_empty() { Err(ApplyError::Empty) } else { Ok(changes) }
    }

    /// A path cannot be a file and a folder at once.
    fn check_folders(&self, created: &[&str]) -> Result<(), ApplyError> {
        if created.is_empty() {
            return Ok(());
        }
        let all: BTreeSet<String> = self.paths().into_iter().collect();
        for path in created {
            let below = format!("{path}/");
            if all.range(below.clone()..).next().is_some_and(|next| next.starts_with(&below)) {
                return Err(ApplyError::rejected(path, None, "is a folder"));
            }
            if path::link_above(path, |folder| all.contains(folder)).is_some() {
                return Err(ApplyError::rejected(path, None, "lies below a file"));
            }
        }
        Ok(())
    }
}
