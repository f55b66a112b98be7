//! Whether a file was touched.
//!
//! In: paths below the tree. Out: of each file its number, size and time of last change, none where there is no file.
//! A program can set a file's own times to anything, but not the time of its last *change*, which the kernel keeps: a
//! file with the same stamp was neither written, replaced, renamed nor had its times or mode set in between.
//!
//! Invariant: nothing is opened, so that a pipe or a link planted by a payload does no harm.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// A file at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    inode: u64,
    size: u64,
    changed_s: i64,
    changed_ns: i64,
}

impl Stamp {
    /// Of a file that only an engine can look at: a hash of its content, its size, its time of last modification.
    #[cfg(feature = "container")]
    pub(super) fn of_content(sum: u64, size: u64, modified: i64) -> Self {
        Self { inode: sum, size, changed_s: modified, changed_ns: 0 }
    }
}

/// Stamps of paths below `root`, in their order.
pub(super) fn read(root: &Path, paths: &[String]) -> Vec<Option<Stamp>> {
    let one = |path: &String| {
        let found = root.join(path).symlink_metadata().ok()?;
        Some(Stamp {
            inode: found.ino(),
            size: found.size(),
            changed_s: found.ctime(),
            changed_ns: found.ctime_nsec(),
        })
    };
    paths.iter().map(one).collect()
}
