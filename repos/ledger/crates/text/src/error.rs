//! Errors with the line they were found on.

use std::fmt;

use ledger_core::CoreError;

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// A line that starts with neither a date, a keyword nor white space.
    UnknownLine(String),
    /// A posting without a transaction above it.
    StrayPosting,
    /// A transaction without payee.
    MissingPayee,
    /// A keyword with too few or too many words after it.
    BadDirective {
        /// The keyword.
        keyword: &'static str,
        /// How it is used.
        usage: &'static str,
    },
    /// An amount that is not `NUMBER CURRENCY`.
    BadAmount(String),
    /// More than one posting without an amount.
    SecondElision,
    /// A value that the core refuses.
    Core(CoreError),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownLine(line) => write!(f, "cannot read `{line}`"),
            Self::StrayPosting => f.write_str("posting without a transaction"),
            Self::MissingPayee => f.write_str("transaction without a payee"),
            Self::BadDirective { keyword, usage } => {
                write!(f, "`{keyword}` is used as `{keyword} {usage}`")
            }
            Self::BadAmount(text) => write!(f, "`{text}` is not an amount such as `12.50 EUR`"),
            Self::SecondElision => f.write_str("only one posting may leave its amount out"),
            Self::Core(error) => error.fmt(f),
        }
    }
}

impl From<CoreError> for Problem {
    fn from(error: CoreError) -> Self {
        Self::Core(error)
    }
}

/// A problem and the line it was found on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// Line, from 1.
    pub line: usize,
    /// What is wrong.
    pub problem: Problem,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.problem)
    }
}

impl std::error::Error for ParseError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.problem {
            Problem::Core(error) => Some(error),
            _ => None,
        }
    }
}
