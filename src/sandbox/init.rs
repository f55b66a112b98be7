//! PID 1 of a sandbox: serves one session.
//!
//! In: frames from kerf. Out: one reply each; for a step, what it printed and how it ended. A step is a child that
//! fences itself in and becomes `sh -c COMMAND`. While it runs PID 1 collects output, reaps orphans, watches the clock
//! and watches kerf's pipe.
//!
//! Invariant: between two steps PID 1 is the only process of the sandbox, and it ends when kerf's pipe does.
#![allow(unsafe_code, reason = "fork")]

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::ffi::CString;
use std::fs::{self, File};
use std::io::{ErrorKind, Read, Seek, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::prctl;
use nix::sys::signal::{SigSet, SigmaskHow, Signal, kill, sigprocmask};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, dup2_stderr, dup2_stdin, dup2_stdout, execve, fork, pipe2, setsid};

use super::cgroup::Groups;
use super::fence::Fence;
use super::launcher::Trouble;
use super::output::Capped;
use super::probe::Protection;
use super::protocol::{self, Reply, Request};
use super::{Ended, SessionSpec, TREE, put, stamp, sys};
use crate::patch::{Blob, TreeChanges};

/// Where nothing else is said.
const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Answers requests until kerf closes the pipe; gives the exit code.
pub(super) fn serve(
    spec: &SessionSpec,
    groups: &Groups,
    fence: &Fence,
    protections: Vec<Protection>,
    mut input: File,
    mut output: &File,
) -> i32 {
    let mut chld = SigSet::empty();
    chld.add(Signal::SIGCHLD);
    let signals = sigprocmask(SigmaskHow::SIG_BLOCK, Some(&chld), None)
        .and_then(|()| SignalFd::with_flags(&chld, SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK));
    let Ok(signals) = signals else { return 1 };
    let init = Init { spec, groups, fence, signals };
    if protocol::write(&mut output, &Reply::Ready { protections }, &[]).is_err() {
        return 0;
    }
    while let Ok(Some((request, blob))) = protocol::read::<Request>(&mut input) {
        let answer = match request {
            Request::Open { .. } => Err(Trouble::failed("open a session", "it is open")),
            Request::Put { entries } => {
                write_files(entries, &blob, spec.newer_than).map(|()| (Reply::Done, Vec::new(), Vec::new()))
            }
            Request::Look { paths } => {
                let stamps = stamp::read(Path::new(TREE), &paths);
                Ok((Reply::Stamps { stamps }, Vec::new(), Vec::new()))
            }
            Request::Run { command, timeout_ms, merged, environment } => {
                let step =
                    Running { command, timeout: Duration::from_millis(timeout_ms), merged, environment };
                init.run(&step, &blob, input.as_fd())
            }
        };
        let (reply, first, second) =
            answer.unwrap_or_else(|trouble| (trouble.reply(), Vec::new(), Vec::new()));
        if protocol::write(&mut output, &reply, &[&first, &second]).is_err() {
            break;
        }
    }
    0
}

fn write_files(
    entries: Vec<(String, Option<(u32, u64)>)>,
    blob: &[u8],
    newer_than: u64,
) -> Result<(), Trouble> {
    let doing = "write files";
    let mut changes = TreeChanges::new();
    let mut rest = blob;
    for (path, entry) in entries {
        let change = match entry {
            None => None,
            Some((mode, length)) => {
                let (bytes, more) = rest
                    .split_at_checked(length as usize)
                    .ok_or_else(|| Trouble::failed(doing, "the frame is too short"))?;
                rest = more;
                Some(Blob { mode, bytes: bytes.to_vec() })
            }
        };
        changes.insert(path, change);
    }
    let tree = File::open(TREE).map_err(|error| Trouble::failed(doing, error.to_string()))?;
    put::apply(tree.as_fd(), &changes, newer_than).map_err(|error| Trouble::failed(doing, error.to_string()))
}

struct Running {
    command: String,
    timeout: Duration,
    merged: bool,
    environment: BTreeMap<String, String>,
}

struct Init<'a> {
    spec: &'a SessionSpec,
    groups: &'a Groups,
    fence: &'a Fence,
    signals: SignalFd,
}

/// One output stream being read.
struct Stream {
    pipe: Option<File>,
    kept: Capped,
}

