//! A validation for people: the funnel, what fell out and why, what to look at.

use crate::evaluate::validate::Stage;
use crate::evaluate::{ProofStatus, Validation};
use crate::report::escape;

/// The text. `unreadable` tasks never came as far as the first stage.
pub(super) fn text(validation: &Validation, unreadable: u64) -> String {
    let mut text = String::new();
    let total = validation.tasks.len() as u64 + unreadable;
    let width = Stage::ALL.iter().map(|stage| stage.title().len()).max().unwrap_or(0);
    let mut before = total;
    for (stage, count) in &validation.funnel {
        let lost = before.saturating_sub(*count);
        let lost = if lost > 0 { format!("   −{lost}") } else { String::new() };
        text += &format!("{:width$}  {count:>5}{lost}\n", stage.title());
        before = *count;
    }
    for proof in validation.tasks.iter().filter(|proof| proof.status == ProofStatus::Quarantined) {
        for finding in &proof.findings {
            text += &format!(
                "\n{}: {}\n  {}\n",
                escape::terminal(&proof.task),
                finding.flaw,
                escape::terminal(&finding.why)
            );
        }
    }
    let mut lines = Vec::new();
    for proof in &validation.tasks {
        let unstable = [(&proof.flaky, "flaky"), (&proof.order_dependent, "order-dependent")];
        for (tests, what) in unstable.into_iter().filter(|(tests, _)| !tests.is_empty()) {
            lines.push(format!("{}: {what}, out of the vote: {}", proof.task, tests.join(", ")));
        }
        lines.extend(proof.warnings.iter().map(|warning| format!("{}: {warning}", proof.task)));
    }
    if !lines.is_empty() {
        text.push('\n');
        for line in lines {
            text += &format!("{}\n", escape::terminal(&line));
        }
    }
    let seconds: f64 = validation.tasks.iter().map(|proof| proof.seconds).sum();
    let disk: u64 = validation.tasks.iter().map(|proof| proof.disk_mb).sum();
    let runs: u32 = validation.tasks.iter().map(|proof| proof.runs).sum();
    text += &format!(
        "\n{} of {total} tasks proven · {runs} runs beside the controls, {seconds:.0} s of work, {disk} MiB of snapshots\n",
        before
    );
    text
}
