//! One call of a runner: files, their tests, and what the summary told.
//!
//! In: [`Run`]s as a reader found them. Out: results under ids, oddities and incomplete parts of a [`Reading`]. All
//! that jest and vitest have in common once their lines are read is decided here, so that both give the same ids.
//!
//! Invariant: of a run that has no summary the last line of the log is never taken for a pass, since it may be half a
//! line.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{Incomplete, ReadContext, Reading, Status, TestResult, text};
use super::{Stream, announced, file};

/// A test.
#[derive(Debug, Clone, PartialEq)]
pub struct Test {
    /// Suites and title, joined by ` > `.
    pub title: String,
    /// Status.
    pub status: Status,
    /// Seconds.
    pub seconds: Option<f64>,
    /// 1-based line of the log.
    pub line: usize,
}

/// A file of tests, as a run tells of it.
#[derive(Debug, Clone, PartialEq)]
pub struct File {
    /// As the log names it.
    pub path: String,
    /// What the log says of the whole.
    pub status: Status,
    /// Seconds.
    pub seconds: Option<f64>,
    /// 1-based line of the log.
    pub line: usize,
    /// Tests that are named.
    pub tests: Vec<Test>,
    /// It could not be run, or not to its end.
    pub broken: bool,
    /// Not all of its tests are named: the file stands for them.
    pub quiet: bool,
}

/// One call of a runner.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Run {
    /// Package whose script it was, where the log tells.
    pub package: Option<String>,
    /// Files.
    pub files: Vec<File>,
    /// Told by the summary: passed, failed, all. None: there is no summary.
    pub told: Option<Told>,
    /// 1-based line at which it began.
    pub line: usize,
}

/// Counts of a summary.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Told {
    /// Tests that passed.
    pub passed: usize,
    /// Tests that failed.
    pub failed: usize,
    /// Tests, skipped ones included.
    pub total: usize,
    /// Tests that were announced and not run, as after an early stop.
    pub unrun: usize,
    /// Files that were run, and files in all.
    pub files: Option<(usize, usize)>,
    /// 1-based line.
    pub line: usize,
}

/// Writes runs into a reading.
pub fn settle(reading: &mut Reading, runs: Vec<Run>, last_line: usize, context: &ReadContext) {
    let packages: BTreeSet<&str> =
        runs.iter().filter(|run| !run.files.is_empty()).filter_map(|run| run.package.as_deref()).collect();
    let several = packages.len() > 1;
    let prefixes: Vec<Option<String>> =
        runs.iter().map(|run| folder(run.package.as_deref(), several, context)).collect();
    for (run, prefix) in runs.into_iter().zip(prefixes) {
        one(reading, run, prefix.as_deref(), last_line, context);
    }
    reading.build_failed |= !reading.failed_targets.is_empty();
    reading.tests.sort_by_key(|test| test.line);
}

/// Folder of a package: by its manifest where the tree is known, else its name where the log has several.
fn folder(package: Option<&str>, several: bool, context: &ReadContext) -> Option<String> {
    let package = package?;
    if let Some(known) = context.packages.iter().find(|known| known.name == package || known.dir == package) {
        return (!known.dir.is_empty()).then(|| known.dir.clone());
    }
    several.then(|| package.to_owned())
}

