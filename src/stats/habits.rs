//! Habits: edits that recur identically over a large share of the patches of one scaffold.
//!
//! An agent that appends the same ignore lines to every patch makes each of its models look untidy. In: the marks of
//! records, which are equal where the edits are. Out: each habit named once, with its share for every model, and the
//! figures as they would be without the habits.
//!
//! Whose habit it is shows only where a scaffold ran with several models: one that most of them have is the scaffold's,
//! one that few of them have is those models' own and stays in their figures.
//!
//! Memory: 20 bytes a record and 12 a mark. Which marks may be frequent at all is kept while records stream by (Misra
//! and Gries, "Finding repeated elements", 1982): with at most 20 marks a record, 64 counters a model miss none that
//! stands in a third of its patches. What they name is then counted exactly.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::bootstrap::{self, Part, Plan};
use super::interval::Share;
use super::summary::Mean;
use crate::evaluate::Record;
use crate::evaluate::record::{Edits, Outcome};

/// A mark recurs where it stands in at least this share of the patches…
pub const LARGE_SHARE: f64 = 1.0 / 3.0;
/// … and on at least so many tasks.
pub const LEAST_TASKS: usize = 3;
/// Marks counted at a time for a model: more than 20 marks a record ÷ [`LARGE_SHARE`].
const COUNTERS: usize = 64;

/// An edit, or several that always come together, found again and again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Habit {
    /// The agent; null where records name none: then each model stands for itself.
    pub scaffold: Option<String>,
    /// Whose habit it is.
    pub whose: Whose,
    /// What is edited, as the records say it: sign, file and text, cut; the hash where they do not.
    pub edits: Vec<String>,
    /// Patches with it.
    pub patches: u64,
    /// Patches whose edits were measured.
    pub of: u64,
    /// By model.
    pub models: Vec<HabitOfModel>,
}

/// Whose a habit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// Most models of the scaffold have it.
    Scaffold,
    /// Few of the scaffold's models have it.
    Model,
    /// Only one model ran in the scaffold, or none is named.
    Unknown,
}

/// A habit in one model's patches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HabitOfModel {
    /// Model.
    pub model: String,
    /// Patches with it.
    pub patches: u64,
    /// Patches whose edits were measured.
    pub of: u64,
    /// Tasks on which it has it.
    pub tasks: u64,
}

impl HabitOfModel {
    fn recurs(&self) -> bool {
        self.tasks >= LEAST_TASKS as u64 && self.patches as f64 >= LARGE_SHARE * self.of as f64
    }
}

/// Figures of a model as if its patches lacked the habits of its scaffold, and those of which nobody can tell whose they
/// are: their weight is taken from above and from below the line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WithoutHabits {
    /// On every trial whose edits were measured.
    pub all: FiguresWithout,
    /// On resolved trials.
    pub resolved: FiguresWithout,
}

/// See [`super::summary::EditFigures`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FiguresWithout {
    /// Mean over tasks of the irrelevant edit ratio, 0..=1.
    pub ratio: Mean,
    /// Irrelevant weight, in tokens a patch.
    pub excess: Mean,
    /// Share of patches with an irrelevant unit.
    pub irrelevant_patch_rate: Share,
}

/// Takes records in while they stream by.
#[derive(Debug, Default)]
pub(super) struct HabitFold(BTreeMap<(Option<String>, String), Patches>);

/// What is found at the end.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub habits: Vec<Habit>,
    /// By model and scaffold.
    pub without: BTreeMap<(String, Option<String>), WithoutHabits>,
}

/// The patches of one model in one scaffold.
#[derive(Debug, Default)]
struct Patches {
    rows: Vec<Row>,
    marks: Vec<u64>,
    weights: Vec<u32>,
    frequent: Frequent,
}

/// A patch whose edits were measured.
#[derive(Debug, Clone, Copy)]
struct Row {
    task: u32,
    irrelevant: u32,
    all: u32,
    /// Its marks end here; they begin where those of the row before end.
    end: u32,
    resolved: bool,
}

/// The marks that may be frequent, with what they are called.
#[derive(Debug, Default)]
struct Frequent(BTreeMap<u64, (u64, String)>);

impl Frequent {
    fn add(&mut self, mark: u64, name: Option<&String>) {
        if let Some((count, _)) = self.0.get_mut(&mark) {
            *count += 1;
        } else if self.0.len() < COUNTERS {
            self.0.insert(mark, (1, name.cloned().unwrap_or_else(|| format!("{mark:016x}"))));
        } else {
            self.0.retain(|_, (count, _)| {
                *count -= 1;
                *count > 0
            });
        }
    }
}

