//! The global-context gap: how much less often a model resolves tasks that reach far.
//!
//! In: for each model and task, resolved of trials, with the task's span, the weight of gold and the language. Out: a
//! [`Gap`] a model in three forms.
//!
//! - `value`: pass(local) − pass(global), with tasks drawn again within each span for its interval.
//! - `adjusted`: the same difference among equal tasks. A logistic regression ([`logistic`](super::logistic)) of resolved
//!   on span, log₂(1 + gold weight) in standard deviations, and language; then, averaged over the model's tasks, the chance
//!   that it gives them as local tasks less the chance as global ones (standardisation: Lane and Nelder 1982). A ridge of
//!   [`RIDGE`] keeps it finite where a span or language was always or never resolved.
//! - `to_median`: the gap less the median of the gaps of all models that have one; tasks are drawn once for all of them.
//!
//! Assumes that tasks are exchangeable within a span. Refused in words under [`MIN_GAP_TASKS`] tasks of either span.

use std::collections::{BTreeMap, BTreeSet};

use super::bootstrap::{Draw, Part, Plan, difference_interval, percentiles, ratio};
use super::logistic::{Row, chance, fit};
use super::summary::{Estimate, Gap, MIN_GAP_TASKS};
use crate::task::Span;

/// Ridge of the regression: as if each coefficient had been known beforehand to be 0 give or take 3 on the log-odds scale.
pub const RIDGE: f64 = 0.1;

/// Regressions for an interval; each costs some Newton steps.
const REGRESSIONS: u32 = 500;

/// A model on a task.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct OnTask {
    /// By name.
    pub task: u32,
    pub span: Option<Span>,
    /// Weight of gold, tokens.
    pub weight: Option<u32>,
    pub language: String,
    /// Resolved.
    pub count: u64,
    /// Of so many trials that are not invalid, at least 1.
    pub n: u64,
}

/// The gap of one model, but for what needs others.
pub(super) fn gap(tasks: &[OnTask], plan: Plan) -> Gap {
    let parts = |span| -> Vec<Part> { of_span(tasks, span).map(part).collect() };
    let (local, global) = (parts(Span::Local), parts(Span::Global));
    if let Some(refused) = refused(local.len(), global.len(), "") {
        let adjusted = Estimate { refused: Some(refused.clone()), ..Estimate::default() };
        return Gap { refused: Some(refused), adjusted, ..Gap::default() };
    }
    let rate = |parts: &[Part]| ratio(parts.iter().copied());
    Gap {
        value: rate(&local).zip(rate(&global)).map(|(local, global)| local - global),
        interval: difference_interval(&local, &global, plan),
        refused: None,
        adjusted: adjusted(tasks, plan),
        to_median: Estimate::default(),
    }
}

fn part(task: &OnTask) -> Part {
    Part { numerator: task.count as f64, denominator: task.n as f64 }
}

fn of_span(tasks: &[OnTask], span: Span) -> impl Iterator<Item = &OnTask> {
    tasks.iter().filter(move |task| task.span == Some(span))
}

fn refused(local: usize, global: usize, what: &str) -> Option<String> {
    (local.min(global) < MIN_GAP_TASKS as usize).then(|| {
        format!("{local} local and {global} global tasks{what}; a gap needs {MIN_GAP_TASKS} of each")
    })
}

/// The gap among equal tasks.
fn adjusted(tasks: &[OnTask], plan: Plan) -> Estimate {
    let known: Vec<&OnTask> =
        tasks.iter().filter(|task| task.span.is_some() && task.weight.is_some()).collect();
    let count = |span| known.iter().filter(|task| task.span == Some(span)).count();
    if let Some(refused) = refused(count(Span::Local), count(Span::Global), " with gold of known weight") {
        return Estimate { refused: Some(refused), ..Estimate::default() };
    }
    let rows = rows(&known);
    let Some(value) = standardised(&rows) else {
        let refused = Some("the regression has no solution".to_owned());
        return Estimate { refused, ..Estimate::default() };
    };
    let mut draw = Draw::new(plan.seed);
    let strata: Vec<Vec<usize>> = [Span::Local, Span::Neighbour, Span::Global]
        .into_iter()
        .map(|span| (0..known.len()).filter(|at| known[*at].span == Some(span)).collect())
        .collect();
    let mut values = Vec::new();
    for _ in 0..plan.resamples.min(REGRESSIONS) {
        let mut drawn = Vec::with_capacity(rows.len());
        for stratum in &strata {
            drawn.extend((0..stratum.len()).map(|_| rows[stratum[draw.index(stratum.len())]].clone()));
        }
        values.extend(standardised(&drawn));
    }
    let least = count(Span::Local).min(count(Span::Global));
    Estimate { value: Some(value), interval: percentiles(&mut values, least), refused: None }
}

