//! The cache folder of snapshots: what is in it, what may go, and whether it is still as it was built.
//!
//! In: the folder. Out: entries with size and last use; removals. Every snapshot has a lock file beside it: its builder
//! holds it alone, everybody who uses the snapshot shares it, and who wants to remove it must have it alone. Locks go
//! with the process that held them, however it ends.
//!
//! Invariant: what somebody uses or builds is never removed, and what is removed is renamed first, so that nobody meets
//! half a snapshot.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use super::Meta;

/// Folders being built begin with this, then the key.
pub(super) const STAGING: &str = ".staging-";
/// Folders being removed begin with this.
const TRASH: &str = ".trash-";

/// The state of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It can be used.
    Whole,
    /// It cannot, and why: the next run that wants it builds it anew.
    Damaged(String),
    /// Left by a kerf that died while it built or removed.
    Leftover,
}

/// One folder of the cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Key; of leftovers the folder's name.
    pub key: String,
    /// Room that it takes, in bytes.
    pub bytes: u64,
    /// When it was last wanted.
    pub used: SystemTime,
    /// State.
    pub state: State,
    /// Whether a kerf builds or uses it now.
    pub in_use: bool,
    place: PathBuf,
}

/// The folder of snapshots in kerf's cache.
pub fn folder(cache: &Path) -> PathBuf {
    cache.join("snapshots")
}

fn lock_path(folder: &Path, key: &str) -> PathBuf {
    folder.join(format!("{key}.lock"))
}

/// A lock file opened, made where it is missing; on a read-only disk one that is there.
pub(super) fn open_lock(folder: &Path, key: &str) -> io::Result<File> {
    let path = lock_path(folder, key);
    let opened = File::options().create(true).truncate(false).write(true).open(&path);
    opened.or_else(|error| File::open(&path).map_err(|_| error))
}

/// The snapshot of a key with a share of its lock, if it is whole.
pub(super) fn take(folder: &Path, key: &str) -> Option<(Meta, Option<Arc<File>>)> {
    let held = open_lock(folder, key).ok().filter(|lock| lock.lock_shared().is_ok());
    let meta = read_meta(&folder.join(key)).ok()?;
    if let Some(lock) = &held {
        // The time of last use; a disk that cannot be written has none.
        #[allow(clippy::disallowed_methods, reason = "times of files are a matter of the clock")]
        let _ = lock.set_modified(SystemTime::now());
    }
    Some((meta, held.map(Arc::new)))
}

/// What was kept of a snapshot's making, or why it cannot be read.
pub(super) fn read_meta(place: &Path) -> Result<Meta, String> {
    let path = place.join("meta.json.zst");
    let packed = fs::read(&path).map_err(|error| format!("meta.json.zst: {error}"))?;
    let json = zstd::decode_all(packed.as_slice()).map_err(|error| format!("meta.json.zst: {error}"))?;
    let meta = serde_json::from_slice(&json).map_err(|error| format!("meta.json.zst: {error}"))?;
    if !place.join("tree").is_dir() {
        return Err("its tree is gone".to_owned());
    }
    Ok(meta)
}

/// All entries, by last use, oldest first.
pub fn list(folder: &Path) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    let found = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(entries),
        found => found?,
    };
    for entry in found {
        let entry = entry?;
        if !entry.file_type()?.is_dir() {
            continue;
        }
        let name = entry.file_name().to_string_lossy().into_owned();
        let place = entry.path();
        let leftover = name.starts_with(STAGING) || name.starts_with(TRASH);
        let key = if let Some(rest) = name.strip_prefix(STAGING) {
            rest.split('-').next().unwrap_or(rest).to_owned()
        } else {
            name.clone()
        };
        let lock = lock_path(folder, &key);
        // Looking must not wait, nor make files.
        let in_use = File::open(&lock).is_ok_and(|lock| lock.try_lock().is_err());
        let times = lock.metadata().or_else(|_| entry.metadata()).and_then(|found| found.modified());
        let (state, bytes) = if leftover {
            (State::Leftover, measure(&place))
        } else {
            match read_meta(&place) {
                Ok(meta) if meta.bytes > 0 => (State::Whole, meta.bytes),
                Ok(_) => (State::Whole, measure(&place)),
                Err(why) => (State::Damaged(why), measure(&place)),
            }
        };
        let used = times.unwrap_or(SystemTime::UNIX_EPOCH);
        entries.push(Entry { key: name, bytes, used, state, in_use, place });
    }
    entries.sort_by(|a, b| (a.used, &a.key).cmp(&(b.used, &b.key)));
    Ok(entries)
}

/// Removes an entry unless somebody uses it; says whether it is gone.
pub fn remove(folder: &Path, entry: &Entry) -> io::Result<bool> {
    let key = match entry.key.strip_prefix(STAGING) {
        Some(rest) => rest.split('-').next().unwrap_or(rest),
        None => &entry.key,
    };
    if entry.key.starts_with(TRASH) {
        fs::remove_dir_all(&entry.place)?;
        return Ok(true);
    }
    let lock = open_lock(folder, key)?;
    if lock.try_lock().is_err() {
        return Ok(false);
    }
    let trash = tempfile::Builder::new().prefix(TRASH).tempdir_in(folder)?;
    fs::rename(&entry.place, trash.path().join("snapshot"))?;
    drop(lock);
    trash.close()?;
    Ok(true)
}

