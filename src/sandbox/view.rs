//! What a payload sees: a file system of its own, built from nothing.
//!
//! In: a [`SessionSpec`] and who owns its files. Out: this process (PID 1 of new namespaces) stands in a root that holds
//! system directories read-only, a small made-up `/etc`, a fresh `/proc`, six device nodes, a private `/tmp`, the tree
//! at [`TREE`] and the paths that the spec names. What is not listed here does not exist inside: no home, no `/root`,
//! no `/sys`, no `/var`, no `/run`.
//!
//! Steps: a scratch tmpfs becomes the root and the host moves to `/old`; the view grows in `/new` by bind mounts out of
//! `/old`; then `/new` becomes the root and everything else is detached, upper layer and host alike.
//!
//! Invariant: every mount is without set-user-id bits and, but for the six nodes, without devices; host mounts are
//! read-only, with all mounts below them, unless the spec says writable.

use std::ffi::CString;
use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::{Component, Path, PathBuf};

use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::unistd::pivot_root;

use super::launcher::Trouble;
use super::sys::{self, NO_DEVICES, NO_EXEC, NO_SUID, READ_ONLY};
use super::{Access, SessionSpec, TREE};

/// System directories, shown where they exist; symbolic links are kept as such.
const SYSTEM: &[&str] = &["usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32", "nix/store"];
/// Folders of `/etc` shown read-only.
const ETC_FOLDERS: &[&str] = &["alternatives", "ssl/certs", "ca-certificates", "pki", "ld.so.conf.d"];
/// Files of `/etc` copied.
const ETC_FILES: &[&str] =
    &["ld.so.cache", "ld.so.conf", "ssl/openssl.cnf", "localtime", "services", "protocols", "mime.types"];
/// Device nodes, bound from the host.
const NODES: &[&str] = &["null", "zero", "full", "random", "urandom", "tty"];
/// Places that the spec's own paths may not lie in or cover.
const TAKEN: &[&str] = &["/proc", "/dev", "/kerf", "/sys"];

/// Who the payload is, in its own eyes and on the host.
#[derive(Debug, Clone, Copy)]
pub(super) struct Identity {
    /// User.
    pub(super) user: u32,
    /// Group.
    pub(super) group: u32,
    /// Mounts are made by the host's root, not inside a user namespace.
    pub(super) privileged: bool,
}

/// Builds the view and enters it. `layer_mb` is the size of the upper layer and of `/tmp`, each.
pub(super) fn enter(spec: &SessionSpec, who: Identity, layer_mb: u64) -> Result<(), Trouble> {
    let shown = shown(spec)?;
    let lower = fs::canonicalize(&spec.lower).map_err(|error| failed("find", &spec.lower, &error))?;
    scratch_root()?;

    tmpfs("/new", "size=32m,nr_inodes=8192,mode=755")?;
    system()?;
    etc(spec.network, who)?;
    devices()?;
    let layer = format!("size={layer_mb}m,nr_inodes={},mode=1777", inodes(layer_mb));
    folder("/new/tmp")?;
    tmpfs("/new/tmp", &layer)?;
    folder("/new/tmp/home")?;
    own("/new/tmp/home", who)?;
    folder("/new/proc")?;
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
    mount(Some("proc"), "/new/proc", Some("proc"), flags, None::<&str>)
        .map_err(|error| Trouble::refused("proc", format!("a fresh /proc ({error})")))?;
    for empty in ["/new/run", "/new/var", "/new/root", "/new/home", "/new/kerf"] {
        folder(empty)?;
    }
    symlink("../tmp", "/new/var/tmp").map_err(|error| failed("make", Path::new("/var/tmp"), &error))?;

    let tree = format!("/new{TREE}");
    folder(&tree)?;
    match spec.access {
        Access::Writable => bind(&old(&lower), Path::new(&tree), NO_SUID | NO_DEVICES)?,
        Access::Overlay => overlay(&lower, &tree, &layer, who)?,
    }
    for (path, source, writable) in &shown {
        let mut at = PathBuf::from("/new");
        at.push(path.strip_prefix("/").unwrap_or(path));
        mount_point(&at, old(source).is_dir())?;
        bind(&old(source), &at, NO_SUID | NO_DEVICES | if *writable { 0 } else { READ_ONLY })?;
    }
    restrict("/new", READ_ONLY | NO_SUID | NO_DEVICES, false)?;
    final_root()
}

/// Places that a payload may write in.
pub(super) fn writable(spec: &SessionSpec) -> Vec<PathBuf> {
    let fixed = [TREE, "/tmp", "/dev", "/proc"].map(PathBuf::from);
    fixed.into_iter().chain(spec.writable.iter().cloned()).collect()
}

/// Files are much smaller than this on average; the kernel's memory for them counts nowhere else.
fn inodes(layer_mb: u64) -> u64 {
    layer_mb.saturating_mul(64).clamp(16_384, 524_288)
}

