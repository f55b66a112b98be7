//! What is to be run: trials in a fixed order, and the options that their grades depend on.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::prediction::Prediction;
use crate::task::{Suite, TaskEntry};

/// Model names of the controls.
pub const GOLD: &str = "gold";
/// Model name of the control that changes nothing.
pub const EMPTY: &str = "empty";

/// A group of figures that may be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Tests.
    Pass,
    /// Irrelevant edits.
    Edits,
    /// Linters.
    Lint,
    /// Cross-file behaviour.
    Context,
}

impl Measure {
    /// All measures.
    pub const ALL: [Self; 4] = [Self::Pass, Self::Edits, Self::Lint, Self::Context];
}

/// How far ablation goes: what of a patch can be taken out with the tests still passing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ablation {
    /// Not at all.
    #[default]
    Off,
    /// Irrelevant and unreached units: at most two runs a patch.
    Auto,
    /// Every unit, within the cap.
    Full,
}

impl Ablation {
    /// By the name on the command line.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "off" => Some(Self::Off),
            "auto" => Some(Self::Auto),
            "full" => Some(Self::Full),
            _ => None,
        }
    }
}

/// What a run's figures depend on beside tasks and predictions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Options {
    /// Measures taken; `pass` always is.
    pub measures: Vec<Measure>,
    /// Seed of everything drawn at random.
    pub seed: u64,
    /// Wall clock in seconds that replaces the tasks' own, if given.
    pub timeout_s: Option<u64>,
    /// How far ablation goes.
    #[serde(default)]
    pub ablation: Ablation,
}

impl Options {
    /// Whether a measure is taken.
    pub fn takes(&self, measure: Measure) -> bool {
        self.measures.contains(&measure)
    }
}

/// What a trial evaluates.
#[derive(Debug, Clone, PartialEq)]
pub enum Subject {
    /// Gold, as a control.
    Gold,
    /// Nothing, as a control.
    Empty,
    /// A prediction.
    Prediction(Box<Prediction>),
    /// A model that answered other tasks, but not this one.
    Missing {
        /// Model.
        model: String,
        /// Scaffold.
        scaffold: Option<String>,
    },
}

/// One trial.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// hash(task, scaffold, model, sample, prediction hash), 16 hex digits.
    pub id: String,
    /// What it evaluates.
    pub subject: Subject,
}

/// The trials of one task: its controls first, then by model, scaffold and sample.
#[derive(Debug, Clone)]
pub struct TaskPlan {
    /// The task, unread.
    pub task: TaskEntry,
    /// Its trials.
    pub trials: Vec<Trial>,
}

/// Everything to be run, by task id.
#[derive(Debug, Clone)]
pub struct Plan {
    /// By task id.
    pub tasks: Vec<TaskPlan>,
    /// Options.
    pub options: Options,
    /// Predictions that name no task of the suite: task id → how many.
    pub strangers: BTreeMap<String, u32>,
}

impl Plan {
    /// Plans controls, predictions, and a `missing` trial for every task that a model left out.
    pub fn new(suite: &Suite, predictions: Vec<Prediction>, options: Options) -> Self {
        let mut strangers = BTreeMap::new();
        let mut models = std::collections::BTreeSet::new();
        let mut by_task: BTreeMap<String, Vec<Prediction>> = BTreeMap::new();
        for prediction in predictions {
            let Some(task) = suite.task(&prediction.task) else {
                *strangers.entry(prediction.task).or_insert(0) += 1;
                continue;
            };
            models.insert((prediction.model.clone(), prediction.scaffold.clone()));
            by_task.entry(task.id.clone()).or_default().push(prediction);
        }
        let tasks = suite
            .tasks
            .iter()
            .map(|task| {
                let mut subjects = vec![Subject::Empty];
                if task.has_gold {
                    subjects.insert(0, Subject::Gold);
                }
                let mut predictions = by_task.remove(&task.id).unwrap_or_default();
                predictions.sort_by(|a, b| order(a).cmp(&order(b)));
                let mut present = std::collections::BTreeSet::new();
                for prediction in predictions {
                    present.insert((prediction.model.clone(), prediction.scaffold.clone()));
                    subjects.push(Subject::Prediction(Box::new(prediction)));
                }
                for (model, scaffold) in models.iter().filter(|key| !present.contains(*key)) {
                    subjects.push(Subject::Missing { model: model.clone(), scaffold: scaffold.clone() });
                }
                let trials = subjects
                    .into_iter()
                    .map(|subject| Trial { id: super::keys::trial(&task.id, &subject), subject })
                    .collect();
                TaskPlan { task: task.clone(), trials }
            })
            .collect();
        Self { tasks, options, strangers }
    }

    /// The trials of these tasks alone.
    #[must_use]
    pub fn of_tasks(mut self, ids: &std::collections::BTreeSet<String>) -> Self {
        self.tasks.retain(|task| ids.contains(&task.task.id));
        self
    }

    /// Number of trials, controls included.
    pub fn trial_count(&self) -> usize {
        self.tasks.iter().map(|task| task.trials.len()).sum()
    }

    /// Trial ids in plan order: the order of a finished run's records.
    pub fn order(&self) -> Vec<String> {
        self.tasks.iter().flat_map(|task| task.trials.iter().map(|trial| trial.id.clone())).collect()
    }
}

fn order(prediction: &Prediction) -> (&str, Option<&str>, u32) {
    (&prediction.model, prediction.scaffold.as_deref(), prediction.sample)
}

impl Subject {
    /// Model name of the record.
    pub fn model(&self) -> &str {
        match self {
            Self::Gold => GOLD,
            Self::Empty => EMPTY,
            Self::Prediction(prediction) => &prediction.model,
            Self::Missing { model, .. } => model,
        }
    }

    /// Scaffold of the record.
    pub fn scaffold(&self) -> Option<&str> {
        match self {
            Self::Gold | Self::Empty => None,
            Self::Prediction(prediction) => prediction.scaffold.as_deref(),
            Self::Missing { scaffold, .. } => scaffold.as_deref(),
        }
    }

    /// 0-based sample of the record.
    pub fn sample(&self) -> u32 {
        match self {
            Self::Prediction(prediction) => prediction.sample,
            Self::Gold | Self::Empty | Self::Missing { .. } => 0,
        }
    }

    /// Whether it is a control.
    pub fn is_control(&self) -> bool {
        matches!(self, Self::Gold | Self::Empty)
    }
}
