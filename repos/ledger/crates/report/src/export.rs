//! Reports for programs.

use ledger_core::{Decimal, MINOR_DIGITS, Status};

use crate::Register;

/// Header of the exported register.
const HEADER: &str = "date,status,payee,account,amount,currency";

/// The register as CSV, one row per posting. Amounts are plain decimal numbers.
pub fn register_csv(register: &Register) -> String {
    let mut text = format!("{HEADER}\n");
    for row in register.rows() {
        let status = match row.status {
            Status::Unmarked => "unmarked",
            Status::Cleared => "cleared",
        };
        let fields = [
            row.date.to_string(),
            status.to_owned(),
            quoted(&row.payee),
            quoted(row.account.as_str()),
            Decimal::from_minor(row.amount.minor(), MINOR_DIGITS).to_string(),
            row.amount.currency().to_string(),
        ];
        text.push_str(&fields.join(","));
        text.push('\n');
    }
    text
}

/// Quotes a field that holds a comma, a quote or a line end.
fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_needs_it_is_quoted() {
        assert_eq!(quoted("Grocer"), "Grocer");
        assert_eq!(quoted("Smith, Bros"), "\"Smith, Bros\"");
        assert_eq!(quoted("the \"Shop\""), "\"the \"\"Shop\"\"\"");
    }
}
