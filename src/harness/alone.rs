//! The command that runs one test alone.
//!
//! In: a task's test command and an id. Out: a shell command that runs that test and nothing else, with the task's
//! own flags (`--release`, `--offline`, `--features`) and without its selection of targets and tests; none where the
//! command is not understood (several cargo calls, a script).
//!
//! Invariant: whatever an id holds, it stays one quoted word.

use super::flags::Flags;
use super::ids::normal;
use super::{Format, ReadContext};

/// Flags of cargo: those go that select targets or packages.
const CARGO: Flags = Flags { dropped: SELECTORS, dropped_valued: VALUED_SELECTORS, valued: VALUED };

const SELECTORS: &[&str] = &[
    "--lib",
    "--bins",
    "--tests",
    "--benches",
    "--examples",
    "--doc",
    "--all-targets",
    "--workspace",
    "--all",
    "--no-run",
    "-q",
    "--quiet",
];
const VALUED_SELECTORS: &[&str] = &[
    "--bin",
    "--test",
    "--bench",
    "--example",
    "-p",
    "--package",
    "--exclude",
    "-E",
    "--filter-expr",
    "--filterset",
];
const VALUED: &[&str] = &[
    "--features",
    "-F",
    "--target",
    "--target-dir",
    "--manifest-path",
    "--profile",
    "-j",
    "--jobs",
    "--color",
    "-Z",
    "--config",
    "--message-format",
    "-C",
    "--cargo-profile",
    "--retries",
    "--test-threads",
    "--build-jobs",
    "--config-file",
    "--tool-config-file",
    "--lockfile-path",
];

/// The command that runs the test `id` alone.
pub fn alone_command(format: Format, test_command: &str, id: &str, context: &ReadContext) -> Option<String> {
    alone_beside(format, test_command, id, &[], context)
}

/// The same with other tests of the same program beside it in one process, one after the other, where the runner can:
/// `beside` are their names in it.
pub fn alone_beside(
    format: Format,
    test_command: &str,
    id: &str,
    beside: &[String],
    context: &ReadContext,
) -> Option<String> {
    let call = Call::parse(format, test_command)?;
    let target = Selection::of(id, context)?;
    if target.name.starts_with('-') || target.name.contains(['\0', '\n']) {
        return None;
    }
    let mut words = call.head.clone();
    words.extend(call.flags.clone());
    let target_words = &target.words;
    match format {
        Format::Cargo => {
            words.extend(target_words.clone());
            words.push("--".to_owned());
            words.extend(call.harness.clone());
            if !target.doc {
                words.push("--exact".to_owned());
            }
            words.push(quote(&target.name));
            if !target.doc && !beside.is_empty() {
                words.extend(beside.iter().map(|name| quote(name)));
                if !call.harness.iter().any(|word| word.starts_with("--test-threads")) {
                    words.push("--test-threads=1".to_owned());
                }
            }
        }
        // Who wrote the file is not told by the format; the others' calls are in `together`.
        Format::Junit
        | Format::Jest
        | Format::Vitest
        | Format::Mocha
        | Format::Node
        | Format::Tap
        | Format::Pytest
        | Format::Unittest
        | Format::Go => return None,
        Format::Nextest => {
            if target.doc {
                return None;
            }
            words.extend(target_words.clone());
            words.extend(["-E".to_owned(), quote(&format!("test(={})", target.name))]);
            if !call.harness.is_empty() {
                words.push("--".to_owned());
                words.extend(call.harness.clone());
            }
        }
    }
    Some(words.join(" "))
}

/// A call of cargo taken apart.
struct Call {
    /// Variables, `cargo`, toolchain, subcommand.
    head: Vec<String>,
    /// Flags of cargo that select nothing.
    flags: Vec<String>,
    /// Arguments of the test programs that select nothing.
    harness: Vec<String>,
}

impl Call {
    fn parse(format: Format, command: &str) -> Option<Self> {
        // Steps before the tests (`cd x && cargo test`) stay; the tests must be the last and only call of cargo.
        let (before, words) = last_call(command)?;
        if before.contains("cargo") {
            return None;
        }
        let cargo = words.iter().position(|word| word == "cargo" || word.ends_with("/cargo"))?;
        if !words[..cargo].iter().all(|word| word.contains('=') || word == "env") {
            return None;
        }
        let subcommand: &[&[&str]] = match format {
            Format::Cargo => &[&["test"], &["t"]],
            Format::Nextest => &[&["nextest", "run"], &["nextest", "r"]],
            Format::Junit
            | Format::Jest
            | Format::Vitest
            | Format::Mocha
            | Format::Node
            | Format::Tap
            | Format::Pytest
            | Format::Unittest
            | Format::Go => return None,
        };
        let mut head: Vec<String> = before.split_whitespace().map(str::to_owned).collect();
        head.extend(words[..=cargo].iter().cloned());
        let mut rest = &words[cargo + 1..];
        if let Some(toolchain) = rest.first().filter(|word| word.starts_with('+')) {
            head.push(toolchain.clone());
            rest = &rest[1..];
        }
        let form = subcommand
            .iter()
            .find(|form| rest.len() >= form.len() && form.iter().zip(rest).all(|(a, b)| a == b))?;
        head.extend(rest[..form.len()].iter().cloned());
        rest = &rest[form.len()..];
        let (cargo, harness) = match rest.iter().position(|word| word == "--") {
            Some(at) => (&rest[..at], &rest[at + 1..]),
            None => (rest, &rest[rest.len()..]),
        };
        Some(Self { head, flags: CARGO.kept(cargo, |_| false).words, harness: kept_harness(harness) })
    }
}