impl Stream {
    fn new(pipe: OwnedFd, limit: usize) -> nix::Result<Self> {
        fcntl(&pipe, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
        Ok(Self { pipe: Some(pipe.into()), kept: Capped::new(limit) })
    }

    /// Reads once; `false` where there is nothing to read now or any more.
    fn read(&mut self, buffer: &mut [u8]) -> bool {
        let Some(pipe) = &mut self.pipe else { return false };
        match pipe.read(buffer) {
            Ok(0) => self.pipe = None,
            Ok(length) => {
                self.kept.push(&buffer[..length]);
                return true;
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => return false,
            Err(error) if error.kind() == ErrorKind::Interrupted => return true,
            Err(_) => self.pipe = None,
        }
        false
    }
}

impl Init<'_> {
    fn run(
        &self,
        step: &Running,
        stdin: &[u8],
        kerf: BorrowedFd<'_>,
    ) -> Result<(Reply, Vec<u8>, Vec<u8>), Trouble> {
        let broken = |error: Errno| Trouble::failed("start a step", error.desc());
        let exec = Exec::new(&step.command, &self.environment(step))?;
        let stdin =
            standard_input(stdin).map_err(|error| Trouble::failed("start a step", error.to_string()))?;
        let (out, out_end) = pipe2(OFlag::O_CLOEXEC).map_err(broken)?;
        let (status, status_end) = pipe2(OFlag::O_CLOEXEC).map_err(broken)?;
        let (err, err_end) = if step.merged {
            (None, out_end.try_clone().map_err(|error| Trouble::failed("start a step", error.to_string()))?)
        } else {
            let (err, end) = pipe2(OFlag::O_CLOEXEC).map_err(broken)?;
            (Some(err), end)
        };
        let kills = self.groups.kills();
        let started = Instant::now();
        // SAFETY: PID 1 has one thread, so the child may do whatever the parent may.
        let child = match unsafe { fork() }.map_err(broken)? {
            ForkResult::Child => {
                let why = match self.payload(&exec, &stdin, &out_end, &err_end) {
                    Ok(never) => match never {},
                    Err(why) => why,
                };
                let _ = File::from(status_end).write_all(why.as_bytes());
                std::process::exit(127)
            }
            ForkResult::Parent { child } => child,
        };
        drop((out_end, err_end, status_end, stdin));
        let limit = self.spec.limits.output_bytes;
        let mut streams = vec![Stream::new(out, limit).map_err(broken)?];
        if let Some(err) = err {
            streams.push(Stream::new(err, limit).map_err(broken)?);
        }
        let mut why = String::new();
        // Ends at once: closed by `exec`, or by the end of the child.
        let _ = File::from(status).read_to_string(&mut why);

        let ended = self.watch(child, step.timeout, started, &mut streams, kerf);
        kill_everything(kerf);
        let seconds = started.elapsed().as_secs_f64();
        let mut buffer = vec![0; 1 << 16];
        for stream in &mut streams {
            while stream.read(&mut buffer) {}
        }
        if !why.is_empty() {
            return Err(Trouble::failed("start a step", why));
        }
        let ended = match ended {
            Ended::Exited(0) | Ended::TimedOut => ended,
            _ if self.groups.kills() > kills => Ended::OutOfMemory,
            _ => ended,
        };
        let mut streams = streams.into_iter().map(|stream| stream.kept.finish());
        let (stdout, cut) = streams.next().unwrap_or_default();
        let (stderr, more) = streams.next().unwrap_or_default();
        let reply = Reply::Output { ended, stdout: stdout.len() as u64, cut_bytes: cut + more, seconds };
        Ok((reply, stdout, stderr))
    }

    fn environment(&self, step: &Running) -> BTreeMap<String, String> {
        let mut environment = self.spec.environment.clone();
        environment.extend(step.environment.clone());
        environment.entry("PATH".to_owned()).or_insert_with(|| DEFAULT_PATH.to_owned());
        environment
    }

    /// In the child: fences itself in and becomes the shell; comes back only with a reason.
    fn payload(&self, exec: &Exec, stdin: &File, out: &OwnedFd, err: &OwnedFd) -> Result<Infallible, String> {
        let say = |what: &'static str| move |error: Errno| format!("{what}: {error}");
        setsid().map_err(say("new session"))?;
        sys::default_signals();
        sigprocmask(SigmaskHow::SIG_SETMASK, Some(&SigSet::empty()), None).map_err(say("signals"))?;
        self.groups.join()?;
        // When the machine runs out of memory, payloads go first. The file is writable only to the dumpable.
        let _ = prctl::set_dumpable(true);
        let _ = fs::write("/proc/self/oom_score_adj", "1000");
        let _ = prctl::set_dumpable(false);
        dup2_stdin(stdin).map_err(say("standard input"))?;
        dup2_stdout(out).map_err(say("standard output"))?;
        dup2_stderr(err).map_err(say("standard error"))?;
        std::env::set_current_dir(TREE).map_err(|error| format!("{TREE}: {error}"))?;
        self.fence.enter()?;
        sys::close_from(3, true);
        execve(c"/bin/sh", &exec.arguments, &exec.environment).map_err(say("/bin/sh"))
    }

    /// Until the child ends or time is up. Exits where kerf is gone.
    fn watch(
        &self,
        child: Pid,
        timeout: Duration,
        started: Instant,
        streams: &mut [Stream],
        kerf: BorrowedFd<'_>,
    ) -> Ended {
        let mut buffer = vec![0; 1 << 16];
        loop {
            let left = timeout.saturating_sub(started.elapsed());
            if left.is_zero() {
                return Ended::TimedOut;
            }
            let mut fds = vec![
                PollFd::new(kerf, PollFlags::POLLIN),
                PollFd::new(self.signals.as_fd(), PollFlags::POLLIN),
            ];
            let open = streams.iter().filter_map(|stream| stream.pipe.as_ref());
            fds.extend(open.map(|pipe| PollFd::new(pipe.as_fd(), PollFlags::POLLIN)));
            // Rounded up, so that the last millisecond is slept through rather than spun through.
            let wait = u32::try_from(left.as_millis() + 1).unwrap_or(u32::MAX).min(60_000);
            let _ = poll(&mut fds, PollTimeout::try_from(wait).unwrap_or(PollTimeout::MAX));
            let happened =
                |index: usize| fds.get(index).and_then(PollFd::revents).is_some_and(|e| !e.is_empty());
            if happened(0) {
                // kerf says nothing while a step runs: its end of the pipe is closed.
                std::process::exit(0);
            }
            let signalled = happened(1);
            for stream in streams.iter_mut() {
                stream.read(&mut buffer);
            }
            if signalled {
                while let Ok(Some(_)) = self.signals.read_signal() {}
                if let Some(ended) = reap(child) {
                    return ended;
                }
            }
        }
    }
}

/// Reaps all that ended; says how `child` did.
fn reap(child: Pid) -> Option<Ended> {
    let mut ended = None;
    loop {
        match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
            Ok(WaitStatus::Exited(pid, code)) if pid == child => ended = Some(Ended::Exited(code)),
            Ok(WaitStatus::Signaled(pid, signal, _)) if pid == child => {
                ended = Some(Ended::Signalled(signal as i32));
            }
            Ok(WaitStatus::StillAlive) | Err(_) => return ended,
            Ok(_) => {}
        }
    }
}

