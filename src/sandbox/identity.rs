//! Whose files the sandbox works on.
//!
//! Run by an ordinary user, payloads keep that user's id, alone in a user namespace. Run by root, they get the host id
//! [`PAYLOAD_ID`], which owns nothing else on the machine; so the trees that sessions start from must belong to it
//! (else overlayfs shows them as foreign and the payload cannot change them). [`owner`] tells, [`hand_over`] does it.
//! Other files of root that a session needs (toolchains, registry caches) are bound read-only and must be readable by
//! everybody; folders given as writable must belong to the owner too.

use std::io;
use std::path::Path;

/// The host user and group of payloads where kerf runs as root: unprivileged, outside the ranges of distributions.
pub const PAYLOAD_ID: u32 = 64201;

/// The user and group to whom trees must belong, or `None` where the files of this process are right as they are.
pub fn owner() -> Option<(u32, u32)> {
    #[cfg(target_os = "linux")]
    return nix::unistd::geteuid().is_root().then_some((PAYLOAD_ID, PAYLOAD_ID));
    #[cfg(not(target_os = "linux"))]
    return None;
}

/// Gives a tree to the [`owner`], symbolic links themselves included; nothing is followed. Without an owner: nothing.
/// Only for trees that nothing hostile is changing at the time.
pub fn hand_over(tree: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if let Some((user, group)) = owner() {
        let mut todo = vec![tree.to_owned()];
        while let Some(path) = todo.pop() {
            std::os::unix::fs::lchown(&path, Some(user), Some(group))?;
            if path.symlink_metadata()?.is_dir() {
                for entry in std::fs::read_dir(&path)? {
                    todo.push(entry?.path());
                }
            }
        }
    }
    Ok(())
}
