//! A validation for people: the funnel, what fell out and why, what to look at.

use crate::evaluate::validate::Stage;
use crate::evaluate::{Proof, ProofStatus, Validation};
use crate::report::escape;

/// The text. `unreadable` tasks never came as far as the first stage.
pub(super) fn text(validation: &Validation, unreadable: u64) -> String {
    let total = validation.tasks.len() as u64 + unreadable;
    let mut lines = funnel(validation, total);
    for proof in validation.tasks.iter().filter(|proof| proof.status == ProofStatus::Quarantined) {
        for finding in &proof.findings {
            lines.push(String::new());
            lines.push(format!("{}: {}", proof.task, finding.flaw));
            lines.push(format!("  {}", finding.why));
        }
    }
    let remarks: Vec<String> = validation.tasks.iter().flat_map(remarks).collect();
    if !remarks.is_empty() {
        lines.push(String::new());
        lines.extend(remarks);
    }
    let seconds: f64 = validation.tasks.iter().map(|proof| proof.seconds).sum();
    let disk: u64 = validation.tasks.iter().map(|proof| proof.disk_mb).sum();
    let runs: u32 = validation.tasks.iter().map(|proof| proof.runs).sum();
    let proven = validation.tasks.iter().filter(|proof| proof.status == ProofStatus::Proven).count();
    lines.push(String::new());
    lines.push(format!(
        "{proven} of {total} tasks proven · {runs} runs beside the controls, {seconds:.0} s of work, {disk} MiB of snapshots"
    ));
    lines.iter().map(|line| escape::terminal(line) + "\n").collect()
}

/// One line a stage: tasks that reached it, and how many it lost.
fn funnel(validation: &Validation, total: u64) -> Vec<String> {
    let width = Stage::ALL.iter().map(|stage| stage.title().len()).max().unwrap_or(0);
    let mut before = total;
    let line = |(stage, count): &(Stage, u64)| {
        let lost = before.saturating_sub(*count);
        before = *count;
        let lost = if lost > 0 { format!("   −{lost}") } else { String::new() };
        format!("{:width$}  {count:>5}{lost}", stage.title())
    };
    validation.funnel.iter().map(line).collect()
}

/// Unstable tests and warnings of a task.
fn remarks(proof: &Proof) -> Vec<String> {
    let unstable = [(&proof.flaky, "flaky"), (&proof.order_dependent, "order-dependent")];
    let unstable = unstable.into_iter().filter(|(tests, _)| !tests.is_empty());
    unstable
        .map(|(tests, what)| format!("{}: {what}, out of the vote: {}", proof.task, tests.join(", ")))
        .chain(proof.warnings.iter().map(|warning| format!("{}: {warning}", proof.task)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::validate::{Flaw, VALIDATE_SCHEMA};

    fn proof(id: &str, flaw: Option<Flaw>) -> Proof {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("repo")).unwrap();
        let text = format!(
            "schema = \"kerf/task/1\"\nid = \"{id}\"\nlanguage = \"rust\"\n[repo]\nsource = \"path:repo\"\n[test]\nfail_to_pass = [\"a\"]\n"
        );
        std::fs::write(folder.path().join("task.toml"), text).unwrap();
        let suite = crate::task::read_suite(folder.path()).unwrap();
        let mut proof = Proof::blank(&suite.tasks[0].load().unwrap());
        if let Some(flaw) = flaw {
            proof.find(flaw, vec!["a".to_owned()], "because of a");
        }
        proof.conclude()
    }

    #[test]
    fn the_funnel_says_where_tasks_fall_out() {
        let mut clean = proof("clean", None);
        clean.flaky.push("tests/a.rs::b".to_owned());
        let proofs =
            vec![proof("bad", Some(Flaw::GoldFailsFailToPass)), clean, proof("worse", Some(Flaw::SetUp))];
        let validation = Validation::new(proofs, Vec::new());
        assert_eq!(validation.schema, VALIDATE_SCHEMA);
        insta::assert_snapshot!(text(&validation, 1), @r"
        read                         3   −1
        set up                       2   −1
        built                        2
        base fails fail-to-pass      2
        gold passes                  1   −1
        stable                       1
        cheats score 0               1
        proven                       1

        bad: gold_fails_fail_to_pass
          because of a

        worse: set_up
          because of a

        clean: flaky, out of the vote: tests/a.rs::b

        1 of 4 tasks proven · 0 runs beside the controls, 0 s of work, 0 MiB of snapshots
        ");
    }
}
