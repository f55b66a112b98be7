//! Nights by date.

use std::path::Path;

use jiff::civil::{Date, Weekday};

use super::config::Expect;
use crate::cli::exit::bad_input;
use crate::store::history::NightFile;

/// A night that was begun less than so many seconds ago and is not finished is carried on, also past midnight.
const CARRIED_ON_S: u64 = 18 * 3600;
/// Missed nights are named up to this many.
const MOST_MISSED: usize = 31;

/// Seconds since 1970, and the date, in UTC.
pub(super) fn now() -> (u64, String) {
    let now = jiff::Timestamp::now();
    (now.as_second().unsigned_abs(), jiff::tz::Offset::UTC.to_datetime(now).date().to_string())
}

/// Checks a night's name.
pub(super) fn named(text: &str) -> anyhow::Result<String> {
    let date: Option<Date> = text.parse().ok();
    date.filter(|date| date.to_string() == text)
        .map(|date| date.to_string())
        .ok_or_else(|| bad_input(format!("{text} is no night: write a date, YYYY-MM-DD")))
}

/// Tonight: as named, else an unfinished night that began not long ago, else today.
pub(super) fn tonight(
    wanted: Option<&str>,
    nights: &[(std::path::PathBuf, NightFile)],
    now: (u64, String),
) -> anyhow::Result<String> {
    if let Some(wanted) = wanted {
        return named(wanted);
    }
    let open = nights.iter().rev().map(|(_, night)| night).find(|night| {
        !night.finished && now.0.checked_sub(night.began).is_some_and(|age| age < CARRIED_ON_S)
    });
    Ok(open.map_or(now.1, |night| night.night.clone()))
}

/// Expected nights between the last night before `tonight` and `tonight`, without either.
pub(super) fn missed(
    nights: &[(std::path::PathBuf, NightFile)],
    tonight: &str,
    expect: Expect,
) -> Vec<String> {
    let before = nights.iter().map(|(_, night)| night.night.as_str()).filter(|night| *night < tonight).max();
    let ends = before.and_then(|before| Some((before.parse::<Date>().ok()?, tonight.parse::<Date>().ok()?)));
    let Some((mut day, end)) = ends else { return Vec::new() };
    let mut missed = Vec::new();
    while let Ok(next) = day.tomorrow() {
        if next >= end || missed.len() == MOST_MISSED {
            break;
        }
        day = next;
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        if match expect {
            Expect::Daily => true,
            Expect::Weekdays => !weekend,
            Expect::None => false,
        } {
            missed.push(day.to_string());
        }
    }
    missed
}

/// Names of earlier nights that were begun and never finished.
pub(super) fn partial(nights: &[(std::path::PathBuf, NightFile)], tonight: &str) -> Vec<String> {
    let open =
        |night: &&(std::path::PathBuf, NightFile)| !night.1.finished && night.1.night.as_str() < tonight;
    nights.iter().filter(open).map(|(_, night)| night.night.clone()).collect()
}

/// Folders that are named like a night and hold no readable `night.json`: cut off as they were begun, or damaged.
pub(super) fn unreadable(root: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(root)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| NightFile::read(&entry.path()).is_none())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| named(name).is_ok())
        .collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::store::history::NIGHT_SCHEMA;

    fn nights(names: &[(&str, bool, u64)]) -> Vec<(PathBuf, NightFile)> {
        let night = |(name, finished, began): &(&str, bool, u64)| NightFile {
            schema: NIGHT_SCHEMA.to_owned(),
            night: (*name).to_owned(),
            began: *began,
            finished: *finished,
            notified: false,
            verdict: None,
            accepted: false,
            suites: Vec::new(),
        };
        names.iter().map(|name| (PathBuf::from(name.0), night(name))).collect()
    }

    #[test]
    fn missed_nights_are_those_that_were_expected() {
        // 2026-11-06 is a Friday.
        let before = nights(&[("2026-11-05", true, 0), ("2026-11-06", false, 0), ("2026-11-12", true, 0)]);
        let missed = |expect| missed(&before[..2], "2026-11-11", expect);
        assert_eq!(missed(Expect::Daily), ["2026-11-07", "2026-11-08", "2026-11-09", "2026-11-10"]);
        assert_eq!(missed(Expect::Weekdays), ["2026-11-09", "2026-11-10"]);
        assert!(missed(Expect::None).is_empty());
        assert!(super::missed(&before, "2026-11-13", Expect::Daily).is_empty());
        assert!(super::missed(&[], "2026-11-13", Expect::Daily).is_empty());
        assert_eq!(super::missed(&before, "2027-11-13", Expect::Daily).len(), 31);
        assert_eq!(partial(&before, "2026-11-13"), ["2026-11-06"]);
    }

    #[test]
    fn a_night_goes_on_past_midnight() {
        let hour = 3600;
        let open = nights(&[("2026-11-05", true, 0), ("2026-11-06", false, 23 * hour)]);
        let now = |hours: u64| (hours * hour, "2026-11-07".to_owned());
        assert_eq!(tonight(None, &open, now(26)).unwrap(), "2026-11-06");
        assert_eq!(tonight(None, &open, now(23 + 18)).unwrap(), "2026-11-07");
        assert_eq!(tonight(Some("2026-01-02"), &open, now(26)).unwrap(), "2026-01-02");
        for wrong in ["2026-1-2", "2026-02-30", "today", "../x", ""] {
            assert!(tonight(Some(wrong), &open, now(26)).is_err(), "{wrong}");
        }
    }
}
