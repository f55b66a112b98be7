//! What is said under the table of edits that recur over a scaffold's patches.

use super::columns;
use super::figures::{LIST, list, list_by, percent, ratio};
use crate::stats::RunSummary;
use crate::stats::habits::{Habit, HabitOfModel, Whose};
use crate::stats::summary::ModelSummary;

/// A line for each habit, then the figures without them, then the kinds of edits that a scaffold's models share without
/// making the same edit; none where nothing recurs.
pub fn notes(summary: &RunSummary, escape: &dyn Fn(&str) -> String) -> Vec<String> {
    let mut found: Vec<String> = summary.habits.iter().take(LIST).map(|habit| one(habit, escape)).collect();
    if summary.habits.len() > LIST {
        found.push(format!("{} more edits recur; --format json names them", summary.habits.len() - LIST));
    }
    let changed: Vec<String> = summary
        .models
        .iter()
        .filter_map(|model| {
            let without = model.edits.without_habits?.all;
            let with = &model.edits.all;
            (without.excess.value != with.excess.value).then(|| {
                format!(
                    "{} {} → {}, in patches {} → {} %",
                    escape(&columns::name(model)),
                    ratio(with.ratio.value),
                    ratio(without.ratio.value),
                    percent(with.irrelevant_patch_rate.value),
                    percent(without.irrelevant_patch_rate.value),
                )
            })
        })
        .collect();
    if !changed.is_empty() {
        let shown = list_by("; ", changed.into_iter());
        found.push(format!("irrelevant edits without what recurs: {shown}"));
    }
    found.extend(kinds(summary, escape));
    found
}

/// `recurs in a's patches, 97 % of 120 (m 99, n 96 %): housekeeping .gitignore + /target`.
fn one(habit: &Habit, escape: &dyn Fn(&str) -> String) -> String {
    let edits = list(habit.edits.iter().map(|edit| format!("\"{}\"", escape(edit))));
    let share = |patches: u64, of: u64| percent((of > 0).then(|| patches as f64 / of as f64));
    let each = |one: &HabitOfModel| format!("{} {} %", escape(&one.model), share(one.patches, one.of));
    let all = format!("{} % of {}", share(habit.patches, habit.of), habit.of);
    let models = || list(habit.models.iter().map(each));
    match (&habit.scaffold, habit.whose) {
        (Some(scaffold), Whose::Scaffold) => format!(
            "recurs in the patches of {} whatever the model, {all} ({}): {edits}",
            escape(scaffold),
            models()
        ),
        (Some(scaffold), Whose::Model) => format!(
            "recurs with some models of {} only, so it is left in their figures ({}): {edits}",
            escape(scaffold),
            models()
        ),
        (_, Whose::Scaffold | Whose::Model | Whose::Unknown) => {
            let name = habit.models.first().map_or("", |one| one.model.as_str());
            let within = habit.scaffold.as_ref().map(|name| format!(" in {}", escape(name)));
            format!(
                "recurs in the patches of {}{}, {all}; whether it is the model's habit or its scaffold's, one model \
                 cannot tell: {edits}",
                escape(name),
                within.unwrap_or_default()
            )
        }
    }
}

/// Kinds of edits in at least a third of the patches of most models of a scaffold with several: such as scratch programs
/// that are never the same.
fn kinds(summary: &RunSummary, escape: &dyn Fn(&str) -> String) -> Vec<String> {
    let mut scaffolds: Vec<&str> =
        summary.models.iter().filter_map(|model| model.scaffold.as_deref()).collect();
    scaffolds.sort_unstable();
    scaffolds.dedup();
    let mut found = Vec::new();
    for scaffold in scaffolds {
        let models: Vec<&ModelSummary> = summary
            .models
            .iter()
            .filter(|model| model.scaffold.as_deref() == Some(scaffold))
            .filter(|model| model.edits.all.irrelevant_patch_rate.n > 0)
            .collect();
        let mut names: Vec<&String> = models.iter().flat_map(|model| model.edits.by_kind.keys()).collect();
        names.sort_unstable();
        names.dedup();
        for kind in names {
            let share = |model: &ModelSummary| {
                let patches = model.edits.by_kind.get(kind).map_or(0, |weight| weight.patches);
                patches as f64 / model.edits.all.irrelevant_patch_rate.n as f64
            };
            let starts = format!("{kind} ");
            let known = summary.habits.iter().any(|habit| {
                habit.scaffold.as_deref() == Some(scaffold)
                    && habit.edits.iter().any(|edit| edit.starts_with(&starts))
            });
            let many =
                models.iter().filter(|model| share(model) >= crate::stats::habits::LARGE_SHARE).count();
            if !known && models.len() > 1 && 2 * many > models.len() {
                let each = models
                    .iter()
                    .map(|model| format!("{} {} %", escape(&model.model), percent(Some(share(model)))));
                found.push(format!(
                    "{} edits by most models of {}: {}; read a model's figure beside those of its scaffold",
                    escape(kind),
                    escape(scaffold),
                    list(each)
                ));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::testing::trial;
    use crate::stats::{Options, summarise};

    #[test]
    fn a_habit_is_named_once_with_its_share_and_the_figures_without_it() {
        let mut records = Vec::new();
        for task in 0..6_u64 {
            for (model, scaffold, habit) in [
                ("m", "agent", 6),
                ("n", "agent", 5),
                ("o", "agent", 0),
                ("m", "other", 6),
                ("m", "fourth", 6),
                ("n", "fourth", 0),
            ] {
                // Each of a fourth agent's scratch programs is another.
                let mark = if scaffold == "fourth" { 100 + task } else { 7 };
                let (signs, marks): (&[_], &[_]) =
                    if task < habit { (&[("scratch", "B", 5)], &[(mark, 5)]) } else { (&[], &[]) };
                let made = trial(model, &format!("t{task}")).scaffold(scaffold).irrelevant(15, signs);
                records.push(made.marks(marks).build());
            }
        }
        let summary = summarise(&records, &Options { seed: 1, resamples: 20 });
        insta::assert_snapshot!(notes(&summary, &str::to_owned).join("\n"), @r#"
        recurs in the patches of agent whatever the model, 61 % of 18 (m 100 %, n 83 %, o 0 %): "edit 7"
        recurs in the patches of m in other, 100 % of 6; whether it is the model's habit or its scaffold's, one model cannot tell: "edit 7"
        irrelevant edits without what recurs: m (agent) 0.25 → 0.00, in patches 100 → 0 %; m (other) 0.25 → 0.00, in patches 100 → 0 %; n (agent) 0.21 → 0.00, in patches 83 → 0 %
        scratch edits by most models of agent: m 100 %, n 83 %, o 0 %; read a model's figure beside those of its scaffold
        "#);
        let none = summarise(&records[2..3], &Options { seed: 1, resamples: 20 });
        assert!(notes(&none, &str::to_owned).is_empty());
    }
}