/// Intercept, neighbour, global, weight, then languages but the most frequent.
fn rows(tasks: &[&OnTask]) -> Vec<Row> {
    let logs: Vec<f64> =
        tasks.iter().map(|task| (1.0 + f64::from(task.weight.unwrap_or(0))).log2()).collect();
    let n = logs.len() as f64;
    let mean = logs.iter().sum::<f64>() / n;
    let spread = (logs.iter().map(|log| (log - mean).powi(2)).sum::<f64>() / n).sqrt();
    let mut languages: BTreeMap<&str, usize> = BTreeMap::new();
    for task in tasks {
        *languages.entry(&task.language).or_default() += 1;
    }
    let most = languages.iter().max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0))).map(|(name, _)| *name);
    let others: BTreeSet<&str> = languages.keys().copied().filter(|name| Some(*name) != most).collect();
    let flag = |holds: bool| if holds { 1.0 } else { 0.0 };
    tasks
        .iter()
        .zip(&logs)
        .map(|(task, log)| {
            let weight = if spread > 0.0 { (log - mean) / spread } else { 0.0 };
            let span = [Span::Neighbour, Span::Global].map(|span| flag(task.span == Some(span)));
            let mut x = vec![1.0, span[0], span[1], weight];
            x.extend(others.iter().map(|name| flag(task.language == **name)));
            Row { x, successes: task.count as f64, trials: task.n as f64 }
        })
        .collect()
}

/// The mean, over rows, of the chance as a local task less the chance as a global one.
fn standardised(rows: &[Row]) -> Option<f64> {
    let beta = fit(rows, RIDGE)?;
    let as_span = |row: &Row, global: f64| {
        let mut x = row.x.clone();
        (x[1], x[2]) = (0.0, global);
        chance(&x, &beta)
    };
    let sum: f64 = rows.iter().map(|row| as_span(row, 0.0) - as_span(row, 1.0)).sum();
    Some(sum / rows.len() as f64)
}

/// Each model's gap less the median of all, where at least two have one. `models` are in the order of `gaps`.
pub(super) fn to_median(models: &[Vec<OnTask>], gaps: &mut [&mut Gap], plan: Plan) {
    let with: Vec<usize> = (0..gaps.len()).filter(|at| gaps[*at].value.is_some()).collect();
    if with.len() < 2 {
        for gap in gaps.iter_mut() {
            let why = gap.refused.clone().unwrap_or_else(|| "no other model has a gap".to_owned());
            gap.to_median.refused = Some(why);
        }
        return;
    }
    let of_task = |model: usize, span| -> BTreeMap<u32, Part> {
        of_span(&models[model], span).map(|task| (task.task, part(task))).collect()
    };
    let spans = [Span::Local, Span::Global];
    let parts: Vec<[BTreeMap<u32, Part>; 2]> =
        with.iter().map(|model| spans.map(|span| of_task(*model, span))).collect();
    let tasks: Vec<Vec<u32>> = (0..2)
        .map(|span| {
            let all: BTreeSet<u32> = parts.iter().flat_map(|of| of[span].keys().copied()).collect();
            all.into_iter().collect()
        })
        .collect();
    let mut draw = Draw::new(plan.seed);
    let mut differences: Vec<Vec<f64>> = vec![Vec::new(); with.len()];
    for _ in 0..plan.resamples {
        let drawn: Vec<Vec<u32>> =
            tasks.iter().map(|all| (0..all.len()).map(|_| all[draw.index(all.len())]).collect()).collect();
        let rate = |of: &BTreeMap<u32, Part>, drawn: &[u32]| {
            ratio(drawn.iter().map(|task| of.get(task).copied().unwrap_or_default()))
        };
        let found: Option<Vec<f64>> =
            parts.iter().map(|of| Some(rate(&of[0], &drawn[0])? - rate(&of[1], &drawn[1])?)).collect();
        let Some(found) = found else { continue };
        let middle = median(&found);
        for (all, one) in differences.iter_mut().zip(&found) {
            all.push(one - middle);
        }
    }
    let values: Vec<f64> = with.iter().filter_map(|at| gaps[*at].value).collect();
    let middle = median(&values);
    let least = tasks[0].len().min(tasks[1].len());
    for ((at, value), mut all) in with.iter().zip(&values).zip(differences) {
        gaps[*at].to_median =
            Estimate { value: Some(value - middle), interval: percentiles(&mut all, least), refused: None };
    }
    for gap in gaps.iter_mut().filter(|gap| gap.value.is_none()) {
        gap.to_median.refused.clone_from(&gap.refused);
    }
}

