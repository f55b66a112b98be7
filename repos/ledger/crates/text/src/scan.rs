//! From lines to their parts.
//!
//! A line is looked at on its own, without regard to what came before it; the parser puts the
//! lines together.

use ledger_core::Date;

use crate::Problem;

/// A line, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Line<'a> {
    /// Nothing but white space.
    Blank,
    /// From `;` on.
    Comment,
    /// `account NAME`
    Account(&'a str),
    /// `price DATE CURRENCY NUMBER CURRENCY`
    Price(&'a str),
    /// `DATE [MARK] PAYEE`
    Header { date: Date, mark: Option<char>, payee: &'a str },
    /// `ACCOUNT [AMOUNT]`, indented.
    Posting { account: &'a str, amount: Option<&'a str> },
}

/// Takes a line apart.
pub(crate) fn scan(line: &str) -> Result<Line<'_>, Problem> {
    let text = line.trim();
    if text.is_empty() {
        return Ok(Line::Blank);
    }
    if text.starts_with(';') {
        return Ok(Line::Comment);
    }
    if line.starts_with([' ', '\t']) {
        return Ok(posting(text));
    }
    if line.starts_with(|first: char| first.is_ascii_digit()) {
        return header(text);
    }
    match text.split_once(char::is_whitespace) {
        Some(("account", rest)) => Ok(Line::Account(rest.trim_start())),
        Some(("price", rest)) => Ok(Line::Price(rest.trim_start())),
        _ => Err(Problem::UnknownLine(text.to_owned())),
    }
}

fn header(text: &str) -> Result<Line<'_>, Problem> {
    let (date, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let date = date.parse()?;
    let rest = rest.trim_start();
    let (mark, payee) = match rest.strip_prefix('*') {
        Some(payee) => (Some('*'), payee.trim_start()),
        None => (None, rest),
    };
    if payee.is_empty() {
        return Err(Problem::MissingPayee);
    }
    Ok(Line::Header { date, mark, payee })
}

/// Account names may hold single blanks, so two blanks or a tab part them from the amount.
fn posting(text: &str) -> Line<'_> {
    let gap = [text.find("  "), text.find('\t')].into_iter().flatten().min();
    match gap {
        Some(at) => {
            let (account, amount) = text.split_at(at);
            Line::Posting { account, amount: Some(amount.trim()) }
        }
        None => Line::Posting { account: text, amount: None },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn account_names_may_hold_single_blanks() {
        let Ok(Line::Posting { account, amount, .. }) = scan("    Expenses:Eating out  12.50 EUR")
        else {
            panic!("not a posting");
        };
        assert_eq!((account, amount), ("Expenses:Eating out", Some("12.50 EUR")));
        let Ok(Line::Posting { account, amount, .. }) = scan("\tAssets:Petty cash") else {
            panic!("not a posting");
        };
        assert_eq!((account, amount), ("Assets:Petty cash", None));
    }

    #[test]
    fn headers_need_a_payee() {
        assert_eq!(scan("2024-01-05"), Err(Problem::MissingPayee));
        assert_eq!(scan("2024-01-05 *"), Err(Problem::MissingPayee));
    }

    #[test]
    fn comments_and_blank_lines_are_told_apart() {
        assert_eq!(scan("  \t"), Ok(Line::Blank));
        assert_eq!(scan("  ; later"), Ok(Line::Comment));
        assert_eq!(scan("# no"), Err(Problem::UnknownLine("# no".to_owned())));
    }
}
