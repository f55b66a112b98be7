//! The trial balance: every account with what is on it.

use ledger_core::{Balance, Journal, Result};

use crate::{AccountTree, Align, Filter, Table};

/// Balances of all accounts, and their sum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrialBalance {
    tree: AccountTree,
    total: Balance,
}

impl TrialBalance {
    /// Sums up the postings that a filter takes.
    pub fn of(journal: &Journal, filter: &Filter) -> Result<Self> {
        let tree = AccountTree::of(journal, filter)?;
        let total = tree.total()?;
        Ok(Self { tree, total })
    }

    /// The sum over all accounts: zero, unless the filter cuts transactions apart.
    pub fn total(&self) -> &Balance {
        &self.total
    }

    /// One line per account and currency, indented by depth, and the sum.
    pub fn table(&self) -> Table {
        let mut table = Table::new(&[Align::Right, Align::Left]);
        for (account, node) in self.tree.nodes() {
            let name = format!("{}{}", "  ".repeat(account.depth() - 1), account.leaf());
            rows(&mut table, &node.total, &name);
        }
        table.row(["----------", ""]);
        rows(&mut table, &self.total, "");
        table
    }
}

/// One line per currency; the name stands on the last.
fn rows(table: &mut Table, balance: &Balance, name: &str) {
    let mut amounts: Vec<String> = balance.amounts().map(|money| money.to_string()).collect();
    let last = amounts.pop().unwrap_or_else(|| "0".to_owned());
    for amount in amounts {
        table.row([amount.as_str(), ""]);
    }
    table.row([last.as_str(), name]);
}
