//! Logs of pytest and unittest.

use super::*;

#[test]
fn dump() {
    let mut names: Vec<String> = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/logs")).unwrap().map(|f| f.unwrap().file_name().to_string_lossy().trim_end_matches(".log").to_owned()).filter(|n| n.starts_with("pytest") ||n.starts_with("unittest")).collect();
    names.sort();
    for name in names {
        println!("== {name} {:?}", detect(&bytes(&name)));
        for line in show(&read(if name.starts_with("p") {Format::Pytest}else{Format::Unittest}, &bytes(&name))) {
            println!("{line}");
        }
    }
}
