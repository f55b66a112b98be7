//! Prices of one currency in another.

use std::collections::BTreeMap;

use crate::{CoreError, Currency, Date, Decimal, MINOR_DIGITS, Money, Result, Rounding};

/// Known prices by day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PriceTable {
    prices: BTreeMap<(Currency, Currency), BTreeMap<Date, Decimal>>,
}

impl PriceTable {
    /// Notes that one unit of `from` costs `price` in `to`, from that day on.
    pub fn set(&mut self, date: Date, from: Currency, to: Currency, price: Decimal) {
        self.prices.entry((from, to)).or_default().insert(date, price);
    }

    /// The latest price on or before a day.
    pub fn price(&self, date: Date, from: Currency, to: Currency) -> Result<Decimal> {
        if from == to {
            return Ok(Decimal::ONE);
        }
        self.prices
            .get(&(from, to))
            .and_then(|days| days.range(..=date).next_back())
            .map(|(_, price)| *price)
            .ok_or(CoreError::NoPrice { from, to })
    }

    /// Converts an amount at the price of a day.
    ///
    /// ```
    /// use ledger_core::{Currency, Date, Money, PriceTable, Rounding};
    ///
    /// let day = Date::new(2024, 1, 5)?;
    /// let mut prices = PriceTable::default();
    /// prices.set(day, Currency::USD, Currency::EUR, "0.925".parse()?);
    /// let euros = prices.convert(
    ///     Money::from_major(10, Currency::USD)?,
    ///     Currency::EUR,
    ///     day,
    ///     Rounding::HalfEven,
    /// )?;
    /// assert_eq!(euros.to_string(), "9.25 EUR");
    /// # Ok::<(), ledger_core::CoreError>(())
    /// ```
    pub fn convert(
        &self,
        money: Money,
        to: Currency,
        date: Date,
        rounding: Rounding,
    ) -> Result<Money> {
        let price = self.price(date, money.currency(), to)?;
        let value = Decimal::from_minor(money.minor(), MINOR_DIGITS).checked_mul(price)?;
        Ok(Money::new(value.to_minor_rounded(MINOR_DIGITS, rounding)?, to))
    }

    /// All prices in order of currencies and days.
    pub fn entries(&self) -> impl Iterator<Item = (Date, Currency, Currency, Decimal)> + '_ {
        self.prices.iter().flat_map(|((from, to), days)| {
            days.iter().map(|(date, price)| (*date, *from, *to, *price))
        })
    }
}
