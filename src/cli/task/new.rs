//! `kerf task new`: proven tasks from commits.
//!
//! In: a repository and commits of it. Out: a task folder for each commit that makes one, and for each other the first
//! reason why not; over many commits a funnel.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::{Exit, context};
use crate::cli::exit::bad_input;
use crate::evaluate::draft::{Draft, DraftOptions, ReleasePair, draft, draft_release};
use crate::evaluate::fallout::{Fallout, Rejected};
use crate::evaluate::make::{Made, make};
use crate::evaluate::{ValidateOptions, World};
use crate::repo::{History, Mirrors};
use crate::report::escape;
use crate::sandbox::Sandbox;
use crate::store::ProofFolder;
use crate::task::{Registry, Source, Task, WriteError, read_suite, write_task};

/// Schema name of a line.
const SCHEMA: &str = "kerf/task-new/1";

/// Arguments of `kerf task new`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct NewArguments {
    /// A folder, a bare mirror, a git URL, git:URL, github:OWNER/NAME, or a package (crate:NAME, npm:NAME, pypi:NAME)
    #[arg(long, value_name = "REPO")]
    repo: String,
    /// A commit, or a range A..B; of a package a pair of releases BASE..GOLD; repeats
    #[arg(long, value_name = "REV")]
    commit: Vec<String>,
    /// A file with a commit or range a line; # begins a comment
    #[arg(long, value_name = "FILE")]
    commits: Option<PathBuf>,
    /// Folder that the task folders are written to
    #[arg(long, default_value = "tasks", value_name = "DIR")]
    out: PathBuf,
    /// Id of the task, in place of NAME-COMMIT; with one commit only
    #[arg(long)]
    id: Option<String>,
    /// Problem statement, in place of the commit's message; with one commit only
    #[arg(long, value_name = "FILE")]
    statement: Option<PathBuf>,
    /// Test command, in place of the language's own
    #[arg(long, value_name = "COMMAND")]
    test_command: Option<String>,
    /// Format of what it prints
    #[arg(long, value_name = "NAME")]
    format: Option<String>,
    /// Language, in place of that of most changed files
    #[arg(long, value_name = "NAME")]
    language: Option<String>,
    /// Wall clock of the test command in seconds
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<u64>,
    /// Run nothing: the tests to turn are those that the commit adds or changes, unproven
    #[arg(long)]
    no_validate: bool,
    /// How often gold is run again, each time in another way
    #[arg(long, default_value_t = 3, value_name = "N")]
    repeats: u32,
    /// Take a merge as a change to its first parent
    #[arg(long)]
    first_parent: bool,
    /// At most so many changed files
    #[arg(long, default_value_t = 50, value_name = "N")]
    max_files: usize,
    /// At most so many changed lines outside tests
    #[arg(long, default_value_t = 2000, value_name = "N")]
    max_lines: usize,
    /// Keep drafts that fell out once their tests had been run, under OUT/rejected
    #[arg(long)]
    keep: bool,
    /// Local mirrors, such as /mirrors/{owner}+{name}/repo
    #[arg(long, value_name = "TEMPLATE")]
    mirror: Option<String>,
    /// namespaces, or none
    #[arg(long, default_value = "namespaces", value_name = "NAME")]
    sandbox: String,
    /// With --sandbox none: commits may do to this machine what they like
    #[arg(long)]
    trust_patches: bool,
    /// Print a JSON object a commit
    #[arg(long)]
    json: bool,
}

/// What became of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// A task whose tests were seen to turn.
    Proven,
    /// A task whose tests were not run.
    Unproven,
    /// No task.
    Rejected,
}

/// A line of `kerf task new --json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Candidate {
    /// `kerf/task-new/1`.
    pub schema: String,
    /// 40 hex digits; of a pair of releases `BASE..GOLD`.
    pub commit: String,
    /// Id of the task, null where it never came to one.
    pub task: Option<String>,
    /// What became of it.
    pub status: Status,
    /// Why it was rejected.
    pub reason: Option<Fallout>,
    /// More about the reason; may be empty.
    pub detail: String,
    /// Tests to turn.
    pub fail_to_pass: Vec<String>,
    /// Number of tests that go on passing, null where nothing was run.
    pub pass_to_pass: Option<usize>,
    /// Tests with different results from run to run: in no list.
    pub flaky: Vec<String>,
    /// What the maker of the task should know.
    pub warnings: Vec<String>,
    /// Runs of the test command.
    pub runs: usize,
    /// Seconds of set-up and runs.
    pub seconds: f64,
}

