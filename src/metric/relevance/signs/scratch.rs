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
    if in_scratch_folder(facts, path) {
        let why = format!("`{path}` lies in a new folder to try things out, by its name");
        return Some(Found::strong(Sign::Scratch, why).firm());
    }
    if leftover && in_test_data(path) || program && stem.starts_with("fix") && !root {
        return None;
    }
    if !(leftover || program || note || loose || stray_test) || !leftover && collected(path) {
        return None;
    }
    if program && in_folder("src") && !in_folder("bin") {
        return None;
    }
    if is_referred(facts, path, name, &stem, &ending) {
        return None;
    }
    let what = if leftover {
        "a backup, reject or log"
    } else if note {
        "a note at the root"
    } else if program {
        "a program to try things out"
    } else if stray_test {
        "a test in a place where no runner collects tests"
    } else {
        "a script at the root"
    };
    Some(
        Found::strong(Sign::Scratch, format!("`{path}` is {what} by its name, and nothing refers to it"))
            .firm(),
    )
}

/// A folder at the root that the change creates, named like a program to try things out.
fn in_scratch_folder(facts: &Facts, path: &str) -> bool {
    let Some((folder, _)) = path.split_once('/') else { return false };
    let name = folder.to_lowercase().replace('-', "_");
    let named = PROGRAMS.iter().any(|start| {
        *start != "fix"
            && name.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
    }) || name.starts_with("test_") && name.ends_with("_issue");
    let below = format!("{folder}/");
    let created = |text: &Text| text.file.is_some_and(|file| facts.diff().files[file].old.is_none());
    named
        && facts.texts().files().iter().filter(|text| text.path.starts_with(&below)).all(created)
        && facts.texts().holding(folder, &|text| created(text)).is_none()
}

/// Files that tests read.
fn in_test_data(path: &str) -> bool {
    let folders = ["testdata", "test_data", "fixtures", "corpus", "snapshots", "data"];
    path.split('/').rev().skip(1).any(|part| folders.contains(&part))
}

/// A test runner takes it by its place: for cargo `tests/NAME.rs` and `tests/NAME/main.rs` below a package.
fn collected(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    let rust = path.rsplit('.').next() == Some("rs");
    match parts[..] {
        [.., "tests" | "benches", _] | [.., "tests", _, "main.rs"] if rust => true,
        [.., folder, _] if !rust => matches!(folder, "tests" | "test" | "__tests__" | "spec"),
        _ => false,
    }
}

/// Another file refers to this one; files that are created with it do not count.
fn is_referred(facts: &Facts, path: &str, name: &str, stem: &str, ending: &str) -> bool {
    let own = |text: &Text| {
        let created = text.file.is_some_and(|file| facts.diff().files[file].old.is_none());
        text.path == path || created || text.path.ends_with("ignore")
    };
    let holds = |wanted: &str| facts.texts().holding(wanted, &own).is_some();
    holds(name) || ending == "rs" && (holds(&format!("mod {stem};")) || holds(&format!("\"{stem}\"")))
}
