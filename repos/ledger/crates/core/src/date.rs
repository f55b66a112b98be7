//! Days of the Gregorian calendar.

use std::fmt;
use std::str::FromStr;

use crate::{CoreError, Result};

/// A day.
///
/// ```
/// use ledger_core::Date;
///
/// let day: Date = "2024-02-29".parse()?;
/// assert_eq!(day, Date::new(2024, 2, 29)?);
/// assert!("2023-02-29".parse::<Date>().is_err());
/// # Ok::<(), ledger_core::CoreError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// A day by year, month (1 to 12) and day of the month (from 1).
    pub fn new(year: u16, month: u8, day: u8) -> Result<Self> {
        let date = Self { year, month, day };
        if day >= 1 && day <= days_in_month(year, month) {
            Ok(date)
        } else {
            Err(CoreError::InvalidDate(date.to_string()))
        }
    }

    /// The year.
    pub fn year(self) -> u16 {
        self.year
    }

    /// The month, from 1.
    pub fn month(self) -> u8 {
        self.month
    }

    /// The day of the month, from 1.
    pub fn day(self) -> u8 {
        self.day
    }

    /// The first day of this month.
    #[must_use]
    pub fn month_start(self) -> Self {
        Self { day: 1, ..self }
    }
}

fn days_in_month(year: u16, month: u8) -> u8 {
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    }
}

impl FromStr for Date {
    type Err = CoreError;

    /// Reads `2024-01-31`.
    fn from_str(text: &str) -> Result<Self> {
        let invalid = || CoreError::InvalidDate(text.to_owned());
        let mut parts = text.split('-');
        let (Some(year), Some(month), Some(day), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(invalid());
        };
        if (year.len(), month.len(), day.len()) != (4, 2, 2) {
            return Err(invalid());
        }
        let year = year.parse().map_err(|_| invalid())?;
        let month = month.parse().map_err(|_| invalid())?;
        let day = day.parse().map_err(|_| invalid())?;
        Self::new(year, month, day).map_err(|_| invalid())
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn centuries_are_no_leap_years_unless_divisible_by_400() {
        assert!(Date::new(1900, 2, 29).is_err());
        assert!(Date::new(2000, 2, 29).is_ok());
    }

    #[test]
    fn refuses_sloppy_dates() {
        for text in ["2024-1-31", "24-01-31", "2024-01", "2024-01-31-1", "2024-00-10", "today"] {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
    }

    #[test]
    fn orders_by_time() {
        let early: Date = "2023-12-31".parse().unwrap();
        let late: Date = "2024-01-01".parse().unwrap();
        assert!(early < late);
        assert_eq!("2024-01-31".parse::<Date>().unwrap().month_start(), late);
    }
}
