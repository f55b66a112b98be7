//! Amounts as banks write them.

use ledger_core::{CoreError, Currency, Decimal, MINOR_DIGITS, Money};

use crate::RowProblem;

/// Reads the amount of a row. A minus sign may stand behind the number, blanks are ignored.
pub(crate) fn amount(text: &str, currency: Currency) -> Result<Money, RowProblem> {
    let bad = || RowProblem::BadAmount(text.to_owned());
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let number = match compact.strip_suffix('-') {
        Some(magnitude) if magnitude.starts_with(['-', '+']) => return Err(bad()),
        Some(magnitude) => format!("-{magnitude}"),
        None => compact,
    };
    let number: Decimal = number.parse().map_err(|error| match error {
        CoreError::InvalidDecimal(_) => bad(),
        other => RowProblem::Core(other),
    })?;
    Ok(Money::new(number.to_minor(MINOR_DIGITS)?, currency))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_may_stand_behind() {
        assert_eq!(
            amount("12.50-", Currency::EUR),
            Ok(Money::new(-1250, Currency::EUR))
        );
        assert_eq!(
            amount("- 12.50", Currency::EUR),
            Ok(Money::new(-1250, Currency::EUR))
        );
        assert!(amount("-12.50-", Currency::EUR).is_err());
    }

    #[test]
    fn blanks_may_group_digits() {
        assert_eq!(
            amount("1 234.56", Currency::EUR),
            Ok(Money::new(123_456, Currency::EUR))
        );
    }

    #[test]
    fn what_is_no_amount() {
        for text in ["", "n/a", "1,5", "EUR 5"] {
            let bad = RowProblem::BadAmount(text.to_owned());
            assert_eq!(amount(text, Currency::EUR), Err(bad));
        }
    }
}
