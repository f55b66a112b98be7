//! `kerf task`: reading, proving and making tasks.

mod check;
mod funnel;
pub(super) mod new;
mod pinned;
mod validate;

use super::Exit;

/// Subcommands of `kerf task`.
#[derive(Debug, clap::Subcommand)]
pub(super) enum TaskCommand {
    /// Read a suite and name every field that is wrong; no repository is needed
    Check(check::CheckArguments),
    /// Prove tasks: base, gold, repeats and cheats, really run
    Validate(validate::ValidateArguments),
    /// Make proven tasks from commits of a repository
    New(Box<new::NewArguments>),
}

/// Dispatches.
pub(super) fn main(command: &TaskCommand) -> anyhow::Result<Exit> {
    match command {
        TaskCommand::Check(arguments) => check::main(arguments),
        TaskCommand::Validate(arguments) => validate::main(arguments),
        TaskCommand::New(arguments) => new::main(arguments),
    }
}
