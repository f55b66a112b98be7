//! Logs of JavaScript's runners.

use super::*;

#[test]
fn dump() {
    let mut names: Vec<String> = std::fs::read_dir(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/logs"))
        .unwrap()
        .map(|e| e.unwrap().file_name().to_string_lossy().trim_end_matches(".log").to_owned())
        .collect();
    names.sort();
    for name in names {
        let log = bytes(&name);
        let found = detect(&log);
        let all: Vec<(&str, f64)> = READERS.iter().map(|r| (r.name, (r.sniff)(&text::Log::new(&log)))).filter(|x| x.1 > 0.0).collect();
        println!("##### {name} {found:?} {all:?}");
        if ["jest", "vitest", "mocha", "node", "tap"].iter().any(|x| name.starts_with(x)) {
            let format = READERS.iter().find(|r| name.starts_with(r.name)).unwrap().format;
            for line in show(&read(format, &log)) {
                println!("{line}");
            }
        }
    }
}
