//! Logistic regression with a ridge.
//!
//! In: rows of successes of so many trials with their predictors. Out: coefficients on the log-odds scale that maximise
//! the binomial log likelihood less `ridge ÷ 2 · Σ βⱼ²` over all coefficients but the first (le Cessie and van
//! Houwelingen 1992), found by Newton's method, which for this model is iteratively reweighted least squares (McCullagh
//! and Nelder 1989, section 4.4): `β ← β + (XᵀWX + ridge·D)⁻¹ (Xᵀ(y − n·p) − ridge·D·β)` with `W = diag(n·p·(1 − p))` and
//! `D` the identity without its first 1. Steps are halved while they make the penalised likelihood smaller.
//!
//! The ridge keeps coefficients finite where a predictor separates successes from failures; no ridge gives the maximum
//! of the likelihood itself.
//!
//! Invariant: the same rows in the same order give the same bits.

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Predictors; the first is 1 for the intercept.
    pub x: Vec<f64>,
    /// Successes.
    pub successes: f64,
    /// Trials, at least as many.
    pub trials: f64,
}

/// Newton steps are given up after so many.
const STEPS: usize = 50;

/// The logistic function.
pub fn chance(x: &[f64], beta: &[f64]) -> f64 {
    let sum: f64 = x.iter().zip(beta).map(|(x, b)| x * b).sum();
    1.0 / (1.0 + (-sum).exp())
}

/// Coefficients, one a predictor. `None` where there is no row with a trial, rows differ in length, or the equations
/// cannot be solved (without a ridge: predictors that depend on each other, or separation).
pub fn fit(rows: &[Row], ridge: f64) -> Option<Vec<f64>> {
    let count = rows.first()?.x.len();
    if count == 0 || rows.iter().any(|row| row.x.len() != count) || rows.iter().all(|row| row.trials <= 0.0) {
        return None;
    }
    let mut beta = vec![0.0; count];
    let mut now = likelihood(rows, &beta, ridge);
    for _ in 0..STEPS {
        let mut gradient = vec![0.0; count];
        let mut hessian = vec![vec![0.0; count]; count];
        for row in rows {
            let p = chance(&row.x, &beta);
            let (off, weight) = (row.successes - row.trials * p, row.trials * p * (1.0 - p));
            for (i, xi) in row.x.iter().enumerate() {
                gradient[i] += off * xi;
                for (j, xj) in row.x.iter().enumerate().take(i + 1) {
                    hessian[i][j] += weight * xi * xj;
                }
            }
        }
        for i in 1..count {
            gradient[i] -= ridge * beta[i];
            hessian[i][i] += ridge;
        }
        let step = solve(&hessian, &gradient)?;
        let mut share = 1.0;
        let mut moved = false;
        for _ in 0..30 {
            let tried: Vec<f64> = beta.iter().zip(&step).map(|(b, s)| b + share * s).collect();
            let then = likelihood(rows, &tried, ridge);
            if then.is_finite() && then >= now - 1e-12 * now.abs() {
                moved = beta.iter().zip(&tried).any(|(a, b)| (a - b).abs() > 1e-10 * (1.0 + a.abs()));
                (beta, now) = (tried, then);
                break;
            }
            share /= 2.0;
        }
        if !moved {
            return Some(beta);
        }
    }
    // Without a ridge, separation drives coefficients on for ever.
    (ridge > 0.0).then_some(beta)
}

fn likelihood(rows: &[Row], beta: &[f64], ridge: f64) -> f64 {
    let of_rows: f64 = rows
        .iter()
        .map(|row| {
            let sum: f64 = row.x.iter().zip(beta).map(|(x, b)| x * b).sum();
            // log(1 + eˢ) without overflow.
            let all = sum.max(0.0) + (-sum.abs()).exp().ln_1p();
            row.successes * sum - row.trials * all
        })
        .sum();
    of_rows - ridge / 2.0 * beta.iter().skip(1).map(|b| b * b).sum::<f64>()
}

/// Solves a symmetric positive definite system, given its lower half, by Cholesky's method.
fn solve(matrix: &[Vec<f64>], right: &[f64]) -> Option<Vec<f64>> {
    let n = right.len();
    let mut lower = vec![vec![0.0; n]; n];
    for i in 0..n {
        for j in 0..=i {
            let inner: f64 = (0..j).map(|k| lower[i][k] * lower[j][k]).sum();
            let rest = matrix[i][j] - inner;
            if i == j {
                if rest <= 1e-12 * matrix[i][i].abs().max(1e-300) {
                    return None;
                }
                lower[i][i] = rest.sqrt();
            } else {
                lower[i][j] = rest / lower[j][j];
            }
        }
    }
    let mut half = vec![0.0; n];
    for i in 0..n {
        let inner: f64 = (0..i).map(|k| lower[i][k] * half[k]).sum();
        half[i] = (right[i] - inner) / lower[i][i];
    }
    let mut found = vec![0.0; n];
    for i in (0..n).rev() {
        let inner: f64 = (i + 1..n).map(|k| lower[k][i] * found[k]).sum();
        found[i] = (half[i] - inner) / lower[i][i];
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn row(x: &[f64], successes: f64, trials: f64) -> Row {
        Row { x: x.to_vec(), successes, trials }
    }

    /// With one two-valued predictor the coefficients are the log-odds and their difference.
    #[test]
    fn by_hand() {
        let rows = [row(&[1.0, 0.0], 3.0, 4.0), row(&[1.0, 1.0], 1.0, 4.0)];
        let beta = fit(&rows, 0.0).unwrap();
        assert!((beta[0] - 3_f64.ln()).abs() < 1e-10, "{beta:?}");
        assert!((beta[1] - ((1.0_f64 / 3.0).ln() - 3_f64.ln())).abs() < 1e-10, "{beta:?}");
        assert!((chance(&[1.0, 1.0], &beta) - 0.25).abs() < 1e-12);
    }

    #[test]
    fn separation_is_borne_with_a_ridge_only() {
        let rows = [row(&[1.0, 0.0], 5.0, 5.0), row(&[1.0, 1.0], 0.0, 5.0)];
        assert_eq!(fit(&rows, 0.0), None);
        let beta = fit(&rows, 0.1).unwrap();
        assert!(beta.iter().all(|b| b.is_finite()) && beta[1] < -3.0, "{beta:?}");
        assert_eq!(fit(&[], 1.0), None);
        assert_eq!(fit(&[row(&[1.0], 0.0, 0.0)], 1.0), None);
    }

    proptest! {
        /// At the maximum the score is zero.
        #[test]
        fn the_score_vanishes(
            data in prop::collection::vec((-2.0_f64..2.0, 0_u8..2, 0_u8..5, 0_u8..5), 8..40),
            ridge in 0.05_f64..2.0,
        ) {
            let rows: Vec<Row> = data
                .iter()
                .map(|(x, z, k, more)| row(&[1.0, *x, f64::from(*z)], f64::from(*k), f64::from(k + more)))
                .collect();
            prop_assume!(rows.iter().any(|row| row.successes > 0.0));
            prop_assume!(rows.iter().any(|row| row.successes < row.trials));
            let beta = fit(&rows, ridge).unwrap();
            for j in 0..3 {
                let score: f64 = rows.iter().map(|row| (row.successes - row.trials * chance(&row.x, &beta)) * row.x[j]).sum();
                let pulled = if j == 0 { score } else { score - ridge * beta[j] };
                prop_assert!(pulled.abs() < 1e-5, "{j} {pulled} {beta:?}");
            }
        }
    }
}
