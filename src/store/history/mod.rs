//! The history of nights: SQLite beside the nights' folders.
//!
//! In: finished nights with their records. Out: outcomes by night, task and model, for trends. The folders are the truth
//! and this is their index: whatever is lost or damaged is made anew from them ([`rebuild`](History::rebuild)).
//!
//! Invariants: a night is in it whole or not at all; readers are never kept waiting by a writer (write-ahead log); a file
//! of a newer schema is refused, one of an older schema brought up to date in one transaction.

mod fill;
mod night;
mod open;
mod rows;

use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode};

pub use fill::{Filled, trial_rows};
pub use night::{MissingModel, NIGHT_SCHEMA, NightFile, NightSuite, night_folders, sweep};
pub use open::{Opened, RETRY, set_aside};
pub use rows::{NightRow, TrialRow};

/// Why the history cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// Another program holds it.
    #[error("{0} is locked by another program")]
    Locked(PathBuf),
    /// It is no database, or its content contradicts itself.
    #[error("{path} is damaged: {detail}")]
    Damaged {
        /// Where.
        path: PathBuf,
        /// What is wrong.
        detail: String,
    },
    /// A newer kerf wrote it.
    #[error(
        "{path} was written by a newer kerf (schema {found}, this one knows {known}); use that one, or move it away"
    )]
    Newer {
        /// Where.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The newest that is known.
        known: i64,
    },
    /// Anything else: a full disk, no permission.
    #[error("{path}: {detail}")]
    Failed {
        /// Where.
        path: PathBuf,
        /// What.
        detail: String,
    },
}

/// An open history.
#[derive(Debug)]
pub struct History {
    connection: Connection,
    path: PathBuf,
}

impl History {
    /// Turns an error of SQLite into what can be done about it.
    fn error(&self, error: &rusqlite::Error) -> HistoryError {
        classify(&self.path, error)
    }

    /// Copies the whole history, as it is at this moment, into a new file. Others may read and write meanwhile.
    ///
    /// # Errors
    /// The file is there already, or cannot be written.
    pub fn backup(&self, to: &Path) -> Result<(), HistoryError> {
        if to.exists() {
            return Err(HistoryError::Failed { path: to.to_owned(), detail: "is there already".to_owned() });
        }
        let name = to.to_string_lossy();
        self.connection.execute("VACUUM INTO ?1", [&name]).map_err(|error| classify(to, &error))?;
        Ok(())
    }

    /// Whether SQLite finds its own structure, keys and references whole.
    pub fn check(&self) -> Result<(), HistoryError> {
        let said: String = self
            .connection
            .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
            .map_err(|error| self.error(&error))?;
        if said != "ok" {
            return Err(HistoryError::Damaged { path: self.path.clone(), detail: said });
        }
        let orphans: bool = self
            .connection
            .prepare("PRAGMA foreign_key_check")
            .and_then(|mut statement| statement.exists([]))
            .map_err(|error| self.error(&error))?;
        if orphans {
            let detail = "rows belong to no night".to_owned();
            return Err(HistoryError::Damaged { path: self.path.clone(), detail });
        }
        Ok(())
    }
}

fn classify(path: &Path, error: &rusqlite::Error) -> HistoryError {
    let path = path.to_owned();
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => HistoryError::Locked(path),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            HistoryError::Damaged { path, detail: error.to_string() }
        }
        _ => match error {
            // A column that is not what its table says, or a table that is not there: not what kerf wrote.
            rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..) => {
                HistoryError::Damaged { path, detail: error.to_string() }
            }
            rusqlite::Error::SqliteFailure(_, Some(message)) if message.starts_with("no such ") => {
                HistoryError::Damaged { path, detail: message.clone() }
            }
            _ => HistoryError::Failed { path, detail: error.to_string() },
        },
    }
}

#[cfg(test)]
mod tests;
