//! One leg of a transaction.

use crate::{AccountName, Money};

/// An amount moved into (or, negative, out of) an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posting {
    /// The account.
    pub account: AccountName,
    /// The amount.
    pub amount: Money,
    /// What the bookkeeper wanted to remember.
    pub note: Option<String>,
}

impl Posting {
    /// A posting without a note.
    pub fn new(account: AccountName, amount: Money) -> Self {
        Self { account, amount, note: None }
    }

    /// The same posting with a note. Notes are one line; an empty one is none.
    #[must_use]
    pub fn with_note(mut self, note: &str) -> Self {
        let line = note.split_whitespace().collect::<Vec<_>>().join(" ");
        self.note = (!line.is_empty()).then_some(line);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Currency;

    #[test]
    fn notes_are_one_line() {
        let account: AccountName = "Assets:Cash".parse().unwrap();
        let posting = Posting::new(account, Money::zero(Currency::EUR));
        assert_eq!(posting.clone().with_note(" a\n b ").note.as_deref(), Some("a b"));
        assert_eq!(posting.with_note(" \n").note, None);
    }
}
