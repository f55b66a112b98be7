//! `scratch`: reproduction programs, notes, backups, logs that were left in the tree.

use super::demo::{only_by_own_script, run_by};
use super::file::{collected, detached, package_alone, referred_to};
use crate::diff::{FilePair, Role, role_of};
use crate::metric::relevance::role::is_program;
use crate::metric::relevance::{Evidence, Facts, Grade, Mark, Sign};

/// Endings of backups, rejects, logs.
const LEFTOVER_ENDINGS: &[&str] = &[
    "orig", "rej", "bak", "swp", "swo", "tmp", "log", "pyc", "patch", "diff", "old", "backup", "profraw",
    "rs.bk",
];
/// Beginnings of the names of programs that reproduce, probe or check.
const PROBE_STARTS: &[&str] = &[
    "repro",
    "debug_",
    "debug-",
    "test_fix",
    "fix_test",
    "verify",
    "check_fix",
    "scratch",
    "tmp",
    "temp_",
    "demo_",
    "demo.",
    "quick_",
    "final_",
    "manual_test",
    "simple_test",
    "test_issue",
    "test_repro",
    "issue_",
    "try_",
    "run_test",
    "playground",
    "sandbox_",
    "poc",
    "mre",
    "minimal_",
];
/// Beginnings of names that only at the top of the tree speak of a probe.
const TOP_STARTS: &[&str] = &[
    "debug",
    "check",
    "test",
    "run_",
    "try",
    "example",
    "sample",
    "trace",
    "inspect",
    "experiment",
    "analyze",
    "edge_",
];
/// Files that tools look for by name.
const TOOLS: &[&str] = &[
    "build.rs",
    "setup.py",
    "conftest.py",
    "noxfile.py",
    "manage.py",
    "__init__.py",
    "__main__.py",
    "Gruntfile.js",
    "gulpfile.js",
    "index.js",
    "index.ts",
    "index.mjs",
];
/// Parts of such names, where the folder makes them suspicious anyway.
const PROBE_PARTS: &[&str] =
    &["repro", "debug", "verify", "verif", "test", "check", "issue", "fix", "demo", "conversion"];
/// Beginnings of the names of notes, in upper case.
const NOTES: &[&str] = &[
    "SUMMARY",
    "NOTES",
    "CHANGES_",
    "IMPLEMENTATION",
    "FIX_",
    "FIXES",
    "SOLUTION",
    "ANALYSIS",
    "PLAN",
    "TODO",
    "REPORT",
    "EXPLANATION",
    "ISSUE",
    "PR_",
    "FINDINGS",
    "INVESTIGATION",
    "VERIFICATION",
    "WALKTHROUGH",
    "TASK",
];
/// Endings of programs.
const PROGRAMS: &[&str] =
    &["py", "sh", "bash", "js", "mjs", "cjs", "ts", "rb", "pl", "ps1", "bat", "rs", "go", "c", "cpp", "java"];

pub(super) fn find(facts: &Facts, unit: usize) -> Option<Mark> {
    let edit = facts.unit(unit);
    if let Some(program) = run_by(facts, unit).filter(|program| !facts.topic.names_file(program)) {
        let why = format!("a script that only runs {program}, which nothing else refers to");
        return Some(Mark { sign: Sign::Scratch, grade: Grade::B, evidence: vec![facts.at(unit, "")], why });
    }
    let file = facts.view.file(edit).filter(|file| file.old.is_none())?;
    let path = file.new.as_deref()?;
    // Of a package by itself the statement would name the folder: it may well name another `src/main.rs`.
    let named = match package_alone(facts, path) {
        Some(folder) => facts.topic.names_folder(&folder),
        None => facts.topic.names_file(path),
    };
    if named {
        return None;
    }
    let why = reason(facts, file, path)?;
    let evidence = vec![Evidence { file: path.to_owned(), line: 0, text: why.clone() }];
    Some(Mark { sign: Sign::Scratch, grade: Grade::B, evidence, why })
}

