//! `kerf cache`: what snapshots there are, which of them go, whether they are as they were built.

use std::path::Path;
use std::time::{Duration, SystemTime};

use anyhow::Context;

use super::exit::bad_input;
use super::{Exit, context};
use crate::report::escape;
use crate::sandbox::{Places, remove_left_containers};
use crate::snapshot::entries::{self, Entry, State};

/// Commands of `kerf cache`.
#[derive(Debug, clap::Subcommand)]
pub(super) enum CacheCommand {
    /// List the snapshots, the longest unused first
    List(ListArguments),
    /// Remove what is of no use any more, and with options what is not wanted
    Prune(PruneArguments),
    /// Read every snapshot and compare it with what was built
    Verify(VerifyArguments),
}

/// Arguments of `kerf cache list`.
#[derive(Debug, clap::Args)]
pub(super) struct ListArguments {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Arguments of `kerf cache prune`.
#[derive(Debug, clap::Args)]
pub(super) struct PruneArguments {
    /// Remove the longest unused until the rest takes no more than this, such as 20G
    #[arg(long, value_name = "SIZE")]
    size: Option<String>,
    /// Remove what was not used for so many days
    #[arg(long, value_name = "DAYS")]
    unused_for: Option<u64>,
    /// Remove all snapshots that no kerf uses now
    #[arg(long, conflicts_with_all = ["size", "unused_for"])]
    all: bool,
}

/// Arguments of `kerf cache verify`.
#[derive(Debug, clap::Args)]
pub(super) struct VerifyArguments {
    /// Remove what is not as it was built; the next run builds it anew
    #[arg(long)]
    remove: bool,
}

/// Does what the command says.
pub(super) fn main(command: &CacheCommand) -> anyhow::Result<Exit> {
    let folder = entries::folder(&context::cache(&context::variables())?);
    match command {
        CacheCommand::List(arguments) => list(&folder, arguments.json),
        CacheCommand::Prune(arguments) => prune(&folder, arguments),
        CacheCommand::Verify(arguments) => verify(&folder, arguments.remove),
    }
}

fn read(folder: &Path) -> anyhow::Result<Vec<Entry>> {
    entries::list(folder).with_context(|| format!("the cache {} cannot be read", folder.display()))
}

fn list(folder: &Path, json: bool) -> anyhow::Result<Exit> {
    let entries = read(folder)?;
    if json {
        let rows: Vec<_> = entries
            .iter()
            .map(|entry| {
                serde_json::json!({"key": entry.key, "bytes": entry.bytes, "unused_days": days(entry),
                    "state": state(entry), "in_use": entry.in_use})
            })
            .collect();
        println!("{}", serde_json::json!({"schema": "kerf/cache/1", "entries": rows}));
        return Ok(Exit::Fine);
    }
    for entry in &entries {
        println!("{}", row(entry));
    }
    let total = entries.iter().map(|entry| entry.bytes).sum();
    println!(
        "{} in {}, {}",
        plural(entries.len()),
        escape::terminal(&folder.display().to_string()),
        shown(total)
    );
    Ok(Exit::Fine)
}

fn row(entry: &Entry) -> String {
    let used = if entry.in_use { "in use".to_owned() } else { format!("unused {} d", days(entry)) };
    format!(
        "{}  {:>9}  {used:12}  {}",
        escape::terminal(&entry.key),
        shown(entry.bytes),
        escape::terminal(&state(entry))
    )
}

fn state(entry: &Entry) -> String {
    match &entry.state {
        State::Whole => "whole".to_owned(),
        State::Damaged(why) => format!("damaged: {why}"),
        State::Leftover => "left over".to_owned(),
    }
}

#[allow(clippy::disallowed_methods, reason = "how long ago is a question to the clock")]
fn days(entry: &Entry) -> u64 {
    SystemTime::now().duration_since(entry.used).unwrap_or_default().as_secs() / (24 * 3600)
}

fn plural(count: usize) -> String {
    if count == 1 { "1 snapshot".to_owned() } else { format!("{count} snapshots") }
}

fn shown(bytes: u64) -> String {
    if bytes >= 1 << 30 {
        format!("{:.1} GiB", bytes as f64 / f64::from(1 << 30))
    } else {
        format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20))
    }
}

fn prune(folder: &Path, arguments: &PruneArguments) -> anyhow::Result<Exit> {
    let limit = match (&arguments.size, arguments.all) {
        (_, true) => 0,
        (Some(size), false) => self::size(size)?,
        (None, false) => u64::MAX,
    };
    let failed = || format!("the cache {} cannot be pruned", folder.display());
    let mut gone = Vec::new();
    if let Some(days) = arguments.unused_for {
        #[allow(clippy::disallowed_methods, reason = "how long ago is a question to the clock")]
        let since = SystemTime::now() - Duration::from_secs(days.saturating_mul(24 * 3600).min(1 << 40));
        for entry in read(folder)?.into_iter().filter(|entry| entry.used < since && !entry.in_use) {
            if entries::remove(folder, &entry).with_context(failed)? {
                gone.push(entry);
            }
        }
    }
    if folder.exists() {
        gone.extend(entries::evict(folder, limit).with_context(failed)?);
    }
    for entry in &gone {
        println!("{}", row(entry));
    }
    println!("{} removed, {}", plural(gone.len()), shown(gone.iter().map(|entry| entry.bytes).sum()));
    // Where no engine answers there is nothing to remove.
    match remove_left_containers(&Places::of(&context::variables())) {
        Ok(0) | Err(_) => {}
        Ok(1) => println!("1 container removed, left by a kerf that was killed"),
        Ok(many) => println!("{many} containers removed, left by a kerf that was killed"),
    }
    Ok(Exit::Fine)
}

fn verify(folder: &Path, remove: bool) -> anyhow::Result<Exit> {
    let mut broken = 0;
    let entries = read(folder)?;
    for entry in &entries {
        if entry.in_use && entry.state == State::Leftover {
            continue; // being built
        }
        let Err(why) = entries::check(entry) else { continue };
        broken += 1;
        let removed = remove && entries::remove(folder, entry)?;
        let what = if removed { "; removed" } else { "" };
        println!("{}: {}{what}", escape::terminal(&entry.key), escape::terminal(&why));
    }
    println!("{}, {} not as built", plural(entries.len()), broken);
    Ok(if broken == 0 { Exit::Fine } else { Exit::Different })
}

/// A size as people write it: `500M`, `20G`, `1T`, or bytes.
pub(super) fn size(text: &str) -> anyhow::Result<u64> {
    let wrong = || bad_input(format!("{text}: write a size such as 500M or 20G"));
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match text[digits.len()..].to_ascii_uppercase().trim_end_matches('B').trim_end_matches('I') {
        "" => 1,
        "K" => 1 << 10,
        "M" => 1 << 20,
        "G" => 1 << 30,
        "T" => 1_u64 << 40,
        _ => return Err(wrong()),
    };
    let number: u64 = digits.trim().parse().map_err(|_| wrong())?;
    number.checked_mul(unit).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_as_people_write_them() {
        for (text, bytes) in
            [("0", 0), ("512", 512), ("2K", 2048), ("3MiB", 3 << 20), ("20G", 20 << 30), ("1tb", 1 << 40)]
        {
            assert_eq!(size(text).unwrap(), bytes, "{text}");
        }
        for text in ["", "G", "-1G", "1.5G", "20X", "99999999T"] {
            assert!(size(text).is_err(), "{text}");
        }
    }
}
