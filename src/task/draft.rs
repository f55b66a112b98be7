//! A task as its reader left it, and how a profile fills what is not in it.
//!
//! In: a task without environment and commands, what the task itself says of them, the [`Profiles`]. Out: the whole
//! [`Task`], which remembers what was filled in and from where.

use std::time::Duration;

use super::profile::{self, Effective, Pick};
use super::{Environment, PassToPass, PatchSource, Profiles, Published, Registry, Source, Task, TestPlan};

/// Something that a profile filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilledIn {
    /// Field of `task.toml`, such as `test.command`.
    pub field: &'static str,
    /// Its value, lists joined by `; `.
    pub value: String,
    /// The profile's row: its file, and what it matches.
    pub row: String,
    /// A row of kerf's own for a whole language: the last resort.
    pub last_resort: bool,
}

/// What a task itself says of how it is set up and tested; the rest is left to profiles.
#[derive(Debug, Clone, Default)]
pub(super) struct Given {
    pub setup: Option<Vec<String>>,
    pub build: Option<Vec<String>>,
    pub packages: Option<Vec<String>>,
    pub toolchain: Option<String>,
    pub command: Option<String>,
    pub format: Option<String>,
    pub timeout: Option<Duration>,
    pub image: Option<String>,
    pub workdir: Option<String>,
}

/// A task before a profile has filled it.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub task: Task,
    pub given: Given,
}

/// A repository without a task: its environment alone, filled by the profiles that match it.
pub fn bare(language: String, source: Source, profiles: &Profiles) -> Task {
    Draft::new(String::new(), language, source).fill(profiles)
}

impl Draft {
    /// A draft in which only this is known.
    pub fn new(id: String, language: String, source: Source) -> Self {
        let task = Task {
            id,
            language,
            span: None,
            source,
            commit: None,
            statement: String::new(),
            gold: None,
            tests: PatchSource::Overlay(Vec::new()),
            test_files: None,
            src_files: None,
            foreign: true,
            published: Published::default(),
            environment: Environment::default(),
            test: TestPlan {
                command: String::new(),
                format: String::new(),
                timeout: profile::DEFAULT_TIMEOUT,
                fail_to_pass: Vec::new(),
                pass_to_pass: PassToPass::Base,
                scripted: false,
            },
            allow: None,
            lint: None,
            filled: Vec::new(),
            hash: String::new(),
            origin: String::new(),
        };
        Self { task, given: Given::default() }
    }

    /// The task, with what it leaves out filled by the profiles that match it.
    pub fn fill(self, profiles: &Profiles) -> Task {
        let Self { mut task, given } = self;
        let effective = profiles.effective(&task.language, &task.source.repository());
        let mut filler = Filler { filled: Vec::new(), from_users: false };
        let Effective { setup, build, test, format, toolchain, timeout, packages, variables, image, workdir } =
            effective;

        let command_given = given.command.is_some();
        let test = test.map(|pick| Pick { value: with_test_files(&pick.value, &task.tests), ..pick });
        let command = filler.take("test.command", given.command, test, Clone::clone).unwrap_or_default();
        task.test.command = command;
        // A profile's format is that of its own command; of another it is a likely guess only for one runner.
        let format =
            if command_given && given.format.is_none() && task.language != "rust" { None } else { format };
        task.test.format = filler
            .take("test.format", given.format, format, Clone::clone)
            .unwrap_or_else(|| "auto".to_owned());
        task.test.timeout = filler
            .take("test.timeout", given.timeout, timeout, |limit| format!("{}s", limit.as_secs()))
            .unwrap_or(profile::DEFAULT_TIMEOUT);

        let join = |list: &Vec<String>| list.join("; ");
        let setup_given = given.setup.is_some();
        task.environment.setup =
            filler.take("environment.setup", given.setup, setup, join).unwrap_or_default();
        task.environment.build = filler
            .take("environment.build", given.build, build, join)
            .unwrap_or_else(|| profile::cargo_no_run(&task.test.command).into_iter().collect());
        task.environment.toolchain =
            filler.take("environment.toolchain", given.toolchain, toolchain, Clone::clone);
        let packages = packages.filter(|_| matches!(task.source, Source::Registry { .. }));
        task.environment.packages =
            filler.take("environment.packages", given.packages, packages, join).unwrap_or_default();
        if !setup_given && let Some(setup) = with_packages(&task, &task.environment.packages) {
            task.environment.setup = setup;
        }
        let image = image.map(|pick| Pick { value: placed(&pick.value, &task), ..pick });
        // A profile may say where a data set's short name leads; else the data set's own word counts.
        let image = image.filter(|pick| task.published.image.is_none() || pick.row.wraps_image());
        task.environment.image = filler.take("environment.image", given.image, image, Clone::clone);
        task.environment.workdir = filler.take("environment.workdir", given.workdir, workdir, Clone::clone);
        for (name, pick) in variables {
            let shown = |value: &String| format!("{name}={value}");
            if let Some(value) = filler.take("environment.variables", None, Some(pick), shown) {
                task.environment.variables.insert(name, value);
            }
        }
        if filler.from_users {
            task.hash = with_filled(&task.hash, &filler.filled);
        }
        task.filled = filler.filled;
        task
    }
}

