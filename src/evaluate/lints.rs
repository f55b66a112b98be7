//! Running linters: on the base when its snapshot is made, on each result in a session of its own.

use std::collections::BTreeMap;
use std::time::Duration;

use super::bench::Bench;
use super::detail::LintDetail;
use super::keys;
use super::plan::{Measure, Options};
use super::record::{Lint, LintStatus};
use super::run::World;
use super::sink::{LintRun, Sink, SinkError};
use super::trees;
use crate::diff::{Diff, FilePair};
use crate::lint::{self, Finding, Linter, Reading, Way, altered_lines};
use crate::metric::lint as compared;
use crate::metric::style::style;
use crate::patch::{Overlaid, Tree, TreeChanges};
use crate::repo::BaseTree;
use crate::sandbox::{Ended, REPORT_BYTES, SandboxError, Session, SessionSpec, Step, StepOutput};
use crate::snapshot::Made;
use crate::task::Task;

/// Wall clock of a linter.
const TIMEOUT: Duration = Duration::from_secs(900);

/// The linters of a task.
pub(super) struct Linters {
    rows: Vec<Linter>,
    /// Command by linter, of those that look at the whole tree; found on the base, so that a patch cannot change it.
    commands: BTreeMap<String, String>,
    /// Names in the task that no linter has.
    unknown: Vec<String>,
}

impl Linters {
    /// Finds them by the task, or by the base's own settings; none where lint is not measured.
    pub fn find(task: &Task, base: &BaseTree, options: &Options) -> Self {
        if !options.takes(Measure::Lint) {
            return Self::none();
        }
        Self::of(&task.language, task.lint.as_deref(), base)
    }

    /// None at all.
    pub fn none() -> Self {
        Self { rows: Vec::new(), commands: BTreeMap::new(), unknown: Vec::new() }
    }

    /// Those wanted by name, else those that the base uses for a language.
    pub fn of(language: &str, wanted: Option<&[String]>, base: &dyn Tree) -> Self {
        let mut found = Self::none();
        match lint::find(language, base, wanted) {
            Ok(linters) => found.rows = linters,
            Err(name) => found.unknown.push(name),
        }
        for linter in &found.rows {
            if let Way::Tree { command, .. } = &linter.way {
                found.commands.insert(linter.name.to_string(), command.command(base));
            }
        }
        found
    }

    /// What the snapshot runs on the base: the linters, and what tells their versions.
    pub fn warm_commands(&self) -> BTreeMap<String, String> {
        let version = |linter: &Linter| Some((version_of(&linter.name), linter.version?.to_owned()));
        self.commands.clone().into_iter().chain(self.rows.iter().filter_map(version)).collect()
    }

    fn settings(&self) -> Vec<&'static str> {
        self.rows.iter().flat_map(|linter| linter.settings).copied().collect()
    }
}

/// The name under which a linter's version is kept.
fn version_of(name: &str) -> String {
    format!("{name} version")
}

/// What linters run on: a built base.
pub(super) struct Ground<'a> {
    /// The base.
    pub tree: &'a dyn Tree,
    /// How sessions on it are opened.
    pub spec: &'a SessionSpec,
    /// Its linters.
    pub linters: &'a Linters,
    /// What they printed about the base.
    pub warm: &'a BTreeMap<String, StepOutput>,
    /// The test patch's files: they stand in the linted tree as the tests will find them, and nothing is said of them.
    pub tests: &'a TreeChanges,
    /// What set-up and build left in the tree.
    pub made: &'a Made,
}

impl Ground<'_> {
    /// What linters look at. Tests that call what the fix changes are brought along by the test patch, and not by every
    /// fix: without them a complete fix would not pass its type checker.
    fn linted(&self, changes: &TreeChanges) -> TreeChanges {
        let mut tree = trees::with_settings(self.tree, changes, &self.linters.settings(), self.made);
        tree.extend(self.tests.clone());
        tree
    }
}

