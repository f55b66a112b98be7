//! From figures to judgements, and the reason of each in words.
//!
//! Per figure the first that holds: `INVALID` (a control off, over 10 % of pairs invalid, over 2 % missing), `REGRESSED`
//! (q < 0.05, worse), `SUSPECT` (worse and p < 0.05, or an alarm over nights), `IMPROVED` (q < 0.05, better),
//! `EQUIVALENT` (90 % interval within the margin), else `INCONCLUSIVE`. Outside the primary family there is no q: a figure
//! there can be suspect or equivalent, nothing else. A model's verdict is the worst of its primary family, the whole is
//! the worst over models.

use super::figure::Raw;
use super::measure::{Kind, Measure};
use super::result::{MetricComparison, ModelComparison, Verdict};
use super::{Draft, Options};

/// Of p and q.
const ALPHA: f64 = 0.05;

/// More invalid pairs than this make a comparison invalid.
const MOST_INVALID: f64 = 0.10;

/// More missing pairs than this make a comparison invalid.
const MOST_MISSING: f64 = 0.02;

/// A bootstrap over fewer tasks is too narrow to show that nothing differs.
const LEAST_FOR_EQUIVALENCE: u64 = 20;

/// A model's verdicts.
pub(super) fn judge(draft: Draft, controls_off: &[String], options: &Options) -> ModelComparison {
    let spoiled = spoiled(&draft, controls_off);
    let mut metrics = Vec::with_capacity(draft.raws.len());
    for raw in draft.raws {
        let alarm = options.alarms.contains(&(draft.model.clone(), raw.measure.name().to_owned()));
        let verdict =
            if spoiled.is_some() { Verdict::Invalid } else { of_figure(&raw, alarm, options.margin) };
        metrics.push(finish(raw, verdict, alarm, options.margin));
    }
    let worst = metrics.iter().filter(|metric| metric.primary).min_by_key(|metric| metric.verdict);
    let (verdict, why) = match (spoiled, worst) {
        (Some(why), _) => (Verdict::Invalid, why),
        (None, Some(worst)) => (worst.verdict, worst.why.clone()),
        (None, None) => (Verdict::Inconclusive, "nothing of the primary family was measured".to_owned()),
    };
    ModelComparison {
        model: draft.model,
        baseline: draft.baseline,
        n: draft.n,
        trials: draft.trials,
        excluded: draft.excluded,
        verdict,
        why,
        metrics,
    }
}

/// The verdict over all models, with the reason of the worst.
pub(super) fn whole(comparisons: &[ModelComparison], controls_off: &[String]) -> (Verdict, String) {
    match comparisons.iter().min_by_key(|one| one.verdict) {
        None if controls_off.is_empty() => (Verdict::Invalid, "no model stands on both sides".to_owned()),
        None => (Verdict::Invalid, controls(controls_off)),
        Some(worst) if comparisons.len() == 1 || !controls_off.is_empty() => {
            (worst.verdict, worst.why.clone())
        }
        Some(worst) => (worst.verdict, format!("{}: {}", worst.model, worst.why)),
    }
}

fn controls(off: &[String]) -> String {
    let more = if off.len() > 3 { format!(" and {} more", off.len() - 3) } else { String::new() };
    let shown: Vec<&str> = off.iter().take(3).map(String::as_str).collect();
    format!("controls are off ({}{more})", shown.join(", "))
}

/// Why nothing can be said, if so.
fn spoiled(draft: &Draft, controls_off: &[String]) -> Option<String> {
    let share = |part: u64| part as f64 / draft.pairs.max(1) as f64;
    let (missing, invalid) = (draft.excluded.missing, draft.excluded.invalid);
    let said = |part: u64, what: &str, most: f64| {
        let (all, most) = (draft.pairs, most * 100.0);
        format!("{part} of {all} pairs are {what}, {:.1} %: over {most:.0} %", share(part) * 100.0)
    };
    if !controls_off.is_empty() {
        Some(controls(controls_off))
    } else if share(invalid) > MOST_INVALID {
        Some(said(invalid, "invalid", MOST_INVALID))
    } else if share(missing) > MOST_MISSING {
        Some(said(missing, "missing", MOST_MISSING))
    } else if draft.n == 0 {
        Some("no task has a valid trial on both sides".to_owned())
    } else {
        None
    }
}

fn is_worse(raw: &Raw) -> bool {
    if raw.measure.more_is_better() { raw.difference < 0.0 } else { raw.difference > 0.0 }
}

fn is_better(raw: &Raw) -> bool {
    if raw.measure.more_is_better() { raw.difference > 0.0 } else { raw.difference < 0.0 }
}

