//! Instances made of two releases of a package: `registry, package, base_version, gold_version`, the difference split by
//! `gold_paths` and `test_paths`. The other fields are SWE-bench's.

use super::draft::Draft;
use super::object::Object;
use super::{PatchSource, Registry, Source, TaskProblem, swebench};

/// Whether an instance is of this form.
pub(super) fn is_form(object: &Object<'_>) -> bool {
    object.has("registry") && object.has("package")
}

/// Reads one instance.
pub(super) fn read(object: &Object<'_>) -> Result<Draft, TaskProblem> {
    let id = object.id("instance_id")?;
    let word = object.needed("registry")?;
    let registry = Registry::named(word)
        .ok_or_else(|| object.wrong("registry", format!("is `{word}`; known are crate, npm and pypi")))?;
    let source = Source::Registry {
        registry,
        name: object.needed("package")?.to_owned(),
        version: object.needed("base_version")?.to_owned(),
        sha256: object.owned("base_sha256")?,
    };
    let mut draft = swebench::common(object, id, source)?;
    let version = object.owned("gold_version")?;
    let sha256 = object.owned("gold_sha256")?;
    let release = |paths: Vec<String>| {
        Some(PatchSource::Release { version: version.clone()?, sha256: sha256.clone(), paths })
    };
    draft.task.gold = release(object.list("gold_paths")?);
    draft.task.tests = release(object.list("test_paths")?).unwrap_or(PatchSource::Overlay(Vec::new()));
    Ok(draft)
}
