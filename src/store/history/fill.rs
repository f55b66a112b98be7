//! Filling the history from nights' folders.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::{OptionalExtension, Transaction, TransactionBehavior, params};

use super::{History, HistoryError, NightFile, NightSuite, TrialRow, classify, night_folders};
use crate::evaluate::record::{LintStatus, Outcome};
use crate::evaluate::{EMPTY, GOLD, Measure, Record};
use crate::store::{Run, RunInfo, read_run};

/// What a filling did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filled {
    /// Nights of a suite that were put in, or put in anew.
    pub put: usize,
    /// Runs that could not be read, with the reason.
    pub problems: Vec<String>,
}

impl History {
    /// Puts in what the folders below `root` have and the history does not, and takes out what they no longer have.
    /// After an interruption, or with a history that was not to be had some nights, this makes up for it.
    pub fn fill(&mut self, root: &Path) -> Result<Filled, HistoryError> {
        let mut filled = Filled::default();
        let mut there = Vec::new();
        for (folder, night) in night_folders(root) {
            for suite in &night.suites {
                there.push((night.night.clone(), suite.suite.clone()));
                let run = folder.join(&suite.folder);
                let stamp = stamp(&run, &night, suite);
                if self.stamp_of(&night.night, &suite.suite)?.as_deref() == Some(stamp.as_str()) {
                    continue;
                }
                let read = match read_run(&run) {
                    Ok(read) => Some(read),
                    // A night that was cut off before its first record has nothing yet.
                    Err(_) if !night.finished => None,
                    Err(error) => {
                        filled.problems.push(error.to_string());
                        None
                    }
                };
                self.put(&run, &night, suite, &stamp, read.as_ref())?;
                filled.put += 1;
            }
        }
        self.keep_only(&there)?;
        Ok(filled)
    }

    /// Empties the history and fills it from the folders below `root`.
    pub fn rebuild(&mut self, root: &Path) -> Result<Filled, HistoryError> {
        self.keep_only(&[])?;
        self.fill(root)
    }

    fn stamp_of(&self, night: &str, suite: &str) -> Result<Option<String>, HistoryError> {
        self.connection
            .query_row("SELECT stamp FROM night WHERE night = ?1 AND suite = ?2", [night, suite], |row| {
                row.get(0)
            })
            .optional()
            .map_err(|error| self.error(&error))
    }

    fn keep_only(&mut self, there: &[(String, String)]) -> Result<(), HistoryError> {
        let known = self.nights()?;
        let gone: Vec<_> = known
            .iter()
            .filter(|row| !there.iter().any(|(night, suite)| *night == row.night && *suite == row.suite))
            .collect();
        if gone.is_empty() {
            return Ok(());
        }
        let path = self.path.clone();
        let found = |error: rusqlite::Error| classify(&path, &error);
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(found)?;
        for row in gone {
            transaction
                .execute("DELETE FROM night WHERE night = ?1 AND suite = ?2", [&row.night, &row.suite])
                .map_err(found)?;
        }
        transaction.commit().map_err(found)
    }

    fn put(
        &mut self,
        folder: &Path,
        night: &NightFile,
        suite: &NightSuite,
        stamp: &str,
        run: Option<&Run>,
    ) -> Result<(), HistoryError> {
        let path = self.path.clone();
        let found = |error: rusqlite::Error| classify(&path, &error);
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(found)?;
        put(&transaction, folder, night, suite, stamp, run).map_err(found)?;
        transaction.commit().map_err(found)
    }
}

/// Changes where what the history holds of a night's suite would change.
fn stamp(run: &Path, night: &NightFile, suite: &NightSuite) -> String {
    let length = std::fs::metadata(run.join("records.jsonl")).map_or(0, |meta| meta.len());
    let parts = (night.finished, &night.verdict, night.accepted, suite, length, run);
    blake3::hash(format!("{parts:?}").as_bytes()).to_hex()[..32].to_owned()
}

