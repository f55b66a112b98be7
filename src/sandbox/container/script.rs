//! What a container runs: a script that is written anew before each of its starts.
//!
//! In: a step, its variables, the folder of the repository. Out: a shell script. The command is a child of the script's
//! shell, which as first process of the container could not be ended by a signal of its own.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::sandbox::Ended;

/// Folder of the script and of what it reads, in every container.
pub(super) const FOLDER: &str = ".kerf";
/// Ends a step whose folder is not there. That it was there to begin with is made sure of before.
const NO_FOLDER: i32 = 125;

/// The script of a step.
pub(super) fn step(
    command: &str,
    workdir: &str,
    variables: &BTreeMap<String, String>,
    merged: bool,
) -> String {
    let mut script = String::from("#!/bin/sh\n");
    for (name, value) in variables {
        let _ = writeln!(script, "export {name}={}", quoted(value));
    }
    let streams = if merged { " 2>&1" } else { "" };
    let _ = writeln!(script, "cd {} || exit {NO_FOLDER}", quoted(workdir));
    let _ = writeln!(script, "/bin/sh -c {} </{FOLDER}/stdin{streams}\nexit $?", quoted(command));
    script
}

/// The command that takes files away before anything else runs, and makes folders as the payload's user.
pub(super) fn prepare(gone: &[&str], folders: &[&str]) -> String {
    let list =
        |paths: &[&str]| paths.iter().map(|path| quoted(&format!("./{path}"))).collect::<Vec<_>>().join(" ");
    let mut script = String::from("set -e\n");
    if !gone.is_empty() {
        // What is no file, or not there, is nothing to take away; a folder that is left empty goes too.
        let _ = writeln!(
            script,
            "for f in {}; do\n  if [ -d \"$f\" ] && [ ! -L \"$f\" ]; then rmdir \"$f\" 2>/dev/null || :; else rm -f -- \"$f\" 2>/dev/null || [ ! -e \"$f\" ]; fi\n  \
             d=${{f%/*}}\n  while [ \"$d\" != . ] && rmdir \"$d\" 2>/dev/null; do d=${{d%/*}}; done\ndone",
            list(gone)
        );
    }
    if !folders.is_empty() {
        let _ = writeln!(script, "mkdir -p -- {}", list(folders));
    }
    script
}

/// A word of the shell.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// How a step ended by the code that the shell gave for it.
pub(super) fn ended(code: i64) -> Ended {
    let code = i32::try_from(code).unwrap_or(i32::MAX);
    match code {
        // A shell says so of a child that a signal ended.
        129..=159 => Ended::Signalled(code - 128),
        code => Ended::Exited(code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_as_a_script() {
        let variables = BTreeMap::from([("A".to_owned(), "it's $HOME".to_owned())]);
        insta::assert_snapshot!(step("echo 'x'\necho y", "/testbed", &variables, true), @r"
        #!/bin/sh
        export A='it'\''s $HOME'
        cd '/testbed' || exit 125
        /bin/sh -c 'echo '\''x'\''
        echo y' </.kerf/stdin 2>&1
        exit $?
        ");
        assert!(!step("x", "/t", &BTreeMap::new(), false).contains("2>&1"));
    }

    #[cfg(unix)]
    #[test]
    fn what_is_prepared() {
        let folder = tempfile::tempdir().unwrap();
        let at = |path: &str| folder.path().join(path);
        for path in ["a/b/gone", "a/kept", "-odd ' name", "full/inner", "lone/gone"] {
            std::fs::create_dir_all(at(path).parent().unwrap()).unwrap();
            std::fs::write(at(path), "").unwrap();
        }
        let gone = ["a/b/gone", "-odd ' name", "full", "never/was", "lone/gone", "a/kept/below-a-file"];
        let script = prepare(&gone, &["lone/again", "new folder"]);
        #[allow(clippy::disallowed_methods, reason = "the script is what is tested")]
        let output = std::process::Command::new("sh")
            .arg("-c")
            .arg(&script)
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{script}\n{output:?}");
        let there = |path: &str| at(path).exists();
        assert_eq!(
            ["a/b", "a/kept", "-odd ' name", "full/inner", "lone/gone", "lone/again", "new folder"]
                .map(there),
            [false, true, false, true, false, true, true]
        );
    }

    #[test]
    fn codes_of_shells() {
        for (code, expected) in [
            (0, Ended::Exited(0)),
            (101, Ended::Exited(101)),
            (137, Ended::Signalled(9)),
            (143, Ended::Signalled(15)),
            (255, Ended::Exited(255)),
        ] {
            assert_eq!(ended(code), expected, "{code}");
        }
    }
}
