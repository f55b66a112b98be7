//! Finds the tests that show a fix, by running them.
//!
//! In: a [`Draft`]. Out: its fail-to-pass and pass-to-pass, found by running base with its own tests, base with the test
//! patch, and gold with the test patch, several times each; or why it is no task.
//!
//! ```text
//! own tests ─┐
//! test patch ├─ statuses of every run ──lists()──> fail-to-pass, flaky ──> controls judged by them
//! gold      ─┘
//! ```
//!
//! Invariant: a test that any run saw both hold and not hold is in no list.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use super::bench::session_spec;
use super::draft::Draft;
use super::fallout::{Fallout, Rejected};
use super::lists::{base_lists, before};
use super::packages;
use super::run::World;
use super::sink::TestRun;
use super::tests::{Tester, Yardstick};
use super::trees::{self, Material};
use crate::diff::{Role, role_of};
use crate::harness::{self, Observed, Statuses, VerdictOutcome};
use crate::patch::{Tree, TreeChanges};
use crate::sandbox::{Ended, SandboxError};
use crate::snapshot::{self, Made, SnapshotError};
use crate::task::{PassToPass, Task};

/// What the runs say.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Tests that turn.
    pub fail_to_pass: Vec<String>,
    /// `base`, or a list where flaky tests had to be left out.
    pub pass_to_pass: PassToPass,
    /// How many tests pass-to-pass are.
    pub pass_to_pass_count: usize,
    /// Tests with different results from run to run.
    pub flaky: Vec<String>,
    /// Runs of the test command.
    pub runs: usize,
    /// Seconds of all, snapshot included.
    pub seconds: f64,
}

/// Runs a draft's tests, base with the test patch and gold `repeats` times (at least once), and finds its lists.
pub fn discover(world: &World, draft: &Draft, repeats: usize) -> Result<Found, Rejected> {
    let started = Instant::now();
    let task = &draft.task;
    let toolchain = world.toolchain(task).map_err(|detail| Rejected::new(Fallout::Toolchain, detail))?;
    let snapshot = world.snapshots.get(&snapshot::Request {
        tree: &draft.base,
        environment: &task.environment,
        warm: &BTreeMap::new(),
        toolchain: &toolchain,
    })?;
    let spec = session_spec(&snapshot, &toolchain, world);
    let context = packages::read_context(&draft.base);
    let nothing = BTreeSet::new();
    let tester = Tester {
        sandbox: &*world.sandbox,
        spec: &spec,
        plan: &task.test,
        timeout: task.test.timeout,
        context: &context,
        seed: 0,
        integrity: None,
        demanded: &nothing,
    };
    let mut runs = 0;
    let mut observe = |tree: &TreeChanges| -> Result<Seen, Rejected> {
        runs += 1;
        let run = tester.run(tree, &Yardstick::default())?;
        if run.whole.ended == Ended::TimedOut {
            let detail = format!("{} s, set it with --timeout", task.test.timeout.as_secs());
            return Err(Rejected::new(Fallout::TimedOut, detail));
        }
        Ok(Seen { observed: tester.observe(&run), run })
    };

    let own = observe(&TreeChanges::new())?;
    if own.broken() {
        return Err(Rejected::new(Fallout::BaseBroken, own.tail()));
    }
    let material = Material { gold: Some(draft.split.gold.clone()), tests: draft.split.tests.clone() };
    let made = Made::read(&snapshot.tree, &draft.base.paths());
    let tested =
        |changes: &TreeChanges| trees::with_tests(task, &draft.base, changes, &material, &made).changes;
    let mut gold = vec![observe(&tested(&draft.split.gold))?];
    if gold.iter().any(Seen::broken) {
        return Err(Rejected::new(Fallout::GoldBroken, gold.iter().map(Seen::tail).collect::<String>()));
    }
    let mut with_tests = vec![observe(&tested(&TreeChanges::new()))?];
    let first = lists(&draft.sides(&own, &with_tests, &gold));
    if first.fail_to_pass.is_empty() {
        return Err(Rejected::new(Fallout::NoTestTurns, draft.unturned(&with_tests[0], &gold[0])));
    }
    for _ in 1..repeats {
        gold.push(observe(&tested(&draft.split.gold))?);
        // What does not compile has no luck to try again.
        if !with_tests[0].broken() {
            with_tests.push(observe(&tested(&TreeChanges::new()))?);
        }
    }
    let Turned { fail_to_pass, flaky } = lists(&draft.sides(&own, &with_tests, &gold));
    if fail_to_pass.is_empty() {
        return Err(Rejected::new(Fallout::FlakyOnly, flaky.join(", ")));
    }

    let mut all = base_lists(&fail_to_pass, &own.observed, Some(&gold[0].observed));
    let listed = all.pass_to_pass.len();
    all.pass_to_pass.retain(|id| !flaky.contains(id));
    let pass_to_pass_count = all.pass_to_pass.len();
    let pass_to_pass = if pass_to_pass_count == listed {
        PassToPass::Base
    } else {
        PassToPass::List(all.pass_to_pass.clone())
    };
    let before = before(&with_tests[0].observed, &own.observed);
    let verdict = |seen: &Seen| {
        harness::judge(&all, Some(&before), &seen.observed)
            .map(|verdict| verdict.outcome)
            .map_err(|error| Rejected::new(Fallout::ControlsOff, error))
    };
    for seen in &gold {
        if verdict(seen)? != VerdictOutcome::Resolved {
            return Err(Rejected::new(Fallout::ControlsOff, "gold does not resolve its own task"));
        }
    }
    for seen in &with_tests {
        if verdict(seen)? == VerdictOutcome::Resolved {
            return Err(Rejected::new(Fallout::ControlsOff, "an empty patch resolves the task"));
        }
    }
    Ok(Found {
        fail_to_pass,
        pass_to_pass,
        pass_to_pass_count,
        flaky,
        runs,
        seconds: started.elapsed().as_secs_f64(),
    })
}

