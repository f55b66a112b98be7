//! Journals: order, balances and the chart of accounts.

use ledger_core::{AccountName, CoreError, Currency, Date, Journal, Money, Status, Transaction};

fn account(name: &str) -> AccountName {
    name.parse().expect("a valid account name")
}

fn spend(date: &str, payee: &str, minor: i64) -> Transaction {
    let date: Date = date.parse().expect("a valid date");
    Transaction::builder(date, payee)
        .post(account("Expenses:Food"), Money::new(minor, Currency::EUR))
        .balance_to(account("Assets:Cash"))
        .build()
        .expect("a balanced transaction")
}

#[test]
fn balances_roll_up() {
    let mut journal = Journal::new();
    journal.record(spend("2024-01-05", "Grocer", 4520)).unwrap();
    journal.record(spend("2024-01-06", "Baker", 380)).unwrap();
    assert_eq!(journal.balance_of(&account("Expenses")).unwrap().to_string(), "49.00 EUR");
    assert_eq!(journal.balance_of(&account("Assets:Cash")).unwrap().to_string(), "-49.00 EUR");
    assert!(journal.balance_of(&account("Income")).unwrap().is_zero());
}

#[test]
fn transactions_of_one_day_stay_in_order() {
    let mut journal = Journal::new();
    for (date, payee) in [("2024-02-01", "c"), ("2024-01-05", "a"), ("2024-01-05", "b")] {
        journal.record(spend(date, payee, 100)).unwrap();
    }
    let payees: Vec<&str> = journal.by_date().iter().map(|entry| entry.payee()).collect();
    assert_eq!(payees, ["a", "b", "c"]);
    assert_eq!(journal.transactions()[0].payee(), "c");
}

#[test]
fn the_chart_is_kept() {
    let mut journal = Journal::new();
    journal.declare(account("Assets"));
    let refused = journal.record(spend("2024-01-05", "Grocer", 100));
    assert_eq!(refused, Err(CoreError::UndeclaredAccount(account("Expenses:Food"))));
    assert!(journal.transactions().is_empty());
    journal.declare(account("Expenses:Food"));
    journal.record(spend("2024-01-05", "Grocer", 100)).unwrap();
    let used: Vec<&str> = journal.accounts().into_iter().map(AccountName::as_str).collect();
    assert_eq!(used, ["Assets:Cash", "Expenses:Food"]);
}

#[test]
fn similar_transactions_are_found() {
    let mut journal = Journal::new();
    let first = spend("2024-01-05", "Grocer", 100);
    let cash = account("Assets:Cash");
    let change = first.change_of(&cash).unwrap();
    journal.record(first.clone()).unwrap();
    assert_eq!(journal.has_similar(first.date(), "Grocer", &cash, &change), Ok(true));
    assert_eq!(journal.has_similar(first.date(), "Baker", &cash, &change), Ok(false));
}

#[test]
fn statuses_have_names() {
    assert_eq!("cleared".parse(), Ok(Status::Cleared));
    assert_eq!("unmarked".parse(), Ok(Status::Unmarked));
    assert_eq!("lost".parse::<Status>().unwrap_err().to_string(), "`lost` is not a status");
}
