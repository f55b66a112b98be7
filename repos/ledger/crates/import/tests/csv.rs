//! Rows and fields.

use ledger_import::{Dialect, Row, read_rows};

fn rows(text: &str) -> Vec<Row> {
    let dialect = Dialect { has_header: false, ..Dialect::default() };
    read_rows(text, &dialect).expect("well-formed rows")
}

#[test]
fn lines_are_counted_with_blank_ones() {
    let lines: Vec<usize> = rows("a\n\n  \nb\n").iter().map(|row| row.line).collect();
    assert_eq!(lines, [1, 4]);
}

#[test]
fn the_header_is_no_row() {
    let read = read_rows("\nname\nvalue\n", &Dialect::default()).unwrap();
    assert_eq!(read, [Row { line: 3, fields: vec!["value".to_owned()] }]);
    assert!(read_rows("", &Dialect::default()).unwrap().is_empty());
}

#[test]
fn carriage_returns_belong_to_line_ends() {
    assert_eq!(rows("a,b\r\nc,\"d\"\r\n")[1].fields, ["c", "d"]);
}
