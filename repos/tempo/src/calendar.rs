//! Dates and minutes of the day in the proleptic Gregorian calendar, without time zones.

use std::fmt;

const DAYS_PER_WEEK: i64 = 7;

/// A minute of a day.
///
/// ```
/// use tempo::DateTime;
///
/// let leap_day = DateTime::new(2024, 2, 29, 23, 59).unwrap();
/// assert_eq!(leap_day.weekday(), 4);
/// assert_eq!(leap_day.to_string(), "2024-02-29 23:59");
/// assert!(DateTime::new(2023, 2, 29, 0, 0).is_none());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateTime {
    year: i32,
    month: u32,
    day: u32,
    hour: u32,
    minute: u32,
}

impl DateTime {
    /// A minute of a day, or none if there is no such day or minute.
    pub fn new(year: i32, month: u32, day: u32, hour: u32, minute: u32) -> Option<Self> {
        let exists = (1..=12).contains(&month)
            && (1..=days_in_month(year, month)).contains(&day)
            && hour < 24
            && minute < 60;
        exists.then_some(Self {
            year,
            month,
            day,
            hour,
            minute,
        })
    }

    /// The year.
    pub fn year(self) -> i32 {
        self.year
    }

    /// The month, 1 to 12.
    pub fn month(self) -> u32 {
        self.month
    }

    /// The day of the month, 1 to 31.
    pub fn day(self) -> u32 {
        self.day
    }

    /// The hour, 0 to 23.
    pub fn hour(self) -> u32 {
        self.hour
    }

    /// The minute, 0 to 59.
    pub fn minute(self) -> u32 {
        self.minute
    }

    /// The day of the week, 0 (Sunday) to 6 (Saturday).
    pub fn weekday(self) -> u32 {
        // 1970-01-01 was a Thursday.
        let weekday = (self.days_since_epoch() + 4).rem_euclid(DAYS_PER_WEEK);
        u32::try_from(weekday).unwrap_or(0)
    }

    /// Days since 1970-01-01, negative before it.
    pub fn days_since_epoch(self) -> i64 {
        // Years that begin in March have their leap day at the end.
        let (year, month) = if self.month > 2 {
            (i64::from(self.year), i64::from(self.month) - 3)
        } else {
            (i64::from(self.year) - 1, i64::from(self.month) + 9)
        };
        let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
        let days_before_month = (153 * month + 2) / 5;
        365 * year + leap_days + days_before_month + i64::from(self.day) - 719_469
    }

    /// The next minute.
    #[must_use]
    pub fn next_minute(self) -> Self {
        if self.minute < 59 {
            return Self {
                minute: self.minute + 1,
                ..self
            };
        }
        self.next_hour()
    }

    /// The first minute of the next hour.
    #[must_use]
    pub fn next_hour(self) -> Self {
        if self.hour < 23 {
            return Self {
                hour: self.hour + 1,
                minute: 0,
                ..self
            };
        }
        self.next_day()
    }

    /// The first minute of the next day.
    #[must_use]
    pub fn next_day(self) -> Self {
        if self.day < days_in_month(self.year, self.month) {
            return Self {
                day: self.day + 1,
                hour: 0,
                minute: 0,
                ..self
            };
        }
        self.next_month()
    }

    /// The first minute of the next month.
    #[must_use]
    pub fn next_month(self) -> Self {
        let (year, month) = if self.month < 12 {
            (self.year, self.month + 1)
        } else {
            (self.year + 1, 1)
        };
        Self {
            year,
            month,
            day: 1,
            hour: 0,
            minute: 0,
        }
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            year,
            month,
            day,
            hour,
            minute,
        } = self;
        write!(f, "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}")
    }
}

/// Whether a year has a 29th of February.
pub fn is_leap_year(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Days of a month; a month outside 1 to 12 has none.
pub fn days_in_month(year: i32, month: u32) -> u32 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap_year(year) => 29,
        2 => 28,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(year: i32, month: u32, day: u32, hour: u32, minute: u32) -> DateTime {
        DateTime::new(year, month, day, hour, minute).unwrap()
    }

    #[test]
    fn days_are_counted_from_the_epoch() {
        assert_eq!(at(1970, 1, 1, 0, 0).days_since_epoch(), 0);
        assert_eq!(at(2000, 3, 1, 0, 0).days_since_epoch(), 11_017);
        assert_eq!(at(1969, 12, 31, 0, 0).days_since_epoch(), -1);
    }

    #[test]
    fn weekdays_go_round() {
        assert_eq!(at(1970, 1, 1, 0, 0).weekday(), 4);
        assert_eq!(at(1969, 12, 28, 0, 0).weekday(), 0);
        assert_eq!(at(2000, 1, 1, 0, 0).weekday(), 6);
    }

    #[test]
    fn minutes_carry_over() {
        assert_eq!(at(2023, 12, 31, 23, 59).next_minute(), at(2024, 1, 1, 0, 0));
        assert_eq!(at(2024, 2, 28, 23, 59).next_minute(), at(2024, 2, 29, 0, 0));
        assert_eq!(at(2024, 2, 28, 9, 59).next_minute(), at(2024, 2, 28, 10, 0));
    }

    #[test]
    fn centuries_are_leap_years_every_400_years() {
        assert!(is_leap_year(2000));
        assert!(!is_leap_year(1900));
        assert_eq!(days_in_month(1900, 2), 28);
    }
}