/// The words of a command's last call, and the steps before it; none where it is more than a plain call.
pub(super) fn last_call(command: &str) -> Option<(&str, Vec<String>)> {
    let (before, last) = match command.rfind("&&") {
        Some(at) => command.split_at(at + 2),
        None => ("", command),
    };
    let plain = !last.contains([';', '|', '`', '\n', '<', '>', '#']) && !last.contains("$(");
    Some((before, words(last).filter(|_| plain)?))
}

/// Arguments of libtest without filters.
fn kept_harness(words: &[String]) -> Vec<String> {
    let mut out = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--exact" | "-q" | "--quiet" | "--list" => {}
            "--skip" => {
                words.next();
            }
            "--test-threads" | "--color" | "--format" | "-Z" | "--logfile" | "--shuffle-seed" => {
                out.push(word.clone());
                out.extend(words.next().cloned());
            }
            flag if flag.starts_with("--skip=") || !flag.starts_with('-') => {}
            _ => out.push(word.clone()),
        }
    }
    out
}

/// Splits a command into words; quoted ones keep their quotes, so that they can be joined again.
fn words(command: &str) -> Option<Vec<String>> {
    let mut out = Vec::new();
    let mut word = String::new();
    let mut quoted: Option<char> = None;
    for c in command.chars() {
        match quoted {
            Some(mark) => {
                word.push(c);
                if c == mark {
                    quoted = None;
                }
            }
            None if c.is_whitespace() => {
                if !word.is_empty() {
                    out.push(std::mem::take(&mut word));
                }
            }
            None => {
                if matches!(c, '\'' | '"') {
                    quoted = Some(c);
                }
                word.push(c);
            }
        }
    }
    if !word.is_empty() {
        out.push(word);
    }
    quoted.is_none().then_some(out)
}

/// Which target an id lies in, as flags, and the name inside it.
struct Selection {
    words: Vec<String>,
    name: String,
    doc: bool,
}

impl Selection {
    fn of(id: &str, context: &ReadContext) -> Option<Self> {
        if let Some(doc) = super::cargo::doc_name(id).filter(|_| !id.starts_with("doc:")) {
            let id = if doc.item.is_empty() { doc.path } else { format!("{}::{}", doc.path, doc.item) };
            return Self::of(&format!("doc:{id}"), context);
        }
        let name = normal(id);
        if let Some(rest) = name.strip_prefix("doc:") {
            let rest = match rest.rsplit_once('#') {
                Some((rest, digits)) if super::text::count(digits).is_some() => rest,
                _ => rest,
            };
            let (path, item) = rest.split_once("::").unwrap_or((rest, ""));
            let mut words = vec!["--doc".to_owned()];
            let (package, _) = package(path, context);
            words.extend(package);
            // Rustdoc splits what it is given at blanks, so the filter is one word: the item, whose neighbours of longer
            // names may run with it. The file is left out where possible, since versions of cargo differ in what they
            // print it relative to.
            let name = item.split_whitespace().last().unwrap_or_else(|| path_end(path)).to_owned();
            return Some(Self { words, name, doc: true });
        }
        let Some((path, inner)) = name.split_once("::").filter(|(path, _)| path.contains(['/', '.'])) else {
            return (!name.is_empty()).then_some(Self { words: Vec::new(), name, doc: false });
        };
        let (mut words, path) = package(path, context);
        words.extend(target(path)?);
        Some(Self { words, name: inner.to_owned(), doc: false })
    }
}

/// Last two parts of a path.
fn path_end(path: &str) -> &str {
    path.rmatch_indices('/').nth(1).map_or(path, |(at, _)| &path[at + 1..])
}

/// `-p NAME` of the package that a path lies in, and the path in it.
fn package<'p>(path: &'p str, context: &ReadContext) -> (Vec<String>, &'p str) {
    let inside = |dir: &str| {
        if dir.is_empty() {
            Some(path)
        } else {
            path.strip_prefix(dir).and_then(|rest| rest.strip_prefix('/'))
        }
    };
    let best = context
        .packages
        .iter()
        .filter_map(|package| inside(&package.dir).map(|rest| (package, rest)))
        .max_by_key(|(package, _)| package.dir.len());
    match best {
        Some((package, rest)) => (vec!["-p".to_owned(), quote(&package.name)], rest),
        None => (Vec::new(), path),
    }
}

