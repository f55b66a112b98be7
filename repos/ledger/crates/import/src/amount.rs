//! Amounts as banks write them.

use ledger_core::{CoreError, Currency, Decimal, MINOR_DIGITS, Money};

use crate::{Dialect, RowProblem, Sign};

/// Reads the amount of a row. A minus sign may stand behind the number, blanks are ignored.
pub(crate) fn amount(
    text: &str,
    currency: Currency,
    dialect: &Dialect,
) -> Result<Money, RowProblem> {
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
    let money = Money::new(number.to_minor(MINOR_DIGITS)?, currency);
    Ok(match dialect.sign {
        Sign::Deposit => money,
        Sign::Charge => -money,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn euros(text: &str) -> Result<Money, RowProblem> {
        amount(text, Currency::EUR, &Dialect::default())
    }

    #[test]
    fn signs_may_stand_behind() {
        assert_eq!(euros("12.50-"), Ok(Money::new(-1250, Currency::EUR)));
        assert_eq!(euros("- 12.50"), Ok(Money::new(-1250, Currency::EUR)));
        assert!(euros("-12.50-").is_err());
    }

    #[test]
    fn blanks_may_group_digits() {
        assert_eq!(euros("1 234.56"), Ok(Money::new(123_456, Currency::EUR)));
    }

    #[test]
    fn what_is_no_amount() {
        for text in ["", "n/a", "1,5", "EUR 5"] {
            assert_eq!(euros(text), Err(RowProblem::BadAmount(text.to_owned())));
        }
    }

    #[test]
    fn charges_leave_the_account() {
        let card = Dialect { sign: Sign::Charge, ..Dialect::default() };
        let charge = amount("19.99", Currency::EUR, &card);
        assert_eq!(charge, Ok(Money::new(-1999, Currency::EUR)));
    }
}
