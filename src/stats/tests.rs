//! The summary, by example.

use proptest::prelude::*;

use super::Summariser;
use super::interval::Share;
use super::summary::{ModelSummary, Options, RunSummary, summarise};
use super::testing::{demo, trial};
use crate::evaluate::Record;
use crate::evaluate::record::{LintStatus, Outcome, Reason};
use crate::patch::Rung;
use crate::task::Span;

const QUICK: Options = Options { seed: 3, resamples: 200 };

fn of<'a>(summary: &'a RunSummary, model: &str) -> &'a ModelSummary {
    summary.models.iter().find(|found| found.model == model).unwrap()
}

fn near(found: Option<f64>, expected: f64) {
    assert!(found.is_some_and(|found| (found - expected).abs() < 1e-12), "{found:?} is not {expected}");
}

#[test]
fn counts_of_the_demo() {
    let summary = summarise(&demo(), &QUICK);
    let names: Vec<&str> = summary.models.iter().map(|model| &*model.model).collect();
    assert_eq!(names, ["careless", "focused", "local-only", "sprawling"]);
    assert_eq!((summary.tasks, summary.trials, summary.invalid, summary.missing), (12, 48, 1, 1));
    let careless = of(&summary, "careless");
    // Tasks 0, 3 and 9 fail, 4 is invalid, 5 missing, 6 does not apply: 6 of 11, or of 12.
    assert_eq!(careless.resolved, Share::independent(6, 11));
    assert_eq!(careless.resolved_of_all, Share::independent(6, 12));
    assert_eq!(careless.resolved_and_clean, Share::independent(6, 11));
    assert_eq!(careless.invalid_reasons, [("sandbox".to_owned(), 1)].into());
    assert_eq!(careless.outcomes[&Outcome::Missing], 1);
    assert_eq!(careless.lint.clean, Share::independent(0, 9));
    assert_eq!(careless.lint.status[&LintStatus::BuildFailed], 3);
    assert_eq!((careless.apply.not_applied, careless.apply.rungs[&Rung::Exact]), (1, 10));
    assert_eq!(careless.apply.well_formed, Share::independent(10, 11));
    assert_eq!(careless.edits.all.irrelevant_patch_rate, Share::independent(3, 9));
    assert_eq!(careless.edits.resolved.irrelevant_patch_rate, Share::independent(0, 6));
    assert_eq!(of(&summary, "sprawling").resolved_and_clean, Share::independent(0, 12));
}

#[test]
fn controls_stand_apart() {
    let mut records = demo();
    records.push(trial("gold", "task-90").outcome(Outcome::Unresolved).build());
    records.push(trial("empty", "task-91").resolved().build());
    records.push(trial("empty", "task-92").invalid(Reason::Setup).build());
    let controls = summarise(&records, &QUICK).controls;
    let seen: Vec<_> = controls.iter().map(|c| (&*c.model, c.ok, c.total, c.off.join(" "))).collect();
    assert_eq!(
        seen,
        [("gold", 12, 13, "task-90".to_owned()), ("empty", 12, 14, "task-91 task-92".to_owned())]
    );
}

#[test]
fn ratio_is_a_mean_over_tasks_of_means_over_samples() {
    // Task a: samples with ratios 0.5 and 0; task b: one with 0.1, and a long patch.
    let records = [
        trial("m", "a").irrelevant(10, &[("format", "A", 10)]).build(),
        trial("m", "a").sample(1).edits(20).build(),
        trial("m", "b").irrelevant(900, &[("debug", "B", 100)]).resolved().build(),
    ];
    let summary = summarise(&records, &QUICK);
    let edits = &of(&summary, "m").edits;
    near(edits.all.ratio.value, 0.175);
    near(edits.all.strict.value, 0.125);
    near(edits.all.pooled.value, 110.0 / 1040.0);
    near(edits.all.excess.value, 52.5);
    assert_eq!((edits.all.ratio.tasks, edits.all.ratio.trials), (2, 3));
    assert_eq!(edits.all.ratio.interval, Some([0.1, 0.25]));
    near(edits.resolved.ratio.value, 0.1);
    assert_eq!(edits.resolved.ratio.interval, None, "one task knows nothing of others");
    assert_eq!((edits.by_kind["format"].a, edits.by_kind["debug"].b), (10, 100));
    assert_eq!(edits.weight["irrelevant"], 110);
}

#[test]
fn a_patch_without_code_has_no_ratio() {
    let records = [trial("m", "a").edits(0).resolved().build(), trial("m", "b").edits(5).build()];
    let summary = summarise(&records, &QUICK);
    let edits = &of(&summary, "m").edits;
    assert_eq!((edits.no_code_edit, edits.all.ratio.tasks), (1, 1));
    assert_eq!(of(&summary, "m").resolved_and_clean, Share::independent(1, 2));
}

