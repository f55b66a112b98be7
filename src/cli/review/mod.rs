//! `kerf review`: a branch or working tree by itself: irrelevant edits, lint and context, without task, gold or tests.
//!
//! In: a repository, its base, perhaps a statement. Out: a review in the format wanted, or the change without what is
//! irrelevant in it, as a patch.
//!
//! Invariant: nothing of the tree is executed, but by linters in the sandbox where `lint` is asked for; the tree is
//! written only with `--apply`.

mod fix;
mod lint;

use std::path::PathBuf;

use super::Exit;
use super::exit::bad_input;
use super::report::{print, view};
use crate::evaluate::Measure;
use crate::evaluate::review::{REVIEW_SCHEMA, Review, classified};
use crate::patch::TreeChanges;
use crate::repo::{BaseTree, LeftOut, RepoError, left_out, merge_base, open_local, working_changes};
use crate::report::{annotation, escape, review};

/// Arguments of `kerf review`.
#[derive(Debug, clap::Args)]
pub(super) struct ReviewArguments {
    /// The repository
    #[arg(long, default_value = ".", value_name = "DIR")]
    repo: PathBuf,
    /// Revision that the change starts from, or A...B: from where A and B part to B
    #[arg(long, value_name = "REV")]
    base: String,
    /// Revision to look at; the working tree, untracked files included, if left out
    #[arg(long, value_name = "REV")]
    head: Option<String>,
    /// Start from the commit at which base and head part (from HEAD, for the working tree)
    #[arg(long)]
    merge_base: bool,
    /// File with what the change was to do: what it names is no irrelevance; - for standard input
    #[arg(long, value_name = "FILE")]
    statement: Option<PathBuf>,
    /// Measures to take, by comma: edits, lint, context. Lint sets the base up and builds it in the sandbox
    #[arg(long, value_delimiter = ',', default_value = "edits,context", value_name = "LIST")]
    measures: Vec<String>,
    /// terminal, json, markdown, sarif or github
    #[arg(long, default_value = "terminal", value_name = "NAME")]
    format: String,
    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// List every unit, not only the irrelevant ones
    #[arg(long)]
    all: bool,
    /// Print the change without its irrelevant units, as a patch against the base
    #[arg(long, conflicts_with_all = ["json", "format", "all"])]
    fix: bool,
    /// With --fix: take them out of the working tree as well
    #[arg(long, requires = "fix", conflicts_with = "head")]
    apply: bool,
    /// Profiles that say how the base is set up and built for its linters, over kerf's own; repeats
    #[arg(long, value_name = "FILE")]
    profiles: Vec<PathBuf>,
    /// Sandbox for linters: namespaces, or none
    #[arg(long, default_value = "namespaces", value_name = "NAME")]
    sandbox: String,
    /// With --sandbox none: the change may do to this machine what it likes
    #[arg(long)]
    trust_patches: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Terminal,
    Json,
    Markdown,
    Sarif,
    GitHub,
}

/// The two sides.
struct Sides {
    /// As the user named it.
    base_name: String,
    head: Option<String>,
    base: BaseTree,
    changes: TreeChanges,
}

/// Reviews and prints.
pub(super) fn main(arguments: &ReviewArguments) -> anyhow::Result<Exit> {
    let format = if arguments.json { Format::Json } else { format(&arguments.format)? };
    let measures = measures(&arguments.measures)?;
    let statement = arguments.statement.as_deref().map(statement).transpose()?;
    let Sides { base_name, head, base, changes } = sides(arguments)?;
    if head.is_none() {
        tell(&left_out(&arguments.repo).map_err(bad_input)?);
    }
    let reviewed = classified(&base, &changes, statement.as_deref());
    if arguments.fix {
        return fix::fix(&arguments.repo, &base, &changes, &reviewed, arguments.apply);
    }
    let takes = |measure: Measure| measures.contains(&measure);
    let lint = takes(Measure::Lint).then(|| lint::lint(arguments, &base, &changes, &reviewed)).transpose()?;
    let context = takes(Measure::Context).then(|| reviewed.context(&base, &changes, lint.as_ref(), &[]));
    let found = Review {
        schema: REVIEW_SCHEMA.to_owned(),
        base: base_name,
        head,
        files: reviewed.diff.files.clone(),
        units: reviewed.units(),
        edits: takes(Measure::Edits).then(|| reviewed.edits()),
        lint,
        context,
    };
    let text = match format {
        Format::Terminal => review::terminal(&found, arguments.all, view()),
        Format::Json => serde_json::to_string(&found)?,
        Format::Markdown => review::markdown(&found),
        Format::Sarif => {
            let remarks = review::annotations(&found);
            annotation::sarif(&remarks, &review::rules(&remarks))?
        }
        Format::GitHub => annotation::github(&review::annotations(&found)),
    };
    if !text.is_empty() {
        print(&text)?;
    }
    Ok(Exit::Fine)
}

