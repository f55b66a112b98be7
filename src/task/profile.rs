//! Environment profiles: what a task leaves out, its language fills in.
//!
//! One row per language. A profile says how a checkout is set up, how tests are built ahead of the trials, how they are
//! run, and in which format they report.

use std::time::Duration;

/// Defaults of a language.
#[derive(Debug, Clone, Copy)]
pub struct Profile {
    /// Language, as in [`super::Task::language`].
    pub language: &'static str,
    /// Set-up, with network.
    pub setup: &'static [&'static str],
    /// Test command.
    pub test: &'static str,
    /// Format of its output.
    pub format: &'static str,
    /// From a test command, the command that builds the tests without running them.
    pub build: fn(&str) -> Option<String>,
}

/// All profiles.
pub const PROFILES: &[Profile] = &[Profile {
    language: "rust",
    setup: &["cargo fetch"],
    test: "cargo test --offline --no-fail-fast",
    format: "cargo",
    build: cargo_no_run,
}];

/// Wall clock of a test command whose task names none.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(1800);

/// The profile of a language.
pub fn of(language: &str) -> Option<&'static Profile> {
    PROFILES.iter().find(|profile| profile.language == language)
}

/// `cargo test --release -- --nocapture` → `cargo test --release --no-run`. Only a plain command is rewritten: with
/// shell operators nobody can say which part would run tests.
fn cargo_no_run(test: &str) -> Option<String> {
    if test.contains(['|', '&', ';', '<', '>', '`', '$', '(']) {
        return None;
    }
    let command = test.split_once(" -- ").map_or(test, |(before, _)| before);
    let words: Vec<&str> = command.split_whitespace().collect();
    let at = words.iter().position(|word| *word == "cargo")?;
    match words.get(at + 1..)? {
        ["test" | "t", ..] | ["nextest", "run" | "r", ..] => Some(format!("{} --no-run", command.trim_end())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_build_command_follows_the_test_command() {
        let cases = [
            ("cargo test", Some("cargo test --no-run")),
            ("cargo test --release -- --nocapture", Some("cargo test --release --no-run")),
            (
                "RUSTFLAGS=-g cargo nextest run --offline",
                Some("RUSTFLAGS=-g cargo nextest run --offline --no-run"),
            ),
            ("make check", None),
            ("cargo test && true", None),
        ];
        for (test, build) in cases {
            assert_eq!(cargo_no_run(test).as_deref(), build, "{test}");
        }
    }
}
