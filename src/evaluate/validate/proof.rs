//! What a validation says of a task.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Schema name of a set of proofs.
pub const VALIDATE_SCHEMA: &str = "kerf/validate/1";

/// How a task is validated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValidateOptions {
    /// How many rounds gold is run again, each in another order with one thread, and in turn on a loaded machine or with
    /// many threads; base a third as often.
    pub repeats: u32,
    /// Seed of shuffled orders and of everything drawn at random.
    pub seed: u64,
    /// Goes on behind the first flaw, so that all are named.
    pub keep_going: bool,
    /// Wall clock of the test command in seconds, in place of the task's own.
    pub timeout_s: Option<u64>,
}

impl Default for ValidateOptions {
    fn default() -> Self {
        Self { repeats: 3, seed: 0, keep_going: false, timeout_s: None }
    }
}

/// Whether a task may judge models.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProofStatus {
    /// Everything that was checked holds.
    Proven,
    /// It falls out, with a reason.
    Quarantined,
}

/// How far a task came; each stage presumes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Its file could be read.
    Read,
    /// Repository, patches and set-up are fine.
    SetUp,
    /// It builds, at the latest with gold.
    Built,
    /// The base with the test patch fails every fail-to-pass.
    BaseFails,
    /// Gold passes everything.
    GoldPasses,
    /// Repeated and reordered runs agree on every fail-to-pass.
    Stable,
    /// Neither an empty patch nor a cheat is resolved.
    CheatsFail,
    /// All of it.
    Proven,
}

impl Stage {
    /// All stages in order.
    pub const ALL: [Self; 8] = [
        Self::Read,
        Self::SetUp,
        Self::Built,
        Self::BaseFails,
        Self::GoldPasses,
        Self::Stable,
        Self::CheatsFail,
        Self::Proven,
    ];

    /// For people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::SetUp => "set up",
            Self::Built => "built",
            Self::BaseFails => "base fails fail-to-pass",
            Self::GoldPasses => "gold passes",
            Self::Stable => "stable",
            Self::CheatsFail => "cheats score 0",
            Self::Proven => "proven",
        }
    }
}

/// Why a task falls out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Flaw {
    /// The repository cannot be had here: no fault of the task.
    Repository,
    /// The repository does not hold the base commit, or a set-up command failed.
    SetUp,
    /// The tools of the language are missing on this machine: no fault of the task.
    Toolchain,
    /// The sandbox could not be had: no fault of the task.
    Sandbox,
    /// The test patch does not apply to the base.
    TestPatchDoesNotApply,
    /// There is no reference fix, so nothing can be proven.
    NoGold,
    /// Gold does not apply to the base.
    GoldDoesNotApply,
    /// The same task stands in the suite under another id.
    Duplicate,
    /// The same test stands in both lists.
    ListedTwice,
    /// With gold the tree does not build.
    GoldDoesNotBuild,
    /// No test has to turn from failing to passing.
    NoFailToPass,
    /// A fail-to-pass passes at base.
    FailToPassPassesAtBase,
    /// The test command does not end in time with gold.
    GoldTimedOut,
    /// A listed test is never run: its name matches nothing, or the runner leaves it out.
    NeverRun,
    /// A fail-to-pass fails with gold.
    GoldFailsFailToPass,
    /// A pass-to-pass fails with gold.
    GoldFailsPassToPass,
    /// A fail-to-pass passes and fails in equal circumstances.
    Flaky,
    /// A fail-to-pass fails on a loaded machine.
    Timing,
    /// The result of a fail-to-pass depends on the order of the tests, or on those that run beside it.
    OrderDependent,
    /// An empty patch is resolved.
    EmptyResolves,
    /// A patch that fixes nothing is resolved.
    CheatWorks,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = serde_json::to_value(self).ok();
        f.write_str(name.as_ref().and_then(|name| name.as_str()).unwrap_or_default())
    }
}

impl Flaw {
    /// Whether it is about tests that come out now so, now otherwise.
    pub fn of_stability(self) -> bool {
        matches!(self, Self::Flaky | Self::Timing | Self::OrderDependent)
    }

    /// The stage that a task with this flaw does not reach.
    pub fn stage(self) -> Stage {
        match self {
            Self::SetUp
            | Self::Repository
            | Self::Toolchain
            | Self::Sandbox
            | Self::TestPatchDoesNotApply
            | Self::NoGold
            | Self::GoldDoesNotApply
            | Self::Duplicate
            | Self::ListedTwice => Stage::SetUp,
            Self::GoldDoesNotBuild => Stage::Built,
            Self::NoFailToPass | Self::FailToPassPassesAtBase => Stage::BaseFails,
            Self::GoldTimedOut | Self::NeverRun | Self::GoldFailsFailToPass | Self::GoldFailsPassToPass => {
                Stage::GoldPasses
            }
            Self::Flaky | Self::Timing | Self::OrderDependent => Stage::Stable,
            Self::EmptyResolves | Self::CheatWorks => Stage::CheatsFail,
        }
    }

