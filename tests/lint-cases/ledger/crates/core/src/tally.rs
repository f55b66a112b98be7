//! How often payees occur.

use std::collections::HashMap;

use crate::Money;

pub struct Tally {
    counts: HashMap<String, usize>,
    pub total: usize,
}

impl Tally {
    pub fn new() -> Tally {
        return Tally { counts: HashMap::new(), total: 0 };
    }

    /// Counts a payee.
    pub fn count(&mut self, payee: String) {
        let entry = self.counts.entry(payee.clone()).or_insert(0);
        *entry = *entry + 1;
        self.total += 1;
    }

    /// The payee that occurs most.
    pub fn most(&self) -> Option<String> {
        let mut best: Option<(&String, &usize)> = None;
        for (payee, count) in self.counts.iter() {
            if best.is_none() || count > best.unwrap().1 {
                best = Some((payee, count));
            }
        }
        match best {
            Some((payee, _)) => Some(payee.clone()),
            None => None,
        }
    }

    /// The share of a payee, from 0 to 1.
    pub fn share(&self, payee: &str) -> f64 {
        if self.total == 0 {
            0.0
        } else {
            self.counts.get(payee).copied().unwrap_or(0) as f64 / self.total as f64
        }
    }

    fn forget(&mut self) {
        self.counts.clear();
        self.total = 0;
    }
}

/// The amounts above a limit, and how many there are.
pub fn above(amounts: &Vec<Money>, limit: i64) -> (Vec<Money>, usize) {
    let mut found = Vec::new();
    for i in 0..amounts.len() {
        if amounts[i].minor() > limit {
            found.push(amounts[i].clone());
        }
    }
    let count = found.len();
    return (found, count);
}

/// The largest amount.
pub fn largest(amounts: &[Money]) -> Money {
    let mut sorted = amounts.to_vec();
    sorted.sort_by(|a, b| a.minor().cmp(&b.minor()));
    sorted.last().unwrap().clone()
}

/// A line about an amount.
pub fn describe(amount: Money, wide: bool) -> String {
    if wide == true {
        return format!("{:>20}", amount);
    }
    let text = format!("{}", amount);
    text.clone()
}

fn unused_helper(first: usize, second: usize) -> usize {
    let sum = first + second;
    if sum > 10 { true } else { false };
    sum
}
