//! Instances in SWE-bench form, and of the sets that grew from it.
//!
//! Read as it is: `instance_id, repo, base_commit, patch, test_patch, problem_statement, FAIL_TO_PASS, PASS_TO_PASS`
//! with lists in three spellings; `gold_commit` in place of patches makes both from history, split at `test_files`.
//! SWE-bench itself adds `image, eval_script, log_parser, eval_type`; SWE-bench-Live `test_cmds, log_parser,
//! docker_image`; SWE-bench Pro spells its lists small and adds `before_repo_set_cmd`, `selected_test_files_to_run`,
//! `requirements` and `interface`; SWE-Gym is plain. Fields that kerf does not use are left alone: sets carry many.

use std::time::Duration;

use serde_json::Value;

use super::draft::Draft;
use super::object::Object;
use super::{PassToPass, PatchSource, Published, Source, TaskProblem, words};

/// Spellings of the two lists.
pub(super) const FAIL_TO_PASS: &[&str] = &["FAIL_TO_PASS", "fail_to_pass"];
const PASS_TO_PASS: &[&str] = &["PASS_TO_PASS", "pass_to_pass"];

/// Reads one instance.
pub(super) fn read(object: &Object<'_>) -> Result<Draft, TaskProblem> {
    let id = object.id("instance_id")?;
    let (owner, name) = object.repository("repo")?;
    let commit = object.needed("base_commit")?.to_owned();
    let mut draft = common(object, id, Source::GitHub { owner, name })?;
    draft.task.commit = Some(commit);
    let history = object.owned("gold_commit")?.map(|commit| PatchSource::History { commit });
    draft.task.gold = object.owned("patch")?.map(PatchSource::Text).or_else(|| history.clone());
    draft.task.tests = object
        .owned("test_patch")?
        .map(PatchSource::Text)
        .or(history)
        .unwrap_or(PatchSource::Overlay(Vec::new()));
    draft.task.test_files = object.list_if_any("test_files")?;
    draft.task.src_files = object.list_if_any("src_files")?;
    Ok(draft)
}

/// What all sets of this kind share: language, statement, lists, commands, what they say of grading.
pub(super) fn common(object: &Object<'_>, id: String, source: Source) -> Result<Draft, TaskProblem> {
    let language = match object.filled(object.either(&["language", "repo_language"]))? {
        Some(word) => words::language(word),
        // The first sets were of Python alone, and did not say so.
        None => "python".to_owned(),
    };
    let mut draft = Draft::new(id, language, source);
    draft.task.statement = statement(object)?;
    draft.task.published = published(object)?;
    draft.given.command = match object.commands("test_cmd")? {
        Some(command) => Some(command),
        None => object.commands("test_cmds")?,
    };
    let parser =
        object.filled("test_log_format")?.or(draft.task.published.parser.as_deref()).and_then(words::format);
    draft.given.format = parser.filter(|_| draft.given.command.is_some()).map(str::to_owned);
    draft.given.packages = object.list_if_any("install_extra")?;
    draft.given.timeout = match object.value("timeout_s") {
        None => None,
        Some(value) => Some(Duration::from_secs(
            count(value)
                .filter(|s| *s > 0)
                .ok_or_else(|| object.wrong("timeout_s", "must be a positive whole number of seconds"))?,
        )),
    };
    let fail_field = object.either(FAIL_TO_PASS);
    draft.task.test.fail_to_pass = object.list(fail_field)?;
    let pass_field = object.either(PASS_TO_PASS);
    draft.task.test.pass_to_pass = match object.value(pass_field) {
        Some(Value::String(word)) if word == "base" => PassToPass::Base,
        // A count says how many there were, not which.
        Some(value) if count(value).is_some() => PassToPass::Base,
        _ => PassToPass::List(object.list(pass_field)?),
    };
    judged(object, &draft, fail_field, pass_field)?;
    draft.task.origin = object.origin();
    Ok(draft)
}

/// A whole number from 0; CSV has it as text, and some writers hold every number as a float.
pub(super) fn count(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64().or_else(|| {
            number.as_f64().filter(|f| *f >= 0.0 && f.fract() == 0.0 && *f < 9e15).map(|f| f as u64)
        }),
        Value::String(text) => text.trim().parse().ok(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A task without any listed test judges nothing.
pub(super) fn judged(
    object: &Object<'_>,
    draft: &Draft,
    fail_field: &str,
    pass_field: &str,
) -> Result<(), TaskProblem> {
    let test = &draft.task.test;
    if test.fail_to_pass.is_empty() && matches!(&test.pass_to_pass, PassToPass::List(list) if list.is_empty())
    {
        let message = format!("is empty, and so is {pass_field}: nothing would be judged");
        return Err(object.wrong(fail_field, message));
    }
    Ok(())
}

/// The problem statement; SWE-bench Pro gives models requirements and an interface with it.
fn statement(object: &Object<'_>) -> Result<String, TaskProblem> {
    let mut statement = object.text("problem_statement")?.unwrap_or_default().to_owned();
    for field in ["requirements", "interface"] {
        // Other sets have fields of these names that are no text.
        if let Some(Value::String(text)) = object.value(field) {
            statement.push_str("\n\n");
            statement.push_str(text);
        }
    }
    Ok(statement)
}

fn published(object: &Object<'_>) -> Result<Published, TaskProblem> {
    let images = ["image", "image_name", "docker_image", "dockerhub_tag"];
    Ok(Published {
        parser: object.owned(object.either(&["log_parser", "parser", "test_log_format"]))?,
        eval_type: object.owned("eval_type")?,
        image: object.owned(object.either(&images))?,
        eval_script: object.commands("eval_script")?,
        dockerfile: object.owned(object.either(&["Dockerfile", "dockerfile"]))?,
        before_tests: object.owned("before_repo_set_cmd")?,
        selected_tests: object.list("selected_test_files_to_run")?,
    })
}
