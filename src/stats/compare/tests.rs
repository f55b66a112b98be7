//! Comparisons, by example.

use proptest::prelude::*;

use super::super::testing::{Trial, trial};
use super::*;
use crate::evaluate::record::{LintStatus, Outcome, Reason};

fn quick() -> Options {
    Options { resamples: 200, ..Options::default() }
}

/// `n` tasks of model m, resolved below `resolved`.
fn run(n: usize, resolved: impl Fn(usize) -> bool) -> Vec<Record> {
    (0..n).map(|place| finished(trial("m", &format!("t{place:03}")), resolved(place))).collect()
}

fn finished(one: Trial, resolved: bool) -> Record {
    if resolved { one.resolved() } else { one }.build()
}

fn only(comparison: &Comparison) -> &ModelComparison {
    assert_eq!(comparison.comparisons.len(), 1);
    &comparison.comparisons[0]
}

fn metric<'a>(comparison: &'a ModelComparison, name: &str) -> &'a MetricComparison {
    comparison.metrics.iter().find(|metric| metric.metric == name).unwrap()
}

#[test]
fn a_regression_is_named_with_its_tasks() {
    // 100 tasks, 60 resolved; tonight 12 of them fail and 2 others are new.
    let was = run(100, |place| place < 60);
    let now = run(100, |place| (12..60).contains(&place) || place == 70 || place == 71);
    let found = compare(&was, &now, &quick());
    let model = only(&found);
    let resolved = metric(model, "resolved");
    assert_eq!(
        (found.verdict, model.verdict, resolved.verdict),
        (Verdict::Regressed, Verdict::Regressed, Verdict::Regressed)
    );
    assert_eq!((resolved.a, resolved.b, resolved.n), (0.6, 0.5, 100));
    assert!((resolved.difference + 0.1).abs() < 1e-12);
    assert_eq!(resolved.interval, super::super::pair::tango(2, 12, 100));
    assert_eq!(resolved.p_value.to_bits(), super::super::pair::mcnemar_mid_p(2, 12).to_bits());
    assert_eq!(resolved.worse, (0..12).map(|place| format!("t{place:03}")).collect::<Vec<_>>());
    assert_eq!(resolved.better, ["t070", "t071"]);
    assert_eq!(resolved.method, Method::McnemarMidP);
    insta::assert_snapshot!(found.why, @"resolved fell by 10.0 points (95 %: 3.1 to 18.2) on 100 tasks: 12 worse, 2 better, q 0.0074");
    // Turned round it is an improvement.
    let back = compare(&now, &was, &quick());
    assert_eq!((back.verdict, metric(only(&back), "resolved").worse.len()), (Verdict::Improved, 2));
}

#[test]
fn nothing_changed() {
    let same = run(300, |place| place % 3 == 0);
    let found = compare(&same, &same, &quick());
    assert_eq!(found.verdict, Verdict::Equivalent);
    insta::assert_snapshot!(found.why, @"resolved is alike within 2 points on 300 tasks: 0 worse, 0 better");
    // Too few tasks to say so.
    let few = run(30, |place| place % 3 == 0);
    let found = compare(&few, &few, &quick());
    assert_eq!(found.verdict, Verdict::Inconclusive);
    assert_eq!(metric(only(&found), "resolved").minimum_detectable, None);
    insta::assert_snapshot!(found.why, @"resolved is unchanged on 30 tasks: 0 worse, 0 better, q 1.00");
}

#[test]
fn one_task_all_resolved_none_resolved() {
    for (n, resolved, expected) in [
        (1, true, Verdict::Inconclusive),
        (1, false, Verdict::Inconclusive),
        (200, true, Verdict::Equivalent),
        (200, false, Verdict::Equivalent),
    ] {
        let same = run(n, |_| resolved);
        let found = compare(&same, &same, &quick());
        assert_eq!(found.verdict, expected, "{n} {resolved}");
        let one = metric(only(&found), "resolved");
        assert_eq!((one.p_value, one.q_value), (1.0, Some(1.0)));
        let [low, high] = one.interval.unwrap();
        assert!(low < 0.0 && high > 0.0 && one.interval_90.unwrap()[1] < high);
    }
}

