//! What a journal file holds.

use ledger_core::{Journal, PriceTable};

/// A journal with the prices that were noted in the same file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    /// Transactions and declared accounts.
    pub journal: Journal,
    /// Prices of currencies.
    pub prices: PriceTable,
}