/// The repository, and what tasks will call it.
struct Repository {
    history: History,
    source: Source,
    name: String,
}

/// Makes tasks.
pub(super) fn main(arguments: &NewArguments) -> anyhow::Result<Exit> {
    let variables = context::variables();
    let cache = context::cache(&variables)?;
    let mirrors = Mirrors::new(cache.clone(), arguments.mirror.clone());
    let specs = specs(arguments)?;
    if let Some((registry, package)) = registry_of(&arguments.repo) {
        return releases(arguments, registry, package, &specs, variables, cache);
    }
    let repository = repository(&arguments.repo, &mirrors, specs.first().map_or("HEAD", String::as_str))?;
    let commits = commits(&repository.history, &specs)?;
    if commits.len() != 1 && (arguments.id.is_some() || arguments.statement.is_some()) {
        return Err(bad_input(format!(
            "--id and --statement are of one commit; there are {}",
            commits.len()
        )));
    }
    let options = options(arguments, repository.source.clone(), repository.name.clone())?;
    let sandbox = context::sandbox(&arguments.sandbox, arguments.trust_patches)?;
    // A task made in a clone of a hosted repository names the host; its repository is at hand all the same.
    let here = Path::new(&arguments.repo).is_dir().then(|| repository.history.place().display().to_string());
    let mirror = here.or_else(|| arguments.mirror.clone());
    std::fs::create_dir_all(&cache).with_context(|| format!("cannot make {}", cache.display()))?;
    let scratch =
        tempfile::Builder::new().prefix("task-new-").tempdir_in(&cache).context("no place for logs")?;
    let logs = ProofFolder::open(&scratch.path().join("logs"))?;
    let worlds = BTreeMap::new();
    let mut maker = Maker { arguments, options, cache, sandbox, variables, mirror, logs, worlds };
    tell(arguments, commits.iter().map(|commit| maker.make(&repository.history, commit)))
}

/// Makes tasks from pairs of releases of a package.
fn releases(
    arguments: &NewArguments,
    registry: Registry,
    package: &str,
    specs: &[String],
    variables: BTreeMap<String, String>,
    cache: PathBuf,
) -> anyhow::Result<Exit> {
    let mut pairs = Vec::new();
    for spec in specs {
        let pair = spec.split_once("..").filter(|(base, gold)| !base.is_empty() && !gold.is_empty());
        pairs.push(pair.ok_or_else(|| {
            bad_input(format!(
                "--commit {spec}: releases are given in pairs, BASE..GOLD, such as 1.2.0..1.2.1"
            ))
        })?);
    }
    if pairs.len() != 1 && (arguments.id.is_some() || arguments.statement.is_some()) {
        return Err(bad_input(format!("--id and --statement are of one pair; there are {}", pairs.len())));
    }
    let source =
        Source::Registry { registry, name: package.to_owned(), version: String::new(), sha256: None };
    let options = options(arguments, source, package.to_owned())?;
    let sandbox = context::sandbox(&arguments.sandbox, arguments.trust_patches)?;
    std::fs::create_dir_all(&cache).with_context(|| format!("cannot make {}", cache.display()))?;
    let scratch =
        tempfile::Builder::new().prefix("task-new-").tempdir_in(&cache).context("no place for logs")?;
    let logs = ProofFolder::open(&scratch.path().join("logs"))?;
    let (worlds, mirror) = (BTreeMap::new(), None);
    let fetching = World::with_tools(&cache, None, Arc::clone(&sandbox), &variables, BTreeSet::new());
    let mut maker = Maker { arguments, options, cache, sandbox, variables, mirror, logs, worlds };
    let made = pairs.into_iter().map(|(base, gold)| {
        let pair = ReleasePair { registry, name: package, base, gold };
        let drafted = draft_release(&fetching.mirrors, pair, &maker.options);
        maker.finish(&format!("{base}..{gold}"), drafted)
    });
    tell(arguments, made)
}

/// The registry and package of `crate:NAME`, `npm:NAME`, `pypi:NAME`.
fn registry_of(text: &str) -> Option<(Registry, &str)> {
    let (registry, package) = text.split_once(':')?;
    Some((Registry::named(registry)?, package)).filter(|(_, package)| !package.is_empty())
}

