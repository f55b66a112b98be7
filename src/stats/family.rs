//! Several tests at once.
//!
//! In: p-values. Out: q-values, at which the share of false discoveries is held.
//!
//! Invariant: a q-value is not below its p-value and not over 1, and keeps the order of p-values.

/// Adjusted p-values of Benjamini and Hochberg (1995): `q₍ᵢ₎ = min over j ≥ i of p₍ⱼ₎·m ÷ j`, in the order of the input.
/// Rejecting q < α holds the expected share of false discoveries at α for independent or positively dependent tests
/// (Benjamini and Yekutieli 2001); where nothing at all has changed it holds the chance of any alarm at α.
pub fn benjamini_hochberg(p_values: &[f64]) -> Vec<f64> {
    let m = p_values.len();
    let mut order: Vec<usize> = (0..m).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut q_values = vec![1.0; m];
    let mut least = 1.0_f64;
    for (rank, &place) in order.iter().enumerate().rev() {
        least = least.min(p_values[place] * (m as f64 / (rank + 1) as f64));
        q_values[place] = least;
    }
    q_values
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// R: `p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.05), "BH")` gives 0.05 five times.
    #[test]
    fn printed_example_of_r() {
        for q in benjamini_hochberg(&[0.05, 0.01, 0.04, 0.02, 0.03]) {
            assert!((q - 0.05).abs() < 1e-15);
        }
        let found = benjamini_hochberg(&[0.9, 0.001, 0.04]);
        for (found, expected) in found.iter().zip([0.9, 0.003, 0.06]) {
            assert!((found - expected).abs() < 1e-15);
        }
        assert!(benjamini_hochberg(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn order_is_kept(p_values in prop::collection::vec(0.0_f64..=1.0, 0..40)) {
            let q_values = benjamini_hochberg(&p_values);
            for (p, q) in p_values.iter().zip(&q_values) {
                prop_assert!(p <= q && *q <= 1.0);
                for (other_p, other_q) in p_values.iter().zip(&q_values) {
                    prop_assert!(p > other_p || q <= other_q);
                }
            }
        }
    }
}
