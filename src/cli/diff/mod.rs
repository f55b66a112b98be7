//! `kerf diff`: a change as edit units.
//!
//! In: two files or folders, revisions of a repository, a patch, or what git hands to an external diff. Out: text, JSON, or
//! a patch without some of the units.
//!
//! Invariant: nothing is printed unless the whole change could be read.

mod folder;
mod inputs;
mod select;

use std::ffi::OsString;
use std::io::{BufWriter, IsTerminal, Write};
use std::path::PathBuf;

use super::Exit;
use super::report::{print, view};
use crate::diff::{Diff, diff};
use crate::report::View;
use crate::report::diff_text::{self, Style};

/// Columns of a line where nobody says how wide the reader's screen is.
const UNKNOWN_WIDTH: usize = 240;

/// Arguments of `kerf diff`.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("input").required(true).args(["paths", "repo"]).multiple(true))]
pub(super) struct DiffArguments {
    /// OLD and NEW files or folders (- for standard input), or one revision or range: A..B, A...B, or A against the working
    /// tree; git's external diffs give seven or nine
    #[arg(num_args = 1..=9, value_name = "OLD NEW")]
    paths: Vec<PathBuf>,
    /// Repository of a revision, range or patch
    #[arg(long, value_name = "DIR")]
    repo: Option<PathBuf>,
    /// Patch to show against --base; - for standard input
    #[arg(long, requires = "repo", value_name = "FILE")]
    patch: Option<PathBuf>,
    /// Revision that --patch applies to
    #[arg(long, requires = "patch", default_value = "HEAD", value_name = "REV")]
    base: String,
    /// Print JSON
    #[arg(long, conflicts_with = "stat")]
    json: bool,
    /// Print weights by entity and kind
    #[arg(long)]
    stat: bool,
    /// Print the change without these units and what needs them, as a patch
    #[arg(long, value_delimiter = ',', value_name = "UNIT", conflicts_with_all = ["json", "stat", "only"])]
    revert: Vec<String>,
    /// Print only these units and what they need, as a patch
    #[arg(long, value_delimiter = ',', value_name = "UNIT", conflicts_with_all = ["json", "stat"])]
    only: Vec<String>,
    /// Lines of context around the lines of a unit
    #[arg(short = 'U', long = "unified", default_value_t = 0, value_name = "N")]
    context: usize,
    /// Show large units and created and deleted files whole
    #[arg(long)]
    full: bool,
    /// When to use colour
    #[arg(long, default_value = "auto", value_name = "WHEN")]
    color: Colour,
    /// End with 6 where there are differences
    #[arg(long)]
    exit_code: bool,
    /// Show only these files and what lies below these folders
    #[arg(last = true, value_name = "PATH")]
    filters: Vec<OsString>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Colour {
    /// On terminals, unless `NO_COLOR` is set
    Auto,
    Always,
    Never,
}

/// Diffs and prints.
pub(super) fn main(arguments: &DiffArguments) -> anyhow::Result<Exit> {
    let input = match inputs::read(arguments)? {
        inputs::Input::Files(files) => files,
        inputs::Input::Unmerged(path) => {
            print(&format!("{}  (unmerged)\n", crate::report::escape::terminal(&path)))?;
            return Ok(Exit::Fine);
        }
    };
    let whole = diff(&input);
    if !arguments.revert.is_empty() || !arguments.only.is_empty() {
        write(&select::patch(&input, &whole, arguments)?)?;
        return Ok(exit(arguments, &whole));
    }
    let found = select::narrowed(whole, &arguments.filters);
    if arguments.json {
        let mut out = BufWriter::new(std::io::stdout().lock());
        serde_json::to_writer(&mut out, &found).map_err(std::io::Error::from)?;
        out.write_all(b"\n")?;
        out.flush()?;
    } else if arguments.stat {
        print(&diff_text::stat(&found))?;
    } else {
        print(&diff_text::render(&found, style(arguments)))?;
    }
    Ok(exit(arguments, &found))
}

fn exit(arguments: &DiffArguments, found: &Diff) -> Exit {
    if arguments.exit_code && !found.units.is_empty() { Exit::Different } else { Exit::Fine }
}

/// Prints a patch: an empty one is no line, not an empty one.
fn write(patch: &str) -> anyhow::Result<()> {
    if patch.is_empty() { Ok(()) } else { print(patch) }
}

fn style(arguments: &DiffArguments) -> Style {
    let View { width, colour } = view();
    let set = |name: &str| super::context::variables().get(name).is_some_and(|value| !value.is_empty());
    let terminal = std::io::stdout().is_terminal();
    // A pager of git's shows colour, and git tells its external diffs so.
    let pager = inputs::is_external(arguments) && set("GIT_PAGER_IN_USE") && !set("NO_COLOR");
    let colour = match arguments.color {
        Colour::Auto => colour || pager,
        Colour::Always => true,
        Colour::Never => false,
    };
    let width = if terminal || pager || set("COLUMNS") { width } else { UNKNOWN_WIDTH };
    Style { view: View { width, colour }, context: arguments.context, full: arguments.full }
}