/// Tells of each candidate when it is done, and of all at the end.
fn tell(
    arguments: &NewArguments,
    candidates: impl Iterator<Item = anyhow::Result<Candidate>>,
) -> anyhow::Result<Exit> {
    let mut all = Vec::new();
    for candidate in candidates {
        let candidate = candidate?;
        let text = if arguments.json { serde_json::to_string(&candidate)? } else { line(&candidate) };
        crate::cli::report::print(&text)?;
        all.push(candidate);
    }
    if all.len() > 1 && !arguments.json {
        crate::cli::report::print(&funnel(&all))?;
    }
    let any = all.iter().any(|candidate| candidate.status != Status::Rejected);
    Ok(if any { Exit::Fine } else { Exit::Invalid })
}

/// Commits and ranges as given.
fn specs(arguments: &NewArguments) -> anyhow::Result<Vec<String>> {
    let mut specs = arguments.commit.clone();
    if let Some(path) = &arguments.commits {
        let text = std::fs::read_to_string(path)
            .map_err(|error| bad_input(format!("--commits {}: {error}", path.display())))?;
        let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
        specs.extend(lines.filter(|line| !line.is_empty()).map(str::to_owned));
    }
    if specs.is_empty() {
        return Err(bad_input("no commit: give --commit REV, --commit A..B, or --commits FILE"));
    }
    Ok(specs)
}

/// Ids, each once, in the order given.
fn commits(history: &History, specs: &[String]) -> anyhow::Result<Vec<String>> {
    let mut ids: Vec<String> = Vec::new();
    for spec in specs {
        for id in history.range(spec).map_err(bad_input)? {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
    }
    if ids.is_empty() {
        return Err(bad_input("the range holds no commit"));
    }
    Ok(ids)
}

fn repository(text: &str, mirrors: &Mirrors, wanted: &str) -> anyhow::Result<Repository> {
    let wanted = wanted.split("..").last().filter(|revision| !revision.is_empty()).unwrap_or("HEAD");
    if let Some(rest) = text.strip_prefix("github:") {
        let Some((owner, name)) = rest.split_once('/').filter(|(o, n)| !o.is_empty() && !n.is_empty()) else {
            return Err(bad_input(format!("--repo {text}: write github:OWNER/NAME")));
        };
        let source = Source::GitHub { owner: owner.to_owned(), name: name.to_owned() };
        let history = mirrors.history(&source, wanted).map_err(bad_input)?;
        return Ok(Repository { history, source, name: name.to_owned() });
    }
    let folder = Path::new(text);
    if folder.is_dir() {
        let history = History::open(folder).map_err(|error| {
            bad_input(format!(
                "{error}; a plain folder makes no task: its commits are what tasks are made of"
            ))
        })?;
        let hosted = history.origin().as_deref().and_then(hosted);
        let source = hosted.unwrap_or_else(|| Source::Git(history.place().display().to_string()));
        let name = match &source {
            Source::GitHub { name, .. } => name.clone(),
            Source::Git(_) | Source::Path(_) | Source::Registry { .. } => {
                base_name(&history.place().display().to_string())
            }
        };
        return Ok(Repository { history, source, name });
    }
    let url = text.strip_prefix("git:").filter(|rest| !rest.starts_with("//")).unwrap_or(text);
    if !url.contains([':', '/']) {
        return Err(bad_input(format!("--repo {text}: no such folder, and no URL")));
    }
    let url = if Path::new(url).is_dir() {
        History::open(Path::new(url)).map_err(bad_input)?.place().display().to_string()
    } else {
        url.to_owned()
    };
    let source = hosted(&url).unwrap_or_else(|| Source::Git(url.clone()));
    let history = mirrors.history(&source, wanted).map_err(bad_input)?;
    Ok(Repository { history, source, name: base_name(&url) })
}

/// The GitHub repository that a URL names.
fn hosted(url: &str) -> Option<Source> {
    let rest = ["https://github.com/", "http://github.com/", "ssh://git@github.com/", "git@github.com:"]
        .iter()
        .find_map(|start| url.strip_prefix(start))?;
    let (owner, name) = rest.trim_end_matches('/').split_once('/')?;
    let name = name.strip_suffix(".git").unwrap_or(name);
    let plain = !owner.is_empty() && !name.is_empty() && !name.contains('/');
    plain.then(|| Source::GitHub { owner: owner.to_owned(), name: name.to_owned() })
}

/// The last part of a path or URL, as a plain name.
fn base_name(path: &str) -> String {
    let path = path.trim_end_matches('/');
    let last = path.rsplit(['/', ':']).next().unwrap_or(path);
    let name: String = last
        .strip_suffix(".git")
        .unwrap_or(last)
        .chars()
        .map(|c| if c.is_alphanumeric() || "._-".contains(c) { c } else { '-' })
        .collect();
    if name.is_empty() { "task".to_owned() } else { name }
}

fn options(arguments: &NewArguments, source: Source, name: String) -> anyhow::Result<DraftOptions> {
    let statement = match &arguments.statement {
        None => None,
        Some(path) => Some(
            std::fs::read_to_string(path)
                .map_err(|error| bad_input(format!("--statement {}: {error}", path.display())))?,
        ),
    };
    if let Some(id) = &arguments.id
        && (id.is_empty()
            || id == "."
            || id == ".."
            || id.contains(['/', '\\'])
            || id.contains(char::is_control))
    {
        return Err(bad_input(format!("--id {id}: must be a plain name without slashes")));
    }
    if let Some(format) = &arguments.format
        && format != "auto"
        && crate::harness::Format::from_name(format).is_none()
    {
        let known: Vec<&str> = crate::harness::READERS.iter().map(|reader| reader.name).collect();
        return Err(bad_input(format!("--format {format} is unknown; known are auto, {}", known.join(", "))));
    }
    if arguments.timeout == Some(0) {
        return Err(bad_input("--timeout 0: write a number of seconds above 0"));
    }
    Ok(DraftOptions {
        source,
        name,
        id: arguments.id.clone(),
        statement,
        test_command: arguments.test_command.clone(),
        format: arguments.format.clone(),
        language: arguments.language.as_ref().map(|name| name.to_lowercase()),
        timeout: arguments.timeout.map(Duration::from_secs),
        first_parent: arguments.first_parent,
        max_files: arguments.max_files,
        max_lines: arguments.max_lines,
    })
}

/// What all commits share.
struct Maker<'a> {
    arguments: &'a NewArguments,
    options: DraftOptions,
    cache: PathBuf,
    sandbox: Arc<dyn Sandbox>,
    variables: BTreeMap<String, String>,
    /// Where a task's repository is found: that of `--mirror`, or the folder that was given.
    mirror: Option<String>,
    /// Logs of validations, for this call only.
    logs: ProofFolder,
    /// By language and version of its tools.
    worlds: BTreeMap<(String, Option<String>), World>,
}

