//! `kerf context`: what depends on a symbol or on what a patch changes, and how far away it is.
//!
//! In: a revision of a repository, and a symbol or a patch. Out: text, JSON or DOT.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::Exit;
use super::exit::bad_input;
use super::report::print;
use crate::diff::diff;
use crate::evaluate::changed_files;
use crate::metric::context::dependents;
use crate::patch;
use crate::repo::{BaseTree, open_local};
use crate::report::dependents::{dot, text};
use crate::syntax::index::{Cache, DefinitionId, Index, Symbol};

/// Arguments of `kerf context`.
#[derive(Debug, clap::Args)]
pub(super) struct ContextArguments {
    /// A symbol (`name`, `Owner::name`, `path:name`, `path:LINE`), or a patch file; - for a patch on standard input
    subject: String,
    /// Repository
    #[arg(long, default_value = ".", value_name = "DIR")]
    repo: PathBuf,
    /// Revision to look at
    #[arg(long, default_value = "HEAD", value_name = "REV")]
    base: String,
    /// How many references away to look at most
    #[arg(long, default_value_t = 3, value_name = "N")]
    steps: u32,
    /// Also list references of which kerf is not sure: a receiver's type is not known, or a name stands in a macro
    #[arg(long)]
    possible: bool,
    /// Print JSON
    #[arg(long, conflicts_with = "dot")]
    json: bool,
    /// Print a graph for Graphviz
    #[arg(long)]
    dot: bool,
}

/// Finds and prints.
pub(super) fn main(arguments: &ContextArguments) -> anyhow::Result<Exit> {
    let base = open_local(&arguments.repo, &arguments.base).map_err(bad_input)?;
    let index = Index::read(&base, &mut Cache::default());
    let subject = &arguments.subject;
    let symbols = if subject == "-" || Path::new(subject).is_file() {
        changed(&index, &base, subject)?
    } else {
        named(&index, subject)
    };
    if symbols.is_empty() {
        return Err(bad_input(format!(
            "nothing in {} is called `{subject}`: give a name, Owner::name, path:name, path:LINE or a patch file",
            arguments.base
        )));
    }
    let found = dependents(&index, &symbols, arguments.steps, arguments.possible);
    if arguments.json {
        print(&serde_json::to_string(&found)?)?;
    } else if arguments.dot {
        print(&dot(&found))?;
    } else {
        print(&text(&found))?;
    }
    Ok(Exit::Fine)
}

/// The innermost definitions of the base that a patch changes.
fn changed(index: &Index, base: &BaseTree, file: &str) -> anyhow::Result<BTreeSet<DefinitionId>> {
    let bytes = if file == "-" {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut std::io::stdin(), &mut bytes)?;
        bytes
    } else {
        std::fs::read(file).map_err(|error| bad_input(format!("{file}: {error}")))?
    };
    let applied = patch::apply(base, &bytes)
        .map_err(|error| bad_input(format!("{file} is no patch of this revision: {error}")))?;
    let found = diff(&changed_files(base, &applied.changes));
    let places = found.units.iter().filter(|unit| !unit.file_level).flat_map(|unit| &unit.changes);
    let definitions = places.filter_map(|change| {
        let path = found.files.get(change.file)?.old.as_deref()?;
        index.enclosing(path, change.old[0])
    });
    let symbols: BTreeSet<DefinitionId> = definitions.map(|symbol| symbol.id).collect();
    if symbols.is_empty() {
        return Err(bad_input(format!("{file} changes nothing inside a definition of the base")));
    }
    Ok(symbols)
}

/// Definitions that a text names.
fn named(index: &Index, subject: &str) -> BTreeSet<DefinitionId> {
    let (file, name) = match subject.rsplit_once(':') {
        Some((file, name)) if !file.ends_with(':') => (Some(file), name),
        _ => (None, subject),
    };
    if let (Some(file), Ok(line)) = (file, name.parse::<usize>()) {
        let on_line = index.definitions_in(file).filter(|found| found.line == line && !found.kind.is_local());
        return on_line.map(|found| found.id).collect();
    }
    let parts: Vec<&str> = name.split("::").flat_map(|part| part.split('.')).collect();
    let Some((last, owners)) = parts.split_last() else { return BTreeSet::new() };
    let owned = |symbol: &Symbol| {
        let mut at = symbol.owner.and_then(|id| index.symbol(id));
        owners.iter().rev().all(|owner| match at.take() {
            Some(above) => {
                at = above.owner.and_then(|id| index.symbol(id));
                above.name == *owner
            }
            None => false,
        })
    };
    let fits = |symbol: &Symbol| file.is_none_or(|file| symbol.file == file) && owned(symbol);
    index.definitions_named(last).filter(fits).map(|symbol| symbol.id).collect()
}
