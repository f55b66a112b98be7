//! A change by itself: no task, no gold, no tests.
//!
//! In: a base, what a branch or working tree has otherwise, and, for lint, a [`World`]. Out: a [`Review`]: units with
//! class and proof, figures, findings.
//!
//! Invariant: nothing of the tree is executed but by linters, and these in the sandbox; where they cannot be run the
//! status says so.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::bench::session_spec;
use super::detail::{LintDetail, UnitDetail, units};
use super::edits;
use super::lints::{Ground, Linters, once};
use super::record::{Edits, Lint, LintStatus};
use super::run::World;
use super::symbols::{self, Asked, Checked, Symbols};
use super::trees::changed_files;
use crate::diff::{ChangedFile, Diff, FilePair, closure, diff, revert};
use crate::lint::Finding;
use crate::metric::context::{Invented, Left, Reinvented, SymbolAt};
use crate::metric::figures::{Mode, figures};
use crate::metric::relevance::{Class, Classified, Grade, Input, classify};
use crate::patch::{Tree, TreeChanges};
use crate::repo::BaseTree;
use crate::snapshot::{self, Made};
use crate::task::Task;

/// Schema name of a review.
pub const REVIEW_SCHEMA: &str = "kerf/review/1";

/// What a review says. A measure that was not taken is null.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Review {
    /// `kerf/review/1`.
    pub schema: String,
    /// The base, as it was named.
    pub base: String,
    /// The revision looked at, null for the working tree.
    pub head: Option<String>,
    /// Changed files.
    pub files: Vec<FilePair>,
    /// Units in file order.
    pub units: Vec<UnitDetail>,
    /// Figures, with `mode` `review`: `upper`, `suspect_ratio` and `removable_ratio` are null.
    pub edits: Option<Edits>,
    /// What the linters found.
    pub lint: Option<ReviewLint>,
    /// Cross-file findings.
    pub context: Option<ReviewContext>,
}

/// Lint findings of a review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReviewLint {
    /// Status; never `clean` where a linter could not be run.
    pub status: LintStatus,
    /// New findings.
    pub new: Vec<Finding>,
    /// Findings of the base that are gone.
    pub fixed: u32,
    /// Suppressions added.
    pub suppressions: Vec<Finding>,
    /// Changed lines that the formatter would alter.
    pub unformatted_lines: Vec<LineOf>,
    /// Lines added or altered in code and test files.
    pub changed_code_lines: u32,
    /// Linters of the whole tree that judged it.
    #[serde(skip)]
    #[schemars(skip)]
    pub judged: BTreeSet<String>,
    /// Linters and tools that could not be used.
    pub unusable: Vec<Unusable>,
}

/// A line of a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct LineOf {
    /// Path in the result.
    pub file: String,
    /// 1-based.
    pub line: usize,
}

/// A tool that could not be used.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Unusable {
    /// Linter, or language whose tools are missing.
    pub tool: String,
    /// Why.
    pub why: String,
}

/// Cross-file findings of a review; null where they cannot be had.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReviewContext {
    /// Of references to a changed declaration, the share carried along, 0 to 1.
    pub propagation: Option<f64>,
    /// References that were not carried along.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_behind: Vec<Left>,
    /// References left to names that are gone.
    pub dangling: Option<Vec<SymbolAt>>,
    /// Names used that nothing defines.
    pub invented: Option<Vec<Invented>>,
    /// Functions added that existed elsewhere.
    pub reinvented: Option<Vec<Reinvented>>,
}

/// A change, diffed and classified.
pub struct Reviewed {
    /// Both sides.
    pub changed: Vec<ChangedFile>,
    /// Its units.
    pub diff: Diff,
    /// A class for every unit.
    pub classified: Vec<Classified>,
}

/// Diffs a change and classifies its units by what the tree alone and the statement say.
pub fn classified(base: &dyn Tree, changes: &TreeChanges, statement: Option<&str>) -> Reviewed {
    let changed = changed_files(base, changes);
    let diff = diff(&changed);
    let classified = classify(&Input { statement, ..Input::bare(&diff, base) });
    Reviewed { changed, diff, classified }
}

impl Reviewed {
    /// Units with class and proof.
    pub fn units(&self) -> Vec<UnitDetail> {
        units(&self.diff, &self.classified, None)
    }

    /// Figures; no bound is given, since behavioural units are unproven for want of tests.
    pub fn edits(&self) -> Edits {
        edits::record(figures(&self.diff, &self.classified, Mode::Review))
    }

    /// What the change leaves of the base's symbols; with what compilers found, where they were asked. `packages` are
    /// there beside those that manifests name.
    pub fn context(
        &self,
        base: &dyn Tree,
        changes: &TreeChanges,
        lint: Option<&ReviewLint>,
        packages: &[String],
    ) -> ReviewContext {
        let checked = lint.map(|lint| Checked { new: &lint.new, judged: &lint.judged });
        let found = symbols::measure(
            &Symbols::read(base),
            &Asked { base, changes, diff: &self.diff, replaced: &BTreeSet::new(), packages, checked },
        );
        ReviewContext {
            propagation: found.propagation,
            left_behind: found.left_behind,
            dangling: found.dangling,
            invented: found.invented,
            reinvented: found.reinvented,
        }
    }

