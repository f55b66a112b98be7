//! From a statement to transactions.

use std::fmt;

use ledger_core::{AccountName, CoreError, Currency, Journal, Posting, Status, Transaction};

use crate::{Dialect, ImportError, Mapping, Record, RowProblem, Rules, read_rows};

/// Reads the statements of one bank account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Importer {
    /// How the bank writes.
    pub dialect: Dialect,
    /// Which column holds what.
    pub mapping: Mapping,
    /// Which account a payee belongs to.
    pub rules: Rules,
    /// The account that the statement is of.
    pub account: AccountName,
    /// The currency of that account.
    pub currency: Currency,
}

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportSummary {
    /// Transactions that were new.
    pub recorded: usize,
    /// Rows that the journal already had.
    pub skipped: usize,
}

impl fmt::Display for ImportSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} recorded, {} skipped", self.recorded, self.skipped)
    }
}

impl Importer {
    /// Adds what the journal does not have yet. Rows before one that fails stay recorded.
    pub fn run(
        &self,
        statement: &str,
        journal: &mut Journal,
    ) -> Result<ImportSummary, ImportError> {
        let mut summary = ImportSummary::default();
        for row in read_rows(statement, &self.dialect)? {
            let record = self.mapping.apply(&row, &self.dialect, self.currency)?;
            let in_row = |error: CoreError| ImportError::Row {
                line: row.line,
                problem: RowProblem::Core(error),
            };
            let transaction = self.transaction(&record).map_err(in_row)?;
            if self.is_known(&transaction, journal).map_err(in_row)? {
                summary.skipped += 1;
            } else {
                journal.record(transaction).map_err(in_row)?;
                summary.recorded += 1;
            }
        }
        Ok(summary)
    }

    fn transaction(&self, record: &Record) -> Result<Transaction, CoreError> {
        let memo = record.memo.as_deref().unwrap_or_default();
        let posting = Posting::new(self.account.clone(), record.amount).with_note(memo);
        Transaction::builder(record.date, &record.payee)
            .status(Status::Cleared)
            .posting(posting)
            .post(self.rules.account(&record.payee).clone(), -record.amount)
            .build()
    }

    fn is_known(&self, transaction: &Transaction, journal: &Journal) -> Result<bool, CoreError> {
        let change = transaction.change_of(&self.account)?;
        journal.has_similar(transaction.date(), transaction.payee(), &self.account, &change)
    }
}
