//! From a draft to a proven task: its lists found, then validated like those of any task.
//!
//! In: a [`Draft`]. Out: the task with lists that hold in repeats, other orders, on a loaded machine, and against
//! patches that cheat; or why there is none.
//!
//! Invariant: a task comes out only with a proof of exactly the lists that it has.

use std::collections::BTreeSet;

use super::discover::discover;
use super::draft::Draft;
use super::fallout::{Fallout, Rejected};
use super::run::World;
use super::sink::Sink;
use super::validate::{Flaw, Proof, ValidateOptions, validate};
use crate::task::{PassToPass, Task};

/// A proven task.
#[derive(Debug, Clone, PartialEq)]
pub struct Made {
    /// With its lists.
    pub task: Task,
    /// How many tests pass-to-pass are.
    pub pass_to_pass: usize,
    /// Tests with different results from run to run, in no list.
    pub unstable: Vec<String>,
    /// What a maker of tasks should look at.
    pub warnings: Vec<String>,
    /// Runs of the test command.
    pub runs: usize,
    /// Seconds of all.
    pub seconds: f64,
}

/// Finds the lists, proves them, and where tests are unstable takes these out and proves what is left.
pub fn make(
    world: &World,
    draft: &Draft,
    options: &ValidateOptions,
    sink: &dyn Sink,
) -> Result<Made, Rejected> {
    let mut found = discover(world, draft, 1)?;
    let mut proof = prove(world, &draft.proven(&found), options, sink)?;
    let mut unstable: BTreeSet<String> = found.flaky.iter().cloned().collect();
    let (mut runs, mut seconds) = (found.runs + proof.runs as usize, found.seconds + proof.seconds);
    unstable.extend(proof.flaky.iter().chain(&proof.order_dependent).cloned());
    if proof.reason.is_some_and(Flaw::of_stability) {
        found.fail_to_pass.retain(|id| !unstable.contains(id));
        if found.fail_to_pass.is_empty() {
            let all: Vec<String> = unstable.into_iter().collect();
            return Err(Rejected::new(Fallout::FlakyOnly, super::validate::list(&all)));
        }
        proof = prove(world, &draft.proven(&found), options, sink)?;
        runs += proof.runs as usize;
        seconds += proof.seconds;
        unstable.extend(proof.flaky.iter().chain(&proof.order_dependent).cloned());
    }
    if let Some(flaw) = proof.reason {
        let why = proof.why.unwrap_or_default();
        return Err(Rejected::new(fallout(flaw), format!("{flaw}: {why}")));
    }
    let kept = &proof.found.pass_to_pass;
    if !unstable.is_empty() {
        found.pass_to_pass = PassToPass::List(kept.clone());
        found.pass_to_pass_count = kept.len();
    }
    Ok(Made {
        task: draft.proven(&found),
        pass_to_pass: found.pass_to_pass_count,
        unstable: unstable.into_iter().collect(),
        warnings: proof.warnings,
        runs,
        seconds,
    })
}

fn prove(world: &World, task: &Task, options: &ValidateOptions, sink: &dyn Sink) -> Result<Proof, Rejected> {
    validate(world, task, options, sink).map_err(|error| Rejected::new(Fallout::Unreadable, error))
}

/// What a flaw of a task is called where a commit falls out for it.
fn fallout(flaw: Flaw) -> Fallout {
    match flaw {
        Flaw::Repository => Fallout::Unreadable,
        Flaw::Toolchain => Fallout::Toolchain,
        Flaw::Sandbox => Fallout::Sandbox,
        Flaw::SetUp => Fallout::SetupFailed,
        Flaw::GoldDoesNotBuild => Fallout::GoldBroken,
        Flaw::GoldTimedOut => Fallout::TimedOut,
        Flaw::Flaky | Flaw::Timing | Flaw::OrderDependent => Fallout::FlakyOnly,
        Flaw::CheatWorks => Fallout::CheatWorks,
        Flaw::TestPatchDoesNotApply
        | Flaw::NoGold
        | Flaw::GoldDoesNotApply
        | Flaw::Duplicate
        | Flaw::ListedTwice
        | Flaw::NoFailToPass
        | Flaw::FailToPassPassesAtBase
        | Flaw::NeverRun
        | Flaw::GoldFailsFailToPass
        | Flaw::GoldFailsPassToPass
        | Flaw::EmptyResolves => Fallout::ControlsOff,
    }
}
