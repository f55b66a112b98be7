//! The `ledger` command.

use std::io;
use std::process::ExitCode;

use ledger_cli::{Files, USAGE, run};

struct Disk;

impl Files for Disk {
    fn read(&self, path: &str) -> io::Result<String> {
        std::fs::read_to_string(path)
    }
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match run(&args, &Disk, &mut io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("ledger: {error}");
            if error.is_usage() {
                eprint!("\n{USAGE}");
            }
            ExitCode::from(error.exit_code())
        }
    }
}