/// Runs the linters on a result and compares with the base; nothing is kept.
pub(super) fn once(world: &World, ground: &Ground, changes: &TreeChanges, diff: &Diff) -> (Lint, LintDetail) {
    let tree = ground.linted(changes);
    let broken = |error: SandboxError| LintRun { broken: Some(error.to_string()), ..LintRun::default() };
    let run = run(world, ground, &tree, diff).unwrap_or_else(broken);
    read(ground, &run, diff)
}

/// Runs the linters on a result, or finds them run, and compares with the base.
pub(super) fn measure(
    world: &World,
    bench: &Bench,
    run_key: &str,
    changes: &TreeChanges,
    diff: &Diff,
    sink: &dyn Sink,
) -> Result<(Lint, LintDetail), SinkError> {
    let ground = Ground {
        tree: bench.tree(),
        spec: &bench.spec,
        linters: &bench.linters,
        warm: &bench.snapshot.meta.warm,
        tests: bench.test_files(),
        made: &bench.guard.made,
    };
    let tree = ground.linted(changes);
    let key = &keys::lint(run_key, &tree);
    let run = match sink.lint_run(key) {
        Some(kept) => kept,
        None => match run(world, &ground, &tree, diff) {
            Ok(run) => {
                sink.keep_lint_run(key, &run)?;
                run
            }
            // Whatever a sandbox says is no finding; it is not kept, so that the next run tries again.
            Err(error) => LintRun { broken: Some(error.to_string()), ..LintRun::default() },
        },
    };
    Ok(read(&ground, &run, diff))
}

fn run(world: &World, ground: &Ground, tree: &TreeChanges, diff: &Diff) -> Result<LintRun, SandboxError> {
    let mut spec = ground.spec.clone();
    spec.limits.output_bytes = REPORT_BYTES;
    let mut session = world.sandbox.open(&spec)?;
    session.put(tree)?;
    let mut run = LintRun::default();
    // Formatters first: they execute nothing of the tree, so what they read is what was written.
    for linter in &ground.linters.rows {
        if let Way::Format { command, list } = linter.way {
            format_files(&mut *session, ground.tree, &linter.name, (command, list), diff, &mut run)?;
        }
    }
    for (name, command) in &ground.linters.commands {
        let output = session.run(&step(command.clone(), None))?;
        run.outputs.insert(name.clone(), output);
    }
    Ok(run)
}

/// How a formatter is asked about a file, and about several.
type Formatter = (fn(&dyn Tree, &str) -> Option<String>, Option<lint::Listing>);

fn format_files(
    session: &mut dyn Session,
    base: &dyn Tree,
    name: &str,
    (command_of, list): Formatter,
    diff: &Diff,
    run: &mut LintRun,
) -> Result<(), SandboxError> {
    let nothing = TreeChanges::new();
    let base = Overlaid { base, changes: &nothing };
    let changed = diff.files.iter().filter(|file| !file.binary && file.new_bytes != file.old_bytes);
    let mut files: Vec<(&FilePair, &str, String)> = changed
        .filter_map(|file| {
            let path = file.new.as_deref()?;
            Some((file, path, command_of(&base, path)?))
        })
        .collect();
    if let (Some(list), true) = (list, files.len() > 1) {
        let paths: Vec<&str> = files.iter().map(|(_, path, _)| *path).collect();
        let output = session.run(&step(list(&base, &paths), None))?;
        // Where it breaks off each is asked, so that one file that it cannot read hides none of the others.
        if matches!(output.ended, Ended::Exited(0 | 1)) && output.cut_bytes == 0 {
            let text = String::from_utf8_lossy(&output.stdout);
            let named: std::collections::BTreeSet<&str> = text.lines().map(str::trim).collect();
            files.retain(|(_, path, _)| named.contains(path));
        }
    }
    for (file, path, command) in files {
        let output = session.run(&step(command, Some(file.new_bytes.to_vec())))?;
        // What it would alter may have been there before: then the old text is asked too.
        if output.ended == Ended::Exited(0) {
            let altered = altered_lines(&file.new_bytes, &output.stdout);
            for old in compared::asked_before(diff, file, &altered) {
                ask_before(session, &base, name, command_of, diff, &old, run)?;
            }
        }
        run.outputs.insert(format!("{name} {path}"), output);
    }
    Ok(())
}

