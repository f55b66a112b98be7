//! `ledger print`

use super::journal;
use crate::{Arguments, CliError, Files};

pub(crate) fn print(arguments: &Arguments, files: &dyn Files) -> Result<String, CliError> {
    let document = journal(arguments, files)?;
    Ok(ledger_text::print(&document))
}