/// The spec's own paths that exist, outer before inner: where shown, where found, whether writable.
fn shown(spec: &SessionSpec) -> Result<Vec<(PathBuf, PathBuf, bool)>, Trouble> {
    let mut shown = Vec::new();
    let paths = spec.read_only.iter().map(|path| (path, false));
    for (path, writable) in paths.chain(spec.writable.iter().map(|path| (path, true))) {
        let plain = path.components().all(|part| matches!(part, Component::RootDir | Component::Normal(_)));
        let taken = TAKEN.iter().any(|taken| path.starts_with(taken));
        if !path.is_absolute() || !plain || taken || path.parent().is_none() {
            let detail = format!("{} cannot be shown inside a sandbox", path.display());
            return Err(Trouble::failed("set up the view", detail));
        }
        match fs::canonicalize(path) {
            Ok(source) => shown.push((path.components().collect(), source, writable)),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(failed("find", path, &error)),
        }
    }
    // A path named as both is writable: of equals the last mount is seen.
    shown.sort();
    shown.dedup();
    Ok(shown)
}

/// A path of the host, after the first change of root.
fn old(path: &Path) -> PathBuf {
    Path::new("/old").join(path.strip_prefix("/").unwrap_or(path))
}

fn failed(doing: &str, path: &Path, error: &io::Error) -> Trouble {
    Trouble::failed(&format!("{doing} {}", path.display()), error.to_string())
}

/// A tmpfs becomes the root; the host's root is at `/old`.
fn scratch_root() -> Result<(), Trouble> {
    let refused = |what: &str, error: nix::Error| Trouble::refused("mountns", format!("{what} ({error})"));
    mount(None::<&str>, "/", None::<&str>, MsFlags::MS_REC | MsFlags::MS_PRIVATE, None::<&str>)
        .map_err(|error| refused("private mounts", error))?;
    let at = ["/tmp", "/run", "/mnt", "/dev"].into_iter().find(|path| Path::new(path).is_dir());
    let at = at.ok_or_else(|| Trouble::failed("set up the view", "no folder to mount on"))?;
    tmpfs(at, "size=1m,mode=755")?;
    for name in ["old", "new", "lower", "upper"] {
        folder(format!("{at}/{name}"))?;
    }
    pivot_root(at, format!("{at}/old").as_str()).map_err(|error| refused("a new root", error))?;
    std::env::set_current_dir("/").map_err(|error| failed("enter", Path::new("/"), &error))
}

/// The view becomes the root; whatever is not in it is detached.
fn final_root() -> Result<(), Trouble> {
    let refused = |error: nix::Error| Trouble::refused("mountns", format!("a new root ({error})"));
    std::env::set_current_dir("/new").map_err(|error| failed("enter", Path::new("/new"), &error))?;
    // Both on one place: the old root ends on top of the new one and is taken off.
    pivot_root(".", ".").map_err(refused)?;
    umount2(".", MntFlags::MNT_DETACH).map_err(refused)?;
    std::env::set_current_dir("/").map_err(|error| failed("enter", Path::new("/"), &error))
}

fn tmpfs(at: &str, options: &str) -> Result<(), Trouble> {
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV;
    mount(Some("kerf"), at, Some("tmpfs"), flags, Some(options))
        .map_err(|error| Trouble::refused("upper-limit", format!("a tmpfs with {options} ({error})")))
}

/// Binds with all mounts below (in a user namespace the kernel forbids to leave those out), then restricts them all.
fn bind(source: &Path, at: &Path, flags: u64) -> Result<(), Trouble> {
    mount(Some(source), at, None::<&str>, MsFlags::MS_BIND | MsFlags::MS_REC, None::<&str>)
        .map_err(|error| failed("bind", source, &error.into()))?;
    restrict(at, flags, true)
}

fn restrict(at: impl AsRef<Path>, flags: u64, recursive: bool) -> Result<(), Trouble> {
    let path = CString::new(at.as_ref().as_os_str().as_bytes())
        .map_err(|error| Trouble::failed("set up the view", error.to_string()))?;
    sys::restrict_mount(&path, flags, recursive).map_err(|error| {
        Trouble::refused("mountns", format!("restricting {} ({error})", at.as_ref().display()))
    })
}

fn folder(path: impl AsRef<Path>) -> Result<(), Trouble> {
    fs::create_dir_all(path.as_ref()).map_err(|error| failed("make", path.as_ref(), &error))
}

fn own(path: &str, who: Identity) -> Result<(), Trouble> {
    chown(path, Some(who.user), Some(who.group)).map_err(|error| failed("own", Path::new(path), &error))
}

/// A folder or an empty file to mount on, unless a mount below already shows one.
fn mount_point(at: &Path, is_folder: bool) -> Result<(), Trouble> {
    if at.symlink_metadata().is_ok() {
        return Ok(());
    }
    if is_folder {
        return folder(at);
    }
    if let Some(parent) = at.parent() {
        folder(parent)?;
    }
    fs::write(at, "").map_err(|error| failed("make", at, &error))
}