#[test]
fn nothing_in_common() {
    let found = compare(&run(3, |_| true), &[], &quick());
    assert_eq!((found.verdict, &*found.why), (Verdict::Invalid, "no model stands on both sides"));
    assert_eq!(found.unpaired, ["baseline: m"]);
    let other: Vec<Record> = vec![trial("new", "t000").resolved().build()];
    let found = compare(&run(1, |_| true), &other, &quick());
    assert_eq!((&*only(&found).model, &*only(&found).baseline), ("new", "m"));
}

#[test]
fn invalid_nights() {
    let was = run(100, |place| place < 50);
    let spoil = |many: usize, spoiled: &dyn Fn(Trial) -> Trial| -> Vec<Record> {
        let mut now = was.clone();
        for (place, record) in now.iter_mut().enumerate().take(many) {
            *record = spoiled(trial("m", &format!("t{place:03}"))).build();
        }
        now
    };
    let invalid = |one: Trial| one.invalid(Reason::Sandbox);
    for (now, verdict, excluded) in [
        (spoil(10, &invalid), Verdict::Inconclusive, Excluded { missing: 0, invalid: 10 }),
        (spoil(11, &invalid), Verdict::Invalid, Excluded { missing: 0, invalid: 11 }),
        (spoil(2, &Trial::missing), Verdict::Inconclusive, Excluded { missing: 2, invalid: 0 }),
        (spoil(3, &Trial::missing), Verdict::Invalid, Excluded { missing: 3, invalid: 0 }),
        (was[2..].to_vec(), Verdict::Inconclusive, Excluded { missing: 2, invalid: 0 }),
        (was[3..].to_vec(), Verdict::Invalid, Excluded { missing: 3, invalid: 0 }),
    ] {
        let found = compare(&was, &now, &quick());
        let model = only(&found);
        assert_eq!((found.verdict, model.excluded), (verdict, excluded), "{}", found.why);
        assert_eq!(model.n, 100 - excluded.missing - excluded.invalid);
        assert_eq!(metric(model, "resolved").n, model.n);
    }
    let found = compare(&was, &spoil(11, &invalid), &quick());
    insta::assert_snapshot!(found.why, @"11 of 100 pairs are invalid, 11.0 %: over 10 %");
}

#[test]
fn a_control_that_is_off_spoils_the_night() {
    let mut was = run(40, |place| place < 20);
    was.push(trial("gold", "t000").resolved().build());
    was.push(trial("empty", "t000").outcome(Outcome::Empty).build());
    let mut now = was.clone();
    assert_ne!(compare(&was, &now, &quick()).verdict, Verdict::Invalid);
    now[41] = trial("empty", "t000").resolved().build();
    let found = compare(&was, &now, &quick());
    assert_eq!((found.verdict, only(&found).verdict), (Verdict::Invalid, Verdict::Invalid));
    assert!(only(&found).metrics.iter().all(|metric| metric.verdict == Verdict::Invalid));
    assert_eq!((&*found.why, found.controls), ("controls are off (candidate: empty on t000)", 4));
}

#[test]
fn tasks_of_another_suite_are_not_missing() {
    let (was, now) = (run(60, |_| true), run(50, |_| true));
    let mut b = Side::of(&now);
    let a = Side::of(&was);
    b.set_suite(now.iter().map(|record| record.task.clone()));
    let found = compare_sides(&a, &b, &pairs(&a, &b), &quick());
    assert_eq!(
        (only(&found).n, only(&found).excluded, found.other_tasks),
        (50, Excluded::default(), [10, 0])
    );
}

