//! JUnit files of several writers.

use super::*;

#[test]
fn dump() {
    for name in ["junit-gotestsum-1.8.2","junit-unittest-xml","junit-vitest-3.2.4","junit-mocha-junit-reporter-2","junit-phpunit-9.6.7","junit-ctest-3.25.1","junit-pytest-9.2.0-ids","cargo-1.95.0-json", "cargo-1.95.0-json-stdout-only", "nextest-0.9.143-libtest-json", "nextest-0.9.143-libtest-json-plus-stdout"] {
        println!("== {name} ");
        if !std::path::Path::new(&format!("tests/logs/{name}.log")).exists() { println!("gone"); continue; }
        println!("{:?}", detect(&bytes(name)));
        for line in show(&reading(name, &ReadContext::default())) {
            println!("{line}");
        }
    }
}
