//! Memory and process limits by control groups, where this process may make them.
//!
//! In: limits. Out: open files through which a payload joins and through which PID 1 sees out-of-memory kills. The
//! second version is tried first, then the first; without either the rlimits alone hold. Only payloads are members:
//! PID 1 must be able to answer when the group is full.
//!
//! Invariant: groups are named `kerf-NAMESPACE-KERF-LAUNCHER` and removed at the end of the session; those of launchers
//! that were killed are removed by the next session in the same pid namespace.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::probe::{Protection, advice};
use super::{Limits, sys};

/// The groups of one session.
#[derive(Debug, Default)]
pub(super) struct Groups {
    folders: Vec<PathBuf>,
    /// Written `0` by a payload to join.
    join: Vec<File>,
    /// Holds the line `oom_kill N`.
    events: Option<File>,
    /// Whether memory and processes are limited.
    memory: bool,
    pids: bool,
}

impl Groups {
    /// Makes them; best effort.
    pub(super) fn create(limits: &Limits, kerf: u32) -> Self {
        let mut groups = Self::default();
        let Ok(mounts) = fs::read_to_string("/proc/self/mountinfo") else { return groups };
        let Ok(own) = fs::read_to_string("/proc/self/cgroup") else { return groups };
        let memory = limits.memory_mb.saturating_mul(1 << 20).to_string();
        let pids = limits.processes.to_string();
        let name = format!("{}{kerf}-{}", prefix(), std::process::id());

        for parent in places(&mounts, &own, None) {
            let controllers = fs::read_to_string(parent.join("cgroup.subtree_control")).unwrap_or_default();
            let has = |wanted| controllers.split_whitespace().any(|controller| controller == wanted);
            if !(has("memory") && has("pids")) {
                continue;
            }
            if let Some(folder) = groups.add(&parent, &name) {
                groups.memory = fs::write(folder.join("memory.max"), &memory).is_ok();
                let _ = fs::write(folder.join("memory.swap.max"), "0");
                groups.pids = fs::write(folder.join("pids.max"), &pids).is_ok();
                groups.events = File::open(folder.join("memory.events")).ok();
                return groups;
            }
        }
        if let Some(folder) =
            places(&mounts, &own, Some("memory")).iter().find_map(|at| groups.add(at, &name))
        {
            groups.memory = fs::write(folder.join("memory.limit_in_bytes"), &memory).is_ok();
            let _ = fs::write(folder.join("memory.memsw.limit_in_bytes"), &memory);
            groups.events = File::open(folder.join("memory.oom_control")).ok();
        }
        if let Some(folder) = places(&mounts, &own, Some("pids")).iter().find_map(|at| groups.add(at, &name))
        {
            groups.pids = fs::write(folder.join("pids.max"), &pids).is_ok();
        }
        groups
    }

    fn add(&mut self, parent: &Path, name: &str) -> Option<PathBuf> {
        sweep(parent);
        let folder = parent.join(name);
        fs::create_dir(&folder).ok()?;
        if let Ok(join) = OpenOptions::new().write(true).open(folder.join("cgroup.procs")) {
            self.join.push(join);
            self.folders.push(folder.clone());
            return Some(folder);
        }
        let _ = fs::remove_dir(&folder);
        None
    }

    /// Puts the calling process in.
    pub(super) fn join(&self) -> Result<(), String> {
        for mut file in &self.join {
            file.write_all(b"0").map_err(|error| format!("join a cgroup: {error}"))?;
        }
        Ok(())
    }

    /// How many processes were killed for want of memory since the session began.
    pub(super) fn kills(&self) -> u64 {
        let mut buffer = [0; 512];
        let Some(events) = &self.events else { return 0 };
        let length = sys::read_at_start(events, &mut buffer).unwrap_or(0);
        String::from_utf8_lossy(&buffer[..length])
            .lines()
            .find_map(|line| line.strip_prefix("oom_kill ")?.trim().parse().ok())
            .unwrap_or(0)
    }

    /// Whether memory is limited: then pages of a tmpfs count too.
    pub(super) fn limits_memory(&self) -> bool {
        self.memory
    }