/// A profile's image with what it leaves open: `{id}` is the task's id in small letters, `{key}` the same with `_1776_` for
/// its double underscore, as SWE-bench's images are called, `{image}` what the data set has.
fn placed(template: &str, task: &Task) -> String {
    let id = task.id.to_lowercase();
    template
        .replace("{key}", &id.replace("__", "_1776_"))
        .replace("{id}", &id)
        .replace("{image}", task.published.image.as_deref().unwrap_or_default())
}

/// Endings of files beside tests that no runner takes.
const DATA: &[&str] = &[
    "bin", "cfg", "csv", "fits", "gz", "html", "ini", "jpeg", "jpg", "json", "md", "npy", "pkl", "png",
    "rst", "svg", "toml", "txt", "xml", "yaml", "yml", "zip",
];

/// A profile's test command with the files of the test patch where it asks for them: `{test_files}` as paths,
/// `{test_modules}` as Django's runner names them.
fn with_test_files(command: &str, tests: &PatchSource) -> String {
    if !command.contains("{test_files}") && !command.contains("{test_modules}") {
        return command.to_owned();
    }
    let mut files: Vec<&str> = match tests {
        PatchSource::Text(patch) => patch.lines().filter_map(|line| line.strip_prefix("+++ b/")).collect(),
        PatchSource::Overlay(files) => files.iter().map(|(path, _)| path.as_str()).collect(),
        PatchSource::History { .. } | PatchSource::Release { .. } => Vec::new(),
    };
    // Data beside tests is nothing to run.
    files.retain(|path| !path.rsplit_once('.').is_some_and(|(_, ending)| DATA.contains(&ending)));
    files.dedup();
    let word = |text: &str| format!("'{}'", text.replace('\'', r"'\''"));
    let module = |path: &&str| {
        let path = path.strip_prefix("tests/").unwrap_or(path);
        word(&path.strip_suffix(".py").unwrap_or(path).replace('/', "."))
    };
    let paths: Vec<String> = files.iter().map(|path| word(path)).collect();
    let modules: Vec<String> = files.iter().map(module).collect();
    command.replace("{test_files}", &paths.join(" ")).replace("{test_modules}", &modules.join(" "))
}

/// Set-up of a release whose tests need these packages. An npm release's own development dependencies are left out
/// then: they are what could not be installed.
fn with_packages(task: &Task, packages: &[String]) -> Option<Vec<String>> {
    let Source::Registry { registry, .. } = &task.source else { return None };
    if packages.is_empty() {
        return None;
    }
    let words: Vec<String> =
        packages.iter().map(|package| format!("'{}'", package.replace('\'', r"'\''"))).collect();
    let words = words.join(" ");
    match registry {
        Registry::Npm => Some(vec![format!(
            "cp package.json /tmp/package.json && npm pkg delete devDependencies && \
             npm install --no-package-lock --no-save --ignore-scripts {words}; code=$?; \
             cp /tmp/package.json package.json; exit $code"
        )]),
        Registry::Pypi => {
            let mut setup = task.environment.setup.clone();
            setup.push(format!(". .venv/bin/activate && pip install {words}"));
            Some(setup)
        }
        // Development dependencies of a crate stand in its manifest.
        Registry::Crate => None,
    }
}

