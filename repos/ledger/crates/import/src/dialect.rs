//! How a bank writes its statements.

use ledger_core::Date;

use crate::RowProblem;

/// Order of day, month and year.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DateOrder {
    /// `2024-01-31`
    #[default]
    YearMonthDay,
    /// `31.01.2024`
    DayMonthYear,
    /// `01/31/2024`
    MonthDayYear,
}

/// What a positive amount means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sign {
    /// Money that came in.
    #[default]
    Deposit,
    /// Money that went out, as on the statement of a credit card.
    Charge,
}

/// How a bank writes its statements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialect {
    /// What parts the fields.
    pub delimiter: char,
    /// Whether the first row names the columns.
    pub has_header: bool,
    /// Order of day, month and year.
    pub date_order: DateOrder,
    /// What a positive amount means.
    pub sign: Sign,
}

impl Default for Dialect {
    /// Commas, a header, dates that begin with the year, and deposits above zero.
    fn default() -> Self {
        Self {
            delimiter: ',',
            has_header: true,
            date_order: DateOrder::default(),
            sign: Sign::default(),
        }
    }
}

impl Dialect {
    /// Reads a date. Years have four digits; parts may be separated by anything
    /// else.
    ///
    /// ```
    /// use ledger_import::{DateOrder, Dialect};
    ///
    /// let dialect = Dialect { date_order: DateOrder::DayMonthYear, ..Dialect::default() };
    /// assert_eq!(dialect.date("5.1.2024")?.to_string(), "2024-01-05");
    /// # Ok::<(), ledger_import::RowProblem>(())
    /// ```
    pub fn date(&self, text: &str) -> Result<Date, RowProblem> {
        let bad = || RowProblem::BadDate(text.to_owned());
        let parts: Vec<&str> = text.trim().split(|c: char| !c.is_ascii_digit()).collect();
        let [first, second, third] = parts[..] else {
            return Err(bad());
        };
        let (year, month, day) = match self.date_order {
            DateOrder::YearMonthDay => (first, second, third),
            DateOrder::DayMonthYear => (third, second, first),
            DateOrder::MonthDayYear => (third, first, second),
        };
        if year.len() != 4 {
            return Err(bad());
        }
        let year = year.parse().map_err(|_| bad())?;
        let month = month.parse().map_err(|_| bad())?;
        let day = day.parse().map_err(|_| bad())?;
        Date::new(year, month, day).map_err(|_| bad())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_of_dates() {
        for (order, text) in [
            (DateOrder::YearMonthDay, "2024-01-31"),
            (DateOrder::DayMonthYear, "31.01.2024"),
            (DateOrder::MonthDayYear, "01/31/2024"),
        ] {
            let dialect = Dialect { date_order: order, ..Dialect::default() };
            assert_eq!(dialect.date(text), Ok(Date::new(2024, 1, 31).unwrap()));
        }
    }

    #[test]
    fn what_is_no_date() {
        for text in ["", "24-01-31", "2024-01", "2024-02-30", "2024-01-31-1"] {
            let bad = RowProblem::BadDate(text.to_owned());
            assert_eq!(Dialect::default().date(text), Err(bad));
        }
    }
}
