//! System calls that payloads may not make.
//!
//! Out: two filter programs, compiled once by PID 1 and put on every payload. A deny list, because test suites use
//! nearly everything else; each entry is something that changes the machine, reaches other processes, opens a large
//! or historically weak part of the kernel, or would lift one of the other protections.
//!
//! Invariant: what is refused fails with an error (`EPERM`, or `ENOSYS` where programs know how to do without), so
//! that a payload sees a failing call, not a crash.

use std::collections::BTreeMap;

use nix::libc;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    TargetArch, sock_filter,
};

/// Refused whatever the arguments are.
const REFUSED: &[libc::c_long] = &[
    // Mounts, roots and namespaces.
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_open_tree,
    libc::SYS_move_mount,
    libc::SYS_fsopen,
    libc::SYS_fsconfig,
    libc::SYS_fsmount,
    libc::SYS_fspick,
    libc::SYS_mount_setattr,
    libc::SYS_setns,
    libc::SYS_sethostname,
    libc::SYS_setdomainname,
    // Other processes.
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_process_madvise,
    libc::SYS_pidfd_getfd,
    libc::SYS_kcmp,
    // Kernel code and kernel-wide state.
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_kexec_load,
    libc::SYS_reboot,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_acct,
    libc::SYS_quotactl,
    libc::SYS_syslog,
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
    libc::SYS_vhangup,
    // Keyrings, which no namespace divides by session.
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    // Parts of the kernel that see few programs and many exploits.
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_userfaultfd,
    libc::SYS_fanotify_init,
    // Ways around path checks.
    libc::SYS_open_by_handle_at,
    libc::SYS_name_to_handle_at,
];

/// Newer than the oldest C library supported; the same number on every architecture handled here.
const FCHMODAT2: libc::c_long = 452;
/// As above: `open_tree_attr`.
const OPEN_TREE_ATTR: libc::c_long = 467;
/// Only in `unshare` and `clone3`; in `clone` the bit is part of the exit signal.
const CLONE_NEWTIME: libc::c_int = 0x80;

/// Two requests of `ioctl`, from `asm-generic/ioctls.h`: C libraries differ in their type.
const TIOCSTI: u64 = 0x5412;
const TIOCLINUX: u64 = 0x541c;

const NAMESPACES: [libc::c_int; 7] = [
    libc::CLONE_NEWNS,
    libc::CLONE_NEWCGROUP,
    libc::CLONE_NEWUTS,
    libc::CLONE_NEWIPC,
    libc::CLONE_NEWUSER,
    libc::CLONE_NEWPID,
    libc::CLONE_NEWNET,
];

/// The programs, to be put on a payload one after another; or why this machine has none.
pub(super) fn programs() -> Result<Vec<BpfProgram>, String> {
    let arch = TargetArch::try_from(std::env::consts::ARCH).map_err(|error| error.to_string())?;
    let refuse = SeccompAction::Errno(libc::EPERM as u32);
    let rules = rules().map_err(|error| error.to_string())?;
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, refuse, arch)
        .and_then(BpfProgram::try_from)
        .map_err(|error| error.to_string())?;
    Ok(vec![not_implemented(), filter])
}

fn when(conditions: Vec<SeccompCondition>) -> Result<SeccompRule, seccompiler::BackendError> {
    SeccompRule::new(conditions)
}

fn argument(
    index: u8,
    operator: SeccompCmpOp,
    value: u64,
) -> Result<SeccompCondition, seccompiler::BackendError> {
    SeccompCondition::new(index, SeccompCmpArgLen::Dword, operator, value)
}

/// The argument has all the bits of `value` among those of `mask`.
fn bits(index: u8, mask: u64, value: u64) -> Result<SeccompCondition, seccompiler::BackendError> {
    argument(index, SeccompCmpOp::MaskedEq(mask), value)
}

