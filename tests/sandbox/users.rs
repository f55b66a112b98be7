//! Who runs kerf, and what happens when it dies.
#![allow(clippy::disallowed_methods, reason = "these tests start kerf's own processes")]

use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

use super::*;

/// Not a user of the machine, and not the one that root's payloads get.
const ORDINARY: u32 = 64_300;

#[test]
fn all_of_it_again_as_an_ordinary_user() {
    if kerf::sandbox::owner().is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    fs::copy(kerf(), place("kerf")).unwrap();
    fs::copy(std::env::current_exe().unwrap(), place("tests")).unwrap();
    fs::create_dir(place("tmp")).unwrap();
    std::os::unix::fs::chown(place("tmp"), Some(ORDINARY), Some(ORDINARY)).unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let output = Command::new(place("tests"))
        .args(["sandbox::", "--skip", "sandbox::users::all_of_it", "--test-threads", "2"])
        .env_clear()
        .envs([("PATH", std::env::var_os("PATH").unwrap_or_default())])
        .envs([("TMPDIR", place("tmp")), ("KERF_TEST_LAUNCHER", place("kerf"))])
        .current_dir(folder.path())
        .uid(ORDINARY)
        .gid(ORDINARY)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains(" 0 failed"),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Not a test of its own: holds a session until it is killed.
#[test]
fn holder() {
    let Ok(mark) = std::env::var("KERF_HOLD") else { return };
    let tree = tree(&[]);
    let mut session = namespaces().open(&spec(tree.path())).unwrap();
    let _ = session.run(&step(&format!("setsid sleep {mark} & sleep {mark}")));
}

/// A process that holds a session with two sleepers.
fn hold(mark: &str) -> Child {
    let holder = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "sandbox::users::holder", "--nocapture"])
        .env("KERF_HOLD", mark)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    eventually("both sleepers run", || processes(mark).len() >= 2);
    holder
}

/// The launchers that a process started.
fn launchers(parent: u32) -> Vec<String> {
    let mut found = processes("__sandbox");
    found.retain(|pid| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let above = stat.rsplit(") ").next().and_then(|rest| rest.split(' ').nth(1));
        above == Some(parent.to_string().as_str())
    });
    found
}

#[test]
fn everything_ends_with_kerf_even_by_kill_9() {
    let mark = format!("98763.{}", std::process::id());
    let mut holder = hold(&mark);
    holder.kill().unwrap();
    holder.wait().unwrap();
    eventually("all are gone", || processes(&mark).is_empty());
}

#[test]
fn everything_ends_with_the_launcher_and_kerf_goes_on() {
    let mark = format!("98762.{}", std::process::id());
    let mut holder = hold(&mark);
    for launcher in launchers(holder.id()) {
        let launcher = nix::unistd::Pid::from_raw(launcher.parse().unwrap());
        nix::sys::signal::kill(launcher, nix::sys::signal::Signal::SIGKILL).unwrap();
    }
    eventually("all are gone", || processes(&mark).is_empty());
    // Its `run` gave an error instead of waiting for ever.
    assert!(holder.wait().unwrap().success());
}

#[test]
fn dropping_a_session_ends_it() {
    let tree = tree(&[]);
    for _ in 0..20 {
        drop(namespaces().open(&spec(tree.path())).unwrap());
    }
    // Other tests of this process open sessions too: their launchers come and go.
    eventually("no launcher is left", || launchers(std::process::id()).is_empty());
}

#[test]
fn a_tree_of_somebody_else_is_refused_with_its_owner() {
    // The root folder belongs to root, whoever runs this.
    let spec = SessionSpec { lower: "/usr".into(), ..spec(Path::new("/usr")) };
    let error = namespaces().open(&spec).err().unwrap().to_string();
    assert!(error.contains("/usr belongs to 0:0, not to the sandbox's user"), "{error}");
}
