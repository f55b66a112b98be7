//! Which transactions a report looks at.

use ledger_core::{AccountName, Date, Posting, Status, Transaction};

/// Which transactions, and which of their postings, a report looks at. By default all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// First day.
    pub from: Option<Date>,
    /// Last day.
    pub to: Option<Date>,
    /// Only this account and those below it.
    pub account: Option<AccountName>,
    /// Only transactions of this status.
    pub status: Option<Status>,
}

impl Filter {
    /// Whether a transaction counts.
    pub fn takes(&self, transaction: &Transaction) -> bool {
        let date = transaction.date();
        self.from.is_none_or(|from| from <= date)
            && self.to.is_none_or(|to| date <= to)
            && self.status.is_none_or(|status| status == transaction.status())
    }

    /// Whether a posting of such a transaction counts.
    pub fn takes_posting(&self, posting: &Posting) -> bool {
        self.account.as_ref().is_none_or(|account| posting.account.is_within(account))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ledger_core::{Currency, Money};

    #[test]
    fn both_ends_are_included() {
        let transaction = Transaction::builder("2024-01-31".parse().unwrap(), "Shop")
            .post("Expenses:Food".parse().unwrap(), Money::new(1, Currency::EUR))
            .balance_to("Assets:Cash".parse().unwrap())
            .build()
            .unwrap();
        let day = |text: &str| Some(text.parse().expect("a valid date"));
        let filter = |from, to| Filter { from, to, ..Filter::default() };
        assert!(filter(day("2024-01-31"), day("2024-01-31")).takes(&transaction));
        assert!(!filter(day("2024-02-01"), None).takes(&transaction));
        assert!(!filter(None, day("2024-01-30")).takes(&transaction));
    }
}