    /// The irrelevant units that can be taken out without any other going, and those that cannot.
    pub fn removable(&self) -> (BTreeSet<usize>, BTreeSet<usize>) {
        let irrelevant: BTreeSet<usize> = self
            .classified
            .iter()
            .filter(|one| one.class == Class::Irrelevant && matches!(one.grade, Some(Grade::A | Grade::B)))
            .map(|one| one.unit)
            .collect();
        // What goes with a unit goes with it whatever else goes: one look at each is enough.
        irrelevant
            .iter()
            .partition(|unit| closure(&self.diff, &BTreeSet::from([**unit])).is_subset(&irrelevant))
    }

    /// What the change becomes without some units, against the base.
    pub fn without(&self, base: &dyn Tree, units: &BTreeSet<usize>) -> TreeChanges {
        let mut tree = revert(&self.diff, units);
        tree.retain(|path, blob| *blob != base.blob(path));
        tree
    }

    /// Languages of the changed files for which linters may be known, by the name that tasks give them.
    pub fn languages(&self) -> BTreeSet<String> {
        let names = self.diff.files.iter().filter_map(|file| file.language.as_deref());
        names
            .map(|name| if name == "tsx" { "typescript" } else { name })
            .filter(|name| snapshot::LANGUAGES.contains(name))
            .map(str::to_owned)
            .collect()
    }
}

/// Runs the linters of the base on the result, one task for each language of the change: its environment says how the
/// base is set up and built. Blocking, and slow the first time.
pub fn lint(
    world: &World,
    base: &BaseTree,
    tasks: &[Task],
    changes: &TreeChanges,
    reviewed: &Reviewed,
) -> ReviewLint {
    let mut parts: Vec<(Lint, LintDetail)> = Vec::new();
    for task in tasks {
        let linters = Linters::of(&task.language, None, base);
        match built(world, base, task, &linters) {
            Ok((snapshot, toolchain)) => {
                let spec = session_spec(&snapshot, &toolchain, world);
                let ground = Ground {
                    tree: base,
                    spec: &spec,
                    linters: &linters,
                    warm: &snapshot.meta.warm,
                    tests: &TreeChanges::new(),
                    made: &Made::read(&snapshot.tree, &base.paths()),
                };
                parts.push(once(world, &ground, changes, &reviewed.diff));
            }
            Err(why) => parts.push(unusable(&task.language, why, &reviewed.diff)),
        }
    }
    joined(parts, &reviewed.diff)
}

fn built(
    world: &World,
    base: &BaseTree,
    task: &Task,
    linters: &Linters,
) -> Result<(snapshot::Snapshot, snapshot::Toolchain), String> {
    let toolchain = world.toolchain(task)?;
    let warm = linters.warm_commands();
    let request =
        snapshot::Request { tree: base, environment: &task.environment, warm: &warm, toolchain: &toolchain };
    let snapshot = world.snapshots.get(&request).map_err(|error| error.to_string())?;
    Ok((snapshot, toolchain))
}

/// What is left to say where the base cannot be built: suppressions are found in the text alone.
fn unusable(language: &str, why: String, diff: &Diff) -> (Lint, LintDetail) {
    let detail = LintDetail {
        suppressions: crate::metric::lint::suppressions(diff),
        unusable: vec![(language.to_owned(), why)],
        ..LintDetail::default()
    };
    let lint = Lint {
        status: if detail.suppressions.is_empty() { LintStatus::Invalid } else { LintStatus::Findings },
        new: BTreeMap::new(),
        fixed: 0,
        suppressions: detail.suppressions.len() as u32,
        unformatted_lines: 0,
        changed_code_lines: 0,
    };
    (lint, detail)
}

/// The parts of several languages as one; the worst status holds.
fn joined(parts: Vec<(Lint, LintDetail)>, diff: &Diff) -> ReviewLint {
    let worst = |status: LintStatus| match status {
        LintStatus::NoLinter => 0,
        LintStatus::Clean => 1,
        LintStatus::Invalid => 2,
        LintStatus::Findings => 3,
        LintStatus::BuildFailed => 4,
    };
    let mut all = ReviewLint {
        status: LintStatus::NoLinter,
        new: Vec::new(),
        fixed: 0,
        suppressions: crate::metric::lint::suppressions(diff),
        unformatted_lines: Vec::new(),
        changed_code_lines: 0,
        judged: BTreeSet::new(),
        unusable: Vec::new(),
    };
    for (lint, detail) in parts {
        if worst(lint.status) > worst(all.status) {
            all.status = lint.status;
        }
        all.fixed += lint.fixed;
        all.changed_code_lines = all.changed_code_lines.max(lint.changed_code_lines);
        all.new.extend(detail.new);
        all.judged.extend(detail.judged);
        let lines = detail.unformatted_lines.into_iter().map(|(file, line)| LineOf { file, line });
        all.unformatted_lines.extend(lines);
        all.unusable.extend(detail.unusable.into_iter().map(|(tool, why)| Unusable { tool, why }));
    }
    all.new.sort();
    all.unformatted_lines.sort();
    all.unusable.sort();
    all
}

/// Tools for the languages of a review: what [`World::with_tools`] wants.
pub fn tools(tasks: &[Task]) -> BTreeSet<(String, Option<String>)> {
    tasks.iter().map(|task| (task.language.clone(), task.environment.toolchain.clone())).collect()
}
