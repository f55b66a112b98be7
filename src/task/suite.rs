//! A suite: a folder of task folders, one task folder, or one JSONL file.

use std::fmt;
use std::path::{Path, PathBuf};

use super::{Task, kerf_toml, swebench};

/// Tasks that belong together.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Suite {
    /// The name of its folder or file, without ending.
    pub name: String,
    /// Tasks by id.
    pub tasks: Vec<Task>,
    /// What could not be read; the other tasks stand.
    pub problems: Vec<TaskProblem>,
}

/// Why a task could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskProblem {
    /// File it stands in.
    pub file: PathBuf,
    /// 1-based line, where one can be named.
    pub line: Option<usize>,
    /// Field, where one can be named.
    pub field: Option<String>,
    /// What is wrong and what to do.
    pub message: String,
}

impl fmt::Display for TaskProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(field) = &self.field {
            write!(f, ": field `{field}`")?;
        }
        write!(f, ": {}", self.message)
    }
}

impl TaskProblem {
    pub(super) fn new(file: &Path, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line: None, field: None, message: message.into() }
    }

    pub(super) fn at(mut self, line: usize) -> Self {
        self.line = Some(line);
        self
    }

    pub(super) fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }
}

impl Suite {
    /// Pins the suite: the first six hex digits name it in headers, all of them in `run.json`.
    pub fn lock(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        for task in &self.tasks {
            hasher.update(task.id.as_bytes());
            hasher.update(b"\0");
            hasher.update(task.hash.as_bytes());
            hasher.update(b"\n");
        }
        hasher.finalize().to_hex().to_string()
    }

    /// The task of that id.
    pub fn task(&self, id: &str) -> Option<&Task> {
        self.tasks.binary_search_by(|task| task.id.as_str().cmp(id)).ok().map(|at| &self.tasks[at])
    }
}

/// Reads a suite. What cannot be read of it is listed in [`Suite::problems`]; only a path that is nothing at all, or a
/// folder without a single task folder, is an error.
pub fn read_suite(path: &Path) -> Result<Suite, TaskProblem> {
    let name = path
        .canonicalize()
        .ok()
        .and_then(|full| full.file_stem().map(|stem| stem.to_string_lossy().into_owned()))
        .unwrap_or_else(|| "suite".to_owned());
    let metadata = std::fs::metadata(path).map_err(|error| {
        TaskProblem::new(path, format!("cannot be read: {error}; --tasks takes a folder or a JSONL file"))
    })?;
    let mut suite = Suite { name, ..Suite::default() };
    let results = if metadata.is_dir() { read_folder(path)? } else { swebench::read(path)? };
    for result in results {
        match result {
            Ok(task) => suite.tasks.push(task),
            Err(problem) => suite.problems.push(problem),
        }
    }
    suite.tasks.sort_by(|a, b| a.id.cmp(&b.id));
    let mut index = 1;
    while index < suite.tasks.len() {
        if suite.tasks[index].id == suite.tasks[index - 1].id {
            let twin = suite.tasks.remove(index);
            let message = format!(
                "the id `{}` is used twice in this suite (also {})",
                twin.id,
                suite.tasks[index - 1].origin
            );
            suite.problems.push(TaskProblem::new(Path::new(&twin.origin), message).field("id"));
        } else {
            index += 1;
        }
    }
    Ok(suite)
}

