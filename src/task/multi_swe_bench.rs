//! Instances of Multi-SWE-bench: a pull request (`org, repo, number, base, resolved_issues, fix_patch, test_patch, lang`)
//! and what its tests did in three runs (`p2p_tests, f2p_tests, s2p_tests, n2p_tests`).
//!
//! The task is named `org/repo:pr-N`, as that harness does; [`alias`] gives the same as SWE-bench spells it, so that
//! predictions in either spelling find it. What failed, was skipped or did not exist, and passes with the fix, is
//! fail-to-pass.

use serde_json::Value;

use super::draft::Draft;
use super::object::Object;
use super::{PassToPass, PatchSource, Source, TaskProblem, swebench, words};

/// Maps of tests that the fix must turn.
const TURNED: &[&str] = &["f2p_tests", "s2p_tests", "n2p_tests"];

/// Whether an instance is of this set.
pub(super) fn is_form(object: &Object<'_>) -> bool {
    object.has("org") && object.has("number")
}

/// `org/repo:pr-N` ⇄ `org__repo-N`; none for ids of another form.
pub(super) fn alias(id: &str) -> Option<String> {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some((repository, number)) = id.split_once(":pr-").filter(|(_, number)| is_number(number)) {
        let (org, repo) = repository.split_once('/')?;
        return Some(format!("{org}__{repo}-{number}"));
    }
    let (repository, number) = id.rsplit_once('-').filter(|(_, number)| is_number(number))?;
    let (org, repo) = repository.split_once("__")?;
    Some(format!("{org}/{repo}:pr-{number}"))
}

/// Reads one instance.
pub(super) fn read(object: &Object<'_>) -> Result<Draft, TaskProblem> {
    let org = object.needed("org")?;
    // Some exports write the whole name here.
    let repo = object.needed("repo")?;
    let repo = repo.strip_prefix(org).and_then(|rest| rest.strip_prefix('/')).unwrap_or(repo);
    let number = number(object)?;
    let id = format!("{org}/{repo}:pr-{number}");
    for (field, part) in [("org", org), ("repo", repo)] {
        let plain = part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
        if !plain || part == ".." {
            return Err(object.wrong(field, "is no plain name"));
        }
    }
    let language = match object.filled(object.either(&["lang", "language"]))? {
        Some(word) => words::language(word),
        None => return Err(object.wrong("lang", "is missing")),
    };
    let source = Source::GitHub { owner: org.to_owned(), name: repo.to_owned() };
    let mut draft = Draft::new(id, language, source);
    draft.task.commit = Some(base_commit(object)?);
    draft.task.statement = statement(object)?;
    draft.task.gold = object.owned("fix_patch")?.map(PatchSource::Text);
    draft.task.tests =
        object.owned("test_patch")?.map_or(PatchSource::Overlay(Vec::new()), PatchSource::Text);
    let mut fail_to_pass = Vec::new();
    for field in TURNED {
        fail_to_pass.extend(tests(object, field)?);
    }
    draft.task.test.fail_to_pass = fail_to_pass;
    draft.task.test.pass_to_pass = PassToPass::List(tests(object, "p2p_tests")?);
    draft.task.published.image = object.owned("image")?;
    draft.task.origin = object.origin();
    swebench::judged(object, &draft, "f2p_tests", "p2p_tests")?;
    Ok(draft)
}

/// The pull request's number.
fn number(object: &Object<'_>) -> Result<u64, TaskProblem> {
    let value = object.value("number").ok_or_else(|| object.wrong("number", "is missing"))?;
    swebench::count(value).ok_or_else(|| object.wrong("number", "must be a whole number from 0"))
}

/// `base.sha`; in CSV the map is a string, and flat exports have `base_commit`.
fn base_commit(object: &Object<'_>) -> Result<String, TaskProblem> {
    let base = inner(object, "base");
    match base.as_ref().and_then(|base| base.get("sha")).and_then(Value::as_str) {
        Some(sha) if !sha.trim().is_empty() => Ok(sha.to_owned()),
        _ if object.has("base_commit") => Ok(object.needed("base_commit")?.to_owned()),
        _ => Err(object.wrong("base.sha", "is missing")),
    }
}

/// The value of a field, read from the JSON that a string holds where it is one.
fn inner(object: &Object<'_>, field: &str) -> Option<Value> {
    match object.value(field)? {
        Value::String(text) => serde_json::from_str(text).ok(),
        value => Some(value.clone()),
    }
}

/// The issues that the fix resolves; else the statement, or the pull request itself.
fn statement(object: &Object<'_>) -> Result<String, TaskProblem> {
    let issues = inner(object, "resolved_issues");
    let issues: Vec<String> = issues
        .as_ref()
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|issue| {
            let text = |field: &str| issue.get(field).and_then(Value::as_str).unwrap_or_default().trim();
            format!("{}\n\n{}", text("title"), text("body")).trim().to_owned()
        })
        .filter(|issue| !issue.is_empty())
        .collect();
    if !issues.is_empty() {
        return Ok(issues.join("\n\n"));
    }
    if let Some(statement) = object.filled("problem_statement")? {
        return Ok(statement.to_owned());
    }
    let (title, body) = (object.text("title")?, object.text("body")?);
    Ok(format!("{}\n\n{}", title.unwrap_or_default(), body.unwrap_or_default()).trim().to_owned())
}

/// Names of a map of tests: `{name: {run, test, fix}}`, the same by columns (`{name: [...], fix: [...]}`), or a list.
fn tests(object: &Object<'_>, field: &str) -> Result<Vec<String>, TaskProblem> {
    let wrong = || object.wrong(field, "must be a map of tests, or a list of names");
    let Some(value) = object.value(field) else { return Ok(Vec::new()) };
    let parsed;
    let value = match value {
        Value::String(text) if text.trim_start().starts_with('{') => {
            parsed = serde_json::from_str(text).map_err(|_| wrong())?;
            &parsed
        }
        value => value,
    };
    match value {
        Value::Object(map) => {
            if let Some(Value::Array(column)) = map.get("name") {
                let names = column.iter().map(|name| name.as_str().map(str::to_owned)).collect();
                return Option::ok_or_else(names, wrong);
            }
            Ok(map.keys().cloned().collect())
        }
        value => super::lists::names(Some(value)).ok_or_else(wrong),
    }
}

#[cfg(test)]
mod tests_of_ids {
    use super::alias;

    #[test]
    fn two_spellings_of_an_id() {
        for (id, other) in [
            ("tokio-rs/bytes:pr-543", Some("tokio-rs__bytes-543")),
            ("tokio-rs__bytes-543", Some("tokio-rs/bytes:pr-543")),
            ("a/b:pr-x", None),
            ("ledger-rounding", None),
            ("o__r-v1", None),
            ("", None),
        ] {
            assert_eq!(alias(id).as_deref(), other, "{id}");
        }
    }
}
