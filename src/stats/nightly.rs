//! A night as values: the input of every nightly report, `kerf/nightly/1`.
//!
//! In: for each suite tonight's figures, the comparison with the baseline, trends, health; what else is to be known of
//! the calendar. Out: [`NightReport`] with verdicts and their reasons.
//!
//! Invariants: a night with a control that is off is INVALID; a model whose predictions are missing is MISSING, never a
//! pass rate of 0, and the night is no better than INCONCLUSIVE; without a baseline nothing is better than INCONCLUSIVE.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::compare::{Comparison, Verdict};
use super::interval::Share;
use super::suite_health::SuiteHealth;
use super::summary::{ControlSummary, Mean, RunSummary};
use super::trend::{Flaky, Trend, shown};

/// Schema name of a night's report.
pub const NIGHTLY_SCHEMA: &str = "kerf/nightly/1";

/// A night's report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NightReport {
    /// `kerf/nightly/1`.
    pub schema: String,
    /// The night: YYYY-MM-DD.
    pub night: String,
    /// The worst of all suites.
    pub verdict: Verdict,
    /// The reason in words.
    pub why: String,
    /// Suites in the order of `kerf.toml`.
    pub suites: Vec<SuiteNight>,
    /// Expected nights since the one before this that have no folder.
    pub missed: Vec<String>,
    /// Earlier nights that were begun and never finished: they count nowhere.
    pub partial: Vec<String>,
    /// What else happened: a history set aside, runs that could not be read.
    pub notes: Vec<String>,
}

/// What a night was compared with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Baseline {
    /// Night, or the name of a run.
    pub name: String,
    /// How it was chosen: `last good night`, `night`, `named`.
    pub how: String,
    /// Its run folder.
    pub run: String,
}

/// A suite of a night.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SuiteNight {
    /// Name.
    pub suite: String,
    /// Run folder.
    pub run: String,
    /// Hash over its tasks.
    pub lock: String,
    /// Tasks.
    pub tasks: u64,
    /// Trials, controls left out.
    pub trials: u64,
    /// Of these invalid, after all retries.
    pub invalid: u64,
    /// Trials that were invalid at first and run again.
    pub retried: u64,
    /// Verdict.
    pub verdict: Verdict,
    /// The reason in words.
    pub why: String,
    /// None where there is none.
    pub baseline: Option<Baseline>,
    /// Models by name.
    pub models: Vec<ModelNight>,
    /// With the baseline; null without one.
    pub comparison: Option<Comparison>,
    /// Controls.
    pub controls: Vec<ControlSummary>,
    /// Figures over nights.
    pub trends: Vec<Trend>,
    /// Tasks whose outcome wavers with the same prediction.
    pub flaky: Vec<Flaky>,
    /// What the suite is still worth; null where nothing was tried.
    pub health: Option<SuiteHealth>,
    /// Tasks and predictions that could not be read.
    pub problems: Vec<String>,
}

/// What became of a model tonight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// Compared with the baseline.
    Compared,
    /// Evaluated, and not in the baseline, or there is no baseline.
    New,
    /// No predictions tonight.
    Missing,
}

/// A model of a night.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ModelNight {
    /// `model`, or `model (scaffold)`.
    pub model: String,
    /// What became of it.
    pub presence: Presence,
    /// Verdict; null unless compared.
    pub verdict: Option<Verdict>,
    /// The reason in words.
    pub why: String,
    /// Share resolved tonight; null where missing.
    pub resolved: Option<Share>,
    /// Mean irrelevant edit ratio tonight.
    pub irrelevant: Option<Mean>,
    /// Share lint clean tonight.
    pub lint: Option<Share>,
    /// Tasks without a prediction.
    pub missing: u64,
    /// Invalid trials.
    pub invalid: u64,
}

/// What tonight's run of a suite gave, before it is judged.
#[derive(Debug, Clone)]
pub struct Tonight<'a> {
    /// Name.
    pub suite: String,
    /// Run folder.
    pub run: String,
    /// Hash over its tasks.
    pub lock: String,
    /// Its figures.
    pub summary: &'a RunSummary,
    /// Trials that were run again.
    pub retried: u64,
    /// Models without predictions: name → why.
    pub missing: BTreeMap<String, String>,
    /// What could not be read.
    pub problems: Vec<String>,
    /// What it was compared with.
    pub baseline: Option<Baseline>,
    /// The comparison.
    pub comparison: Option<Comparison>,
    /// Why there is none.
    pub uncompared: String,
    /// Trends of the primary figures.
    pub trends: Vec<Trend>,
    /// Wavering tasks.
    pub flaky: Vec<Flaky>,
    /// Health.
    pub health: Option<SuiteHealth>,
}

