//! The kerf program: parse, dispatch, exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    // The sandbox re-executes this binary as its single-threaded launcher.
    if let Some(code) = kerf::sandbox::launcher_entry() {
        return code;
    }
    kerf::cli::main()
}