fn read_folder(path: &Path) -> Result<Vec<Result<Task, TaskProblem>>, TaskProblem> {
    if path.join("task.toml").exists() {
        return Ok(vec![kerf_toml::read(path)]);
    }
    let entries = std::fs::read_dir(path)
        .map_err(|error| TaskProblem::new(path, format!("cannot be listed: {error}")))?;
    let mut folders: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|entry| entry.join("task.toml").exists())
        .collect();
    folders.sort();
    if folders.is_empty() {
        return Err(TaskProblem::new(path, "holds no task: a task is a folder with a task.toml"));
    }
    Ok(folders.iter().map(|folder| kerf_toml::read(folder)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with one task of the given `task.toml`.
    fn suite_with(toml: &str) -> Suite {
        let folder = tempfile::tempdir().unwrap();
        let task = folder.path().join("t");
        std::fs::create_dir_all(task.join("repo")).unwrap();
        std::fs::write(task.join("task.toml"), toml).unwrap();
        read_suite(folder.path()).unwrap()
    }

    const GOOD: &str = r#"schema = "kerf/task/1"
id = "t"
language = "rust"
[repo]
source = "path:repo"
[test]
fail_to_pass = ["tests/a.rs::x"]
"#;

    #[test]
    fn defaults_come_from_the_language() {
        let suite = suite_with(GOOD);
        assert!(suite.problems.is_empty(), "{:?}", suite.problems);
        let task = suite.task("t").unwrap();
        assert_eq!(task.test.command, "cargo test --offline --no-fail-fast");
        assert_eq!(task.environment.build, ["cargo test --offline --no-fail-fast --no-run"]);
        assert_eq!(task.test.pass_to_pass, crate::task::PassToPass::Base);
        assert_eq!(suite.lock().len(), 64);
    }

    #[test]
    fn problems_name_line_field_and_what_to_do() {
        let cases = [
            (
                "fail_to_pass =",
                "fail_to_pas =",
                "task.toml:7: field `test.fail_to_pas`: is unknown; did you mean `fail_to_pass`?",
            ),
            ("[\"tests/a.rs::x\"]", "3", "task.toml:7: field `test.fail_to_pass`: must be a list of strings"),
            (
                "kerf/task/1",
                "kerf/task/9",
                "task.toml:1: field `schema`: is `kerf/task/9`; this kerf reads `kerf/task/1`",
            ),
            ("id = \"t\"\n", "", "task.toml: field `id`: is missing"),
            (
                "path:repo",
                "path:nowhere-at-all",
                "task.toml:5: field `repo.source`: names no folder `nowhere-at-all` here or in any folder above",
            ),
            ("\"rust\"", "\"rust", "task.toml:3: is no valid TOML: "),
            ("[test]", "span = 3\n[test]", "task.toml:6: field `repo.span`: is unknown"),
            (
                "[test]",
                "[test]\ntimeout = \"5\"",
                "task.toml:7: field `test.timeout`: is `5`; write 90s, 15m or 1h",
            ),
        ];
        for (from, to, expected) in cases {
            let suite = suite_with(&GOOD.replacen(from, to, 1));
            assert!(suite.tasks.is_empty(), "{to}");
            let said = suite.problems[0].to_string();
            assert!(said.contains(expected), "{said}\n  does not contain\n{expected}");
        }
    }

    #[test]
    fn a_jsonl_line_cut_in_half_costs_that_task_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("set.jsonl");
        let line = r#"{"instance_id":"o__r-1","repo":"o/r","base_commit":"abc","language":"Rust","FAIL_TO_PASS":"['a - should panic']","PASS_TO_PASS":[],"patch":"x","test_patch":"y","extra":1}"#;
        std::fs::write(&path, format!("{line}\n{}\n{{}}\n", &line[..40])).unwrap();
        let suite = read_suite(&path).unwrap();
        assert_eq!(suite.name, "set");
        assert_eq!(suite.tasks[0].test.fail_to_pass, ["a - should panic"]);
        let said: Vec<String> = suite.problems.iter().map(ToString::to_string).collect();
        assert!(
            said[0].contains("set.jsonl:2: is no JSON object") && said[0].contains("cut short"),
            "{said:?}"
        );
        assert!(said[1].contains("set.jsonl:3: field `instance_id`: is missing"), "{said:?}");
    }

    #[test]
    fn an_id_used_twice_counts_once() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a", "b"] {
            std::fs::create_dir_all(folder.path().join(name).join("repo")).unwrap();
            std::fs::write(folder.path().join(name).join("task.toml"), GOOD).unwrap();
        }
        let suite = read_suite(folder.path()).unwrap();
        assert_eq!((suite.tasks.len(), suite.problems.len()), (1, 1));
        assert!(suite.problems[0].message.contains("used twice"));
    }
}
