//! kerf's own form of a task: a folder with `task.toml`, `statement.md`, `gold.patch`, and `tests.patch` or `tests/`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::draft::Draft;
use super::fields::unknown;
use super::{PassToPass, PatchSource, Profiles, Registry, Source, Span, Task, TaskProblem};

/// Schema name of `task.toml`.
const SCHEMA: &str = "kerf/task/1";

/// Reads the task in `folder`; `profiles` fill what it leaves out.
pub(super) fn read(folder: &Path, profiles: &Profiles) -> Result<Task, TaskProblem> {
    let file = folder.join("task.toml");
    let text = std::fs::read_to_string(&file)
        .map_err(|error| TaskProblem::new(&file, format!("cannot be read: {error}")))?;
    let root: toml::Table = toml::from_str(&text).map_err(|error| {
        let problem = TaskProblem::new(&file, format!("is no valid TOML: {}", error.message()));
        match error.span() {
            Some(span) => problem.at(line_of(&text, span.start)),
            None => problem,
        }
    })?;
    let reader = Reader { file: &file, text: &text, root: &root, folder };
    reader.check_fields()?;
    let task = reader.draft()?.fill(profiles);
    if task.test.command.is_empty() {
        let message = format!("is missing, and there is no profile for `{}` to fill it", task.language);
        return Err(reader.problem("test", "command", message));
    }
    Ok(task)
}

/// 1-based line of a byte.
pub(super) fn line_of(text: &str, byte: usize) -> usize {
    text.as_bytes().iter().take(byte).filter(|b| **b == b'\n').count() + 1
}

/// What the other release of a registry source gives.
struct Release {
    gold: Option<PatchSource>,
    tests: PatchSource,
}

struct Reader<'a> {
    file: &'a Path,
    text: &'a str,
    root: &'a toml::Table,
    folder: &'a Path,
}

