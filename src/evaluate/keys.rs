//! The three identities of a trial.
//!
//! `trial` says who proposed what for which task; `run_key` what was executed; `grade_key` how it was judged. A run
//! key once run is not run again, a grade key once graded is not graded again.

use super::plan::{Options, Subject};
use crate::patch::TreeChanges;
use crate::task::Task;

/// Version of everything that turns logs and trees into figures. A change regrades stored logs without running them.
pub const RULES: &str = "kerf/rules/12";

fn hash(parts: &[&str], digits: usize) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().to_hex()[..digits].to_owned()
}

/// hash(task, scaffold, model, sample, prediction hash), 16 hex digits.
pub fn trial(task: &str, subject: &Subject) -> String {
    let content = match subject {
        Subject::Gold => "control:gold".to_owned(),
        Subject::Empty => "control:empty".to_owned(),
        Subject::Prediction(prediction) => format!("prediction:{}", prediction.hash()),
        Subject::Missing { .. } => "missing".to_owned(),
    };
    let scaffold =
        subject.scaffold().map_or_else(|| "none".to_owned(), |scaffold| format!("some:{scaffold}"));
    hash(&[task, &scaffold, subject.model(), &subject.sample().to_string(), &content], 16)
}

/// hash of changes to a tree, 32 hex digits.
pub fn tree(changes: &TreeChanges) -> String {
    let mut hasher = blake3::Hasher::new();
    for (path, change) in changes {
        hasher.update(&(path.len() as u64).to_le_bytes());
        hasher.update(path.as_bytes());
        match change {
            None => {
                hasher.update(b"-");
            }
            Some(blob) => {
                hasher.update(format!("{:o} {}\0", blob.mode, blob.bytes.len()).as_bytes());
                hasher.update(&blob.bytes);
            }
        }
    }
    hasher.finalize().to_hex()[..32].to_owned()
}

/// hash(task, snapshot, applied tree, limits), 32 hex digits. Controls give their name: they are really run, never
/// answered by a prediction that happens to be equal.
pub fn run(task: &Task, control: &str, snapshot: &str, applied: &TreeChanges, limits: &str) -> String {
    hash(&[&task.hash, control, snapshot, &tree(applied), limits], 32)
}

/// hash(run key, what the patch left, rules version, options), 32 hex digits. Two patches that differ in what is put
/// back before the tests run share a run key, but neither their units nor their lint findings.
pub fn grade(run_key: &str, changes: &TreeChanges, options: &Options) -> String {
    hash(&[run_key, &tree(changes), RULES, &format!("{options:?}")], 32)
}

/// hash(task, rules version, options and tools), 32 hex digits: a proof once made holds until one of these changes.
pub fn proof(task: &Task, options: &str) -> String {
    hash(&[&task.hash, RULES, env!("CARGO_PKG_VERSION"), options], 32)
}

/// hash(run key, what the linters see), 32 hex digits: the patch's tree with the linters' own settings, and the test patch's
/// files.
pub fn lint(run_key: &str, changes: &TreeChanges) -> String {
    hash(&[run_key, &tree(changes)], 32)
}