    /// It speaks of this machine rather than of the task: to be tried again.
    pub fn of_the_machine(self) -> bool {
        matches!(self, Self::Repository | Self::Toolchain | Self::Sandbox)
    }
}

/// A flaw with what it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// Which.
    pub flaw: Flaw,
    /// Tests that show it, as listed.
    pub tests: Vec<String>,
    /// One sentence.
    pub why: String,
}

/// Lists of tests.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TestLists {
    /// Must turn from failing to passing.
    pub fail_to_pass: Vec<String>,
    /// Must go on passing.
    pub pass_to_pass: Vec<String>,
}

/// What a validation says of a task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Proof {
    /// Its id.
    pub task: String,
    /// Whether it may judge models.
    pub status: ProofStatus,
    /// The first flaw.
    pub reason: Option<Flaw>,
    /// The first flaw in a sentence, with tests named.
    pub why: Option<String>,
    /// All flaws that were found; without `--keep-going` those of the first stage that failed.
    pub findings: Vec<Finding>,
    /// Tests with different results in equal circumstances, on a loaded machine too. Out of the vote.
    pub flaky: Vec<String>,
    /// Of those, the ones that failed on a loaded machine only.
    pub timing: Vec<String>,
    /// Tests whose result depends on the order of the tests, or on those that run beside them. Out of the vote.
    pub order_dependent: Vec<String>,
    /// What base and gold show, by qualified id, unstable tests left out: every test that turns, and every one that
    /// goes on passing.
    pub found: TestLists,
    /// The task's own lists without entries that cannot vote; `found` where the task lists nothing.
    pub lists: TestLists,
    /// What a maker of tasks should look at, though the task stands.
    pub warnings: Vec<String>,
    /// How far it came.
    pub reached: Stage,
    /// Test commands that were run.
    pub runs: u32,
    /// Wall time of the test command with gold, in seconds.
    pub gold_s: Option<f64>,
    /// Size of the snapshot on disk, in MiB.
    pub disk_mb: u64,
    /// Wall time of the validation; 0 for what was kept from an earlier call.
    pub seconds: f64,
    /// The task's own hash.
    pub hash: String,
}

impl Proof {
    /// The proof of a task of which nothing is known yet.
    pub fn blank(task: &crate::task::Task) -> Self {
        Self {
            task: task.id.clone(),
            status: ProofStatus::Quarantined,
            reason: None,
            why: None,
            findings: Vec::new(),
            flaky: Vec::new(),
            timing: Vec::new(),
            order_dependent: Vec::new(),
            found: TestLists::default(),
            lists: TestLists::default(),
            warnings: Vec::new(),
            reached: Stage::Read,
            runs: 0,
            gold_s: None,
            disk_mb: 0,
            seconds: 0.0,
            hash: task.hash.clone(),
        }
    }

    /// Adds a flaw.
    pub fn find(&mut self, flaw: Flaw, tests: Vec<String>, why: impl Into<String>) {
        self.findings.push(Finding { flaw, tests, why: why.into() });
    }

    /// Draws the conclusion from the findings.
    #[must_use]
    pub fn conclude(mut self) -> Self {
        self.findings.sort_by_key(|finding| finding.flaw);
        let first = self.findings.first();
        self.reason = first.map(|finding| finding.flaw);
        self.why = first.map(|finding| finding.why.clone());
        (self.status, self.reached) = match self.reason {
            None => (ProofStatus::Proven, Stage::Proven),
            Some(flaw) => {
                let failed = flaw.stage();
                let before = Stage::ALL.into_iter().take_while(|stage| *stage < failed).last();
                (ProofStatus::Quarantined, before.unwrap_or(Stage::Read))
            }
        };
        self
    }
}

/// The output of `kerf task validate --json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Validation {
    /// `kerf/validate/1`.
    pub schema: String,
    /// By task id.
    pub tasks: Vec<Proof>,
    /// Tasks by the stages that they reached, in the order of the stages.
    pub funnel: Vec<(Stage, u64)>,
    /// What could not be read of the suite.
    pub problems: Vec<String>,
}

impl Validation {
    /// Of all proofs; `problems` are about tasks that could not be read at all.
    pub fn new(tasks: Vec<Proof>, problems: Vec<String>) -> Self {
        let reached = |stage| tasks.iter().filter(|proof| proof.reached >= stage).count() as u64;
        let funnel = Stage::ALL.map(|stage| (stage, reached(stage))).to_vec();
        Self { schema: VALIDATE_SCHEMA.to_owned(), tasks, funnel, problems }
    }
}
