//! `kerf/plan/1`: what is to be run, written down, so that several machines can run a part each.
//!
//! In: a plan, its tasks' groups, earlier times. Out: a file that names every trial, and a check that inputs read
//! elsewhere are still those that it was made of.
//!
//! Invariant: two plan files with the same id name the same trials of the same tasks under the same options and rules.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::info::{Inputs, RunInfo, TaskInfo};
use super::read::ReadError;
use crate::evaluate::shards::{Basis, Costs, Load, Part, deal};
use crate::evaluate::{Options, Plan};

/// Schema name of a plan.
pub const PLAN_SCHEMA: &str = "kerf/plan/1";

/// A plan, written down.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlanFile {
    /// `kerf/plan/1`.
    pub schema: String,
    /// Hash over rules, options, tasks and trials, 32 hex digits.
    pub id: String,
    /// Version of kerf.
    pub kerf: String,
    /// Version of the rules that grade.
    pub rules: String,
    /// Name of the suite.
    pub suite: String,
    /// Hash over all tasks.
    pub lock: String,
    /// Options.
    pub options: Options,
    /// Where tasks and predictions lay; another machine may be told other places.
    pub inputs: Inputs,
    /// Tasks and predictions that could not be read.
    pub problems: Vec<String>,
    /// Number of trials, controls included.
    pub trials: usize,
    /// Expected seconds of everything by one worker.
    pub expected_s: f64,
    /// Tasks by snapshot, in the order of their first tasks.
    pub groups: Vec<Group>,
}

/// Tasks that share a snapshot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Group {
    /// Hash of what makes the snapshot, told from the tasks, 16 hex digits.
    pub snapshot: String,
    /// Repository.
    pub repository: String,
    /// Expected seconds of the snapshot's making.
    pub snapshot_s: f64,
    /// What that rests on.
    pub basis: Basis,
    /// Its tasks.
    pub tasks: Vec<PlannedTask>,
}

/// A task of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlannedTask {
    /// Id.
    pub id: String,
    /// blake3 of the task as it was read.
    pub hash: String,
    /// Expected seconds of its controls.
    pub controls_s: f64,
    /// What that rests on.
    pub basis: Basis,
    /// Its trials in order, controls first.
    pub trials: Vec<PlannedTrial>,
}

/// A trial of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlannedTrial {
    /// Its identity.
    pub trial: String,
    /// Model; `gold` and `empty` are controls.
    pub model: String,
    /// Scaffold.
    pub scaffold: Option<String>,
    /// 0-based.
    pub sample: u32,
    /// Expected seconds; 0 of controls, which their task's `controls_s` holds, and of missing predictions.
    pub expected_s: f64,
    /// What that rests on.
    pub basis: Basis,
}

/// Why a plan cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// It cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// It is of another schema.
    #[error("{path}: schema `{found}` is not {PLAN_SCHEMA}")]
    Schema {
        /// Where.
        path: String,
        /// What it says.
        found: String,
    },
    /// Its id does not fit its content.
    #[error(
        "{0}: the plan was changed by hand: its id does not fit what it holds; make it anew with kerf plan"
    )]
    Damaged(String),
    /// Tasks or predictions are not those it was made of.
    #[error(
        "the plan was made of other inputs: {0}; bring the same tasks and predictions, or make the plan anew"
    )]
    Differs(String),
}

impl PlanFile {
    /// Writes a plan down. `groups` gives each task's group key and repository; tasks without one stand alone.
    pub fn new(
        plan: &Plan,
        info: RunInfo,
        groups: &BTreeMap<String, (String, String)>,
        costs: &Costs,
    ) -> Self {
        let mut found: Vec<Group> = Vec::new();
        let mut places = BTreeMap::new();
        for task in &plan.tasks {
            let id = &task.task.id;
            let (snapshot, repository) =
                groups.get(id).cloned().unwrap_or_else(|| (id.clone(), String::new()));
            let place = *places.entry(snapshot.clone()).or_insert_with(|| {
                let (snapshot_s, basis) = (0.0, Basis::Assumed);
                found.push(Group { snapshot, repository, snapshot_s, basis, tasks: Vec::new() });
                found.len() - 1
            });
            let (controls_s, basis) = costs.controls(id);
            let trials = task.trials.iter().map(|trial| {
                let free = trial.subject.is_control()
                    || matches!(trial.subject, crate::evaluate::Subject::Missing { .. });
                let (expected_s, basis) = if free { (0.0, basis) } else { costs.trial(&trial.id, id) };
                PlannedTrial {
                    trial: trial.id.clone(),
                    model: trial.subject.model().to_owned(),
                    scaffold: trial.subject.scaffold().map(str::to_owned),
                    sample: trial.subject.sample(),
                    expected_s,
                    basis,
                }
            });
            let trials = trials.collect();
            found[place].tasks.push(PlannedTask {
                id: id.clone(),
                hash: task.task.hash.clone(),
                controls_s,
                basis,
                trials,
            });
        }
        for group in &mut found {
            (group.snapshot_s, group.basis) = costs.snapshot(group.tasks.iter().map(|task| task.id.as_str()));
        }
        let mut file = Self {
            schema: PLAN_SCHEMA.to_owned(),
            id: String::new(),
            kerf: info.kerf,
            rules: info.rules,
            suite: info.suite,
            lock: info.lock,
            options: info.options,
            inputs: info.inputs,
            problems: info.problems,
            trials: plan.trial_count(),
            expected_s: 0.0,
            groups: found,
        };
        file.expected_s = file
            .loads()
            .iter()
            .map(|load| load.snapshot_s + load.tasks.iter().map(|t| t.1).sum::<f64>())
            .sum();
        file.id = file.hash();
        file
    }

