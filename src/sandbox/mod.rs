//! Where hostile code runs: one session per trial, behind one trait.
//!
//! In: a [`SessionSpec`] (a read-only snapshot, limits, whether the network is there) and [`Step`]s. Out: what each
//! step printed and how it [`Ended`]. A session starts with a clean overlay over its snapshot, lives through several
//! steps (build, test, one test alone) and leaves nothing behind: processes, mounts and the upper layer go with it.
//!
//! Invariants: only this module starts a process on a patched tree; `unsafe` occurs only here; where the protections
//! cannot be had, a session is refused ([`SandboxError::Refused`]) rather than run without them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::patch::TreeChanges;

#[cfg(target_os = "linux")]
mod cgroup;
mod container;
#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod fence;
mod identity;
#[cfg(target_os = "linux")]
mod init;
#[cfg(target_os = "linux")]
mod launcher;
#[cfg(target_os = "linux")]
mod namespaces;
#[cfg(any(target_os = "linux", feature = "container"))]
mod output;
#[cfg(target_os = "linux")]
mod plain;
mod probe;
#[cfg(target_os = "linux")]
mod protocol;
#[cfg(target_os = "linux")]
mod put;
#[cfg(target_os = "linux")]
mod seccomp;
mod stamp;
#[cfg(target_os = "linux")]
mod sys;
#[cfg(target_os = "linux")]
mod view;

pub use container::{
    COMPILED_IN as CONTAINERS_COMPILED_IN, ContainerSandbox, EngineInfo, Image, ImageName, NameError, Places,
    look as look_for_engine, remove_leftovers as remove_left_containers,
};
#[cfg(not(target_os = "linux"))]
pub use elsewhere::{NamespacesSandbox, PlainSandbox, TrustPatches, probe};
pub use identity::{PAYLOAD_ID, hand_over, owner};
#[cfg(target_os = "linux")]
pub use namespaces::{NamespacesSandbox, probe};
#[cfg(target_os = "linux")]
pub use plain::{PlainSandbox, TrustPatches};
pub use probe::Protection;
pub use stamp::Stamp;

/// Where the tree stands inside every sandbox, so that build caches stay valid from snapshot to trial.
pub const TREE: &str = "/kerf/tree";

/// How the snapshot's folder appears at [`TREE`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Read-only below a private, size-limited upper layer that vanishes with the session: trials.
    Overlay,
    /// Bound writable: building a snapshot.
    Writable,
}

/// Limits of a session. All apply to the session as a whole unless said otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Upper layer and private `/tmp`, each, in MiB.
    pub disk_mb: u64,
    /// Largest number of processes and threads.
    pub processes: u64,
    /// Memory in MiB, enforced where a cgroup can be had, else not at all (`RLIMIT_AS` breaks runtimes).
    pub memory_mb: u64,
    /// Bytes kept of each stream of a step: the first half and the last half.
    pub output_bytes: usize,
}

/// Bytes that may be kept of a tool's report: linters print some kilobytes for each of thousands of findings.
pub const REPORT_BYTES: usize = 256 << 20;

impl Default for Limits {
    fn default() -> Self {
        Self { disk_mb: 8192, processes: 2048, memory_mb: 8192, output_bytes: 16 << 20 }
    }
}

/// What a session is opened with.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SessionSpec {
    /// Folder on the host that appears at [`TREE`].
    pub lower: PathBuf,
    /// How it appears.
    pub access: Access,
    /// Host paths visible read-only at the same place (toolchains, registry caches), if they exist.
    pub read_only: Vec<PathBuf>,
    /// Host paths visible writable at the same place: registry caches during set-up, nothing in a trial.
    pub writable: Vec<PathBuf>,
    /// Whether the network is reachable: set-up only. Otherwise a loopback of its own and nothing else.
    pub network: bool,
    /// The whole environment of each step; nothing is inherited.
    pub environment: BTreeMap<String, String>,
    /// Files that kerf writes are newer than this moment (seconds since 1970), also where the clock was set back since:
    /// when what the snapshot holds was built. Otherwise build tools would take them for old.
    #[serde(default)]
    pub newer_than: u64,
    /// Limits.
    pub limits: Limits,
}

