//! `kerf task`: reading tasks, and making them.

mod check;
pub(super) mod new;

use super::Exit;

/// Subcommands of `kerf task`.
#[derive(Debug, clap::Subcommand)]
pub(super) enum TaskCommand {
    /// Read a suite and name every field that is wrong; no repository is needed
    Check(check::CheckArguments),
    /// Make proven tasks from commits of a repository
    New(Box<new::NewArguments>),
}

/// Dispatches.
pub(super) fn main(command: &TaskCommand) -> anyhow::Result<Exit> {
    match command {
        TaskCommand::Check(arguments) => check::main(arguments),
        TaskCommand::New(arguments) => new::main(arguments),
    }
}
