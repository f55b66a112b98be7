//! Tools that a suite needs and the machine lacks, brought by the system's own package manager.
//!
//! Only where `kerf.toml` says `bring_tools = true`: nothing else of kerf changes the machine. It says what it does before
//! it does it, and what cannot be brought is left to the trials to say.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::snapshot::{ToolchainError, find_toolchain};
use crate::task::Suite;

/// A package manager, and what it calls things.
struct Manager {
    program: &'static str,
    /// Run first.
    refresh: Option<&'static str>,
    /// Command up to the packages.
    install: &'static str,
    node: &'static str,
    python: &'static str,
}

const MANAGERS: &[Manager] = &[
    Manager {
        program: "apt-get",
        refresh: Some("apt-get update"),
        install: "apt-get install -y --no-install-recommends",
        node: "nodejs npm",
        python: "python3 python3-venv",
    },
    Manager {
        program: "dnf",
        refresh: None,
        install: "dnf install -y",
        node: "nodejs npm",
        python: "python3",
    },
    Manager { program: "apk", refresh: None, install: "apk add", node: "nodejs npm", python: "python3" },
    Manager {
        program: "pacman",
        refresh: None,
        install: "pacman -Sy --noconfirm",
        node: "nodejs npm",
        python: "python",
    },
];

/// Brings what the suite's languages lack.
pub(super) fn bring(suite: &Suite, cache: &Path, variables: &BTreeMap<String, String>) {
    let languages: BTreeSet<&str> = suite.tasks.iter().map(|task| task.language.as_str()).collect();
    let missing = |language: &str| {
        matches!(find_toolchain(language, None, cache, variables), Err(ToolchainError::Missing { .. }))
    };
    let node = ["typescript", "javascript"].iter().any(|name| languages.contains(name) && missing(name));
    let python = languages.contains("python") && missing("python");
    if !node && !python {
        return;
    }
    let Some((manager, commands)) = plan(node, python, &on_path(variables)) else {
        eprintln!("kerf: tools are missing, and no package manager is known here; kerf doctor says which");
        return;
    };
    let what = [(node, "Node"), (python, "Python with venv")];
    let what: Vec<&str> = what.into_iter().filter(|(is, _)| *is).map(|(_, name)| name).collect();
    eprintln!(
        "kerf: {} is missing; bringing it with {}: {}",
        what.join(" and "),
        manager,
        commands.join("; ")
    );
    for command in commands {
        if let Err(why) = run(&command) {
            eprintln!("kerf: `{command}` {why}; tasks that need it will be invalid");
            return;
        }
    }
}

/// The commands of the first manager that is there.
fn plan(node: bool, python: bool, there: &dyn Fn(&str) -> bool) -> Option<(&'static str, Vec<String>)> {
    let manager = MANAGERS.iter().find(|manager| there(manager.program))?;
    let packages = [(node, manager.node), (python, manager.python)];
    let packages: Vec<&str> = packages.into_iter().filter(|(is, _)| *is).map(|(_, names)| names).collect();
    let before = if nix::unistd::geteuid().is_root() { "" } else { "sudo -n " };
    let mut commands: Vec<String> =
        manager.refresh.iter().map(|refresh| format!("{before}{refresh}")).collect();
    commands.push(format!("{before}{} {}", manager.install, packages.join(" ")));
    Some((manager.program, commands))
}

fn on_path(variables: &BTreeMap<String, String>) -> impl Fn(&str) -> bool {
    let folders: Vec<_> = variables.get("PATH").map(std::env::split_paths).into_iter().flatten().collect();
    move |program| folders.iter().any(|folder| folder.join(program).is_file())
}

#[allow(clippy::disallowed_methods, reason = "the system's package manager; no patched tree is near")]
fn run(command: &str) -> Result<(), String> {
    let mut words = command.split(' ');
    let program = words.next().unwrap_or_default();
    let status = std::process::Command::new(program)
        .args(words)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .status()
        .map_err(|error| format!("cannot be started: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("ended with {status}")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_manager_that_is_there_brings_what_is_missing() {
        let cases = [
            (true, false, "apt-get", "install -y --no-install-recommends nodejs npm"),
            (true, true, "dnf", "install -y nodejs npm python3"),
            (false, true, "pacman", "-Sy --noconfirm python"),
        ];
        for (node, python, there, expected) in cases {
            let (manager, commands) = plan(node, python, &|program| program == there).unwrap();
            assert_eq!(manager, there);
            assert!(commands.last().unwrap().ends_with(expected), "{commands:?}");
        }
        assert_eq!(plan(true, true, &|_| false), None);
    }
}
