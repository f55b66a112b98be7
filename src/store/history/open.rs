//! Opening a history: its schema brought up to date, damage found and set aside.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::{History, HistoryError, classify};

/// How long a writer waits for another.
pub const RETRY: Duration = Duration::from_secs(5);

/// Schemas, oldest first: each brings a file from the one before to its own number (`user_version`, from 1).
const MIGRATIONS: &[&str] = &[
    "CREATE TABLE night (
        id INTEGER PRIMARY KEY, night TEXT NOT NULL, suite TEXT NOT NULL, folder TEXT NOT NULL, stamp TEXT NOT NULL,
        complete INTEGER NOT NULL, lock TEXT NOT NULL, rules TEXT NOT NULL, verdict TEXT, accepted INTEGER NOT NULL,
        UNIQUE (night, suite));
     CREATE TABLE missing (
        night_id INTEGER NOT NULL REFERENCES night (id) ON DELETE CASCADE, model TEXT NOT NULL, why TEXT NOT NULL,
        PRIMARY KEY (night_id, model)) WITHOUT ROWID;
     CREATE TABLE name (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
     CREATE TABLE task (
        night_id INTEGER NOT NULL REFERENCES night (id) ON DELETE CASCADE,
        task_id INTEGER NOT NULL REFERENCES name (id), hash TEXT NOT NULL,
        PRIMARY KEY (night_id, task_id)) WITHOUT ROWID;
     CREATE TABLE trial (
        night_id INTEGER NOT NULL REFERENCES night (id) ON DELETE CASCADE,
        task_id INTEGER NOT NULL REFERENCES name (id), model_id INTEGER NOT NULL REFERENCES name (id),
        scaffold_id INTEGER NOT NULL, sample INTEGER NOT NULL, trial TEXT NOT NULL, outcome TEXT NOT NULL,
        ratio REAL, clean INTEGER, lint INTEGER,
        PRIMARY KEY (night_id, task_id, model_id, scaffold_id, sample)) WITHOUT ROWID;",
    // Trends of one model do not read the others' rows.
    "CREATE INDEX trial_by_model ON trial (model_id, night_id);",
];

/// A history, and what had to be done to have it.
#[derive(Debug)]
pub struct Opened {
    /// The history.
    pub history: History,
    /// Where a damaged one was set aside, and what was wrong with it: this one is empty.
    pub set_aside: Option<(PathBuf, String)>,
}

impl History {
    /// Opens or makes the history, and checks it. A damaged one is set aside under another name and a new one begun.
    pub fn open(path: &Path, wait: Duration) -> Result<Opened, HistoryError> {
        match Self::open_whole(path, wait) {
            Ok(history) => Ok(Opened { history, set_aside: None }),
            Err(HistoryError::Damaged { detail, .. }) => {
                let aside = set_aside(path).map_err(|error| HistoryError::Failed {
                    path: path.to_owned(),
                    detail: error.to_string(),
                })?;
                Ok(Opened { history: Self::open_whole(path, wait)?, set_aside: Some((aside, detail)) })
            }
            Err(other) => Err(other),
        }
    }

    /// A history that lasts as long as this process.
    pub fn in_memory() -> Result<Self, HistoryError> {
        let path = PathBuf::from("history in memory");
        let connection = Connection::open_in_memory().map_err(|error| classify(&path, &error))?;
        Self::prepared(connection, path)
    }

    /// Opens a history for reading only; nothing is made, mended or brought up to date.
    pub fn open_to_read(path: &Path, wait: Duration) -> Result<Self, HistoryError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let found = |error: rusqlite::Error| classify(path, &error);
        let connection = Connection::open_with_flags(path, flags).map_err(found)?;
        connection.busy_timeout(wait).map_err(found)?;
        Ok(Self { connection, path: path.to_owned() })
    }

    fn open_whole(path: &Path, wait: Duration) -> Result<Self, HistoryError> {
        let found = |error: rusqlite::Error| classify(path, &error);
        let connection = Connection::open(path).map_err(found)?;
        connection.busy_timeout(wait).map_err(found)?;
        // Where the file system cannot share memory SQLite keeps its older journal: as safe, only less concurrent.
        connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(())).map_err(found)?;
        let history = Self::prepared(connection, path.to_owned())?;
        history.check()?;
        Ok(history)
    }

    fn prepared(mut connection: Connection, path: PathBuf) -> Result<Self, HistoryError> {
        connection.pragma_update(None, "foreign_keys", true).map_err(|error| classify(&path, &error))?;
        migrate(&mut connection, &path, MIGRATIONS)?;
        Ok(Self { connection, path })
    }

    /// The newest schema.
    #[cfg(test)]
    pub(super) fn newest() -> i64 {
        i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
    }
}

/// Brings a file to the newest schema, all steps or none.
pub(super) fn migrate(connection: &mut Connection, path: &Path, steps: &[&str]) -> Result<(), HistoryError> {
    let found = |error: rusqlite::Error| classify(path, &error);
    let version = |connection: &Connection| -> Result<i64, HistoryError> {
        connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(found)
    };
    let known = i64::try_from(steps.len()).unwrap_or(i64::MAX);
    let newer = |found| HistoryError::Newer { path: path.to_owned(), found, known };
    match version(connection)? {
        now if now == known => return Ok(()),
        now if now > known || now < 0 => return Err(newer(now)),
        _ => {}
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(found)?;
    // Another kerf may have been faster.
    let now = version(&transaction)?;
    if now > known {
        return Err(newer(now));
    }
    for step in &steps[now as usize..] {
        transaction.execute_batch(step).map_err(found)?;
    }
    transaction.pragma_update(None, "user_version", known).map_err(found)?;
    transaction.commit().map_err(found)
}

/// Moves a database and its logs out of the way, and says where to.
pub fn set_aside(path: &Path) -> std::io::Result<PathBuf> {
    let with = |base: &Path, ending: &str| {
        let mut name = base.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    };
    let free =
        (1..10_000).map(|number| with(path, &format!(".damaged-{number}"))).find(|path| !path.exists());
    let aside = free.unwrap_or_else(|| with(path, ".damaged"));
    std::fs::rename(path, &aside)?;
    for ending in ["-wal", "-shm"] {
        match std::fs::rename(with(path, ending), with(&aside, ending)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(aside)
}
