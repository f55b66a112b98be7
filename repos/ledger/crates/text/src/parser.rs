//! From lines to a document.

use ledger_core::{AccountName, Decimal, Posting, Status, Transaction, TransactionBuilder};

use crate::amount::parse_amount;
use crate::scan::{Line, scan};
use crate::{Document, ParseError, Problem};

/// Reads a document. The first problem ends it.
///
/// ```
/// let error = ledger_text::parse("2024-01-05 Shop\n    Assets:Cash  1 EUR\n").unwrap_err();
/// assert_eq!(error.line, 1);
/// ```
pub fn parse(text: &str) -> Result<Document, ParseError> {
    let mut parser = Parser::default();
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        let scanned = scan(line).map_err(|problem| ParseError { line: number, problem })?;
        if !matches!(scanned, Line::Posting { .. } | Line::Comment) {
            parser.finish_transaction()?;
        }
        parser.line(number, scanned).map_err(|problem| ParseError { line: number, problem })?;
    }
    parser.finish_transaction()?;
    Ok(parser.document)
}

#[derive(Default)]
struct Parser {
    document: Document,
    open: Option<Open>,
}

/// A transaction whose postings are still being read.
struct Open {
    line: usize,
    builder: TransactionBuilder,
    elided: bool,
}

impl Parser {
    fn line(&mut self, number: usize, line: Line<'_>) -> Result<(), Problem> {
        match line {
            Line::Blank | Line::Comment => Ok(()),
            Line::Account(name) => {
                self.document.journal.declare(name.parse()?);
                Ok(())
            }
            Line::Price(rest) => self.price(rest),
            Line::Header { date, mark, payee } => {
                let builder = Transaction::builder(date, payee).status(status(mark));
                self.open = Some(Open { line: number, builder, elided: false });
                Ok(())
            }
            Line::Posting { account, amount } => self.posting(account, amount),
        }
    }

    fn price(&mut self, rest: &str) -> Result<(), Problem> {
        let words: Vec<&str> = rest.split_whitespace().collect();
        let [date, from, number, to] = words[..] else {
            return Err(Problem::BadDirective {
                keyword: "price",
                usage: "DATE CURRENCY NUMBER CURRENCY",
            });
        };
        let price: Decimal = number.parse()?;
        self.document.prices.set(date.parse()?, from.parse()?, to.parse()?, price);
        Ok(())
    }

    fn posting(&mut self, account: &str, amount: Option<&str>) -> Result<(), Problem> {
        let Open { line, builder, elided } = self.open.take().ok_or(Problem::StrayPosting)?;
        let account: AccountName = account.parse()?;
        let builder = match amount {
            Some(amount) => builder.posting(Posting::new(account, parse_amount(amount)?)),
            None if elided => return Err(Problem::SecondElision),
            None => builder.balance_to(account),
        };
        self.open = Some(Open { line, builder, elided: elided || amount.is_none() });
        Ok(())
    }

    fn finish_transaction(&mut self) -> Result<(), ParseError> {
        let Some(open) = self.open.take() else {
            return Ok(());
        };
        let at_header = |error| ParseError { line: open.line, problem: Problem::Core(error) };
        let transaction = open.builder.build().map_err(at_header)?;
        self.document.journal.record(transaction).map_err(at_header)
    }
}

fn status(mark: Option<char>) -> Status {
    match mark {
        Some('*') => Status::Cleared,
        _ => Status::Unmarked,
    }
}
