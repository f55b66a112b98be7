//! From a package's `test` script to a command whose results can be read test by test.
//!
//! In: the text of a `package.json`. Out: the command of the runner that its `test` script calls in the end, with the
//! arguments that the script gives and a report in JSON (for node's own runner in TAP), or none where no known runner is
//! called. A script does other things too (type checks, linters, coverage with limits): their failures would hide what
//! the tests say.
//!
//! Invariant: arguments that choose tests are kept; only those of watching, coverage and reporting are not.

use std::collections::BTreeMap;

use super::Format;
use super::flags::Flags;

/// Where a runner leaves its report, outside of the tree.
const REPORT: &str = "/tmp/kerf-report.json";
/// Scripts that call scripts are followed so deep.
const DEPTH: usize = 6;

/// The command, and the format of what it prints.
pub fn reported(package_json: &str) -> Option<(String, Format)> {
    let package: serde_json::Value = serde_json::from_str(package_json).ok()?;
    let scripts: BTreeMap<&str, &str> = package
        .get("scripts")?
        .as_object()?
        .iter()
        .filter_map(|(name, script)| Some((name.as_str(), script.as_str()?)))
        .collect();
    let call = follow(&scripts, scripts.get("test")?, &[], DEPTH)?;
    Some((call.command(), call.runner.format))
}

/// A runner.
struct Runner {
    name: &'static str,
    format: Format,
    flags: Flags,
    /// Put behind the name and at the end.
    first: &'static [&'static str],
    last: &'static [&'static str],
    /// Whether it leaves its report in [`REPORT`].
    writes: bool,
}

const VITEST: Runner = Runner {
    name: "vitest",
    format: Format::Vitest,
    flags: Flags {
        dropped: &[
            "run",
            "watch",
            "dev",
            "-w",
            "--watch",
            "--run",
            "--ui",
            "--coverage",
            "--silent",
            "--open",
        ],
        dropped_valued: &["--reporter", "--outputFile"],
        valued: &[],
    },
    first: &["run"],
    last: &["--reporter=json", "--outputFile=/tmp/kerf-report.json"],
    writes: true,
};
const JEST: Runner = Runner {
    name: "jest",
    format: Format::Jest,
    flags: Flags {
        dropped: &[
            "--watch",
            "--watchAll",
            "--coverage",
            "--collectCoverage",
            "--verbose",
            "--silent",
            "--json",
            "--ci",
            "-w",
        ],
        dropped_valued: &["--reporters", "--outputFile"],
        valued: &[],
    },
    first: &[],
    last: &["--ci", "--json", "--outputFile=/tmp/kerf-report.json"],
    writes: true,
};
const MOCHA: Runner = Runner {
    name: "mocha",
    format: Format::Mocha,
    flags: Flags {
        dropped: &["--watch", "-w", "--color", "--colors", "--parallel", "-p"],
        dropped_valued: &["--reporter", "-R", "--reporter-option", "--reporter-options", "-O"],
        valued: &[],
    },
    first: &[],
    // Versions that do not know the option print the report.
    last: &["--reporter", "json", "--reporter-option", "output=/tmp/kerf-report.json"],
    writes: true,
};
const NODE: Runner = Runner {
    name: "node",
    format: Format::Tap,
    flags: Flags {
        dropped: &["--watch", "--experimental-test-coverage"],
        dropped_valued: &["--test-reporter", "--test-reporter-destination"],
        valued: &[],
    },
    first: &["--test-reporter=tap"],
    last: &[],
    writes: false,
};
const TAPE: Runner = Runner {
    name: "tape",
    format: Format::Tap,
    flags: Flags { dropped: &[], dropped_valued: &[], valued: &[] },
    first: &[],
    last: &[],
    writes: false,
};
const AVA: Runner = Runner {
    name: "ava",
    format: Format::Tap,
    flags: Flags {
        dropped: &["--watch", "-w", "--verbose", "-v", "--tap", "-t"],
        dropped_valued: &[],
        valued: &[],
    },
    first: &["--tap"],
    last: &[],
    writes: false,
};

/// A runner's call in a script.
struct Call {
    /// `NAME=value` words before it.
    variables: Vec<String>,
    runner: &'static Runner,
    words: Vec<String>,
}