/// One command of a session.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Step {
    /// Given to `sh -c` in [`TREE`].
    pub command: String,
    /// Wall clock, then everything in the session but the launcher is killed.
    pub timeout: Duration,
    /// Both streams through one pipe, so that lines keep their order; else apart.
    pub merged: bool,
    /// Written to standard input, else it is empty.
    pub stdin: Option<Vec<u8>>,
    /// Added to the session's environment.
    pub environment: BTreeMap<String, String>,
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// Exit code.
    Exited(i32),
    /// Killed by a signal.
    Signalled(i32),
    /// The wall clock ran out.
    TimedOut,
    /// A memory limit was hit; in a container also that of its disk.
    OutOfMemory,
}

/// What a step left.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepOutput {
    /// How it ended.
    pub ended: Ended,
    /// Standard output, or both streams where merged; capped.
    pub stdout: Vec<u8>,
    /// Standard error, empty where merged; capped.
    pub stderr: Vec<u8>,
    /// Bytes left out of the middle by the cap, both streams together.
    pub cut_bytes: u64,
    /// Wall time in seconds.
    pub seconds: f64,
}

/// Why a session or step could not be had. Never the patch's fault.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The machine refuses a protection; the text says which and what to change.
    #[error("this machine refuses {what}; {advice}")]
    Refused {
        /// The protection.
        what: String,
        /// What to change.
        advice: String,
    },
    /// A task's image cannot be had.
    #[error("{what}: {detail}; {advice}")]
    NoImage {
        /// The image.
        what: String,
        /// Why.
        detail: String,
        /// What to do.
        advice: String,
    },
    /// The launcher failed.
    #[error("sandbox failed to {doing}: {detail}")]
    Failed {
        /// What was being done.
        doing: String,
        /// Why it failed.
        detail: String,
    },
    /// The run was interrupted.
    #[error("interrupted")]
    Interrupted,
}

/// A way to run hostile code.
pub trait Sandbox: Send + Sync {
    /// The name shown in reports, such as `namespaces`.
    fn name(&self) -> &'static str;
    /// The protections active on this machine, by their short names (`userns`, `netns`, `seccomp`, …), sorted.
    fn protections(&self) -> Vec<String>;
    /// Opens a session. Blocking.
    fn open(&self, spec: &SessionSpec) -> Result<Box<dyn Session>, SandboxError>;
    /// Where a task with this image is run; none where images mean nothing to this sandbox. Blocking.
    fn in_image(&self, _image: &Image) -> Option<Result<Arc<dyn Sandbox>, SandboxError>> {
        None
    }
    /// The files of the repository as the sandbox's image holds them, by path: mode and content. Empty for all others.
    fn files(&self) -> Result<BTreeMap<String, (u32, Vec<u8>)>, SandboxError> {
        Ok(BTreeMap::new())
    }
    /// What of a sandbox of one image belongs into records: image, engine. Empty for all others.
    fn origin(&self) -> BTreeMap<String, String> {
        BTreeMap::new()
    }
}

/// A running sandbox; ends, with all its processes, when dropped.
pub trait Session: Send {
    /// Writes and deletes files of the tree with fresh times, as kerf, before anything hostile has run.
    fn put(&mut self, changes: &TreeChanges) -> Result<(), SandboxError>;
    /// Stamps of files of the tree, in the order of `paths`; empty where the sandbox cannot tell.
    fn stamps(&mut self, paths: &[String]) -> Result<Vec<Option<Stamp>>, SandboxError>;
    /// Runs one step to its end; afterwards none of its processes is left. Blocking.
    fn run(&mut self, step: &Step) -> Result<StepOutput, SandboxError>;
}

/// Where this process was started as the sandbox launcher, does its work and gives its exit code; else `None`.
/// Every program that uses [`NamespacesSandbox::of_this_program`] calls it first thing, while it has one thread.
pub fn launcher_entry() -> Option<std::process::ExitCode> {
    #[cfg(target_os = "linux")]
    return launcher::entry();
    #[cfg(not(target_os = "linux"))]
    return None;
}
