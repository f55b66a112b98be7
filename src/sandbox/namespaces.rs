//! The default sandbox, seen from kerf: starts launchers and talks to them.
//!
//! In: specs and steps. Out: replies of PID 1. The work is done in [`super::launcher`] and [`super::init`]; here are
//! the process, the pipes and the patience: a launcher that does not answer in time is killed.
//!
//! Invariant: the launcher inherits no environment, no descriptors but its pipes, and never outlives its session.

use std::io::{self, Read};
use std::os::fd::AsFd;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::probe::{self, Protection};
use super::protocol::{self, Reply, Request};
use super::{Access, Limits, Sandbox, SandboxError, Session, SessionSpec, Stamp, Step, StepOutput, launcher};
use crate::patch::TreeChanges;

/// How long set-up and the ends of steps may take, beyond a step's own time: minutes, for machines under heavy load.
const PATIENCE: Duration = Duration::from_secs(120);

/// Runs every session in namespaces of its own; see `docs` of the module for the protections.
#[derive(Debug)]
pub struct NamespacesSandbox {
    launcher: PathBuf,
    protections: OnceLock<Vec<Protection>>,
}

impl NamespacesSandbox {
    /// `launcher_exe` is the kerf program, started again as launcher.
    pub fn new(launcher_exe: PathBuf) -> Self {
        Self { launcher: launcher_exe, protections: OnceLock::new() }
    }

    /// The running program is its own launcher: its `main` calls [`super::launcher_entry`] first.
    pub fn of_this_program() -> Self {
        Self::new(PathBuf::from("/proc/self/exe"))
    }

    /// Opens a session on an empty folder and says which protections it had, sorted by name. Done once.
    pub fn probe(&self) -> &[Protection] {
        self.protections.get_or_init(|| match self.try_empty() {
            Ok(protections) => protections,
            Err(Opening::Refused { name, what, advice }) => probe::refused(&name, &what, &advice),
            Err(Opening::Other(error)) => probe::refused("launcher", &error.to_string(), ""),
        })
    }

    fn try_empty(&self) -> Result<Vec<Protection>, Opening> {
        let failed = |error: io::Error| Opening::Other(failed("make a folder", &error));
        let folder = tempfile::tempdir().map_err(failed)?;
        super::hand_over(folder.path()).map_err(failed)?;
        let spec = SessionSpec {
            lower: folder.path().to_owned(),
            access: Access::Overlay,
            read_only: Vec::new(),
            writable: Vec::new(),
            network: false,
            environment: std::collections::BTreeMap::new(),
            newer_than: 0,
            limits: Limits { disk_mb: 1, ..Limits::default() },
        };
        let (mut session, protections) = self.start(&spec)?;
        // Seccomp and Landlock are put on by a payload: run one.
        let step = Step {
            command: "true".to_owned(),
            timeout: Duration::from_secs(20),
            merged: true,
            stdin: None,
            environment: std::collections::BTreeMap::new(),
        };
        session.run(&step).map_err(Opening::Other)?;
        Ok(protections)
    }

    fn start(&self, spec: &SessionSpec) -> Result<(NamespacesSession, Vec<Protection>), Opening> {
        #[allow(clippy::disallowed_methods, reason = "the sandbox starts its launcher")]
        let mut command = Command::new(&self.launcher);
        // A process group of its own: Ctrl-C reaches kerf, which ends its sessions itself.
        command.arg(launcher::WORD).env_clear().current_dir("/").process_group(0);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let doing = "start its launcher";
        let mut child = command.spawn().map_err(|error| Opening::Other(failed(doing, &error)))?;
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let mut session = NamespacesSession { child, stdin, stdout, limit: spec.limits.output_bytes };
        let open = Request::Open { spec: spec.clone(), kerf: std::process::id() };
        match session.ask(doing, &open, &[], PATIENCE).map_err(Opening::Other)? {
            (Reply::Ready { protections }, _) => Ok((session, protections)),
            (Reply::Refused { name, what, advice }, _) => Err(Opening::Refused { name, what, advice }),
            (reply, _) => Err(Opening::Other(unexpected(doing, reply))),
        }
    }
}

/// The protections of this machine, as the running program would get them.
pub fn probe() -> Vec<Protection> {
    NamespacesSandbox::of_this_program().probe().to_vec()
}

/// Why a session could not be opened; with the protection's name, which the public error does not need.
enum Opening {
    Refused { name: String, what: String, advice: String },
    Other(SandboxError),
}

impl Sandbox for NamespacesSandbox {
    fn name(&self) -> &'static str {
        "namespaces"
    }

    fn protections(&self) -> Vec<String> {
        self.probe().iter().filter(|one| one.active).map(|one| one.name.clone()).collect()
    }

    fn open(&self, spec: &SessionSpec) -> Result<Box<dyn Session>, SandboxError> {
        match self.start(spec) {
            Ok((session, _)) => Ok(Box::new(session)),
            Err(Opening::Refused { what, advice, .. }) => Err(SandboxError::Refused { what, advice }),
            Err(Opening::Other(error)) => Err(error),
        }
    }
}

fn failed(doing: &str, error: &io::Error) -> SandboxError {
    SandboxError::Failed { doing: doing.to_owned(), detail: error.to_string() }
}

