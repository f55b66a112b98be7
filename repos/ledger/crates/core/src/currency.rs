//! Currencies by their three-letter code.

use std::fmt;
use std::str::FromStr;

use crate::{CoreError, Result};

/// Digits after the decimal point of every amount.
pub const MINOR_DIGITS: u32 = 2;

/// A currency, named by its ISO 4217 code.
///
/// Codes are not checked against the published list: a household may well keep books in loyalty
/// points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// Euro.
    pub const EUR: Self = Self(*b"EUR");
    /// Pound sterling.
    pub const GBP: Self = Self(*b"GBP");
    /// United States dollar.
    pub const USD: Self = Self(*b"USD");

    /// Reads a code of three capital letters.
    ///
    /// ```
    /// use ledger_core::Currency;
    ///
    /// assert_eq!(Currency::new("EUR"), Ok(Currency::EUR));
    /// assert!(Currency::new("euro").is_err());
    /// ```
    pub fn new(code: &str) -> Result<Self> {
        match code.as_bytes() {
            &[a, b, c] if [a, b, c].iter().all(u8::is_ascii_uppercase) => Ok(Self([a, b, c])),
            _ => Err(CoreError::InvalidCurrency(code.to_owned())),
        }
    }

    /// The code.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for Currency {
    type Err = CoreError;

    fn from_str(code: &str) -> Result<Self> {
        Self::new(code)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_three_capital_letters() {
        for bad in ["", "EU", "EURO", "eur", "E1R", "€"] {
            assert_eq!(Currency::new(bad), Err(CoreError::InvalidCurrency(bad.to_owned())));
        }
    }

    #[test]
    fn displays_its_code() {
        assert_eq!(Currency::GBP.to_string(), "GBP");
    }
}
