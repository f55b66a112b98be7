//! Which data set an instance is of, told by its own fields, and its draft.

use serde_json::{Map, Value};

use super::draft::Draft;
use super::object::Object;
use super::{TaskProblem, multi_swe_bench, registry, swe_polybench, swe_smith, swebench};

/// Fields one of which every instance that kerf reads has.
const MARKS: &[&str] =
    &["instance_id", "FAIL_TO_PASS", "fail_to_pass", "F2P", "base_commit", "f2p_tests", "org", "fix_patch"];

/// Names of the sets, for messages.
pub(super) const KNOWN: &str = "SWE-bench and its kin (instance_id, repo, base_commit, FAIL_TO_PASS), \
    Multi-SWE-bench (org, repo, number, base, f2p_tests), SWE-PolyBench (instance_id, F2P, test_command) and \
    releases of a registry (instance_id, registry, package)";

/// Whether a field name is one of an instance, rather than the key of a map of instances.
pub(super) fn is_field(name: &str) -> bool {
    MARKS.contains(&name) || ["repo", "patch", "test_patch", "problem_statement", "registry"].contains(&name)
}

/// Whether an object can be an instance at all.
pub(super) fn is_instance(fields: &Map<String, Value>) -> bool {
    MARKS.iter().any(|mark| fields.contains_key(*mark))
}

/// Reads an instance of whichever set.
pub(super) fn read(object: &Object<'_>) -> Result<Draft, TaskProblem> {
    if registry::is_form(object) {
        registry::read(object)
    } else if multi_swe_bench::is_form(object) {
        multi_swe_bench::read(object)
    } else if swe_polybench::is_form(object) {
        swe_polybench::read(object)
    } else if swe_smith::is_form(object) {
        swe_smith::read(object)
    } else {
        swebench::read(object)
    }
}
