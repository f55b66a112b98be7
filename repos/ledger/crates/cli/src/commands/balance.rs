//! `ledger balance`

use ledger_report::TrialBalance;

use super::journal;
use crate::{Arguments, CliError, Files};

pub(crate) fn balance(arguments: &Arguments, files: &dyn Files) -> Result<String, CliError> {
    let document = journal(arguments, files)?;
    let balance = TrialBalance::of(&document.journal, &arguments.filter()?)?;
    Ok(balance.table().to_string())
}