fn unexpected(doing: &str, reply: Reply) -> SandboxError {
    match reply {
        Reply::Failed { doing, detail } => SandboxError::Failed { doing, detail },
        Reply::Refused { what, advice, .. } => SandboxError::Refused { what, advice },
        other => {
            SandboxError::Failed { doing: doing.to_owned(), detail: format!("unexpected reply {other:?}") }
        }
    }
}

/// One launcher and the pipes to its PID 1.
struct NamespacesSession {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: Option<ChildStdout>,
    limit: usize,
}

impl NamespacesSession {
    /// Sends a request and waits for its reply. After an error the session is over.
    fn ask(
        &mut self,
        doing: &str,
        request: &Request,
        blobs: &[&[u8]],
        patience: Duration,
    ) -> Result<(Reply, Vec<u8>), SandboxError> {
        let answer = self.exchange(request, blobs, patience);
        if answer.is_err() {
            self.end();
        }
        answer.map_err(|error| failed(doing, &error))
    }

    fn exchange(
        &mut self,
        request: &Request,
        blobs: &[&[u8]],
        patience: Duration,
    ) -> io::Result<(Reply, Vec<u8>)> {
        let over = || io::Error::new(io::ErrorKind::BrokenPipe, "the session is over");
        protocol::write(self.stdin.as_mut().ok_or_else(over)?, request, blobs)?;
        let pipe = self.stdout.as_mut().ok_or_else(over)?;
        let mut reader = Patient { pipe, until: Instant::now() + patience };
        let gone = || io::Error::new(io::ErrorKind::UnexpectedEof, "the launcher ended");
        protocol::read(&mut reader)?.ok_or_else(gone)
    }

    /// Closes the pipes, upon which PID 1 ends and takes everything along; waits for it.
    fn end(&mut self) {
        self.stdin = None;
        if let Some(stdout) = self.stdout.take() {
            let mut reader =
                Patient { pipe: &mut { stdout }, until: Instant::now() + Duration::from_secs(10) };
            if io::copy(&mut reader, &mut io::sink()).is_err() {
                let _ = self.child.kill();
            }
        }
        let _ = self.child.wait();
    }
}

impl Drop for NamespacesSession {
    fn drop(&mut self) {
        self.end();
    }
}

impl Session for NamespacesSession {
    fn put(&mut self, changes: &TreeChanges) -> Result<(), SandboxError> {
        let doing = "write files";
        let entries = changes.iter().map(|(path, change)| {
            (path.clone(), change.as_ref().map(|blob| (blob.mode, blob.bytes.len() as u64)))
        });
        let request = Request::Put { entries: entries.collect() };
        let blobs: Vec<&[u8]> = changes.values().flatten().map(|blob| blob.bytes.as_slice()).collect();
        match self.ask(doing, &request, &blobs, PATIENCE)? {
            (Reply::Done, _) => Ok(()),
            (reply, _) => Err(unexpected(doing, reply)),
        }
    }

    fn stamps(&mut self, paths: &[String]) -> Result<Vec<Option<Stamp>>, SandboxError> {
        let doing = "look at files";
        match self.ask(doing, &Request::Look { paths: paths.to_vec() }, &[], PATIENCE)? {
            (Reply::Stamps { stamps }, _) if stamps.len() == paths.len() => Ok(stamps),
            (reply, _) => Err(unexpected(doing, reply)),
        }
    }

    fn run(&mut self, step: &Step) -> Result<StepOutput, SandboxError> {
        let doing = "run a step";
        let request = Request::Run {
            command: step.command.clone(),
            timeout_ms: u64::try_from(step.timeout.as_millis()).unwrap_or(u64::MAX),
            merged: step.merged,
            environment: step.environment.clone(),
        };
        let stdin = step.stdin.as_deref().unwrap_or_default();
        let patience = step.timeout.saturating_add(PATIENCE).min(Duration::from_secs(1 << 30));
        match self.ask(doing, &request, &[stdin], patience)? {
            (Reply::Output { ended, stdout, cut_bytes, seconds }, mut blob) => {
                let stderr = blob.split_off((stdout as usize).min(blob.len()));
                debug_assert!(blob.len() <= self.limit.saturating_add(100));
                Ok(StepOutput { ended, stdout: blob, stderr, cut_bytes, seconds })
            }
            (reply, _) => Err(unexpected(doing, reply)),
        }
    }
}

/// Reads from a pipe, but not for ever.
struct Patient<'a> {
    pipe: &'a mut ChildStdout,
    until: Instant,
}

impl Read for Patient<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let left = self.until.saturating_duration_since(Instant::now());
            let wait = u32::try_from(left.as_millis()).unwrap_or(u32::MAX).min(60_000);
            let ready = {
                let mut fds = [PollFd::new(self.pipe.as_fd(), PollFlags::POLLIN)];
                poll(&mut fds, PollTimeout::try_from(wait).unwrap_or(PollTimeout::MAX))
            };
            match ready {
                Ok(0) if left.is_zero() => {
                    return Err(io::Error::new(io::ErrorKind::TimedOut, "the launcher does not answer"));
                }
                Ok(0) | Err(nix::Error::EINTR) => {}
                Ok(_) => return self.pipe.read(buffer),
                Err(error) => return Err(error.into()),
            }
        }
    }
}
