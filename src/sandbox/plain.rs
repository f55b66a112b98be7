//! `--sandbox none --trust-patches`: the same trait without protections.
//!
//! In: specs and steps. Out: the same as from the real sandbox for well-behaved code, but for paths: the tree is a copy
//! in a temporary folder instead of an overlay at [`TREE`](super::TREE). Limits of disk, processes and memory, the
//! network switch and the lists of paths mean nothing here. A step's process group is killed at its end; whoever left
//! the group lives on.
//!
//! Invariant: only somebody who was told so can have it: the constructor takes [`TrustPatches`].
#![allow(clippy::disallowed_methods, reason = "the sandbox starts processes")]

use std::fs::{self, File, FileTimes};
use std::io::{self, Read, Seek, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::symlink;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use super::output::Capped;
use super::{
    Access, Ended, Sandbox, SandboxError, Session, SessionSpec, Stamp, Step, StepOutput, put, stamp,
};
use crate::patch::TreeChanges;

/// Says that the user trusts every patch of the run as much as programs of their own.
#[derive(Debug, Clone, Copy)]
pub struct TrustPatches(());

impl TrustPatches {
    /// Only where the user asked for it by name, such as with `--trust-patches`.
    pub fn as_the_user_said() -> Self {
        Self(())
    }
}

/// Runs steps as ordinary child processes.
#[derive(Debug)]
pub struct PlainSandbox(());

impl PlainSandbox {
    /// For users who said that they trust the patches.
    pub fn new(_trusted: TrustPatches) -> Self {
        Self(())
    }
}

impl Sandbox for PlainSandbox {
    fn name(&self) -> &'static str {
        "none"
    }

    fn protections(&self) -> Vec<String> {
        Vec::new()
    }

    fn open(&self, spec: &SessionSpec) -> Result<Box<dyn Session>, SandboxError> {
        let copy = tempfile::tempdir().map_err(|error| failed("copy the tree", &error))?;
        let tree = match spec.access {
            Access::Writable => spec.lower.clone(),
            Access::Overlay => {
                let tree = copy.path().join("tree");
                copy_tree(&spec.lower, &tree).map_err(|error| failed("copy the tree", &error))?;
                tree
            }
        };
        Ok(Box::new(PlainSession { _copy: copy, tree, spec: spec.clone() }))
    }
}

fn failed(doing: &str, error: &dyn std::error::Error) -> SandboxError {
    SandboxError::Failed { doing: doing.to_owned(), detail: error.to_string() }
}

/// Copies files with their modes and times, links as links; other kinds of files are left out.
fn copy_tree(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type()?;
        if kind.is_symlink() {
            symlink(fs::read_link(&source)?, &target)?;
        } else if kind.is_dir() {
            copy_tree(&source, &target)?;
        } else if kind.is_file() {
            fs::copy(&source, &target)?;
            let times = FileTimes::new().set_modified(entry.metadata()?.modified()?);
            // A file that its owner may not write has no descriptor to set times through; build tools do not mind.
            if let Ok(file) = File::options().write(true).open(&target) {
                file.set_times(times)?;
            }
        }
    }
    Ok(())
}

struct PlainSession {
    _copy: tempfile::TempDir,
    tree: PathBuf,
    spec: SessionSpec,
}

impl Session for PlainSession {
    fn put(&mut self, changes: &TreeChanges) -> Result<(), SandboxError> {
        let folder = File::open(&self.tree).map_err(|error| failed("write files", &error))?;
        put::apply(folder.as_fd(), changes, self.spec.newer_than)
            .map_err(|error| failed("write files", &error))
    }

    fn stamps(&mut self, paths: &[String]) -> Result<Vec<Option<Stamp>>, SandboxError> {
        Ok(stamp::read(&self.tree, paths))
    }

    fn run(&mut self, step: &Step) -> Result<StepOutput, SandboxError> {
        self.step(step).map_err(|error| failed("run a step", &error))
    }
}

impl PlainSession {
    fn step(&self, step: &Step) -> io::Result<StepOutput> {
        let mut stdin = tempfile::tempfile()?;
        stdin.write_all(step.stdin.as_deref().unwrap_or_default())?;
        stdin.rewind()?;
        let (out, out_end) = io::pipe()?;
        let (err, err_end) =
            if step.merged { (None, out_end.try_clone()?) } else { io::pipe().map(|(a, b)| (Some(a), b))? };
        let mut command = Command::new("/bin/sh");
        command.arg("-c").arg(&step.command).current_dir(&self.tree).process_group(0);
        command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin");
        command.envs(&self.spec.environment).envs(&step.environment);
        command.stdin(Stdio::from(stdin)).stdout(out_end).stderr(err_end);
        let started = Instant::now();
        let mut child = command.spawn()?;
        drop(command); // holds the pipes' other ends
        let group = Pid::from_raw(child.id().cast_signed());
        let limit = self.spec.limits.output_bytes;
        let readers = (collect(out, limit), err.map(|err| collect(err, limit)));
        let status = wait(&mut child, step.timeout.saturating_sub(started.elapsed()));
        let _ = killpg(group, Signal::SIGKILL);
        let status = if let Some(status) = status? {
            ended(status)
        } else {
            child.wait()?;
            Ended::TimedOut
        };
        let seconds = started.elapsed().as_secs_f64();
        let (stdout, cut) = finish(&readers.0);
        let (stderr, more) = readers.1.as_ref().map(finish).unwrap_or_default();
        Ok(StepOutput { ended: status, stdout, stderr, cut_bytes: cut + more, seconds })
    }
}

fn ended(status: ExitStatus) -> Ended {
    match (status.code(), status.signal()) {
        (Some(code), _) => Ended::Exited(code),
        (None, signal) => Ended::Signalled(signal.unwrap_or_default()),
    }
}

fn wait(child: &mut Child, timeout: Duration) -> io::Result<Option<ExitStatus>> {
    let until = Instant::now() + timeout;
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= until {
            return Ok(None);
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

/// One stream, read on a thread of its own, which outlives the step where somebody left the process group.
struct Collected {
    kept: Arc<Mutex<Capped>>,
    done: mpsc::Receiver<()>,
}

fn collect(mut pipe: io::PipeReader, limit: usize) -> Collected {
    let kept = Arc::new(Mutex::new(Capped::new(limit)));
    let (send, done) = mpsc::channel();
    let into = Arc::clone(&kept);
    thread::spawn(move || {
        let mut buffer = vec![0; 1 << 16];
        while let Ok(length @ 1..) = pipe.read(&mut buffer) {
            into.lock().unwrap_or_else(PoisonError::into_inner).push(&buffer[..length]);
        }
        let _ = send.send(());
    });
    Collected { kept, done }
}

fn finish(stream: &Collected) -> (Vec<u8>, u64) {
    let _ = stream.done.recv_timeout(Duration::from_secs(1));
    let mut kept = stream.kept.lock().unwrap_or_else(PoisonError::into_inner);
    std::mem::replace(&mut *kept, Capped::new(0)).finish()
}
