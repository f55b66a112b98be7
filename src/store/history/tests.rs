//! The history on real files.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use serde_json::json;

use super::open::migrate;
use super::*;
use crate::evaluate::record::Outcome;

const WAIT: Duration = Duration::from_millis(50);

struct Nights {
    folder: tempfile::TempDir,
}

impl Nights {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn root(&self) -> &Path {
        self.folder.path()
    }

    fn database(&self) -> PathBuf {
        self.root().join("history.sqlite")
    }

    /// A night with one model's outcomes on tasks t0, t1, ….
    fn night(&self, name: &str, outcomes: &[&str], finished: bool) {
        let folder = self.root().join(name);
        std::fs::create_dir_all(folder.join("s")).unwrap();
        let tasks: Vec<_> =
            (0..outcomes.len()).map(|at| json!({"id": format!("t{at}"), "hash": format!("h{at}")})).collect();
        let info = json!({
            "schema": "kerf/run/1", "kerf": "0", "rules": "r", "suite": "s", "lock": "l", "tasks": tasks,
            "trials": outcomes.len(), "plan": "p", "options": {"measures": ["pass"], "seed": 0, "timeout_s": null},
            "toolchains": {}, "sandbox": "namespaces", "problems": [], "complete": finished,
        });
        std::fs::write(folder.join("s/run.json"), info.to_string()).unwrap();
        let lines: Vec<String> = outcomes
            .iter()
            .enumerate()
            .map(|(at, outcome)| {
                json!({
                    "schema": "kerf/record/1", "trial": format!("x{at}"), "task": format!("t{at}"),
                    "language": "rust", "tier": 1, "model": "m", "sample": 0, "outcome": outcome, "cost": {},
                })
                .to_string()
                    + "\n"
            })
            .collect();
        std::fs::write(folder.join("s/records.jsonl"), lines.concat()).unwrap();
        let missing = vec![MissingModel { model: "other".to_owned(), why: "no file".to_owned() }];
        NightFile {
            schema: NIGHT_SCHEMA.to_owned(),
            night: name.to_owned(),
            began: 0,
            finished,
            notified: false,
            verdict: None,
            accepted: false,
            suites: vec![NightSuite { suite: "s".into(), folder: "s".into(), verdict: None, missing }],
        }
        .write(&folder)
        .unwrap();
    }

    fn open(&self) -> Opened {
        History::open(&self.database(), WAIT).unwrap()
    }
}

#[test]
fn what_is_put_in_comes_out_and_only_changes_are_put_in_again() {
    let nights = Nights::new();
    nights.night("2026-11-01", &["resolved", "unresolved"], true);
    nights.night("2026-11-02", &["resolved"], false);
    let mut history = nights.open().history;
    assert_eq!(history.fill(nights.root()).unwrap(), Filled { put: 2, problems: vec![] });
    assert_eq!(history.fill(nights.root()).unwrap().put, 0);
    let rows = history.nights().unwrap();
    assert_eq!(rows.iter().map(|row| row.complete).collect::<Vec<_>>(), [true, false]);
    assert_eq!(rows[0].missing[0].model, "other");
    let trials = history.trials("s", "2026-11-01", "2026-11-30").unwrap();
    assert_eq!(trials.len(), 2, "half a night has no say");
    assert_eq!(
        (trials[1].outcome, trials[1].hash.as_str(), trials[1].clean),
        (Outcome::Unresolved, "h1", None)
    );
    assert_eq!((trials[0].clean, trials[0].lint), (None, None), "not measured");

    nights.night("2026-11-02", &["resolved", "unresolved", "resolved"], true);
    assert_eq!(history.fill(nights.root()).unwrap().put, 1);
    assert_eq!(history.trials("s", "2026-11-02", "2026-11-02").unwrap().len(), 3);
    std::fs::remove_dir_all(nights.root().join("2026-11-01")).unwrap();
    history.fill(nights.root()).unwrap();
    assert_eq!(history.nights().unwrap().len(), 1);
    history.check().unwrap();
    drop(history);
    let mut again = nights.open().history;
    let before = again.trials("s", "", "9").unwrap();
    assert_eq!(again.rebuild(nights.root()).unwrap().put, 1);
    assert_eq!(again.trials("s", "", "9").unwrap(), before);
}

