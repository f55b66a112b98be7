//! One trial: from a prediction to a record.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use super::bench::Bench;
use super::detail::{DETAIL_SCHEMA, Detail, LintDetail};
use super::edits::{self, Measured};
use super::judged::Judged;
use super::plan::{Measure, Options, Subject, Trial};
use super::record::{Apply, Context, Cost, Outcome, RECORD_SCHEMA, Reason, Record};
use super::run::{PAUSES, World};
use super::sink::{Sink, SinkError, TestRun};
use super::symbols::{Asked, Checked};
use super::{ablate, keys, lints, symbols};
use crate::patch::{self, ApplyError, TreeChanges};
use crate::prediction::Prediction;
use crate::sandbox::SandboxError;
use crate::schedule::retried;
use crate::syntax::language_named;
use crate::task::Task;

/// Support tier of a language without a row of its own.
const LOWEST_TIER: u8 = 3;

/// What a record says of its task, also where the task could not be read again.
#[derive(Clone, Copy)]
pub(super) struct Name<'a> {
    pub id: &'a str,
    pub language: &'a str,
}

impl<'a> Name<'a> {
    /// Of a task.
    pub fn of(task: &'a Task) -> Self {
        Self { id: &task.id, language: &task.language }
    }
}

/// A record in which nothing is known yet.
fn blank(world: &World, task: Name, trial: &Trial, outcome: Outcome, reason: Option<Reason>) -> Record {
    Record {
        schema: RECORD_SCHEMA.to_owned(),
        trial: trial.id.clone(),
        run_key: None,
        grade_key: None,
        task: task.id.to_owned(),
        language: task.language.to_owned(),
        tier: language_named(task.language).map_or(LOWEST_TIER, |language| language.tier),
        gold_weight: None,
        model: trial.subject.model().to_owned(),
        scaffold: trial.subject.scaffold().map(str::to_owned),
        sample: trial.subject.sample(),
        outcome,
        reason,
        apply: None,
        tests: None,
        edits: None,
        lint: None,
        context: None,
        cost: match &trial.subject {
            Subject::Prediction(prediction) => cost(prediction),
            Subject::Gold | Subject::Empty | Subject::Missing { .. } => Cost::default(),
        },
        environment: world.environment(),
        timing: BTreeMap::new(),
    }
}

fn cost(prediction: &Prediction) -> Cost {
    let cost = &prediction.cost;
    Cost {
        usd: cost.usd,
        prompt_tokens: cost.prompt_tokens,
        completion_tokens: cost.completion_tokens,
        latency_s: cost.latency_s,
        steps: cost.steps,
    }
}

/// The record of a trial whose task could not be made ready.
pub(super) fn invalid(world: &World, task: Name, trial: &Trial, reason: Reason, why: &str) -> Record {
    if let Subject::Missing { .. } = trial.subject {
        return blank(world, task, trial, Outcome::Missing, None);
    }
    let mut record = blank(world, task, trial, Outcome::Invalid, Some(reason));
    record.environment.insert("why".to_owned(), why.into());
    record
}

/// What came of reading and applying a prediction.
struct Applied {
    apply: Apply,
    changes: Result<TreeChanges, (Outcome, Option<Reason>)>,
}

fn apply(bench: &Bench, prediction: &Prediction) -> Applied {
    let Ok(extracted) = prediction.extract() else {
        let apply = Apply { format: "none".to_owned(), well_formed: false, rung: None };
        return Applied { apply, changes: Err((Outcome::Malformed, None)) };
    };
    let mut apply =
        Apply { format: extracted.format.name().to_owned(), well_formed: extracted.well_formed, rung: None };
    let changes = match patch::apply_edits(bench.tree(), &extracted.edits) {
        Ok(applied) => {
            apply.rung = Some(applied.rung);
            Ok(applied.changes)
        }
        Err(ApplyError::Empty) => Err((Outcome::Empty, None)),
        Err(ApplyError::UnsafePath { .. }) => Err((Outcome::ApplyFailed, Some(Reason::UnsafePath))),
        Err(ApplyError::Malformed { .. }) => Err((Outcome::Malformed, None)),
        Err(ApplyError::Rejected { .. }) => Err((Outcome::ApplyFailed, None)),
    };
    Applied { apply, changes }
}

