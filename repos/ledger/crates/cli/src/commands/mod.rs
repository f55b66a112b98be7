//! One file per command. Each returns what is to be printed.

mod balance;
mod check;
mod import;
mod income;
mod print;
mod register;

use ledger_text::Document;

use crate::{Arguments, CliError, Files};

pub(crate) use balance::balance;
pub(crate) use check::check;
pub(crate) use import::import;
pub(crate) use income::income;
pub(crate) use print::print;
pub(crate) use register::register;

fn read(files: &dyn Files, path: &str) -> Result<String, CliError> {
    files.read(path).map_err(|error| CliError::Read { path: path.to_owned(), error })
}

fn journal(arguments: &Arguments, files: &dyn Files) -> Result<Document, CliError> {
    let path = arguments.path(0, "journal")?;
    let text = read(files, path)?;
    ledger_text::parse(&text).map_err(|error| CliError::Parse { path: path.to_owned(), error })
}
