//! Running gold and base again, each time in another way, until what varies has a name.
//!
//! In: a bench with its controls. Out: unstable tests by kind, and what could not be told. First every repeat that was
//! asked for; only where a test then has both results, more runs: the orders in which it failed and the plain order, one
//! test at a time; the test by itself; a loaded machine and one with many threads once more.
//!
//! Invariant: every run starts from the same snapshot in a session of its own, as trials do.

use std::collections::{BTreeMap, BTreeSet};

use super::stability::{Circumstances, Table, Unstable};
use super::variation::{Basis, Order, Threads, Variation};
use super::{Runner, Stopped};
use crate::evaluate::bench::Bench;
use crate::evaluate::plan::{EMPTY, GOLD};
use crate::harness::{self, Observed, Status, Statuses, alone_command};
use crate::patch::TreeChanges;
use crate::sandbox::{Ended, StepOutput};

/// So many suspects are run by themselves: more than that are no single tests.
const MOST_ALONE: usize = 6;
/// How often a fixed order, and a suspect by itself, are run in all: a test that fails half of the time has both
/// results then in 31 of 32 cases.
const FIXED_RUNS: u32 = 3;

/// Where the test command takes less than this many seconds, as many orders more are tried.
const QUICK_S: f64 = 10.0;

/// What repeating showed.
#[derive(Debug, Default)]
pub(super) struct Steadiness {
    /// Unstable tests by qualified id.
    pub unstable: BTreeMap<String, Unstable>,
    /// Fail-to-pass, by qualified id, that passed at base in some run.
    pub passed_at_base: BTreeSet<String>,
    /// What could not be told.
    pub warnings: Vec<String>,
}

/// What is run again and again.
struct Subject<'a> {
    name: &'static str,
    tree: &'a TreeChanges,
    /// Tests whose results are wanted; their absence counts as a failure.
    tracked: BTreeSet<String>,
}

fn failed(status: Status) -> bool {
    matches!(status, Status::Failed | Status::Errored | Status::TimedOut)
}

/// Repeats gold `repeats` times and the base with the test patch a third as often. `turning` are ids of fail-to-pass.
pub(super) fn steadiness(
    runner: &mut Runner,
    bench: &Bench,
    basis: &Basis,
    turning: &BTreeSet<String>,
    repeats: u32,
    seed: u64,
) -> Result<Steadiness, Stopped> {
    let mut found = Steadiness::default();
    let gold_tree = bench.tested(bench.material.gold.as_ref().unwrap_or(&TreeChanges::new())).changes;
    let base_tree = bench.tested(&TreeChanges::new()).changes;
    let control = |name: &str| bench.controls.get(name).map(|control| &control.observed);
    let (at_gold, at_empty) = (control(GOLD), control(EMPTY));
    // A test that some control saw hold, and that gold has at all.
    let tracked = |of: Option<&Observed>| -> BTreeSet<String> {
        let sides = [at_gold, at_empty, Some(&bench.own)];
        let held = |id: &String| {
            let mut seen = sides.iter().flatten().filter_map(|side| side.tests.get(id));
            seen.any(|seen| seen.status.holds())
        };
        let ids = of.into_iter().flat_map(|observed| observed.tests.keys());
        ids.filter(|id| held(id)).cloned().collect()
    };
    let gold = Subject { name: "gold", tree: &gold_tree, tracked: tracked(at_gold) };
    let base = Subject { name: "base", tree: &base_tree, tracked: tracked(at_empty) };
    let (mut table, mut at_base) = (Table::default(), Table::default());
    let add = |table: &mut Table, observed: Option<&Observed>| {
        for (id, results) in observed.into_iter().flat_map(|observed| &observed.history) {
            for status in results.iter().filter(|status| status.holds() || failed(**status)) {
                table.add(id, Circumstances::Together, status.holds());
            }
        }
    };
    add(&mut table, at_gold);
    add(&mut at_base, at_empty);
    add(&mut at_base, Some(&bench.own));
    let mut ways = basis.repeats(repeats, seed);
    let quick = bench.controls.get(GOLD).is_some_and(|gold| gold.seconds < QUICK_S);
    if quick {
        let orders = (0..u64::from(repeats)).map(|index| Order::Shuffled(seed.wrapping_add(100 + index)));
        ways.extend(orders.map(|order| basis.variation(order, Threads::One, false)));
    }
    for (index, variation) in ways.iter().enumerate() {
        once(runner, bench, &gold, variation, index, &mut table, &mut found.warnings)?;
    }
    // Where the test patch does not build on the base, nothing is to be seen there.
    let silent = at_empty.is_none_or(|observed| observed.tests.is_empty());
    let rounds_at_base = if silent { 0 } else { repeats.div_ceil(3) };
    let ways = basis.repeats(rounds_at_base, seed.wrapping_add(1000));
    for (index, variation) in ways.iter().filter(|way| quick || !way.load).enumerate() {
        let statuses = once(runner, bench, &base, variation, index, &mut at_base, &mut found.warnings)?;
        let passed = |id: &&String| statuses.get(*id).is_some_and(|status| status.holds());
        found.passed_at_base.extend(turning.iter().filter(passed).cloned());
    }
    let mut suspects = table.suspects();
    // A test that the test patch changed may well pass with base's own tests and fail with the task's.
    let differs = |id: &String| bench.material.tests.keys().any(|path| id.starts_with(path.as_str()));
    let base_suspects = at_base.suspects().into_iter().filter(|id| !differs(id));
    suspects.extend(base_suspects.filter(|id| gold.tracked.contains(id)));
    if !suspects.is_empty() {
        confirm(runner, bench, basis, &gold, &suspects, &mut table, &mut found.warnings, seed)?;
    }
    for id in &suspects {
        // Unstable at base alone: what kind cannot be told, since gold is what is run again.
        let kind = table.judge(id).or_else(|| at_base.judge(id));
        found.unstable.extend(kind.map(|kind| (id.clone(), kind)));
    }
    Ok(found)
}

