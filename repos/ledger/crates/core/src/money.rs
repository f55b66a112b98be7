//! An amount in one currency.

use std::fmt;
use std::ops::Neg;

use crate::{CoreError, Currency, Decimal, MINOR_DIGITS, Result};

/// An amount in one currency, counted in minor units.
///
/// ```
/// use ledger_core::{Currency, Money};
///
/// let price = Money::new(1999, Currency::EUR);
/// let shipping = Money::from_major(4, Currency::EUR)?;
/// assert_eq!(price.checked_add(shipping)?.to_string(), "23.99 EUR");
/// # Ok::<(), ledger_core::CoreError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

impl Money {
    /// An amount of so many minor units.
    pub fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// An amount of so many whole units.
    pub fn from_major(units: i64, currency: Currency) -> Result<Self> {
        let minor = Decimal::from_minor(units, 0).to_minor(MINOR_DIGITS)?;
        Ok(Self { minor, currency })
    }

    /// Nothing, in a currency.
    pub fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// The amount in minor units.
    pub fn minor(self) -> i64 {
        self.minor
    }

    /// The currency.
    pub fn currency(self) -> Currency {
        self.currency
    }

    /// Whether the amount is zero.
    pub fn is_zero(self) -> bool {
        self.minor == 0
    }

    /// The sum of two amounts of one currency.
    pub fn checked_add(self, other: Self) -> Result<Self> {
        if self.currency != other.currency {
            return Err(CoreError::CurrencyMismatch { left: self.currency, right: other.currency });
        }
        let minor = self.minor.checked_add(other.minor).ok_or(CoreError::Overflow)?;
        Ok(Self { minor, currency: self.currency })
    }

    /// The difference of two amounts of one currency.
    pub fn checked_sub(self, other: Self) -> Result<Self> {
        let minor = other.minor.checked_neg().ok_or(CoreError::Overflow)?;
        self.checked_add(Self { minor, currency: other.currency })
    }
}

impl Neg for Money {
    type Output = Self;

    /// The opposite amount. That of the most negative amount, which has none, is one minor unit
    /// short.
    fn neg(self) -> Self {
        Self { minor: self.minor.saturating_neg(), currency: self.currency }
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let amount = Decimal::from_minor(self.minor, MINOR_DIGITS);
        f.pad(&format!("{amount} {}", self.currency))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn currencies_do_not_mix() {
        let error = Money::new(1, Currency::EUR).checked_add(Money::new(1, Currency::USD));
        assert_eq!(
            error,
            Err(CoreError::CurrencyMismatch { left: Currency::EUR, right: Currency::USD })
        );
    }

    #[test]
    fn sums_are_checked() {
        let most = Money::new(i64::MAX, Currency::EUR);
        assert_eq!(most.checked_add(Money::new(1, Currency::EUR)), Err(CoreError::Overflow));
        assert_eq!(most.checked_sub(most), Ok(Money::zero(Currency::EUR)));
    }

    #[test]
    fn displays_like_a_bank_statement() {
        assert_eq!(Money::new(-5, Currency::USD).to_string(), "-0.05 USD");
        assert_eq!(format!("{:>12}", Money::new(123_456, Currency::EUR)), " 1234.56 EUR");
    }
}
