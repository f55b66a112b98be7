//! Which column of a statement holds what.

use ledger_core::{Currency, Date, Money};

use crate::amount::amount;
use crate::{Dialect, ImportError, Row, RowProblem};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// Day of the booking.
    Date,
    /// The other party.
    Payee,
    /// What was paid.
    Amount,
    /// Reference text.
    Memo,
    /// Nothing of use.
    Ignored,
}

/// Which column holds what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    date: usize,
    payee: usize,
    amount: usize,
    memo: Option<usize>,
}

/// A row that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Day of the booking.
    pub date: Date,
    /// The other party.
    pub payee: String,
    /// What was paid; negative if it left the account.
    pub amount: Money,
    /// Reference text, if the statement has any.
    pub memo: Option<String>,
}

impl Mapping {
    /// Reads a mapping from names in the order of the columns: `date`, `payee`, `amount`, `memo`
    /// and `-` for columns to ignore.
    pub fn from_names(names: &str) -> Result<Self, ImportError> {
        let columns = names
            .split(',')
            .map(|name| match name.trim() {
                "date" => Ok(Column::Date),
                "payee" => Ok(Column::Payee),
                "amount" => Ok(Column::Amount),
                "memo" => Ok(Column::Memo),
                "-" => Ok(Column::Ignored),
                other => Err(ImportError::UnknownColumn(other.to_owned())),
            })
            .collect::<Result<Vec<_>, _>>()?;
        Self::new(&columns)
    }

    /// A mapping from columns in order.
    pub fn new(columns: &[Column]) -> Result<Self, ImportError> {
        let find = |wanted: Column| columns.iter().position(|column| *column == wanted);
        Ok(Self {
            date: find(Column::Date).ok_or(ImportError::MissingColumn("date"))?,
            payee: find(Column::Payee).ok_or(ImportError::MissingColumn("payee"))?,
            amount: find(Column::Amount).ok_or(ImportError::MissingColumn("amount"))?,
            memo: find(Column::Memo),
        })
    }

    /// Understands a row.
    pub fn apply(
        &self,
        row: &Row,
        dialect: &Dialect,
        currency: Currency,
    ) -> Result<Record, ImportError> {
        self.record(row, dialect, currency)
            .map_err(|problem| ImportError::Row { line: row.line, problem })
    }

    fn record(
        &self,
        row: &Row,
        dialect: &Dialect,
        currency: Currency,
    ) -> Result<Record, RowProblem> {
        let field = |index: usize| {
            row.fields
                .get(index)
                .map(|field| field.trim())
                .ok_or(RowProblem::MissingField { index })
        };
        let memo = self.memo.map(field).transpose()?.filter(|memo| !memo.is_empty());
        Ok(Record {
            date: dialect.date(field(self.date)?)?,
            payee: field(self.payee)?.to_owned(),
            amount: amount(field(self.amount)?, currency, dialect)?,
            memo: memo.map(str::to_owned),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn needs_date_payee_and_amount() {
        assert_eq!(Mapping::from_names("date,payee"), Err(ImportError::MissingColumn("amount")));
        assert_eq!(
            Mapping::from_names("date,payee,sum"),
            Err(ImportError::UnknownColumn("sum".to_owned()))
        );
    }
}