struct Filler {
    filled: Vec<FilledIn>,
    /// Whether a row that is not kerf's own gave something.
    from_users: bool,
}

impl Filler {
    fn take<T>(
        &mut self,
        field: &'static str,
        given: Option<T>,
        pick: Option<Pick<T>>,
        show: impl FnOnce(&T) -> String,
    ) -> Option<T> {
        if given.is_some() {
            return given;
        }
        let Pick { value, row } = pick?;
        self.from_users |= row.from_user;
        let last_resort = !row.from_user && row.is_of_a_language();
        self.filled.push(FilledIn { field, value: show(&value), row: row.label.clone(), last_resort });
        Some(value)
    }
}

/// The identity of a task whose commands depend on a file of the user's.
fn with_filled(hash: &str, filled: &[FilledIn]) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in std::iter::once(hash).chain(filled.iter().flat_map(|one| [one.field, one.value.as_str()])) {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: &str = r#"
        [[profile]]
        match = "own/*"
        image = "reg.example/eval.{key}:{id}"
        workdir = "/testbed"
        test = "pytest -rA {test_files}; runtests {test_modules}"
        [[profile]]
        match = "short/*"
        image = "reg.example/images:{image}"
    "#;

    fn filled(repository: &str, published: Option<&str>) -> Task {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("p.toml");
        std::fs::write(&file, ROWS).unwrap();
        let profiles = Profiles::with_files(&[file]).unwrap();
        let (owner, name) = repository.split_once('/').unwrap();
        let source = Source::GitHub { owner: owner.to_owned(), name: name.to_owned() };
        let mut draft = Draft::new("Own__calc-7".to_owned(), "python".to_owned(), source);
        draft.task.published.image = published.map(str::to_owned);
        let patch = "--- a/tests/a b/test_x.py\n+++ b/tests/a b/test_x.py\n@@ -1 +1 @@\n-x\n+y\n--- a/tests/d.bin\n+++ b/tests/d.bin\n";
        draft.task.tests = PatchSource::Text(patch.to_owned());
        draft.fill(&profiles)
    }

    #[test]
    fn images_and_test_files_go_into_their_places() {
        let task = filled("own/calc", None);
        assert_eq!(task.image(), Some(("reg.example/eval.own_1776_calc-7:own__calc-7", Some("/testbed"))));
        assert_eq!(task.test.command, "pytest -rA 'tests/a b/test_x.py'; runtests 'a b.test_x'");
        // The data set's own word counts before a profile's, unless the profile says what it means.
        assert_eq!(filled("own/calc", Some("a/b:c")).image().unwrap().0, "a/b:c");
        assert_eq!(filled("short/calc", Some("tag-1")).image().unwrap().0, "reg.example/images:tag-1");
        assert_eq!(filled("other/calc", None).image(), None);
    }

    #[test]
    fn a_script_counts_where_only_kerfs_last_resort_says_how_to_test() {
        let mut task = filled("other/calc", Some("a/b:c"));
        assert!(!task.says_command() && filled("own/calc", None).says_command());
        assert_eq!(task.published.script_command(), None);
        task.published.eval_script = Some("echo KERF_END_OF_SCRIPT\n".to_owned());
        insta::assert_snapshot!(task.published.script_command().unwrap(), @r"
        cat >/tmp/kerf-eval.sh <<'KERF_END_OF_SCRIPT_'
        echo KERF_END_OF_SCRIPT
        KERF_END_OF_SCRIPT_
        bash /tmp/kerf-eval.sh
        ");
        for (parser, format) in [("parse_log_astropy", "pytest"), ("parse_log_sympy", "parse_log_sympy")] {
            task.published.parser = Some(parser.to_owned());
            assert_eq!(task.published.log_format().as_deref(), Some(format));
        }
    }
}
