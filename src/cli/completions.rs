//! `kerf completions`.

use clap::CommandFactory;

use super::{Arguments, Exit};

/// Arguments of `kerf completions`.
#[derive(Debug, clap::Args)]
pub(super) struct CompletionArguments {
    /// bash, zsh, fish, elvish or powershell
    shell: clap_complete::Shell,
}

/// Prints the script.
#[allow(clippy::unnecessary_wraps, reason = "all commands have one shape")]
pub(super) fn main(arguments: &CompletionArguments) -> anyhow::Result<Exit> {
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "kerf", &mut std::io::stdout());
    Ok(Exit::Fine)
}