/// Asks a formatter, once, about a text of the base.
fn ask_before(
    session: &mut dyn Session,
    base: &dyn Tree,
    name: &str,
    command_of: fn(&dyn Tree, &str) -> Option<String>,
    diff: &Diff,
    path: &str,
    run: &mut LintRun,
) -> Result<(), SandboxError> {
    let key = before_key(name, path);
    let file = diff.files.iter().find(|file| file.old.as_deref() == Some(path));
    let (Some(file), Some(command), false) = (file, command_of(base, path), run.outputs.contains_key(&key))
    else {
        return Ok(());
    };
    let output = session.run(&step(command, Some(file.old_bytes.to_vec())))?;
    run.outputs.insert(key, output);
    Ok(())
}

/// Where a formatter's answer about a text of the base is kept.
fn before_key(name: &str, path: &str) -> String {
    format!("{name} base {path}")
}

fn step(command: String, stdin: Option<Vec<u8>>) -> Step {
    Step { command, timeout: TIMEOUT, merged: false, stdin, environment: BTreeMap::new() }
}

fn read(ground: &Ground, run: &LintRun, diff: &Diff) -> (Lint, LintDetail) {
    let mut detail = LintDetail::default();
    let mut build_failed = false;
    let (mut base, mut after): (Vec<Finding>, Vec<Finding>) = (Vec::new(), Vec::new());
    for name in &ground.linters.unknown {
        detail.unusable.push((name.clone(), "kerf knows no linter of that name".to_owned()));
    }
    for linter in &ground.linters.rows {
        if let Some(version) = ground.warm.get(&version_of(&linter.name)).and_then(version) {
            detail.versions.insert(linter.name.to_string(), version);
        }
        match (&linter.way, &run.broken) {
            (_, Some(why)) => detail.unusable.push((linter.name.to_string(), why.clone())),
            (Way::Tree { read, .. }, None) => {
                let name = linter.name.as_ref();
                let on_base = reading(*read, ground.warm.get(name));
                let on_result = reading(*read, run.outputs.get(name));
                match (on_base.unusable, on_result.unusable) {
                    (Some(why), _) => {
                        detail.unusable.push((linter.name.to_string(), format!("on the base: {why}")));
                    }
                    (None, Some(why)) => detail.unusable.push((linter.name.to_string(), why)),
                    (None, None) => {
                        detail.judged.insert(linter.name.to_string());
                        // Where the base does not pass the linter's compiler either, errors are compared one by one.
                        build_failed |= on_result.build_failed && !on_base.build_failed;
                        base.extend(on_base.findings);
                        after.extend(on_result.findings);
                    }
                }
            }
            (Way::Format { .. }, None) => {
                for file in diff.files.iter().filter(|file| !file.binary) {
                    unformatted(&linter.name, diff, file, run, &mut detail);
                }
            }
        }
    }
    for findings in [&mut base, &mut after] {
        findings.retain(|one| !ground.tests.contains_key(&one.file));
    }
    detail.unformatted_lines.retain(|(file, _)| !ground.tests.contains_key(file));
    let found = compared::compare(&base, &after, diff);
    let mut suppressions = compared::suppressions(diff);
    suppressions.retain(|one| !ground.tests.contains_key(&one.file));
    let unusable: std::collections::BTreeSet<&String> =
        detail.unusable.iter().map(|(name, _)| name).collect();
    let figures = compared::figures(
        &compared::LintParts {
            suppressions: &suppressions,
            unformatted_lines: detail.unformatted_lines.len(),
            build_failed,
            linters: ground.linters.rows.len() + ground.linters.unknown.len(),
            unusable: unusable.len(),
            compared: found.clone(),
        },
        diff,
    );
    let lint = Lint {
        status: match figures.status {
            compared::LintStatus::Clean => LintStatus::Clean,
            compared::LintStatus::Findings => LintStatus::Findings,
            compared::LintStatus::BuildFailed => LintStatus::BuildFailed,
            compared::LintStatus::Invalid => LintStatus::Invalid,
            compared::LintStatus::NoLinter => LintStatus::NoLinter,
        },
        new: figures.new,
        fixed: figures.fixed,
        suppressions: figures.suppressions,
        unformatted_lines: figures.unformatted_lines,
        changed_code_lines: figures.changed_code_lines,
    };
    detail.causes = compared::causes(&found.new);
    detail.style = style(diff, ground.tree);
    detail.new = found.new;
    detail.suppressions = suppressions;
    (lint, detail)
}

