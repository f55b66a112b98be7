//! The binary itself.

use std::process::{Command, Output};

fn ledger(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ledger"))
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data"))
        .args(args)
        .output()
        .expect("the binary starts")
}

#[test]
fn writes_to_standard_output() {
    let output = ledger(&["check", "household.ledger"]);
    assert!(output.status.success());
    assert_eq!(output.stdout, b"3 transactions\n");
}

#[test]
fn exits_with_2_on_usage_errors() {
    let output = ledger(&["--nonsense"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("usage: ledger"));
}
