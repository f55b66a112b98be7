//! Reports over several currencies.

use ledger_core::{Currency, Journal, Money, Transaction};
use ledger_report::{Filter, Register, TrialBalance};

fn exchange() -> Journal {
    let transaction = Transaction::builder("2024-01-05".parse().expect("a date"), "Exchange")
        .post("Assets:Wallet".parse().expect("an account"), Money::new(10_000, Currency::USD))
        .post("Assets:Wallet".parse().expect("an account"), Money::new(-9000, Currency::EUR))
        .balance_to("Equity:Exchange".parse().expect("an account"))
        .build()
        .expect("a balanced transaction");
    let mut journal = Journal::new();
    journal.record(transaction).expect("no chart");
    journal
}

#[test]
fn accounts_show_one_line_per_currency() {
    let table = TrialBalance::of(&exchange(), &Filter::default()).unwrap().table().to_string();
    assert!(table.starts_with(" -90.00 EUR\n 100.00 USD  Assets\n"), "{table}");
}

#[test]
fn running_balances_hold_all_currencies() {
    let filter = Filter { account: Some("Assets".parse().unwrap()), ..Filter::default() };
    let register = Register::of(&exchange(), &filter).unwrap();
    let balances: Vec<String> = register.rows().iter().map(|row| row.balance.to_string()).collect();
    assert_eq!(balances, ["100.00 USD", "-90.00 EUR, 100.00 USD"]);
}