/// Evaluates a trial on its task's bench. Blocking. Fails only where results cannot be kept.
pub(super) fn evaluate(
    world: &World,
    bench: &Bench,
    options: &Options,
    trial: &Trial,
    sink: &dyn Sink,
) -> Result<Record, SinkError> {
    let started = Instant::now();
    let mut record = blank(world, Name::of(&bench.task), trial, Outcome::Missing, None);
    record.gold_weight = bench.gold.as_ref().map(|gold| gold.weight);
    record.environment.insert("integrity".to_owned(), bench.integrity().into());
    record.environment.extend(bench.surroundings());
    let (apply, changes) = match &trial.subject {
        Subject::Missing { .. } => return Ok(record),
        Subject::Empty => (None, Ok(TreeChanges::new())),
        Subject::Gold => (None, Ok(bench.material.gold.clone().unwrap_or_default())),
        Subject::Prediction(prediction) => {
            let Applied { apply, changes } = apply(bench, prediction);
            (Some(apply), changes)
        }
    };
    record.apply = apply;
    let changes = match changes {
        Ok(changes) => changes,
        Err((outcome, reason)) => {
            (record.outcome, record.reason) = (outcome, reason);
            record.context = context_alone(bench, options);
            return Ok(record);
        }
    };

    record.timing.insert("apply_s".to_owned(), started.elapsed().as_secs_f64());
    let running = Instant::now();
    let (run_key, judged) = match judge(world, bench, trial, &changes, sink)? {
        Ok(judged) => judged,
        Err(error) => {
            let unrun = invalid(world, Name::of(&bench.task), trial, Reason::Sandbox, &error.to_string());
            return Ok(Record { apply: record.apply, gold_weight: record.gold_weight, ..unrun });
        }
    };
    let grade_key = keys::grade(&run_key, &changes, options);
    (record.outcome, record.reason) = (judged.outcome, judged.reason);
    record.tests = Some(judged.tests.clone());
    // Where gold fails in the same snapshot, a failure says nothing about the patch.
    if record.outcome != Outcome::Resolved && bench.gold_failed() && trial.subject != Subject::Empty {
        (record.outcome, record.reason) = (Outcome::Invalid, Some(Reason::GoldFailed));
    }
    record.timing.insert("test_s".to_owned(), running.elapsed().as_secs_f64());
    record.timing.extend(judged.timing.clone());

    let measuring = Instant::now();
    let mut measured = edits::measure(bench, &trial.subject, &changes);
    record.timing.insert("edits_s".to_owned(), measuring.elapsed().as_secs_f64());
    let ablating = Instant::now();
    let ablation = if options.takes(Measure::Edits) {
        let patch = ablate::Patch { changes: &changes, judged: &judged, subject: &trial.subject };
        ablate::ablate(world, bench, options.ablation, &patch, &measured, sink)?
    } else {
        None
    };
    if let Some(ablation) = &ablation {
        edits::put(&mut measured, &ablation.verdict);
        record.timing.insert("ablation_s".to_owned(), ablating.elapsed().as_secs_f64());
    }
    let Measured { diff, classified, edits, mut context } = measured;
    let linting = Instant::now();
    let mut lint_detail = LintDetail::default();
    if options.takes(Measure::Lint) {
        let (lint, detail) = lints::measure(world, bench, &run_key, &changes, &diff, sink)?;
        record.lint = Some(lint);
        lint_detail = detail;
    }
    record.timing.insert("lint_s".to_owned(), linting.elapsed().as_secs_f64());
    let following = Instant::now();
    let context_detail = options.takes(Measure::Context).then(|| {
        let checked = options
            .takes(Measure::Lint)
            .then_some(Checked { new: &lint_detail.new, judged: &lint_detail.judged });
        let replaced = bench.test_paths();
        let asked = Asked {
            base: bench.tree(),
            changes: &changes,
            diff: &diff,
            replaced: &replaced,
            packages: &bench.task.environment.packages,
            checked,
        };
        let detail = symbols::measure(bench.symbols(), &asked);
        symbols::count(&detail, &mut context);
        detail
    });
    record.timing.insert("context_s".to_owned(), following.elapsed().as_secs_f64());
    if trial.subject == Subject::Empty {
        // The one trial that every task has says what making the task ready took.
        record.timing.extend(bench.timing.clone());
    }
    let mut oddities = judged.oddities;
    let golds_own =
        |test: &String| format!("{test}: not demanded: gold alone brings it, outside the test files");
    oddities.extend(bench.withdrawn.iter().map(golds_own));
    let detail = Detail {
        schema: DETAIL_SCHEMA.to_owned(),
        tests: judged.details,
        oddities,
        files: diff.files.clone(),
        units: super::detail::units(
            &diff,
            &classified,
            ablation.as_ref().map(|found| &found.verdict.findings),
        ),
        ablation: ablation.map(|found| found.detail),
        lint: lint_detail,
        context: context_detail,
    };
    sink.keep_detail(&grade_key, &detail)?;
    record.edits = options.takes(Measure::Edits).then_some(edits);
    record.context = options.takes(Measure::Context).then_some(context);
    record.run_key = Some(run_key);
    record.grade_key = Some(grade_key);
    Ok(record)
}

