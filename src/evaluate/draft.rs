//! From a commit to a task whose tests have not been run yet.
//!
//! In: a commit of a [`History`], and what the task is to say of its repository, commands and statement. Out: a
//! [`Draft`]: base, gold and test patch apart, statement, environment, and warnings; or the reason why there is none.
//!
//! Invariant: both patches of a draft apply to its base, and give exactly what the commit has.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::fallout::{Fallout, Rejected};
use super::splice::{Split, split};
use super::statement;
use crate::diff::{Role, role_of};
use crate::harness::npm_script;
use crate::patch::{self, ApplyError, Blob, Tree, TreeChanges};
use crate::repo::{BaseTree, Commit, History, Mirrors, Release};
use crate::syntax::inline_tests::test_functions;
use crate::syntax::{self, language_of};
use crate::task::{
    Environment, PassToPass, PatchSource, Profiles, Published, Registry, Source, Task, TestPlan, profile,
};

/// What a task is to be made with.
#[derive(Debug, Clone)]
pub struct DraftOptions {
    /// Repository, as the task will name it.
    pub source: Source,
    /// Name of the repository, for ids.
    pub name: String,
    /// Id in place of `NAME-COMMIT`.
    pub id: Option<String>,
    /// Statement in place of the commit's message.
    pub statement: Option<String>,
    /// Test command in place of the profile's.
    pub test_command: Option<String>,
    /// Format of its output, in place of the profile's.
    pub format: Option<String>,
    /// Language, in place of that of most changed files.
    pub language: Option<String>,
    /// Wall clock of the test command, in place of the profile's.
    pub timeout: Option<Duration>,
    /// A merge is taken as the change to its first parent.
    pub first_parent: bool,
    /// At most so many files in both patches together.
    pub max_files: usize,
    /// At most so many lines added and removed in gold.
    pub max_lines: usize,
}

/// A task that has not been proven.
pub struct Draft {
    /// The task; its lists are empty, and it has no hash.
    pub task: Task,
    /// Its base.
    pub base: BaseTree,
    /// Its patches.
    pub split: Split,
    /// Names of test functions that the test patch adds or changes, where syntax tells.
    pub changed_tests: BTreeSet<String>,
    /// What its maker should know.
    pub warnings: Vec<String>,
}

/// Drafts a task.
pub fn draft(history: &History, revision: &str, options: &DraftOptions) -> Result<Draft, Rejected> {
    let unreadable = |error: crate::repo::RepoError| Rejected::new(Fallout::Unreadable, error);
    let commit = history.commit(revision).map_err(unreadable)?;
    let parent = parent(&commit, options.first_parent)?;
    if let Some(path) = history.changed_submodules(parent, &commit.id).map_err(unreadable)?.first() {
        return Err(Rejected::new(Fallout::Submodule, path));
    }
    let base = history.tree(parent).map_err(unreadable)?;
    let changes = base.changes_to(&options.name, &commit.id).map_err(unreadable)?;
    let split = split(&base, &changes);
    check_kinds(&base, &split)?;
    let [gold, tests] = [patch_of(&base, &split.gold)?, patch_of(&base, &split.tests)?];
    check_size(&split, &gold, options)?;
    let statement = options.statement.clone().unwrap_or_else(|| statement::from_message(&commit.message));
    let task = Origin {
        id: format!("{}-{}", options.name, &commit.id[..10]),
        commit: Some(parent.to_owned()),
        source: options.source.clone(),
        gold: PatchSource::Text(gold),
        tests: PatchSource::Text(tests),
        read_from: format!("commit {}", commit.id),
        statement,
    };
    task.draft(base, split, options)
}

/// Two releases of a package.
#[derive(Debug, Clone, Copy)]
pub struct ReleasePair<'a> {
    /// Where they were published.
    pub registry: Registry,
    /// Package.
    pub name: &'a str,
    /// Version of the base.
    pub base: &'a str,
    /// Version with the fix.
    pub gold: &'a str,
}

