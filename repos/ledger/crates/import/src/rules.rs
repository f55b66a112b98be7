//! Which account a payee belongs to.

use ledger_core::AccountName;

/// Rules in order; the first that fits wins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    rules: Vec<(String, AccountName)>,
    fallback: AccountName,
}

impl Rules {
    /// No rules: everything belongs to one account.
    pub fn new(fallback: AccountName) -> Self {
        Self { rules: Vec::new(), fallback }
    }

    /// Adds a rule for payees that contain a text, in whatever case.
    #[must_use]
    pub fn with(mut self, text: &str, account: AccountName) -> Self {
        self.rules.push((text.to_lowercase(), account));
        self
    }

    /// The account of a payee.
    pub fn account(&self, payee: &str) -> &AccountName {
        let payee = payee.to_lowercase();
        self.rules
            .iter()
            .find(|(text, _)| payee.contains(text))
            .map_or(&self.fallback, |(_, account)| account)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_rule_wins() {
        let food: AccountName = "Expenses:Food".parse().unwrap();
        let unknown: AccountName = "Expenses:Unknown".parse().unwrap();
        let rules = Rules::new(unknown.clone())
            .with("Grocer", food.clone())
            .with("green", "Expenses:Garden".parse().unwrap());
        assert_eq!(rules.account("The GREEN GROCER"), &food);
        assert_eq!(rules.account("Baker"), &unknown);
    }
}
