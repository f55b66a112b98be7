//! `ledger import`

use ledger_import::{Dialect, Importer, Mapping, Rules};
use ledger_text::print_transaction;

use super::{journal, read};
use crate::{Arguments, CliError, Files};

/// Prints the transactions to be added to the journal, and a summary as a comment.
pub(crate) fn import(arguments: &Arguments, files: &dyn Files) -> Result<String, CliError> {
    let mut journal = journal(arguments, files)?.journal;
    let path = arguments.path(1, "statement")?;
    let columns: String = arguments.option_or("columns", "date,payee,amount")?;
    let failed = |error| CliError::Import { path: path.to_owned(), error };
    let importer = Importer {
        dialect: Dialect::default(),
        mapping: Mapping::from_names(&columns).map_err(failed)?,
        rules: Rules::new(arguments.option_or("fallback", "Expenses:Unknown")?),
        account: arguments.option_or("bank", "Assets:Bank")?,
        currency: arguments.option_or("currency", "EUR")?,
    };
    let known = journal.transactions().len();
    let summary = importer.run(&read(files, path)?, &mut journal).map_err(failed)?;
    let mut text = format!("; {summary}\n");
    for transaction in &journal.transactions()[known..] {
        text.push('\n');
        text.push_str(&print_transaction(transaction));
    }
    Ok(text)
}
