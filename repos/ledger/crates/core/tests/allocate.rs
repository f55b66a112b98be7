//! Splitting amounts.

use ledger_core::{Currency, Money, allocate};

fn split(total: i64, weights: &[u32]) -> Vec<i64> {
    let shares = allocate(Money::new(total, Currency::EUR), weights).expect("weights");
    shares.iter().map(|share| share.minor()).collect()
}

#[test]
fn even_splits() {
    assert_eq!(split(90, &[1, 1, 1]), [30, 30, 30]);
    assert_eq!(split(-90, &[1, 2]), [-30, -60]);
}

#[test]
fn leftovers_go_to_the_first_shares() {
    assert_eq!(split(101, &[1, 1, 1]), [34, 34, 33]);
    assert_eq!(split(7, &[50, 50]), [4, 3]);
}

#[test]
fn keeps_the_currency() {
    let shares = allocate(Money::new(3, Currency::USD), &[1, 2]).unwrap();
    assert!(shares.iter().all(|share| share.currency() == Currency::USD));
}
