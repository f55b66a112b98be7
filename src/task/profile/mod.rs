//! Environment profiles: what a task leaves out, its repository's or language's rows fill in.
//!
//! In: `profiles.toml` at the root of the package, which is built in, and files of the user's in the same form. Out: for
//! a language and an `OWNER/NAME`, the [`Effective`] fields, each with the row it came from.
//!
//! Invariant: a field comes from the most specific row that has it, and of equals from the last.

mod read;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use globset::GlobMatcher;

use super::TaskProblem;

/// kerf's own rows.
const BUILT_IN: &str = include_str!("../../../profiles.toml");

/// Name of the file that is read beside a suite.
pub const FILE_NAME: &str = "profiles.toml";

/// Wall clock of a test command whose task and profile name none.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(1800);

/// Rows of several files, in their order.
#[derive(Debug, Clone)]
pub struct Profiles {
    rows: Vec<Arc<Row>>,
}

/// One `[[profile]]`.
#[derive(Debug)]
pub struct Row {
    /// Its file, and what it matches.
    pub label: String,
    /// Whether it stands in a file that is not kerf's own.
    pub from_user: bool,
    pattern: Option<(GlobMatcher, usize)>,
    language: Option<String>,
    fields: Fields,
}

/// What a row may fill in.
#[derive(Debug, Default)]
struct Fields {
    setup: Option<Vec<String>>,
    build: Option<Vec<String>>,
    test: Option<String>,
    format: Option<String>,
    toolchain: Option<String>,
    timeout: Option<Duration>,
    packages: Option<Vec<String>>,
    variables: BTreeMap<String, String>,
    image: Option<String>,
    workdir: Option<String>,
}

/// A value and the row that it came from.
#[derive(Debug, Clone)]
pub struct Pick<T> {
    /// The value.
    pub value: T,
    /// The row.
    pub row: Arc<Row>,
}

/// What all matching rows together fill in.
#[derive(Debug, Clone, Default)]
pub struct Effective {
    /// Set-up, with network.
    pub setup: Option<Pick<Vec<String>>>,
    /// Build, without network.
    pub build: Option<Pick<Vec<String>>>,
    /// Test command.
    pub test: Option<Pick<String>>,
    /// Format of its output.
    pub format: Option<Pick<String>>,
    /// Version of the language's tools.
    pub toolchain: Option<Pick<String>>,
    /// Wall clock of the test command.
    pub timeout: Option<Pick<Duration>>,
    /// More packages of a registry source.
    pub packages: Option<Pick<Vec<String>>>,
    /// Environment variables by name; rows add to each other's.
    pub variables: BTreeMap<String, Pick<String>>,
    /// Container image, with places for what a task says.
    pub image: Option<Pick<String>>,
    /// Folder of the repository in it.
    pub workdir: Option<Pick<String>>,
}

impl Profiles {
    /// kerf's own rows alone.
    pub fn built_in() -> Self {
        // The file is part of the program, and a test reads it.
        Self { rows: read::rows(Path::new(FILE_NAME), BUILT_IN, false).unwrap_or_default() }
    }

    /// The rows of kerf, then those of the files in their order.
    ///
    /// # Errors
    /// A file that cannot be read, a field that is unknown or of a wrong type, a glob that is none.
    pub fn with_files(files: &[PathBuf]) -> Result<Self, TaskProblem> {
        let mut profiles = Self::built_in();
        for file in files {
            let text = std::fs::read_to_string(file)
                .map_err(|error| TaskProblem::new(file, format!("cannot be read: {error}")))?;
            // A copy of kerf's own file says nothing new.
            profiles.rows.extend(read::rows(file, &text, text != BUILT_IN)?);
        }
        Ok(profiles)
    }

    /// What is filled in for a task in `language` on the repository `OWNER/NAME`.
    pub fn effective(&self, language: &str, repository: &str) -> Effective {
        let mut matching: Vec<&Arc<Row>> =
            self.rows.iter().filter(|row| row.matches(language, repository)).collect();
        // Stable: of equally specific rows, later ones stay later and overwrite.
        matching.sort_by_key(|row| row.specificity());
        let mut effective = Effective::default();
        for row in matching {
            effective.lay_over(row);
        }
        effective
    }
}

impl Row {
    fn matches(&self, language: &str, repository: &str) -> bool {
        self.language.as_deref().is_none_or(|wanted| wanted == language)
            && self.pattern.as_ref().is_none_or(|(glob, _)| glob.is_match(repository))
    }

