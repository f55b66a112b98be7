//! Bank statements in CSV, turned into transactions.
//!
//! A [`Dialect`] says how the bank writes its file, a [`Mapping`] which column holds what, [`Rules`]
//! which account a payee belongs to. An [`Importer`] brings them together.
//!
//! ```
//! use ledger_core::{Currency, Journal};
//! use ledger_import::{Dialect, Importer, Mapping, Rules};
//!
//! let importer = Importer {
//!     dialect: Dialect::default(),
//!     mapping: Mapping::from_names("date,payee,amount")?,
//!     rules: Rules::new("Expenses:Unknown".parse()?),
//!     account: "Assets:Bank".parse()?,
//!     currency: Currency::EUR,
//! };
//! let mut journal = Journal::new();
//! let summary = importer.run("when,who,how much\n2024-01-05,Grocer,-45.20\n", &mut journal)?;
//! assert_eq!((journal.transactions().len(), summary.skipped), (1, 0));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod amount;
mod csv;
mod dialect;
mod error;
mod importer;
mod mapping;
mod rules;

pub use csv::{Row, read_rows};
pub use dialect::{DateOrder, Dialect, Sign};
pub use error::{ImportError, RowProblem};
pub use importer::{ImportSummary, Importer};
pub use mapping::{Column, Mapping, Record};
pub use rules::Rules;
