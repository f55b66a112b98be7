//! `kerf nightly`: suites × models, every night: run, history, comparison with the baseline, report, exit code.
//!
//! In: `[nightly]` of `kerf.toml`. Out: a folder a night with its runs and reports, a history beside them, an exit code.
//!
//! Invariants: everything is run by [`evaluate::run`](crate::evaluate::run()); the folders are the truth, the history
//! their index; after an interruption at any moment the same command completes the night; one kerf a folder of nights.

mod calendar;
mod config;
mod judge;
mod keep;
mod predict;
mod suite;
mod tell;

use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;

pub(super) use config::NightlyConfig;

use self::suite::{SuiteRun, Way};
use super::exit::bad_input;
use super::{Exit, report};
use crate::report::{escape, nightly};
use crate::stats::compare::Verdict;
use crate::stats::nightly::{NightReport, Presence};
use crate::store::history::{NIGHT_SCHEMA, NightFile, NightSuite, night_folders};

/// Arguments of `kerf nightly`.
#[derive(Debug, clap::Args)]
pub(super) struct NightlyArguments {
    /// The night, YYYY-MM-DD; left out: one that was begun and not finished, else today (UTC)
    #[arg(long, value_name = "DATE")]
    night: Option<String>,
    /// What to compare with: last-good, a night, or a name from [nightly.baselines]
    #[arg(long, value_name = "NAME")]
    baseline: Option<String>,
    /// End with 4 where the verdict is INCONCLUSIVE or SUSPECT
    #[arg(long)]
    strict: bool,
    /// Trials at once: a number, or auto
    #[arg(long, value_name = "N")]
    jobs: Option<String>,
    /// namespaces; container, for tasks that name an image; or none
    #[arg(long, default_value = "namespaces", value_name = "NAME")]
    sandbox: String,
    /// With --sandbox container: images that are not there may be pulled
    #[arg(long)]
    pull: bool,
    /// With --sandbox none: patches may do to this machine what they like
    #[arg(long)]
    trust_patches: bool,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
    /// Print nothing but the report
    #[arg(long, short)]
    quiet: bool,
    /// Run nothing: list the nights
    #[arg(long, group = "other")]
    list: bool,
    /// Run nothing: make the history anew from the nights' folders
    #[arg(long, group = "other")]
    rebuild: bool,
    /// Run nothing: copy the history into a new file
    #[arg(long, group = "other", value_name = "FILE")]
    backup: Option<PathBuf>,
    /// Run nothing: take this night's figures as the new level, a good baseline whatever its verdict
    #[arg(long, group = "other", value_name = "DATE")]
    accept: Option<String>,
}

/// Runs the night, or does what else was asked.
pub(super) fn main(arguments: &NightlyArguments) -> anyhow::Result<Exit> {
    let read = super::config::read(Path::new("."))?.unwrap_or_default();
    let config = read.nightly.ok_or_else(|| {
        bad_input("kerf.toml has no [nightly] here; docs/nightly.md shows how to write one")
    })?;
    let config = config.checked(&read.run)?;
    if arguments.list {
        return keep::list(&config.out);
    }
    if let Some(to) = &arguments.backup {
        return keep::backup(&config.out, to);
    }
    std::fs::create_dir_all(&config.out).with_context(|| format!("cannot make {}", config.out.display()))?;
    let _lock = lock(&config.out)?;
    if arguments.rebuild {
        return keep::rebuild(&config.out);
    }
    if let Some(night) = &arguments.accept {
        return keep::accept(&config.out, night);
    }
    night(arguments, &config)
}

/// Keeps a second kerf away; the system frees the lock with the process.
fn lock(root: &Path) -> anyhow::Result<std::fs::File> {
    let path = root.join(".lock");
    let mut file = std::fs::OpenOptions::new()
        .create(true)
        .read(true)
        .write(true)
        .truncate(false)
        .open(&path)
        .with_context(|| format!("cannot write {}", path.display()))?;
    if file.try_lock().is_err() {
        let mut holder = String::new();
        let _ = file.read_to_string(&mut holder);
        let holder = escape::terminal(holder.trim());
        let by = if holder.is_empty() { String::new() } else { format!(" (process {holder})") };
        anyhow::bail!("another kerf nightly{by} is at work in {}; wait for it, or end it", root.display());
    }
    // Only to tell others who it is: a full disk is no reason to stop here.
    let _ =
        file.set_len(0).and_then(|()| file.rewind()).and_then(|()| write!(file, "{}", std::process::id()));
    Ok(file)
}

