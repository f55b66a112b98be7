//! Reading journals.

use ledger_core::{Currency, Money, Rounding, Status};
use ledger_text::{Problem, parse};

const HOUSEHOLD: &str = "\
; a small household
account Assets
account Expenses
account Income
price 2024-01-01 USD 0.90 EUR

2024-01-02 * Employer
    Assets:Bank  2000.00 EUR
    Income:Salary

2024-01-05 Grocer
    ; on the way home
    Expenses:Food  45.20 EUR
    Expenses:Eating out\t12 EUR
    Assets:Bank
";

#[test]
fn reads_accounts_prices_and_transactions() {
    let document = parse(HOUSEHOLD).unwrap();
    assert_eq!(document.journal.chart().accounts().count(), 3);
    let transactions = document.journal.transactions();
    assert_eq!(transactions.len(), 2);
    assert_eq!(transactions[0].status(), Status::Cleared);
    assert_eq!(transactions[1].status(), Status::Unmarked);
    let balance = document.journal.balance_of(&"Assets:Bank".parse().unwrap()).unwrap();
    assert_eq!(balance.to_string(), "1942.80 EUR");
}

#[test]
fn prices_convert() {
    let document = parse(HOUSEHOLD).unwrap();
    let date = "2024-06-30".parse().unwrap();
    let euros = document.prices.convert(
        Money::new(1001, Currency::USD),
        Currency::EUR,
        date,
        Rounding::HalfEven,
    );
    assert_eq!(euros, Ok(Money::new(901, Currency::EUR)));
}

#[test]
fn errors_carry_their_line() {
    let cases: [(&str, usize, &str); 8] = [
        ("hello\n", 1, "cannot read `hello`"),
        ("\n    Assets:Cash  1 EUR\n", 2, "posting without a transaction"),
        ("2024-01-05\n", 1, "transaction without a payee"),
        ("2024-13-05 Shop\n", 1, "`2024-13-05` is not a date"),
        ("price 2024-01-05 USD\n", 1, "`price` is used as `price DATE CURRENCY NUMBER CURRENCY`"),
        ("2024-01-05 Shop\n    Assets:Cash  1\n", 2, "`1` is not an amount such as `12.50 EUR`"),
        (
            "2024-01-05 Shop\n    Assets:Cash\n    Assets:Bank\n",
            3,
            "only one posting may leave its amount out",
        ),
        (
            "2024-01-05 Shop\n    Assets:Cash  1.005 EUR\n",
            2,
            "`1.005` has more than 2 digits after the point",
        ),
    ];
    for (text, line, message) in cases {
        let error = parse(text).unwrap_err();
        assert_eq!(error.to_string(), format!("line {line}: {message}"));
    }
}

#[test]
fn unbalanced_transactions_are_reported_at_their_header() {
    let text = "2024-01-05 Shop\n    Assets:Cash  1 EUR\n    Assets:Bank  -2 EUR\n\n; end\n";
    let error = parse(text).unwrap_err();
    assert_eq!(error.line, 1);
    assert!(matches!(error.problem, Problem::Core(_)));
}

#[test]
fn undeclared_accounts_are_refused() {
    let text = "account Assets\n\n2024-01-05 Shop\n    Expenses:Food  1 EUR\n    Assets:Cash\n";
    let error = parse(text).unwrap_err();
    assert_eq!(error.to_string(), "line 3: account Expenses:Food is not declared");
}
