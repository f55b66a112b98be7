//! Real logs of `tests/logs`, read whole: `RUNNER-VERSION-what.log`, made by running the runner on small crates that
//! hold one trap each. Each reads as one line a test, with its line in the log.

use super::*;

/// Reads a log of the folder and writes the reading down.
fn reading(name: &str, context: &ReadContext) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/logs").join(name);
    let log = std::fs::read(&path).unwrap();
    let (format, _) = detect(&log).unwrap();
    assert!(name.starts_with(format.name()), "{name} was taken for {}", format.name());
    show(&read_in(format, &log, context))
}

fn show(reading: &Reading) -> String {
    let mut out = String::new();
    for test in &reading.tests {
        let status = serde_json::to_value(test.status).unwrap();
        out += &format!("{:>4} {:<9} {}", test.line, status.as_str().unwrap(), test.id);
        out += &test.source_line.map_or(String::new(), |line| format!(" (line {line})"));
        out += "\n";
    }
    for part in &reading.incomplete {
        let announced = part.announced.map_or("?".to_owned(), |n| n.to_string());
        out += &format!("incomplete: {:?} {} of {announced}\n", part.target.as_deref().unwrap_or("?"), part.seen);
    }
    for target in &reading.failed_targets {
        out += &format!("not built: {target}\n");
    }
    for odd in &reading.oddities {
        out += &format!("odd: {odd}\n");
    }
    for unread in &reading.unread {
        out += &format!("unread: {} {}\n", unread.line, unread.text);
    }
    out
}

#[test]
#[ignore]
fn dump() {
    let mut names: Vec<_> = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/logs")).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    for name in names {
        println!("=== {name}\n{}", reading(&name, &ReadContext::default()));
    }
}