/// Runs a tree once and adds the results. A run that came to no end of its own tells nothing.
fn once(
    runner: &mut Runner,
    bench: &Bench,
    subject: &Subject,
    variation: &Variation,
    index: usize,
    table: &mut Table,
    warnings: &mut Vec<String>,
) -> Result<Statuses, Stopped> {
    let key = format!("{}:{index}:{}", subject.name, variation.name);
    let (command, environment) = (&variation.command, &variation.environment);
    let output = if variation.load {
        runner.run_loaded(bench, &key, subject.tree, command, environment)?
    } else {
        runner.run(bench, &key, subject.tree, command, environment)?
    };
    let Some(statuses) = usable(bench, &output) else {
        let how = match output.ended {
            Ended::TimedOut => "did not end in time",
            Ended::OutOfMemory => "ran out of memory",
            Ended::Exited(_) | Ended::Signalled(_) => "left nothing that could be read",
        };
        warnings.push(format!("{} run again ({}) {how}", subject.name, variation.name));
        return Ok(Statuses::new());
    };
    let circumstances = Circumstances::from(variation);
    for id in &subject.tracked {
        let held = statuses.get(id).is_some_and(|status| status.holds());
        table.add(id, circumstances, held);
    }
    Ok(statuses)
}

fn usable(bench: &Bench, output: &StepOutput) -> Option<Statuses> {
    if matches!(output.ended, Ended::TimedOut | Ended::OutOfMemory) {
        return None;
    }
    let reading = bench.tester().read(&output.stdout);
    let statuses = reading.statuses();
    (!statuses.is_empty()).then_some(statuses)
}

/// More runs of what failed, so that equal circumstances are seen more than once.
#[expect(clippy::too_many_arguments, reason = "one caller")]
fn confirm(
    runner: &mut Runner,
    bench: &Bench,
    basis: &Basis,
    gold: &Subject,
    suspects: &BTreeSet<String>,
    table: &mut Table,
    warnings: &mut Vec<String>,
    seed: u64,
) -> Result<(), Stopped> {
    let mut orders = table.failed_orders(suspects);
    // An order that passed is held against one that failed.
    orders.insert(Order::Plain);
    orders.insert(Order::Shuffled(seed.wrapping_add(1)));
    let mut again: Vec<Variation> = Vec::new();
    for order in orders.into_iter().take(3) {
        let variation = basis.variation(order, Threads::One, false);
        if !again.contains(&variation) {
            again.push(variation);
        }
    }
    for turn in 0..FIXED_RUNS {
        for variation in &again {
            let index = 100 + turn as usize;
            once(runner, bench, gold, variation, index, table, warnings)?;
        }
    }
    if table.failed_in(suspects, Circumstances::Loaded) {
        let together = basis.variation(Order::Plain, Threads::Many, false);
        once(runner, bench, gold, &together, 200, table, warnings)?;
        once(
            runner,
            bench,
            gold,
            &basis.variation(Order::Plain, Threads::Default, false),
            201,
            table,
            warnings,
        )?;
    }
    for id in suspects.iter().take(MOST_ALONE) {
        let Some(command) = alone_command(basis.format, basis.command, id, &bench.packages) else { continue };
        for turn in 0..FIXED_RUNS {
            let key = format!("gold:alone:{turn}:{id}");
            let output = runner.run(bench, &key, gold.tree, &command, &BTreeMap::new())?;
            if let Some(statuses) = usable(bench, &output) {
                let held = harness::find(id, &statuses).iter().all(|id| statuses[*id].holds());
                table.add(id, Circumstances::Alone, held);
            }
        }
    }
    Ok(())
}
