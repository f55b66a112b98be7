//! Created files that help the one who looks for a fix and nobody after: reproduction programs, notes, backups, logs.
//!
//! A file that a runner collects as a test, or that another file refers to, is none.

use super::super::Sign;
use super::super::facts::Facts;
use super::super::mentions::Text;
use super::Found;

/// Endings of backups, rejects and logs.
const LEFTOVERS: &[&str] =
    &["orig", "rej", "bak", "backup", "old", "log", "tmp", "swp", "swo", "patch", "diff", "pyc", "out"];
/// Beginnings of names of programs that show a fault.
const PROGRAMS: &[&str] = &[
    "reproduce",
    "repro",
    "debug",
    "test_fix",
    "fix",
    "verify",
    "scratch",
    "tmp",
    "temp",
    "demo_fix",
    "check_fix",
    "test_repro",
    "minimal_repro",
    "validate_fix",
    "run_test",
    "test_issue",
    "playground",
    "demonstrate",
];
/// Names of notes, at the root.
const NOTES: &[&str] = &[
    "summary",
    "changes_summary",
    "implementation",
    "notes",
    "debug_notes",
    "fix_summary",
    "solution",
    "analysis",
    "todo_fix",
    "findings",
    "report",
    "plan",
    "explanation",
    "verification",
];
/// Endings of scripts and programs.
const SCRIPTS: &[&str] = &["py", "sh", "bash", "rs", "js", "mjs", "cjs", "ts", "rb", "pl"];
/// Programs at a root that tools look for.
const COLLECTED: &[&str] = &[
    "build.rs",
    "lib.rs",
    "main.rs",
    "mod.rs",
    "setup.py",
    "conftest.py",
    "noxfile.py",
    "__init__.py",
    "index.js",
    "index.ts",
    "tasks.py",
    "manage.py",
];

/// Holds unless statement, scope or another file names the file.
pub fn sign(facts: &Facts, unit: usize) -> Option<Found> {
    let path = facts.path(unit);
    if !facts.created(unit) || facts.names_file(path) {
        return None;
    }
    let name = path.rsplit('/').next().unwrap_or(path);
    let root = name == path;
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let (stem, ending) = (stem.to_lowercase().replace('-', "_"), ending.to_lowercase());
    let leftover = !stem.is_empty() && LEFTOVERS.contains(&ending.as_str()) || name.ends_with('~');
    let is = |names: &[&str]| {
        names.iter().any(|start| {
            stem.strip_prefix(start).is_some_and(|rest| {
                rest.is_empty() || rest.starts_with(|c: char| c == '_' || c == '.' || c.is_ascii_digit())
            })
        })
    };
    let script = SCRIPTS.contains(&ending.as_str());
    let program = is(PROGRAMS) && (script || ending.is_empty() || ending == "txt");
    let note = root
        && matches!(ending.as_str(), "md" | "txt" | "")
        && (is(NOTES)
            || ["_notes", "_summary", "_report", "_analysis"].iter().any(|end| stem.ends_with(end)));
    let in_folder = |folder: &str| path.split('/').rev().skip(1).any(|part| part == folder);
    let loose = root && script && !COLLECTED.contains(&name);
    let test_like = stem.starts_with("test_") || stem.ends_with("_test");
    let stray_test = script && test_like && !collected(path) && !in_folder("src");
    if leftover && in_test_data(path) || program && stem.starts_with("fix") && !root {
        return None;
    }
    if !(leftover || program || note || loose || stray_test) || !leftover && collected(path) {
        return None;
    }
    if program && in_folder("src") && !in_folder("bin") {
        return None;
    }
    if let Some(by) = referred(facts, path, name, &stem, &ending) {
        let _ = by;
        return None;
    }
    let what = if leftover {
        "a backup, reject or log"
    } else if note {
        "a note at the root"
    } else if program {
        "a program to try things out"
    } else {
        "a script that no runner collects"
    };
    Some(
        Found::strong(Sign::Scratch, format!("`{path}` is {what} by its name, and nothing refers to it"))
            .firm(),
    )
}

/// Files that tests read.
fn in_test_data(path: &str) -> bool {
    let folders = ["testdata", "test_data", "fixtures", "corpus", "snapshots", "data"];
    path.split('/').rev().skip(1).any(|part| folders.contains(&part))
}

/// A test runner takes it by its place: for cargo `tests/NAME.rs` and `tests/NAME/main.rs` below a package.
fn collected(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    let rust = path.ends_with(".rs");
    match parts[..] {
        [.., "tests" | "benches", _] | [.., "tests", _, "main.rs"] if rust => true,
        [.., folder, _] if !rust => matches!(folder, "tests" | "test" | "__tests__" | "spec"),
        _ => false,
    }
}

/// The file that refers to this one, files of the same kind that are created with it left out.
fn referred<'a>(facts: &'a Facts, path: &str, name: &str, stem: &str, ending: &str) -> Option<&'a str> {
    let own = |text: &Text| {
        let created = text.file.is_some_and(|file| facts.diff().files[file].old.is_none());
        text.path == path || created || text.path.ends_with(".gitignore")
    };
    let texts = facts.texts();
    let found = texts.holding(name, &own).or_else(|| {
        if ending != "rs" {
            return None;
        }
        let module = texts.holding(&format!("mod {stem};"), &own);
        module.or_else(|| texts.holding(&format!("\"{stem}\""), &own))
    })?;
    Some(&found.path)
}
