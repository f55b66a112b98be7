//! The launcher: from a fresh single-threaded process to PID 1 of its own small world.
//!
//! In: the first frame on standard input. Out: a child that serves the session ([`super::init`]), or a reply that says
//! what was refused. kerf starts this as `kerf __sandbox`, since namespaces can only be entered by one thread.
//!
//! ```text
//! kerf ──pipes──► launcher (cgroups, namespaces, id maps; waits) ──fork──► PID 1 (view, fence, serves) ──fork──► sh
//! ```
//!
//! An ordinary user first enters a user namespace and does the rest inside it. Root does the mounts as the host's root
//! (it must reach folders closed to others), then PID 1 enters a user namespace that knows one unprivileged host user.
//!
//! Invariant: when kerf, the launcher or PID 1 dies, all of them and every payload die: PID 1 watches the pipe to kerf,
//! gets `SIGKILL` with its parent, and takes its pid namespace along.
#![allow(unsafe_code, reason = "fork")]

use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::process::ExitCode;

use nix::fcntl::OFlag;
use nix::sched::{CloneFlags, unshare};
use nix::sys::prctl;
use nix::sys::signal::Signal;
use nix::sys::wait::waitpid;
use nix::unistd::{
    ForkResult, Gid, Pid, Uid, dup2_stderr, dup2_stdin, dup2_stdout, fork, getegid, geteuid, pipe2,
    setgroups, sethostname, setresgid, setresuid,
};

use super::cgroup::Groups;
use super::fence::{self, Fence};
use super::identity::PAYLOAD_ID;
use super::probe::{ALL, Protection, advice};
use super::protocol::{self, Reply, Request};
use super::view::{self, Identity};
use super::{SessionSpec, init, sys};

/// The word that makes kerf a launcher.
pub(super) const WORD: &str = "__sandbox";

/// Why a session could not be set up.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The machine refuses the protection of that name.
    Refused {
        /// Short name, as in [`Protection::name`].
        name: &'static str,
        /// What was refused.
        what: String,
    },
    /// Anything else.
    Failed {
        /// What was being done.
        doing: String,
        /// Why it failed.
        detail: String,
    },
}

impl Trouble {
    pub(super) fn refused(name: &'static str, what: impl Into<String>) -> Self {
        Self::Refused { name, what: what.into() }
    }

    pub(super) fn failed(doing: &str, detail: impl Into<String>) -> Self {
        Self::Failed { doing: doing.to_owned(), detail: detail.into() }
    }

    pub(super) fn reply(self) -> Reply {
        match self {
            Self::Refused { name, what } => {
                Reply::Refused { name: name.to_owned(), what, advice: advice(name).to_owned() }
            }
            Self::Failed { doing, detail } => Reply::Failed { doing, detail },
        }
    }
}

/// Where this process was started as the launcher, does its work and gives its exit code.
pub(super) fn entry() -> Option<ExitCode> {
    let mut arguments = std::env::args_os().skip(1);
    (arguments.next()? == WORD && arguments.next().is_none()).then(|| match launch() {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    })
}

/// The pipes to kerf, out of reach of payloads: high descriptors that `exec` closes, `/dev/null` in their old places.
fn take_pipes() -> std::io::Result<(File, File)> {
    sys::close_from(3, false);
    let input = sys::high_copy(std::io::stdin().as_fd())?;
    let output = sys::high_copy(std::io::stdout().as_fd())?;
    let null = File::options().read(true).write(true).open("/dev/null")?;
    dup2_stdin(&null)?;
    dup2_stdout(&null)?;
    dup2_stderr(&null)?;
    Ok((input.into(), output.into()))
}