fn one(reading: &mut Reading, mut run: Run, prefix: Option<&str>, last_line: usize, context: &ReadContext) {
    let path = |path: &str| {
        let path = file(path, context);
        match prefix {
            Some(prefix) if !path.starts_with('/') && !path.starts_with(&format!("{prefix}/")) => {
                format!("{prefix}/{path}")
            }
            _ => path,
        }
    };
    for file in &mut run.files {
        file.path = path(&file.path);
    }
    forged(reading, &mut run);
    let counted = run.files.iter().flat_map(|file| &file.tests).map(|test| test.status);
    let counted = counted.filter(|status| *status != Status::Errored);
    let (mut named, mut passed, mut failed) = (0, 0, 0);
    for status in counted {
        named += 1;
        passed += usize::from(status.holds());
        failed += usize::from(matches!(status, Status::Failed | Status::TimedOut | Status::Xpassed));
    }
    let quiet = run.files.iter().any(|file| file.quiet);
    if run.line == 0 {
        run.line = run.files.iter().map(|file| file.line).min().unwrap_or(1);
    }
    let ended = run.told.is_some();
    let files = run.files.len();
    for (at, file) in run.files.into_iter().enumerate() {
        let seen = file.tests.len();
        let mut statuses: BTreeMap<&str, Status> = BTreeMap::new();
        for test in &file.tests {
            let first = *statuses.entry(&test.title).or_insert(test.status);
            if first != test.status {
                let File { path, .. } = &file;
                reading
                    .oddities
                    .push(format!("line {}: {path} > {} has two results that differ", test.line, test.title));
            }
        }
        if file.broken {
            if seen == 0 && !reading.failed_targets.contains(&file.path) {
                reading.failed_targets.push(file.path.clone());
            }
            let target = Some(file.path.clone());
            reading.incomplete.push(Incomplete { target, announced: None, seen, line: file.line });
        }
        // Of a log that was cut, the last file's tests may follow: what it stands for is not known.
        let open = !ended && at + 1 == files;
        if file.broken || (file.quiet && !(open && file.status.holds())) {
            let status = if file.broken && seen == 0 { Status::Errored } else { file.status };
            let File { path, line, seconds, .. } = &file;
            let (id, line, seconds) = (path.clone(), *line, *seconds);
            reading.tests.push(TestResult { id, status, line, seconds, source_line: None });
        }
        for test in file.tests {
            let Test { title, mut status, seconds, line } = test;
            let id = if file.path.is_empty() { title } else { format!("{} > {title}", file.path) };
            if !ended && line >= last_line && status != Status::Failed {
                reading.unread.push(text::unread(line, &id));
                status = Status::Unreached;
            }
            reading.tests.push(TestResult { id, status, line, seconds, source_line: None });
        }
    }
    match run.told {
        Some(told) => compare(reading, told, quiet, named, passed, failed),
        None if files > 0 => {
            let line = run.line;
            reading.incomplete.push(Incomplete { target: None, announced: None, seen: named, line });
        }
        None => {}
    }
}

/// A file that one run prints twice, once as failed: of the other nothing counts that the first does not name.
fn forged(reading: &mut Reading, run: &mut Run) {
    let mut failed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for file in &run.files {
        *times.entry(file.path.clone()).or_default() += 1;
        if file.status == Status::Failed {
            let titles = failed.entry(file.path.clone()).or_default();
            titles.extend(file.tests.iter().map(|test| test.title.clone()));
        }
    }
    times.retain(|_, times| *times > 1);
    let mut notes = BTreeMap::new();
    for file in run.files.iter_mut().filter(|file| times.contains_key(&file.path)) {
        notes.entry(file.path.clone()).or_insert(file.line);
        let Some(real) = failed.get(&file.path) else { continue };
        if file.status != Status::Failed {
            file.quiet = false;
            file.tests.retain(|test| {
                let kept = !test.status.holds() || real.contains(&test.title);
                if !kept {
                    reading.unread.push(text::unread(test.line, &format!("{} > {}", file.path, test.title)));
                }
                kept
            });
        }
    }
    for (path, line) in notes {
        reading.oddities.push(format!("line {line}: {path} was printed twice in one run"));
    }
}

/// Counts against lines.
fn compare(reading: &mut Reading, told: Told, quiet: bool, named: usize, passed: usize, failed: usize) {
    let line = told.line;
    if quiet && told.total > named {
        let unnamed = told.total - named;
        reading.oddities.push(format!("line {line}: quiet output, {unnamed} tests are not named"));
    }
    for (word, told, seen) in [("passed", told.passed, passed), ("failed", told.failed, failed)] {
        let differs = if quiet { seen > told } else { seen != told };
        if differs {
            reading
                .oddities
                .push(format!("line {line}: the summary tells {told} {word}, {seen} were printed"));
        }
    }
    if told.unrun > 0 {
        let (seen, announced) = (told.total - told.unrun.min(told.total), Some(told.total));
        reading.incomplete.push(Incomplete { target: None, announced, seen, line });
    }
    if let Some((run, all)) = told.files.filter(|(run, all)| run < all) {
        reading.oddities.push(format!("line {line}: only {run} of {all} files were run"));
        reading.incomplete.push(Incomplete { target: None, announced: None, seen: named, line });
    }
}

/// The package of a stream's lines so far: the script that npm announced last, else the prefix of its lines.
pub fn package<'l>(stream: &Stream<'l>, text: &'l str, current: Option<&'l str>) -> Option<&'l str> {
    announced(text).or(current).or(stream.package)
}
