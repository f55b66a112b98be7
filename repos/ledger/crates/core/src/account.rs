//! Account names and their place in the tree.

use std::fmt;
use std::str::FromStr;

use crate::{CoreError, Result};

/// The five kinds of account, by top-level name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AccountKind {
    /// What one has.
    Assets,
    /// What one owes.
    Liabilities,
    /// What one started with.
    Equity,
    /// Where money comes from.
    Income,
    /// Where money goes.
    Expenses,
}

impl AccountKind {
    fn from_name(name: &str) -> Option<Self> {
        match name {
            "Assets" => Some(Self::Assets),
            "Liabilities" => Some(Self::Liabilities),
            "Equity" => Some(Self::Equity),
            "Income" => Some(Self::Income),
            "Expenses" => Some(Self::Expenses),
            _ => None,
        }
    }

    /// Whether the account belongs on the balance sheet rather than on the income statement.
    pub fn is_permanent(self) -> bool {
        matches!(self, Self::Assets | Self::Liabilities | Self::Equity)
    }
}

/// A full account name, such as `Assets:Bank:Checking`.
///
/// ```
/// use ledger_core::{AccountKind, AccountName};
///
/// let account: AccountName = "Assets:Bank:Checking".parse()?;
/// assert_eq!(account.kind(), AccountKind::Assets);
/// assert_eq!(account.parent().unwrap().to_string(), "Assets:Bank");
/// # Ok::<(), ledger_core::CoreError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountName(String);

impl AccountName {
    /// The kind, from the first segment.
    pub fn kind(&self) -> AccountKind {
        self.segments().next().and_then(AccountKind::from_name).unwrap_or(AccountKind::Equity)
    }

    /// The segments, from the top.
    pub fn segments(&self) -> impl Iterator<Item = &str> {
        self.0.split(':')
    }

    /// Number of segments.
    pub fn depth(&self) -> usize {
        self.segments().count()
    }

    /// The last segment.
    pub fn leaf(&self) -> &str {
        self.0.rsplit(':').next().unwrap_or(&self.0)
    }

    /// The account above, if there is one.
    pub fn parent(&self) -> Option<Self> {
        self.0.rsplit_once(':').map(|(parent, _)| Self(parent.to_owned()))
    }

    /// Whether this is `other` or lies below it.
    pub fn is_within(&self, other: &Self) -> bool {
        self.0
            .strip_prefix(other.0.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AccountName {
    type Err = CoreError;

    fn from_str(name: &str) -> Result<Self> {
        let well_formed = name.split(':').all(|segment| {
            !segment.is_empty() && segment == segment.trim() && !segment.contains("  ")
        });
        let known = name.split(':').next().and_then(AccountKind::from_name).is_some();
        if well_formed && known {
            Ok(Self(name.to_owned()))
        } else {
            Err(CoreError::InvalidAccount(name.to_owned()))
        }
    }
}

impl fmt::Display for AccountName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> AccountName {
        text.parse().expect("a valid account name")
    }

    #[test]
    fn top_level_must_be_one_of_five() {
        assert!("Stuff:Car".parse::<AccountName>().is_err());
        assert!("assets:Car".parse::<AccountName>().is_err());
    }

    #[test]
    fn segments_must_not_be_empty() {
        for bad in ["", "Assets:", "Assets::Cash", "Assets: Cash", "Assets:Cash  Box"] {
            assert!(bad.parse::<AccountName>().is_err(), "{bad}");
        }
    }

    #[test]
    fn siblings_with_a_common_prefix_are_apart() {
        assert!(name("Assets:Bank:Savings").is_within(&name("Assets:Bank")));
        assert!(name("Assets:Bank").is_within(&name("Assets:Bank")));
        assert!(!name("Assets:Bankrupt").is_within(&name("Assets:Bank")));
    }

    #[test]
    fn walks_up_to_the_top() {
        let account = name("Expenses:Food:Eating out");
        assert_eq!((account.depth(), account.leaf()), (3, "Eating out"));
        assert_eq!(account.parent().and_then(|up| up.parent()), Some(name("Expenses")));
        assert_eq!(name("Expenses").parent(), None);
    }
}