    /// Whether it is for a language, whatever the repository.
    pub(super) fn is_of_a_language(&self) -> bool {
        self.pattern.is_none()
    }

    /// Whether its image is made of the one that the data set names.
    pub(super) fn wraps_image(&self) -> bool {
        self.fields.image.as_deref().is_some_and(|image| image.contains("{image}"))
    }

    /// Characters that a pattern fixes, and one for naming a language.
    fn specificity(&self) -> (usize, bool) {
        (self.pattern.as_ref().map_or(0, |(_, fixed)| *fixed), self.language.is_some())
    }
}

impl Effective {
    fn lay_over(&mut self, row: &Arc<Row>) {
        fn set<T: Clone>(place: &mut Option<Pick<T>>, value: Option<&T>, row: &Arc<Row>) {
            if let Some(value) = value {
                *place = Some(Pick { value: value.clone(), row: Arc::clone(row) });
            }
        }
        let Fields { setup, build, test, format, toolchain, timeout, packages, variables, image, workdir } =
            &row.fields;
        set(&mut self.setup, setup.as_ref(), row);
        set(&mut self.build, build.as_ref(), row);
        set(&mut self.test, test.as_ref(), row);
        // Another command has another format, unless the row says it.
        if test.is_some() {
            self.format = None;
        }
        set(&mut self.format, format.as_ref(), row);
        set(&mut self.toolchain, toolchain.as_ref(), row);
        set(&mut self.timeout, timeout.as_ref(), row);
        set(&mut self.packages, packages.as_ref(), row);
        set(&mut self.image, image.as_ref(), row);
        set(&mut self.workdir, workdir.as_ref(), row);
        for (name, value) in variables {
            self.variables.insert(name.clone(), Pick { value: value.clone(), row: Arc::clone(row) });
        }
    }
}

/// `cargo test …` → `cargo test … --no-run`, with the flags that decide what is built; arguments of the test binaries
/// are left out. None where no cargo test command can be seen in it.
pub fn cargo_no_run(test: &str) -> Option<String> {
    // A pipe or a second command may mean anything; better no build step than a wrong one.
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

    fn profiles(text: &str) -> Profiles {
        let mut profiles = Profiles::built_in();
        profiles.rows.extend(read::rows(Path::new("own.toml"), text, true).unwrap());
        profiles
    }

    #[test]
    fn the_built_in_file_is_sound_and_names_every_language() {
        let rows = read::rows(Path::new(FILE_NAME), BUILT_IN, false).unwrap();
        for language in ["rust", "typescript", "javascript", "python", "java", "go"] {
            let effective = Profiles { rows: rows.clone() }.effective(language, "o/r");
            assert!(effective.test.is_some() && effective.format.is_some(), "{language}");
        }
    }

    #[test]
    fn the_most_specific_row_wins_and_fields_fall_through() {
        let profiles = profiles(
            r#"
            [[profile]]
            match = "tokio-rs/bytes"
            test = "cargo test --release"
            [[profile]]
            match = "tokio-rs/*"
            setup = ["a"]
            toolchain = "1.75.0"
            environment = { A = "1", B = "1" }
            [[profile]]
            match = "tokio-rs/*"
            setup = ["b"]
            environment = { B = "2" }
            [[profile]]
            language = "rust"
            timeout = "5m"
            "#,
        );
        let found = profiles.effective("rust", "Tokio-rs/bytes");
        assert_eq!(found.test.unwrap().value, "cargo test --release");
        assert!(found.format.is_none(), "the format of another command is not this one's");
        assert_eq!(found.setup.as_ref().unwrap().value, ["b"]);
        assert_eq!(found.setup.unwrap().row.label, "own.toml:10 tokio-rs/*");
        assert_eq!(found.toolchain.unwrap().value, "1.75.0");
        assert_eq!(found.timeout.unwrap().value.as_secs(), 300);
        let variables: Vec<_> = found.variables.iter().map(|(name, pick)| (&**name, &*pick.value)).collect();
        assert_eq!(variables, [("A", "1"), ("B", "2")]);

        let other = profiles.effective("rust", "x/tokio-rs");
        assert_eq!(other.setup.unwrap().row.label, "profiles.toml rust");
        assert!(profiles.effective("cobol", "x/y").test.is_none());
    }

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
