//! Exact decimal numbers, as people write them.

use std::fmt;
use std::str::FromStr;

use crate::{CoreError, Result, Rounding, div_round};

/// Digits after the point beyond which a number is refused.
const MAX_SCALE: u32 = 12;

/// An exact decimal number: `mantissa / 10^scale`.
///
/// ```
/// use ledger_core::Decimal;
///
/// let rate: Decimal = "0.925".parse()?;
/// assert_eq!(rate.to_string(), "0.925");
/// assert_eq!(Decimal::from_minor(-1205, 2).to_string(), "-12.05");
/// # Ok::<(), ledger_core::CoreError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decimal {
    mantissa: i128,
    scale: u32,
}

impl Decimal {
    /// The number one.
    pub const ONE: Self = Self { mantissa: 1, scale: 0 };

    /// An amount in minor units as a decimal number with so many digits after the point.
    pub fn from_minor(minor: i64, digits: u32) -> Self {
        Self { mantissa: i128::from(minor), scale: digits }
    }

    /// The number in units of `10^-digits`, if it can be had exactly.
    pub fn to_minor(self, digits: u32) -> Result<i64> {
        let minor = self.rescale(digits, Rounding::Down)?;
        if self.scale > digits && minor.checked_mul_pow10(self.scale - digits)? != self.mantissa {
            return Err(CoreError::TooPrecise { number: self.to_string(), allowed: digits });
        }
        i64::try_from(minor.mantissa).map_err(|_| CoreError::Overflow)
    }

    /// The number in units of `10^-digits`, rounded.
    pub fn to_minor_rounded(self, digits: u32, rounding: Rounding) -> Result<i64> {
        let rescaled = self.rescale(digits, rounding)?;
        i64::try_from(rescaled.mantissa).map_err(|_| CoreError::Overflow)
    }

    /// The exact product.
    pub fn checked_mul(self, other: Self) -> Result<Self> {
        let mantissa = self.mantissa.checked_mul(other.mantissa).ok_or(CoreError::Overflow)?;
        Ok(Self { mantissa, scale: self.scale + other.scale })
    }

    /// Whether the number is below zero.
    pub fn is_negative(self) -> bool {
        self.mantissa < 0
    }

    fn rescale(self, digits: u32, rounding: Rounding) -> Result<Self> {
        let mantissa = if digits >= self.scale {
            self.checked_mul_pow10(digits - self.scale)?
        } else {
            div_round(self.mantissa, pow10(self.scale - digits)?, rounding)?
        };
        Ok(Self { mantissa, scale: digits })
    }

    fn checked_mul_pow10(self, digits: u32) -> Result<i128> {
        self.mantissa.checked_mul(pow10(digits)?).ok_or(CoreError::Overflow)
    }
}

fn pow10(digits: u32) -> Result<i128> {
    10_i128.checked_pow(digits).ok_or(CoreError::Overflow)
}

impl FromStr for Decimal {
    type Err = CoreError;

    fn from_str(text: &str) -> Result<Self> {
        let invalid = || CoreError::InvalidDecimal(text.to_owned());
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let dangling_point = unsigned.ends_with('.');
        if whole.is_empty() || dangling_point || !digits(whole) || !digits(fraction) {
            return Err(invalid());
        }
        let scale = u32::try_from(fraction.len()).map_err(|_| invalid())?;
        if scale > MAX_SCALE {
            return Err(CoreError::TooPrecise { number: text.to_owned(), allowed: MAX_SCALE });
        }
        let magnitude: i128 = format!("{whole}{fraction}").parse().map_err(|_| invalid())?;
        let mantissa = if text.starts_with('-') { -magnitude } else { magnitude };
        Ok(Self { mantissa, scale })
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.mantissa.unsigned_abs().to_string();
        let scale = self.scale as usize;
        let padded = format!("{digits:0>width$}", width = scale + 1);
        let (whole, fraction) = padded.split_at(padded.len() - scale);
        let text = if scale == 0 { whole.to_owned() } else { format!("{whole}.{fraction}") };
        f.pad_integral(self.mantissa >= 0, "", &text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        for text in ["0", "0.05", "-3.50", "1234567.891", "42"] {
            assert_eq!(text.parse::<Decimal>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn refuses_what_is_no_number() {
        for text in ["", "-", ".5", "5.", "1,5", "1e3", "0x1", "--1", "1.2.3"] {
            assert!(text.parse::<Decimal>().is_err(), "{text}");
        }
    }

    #[test]
    fn trailing_zeros_may_be_dropped() {
        assert_eq!("1.5000".parse::<Decimal>().unwrap().to_minor(2), Ok(150));
        assert!("1.505".parse::<Decimal>().unwrap().to_minor(2).is_err());
    }

    #[test]
    fn rounds_on_request() {
        let value: Decimal = "2.345".parse().unwrap();
        assert_eq!(value.to_minor_rounded(2, Rounding::HalfEven), Ok(234));
        assert_eq!(value.to_minor_rounded(2, Rounding::HalfUp), Ok(235));
        assert_eq!(value.to_minor_rounded(4, Rounding::Down), Ok(23450));
    }
}
