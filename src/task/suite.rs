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
    let metadata = std::fs::metadata(path)
        .map_err(|error| TaskProblem::new(path, format!("cannot be read: {error}; --tasks takes a folder or a JSONL file")))?;
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
            let message = format!("the id `{}` is used twice in this suite (also {})", twin.id, suite.tasks[index - 1].origin);
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
    let entries = std::fs::read_dir(path).map_err(|error| TaskProblem::new(path, format!("cannot be listed: {error}")))?;
    let mut folders: Vec<PathBuf> =
        entries.flatten().map(|entry| entry.path()).filter(|entry| entry.join("task.toml").exists()).collect();
    folders.sort();
    if folders.is_empty() {
        return Err(TaskProblem::new(path, "holds no task: a task is a folder with a task.toml"));
    }
    Ok(folders.iter().map(|folder| kerf_toml::read(folder)).collect())
}
