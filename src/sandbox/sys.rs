//! System calls that the libraries in use do not wrap, each behind a safe function.
//!
//! Invariant: every `unsafe` block of the sandbox other than `fork` and `dup2` is in this file, small, with its reason.
#![allow(unsafe_code, reason = "raw system calls")]
#![allow(clippy::cast_possible_wrap, reason = "C characters are signed on some machines")]

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

use nix::libc;

/// Flags of [`restrict_mount`], from `linux/mount.h`.
pub(super) const READ_ONLY: u64 = 0x1;
/// Set-user-id bits mean nothing.
pub(super) const NO_SUID: u64 = 0x2;
/// Device nodes mean nothing.
pub(super) const NO_DEVICES: u64 = 0x4;
/// Nothing can be executed.
pub(super) const NO_EXEC: u64 = 0x8;

fn check(result: libc::c_long) -> io::Result<libc::c_long> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

/// Adds restrictions to the mount at `path`, and to all mounts below it.
pub(super) fn restrict_mount(path: &std::ffi::CStr, flags: u64, recursive: bool) -> io::Result<()> {
    #[repr(C)]
    struct Attributes {
        set: u64,
        clear: u64,
        propagation: u64,
        userns: u64,
    }
    let attributes = Attributes { set: flags, clear: 0, propagation: 0, userns: 0 };
    let at = if recursive { libc::AT_RECURSIVE } else { 0 };
    // SAFETY: both pointers are valid for the call, and the size given is that of the structure.
    check(unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            libc::AT_FDCWD,
            path.as_ptr(),
            at,
            &raw const attributes,
            size_of::<Attributes>(),
        )
    })?;
    Ok(())
}

/// Brings the loopback interface of the current network namespace up.
pub(super) fn loopback_up() -> io::Result<()> {
    // SAFETY: no pointers; the descriptor is owned at once.
    let socket = unsafe {
        let raw = check(libc::socket(libc::AF_INET, libc::SOCK_DGRAM | libc::SOCK_CLOEXEC, 0).into())?;
        OwnedFd::from_raw_fd(raw as libc::c_int)
    };
    // SAFETY: an all-zero `ifreq` is a valid one.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    request.ifr_name[0] = b'l' as libc::c_char;
    request.ifr_name[1] = b'o' as libc::c_char;
    // SAFETY: the request outlives the calls; reading the flags is fine as the first call wrote them.
    unsafe {
        check(libc::ioctl(socket.as_raw_fd(), libc::SIOCGIFFLAGS as _, &raw mut request).into())?;
        request.ifr_ifru.ifru_flags |= libc::IFF_UP as libc::c_short;
        check(libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFFLAGS as _, &raw const request).into())?;
    }
    Ok(())
}

#[repr(C)]
struct CapabilityHeader {
    version: u32,
    pid: libc::c_int,
}

#[repr(C)]
#[derive(Clone, Copy, Default)]
struct CapabilityData {
    effective: u32,
    permitted: u32,
    inheritable: u32,
}

/// Version 3 of the capability structures: two words for 64 capabilities.
const CAPABILITY_VERSION: u32 = 0x2008_0522;
const SYS_ADMIN: u32 = 21;

/// Drops every capability for good, from the bounding and ambient sets too.
pub(super) fn drop_capabilities() -> io::Result<()> {
    for capability in 0..64_u64 {
        // SAFETY: `prctl` with plain numbers.
        if unsafe { libc::prctl(libc::PR_CAPBSET_DROP, capability, 0, 0, 0) } != 0 {
            let error = io::Error::last_os_error();
            match error.raw_os_error() {
                Some(libc::EINVAL) => break, // beyond the last one that this kernel knows
                _ => return Err(error),
            }
        }
    }
    // SAFETY: `prctl` with plain numbers. Kernels without ambient capabilities have none to drop.
    unsafe { libc::prctl(libc::PR_CAP_AMBIENT, libc::PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) };
    let header = CapabilityHeader { version: CAPABILITY_VERSION, pid: 0 };
    let none = [CapabilityData::default(); 2];
    // SAFETY: version 3 reads a header and two words.
    check(unsafe { libc::syscall(libc::SYS_capset, &raw const header, none.as_ptr()) })?;
    Ok(())
}

/// Whether this process may administer the system: being user 0 in a container is not enough.
pub(super) fn may_administer() -> bool {
    let header = CapabilityHeader { version: CAPABILITY_VERSION, pid: 0 };
    let mut data = [CapabilityData::default(); 2];
    // SAFETY: version 3 writes two words.
    let result = unsafe { libc::syscall(libc::SYS_capget, &raw const header, data.as_mut_ptr()) };
    result == 0 && data[0].effective & (1 << SYS_ADMIN) != 0
}

/// Closes descriptors from `first` on, or marks them to be closed by the next `exec`.
pub(super) fn close_from(first: u32, at_exec: bool) {
    let flags = if at_exec { libc::CLOSE_RANGE_CLOEXEC } else { 0 };
    // SAFETY: the caller owns none of these descriptors as Rust values, or keeps them open until `exec`.
    // Kernels before 5.9 refuse; every descriptor of ours is marked close-on-exec anyway.
    unsafe { libc::syscall(libc::SYS_close_range, first, u32::MAX, flags) };
}

/// Every signal back to its default: ignored ones would stay ignored in the payload.
pub(super) fn default_signals() {
    for signal in 1..=64 {
        // SAFETY: the default handler runs none of our code; numbers that cannot be set are refused.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
    }
}

/// Leaves kerf's session keyring for an empty one, where the kernel has keyrings.
pub(super) fn leave_keyring() {
    const JOIN_SESSION_KEYRING: libc::c_long = 1;
    // SAFETY: a null name asks for an anonymous keyring.
    unsafe { libc::syscall(libc::SYS_keyctl, JOIN_SESSION_KEYRING, std::ptr::null::<libc::c_char>()) };
}

/// A copy of a descriptor above the standard three, closed by `exec`.
pub(super) fn high_copy(fd: BorrowedFd<'_>) -> io::Result<OwnedFd> {
    // SAFETY: the new descriptor belongs to nobody else.
    let raw = check(unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_DUPFD_CLOEXEC, 64) }.into())?;
    // SAFETY: as above.
    Ok(unsafe { OwnedFd::from_raw_fd(raw as libc::c_int) })
}

/// Reads up to a buffer full without moving the offset, so that counter files can be read again.
pub(super) fn read_at_start(fd: impl AsFd, buffer: &mut [u8]) -> io::Result<usize> {
    // SAFETY: the buffer is valid for its length.
    let read = unsafe { libc::pread(fd.as_fd().as_raw_fd(), buffer.as_mut_ptr().cast(), buffer.len(), 0) };
    Ok(check(read as libc::c_long)? as usize)
}
