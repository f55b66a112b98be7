//! Rounding modes.

use ledger_core::{Rounding, div_round};

fn assert_rounds(rounding: Rounding, cases: &[(i128, i128)]) {
    for (tenths, expected) in cases {
        assert_eq!(div_round(*tenths, 10, rounding), Ok(*expected), "{tenths} by {rounding:?}");
        assert_eq!(div_round(-*tenths, -10, rounding), Ok(*expected), "{tenths} by {rounding:?}");
    }
}

#[test]
fn half_even() {
    assert_rounds(
        Rounding::HalfEven,
        &[(5, 0), (15, 2), (25, 2), (26, 3), (-5, 0), (-15, -2), (-25, -2), (-26, -3)],
    );
}

#[test]
fn half_up() {
    assert_rounds(
        Rounding::HalfUp,
        &[(4, 0), (5, 1), (15, 2), (25, 3), (-4, 0), (-5, -1), (-25, -3)],
    );
}

#[test]
fn down() {
    assert_rounds(Rounding::Down, &[(9, 0), (19, 1), (-9, 0), (-19, -1)]);
}
