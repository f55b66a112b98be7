//! Schedules in the five fields of `crontab`.
//!
//! A [`Schedule`] says whether it [matches](Schedule::matches) a minute and which minute is
//! [next](Schedule::next_after). Each field is a set of numbers, read in `field`.

mod field;
mod next;

use std::str::FromStr;

use self::field::{Bounds, Field};
use crate::calendar::DateTime;
use crate::error::{ParseError, ParseErrorKind};

const MINUTE: Bounds = Bounds::new(0, 59, &[]);
const HOUR: Bounds = Bounds::new(0, 23, &[]);
const DAY: Bounds = Bounds::new(1, 31, &[]);
const MONTH: Bounds = Bounds::new(
    1,
    12,
    &[
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ],
);
/// Sunday is 0 and also 7.
const WEEKDAY: Bounds = Bounds::new(0, 7, &["sun", "mon", "tue", "wed", "thu", "fri", "sat"]);

/// The minutes at which something is due.
///
/// The fields are minute, hour, day of the month, month and day of the week. Each is `*`, a number,
/// a range `a-b`, either with a step `/n`, or a list of these. Months and weekdays have names of
/// three letters, and `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly` are short for the
/// obvious.
///
/// ```
/// use tempo::{DateTime, Schedule};
///
/// let office_hours: Schedule = "*/15 9-17 * * mon-fri".parse()?;
/// let friday = DateTime::new(2024, 3, 1, 17, 50).unwrap();
/// assert!(!office_hours.matches(friday));
/// assert_eq!(office_hours.next_after(friday), DateTime::new(2024, 3, 4, 9, 0));
/// # Ok::<(), tempo::ParseError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    minute: Field,
    hour: Field,
    day: Field,
    month: Field,
    weekday: Field,
}

impl Schedule {
    /// Whether the schedule is due in this minute.
    pub fn matches(&self, at: DateTime) -> bool {
        self.minute.contains(at.minute())
            && self.hour.contains(at.hour())
            && self.month.contains(at.month())
            && self.day.contains(at.day())
            && self.weekday.contains(at.weekday())
    }

    /// The first minute after `from` in which the schedule is due.
    ///
    /// None if there is none within the next eight years, which happens for days that do not exist,
    /// such as `0 0 30 feb *`.
    pub fn next_after(&self, from: DateTime) -> Option<DateTime> {
        next::search(self, from)
    }
}

impl FromStr for Schedule {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let text = expand_nickname(text)?;
        let words = words(text);
        let &[minute, hour, day, month, weekday] = words.as_slice() else {
            let kind = if words.is_empty() {
                ParseErrorKind::Empty
            } else {
                ParseErrorKind::FieldCount(words.len())
            };
            return Err(ParseError::new(kind, text.len()));
        };
        let read = |(offset, word): (usize, &str), bounds: &Bounds| {
            Field::parse(word, bounds).map_err(|error| error.shifted(offset))
        };
        Ok(Self {
            minute: read(minute, &MINUTE)?,
            hour: read(hour, &HOUR)?,
            day: read(day, &DAY)?,
            month: read(month, &MONTH)?,
            weekday: read(weekday, &WEEKDAY)?.folded(7, 0),
        })
    }
}

/// The five fields of a nickname such as `@daily`; any other text as it is.
fn expand_nickname(text: &str) -> Result<&str, ParseError> {
    let fields = match text.trim() {
        "@hourly" => "0 * * * *",
        "@daily" | "@midnight" => "0 0 * * *",
        "@weekly" => "0 0 * * sun",
        "@monthly" => "0 0 1 * *",
        "@yearly" | "@annually" => "0 0 1 jan *",
        name if name.starts_with('@') => {
            let kind = ParseErrorKind::UnknownName(name.to_owned());
            return Err(ParseError::new(kind, 0));
        }
        _ => text,
    };
    Ok(fields)
}

/// The words of a text with their byte offsets.
fn words(text: &str) -> Vec<(usize, &str)> {
    let start = text.as_ptr() as usize;
    text.split_whitespace()
        .map(|word| (word.as_ptr() as usize - start, word))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> (ParseErrorKind, usize) {
        let error = text.parse::<Schedule>().unwrap_err();
        (error.kind().clone(), error.offset())
    }

    #[test]
    fn nicknames_are_schedules() {
        assert_eq!(
            "@daily".parse::<Schedule>(),
            "0 0 * * *".parse::<Schedule>()
        );
        assert_eq!(
            refused("@noon"),
            (ParseErrorKind::UnknownName("@noon".into()), 0)
        );
    }

    #[test]
    fn sunday_has_two_numbers() {
        assert_eq!(
            "0 0 * * 7".parse::<Schedule>(),
            "0 0 * * sun".parse::<Schedule>()
        );
    }

    #[test]
    fn errors_point_into_the_whole_text() {
        assert_eq!(refused(""), (ParseErrorKind::Empty, 0));
        assert_eq!(refused("* * *"), (ParseErrorKind::FieldCount(3), 5));
        let hour = ParseErrorKind::OutOfRange {
            value: 24,
            min: 0,
            max: 23,
        };
        assert_eq!(refused("0  24 * * *"), (hour, 3));
    }
}
