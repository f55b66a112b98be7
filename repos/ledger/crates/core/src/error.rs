//! What can go wrong with amounts, accounts and transactions.

use std::fmt;

use crate::{AccountName, Balance, Currency, Date};

/// Short for results of this crate.
pub type Result<T> = std::result::Result<T, CoreError>;

/// An error of the bookkeeping core.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CoreError {
    /// Not three capital letters.
    InvalidCurrency(String),
    /// Not a day of the calendar.
    InvalidDate(String),
    /// An empty segment, or an unknown top-level account.
    InvalidAccount(String),
    /// Not a decimal number.
    InvalidDecimal(String),
    /// More digits after the point than the amount can hold.
    TooPrecise {
        /// The number as written.
        number: String,
        /// Digits that are allowed.
        allowed: u32,
    },
    /// An amount left the range of 64 bits.
    Overflow,
    /// Two currencies where one was needed.
    CurrencyMismatch {
        /// Currency of the left operand.
        left: Currency,
        /// Currency of the right operand.
        right: Currency,
    },
    /// Postings that do not sum to zero.
    Unbalanced {
        /// Day of the transaction.
        date: Date,
        /// Its payee.
        payee: String,
        /// What is left over.
        residue: Balance,
    },
    /// A transaction with fewer than two postings.
    TooFewPostings {
        /// Day of the transaction.
        date: Date,
        /// Its payee.
        payee: String,
    },
    /// An account that the chart does not declare.
    UndeclaredAccount(AccountName),
    /// No price is known on or before the day asked for.
    NoPrice {
        /// Currency to convert from.
        from: Currency,
        /// Currency to convert to.
        to: Currency,
    },
    /// An amount cannot be split over weights that sum to zero.
    NoWeight,
}

impl fmt::Display for CoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidCurrency(code) => write!(f, "`{code}` is not a currency code"),
            Self::InvalidDate(text) => write!(f, "`{text}` is not a date"),
            Self::InvalidAccount(name) => write!(f, "`{name}` is not an account name"),
            Self::InvalidDecimal(text) => write!(f, "`{text}` is not a decimal number"),
            Self::TooPrecise { number, allowed } => {
                write!(f, "`{number}` has more than {allowed} digits after the point")
            }
            Self::Overflow => f.write_str("amount out of range"),
            Self::CurrencyMismatch { left, right } => {
                write!(f, "cannot combine {left} with {right}")
            }
            Self::Unbalanced { date, payee, residue } => {
                write!(f, "transaction {date} {payee} does not balance: {residue} left over")
            }
            Self::TooFewPostings { date, payee } => {
                write!(f, "transaction {date} {payee} needs at least two postings")
            }
            Self::UndeclaredAccount(name) => write!(f, "account {name} is not declared"),
            Self::NoPrice { from, to } => write!(f, "no price of {from} in {to}"),
            Self::NoWeight => f.write_str("nothing to split the amount over"),
        }
    }
}

impl std::error::Error for CoreError {}