#[test]
fn cleanliness_is_unknown_where_edits_were_not_measured() {
    let records = [trial("m", "a").resolved().build(), trial("m", "b").edits(5).resolved().build()];
    assert_eq!(of(&summarise(&records, &QUICK), "m").resolved_and_clean, Share::unknown());
}

#[test]
fn trials_without_context_count_in_their_tasks_span() {
    // Only one record of each task tells its span; the model that did not apply fails there all the same.
    let records = [
        trial("empty", "g").outcome(Outcome::Empty).span(Span::Global).build(),
        trial("m", "g").outcome(Outcome::ApplyFailed).build(),
        trial("m", "l").resolved().span(Span::Local).build(),
    ];
    let summary = summarise(&records, &QUICK);
    let context = &of(&summary, "m").context;
    assert_eq!(context.pass_by_span[&Span::Global].resolved, Share::independent(0, 1));
    assert_eq!(context.pass_by_span[&Span::Local].resolved, Share::independent(1, 1));
    assert_eq!(context.gap.refused.as_deref(), Some("1 local and 1 global tasks; a gap needs 15 of each"));
    assert_eq!((context.gap.value, context.gap.interval), (None, None));
}

#[test]
fn gap_with_enough_tasks() {
    let records: Vec<Record> = (0..40)
        .map(|place| {
            let span = if place < 20 { Span::Local } else { Span::Global };
            let one = trial("m", &format!("t{place}")).span(span);
            if (18..30).contains(&place) { one } else { one.resolved() }.build()
        })
        .collect();
    let gap = summarise(&records, &Options { seed: 1, resamples: 2000 }).models[0].context.gap.clone();
    near(gap.value, 0.4);
    let [low, high] = gap.interval.unwrap();
    // Standard error √(0.9·0.1/20 + 0.5·0.5/20) = 0.13.
    assert!((low - 0.145).abs() < 0.06 && (high - 0.655).abs() < 0.06, "{low} {high}");
}

#[test]
fn samples_give_pass_at_k() {
    let records: Vec<Record> = (0..4)
        .flat_map(|sample| {
            [("a", sample < 2), ("b", false)].map(|(task, good)| {
                let one = trial("m", task).sample(sample);
                if good { one.resolved() } else { one }.build()
            })
        })
        .collect();
    let pass_at = &summarise(&records, &QUICK).models[0].pass_at;
    let two = pass_at.iter().find(|at| at.k == 2).unwrap();
    // Task a: 1 − C(2,2)/C(4,2) = 5/6 and C(2,2)/C(4,2) = 1/6; task b: 0 and 0.
    near(Some(two.any), 5.0 / 12.0);
    near(Some(two.all), 1.0 / 12.0);
    assert_eq!(pass_at.iter().map(|at| at.k).collect::<Vec<_>>(), [1, 2, 3]);
    assert!(summarise(&demo(), &QUICK).models[0].pass_at.is_empty());
}

#[test]
fn scaffolds_are_models_of_their_own() {
    let records = [trial("m", "a").resolved().build(), trial("m", "a").scaffold("agent").build()];
    let summary = summarise(&records, &QUICK);
    let seen: Vec<_> = summary.models.iter().map(|m| (m.scaffold.as_deref(), m.resolved.count)).collect();
    assert_eq!(seen, [(None, 1), (Some("agent"), 0)]);
}

#[test]
fn worst_trials_come_first_and_are_few() {
    let records: Vec<Record> = (1..=50)
        .map(|weight| trial("m", &format!("t{weight:02}")).irrelevant(9, &[("debug", "B", weight)]).build())
        .collect();
    let summary = summarise(&records, &QUICK);
    let seen: Vec<u32> = summary.findings.iter().map(|finding| finding.excess).collect();
    assert_eq!(seen, (31..=50).rev().collect::<Vec<_>>());
    assert_eq!(summary.hardest.len(), 20);
}

#[test]
fn damaged_values_are_counted_not_believed() {
    let mut record = trial("m", "a").edits(5).cost(-1.0).build();
    record.edits.as_mut().unwrap().irrelevant_edit_ratio = Some(7.0);
    record.edits.as_mut().unwrap().strict = Some(f64::NAN);
    let summary = summarise(&[record], &QUICK);
    assert_eq!(summary.out_of_range, 3);
    assert_eq!(summary.models[0].edits.all.ratio.value, None);
    assert_eq!(summary.models[0].cost.usd.sum, None);
}

