//! `[nightly]` of `kerf.toml`. Paths are relative to the file's folder.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde::Deserialize;

use crate::cli::config::RunConfig;
use crate::cli::exit::bad_input;
use crate::evaluate::{EMPTY, GOLD};

/// Suites × models, night by night.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::cli) struct NightlyConfig {
    /// Folder of the nights and of the history.
    #[serde(default = "default_out")]
    pub out: PathBuf,
    /// What a night is compared with: `last-good`, a night, or a name from `baselines`.
    #[serde(default = "default_baseline")]
    pub baseline: String,
    /// Names for nights (YYYY-MM-DD) or run folders.
    #[serde(default)]
    pub baselines: BTreeMap<String, String>,
    /// How often invalid trials are run again.
    #[serde(default = "default_retries")]
    pub retries: u32,
    /// On which days a night is expected.
    #[serde(default)]
    pub expect: Expect,
    /// Nights that trends look at.
    #[serde(default = "default_window")]
    pub window: usize,
    /// Half width of the region of equivalence, as a fraction.
    #[serde(default = "default_margin")]
    pub margin: f64,
    /// Shell command that gets the report as JSON on standard input.
    pub notify: Option<String>,
    /// When it is run.
    #[serde(default)]
    pub notify_on: NotifyOn,
    /// Mirror template; else that of `[run]`.
    pub mirror: Option<String>,
    /// Measures; else those of `[run]`.
    pub measures: Option<Vec<String>>,
    /// Number of workers, or `auto`; else that of `[run]`.
    pub jobs: Option<String>,
    /// Seed; else that of `[run]`.
    pub seed: Option<u64>,
    /// Suites; else that of `[run]`.
    #[serde(default)]
    pub suites: Vec<SuiteConfig>,
    /// Models.
    #[serde(default)]
    pub models: Vec<ModelConfig>,
}

/// A suite.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::cli) struct SuiteConfig {
    /// Name, in reports and folders.
    pub name: String,
    /// Where its tasks are.
    pub tasks: PathBuf,
    /// Files of profiles.
    #[serde(default)]
    pub profiles: Vec<PathBuf>,
}

/// A model.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::cli) struct ModelConfig {
    /// Name, as in its predictions.
    pub name: String,
    /// Files or folders of predictions; `{night}` and `{suite}` are filled in.
    #[serde(default)]
    pub predictions: Vec<String>,
    /// Shell command that writes predictions to the file that `KERF_PREDICTIONS` names. It is the user's own and runs
    /// outside the sandbox.
    pub command: Option<String>,
    /// Seconds after which the command is stopped.
    #[serde(default = "default_timeout")]
    pub timeout_s: u64,
    /// Suites that it is evaluated on; all, if left out.
    pub suites: Option<Vec<String>>,
}

/// On which days a night is expected: missing ones are named.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::cli) enum Expect {
    /// Every day.
    #[default]
    Daily,
    /// Monday to Friday.
    Weekdays,
    /// On no day in particular.
    None,
}

/// When the notification is sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::cli) enum NotifyOn {
    /// After every night.
    #[default]
    Always,
    /// After one that is INVALID, REGRESSED or SUSPECT, or that a model is missing from.
    Bad,
}

fn default_out() -> PathBuf {
    PathBuf::from("nights")
}

fn default_baseline() -> String {
    LAST_GOOD.to_owned()
}

fn default_retries() -> u32 {
    1
}

fn default_window() -> usize {
    60
}

fn default_margin() -> f64 {
    0.02
}

fn default_timeout() -> u64 {
    6 * 3600
}

/// The baseline that is chosen anew every night.
pub(super) const LAST_GOOD: &str = "last-good";

impl NightlyConfig {
    /// Fills in what `[run]` says, and checks what must fit together.
    pub(super) fn checked(mut self, run: &RunConfig) -> anyhow::Result<Self> {
        let wrong = |what: String| Err(bad_input(format!("kerf.toml: [nightly] {what}")));
        self.mirror = self.mirror.or_else(|| run.mirror.clone());
        self.measures = self.measures.or_else(|| run.measures.clone());
        self.jobs = self.jobs.or_else(|| run.jobs.clone());
        self.seed = self.seed.or(run.seed);
        if self.suites.is_empty() {
            let Some(tasks) = run.tasks.clone() else {
                return wrong("has no suite: write [[nightly.suites]] with name and tasks".to_owned());
            };
            let name = run.name.clone().or_else(|| Some(tasks.file_stem()?.to_string_lossy().into_owned()));
            let name = name.unwrap_or_else(|| "suite".to_owned());
            self.suites.push(SuiteConfig { name, tasks, profiles: run.profiles.clone() });
        }
        let mut suites = BTreeSet::new();
        for suite in &self.suites {
            if suite.name.is_empty() || suite.name.contains(['/', '\\', '\0']) || suite.name.starts_with('.')
            {
                return wrong(format!(
                    "suites.name `{}` names a folder: use letters, digits, - and _",
                    suite.name
                ));
            }
            if !suites.insert(suite.name.as_str()) {
                return wrong(format!("suites.name `{}` is there twice", suite.name));
            }
        }
        let mut models = BTreeSet::new();
        for model in &self.models {
            let name = &model.name;
            if [GOLD, EMPTY].contains(&name.as_str()) {
                return wrong(format!("models.name `{name}` is the name of a control"));
            }
            if !models.insert(name.as_str()) {
                return wrong(format!("models.name `{name}` is there twice"));
            }
            if model.predictions.is_empty() && model.command.is_none() {
                return wrong(format!("models `{name}` has neither predictions nor a command"));
            }
            if let Some(unknown) =
                model.suites.iter().flatten().find(|suite| !suites.contains(suite.as_str()))
            {
                return wrong(format!("models `{name}`: there is no suite `{unknown}`"));
            }
        }
        if !(0.0..1.0).contains(&self.margin) {
            return wrong(format!("margin {} is no fraction from 0 to 1", self.margin));
        }
        if self.window < 2 {
            return wrong("window must be 2 nights or more".to_owned());
        }
        Ok(self)
    }
}