/// Flags that select the target of a main file.
fn target(path: &str) -> Option<Vec<String>> {
    // Packages that are not known leave their folder before the usual ones.
    let usual = ["src/", "tests/", "benches/", "examples/"];
    let start = usual.iter().filter_map(|folder| find_folder(path, folder)).max().unwrap_or(0);
    let path = &path[start..];
    let word = |flag: &str, name: &str| Some(vec![flag.to_owned(), quote(name)]);
    let name = |folder: &str| {
        let rest = path.strip_prefix(folder)?;
        rest.strip_suffix("/main.rs").or_else(|| rest.strip_suffix(".rs")).filter(|name| !name.contains('/'))
    };
    match path {
        "src/lib.rs" => Some(vec!["--lib".to_owned()]),
        "src/main.rs" => Some(vec!["--bins".to_owned()]),
        _ => {
            let flags = [
                ("src/bin/", "--bin"),
                ("tests/", "--test"),
                ("benches/", "--bench"),
                ("examples/", "--example"),
            ];
            for (folder, flag) in flags {
                if let Some(name) = name(folder) {
                    return word(flag, name);
                }
            }
            // A main file at a place of its own: any target, the name decides.
            Some(Vec::new())
        }
    }
}

fn find_folder(path: &str, folder: &str) -> Option<usize> {
    if path.starts_with(folder) {
        return Some(0);
    }
    path.find(&format!("/{folder}")).map(|at| at + 1)
}

/// One shell word.
pub(super) fn quote(word: &str) -> String {
    let plain =
        !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-./:=@+".contains(&b));
    if plain { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harness::Package;

    fn context() -> ReadContext {
        let package = |name: &str, dir: &str| Package { name: name.to_owned(), dir: dir.to_owned() };
        ReadContext { packages: vec![package("ws", ""), package("ws-core", "crates/core")], root: None }
    }

    #[test]
    fn cargo_commands() {
        let none = ReadContext::default();
        let plain = "cargo test --offline --no-fail-fast";
        let cases = [
            (plain, "tests/a.rs::half", "cargo test --offline --no-fail-fast --test a -- --exact half"),
            (
                plain,
                "tests/a/main.rs::m::half",
                "cargo test --offline --no-fail-fast --test a -- --exact m::half",
            ),
            (
                plain,
                "src/lib.rs::tests::adds",
                "cargo test --offline --no-fail-fast --lib -- --exact tests::adds",
            ),
            (plain, "src/main.rs::adds", "cargo test --offline --no-fail-fast --bins -- --exact adds"),
            (plain, "src/bin/x.rs::adds", "cargo test --offline --no-fail-fast --bin x -- --exact adds"),
            (plain, "half - should panic", "cargo test --offline --no-fail-fast -- --exact half"),
            (plain, "doc:src/lib.rs::Foo::bar#2", "cargo test --offline --no-fail-fast --doc -- Foo::bar"),
            (
                plain,
                "src/lib.rs - Foo::bar (line 3)",
                "cargo test --offline --no-fail-fast --doc -- Foo::bar",
            ),
            (plain, "doc:src/lib.rs", "cargo test --offline --no-fail-fast --doc -- src/lib.rs"),
            (
                "A=1 cargo +1.80 test --release --features 'a b' --test a --workspace half -- --test-threads=1 --skip b q",
                "tests/c.rs::half",
                "A=1 cargo +1.80 test --release --features 'a b' --test c -- --test-threads=1 --exact half",
            ),
            (
                "cd sub && cargo test -p x",
                "tests/c.rs::it's",
                r"cd sub && cargo test --test c -- --exact 'it'\''s'",
            ),
        ];
        for (command, id, expected) in cases {
            assert_eq!(alone_command(Format::Cargo, command, id, &none).as_deref(), Some(expected), "{id}");
        }
        for command in
            ["make test", "cargo test; cargo test --doc", "cargo test && cargo test --doc", "cargo build"]
        {
            assert_eq!(alone_command(Format::Cargo, command, "half", &none), None, "{command}");
        }
        assert_eq!(alone_command(Format::Cargo, plain, "tests/a.rs::--nocapture", &none), None);
        assert_eq!(
            alone_beside(Format::Cargo, "cargo test", "tests/a.rs::x", &["m::y".to_owned()], &none)
                .as_deref(),
            Some("cargo test --test a -- --exact x m::y --test-threads=1")
        );
    }

    #[test]
    fn packages_and_nextest() {
        let command = |format, command, id| alone_command(format, command, id, &context());
        assert_eq!(
            command(Format::Cargo, "cargo test --workspace", "crates/core/tests/a.rs::same").as_deref(),
            Some("cargo test -p ws-core --test a -- --exact same")
        );
        assert_eq!(
            command(Format::Cargo, "cargo test --workspace", "tests/a.rs::same").as_deref(),
            Some("cargo test -p ws --test a -- --exact same")
        );
        assert_eq!(
            command(Format::Nextest, "cargo nextest run --workspace", "crates/core/tests/a.rs::same")
                .as_deref(),
            Some("cargo nextest run -p ws-core --test a -E 'test(=same)'")
        );
        assert_eq!(command(Format::Nextest, "cargo nextest run", "doc:src/lib.rs::x"), None);
    }
}
