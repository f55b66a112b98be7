//! `ledger income`

use ledger_report::IncomeStatement;

use super::journal;
use crate::{Arguments, CliError, Files};

pub(crate) fn income(arguments: &Arguments, files: &dyn Files) -> Result<String, CliError> {
    let document = journal(arguments, files)?;
    let statement = IncomeStatement::of(&document.journal, &arguments.filter()?)?;
    Ok(statement.table().to_string())
}