/// Kills every process of the sandbox but this one and reaps them all.
fn kill_everything(kerf: BorrowedFd<'_>) {
    loop {
        let _ = kill(Pid::from_raw(-1), Signal::SIGKILL);
        loop {
            match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
                Err(Errno::ECHILD) => return,
                Ok(WaitStatus::StillAlive) | Err(_) => break,
                Ok(_) => {}
            }
        }
        let mut fds = [PollFd::new(kerf, PollFlags::POLLIN)];
        if matches!(poll(&mut fds, PollTimeout::from(1_u8)), Ok(1)) {
            std::process::exit(0);
        }
    }
}

/// A file in memory holding the bytes, or `/dev/null`.
fn standard_input(bytes: &[u8]) -> std::io::Result<File> {
    if bytes.is_empty() {
        return File::open("/dev/null");
    }
    let mut file = File::from(memfd_create(c"stdin", MFdFlags::MFD_CLOEXEC)?);
    file.write_all(bytes)?;
    file.rewind()?;
    Ok(file)
}

/// Arguments and environment in the form that `execve` takes.
struct Exec {
    arguments: Vec<CString>,
    environment: Vec<CString>,
}

impl Exec {
    fn new(command: &str, environment: &BTreeMap<String, String>) -> Result<Self, Trouble> {
        let text = |text: String| {
            CString::new(text).map_err(|_| Trouble::failed("start a step", "a NUL in command or environment"))
        };
        let arguments = ["sh", "-c", command].map(|word| text(word.to_owned()));
        let variables = environment.iter().map(|(name, value)| text(format!("{name}={value}")));
        Ok(Self {
            arguments: arguments.into_iter().collect::<Result<_, _>>()?,
            environment: variables.collect::<Result<_, _>>()?,
        })
    }
}