impl Maker<'_> {
    /// A candidate of a commit. Fails only where a task cannot be written.
    fn make(&mut self, history: &History, commit: &str) -> anyhow::Result<Candidate> {
        let drafted = draft(history, commit, &self.options);
        self.finish(commit, drafted)
    }

    /// Proves and writes what was drafted of a commit or pair of releases.
    fn finish(&mut self, commit: &str, drafted: Result<Draft, Rejected>) -> anyhow::Result<Candidate> {
        let mut candidate = Candidate {
            schema: SCHEMA.to_owned(),
            commit: commit.to_owned(),
            task: None,
            status: Status::Rejected,
            reason: None,
            detail: String::new(),
            fail_to_pass: Vec::new(),
            pass_to_pass: None,
            flaky: Vec::new(),
            warnings: Vec::new(),
            runs: 0,
            seconds: 0.0,
        };
        let draft = match drafted {
            Ok(draft) => draft,
            Err(rejected) => return Ok(candidate.rejected(rejected)),
        };
        candidate.task = Some(draft.task.id.clone());
        candidate.warnings.clone_from(&draft.warnings);
        let folder = self.arguments.out.join(&draft.task.id);
        if folder.exists() {
            return Ok(candidate.rejected(Rejected::new(Fallout::Exists, folder.display())));
        }
        if self.arguments.no_validate {
            let task = draft.unproven();
            if task.test.fail_to_pass.is_empty() {
                let detail = "no changed test function is seen in the test patch; they are found by running";
                return Ok(candidate.rejected(Rejected::new(Fallout::NoTestTurns, detail)));
            }
            write(&folder, &task)?;
            candidate.status = Status::Unproven;
            candidate.fail_to_pass = task.test.fail_to_pass;
            return Ok(candidate);
        }
        match self.prove(&draft) {
            Ok(made) => {
                write(&folder, &made.task)?;
                candidate.status = Status::Proven;
                candidate.fail_to_pass = made.task.test.fail_to_pass;
                candidate.pass_to_pass = Some(made.pass_to_pass);
                candidate.flaky = made.unstable;
                candidate.warnings.extend(made.warnings);
                (candidate.runs, candidate.seconds) = (made.runs, made.seconds);
                Ok(candidate)
            }
            Err(rejected) => {
                if self.arguments.keep {
                    keep(&self.arguments.out, &draft.unproven(), &rejected)?;
                }
                Ok(candidate.rejected(rejected))
            }
        }
    }

    fn prove(&mut self, draft: &Draft) -> Result<Made, Rejected> {
        let tools = (draft.task.language.clone(), draft.task.environment.toolchain.clone());
        let world = self.worlds.entry(tools.clone()).or_insert_with(|| {
            let (sandbox, mirror) = (Arc::clone(&self.sandbox), self.mirror.clone());
            World::with_tools(&self.cache, mirror, sandbox, &self.variables, BTreeSet::from([tools]))
        });
        let options = ValidateOptions {
            repeats: self.arguments.repeats,
            seed: 0,
            keep_going: false,
            timeout_s: self.arguments.timeout,
        };
        make(world, draft, &options, &self.logs)
    }
}

