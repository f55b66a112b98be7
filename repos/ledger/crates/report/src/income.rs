//! The income statement: what came in, what went out.

use ledger_core::{AccountKind, AccountName, Balance, Journal, Result};

use crate::{AccountTree, Align, Filter, Table};

/// Income and expenses of a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncomeStatement {
    lines: Vec<(AccountName, Balance)>,
    net: Balance,
}

impl IncomeStatement {
    /// Sums up income and expenses that a filter takes.
    pub fn of(journal: &Journal, filter: &Filter) -> Result<Self> {
        let tree = AccountTree::of(journal, filter)?;
        let mut lines = Vec::new();
        let mut net = Balance::default();
        for (account, node) in tree.nodes() {
            if account.kind().is_permanent() || node.own.is_zero() {
                continue;
            }
            // Income is booked as a negative amount; the statement shows it as people think of it.
            let shown = negated(&node.own)?;
            net.merge(&shown)?;
            lines.push((account.clone(), shown));
        }
        lines.sort_by_key(|(account, _)| account.kind() == AccountKind::Expenses);
        Ok(Self { lines, net })
    }

    /// What is left: positive if more came in than went out.
    pub fn net(&self) -> &Balance {
        &self.net
    }

    /// One line per account, income first, and the net result.
    pub fn table(&self) -> Table {
        let mut table = Table::new(&[Align::Left, Align::Right]);
        for (account, balance) in &self.lines {
            table.row([account.to_string(), balance.to_string()]);
        }
        table.row(["Net".to_owned(), self.net.to_string()]);
        table
    }
}

fn negated(balance: &Balance) -> Result<Balance> {
    let mut negated = Balance::default();
    for money in balance.amounts() {
        negated.add(-money)?;
    }
    Ok(negated)
}