/// Alarms that make a comparison at least SUSPECT: model and figure.
pub fn alarms(trends: &[Trend]) -> std::collections::BTreeSet<(String, String)> {
    trends
        .iter()
        .filter(|trend| trend.alarm.as_ref().is_some_and(|alarm| alarm.worse))
        .map(|trend| (trend.model.clone(), trend.figure.name().to_owned()))
        .collect()
}

/// Judges a suite.
pub fn suite_night(tonight: Tonight) -> SuiteNight {
    let models = models(&tonight);
    let (verdict, why) = judge(&tonight, &models);
    let summary = tonight.summary;
    SuiteNight {
        suite: tonight.suite,
        run: tonight.run,
        lock: tonight.lock,
        tasks: summary.tasks,
        trials: summary.trials,
        invalid: summary.invalid,
        retried: tonight.retried,
        verdict,
        why,
        baseline: tonight.baseline,
        models,
        comparison: tonight.comparison,
        controls: summary.controls.clone(),
        trends: tonight.trends,
        flaky: tonight.flaky,
        health: tonight.health,
        problems: tonight.problems,
    }
}

fn judge(tonight: &Tonight, models: &[ModelNight]) -> (Verdict, String) {
    let off: Vec<String> = tonight
        .summary
        .controls
        .iter()
        .filter(|control| control.ok < control.total)
        .map(|control| format!("{} on {}", control.model, control.off.join(", ")))
        .collect();
    if !off.is_empty() {
        return (Verdict::Invalid, format!("a control is off: {}", off.join("; ")));
    }
    if tonight.summary.trials > 0 && tonight.summary.invalid == tonight.summary.trials {
        return (Verdict::Invalid, "every trial is invalid".to_owned());
    }
    let missing: Vec<&str> = models
        .iter()
        .filter(|model| model.presence == Presence::Missing)
        .map(|model| model.model.as_str())
        .collect();
    let gone = (!missing.is_empty())
        .then(|| (Verdict::Inconclusive, format!("no predictions tonight of {}", missing.join(", "))));
    let judged = match &tonight.comparison {
        None => (Verdict::Inconclusive, tonight.uncompared.clone()),
        Some(comparison) if comparison.comparisons.is_empty() => {
            (Verdict::Inconclusive, "no model of tonight is in the baseline".to_owned())
        }
        Some(comparison) => (comparison.verdict, comparison.why.clone()),
    };
    match gone {
        Some(gone) if judged.0 > gone.0 => gone,
        Some(gone) if judged.0 == gone.0 => (judged.0, format!("{}; {}", gone.1, judged.1)),
        Some(_) | None => judged,
    }
}

fn models(tonight: &Tonight) -> Vec<ModelNight> {
    let compared = |name: &str| {
        let comparison = tonight.comparison.as_ref()?;
        comparison.comparisons.iter().find(|compared| compared.model == name)
    };
    let mut found: Vec<ModelNight> = tonight
        .summary
        .models
        .iter()
        .map(|model| {
            let name = shown(&model.model, model.scaffold.as_deref());
            let compared = compared(&name);
            ModelNight {
                presence: if compared.is_some() { Presence::Compared } else { Presence::New },
                verdict: compared.map(|compared| compared.verdict),
                why: compared.map_or_else(
                    || match (&tonight.baseline, &tonight.comparison) {
                        (Some(baseline), Some(_)) => format!("not in the baseline {}", baseline.name),
                        _ => tonight.uncompared.clone(),
                    },
                    |compared| compared.why.clone(),
                ),
                resolved: Some(model.resolved),
                irrelevant: Some(model.edits.all.ratio),
                lint: Some(model.lint.clean),
                missing: model.missing,
                invalid: model.invalid,
                model: name,
            }
        })
        .collect();
    found.extend(tonight.missing.iter().map(|(model, why)| ModelNight {
        model: model.clone(),
        presence: Presence::Missing,
        verdict: None,
        why: why.clone(),
        resolved: None,
        irrelevant: None,
        lint: None,
        missing: 0,
        invalid: 0,
    }));
    let place = |model: &ModelNight| match (model.presence, model.verdict) {
        (_, Some(verdict)) => (verdict, 0),
        (Presence::Missing, None) => (Verdict::Inconclusive, 1),
        (Presence::Compared | Presence::New, None) => (Verdict::Inconclusive, 2),
    };
    found.sort_by(|a, b| place(a).cmp(&place(b)).then_with(|| a.model.cmp(&b.model)));
    found
}