fn of_figure(raw: &Raw, alarm: bool, margin: f64) -> Verdict {
    let sure = raw.q_value.is_some_and(|q| q < ALPHA);
    if sure && is_worse(raw) {
        Verdict::Regressed
    } else if alarm || (is_worse(raw) && raw.p_value < ALPHA) {
        Verdict::Suspect
    } else if sure && is_better(raw) {
        Verdict::Improved
    } else if is_within(raw, margin) {
        Verdict::Equivalent
    } else {
        Verdict::Inconclusive
    }
}

fn is_within(raw: &Raw, margin: f64) -> bool {
    let enough = raw.measure.kind() == Kind::Share || raw.n >= LEAST_FOR_EQUIVALENCE;
    let margin = if raw.measure.kind() == Kind::Amount { margin * raw.a } else { margin };
    enough && raw.interval_90.is_some_and(|[low, high]| -margin <= low && high <= margin)
}

fn finish(raw: Raw, verdict: Verdict, alarm: bool, margin: f64) -> MetricComparison {
    let why = words(&raw, verdict, alarm, margin);
    MetricComparison {
        metric: raw.measure.name().to_owned(),
        primary: raw.measure.is_primary(),
        n: raw.n,
        a: raw.a,
        b: raw.b,
        difference: raw.difference,
        interval: raw.interval,
        interval_90: raw.interval_90,
        p_value: raw.p_value,
        q_value: raw.q_value,
        method: raw.method,
        minimum_detectable: raw.minimum_detectable,
        verdict,
        why,
        worse: raw.worse.tasks,
        better: raw.better.tasks,
        worse_count: raw.worse.count,
        better_count: raw.better.count,
    }
}

/// `resolved fell by 9.0 points (95 %: 4.0 to 14.0) on 200 tasks: 25 worse, 7 better, q 0.0012`.
fn words(raw: &Raw, verdict: Verdict, alarm: bool, margin: f64) -> String {
    let name = raw.measure.name().replace('_', " ");
    let size = |value: f64| magnitude(raw.measure, value);
    let unit = if raw.measure.kind() == Kind::Amount { "" } else { " points" };
    let moved = if raw.difference < 0.0 { "fell by" } else { "rose by" };
    let range = raw.interval.map_or_else(String::new, |[low, high]| {
        let [from, to] = if raw.difference < 0.0 { [-high, -low] } else { [low, high] };
        format!(" (95 %: {} to {})", size(from), size(to))
    });
    let change = format!("{name} {moved} {}{unit}{range}", size(raw.difference.abs()));
    let tasks = format!("on {} task{}", raw.n, if raw.n == 1 { "" } else { "s" });
    let flips = format!("{} worse, {} better", raw.worse.count, raw.better.count);
    let p = raw.q_value.map_or_else(|| format!("p {}", chance(raw.p_value)), |q| format!("q {}", chance(q)));
    match verdict {
        Verdict::Invalid => format!("{change} {tasks}, but the comparison is invalid"),
        Verdict::Regressed | Verdict::Improved => format!("{change} {tasks}: {flips}, {p}"),
        Verdict::Suspect if alarm => format!("an alarm over nights; {change} {tasks}: {flips}, {p}"),
        Verdict::Suspect => {
            format!("{change} {tasks}: {flips}, p {}, not sure among all that is tested", chance(raw.p_value))
        }
        Verdict::Equivalent => {
            let margin = if raw.measure.kind() == Kind::Amount {
                format!("{} %", trimmed(margin * 100.0))
            } else {
                format!("{} points", trimmed(margin * 100.0))
            };
            format!("{name} is alike within {margin} {tasks}: {flips}")
        }
        Verdict::Inconclusive => {
            let seen = raw
                .minimum_detectable
                .map_or_else(String::new, |least| format!("; {}{unit} could have been seen", size(least)));
            let change = if raw.difference == 0.0 { format!("{name} is unchanged") } else { change };
            format!("{change} {tasks}: {flips}, {p}{seen}")
        }
    }
}

/// A difference in points, or in the figure's own unit.
fn magnitude(measure: Measure, value: f64) -> String {
    match measure.kind() {
        Kind::Amount if value.abs() >= 100.0 => format!("{value:.0}"),
        Kind::Amount => format!("{value:.2}"),
        Kind::Share | Kind::Ratio => format!("{:.1}", value * 100.0),
    }
}

/// A chance as one reads it.
fn chance(p: f64) -> String {
    if p < 0.0001 {
        "< 0.0001".to_owned()
    } else if p < 0.1 {
        format!("{p:.4}")
    } else {
        format!("{p:.2}")
    }
}

fn trimmed(value: f64) -> String {
    format!("{value:.2}").trim_end_matches('0').trim_end_matches('.').to_owned()
}