    /// For the table of protections.
    pub(super) fn protections(&self) -> [Protection; 2] {
        let row = |name: &str, active: bool| {
            if active {
                Protection::on(name)
            } else {
                Protection::off(name, "no control group could be made", advice(name))
            }
        };
        [row("cgroup-memory", self.memory), row("cgroup-pids", self.pids)]
    }

    /// Removes them; their processes are gone or going.
    pub(super) fn remove(&mut self) {
        for folder in self.folders.drain(..) {
            for _ in 0..100 {
                match fs::remove_dir(&folder) {
                    Err(error) if error.kind() == std::io::ErrorKind::ResourceBusy => {
                        std::thread::sleep(std::time::Duration::from_millis(2));
                    }
                    _ => break,
                }
            }
        }
    }
}

/// Names begin with the pid namespace, as process ids say nothing about processes of another one.
fn prefix() -> String {
    let namespace = fs::read_link("/proc/self/ns/pid").unwrap_or_default();
    let digits: String = namespace.to_string_lossy().chars().filter(char::is_ascii_digit).collect();
    format!("kerf-{digits}-")
}

/// Removes groups whose launcher is dead.
fn sweep(parent: &Path) {
    let prefix = prefix();
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let ids =
            name.to_str().and_then(|name| name.strip_prefix(&prefix)).and_then(|ids| ids.split_once('-'));
        if let Some((_, launcher)) = ids
            && launcher.parse::<u32>().is_ok()
            && !Path::new("/proc").join(launcher).exists()
        {
            let _ = fs::remove_dir(entry.path());
        }
    }
}

/// Folders below which a group may be made, best first: this process's own group, then the one above it.
/// `controller` is one of the first version, or `None` for the second.
fn places(mounts: &str, own: &str, controller: Option<&str>) -> Vec<PathBuf> {
    let kind = if controller.is_some() { "cgroup" } else { "cgroup2" };
    let found = mounts.lines().find_map(|line| {
        let (left, right) = line.split_once(" - ")?;
        let mut right = right.split(' ');
        let (found, options) = (right.next()?, right.nth(1)?);
        let fits =
            found == kind && controller.is_none_or(|wanted| options.split(',').any(|one| one == wanted));
        let mut left = left.split(' ').skip(3);
        fits.then_some((left.next()?, PathBuf::from(left.next()?)))
    });
    let Some((root, mount)) = found else { return Vec::new() };
    let path = own.lines().find_map(|line| {
        let mut parts = line.splitn(3, ':');
        let controllers = parts.nth(1)?;
        let path = parts.next()?;
        let fits = match controller {
            Some(wanted) => controllers.split(',').any(|one| one == wanted),
            None => controllers.is_empty(),
        };
        fits.then_some(path)
    });
    let path = path.unwrap_or("/");
    let below = path.strip_prefix(root.trim_end_matches('/')).unwrap_or(path).trim_start_matches('/');
    let here = mount.join(below);
    let above = if here == mount { None } else { here.parent().map(Path::to_owned) };
    [Some(here), above].into_iter().flatten().filter(|place| place.is_dir()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_group_is_found_under_either_version() {
        let folder = tempfile::tempdir().unwrap();
        let base = folder.path().display();
        fs::create_dir_all(folder.path().join("two/user/app")).unwrap();
        fs::create_dir_all(folder.path().join("one/job")).unwrap();
        let mounts = format!(
            "30 1 0:26 / {base}/two rw shared:4 - cgroup2 cgroup2 rw,nsdelegate\n\
             31 1 0:27 /docker/x {base}/one rw - cgroup cgroup rw,memory\n"
        );
        let own = "4:pids:/elsewhere\n3:memory:/docker/x/job\n0::/user/app\n";
        let join = |tail: &str| folder.path().join(tail);
        assert_eq!(places(&mounts, own, None), [join("two/user/app"), join("two/user")]);
        assert_eq!(places(&mounts, own, Some("memory")), [join("one/job"), join("one")]);
        assert_eq!(places(&mounts, own, Some("pids")), Vec::<PathBuf>::new());
        assert_eq!(places("", "", None), Vec::<PathBuf>::new());
    }
}
