//! The kerf program.
fn main() {}
