//! What a validation leaves beside a suite: `quarantine.toml`, lists put back, `suite.lock`.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;

use crate::cli::exit::bad_input;
use crate::evaluate::{Proof, ProofStatus};
use crate::task::pins::{Quarantine, Quarantined, SuiteLock};
use crate::task::write::{NewLists, line_with_lists, with_lists};
use crate::task::{PassToPass, Suite, read_suite};

/// Brings `quarantine.toml` up to date for the tasks that were proven or not. Returns what to say of it.
pub(super) fn quarantine(
    tasks: &Path,
    out: &Path,
    suite: &Suite,
    proofs: &[Proof],
) -> anyhow::Result<Vec<String>> {
    let old = Quarantine::read(tasks).map_err(bad_input)?;
    let checked: Vec<String> = proofs.iter().map(|proof| proof.task.clone()).collect();
    let found: Vec<Quarantined> = proofs
        .iter()
        .filter_map(|proof| {
            let reason = proof.reason.filter(|flaw| !flaw.of_the_machine())?;
            Some(Quarantined {
                id: proof.task.clone(),
                hash: suite.task(&proof.task).map(|task| task.hash.clone()),
                reason: reason.to_string(),
                why: proof.why.clone().unwrap_or_default(),
            })
        })
        .collect();
    let new = old.clone().renewed(&checked, found);
    let path = Quarantine::path(tasks);
    if new == old {
        return Ok(Vec::new());
    }
    if new.tasks.is_empty() {
        std::fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        return Ok(vec![format!("{} is removed: nothing is quarantined any more", path.display())]);
    }
    let count = new.tasks.len();
    if std::fs::write(&path, new.render()).is_ok() {
        return Ok(vec![format!("{}: {count} quarantined; kerf run leaves them out", path.display())]);
    }
    // A suite that is only lent is not ours to change.
    let aside = out.join("quarantine.toml");
    std::fs::write(&aside, new.render()).with_context(|| format!("cannot write {}", aside.display()))?;
    Ok(vec![format!(
        "{} cannot be written; {} holds {count} quarantined instead, and kerf run does not know of it",
        path.display(),
        aside.display()
    )])
}

/// Puts the lists of proven tasks back and writes `suite.lock`.
pub(super) fn write_back(
    tasks: &Path,
    suite: &Suite,
    proofs: &[Proof],
    toolchains: BTreeMap<String, Vec<String>>,
) -> anyhow::Result<Vec<String>> {
    let mut notes = Vec::new();
    if tasks.is_dir() {
        for proof in proofs.iter().filter(|proof| proof.status == ProofStatus::Proven) {
            let Some(task) = suite.task(&proof.task) else { continue };
            let task = task.load().map_err(bad_input)?;
            let path = Path::new(&task.origin);
            let text =
                std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
            let new = with_lists(&text, &lists(proof, &task.test.pass_to_pass))
                .map_err(|error| bad_input(format!("{}: {error}", path.display())))?;
            if new != text {
                std::fs::write(path, new).with_context(|| format!("cannot write {}", path.display()))?;
                notes.push(format!("{}: lists put back", path.display()));
            }
        }
    } else {
        notes.push(write_lines(tasks, suite, proofs)?);
    }
    // The suite as it is written now: hashes follow the lists.
    let now = read_suite(tasks).map_err(bad_input)?;
    let path = SuiteLock::path(tasks);
    let text = SuiteLock::of(&now, toolchains).render();
    std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    notes.push(format!("{}: lock {}", path.display(), &now.lock()[..6]));
    Ok(notes)
}

/// `base` stays where it means the same as the list that holds.
fn lists<'a>(proof: &'a Proof, written: &PassToPass) -> NewLists<'a> {
    let unstable = !proof.flaky.is_empty() || !proof.order_dependent.is_empty();
    let keep = *written == PassToPass::Base && !unstable;
    NewLists {
        fail_to_pass: &proof.lists.fail_to_pass,
        pass_to_pass: (!keep).then_some(&proof.lists.pass_to_pass),
    }
}

/// A data set in one file stays as it is; the proven tasks go into a new one beside it.
fn write_lines(tasks: &Path, suite: &Suite, proofs: &[Proof]) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(tasks).with_context(|| format!("cannot read {}", tasks.display()))?;
    let lines: Vec<&str> = text.lines().collect();
    let mut new = String::new();
    let mut count = 0;
    for proof in proofs.iter().filter(|proof| proof.status == ProofStatus::Proven) {
        let Some(task) = suite.task(&proof.task) else { continue };
        let task = task.load().map_err(bad_input)?;
        let number = task.origin.rsplit(':').next().and_then(|number| number.parse::<usize>().ok());
        let line = number.and_then(|number| lines.get(number.checked_sub(1)?));
        let lists = lists(proof, &task.test.pass_to_pass);
        if let Some(line) = line.and_then(|line| line_with_lists(line, &lists)) {
            new.push_str(&line);
            new.push('\n');
            count += 1;
        }
    }
    let path = tasks.with_extension("proven.jsonl");
    std::fs::write(&path, new).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(format!("{}: {count} proven tasks", path.display()))
}
