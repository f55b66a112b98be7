//! Sums over several currencies.

use std::collections::BTreeMap;
use std::fmt;

use crate::{CoreError, Currency, Money, Result};

/// A sum of amounts, one per currency.
///
/// ```
/// use ledger_core::{Balance, Currency, Money};
///
/// let mut balance = Balance::default();
/// balance.add(Money::new(500, Currency::EUR))?;
/// balance.add(Money::new(-500, Currency::EUR))?;
/// assert!(balance.is_zero());
/// # Ok::<(), ledger_core::CoreError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Balance {
    /// Never holds a zero.
    minor: BTreeMap<Currency, i64>,
}

impl Balance {
    /// Adds an amount.
    pub fn add(&mut self, money: Money) -> Result<()> {
        let minor = self.minor.entry(money.currency()).or_default();
        *minor = minor.checked_add(money.minor()).ok_or(CoreError::Overflow)?;
        if *minor == 0 {
            self.minor.remove(&money.currency());
        }
        Ok(())
    }

    /// Adds another balance, currency by currency.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        other.amounts().try_for_each(|money| self.add(money))
    }

    /// The amount in one currency.
    pub fn in_currency(&self, currency: Currency) -> Money {
        Money::new(self.minor.get(&currency).copied().unwrap_or_default(), currency)
    }

    /// The amounts that are not zero, by currency.
    pub fn amounts(&self) -> impl Iterator<Item = Money> + '_ {
        self.minor.iter().map(|(currency, minor)| Money::new(*minor, *currency))
    }

    /// Whether nothing is left in any currency.
    pub fn is_zero(&self) -> bool {
        self.minor.is_empty()
    }
}

impl fmt::Display for Balance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_zero() {
            return f.pad("0");
        }
        let amounts: Vec<String> = self.amounts().map(|money| money.to_string()).collect();
        f.pad(&amounts.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_currencies_apart() {
        let mut balance = Balance::default();
        balance.add(Money::new(150, Currency::USD)).unwrap();
        balance.add(Money::new(-20, Currency::EUR)).unwrap();
        assert_eq!(balance.to_string(), "-0.20 EUR, 1.50 USD");
        assert_eq!(balance.in_currency(Currency::GBP), Money::zero(Currency::GBP));
    }

    #[test]
    fn merging_the_opposite_leaves_nothing() {
        let mut balance = Balance::default();
        balance.add(Money::new(150, Currency::USD)).unwrap();
        let mut opposite = Balance::default();
        opposite.add(Money::new(-150, Currency::USD)).unwrap();
        balance.merge(&opposite).unwrap();
        assert_eq!(balance, Balance::default());
    }
}
