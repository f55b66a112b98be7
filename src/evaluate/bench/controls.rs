//! Controls of a task: base with its own tests, base with the test patch, gold.

use std::collections::BTreeSet;
use std::time::Duration;

use super::{Bench, Control, Unready};
use crate::evaluate::lists::{base_lists, before, turned, withdraw_golds_own};
use crate::evaluate::plan::{EMPTY, GOLD};
use crate::evaluate::record::Reason;
use crate::evaluate::sink::{Sink, TestRun};
use crate::evaluate::tests::Tester;
use crate::evaluate::{integrity, listing};
use crate::harness::{Lists, Observed};
use crate::patch::TreeChanges;
use crate::task::PassToPass;

/// So many times as long as the slowest control may a trial take, and so much more on top: a machine under load.
const PATIENCE: (u32, Duration) = (10, Duration::from_secs(30));

impl Bench {
    /// Base with its own tests, base with the test patch, gold: in this order, since each is judged by those before.
    pub(super) fn run_controls(&mut self, discover: bool, sink: &dyn Sink) -> Result<(), Unready> {
        let fail_to_pass = self.task.test.fail_to_pass.clone();
        // No tests are run alone for the base: nothing is demanded of it.
        let (own_key, own_run) = self.control(sink, "base", &TreeChanges::new())?;
        let mut own = self.tester().observe(&own_run);
        let mut seconds = own_run.whole.seconds;
        let empty_tree = self.tested(&TreeChanges::new()).changes;
        let (empty_key, mut empty) = self.control(sink, EMPTY, &empty_tree)?;
        let mut with_test_patch = self.tester().observe(&empty);
        self.yardstick.before = before(&with_test_patch, &own);
        self.yardstick.lists = match &self.task.test.pass_to_pass {
            PassToPass::List(list) => {
                Lists { fail_to_pass: fail_to_pass.clone(), pass_to_pass: list.clone() }
            }
            PassToPass::Base => Lists { fail_to_pass: fail_to_pass.clone(), pass_to_pass: Vec::new() },
        };
        let mut gold_run = match &self.material.gold {
            None => None,
            Some(gold) => {
                let tree = self.tested(gold).changes;
                let (key, run) = self.control(sink, GOLD, &tree)?;
                Some((key, self.without_harm(&own, &tree, run)?))
            }
        };
        if gold_run.is_none() {
            empty = self.without_harm(&own, &empty_tree, empty)?;
        }
        // Without canaries: those controls again that had them.
        if gold_run.as_ref().map_or(&empty, |(_, run)| run).marks.is_none() {
            self.guard.plant = None;
            if own_run.marks.is_some() {
                let again = self.make(sink, &own_key, &TreeChanges::new())?;
                own = self.tester().observe(&again);
            }
            if empty.marks.is_some() {
                empty = self.make(sink, &empty_key, &empty_tree)?;
            }
            with_test_patch = self.tester().observe(&empty);
            self.yardstick.before = before(&with_test_patch, &own);
        }
        if let Some((key, run)) = &mut gold_run {
            sink.keep_test_run(key, run)?;
        }
        sink.keep_test_run(&empty_key, &empty)?;
        self.yardstick.gold_ended = gold_run.as_ref().map(|(_, run)| run.whole.ended);
        let observed: Option<Observed> = gold_run.as_ref().map(|(_, run)| self.tester().observe(run));
        if self.task.test.pass_to_pass == PassToPass::Base {
            self.yardstick.lists = base_lists(&self.task.test.fail_to_pass, &own, observed.as_ref());
        }
        self.own = own;
        if let (true, Some(gold)) = (discover && fail_to_pass.is_empty(), &observed) {
            self.yardstick.lists.fail_to_pass = turned(&self.yardstick.before, gold);
        }
        let discovered = discover && fail_to_pass.is_empty();
        if let (true, Some(gold)) = (self.task.foreign || discovered, &observed) {
            let mut lists = std::mem::take(&mut self.yardstick.lists);
            let known = [&self.own, &with_test_patch];
            let withdrawn = withdraw_golds_own(&mut lists, &|path| self.is_test_file(path), known, gold);
            self.yardstick.lists = lists;
            self.withdrawn = if discovered { Vec::new() } else { withdrawn };
        }
        let runs = [Some(&own_run), Some(&empty), gold_run.as_ref().map(|(_, run)| run)];
        let slowest = runs.into_iter().flatten().map(|run| run.whole.seconds).fold(0.0, f64::max);
        self.limit = Some(Duration::from_secs_f64(slowest) * PATIENCE.0 + PATIENCE.1);
        self.learn_integrity(&empty, gold_run.as_ref().map(|(_, run)| run));
        if discover && self.yardstick.lists == Lists::default() {
            return Ok(());
        }
        let runs = [(EMPTY, Some((empty_key, empty))), (GOLD, gold_run)];
        for (name, run) in runs {
            let Some((run_key, run)) = run else { continue };
            let judged = self
                .tester()
                .grade(&self.yardstick, &run)
                .map_err(|error| Unready::Invalid(Reason::Setup, error.to_string()))?;
            let observed = self.tester().observe(&run);
            let (ended, took) = (run.whole.ended, run.whole.seconds);
            seconds += took;
            self.controls.insert(name, Control { run_key, judged, observed, ended, seconds: took });
        }
        self.timing.insert("controls_s".to_owned(), seconds);
        Ok(())
    }