fn rules() -> Result<BTreeMap<i64, Vec<SeccompRule>>, seccompiler::BackendError> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = REFUSED.iter().map(|call| (*call, Vec::new())).collect();
    rules.insert(OPEN_TREE_ATTR, Vec::new());
    #[cfg(target_arch = "x86_64")]
    for call in [libc::SYS_iopl, libc::SYS_ioperm, libc::SYS_kexec_file_load, libc::SYS_uselib] {
        rules.insert(call, Vec::new());
    }

    let mut add = |call: libc::c_long, rule: SeccompRule| rules.entry(call).or_default().push(rule);
    for flag in NAMESPACES {
        let flag = flag as u32 as u64;
        add(libc::SYS_unshare, when(vec![bits(0, flag, flag)?])?);
        // The flags are the first argument on every architecture handled here.
        add(libc::SYS_clone, when(vec![bits(0, flag, flag)?])?);
    }
    add(libc::SYS_unshare, when(vec![bits(0, CLONE_NEWTIME as u64, CLONE_NEWTIME as u64)?])?);

    // Set-user-id and set-group-id bits, and device nodes.
    let special = [u64::from(libc::S_ISUID), u64::from(libc::S_ISGID)];
    let nodes = [u64::from(libc::S_IFCHR), u64::from(libc::S_IFBLK)];
    let creates = libc::O_CREAT as u64;
    let temporary = libc::O_TMPFILE as u64;
    for bit in special {
        add(libc::SYS_fchmod, when(vec![bits(1, bit, bit)?])?);
        add(libc::SYS_fchmodat, when(vec![bits(2, bit, bit)?])?);
        add(FCHMODAT2, when(vec![bits(2, bit, bit)?])?);
        add(libc::SYS_mknodat, when(vec![bits(2, bit, bit)?])?);
        // The mode means nothing, and may be anything, unless a file is created.
        add(libc::SYS_openat, when(vec![bits(2, creates, creates)?, bits(3, bit, bit)?])?);
        add(libc::SYS_openat, when(vec![bits(2, temporary, temporary)?, bits(3, bit, bit)?])?);
        #[cfg(target_arch = "x86_64")]
        {
            add(libc::SYS_chmod, when(vec![bits(1, bit, bit)?])?);
            add(libc::SYS_creat, when(vec![bits(1, bit, bit)?])?);
            add(libc::SYS_mknod, when(vec![bits(1, bit, bit)?])?);
            add(libc::SYS_open, when(vec![bits(1, creates, creates)?, bits(2, bit, bit)?])?);
            add(libc::SYS_open, when(vec![bits(1, temporary, temporary)?, bits(2, bit, bit)?])?);
        }
    }
    for node in nodes {
        add(libc::SYS_mknodat, when(vec![bits(2, u64::from(libc::S_IFMT), node)?])?);
        #[cfg(target_arch = "x86_64")]
        add(libc::SYS_mknod, when(vec![bits(1, u64::from(libc::S_IFMT), node)?])?);
    }

    // Sockets of other kinds reach past the network namespace (vsock) or into rarely used kernel code.
    let families = [libc::AF_UNIX, libc::AF_INET, libc::AF_INET6, libc::AF_NETLINK];
    for call in [libc::SYS_socket, libc::SYS_socketpair] {
        let others: Result<Vec<_>, _> =
            families.iter().map(|family| argument(0, SeccompCmpOp::Ne, *family as u64)).collect();
        add(call, when(others?)?);
        let netlink = argument(0, SeccompCmpOp::Eq, libc::AF_NETLINK as u64)?;
        let not_route = argument(2, SeccompCmpOp::Ne, libc::NETLINK_ROUTE as u64)?;
        add(call, when(vec![netlink, not_route])?);
    }

    // Typing into a terminal that somebody else reads.
    for request in [TIOCSTI, TIOCLINUX] {
        add(libc::SYS_ioctl, when(vec![argument(1, SeccompCmpOp::Eq, request)?])?);
    }
    Ok(rules)
}

/// Calls that must look absent, so that C libraries fall back: `clone3` and `openat2` hide their flags behind a
/// pointer that no filter can follow, and numbers of the x32 interface would pass a list of x86-64 numbers.
fn not_implemented() -> BpfProgram {
    const LOAD_WORD: u16 = 0x20;
    const JUMP_EQUAL: u16 = 0x15;
    const JUMP_AT_LEAST: u16 = 0x35;
    const RETURN: u16 = 0x06;
    const ALLOW: u32 = 0x7fff_0000;
    const ERRNO: u32 = 0x0005_0000;
    const X32: u32 = 0x4000_0000;
    let step = |code, jt, jf, k| sock_filter { code, jt, jf, k };
    vec![
        step(LOAD_WORD, 0, 0, 0), // the call's number stands first
        step(JUMP_EQUAL, 3, 0, libc::SYS_clone3 as u32),
        step(JUMP_EQUAL, 2, 0, libc::SYS_openat2 as u32),
        step(JUMP_AT_LEAST, 1, 0, X32),
        step(RETURN, 0, 0, ALLOW),
        step(RETURN, 0, 0, ERRNO | libc::ENOSYS as u32),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filters_compile_and_are_short() {
        let programs = programs().unwrap();
        assert_eq!(programs.len(), 2);
        // The kernel takes 4096 instructions; every call of a payload passes them all.
        assert!(programs[1].len() < 1200, "{} instructions", programs[1].len());
    }
}
