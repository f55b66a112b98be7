//! The journal: transactions in the order they were recorded.

use std::collections::BTreeSet;

use crate::{AccountName, Balance, Chart, Date, Result, Transaction};

/// All transactions, and the chart that they must keep to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Journal {
    chart: Chart,
    transactions: Vec<Transaction>,
}

impl Journal {
    /// An empty journal that allows every account.
    pub fn new() -> Self {
        Self::default()
    }

    /// The chart of accounts.
    pub fn chart(&self) -> &Chart {
        &self.chart
    }

    /// Declares an account; from the first declaration on, others are refused.
    pub fn declare(&mut self, account: AccountName) {
        self.chart.declare(account);
    }

    /// Adds a transaction, if the chart allows its accounts.
    pub fn record(&mut self, transaction: Transaction) -> Result<()> {
        for posting in transaction.postings() {
            self.chart.check(&posting.account)?;
        }
        self.transactions.push(transaction);
        Ok(())
    }

    /// The transactions as recorded.
    pub fn transactions(&self) -> &[Transaction] {
        &self.transactions
    }

    /// The transactions by day; those of one day as recorded.
    pub fn by_date(&self) -> Vec<&Transaction> {
        let mut sorted: Vec<&Transaction> = self.transactions.iter().collect();
        sorted.sort_by_key(|transaction| transaction.date());
        sorted
    }

    /// Every account that has a posting.
    pub fn accounts(&self) -> BTreeSet<&AccountName> {
        self.transactions
            .iter()
            .flat_map(Transaction::postings)
            .map(|posting| &posting.account)
            .collect()
    }

    /// The balance of an account and those below it.
    pub fn balance_of(&self, account: &AccountName) -> Result<Balance> {
        let mut balance = Balance::default();
        for transaction in &self.transactions {
            balance.merge(&transaction.change_of(account)?)?;
        }
        Ok(balance)
    }

    /// Whether a transaction of that day and payee changes the account by as much.
    pub fn has_similar(
        &self,
        date: Date,
        payee: &str,
        account: &AccountName,
        change: &Balance,
    ) -> Result<bool> {
        for transaction in &self.transactions {
            if transaction.date() == date
                && transaction.payee() == payee
                && transaction.change_of(account)? == *change
            {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