/// Drafts a task from two releases: the difference in code files is gold, that in test files the test patch. Nothing
/// else of the later release is part of it.
pub fn draft_release(
    mirrors: &Mirrors,
    pair: ReleasePair<'_>,
    options: &DraftOptions,
) -> Result<Draft, Rejected> {
    let unreadable = |error: crate::repo::RepoError| Rejected::new(Fallout::Unreadable, error);
    let ReleasePair { registry, name, base, gold } = pair;
    let of = |version| Release { registry, name, version, sha256: None };
    let tree = mirrors.release(&of(base)).map_err(unreadable)?;
    let later = mirrors.release(&of(gold)).map_err(unreadable)?;
    let mut split = Split { gold: TreeChanges::new(), tests: TreeChanges::new(), inline: Vec::new() };
    for (path, blob) in super::trees::differences(&tree, &later) {
        let bytes = blob.as_ref().map_or(&[][..], |blob| &blob.bytes);
        match role_of(&path, bytes) {
            Role::Test => split.tests.insert(path, blob),
            Role::Code => split.gold.insert(path, blob),
            _ => None,
        };
    }
    check_kinds(&tree, &split)?;
    check_size(&split, &patch_of(&tree, &split.gold)?, options)?;
    let release = |paths: &TreeChanges| -> Result<PatchSource, Rejected> {
        Ok(PatchSource::Release {
            version: gold.to_owned(),
            sha256: Some(mirrors.sha256(&of(gold)).map_err(unreadable)?),
            paths: paths.keys().cloned().collect(),
        })
    };
    let plain: String =
        name.chars().map(|c| if c.is_alphanumeric() || "._-".contains(c) { c } else { '-' }).collect();
    let made_up = format!("Version {gold} of {name} changes what its tests ask for; bring {base} there.");
    let task = Origin {
        id: format!("{}-{}-{gold}", registry.name(), plain.trim_matches('-')),
        commit: None,
        source: Source::Registry {
            registry,
            name: name.to_owned(),
            version: base.to_owned(),
            sha256: Some(mirrors.sha256(&of(base)).map_err(unreadable)?),
        },
        gold: release(&split.gold)?,
        tests: release(&split.tests)?,
        read_from: format!("releases {base} and {gold}"),
        statement: options.statement.clone().unwrap_or(made_up),
    };
    let mut draft = task.draft(tree, split, options)?;
    if options.statement.is_none() {
        draft.warnings.push("the statement says nothing of the change: write one".to_owned());
    }
    Ok(draft)
}

/// What a draft is made of, whatever it comes from.
struct Origin {
    id: String,
    commit: Option<String>,
    source: Source,
    gold: PatchSource,
    tests: PatchSource,
    read_from: String,
    statement: String,
}

impl Origin {
    fn draft(self, base: BaseTree, split: Split, options: &DraftOptions) -> Result<Draft, Rejected> {
        let text = self.statement;
        if text.trim().is_empty() {
            return Err(Rejected::new(Fallout::StatementEmpty, "give one with --statement"));
        }
        let test_files =
            split.tests.keys().map(String::as_str).filter(|path| !split.inline.iter().any(|p| p == path));
        let warnings = statement::warnings(&text, test_files);
        let changed_tests = changed_tests(&base, &split.tests);
        let language = options.language.clone().unwrap_or_else(|| language(&split.gold));
        let defaults = Profiles::built_in().effective(&language, &self.source.repository());
        let command = options.test_command.clone().or_else(|| defaults.test.map(|pick| pick.value));
        let command = command.ok_or_else(|| {
            let detail =
                format!("there is no profile for `{language}`; say how it is tested with --test-command");
            Rejected::new(Fallout::Toolchain, detail)
        })?;
        let id = options.id.clone().unwrap_or(self.id);
        // A profile's format is that of its own command.
        let own_command = options.test_command.is_none() || language == "rust";
        let of_profile = defaults.format.filter(|_| own_command).map(|pick| pick.value);
        // What stands for a package's own script is that script's runner.
        let package = base.blob("package.json").and_then(|blob| String::from_utf8(blob.bytes).ok());
        let reported = package.filter(|_| command == "npm test").as_deref().and_then(npm_script::reported);
        let (command, of_profile) = match reported {
            Some((command, format)) => (command, Some(format.name().to_owned())),
            None => (command, of_profile),
        };
        let format = options.format.clone().or(of_profile);
        let built = defaults.build.map(|pick| pick.value);
        let task = Task {
            id,
            span: None,
            source: self.source,
            commit: self.commit,
            statement: text,
            gold: Some(self.gold),
            tests: self.tests,
            test_files: None,
            src_files: None,
            foreign: false,
            published: Published::default(),
            environment: Environment {
                setup: defaults.setup.map(|pick| pick.value).unwrap_or_default(),
                build: built.unwrap_or_else(|| profile::cargo_no_run(&command).into_iter().collect()),
                packages: Vec::new(),
                toolchain: defaults.toolchain.map(|pick| pick.value),
                variables: defaults.variables.into_iter().map(|(name, pick)| (name, pick.value)).collect(),
                image: None,
                workdir: None,
            },
            test: TestPlan {
                command,
                format: format.unwrap_or_else(|| "auto".to_owned()),
                timeout: options
                    .timeout
                    .or(defaults.timeout.map(|pick| pick.value))
                    .unwrap_or(profile::DEFAULT_TIMEOUT),
                fail_to_pass: Vec::new(),
                pass_to_pass: PassToPass::Base,
                scripted: false,
            },
            allow: None,
            lint: None,
            filled: Vec::new(),
            hash: String::new(),
            origin: self.read_from,
            language,
        };
        Ok(Draft { task, base, split, changed_tests, warnings })
    }
}

