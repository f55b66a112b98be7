//! Writes a task folder in kerf's own form.
//!
//! In: a [`Task`] whose patches are texts or overlays and whose repository others can reach. Out: `task.toml`,
//! `statement.md`, `gold.patch`, and `tests.patch` or `tests/`.
//!
//! Invariant: what is written reads back equal (hash and origin aside), and the same task gives the same bytes. A folder
//! is whole or absent.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::{PassToPass, PatchSource, Source, Span, Task};

/// Why a task cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The folder is there.
    #[error("{0} exists already; choose another --id or --out, or remove it")]
    Exists(PathBuf),
    /// kerf's own form has no way to say it.
    #[error("the task cannot be written: {0}")]
    Inexpressible(String),
    /// The disk.
    #[error("cannot write {path}: {source}")]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// Writes `task` into the new folder `folder`.
pub fn write_task(folder: &Path, task: &Task) -> Result<(), WriteError> {
    if folder.exists() {
        return Err(WriteError::Exists(folder.to_owned()));
    }
    let io = |path: &Path| {
        let path = path.to_owned();
        move |source| WriteError::Io { path, source }
    };
    let files = files(task)?;
    let parent = folder.parent().filter(|path| !path.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(parent).map_err(io(parent))?;
    let staging = tempfile::Builder::new().prefix(".new-task-").tempdir_in(parent).map_err(io(parent))?;
    let staged = staging.path().join("task");
    for (name, bytes) in files {
        let path = staged.join(name);
        let above = path.parent().unwrap_or(&staged);
        std::fs::create_dir_all(above).map_err(io(above))?;
        std::fs::write(&path, bytes).map_err(io(&path))?;
    }
    std::fs::rename(&staged, folder).map_err(io(folder))
}

/// Files of a task folder by name.
fn files(task: &Task) -> Result<Vec<(String, Vec<u8>)>, WriteError> {
    let inexpressible = |what: &str| WriteError::Inexpressible(what.to_owned());
    let mut files = vec![
        ("task.toml".to_owned(), task_toml(task)?.into_bytes()),
        ("statement.md".to_owned(), task.statement.clone().into_bytes()),
    ];
    match &task.gold {
        None => {}
        Some(PatchSource::Text(text)) => files.push(("gold.patch".to_owned(), text.clone().into_bytes())),
        Some(PatchSource::Release { .. }) if matches!(task.source, Source::Registry { .. }) => {}
        Some(_) => return Err(inexpressible("gold is no patch")),
    }
    match &task.tests {
        PatchSource::Text(text) => files.push(("tests.patch".to_owned(), text.clone().into_bytes())),
        PatchSource::Overlay(overlay) if overlay.iter().all(|(path, _)| path.starts_with("tests/")) => {
            files.extend(overlay.iter().cloned());
        }
        PatchSource::Overlay(_) => return Err(inexpressible("tests outside of tests/ must be a patch")),
        PatchSource::Release { .. } if matches!(task.source, Source::Registry { .. }) => {}
        PatchSource::History { .. } | PatchSource::Release { .. } => {
            return Err(inexpressible("the tests are no patch"));
        }
    }
    Ok(files)
}

fn task_toml(task: &Task) -> Result<String, WriteError> {
    let source = match &task.source {
        Source::Git(url) => format!("git:{url}"),
        Source::GitHub { owner, name } => format!("github:{owner}/{name}"),
        Source::Registry { .. } => task.source.to_string(),
        Source::Path(folder) => {
            return Err(WriteError::Inexpressible(format!(
                "{} is a plain folder of this machine; a task needs a git repository",
                folder.display()
            )));
        }
    };
    let mut text = String::from("schema = \"kerf/task/1\"\n");
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(text, "{name} = {value}");
    };
    line("id", &quoted(&task.id));
    line("language", &quoted(&task.language));
    if let Some(span) = task.span {
        let name = match span {
            Span::Local => "local",
            Span::Neighbour => "neighbour",
            Span::Global => "global",
        };
        line("span", &quoted(name));
    }
    let mut line = |name: &str, value: &str| {
        let _ = match name.strip_prefix('[') {
            Some(_) => writeln!(text, "\n{name}"),
            None => writeln!(text, "{name} = {value}"),
        };
    };
    line("[repo]", "");
    line("source", &quoted(&source));
    if let Some(commit) = &task.commit {
        line("commit", &quoted(commit));
    }
    release(task, &mut line)?;
    line("[environment]", "");
    line("setup", &list(&task.environment.setup));
    line("build", &list(&task.environment.build));
    if let Some(version) = &task.environment.toolchain {
        line("toolchain", &quoted(version));
    }
    for (field, value) in [("image", &task.environment.image), ("workdir", &task.environment.workdir)] {
        if let Some(value) = value {
            line(field, &quoted(value));
        }
    }
    line("[test]", "");
    line("command", &quoted(&task.test.command));
    line("format", &quoted(&task.test.format));
    line("timeout", &quoted(&format!("{}s", task.test.timeout.as_secs().max(1))));
    line("fail_to_pass", &list(&task.test.fail_to_pass));
    match &task.test.pass_to_pass {
        PassToPass::Base => line("pass_to_pass", "\"base\""),
        PassToPass::List(tests) => line("pass_to_pass", &list(tests)),
    }
    if let Some(allow) = &task.allow {
        line("[scope]", "");
        line("allow", &list(allow));
    }
    if let Some(lint) = &task.lint {
        line("[lint]", "");
        line("commands", &list(lint));
    }
    Ok(text)
}

