//! Errors of the command, and its exit codes.

use std::fmt;
use std::io;

use ledger_core::CoreError;
use ledger_import::ImportError;
use ledger_text::ParseError;

/// Why a command failed.
#[derive(Debug)]
pub enum CliError {
    /// The command line makes no sense.
    Usage(String),
    /// A file that cannot be read.
    Read {
        /// Its path.
        path: String,
        /// Why not.
        error: io::Error,
    },
    /// A journal that cannot be parsed.
    Parse {
        /// Its path.
        path: String,
        /// Why not.
        error: ParseError,
    },
    /// A statement that cannot be imported.
    Import {
        /// Its path.
        path: String,
        /// Why not.
        error: ImportError,
    },
    /// A report that cannot be made.
    Report(CoreError),
    /// Output that cannot be written.
    Output(io::Error),
}

impl CliError {
    /// Whether help would help.
    pub fn is_usage(&self) -> bool {
        matches!(self, Self::Usage(_))
    }

    /// 2 for the command line, 1 for all else.
    pub fn exit_code(&self) -> u8 {
        if self.is_usage() { 2 } else { 1 }
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(message) => f.write_str(message),
            Self::Read { path, error } => write!(f, "{path}: {error}"),
            Self::Parse { path, error } => write!(f, "{path}: {error}"),
            Self::Import { path, error } => write!(f, "{path}: {error}"),
            Self::Report(error) => error.fmt(f),
            Self::Output(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for CliError {}

impl From<CoreError> for CliError {
    fn from(error: CoreError) -> Self {
        Self::Report(error)
    }
}