/// Removes what was not used for longest until the rest takes at most `limit` bytes; leftovers first. Returns what went.
pub fn evict(folder: &Path, limit: u64) -> io::Result<Vec<Entry>> {
    let mut entries = list(folder)?;
    entries.sort_by_key(|entry| entry.state == State::Whole); // stable: by last use within
    let mut total: u64 = entries.iter().map(|entry| entry.bytes).sum();
    let mut gone = Vec::new();
    for entry in entries {
        if total <= limit && entry.state == State::Whole {
            break;
        }
        if !entry.in_use && remove(folder, &entry)? {
            total = total.saturating_sub(entry.bytes);
            gone.push(entry);
        }
    }
    Ok(gone)
}

/// Whether a whole entry's tree is as it was built; `Err` says what is wrong.
pub fn check(entry: &Entry) -> Result<(), String> {
    match &entry.state {
        State::Damaged(why) => return Err(why.clone()),
        State::Leftover => return Err("half a snapshot, left by a kerf that died".to_owned()),
        State::Whole => {}
    }
    let meta = read_meta(&entry.place)?;
    if meta.sum.is_empty() {
        return Err("it was built by a kerf that kept no sum".to_owned());
    }
    let (_, sum) = measure_and_sum(&entry.place.join("tree")).map_err(|error| error.to_string())?;
    if sum == meta.sum { Ok(()) } else { Err("its files are not as they were built".to_owned()) }
}

/// Room of all files below a folder in bytes, as far as they can be seen.
fn measure(folder: &Path) -> u64 {
    let mut blocks = 0;
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let Ok(found) = entry.metadata() else { continue };
            blocks += found.blocks();
            if found.is_dir() {
                open.push(entry.path());
            }
        }
    }
    blocks * 512
}

/// Room in bytes, and a hash over names, modes and contents, 64 hex digits.
pub(super) fn measure_and_sum(tree: &Path) -> io::Result<(u64, String)> {
    let mut hasher = blake3::Hasher::new();
    let mut blocks = 0;
    let mut open = vec![tree.to_owned()];
    let mut buffer = vec![0; 1 << 16];
    while let Some(folder) = open.pop() {
        let mut entries: Vec<_> = fs::read_dir(&folder)?.collect::<Result<_, _>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let (path, found) = (entry.path(), entry.metadata()?);
            blocks += found.blocks();
            let name = path.strip_prefix(tree).unwrap_or(&path);
            hasher.update(&(name.as_os_str().len() as u64).to_le_bytes());
            hasher.update(name.as_os_str().as_bytes());
            hasher.update(&found.mode().to_le_bytes());
            if found.is_dir() {
                open.push(path);
            } else if found.is_symlink() {
                hasher.update(fs::read_link(&path)?.as_os_str().as_bytes());
            } else if found.is_file() {
                hasher.update(&found.len().to_le_bytes());
                let mut file = File::open(&path)?;
                loop {
                    match file.read(&mut buffer)? {
                        0 => break,
                        length => hasher.update(&buffer[..length]),
                    };
                }
            }
        }
    }
    Ok((blocks * 512, hasher.finalize().to_hex().to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    /// A snapshot of some bytes, last used so many seconds after 1970.
    fn snapshot(folder: &Path, key: &str, size: usize, used: u64) {
        let place = folder.join(key);
        fs::create_dir_all(place.join("tree/dir")).unwrap();
        fs::write(place.join("tree/dir/file"), vec![7; size]).unwrap();
        let (bytes, sum) = measure_and_sum(&place.join("tree")).unwrap();
        let meta = Meta { bytes, sum, ..Meta::default() };
        let json = serde_json::to_vec(&meta).unwrap();
        fs::write(place.join("meta.json.zst"), zstd::encode_all(json.as_slice(), 3).unwrap()).unwrap();
        let lock = open_lock(folder, key).unwrap();
        lock.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(used)).unwrap();
    }

    fn keys(folder: &Path) -> Vec<String> {
        list(folder).unwrap().into_iter().map(|entry| entry.key).collect()
    }

    #[test]
    fn the_oldest_go_first_and_what_is_used_stays() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        for (key, used) in [("a", 30), ("b", 10), ("c", 20)] {
            snapshot(folder, key, 100_000, used);
        }
        assert_eq!(keys(folder), ["b", "c", "a"]);
        let (_, held) = take(folder, "b").unwrap();
        assert!(list(folder).unwrap().iter().any(|entry| entry.key == "b" && entry.in_use));
        let gone = evict(folder, 250_000).unwrap();
        assert_eq!(gone.iter().map(|entry| entry.key.as_str()).collect::<Vec<_>>(), ["c"]);
        drop(held);
        evict(folder, 0).unwrap();
        assert!(keys(folder).is_empty());
    }

    #[test]
    fn damage_and_leftovers_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        for key in ["changed", "cut", "fine"] {
            snapshot(folder, key, 1000, 10);
        }
        fs::write(folder.join("changed/tree/dir/file"), vec![8; 1000]).unwrap();
        fs::write(folder.join("cut/meta.json.zst"), "").unwrap();
        fs::create_dir(folder.join(".staging-fine-x1")).unwrap();
        let told = |key: &str| {
            let all = list(folder).unwrap();
            check(all.iter().find(|entry| entry.key == key).unwrap())
        };
        assert_eq!(told("fine"), Ok(()));
        assert_eq!(told("changed").unwrap_err(), "its files are not as they were built");
        assert!(told("cut").unwrap_err().starts_with("meta.json.zst: "));
        assert!(told(".staging-fine-x1").unwrap_err().contains("half a snapshot"));
        // Without a limit only what is of no use goes.
        let mut gone: Vec<_> = evict(folder, u64::MAX).unwrap().into_iter().map(|entry| entry.key).collect();
        gone.sort();
        assert_eq!(gone, [".staging-fine-x1", "cut"]);
    }
}
