//! How far a transaction has got with the bank.

use std::fmt;
use std::str::FromStr;

/// Whether the bank has confirmed a transaction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Nothing is known.
    #[default]
    Unmarked,
    /// On a bank statement.
    Cleared,
}

/// A word that names no [`Status`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownStatus(pub String);

impl fmt::Display for UnknownStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a status", self.0)
    }
}

impl std::error::Error for UnknownStatus {}

impl FromStr for Status {
    type Err = UnknownStatus;

    fn from_str(word: &str) -> Result<Self, UnknownStatus> {
        match word {
            "unmarked" => Ok(Self::Unmarked),
            "cleared" => Ok(Self::Cleared),
            _ => Err(UnknownStatus(word.to_owned())),
        }
    }
}
