//! The night judged: baseline, comparison, trends, health, calendar, put together for the report.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::calendar;
use super::config::{LAST_GOOD, NightlyConfig};
use super::suite::{SuiteRun, Way};
use crate::calibrate;
use crate::cli::exit::bad_input;
use crate::evaluate::{EMPTY, GOLD, Record};
use crate::report::Calibration;
use crate::report::notes::error as metric_error;
use crate::stats::compare::{self, Change, Comparison};
use crate::stats::nightly::{Baseline, NightReport, SuiteNight, Tonight, alarms, night_report, suite_night};
use crate::stats::suite_health::suite_health;
use crate::stats::summary::{self, summarise};
use crate::stats::trend::{Trend, flaky, trends};
use crate::store::history::{History, NightFile, night_folders, trial_rows};
use crate::store::{Changed, Run, RunInfo, read_run};

/// What a baseline's name means.
enum Wanted {
    LastGood,
    Night(String),
    Run(PathBuf),
}

fn wanted(config: &NightlyConfig, name: &str) -> anyhow::Result<Wanted> {
    let meant = config.baselines.get(name).map_or(name, String::as_str);
    if meant == LAST_GOOD {
        return Ok(Wanted::LastGood);
    }
    if calendar::named(meant).is_ok() {
        return Ok(Wanted::Night(meant.to_owned()));
    }
    if config.baselines.contains_key(name) {
        return Ok(Wanted::Run(PathBuf::from(meant)));
    }
    let known: Vec<&str> =
        [LAST_GOOD].into_iter().chain(config.baselines.keys().map(String::as_str)).collect();
    Err(bad_input(format!("baseline {name} is no night and not among {}", known.join(", "))))
}

/// Fails before anything is run where the baseline that is asked for is not there.
pub(super) fn check_baseline(root: &Path, config: &NightlyConfig, name: &str) -> anyhow::Result<()> {
    match wanted(config, name)? {
        Wanted::LastGood => Ok(()),
        Wanted::Night(night) => match NightFile::read(&root.join(&night)) {
            Some(file) if file.finished => Ok(()),
            Some(_) => Err(bad_input(format!("baseline {night} was never finished"))),
            None => Err(bad_input(format!("baseline {night}: {} is no night", root.join(&night).display()))),
        },
        Wanted::Run(path) => read_run(&path).map(|_| ()).map_err(bad_input),
    }
}

/// A baseline's records, and what its run was made of.
struct Found {
    baseline: Baseline,
    info: Option<RunInfo>,
    records: Vec<Record>,
    notes: Vec<String>,
}

/// The report of the night.
pub(super) fn report(
    way: &Way,
    runs: &[SuiteRun],
    history: &History,
    baseline: &str,
    mut notes: Vec<String>,
) -> anyhow::Result<NightReport> {
    let root = &way.config.out;
    let nights = night_folders(root);
    let mut suites = Vec::new();
    for run in runs {
        suites.push(suite(way, run, history, baseline, &mut notes)?);
    }
    let missed = calendar::missed(&nights, way.night, way.config.expect);
    let mut partial = calendar::partial(&nights, way.night);
    partial.extend(calendar::unreadable(root).into_iter().filter(|night| night.as_str() < way.night));
    partial.sort();
    let measured = calibrate::bundled().map(|found| Calibration::of(&found, "kerf's bundled suite"));
    notes.push(metric_error(measured.as_ref()));
    Ok(night_report(way.night, suites, missed, partial, notes))
}

fn suite(
    way: &Way,
    run: &SuiteRun,
    history: &History,
    baseline: &str,
    notes: &mut Vec<String>,
) -> anyhow::Result<SuiteNight> {
    let config = way.config;
    let seed = run.info.options.seed;
    let known = history.nights()?;
    let before =
        known.iter().filter(|row| row.suite == run.suite && row.complete && row.night.as_str() < way.night);
    // Figures under other rules are other figures.
    let same_rules: Vec<_> = before.filter(|row| row.rules == run.info.rules).collect();
    let window = &same_rules[same_rules.len().saturating_sub(config.window - 1)..];
    let accepted = window.iter().rev().find(|row| row.accepted).map(|row| row.night.clone());
    let mut nights: Vec<String> = window.iter().map(|row| row.night.clone()).collect();
    let mut trials = match (nights.first(), nights.last()) {
        (Some(first), Some(last)) => history.trials(&run.suite, first, last)?,
        _ => Vec::new(),
    };
    trials.retain(|trial| nights.binary_search(&trial.night).is_ok());
    nights.push(way.night.to_owned());
    trials.extend(trial_rows(way.night, &run.info, &run.records));

    let trends = trends(&nights, &trials, accepted.as_deref(), seed);
    let found = find(way, run, baseline)?;
    let mut uncompared = "no earlier night to compare with".to_owned();
    let mut comparison = None;
    if let Some(found) = &found {
        notes.extend(found.notes.iter().cloned());
        let changed = changed(found, run);
        match changed.iter().find(|change| change.matters) {
            None => comparison = Some(compared(config, run, found, &trends, changed)),
            Some(change) => {
                uncompared = format!(
                    "not comparable with {}: {} was {}, is {}; accept this night, or name another baseline",
                    found.baseline.name, change.what, change.was, change.now
                );
            }
        }
    }
    let summary = summarise(&run.records, &summary::Options { seed, ..summary::Options::default() });
    Ok(suite_night(Tonight {
        suite: run.suite.clone(),
        run: run.path.display().to_string(),
        lock: run.info.lock.clone(),
        summary: &summary,
        retried: run.retried,
        missing: run.missing.iter().map(|model| (model.model.clone(), model.why.clone())).collect(),
        problems: run.info.problems.clone(),
        baseline: found.map(|found| found.baseline),
        comparison,
        uncompared,
        flaky: flaky(&trials),
        health: suite_health(&nights, &trials),
        trends,
    }))
}

