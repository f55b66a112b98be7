//! Logs of JavaScript's runners: small projects that hold every trap, run in all forms of each runner.

mod by_file;
mod by_title;
mod damage;
mod forms;

use super::*;

/// Names of all logs, without their endings.
fn names() -> Vec<String> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/logs");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .filter_map(|entry| Some(entry.unwrap().file_name().to_str()?.strip_suffix(".log")?.to_owned()))
        .collect();
    names.sort();
    names
}

/// The runners of this folder's logs.
const OURS: &[Format] = &[Format::Jest, Format::Vitest, Format::Mocha, Format::Node, Format::Tap];

/// Names of the logs of these runners.
fn ours() -> Vec<(Format, String)> {
    let of =
        |name: &str| OURS.iter().copied().find(|format| name.starts_with(&format!("{}-", format.name())));
    names().into_iter().filter_map(|name| Some((of(&name)?, name))).collect()
}

#[test]
fn every_log_is_taken_for_its_runners() {
    for name in names() {
        let (format, sure) = detect(&bytes(&name)).unwrap();
        assert!(name.starts_with(&format!("{}-", format.name())), "{name} was taken for {}", format.name());
        assert!(sure > 0.3 && sure <= 1.0, "{name}");
    }
}
