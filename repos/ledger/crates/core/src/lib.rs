//! Accounts, money and balanced transactions.
//!
//! Everything that touches an amount goes through [`Money`], which never mixes currencies and never
//! overflows silently. A [`Transaction`] can only be built if its postings sum to zero in every
//! currency, so a [`Journal`] is balanced by construction.
//!
//! ```
//! use ledger_core::{Currency, Date, Journal, Money, Transaction};
//!
//! let lunch = Transaction::builder(Date::new(2024, 3, 1)?, "Corner café")
//!     .post("Expenses:Food".parse()?, Money::new(1250, Currency::EUR))
//!     .balance_to("Assets:Cash".parse()?)
//!     .build()?;
//! let mut journal = Journal::new();
//! journal.record(lunch)?;
//! assert_eq!(journal.balance_of(&"Assets".parse()?)?.to_string(), "-12.50 EUR");
//! # Ok::<(), ledger_core::CoreError>(())
//! ```

mod account;
mod allocate;
mod balance;
mod chart;
mod currency;
mod date;
mod decimal;
mod error;
mod journal;
mod money;
mod posting;
mod rate;
mod rounding;
mod status;
mod transaction;

pub use account::{AccountKind, AccountName};
pub use allocate::allocate;
pub use balance::Balance;
pub use chart::Chart;
pub use currency::{Currency, MINOR_DIGITS};
pub use date::Date;
pub use decimal::Decimal;
pub use error::{CoreError, Result};
pub use journal::Journal;
pub use money::Money;
pub use posting::Posting;
pub use rate::PriceTable;
pub use rounding::{Rounding, div_round};
pub use status::Status;
pub use transaction::{Transaction, TransactionBuilder};