fn launch() -> std::io::Result<()> {
    let (mut input, mut output) = take_pipes()?;
    let Some((request, _)) = protocol::read::<Request>(&mut input)? else { return Ok(()) };
    let Request::Open { spec, kerf } = request else {
        return Err(std::io::Error::other("the first frame must open a session"));
    };
    let mut groups = Groups::create(&spec.limits, kerf);
    let result = start(&spec, &groups, input, &output);
    let result = match result {
        Ok(init) => {
            // From here on only PID 1 holds the pipes, so that their ends are seen.
            drop(output);
            let _ = waitpid(init, None);
            Ok(())
        }
        Err(trouble) => protocol::write(&mut output, &trouble.reply(), &[]),
    };
    groups.remove();
    result
}

/// Makes namespaces and PID 1, which never returns from here.
fn start(spec: &SessionSpec, groups: &Groups, input: File, output: &File) -> Result<Pid, Trouble> {
    let who = identity(spec)?;
    if !who.privileged {
        unshare(CloneFlags::CLONE_NEWUSER)
            .map_err(|error| Trouble::refused("userns", format!("a user namespace ({error})")))?;
        map("self", who, who.user, who.group)?;
    }
    let mut wanted = vec![
        ("pidns", CloneFlags::CLONE_NEWPID),
        ("pidns", CloneFlags::CLONE_NEWIPC | CloneFlags::CLONE_NEWUTS | CloneFlags::CLONE_NEWCGROUP),
    ];
    if !spec.network {
        wanted.push(("netns", CloneFlags::CLONE_NEWNET));
    }
    for (name, flags) in wanted {
        unshare(flags)
            .map_err(|error| Trouble::refused(name, format!("a namespace of its own ({error})")))?;
    }
    let broken = |error: nix::Error| Trouble::failed("start", error.desc());
    let (ready_in, ready_out) = pipe2(OFlag::O_CLOEXEC).map_err(broken)?;
    let (mapped_in, mapped_out) = pipe2(OFlag::O_CLOEXEC).map_err(broken)?;
    // SAFETY: this process has one thread, so the child may do whatever the parent may.
    match unsafe { fork() }.map_err(broken)? {
        ForkResult::Child => {
            drop((ready_in, mapped_out));
            let handshake = Handshake { ready: ready_out.into(), mapped: mapped_in.into() };
            let code = match become_init(spec, groups, who, handshake) {
                Ok((fence, protections)) => init::serve(spec, groups, &fence, protections, input, output),
                Err(trouble) => {
                    let _ = protocol::write(&mut &*output, &trouble.reply(), &[]);
                    0
                }
            };
            std::process::exit(code)
        }
        ForkResult::Parent { child } => {
            drop((ready_out, mapped_in));
            if who.privileged {
                answer(child, who, ready_in, mapped_out);
            }
            Ok(child)
        }
    }
}

/// Who payloads are; refuses where root could not become somebody else, or where the tree is somebody else's.
fn identity(spec: &SessionSpec) -> Result<Identity, Trouble> {
    let privileged = geteuid().is_root();
    if privileged && !sys::may_administer() {
        return Err(Trouble::refused("userns", "namespaces to this root user, who lacks CAP_SYS_ADMIN"));
    }
    let who = if privileged {
        Identity { user: PAYLOAD_ID, group: PAYLOAD_ID, privileged }
    } else {
        Identity { user: geteuid().as_raw(), group: getegid().as_raw(), privileged }
    };
    let doing = "open the tree";
    let lower = fs::metadata(&spec.lower)
        .map_err(|error| Trouble::failed(doing, format!("{}: {error}", spec.lower.display())))?;
    if (lower.uid(), lower.gid()) != (who.user, who.group) {
        let detail = format!(
            "{} belongs to {}:{}, not to the sandbox's user {}:{}",
            spec.lower.display(),
            lower.uid(),
            lower.gid(),
            who.user,
            who.group
        );
        return Err(Trouble::failed(doing, detail));
    }
    Ok(who)
}

/// One id each: everybody else's files are nobody's inside.
fn map(process: &str, who: Identity, user: u32, group: u32) -> Result<(), Trouble> {
    let write = |file: &str, text: String| {
        fs::write(format!("/proc/{process}/{file}"), text)
            .map_err(|error| Trouble::refused("userns", format!("a map of user ids ({file}: {error})")))
    };
    if !who.privileged {
        write("setgroups", "deny".to_owned())?;
    }
    write("uid_map", format!("{user} {user} 1"))?;
    write("gid_map", format!("{group} {group} 1"))
}