#[test]
fn a_damaged_history_is_set_aside_and_made_anew() {
    let nights = Nights::new();
    nights.night("2026-11-01", &["resolved"; 400], true);
    nights.open().history.fill(nights.root()).unwrap();
    let whole = std::fs::read(nights.database()).unwrap();
    assert!(whole.len() > 40_000, "{}", whole.len());
    let half = whole[..whole.len() / 2].to_vec();
    let mut zeros = whole.clone();
    zeros[8192..24_576].fill(0);
    let damages: [(&str, Vec<u8>); 4] = [
        ("no database", b"this is no database at all".to_vec()),
        ("half", half),
        ("zeros", zeros),
        ("header", {
            let mut bytes = whole.clone();
            bytes[..100].fill(0xff);
            bytes
        }),
    ];
    for (at, (what, bytes)) in damages.into_iter().enumerate() {
        std::fs::write(nights.database(), &bytes).unwrap();
        let Opened { mut history, set_aside } = nights.open();
        let (aside, detail) = set_aside.unwrap_or_else(|| panic!("{what} was not noticed"));
        assert_eq!(aside, nights.root().join(format!("history.sqlite.damaged-{}", at + 1)), "{detail}");
        assert_eq!(std::fs::read(&aside).unwrap(), bytes, "{what}: kept as it was");
        history.fill(nights.root()).unwrap();
        assert_eq!(history.trials("s", "", "9").unwrap().len(), 400);
    }
    assert!(nights.open().set_aside.is_none());
}

#[test]
fn a_locked_history_is_said_to_be_and_readers_are_not_kept_waiting() {
    let nights = Nights::new();
    nights.night("2026-11-01", &["resolved"], true);
    let mut history = nights.open().history;
    history.fill(nights.root()).unwrap();
    let other = Connection::open(nights.database()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE; DELETE FROM trial").unwrap();
    nights.night("2026-11-02", &["resolved"], true);
    assert!(matches!(history.fill(nights.root()), Err(HistoryError::Locked(_))));
    let reader = History::open_to_read(&nights.database(), WAIT).unwrap();
    assert_eq!(reader.trials("s", "", "9").unwrap().len(), 1, "readers see the state before");
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(history.fill(nights.root()).unwrap().put, 1);
}

#[test]
fn a_backup_is_whole_and_overwrites_nothing() {
    let nights = Nights::new();
    nights.night("2026-11-01", &["resolved"], true);
    let mut history = nights.open().history;
    history.fill(nights.root()).unwrap();
    let to = nights.root().join("copy.sqlite");
    history.backup(&to).unwrap();
    let copy = History::open(&to, WAIT).unwrap().history;
    assert_eq!(copy.trials("s", "", "9").unwrap(), history.trials("s", "", "9").unwrap());
    assert!(history.backup(&to).is_err());
}

#[test]
fn schemas_go_up_in_one_step_and_never_down() {
    let path = Path::new("x");
    let mut connection = Connection::open_in_memory().unwrap();
    let steps = ["CREATE TABLE a (x); INSERT INTO a VALUES (1)", "ALTER TABLE a ADD COLUMN y DEFAULT 2"];
    migrate(&mut connection, path, &steps[..1]).unwrap();
    let broken = [steps[0], steps[1], "CREATE TABLE a (z)"];
    assert!(migrate(&mut connection, path, &broken).is_err());
    assert!(connection.prepare("SELECT y FROM a").is_err(), "no step of three is kept");
    migrate(&mut connection, path, &steps).unwrap();
    let y: i64 = connection.query_row("SELECT y FROM a", [], |row| row.get(0)).unwrap();
    assert_eq!(y, 2);
    let down = migrate(&mut connection, path, &steps[..1]);
    assert!(matches!(down, Err(HistoryError::Newer { found: 2, known: 1, .. })), "{down:?}");

    let nights = Nights::new();
    drop(nights.open());
    let newer = Connection::open(nights.database()).unwrap();
    newer.pragma_update(None, "user_version", History::newest() + 1).unwrap();
    drop(newer);
    let opened = History::open(&nights.database(), WAIT);
    assert!(matches!(opened, Err(HistoryError::Newer { .. })), "neither mended nor set aside");
}