    /// Reads a plan.
    pub fn read(path: &Path) -> Result<Self, PlanError> {
        let text = std::fs::read(path).map_err(|source| ReadError::Io { path: path.to_owned(), source })?;
        let file: Self = serde_json::from_slice(&text).map_err(|error| ReadError::Malformed {
            path: path.to_owned(),
            line: error.line(),
            detail: error.to_string(),
        })?;
        if file.schema != PLAN_SCHEMA {
            return Err(PlanError::Schema { path: path.display().to_string(), found: file.schema });
        }
        if file.id != file.hash() {
            return Err(PlanError::Damaged(path.display().to_string()));
        }
        Ok(file)
    }

    /// Hash over what records depend on. Expected times are in it too: they decide which task goes to which shard.
    fn hash(&self) -> String {
        let whole = serde_json::json!({
            "rules": self.rules, "suite": self.suite, "lock": self.lock, "options": self.options,
            "problems": self.problems, "groups": self.groups,
        });
        blake3::hash(whole.to_string().as_bytes()).to_hex()[..32].to_owned()
    }

    /// Tasks in plan order.
    pub fn tasks(&self) -> Vec<&PlannedTask> {
        let mut tasks: Vec<&PlannedTask> = self.groups.iter().flat_map(|group| &group.tasks).collect();
        tasks.sort_by(|a, b| a.id.cmp(&b.id));
        tasks
    }

    /// Trial ids in plan order.
    pub fn order(&self) -> Vec<String> {
        self.tasks().iter().flat_map(|task| task.trials.iter().map(|trial| trial.trial.clone())).collect()
    }

    /// Tasks as `run.json` lists them.
    pub fn task_infos(&self) -> Vec<TaskInfo> {
        let info = |task: &&PlannedTask| TaskInfo { id: task.id.clone(), hash: task.hash.clone() };
        self.tasks().iter().map(info).collect()
    }

    /// Expected seconds by group and task.
    fn loads(&self) -> Vec<Load> {
        let task = |task: &PlannedTask| {
            let trials: f64 = task.trials.iter().map(|trial| trial.expected_s).sum();
            (task.id.clone(), task.controls_s + trials)
        };
        self.groups
            .iter()
            .map(|group| Load { snapshot_s: group.snapshot_s, tasks: group.tasks.iter().map(task).collect() })
            .collect()
    }

    /// The parts of `count` shards.
    pub fn shards(&self, count: usize) -> Vec<Part> {
        deal(&self.loads(), count)
    }

    /// Fails where a plan made of the inputs at hand is another one, and names the first differences.
    pub fn check(&self, plan: &Plan, rules: &str) -> Result<(), PlanError> {
        let differs = |what: String| Err(PlanError::Differs(what));
        if self.rules != rules {
            return differs(format!("its rules are {}, this kerf's are {rules}", self.rules));
        }
        let here: BTreeMap<&str, &str> =
            plan.tasks.iter().map(|task| (task.task.id.as_str(), task.task.hash.as_str())).collect();
        let planned: BTreeMap<&str, &str> =
            self.tasks().into_iter().map(|task| (task.id.as_str(), task.hash.as_str())).collect();
        if let Some(id) = planned.keys().find(|id| !here.contains_key(*id)) {
            return differs(format!("task {id} is not here"));
        }
        if let Some(id) = here.keys().find(|id| !planned.contains_key(*id)) {
            return differs(format!("task {id} is not in the plan"));
        }
        if let Some((id, _)) = planned.iter().find(|(id, hash)| here.get(*id) != Some(*hash)) {
            return differs(format!("task {id} is not as it was"));
        }
        let here: BTreeSet<String> = plan.order().into_iter().collect();
        let planned: BTreeSet<String> = self.order().into_iter().collect();
        let name = |trial: &String| {
            let of_plan = self.tasks().into_iter().find_map(|task| {
                let found = task.trials.iter().find(|planned| planned.trial == *trial)?;
                Some(format!("{} on {}, sample {}", found.model, task.id, found.sample))
            });
            let of_here = plan.tasks.iter().find_map(|task| {
                let found = task.trials.iter().find(|planned| planned.id == *trial)?;
                Some(format!(
                    "{} on {}, sample {}",
                    found.subject.model(),
                    task.task.id,
                    found.subject.sample()
                ))
            });
            of_plan.or(of_here).unwrap_or_else(|| trial.clone())
        };
        if let Some(trial) = planned.difference(&here).next() {
            return differs(format!("the prediction of {} is missing or another one", name(trial)));
        }
        if let Some(trial) = here.difference(&planned).next() {
            return differs(format!("the prediction of {} is not in the plan", name(trial)));
        }
        Ok(())
    }
}