    /// A control's test run: kept from before the interruption of this very run, or made now.
    fn control(&self, sink: &dyn Sink, name: &str, tree: &TreeChanges) -> Result<(String, TestRun), Unready> {
        let key = self.run_key(name, tree);
        if let Some(kept) = sink.test_run(&key) {
            return Ok((key, kept));
        }
        let run = self.make(sink, &key, tree)?;
        Ok((key, run))
    }

    fn make(&self, sink: &dyn Sink, key: &str, tree: &TreeChanges) -> Result<TestRun, Unready> {
        let run = self.tester().run(tree, &self.yardstick)?;
        sink.keep_test_run(key, &run)?;
        Ok(run)
    }

    /// A control's run with canaries, or one without where they make a difference. Looked into only where tests that
    /// should hold do not.
    fn without_harm(&self, own: &Observed, tree: &TreeChanges, run: TestRun) -> Result<TestRun, Unready> {
        let seen = self.tester().observe(&run);
        let statuses = seen.statuses();
        let holds = |listed: &String| {
            let ids = crate::harness::find(listed, &statuses);
            !ids.is_empty() && ids.iter().all(|id| statuses[*id].holds())
        };
        let kept = own.tests.iter().filter(|(_, seen)| seen.status.holds()).all(|(id, _)| holds(id));
        let turned = self.material.gold.is_none() || self.task.test.fail_to_pass.iter().all(holds);
        if run.marks.is_none() || (kept && turned && !seen.build_failed) {
            return Ok(run);
        }
        let tester = self.tester();
        let bare = Tester { integrity: None, ..tester }.run(tree, &self.yardstick)?;
        let same = self.tester().observe(&bare).statuses() == statuses;
        Ok(if same { run } else { bare })
    }

    /// What controls show of canaries, of tests run by themselves and of files that tests write.
    fn learn_integrity(&mut self, empty: &TestRun, gold: Option<&TestRun>) {
        let tester = self.tester();
        let mut canaries = BTreeSet::new();
        for run in [Some(empty), gold].into_iter().flatten() {
            canaries.extend(integrity::seen(&tester.read_whole(run).1));
        }
        let touched = gold.unwrap_or(empty).touched.iter().cloned().collect();
        let agrees = |run: &TestRun| {
            run.listing.is_some()
                && listing::disagreements(&tester, run, &tester.read_whole(run).0).is_empty()
        };
        let listing = gold.is_some_and(agrees);
        self.yardstick.listing = listing;
        self.yardstick.canaries = canaries;
        // With their canaries: what gold's own run does not confirm in this way is asked of no patch.
        let confirmed = gold.map(|run| self.tester().confirmations(run)).unwrap_or_default();
        self.yardstick.confirmable =
            Some(confirmed.into_iter().filter(|(_, held)| *held).map(|(test, _)| test).collect());
        self.yardstick.touched = touched;
    }
}
