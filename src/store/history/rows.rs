//! What the history is asked.

use rusqlite::{Row, params};

use super::{History, HistoryError, MissingModel};
use crate::evaluate::record::Outcome;

/// A night of one suite.
#[derive(Debug, Clone, PartialEq)]
pub struct NightRow {
    /// Its name: the date, YYYY-MM-DD.
    pub night: String,
    /// Suite.
    pub suite: String,
    /// Run folder.
    pub folder: String,
    /// All trials have a record, and the night was reported.
    pub complete: bool,
    /// Hash over the suite's tasks.
    pub lock: String,
    /// Version of the rules that graded.
    pub rules: String,
    /// Verdict, if there is one.
    pub verdict: Option<String>,
    /// A person took it as the new level.
    pub accepted: bool,
    /// Models without predictions.
    pub missing: Vec<MissingModel>,
}

/// A trial of a night, controls left out.
#[derive(Debug, Clone, PartialEq)]
pub struct TrialRow {
    /// The night's name.
    pub night: String,
    /// Task.
    pub task: String,
    /// Hash of the task as it was then.
    pub hash: String,
    /// Model.
    pub model: String,
    /// Scaffold.
    pub scaffold: Option<String>,
    /// 0-based.
    pub sample: u32,
    /// Identity: the same prediction on the same task has the same.
    pub trial: String,
    /// Outcome.
    pub outcome: Outcome,
    /// Irrelevant edit ratio.
    pub ratio: Option<f64>,
    /// Resolved without an irrelevant unit; none where edits of a resolved trial were not measured.
    pub clean: Option<bool>,
    /// Lint clean; none where it was not measured.
    pub lint: Option<bool>,
}

impl History {
    /// Nights of all suites, by name and suite.
    pub fn nights(&self) -> Result<Vec<NightRow>, HistoryError> {
        self.collect("SELECT night, suite, folder, complete, lock, rules, verdict, accepted, id FROM night ORDER BY night, suite", |row| {
            let id: i64 = row.get(8)?;
            Ok((
                id,
                NightRow {
                    night: row.get(0)?,
                    suite: row.get(1)?,
                    folder: row.get(2)?,
                    complete: row.get(3)?,
                    lock: row.get(4)?,
                    rules: row.get(5)?,
                    verdict: row.get(6)?,
                    accepted: row.get(7)?,
                    missing: Vec::new(),
                },
            ))
        })?
        .into_iter()
        .map(|(id, mut night)| {
            night.missing = self.missing(id)?;
            Ok(night)
        })
        .collect()
    }

    fn missing(&self, night: i64) -> Result<Vec<MissingModel>, HistoryError> {
        let read = || {
            let mut statement = self
                .connection
                .prepare_cached("SELECT model, why FROM missing WHERE night_id = ?1 ORDER BY model")?;
            let rows = statement
                .query_map([night], |row| Ok(MissingModel { model: row.get(0)?, why: row.get(1)? }))?;
            rows.collect::<Result<Vec<_>, _>>()
        };
        read().map_err(|error| self.error(&error))
    }

    /// Trials of a suite's complete nights from `first` to `last`, by night, task, model and sample.
    pub fn trials(&self, suite: &str, first: &str, last: &str) -> Result<Vec<TrialRow>, HistoryError> {
        let read = || {
            let mut statement = self.connection.prepare_cached(
                "SELECT night.night, task_name.text, task.hash, model.text, scaffold.text, sample, trial.trial, outcome,
                        ratio, clean, lint
                 FROM night
                 JOIN trial ON trial.night_id = night.id
                 JOIN task ON task.night_id = night.id AND task.task_id = trial.task_id
                 JOIN name AS task_name ON task_name.id = trial.task_id
                 JOIN name AS model ON model.id = trial.model_id
                 LEFT JOIN name AS scaffold ON scaffold.id = trial.scaffold_id
                 WHERE night.suite = ?1 AND night.complete AND night.night BETWEEN ?2 AND ?3
                 ORDER BY night.night, task_name.text, model.text, scaffold.text, sample",
            )?;
            let rows = statement.query_map(params![suite, first, last], trial)?;
            rows.collect::<Result<Vec<_>, _>>()
        };
        read().map_err(|error| self.error(&error))
    }

    fn collect<T>(
        &self,
        query: &str,
        read: impl FnMut(&Row) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, HistoryError> {
        let rows = || {
            let mut statement = self.connection.prepare_cached(query)?;
            let rows = statement.query_map([], read)?;
            rows.collect::<Result<Vec<_>, _>>()
        };
        rows().map_err(|error| self.error(&error))
    }
}

fn trial(row: &Row) -> rusqlite::Result<TrialRow> {
    let word: String = row.get(7)?;
    let outcome = serde_json::from_value(serde_json::Value::String(word)).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(7, rusqlite::types::Type::Text, Box::new(error))
    })?;
    Ok(TrialRow {
        night: row.get(0)?,
        task: row.get(1)?,
        hash: row.get(2)?,
        model: row.get(3)?,
        scaffold: row.get(4)?,
        sample: row.get(5)?,
        trial: row.get(6)?,
        outcome,
        ratio: row.get(8)?,
        clean: row.get(9)?,
        lint: row.get(10)?,
    })
}
