//! The register: postings by day with a running balance.

use ledger_core::{AccountName, Balance, Date, Journal, Money, Result, Status};

use crate::{Align, Filter, Table};

/// A posting and the balance after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterRow {
    /// Day of the transaction.
    pub date: Date,
    /// Its status.
    pub status: Status,
    /// Its payee.
    pub payee: String,
    /// Account of the posting.
    pub account: AccountName,
    /// Amount of the posting.
    pub amount: Money,
    /// Sum of this and all earlier rows.
    pub balance: Balance,
}

/// Postings by day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Register {
    rows: Vec<RegisterRow>,
}

impl Register {
    /// Lists the postings that a filter takes.
    pub fn of(journal: &Journal, filter: &Filter) -> Result<Self> {
        let mut rows = Vec::new();
        let mut balance = Balance::default();
        for transaction in journal.by_date() {
            if !filter.takes(transaction) {
                continue;
            }
            for posting in transaction.postings() {
                if !filter.takes_posting(posting) {
                    continue;
                }
                balance.add(posting.amount)?;
                rows.push(RegisterRow {
                    date: transaction.date(),
                    status: transaction.status(),
                    payee: transaction.payee().to_owned(),
                    account: posting.account.clone(),
                    amount: posting.amount,
                    balance: balance.clone(),
                });
            }
        }
        Ok(Self { rows })
    }

    /// The rows in order.
    pub fn rows(&self) -> &[RegisterRow] {
        &self.rows
    }

    /// One line per posting.
    pub fn table(&self) -> Table {
        let columns =
            [Align::Left, Align::Left, Align::Left, Align::Left, Align::Right, Align::Right];
        let mut table = Table::new(&columns);
        for row in &self.rows {
            let mark = match row.status {
                Status::Unmarked => "",
                Status::Cleared => "*",
            };
            table.row([
                row.date.to_string(),
                mark.to_owned(),
                row.payee.clone(),
                row.account.to_string(),
                row.amount.to_string(),
                row.balance.to_string(),
            ]);
        }
        table
    }
}
