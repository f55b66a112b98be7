//! One figure on common tasks: values, interval, p-value.

use super::measure::{Kind, Measure};
use super::result::Method;
use super::side::Cell;
use super::{Common, Plan};
use crate::stats::interval::{Z90, Z95};
use crate::stats::{bootstrap, pair, permutation, strata};

/// Lists of tasks are no longer than this.
const LIST: usize = 1000;

/// Values nearer than this are the same: they are sums in parts of 10⁻¹².
const SAME: f64 = 1e-9;

/// A figure before it is judged.
pub(super) struct Raw {
    pub measure: Measure,
    pub n: u64,
    pub a: f64,
    pub b: f64,
    pub difference: f64,
    pub interval: Option<[f64; 2]>,
    pub interval_90: Option<[f64; 2]>,
    pub p_value: f64,
    pub q_value: Option<f64>,
    pub method: Method,
    pub minimum_detectable: Option<f64>,
    pub worse: Changed,
    pub better: Changed,
}

/// Tasks that changed in one direction.
#[derive(Default)]
pub(super) struct Changed {
    pub tasks: Vec<String>,
    pub count: u64,
}

/// A task on which both sides have the figure.
struct Both<'a> {
    task: &'a str,
    a: f64,
    b: f64,
    difference: f64,
}

/// Compares one figure; none where no common task has it on both sides.
pub(super) fn compare(measure: Measure, common: &[Common<'_>], plan: Plan) -> Option<Raw> {
    if measure == Measure::ResolvedAndClean && !cleanliness_is_known(common) {
        return None;
    }
    let (mut both, mut tables, mut single) = (Vec::new(), Vec::new(), true);
    for task in common {
        let (Some((a, count_a)), Some((b, count_b))) = (task.a.mean(measure), task.b.mean(measure)) else {
            continue;
        };
        single &= count_a == 1 && count_b == 1;
        both.push(Both { task: task.task, a, b, difference: b - a });
        if measure.kind() == Kind::Share {
            tables.push(strata::Table { a: task.a.successes(measure), b: task.b.successes(measure) });
        }
    }
    if both.is_empty() {
        return None;
    }
    let n = both.len() as f64;
    let mean = |of: fn(&Both<'_>) -> f64| both.iter().map(of).sum::<f64>() / n;
    let sum: f64 = both.iter().map(|task| task.difference).sum();
    let squares: f64 = both.iter().map(|task| task.difference * task.difference).sum();
    let test = if measure.kind() == Kind::Share {
        share(&tables, single, sum, squares)
    } else {
        let differences: Vec<f64> = both
            .iter()
            .map(|task| if task.difference.abs() < SAME { 0.0 } else { task.difference })
            .collect();
        amount(&differences, sum, squares, plan)
    };
    let sign = if measure.more_is_better() { -1.0 } else { 1.0 };
    let (a, b) = (mean(|task| task.a), mean(|task| task.b));
    Some(Raw {
        measure,
        n: both.len() as u64,
        a,
        b,
        difference: sum / n,
        interval: test.interval,
        interval_90: test.interval_90,
        p_value: test.p_value,
        q_value: None,
        method: test.method,
        minimum_detectable: test.minimum_detectable,
        worse: changed(&both, sign),
        better: changed(&both, -sign),
    })
}

/// Without edits the tasks that a side did not resolve would be all that is known of its cleanliness.
fn cleanliness_is_known(common: &[Common<'_>]) -> bool {
    known(common.iter().map(|task| task.a)) && known(common.iter().map(|task| task.b))
}

fn known<'a>(cells: impl Iterator<Item = &'a Cell> + Clone) -> bool {
    let measured = cells.clone().any(|cell| cell.mean(Measure::IrrelevantPatchRate).is_some());
    measured || cells.into_iter().all(|cell| cell.unmeasured == 0)
}

struct Test {
    p_value: f64,
    method: Method,
    interval: Option<[f64; 2]>,
    interval_90: Option<[f64; 2]>,
    minimum_detectable: Option<f64>,
}

fn share(tables: &[strata::Table], single: bool, sum: f64, squares: f64) -> Test {
    let n = tables.len() as u64;
    let only =
        |b: u64| tables.iter().filter(|table| table.a[0] != table.b[0] && table.b[0] == b).count() as u64;
    let (p_value, method) = if single {
        (pair::mcnemar_mid_p(only(1), only(0)), Method::McnemarMidP)
    } else {
        match strata::test(tables) {
            (p, strata::Means::Exact) => (p, Method::Permutation),
            (p, strata::Means::Approximate) => (p, Method::CochranMantelHaenszel),
        }
    };
    // Whole numbers, so that equal shares of unlike denominators are equal.
    let differs = |table: &&strata::Table| table.a[0] * table.b[1] != table.b[0] * table.a[1];
    let differ = tables.iter().filter(differs).count() as u64;
    let interval = |z| {
        if single {
            pair::tango_at(only(1), only(0), n, z)
        } else {
            pair::adjusted_wald(sum, squares, differ, n, z)
        }
    };
    Test {
        p_value,
        method,
        interval: interval(Z95),
        interval_90: interval(Z90),
        minimum_detectable: (squares > 0.0).then(|| pair::detectable(squares, n as f64).min(1.0)),
    }
}

fn amount(differences: &[f64], sum: f64, squares: f64, plan: Plan) -> Test {
    let n = differences.len() as f64;
    let intervals = bootstrap::paired(differences, plan);
    let spread = (squares - sum * sum / n).max(0.0);
    Test {
        p_value: permutation::sign_flip(differences, plan.seed),
        method: Method::SignFlip,
        interval: intervals.map(|[wide, _]| wide),
        interval_90: intervals.map(|[_, narrow]| narrow),
        // The standard deviation's sample form, n ÷ (n − 1).
        minimum_detectable: (n >= 2.0 && spread > SAME * SAME)
            .then(|| pair::detectable(spread * n / (n - 1.0), n)),
    }
}

/// Tasks whose value moved in the direction of `sign`, the largest change first.
fn changed(both: &[Both<'_>], sign: f64) -> Changed {
    let mut found: Vec<&Both<'_>> = both.iter().filter(|task| task.difference * sign > SAME).collect();
    // Equal changes are equal to the last bits only by luck: they are told apart in parts of 10⁻⁹.
    found.sort_by_key(|task| (std::cmp::Reverse((task.difference.abs() / SAME).round() as u64), task.task));
    let count = found.len() as u64;
    found.truncate(LIST);
    Changed { tasks: found.into_iter().map(|task| task.task.to_owned()).collect(), count }
}
