//! Balances, registers and statements over a journal.
//!
//! Each report is a plain value with a `table` method for people; the register can also be
//! exported as CSV for programs.
//!
//! ```
//! use ledger_core::{Currency, Date, Journal, Money, Transaction};
//! use ledger_report::{Filter, TrialBalance};
//!
//! let mut journal = Journal::new();
//! journal.record(
//!     Transaction::builder(Date::new(2024, 1, 5)?, "Grocer")
//!         .post("Expenses:Food".parse()?, Money::new(4520, Currency::EUR))
//!         .balance_to("Assets:Bank".parse()?)
//!         .build()?,
//! )?;
//! let balance = TrialBalance::of(&journal, &Filter::default())?;
//! assert!(balance.total().is_zero());
//! # Ok::<(), ledger_core::CoreError>(())
//! ```

mod export;
mod filter;
mod income;
mod register;
mod table;
mod tree;
mod trial_balance;

pub use export::register_csv;
pub use filter::Filter;
pub use income::IncomeStatement;
pub use register::{Register, RegisterRow};
pub use table::{Align, Table};
pub use tree::{AccountTree, Node};
pub use trial_balance::TrialBalance;
