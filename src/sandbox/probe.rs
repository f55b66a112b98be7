//! What this machine can do: the protections, what they guard, and what to change where one is missing.
//!
//! In: how far the launcher got. Out: one [`Protection`] each, for `kerf doctor` and for records. Nothing is guessed
//! from settings: the launcher really opens a session on an empty folder and says what was refused.

use serde::{Deserialize, Serialize};

/// One protection and whether it is active on this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Protection {
    /// Short name, as it stands in records.
    pub name: String,
    /// Whether sessions have it.
    pub active: bool,
    /// What it does, or why it is missing.
    pub detail: String,
    /// What to change where it is missing; else empty.
    pub advice: String,
}

/// Name, whether a session is refused without it, and what it does.
pub(super) const ALL: [(&str, bool, &str); 12] = [
    ("cgroup-memory", false, "memory limit and out-of-memory reports by cgroup"),
    ("cgroup-pids", false, "process limit by cgroup, beside the rlimit"),
    ("landlock", false, "second fence around writable paths, unix sockets and signals"),
    ("mountns", true, "own mounts: a minimal read-only view of the system"),
    ("netns", true, "own network: a loopback and nothing else"),
    ("nonewprivs", true, "no privileges by executing a file, no capabilities"),
    ("overlay", true, "writes to the tree land in a layer that vanishes"),
    ("pidns", true, "own processes: all end with the session"),
    ("proc", true, "a /proc that shows the sandbox alone"),
    ("seccomp", true, "system calls that only attackers need are refused"),
    ("upper-limit", true, "the writable layer and /tmp are limited in size"),
    ("userns", true, "own user ids: root inside is nobody outside"),
];

impl Protection {
    /// Whether sessions are refused without it.
    pub fn is_essential(&self) -> bool {
        ALL.iter().any(|(name, essential, _)| *name == self.name && *essential)
    }

    /// One that is active.
    pub(super) fn on(name: &str) -> Self {
        let detail = ALL.iter().find(|(known, ..)| *known == name).map_or("", |(.., detail)| detail);
        Self { name: name.to_owned(), active: true, detail: detail.to_owned(), advice: String::new() }
    }

    /// One that is missing.
    pub(super) fn off(name: &str, detail: impl Into<String>, advice: &str) -> Self {
        Self { name: name.to_owned(), active: false, detail: detail.into(), advice: advice.to_owned() }
    }
}

/// What to change where `name` is refused.
pub(super) fn advice(name: &str) -> &'static str {
    match name {
        "userns" | "pidns" | "netns" => {
            "allow user namespaces: sysctl kernel.unprivileged_userns_clone=1, user.max_user_namespaces above 0, \
             kernel.apparmor_restrict_unprivileged_userns=0; in a container: --security-opt seccomp=unconfined \
             --security-opt apparmor=unconfined, and --cap-add SYS_ADMIN when run as root"
        }
        "mountns" => {
            "Linux 5.12 or newer is needed; in a container: --security-opt apparmor=unconfined, and \
             --cap-add SYS_ADMIN when run as root"
        }
        "proc" => {
            "a masked /proc forbids a fresh one; in a container: --security-opt systempaths=unconfined \
             (podman: --security-opt unmask=ALL)"
        }
        "overlay" => {
            "load the overlay module (modprobe overlay); Linux 5.13 or newer is needed for ordinary users"
        }
        "upper-limit" => "the kernel must support tmpfs",
        "seccomp" => "the kernel must be built with CONFIG_SECCOMP_FILTER",
        "landlock" => "Linux 5.13 or newer with landlock in the boot parameter lsm= adds a second fence",
        "cgroup-memory" | "cgroup-pids" => {
            "run as root, or delegate a cgroup: systemd-run --user --scope -p Delegate=yes kerf …"
        }
        _ => "see the sandbox page of the documentation",
    }
}

/// The table where no session can be had: the one that was refused, and why nothing is known of the others.
pub(super) fn refused(name: &str, what: &str, advice: &str) -> Vec<Protection> {
    let row = |known: &str| {
        if known == name {
            Protection::off(known, what, advice)
        } else {
            Protection::off(known, format!("not tried: {what}"), "")
        }
    };
    ALL.iter().map(|(known, ..)| row(known)).collect()
}