/// The middle value, or the mean of the two in the middle.
fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let half = sorted.len() / 2;
    match sorted[..] {
        [] => f64::NAN,
        _ if sorted.len() % 2 == 1 => sorted[half],
        _ => f64::midpoint(sorted[half - 1], sorted[half]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: Plan = Plan { seed: 1, resamples: 400 };

    fn on(task: u32, span: Span, weight: u32, count: u64, n: u64) -> OnTask {
        OnTask { task, span: Some(span), weight: Some(weight), language: "rust".to_owned(), count, n }
    }

    /// `n` tasks of each span; local ones are resolved so many times of ten, global ones so many.
    fn tasks(n: u32, local: u32, global: u32, weight: impl Fn(Span, u32) -> u32) -> Vec<OnTask> {
        let of = |span, first: u32, least: u32| {
            let weight = &weight;
            (0..n)
                .map(move |at| on(first + at, span, weight(span, at), u64::from(at % 10 < least), 1))
                .collect::<Vec<_>>()
        };
        [of(Span::Local, 0, local), of(Span::Global, 1000, global)].concat()
    }

    #[test]
    fn refused_under_fifteen_tasks() {
        let found = gap(&tasks(14, 5, 5, |_, _| 10), PLAN);
        let why = "14 local and 14 global tasks; a gap needs 15 of each";
        assert_eq!(
            (found.value, found.refused.as_deref(), found.adjusted.refused.as_deref()),
            (None, Some(why), Some(why))
        );
        let mut unweighed = tasks(20, 5, 5, |_, _| 10);
        unweighed.iter_mut().take(10).for_each(|task| task.weight = None);
        let found = gap(&unweighed, PLAN);
        assert!(found.value.is_some());
        assert_eq!(
            found.adjusted.refused.as_deref(),
            Some("10 local and 20 global tasks with gold of known weight; a gap needs 15 of each")
        );
    }

    #[test]
    fn equal_tasks_have_equal_gaps_in_both_forms() {
        let found = gap(&tasks(40, 9, 4, |_, at| 10 + at), PLAN);
        assert!((found.value.unwrap() - 0.5).abs() < 1e-12);
        assert!((found.adjusted.value.unwrap() - 0.5).abs() < 0.02, "{found:?}");
        let [low, high] = found.adjusted.interval.unwrap();
        assert!(0.2 < low && low < 0.5 && 0.5 < high && high < 0.75, "{found:?}");
    }

    /// Large tasks fail and small ones are resolved, whatever their span; most global ones are large.
    #[test]
    fn what_size_explains_is_no_gap() {
        let mut all = Vec::new();
        for at in 0..60 {
            let large = |share: u32| at % 10 < share;
            for (first, span, share) in [(0, Span::Local, 3), (1000, Span::Global, 7)] {
                let large = large(share);
                let resolved = if large { at % 7 == 0 } else { at % 7 != 0 };
                all.push(on(first + at, span, if large { 1000 } else { 10 }, u64::from(resolved), 1));
            }
        }
        let found = gap(&all, PLAN);
        assert!(found.value.unwrap() > 0.2, "{found:?}");
        assert!(found.adjusted.value.unwrap().abs() < 0.06, "{found:?}");
    }

    #[test]
    fn less_the_median_of_all() {
        let models: Vec<Vec<OnTask>> =
            [(9, 9), (9, 6), (9, 3)].map(|(local, global)| tasks(40, local, global, |_, _| 10)).into();
        let mut gaps: Vec<Gap> = models.iter().map(|tasks| gap(tasks, PLAN)).collect();
        let mut all: Vec<&mut Gap> = gaps.iter_mut().collect();
        to_median(&models, &mut all, PLAN);
        let values: Vec<f64> = gaps.iter().map(|gap| gap.to_median.value.unwrap()).collect();
        for (value, wanted) in values.iter().zip([-0.3, 0.0, 0.3]) {
            assert!((value - wanted).abs() < 1e-12, "{values:?}");
        }
        let [low, high] = gaps[2].to_median.interval.unwrap();
        assert!(low > 0.0 && high < 0.6, "{low} {high}");
        let mut alone = [gap(&models[0], PLAN)];
        let mut all: Vec<&mut Gap> = alone.iter_mut().collect();
        to_median(&models[..1], &mut all, PLAN);
        assert_eq!(alone[0].to_median.refused.as_deref(), Some("no other model has a gap"));
    }
}