#[test]
fn samples_are_compared_task_by_task() {
    let samples = |n: u32, resolved: &dyn Fn(usize, u32) -> bool| -> Vec<Record> {
        (0..60)
            .flat_map(|place| (0..n).map(move |sample| (place, sample)))
            .map(|(place, sample)| {
                finished(trial("m", &format!("t{place:02}")).sample(sample), resolved(place, sample))
            })
            .collect()
    };
    let was = samples(4, &|place, sample| place < 30 || sample < 2);
    let now = samples(4, &|place, sample| place < 30 && sample < 3 || place >= 30 && sample < 2);
    let found = compare(&was, &now, &quick());
    let resolved = metric(only(&found), "resolved");
    assert_eq!(found.verdict, Verdict::Regressed);
    assert_eq!((resolved.a, resolved.b, resolved.n), (0.75, 0.625, 60));
    assert_eq!((resolved.worse.len(), only(&found).trials), (30, [240, 240]));
    // Fewer samples tonight, by plan: nothing is missing.
    let found = compare(&was, &samples(2, &|_, _| true), &quick());
    assert_eq!((only(&found).excluded, only(&found).trials), (Excluded::default(), [240, 120]));
    // One sample of sixty is lost.
    let mut lost = was.clone();
    lost.remove(5);
    let found = compare(&was, &lost, &quick());
    assert_eq!((only(&found).excluded.missing, only(&found).n), (1, 60));
}

#[test]
fn every_figure_has_its_direction() {
    let make = |bad: u32, status: LintStatus, recall: f64, usd: f64| -> Vec<Record> {
        (0..40)
            .map(|place| {
                let signs = [("debug", "B", bad)];
                let signs = if bad > 0 { &signs[..] } else { &[] };
                let one = trial("m", &format!("t{place:02}")).resolved().irrelevant(40, signs);
                one.lint(status).recall(recall).cost(usd).build()
            })
            .collect()
    };
    let (good, bad) = (make(0, LintStatus::Clean, 0.9, 1.0), make(10, LintStatus::Findings, 0.5, 2.0));
    let found = compare(&good, &bad, &quick());
    let said: Vec<(&str, Verdict)> =
        only(&found).metrics.iter().map(|metric| (&*metric.metric, metric.verdict)).collect();
    assert_eq!(found.verdict, Verdict::Regressed);
    assert_eq!(
        said,
        [
            ("resolved", Verdict::Inconclusive),
            ("resolved_and_clean", Verdict::Regressed),
            ("irrelevant_edit_ratio", Verdict::Regressed),
            ("lint_clean", Verdict::Regressed),
            ("strict", Verdict::Equivalent),
            ("upper", Verdict::Suspect),
            ("excess", Verdict::Suspect),
            ("irrelevant_patch_rate", Verdict::Suspect),
            ("file_recall", Verdict::Suspect),
            ("well_formed", Verdict::Inconclusive),
            ("cost_usd", Verdict::Suspect),
        ]
    );
    let back = compare(&bad, &good, &quick());
    assert_eq!(metric(only(&back), "irrelevant_edit_ratio").verdict, Verdict::Improved);
    assert_eq!(metric(only(&back), "cost_usd").verdict, Verdict::Inconclusive);
}

#[test]
fn the_family_is_adjusted_over_models() {
    // One model of twenty with p 0.02: suspect, not regressed.
    let of = |worse: bool| -> Vec<Record> {
        (0..20)
            .flat_map(|model| (0..40).map(move |place| (model, place)))
            .map(|(model, place)| {
                let resolved = place < 30 && !(worse && model == 7 && place < 7);
                let flipped = worse && model == 7 && place == 35;
                finished(trial(&format!("m{model:02}"), &format!("t{place:02}")), resolved || flipped)
            })
            .collect()
    };
    let found = compare(&of(false), &of(true), &quick());
    let seventh = &found.comparisons[7];
    let resolved = metric(seventh, "resolved");
    assert!(resolved.p_value < 0.05 && resolved.q_value.unwrap() > 0.05);
    assert_eq!((found.verdict, seventh.verdict), (Verdict::Suspect, Verdict::Suspect));
    insta::assert_snapshot!(found.why, @"m07: resolved fell by 15.0 points (95 %: 1.4 to 30.1) on 40 tasks: 7 worse, 1 better, p 0.0391, not sure among all that is tested");
}

