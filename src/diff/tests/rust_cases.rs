//! What a person would call the units of a change.

use super::*;

#[test]
fn a_debug_print_beside_a_fix_is_a_unit_of_its_own() {
    let old = "fn f(a: u8) -> u8 {\n    let x = a - 1;\n    x\n}\n";
    let new = "fn f(a: u8) -> u8 {\n    let x = a + 1;\n    println!(\"x = {x}\");\n    x\n}\n";
    let diff = of(old, new);
    println!("{:#?}", show(&diff));
}
