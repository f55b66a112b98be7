//! Splitting an amount without losing a cent.

use crate::{CoreError, Money, Result};

/// Splits an amount in proportion to weights.
///
/// What is left after rounding down goes out one minor unit at a time, from the first share on.
///
/// ```
/// use ledger_core::{Currency, Money, allocate};
///
/// let shares = allocate(Money::new(100, Currency::EUR), &[1, 1, 1])?;
/// let minor: Vec<i64> = shares.iter().map(|share| share.minor()).collect();
/// assert_eq!(minor, [34, 33, 33]);
/// # Ok::<(), ledger_core::CoreError>(())
/// ```
pub fn allocate(total: Money, weights: &[u32]) -> Result<Vec<Money>> {
    let sum: i128 = weights.iter().copied().map(i128::from).sum();
    if sum == 0 {
        return Err(CoreError::NoWeight);
    }
    let minor = i128::from(total.minor());
    let mut shares = Vec::with_capacity(weights.len());
    let mut left = minor;
    for weight in weights {
        let share = minor * i128::from(*weight) / sum;
        left -= share;
        shares.push(share);
    }
    for share in &mut shares {
        if left <= 0 {
            break;
        }
        *share += 1;
        left -= 1;
    }
    shares
        .into_iter()
        .map(|share| i64::try_from(share).map_err(|_| CoreError::Overflow))
        .map(|share| Ok(Money::new(share?, total.currency())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Currency;

    #[test]
    fn weights_must_not_all_be_zero() {
        let total = Money::new(100, Currency::EUR);
        assert_eq!(allocate(total, &[]), Err(CoreError::NoWeight));
        assert_eq!(allocate(total, &[0, 0]), Err(CoreError::NoWeight));
    }

    #[test]
    fn large_amounts_do_not_overflow() {
        let shares = allocate(Money::new(i64::MAX, Currency::EUR), &[u32::MAX, 1]).unwrap();
        let sum: i64 = shares.iter().map(|share| share.minor()).sum();
        assert_eq!(sum, i64::MAX);
    }
}
