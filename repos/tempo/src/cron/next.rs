//! The search for the next minute of a schedule.
//!
//! The search leaps over whole months, days and hours that cannot match, so it takes some thousand
//! steps at most, however rare the schedule is.

use super::Schedule;
use crate::calendar::{DateTime, days_in_month};

/// The 29th of February may be eight years away, around a century that has none.
const HORIZON_YEARS: i32 = 8;

/// The first matching minute after `from`, within [`HORIZON_YEARS`].
pub(super) fn search(schedule: &Schedule, from: DateTime) -> Option<DateTime> {
    let last_year = from.year().saturating_add(HORIZON_YEARS);
    let mut at = from.next_minute();
    while at.year() <= last_year {
        if !schedule.month.contains(at.month()) {
            at = at.next_month();
            continue;
        }
        match first_day(schedule, at) {
            None => at = at.next_month(),
            Some(day) => match first_minute(schedule, day) {
                None => at = day.next_day(),
                found => return found,
            },
        }
    }
    None
}

/// The first matching day of the month from `at` on: `at` itself, or the start of a later day.
fn first_day(schedule: &Schedule, at: DateTime) -> Option<DateTime> {
    let last = days_in_month(at.year(), at.month());
    let mut day = schedule.day.next_from(at.day())?;
    while day <= last {
        let start = if day == at.day() {
            at
        } else {
            DateTime::new(at.year(), at.month(), day, 0, 0)?
        };
        if schedule.weekday.contains(start.weekday()) {
            return Some(start);
        }
        day = schedule.day.next_from(day + 1)?;
    }
    None
}

/// The first matching minute of the day from `at` on.
fn first_minute(schedule: &Schedule, at: DateTime) -> Option<DateTime> {
    let build = |hour, minute| DateTime::new(at.year(), at.month(), at.day(), hour, minute);
    if schedule.hour.contains(at.hour()) {
        if let Some(minute) = schedule.minute.next_from(at.minute()) {
            return build(at.hour(), minute);
        }
    }
    let hour = schedule.hour.next_from(at.hour() + 1)?;
    build(hour, schedule.minute.next_from(0)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(schedule: &str, from: (i32, u32, u32, u32, u32)) -> Option<String> {
        let (year, month, day, hour, minute) = from;
        let from = DateTime::new(year, month, day, hour, minute).unwrap();
        let schedule: Schedule = schedule.parse().unwrap();
        let found = schedule.next_after(from)?;
        assert!(schedule.matches(found));
        Some(found.to_string())
    }

    #[test]
    fn the_present_minute_is_never_next() {
        let found = after("30 8 * * *", (2024, 5, 1, 8, 30));
        assert_eq!(found.as_deref(), Some("2024-05-02 08:30"));
    }

    #[test]
    fn rare_days_are_found() {
        let found = after("0 0 29 feb *", (2096, 3, 1, 0, 0));
        assert_eq!(found.as_deref(), Some("2104-02-29 00:00"));
    }

    #[test]
    fn days_that_do_not_exist_are_not_found() {
        assert_eq!(after("0 0 31 apr *", (2024, 1, 1, 0, 0)), None);
    }

    #[test]
    fn the_hour_is_left_when_its_minutes_are_over() {
        let found = after("10 6,18 * * *", (2024, 5, 1, 6, 10));
        assert_eq!(found.as_deref(), Some("2024-05-01 18:10"));
    }
}
