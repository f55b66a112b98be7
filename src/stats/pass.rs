//! Chances over several samples of one task.
//!
//! In: how many of a task's samples were resolved. Out: unbiased estimates of pass@k, the chance that at least one of
//! k samples is resolved, and of pass^k, the chance that all k are.
//!
//! Assumes that samples of a task are independent draws with one chance of success.

/// Unbiased pass@k of one task with `c` resolved of `n` samples: `1 − C(n−c, k) ÷ C(n, k)` (Chen et al. 2021,
/// arXiv 2107.03374), as a product so that nothing overflows. `None` where `k` is 0 or over `n`, or `c` over `n`.
pub fn any_of(n: u64, c: u64, k: u64) -> Option<f64> {
    all_of(n, n.checked_sub(c)?, k).map(|none| 1.0 - none)
}

/// Unbiased pass^k of one task with `c` resolved of `n` samples: `C(c, k) ÷ C(n, k)` (Yao et al. 2024,
/// arXiv 2406.12045). `None` where `k` is 0 or over `n`, or `c` over `n`.
pub fn all_of(n: u64, c: u64, k: u64) -> Option<f64> {
    if k == 0 || k > n || c > n {
        return None;
    }
    if c < k {
        return Some(0.0);
    }
    Some((0..k).map(|i| (c - i) as f64 / (n - i) as f64).product())
}

#[cfg(test)]
#[allow(clippy::unreadable_literal, reason = "reference values stand as they were printed")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn small_cases_by_hand() {
        // Five samples, two resolved, k = 2: of 10 pairs 3 hold none and 1 holds both.
        assert!((any_of(5, 2, 2).unwrap() - 0.7).abs() < 1e-15);
        assert!((all_of(5, 2, 2).unwrap() - 0.1).abs() < 1e-15);
        assert_eq!(any_of(4, 0, 3), Some(0.0));
        assert_eq!(any_of(4, 4, 1), Some(1.0));
        assert_eq!(any_of(4, 2, 3), Some(1.0));
        for (n, c, k) in [(4, 2, 0), (4, 2, 5), (4, 5, 1)] {
            assert_eq!((any_of(n, c, k), all_of(n, c, k)), (None, None));
        }
    }

    /// Expected values: exact fractions by `math.comb` in Python 3.
    #[test]
    fn larger_cases() {
        for (n, c, k, any, all) in [
            (20, 3, 5, 0.6008771929824561, 0.0),
            (200, 17, 10, 0.5974489015799118, 8.662418719590339e-13),
            (1000, 1, 100, 0.09999999999999998, 0.0),
            (64, 60, 50, 1.0, 0.0015754450907808919),
        ] {
            assert!((any_of(n, c, k).unwrap() - any).abs() < 1e-12, "{n} {c} {k}");
            assert!((all_of(n, c, k).unwrap() - all).abs() < 1e-12, "{n} {c} {k}");
        }
    }

    /// Averaged over all subsets of size k of an explicit list, the estimate is what counting gives.
    fn by_counting(n: u32, c: u32, k: u32) -> (f64, f64) {
        let (mut sets, mut any, mut all) = (0_u32, 0_u32, 0_u32);
        for set in 0_u32..1 << n {
            if set.count_ones() == k {
                let resolved = (set & ((1 << c) - 1)).count_ones();
                sets += 1;
                any += u32::from(resolved > 0);
                all += u32::from(resolved == k);
            }
        }
        (f64::from(any) / f64::from(sets), f64::from(all) / f64::from(sets))
    }

    proptest! {
        #[test]
        fn equals_counting(n in 1_u32..10, c in 0_u32..10, k in 1_u32..10) {
            prop_assume!(c <= n && k <= n);
            let (any, all) = by_counting(n, c, k);
            prop_assert!((any_of(n.into(), c.into(), k.into()).unwrap() - any).abs() < 1e-12);
            prop_assert!((all_of(n.into(), c.into(), k.into()).unwrap() - all).abs() < 1e-12);
        }
    }
}
