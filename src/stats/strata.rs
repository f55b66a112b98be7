//! Several samples a task on two sides: is one side resolved more often, task by task?
//!
//! In: a 2×2 table a task (trials and successes of either side). Out: a p-value of the hypothesis that within each task
//! both sides have the same chance. What tasks differ in cancels out, because only trials of one task are compared.
//!
//! Assumes that trials of one task are exchangeable between the sides when nothing has changed.
//!
//! Invariant: with one trial a side and task the exact test is [`mcnemar_mid_p`](super::pair::mcnemar_mid_p).

/// Trials and successes of both sides on one task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Table {
    /// Successes and trials of the first side.
    pub a: [u64; 2],
    /// Successes and trials of the second side.
    pub b: [u64; 2],
}

impl Table {
    /// Both sides tried, and not all trials alike.
    fn tells(&self) -> bool {
        let successes = self.a[0] + self.b[0];
        self.a[1] > 0 && self.b[1] > 0 && successes > 0 && successes < self.a[1] + self.b[1]
    }

    /// Least and most successes of b, given the margins.
    fn range(&self) -> (u64, u64) {
        let successes = self.a[0] + self.b[0];
        (successes.saturating_sub(self.a[1]), successes.min(self.b[1]))
    }

    /// Expected successes of b, given the margins.
    fn expected(&self) -> f64 {
        let all = (self.a[1] + self.b[1]) as f64;
        self.b[1] as f64 * (self.a[0] + self.b[0]) as f64 / all
    }

    /// Variance of the successes of b, given the margins.
    fn variance(&self) -> f64 {
        let (of_a, of_b) = (self.a[1] as f64, self.b[1] as f64);
        let (all, successes) = (of_a + of_b, (self.a[0] + self.b[0]) as f64);
        of_a * of_b * successes * (all - successes) / (all * all * (all - 1.0))
    }
}

/// How a p-value was come by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Means {
    /// The χ² approximation of Cochran, Mantel and Haenszel.
    Approximate,
    /// The whole permutation distribution.
    Exact,
}

/// The test that fits: exact where tables are sparse by the rule of Mantel and Fleiss (1980) — the expected total lies
/// within 5 of what the margins allow at the least or most — and small enough, else the approximation.
pub fn test(tables: &[Table]) -> (f64, Means) {
    let telling: Vec<&Table> = tables.iter().filter(|table| table.tells()).collect();
    let (mut expected, mut least, mut most) = (0.0, 0.0, 0.0);
    for table in &telling {
        expected += table.expected();
        least += table.range().0 as f64;
        most += table.range().1 as f64;
    }
    // Twenty is far on the safe side of five; the work grows with the square of the range.
    let sparse = f64::min(expected - least, most - expected) < 20.0;
    if sparse || most - least <= 500.0 {
        (exact(tables), Means::Exact)
    } else {
        (cochran_mantel_haenszel(tables), Means::Approximate)
    }
}

/// Two-sided p-value of Cochran (1954), Mantel and Haenszel (1959), without continuity correction:
/// `(Σ(bᵢ − Eᵢ))² ÷ ΣVᵢ` against χ² with one degree of freedom, where Eᵢ and Vᵢ are mean and variance of the
/// hypergeometric distribution of one table. 1 where no table tells anything. Good where the expected total is some
/// distance from its bounds; [`test()`] sees to that.
pub fn cochran_mantel_haenszel(tables: &[Table]) -> f64 {
    let (mut distance, mut variance) = (0.0, 0.0);
    for table in tables.iter().filter(|table| table.tells()) {
        distance += table.b[0] as f64 - table.expected();
        variance += table.variance();
    }
    if variance > 0.0 { libm::erfc((distance * distance / variance / 2.0).sqrt()) } else { 1.0 }
}

/// Two-sided exact p-value, given the margins of every table, with mid-p: the chance of a total of b's successes
/// further from its mean than the one seen, and half the chance of one equally far. The distribution of the total is the
/// convolution of the tables' hypergeometric distributions, all of it, so that nothing is drawn at random.
/// Work grows with the range of the total times the sum of ranges.
pub fn exact(tables: &[Table]) -> f64 {
    let (mut total, mut seen, mut expected) = (vec![1.0_f64], 0_u64, 0.0);
    for table in tables.iter().filter(|table| table.tells()) {
        let (least, _) = table.range();
        let one = hypergeometric(table);
        let mut sum = vec![0.0; total.len() + one.len() - 1];
        for (at, chance) in total.iter().enumerate() {
            for (step, other) in one.iter().enumerate() {
                sum[at + step] += chance * other;
            }
        }
        total = sum;
        seen += table.b[0] - least;
        expected += table.expected() - least as f64;
    }
    let distance = (seen as f64 - expected).abs();
    let near = 1e-9 * (1.0 + expected);
    if distance <= near {
        return 1.0;
    }
    let mut p = 0.0;
    for (at, chance) in total.iter().enumerate() {
        let further = (at as f64 - expected).abs() - distance;
        if further > near {
            p += chance;
        } else if further > -near {
            p += chance / 2.0;
        }
    }
    p.clamp(0.0, 1.0)
}

