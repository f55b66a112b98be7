//! The lists of a task as its controls show them: what held before, which tests gold turns, which no patch can.

use crate::harness::{self, Lists, Observed, Statuses};
use crate::syntax::language_of;

/// Statuses at base for comparison: with the test patch; where that did not build, what base's own tests said.
pub(super) fn before(with_test_patch: &Observed, own: &Observed) -> Statuses {
    let mut statuses = with_test_patch.statuses();
    if with_test_patch.build_failed {
        for (id, status) in own.statuses() {
            statuses.entry(id).or_insert(status);
        }
    }
    statuses
}

/// The lists of a task whose pass-to-pass are found by running base and gold.
pub(super) fn base_lists(fail_to_pass: &[String], own: &Observed, gold: Option<&Observed>) -> Lists {
    let own = own.statuses();
    let gold = gold.map_or_else(|| own.clone(), Observed::statuses);
    Lists::base(fail_to_pass.to_vec(), &own, &gold)
}

/// Tests that hold with gold and did not before: what a task's fail-to-pass can be.
pub(super) fn turned(before: &Statuses, gold: &Observed) -> Vec<String> {
    let held_before = |id: &String| before.get(id).is_some_and(|status| status.holds());
    gold.tests
        .iter()
        .filter(|(id, seen)| seen.status.holds() && !held_before(id))
        .map(|(id, _)| id.clone())
        .collect()
}

/// Takes fail-to-pass out of `lists` that no prediction can turn: tests that gold alone brings, in files which are no
/// test files (its own doctests and inline tests). Returns them, as listed.
pub(super) fn withdraw_golds_own(
    lists: &mut Lists,
    is_test_file: &dyn Fn(&str) -> bool,
    known: [&Observed; 2],
    gold: &Observed,
) -> Vec<String> {
    let statuses = gold.statuses();
    let golds_own = |id: &str| {
        // A log that names no files (TAP, dotted Python) does not say whose a test is.
        let file = harness::file_of(id);
        language_of(file).is_some()
            && !is_test_file(file)
            && known.iter().all(|observed| !observed.tests.contains_key(id))
    };
    let (withdrawn, kept) = std::mem::take(&mut lists.fail_to_pass).into_iter().partition(|listed| {
        let ids = harness::find(listed, &statuses);
        !ids.is_empty() && ids.into_iter().all(golds_own)
    });
    lists.fail_to_pass = kept;
    withdrawn
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn tests_that_gold_alone_brings_are_not_demanded() {
        let observed = |ids: &[&str]| {
            let statuses: Statuses =
                ids.iter().map(|id| ((*id).to_owned(), harness::Status::Passed)).collect();
            Observed::from(&statuses)
        };
        let own = observed(&["src/lib.rs::tests::old", "doc:src/a.rs::Old"]);
        let empty = observed(&[]);
        let gold = observed(&[
            "src/lib.rs::tests::old",
            "src/lib.rs::tests::new",
            "doc:src/a.rs::New",
            "tests/a.rs::x",
        ]);
        let all = [
            "src/lib.rs::tests::new",
            "doc:src/a.rs::New",
            "tests/a.rs::x",
            "old_name",
            "src/lib.rs::tests::old",
        ];
        let mut lists = Lists { fail_to_pass: all.map(str::to_owned).to_vec(), pass_to_pass: Vec::new() };
        let withdrawn =
            withdraw_golds_own(&mut lists, &|file| file.starts_with("tests/"), [&own, &empty], &gold);
        assert_eq!(withdrawn, ["src/lib.rs::tests::new", "doc:src/a.rs::New"]);
        assert_eq!(lists.fail_to_pass, ["tests/a.rs::x", "old_name", "src/lib.rs::tests::old"]);
    }
}
