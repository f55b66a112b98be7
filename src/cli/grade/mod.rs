//! `kerf grade`: logs of others, graded without repository or sandbox.

mod lists;

use std::io::Write as _;
use std::path::PathBuf;

use super::Exit;
use super::exit::bad_input;
use super::report::print;
use crate::harness::grade::{Question, grade};
use crate::harness::{Format, Lists, ReadContext};

/// Arguments of `kerf grade`.
#[derive(Debug, clap::Args)]
pub(super) struct GradeArguments {
    /// Log of a test command
    #[arg(long, value_name = "F")]
    log: PathBuf,
    /// Its format: auto, or the name of a runner
    #[arg(long, default_value = "auto", value_name = "FORMAT")]
    format: String,
    /// Tests that must turn from failing to passing; @FILE holds many
    #[arg(long, num_args = 1.., value_name = "ID")]
    fail_to_pass: Vec<String>,
    /// Tests that must go on passing; @FILE holds many
    #[arg(long, num_args = 1.., value_name = "ID")]
    pass_to_pass: Vec<String>,
    /// Log of the same command at base with the test patch: tells skips and regressions outside the lists
    #[arg(long, value_name = "F")]
    base_log: Option<PathBuf>,
    /// Exit code of the test command, where the log does not tell it
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    exit_code: Option<i32>,
    /// Exit code of the same command with gold: some suites fail with every test passing
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    gold_exit_code: Option<i32>,
    /// Folder at which the repository lay when the tests ran: taken off absolute file names
    #[arg(long, value_name = "DIR")]
    root: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Grades and prints.
pub(super) fn main(arguments: &GradeArguments) -> anyhow::Result<Exit> {
    let format = match arguments.format.as_str() {
        "auto" => None,
        name => Some(Format::from_name(name).ok_or_else(|| {
            let known: Vec<&str> = crate::harness::READERS.iter().map(|reader| reader.name).collect();
            bad_input(format!("--format {name}: is unknown; known are auto, {}", known.join(", ")))
        })?),
    };
    let question = Question {
        format,
        lists: Lists {
            fail_to_pass: lists::read("--fail-to-pass", &arguments.fail_to_pass)?,
            pass_to_pass: lists::read("--pass-to-pass", &arguments.pass_to_pass)?,
        },
        before: None,
        exit_code: arguments.exit_code,
        gold_exit_code: arguments.gold_exit_code,
        context: ReadContext { packages: Vec::new(), root: arguments.root.clone() },
    };
    let log = std::fs::read(&arguments.log)
        .map_err(|error| bad_input(format!("--log {}: {error}", arguments.log.display())))?;
    let graded = grade(&log, &question);
    if arguments.json {
        let mut out = std::io::BufWriter::with_capacity(1 << 18, std::io::stdout().lock());
        serde_json::to_writer(&mut out, &graded.grade).map_err(std::io::Error::from)?;
        out.write_all(b"\n")?;
        out.flush()?;
    } else {
        print(&crate::report::grade::render(&graded.grade))?;
    }
    // Millions of ids: the process ends here, and freeing them takes as long as writing them.
    std::mem::forget(graded);
    Ok(Exit::Fine)
}
