//! The `ledger` command, as a library, so that tests can call it.
//!
//! [`run`] takes arguments, something to read files with and something to write to; only the
//! binary knows the real file system and the real terminal.

mod args;
mod commands;
mod error;

use std::io::Write;

pub use args::{Arguments, USAGE};
pub use error::CliError;

/// Reads files by name.
pub trait Files {
    /// The content of a file.
    fn read(&self, path: &str) -> std::io::Result<String>;
}

/// Runs a command.
pub fn run(args: &[String], files: &dyn Files, out: &mut dyn Write) -> Result<(), CliError> {
    let Some((name, rest)) = args.split_first() else {
        return Err(CliError::Usage("which command?".to_owned()));
    };
    let arguments = Arguments::parse(rest)?;
    let text = match name.as_str() {
        "balance" => commands::balance(&arguments, files)?,
        "check" => commands::check(&arguments, files)?,
        "import" => commands::import(&arguments, files)?,
        "income" => commands::income(&arguments, files)?,
        "print" => commands::print(&arguments, files)?,
        "register" => commands::register(&arguments, files)?,
        "help" => USAGE.to_owned(),
        other => return Err(CliError::Usage(format!("unknown command `{other}`"))),
    };
    out.write_all(text.as_bytes()).map_err(CliError::Output)
}
