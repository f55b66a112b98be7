//! A light entry of a suite: what is needed to plan and to list, and where the whole task stands.
//!
//! Fifty thousand instances make a gigabyte; their entries make a few tens of megabytes. A task is read once when the
//! suite is (so that what is wrong with it is known before anything runs), and again when it is wanted.

use std::path::PathBuf;
use std::sync::Arc;

use super::file::DataFile;
use super::object::Object;
use super::pieces::{Content, Piece};
use super::{PassToPass, Profiles, Source, Span, Task, TaskProblem, form, kerf_toml};

/// A task of a suite, unread.
#[derive(Debug, Clone)]
pub struct TaskEntry {
    /// Unique in its suite.
    pub id: String,
    /// Language by name, lower case.
    pub language: String,
    /// Version of the language's tools, if the task or its profile wants one.
    pub toolchain: Option<String>,
    /// The maker's label.
    pub span: Option<Span>,
    /// Repository.
    pub source: Source,
    /// Whether there is a reference fix.
    pub has_gold: bool,
    /// Number of fail-to-pass tests.
    pub fail_to_pass: usize,
    /// Number of pass-to-pass tests; none where they are found at base.
    pub pass_to_pass: Option<usize>,
    /// As [`Task::hash`].
    pub hash: String,
    place: Place,
    profiles: Arc<Profiles>,
}

/// Where a task stands.
#[derive(Debug, Clone)]
enum Place {
    /// A folder with a `task.toml`.
    Folder(PathBuf),
    /// A piece of a file.
    Piece { file: Arc<DataFile>, line: usize, offset: u64, length: usize, key: Option<String> },
}

impl TaskEntry {
    /// Reads a task folder.
    pub(super) fn of_folder(folder: PathBuf, profiles: &Arc<Profiles>) -> Result<Self, TaskProblem> {
        let task = kerf_toml::read(&folder, profiles)?;
        Ok(Self::new(task, Place::Folder(folder), profiles))
    }

    /// Reads a piece of a file.
    pub(super) fn of_piece(
        file: &Arc<DataFile>,
        piece: Piece,
        profiles: &Arc<Profiles>,
    ) -> Result<Self, TaskProblem> {
        let task = task(file, &piece.content, piece.line, piece.key.as_deref(), profiles)?;
        let length = piece.len();
        let Piece { line, offset, key, .. } = piece;
        Ok(Self::new(task, Place::Piece { file: Arc::clone(file), line, offset, length, key }, profiles))
    }

    fn new(task: Task, place: Place, profiles: &Arc<Profiles>) -> Self {
        Self {
            has_gold: task.gold.is_some(),
            fail_to_pass: task.test.fail_to_pass.len(),
            pass_to_pass: match &task.test.pass_to_pass {
                PassToPass::List(list) => Some(list.len()),
                PassToPass::Base => None,
            },
            id: task.id,
            language: task.language,
            toolchain: task.environment.toolchain,
            span: task.span,
            source: task.source,
            hash: task.hash,
            place,
            profiles: Arc::clone(profiles),
        }
    }

    /// The whole task, read now. Blocking.
    ///
    /// # Errors
    /// Its file is gone, or is no longer what it was when the suite was read.
    pub fn load(&self) -> Result<Task, TaskProblem> {
        let task = match &self.place {
            Place::Folder(folder) => kerf_toml::read(folder, &self.profiles)?,
            Place::Piece { file, line, offset, length, key } => {
                let content = file.again(*offset, *length).map_err(|error| {
                    TaskProblem::new(&file.shown, format!("cannot be read again: {error}")).at(*line)
                })?;
                task(file, &content, *line, key.as_deref(), &self.profiles)?
            }
        };
        if task.hash == self.hash && task.id == self.id {
            Ok(task)
        } else {
            Err(self.problem(format!("`{}` has changed since the suite was read", self.id)))
        }
    }

    /// File (and line) it was read from.
    pub fn origin(&self) -> String {
        match &self.place {
            Place::Folder(folder) => folder.join("task.toml").display().to_string(),
            Place::Piece { file, line, .. } => format!("{}:{line}", file.shown.display()),
        }
    }

    /// A problem of this task, at its place.
    pub(super) fn problem(&self, message: String) -> TaskProblem {
        match &self.place {
            Place::Folder(folder) => TaskProblem::new(&folder.join("task.toml"), message),
            Place::Piece { file, line, .. } => TaskProblem::new(&file.shown, message).at(*line),
        }
    }
}

/// The task of a piece.
fn task(
    file: &DataFile,
    content: &Content,
    line: usize,
    key: Option<&str>,
    profiles: &Profiles,
) -> Result<Task, TaskProblem> {
    let fields = file.fields(content).map_err(|message| TaskProblem::new(&file.shown, message).at(line))?;
    let object = Object { fields: &fields, file: &file.shown, line, key };
    let mut draft = form::read(&object)?;
    draft.task.hash = match content {
        Content::Json(bytes) => blake3::hash(bytes).to_hex().to_string(),
        Content::Record(record) => {
            let mut hasher = blake3::Hasher::new();
            for field in record {
                hasher.update(&(field.len() as u64).to_le_bytes());
                hasher.update(field);
            }
            hasher.finalize().to_hex().to_string()
        }
    };
    Ok(draft.fill(profiles))
}