/// Chances of b's successes from the least possible to the most, given the margins: by the ratio of neighbours, scaled to
/// a sum of 1.
fn hypergeometric(table: &Table) -> Vec<f64> {
    let (least, most) = table.range();
    let successes = table.a[0] + table.b[0];
    let mut chances = vec![1.0_f64];
    for k in least..most {
        // P(k + 1) ÷ P(k) = (n_b − k)(m − k) ÷ ((k + 1)(n_a − m + k + 1)).
        let up = (table.b[1] - k) as f64 * (successes - k) as f64;
        let down = (k + 1) as f64 * (table.a[1] + k + 1 - successes) as f64;
        let last = chances[chances.len() - 1];
        chances.push(last * up / down);
        if last > 1e200 {
            for chance in &mut chances {
                *chance *= 1e-200;
            }
        }
    }
    let sum: f64 = chances.iter().sum();
    for chance in &mut chances {
        *chance /= sum;
    }
    chances
}

#[cfg(test)]
#[allow(clippy::unreadable_literal, reason = "reference values stand as they were printed")]
mod tests {
    use super::super::pair::mcnemar_mid_p;
    use super::*;
    use proptest::prelude::*;

    fn table(a: u64, of_a: u64, b: u64, of_b: u64) -> Table {
        Table { a: [a, of_a], b: [b, of_b] }
    }

    /// One table of 3 of 4 against 1 of 4: chances 1, 16, 36, 16, 1 of 70 by hand.
    #[test]
    fn by_hand() {
        let one = [table(3, 4, 1, 4)];
        assert!((exact(&one) - (2.0 + 32.0 / 2.0) / 70.0).abs() < 1e-15);
        // (1 − 2)² ÷ (4·4·4·4 ÷ (64·7)) = 1.75; χ²₁ above it.
        assert!((cochran_mantel_haenszel(&one) - 0.18587673236587).abs() < 1e-12);
        let nothing = [table(4, 4, 4, 4), table(0, 2, 0, 3), table(1, 2, 0, 0)];
        assert_eq!((exact(&nothing), cochran_mantel_haenszel(&nothing)), (1.0, 1.0));
        assert_eq!(test(&nothing), (1.0, Means::Exact));
    }

    #[test]
    fn far_from_sparse_both_agree() {
        let tables: Vec<Table> = (0..300).map(|i| table(i % 9, 8, (i * 7 + 3) % 9, 8)).collect();
        let tables: Vec<Table> =
            tables.iter().map(|t| table(t.a[0].min(8), 8, u64::midpoint(t.b[0], t.a[0]), 8)).collect();
        let (by_chi, by_all) = (cochran_mantel_haenszel(&tables), exact(&tables));
        assert!((by_chi - by_all).abs() < 0.01, "{by_chi} {by_all}");
        assert_eq!(test(&tables).1, Means::Approximate);
    }

    proptest! {
        #[test]
        fn with_one_sample_it_is_mcnemar(b in 0_u64..40, c in 0_u64..40, same in 0_u64..10) {
            let mut tables = vec![table(1, 1, 0, 1); b as usize];
            tables.extend(vec![table(0, 1, 1, 1); c as usize]);
            tables.extend(vec![table(1, 1, 1, 1); same as usize]);
            prop_assert!((exact(&tables) - mcnemar_mid_p(b, c)).abs() < 1e-12);
        }

        #[test]
        fn sides_may_be_exchanged(rows in prop::collection::vec((0_u64..6, 0_u64..6, 0_u64..6, 0_u64..6), 0..20)) {
            let tables: Vec<Table> =
                rows.iter().map(|&(a, more_a, b, more_b)| table(a, a + more_a, b, b + more_b)).collect();
            let mirrored: Vec<Table> = tables.iter().map(|t| Table { a: t.b, b: t.a }).collect();
            let (p, q) = (exact(&tables), exact(&mirrored));
            prop_assert!((0.0..=1.0).contains(&p) && (p - q).abs() < 1e-10, "{p} {q}");
            let (p, q) = (cochran_mantel_haenszel(&tables), cochran_mantel_haenszel(&mirrored));
            prop_assert!((0.0..=1.0).contains(&p) && (p - q).abs() < 1e-12);
        }
    }
}
