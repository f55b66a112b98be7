//! Agreement of raters, and of kerf with them.
//!
//! In: for each item what each rater says of it. Out: kappa, shares, and counts against the consensus.
//!
//! Invariant: an item that a figure cannot use (unlabelled, unsure, without a majority) is counted, never guessed.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::interval::Share;

/// Two raters, on the items that both labelled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Pair {
    /// Their names.
    pub raters: [String; 2],
    /// Items with the same label, of those that both labelled.
    pub agreed: Share,
    /// Cohen's kappa, at most 1; null without items, or where chance alone gives full agreement.
    pub kappa: Option<f64>,
}

/// Agreement of all raters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Agreement {
    /// Every two raters.
    pub pairs: Vec<Pair>,
    /// Fleiss' kappa over the items that every rater labelled; null under three raters, or as in [`Pair`].
    pub fleiss: Option<f64>,
    /// Items that every rater labelled.
    pub complete: u64,
}

/// Cohen's kappa of two raters who labelled the same items: `(pₒ − pₑ) ÷ (1 − pₑ)`, with `pₒ` the share of equal labels
/// and `pₑ = Σ pₖ·qₖ` over the labels' shares of either rater (Cohen, *A coefficient of agreement for nominal scales*,
/// Educational and Psychological Measurement 20, 1960). None without items, or where `pₑ` is 1.
pub fn cohen<L: Ord + Copy>(labels: &[(L, L)]) -> Option<f64> {
    let n = labels.len() as f64;
    if labels.is_empty() {
        return None;
    }
    let (mut first, mut second): (BTreeMap<L, f64>, BTreeMap<L, f64>) = Default::default();
    for (a, b) in labels {
        *first.entry(*a).or_default() += 1.0;
        *second.entry(*b).or_default() += 1.0;
    }
    let observed = labels.iter().filter(|(a, b)| a == b).count() as f64 / n;
    let chance: f64 =
        first.iter().map(|(label, count)| count / n * second.get(label).copied().unwrap_or(0.0) / n).sum();
    beyond(observed, chance)
}

/// Fleiss' kappa: of each row the labels that the same number of raters, two or more, gave to one item
/// (Fleiss, *Measuring nominal scale agreement among many raters*, Psychological Bulletin 76, 1971). None without rows,
/// where rows differ in length, or where chance alone gives full agreement.
pub fn fleiss<L: Ord + Copy>(rows: &[Vec<L>]) -> Option<f64> {
    let raters = rows.first()?.len();
    if raters < 2 || rows.iter().any(|row| row.len() != raters) {
        return None;
    }
    let (n, k) = (rows.len() as f64, raters as f64);
    let mut totals: BTreeMap<L, f64> = BTreeMap::new();
    let mut observed = 0.0;
    for row in rows {
        let mut counts: BTreeMap<L, f64> = BTreeMap::new();
        for label in row {
            *counts.entry(*label).or_default() += 1.0;
            *totals.entry(*label).or_default() += 1.0;
        }
        let equal: f64 = counts.values().map(|count| count * (count - 1.0)).sum();
        observed += equal / (k * (k - 1.0)) / n;
    }
    let chance: f64 = totals.values().map(|total| (total / (n * k)).powi(2)).sum();
    beyond(observed, chance)
}

fn beyond(observed: f64, chance: f64) -> Option<f64> {
    (chance < 1.0).then(|| (observed - chance) / (1.0 - chance))
}

/// All raters; `labels` maps an item to what each rater says of it, none where nothing.
pub fn agreement<L: Ord + Copy>(raters: &[String], labels: &[Vec<Option<L>>]) -> Agreement {
    let mut pairs = Vec::new();
    for one in 0..raters.len() {
        for other in one + 1..raters.len() {
            let both: Vec<(L, L)> =
                labels.iter().filter_map(|row| Some(((*row.get(one)?)?, (*row.get(other)?)?))).collect();
            let agreed = both.iter().filter(|(a, b)| a == b).count() as u64;
            pairs.push(Pair {
                raters: [raters[one].clone(), raters[other].clone()],
                agreed: Share::independent(agreed, both.len() as u64),
                kappa: cohen(&both),
            });
        }
    }
    let rows: Vec<Vec<L>> =
        labels.iter().filter_map(|row| row.iter().copied().collect::<Option<Vec<L>>>()).collect();
    let complete = rows.len() as u64;
    let fleiss = if raters.len() < 3 { None } else { fleiss(&rows) };
    Agreement { pairs, fleiss, complete }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A table of two raters and two labels as pairs.
    fn table(both_yes: usize, yes_no: usize, no_yes: usize, both_no: usize) -> Vec<(bool, bool)> {
        [
            ((true, true), both_yes),
            ((true, false), yes_no),
            ((false, true), no_yes),
            ((false, false), both_no),
        ]
        .into_iter()
        .flat_map(|(pair, count)| vec![pair; count])
        .collect()
    }

    fn close(found: Option<f64>, expected: f64) {
        let found = found.expect("there is a kappa");
        assert!((found - expected).abs() < 5e-4, "{found} is not {expected}");
    }

    #[test]
    fn cohens_kappa_of_worked_tables() {
        // By hand: pₒ = 0.7, pₑ = 0.5·0.6 + 0.5·0.4 = 0.5.
        close(cohen(&table(20, 5, 10, 15)), 0.4);
        close(cohen(&table(45, 15, 25, 15)), 0.1304);
        close(cohen(&table(5, 0, 0, 5)), 1.0);
        close(cohen(&table(0, 5, 5, 0)), -1.0);
        assert_eq!(cohen(&table(7, 0, 0, 0)), None, "chance alone gives full agreement");
        assert_eq!(cohen::<bool>(&[]), None);
    }

    #[test]
    fn fleiss_kappa_of_the_well_known_table() {
        // Fourteen raters, ten items, five labels; the sums are worked out in many textbooks: 0.210.
        let counts = [
            [0, 0, 0, 0, 14],
            [0, 2, 6, 4, 2],
            [0, 0, 3, 5, 6],
            [0, 3, 9, 2, 0],
            [2, 2, 8, 1, 1],
            [7, 7, 0, 0, 0],
            [3, 2, 6, 3, 0],
            [2, 5, 3, 2, 2],
            [6, 5, 2, 1, 0],
            [0, 2, 2, 3, 7],
        ];
        let rows: Vec<Vec<usize>> = counts
            .iter()
            .map(|row| row.iter().enumerate().flat_map(|(label, count)| vec![label; *count]).collect())
            .collect();
        close(fleiss(&rows), 0.210);
        assert_eq!(fleiss(&[vec![1, 2], vec![1]]), None);
    }

    #[test]
    fn raters_are_compared_where_both_said_something() {
        let names = ["a", "b", "c"].map(str::to_owned);
        let rows = vec![
            vec![Some(true), Some(true), Some(true)],
            vec![Some(false), Some(false), None],
            vec![Some(true), Some(false), Some(true)],
            vec![None, None, None],
        ];
        let found = agreement(&names, &rows);
        assert_eq!(found.complete, 2);
        let shares: Vec<(u64, u64)> =
            found.pairs.iter().map(|pair| (pair.agreed.count, pair.agreed.n)).collect();
        assert_eq!(shares, [(2, 3), (2, 2), (1, 2)]);
        assert!(found.fleiss.is_some());
    }
}