/// Joins the suites of a night: the worst decides.
pub fn night_report(
    night: &str,
    suites: Vec<SuiteNight>,
    missed: Vec<String>,
    partial: Vec<String>,
    notes: Vec<String>,
) -> NightReport {
    let worst = suites.iter().min_by_key(|suite| suite.verdict);
    let (verdict, why) = match worst {
        None => (Verdict::Invalid, "no suite was run".to_owned()),
        Some(worst) if suites.len() == 1 => (worst.verdict, worst.why.clone()),
        Some(worst) => (worst.verdict, format!("{}: {}", worst.suite, worst.why)),
    };
    let schema = NIGHTLY_SCHEMA.to_owned();
    NightReport { schema, night: night.to_owned(), verdict, why, suites, missed, partial, notes }
}

#[cfg(test)]
mod tests {
    use super::super::summary::{Options, summarise};
    use super::super::testing::trial;
    use super::super::{compare, trend};
    use super::*;
    use crate::evaluate::Record;

    fn night(resolved: usize, gold: bool) -> Vec<Record> {
        let mut records: Vec<Record> = (0..40)
            .map(|at| {
                let trial = trial("m", &format!("t{at:02}"));
                if at < resolved { trial.resolved().build() } else { trial.build() }
            })
            .collect();
        let control = trial("gold", "t00");
        records.push(if gold { control.resolved().build() } else { control.build() });
        records.push(trial("empty", "t00").build());
        records
    }

    fn judged(tonight: &[Record], before: Option<&[Record]>, missing: &[&str]) -> SuiteNight {
        let summary = summarise(tonight, &Options::default());
        suite_night(Tonight {
            suite: "s".into(),
            run: "r".into(),
            lock: String::new(),
            summary: &summary,
            retried: 0,
            missing: missing.iter().map(|model| ((*model).to_owned(), "no file".to_owned())).collect(),
            problems: Vec::new(),
            baseline: before.map(|_| Baseline { name: "b".into(), how: "night".into(), run: "b".into() }),
            comparison: before.map(|before| compare::compare(before, tonight, &compare::Options::default())),
            uncompared: "no earlier night to compare with".into(),
            trends: Vec::new(),
            flaky: Vec::new(),
            health: None,
        })
    }

    #[test]
    fn verdicts_of_a_suite() {
        let good = night(30, true);
        for (tonight, before, missing, expected) in [
            (night(30, true), None, &[][..], Verdict::Inconclusive),
            (night(12, true), Some(&good), &[], Verdict::Regressed),
            (night(12, true), Some(&good), &["other"], Verdict::Regressed),
            (night(12, false), Some(&good), &[], Verdict::Invalid),
            (night(30, true), Some(&good), &["other"], Verdict::Inconclusive),
        ] {
            let found = judged(&tonight, before.map(Vec::as_slice), missing);
            assert_eq!(found.verdict, expected, "{}", found.why);
            for model in found.models.iter().filter(|model| model.model == "other") {
                assert_eq!((model.presence, model.resolved.is_none()), (Presence::Missing, true));
            }
        }
        let missing = judged(&good, Some(&good), &["other"]);
        assert!(missing.why.contains("no predictions tonight of other"), "{}", missing.why);
    }

    #[test]
    fn only_alarms_for_the_worse_count_and_the_worst_suite_decides() {
        let alarm =
            |worse| trend::TrendAlarm { night: "1".into(), since: "1".into(), worse, level: 0.5, sigma: 0.1 };
        let trend = |figure, worse| Trend {
            model: "m".into(),
            figure,
            points: Vec::new(),
            alarm: Some(alarm(worse)),
            changes: Vec::new(),
        };
        let found = alarms(&[trend(trend::Figure::Resolved, true), trend(trend::Figure::LintClean, false)]);
        assert_eq!(found.into_iter().collect::<Vec<_>>(), [("m".to_owned(), "resolved".to_owned())]);

        let good = night(30, true);
        let suites = vec![judged(&good, None, &[]), judged(&night(1, true), Some(&good), &[])];
        let report = night_report("2026-11-09", suites, vec![], vec![], vec![]);
        assert_eq!(report.verdict, Verdict::Regressed);
        assert!(report.why.starts_with("s: "), "{}", report.why);
    }
}
