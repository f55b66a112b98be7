//! Records of a run, read as plain JSON: tests see what any reader would.

use std::fs;
use std::path::Path;

use serde_json::Value;

/// Records in the order of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Records(pub Vec<Value>);

impl Records {
    /// Reads a finished run: every line must be whole.
    pub fn read(run: &Path) -> Self {
        let text = fs::read_to_string(run.join("records.jsonl")).unwrap();
        assert!(text.is_empty() || text.ends_with('\n'), "the last line is cut short");
        Self(text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
    }

    /// Reads a run that may have been killed: whole lines only.
    pub fn whole_lines(run: &Path) -> Self {
        let text = fs::read_to_string(run.join("records.jsonl")).unwrap_or_default();
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        Self(whole.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
    }

    /// The only record of a model on a task.
    #[track_caller]
    pub fn of(&self, model: &str, task: &str) -> &Value {
        let found: Vec<&Value> =
            self.0.iter().filter(|record| record["model"] == model && record["task"] == task).collect();
        assert_eq!(found.len(), 1, "records of {model} on {task}");
        found[0]
    }

    /// `outcome`, or `outcome/reason`.
    #[track_caller]
    pub fn outcome(&self, model: &str, task: &str) -> String {
        outcome(self.of(model, task))
    }

    /// A table of all: `task model outcome/reason`.
    pub fn table(&self) -> String {
        let line = |record: &Value| {
            format!("{} {} {}", text(&record["task"]), text(&record["model"]), outcome(record))
        };
        self.0.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    /// Trial ids.
    pub fn trials(&self) -> Vec<String> {
        self.0.iter().map(|record| text(&record["trial"])).collect()
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or("-").to_owned()
}

fn outcome(record: &Value) -> String {
    let outcome = text(&record["outcome"]);
    match record["reason"].as_str() {
        Some(reason) => format!("{outcome}/{reason}"),
        None => outcome,
    }
}

/// The bytes of `records.jsonl` without what may differ between equal runs: `environment` and `timing`.
pub fn without_machine(run: &Path) -> String {
    let mut text = String::new();
    for mut record in Records::read(run).0 {
        let fields = record.as_object_mut().unwrap();
        assert!(fields.shift_remove("environment").is_some() && fields.shift_remove("timing").is_some());
        text.push_str(&record.to_string());
        text.push('\n');
    }
    text
}
