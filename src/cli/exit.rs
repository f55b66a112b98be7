//! Exit codes, a documented enum, and how errors reach a person.

use std::fmt;
use std::process::ExitCode;

use crate::report::escape;

/// How kerf ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// All is well.
    Fine = 0,
    /// kerf itself failed.
    Failed = 1,
    /// Wrong usage or bad input.
    Usage = 2,
    /// A comparison found a regression.
    Regressed = 3,
    /// A comparison is inconclusive or suspect, under `--strict`.
    Inconclusive = 4,
    /// The comparison is invalid, every trial of the run is invalid, a task is quarantined, or no commit made a task.
    Invalid = 5,
    /// Differences were found.
    Different = 6,
    /// Interrupted; the same command carries on.
    Interrupted = 130,
}

/// The table for `--help`.
pub const HELP: &str = "\
Exit codes:
  0    fine
  1    kerf failed
  2    usage or bad input (a run with unreadable inputs evaluates the rest first)
  3    regression (compare, nightly)
  4    inconclusive or suspect, under --strict (compare, nightly)
  5    invalid: a comparison, every trial of a run, a quarantined task, no commit that makes a task
  6    differences found (diff --exit-code, verify)
  130  interrupted; the same command carries on";

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Bad input: the user's to mend, as against a failure of kerf.
#[derive(Debug)]
pub struct BadInput(pub String);

impl fmt::Display for BadInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadInput {}

/// An error made of anything that prints, as bad input.
pub fn bad_input(message: impl fmt::Display) -> anyhow::Error {
    anyhow::Error::new(BadInput(message.to_string()))
}

/// Prints an error and says how to end.
pub fn report(error: &anyhow::Error) -> Exit {
    let broken_pipe = error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|cause| cause.kind() == std::io::ErrorKind::BrokenPipe);
    if broken_pipe {
        // `kerf report | head` is no failure.
        return Exit::Fine;
    }
    eprintln!("kerf: {}", escape::terminal(&format!("{error:#}")));
    if error.chain().any(<dyn std::error::Error>::is::<BadInput>) { Exit::Usage } else { Exit::Failed }
}
