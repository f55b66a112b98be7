//! Linters of a review: one environment for each language of the change.

use super::ReviewArguments;
use crate::cli::context;
use crate::cli::exit::bad_input;
use crate::evaluate::World;
use crate::evaluate::review::{self, ReviewLint, Reviewed};
use crate::patch::TreeChanges;
use crate::repo::BaseTree;
use crate::task::{Profiles, Source, Task, bare};

/// Runs them. What cannot be run is in the result; an error is a matter of the arguments.
pub(super) fn lint(
    arguments: &ReviewArguments,
    base: &BaseTree,
    changes: &TreeChanges,
    reviewed: &Reviewed,
) -> anyhow::Result<ReviewLint> {
    let profiles = Profiles::with_files(&arguments.profiles).map_err(bad_input)?;
    let folder = std::path::absolute(&arguments.repo)?;
    let tasks: Vec<Task> = reviewed
        .languages()
        .into_iter()
        .map(|language| {
            let source = Source::Git(folder.display().to_string());
            bare(language, source, &profiles)
        })
        .collect();
    let variables = context::variables();
    let cache = context::cache(&variables)?;
    let sandbox = context::sandbox(&arguments.sandbox, arguments.trust_patches)?;
    let world = World::with_tools(&cache, None, sandbox, &variables, review::tools(&tasks));
    Ok(review::lint(&world, base, &tasks, changes, reviewed))
}