impl From<SandboxError> for Rejected {
    fn from(error: SandboxError) -> Self {
        Self::new(Fallout::Sandbox, error)
    }
}

impl From<SnapshotError> for Rejected {
    fn from(error: SnapshotError) -> Self {
        match error {
            SnapshotError::Sandbox(error) => error.into(),
            other => Self::new(Fallout::SetupFailed, other),
        }
    }
}

/// One run of the test command.
struct Seen {
    run: TestRun,
    observed: Observed,
}

impl Seen {
    /// Nothing ran: it did not compile, or ended badly before the first test.
    fn broken(&self) -> bool {
        self.observed.tests.is_empty()
            && (self.observed.build_failed || self.run.whole.ended != Ended::Exited(0))
    }

    /// The lines of the log that tell most.
    fn tail(&self) -> String {
        let log = String::from_utf8_lossy(&self.run.whole.stdout);
        let errors: Vec<&str> = log.lines().filter(|line| line.starts_with("error")).take(3).collect();
        let lines = if errors.is_empty() {
            let mut last: Vec<&str> =
                log.lines().rev().filter(|line| !line.trim().is_empty()).take(3).collect();
            last.reverse();
            last
        } else {
            errors
        };
        lines.join(" | ")
    }
}

impl Draft {
    fn sides(&self, own: &Seen, with_tests: &[Seen], gold: &[Seen]) -> Sides {
        let statuses = |seen: &[Seen]| seen.iter().map(|seen| seen.observed.statuses()).collect();
        let is_new = |path: &&String| self.base.blob(path).is_none();
        let created: Vec<String> = self
            .split
            .gold
            .keys()
            .filter(|path| role_of(path, b"") == Role::Code)
            .filter(is_new)
            .cloned()
            .collect();
        Sides {
            own: own.observed.statuses(),
            with_tests: statuses(with_tests),
            gold: statuses(gold),
            changed: self.changed_tests.clone(),
            created,
        }
    }

