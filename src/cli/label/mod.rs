//! `kerf label`: units for people to label, and how kerf and they agree.

mod export;
mod score;

use clap::Subcommand;
pub(super) use score::LabelScore;

use super::Exit;

/// Commands on labels.
#[derive(Debug, Subcommand)]
pub(super) enum LabelCommand {
    /// Draw units of predictions for people to label; what kerf thinks of them is kept apart
    Export(export::ExportArguments),
    /// Compare labels: raters with each other, and kerf with their majority
    Score(score::ScoreArguments),
}

/// Runs one.
pub(super) fn main(command: &LabelCommand) -> anyhow::Result<Exit> {
    match command {
        LabelCommand::Export(arguments) => export::main(arguments),
        LabelCommand::Score(arguments) => score::main(arguments),
    }
}
