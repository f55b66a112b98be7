//! `kerf grade`: logs of others, graded without repository or sandbox.

mod folder;
mod lists;
mod out;

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use self::folder::Found;
use super::Exit;
use super::exit::bad_input;
use crate::harness::grade::{
    Foreign, Grade, Instance, Logs, Question, Rules, by_multi_swe_bench, by_swebench, explain, grade,
};
use crate::harness::{self, Format, Lists, ReadContext};
use crate::task::{PassToPass, Suite, Task, read_suite};

/// Arguments of `kerf grade`.
#[derive(Debug, clap::Args)]
pub(super) struct GradeArguments {
    /// Log of a test command, or a folder of logs as swebench or multi-swe-bench writes them
    #[arg(long, value_name = "F")]
    log: PathBuf,
    /// Its format: auto, or the name of a runner
    #[arg(long, default_value = "auto", value_name = "FORMAT")]
    format: String,
    /// Tests that must turn from failing to passing; repeats; @FILE holds many
    #[arg(long, num_args = 1.., value_name = "ID")]
    fail_to_pass: Vec<String>,
    /// Tests that must go on passing; repeats; @FILE holds many
    #[arg(long, num_args = 1.., value_name = "ID")]
    pass_to_pass: Vec<String>,
    /// Data set or suite that lists the tests, by instance; with a single log see --instance
    #[arg(long, value_name = "P")]
    tasks: Option<PathBuf>,
    /// The log's instance in --tasks
    #[arg(long, value_name = "ID", requires = "tasks")]
    instance: Option<String>,
    /// Whose rules: kerf, swebench or multi-swe-bench
    #[arg(long, default_value = "kerf", value_name = "R")]
    rules: String,
    /// Say for each listed test which line it rests on, and where the three rule sets differ
    #[arg(long)]
    explain: bool,
    /// Log of base with the test patch: tells skips and regressions outside the lists
    #[arg(long, visible_alias = "base-log", value_name = "F")]
    test_log: Option<PathBuf>,
    /// Log of base with its own tests, for multi-swe-bench's rules
    #[arg(long, value_name = "F", requires = "test_log")]
    run_log: Option<PathBuf>,
    /// swebench's parser by name, instead of the one for the format
    #[arg(long, value_name = "NAME")]
    parser: Option<String>,
    /// OWNER/NAME: chooses multi-swe-bench's reader, instead of the one for the format
    #[arg(long, value_name = "REPO")]
    repository: Option<String>,
    /// Exit code of the test command, where the log does not tell it
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    exit_code: Option<i32>,
    /// Exit code of the same command with gold: some suites fail with every test passing
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    gold_exit_code: Option<i32>,
    /// Folder at which the repository lay when the tests ran: taken off absolute file names
    #[arg(long, value_name = "DIR")]
    root: Option<String>,
    /// Print JSON: one object, or one a line for a folder
    #[arg(long)]
    json: bool,
    /// Also write kerf's records of a folder of logs, which `kerf report` reads
    #[arg(long, value_name = "FILE")]
    records: Option<PathBuf>,
    /// Also write report files as the harness of --rules writes them
    #[arg(long, value_name = "DIR")]
    reports: Option<PathBuf>,
}

/// What is the same for every log.
struct Asked<'a> {
    arguments: &'a GradeArguments,
    format: Option<Format>,
    rules: Rules,
    lists: Lists,
    suite: Option<Suite>,
}

/// A graded log with what its other outputs need.
pub(super) struct Done {
    grade: Grade,
    report: Option<serde_json::Value>,
}

/// Grades and prints.
pub(super) fn main(arguments: &GradeArguments) -> anyhow::Result<Exit> {
    let asked = Asked {
        arguments,
        format: format(&arguments.format)?,
        rules: Rules::from_name(&arguments.rules).ok_or_else(|| {
            let known = Rules::ALL.map(Rules::name).join(", ");
            bad_input(format!("--rules {}: is unknown; known are {known}", arguments.rules))
        })?,
        lists: Lists {
            fail_to_pass: lists::read("--fail-to-pass", &arguments.fail_to_pass)?,
            pass_to_pass: lists::read("--pass-to-pass", &arguments.pass_to_pass)?,
        },
        suite: arguments.tasks.as_deref().map(read_suite).transpose().map_err(bad_input)?,
    };
    if arguments.log.is_dir() {
        return many(&asked);
    }
    let found = Found {
        log: arguments.log.clone(),
        test_log: arguments.test_log.clone(),
        run_log: arguments.run_log.clone(),
        instance: arguments.instance.clone().unwrap_or_default(),
        ..Found::default()
    };
    let done = one(&asked, &found)?;
    out::single(&done.grade, arguments.json)?;
    out::files(arguments, asked.rules, std::slice::from_ref(&done))?;
    // Millions of ids: the process ends here, and freeing them takes as long as writing them.
    std::mem::forget(done);
    Ok(Exit::Fine)
}

fn format(name: &str) -> anyhow::Result<Option<Format>> {
    if name == "auto" {
        return Ok(None);
    }
    Format::from_name(name).map(Some).ok_or_else(|| {
        let known: Vec<&str> = harness::READERS.iter().map(|reader| reader.name).collect();
        bad_input(format!("--format {name}: is unknown; known are auto, {}", known.join(", ")))
    })
}

/// Logs are graded side by side, and so few at a time that memory does not grow with the folder.
const AT_ONCE: usize = 64;