/// What a task from a registry says of its releases; gold and tests must come from one.
fn release(task: &Task, line: &mut impl FnMut(&str, &str)) -> Result<(), WriteError> {
    let Source::Registry { sha256, .. } = &task.source else { return Ok(()) };
    if let Some(hash) = sha256 {
        line("sha256", &quoted(hash));
    }
    let mut later: Option<(&String, &Option<String>)> = None;
    let sides = [("gold_paths", task.gold.as_ref()), ("test_paths", Some(&task.tests))];
    for (field, side) in sides {
        let Some(PatchSource::Release { version, sha256, paths }) = side else { continue };
        if later.is_some_and(|known| known != (version, sha256)) {
            return Err(WriteError::Inexpressible("gold and tests come from two releases".to_owned()));
        }
        later = Some((version, sha256));
        line(field, &list(paths));
    }
    if let Some((version, sha256)) = later {
        line("gold_version", &quoted(version));
        if let Some(hash) = sha256 {
            line("gold_sha256", &quoted(hash));
        }
    }
    Ok(())
}

/// A list in one line, or one entry a line where there are several.
fn list(items: &[String]) -> String {
    match items {
        [] => "[]".to_owned(),
        [only] => format!("[{}]", quoted(only)),
        many => {
            let mut text = String::from("[\n");
            for item in many {
                let _ = writeln!(text, "    {},", quoted(item));
            }
            text + "]"
        }
    }
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;
    use proptest::strategy::ValueTree;

    use super::*;
    use crate::task::{Environment, Published, TestPlan, read_suite};

    fn task() -> impl Strategy<Value = Task> {
        let text = "[ -~\n\t\u{7f}é\"\\\\]{0,24}";
        let names = prop::collection::vec("[a-z:/. \\[\\]\"-]{1,12}", 0..4);
        let pass = prop_oneof![Just(PassToPass::Base), names.clone().prop_map(PassToPass::List)];
        let environment = (names.clone(), names.clone());
        let optional = (prop::option::of(names.clone()), prop::option::of(names.clone()));
        let span = prop::option::of(prop::sample::select(vec![Span::Local, Span::Global, Span::Neighbour]));
        (text, names, pass, environment, optional, span, 1..9000u64, prop::bool::ANY).prop_map(
            |(text, fail, pass_to_pass, (setup, build), (allow, lint), span, seconds, hosted)| Task {
                id: "t-1".to_owned(),
                language: "rust".to_owned(),
                span,
                source: if hosted {
                    Source::GitHub { owner: "o".to_owned(), name: "n".to_owned() }
                } else {
                    Source::Git("/a b/\"c\".git".to_owned())
                },
                commit: Some("0123456789".repeat(4)),
                statement: text.clone(),
                gold: Some(PatchSource::Text(text.clone())),
                tests: if hosted {
                    PatchSource::Text(text)
                } else {
                    PatchSource::Overlay(vec![("tests/a/b.rs".to_owned(), text.into_bytes())])
                },
                test_files: None,
                src_files: None,
                foreign: false,
                published: Published::default(),
                environment: Environment { setup, build, ..Environment::default() },
                test: TestPlan {
                    command: "cargo test -- \"a b\"".to_owned(),
                    format: "cargo".to_owned(),
                    timeout: Duration::from_secs(seconds),
                    fail_to_pass: fail.into_iter().chain(["x".to_owned()]).collect(),
                    pass_to_pass,
                    scripted: false,
                },
                allow,
                lint,
                filled: Vec::new(),
                hash: String::new(),
                origin: String::new(),
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
        #[test]
        fn what_is_written_reads_back_equal(task in task()) {
            let folder = tempfile::tempdir().unwrap();
            write_task(&folder.path().join("t-1"), &task).unwrap();
            let suite = read_suite(folder.path()).unwrap();
            prop_assert!(suite.problems.is_empty(), "{:?}", suite.problems);
            let mut read = suite.tasks[0].load().unwrap();
            (read.hash, read.origin) = (String::new(), String::new());
            read.filled.clear();
            prop_assert_eq!(read, task);
        }
    }

    #[test]
    fn nothing_is_overwritten_and_plain_folders_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        let mut task = task().new_tree(&mut runner).unwrap().current();
        assert!(matches!(write_task(folder.path(), &task), Err(WriteError::Exists(_))));
        task.source = Source::Path("x".into());
        assert!(matches!(write_task(&folder.path().join("y"), &task), Err(WriteError::Inexpressible(_))));
        assert!(!folder.path().join("y").exists());
    }
}
