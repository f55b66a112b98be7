//! Journals as plain text.
//!
//! [`parse`] reads a [`Document`]; [`print`] writes one. Printing what was parsed and parsing it
//! again yields the same document.
//!
//! ```
//! let text = "\
//! 2024-01-05 * Grocer
//!     Expenses:Food  45.20 EUR
//!     Assets:Bank
//! ";
//! let document = ledger_text::parse(text)?;
//! assert_eq!(document.journal.transactions().len(), 1);
//! assert_eq!(document.journal.transactions()[0].postings()[1].amount.to_string(), "-45.20 EUR");
//! # Ok::<(), ledger_text::ParseError>(())
//! ```

mod amount;
mod document;
mod error;
mod parser;
mod printer;
mod scan;

pub use amount::parse_amount;
pub use document::Document;
pub use error::{ParseError, Problem};
pub use parser::parse;
pub use printer::{print, print_transaction};
