//! Instances of SWE-PolyBench: SWE-bench's fields with the lists named `F2P` and `P2P`, a `test_command` and a
//! `Dockerfile`; as CSV or as JSON.

use super::draft::Draft;
use super::object::Object;
use super::{PassToPass, PatchSource, Source, TaskProblem, swebench, words};

/// Whether an instance is of this set.
pub(super) fn is_form(object: &Object<'_>) -> bool {
    object.has("F2P") || object.has("P2P")
}

/// Reads one instance.
pub(super) fn read(object: &Object<'_>) -> Result<Draft, TaskProblem> {
    let id = object.id("instance_id")?;
    let (owner, name) = object.repository("repo")?;
    let language = words::language(object.needed("language")?);
    let mut draft = Draft::new(id, language, Source::GitHub { owner, name });
    draft.task.commit = Some(object.needed("base_commit")?.to_owned());
    draft.task.statement = object.owned("problem_statement")?.unwrap_or_default();
    draft.task.gold = object.owned("patch")?.map(PatchSource::Text);
    draft.task.tests =
        object.owned("test_patch")?.map_or(PatchSource::Overlay(Vec::new()), PatchSource::Text);
    draft.task.test.fail_to_pass = object.list("F2P")?;
    draft.task.test.pass_to_pass = PassToPass::List(object.list("P2P")?);
    draft.given.command = object.commands("test_command")?;
    draft.task.published.dockerfile = object.owned("Dockerfile")?;
    draft.task.published.image = object.owned("image")?;
    draft.task.origin = object.origin();
    swebench::judged(object, &draft, "F2P", "P2P")?;
    Ok(draft)
}
