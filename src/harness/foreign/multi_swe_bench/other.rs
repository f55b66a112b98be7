//! Java, PHP, Scala and C# readers that are more than patterns on lines.
//!
//! In: a text and, for some, the number of the pull request. Out: sets.
//!
//! Invariant: of a class whose methods are only counted, one failure or error fails it.

use super::rules::{COLOUR, Join, PLAIN, Rules, read};
use super::sets::Sets;
use crate::harness::foreign::Raised;
use crate::harness::foreign::pattern::{at_start, group, int, search};
use crate::harness::foreign::text::{is_space, split_lines, splitlines, strip};

/// surefire's counts for each class.
pub(super) fn surefire(text: &str, colours: bool) -> Sets {
    let ansi = search(r"\x1B\[[0-?9;]*[mK]");
    let counts = search(concat!(
        r"Tests run: (\d+), Failures: (\d+), Errors: (\d+), Skipped: (\d+), ",
        r"Time elapsed: [\d.]+ .+? in (.+)"
    ));
    let mut sets = Sets::default();
    for (at, line) in splitlines(text).filter(|(_, line)| line.contains("Time") || line.contains('\u{1b}')) {
        let line = super::rules::tidy(line, colours.then_some(ansi), false);
        if let Some(found) = counts.captures(&line) {
            counted(&mut sets, [&found[1], &found[2], &found[3], &found[4]], &found[5], at);
        }
    }
    sets
}

fn counted(sets: &mut Sets, counts: [&str; 4], name: &str, at: usize) {
    let [run, failures, errors, skipped] = counts.map(|count| int(count).unwrap_or(0));
    let set = match (failures, errors) {
        (0, 0) if skipped == run => &mut sets.skipped,
        (0, 0) if run > 0 => &mut sets.passed,
        (0, 0) => return,
        _ => &mut sets.failed,
    };
    set.insert(name.to_owned(), at);
}

/// A class is passed unless the line after its first one tells of an error. A class that is named twice is counted
/// twice and held once, which the package takes for an error.
pub(super) fn checkstyle(text: &str) -> Result<Sets, Raised> {
    let running = search(r"\[INFO\] Running (.+)");
    let mut sets = Sets::default();
    let (mut passed, mut failed) = (0, 0);
    let mut class: Option<&str> = None;
    for (at, line) in split_lines(text) {
        let Some(name) = class.take() else {
            class = group(running, line);
            continue;
        };
        if line.contains("[ERROR] Tests run") {
            sets.failed.insert(name.to_owned(), at);
            failed += 1;
        } else {
            sets.passed.insert(name.to_owned(), at);
            passed += 1;
        }
    }
    if passed != sets.passed.len() || failed != sets.failed.len() {
        return Err(Raised::new("ValueError", "a class was counted twice"));
    }
    Ok(sets)
}

/// surefire's older form: a class, then its counts after any other lines. The first eight characters are not looked
/// at.
pub(super) fn gson(text: &str) -> Sets {
    let counts = at_start(concat!(
        r"Tests run:\s*(\d+),\s*Failures:\s*(\d+),\s*Errors:\s*(\d+),\s*Skipped:\s*(\d+),",
        r"\s*Time elapsed:\s*[\d.]+\s*sec"
    ));
    let mut sets = Sets::default();
    let skip = text.char_indices().nth(8).map_or(text.len(), |(at, _)| at);
    let mut from = skip;
    while let Some(found) = text.get(from..).and_then(|rest| rest.find("Running")) {
        let start = from + found;
        from = start + 1;
        // Without counts further down no class can match, however many there are.
        if !text[start..].contains("\nTests run:") {
            break;
        }
        let Some((name, after)) = class_and_counts(text, start + "Running".len(), counts) else { continue };
        let Some(found) = counts.captures(&text[after..]) else { continue };
        counted(&mut sets, [&found[1], &found[2], &found[3], &found[4]], name, after);
        from = after + found[0].len();
    }
    let failed = search(concat!(
        r"Running (.+?)\nTests run: (\d+), Failures: (\d+), Errors: (\d+), Skipped: (\d+), ",
        r"Time elapsed: [\d\.]+ sec +<<< FAILURE!"
    ));
    let mut from = skip;
    while let Some(found) = failed.captures_at(text, from) {
        let (Some(all), Some(name)) = (found.get(0), found.get(1)) else { break };
        sets.failed.insert(name.as_str().to_owned(), name.end() + 1);
        from = all.end();
    }
    sets
}

