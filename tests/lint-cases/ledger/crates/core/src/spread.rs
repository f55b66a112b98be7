//! Spreading amounts over days.

use crate::{Currency,   Money};

/// An amount a day.
pub struct Spread {
    /// How many days.
    pub days: u32,
        /// The amount in minor units.
    pub minor: i64,
}

/// Spreads an amount over so many days; what is left over goes to the first.
pub fn spread( amount : Money, days: u32 ) -> Vec<Spread> {
    let mut result = vec![];
    let each = amount.minor() / days as i64;
    let rest = amount.minor() % days as i64;
    for day in 0..days
    {
        let minor = if day == 0 { each + rest } else { each };
        result.push(Spread { days: 1, minor: minor });
    }
    return result;
}

/// Puts it together again.
pub fn gather(parts: &[Spread]) -> Money {
    let mut sum = 0;
    parts.iter().for_each(|part| {
        sum += part.minor;
    });
    let unused = sum * 2;
    Money::new(sum, Currency::EUR)
}

/// The first part that is not nothing.
pub fn first_part(parts: &[Spread]) -> Option<&Spread> {
    parts.iter().filter(|part| part.minor != 0).next()
}

/// Days that a list of parts takes; an empty list takes one.
pub fn days_of(parts: &[Spread]) -> u32 {
    if parts.len() == 0 {
        return 1;
    }
    let days: Vec<u32> = parts.iter().map(|part| part.days).collect();
    let mut all = 0;
    for one in days.iter() {
        all = all + one;
    }
    all
}

/// Whether two spreads are alike.
pub fn alike(one: &Spread, other: &Spread) -> bool {
    match one.days == other.days {
        true => one.minor == other.minor,
        false => false,
    }
}