impl Patches {
    fn add(&mut self, task: u32, edits: &Edits, resolved: bool) {
        for (hash, weight) in &edits.marks {
            let Ok(mark) = u64::from_str_radix(hash, 16) else { continue };
            self.frequent.add(mark, edits.mark_names.get(hash));
            self.marks.push(mark);
            self.weights.push(*weight);
        }
        self.rows.push(Row {
            task,
            irrelevant: edits.weight.irrelevant,
            all: edits.weight.total(),
            end: u32::try_from(self.marks.len()).unwrap_or(u32::MAX),
            resolved,
        });
    }

    /// Each patch with its marks and their weights.
    fn patches(&self) -> impl Iterator<Item = (Row, impl Iterator<Item = (u64, u32)> + '_)> {
        let starts = std::iter::once(0).chain(self.rows.iter().map(|row| row.end as usize));
        self.rows.iter().zip(starts).map(|(row, start)| {
            let places = start..(row.end as usize).max(start);
            (*row, places.map(|place| (self.marks[place], self.weights[place])))
        })
    }
}

impl HabitFold {
    pub(super) fn add(&mut self, task: u32, record: &Record) {
        let Some(edits) = record.edits.as_ref().filter(|_| record.outcome != Outcome::Invalid) else {
            return;
        };
        let key = (record.scaffold.clone(), record.model.clone());
        self.0.entry(key).or_default().add(task, edits, record.outcome == Outcome::Resolved);
    }

    /// Tasks are numbered by name, so that no figure depends on the order of records.
    pub(super) fn finish(self, order: &[u32], plan: Plan) -> Found {
        let mut places = vec![0_u32; order.len()];
        for (place, task) in order.iter().enumerate() {
            if let Some(slot) = places.get_mut(*task as usize) {
                *slot = place as u32;
            }
        }
        let mut groups: BTreeMap<_, Vec<(&str, &Patches)>> = BTreeMap::new();
        for ((scaffold, model), patches) in &self.0 {
            // Models without a scaffold have nothing in common.
            let alone = scaffold.is_none().then_some(model.as_str());
            groups.entry((scaffold.as_deref(), alone)).or_default().push((model, patches));
        }
        let mut found = Found::default();
        for ((scaffold, _), models) in groups {
            let habits = habits(scaffold, &models);
            let theirs: BTreeSet<u64> = habits
                .iter()
                .filter(|(habit, _)| habit.whose != Whose::Model)
                .flat_map(|(_, marks)| marks.iter().copied())
                .collect();
            if !theirs.is_empty() {
                for (model, patches) in models {
                    let key = (model.to_owned(), scaffold.map(str::to_owned));
                    found.without.insert(key, without(patches, &theirs, &places, plan));
                }
            }
            found.habits.extend(habits.into_iter().map(|(habit, _)| habit));
        }
        found.habits.sort_by(|a, b| b.patches.cmp(&a.patches).then_with(|| a.edits.cmp(&b.edits)));
        found
    }
}

/// Where a mark stands: for each model the numbers of its patches.
type Holders = Vec<Vec<u32>>;

/// The habits of a group of models, each with its marks.
fn habits(scaffold: Option<&str>, models: &[(&str, &Patches)]) -> Vec<(Habit, Vec<u64>)> {
    let names: BTreeMap<u64, &str> = models
        .iter()
        .flat_map(|(_, patches)| &patches.frequent.0)
        .map(|(mark, (_, name))| (*mark, name.as_str()))
        .collect();
    let mut holders: BTreeMap<u64, Holders> =
        names.keys().map(|mark| (*mark, vec![Vec::new(); models.len()])).collect();
    for (place, (_, patches)) in models.iter().enumerate() {
        for (number, (_, marks)) in patches.patches().enumerate() {
            for (mark, _) in marks {
                if let Some(holders) = holders.get_mut(&mark) {
                    holders[place].push(number as u32);
                }
            }
        }
    }
    // What always comes together is one habit.
    let mut together: BTreeMap<Holders, Vec<u64>> = BTreeMap::new();
    for (mark, mut holders) in holders {
        holders.iter_mut().for_each(Vec::dedup);
        together.entry(holders).or_default().push(mark);
    }
    let mut found = Vec::new();
    for (holders, marks) in together {
        let of_models: Vec<HabitOfModel> = models
            .iter()
            .zip(&holders)
            .map(|((model, patches), numbers)| HabitOfModel {
                model: (*model).to_owned(),
                patches: numbers.len() as u64,
                of: patches.rows.len() as u64,
                tasks: numbers
                    .iter()
                    .map(|number| patches.rows[*number as usize].task)
                    .collect::<BTreeSet<u32>>()
                    .len() as u64,
            })
            .collect();
        if !of_models.iter().any(HabitOfModel::recurs) {
            continue;
        }
        let mut edits: Vec<String> =
            marks.iter().filter_map(|mark| names.get(mark)).map(|name| (*name).to_owned()).collect();
        edits.sort();
        let habit = Habit {
            scaffold: scaffold.map(str::to_owned),
            whose: whose(scaffold, &of_models),
            edits,
            patches: of_models.iter().map(|one| one.patches).sum(),
            of: of_models.iter().map(|one| one.of).sum(),
            models: of_models,
        };
        found.push((habit, marks));
    }
    found
}

