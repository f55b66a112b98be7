//! Whole statements.

use ledger_core::{Currency, Journal, Status};
use ledger_import::{DateOrder, Dialect, Importer, Mapping, Rules};

fn importer(dialect: Dialect, columns: &str) -> Importer {
    let account = |name: &str| name.parse().expect("a valid account name");
    Importer {
        dialect,
        mapping: Mapping::from_names(columns).expect("a valid mapping"),
        rules: Rules::new(account("Expenses:Unknown"))
            .with("grocer", account("Expenses:Food"))
            .with("employer", account("Income:Salary")),
        account: account("Assets:Bank"),
        currency: Currency::EUR,
    }
}

const STATEMENT: &str = "\
Date,Party,Reference,Value
2024-01-02,Employer,January,2000.00
2024-01-05,Green Grocer,,-45.20

2024-01-06,\"Smith, Bros\",\"Order 7\",19.99-
";

#[test]
fn rows_become_cleared_transactions() {
    let mut journal = Journal::new();
    let summary = importer(Dialect::default(), "date,payee,memo,amount")
        .run(STATEMENT, &mut journal)
        .unwrap();
    assert_eq!(summary.to_string(), "3 recorded, 0 skipped");
    let transactions = journal.transactions();
    assert!(transactions.iter().all(|entry| entry.status() == Status::Cleared));
    assert_eq!(transactions[0].postings()[0].note.as_deref(), Some("January"));
    assert_eq!(transactions[1].postings()[1].account.as_str(), "Expenses:Food");
    assert_eq!(transactions[2].payee(), "Smith, Bros");
    let balance = journal.balance_of(&"Assets:Bank".parse().unwrap()).unwrap();
    assert_eq!(balance.to_string(), "1934.81 EUR");
}

#[test]
fn known_rows_are_skipped() {
    let mut journal = Journal::new();
    let importer = importer(Dialect::default(), "date,payee,-,amount");
    importer.run(STATEMENT, &mut journal).unwrap();
    let again = importer.run(STATEMENT, &mut journal).unwrap();
    assert_eq!(again.to_string(), "0 recorded, 3 skipped");
    assert_eq!(journal.transactions().len(), 3);
}

#[test]
fn dialects_of_other_banks() {
    let dialect =
        Dialect { delimiter: ';', date_order: DateOrder::DayMonthYear, ..Dialect::default() };
    let mut journal = Journal::new();
    importer(dialect, "amount,date,payee")
        .run("sum;day;to\n-3.80;06.01.2024;Baker\n", &mut journal)
        .unwrap();
    assert_eq!(journal.transactions()[0].date().to_string(), "2024-01-06");
}

#[test]
fn errors_name_the_line() {
    let run = |text: &str| {
        importer(Dialect::default(), "date,payee,amount")
            .run(text, &mut Journal::new())
            .unwrap_err()
            .to_string()
    };
    assert_eq!(run("d,p,a\n2024-01-05,Shop\n"), "line 2: column 3 is missing");
    assert_eq!(run("d,p,a\n\n2024-01-05,Shop,free\n"), "line 3: `free` is not an amount");
    assert_eq!(run("d,p,a\n5.1.24,Shop,1\n2024,Shop,1\n"), "line 2: `5.1.24` is not a date");
    assert_eq!(run("d,p,a\n2024-01-05,\"Shop,1\n"), "line 2: quote is never closed");
}
