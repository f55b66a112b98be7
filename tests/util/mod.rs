//! What flows share: the kerf program, a project of throw-away tasks, and records to compare.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests, which start kerf itself")]

mod edits;
mod engine;
mod project;
mod records;

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

pub use edits::Edit;
pub use engine::Engine;
pub use project::{Project, body};
pub use records::{Records, without_machine};

/// The cache that all tests share, so that a snapshot is built once. It is named after the program's time and size, so
/// that a rebuilt kerf begins anew, and after the user, since snapshots of one are no good to another.
pub fn cache() -> &'static Path {
    static CACHE: OnceLock<PathBuf> = OnceLock::new();
    CACHE.get_or_init(|| {
        let program = fs::metadata(env!("CARGO_BIN_EXE_kerf")).unwrap();
        let age = program.modified().unwrap().duration_since(std::time::UNIX_EPOCH).unwrap();
        let parent = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let user = format!("kerf-cache-{}-", nix::unistd::geteuid());
        let name = format!("{user}{:x}-{:x}", age.as_nanos(), program.len());
        for entry in fs::read_dir(parent).unwrap().flatten() {
            let other = entry.file_name().to_string_lossy().into_owned();
            if other.starts_with(&user) && other != name {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
        let path = parent.join(name);
        fs::create_dir_all(&path).unwrap();
        path
    })
}

/// How a run of kerf ended.
#[derive(Debug)]
pub struct Ran {
    /// Exit code, none where a signal ended it.
    pub code: Option<i32>,
    /// What it printed.
    pub stdout: String,
    /// What it said.
    pub stderr: String,
}

impl Ran {
    /// From a process's output.
    pub fn new(output: &Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Itself, if it ended with this code.
    #[track_caller]
    pub fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// What kerf said itself, without lines of progress.
    pub fn messages(&self) -> String {
        self.stderr.lines().filter(|line| line.starts_with("kerf: ")).collect::<Vec<_>>().join("\n")
    }
}

/// A command of `program`, with the cache of the tests and without a terminal's settings.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.env("KERF_CACHE", cache()).env("COLUMNS", "100").env("NO_COLOR", "1").stdin(Stdio::null());
    command
}

/// kerf with arguments, in a folder.
pub fn kerf_in<S: AsRef<OsStr>>(folder: &Path, arguments: impl IntoIterator<Item = S>) -> Ran {
    let mut command = command(env!("CARGO_BIN_EXE_kerf"));
    Ran::new(&command.args(arguments).current_dir(folder).output().unwrap())
}

/// The checked-out project that these tests belong to.
pub fn house() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A number from the environment, for longer proofs.
pub fn number(name: &str, default: u32) -> u32 {
    std::env::var(name)
        .map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name}={text} is no number")))
}

/// Paths of all files below a folder, relative to it, in order.
pub fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut todo = vec![folder.to_owned()];
    while let Some(path) = todo.pop() {
        for entry in fs::read_dir(&path).unwrap().flatten() {
            if entry.file_type().unwrap().is_dir() {
                todo.push(entry.path());
            } else {
                found.push(entry.path().strip_prefix(folder).unwrap().to_string_lossy().into_owned());
            }
        }
    }
    found.sort();
    found
}
