//! Tasks in SWE-bench form: one JSON object a line.
//!
//! Read as it is: `instance_id, repo, base_commit, patch, test_patch, problem_statement, FAIL_TO_PASS, PASS_TO_PASS`
//! with lists in three spellings; `gold_commit` in place of patches makes both from history. Fields that kerf does not
//! use are left alone: data sets carry many.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::time::Duration;

use serde_json::{Map, Value};

use super::lists::names;
use super::{Environment, PassToPass, PatchSource, Source, Task, TaskProblem, TestPlan, profile};

/// Reads a JSONL file line by line.
pub(super) fn read(path: &Path) -> Result<Vec<Result<Task, TaskProblem>>, TaskProblem> {
    let file =
        File::open(path).map_err(|error| TaskProblem::new(path, format!("cannot be read: {error}")))?;
    let mut tasks = Vec::new();
    for (index, line) in BufReader::new(file).split(b'\n').enumerate() {
        let line =
            line.map_err(|error| TaskProblem::new(path, format!("cannot be read: {error}")).at(index + 1))?;
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        tasks.push(parse_line(path, index + 1, &line));
    }
    Ok(tasks)
}

fn parse_line(path: &Path, line: usize, bytes: &[u8]) -> Result<Task, TaskProblem> {
    let problem = |message: String| TaskProblem::new(path, message).at(line);
    let object: Map<String, Value> = serde_json::from_slice(bytes).map_err(|error| {
        let cut = if error.is_eof() { " (the line is cut short)" } else { "" };
        problem(format!("is no JSON object: {error}{cut}"))
    })?;
    let string = |field: &str| -> Result<Option<String>, TaskProblem> {
        match object.get(field) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(problem("must be a string".to_owned()).field(field)),
        }
    };
    let required = |field: &str| string(field)?.ok_or_else(|| problem("is missing".to_owned()).field(field));
    let list = |field: &str| {
        names(object.get(field))
            .ok_or_else(|| problem("must be a list of names, or one in a string".to_owned()).field(field))
    };

    let id = required("instance_id")?;
    let repo = required("repo")?;
    let (owner, name) =
        repo.split_once('/').ok_or_else(|| problem(format!("is `{repo}`, not OWNER/NAME")).field("repo"))?;
    let language = string("language")?.unwrap_or_else(|| "python".to_owned()).to_lowercase();
    let history = string("gold_commit")?.map(|commit| PatchSource::History { commit });
    let patch =
        |field: &str| Ok::<_, TaskProblem>(string(field)?.filter(|p| !p.is_empty()).map(PatchSource::Text));
    let gold = match patch("patch")? {
        Some(text) => Some(text),
        None => history.clone(),
    };
    let tests = match patch("test_patch")? {
        Some(text) => text,
        None => history.unwrap_or(PatchSource::Overlay(Vec::new())),
    };
    let test_files = match object.get("test_files") {
        None | Some(Value::Null) => None,
        Some(_) => Some(list("test_files")?),
    };
    let defaults = profile::of(&language);
    let command = match (string("test_cmd")?, defaults) {
        (Some(command), _) => command,
        (None, Some(profile)) => profile.test.to_owned(),
        (None, None) => {
            return Err(
                problem(format!("is missing, and there is no profile for `{language}`")).field("test_cmd")
            );
        }
    };
    let timeout = match object.get("timeout_s") {
        None | Some(Value::Null) => profile::DEFAULT_TIMEOUT,
        Some(value) => Duration::from_secs(value.as_u64().filter(|s| *s > 0).ok_or_else(|| {
            problem("must be a positive whole number of seconds".to_owned()).field("timeout_s")
        })?),
    };
    let fail_to_pass = list("FAIL_TO_PASS")?;
    let pass_to_pass = match object.get("PASS_TO_PASS") {
        Some(Value::String(word)) if word == "base" => PassToPass::Base,
        _ => PassToPass::List(list("PASS_TO_PASS")?),
    };
    if fail_to_pass.is_empty() && pass_to_pass == PassToPass::List(Vec::new()) {
        return Err(problem("is empty, and so is PASS_TO_PASS: nothing would be judged".to_owned())
            .field("FAIL_TO_PASS"));
    }
    Ok(Task {
        id,
        language,
        span: None,
        source: Source::GitHub { owner: owner.to_owned(), name: name.to_owned() },
        commit: Some(required("base_commit")?),
        statement: string("problem_statement")?.unwrap_or_default(),
        gold,
        tests,
        test_files,
        foreign: true,
        environment: Environment {
            setup: defaults.map(|p| p.setup.iter().map(|s| (*s).to_owned()).collect()).unwrap_or_default(),
            build: defaults.and_then(|p| (p.build)(&command)).into_iter().collect(),
        },
        test: TestPlan {
            command,
            format: defaults.map_or("auto", |p| p.format).to_owned(),
            timeout,
            fail_to_pass,
            pass_to_pass,
        },
        allow: None,
        lint: None,
        hash: blake3::hash(bytes).to_hex().to_string(),
        origin: format!("{}:{line}", path.display()),
    })
}
