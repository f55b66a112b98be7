//! Predictions: what models proposed, and how it is read.
//!
//! In: a file or folder in any of the known forms ([`read`]). Out: [`Prediction`]s and a list of [`Problem`]s, each
//! naming file, line and field; one bad line never costs the rest. What a prediction's text holds — a diff, or a
//! reply with edits in some form — is found by [`reply`].
//!
//! Invariant: no two predictions of one reading share task, model, scaffold and sample.

use std::path::{Path, PathBuf};

mod fields;
mod folder;
pub(crate) mod hunk_header;
mod multi_swe_bench;
mod read;
pub mod reply;
mod swe_bench;

pub use read::read;
pub use reply::{Edits, Extracted, Format};

/// What a model proposed for a task.
#[derive(Debug, Clone, PartialEq)]
pub struct Prediction {
    /// Task id.
    pub task: String,
    /// Model; where a file does not name it, the file's name without extension.
    pub model: String,
    /// The agent around the model, only where stated.
    pub scaffold: Option<String>,
    /// 0-based.
    pub sample: u32,
    /// What was proposed.
    pub body: Body,
    /// What it cost, as stated.
    pub cost: Cost,
    /// File, and line where it has lines, that it was read from.
    pub origin: String,
}

/// What was proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Meant as a unified diff; empty where nothing was proposed.
    Patch(String),
    /// A model's answer, from which edits are read.
    Reply(String),
}

/// What a prediction cost, as stated in it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cost {
    /// US dollars, at least 0.
    pub usd: Option<f64>,
    /// Tokens read.
    pub prompt_tokens: Option<u64>,
    /// Tokens written.
    pub completion_tokens: Option<u64>,
    /// Seconds, at least 0.
    pub latency_s: Option<f64>,
    /// Steps of the agent.
    pub steps: Option<u64>,
}

impl Prediction {
    /// Hash of the body: the first 16 hex digits of its BLAKE3. A patch and a reply of the same text differ.
    pub fn hash(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        let (kind, text) = match &self.body {
            Body::Patch(text) => ("patch", text),
            Body::Reply(text) => ("reply", text),
        };
        hasher.update(kind.as_bytes()).update(&[0]).update(text.as_bytes());
        hasher.finalize().to_hex()[..16].to_owned()
    }

    /// The edits that the body holds. An empty patch is an empty unified diff.
    ///
    /// # Errors
    /// [`reply::Malformed`] if the text holds edits in no known form.
    pub fn extract(&self) -> Result<Extracted, reply::Malformed> {
        match &self.body {
            Body::Patch(text) => reply::from_patch(text),
            Body::Reply(text) => reply::from_reply(text),
        }
    }
}

/// What a file or folder of predictions holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReadPredictions {
    /// In the order of the files.
    pub predictions: Vec<Prediction>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// Something in a file of predictions that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}:{line}:{} {message}", file.display(), field.as_ref().map(|field| format!(" `{field}`:")).unwrap_or_default())]
pub struct Problem {
    /// File.
    pub file: PathBuf,
    /// 1-based line; in a list or map the 1-based entry.
    pub line: usize,
    /// Field, where one is to blame.
    pub field: Option<String>,
    /// What is wrong, and what to do.
    pub message: String,
}

/// Why nothing could be read at all.
#[derive(Debug, thiserror::Error)]
pub enum PredictionError {
    /// The file or folder cannot be opened or read.
    #[error("{}: {source}", path.display())]
    Io {
        /// File or folder.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The file is one JSON value, and it is broken.
    #[error("{}:{line}:{column}: not JSON: {why}", path.display())]
    Json {
        /// File.
        path: PathBuf,
        /// 1-based.
        line: usize,
        /// 1-based.
        column: usize,
        /// The parser's reason.
        why: String,
    },
}

impl PredictionError {
    fn io(path: &Path, source: std::io::Error) -> Self {
        Self::Io { path: path.to_owned(), source }
    }
}
