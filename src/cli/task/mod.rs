//! `kerf task`: reading tasks.

mod check;

use super::Exit;

/// Subcommands of `kerf task`.
#[derive(Debug, clap::Subcommand)]
pub(super) enum TaskCommand {
    /// Read a suite and name every field that is wrong; no repository is needed
    Check(check::CheckArguments),
}

/// Dispatches.
pub(super) fn main(command: &TaskCommand) -> anyhow::Result<Exit> {
    match command {
        TaskCommand::Check(arguments) => check::main(arguments),
    }
}