/// Name of the class after `Running`, and where its counts begin: at the first line after it that begins with them.
/// All ways to share out white space are tried, the longest run after `Running` first, as backtracking does.
fn class_and_counts<'t>(text: &'t str, from: usize, counts: &regex::Regex) -> Option<(&'t str, usize)> {
    let rest = &text[from..];
    let space = rest.len() - rest.trim_start_matches(is_space).len();
    let ends = rest[..space].char_indices().map(|(at, c)| at + c.len_utf8()).rev();
    for end in ends {
        let start = from + end;
        let line_end = start + text[start..].find('\n')?;
        let line = &text[start..line_end];
        let Some(first) = line.chars().next() else { continue };
        let name = line.trim_end_matches(is_space);
        let name = if name.is_empty() { &line[..first.len_utf8()] } else { name };
        let mut at = line_end + 1;
        while !text[at..].starts_with("Tests run:") {
            match text[at..].find('\n') {
                Some(next) => at += next + 1,
                None => return None,
            }
        }
        if counts.is_match(&text[at..]) {
            return Some((name, at));
        }
    }
    None
}

/// phpunit's testdox form, tests qualified by class.
pub(super) fn laravel(text: &str) -> Sets {
    let progress = at_start(r"^[.s]+\s+\d+\s*/\s*\d+\s*\(\s*\d+%\)$");
    let heading = at_start(r"^(.*?) \((.*?)\)$");
    let test = at_start(r"^([✔✘↩])\s+(.*)$");
    let mut sets = Sets::default();
    let mut suite: Option<String> = None;
    for (at, line) in splitlines(text) {
        let line = strip(line);
        if progress.is_match(line) {
            continue;
        }
        if let Some(found) = heading.captures(line) {
            suite = Some(format!("{}::{}", &found[2], strip(&found[1])));
        } else if let (Some(found), Some(suite)) = (test.captures(line), &suite) {
            marked(&mut sets, &found[1], format!("{suite}::{}", strip(&found[2])), at);
        }
    }
    sets
}

fn marked(sets: &mut Sets, symbol: &str, name: String, at: usize) {
    let set = match symbol {
        "✔" => &mut sets.passed,
        "✘" => &mut sets.failed,
        "↩" => &mut sets.skipped,
        _ => return,
    };
    set.insert(name, at);
}

/// testdox with colours or with brackets.
pub(super) fn composer(text: &str) -> Sets {
    let underlined = search(r"\x1b\[4m(.+?)\x1b\[0m");
    let class_name = at_start(r"^[A-Z][\w\\]+$");
    let coloured = search(r"\x1b\[\d{2}m([✔✘↩])\x1b\[0m\s+(.*)");
    let bracket = at_start(r"^\s*\[(.)\]\s+(.*)");
    let colour = search(r"\x1b\[[0-9;]*m");
    let mut sets = Sets::default();
    let mut class = "";
    for (at, line) in splitlines(text) {
        if let Some(name) = group(underlined, line) {
            class = strip(name);
        } else if class_name.is_match(strip(line)) {
            class = strip(line);
        } else if class.is_empty() {
            // Nothing counts before the first class.
        } else if let Some(found) = coloured.captures(line) {
            let name = colour.replace_all(&found[2], "");
            marked(&mut sets, &found[1], format!("{class}::{}", strip(&name)), at);
        } else if let Some(found) = bracket.captures(line) {
            let set = match &found[1] {
                "x" | "X" => &mut sets.passed,
                " " => &mut sets.failed,
                _ => continue,
            };
            set.insert(format!("{class}::{}", strip(&found[2])), at);
        }
    }
    sets
}

/// testdox; any line that holds brackets and ends in one is a class.
pub(super) fn dbal(text: &str) -> Sets {
    let test = at_start(r"^\s*([✔✘↩])\s*(.+)$");
    let mut sets = Sets::default();
    let mut class: Option<&str> = None;
    for (at, line) in split_lines(text) {
        let line = strip(line);
        let symbol = line.starts_with(['✔', '✘', '↩', '∅', '│']);
        if !symbol && line.contains('(') && line.ends_with(')') {
            class = Some(line);
        } else if let (Some(found), Some(class)) = (test.captures(line), class) {
            let name = strip(&found[2]);
            if !name.is_empty() {
                marked(&mut sets, &found[1], format!("{class} : {name}"), at);
            }
        }
    }
    sets
}