impl Call {
    fn command(&self) -> String {
        let runner = self.runner;
        let mut parts = self.variables.clone();
        parts.push(runner.name.to_owned());
        parts.extend(runner.first.iter().map(|word| (*word).to_owned()));
        let coverage = |word: &String| word.starts_with("--coverage") || word.starts_with("--test-coverage");
        let kept = runner.flags.kept(&self.words, |_| true).words;
        parts.extend(kept.into_iter().filter(|word| !coverage(word)));
        parts.extend(runner.last.iter().map(|word| (*word).to_owned()));
        let call = format!("PATH=\"$PWD/node_modules/.bin:$PATH\" {}", parts.join(" "));
        if !runner.writes {
            return call;
        }
        // Console output comes first, so that nothing a test prints can stand behind the report.
        format!(
            "rm -f {REPORT}; {call}; code=$?; echo; if [ -f {REPORT} ]; then cat {REPORT}; fi; exit $code"
        )
    }
}

/// Finds the runner's call in a script; `more` are arguments given to the whole script.
fn follow(scripts: &BTreeMap<&str, &str>, script: &str, more: &[String], depth: usize) -> Option<Call> {
    if depth == 0 {
        return None;
    }
    let pieces = pieces(script);
    let last = pieces.len().saturating_sub(1);
    let calls = pieces.into_iter().enumerate().filter_map(|(at, mut words)| {
        if at == last {
            words.extend(more.iter().cloned());
        }
        call(scripts, &words, depth)
    });
    // Of several runners the first: what comes behind it are browsers, types or examples.
    calls.into_iter().next()
}

/// Reads one command of a script.
fn call(scripts: &BTreeMap<&str, &str>, words: &[String], depth: usize) -> Option<Call> {
    let mut variables = Vec::new();
    let mut rest = words;
    loop {
        let (first, after) = rest.split_first()?;
        let name = first.rsplit('/').next().unwrap_or(first);
        if is_assignment(first) {
            variables.push(first.clone());
            rest = after;
            continue;
        }
        rest = match name {
            "cross-env" | "cross-env-shell" | "env" | "time" | "exec" => after,
            "c8" | "nyc" | "dotenv" | "npx" | "bunx" | "tsx-run" => past_options(after),
            "npm" | "pnpm" | "yarn" => {
                let after = past_options(after);
                let (verb, behind) = after.split_first()?;
                match verb.as_str() {
                    "exec" | "dlx" => past_options(behind),
                    "run" | "run-script" => return script_call(scripts, variables, behind, depth),
                    "test" | "t" => {
                        let words: Vec<String> =
                            std::iter::once("test".to_owned()).chain(behind.iter().cloned()).collect();
                        return script_call(scripts, variables, &words, depth);
                    }
                    other if name != "npm" && scripts.contains_key(other) => {
                        return script_call(scripts, variables, after, depth);
                    }
                    _ if name != "npm" => after,
                    _ => return None,
                }
            }
            "run-s" | "run-p" | "npm-run-all" | "concurrently" => {
                let called = after.iter().filter(|word| !word.starts_with('-'));
                return called
                    .filter_map(|word| scripts.get(unquoted(word).trim_start_matches("npm:")))
                    .find_map(|script| follow(scripts, script, &[], depth - 1))
                    .map(|call| with(variables, call));
            }
            _ => {
                let runner = runner(name, after)?;
                // node's runner may be called with a program that runs tests itself.
                let words = after.iter().filter(|word| word.as_str() != "--").cloned().collect();
                return Some(Call { variables, runner, words });
            }
        };
    }
}

fn script_call(
    scripts: &BTreeMap<&str, &str>,
    variables: Vec<String>,
    words: &[String],
    depth: usize,
) -> Option<Call> {
    let (name, more) = past_options(words).split_first()?;
    let more: Vec<String> = more.iter().filter(|word| word.as_str() != "--").cloned().collect();
    let call = follow(scripts, scripts.get(name.as_str())?, &more, depth - 1)?;
    Some(with(variables, call))
}

fn with(mut variables: Vec<String>, mut call: Call) -> Call {
    variables.append(&mut call.variables);
    Call { variables, ..call }
}

fn runner(name: &str, words: &[String]) -> Option<&'static Runner> {
    match name {
        "vitest" => Some(&VITEST),
        "jest" => Some(&JEST),
        "mocha" | "_mocha" => Some(&MOCHA),
        "tape" => Some(&TAPE),
        "ava" => Some(&AVA),
        "node" | "tsx" if words.iter().any(|word| word == "--test" || word.starts_with("--test=")) => {
            if name == "node" { Some(&NODE) } else { None }
        }
        // `node --experimental-vm-modules node_modules/jest/bin/jest.js …` is called as such: options of node matter.
        _ => None,
    }
}

/// Behind the options of a wrapper; a value of an option stands with it behind `=`.
fn past_options(words: &[String]) -> &[String] {
    let count = words.iter().take_while(|word| word.starts_with('-')).count();
    words.get(count..).unwrap_or_default()
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty()
            && !name.starts_with(|c: char| c.is_ascii_digit())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}

