//! Logs of `go test`.

use super::*;

#[test]
fn dump() {
    for name in ["go-1.27.3-v", "go-1.27.3-json", "go-1.19-json", "go-1.27.3-plain", "go-1.27.3-cached-v"] {
        println!("== {name}");
        for line in show(&reading(name, &ReadContext::default())) {
            println!("{line}");
        }
    }
}