fn many(asked: &Asked<'_>) -> anyhow::Result<Exit> {
    let arguments = asked.arguments;
    let found = folder::find(&arguments.log)?;
    if found.is_empty() {
        return Err(bad_input(format!("--log {}: holds no logs", arguments.log.display())));
    }
    let mut all = Vec::with_capacity(found.len());
    let mut tally = out::Tally::default();
    for some in found.chunks(AT_ONCE) {
        let done: Vec<anyhow::Result<Done>> = some.par_iter().map(|found| one(asked, found)).collect();
        for done in done {
            let mut done = done?;
            let path = done.grade.log.take().unwrap_or_default();
            let path = Path::new(&path)
                .strip_prefix(&arguments.log)
                .map_or(path.clone(), |p| p.display().to_string());
            done.grade.log = Some(path);
            tally.line(&done.grade, arguments.json)?;
            done.grade.tests.clear();
            all.push(done);
        }
    }
    tally.end(arguments.json)?;
    out::files(arguments, asked.rules, &all)?;
    Ok(Exit::Fine)
}

/// One log by all rules that are asked for.
fn one(asked: &Asked<'_>, found: &Found) -> anyhow::Result<Done> {
    let arguments = asked.arguments;
    let read = |path: &Path| {
        std::fs::read(path).map_err(|error| bad_input(format!("--log {}: {error}", path.display())))
    };
    let fix = read(&found.log)?;
    let test = found.test_log.as_deref().map(read).transpose()?;
    let run = found.run_log.as_deref().map(read).transpose()?;
    let task = match &asked.suite {
        Some(suite) => task(suite, &found.instance, arguments.instance.is_some())?,
        None => None,
    };
    let lists = lists_of(asked, found, task.as_ref());
    let instance = instance_of(arguments, found, task.as_ref());
    let context = ReadContext { packages: Vec::new(), root: arguments.root.clone() };
    let before = test.as_deref().map(|log| {
        let question = Question { format: asked.format, context: context.clone(), ..Question::default() };
        grade(log, &question).grade.tests.into_iter().map(|test| (test.id, test.status)).collect()
    });
    let question = Question {
        format: asked.format,
        lists: lists.clone(),
        before,
        exit_code: arguments.exit_code,
        gold_exit_code: arguments.gold_exit_code,
        context,
    };
    let graded = grade(&fix, &question);
    let mut own = graded.grade;
    let logs = Logs { fix: &fix, test: test.as_deref(), run: run.as_deref() };
    let format = own.format.as_deref().and_then(Format::from_name);
    let listed = !(lists.fail_to_pass.is_empty() && lists.pass_to_pass.is_empty());
    let mut others: Vec<(Rules, Foreign)> = Vec::new();
    for rules in [Rules::Swebench, Rules::MultiSweBench] {
        let wanted = asked.rules == rules || arguments.explain;
        // Multi-SWE-bench finds its tests by comparing logs.
        if wanted && (listed || (rules == Rules::MultiSweBench && logs.test.is_some())) {
            let foreign = match rules {
                Rules::Swebench => by_swebench(&fix, format, &lists, &instance),
                Rules::Kerf | Rules::MultiSweBench => by_multi_swe_bench(&logs, format, &lists, &instance),
            };
            others.push((rules, foreign.map_err(bad_input)?));
        }
    }
    if let (true, Some(verdict)) = (arguments.explain, &graded.verdict) {
        own.explain = explain(&fix, verdict, &others);
    }
    let mut report = None;
    for (rules, foreign) in others {
        if rules == asked.rules {
            report.clone_from(&foreign.report);
            own.others.extend(own.verdict.replace(foreign.verdict));
        } else {
            own.others.push(foreign.verdict);
        }
    }
    if !arguments.explain {
        own.others.clear();
    }
    own.log = Some(found.log.display().to_string());
    own.instance = Some(found.instance.clone()).filter(|id| !id.is_empty());
    own.model.clone_from(&found.model);
    own.published = found.published;
    Ok(Done { grade: own, report })
}

fn task(suite: &Suite, instance: &str, demanded: bool) -> anyhow::Result<Option<Task>> {
    match suite.task(instance) {
        Some(entry) => entry.load().map(Some).map_err(bad_input),
        None if demanded => Err(bad_input(format!("--instance {instance}: is not in {}", suite.name))),
        None => Ok(None),
    }
}

/// The command line's lists, else the data set's, else those that the report beside the log repeats.
fn lists_of(asked: &Asked<'_>, found: &Found, task: Option<&Task>) -> Lists {
    if !asked.lists.fail_to_pass.is_empty() || !asked.lists.pass_to_pass.is_empty() {
        return asked.lists.clone();
    }
    match (task, &found.lists) {
        (Some(task), _) => Lists {
            fail_to_pass: task.test.fail_to_pass.clone(),
            pass_to_pass: match &task.test.pass_to_pass {
                PassToPass::List(list) => list.clone(),
                PassToPass::Base => Vec::new(),
            },
        },
        (None, Some(lists)) => lists.clone(),
        (None, None) => Lists::default(),
    }
}

fn instance_of(arguments: &GradeArguments, found: &Found, task: Option<&Task>) -> Instance {
    let number = found.instance.rsplit_once(":pr-").and_then(|(_, number)| number.parse().ok()).unwrap_or(0);
    let from_id = found.instance.split_once(":pr-").map(|(repository, _)| repository.to_owned());
    let grading = task.map(|task| &task.published);
    Instance {
        id: found.instance.clone(),
        repository: arguments
            .repository
            .clone()
            .or_else(|| task.map(|task| task.source.repository()))
            .or(from_id),
        number,
        parser: arguments.parser.clone().or_else(|| {
            grading.and_then(|grading| grading.parser.clone()).filter(|name| name.starts_with("parse_"))
        }),
        version: String::new(),
        fail_only: grading.and_then(|grading| grading.eval_type.as_deref()) == Some("fail_only"),
    }
}
