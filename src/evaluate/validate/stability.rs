//! From repeated runs to flaky, timing and order-dependent tests.
//!
//! In: for each run how it was made and what every test came to. Out: tests that are not the same throughout, told
//! apart by what changes their result:
//!
//! - the same order, one test at a time, gives both results, or so does the test by itself: **flaky**;
//! - each order gives one result, but not all the same, or only company changes it: **order-dependent**;
//! - only a loaded machine makes it fail: **timing**.
//!
//! Invariant: a test with one result in all runs is never accused.

use std::collections::{BTreeMap, BTreeSet};

use super::variation::{Order, Threads, Variation};

/// The circumstances of a run, as far as a result could depend on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Circumstances {
    /// One test at a time, in this order: nothing of the runner varies.
    Fixed(Order),
    /// Several at a time.
    Together,
    /// Several at a time, beside spinning processes.
    Loaded,
    /// The test by itself.
    Alone,
}

impl From<&Variation> for Circumstances {
    fn from(variation: &Variation) -> Self {
        match (variation.load, variation.threads) {
            (true, _) => Self::Loaded,
            (false, Threads::One) => Self::Fixed(variation.order),
            (false, Threads::Default | Threads::Many) => Self::Together,
        }
    }
}

/// How a test's result varies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Unstable {
    /// In equal circumstances.
    Flaky,
    /// With the load of the machine.
    Timing,
    /// With the order of the tests, or with those that run beside it.
    Order,
}

/// Results of one test: whether it held, by circumstances.
pub(super) type Results = BTreeMap<Circumstances, Vec<bool>>;

/// Results of all tests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Table(BTreeMap<String, Results>);

impl Table {
    /// Adds a result.
    pub fn add(&mut self, test: &str, circumstances: Circumstances, held: bool) {
        self.0.entry(test.to_owned()).or_default().entry(circumstances).or_default().push(held);
    }

    /// Tests with both results.
    pub fn suspects(&self) -> BTreeSet<String> {
        let both = |results: &Results| {
            let all: BTreeSet<bool> = results.values().flatten().copied().collect();
            all.len() == 2
        };
        self.0.iter().filter(|(_, results)| both(results)).map(|(test, _)| test.clone()).collect()
    }

    /// Orders in which one of these tests failed, one at a time.
    pub fn failed_orders(&self, tests: &BTreeSet<String>) -> BTreeSet<Order> {
        let of = |results: &Results| {
            let failed = results.iter().filter(|(_, held)| held.contains(&false));
            let orders = failed.filter_map(|(circumstances, _)| match circumstances {
                Circumstances::Fixed(order) => Some(*order),
                Circumstances::Together | Circumstances::Loaded | Circumstances::Alone => None,
            });
            orders.collect::<Vec<_>>()
        };
        tests.iter().filter_map(|test| self.0.get(test)).flat_map(of).collect()
    }

    /// Whether one of these tests failed in circumstances.
    pub fn failed_in(&self, tests: &BTreeSet<String>, circumstances: Circumstances) -> bool {
        tests.iter().any(|test| {
            let held = self.0.get(test).and_then(|results| results.get(&circumstances));
            held.is_some_and(|held| held.contains(&false))
        })
    }

    /// How a test's result varies; none where it does not.
    pub fn judge(&self, test: &str) -> Option<Unstable> {
        let results = self.0.get(test)?;
        let all: BTreeSet<bool> = results.values().flatten().copied().collect();
        if all.len() < 2 {
            return None;
        }
        let mixed = |held: &Vec<bool>| held.contains(&true) && held.contains(&false);
        let equal = |circumstances: &Circumstances| {
            matches!(circumstances, Circumstances::Fixed(_) | Circumstances::Alone)
        };
        if results.iter().any(|(circumstances, held)| equal(circumstances) && mixed(held)) {
            return Some(Unstable::Flaky);
        }
        let failed: BTreeSet<Circumstances> = results
            .iter()
            .filter(|(_, held)| held.contains(&false))
            .map(|(circumstances, _)| *circumstances)
            .collect();
        if failed.iter().all(|circumstances| *circumstances == Circumstances::Loaded) {
            return Some(Unstable::Timing);
        }
        // By itself and in a fixed order it is always the same: what remains is company.
        Some(Unstable::Order)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_a_result_gives_its_name() {
        use Circumstances::{Alone, Fixed, Loaded, Together};
        let plain = Fixed(Order::Plain);
        let shuffled = Fixed(Order::Shuffled(1));
        let (t, f) = (true, false);
        for (results, expected) in [
            (vec![(plain, t), (shuffled, t), (Loaded, t)], None),
            (vec![(plain, f), (shuffled, f)], None),
            (vec![(plain, t), (plain, f)], Some(Unstable::Flaky)),
            (vec![(Together, f), (Alone, t), (Alone, f)], Some(Unstable::Flaky)),
            (vec![(plain, t), (shuffled, f), (shuffled, f), (plain, t)], Some(Unstable::Order)),
            (vec![(plain, t), (Together, f), (Together, t), (Alone, t)], Some(Unstable::Order)),
            (vec![(plain, t), (Together, t), (Loaded, f), (Alone, t)], Some(Unstable::Timing)),
            (vec![(plain, t), (Together, f), (Loaded, f), (Alone, t)], Some(Unstable::Order)),
            (vec![(Together, t), (Alone, f), (Alone, f)], Some(Unstable::Order)),
        ] {
            let mut table = Table::default();
            for (circumstances, held) in &results {
                table.add("a", *circumstances, *held);
            }
            assert_eq!(table.judge("a"), expected, "{results:?}");
            assert_eq!(table.suspects().len(), usize::from(expected.is_some()));
        }
    }
}