fn unquoted(word: &str) -> &str {
    word.trim_matches(['"', '\''])
}

/// The commands of a script, each as words with their quotes. What a shell would do beyond that (substitution, pipes)
/// ends a command.
fn pieces(script: &str) -> Vec<Vec<String>> {
    let mut pieces = vec![Vec::new()];
    let mut word = String::new();
    let mut quote = None;
    let mut letters = script.chars().peekable();
    while let Some(letter) = letters.next() {
        match (quote, letter) {
            (Some(mark), _) => {
                word.push(letter);
                if letter == mark {
                    quote = None;
                } else if letter == '\\' {
                    word.extend(letters.next());
                }
            }
            (None, '"' | '\'') => {
                quote = Some(letter);
                word.push(letter);
            }
            (None, '\\') => {
                word.push(letter);
                word.extend(letters.next());
            }
            (None, '&' | '|' | ';' | '\n' | '(' | ')') => {
                end_word(&mut pieces, &mut word);
                pieces.push(Vec::new());
            }
            (None, space) if space.is_whitespace() => end_word(&mut pieces, &mut word),
            (None, other) => word.push(other),
        }
    }
    end_word(&mut pieces, &mut word);
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

fn end_word(pieces: &mut [Vec<String>], word: &mut String) {
    if !word.is_empty()
        && let Some(piece) = pieces.last_mut()
    {
        piece.push(std::mem::take(word));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(scripts: &[(&str, &str)]) -> Option<(String, Format)> {
        let scripts: BTreeMap<&str, &str> = scripts.iter().copied().collect();
        reported(&serde_json::json!({ "scripts": scripts }).to_string())
    }

    /// The runner's own words, without what is put around them.
    fn call_of(scripts: &[(&str, &str)]) -> Option<String> {
        let (command, _) = of(scripts)?;
        let call = command.split_once("$PATH\" ")?.1;
        Some(call.split("; code=").next().unwrap_or(call).to_owned())
    }

    /// Scripts by name, and the call that comes out.
    type Case = (Vec<(&'static str, &'static str)>, Option<String>);

    #[test]
    fn the_runner_behind_a_script_is_found() {
        const JSON: &str = "--reporter=json --outputFile=/tmp/kerf-report.json";
        let vitest = |words: &str| {
            Some(format!("vitest run {words}{}{JSON}", if words.is_empty() { "" } else { " " }))
        };
        let cases: Vec<Case> = vec![
            (vec![("test", "vitest")], vitest("")),
            (vec![("test", "vitest run --coverage")], vitest("")),
            (vec![("test", "pnpm lint && vitest run --typecheck --coverage.enabled"), ("lint", "eslint .")], vitest("--typecheck")),
            (vec![("test", "npm run lint && npm run unit -- --project node"), ("lint", "eslint ."), ("unit", "vitest --watch")], vitest("--project node")),
            (vec![("test", "run-s lint unit"), ("lint", "eslint ."), ("unit", "vitest run")], vitest("")),
            (vec![("test", "c8 --reporter=lcov vitest run")], vitest("")),
            (vec![("test", "TZ=UTC cross-env NODE_ENV=test jest --verbose -c jest.config.js && tsc")],
                Some("TZ=UTC NODE_ENV=test jest -c jest.config.js --ci --json --outputFile=/tmp/kerf-report.json".to_owned())),
            (vec![("test", "mocha --require test/support/env --reporter spec --check-leaks test/ test/acceptance/")],
                Some("mocha --require test/support/env --check-leaks test/ test/acceptance/ --reporter json --reporter-option output=/tmp/kerf-report.json".to_owned())),
            (vec![("test", "node --test test/*.js")], Some("node --test-reporter=tap --test test/*.js".to_owned())),
            (vec![("test", "tape 'test/**/*.js'")], Some("tape 'test/**/*.js'".to_owned())),
            (vec![("test", "xo && ava")], Some("ava --tap".to_owned())),
            (vec![("test", "echo \"Error: no test specified; use jest\" && exit 1")], None),
            (vec![("test", "node test.js")], None),
            (vec![("test", "npm run test")], None),
            (vec![("build", "vitest")], None),
        ];
        for (scripts, expected) in cases {
            assert_eq!(call_of(&scripts), expected, "{scripts:?}");
        }
        assert_eq!(of(&[("test", "vitest")]).unwrap().1, Format::Vitest);
        assert_eq!(reported("no json"), None);
    }
}