fn night(arguments: &NightlyArguments, config: &NightlyConfig) -> anyhow::Result<Exit> {
    let root = &config.out;
    let now = calendar::now();
    let began = now.0;
    let tonight = calendar::tonight(arguments.night.as_deref(), &night_folders(root), now)?;
    let wanted = arguments.baseline.as_deref().unwrap_or(&config.baseline);
    judge::check_baseline(root, config, wanted)?;
    let folder = root.join(&tonight);
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    crate::store::history::sweep(&folder);
    let earlier = NightFile::read(&folder);
    let mut file = NightFile {
        schema: NIGHT_SCHEMA.to_owned(),
        night: tonight.clone(),
        began: earlier.as_ref().map_or(began, |earlier| earlier.began),
        finished: false,
        notified: earlier.as_ref().is_some_and(|earlier| earlier.notified),
        verdict: None,
        accepted: earlier.as_ref().is_some_and(|earlier| earlier.accepted),
        suites: Vec::new(),
    };
    file.write(&folder)?;
    let way = Way {
        night: &tonight,
        folder: &folder,
        config,
        jobs: arguments.jobs.as_deref(),
        sandbox: &arguments.sandbox,
        pull: arguments.pull,
        trust_patches: arguments.trust_patches,
        quiet: arguments.quiet,
    };
    let mut runs: Vec<SuiteRun> = Vec::new();
    for suite in &config.suites {
        let Some(run) = suite::run_suite(suite, &way)? else {
            eprintln!("kerf: interrupted; what is finished is kept, the same command carries on");
            return Ok(Exit::Interrupted);
        };
        runs.push(run);
        let entry = |run: &SuiteRun| NightSuite {
            suite: run.suite.clone(),
            folder: run.suite.clone(),
            verdict: None,
            missing: run.missing.clone(),
        };
        file.suites = runs.iter().map(entry).collect();
        file.write(&folder)?;
    }
    let mut notes = Vec::new();
    let mut history = keep::history(root, &mut notes)?;
    let night_report = judge::report(&way, &runs, &history, wanted, notes)?;
    write_reports(&folder, &night_report)?;
    // A command that outlived a killed kerf may have left its file meanwhile.
    crate::store::history::sweep(&folder);
    file.finished = true;
    file.verdict = Some(night_report.verdict.name().to_owned());
    for (entry, judged) in file.suites.iter_mut().zip(&night_report.suites) {
        entry.verdict = Some(judged.verdict.name().to_owned());
    }
    file.write(&folder)?;
    keep::fill(&mut history, root)?;
    if let Some(command) =
        config.notify.as_deref().filter(|_| !file.notified && wanted_by(config, &night_report))
    {
        match tell::tell(command, &night_report, &folder) {
            Ok(()) => {
                file.notified = true;
                file.write(&folder)?;
            }
            Err(why) => eprintln!("kerf: nobody was told: {why}; the same command tries again"),
        }
    }
    if arguments.json {
        report::print(&serde_json::to_string_pretty(&night_report)?)?;
    } else {
        report::print(&nightly::terminal(&night_report, report::view()))?;
        if !arguments.quiet {
            eprintln!("kerf: {} holds report.md, report.json and the runs", folder.display());
        }
    }
    Ok(super::compare::exit_of(night_report.verdict, arguments.strict))
}

/// Whether this night is one that somebody wants to be told of.
fn wanted_by(config: &NightlyConfig, report: &NightReport) -> bool {
    let missing = || {
        report.suites.iter().any(|suite| suite.models.iter().any(|model| model.presence == Presence::Missing))
    };
    match config.notify_on {
        config::NotifyOn::Always => true,
        config::NotifyOn::Bad => report.verdict <= Verdict::Suspect || missing(),
    }
}

fn write_reports(folder: &Path, night: &NightReport) -> anyhow::Result<()> {
    let plain = crate::report::View { width: 100, colour: false };
    let json = serde_json::to_string_pretty(night)? + "\n";
    for (name, text) in [
        ("report.json", json),
        ("report.md", nightly::markdown(night)),
        ("report.txt", nightly::terminal(night, plain)),
    ] {
        crate::store::write_whole(&folder.join(name), text.as_bytes())?;
    }
    Ok(())
}
