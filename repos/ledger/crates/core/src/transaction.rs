//! Balanced transactions and how they are built.

use crate::{AccountName, Balance, CoreError, Date, Money, Posting, Result, Status};

/// A balanced set of postings on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transaction {
    date: Date,
    status: Status,
    payee: String,
    postings: Vec<Posting>,
}

impl Transaction {
    /// Starts a transaction.
    pub fn builder(date: Date, payee: &str) -> TransactionBuilder {
        TransactionBuilder {
            date,
            status: Status::default(),
            payee: payee.trim().to_owned(),
            postings: Vec::new(),
            rest: None,
        }
    }

    /// The day.
    pub fn date(&self) -> Date {
        self.date
    }

    /// Whether the bank has confirmed it.
    pub fn status(&self) -> Status {
        self.status
    }

    /// Who paid or was paid.
    pub fn payee(&self) -> &str {
        &self.payee
    }

    /// The postings, at least two, that sum to zero in every currency.
    pub fn postings(&self) -> &[Posting] {
        &self.postings
    }

    /// What the transaction moves into an account and those below it.
    pub fn change_of(&self, account: &AccountName) -> Result<Balance> {
        let mut balance = Balance::default();
        for posting in &self.postings {
            if posting.account.is_within(account) {
                balance.add(posting.amount)?;
            }
        }
        Ok(balance)
    }
}

/// Collects the parts of a [`Transaction`].
#[derive(Debug, Clone)]
pub struct TransactionBuilder {
    date: Date,
    status: Status,
    payee: String,
    postings: Vec<Posting>,
    rest: Option<Rest>,
}

/// The account that takes what is left, and its place among the postings.
#[derive(Debug, Clone)]
struct Rest {
    at: usize,
    account: AccountName,
    note: String,
}

impl TransactionBuilder {
    /// Sets the status.
    #[must_use]
    pub fn status(mut self, status: Status) -> Self {
        self.status = status;
        self
    }

    /// Adds a posting of an amount to an account.
    #[must_use]
    pub fn post(self, account: AccountName, amount: Money) -> Self {
        self.posting(Posting::new(account, amount))
    }

    /// Adds a posting.
    #[must_use]
    pub fn posting(mut self, posting: Posting) -> Self {
        self.postings.push(posting);
        self
    }

    /// Lets an account take what the other postings leave over. The last such account wins.
    #[must_use]
    pub fn balance_to(self, account: AccountName) -> Self {
        self.balance_to_noted(account, "")
    }

    /// Like [`balance_to`](Self::balance_to), with a note on the postings that arise.
    #[must_use]
    pub fn balance_to_noted(mut self, account: AccountName, note: &str) -> Self {
        self.rest = Some(Rest { at: self.postings.len(), account, note: note.to_owned() });
        self
    }

    /// Checks the balance and yields the transaction.
    pub fn build(mut self) -> Result<Transaction> {
        let mut residue = Balance::default();
        for posting in &self.postings {
            residue.add(posting.amount)?;
        }
        if let Some(Rest { at, account, note }) = self.rest.take() {
            let fill =
                residue.amounts().map(|left| Posting::new(account.clone(), -left).with_note(&note));
            self.postings.splice(at..at, fill.collect::<Vec<_>>());
            residue = Balance::default();
        }
        let Self { date, status, payee, postings, .. } = self;
        if !residue.is_zero() {
            return Err(CoreError::Unbalanced { date, payee, residue });
        }
        if postings.len() < 2 {
            return Err(CoreError::TooFewPostings { date, payee });
        }
        Ok(Transaction { date, status, payee, postings })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Currency;

    fn start() -> TransactionBuilder {
        Transaction::builder(Date::new(2024, 1, 5).expect("a valid date"), " Shop ")
    }

    fn account(name: &str) -> AccountName {
        name.parse().expect("a valid account name")
    }

    #[test]
    fn unbalanced_postings_are_refused() {
        let error = start()
            .post(account("Expenses:Food"), Money::new(100, Currency::EUR))
            .post(account("Assets:Cash"), Money::new(-90, Currency::EUR))
            .build()
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "transaction 2024-01-05 Shop does not balance: 0.10 EUR left over"
        );
    }

    #[test]
    fn the_rest_is_filled_in_per_currency() {
        let transaction = start()
            .post(account("Expenses:Food"), Money::new(100, Currency::EUR))
            .balance_to(account("Assets:Cash"))
            .post(account("Expenses:Fees"), Money::new(7, Currency::USD))
            .build()
            .unwrap();
        let amounts: Vec<String> =
            transaction.postings().iter().map(|posting| posting.amount.to_string()).collect();
        assert_eq!(amounts, ["1.00 EUR", "-1.00 EUR", "-0.07 USD", "0.07 USD"]);
    }

    #[test]
    fn one_posting_is_not_enough() {
        let error = start().balance_to(account("Assets:Cash")).build().unwrap_err();
        assert!(matches!(error, CoreError::TooFewPostings { .. }));
    }
}