    /// What became of the tests that the test patch changes, where none of them turns.
    fn unturned(&self, with_tests: &Seen, gold: &Seen) -> String {
        let [before, after] = [with_tests, gold].map(|seen| seen.observed.statuses());
        let ids: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        let changed = ids
            .into_iter()
            .filter(|id| self.changed_tests.contains(harness::name_of(id)) && !id.starts_with("doc:"));
        let word = |statuses: &Statuses, id: &String| {
            statuses
                .get(id)
                .map_or_else(|| "absent".to_owned(), |status| format!("{status:?}").to_lowercase())
        };
        let said: Vec<String> = changed
            .map(|id| format!("{id} {} before, {} after", word(&before, id), word(&after, id)))
            .collect();
        match said.len() {
            0 => "none of the changed tests runs here".to_owned(),
            1..=3 => said.join("; "),
            more => format!("{}; and {} more", said[..3].join("; "), more - 3),
        }
    }

    /// The task with lists from its text alone: names of the test functions that the test patch adds or changes.
    pub fn unproven(&self) -> Task {
        let mut task = self.task.clone();
        task.test.fail_to_pass = self.changed_tests.iter().cloned().collect();
        task
    }

    /// The task with the lists found.
    pub fn proven(&self, found: &Found) -> Task {
        let mut task = self.task.clone();
        task.test.fail_to_pass.clone_from(&found.fail_to_pass);
        task.test.pass_to_pass = found.pass_to_pass.clone();
        task
    }
}

/// What the runs said, and what the patches say.
#[derive(Debug, Clone, Default)]
struct Sides {
    own: Statuses,
    with_tests: Vec<Statuses>,
    gold: Vec<Statuses>,
    /// Test functions that the test patch adds or changes.
    changed: BTreeSet<String>,
    /// Code files that gold creates.
    created: Vec<String>,
}

/// Tests that turn, and tests that cannot be relied on.
#[derive(Debug, Clone, Default, PartialEq)]
struct Turned {
    fail_to_pass: Vec<String>,
    flaky: Vec<String>,
}

/// Fail-to-pass: what holds in every run of gold and in none of base with the test patch. Where that could not be
/// compiled, no test of it has a result: a test that held at base then turns only if the test patch changed it. Tests
/// that gold alone brings (its doctests, tests in code files that it creates) are not demanded: nobody else can have them.
fn lists(sides: &Sides) -> Turned {
    let mut turned = Turned::default();
    let ids: BTreeSet<&String> =
        sides.gold.iter().chain(&sides.with_tests).flat_map(Statuses::keys).collect();
    for id in ids {
        let held =
            |runs: &[Statuses]| runs.iter().filter(|run| run.get(id).is_some_and(|s| s.holds())).count();
        let (gold, with_tests) = (held(&sides.gold), held(&sides.with_tests));
        // A run that says nothing of a test (a line torn apart in its log) speaks neither for it nor against it.
        let fell = |runs: &[Statuses]| {
            runs.iter().any(|run| run.get(id).is_some_and(|status| !status.holds() && !status.is_open()))
        };
        if gold > 0 && fell(&sides.gold) || with_tests > 0 && fell(&sides.with_tests) {
            turned.flaky.push(id.clone());
            continue;
        }
        if gold < sides.gold.len() || with_tests > 0 {
            continue;
        }
        let seen = sides.with_tests.iter().any(|run| run.get(id).is_some_and(|s| !s.is_open()));
        let own = sides.own.get(id);
        let name = harness::name_of(id);
        let turns = match own {
            _ if seen => true,
            Some(status) if status.holds() => sides.changed.contains(name) && !id.starts_with("doc:"),
            Some(_) => true,
            None => !id.starts_with("doc:") && !sides.created.iter().any(|path| lives_in(id, path)),
        };
        if turns {
            turned.fail_to_pass.push(id.clone());
        }
    }
    turned
}

