//! The command that runs some tests once more, and nothing else, with runners that take files and names.
//!
//! In: a task's test command and ids. Out: a shell command with the task's own flags and without its selection; none where
//! the command is not understood (a script, several calls, a flag of which it is not known whether a value follows).
//!
//! Invariant: whatever an id holds, it stays in one quoted word.

use super::Format;
use super::alone::{last_call, quote};
use super::flags::Flags;

/// How a runner is told what to run.
struct Runner {
    format: Format,
    /// Its program, or the last part of its path.
    names: &'static [&'static str],
    /// Those go that select, stop early or watch.
    flags: Flags,
    how: How,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    /// Ids as arguments.
    Ids,
    /// Files as arguments, and a pattern of full names behind this flag.
    FilesAndNames(&'static str),
    /// The command's own files, and a pattern of full names behind this flag.
    Names(&'static str),
}

const RUNNERS: &[Runner] = &[
    Runner {
        format: Format::Pytest,
        names: &["pytest", "py.test"],
        flags: Flags {
            dropped: &[
                "-x",
                "--exitfirst",
                "--lf",
                "--last-failed",
                "--ff",
                "--failed-first",
                "--sw",
                "--stepwise",
            ],
            dropped_valued: &[
                "-k",
                "-m",
                "--deselect",
                "--ignore",
                "--ignore-glob",
                "-n",
                "--numprocesses",
                "--maxfail",
            ],
            valued: &[
                "-p",
                "-c",
                "-o",
                "-W",
                "-r",
                "--rootdir",
                "--confcutdir",
                "--basetemp",
                "--import-mode",
                "--tb",
                "--color",
                "--timeout",
                "--asyncio-mode",
            ],
        },
        how: How::Ids,
    },
    Runner {
        format: Format::Vitest,
        names: &["vitest", "vitest.mjs"],
        flags: Flags {
            dropped: &["--watch", "-w", "--coverage", "--changed"],
            dropped_valued: &["-t", "--testNamePattern", "--exclude", "--shard", "--bail"],
            valued: &[
                "-c",
                "--config",
                "-r",
                "--root",
                "--reporter",
                "--project",
                "--environment",
                "--pool",
                "--mode",
                "--dir",
                "--testTimeout",
            ],
        },
        how: How::FilesAndNames("-t"),
    },
    Runner {
        format: Format::Jest,
        names: &["jest", "jest.js"],
        flags: Flags {
            dropped: &["--watch", "--watchAll", "--coverage", "-o", "--onlyChanged", "-b", "--bail"],
            dropped_valued: &[
                "-t",
                "--testNamePattern",
                "--testPathPattern",
                "--testPathPatterns",
                "--shard",
            ],
            valued: &[
                "-c",
                "--config",
                "--rootDir",
                "-w",
                "--maxWorkers",
                "--env",
                "--testEnvironment",
                "--reporters",
                "--testTimeout",
            ],
        },
        how: How::FilesAndNames("-t"),
    },
    Runner {
        format: Format::Mocha,
        names: &["mocha", "_mocha", "mocha.js"],
        flags: Flags {
            dropped: &["-b", "--bail", "-w", "--watch", "-i", "--invert"],
            dropped_valued: &["-g", "--grep", "-f", "--fgrep"],
            valued: &[
                "-R",
                "--reporter",
                "-r",
                "--require",
                "--config",
                "-t",
                "--timeout",
                "-u",
                "--ui",
                "--extension",
                "-O",
                "--reporter-option",
                "--reporter-options",
                "--loader",
                "--import",
                "--ignore",
            ],
        },
        how: How::Names("-g"),
    },
];

/// A test that stands beside those that are asked for: its file, and its name there.
pub struct Beside {
    /// Path of the file.
    pub file: String,
    /// Its name in the file.
    pub name: String,
}

/// The command that runs these tests in one process of the runner, others beside them.
pub fn together(format: Format, test_command: &str, ids: &[String], beside: &[Beside]) -> Option<String> {
    let runner = RUNNERS.iter().find(|runner| runner.format == format)?;
    let (before, words) = last_call(test_command)?;
    let is_runner = |word: &String| {
        let name = word.rsplit('/').next().unwrap_or(word);
        runner.names.contains(&name)
    };
    let at = words.iter().position(is_runner)?;
    if ids.is_empty() || runner.names.iter().any(|name| before.contains(name)) {
        return None;
    }
    let mut call: Vec<String> = before.split_whitespace().map(str::to_owned).collect();
    call.extend(words[..=at].iter().cloned());
    // Files and folders go, but where names alone are given; `run` of vitest is its command.
    let stays = |word: &str| matches!(runner.how, How::Names(_)) || word == "run";
    let kept = runner.flags.kept(&words[at + 1..], stays);
    if kept.unclear {
        return None;
    }
    call.extend(kept.words);
    let split = |id: &str| {
        let mut parts = id.split(" > ");
        let file = parts.next().filter(|file| file.contains('.')).map(str::to_owned)?;
        Some((file, parts.collect::<Vec<_>>().join(" ")))
    };
    match runner.how {
        How::Ids => {
            if ids.iter().any(|id| !id.contains(".py::") || id.starts_with('-') || id.contains('\n')) {
                return None;
            }
            call.extend(ids.iter().map(|id| quote(id)));
            call.extend(beside.iter().map(|one| quote(&format!("{}::{}", one.file, one.name))));
        }
        How::FilesAndNames(flag) => {
            let asked: Vec<(String, String)> = ids.iter().map(|id| split(id)).collect::<Option<_>>()?;
            let names = asked.iter().map(|(_, name)| name.as_str());
            let pattern = pattern(names.chain(beside.iter().map(|one| one.name.as_str())))?;
            let mut files: Vec<&String> = asked.iter().map(|(file, _)| file).collect();
            files.extend(beside.iter().map(|one| &one.file));
            files.sort();
            files.dedup();
            call.extend(files.into_iter().map(|file| quote(file)));
            call.extend([flag.to_owned(), quote(&pattern)]);
        }
        How::Names(flag) => {
            // An id may begin with the file, which is no part of the name.
            let name = |id: &str| {
                split(id)
                    .filter(|(_, rest)| !rest.is_empty())
                    .map_or_else(|| id.replace(" > ", " "), |(_, name)| name)
            };
            let asked: Vec<String> = ids.iter().map(|id| name(id)).collect();
            let names = asked.iter().map(String::as_str);
            let pattern = pattern(names.chain(beside.iter().map(|one| one.name.as_str())))?;
            call.extend([flag.to_owned(), quote(&pattern)]);
        }
    }
    Some(call.join(" "))
}

/// A pattern that these full names, and of others only those with such an end, fit.
fn pattern<'n>(names: impl Iterator<Item = &'n str>) -> Option<String> {
    let names: Vec<String> = names.map(regex::escape).collect();
    let fine = names.iter().all(|name| !name.is_empty() && !name.contains(['\n', '\0']));
    fine.then(|| format!("({})$", names.join("|")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_named_to_their_runner() {
        let beside = [Beside { file: "t/test_z.py".into(), name: "test_z".into() }];
        for (format, command, ids, expected) in [
            (
                Format::Pytest,
                ".venv/bin/python -m pytest -rA -p no:cacheprovider -k slow tests",
                &["t/test_a.py::test_x[a b]"][..],
                Some(
                    ".venv/bin/python -m pytest -rA -p no:cacheprovider 't/test_a.py::test_x[a b]' t/test_z.py::test_z",
                ),
            ),
            (
                Format::Vitest,
                "cd web && PATH=\"$PWD/node_modules/.bin:$PATH\" vitest run --reporter=verbose src/a.test.ts",
                &["src/a.test.ts > sums > adds (twice)", "src/a.test.ts > b"],
                Some(
                    "cd web && PATH=\"$PWD/node_modules/.bin:$PATH\" vitest run --reporter=verbose src/a.test.ts t/test_z.py -t \
                     '(sums adds \\(twice\\)|b|test_z)$'",
                ),
            ),
            (
                Format::Jest,
                "npx jest --verbose --testPathPattern a",
                &["a.test.js > it's"],
                Some(r"npx jest --verbose a.test.js t/test_z.py -t '(it'\''s|test_z)$'"),
            ),
            (
                Format::Mocha,
                "node_modules/.bin/mocha --reporter spec --recursive test",
                &["sums > adds"],
                Some("node_modules/.bin/mocha --reporter spec --recursive test -g '(sums adds|test_z)$'"),
            ),
            // A value or a file: it cannot be told.
            (Format::Pytest, "pytest --benchmark x", &["a.py::t"], None),
            (Format::Pytest, "pytest; echo done", &["a.py::t"], None),
            (Format::Pytest, "make test", &["a.py::t"], None),
            (Format::Pytest, "pytest a && pytest b", &["a.py::t"], None),
            (Format::Pytest, "pytest", &["test_a.TestA"], None),
            (Format::Vitest, "npm test", &["a.test.ts > b"], None),
            (Format::Cargo, "cargo test", &["tests/a.rs::b"], None),
        ] {
            let ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
            assert_eq!(together(format, command, &ids, &beside).as_deref(), expected, "{command}");
        }
    }
}
