//! Amounts as they stand in a journal.

use ledger_core::{Currency, Decimal, MINOR_DIGITS, Money};

use crate::Problem;

/// Reads an amount such as `12.50 EUR`.
pub fn parse_amount(text: &str) -> Result<Money, Problem> {
    let mut words = text.split_whitespace();
    let (Some(number), Some(code), None) = (words.next(), words.next(), words.next()) else {
        return Err(Problem::BadAmount(text.to_owned()));
    };
    let number: Decimal = number.parse()?;
    let currency: Currency = code.parse()?;
    Ok(Money::new(number.to_minor(MINOR_DIGITS)?, currency))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_signs_and_short_fractions() {
        assert_eq!(parse_amount("-3.5 EUR"), Ok(Money::new(-350, Currency::EUR)));
        assert_eq!(parse_amount("+7  USD"), Ok(Money::new(700, Currency::USD)));
    }

    #[test]
    fn needs_number_and_currency() {
        for text in ["", "12.50", "EUR", "12.50 EUR extra"] {
            assert_eq!(parse_amount(text), Err(Problem::BadAmount(text.to_owned())));
        }
    }
}
