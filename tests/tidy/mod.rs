//! The repository's own text: what the documentation says of the code is held against the code.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use assert_cmd::cargo::cargo_bin_cmd;

/// No file is longer.
const MOST_LINES: usize = 600;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Files below a folder with one of these endings, in order, relative to the root.
fn files(folder: &str, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| endings.iter().any(|wanted| ending == *wanted)) {
                found.push(path.strip_prefix(root()).expect("below the root").to_owned());
            }
        }
    }
    found.sort();
    found
}

fn pages() -> Vec<PathBuf> {
    let mut pages = files("docs", &["md"]);
    pages.extend(["README.md", "CHANGELOG.md"].map(PathBuf::from));
    pages
}

fn kerf(arguments: &[&str]) -> String {
    let output = cargo_bin_cmd!("kerf").args(arguments).output().expect("kerf starts");
    assert!(output.status.success(), "kerf {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Fails with all complaints at once.
fn none(complaints: &[String]) {
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn every_source_file_has_a_first_page_and_is_short() {
    let mut complaints = Vec::new();
    for path in files("src", &["rs"]) {
        let text = text(&path.to_string_lossy());
        if !text.starts_with("//! ") {
            complaints.push(format!("{}: does not begin with `//! `", path.display()));
        }
        let lines = text.lines().count();
        if lines > MOST_LINES {
            complaints.push(format!("{}: {lines} lines, at most {MOST_LINES}", path.display()));
        }
    }
    none(&complaints);
}

#[test]
fn no_line_ends_in_white_space() {
    let mut paths = files("src", &["rs"]);
    paths.extend(files("tests", &["rs"]));
    paths.extend(pages());
    let mut complaints = Vec::new();
    for path in paths {
        let text = text(&path.to_string_lossy());
        let rust = path.extension().is_some_and(|ending| ending == "rs");
        for (line, content) in text.lines().enumerate() {
            if content.ends_with([' ', '\t']) {
                complaints.push(format!("{}:{}: white space at the end", path.display(), line + 1));
            }
            if rust && content.contains('\t') {
                complaints.push(format!("{}:{}: a tab", path.display(), line + 1));
            }
        }
        if !text.ends_with('\n') {
            complaints.push(format!("{}: no line feed at the end", path.display()));
        }
    }
    none(&complaints);
}

/// Targets of `[…](target)` outside fenced blocks, anchors left out.
fn links(page: &str) -> Vec<String> {
    let mut fenced = false;
    let mut found = Vec::new();
    for line in page.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        for (at, _) in line.match_indices("](") {
            let Some(target) = line[at + 2..].split(')').next() else { continue };
            found.push(target.split('#').next().unwrap_or_default().to_owned());
        }
    }
    found
}

#[test]
fn links_lead_somewhere() {
    let mut complaints = Vec::new();
    let mut count = 0;
    for path in pages() {
        let folder = root().join(&path).parent().unwrap().to_owned();
        for target in links(&text(&path.to_string_lossy())) {
            if target.is_empty() || target.contains("://") {
                continue;
            }
            count += 1;
            if !folder.join(&target).exists() {
                complaints.push(format!("{}: no file {target}", path.display()));
            }
        }
    }
    none(&complaints);
    assert!(count > 20, "links were found: {count}");
}

#[test]
fn files_that_pages_name_exist() {
    let mut complaints = Vec::new();
    for path in pages() {
        // `NAME` stands for a file yet to be written, and the quickstart speaks of a repository of its own.
        for word in text(&path.to_string_lossy()).split('`').skip(1).step_by(2) {
            let named = word.starts_with("src/")
                && word.contains(".rs")
                && !word.contains([':', ' '])
                && !word.contains("NAME");
            let example = word.starts_with("src/retry");
            if named && !example && !root().join(word).exists() {
                complaints.push(format!("{}: no file {word}", path.display()));
            }
        }
    }
    none(&complaints);
}

#[test]
fn the_design_page_lists_the_modules_in_their_order() {
    let page = text("docs/design.md");
    let described: Vec<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("### `").and_then(|rest| rest.strip_suffix('`')))
        .collect();
    let library = text("src/lib.rs");
    let declared: Vec<&str> = library
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ").and_then(|rest| rest.strip_suffix(';')))
        .collect();
    assert_eq!(described.iter().collect::<BTreeSet<_>>(), declared.iter().collect::<BTreeSet<_>>());
    let folders: BTreeSet<String> = std::fs::read_dir(root().join("src"))
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(declared.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>(), folders);
}

#[test]
fn schemas_are_those_of_the_binary() {
    let listed = kerf(&["schema"]);
    let names: BTreeSet<&str> = listed.lines().collect();
    let kept = files("docs/schemas", &["json"]);
    let kept: BTreeSet<&str> =
        kept.iter().filter_map(|path| path.file_name()?.to_str()?.strip_suffix(".schema.json")).collect();
    assert_eq!(names, kept, "run `kerf schema --out docs/schemas`");
    for name in names {
        let now = kerf(&["schema", name]);
        let then = text(&format!("docs/schemas/{name}.schema.json"));
        assert!(
            now == then,
            "docs/schemas/{name}.schema.json is out of date: run `kerf schema --out docs/schemas`"
        );
    }
}

/// Names in the `Commands:` part of a help text.
fn commands(help: &str) -> Vec<String> {
    help.lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next().filter(|word| !word.is_empty()))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_command_and_option_is_documented() {
    let page = text("docs/commands.md");
    let names = commands(&kerf(&["--help"]));
    assert!(names.len() > 4, "{names:?}");
    let mut complaints = Vec::new();
    for name in names.iter().filter(|name| *name != "help") {
        let nested = commands(&kerf(&[name, "--help"]));
        let paths: Vec<Vec<&str>> = if nested.is_empty() {
            vec![vec![name]]
        } else {
            let nested = nested.iter().filter(|nested| *nested != "help");
            nested.map(|nested| vec![name.as_str(), nested.as_str()]).collect()
        };
        for path in paths {
            let heading = format!("## `kerf {}", path.join(" "));
            let Some(section) = page.split("\n## ").find(|part| format!("## {part}").starts_with(&heading))
            else {
                complaints.push(format!("docs/commands.md: no section {heading}`"));
                continue;
            };
            let help = kerf(&[&path[..], &["--help"]].concat());
            let options = help.split_whitespace().filter_map(|word| {
                let word = word.trim_end_matches([',', ':', ';', ']']);
                word.starts_with("--").then_some(word).filter(|word| word.len() > 2)
            });
            for option in options.filter(|option| !["--help", "--version"].contains(option)) {
                if !section.contains(option) {
                    complaints.push(format!("docs/commands.md: {heading}` does not name {option}"));
                }
            }
        }
    }
    none(&complaints);
}

#[test]
fn exit_codes_are_documented() {
    let page = text("docs/commands.md");
    let help = kerf(&["--help"]);
    let codes = help.lines().skip_while(|line| *line != "Exit codes:").skip(1);
    let codes: Vec<&str> = codes.filter_map(|line| line.split_whitespace().next()).collect();
    assert!(codes.len() > 3);
    let described: Vec<&str> = page
        .lines()
        .skip_while(|line| *line != "## Exit codes")
        .skip(1)
        .take_while(|line| !line.starts_with("## "))
        .filter_map(|line| line.strip_prefix("| ")?.split(' ').next())
        .filter(|word| word.parse::<u8>().is_ok())
        .collect();
    assert_eq!(described, codes);
}

#[test]
fn every_dependency_is_explained() {
    let manifest: toml::Table = text("Cargo.toml").parse().unwrap();
    let names: BTreeSet<&str> = ["dependencies", "dev-dependencies"]
        .iter()
        .filter_map(|table| manifest.get(*table)?.as_table())
        .flat_map(|table| table.keys().map(String::as_str))
        .collect();
    let page = text("docs/dependencies.md");
    let explained: BTreeSet<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(" |").next())
        .filter(|name| *name != "crate")
        .collect();
    assert_eq!(explained, names);
}

#[test]
fn the_readme_has_one_block_of_exactly_two_commands_and_ci_runs_the_second() {
    let readme = text("README.md");
    let mut blocks = readme.split("```console\n").skip(1).filter_map(|rest| rest.split("```").next());
    let first: Vec<&str> = blocks.next().expect("a block of commands").lines().collect();
    assert_eq!(first, ["cargo run --release -- run", "cargo test"]);
    let script = text(".ci/run");
    assert!(script.lines().any(|line| line == first[1]), ".ci/run does not call `{}`", first[1]);
    assert!(script.contains("\nset -euo pipefail\n"));
    for check in ["cargo fmt --check", "cargo clippy --all-targets -- -D warnings"] {
        assert!(script.lines().any(|line| line == check), ".ci/run does not call `{check}`");
    }
}