/// The task's span is known even where nothing was applied.
fn context_alone(bench: &Bench, options: &Options) -> Option<Context> {
    let span = bench.gold.as_ref().and_then(|gold| gold.span);
    options.takes(Measure::Context).then(|| Context { span, ..Context::default() })
}

/// Runs the tests of a tree, or finds them run, and judges.
fn judge(
    world: &World,
    bench: &Bench,
    trial: &Trial,
    changes: &TreeChanges,
    sink: &dyn Sink,
) -> Result<Result<(String, Judged), SandboxError>, SinkError> {
    if trial.subject.is_control()
        && let Some(control) = bench.controls.get(trial.subject.model())
    {
        return Ok(Ok((control.run_key.clone(), control.judged.clone())));
    }
    let Trod { run_key, judged, .. } = match tread(world, bench, "", changes, sink)? {
        Ok(trod) => trod,
        Err(error) => return Ok(Err(error)),
    };
    Ok(Ok((run_key, judged)))
}

/// A tree whose tests were run.
pub(super) struct Trod {
    /// Its run key.
    pub run_key: String,
    /// What its tests printed.
    pub run: TestRun,
    /// Their verdict.
    pub judged: Judged,
}

/// Runs the tests of a model's tree, or finds them run under its key, and judges. `salt` is empty but where a tree is to
/// be run although it was before.
pub(super) fn tread(
    world: &World,
    bench: &Bench,
    salt: &str,
    changes: &TreeChanges,
    sink: &dyn Sink,
) -> Result<Result<Trod, SandboxError>, SinkError> {
    let tested = bench.tested(changes);
    let tree = tested.changes;
    let run_key = bench.run_key(salt, &tree);
    let lock = {
        let mut locks = world.run_locks.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(locks.entry(run_key.clone()).or_insert_with(|| Arc::new(Mutex::new(()))))
    };
    let _alone = lock.lock().unwrap_or_else(PoisonError::into_inner);
    let tester = bench.tester();
    let broken = |run: &Result<TestRun, SandboxError>| matches!(run, Err(SandboxError::Failed { .. }));
    let run: TestRun = match sink.test_run(&run_key) {
        Some(kept) => kept,
        None => match retried(PAUSES, broken, || tester.run(&tree, &bench.yardstick)) {
            Ok(run) => {
                sink.keep_test_run(&run_key, &run)?;
                run
            }
            Err(error) => return Ok(Err(error)),
        },
    };
    // The lists were judged once already, when the bench was made.
    let Ok(mut judged) = tester.grade(&bench.yardstick, &run) else {
        return Ok(Err(SandboxError::Failed {
            doing: "judge".to_owned(),
            detail: "the task lists no tests".to_owned(),
        }));
    };
    judged.tests.restored_settings = tested.restored.len() as u32;
    let put_back = |what: &String| format!("put back before the tests ran: {what}");
    judged.oddities.extend(tested.restored.iter().map(put_back));
    Ok(Ok(Trod { run_key, run, judged }))
}
