//! Commands on a small household.

use std::io;

use ledger_cli::{CliError, Files, run};

struct Data;

impl Files for Data {
    fn read(&self, path: &str) -> io::Result<String> {
        std::fs::read_to_string(format!("{}/tests/data/{path}", env!("CARGO_MANIFEST_DIR")))
    }
}

fn ledger(line: &str) -> Result<String, CliError> {
    let args: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    let mut out = Vec::new();
    run(&args, &Data, &mut out)?;
    Ok(String::from_utf8(out).expect("output is text"))
}

#[test]
fn balance() {
    assert_eq!(
        ledger("balance household.ledger --account Assets").unwrap(),
        "\
2454.80 EUR  Assets
2454.80 EUR    Bank
 ----------
2454.80 EUR
"
    );
}

#[test]
fn register() {
    assert_eq!(
        ledger("register household.ledger --account Assets --status cleared").unwrap(),
        "\
2024-01-01  *  Opening   Assets:Bank   500.00 EUR   500.00 EUR
2024-01-02  *  Employer  Assets:Bank  2000.00 EUR  2500.00 EUR
"
    );
}

#[test]
fn register_as_csv() {
    let text = ledger("register household.ledger --account Income --csv").unwrap();
    assert_eq!(text.lines().last(), Some("2024-01-02,cleared,Employer,Income:Salary,-2000.00,EUR"));
}

#[test]
fn income() {
    let text = ledger("income household.ledger --from 2024-01-02").unwrap();
    assert_eq!(text.lines().last(), Some("Net            1954.80 EUR"));
}

#[test]
fn print_is_stable() {
    let text = ledger("print household.ledger").unwrap();
    assert!(text.starts_with("account Assets\n"), "{text}");
    assert_eq!(text.lines().filter(|line| line.starts_with("2024-")).count(), 3);
}

#[test]
fn check() {
    assert_eq!(ledger("check household.ledger").unwrap(), "3 transactions\n");
}

#[test]
fn import_prints_what_is_new() {
    assert_eq!(
        ledger("import household.ledger statement.csv --fallback Expenses:Food").unwrap(),
        "\
; 1 recorded, 1 skipped

2024-01-08 * Baker
    Assets:Bank                                -3.80 EUR
    Expenses:Food                               3.80 EUR
"
    );
}

#[test]
fn help_and_mistakes() {
    assert!(ledger("help").unwrap().starts_with("usage: ledger"));
    for (line, message, code) in [
        ("", "which command?", 2),
        ("frobnicate", "unknown command `frobnicate`", 2),
        ("balance", "which journal?", 2),
        ("import household.ledger", "which statement?", 2),
        ("balance missing.ledger", "missing.ledger: No such file or directory (os error 2)", 1),
        ("check statement.csv", "statement.csv: line 1: cannot read `Date,Party,Value`", 1),
    ] {
        let error = ledger(line).unwrap_err();
        assert_eq!((error.to_string().as_str(), error.exit_code()), (message, code));
    }
}
