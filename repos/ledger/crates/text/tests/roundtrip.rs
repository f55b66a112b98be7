//! What is printed reads back the same.

use ledger_text::{parse, print};

fn assert_stable(text: &str) {
    let document = parse(text).expect("a readable journal");
    let printed = print(&document);
    assert_eq!(parse(&printed).expect("printed text is readable"), document, "{printed}");
    assert_eq!(print(&parse(&printed).expect("printed text is readable")), printed);
}

#[test]
fn an_empty_journal() {
    assert_stable("");
    assert_eq!(print(&parse("; nothing here\n").unwrap()), "");
}

#[test]
fn declarations_and_prices() {
    assert_stable("account Assets\naccount Expenses\nprice 2024-01-01 USD 0.9250 EUR\n");
}

#[test]
fn transactions_with_several_currencies() {
    assert_stable(
        "2024-01-05 * Exchange\n    Assets:Cash  90.00 EUR\n    Assets:Wallet  -100.00 USD\n    \
         Equity:Exchange\n",
    );
}

#[test]
fn layout() {
    let document =
        parse("2024-01-05 *Grocer\n  Expenses:Food    45.2 EUR\n  Assets:Bank\n").unwrap();
    assert_eq!(
        print(&document),
        "\
2024-01-05 * Grocer
    Expenses:Food                              45.20 EUR
    Assets:Bank                               -45.20 EUR
"
    );
}