/// A unit test's id (`src/lib.rs::a::b::tests::x`) lies in the module of a code file (`src/a/b.rs`).
fn lives_in(id: &str, path: &str) -> bool {
    let Some((target, test)) = id.split_once("::") else { return false };
    if target == path {
        return true;
    }
    let folder = target.rsplit_once('/').map_or("", |(folder, _)| folder);
    let Some(inside) = path.strip_prefix(folder).map(|rest| rest.trim_start_matches('/')) else {
        return false;
    };
    let Some(stem) = inside.strip_suffix(".rs") else { return false };
    let module = stem.strip_suffix("/mod").unwrap_or(stem).replace('/', "::");
    test.strip_prefix(module.as_str()).is_some_and(|rest| rest.starts_with("::"))
}

#[cfg(test)]
mod unit {
    use super::*;
    use crate::harness::Status;

    fn statuses(text: &str) -> Statuses {
        let one = |word: &str| {
            let (id, status) = match word.split_once('=') {
                Some((id, _)) => (id, Status::Failed),
                None => (word, Status::Passed),
            };
            (id.to_owned(), status)
        };
        text.split_whitespace().map(one).collect()
    }

    #[test]
    fn what_turns_is_demanded_and_what_gold_alone_brings_is_not() {
        let sides = Sides {
            own: statuses("t.rs::kept t.rs::edited t.rs::broken=f"),
            with_tests: vec![Statuses::new()],
            gold: vec![statuses(
                "t.rs::kept t.rs::edited t.rs::broken t.rs::added t.rs::bad=f src/lib.rs::tests::x \
                 src/lib.rs::new::tests::y doc:src/lib.rs::New",
            )],
            changed: BTreeSet::from(["edited".to_owned(), "added".to_owned()]),
            created: vec!["src/new/mod.rs".to_owned()],
        };
        // The test patch does not compile on the base.
        assert_eq!(
            lists(&sides).fail_to_pass,
            ["src/lib.rs::tests::x", "t.rs::added", "t.rs::broken", "t.rs::edited"]
        );
        // It does: only what was seen to fail turns, and what is absent but comes with the test patch.
        let with_tests = statuses("t.rs::kept t.rs::edited t.rs::added=f t.rs::broken=f");
        let compiles = Sides { with_tests: vec![with_tests], ..sides.clone() };
        assert_eq!(lists(&compiles).fail_to_pass, ["src/lib.rs::tests::x", "t.rs::added", "t.rs::broken"]);
    }

    #[test]
    fn a_test_that_wavers_is_in_no_list() {
        let sides = Sides {
            with_tests: vec![statuses("a=f b=f c"), statuses("a=f b c=f")],
            gold: vec![statuses("a b c"), statuses("a=f b c")],
            ..Sides::default()
        };
        assert_eq!(
            lists(&sides),
            Turned { fail_to_pass: vec![], flaky: vec!["a".into(), "b".into(), "c".into()] }
        );
        let silent = Sides {
            with_tests: vec![statuses("a=f c"), statuses("c b=f")],
            gold: vec![statuses("a b c"), statuses("a c")],
            ..Sides::default()
        };
        let expected = Turned { fail_to_pass: vec!["a".into()], flaky: vec![] };
        assert_eq!(lists(&silent), expected, "silence is no failure");
    }

    #[test]
    fn modules_of_files() {
        for (id, path, lies) in [
            ("src/lib.rs::a::b::tests::x", "src/a/b.rs", true),
            ("src/lib.rs::a::tests::x", "src/a/mod.rs", true),
            ("src/lib.rs::ab::tests::x", "src/a.rs", false),
            ("p/src/lib.rs::a::x", "src/a.rs", false),
            ("p/src/lib.rs::a::x", "p/src/a.rs", true),
            ("tests/t.rs::x", "src/t.rs", false),
            ("src/bin/new.rs::x", "src/bin/new.rs", true),
        ] {
            assert_eq!(lives_in(id, path), lies, "{id} {path}");
        }
    }
}
