//! The verdicts of the two public harnesses, their mistakes included.
//!
//! In: the bytes of a log and what the task says (parser or repository, lists of tests). Out: what the Python packages
//! `swebench` 5.0.2 and `multi-swe-bench` 1.1.2 would report, and for every test the line of the log that it rests on.
//! Old results can so be reproduced, and `kerf grade --explain` can show where the rule sets differ. Both read text
//! with Python's rules, which `text` and `pattern` keep.
//!
//! ```text
//! bytes --Text::read--> text --parser by name--> statuses --lists--> report      (swebench)
//! bytes --Text::read--> text --family of the repository--> sets --check--> report (multi_swe_bench)
//! ```
//!
//! Invariant: nothing here is kerf's opinion. Where Python would raise an exception the result says [`Raised`].

pub mod multi_swe_bench;
pub(crate) mod pattern;
pub mod swebench;
pub(crate) mod text;

use serde::{Deserialize, Serialize};

/// An exception that the Python package would have raised: its harness counts the instance among its errors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{kind}: {message}")]
pub struct Raised {
    /// Class of the exception (`UnicodeDecodeError`, `ValueError`).
    pub kind: String,
    /// What is wrong, in kerf's words.
    pub message: String,
}

impl Raised {
    fn new(kind: &str, message: impl Into<String>) -> Self {
        Self { kind: kind.to_owned(), message: message.into() }
    }
}