fn parent(commit: &Commit, first_parent: bool) -> Result<&str, Rejected> {
    match commit.parents.as_slice() {
        [] => Err(Rejected::new(Fallout::Root, "")),
        [parent] => Ok(parent),
        [parent, ..] if first_parent => Ok(parent),
        [..] => Err(Rejected::new(Fallout::Merge, "--first-parent takes it as a change to its first parent")),
    }
}

fn check_kinds(base: &dyn Tree, split: &Split) -> Result<(), Rejected> {
    if split.tests.is_empty() {
        return Err(Rejected::new(Fallout::NoTestChanged, ""));
    }
    let roles = |wanted: &[Role]| {
        let is = |path: &String, blob: &Option<Blob>| {
            let bytes = blob.as_ref().map_or(&[][..], |blob| &blob.bytes);
            wanted.contains(&role_of(path, bytes))
        };
        split.gold.iter().filter(|(path, blob)| is(path, blob)).map(|(path, _)| path).collect::<Vec<_>>()
    };
    if !roles(&[Role::Code]).is_empty() {
        return Ok(());
    }
    let is_binary = |path: &&String| {
        let after = split.gold.get(*path).cloned().flatten().or_else(|| base.blob(path));
        after.is_some_and(|blob| blob.bytes.contains(&0))
    };
    let others = roles(&[Role::Other, Role::Generated]);
    if others.is_empty() || !others.iter().all(is_binary) {
        return Err(Rejected::new(Fallout::NoCodeChanged, ""));
    }
    Err(Rejected::new(Fallout::BinaryOnly, ""))
}

/// Changes as a patch that gives them back.
fn patch_of(base: &dyn Tree, changes: &TreeChanges) -> Result<String, Rejected> {
    let text = patch::render(base, changes);
    let again = match patch::apply(base, text.as_bytes()) {
        Ok(applied) => applied.changes,
        Err(ApplyError::Empty) => TreeChanges::new(),
        Err(error) => return Err(Rejected::new(Fallout::Inexpressible, error)),
    };
    if again != *changes {
        return Err(Rejected::new(Fallout::Inexpressible, "its patch applies to something else"));
    }
    Ok(text)
}

fn check_size(split: &Split, gold: &str, options: &DraftOptions) -> Result<(), Rejected> {
    let files: BTreeSet<&String> = split.gold.keys().chain(split.tests.keys()).collect();
    if files.len() > options.max_files {
        let detail = format!("{} changed, --max-files {}", files.len(), options.max_files);
        return Err(Rejected::new(Fallout::TooManyFiles, detail));
    }
    let counts =
        |line: &&str| line.starts_with(['+', '-']) && !line.starts_with("+++ ") && !line.starts_with("--- ");
    let lines = gold.lines().filter(counts).count();
    if lines > options.max_lines {
        let detail = format!("{lines} lines of code, --max-lines {}", options.max_lines);
        return Err(Rejected::new(Fallout::TooBig, detail));
    }
    Ok(())
}

/// Names of the test functions that differ between base and test patch.
fn changed_tests(base: &dyn Tree, tests: &TreeChanges) -> BTreeSet<String> {
    let functions = |path: &str, bytes: &[u8]| -> BTreeMap<String, Vec<u64>> {
        let source = language_of(path).and_then(|language| syntax::Source::parse(language, bytes));
        source.map(|source| test_functions(&source)).unwrap_or_default()
    };
    let mut names = BTreeSet::new();
    for (path, after) in tests {
        let Some(after) = after else { continue };
        let before = base.blob(path).map(|blob| functions(path, &blob.bytes)).unwrap_or_default();
        let changed = functions(path, &after.bytes);
        names.extend(
            changed.into_iter().filter(|(name, text)| before.get(name) != Some(text)).map(|(name, _)| name),
        );
    }
    names
}

/// The language of most of gold's code files; of equal ones the first by name.
fn language(gold: &TreeChanges) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for path in gold.keys().filter(|path| role_of(path, b"") == Role::Code) {
        let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
        let name = toolchain_of(language_of(path).map_or(ending, |language| language.name));
        *counts.entry(name).or_insert(0) += 1;
    }
    let most = counts.iter().max_by_key(|(name, count)| (**count, std::cmp::Reverse(**name)));
    most.map_or_else(String::new, |(name, _)| (*name).to_owned())
}

/// The language that profiles speak of: by an ending without a grammar, or by a grammar that shares a toolchain.
fn toolchain_of(name: &str) -> &str {
    match name {
        "ts" | "tsx" | "mts" | "cts" => "typescript",
        "js" | "mjs" | "cjs" | "jsx" => "javascript",
        "py" | "pyi" => "python",
        other => other,
    }
}
