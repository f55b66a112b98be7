//! Balances by account, rolled up to the accounts above.

use std::collections::BTreeMap;

use ledger_core::{AccountName, Balance, Journal, Money, Result};

use crate::Filter;

/// An account in the tree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Node {
    /// What was posted to the account itself.
    pub own: Balance,
    /// The same with all accounts below it.
    pub total: Balance,
}

/// Every account that was posted to, and all accounts above those.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountTree {
    nodes: BTreeMap<AccountName, Node>,
}

impl AccountTree {
    /// Sums up the postings that a filter takes.
    pub fn of(journal: &Journal, filter: &Filter) -> Result<Self> {
        let mut tree = Self::default();
        for transaction in journal.transactions().iter().filter(|entry| filter.takes(entry)) {
            for posting in transaction.postings() {
                if filter.takes_posting(posting) {
                    tree.add(&posting.account, posting.amount)?;
                }
            }
        }
        Ok(tree)
    }

    fn add(&mut self, account: &AccountName, amount: Money) -> Result<()> {
        self.nodes.entry(account.clone()).or_default().own.add(amount)?;
        let mut current = Some(account.clone());
        while let Some(name) = current {
            current = name.parent();
            self.nodes.entry(name).or_default().total.add(amount)?;
        }
        Ok(())
    }

    /// The accounts by name, each above those below it.
    pub fn nodes(&self) -> impl Iterator<Item = (&AccountName, &Node)> {
        self.nodes.iter()
    }

    /// The sum over all accounts.
    pub fn total(&self) -> Result<Balance> {
        let mut total = Balance::default();
        for node in self.nodes.values() {
            total.merge(&node.own)?;
        }
        Ok(total)
    }
}
