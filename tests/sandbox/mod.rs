//! The sandbox for real: every protection with an attack on it, run through the kerf program as launcher.
//!
//! Attacks are shell commands, or functions of [`payload`] run from this very test binary inside the sandbox. Where an
//! attack might fail for another reason, a canary runs it without the protection and sees it succeed. Run by root,
//! all of it is run once more as an ordinary user.
#![allow(clippy::unwrap_used, reason = "tests")]

mod cargo;
mod contained;
mod container;
mod payload;
mod session;
mod users;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use kerf::patch::{Blob, TreeChanges};
use kerf::sandbox::{
    Access, Ended, Limits, NamespacesSandbox, PlainSandbox, Sandbox, Session, SessionSpec, Step, StepOutput,
    TrustPatches, hand_over,
};

/// Where the kerf program stands: copied for ordinary users, who may not reach the build folder.
fn kerf() -> PathBuf {
    std::env::var_os("KERF_TEST_LAUNCHER").map_or_else(|| env!("CARGO_BIN_EXE_kerf").into(), PathBuf::from)
}

fn namespaces() -> NamespacesSandbox {
    NamespacesSandbox::new(kerf())
}

fn plain() -> PlainSandbox {
    PlainSandbox::new(TrustPatches::as_the_user_said())
}

/// A small tree to start sessions from.
fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    hand_over(folder.path()).unwrap();
    folder
}

/// Exit codes and signals, of every kind of session.
fn ends_as_shells_do(session: &mut dyn Session) {
    for (command, expected) in [
        ("true", Ended::Exited(0)),
        ("exit 42", Ended::Exited(42)),
        ("no-such-program", Ended::Exited(127)),
        ("kill -9 $$", Ended::Signalled(9)),
        ("kill -15 $$", Ended::Signalled(15)),
    ] {
        assert_eq!(sh(session, command).1, expected, "{command}");
    }
}

/// Streams, of every kind of session.
fn keeps_streams_apart_or_in_order(session: &mut dyn Session) {
    let command = "for i in 1 2 3; do echo out $i; echo err $i >&2; done";
    let merged = session.run(&step(command)).unwrap();
    assert_eq!(text(&merged), "out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3\n");
    let apart = session.run(&Step { merged: false, ..step(command) }).unwrap();
    assert_eq!(text(&apart), "out 1\nout 2\nout 3\n");
    assert_eq!(String::from_utf8_lossy(&apart.stderr), "err 1\nerr 2\nerr 3\n");
}

fn spec(lower: &Path) -> SessionSpec {
    SessionSpec {
        lower: lower.to_owned(),
        access: Access::Overlay,
        read_only: Vec::new(),
        writable: Vec::new(),
        network: false,
        newer_than: 0,
        environment: BTreeMap::new(),
        limits: Limits { disk_mb: 64, processes: 256, memory_mb: 2048, output_bytes: 1 << 20 },
    }
}

fn step(command: &str) -> Step {
    Step {
        command: command.to_owned(),
        timeout: Duration::from_secs(60),
        merged: true,
        stdin: None,
        environment: BTreeMap::new(),
    }
}

fn text(output: &StepOutput) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Runs one command in a session, and gives what it printed with how it ended.
fn sh(session: &mut dyn Session, command: &str) -> (String, Ended) {
    let output = session.run(&step(command)).unwrap();
    (text(&output), output.ended)
}

/// One command in a namespaces session of its own.
fn once(spec: &SessionSpec, command: &str) -> (String, Ended) {
    sh(namespaces().open(spec).unwrap().as_mut(), command)
}

fn changes(files: &[(&str, Option<&str>)]) -> TreeChanges {
    let blob = |text: &str| Blob { mode: 0o100_644, bytes: text.as_bytes().to_vec() };
    files.iter().map(|(path, text)| ((*path).to_owned(), text.map(blob))).collect()
}

/// Host processes whose command line holds `mark`.
fn processes(mark: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
        if name.parse::<u32>().is_ok() && String::from_utf8_lossy(&line).contains(mark) {
            found.push(name);
        }
    }
    found
}

/// Waits until `condition` holds, at most twenty seconds.
fn eventually(what: &str, condition: impl Fn() -> bool) {
    for _ in 0..400 {
        if condition() {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("not within twenty seconds: {what}");
}