impl Reader<'_> {
    fn problem(&self, table: &str, field: &str, message: impl Into<String>) -> TaskProblem {
        let name = if table.is_empty() { field.to_owned() } else { format!("{table}.{field}") };
        let problem = TaskProblem::new(self.file, message).field(name);
        let line = self.text.lines().position(|line| {
            let line = line.trim_start().trim_start_matches('[');
            line.strip_prefix(field).is_some_and(|rest| rest.trim_start().starts_with(['=', ']', '.']))
        });
        match line {
            Some(line) => problem.at(line + 1),
            None => problem,
        }
    }

    fn check_fields(&self) -> Result<(), TaskProblem> {
        for (name, _) in super::fields::TABLES {
            let table = if name.is_empty() { Some(self.root) } else { self.table(name)? };
            let Some((field, near)) = table.and_then(|table| unknown(name, table)) else { continue };
            let message = match near {
                Some(near) => format!("is unknown; did you mean `{near}`?"),
                None => "is unknown".to_owned(),
            };
            return Err(self.problem(name, &field, message));
        }
        Ok(())
    }

    fn table(&self, name: &str) -> Result<Option<&toml::Table>, TaskProblem> {
        match self.root.get(name) {
            None => Ok(None),
            Some(toml::Value::Table(table)) => Ok(Some(table)),
            Some(_) => {
                Err(self.problem("", name, format!("must be a table: write [{name}] above its fields")))
            }
        }
    }

    fn value(&self, table: &str, field: &str) -> Result<Option<&toml::Value>, TaskProblem> {
        let table = if table.is_empty() { Some(self.root) } else { self.table(table)? };
        Ok(table.and_then(|table| table.get(field)))
    }

    fn string(&self, table: &str, field: &str) -> Result<Option<String>, TaskProblem> {
        match self.value(table, field)? {
            None => Ok(None),
            Some(toml::Value::String(text)) => Ok(Some(text.clone())),
            Some(other) => {
                Err(self.problem(table, field, format!("must be a string, not {}", other.type_str())))
            }
        }
    }

    fn required(&self, table: &str, field: &str) -> Result<String, TaskProblem> {
        self.string(table, field)?.ok_or_else(|| self.problem(table, field, "is missing"))
    }

    fn strings(&self, table: &str, field: &str) -> Result<Option<Vec<String>>, TaskProblem> {
        let Some(value) = self.value(table, field)? else { return Ok(None) };
        let list = value
            .as_array()
            .and_then(|items| items.iter().map(|item| item.as_str().map(str::to_owned)).collect());
        match list {
            Some(list) => Ok(Some(list)),
            None => Err(self.problem(table, field, "must be a list of strings")),
        }
    }

    fn draft(&self) -> Result<Draft, TaskProblem> {
        let schema = self.required("", "schema")?;
        if schema != SCHEMA {
            return Err(self.problem("", "schema", format!("is `{schema}`; this kerf reads `{SCHEMA}`")));
        }
        let id = self.required("", "id")?;
        if id.is_empty() || id.contains(['/', '\\', '\0']) || id.chars().any(char::is_control) {
            return Err(self.problem("", "id", "must be a plain name without slashes or control characters"));
        }
        let language = self.required("", "language")?;
        let (source, release) = self.source()?;
        let mut draft = Draft::new(id, language, source);
        draft.task.foreign = false;
        draft.task.span = self.span()?;
        draft.given.command = self.string("test", "command")?;
        draft.given.format = self.string("test", "format")?;
        draft.given.setup = self.strings("environment", "setup")?;
        draft.given.build = self.strings("environment", "build")?;
        draft.given.packages = self.strings("environment", "packages")?;
        if release.is_none() && draft.given.packages.as_ref().is_some_and(|packages| !packages.is_empty()) {
            let message = "are for sources from a registry; others name them in their manifest";
            return Err(self.problem("environment", "packages", message));
        }
        draft.given.toolchain = self.string("environment", "toolchain")?;
        (draft.given.image, draft.given.workdir) = self.image()?;
        draft.given.timeout = match self.string("test", "timeout")? {
            None => None,
            Some(text) => Some(duration(&text).ok_or_else(|| {
                self.problem("test", "timeout", format!("is `{text}`; write 90s, 15m or 1h"))
            })?),
        };
        (draft.task.test.fail_to_pass, draft.task.test.pass_to_pass) = self.lists()?;
        draft.task.commit = self.commit()?;
        draft.task.statement = self.read_text("statement.md")?.unwrap_or_default();
        let written_gold = self.read_text("gold.patch")?.map(PatchSource::Text);
        let written_tests = self.tests()?;
        (draft.task.gold, draft.task.tests) = match release {
            None => (written_gold, written_tests),
            Some(Release { gold, tests }) => {
                let none_written = written_tests == PatchSource::Overlay(Vec::new());
                (written_gold.or(gold), if none_written { tests } else { written_tests })
            }
        };
        let mut hasher = blake3::Hasher::new();
        let (statement, gold, tests) = (&draft.task.statement, &draft.task.gold, &draft.task.tests);
        for part in [self.text, statement.as_str(), &format!("{gold:?}"), &format!("{tests:?}")] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        draft.task.hash = hasher.finalize().to_hex().to_string();
        draft.task.allow = self.strings("scope", "allow")?;
        draft.task.lint = self.strings("lint", "commands")?;
        draft.task.origin = self.file.display().to_string();
        Ok(draft)
    }

    /// The image and the folder in it. What the image holds is set up and built already.
    fn image(&self) -> Result<(Option<String>, Option<String>), TaskProblem> {
        let (image, workdir) = (self.string("environment", "image")?, self.string("environment", "workdir")?);
        if image.is_none() && workdir.is_some() {
            return Err(self.problem(
                "environment",
                "workdir",
                "is a folder in an image; there is no `image`",
            ));
        }
        if workdir.as_deref().is_some_and(|folder| !folder.starts_with('/')) {
            return Err(self.problem("environment", "workdir", "must begin with /"));
        }
        for field in ["setup", "build"] {
            if image.is_some() && self.strings("environment", field)?.is_some_and(|list| !list.is_empty()) {
                let message =
                    "is not run in an image: put what it does into the image, or into the test command";
                return Err(self.problem("environment", field, message));
            }
        }
        Ok((image, workdir))
    }

    fn span(&self) -> Result<Option<Span>, TaskProblem> {
        match self.string("", "span")?.as_deref() {
            None => Ok(None),
            Some("local") => Ok(Some(Span::Local)),
            Some("neighbour") => Ok(Some(Span::Neighbour)),
            Some("global") => Ok(Some(Span::Global)),
            Some(other) => {
                Err(self.problem("", "span", format!("is `{other}`; known are local, neighbour, global")))
            }
        }
    }

    fn lists(&self) -> Result<(Vec<String>, PassToPass), TaskProblem> {
        let fail_to_pass = self.strings("test", "fail_to_pass")?.ok_or_else(|| {
            self.problem("test", "fail_to_pass", "is missing: the tests that the fix must turn")
        })?;
        let pass_to_pass = match self.value("test", "pass_to_pass")? {
            None => PassToPass::Base,
            Some(toml::Value::String(word)) if word == "base" => PassToPass::Base,
            Some(toml::Value::String(word)) => {
                return Err(self.problem(
                    "test",
                    "pass_to_pass",
                    format!("is `{word}`; write a list, or \"base\""),
                ));
            }
            Some(_) => PassToPass::List(self.strings("test", "pass_to_pass")?.unwrap_or_default()),
        };
        if fail_to_pass.is_empty() && matches!(&pass_to_pass, PassToPass::List(list) if list.is_empty()) {
            return Err(self.problem(
                "test",
                "fail_to_pass",
                "is empty, and so is pass_to_pass: nothing would be judged",
            ));
        }
        Ok((fail_to_pass, pass_to_pass))
    }

    fn read_text(&self, name: &str) -> Result<Option<String>, TaskProblem> {
        let path = self.folder.join(name);
        match std::fs::read(&path) {
            Ok(bytes) => match String::from_utf8(bytes) {
                Ok(text) => Ok(Some(text)),
                Err(_) => Err(TaskProblem::new(&path, "is no UTF-8 text")),
            },
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(TaskProblem::new(&path, format!("cannot be read: {error}"))),
        }
    }

    /// `tests.patch`, or the files below `tests/`, which lie over the repository's own `tests/`.
    fn tests(&self) -> Result<PatchSource, TaskProblem> {
        let patch = self.read_text("tests.patch")?;
        let overlay = self.folder.join("tests");
        match (patch, overlay.is_dir()) {
            (Some(_), true) => {
                Err(TaskProblem::new(self.folder, "has both tests.patch and tests/; keep one"))
            }
            (Some(text), false) => Ok(PatchSource::Text(text)),
            (None, false) => Ok(PatchSource::Overlay(Vec::new())),
            (None, true) => {
                let mut files = Vec::new();
                collect(&overlay, "tests", &mut files)
                    .map_err(|error| TaskProblem::new(&overlay, format!("cannot be read: {error}")))?;
                files.sort();
                Ok(PatchSource::Overlay(files))
            }
        }
    }

    /// The source, and for one from a registry what its other release shows.
    fn source(&self) -> Result<(Source, Option<Release>), TaskProblem> {
        let text = self.required("repo", "source")?;
        let unknown = || {
            self.problem(
                "repo",
                "source",
                format!(
                    "is `{text}`; known are path:FOLDER, git:URL, github:OWNER/NAME, crate:NAME@VERSION, \
                     npm:NAME@VERSION and pypi:NAME@VERSION"
                ),
            )
        };
        let (kind, rest) = text.split_once(':').ok_or_else(unknown)?;
        let source = match kind {
            "path" => Source::Path(self.find_path(rest)?),
            "git" => Source::Git(rest.to_owned()),
            "github" => match rest.split_once('/') {
                Some((owner, name)) if !owner.is_empty() && !name.is_empty() && !name.contains('/') => {
                    Source::GitHub { owner: owner.to_owned(), name: name.to_owned() }
                }
                _ => return Err(self.problem("repo", "source", "must read github:OWNER/NAME")),
            },
            _ => {
                let registry = Registry::named(kind).ok_or_else(unknown)?;
                // A scope of npm begins with @ itself.
                let (name, version) = rest
                    .rsplit_once('@')
                    .filter(|(name, version)| !name.is_empty() && !version.is_empty())
                    .ok_or_else(|| {
                        self.problem("repo", "source", format!("must read {kind}:NAME@VERSION"))
                    })?;
                let sha256 = self.string("repo", "sha256")?;
                Source::Registry { registry, name: name.to_owned(), version: version.to_owned(), sha256 }
            }
        };
        let version = self.string("repo", "gold_version")?;
        let gold_sha256 = self.string("repo", "gold_sha256")?;
        let gold_paths = self.strings("repo", "gold_paths")?;
        let test_paths = self.strings("repo", "test_paths")?;
        if !matches!(source, Source::Registry { .. }) {
            let given = [
                ("sha256", self.string("repo", "sha256")?.is_some()),
                ("gold_version", version.is_some()),
                ("gold_sha256", gold_sha256.is_some()),
                ("gold_paths", gold_paths.is_some()),
                ("test_paths", test_paths.is_some()),
            ];
            return match given.into_iter().find(|(_, given)| *given) {
                Some((field, _)) => Err(self.problem("repo", field, "is for sources from a registry")),
                None => Ok((source, None)),
            };
        }
        let release = |paths: Option<Vec<String>>| {
            Some(PatchSource::Release {
                version: version.clone()?,
                sha256: gold_sha256.clone(),
                paths: paths.unwrap_or_default(),
            })
        };
        let tests = release(test_paths).unwrap_or(PatchSource::Overlay(Vec::new()));
        Ok((source, Some(Release { gold: release(gold_paths), tests })))
    }

    /// A path source is looked up from the task's folder upwards, so that `path:repos/x` names the same folder for
    /// every task of a project, wherever kerf is started.
    fn find_path(&self, relative: &str) -> Result<PathBuf, TaskProblem> {
        let start = self.folder.canonicalize().unwrap_or_else(|_| self.folder.to_owned());
        start.ancestors().map(|folder| folder.join(relative)).find(|candidate| candidate.is_dir()).ok_or_else(
            || {
                self.problem(
                    "repo",
                    "source",
                    format!("names no folder `{relative}` here or in any folder above"),
                )
            },
        )
    }

    fn commit(&self) -> Result<Option<String>, TaskProblem> {
        let Some(commit) = self.string("repo", "commit")? else { return Ok(None) };
        if commit.len() == 40 && commit.bytes().all(|b| b.is_ascii_hexdigit()) {
            Ok(Some(commit))
        } else {
            Err(self.problem("repo", "commit", format!("is `{commit}`; write all 40 hex digits")))
        }
    }
}

fn collect(folder: &Path, prefix: &str, files: &mut Vec<(String, Vec<u8>)>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let path = format!("{prefix}/{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &path, files)?;
        } else {
            files.push((path, std::fs::read(entry.path())?));
        }
    }
    Ok(())
}

/// `90s`, `15m`, `1h`.
pub(super) fn duration(text: &str) -> Option<Duration> {
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
    let number: u64 = number.parse().ok()?;
    let seconds = match unit {
        "s" => number,
        "m" => number.checked_mul(60)?,
        "h" => number.checked_mul(3600)?,
        _ => return None,
    };
    (seconds > 0).then_some(Duration::from_secs(seconds))
}