fn compared(
    config: &NightlyConfig,
    run: &SuiteRun,
    found: &Found,
    trends: &[Trend],
    changed: Vec<Change>,
) -> Comparison {
    let options = compare::Options {
        seed: run.info.options.seed,
        margin: config.margin,
        alarms: alarms(trends),
        baseline_name: found.baseline.name.clone(),
        changed,
        ..compare::Options::default()
    };
    let same = |record: &&Record| {
        !options.changed.iter().any(|change| change.what == format!("task {}", record.task))
    };
    let before: Vec<Record> = found.records.iter().filter(same).cloned().collect();
    let now: Vec<Record> = run.records.iter().filter(same).cloned().collect();
    compare::compare(&before, &now, &options)
}

/// What is not as it was in the baseline. Other rules or options give other figures; tasks that changed are left out.
fn changed(found: &Found, run: &SuiteRun) -> Vec<Change> {
    let Some(was) = &found.info else { return Vec::new() };
    let change = |change: Changed| Change {
        matters: ["rules", "options", "sandbox"].contains(&change.what.as_str()),
        what: change.what,
        was: change.was,
        now: change.now,
    };
    // Predictions are others every night: that is what is compared.
    let found = was.changes(&run.info).into_iter().filter(|change| change.what != "plan");
    found.map(change).collect()
}

/// The baseline of a suite; none where no earlier night is good.
fn find(way: &Way, run: &SuiteRun, name: &str) -> anyhow::Result<Option<Found>> {
    let root = &way.config.out;
    match wanted(way.config, name)? {
        Wanted::LastGood => Ok(last_good(root, way.night, run)),
        Wanted::Night(night) => {
            let path = root.join(&night).join(&run.suite);
            let read = read_run(&path).map_err(|error| bad_input(format!("baseline {night}: {error}")))?;
            Ok(Some(whole(night, "night", &path, read)))
        }
        Wanted::Run(path) => {
            let read = read_run(&path).map_err(bad_input)?;
            // A run of another suite is no baseline of this one.
            if read.info.as_ref().is_some_and(|info| info.suite != run.suite) && way.config.suites.len() > 1 {
                return Ok(None);
            }
            Ok(Some(whole(name.to_owned(), "named", &path, read)))
        }
    }
}

fn whole(name: String, how: &str, path: &Path, read: Run) -> Found {
    let baseline = Baseline { name, how: how.to_owned(), run: path.display().to_string() };
    Found { baseline, info: read.info, records: read.records, notes: Vec::new() }
}

/// The last good night, and for models that it lacks the last good one that has them.
fn last_good(root: &Path, tonight: &str, run: &SuiteRun) -> Option<Found> {
    let key = |record: &Record| (record.model.clone(), record.scaffold.clone());
    let mut open: BTreeSet<_> =
        run.records.iter().filter(|record| record.model != GOLD && record.model != EMPTY).map(key).collect();
    let mut found: Option<Found> = None;
    for (folder, night) in night_folders(root).into_iter().rev() {
        if night.night.as_str() >= tonight || found.is_some() && open.is_empty() {
            continue;
        }
        let Some(suite) = night.good_suite(&run.suite) else { continue };
        let path = folder.join(&suite.folder);
        let Ok(read) = read_run(&path) else { continue };
        let there: Vec<_> = read.records.iter().map(key).filter(|key| open.remove(key)).collect();
        match &mut found {
            None => found = Some(whole(night.night.clone(), "last good night", &path, read)),
            Some(found) => {
                for (model, scaffold) in there {
                    found.notes.push(format!(
                        "{} is compared with {}, the last good night that has it",
                        crate::stats::trend::shown(&model, scaffold.as_deref()),
                        night.night
                    ));
                    let own = read
                        .records
                        .iter()
                        .filter(|record| record.model == model && record.scaffold == scaffold);
                    found.records.extend(own.cloned());
                }
            }
        }
    }
    found
}
