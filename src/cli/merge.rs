//! `kerf merge`: shards of a plan, joined into the run that the plan would have made at once.

use std::path::{Path, PathBuf};

use super::Exit;
use super::exit::bad_input;
use crate::report::escape;
use crate::store::{MergeError, merge};

/// Arguments of `kerf merge`.
#[derive(Debug, clap::Args)]
pub(super) struct MergeArguments {
    /// Run folders of all shards, in any order
    #[arg(required = true, value_name = "SHARD")]
    shards: Vec<PathBuf>,
    /// The joined run folder; left out: runs/ and the suite's name
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print no report
    #[arg(long, short)]
    quiet: bool,
}

/// Joins and prints the report.
pub(super) fn main(arguments: &MergeArguments) -> anyhow::Result<Exit> {
    let out = if let Some(out) = &arguments.out {
        out.clone()
    } else {
        let first = arguments.shards.first().ok_or_else(|| bad_input("no shard is given"))?;
        Path::new("runs").join(crate::store::inspect_run(first).map_err(bad_input)?.info.suite)
    };
    let info = merge(&arguments.shards, &out).map_err(|error| match error {
        MergeError::Write(_) => anyhow::Error::new(error),
        other => bad_input(other),
    })?;
    eprintln!(
        "kerf: {} trials of {} tasks joined in {}",
        info.trials,
        info.tasks.len(),
        escape::terminal(&out.display().to_string())
    );
    if arguments.quiet {
        return Ok(Exit::Fine);
    }
    super::report::print_terminal(&out)
}
