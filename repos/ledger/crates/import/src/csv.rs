//! Rows of fields.

use crate::{Dialect, ImportError, RowProblem};

/// A row of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Line it starts on, from 1.
    pub line: usize,
    /// Its fields, without quotes.
    pub fields: Vec<String>,
}

/// Reads all rows but the header. Blank lines are no rows.
///
/// ```
/// use ledger_import::{Dialect, read_rows};
///
/// let rows = read_rows("date,payee\n2024-01-05,\"Smith, Bros\"\n", &Dialect::default())?;
/// assert_eq!(rows[0].fields, ["2024-01-05", "Smith, Bros"]);
/// # Ok::<(), ledger_import::ImportError>(())
/// ```
pub fn read_rows(text: &str, dialect: &Dialect) -> Result<Vec<Row>, ImportError> {
    let mut rows = Vec::new();
    for (index, content) in text.lines().enumerate() {
        if content.trim().is_empty() {
            continue;
        }
        let line = index + 1;
        let fields = split(content, dialect.delimiter)
            .map_err(|problem| ImportError::Row { line, problem })?;
        rows.push(Row { line, fields });
    }
    if dialect.has_header && !rows.is_empty() {
        rows.remove(0);
    }
    Ok(rows)
}

/// Splits a line at delimiters that do not stand between quotes.
fn split(line: &str, delimiter: char) -> Result<Vec<String>, RowProblem> {
    let mut fields = Vec::new();
    let mut rest = line;
    loop {
        let Some(quoted) = rest.strip_prefix('"') else {
            let Some((field, tail)) = rest.split_once(delimiter) else {
                fields.push(rest.to_owned());
                return Ok(fields);
            };
            fields.push(field.to_owned());
            rest = tail;
            continue;
        };
        let (field, tail) = quoted.split_once('"').ok_or(RowProblem::OpenQuote)?;
        fields.push(field.to_owned());
        if tail.is_empty() {
            return Ok(fields);
        }
        rest = tail.strip_prefix(delimiter).ok_or(RowProblem::TextAfterQuote)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_fields_are_kept() {
        assert_eq!(split(",a,,", ','), Ok(["", "a", "", ""].map(str::to_owned).to_vec()));
    }

    #[test]
    fn quotes_protect_delimiters() {
        assert_eq!(split("\"a;b\";c", ';'), Ok(["a;b", "c"].map(str::to_owned).to_vec()));
    }

    #[test]
    fn stray_text_is_refused() {
        assert_eq!(split("\"a\"b,c", ','), Err(RowProblem::TextAfterQuote));
    }
}
