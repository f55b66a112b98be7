//! Which files decide how tests run: one row for each, by runner.
//!
//! A pattern is a file name, or folders and a file name, at any depth of the tree; a `*` at its end stands for any
//! rest without a `/`.

use super::Reference;
use super::shadow::shadows;
use crate::patch::Blob;

/// How much of a file is the runner's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// All of it.
    Whole,
    /// Targets of tests, their switches, and profiles of a `Cargo.toml`.
    CargoManifest,
    /// pytest's and tox's tables of a `pyproject.toml`.
    Pyproject,
    /// Scripts that a test script can reach, and the runners' keys of a `package.json`.
    PackageJson,
    /// These sections of an ini file.
    Ini(&'static [&'static str]),
}

/// A row.
pub(super) struct Row {
    /// Patterns.
    files: &'static [&'static str],
    /// How much of these is the runner's.
    pub part: Part,
    /// Holds only where this is so.
    only: Only,
}

/// A condition of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Only {
    Always,
    /// The repository's scripts do not use the tool to build, so that it is there for tests.
    BabelForTests,
    /// The file, on either side, speaks of tests.
    SpeaksOfTests,
}

const fn row(files: &'static [&'static str], part: Part) -> Row {
    Row { files, part, only: Only::Always }
}

/// All rows. Adding a runner is a row.
const ROWS: &[Row] = &[
    // cargo, rustc and nextest. `.cargo` and `.config` themselves: a link there stands for every file below.
    row(&[".cargo", ".config", ".cargo/config", ".cargo/config.toml"], Part::Whole),
    row(&[".config/nextest.toml", ".config/nextest*", "nextest.toml"], Part::Whole),
    row(&["rust-toolchain", "rust-toolchain.toml"], Part::Whole),
    row(&["Cargo.toml"], Part::CargoManifest),
    // jest, vitest, mocha, karma, playwright, cypress, ava, web-test-runner
    row(&["jest.config*", "jest-preset*", "jest.setup*", "jest.*.config*"], Part::Whole),
    row(&["vitest.config*", "vitest.workspace*", "vitest.setup*", "vitest.*.config*"], Part::Whole),
    row(&[".mocharc*", "mocha.opts"], Part::Whole),
    row(&["karma.conf*", "playwright.config*", "cypress.config*", "ava.config*"], Part::Whole),
    row(&["web-test-runner.config*", ".taprc", "jasmine.json"], Part::Whole),
    Row { files: &["vite.config*"], part: Part::Whole, only: Only::SpeaksOfTests },
    Row { files: &["babel.config*", ".babelrc*"], part: Part::Whole, only: Only::BabelForTests },
    // They name shells and programs that scripts are run with.
    row(&[".npmrc", ".yarnrc", ".yarnrc.yml"], Part::Whole),
    row(&["package.json"], Part::PackageJson),
    // pytest, tox, nox; `sitecustomize` runs before any test
    row(&["conftest.py", "pytest.ini", ".pytest.ini", "tox.ini", "noxfile.py"], Part::Whole),
    row(&["sitecustomize.py", "usercustomize.py"], Part::Whole),
    row(&["setup.cfg"], Part::Ini(&["tool:pytest", "pytest", "tox", "testenv", "aliases"])),
    row(&["pyproject.toml"], Part::Pyproject),
];

/// Modules that stand before the runner's own.
static SHADOWS: Row = row(&[], Part::Whole);

/// The row of a file, if it is a runner's.
pub(super) fn row_of(path: &str, reference: &Reference, mine: Option<&Blob>) -> Option<&'static Row> {
    let by_name = ROWS.iter().find(|row| {
        row.files.iter().any(|pattern| matches(pattern, path)) && holds(row.only, path, reference, mine)
    });
    by_name.or_else(|| shadows(path, reference.base).then_some(&SHADOWS))
}

fn matches(pattern: &str, path: &str) -> bool {
    let depth = pattern.matches('/').count() + 1;
    let mut starts = path.rmatch_indices('/').map(|(at, _)| at + 1);
    let start = starts.nth(depth - 1).unwrap_or(0);
    let tail = &path[start..];
    match pattern.strip_suffix('*') {
        Some(head) => tail.strip_prefix(head).is_some_and(|rest| !rest.contains('/')),
        None => tail == pattern,
    }
}

fn holds(only: Only, path: &str, reference: &Reference, mine: Option<&Blob>) -> bool {
    let says = |blob: Option<&Blob>, words: &[&str]| {
        blob.is_some_and(|blob| {
            let text = String::from_utf8_lossy(&blob.bytes);
            words.iter().any(|word| text.contains(word))
        })
    };
    match only {
        Only::Always => true,
        Only::SpeaksOfTests => {
            let words = ["vitest", "test:", "test :"];
            says(mine, &words) || says(reference.base.blob(path).as_ref(), &words)
        }
        Only::BabelForTests => {
            let folder = path.rfind('/').map_or("", |at| &path[..=at]);
            let manifest = reference.base.blob(&format!("{folder}package.json"));
            let manifest = manifest.or_else(|| reference.base.blob("package.json"));
            let parsed =
                manifest.and_then(|blob| serde_json::from_slice::<serde_json::Value>(&blob.bytes).ok());
            let scripts = parsed.as_ref().and_then(|json| json.get("scripts")?.as_object());
            let builds = scripts.into_iter().flatten().any(|(name, script)| {
                !name.contains("test") && script.as_str().is_some_and(|text| text.contains("babel"))
            });
            !builds
        }
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_hold_at_any_depth() {
        for (pattern, path, expected) in [
            (".cargo/config.toml", ".cargo/config.toml", true),
            (".cargo/config.toml", "crates/a/.cargo/config.toml", true),
            (".cargo/config.toml", "x.cargo/config.toml", false),
            ("conftest.py", "conftest.py", true),
            ("conftest.py", "a/conftest.py", true),
            ("conftest.py", "a/my_conftest.py", false),
            ("jest.config*", "web/jest.config.ts", true),
            ("jest.config*", "jest.config/a.ts", false),
            (".config/nextest*", ".config/nextest-ci.toml", true),
        ] {
            assert_eq!(matches(pattern, path), expected, "{pattern} {path}");
        }
    }
}
