//! The command line.

use std::collections::BTreeMap;
use std::str::FromStr;

use ledger_report::Filter;

use crate::CliError;

/// What `ledger help` says.
pub const USAGE: &str = "\
usage: ledger COMMAND JOURNAL [STATEMENT] [OPTIONS]

commands:
  balance   balances of all accounts
  register  postings by day, with a running balance (--csv for programs)
  income    income statement
  print     the journal, tidily laid out
  check     nothing but errors
  import    transactions of a bank STATEMENT that JOURNAL lacks

options:
  --from DATE, --to DATE           first and last day
  --account NAME                   only this account and those below it
  --status unmarked|cleared        only transactions of this status
  --csv                            CSV instead of a table
  --bank NAME, --currency CODE     account and currency of the statement
  --columns NAMES                  its columns, e.g. date,payee,-,amount
  --fallback NAME                  account of payees that no rule names
";

/// Options that stand alone.
const SWITCHES: [&str; 1] = ["csv"];
/// Options that take a value.
const OPTIONS: [&str; 8] =
    ["from", "to", "account", "status", "bank", "currency", "columns", "fallback"];

/// Paths and options of a command line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Arguments {
    paths: Vec<String>,
    options: BTreeMap<String, String>,
}

impl Arguments {
    /// Sorts arguments into paths and options.
    pub fn parse(args: &[String]) -> Result<Self, CliError> {
        let mut arguments = Self::default();
        let mut rest = args.iter();
        while let Some(arg) = rest.next() {
            let Some(name) = arg.strip_prefix("--") else {
                arguments.paths.push(arg.clone());
                continue;
            };
            let value = if SWITCHES.contains(&name) {
                String::new()
            } else if OPTIONS.contains(&name) {
                rest.next().cloned().ok_or_else(|| usage(format!("--{name} needs a value")))?
            } else {
                return Err(usage(format!("unknown option --{name}")));
            };
            arguments.options.insert(name.to_owned(), value);
        }
        Ok(arguments)
    }

    /// The path at a place, by what it is called in the usage.
    pub fn path(&self, index: usize, what: &str) -> Result<&str, CliError> {
        self.paths.get(index).map(String::as_str).ok_or_else(|| usage(format!("which {what}?")))
    }

    /// Whether a switch is there.
    pub fn switch(&self, name: &str) -> bool {
        self.options.contains_key(name)
    }

    /// The value of an option, if it is there.
    pub fn option<T>(&self, name: &str) -> Result<Option<T>, CliError>
    where
        T: FromStr,
        T::Err: std::fmt::Display,
    {
        self.options
            .get(name)
            .map(|value| value.parse().map_err(|error| usage(format!("--{name}: {error}"))))
            .transpose()
    }

    /// The value of an option, or a default that is known to be valid.
    pub fn option_or<T>(&self, name: &str, default: &str) -> Result<T, CliError>
    where
        T: FromStr,
        T::Err: std::fmt::Display,
    {
        let value = self.options.get(name).map_or(default, String::as_str);
        value.parse().map_err(|error| usage(format!("--{name}: {error}")))
    }

    /// The filter that the options describe.
    pub fn filter(&self) -> Result<Filter, CliError> {
        Ok(Filter {
            from: self.option("from")?,
            to: self.option("to")?,
            account: self.option("account")?,
            status: self.option("status")?,
        })
    }
}

fn usage(message: String) -> CliError {
    CliError::Usage(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Arguments, CliError> {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        Arguments::parse(&words)
    }

    #[test]
    fn options_may_stand_anywhere() {
        let arguments = parse("--from 2024-01-01 a.ledger --csv b.csv").unwrap();
        assert_eq!(arguments.path(1, "statement").unwrap(), "b.csv");
        assert!(arguments.switch("csv"));
        assert!(arguments.filter().unwrap().from.is_some());
    }

    #[test]
    fn mistakes_are_named() {
        let message = |line| parse(line).unwrap_err().to_string();
        assert_eq!(message("--form 2024-01-01"), "unknown option --form");
        assert_eq!(message("a.ledger --from"), "--from needs a value");
        let error = parse("--status lost").unwrap().filter().unwrap_err();
        assert_eq!(error.to_string(), "--status: `lost` is not a status");
    }
}
