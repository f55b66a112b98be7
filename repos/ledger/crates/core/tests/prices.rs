//! Converting between currencies.

use ledger_core::{CoreError, Currency, Date, Money, PriceTable, Rounding};

fn day(text: &str) -> Date {
    text.parse().expect("a valid date")
}

fn prices() -> PriceTable {
    let mut prices = PriceTable::default();
    for (date, price) in [("2024-01-01", "0.90"), ("2024-03-01", "0.95")] {
        let price = price.parse().expect("a valid price");
        prices.set(day(date), Currency::USD, Currency::EUR, price);
    }
    prices
}

#[test]
fn the_latest_price_counts() {
    let convert = |date| {
        prices().convert(
            Money::new(1000, Currency::USD),
            Currency::EUR,
            day(date),
            Rounding::HalfEven,
        )
    };
    assert_eq!(convert("2024-02-29"), Ok(Money::new(900, Currency::EUR)));
    assert_eq!(convert("2024-03-01"), Ok(Money::new(950, Currency::EUR)));
    let missing = CoreError::NoPrice { from: Currency::USD, to: Currency::EUR };
    assert_eq!(convert("2023-12-31"), Err(missing));
}

#[test]
fn one_currency_needs_no_price() {
    let money = Money::new(-77, Currency::GBP);
    let same = prices().convert(money, Currency::GBP, day("2020-01-01"), Rounding::Down);
    assert_eq!(same, Ok(money));
}

#[test]
fn ties_follow_the_rounding_mode() {
    let convert = |rounding| {
        prices()
            .convert(Money::new(-5, Currency::USD), Currency::EUR, day("2024-01-01"), rounding)
            .expect("a price")
            .minor()
    };
    assert_eq!(convert(Rounding::HalfEven), -4);
    assert_eq!(convert(Rounding::HalfUp), -5);
}