impl Candidate {
    fn rejected(self, rejected: Rejected) -> Self {
        Self { reason: Some(rejected.why), detail: rejected.detail, ..self }
    }
}

/// Writes a task, and reads it back: it must be the same.
fn write(folder: &Path, task: &Task) -> anyhow::Result<()> {
    write_task(folder, task).map_err(|error| match error {
        WriteError::Io { .. } => anyhow::Error::new(error),
        WriteError::Exists(_) | WriteError::Inexpressible(_) => bad_input(error),
    })?;
    let suite = read_suite(folder).map_err(|problem| anyhow::anyhow!("{problem}"));
    let same = suite.and_then(|suite| {
        let read = suite
            .tasks
            .into_iter()
            .next()
            .with_context(|| suite.problems.first().map(ToString::to_string).unwrap_or_default())?;
        let read = read.load().map_err(|problem| anyhow::anyhow!("{problem}"))?;
        let named = Task { hash: String::new(), origin: task.origin.clone(), filled: Vec::new(), ..read };
        anyhow::ensure!(named == *task, "the task just written reads back otherwise");
        Ok(())
    });
    if same.is_err() {
        let _ = std::fs::remove_dir_all(folder);
    }
    same
}

/// Keeps a draft that fell out, beside the tasks and out of the suite's sight.
fn keep(out: &Path, task: &Task, rejected: &Rejected) -> anyhow::Result<()> {
    let folder = out.join("rejected").join(&task.id);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    write_task(&folder, task)?;
    let path = folder.join("reason.txt");
    std::fs::write(&path, format!("{rejected}\n")).with_context(|| format!("cannot write {}", path.display()))
}

/// A candidate in a line, its warnings below.
fn line(candidate: &Candidate) -> String {
    let releases = candidate.commit.contains("..");
    let short =
        if releases { &candidate.commit } else { &candidate.commit[..candidate.commit.len().min(10)] };
    let id = candidate.task.as_deref().unwrap_or_default();
    let mut text = match (candidate.status, candidate.reason) {
        (Status::Rejected, reason) => {
            let more = if candidate.detail.is_empty() { "" } else { ": " };
            format!("{short}  {}{more}{}", reason.map_or("rejected", Fallout::text), candidate.detail)
        }
        (status, _) => {
            let word = if status == Status::Proven { "proven" } else { "unproven" };
            let kept = candidate.pass_to_pass.map_or_else(|| "base".to_owned(), |count| count.to_string());
            let flaky = match candidate.flaky.len() {
                0 => String::new(),
                count => format!(" · {count} flaky left out"),
            };
            let tests = candidate.fail_to_pass.len();
            format!("{short}  {word}: {id} · {tests} fail-to-pass, {kept} pass-to-pass{flaky}")
        }
    };
    for warning in &candidate.warnings {
        text.push_str("\n            warning: ");
        text.push_str(warning);
    }
    text.lines().map(escape::terminal).collect::<Vec<_>>().join("\n")
}

/// How many commits there were, and what became of them: tasks first, then reasons in the order in which they are tried.
fn funnel(all: &[Candidate]) -> String {
    let mut counts: BTreeMap<(Status, Option<Fallout>), usize> = BTreeMap::new();
    for candidate in all {
        *counts.entry((candidate.status, candidate.reason)).or_insert(0) += 1;
    }
    let mut text = format!("\n{:>5}  commits\n", all.len());
    for ((status, reason), count) in counts {
        let word = match (status, reason) {
            (Status::Proven, _) => "proven",
            (Status::Unproven, _) => "unproven",
            (Status::Rejected, reason) => reason.map_or("rejected", Fallout::text),
        };
        let _ = writeln!(text, "{count:>5}  {word}");
    }
    text
}