/// sbt's summary of a JUnit run.
pub(super) fn playframework(text: &str) -> Sets {
    let summary = at_start(r"^\[info\] Test run (\S+) finished: (\d+) failed");
    let mut sets = Sets::default();
    for (at, line) in splitlines(text) {
        if let Some(found) = summary.captures(line) {
            let set = if int(&found[2]) == Some(0) { &mut sets.passed } else { &mut sets.failed };
            set.insert(found[1].to_owned(), at);
        }
    }
    sets
}

/// ScalaTest under sbt. `keep` says whether a failure keeps a name out of the passed ones for good.
fn scalatest(text: &str, ansi: bool, keep: bool) -> Sets {
    let colour = search(r"\x1b\[[0-9;]*m");
    let passed = at_start(r"^\[info\] [+-] (.*)$");
    let failed = at_start(r"^\[info\] - (.*) \*\*\* FAILED \*\*\*$");
    let noise = at_start(r"^meta[cp] /tmp/[^ ]+_[^ ]+");
    let mut sets = Sets::default();
    for (at, line) in splitlines(text) {
        let line = super::rules::tidy(line, ansi.then_some(colour), false);
        let tidy = |name| if keep { name } else { strip(name) };
        if let Some(name) = group(passed, &line).filter(|name| !name.contains("*** FAILED ***")) {
            let name = tidy(name);
            if !keep || (!sets.failed.contains_key(name) && !noise.is_match(name)) {
                sets.passed.insert(name.to_owned(), at);
            }
        }
        if let Some(name) = group(failed, &line).map(tidy) {
            sets.passed.remove(name);
            sets.failed.insert(name.to_owned(), at);
        }
    }
    sets
}

pub(super) fn sbt(text: &str) -> Sets {
    scalatest(text, false, false)
}

pub(super) fn scalameta(text: &str, number: u64) -> Sets {
    const MUNIT: Rules = Rules {
        ansi: COLOUR,
        pass: &[r"^\s*\+\s*(.*?)(?:\s+\d+\.\d+s)?$"],
        fail: &[r"^-([^\n]*)"],
        join: Join::FailWins,
        ..PLAIN
    };
    if number <= 1936 {
        return scalatest(text, true, true);
    }
    let noise = at_start(r"^meta[cp] /tmp/[^ ]+_[^ ]+");
    let mut sets = read(text, &MUNIT);
    sets.passed.retain(|name, _| !noise.is_match(name));
    sets
}

/// `dotnet test` over the whole log; a result may span lines.
pub(super) fn terminal_gui(text: &str) -> Sets {
    let mut sets = Sets::default();
    for (pattern, set) in [
        (r"(?m)^\s*Passed\s+(.+?)\s+\[[^\]]+\]\s*$", &mut sets.passed),
        (r"(?m)^\s*Failed\s+(.+?)\s+\[[^\]]+\]\s*$", &mut sets.failed),
        (r"(?m)^\s*Skipped\s+(.+?)\s+\[[^\]]+\]\s*$", &mut sets.skipped),
    ] {
        let pattern = search(pattern);
        let mut from = 0;
        // The package looks ahead at the time behind a name: the next match may begin right after the name.
        while let Some(name) = pattern.captures_at(text, from).and_then(|found| found.get(1)) {
            set.insert(strip(name.as_str()).to_owned(), name.start());
            from = name.end();
        }
    }
    sets
}

/// `dotnet test`, tests qualified by the assembly.
pub(super) fn osu(text: &str) -> Sets {
    let assembly = at_start(r"^\s*Running all tests in\s+(.+)$");
    let test = at_start(r"^\s*(Passed|Failed|Skipped)\s+(.+?)\s+\[[^\]]+\]\s*$");
    let mut sets = Sets::default();
    let mut parent = "";
    for (at, line) in splitlines(text) {
        if let Some(name) = group(assembly, line) {
            parent = strip(name);
        } else if let Some(found) = test.captures(line) {
            let name = strip(&found[2]);
            let name = if parent.is_empty() { name.to_owned() } else { format!("{parent}:{name}") };
            let set = match &found[1] {
                "Passed" => &mut sets.passed,
                "Failed" => &mut sets.failed,
                _ => &mut sets.skipped,
            };
            set.insert(name, at);
        }
    }
    sets
}