#[test]
fn an_alarm_over_nights_is_at_least_suspect() {
    let same = run(300, |place| place % 3 == 0);
    let options = Options { alarms: [("m".to_owned(), "resolved".to_owned())].into(), ..quick() };
    assert_eq!(compare(&same, &same, &options).verdict, Verdict::Suspect);
}

#[test]
fn cleanliness_is_compared_where_it_is_known() {
    let mut was: Vec<Record> =
        (0..20).map(|place| trial("m", &format!("t{place:02}")).resolved().edits(9).build()).collect();
    was[3].edits = None;
    let found = compare(&was, &was, &quick());
    assert_eq!(metric(only(&found), "resolved_and_clean").n, 19);
    let unmeasured = run(20, |place| place < 10);
    let found = compare(&unmeasured, &unmeasured, &quick());
    assert!(only(&found).metrics.iter().all(|metric| metric.metric != "resolved_and_clean"));
}

prop_compose! {
    fn any_run()(rows in prop::collection::vec(
        (0..2_u8, 0..8_u8, 0..3_u32, 0..5_u8, 0..50_u32, 0..20_u32, 0.0_f64..1.0), 0..40)) -> Vec<Record> {
        let mut seen = BTreeSet::new();
        rows.into_iter()
            .filter(|row| seen.insert((row.0, row.1, row.2)))
            .map(|(model, task, sample, outcome, weight, bad, recall)| {
                let one = trial(&format!("m{model}"), &format!("t{task}")).sample(sample).cost(recall);
                let one = one.irrelevant(weight, &[("debug", "B", bad)]).recall(recall);
                let all = [Outcome::Resolved, Outcome::Unresolved, Outcome::Invalid, Outcome::Missing, Outcome::Partial];
                one.outcome(all[usize::from(outcome)]).build()
            })
            .collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn order_of_records_changes_nothing(
        (was, shuffled) in any_run().prop_flat_map(|run| (Just(run.clone()), Just(run).prop_shuffle())),
        now in any_run(),
    ) {
        let options = Options { resamples: 50, ..Options::default() };
        prop_assert_eq!(compare(&was, &now, &options), compare(&shuffled, &now, &options));
    }

    #[test]
    fn figures_hold_together(was in any_run(), now in any_run()) {
        let options = Options { resamples: 50, ..Options::default() };
        let found = compare(&was, &now, &options);
        let back = compare(&now, &was, &options);
        for (one, other) in found.comparisons.iter().zip(&back.comparisons) {
            prop_assert_eq!(one.n, other.n);
            prop_assert_eq!(one.excluded, other.excluded);
            for metric in &one.metrics {
                let mirrored = other.metrics.iter().find(|other| other.metric == metric.metric).unwrap();
                prop_assert!((metric.b - metric.a - metric.difference).abs() < 1e-6 * (1.0 + metric.a));
                prop_assert!((metric.difference + mirrored.difference).abs() < 1e-9);
                prop_assert!((0.0..=1.0).contains(&metric.p_value));
                prop_assert!(metric.q_value.is_none_or(|q| q >= metric.p_value && q <= 1.0));
                prop_assert_eq!(&metric.worse, &mirrored.better);
                if let Some([low, high]) = metric.interval {
                    prop_assert!(low <= metric.difference + 1e-9 && metric.difference <= high + 1e-9 || metric.method == Method::SignFlip);
                    prop_assert!(low <= high);
                }
            }
        }
    }
}