/// What a report says. What was not run says nothing, nor does what lacks its middle: that is no clean bill.
fn reading(read: fn(&StepOutput) -> Reading, output: Option<&StepOutput>) -> Reading {
    let unusable = |why: String| Reading { unusable: Some(why), ..Reading::default() };
    match output {
        None => unusable("it was not run".to_owned()),
        Some(output) if output.cut_bytes > 0 => {
            unusable(format!("it printed {} bytes more than kerf reads", output.cut_bytes))
        }
        Some(output) => read(output),
    }
}

/// The version that a tool's answer names, from its first digit on.
fn version(output: &StepOutput) -> Option<String> {
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().find(|line| !line.trim().is_empty() && output.ended == Ended::Exited(0))?;
    let from = line.find(|letter: char| letter.is_ascii_digit())?;
    line[from..].split_whitespace().next().map(str::to_owned)
}

/// Adds the changed lines of a file that its formatter would alter.
fn unformatted(name: &str, diff: &Diff, file: &FilePair, run: &LintRun, detail: &mut LintDetail) {
    let Some(path) = file.new.as_deref() else { return };
    let Some(output) = run.outputs.get(&format!("{name} {path}")) else { return };
    match output.ended {
        Ended::Exited(0) if output.cut_bytes == 0 => {
            let altered = altered_lines(&file.new_bytes, &output.stdout);
            let before: BTreeMap<String, Vec<usize>> = diff
                .files
                .iter()
                .filter_map(|file| {
                    let old = file.old.as_deref()?;
                    let output = run.outputs.get(&before_key(name, old))?;
                    let whole = output.ended == Ended::Exited(0) && output.cut_bytes == 0;
                    whole.then(|| (old.to_owned(), altered_lines(&file.old_bytes, &output.stdout)))
                })
                .collect();
            let lines = compared::unformatted_lines(diff, file, &altered, &before);
            detail.unformatted_lines.extend(lines.into_iter().map(|line| (path.to_owned(), line)));
        }
        // 126 and 127 are the shell's: the tool is not there.
        Ended::Exited(126 | 127) => {
            let why =
                String::from_utf8_lossy(&output.stderr).lines().next().unwrap_or("cannot be run").to_owned();
            if !detail.unusable.iter().any(|(unusable, _)| unusable == name) {
                detail.unusable.push((name.to_owned(), why));
            }
        }
        // What it cannot parse it cannot judge: the compiler says what is wrong there.
        Ended::Exited(_) | Ended::Signalled(_) | Ended::TimedOut | Ended::OutOfMemory => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The half of a report that was kept may read as a whole one.
    #[test]
    fn a_report_that_was_cut_or_never_made_is_no_clean_bill() {
        let output = |cut_bytes| StepOutput {
            ended: Ended::Exited(0),
            stdout: Vec::new(),
            stderr: Vec::new(),
            cut_bytes,
            seconds: 0.0,
        };
        let told = |output: Option<StepOutput>| reading(|_| Reading::default(), output.as_ref()).unusable;
        assert_eq!(told(Some(output(0))), None);
        assert_eq!(told(Some(output(17))).as_deref(), Some("it printed 17 bytes more than kerf reads"));
        assert_eq!(told(None).as_deref(), Some("it was not run"));
    }
}