fn put(
    transaction: &Transaction,
    folder: &Path,
    night: &NightFile,
    suite: &NightSuite,
    stamp: &str,
    run: Option<&Run>,
) -> rusqlite::Result<()> {
    transaction.execute("DELETE FROM night WHERE night = ?1 AND suite = ?2", [&night.night, &suite.suite])?;
    let info = run.and_then(|run| run.info.as_ref());
    transaction.execute(
        "INSERT INTO night (night, suite, folder, stamp, complete, lock, rules, verdict, accepted)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            night.night,
            suite.suite,
            folder.to_string_lossy(),
            stamp,
            night.finished && info.is_some_and(|info| info.complete),
            info.map_or("", |info| &info.lock),
            info.map_or("", |info| &info.rules),
            suite.verdict,
            night.accepted,
        ],
    )?;
    let id = transaction.last_insert_rowid();
    for missing in &suite.missing {
        transaction.execute(
            "INSERT OR REPLACE INTO missing VALUES (?1, ?2, ?3)",
            params![id, missing.model, missing.why],
        )?;
    }
    let (Some(run), Some(info)) = (run, info) else { return Ok(()) };
    let mut names = Names { transaction, known: BTreeMap::new() };
    for task in &info.tasks {
        let name = names.id(&task.id)?;
        transaction
            .execute("INSERT OR REPLACE INTO task VALUES (?1, ?2, ?3)", params![id, name, task.hash])?;
    }
    for row in trial_rows(&night.night, info, &run.records) {
        put_trial(transaction, &mut names, id, &row)?;
    }
    Ok(())
}

/// A run's records as the history keeps them: controls left out, and what belongs to no task of the run.
pub fn trial_rows(night: &str, info: &RunInfo, records: &[Record]) -> Vec<TrialRow> {
    let hashes: BTreeMap<&str, &str> =
        info.tasks.iter().map(|task| (task.id.as_str(), task.hash.as_str())).collect();
    let row = |record: &Record| {
        let resolved = record.outcome == Outcome::Resolved;
        Some(TrialRow {
            night: night.to_owned(),
            task: record.task.clone(),
            hash: (*hashes.get(record.task.as_str())?).to_owned(),
            model: record.model.clone(),
            scaffold: record.scaffold.clone(),
            sample: record.sample,
            trial: record.trial.clone(),
            outcome: record.outcome,
            ratio: record.edits.as_ref().and_then(|edits| edits.irrelevant_edit_ratio),
            clean: match &record.edits {
                Some(edits) => Some(resolved && edits.irrelevant_units == 0),
                // Without edits of a resolved trial, or where nobody measured any, nothing is known of it.
                None if resolved || !info.options.takes(Measure::Edits) => None,
                None => Some(false),
            },
            lint: record.lint.as_ref().and_then(|lint| match lint.status {
                LintStatus::Clean => Some(true),
                LintStatus::Findings | LintStatus::BuildFailed => Some(false),
                LintStatus::Invalid | LintStatus::NoLinter => None,
            }),
        })
    };
    records.iter().filter(|record| record.model != GOLD && record.model != EMPTY).filter_map(row).collect()
}

fn put_trial(
    transaction: &Transaction,
    names: &mut Names,
    night: i64,
    row: &TrialRow,
) -> rusqlite::Result<()> {
    let outcome = serde_json::to_value(row.outcome).ok();
    let (task, model) = (names.id(&row.task)?, names.id(&row.model)?);
    // 0 is no name's number: NULL in a key would not be compared.
    let scaffold = row.scaffold.as_ref().map_or(Ok(0), |scaffold| names.id(scaffold))?;
    transaction
        .prepare_cached("INSERT OR REPLACE INTO trial VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")?
        .execute(params![
            night,
            task,
            model,
            scaffold,
            row.sample,
            row.trial,
            outcome.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default(),
            row.ratio,
            row.clean,
            row.lint,
        ])?;
    Ok(())
}

/// Numbers of names.
struct Names<'a> {
    transaction: &'a Transaction<'a>,
    known: BTreeMap<String, i64>,
}

impl Names<'_> {
    fn id(&mut self, text: &str) -> rusqlite::Result<i64> {
        if let Some(id) = self.known.get(text) {
            return Ok(*id);
        }
        self.transaction.execute("INSERT OR IGNORE INTO name (text) VALUES (?1)", [text])?;
        let id =
            self.transaction.query_row("SELECT id FROM name WHERE text = ?1", [text], |row| row.get(0))?;
        self.known.insert(text.to_owned(), id);
        Ok(id)
    }
}
