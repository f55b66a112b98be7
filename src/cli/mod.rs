//! The command line: one file per command.
//!
//! In: arguments. Out: an [`ExitCode`](exit::Exit). Commands read their inputs, call the library and print; errors
//! name file, line, field and what to do.

mod bring;
mod cache;
mod calibrate;
mod capture;
mod compare;
mod completions;
mod config;
mod context;
mod dependents;
mod diff;
mod doctor;
mod durations;
pub mod exit;
mod grade;
mod label;
mod merge;
mod nightly;
mod plan;
mod progress;
mod report;
mod review;
mod run;
mod schema;
mod suite;
mod task;
mod verify;

use clap::{Parser, Subcommand};
pub use exit::Exit;

/// kerf tells how cleanly a coding model cuts.
///
/// It applies proposed patches to tasks in a sandbox, runs the tests, and measures pass rate, irrelevant edits, lint
/// compliance and cross-file behaviour.
#[derive(Debug, Parser)]
#[command(name = "kerf", version, after_help = exit::HELP, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Evaluate predictions on a suite; without arguments, what kerf.toml says
    Run(run::RunArguments),
    /// Write down what is to be run, so that several machines can run a part each
    Plan(plan::PlanArguments),
    /// Join the shards of a plan into one run
    Merge(merge::MergeArguments),
    /// Evaluate suites × models every night, compare with the baseline, report
    Nightly(nightly::NightlyArguments),
    /// Print the report of a run
    Report(report::ReportArguments),
    /// Compare two runs, or models of one run, on common tasks
    Compare(compare::CompareArguments),
    /// Show a change as edit units
    Diff(diff::DiffArguments),
    /// Show what depends on a symbol or a change, and how far away
    Context(dependents::ContextArguments),
    /// Look at a branch or working tree by itself: no task, no gold, no tests
    Review(review::ReviewArguments),
    /// Grade a log that others made: no repository needed
    Grade(grade::GradeArguments),
    /// Check, prove and make tasks
    #[command(subcommand)]
    Task(task::TaskCommand),
    /// Make a prediction of a working tree
    Capture(capture::CaptureArguments),
    /// Bring what a suite needs
    #[command(subcommand)]
    Suite(suite::SuiteCommand),
    /// Units for people to label, and how they and kerf agree
    #[command(subcommand)]
    Label(label::LabelCommand),
    /// Run a sample of a finished run again, and report every difference
    Verify(verify::VerifyArguments),
    /// Measure kerf's own error: plant edits of known worth into gold patches and classify them
    Calibrate(calibrate::CalibrateArguments),
    /// Look after the snapshots that kerf keeps
    #[command(subcommand)]
    Cache(cache::CacheCommand),
    /// Say what this machine can do, and how to get what is missing
    Doctor(doctor::DoctorArguments),
    /// Print the JSON Schemas of kerf's formats
    Schema(schema::SchemaArguments),
    /// Print a completion script for a shell
    Completions(completions::CompletionArguments),
}

/// Parses the process's arguments and runs the command.
pub fn main() -> std::process::ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let code = if error.use_stderr() { Exit::Usage } else { Exit::Fine };
            let _ = error.print();
            return code.into();
        }
    };
    let result = match arguments.command {
        Command::Run(arguments) => run::main(&arguments),
        Command::Plan(arguments) => plan::main(&arguments),
        Command::Merge(arguments) => merge::main(&arguments),
        Command::Nightly(arguments) => nightly::main(&arguments),
        Command::Report(arguments) => report::main(&arguments),
        Command::Compare(arguments) => compare::main(&arguments),
        Command::Diff(arguments) => diff::main(&arguments),
        Command::Context(arguments) => dependents::main(&arguments),
        Command::Review(arguments) => review::main(&arguments),
        Command::Grade(arguments) => grade::main(&arguments),
        Command::Task(command) => task::main(&command),
        Command::Capture(arguments) => capture::main(&arguments),
        Command::Suite(command) => suite::main(&command),
        Command::Label(command) => label::main(&command),
        Command::Verify(arguments) => verify::main(&arguments),
        Command::Calibrate(arguments) => calibrate::main(&arguments),
        Command::Cache(command) => cache::main(&command),
        Command::Doctor(arguments) => doctor::main(&arguments),
        Command::Schema(arguments) => schema::main(&arguments),
        Command::Completions(arguments) => completions::main(&arguments),
    };
    match result {
        Ok(exit) => exit.into(),
        Err(error) => exit::report(&error).into(),
    }
}
