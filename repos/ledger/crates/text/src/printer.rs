//! From a document to text.

use std::fmt::Write;

use ledger_core::{Decimal, MINOR_DIGITS, Posting, Status, Transaction};

use crate::Document;

/// Column at which numbers end.
const NUMBER_END: usize = 52;

/// Writes a document: accounts, prices, then transactions as recorded.
pub fn print(document: &Document) -> String {
    let mut text = String::new();
    for account in document.journal.chart().accounts() {
        let _ = writeln!(text, "account {account}");
    }
    for (date, from, to, price) in document.prices.entries() {
        let _ = writeln!(text, "price {date} {from} {price} {to}");
    }
    for transaction in document.journal.transactions() {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&print_transaction(transaction));
    }
    text
}

/// Writes one transaction.
///
/// ```
/// use ledger_core::{Currency, Date, Money, Transaction};
///
/// let transaction = Transaction::builder(Date::new(2024, 1, 5)?, "Grocer")
///     .post("Expenses:Food".parse()?, Money::new(4520, Currency::EUR))
///     .balance_to("Assets:Bank".parse()?)
///     .build()?;
/// let text = ledger_text::print_transaction(&transaction);
/// assert!(text.starts_with("2024-01-05 Grocer\n    Expenses:Food "));
/// # Ok::<(), ledger_core::CoreError>(())
/// ```
pub fn print_transaction(transaction: &Transaction) -> String {
    let mark = match transaction.status() {
        Status::Unmarked => "",
        Status::Cleared => "* ",
    };
    let mut text = format!("{} {mark}{}\n", transaction.date(), transaction.payee());
    for posting in transaction.postings() {
        text.push_str(&print_posting(posting));
        text.push('\n');
    }
    text
}

fn print_posting(posting: &Posting) -> String {
    let Posting { account, amount, .. } = posting;
    let number = Decimal::from_minor(amount.minor(), MINOR_DIGITS).to_string();
    let width = NUMBER_END.saturating_sub(number.len() + 2);
    format!("{:width$}  {number} {}", format!("    {account}"), amount.currency())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ledger_core::{Currency, Money};

    #[test]
    fn numbers_end_in_one_column() {
        let posting = |minor| {
            let account = "Assets:Cash".parse().expect("a valid account name");
            print_posting(&Posting::new(account, Money::new(minor, Currency::EUR)))
        };
        assert_eq!(posting(5).len(), posting(-12_345_678).len());
    }

    #[test]
    fn long_names_keep_two_blanks() {
        let account = format!("Assets:{}", "x".repeat(60)).parse().unwrap();
        let line = print_posting(&Posting::new(account, Money::new(100, Currency::EUR)));
        assert!(line.ends_with("x  1.00 EUR"), "{line}");
    }
}
