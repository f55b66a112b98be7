//! The chart of accounts: which accounts may be used.

use std::collections::BTreeSet;

use crate::{AccountName, CoreError, Result};

/// Declared accounts. A chart without any declaration allows every account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chart {
    declared: BTreeSet<AccountName>,
}

impl Chart {
    /// Declares an account.
    pub fn declare(&mut self, account: AccountName) {
        self.declared.insert(account);
    }

    /// Fails if the chart has declarations and none of them is, or lies above, the account.
    pub fn check(&self, account: &AccountName) -> Result<()> {
        let allowed =
            self.declared.is_empty() || self.declared.iter().any(|top| account.is_within(top));
        if allowed { Ok(()) } else { Err(CoreError::UndeclaredAccount(account.clone())) }
    }

    /// The declared accounts in order of their names.
    pub fn accounts(&self) -> impl Iterator<Item = &AccountName> {
        self.declared.iter()
    }
}