fn system() -> Result<(), Trouble> {
    for name in SYSTEM {
        let source = Path::new("/old").join(name);
        let at = Path::new("/new").join(name);
        let Ok(found) = source.symlink_metadata() else { continue };
        if found.is_symlink() {
            let target = fs::read_link(&source).map_err(|error| failed("read", &source, &error))?;
            symlink(target, &at).map_err(|error| failed("link", &at, &error))?;
        } else if found.is_dir() {
            folder(&at)?;
            bind(&source, &at, READ_ONLY | NO_SUID | NO_DEVICES)?;
        }
    }
    Ok(())
}

fn etc(network: bool, who: Identity) -> Result<(), Trouble> {
    let (host, here) = (Path::new("/old/etc"), Path::new("/new/etc"));
    folder(here)?;
    let Identity { user, group, .. } = who;
    let made = [
        (
            "passwd",
            format!(
                "root:x:0:0:root:/root:/usr/sbin/nologin\nkerf:x:{user}:{group}:kerf:/tmp/home:/bin/sh\n\
                 nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"
            ),
        ),
        ("group", format!("root:x:0:\nkerf:x:{group}:\nnogroup:x:65534:\n")),
        ("hosts", "127.0.0.1 localhost kerf\n::1 localhost kerf\n".to_owned()),
        ("hostname", "kerf\n".to_owned()),
        ("nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n".to_owned()),
    ];
    for (name, text) in made {
        fs::write(here.join(name), text).map_err(|error| failed("write", &here.join(name), &error))?;
    }
    let names = ETC_FILES.iter().chain(network.then_some(&"resolv.conf"));
    for name in names {
        // Symbolic links out of `/etc` (local time, a resolver's file in `/run`) lead to the host's files.
        let Some(source) = follow(&host.join(name)) else { continue };
        let at = here.join(name);
        if let Some(parent) = at.parent() {
            folder(parent)?;
        }
        // One that cannot be read is left out.
        if let Ok(bytes) = fs::read(source) {
            fs::write(&at, bytes).map_err(|error| failed("write", &at, &error))?;
        }
    }
    for name in ETC_FOLDERS {
        let (source, at) = (host.join(name), here.join(name));
        if source.symlink_metadata().is_ok_and(|found| found.is_dir()) {
            folder(&at)?;
            bind(&source, &at, READ_ONLY | NO_SUID | NO_DEVICES | NO_EXEC)?;
        }
    }
    Ok(())
}

/// Follows symbolic links of the host as the host would: absolute ones from `/old`.
fn follow(path: &Path) -> Option<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..8 {
        if !path.symlink_metadata().ok()?.is_symlink() {
            return Some(path);
        }
        let target = fs::read_link(&path).ok()?;
        path = if target.is_absolute() { old(&target) } else { path.parent()?.join(target) };
    }
    None
}

fn devices() -> Result<(), Trouble> {
    folder("/new/dev/shm")?;
    for name in NODES {
        let source = Path::new("/old/dev").join(name);
        if source.exists() {
            let at = Path::new("/new/dev").join(name);
            mount_point(&at, false)?;
            bind(&source, &at, NO_SUID | NO_EXEC)?;
        }
    }
    tmpfs("/new/dev/shm", "size=64m,nr_inodes=4096,mode=1777")?;
    for (link, target) in [("fd", "fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")] {
        let at = Path::new("/new/dev").join(link);
        symlink(format!("/proc/self/{target}"), &at).map_err(|error| failed("link", &at, &error))?;
    }
    Ok(())
}

/// The tree read-only below an upper layer of limited size, which no path leads to afterwards.
fn overlay(lower: &Path, tree: &str, layer: &str, who: Identity) -> Result<(), Trouble> {
    // Bound to a plain name: the options of overlayfs have their own ideas about colons and commas.
    bind(&old(lower), Path::new("/lower"), READ_ONLY | NO_SUID | NO_DEVICES)?;
    tmpfs("/upper", layer)?;
    folder("/upper/files")?;
    folder("/upper/work")?;
    own("/upper/files", who)?;
    // The upper folder gives the root of the tree its mode.
    let mode = fs::metadata("/lower").map_err(|error| failed("read", lower, &error))?.permissions().mode();
    fs::set_permissions("/upper/files", fs::Permissions::from_mode(mode | 0o700))
        .map_err(|error| failed("prepare", Path::new("/upper"), &error))?;
    let plain = "lowerdir=/lower,upperdir=/upper/files,workdir=/upper/work";
    let options = if who.privileged { plain.to_owned() } else { format!("{plain},userxattr") };
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV;
    mount(Some("kerf"), tree, Some("overlay"), flags, Some(options.as_str()))
        .map_err(|error| Trouble::refused("overlay", format!("an overlay mount ({error})")))
}
