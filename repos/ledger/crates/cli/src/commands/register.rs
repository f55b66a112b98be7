//! `ledger register`

use ledger_report::{Register, register_csv};

use super::journal;
use crate::{Arguments, CliError, Files};

pub(crate) fn register(arguments: &Arguments, files: &dyn Files) -> Result<String, CliError> {
    let document = journal(arguments, files)?;
    let register = Register::of(&document.journal, &arguments.filter()?)?;
    if arguments.switch("csv") {
        Ok(register_csv(&register))
    } else {
        Ok(register.table().to_string())
    }
}
