//! `ledger check`

use super::journal;
use crate::{Arguments, CliError, Files};

pub(crate) fn check(arguments: &Arguments, files: &dyn Files) -> Result<String, CliError> {
    let document = journal(arguments, files)?;
    Ok(format!("{} transactions\n", document.journal.transactions().len()))
}
