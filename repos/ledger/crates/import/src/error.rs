//! Errors of an import, with the line of the statement.

use std::fmt;

use ledger_core::CoreError;

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowProblem {
    /// A quote that is never closed.
    OpenQuote,
    /// Text after a closing quote.
    TextAfterQuote,
    /// Fewer fields than the mapping needs.
    MissingField {
        /// Index of the field, from 0.
        index: usize,
    },
    /// A field that is no amount.
    BadAmount(String),
    /// A field that is no date.
    BadDate(String),
    /// A value that the core refuses.
    Core(CoreError),
}

impl fmt::Display for RowProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OpenQuote => f.write_str("quote is never closed"),
            Self::TextAfterQuote => f.write_str("text after a closing quote"),
            Self::MissingField { index } => write!(f, "column {} is missing", index + 1),
            Self::BadAmount(text) => write!(f, "`{text}` is not an amount"),
            Self::BadDate(text) => write!(f, "`{text}` is not a date"),
            Self::Core(error) => error.fmt(f),
        }
    }
}

impl From<CoreError> for RowProblem {
    fn from(error: CoreError) -> Self {
        Self::Core(error)
    }
}

/// An error of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportError {
    /// A row that cannot be used.
    Row {
        /// Line of the statement, from 1.
        line: usize,
        /// What is wrong.
        problem: RowProblem,
    },
    /// A column name that means nothing.
    UnknownColumn(String),
    /// A mapping without a column that is needed.
    MissingColumn(&'static str),
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Row { line, problem } => write!(f, "line {line}: {problem}"),
            Self::UnknownColumn(name) => write!(f, "unknown column `{name}`"),
            Self::MissingColumn(name) => write!(f, "no column holds the {name}"),
        }
    }
}

impl std::error::Error for ImportError {}