fn reason(facts: &Facts, file: &FilePair, path: &str) -> Option<String> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let lower = name.to_lowercase();
    if detached(facts, path) {
        return Some("part of a new package that no manifest of the repository speaks of".to_owned());
    }
    let leftover =
        LEFTOVER_ENDINGS.iter().any(|end| lower.ends_with(&format!(".{end}"))) || name.ends_with('~');
    if leftover && !like_base(facts, path) {
        return Some(format!("a left-over `.{ending}` file"));
    }
    let at_top = folder.is_empty();
    let upper = stem.to_uppercase();
    let note = NOTES.iter().any(|start| upper.starts_with(start))
        || ["_SUMMARY", "_NOTES", "-NOTES"].iter().any(|end| upper.ends_with(end))
        || PROBE_STARTS.iter().any(|start| lower.starts_with(start));
    if at_top && note && matches!(ending, "md" | "txt" | "rst" | "") && referred_to(facts, path).is_none() {
        return Some("notes at the top of the tree that nothing refers to".to_owned());
    }
    if at_top && ending == "txt" && (lower.contains("output") || lower.contains("result")) {
        return Some("output of a program".to_owned());
    }
    if !PROGRAMS.contains(&ending) {
        return None;
    }
    // Tools find these by their names, so that nothing needs to refer to them.
    if TOOLS.contains(&name) || name.contains(".config.") {
        return None;
    }
    if only_by_own_script(facts, path) {
        return Some("a demonstration that only a script of the same change runs".to_owned());
    }
    let example = folder == "examples" || folder.ends_with("/examples");
    let probe = PROBE_STARTS.iter().any(|start| lower.starts_with(start));
    match collected(facts, path) {
        Some(true) | None
            if file.role == Role::Test
                && !is_program(path)
                && !beside_tests(facts, folder)
                && without_tests(file, ending) =>
        {
            referred_to(facts, path).is_none().then(|| "called a test, but nothing in it is one".to_owned())
        }
        // A runner that collects it makes it a test.
        Some(true) if file.role == Role::Test && !is_program(path) => None,
        Some(true) if example => example_reason(facts, path, folder, &lower, probe),
        // A module belongs to the program that declares it.
        Some(true) => {
            let top_probe = at_top && TOP_STARTS.iter().any(|start| lower.starts_with(start));
            let foreign = at_top && !like_base(facts, path);
            // The graph of all files comes last: few paths need it.
            let alone = || facts.graph().roots.contains(path) && referred_to(facts, path).is_none();
            ((probe || top_probe || foreign) && alone()).then(|| {
                "a program of its own that nothing refers to, named or placed as a reproduction".to_owned()
            })
        }
        Some(false) if referred_to(facts, path).is_none() => {
            Some("no target of the build collects this program and nothing refers to it".to_owned())
        }
        Some(false) => None,
        None => {
            let foreign = at_top && !like_base(facts, path);
            let probing = probe || (lower.contains("test") && at_top);
            (referred_to(facts, path).is_none()
                && (foreign || probing && (at_top || !like_base(facts, path))))
            .then(|| {
                "a program beside the project, in a language or place of its own, that nothing refers to"
                    .to_owned()
            })
        }
    }
}

/// The base has tests in the folder: a new file there may help them.
fn beside_tests(facts: &Facts, folder: &str) -> bool {
    let inside = |other: &&String| other.rsplit_once('/').map_or("", |(folder, _)| folder) == folder;
    facts.base_paths().iter().filter(inside).any(|other| role_of(other, b"") == Role::Test)
}

/// The file has nothing that a runner of its language takes for a test.
fn without_tests(file: &FilePair, ending: &str) -> bool {
    let text = String::from_utf8_lossy(&file.new_bytes);
    let marks: &[&str] = match ending {
        "py" => &["def test", "class Test", "TestCase", "doctest"],
        "rs" => &["#[test]", "::test]", "::test(", "#[rstest", "proptest!", "quickcheck"],
        "js" | "mjs" | "cjs" | "ts" => &["it(", "test(", "describe(", "suite(", "assert"],
        _ => return false,
    };
    !marks.iter().any(|mark| text.contains(mark))
}

/// Examples are collected by the build; these are signs that one was only a try.
fn example_reason(facts: &Facts, path: &str, folder: &str, lower: &str, probe: bool) -> Option<String> {
    let named = probe || PROBE_PARTS.iter().any(|part| lower.contains(part));
    if facts.topic.says("example") && !named || referred_to(facts, path).is_some() {
        return None;
    }
    if named {
        return Some("an example named as a reproduction or probe, which nothing refers to".to_owned());
    }
    let first = !facts.base_paths().iter().any(|other| other.starts_with(&format!("{folder}/")));
    first.then(|| "the first example of a package that has none, which nothing refers to".to_owned())
}

/// The base has files with the same ending in the same folder.
fn like_base(facts: &Facts, path: &str) -> bool {
    let place = |path: &str| {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        (folder.to_owned(), name.rsplit_once('.').map(|(_, ending)| ending.to_owned()))
    };
    let own = place(path);
    facts.base_paths().iter().any(|other| place(other) == own)
}
