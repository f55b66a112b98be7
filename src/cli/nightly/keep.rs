//! The history and the folders of nights: opened, filled, mended, listed.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::calendar;
use crate::cli::exit::bad_input;
use crate::cli::{Exit, report};
use crate::report::escape;
use crate::store::history::{Filled, History, HistoryError, NightFile, RETRY, night_folders};

fn place(root: &Path) -> PathBuf {
    root.join("history.sqlite")
}

/// The history with all nights in it. One that is damaged is set aside and made anew; where it is locked, one in memory
/// is made of the folders, and the next night puts things right.
pub(super) fn history(root: &Path, notes: &mut Vec<String>) -> anyhow::Result<History> {
    let locked = |notes: &mut Vec<String>, error: &HistoryError| {
        notes.push(format!(
            "{error}: tonight's report was made from the folders, and a later night puts it in"
        ));
        memory(root)
    };
    let opened = match History::open(&place(root), RETRY) {
        Ok(opened) => opened,
        Err(error @ HistoryError::Locked(_)) => return locked(notes, &error),
        Err(error @ HistoryError::Newer { .. }) => return Err(bad_input(error)),
        Err(error) => return Err(kept(error)),
    };
    let mut history = opened.history;
    if let Some((aside, why)) = opened.set_aside {
        notes.push(format!(
            "the history was damaged ({why}); it was set aside as {} and made anew from the folders",
            aside.display()
        ));
    }
    match history.fill(root) {
        Ok(Filled { problems, .. }) => notes.extend(problems),
        Err(error @ HistoryError::Locked(_)) => return locked(notes, &error),
        Err(HistoryError::Damaged { .. }) => {
            // Damage that only writing meets.
            drop(history);
            return mended(root, notes);
        }
        Err(error) => return Err(kept(error)),
    }
    Ok(history)
}

fn mended(root: &Path, notes: &mut Vec<String>) -> anyhow::Result<History> {
    let aside = crate::store::history::set_aside(&place(root))
        .context("the history is damaged and cannot be moved")?;
    notes.push(format!("the history was damaged; it was set aside as {} and made anew", aside.display()));
    let mut history = History::open(&place(root), RETRY).map_err(kept)?.history;
    notes.extend(history.fill(root).map_err(kept)?.problems);
    Ok(history)
}

fn memory(root: &Path) -> anyhow::Result<History> {
    let mut history = History::in_memory()?;
    history.fill(root)?;
    Ok(history)
}

fn kept(error: HistoryError) -> anyhow::Error {
    anyhow::Error::new(error)
        .context("the history cannot be written; the run is kept, and the same command carries on")
}

/// Puts tonight in. A history that is locked now gets it on a later night.
pub(super) fn fill(history: &mut History, root: &Path) -> anyhow::Result<()> {
    match history.fill(root) {
        Ok(_) => Ok(()),
        Err(error @ HistoryError::Locked(_)) => {
            eprintln!("kerf: {error}: a later night puts tonight in");
            Ok(())
        }
        Err(error) => Err(kept(error)),
    }
}

/// `--rebuild`.
pub(super) fn rebuild(root: &Path) -> anyhow::Result<Exit> {
    let opened = History::open(&place(root), RETRY)?;
    if let Some((aside, why)) = &opened.set_aside {
        eprintln!(
            "kerf: the history was damaged ({}); it is set aside as {}",
            escape::terminal(why),
            aside.display()
        );
    }
    let mut history = opened.history;
    let filled = history.rebuild(root)?;
    for problem in &filled.problems {
        eprintln!("kerf: {}", escape::terminal(problem));
    }
    println!("{} runs of nights are in {}", filled.put, place(root).display());
    Ok(if filled.problems.is_empty() { Exit::Fine } else { Exit::Usage })
}

/// `--backup FILE`.
pub(super) fn backup(root: &Path, to: &Path) -> anyhow::Result<Exit> {
    let history = History::open_to_read(&place(root), RETRY).map_err(bad_input)?;
    history.backup(to).map_err(|error| match error {
        HistoryError::Failed { .. } => bad_input(error),
        other => anyhow::Error::new(other),
    })?;
    println!("{} is a copy of {}", to.display(), place(root).display());
    Ok(Exit::Fine)
}

/// `--accept DATE`.
pub(super) fn accept(root: &Path, night: &str) -> anyhow::Result<Exit> {
    let night = calendar::named(night)?;
    let folder = root.join(&night);
    let mut file = NightFile::read(&folder)
        .filter(|file| file.finished)
        .ok_or_else(|| bad_input(format!("{} is no finished night", folder.display())))?;
    file.accepted = true;
    file.write(&folder)?;
    let mut history = History::open(&place(root), RETRY)?.history;
    fill(&mut history, root)?;
    println!("{night} is the new level: a good baseline, and trends begin with it");
    Ok(Exit::Fine)
}

/// `--list`: what the folders say, needing neither lock nor history.
pub(super) fn list(root: &Path) -> anyhow::Result<Exit> {
    let nights = night_folders(root);
    let mut text = String::new();
    for (folder, night) in &nights {
        let state = if night.finished { night.verdict.as_deref().unwrap_or("-") } else { "not finished" };
        let accepted = if night.accepted { ", accepted" } else { "" };
        let _ = write!(text, "{}  {}{accepted}", escape::terminal(&night.night), escape::terminal(state));
        for suite in &night.suites {
            let missing: Vec<&str> = suite.missing.iter().map(|missing| missing.model.as_str()).collect();
            if !missing.is_empty() {
                let _ = write!(
                    text,
                    "; missing from {}: {}",
                    escape::terminal(&suite.suite),
                    escape::terminal(&missing.join(", "))
                );
            }
        }
        if folder.file_name().is_none_or(|name| name.to_string_lossy() != night.night) {
            let _ = write!(text, "; in {}", escape::terminal(&folder.display().to_string()));
        }
        text.push('\n');
    }
    for night in calendar::unreadable(root) {
        let _ = writeln!(text, "{night}  no readable night.json: cut off as it was begun");
    }
    if text.is_empty() {
        text = format!("no night in {}\n", root.display());
    }
    report::print(&text)?;
    Ok(Exit::Fine)
}
