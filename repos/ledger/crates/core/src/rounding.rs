//! Rounding of exact quotients.

use crate::{CoreError, Result};

/// What to do with a quotient that is no whole number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Rounding {
    /// To the nearest; ties go to the even neighbour, so that sums do not drift.
    #[default]
    HalfEven,
    /// To the nearest; ties go away from zero.
    HalfUp,
    /// Towards zero.
    Down,
}

/// Divides `numerator` by `divisor` and rounds.
///
/// ```
/// use ledger_core::{Rounding, div_round};
///
/// assert_eq!(div_round(25, 10, Rounding::HalfEven), Ok(2));
/// assert_eq!(div_round(-25, 10, Rounding::HalfUp), Ok(-3));
/// ```
///
/// A divisor of zero is reported as [`CoreError::Overflow`].
pub fn div_round(numerator: i128, divisor: i128, rounding: Rounding) -> Result<i128> {
    let quotient = numerator.checked_div(divisor).ok_or(CoreError::Overflow)?;
    let remainder = numerator.checked_rem(divisor).ok_or(CoreError::Overflow)?;
    let twice = remainder.unsigned_abs().checked_mul(2).ok_or(CoreError::Overflow)?;
    let tie = twice == divisor.unsigned_abs();
    let away = match rounding {
        Rounding::Down => false,
        Rounding::HalfUp => twice >= divisor.unsigned_abs(),
        Rounding::HalfEven if tie => quotient % 2 != 0,
        Rounding::HalfEven => twice > divisor.unsigned_abs(),
    };
    let step = if (numerator < 0) == (divisor < 0) { 1 } else { -1 };
    if away { quotient.checked_add(step).ok_or(CoreError::Overflow) } else { Ok(quotient) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_divisor_is_an_error() {
        assert_eq!(div_round(1, 0, Rounding::Down), Err(CoreError::Overflow));
    }

    #[test]
    fn exact_quotients_are_left_alone() {
        for rounding in [Rounding::HalfEven, Rounding::HalfUp, Rounding::Down] {
            assert_eq!(div_round(-30, 10, rounding), Ok(-3));
        }
    }
}
