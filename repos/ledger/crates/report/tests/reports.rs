//! Reports over a small household.

use ledger_core::{AccountName, Currency, Journal, Money, Status, Transaction};
use ledger_report::{Filter, IncomeStatement, Register, TrialBalance, register_csv};

fn account(name: &str) -> AccountName {
    name.parse().expect("a valid account name")
}

fn household() -> Journal {
    let mut journal = Journal::new();
    for (date, payee, status, to, minor) in [
        ("2024-01-05", "Grocer", Status::Unmarked, "Expenses:Food", 4520),
        ("2024-01-02", "Employer", Status::Cleared, "Income:Salary", -200_000),
        ("2024-02-01", "Café, Corner", Status::Unmarked, "Expenses:Food:Eating out", 1250),
    ] {
        let transaction = Transaction::builder(date.parse().expect("a valid date"), payee)
            .status(status)
            .post(account(to), Money::new(minor, Currency::EUR))
            .balance_to(account("Assets:Bank"))
            .build()
            .expect("a balanced transaction");
        journal.record(transaction).expect("no chart");
    }
    journal
}

#[test]
fn trial_balance_rolls_up() {
    let balance = TrialBalance::of(&household(), &Filter::default()).unwrap();
    let table = balance.table().to_string();
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(
        lines,
        [
            " 1942.30 EUR  Assets",
            " 1942.30 EUR    Bank",
            "   57.70 EUR  Expenses",
            "   57.70 EUR    Food",
            "   12.50 EUR      Eating out",
            "-2000.00 EUR  Income",
            "-2000.00 EUR    Salary",
            "  ----------",
            "           0",
        ]
    );
}

#[test]
fn register_runs_by_day() {
    let filter = Filter { account: Some(account("Assets")), ..Filter::default() };
    let register = Register::of(&household(), &filter).unwrap();
    assert_eq!(
        register.table().to_string(),
        "\
2024-01-02  *  Employer      Assets:Bank  2000.00 EUR  2000.00 EUR
2024-01-05     Grocer        Assets:Bank   -45.20 EUR  1954.80 EUR
2024-02-01     Café, Corner  Assets:Bank   -12.50 EUR  1942.30 EUR
"
    );
}

#[test]
fn register_of_one_status() {
    let filter = Filter { status: Some(Status::Cleared), ..Filter::default() };
    let register = Register::of(&household(), &filter).unwrap();
    assert_eq!(register.rows().len(), 2);
    assert!(register.rows()[1].balance.is_zero());
}

#[test]
fn register_exports_to_csv() {
    let filter = Filter { from: Some("2024-01-03".parse().unwrap()), ..Filter::default() };
    let register = Register::of(&household(), &filter).unwrap();
    assert_eq!(
        register_csv(&register),
        "\
date,status,payee,account,amount,currency
2024-01-05,unmarked,Grocer,Expenses:Food,45.20,EUR
2024-01-05,unmarked,Grocer,Assets:Bank,-45.20,EUR
2024-02-01,unmarked,\"Café, Corner\",Expenses:Food:Eating out,12.50,EUR
2024-02-01,unmarked,\"Café, Corner\",Assets:Bank,-12.50,EUR
"
    );
}

#[test]
fn income_comes_first() {
    let statement = IncomeStatement::of(&household(), &Filter::default()).unwrap();
    assert_eq!(statement.net().to_string(), "1942.30 EUR");
    assert_eq!(
        statement.table().to_string(),
        "\
Income:Salary             2000.00 EUR
Expenses:Food              -45.20 EUR
Expenses:Food:Eating out   -12.50 EUR
Net                       1942.30 EUR
"
    );
}