#[test]
fn nothing_at_all() {
    let summary = summarise(&[], &QUICK);
    assert!(summary.models.is_empty() && summary.controls.is_empty());
    let all_invalid = summarise(&[trial("m", "a").invalid(Reason::Sandbox).build()], &QUICK);
    assert_eq!(all_invalid.models[0].resolved, Share::unknown());
    assert_eq!(all_invalid.models[0].resolved_of_all, Share::independent(0, 1));
    let all_missing = summarise(&[trial("m", "a").missing().build()], &QUICK);
    assert_eq!(all_missing.models[0].resolved, Share::independent(0, 1));
}

#[test]
fn a_summary_survives_json() {
    let summary = summarise(&demo(), &QUICK);
    let text = serde_json::to_string(&summary).unwrap();
    let back = serde_json::from_str::<RunSummary>(&text).unwrap();
    // Numbers may come back a last bit off; counts and names may not.
    assert_eq!((back.models.len(), &back.controls, &back.hardest), (4, &summary.controls, &summary.hardest));
    for (found, expected) in back.models.iter().zip(&summary.models) {
        assert_eq!((&found.outcomes, &found.apply.rungs), (&expected.outcomes, &expected.apply.rungs));
        assert_eq!(found.context.pass_by_span.len(), 3);
        near(found.edits.all.ratio.value, expected.edits.all.ratio.value.unwrap());
    }
    assert!(
        serde_json::to_value(schemars::schema_for!(RunSummary)).unwrap()["properties"]["models"].is_object()
    );
}

prop_compose! {
    fn any_record()(model in 0..3_u8, task in 0..6_u8, sample in 0..3_u32, outcome in 0..4_u8,
                    weight in 0..50_u32, bad in 0..20_u32, recall in 0.0_f64..1.0, span in 0..3_u8) -> Record {
        let one = trial(&format!("m{model}"), &format!("t{task}")).sample(sample).cost(recall);
        let one = one.irrelevant(weight, &[("debug", "B", bad)]).recall(recall);
        let one = one.span([Span::Local, Span::Neighbour, Span::Global][usize::from(span)]);
        one.outcome([Outcome::Resolved, Outcome::Unresolved, Outcome::Invalid, Outcome::Partial][usize::from(outcome)])
            .build()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn order_of_records_changes_nothing(
        (records, shuffled) in prop::collection::vec(any_record(), 0..40)
            .prop_flat_map(|records| (Just(records.clone()), Just(records).prop_shuffle())),
    ) {
        let bytes = |records: &[Record]| serde_json::to_string(&summarise(records, &QUICK)).unwrap();
        prop_assert_eq!(bytes(&records), bytes(&shuffled));
    }

    #[test]
    fn shares_and_means_stay_in_range(records in prop::collection::vec(any_record(), 0..40)) {
        for model in summarise(&records, &QUICK).models {
            let trials: u64 = model.outcomes.values().sum();
            prop_assert_eq!(model.trials, trials);
            prop_assert!(model.resolved.n + model.invalid == trials);
            prop_assert!(model.resolved_and_clean.count <= model.resolved.count);
            for mean in [model.edits.all.ratio, model.edits.all.strict, model.context.file_recall] {
                prop_assert!(mean.value.is_none_or(|value| (0.0..=1.0).contains(&value)));
                prop_assert!(mean.interval.is_none_or(|[low, high]| low <= high));
            }
        }
    }
}

/// Speed of a million records: `cargo test --release -- --ignored --nocapture million`.
#[test]
#[ignore = "a measurement, not a check"]
fn million_records() {
    let shape = std::env::var("KERF_SHAPE").unwrap_or_else(|_| "500x20".to_owned());
    let (tasks, models): (u32, u32) =
        shape.split_once('x').map(|(t, m)| (t.parse().unwrap(), m.parse().unwrap())).unwrap();
    let start = std::time::Instant::now();
    let mut summariser = Summariser::new(Options::default());
    let mut one =
        trial("m", "t").irrelevant(90, &[("debug", "B", 10)]).lint(LintStatus::Clean).recall(0.5).build();
    for place in 0_u32..1_000_000 {
        let (task, model): (u32, u32) = (place % tasks, place / tasks % models);
        one.task = format!("repository__task-{task}");
        one.model = format!("model-{model}");
        one.sample = place / tasks / models;
        one.outcome = if place % 3 == 0 { Outcome::Resolved } else { Outcome::Unresolved };
        summariser.add(&one);
    }
    let read = start.elapsed();
    let summary = summariser.finish();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default().to_owned();
    println!(
        "{shape}: {} models, folded in {read:?}, in all {:?}, {peak}",
        summary.models.len(),
        start.elapsed()
    );
    assert_eq!(summary.trials, 1_000_000);
}