fn format(name: &str) -> anyhow::Result<Format> {
    match name {
        "terminal" => Ok(Format::Terminal),
        "json" => Ok(Format::Json),
        "markdown" => Ok(Format::Markdown),
        "sarif" => Ok(Format::Sarif),
        "github" => Ok(Format::GitHub),
        other => Err(bad_input(format!(
            "--format {other} is unknown; known are terminal, json, markdown, sarif and github"
        ))),
    }
}

fn measures(names: &[String]) -> anyhow::Result<Vec<Measure>> {
    names
        .iter()
        .map(|name| match name.trim() {
            "edits" => Ok(Measure::Edits),
            "lint" => Ok(Measure::Lint),
            "context" => Ok(Measure::Context),
            other => {
                Err(bad_input(format!("--measures {other} is unknown; known are edits, lint and context")))
            }
        })
        .collect()
}

fn statement(path: &std::path::Path) -> anyhow::Result<String> {
    let bytes = if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut std::io::stdin(), &mut bytes)?;
        bytes
    } else {
        std::fs::read(path).map_err(|error| bad_input(format!("{}: {error}", path.display())))?
    };
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Reads both sides; a range in `--base` names head and merge base at once.
fn sides(arguments: &ReviewArguments) -> anyhow::Result<Sides> {
    let repo = &arguments.repo;
    let or_head = |side: &str| if side.is_empty() { "HEAD".to_owned() } else { side.to_owned() };
    let (from, head, at_merge_base) = match arguments.base.split_once("...") {
        Some((from, head)) if arguments.head.is_none() => (or_head(from), Some(or_head(head)), true),
        Some(_) => return Err(bad_input("--base A...B names the head already: leave out --head")),
        None => (arguments.base.clone(), arguments.head.clone(), arguments.merge_base),
    };
    let revision = if at_merge_base {
        merge_base(repo, &from, head.as_deref().unwrap_or("HEAD"))
            .map_err(|error| unavailable(repo, error))?
    } else {
        from.clone()
    };
    let base = open_local(repo, &revision).map_err(|error| unavailable(repo, error))?;
    let changes = match &head {
        Some(head) => base.changes_to(&repo.display().to_string(), head),
        None => working_changes(repo, &base, &revision),
    };
    let base_name = if at_merge_base { revision.get(..12).unwrap_or(&revision).to_owned() } else { from };
    Ok(Sides { base_name, head, base, changes: changes.map_err(|error| unavailable(repo, error))? })
}

/// A clone that was cut off lacks what others have: says how to get it.
fn unavailable(repo: &std::path::Path, error: RepoError) -> anyhow::Error {
    let shallow = repo.join(".git/shallow").exists() || repo.join("shallow").exists();
    if shallow {
        return bad_input(format!(
            "{error}; this clone is shallow: get more of its history with `git fetch --deepen=100`, or all of it with \
             `git fetch --unshallow`"
        ));
    }
    bad_input(error)
}

/// Says what the review does not hold.
fn tell(left_out: &LeftOut) {
    for (what, paths) in [
        ("submodules, which are not looked into", &left_out.submodules),
        ("neither file nor link, or named outside of UTF-8, so not looked at", &left_out.odd),
    ] {
        if paths.is_empty() {
            continue;
        }
        let shown = paths.iter().take(5).map(|path| escape::terminal(path)).collect::<Vec<_>>();
        let more = paths.len().saturating_sub(5);
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        eprintln!("kerf: {what}: {}{more}", shown.join(", "));
    }
}