/// PID 1 enters its user namespace; the launcher, still the host's root, then maps it.
struct Handshake {
    ready: File,
    mapped: File,
}

/// The launcher's side. Nothing is sent back where the map is refused: PID 1 sees the pipe end.
fn answer(child: Pid, who: Identity, ready: OwnedFd, mapped: OwnedFd) {
    let mut byte = [0];
    if matches!(File::from(ready).read(&mut byte), Ok(1))
        && map(&child.to_string(), who, who.user, who.group).is_ok()
    {
        let _ = File::from(mapped).write_all(&byte);
    }
}

/// PID 1's side.
fn enter_user_namespace(who: Identity, mut handshake: Handshake) -> Result<(), Trouble> {
    unshare(CloneFlags::CLONE_NEWUSER)
        .map_err(|error| Trouble::refused("userns", format!("a user namespace ({error})")))?;
    let mut byte = [0];
    let done = handshake.ready.write_all(&[1]).is_ok() && matches!(handshake.mapped.read(&mut byte), Ok(1));
    if !done {
        return Err(Trouble::refused("userns", format!("a map to host user {}", who.user)));
    }
    let (user, group) = (Uid::from_raw(who.user), Gid::from_raw(who.group));
    setgroups(&[])
        .and_then(|()| setresgid(group, group, group))
        .and_then(|()| setresuid(user, user, user))
        .map_err(|error| Trouble::refused("userns", format!("to become host user {} ({error})", who.user)))
}

/// Everything between `fork` and the first request.
fn become_init(
    spec: &SessionSpec,
    groups: &Groups,
    who: Identity,
    handshake: Handshake,
) -> Result<(Fence, Vec<Protection>), Trouble> {
    let die_with_parent = || {
        prctl::set_pdeathsig(Signal::SIGKILL)
            .map_err(|error| Trouble::failed("watch the parent", error.desc()))
    };
    die_with_parent()?;
    nix::sys::stat::umask(nix::sys::stat::Mode::from_bits_truncate(0o022));
    unshare(CloneFlags::CLONE_NEWNS)
        .map_err(|error| Trouble::refused("mountns", format!("a mount namespace ({error})")))?;
    view::enter(spec, who, layer_mb(spec, groups))?;
    let _ = sethostname("kerf");
    if !spec.network {
        sys::loopback_up().map_err(|error| Trouble::refused("netns", format!("a loopback ({error})")))?;
    }
    if who.privileged {
        enter_user_namespace(who, handshake)?;
    }
    // A second bar beside seccomp, where the kernel has the switch.
    let _ = fs::write("/proc/sys/user/max_user_namespaces", "0");
    fence::enter_init().map_err(|error| Trouble::refused("nonewprivs", error))?;
    die_with_parent()?; // a change of user cancels it
    let fence = Fence::new(&spec.limits, &view::writable(spec))
        .map_err(|error| Trouble::refused("seccomp", format!("a filter ({error})")))?;
    let mut protections = vec![fence.landlock()];
    protections.extend(groups.protections());
    for (name, needed, _) in ALL {
        if name == "netns" && spec.network {
            protections.push(Protection::off(name, "the session asked for the network", ""));
        } else if needed {
            protections.push(Protection::on(name));
        }
    }
    protections.sort_by(|a, b| a.name.cmp(&b.name));
    Ok((fence, protections))
}

/// Pages of a tmpfs count against the memory group, and a full group kills instead of saying "no space": the two
/// layers together stay under three quarters of it.
fn layer_mb(spec: &SessionSpec, groups: &Groups) -> u64 {
    let wanted = spec.limits.disk_mb.max(1);
    if groups.limits_memory() { wanted.min((spec.limits.memory_mb * 3 / 8).max(1)) } else { wanted }
}
