//! A suite: a folder of task folders, one task folder, or a file of a public data set.
//!
//! Files are read in batches, each parsed over all cores and let go: memory holds one batch and the entries.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::file::DataFile;
use super::pieces::Piece;
use super::{Profiles, TaskEntry, form, multi_swe_bench, profile};

/// Bytes and instances of a batch: either limit ends it.
const BATCH: (usize, usize) = (16 << 20, 4096);

/// Tasks that belong together.
#[derive(Debug, Clone, Default)]
pub struct Suite {
    /// The name of its folder or file, without ending.
    pub name: String,
    /// Tasks by id, unread: [`TaskEntry::load`] reads one.
    pub tasks: Vec<TaskEntry>,
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

    /// The task of that id. `org/repo:pr-N` and `org__repo-N` are the same where only one of them is in the suite.
    pub fn task(&self, id: &str) -> Option<&TaskEntry> {
        let exact = |id: &str| {
            self.tasks
                .binary_search_by(|task| task.id.as_str().cmp(id))
                .ok()
                .and_then(|at| self.tasks.get(at))
        };
        exact(id).or_else(|| exact(&multi_swe_bench::alias(id)?))
    }
}

/// As [`read_suite_with`], without profiles of the caller's.
pub fn read_suite(path: &Path) -> Result<Suite, TaskProblem> {
    read_suite_with(path, &[])
}

/// Reads a suite. What its tasks leave out is filled by kerf's own profiles, those of a `profiles.toml` in the suite's
/// folder, and those of the given files, later ones winning. What cannot be read of the suite is listed in
/// [`Suite::problems`].
///
/// # Errors
/// A path that is nothing at all, a folder without a single task folder, a file in no known form, and a file of profiles
/// that cannot be read.
pub fn read_suite_with(path: &Path, profiles: &[PathBuf]) -> Result<Suite, TaskProblem> {
    let metadata = std::fs::metadata(path).map_err(|error| {
        let message = format!("cannot be read: {error}; --tasks takes a folder, or a file of a data set");
        TaskProblem::new(path, message)
    })?;
    let mut files = Vec::new();
    let folder = if metadata.is_dir() { Some(path) } else { path.parent() };
    let beside = folder.map(|folder| folder.join(profile::FILE_NAME)).filter(|file| file.is_file());
    files.extend(beside);
    files.extend_from_slice(profiles);
    let profiles = Arc::new(Profiles::with_files(&files)?);

    let mut suite = Suite { name: name(path), ..Suite::default() };
    if metadata.is_dir() {
        for folder in task_folders(path)? {
            suite.add(TaskEntry::of_folder(folder, &profiles));
        }
    } else {
        let file = Arc::new(DataFile::open(path)?);
        suite.add_file(&file, &profiles)?;
        if suite.tasks.is_empty() && !holds_instances(&file) {
            return Err(file.unknown());
        }
    }
    suite.tasks.sort_by(|a, b| a.id.cmp(&b.id));
    suite.part_twins();
    Ok(suite)
}

impl Suite {
    /// Adds another suite's tasks and problems; of two tasks with one id the one that is here stays.
    pub fn join(&mut self, other: Self) {
        self.tasks.extend(other.tasks);
        self.problems.extend(other.problems);
        self.tasks.sort_by(|a, b| a.id.cmp(&b.id));
        self.part_twins();
    }

    fn add(&mut self, read: Result<TaskEntry, TaskProblem>) {
        match read {
            Ok(task) => self.tasks.push(task),
            Err(problem) => self.problems.push(problem),
        }
    }

    fn add_file(&mut self, file: &Arc<DataFile>, profiles: &Arc<Profiles>) -> Result<(), TaskProblem> {
        let mut pieces = file
            .pieces()
            .map_err(|error| TaskProblem::new(&file.shown, format!("cannot be read: {error}")))?;
        loop {
            let (mut size, mut batch) = (0, Vec::new());
            while size < BATCH.0 && batch.len() < BATCH.1 {
                let Some(piece) = pieces.next() else { break };
                size += piece.as_ref().map_or(0, Piece::len);
                batch.push(piece);
            }
            if batch.is_empty() {
                return Ok(());
            }
            let read: Vec<_> = batch
                .into_par_iter()
                .map(|piece| match piece {
                    Ok(piece) => TaskEntry::of_piece(file, piece, profiles),
                    Err(fault) => Err(TaskProblem::new(&file.shown, fault.message).at(fault.line)),
                })
                .collect();
            for one in read {
                self.add(one);
            }
        }
    }

    /// Of tasks with one id the first stays.
    fn part_twins(&mut self) {
        let mut kept: Vec<TaskEntry> = Vec::with_capacity(self.tasks.len());
        for task in std::mem::take(&mut self.tasks) {
            match kept.last().filter(|last| last.id == task.id) {
                None => kept.push(task),
                Some(first) => {
                    let (id, other) = (&task.id, first.origin());
                    let message = format!("the id `{id}` is used twice in this suite (also {other})");
                    self.problems.push(task.problem(message).field("id"));
                }
            }
        }
        self.tasks = kept;
    }
}

/// The name of a folder or file, without endings.
fn name(path: &Path) -> String {
    let full = path.canonicalize().ok();
    let mut name = full
        .as_ref()
        .and_then(|full| full.file_stem())
        .map_or_else(|| "suite".to_owned(), |stem| stem.to_string_lossy().into_owned());
    for ending in [".jsonl", ".ndjson", ".json", ".csv"] {
        // `set.jsonl.zst` is `set`.
        if let Some(short) = name.strip_suffix(ending).filter(|short| !short.is_empty()) {
            name = short.to_owned();
        }
    }
    name
}

/// Whether a file of which nothing could be read is one of instances at all.
fn holds_instances(file: &DataFile) -> bool {
    let Ok(pieces) = file.pieces() else { return true };
    let mut objects = 0;
    for piece in pieces.take(100).flatten() {
        if let Ok(fields) = file.fields(&piece.content) {
            objects += 1;
            if form::is_instance(&fields) {
                return true;
            }
        }
    }
    objects == 0
}

fn task_folders(path: &Path) -> Result<Vec<PathBuf>, TaskProblem> {
    if path.join("task.toml").exists() {
        return Ok(vec![path.to_owned()]);
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
    Ok(folders)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with one task of the given `task.toml`.
    fn suite_with(toml: &str) -> Suite {
        let folder = tempfile::tempdir().unwrap();
        suite_in(folder.path(), toml)
    }

    fn suite_in(folder: &Path, toml: &str) -> Suite {
        let task = folder.join("t");
        std::fs::create_dir_all(task.join("repo")).unwrap();
        std::fs::write(task.join("task.toml"), toml).unwrap();
        read_suite(folder).unwrap()
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
        let folder = tempfile::tempdir().unwrap();
        let suite = suite_in(folder.path(), GOOD);
        assert!(suite.problems.is_empty(), "{:?}", suite.problems);
        let task = suite.task("t").unwrap().load().unwrap();
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
        assert_eq!(suite.tasks[0].load().unwrap().test.fail_to_pass, ["a - should panic"]);
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
