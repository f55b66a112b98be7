//! `run.json`: what a run was made of.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::evaluate::Options;

/// Schema name of `run.json`.
pub const RUN_SCHEMA: &str = "kerf/run/1";

/// One task of the suite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TaskInfo {
    /// Id.
    pub id: String,
    /// blake3 of the task as it was read.
    pub hash: String,
}

/// Where a run's inputs lay, as its command named them: for running it again, not compared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Inputs {
    /// Suite.
    pub tasks: Option<String>,
    /// Predictions.
    #[serde(default)]
    pub predictions: Vec<String>,
    /// Files of environment profiles.
    #[serde(default)]
    pub profiles: Vec<String>,
    /// Template of local mirrors.
    pub mirror: Option<String>,
}

/// A part of a plan that a run is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Shard {
    /// Id of the plan.
    pub plan: String,
    /// 1-based.
    pub index: usize,
    /// How many there are.
    pub of: usize,
}

impl std::fmt::Display for Shard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}

/// What a run was made of. `environment` is not compared between runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunInfo {
    /// `kerf/run/1`.
    pub schema: String,
    /// Version of kerf.
    pub kerf: String,
    /// Version of the rules that grade.
    pub rules: String,
    /// Name of the suite.
    pub suite: String,
    /// Hash over all tasks.
    pub lock: String,
    /// Tasks.
    pub tasks: Vec<TaskInfo>,
    /// Number of trials planned, controls included.
    pub trials: usize,
    /// Hash over the ids of all planned trials.
    pub plan: String,
    /// Options.
    pub options: Options,
    /// Tools by language, in their own words.
    pub toolchains: BTreeMap<String, Vec<String>>,
    /// Name of the sandbox.
    pub sandbox: String,
    /// Where tasks and predictions lay; older runs do not say.
    #[serde(default)]
    pub inputs: Inputs,
    /// The part of a plan that this is; none of a whole run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    /// Tasks and predictions that could not be read.
    pub problems: Vec<String>,
    /// All trials have their record, in plan order.
    pub complete: bool,
    /// The machine: cores, system, protections; not compared.
    #[serde(default)]
    pub environment: BTreeMap<String, serde_json::Value>,
}

/// Something that is not as it was when a run was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Changed {
    /// What: `rules`, `task ID`, `toolchain rust`, …
    pub what: String,
    /// In the run.
    pub was: String,
    /// Now.
    pub now: String,
}

impl RunInfo {
    /// Whether records made under `self` answer trials planned under `other`: everything that a record's figures
    /// depend on is the same. (Which trials there are does not matter: each record names its own.)
    pub fn answers(&self, other: &Self) -> bool {
        self.schema == other.schema
            && self.rules == other.rules
            && self.options == other.options
            && self.toolchains == other.toolchains
            && self.sandbox == other.sandbox
    }

    /// What `now` does not stand on in the same way: version of kerf, rules, options, sandbox, tools, tasks, plan. A task or
    /// tool that one of them lacks is `none` there.
    pub fn changes(&self, now: &Self) -> Vec<Changed> {
        let mut found = Vec::new();
        let mut note = |what: String, was: String, now: String| {
            if was != now {
                found.push(Changed { what, was, now });
            }
        };
        let none = || "none".to_owned();
        note("kerf".to_owned(), self.kerf.clone(), now.kerf.clone());
        note("rules".to_owned(), self.rules.clone(), now.rules.clone());
        note("options".to_owned(), format!("{:?}", self.options), format!("{:?}", now.options));
        note("sandbox".to_owned(), self.sandbox.clone(), now.sandbox.clone());
        let languages: BTreeSet<&String> = self.toolchains.keys().chain(now.toolchains.keys()).collect();
        for language in languages {
            let words =
                |info: &Self| info.toolchains.get(language).map_or_else(none, |tools| tools.join("; "));
            note(format!("toolchain {language}"), words(self), words(now));
        }
        let of = |info: &Self| -> BTreeMap<String, String> {
            info.tasks.iter().map(|task| (task.id.clone(), task.hash.clone())).collect()
        };
        let (tasks_was, tasks_now) = (of(self), of(now));
        let ids: BTreeSet<&String> = tasks_was.keys().chain(tasks_now.keys()).collect();
        for id in ids {
            let hash = |tasks: &BTreeMap<String, String>| tasks.get(id).cloned().unwrap_or_else(none);
            note(format!("task {id}"), hash(&tasks_was), hash(&tasks_now));
        }
        note("plan".to_owned(), self.plan.clone(), now.plan.clone());
        found
    }

    /// The hash of a task, if the run has it.
    pub fn task_hash(&self, id: &str) -> Option<&str> {
        self.tasks.iter().find(|task| task.id == id).map(|task| task.hash.as_str())
    }
}
