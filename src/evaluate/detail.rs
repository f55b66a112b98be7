//! The long form of a grade: units with proofs, tests, findings. Shared by identical patches.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::plan::Ablation;
use crate::diff::{Change, Diff, FilePair, Role, UnitKind};
use crate::harness::Status;
use crate::lint::Finding;
use crate::metric::ablation::Findings;
use crate::metric::context::{Invented, Left, Reinvented, SymbolAt};
use crate::metric::lint::Cause;
use crate::metric::relevance::{Class, Classified, Evidence, Grade, Sign};

/// Schema name of a detail.
pub const DETAIL_SCHEMA: &str = "kerf/detail/1";

/// The list a test stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TestList {
    /// Fail-to-pass.
    FailToPass,
    /// Pass-to-pass.
    PassToPass,
    /// Neither, but it passed at base and fails now.
    Unlisted,
}

/// One test of a trial.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TestDetail {
    /// As listed, or by its qualified id.
    pub id: String,
    /// Its list.
    pub list: TestList,
    /// At base with the test patch, null where it was not seen.
    pub before: Option<Status>,
    /// With the patch.
    pub after: Status,
    /// 1-based line of the log that it rests on, null where it rests on absence or on a run of that test alone.
    pub line: Option<usize>,
}

/// An edit unit with its class and proof.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct UnitDetail {
    /// See [`crate::diff::Unit`].
    pub id: String,
    /// See [`crate::diff::Unit`].
    pub kind: UnitKind,
    /// The role that counts: a file that only calls itself a test or documentation is `other`.
    pub role: Role,
    /// See [`crate::diff::Unit`].
    pub entity: Vec<String>,
    /// See [`crate::diff::Unit`].
    pub weight: u32,
    /// See [`crate::diff::Unit`].
    pub file_level: bool,
    /// See [`crate::diff::Unit`].
    pub changes: Vec<Change>,
    /// See [`crate::diff::Unit`].
    pub defines: Vec<String>,
    /// See [`crate::diff::Unit`].
    pub uses: Vec<String>,
    /// See [`crate::diff::Unit`].
    pub needs: Vec<String>,
    /// Class.
    pub class: Class,
    /// Grade of an irrelevant unit.
    pub grade: Option<Grade>,
    /// The sign it was found by.
    pub sign: Option<Sign>,
    /// Under suspicion.
    pub suspect: bool,
    /// What the verdict rests on.
    pub evidence: Vec<Evidence>,
    /// One sentence.
    pub why: String,
    /// What the tests said of the tree without it; null where it was not tried, or to no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ablation: Option<UnitAblation>,
}

/// What ablation found of a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UnitAblation {
    /// What it is to the tests.
    pub finding: AblationFinding,
    /// Of a needed unit: listed tests that fail without it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tests: Vec<String>,
    /// Of a unit that is needed for another's sake: that one, which was tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub through: Option<String>,
}

/// What a unit is to the tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AblationFinding {
    /// A listed test fails without it.
    Needed,
    /// All votes pass without it, in two runs.
    Removable,
    /// Without it alone nothing builds.
    Unresolved,
}

/// How ablation went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AblationDetail {
    /// How far it was to go.
    pub depth: Ablation,
    /// Listed tests that pass with the whole patch: they decide.
    pub votes: usize,
    /// Trees tested, confirmations included; those that another trial had tested too.
    pub runs: usize,
    /// At most so many.
    pub cap: usize,
    /// The cap ended it: what was never tried stays unproven, and `removable_ratio` is a lower bound.
    pub capped: bool,
}

/// Findings of the lint measure.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LintDetail {
    /// New findings.
    pub new: Vec<Finding>,
    /// Suppressions added.
    pub suppressions: Vec<Finding>,
    /// Changed lines that the formatter would alter: file and 1-based line.
    pub unformatted_lines: Vec<(String, usize)>,
    /// Linters that could not be run, each with the reason.
    pub unusable: Vec<(String, String)>,
    /// New findings grouped by cause, the largest group first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<Cause>,
    /// Where the patch does otherwise than the code around it; counted in no figure of lint compliance.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub style: Vec<Finding>,
    /// Linters of the whole tree that judged it.
    #[serde(skip)]
    #[schemars(skip)]
    pub judged: BTreeSet<String>,
    /// Version of each linter that said one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub versions: BTreeMap<String, String>,
}

/// Findings of the context measure; a list that could not be had is null.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ContextDetail {
    /// Of references to a changed declaration, the share carried along, 0 to 1; null where there is none.
    pub propagation: Option<f64>,
    /// References that were not carried along.
    pub left_behind: Vec<Left>,
    /// References to names that the patch took away.
    pub dangling: Option<Vec<SymbolAt>>,
    /// Names that nothing defines.
    pub invented: Option<Vec<Invented>>,
    /// Functions added that existed elsewhere.
    pub reinvented: Option<Vec<Reinvented>>,
}

/// The long form of a grade.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Detail {
    /// `kerf/detail/1`.
    pub schema: String,
    /// Listed tests, then unlisted regressions.
    pub tests: Vec<TestDetail>,
    /// Where the log contradicts itself, and what could not be read of it.
    pub oddities: Vec<String>,
    /// Changed files.
    pub files: Vec<FilePair>,
    /// Units in file order.
    pub units: Vec<UnitDetail>,
    /// How ablation went; null where there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ablation: Option<AblationDetail>,
    /// Lint findings.
    pub lint: LintDetail,
    /// Cross-file findings; null where the measure was not taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<ContextDetail>,
}

/// Units with their classes; `classified` holds one entry a unit.
pub fn units(diff: &Diff, classified: &[Classified], ablation: Option<&Findings>) -> Vec<UnitDetail> {
    classified
        .iter()
        .filter_map(|found| Some((diff.units.get(found.unit)?.clone(), found.clone())))
        .map(|(unit, found)| UnitDetail {
            ablation: ablation.and_then(|findings| of_unit(diff, findings, found.unit)),
            id: unit.id,
            kind: unit.kind,
            role: found.role,
            entity: unit.entity,
            weight: unit.weight,
            file_level: unit.file_level,
            changes: unit.changes,
            defines: unit.defines,
            uses: unit.uses,
            needs: unit.needs,
            class: found.class,
            grade: found.grade,
            sign: found.sign,
            suspect: found.suspect,
            evidence: found.evidence,
            why: found.why,
        })
        .collect()
}

fn of_unit(diff: &Diff, findings: &Findings, unit: usize) -> Option<UnitAblation> {
    let bare = |finding| Some(UnitAblation { finding, tests: Vec::new(), through: None });
    if let Some(need) = findings.needed.get(&unit) {
        let through = need.through.and_then(|unit| diff.units.get(unit)).map(|unit| unit.id.clone());
        return Some(UnitAblation { finding: AblationFinding::Needed, tests: need.tests.clone(), through });
    }
    if findings.removable.contains(&unit) {
        return bare(AblationFinding::Removable);
    }
    if findings.unresolved.contains(&unit) { bare(AblationFinding::Unresolved) } else { None }
}