fn whose(scaffold: Option<&str>, models: &[HabitOfModel]) -> Whose {
    // A model with a patch or two says nothing.
    let telling = models.iter().filter(|one| one.of >= LEAST_TASKS as u64);
    let (have, all) = telling.fold((0, 0), |(have, all), one| (have + u64::from(one.recurs()), all + 1));
    match scaffold {
        None => Whose::Unknown,
        Some(_) if all < 2 => Whose::Unknown,
        Some(_) if 2 * have > all => Whose::Scaffold,
        Some(_) => Whose::Model,
    }
}

/// Sums of one task.
#[derive(Debug, Clone, Copy, Default)]
struct OnTask {
    ratio: f64,
    excess: f64,
    /// Patches with a ratio.
    measured: u32,
    marred: u64,
    patches: u64,
}

fn without(patches: &Patches, habits: &BTreeSet<u64>, places: &[u32], plan: Plan) -> WithoutHabits {
    let mut rows: Vec<(u32, u32, u32, bool)> = patches
        .patches()
        .map(|(row, marks)| {
            let weight = |(mark, weight): (u64, u32)| if habits.contains(&mark) { weight } else { 0 };
            let habit = marks.map(weight).fold(0, u32::saturating_add).min(row.irrelevant);
            let place = places.get(row.task as usize).copied().unwrap_or(row.task);
            (place, row.irrelevant - habit, row.all.saturating_sub(habit), row.resolved)
        })
        .collect();
    // The order of records must not change the last bit of a sum.
    rows.sort_unstable();
    let figures = |wanted: &dyn Fn(bool) -> bool| {
        let mut tasks: BTreeMap<u32, OnTask> = BTreeMap::new();
        for &(task, irrelevant, all, resolved) in &rows {
            if !wanted(resolved) {
                continue;
            }
            let sums = tasks.entry(task).or_default();
            sums.patches += 1;
            sums.marred += u64::from(irrelevant > 0);
            if all > 0 {
                sums.measured += 1;
                sums.ratio += f64::from(irrelevant) / f64::from(all);
                sums.excess += f64::from(irrelevant);
            }
        }
        let tasks: Vec<OnTask> = tasks.into_values().collect();
        let mean = |sum: fn(&OnTask) -> f64| {
            let part =
                |task: &OnTask| Part::once((task.measured > 0).then(|| sum(task) / f64::from(task.measured)));
            let [interval] = bootstrap::intervals(tasks.len(), |place| [part(&tasks[place])], plan);
            Mean {
                value: bootstrap::ratio(tasks.iter().map(part)),
                interval,
                tasks: tasks.iter().filter(|task| task.measured > 0).count() as u64,
                trials: tasks.iter().map(|task| u64::from(task.measured)).sum(),
            }
        };
        FiguresWithout {
            ratio: mean(|task| task.ratio),
            excess: mean(|task| task.excess),
            irrelevant_patch_rate: Share::clustered(tasks.iter().map(|task| (task.marred, task.patches))),
        }
    };
    WithoutHabits { all: figures(&|_| true), resolved: figures(&|resolved| resolved) }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::stats::testing::trial;
    use crate::stats::{Options, RunSummary, summarise};

    const OPTIONS: Options = Options { seed: 1, resamples: 50 };

    /// Twelve tasks: mark 7 weighs 2 in each patch of two models and of none of the third; every patch has an edit of its
    /// own that weighs 3, of 20.
    fn records() -> Vec<Record> {
        let mut records = Vec::new();
        for task in 0..12 {
            for (model, habit) in [("a", true), ("b", true), ("c", false)] {
                let own = 1000 + records.len() as u64;
                let signs: &[_] =
                    if habit { &[("debug", "B", 3), ("scratch", "B", 2)] } else { &[("debug", "B", 3)] };
                let marks: &[_] = if habit { &[(own, 3), (7, 2)] } else { &[(own, 3)] };
                let made = trial(model, &format!("t{task:02}")).scaffold("s").irrelevant(17, signs);
                records.push(made.marks(marks).build());
            }
        }
        records
    }

    fn whose_of(summary: &RunSummary) -> Vec<(Vec<String>, Whose, u64, u64)> {
        let one = |habit: &Habit| (habit.edits.clone(), habit.whose, habit.patches, habit.of);
        summary.habits.iter().map(one).collect()
    }

    #[test]
    fn what_most_models_of_a_scaffold_do_is_its_habit_and_figures_are_given_without() {
        let summary = summarise(&records(), &OPTIONS);
        assert_eq!(whose_of(&summary), [(vec!["edit 7".to_owned()], Whose::Scaffold, 24, 36)]);
        let [a, _, c] = &summary.models[..] else { panic!("three models") };
        assert!((a.edits.all.ratio.value.unwrap() - 5.0 / 22.0).abs() < 1e-9);
        let without = a.edits.without_habits.unwrap().all;
        assert!((without.ratio.value.unwrap() - 3.0 / 20.0).abs() < 1e-9);
        assert_eq!(without.excess.value, Some(3.0));
        assert_eq!(without.irrelevant_patch_rate.value, Some(1.0), "each has an edit of its own too");
        assert_eq!(c.edits.without_habits.unwrap().all.ratio.value, c.edits.all.ratio.value);
    }

    #[test]
    fn what_one_of_several_models_does_stays_its_own() {
        let mut records = records();
        records.retain(|record| record.model != "b");
        let summary = summarise(&records, &OPTIONS);
        assert_eq!(whose_of(&summary), [(vec!["edit 7".to_owned()], Whose::Model, 12, 24)]);
        assert!(summary.models.iter().all(|model| model.edits.without_habits.is_none()));
    }

    #[test]
    fn one_model_alone_cannot_tell() {
        let mut records = records();
        records.retain(|record| record.model == "a");
        assert_eq!(whose_of(&summarise(&records, &OPTIONS))[0].1, Whose::Unknown);
        for record in &mut records {
            record.scaffold = None;
        }
        let summary = summarise(&records, &OPTIONS);
        assert_eq!(whose_of(&summary)[0].1, Whose::Unknown);
        assert!(summary.models[0].edits.without_habits.is_some());
    }

    #[test]
    fn a_third_of_the_patches_on_three_tasks_is_the_least() {
        let with = |tasks: u64, habit: u64| {
            let one = |task| {
                let marks: &[_] = if task < habit { &[(7, 2)] } else { &[] };
                trial("a", &format!("t{task}")).irrelevant(8, &[("debug", "B", 2)]).marks(marks).build()
            };
            let records: Vec<Record> = (0..tasks).map(one).collect();
            summarise(&records, &OPTIONS).habits.len()
        };
        assert_eq!((with(9, 3), with(9, 2), with(10, 3), with(3, 3), with(2, 2)), (1, 0, 0, 1, 0));
    }

    #[test]
    fn edits_that_always_come_together_are_named_once() {
        let one = |task: u64| {
            trial("a", &format!("t{task}"))
                .irrelevant(8, &[("debug", "B", 5)])
                .marks(&[(7, 2), (8, 3)])
                .build()
        };
        let records: Vec<Record> = (0..5).map(one).collect();
        let summary = summarise(&records, &OPTIONS);
        assert_eq!(summary.habits.len(), 1);
        assert_eq!(summary.habits[0].edits, ["edit 7", "edit 8"]);
        let without = summary.models[0].edits.without_habits.unwrap().all;
        assert_eq!((without.ratio.value, without.irrelevant_patch_rate.count), (Some(0.0), 0));
    }

    #[test]
    fn rare_marks_crowd_out_no_frequent_one_and_order_means_nothing() {
        let one = |task: u64| {
            let mut marks: Vec<(u64, u32)> = (0..19).map(|n| (10_000 + task * 19 + n, 1)).collect();
            if task.is_multiple_of(3) {
                marks.push((7, 1));
            }
            trial("a", &format!("t{task:03}")).irrelevant(8, &[("debug", "B", 20)]).marks(&marks).build()
        };
        let mut records: Vec<Record> = (0..300).map(one).collect();
        let there = summarise(&records, &OPTIONS);
        records.reverse();
        let back = summarise(&records, &OPTIONS);
        assert_eq!(there, back);
        assert_eq!(whose_of(&there), [(vec!["edit 7".to_owned()], Whose::Unknown, 100, 300)]);
    }

    #[test]
    fn invalid_trials_are_no_patches() {
        let mut records = records();
        for record in records.iter_mut().filter(|record| record.model == "b") {
            record.outcome = Outcome::Invalid;
        }
        assert_eq!(whose_of(&summarise(&records, &OPTIONS))[0].3, 24);
    }
}
